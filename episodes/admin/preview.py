"""The working copy as readers would see it, for staff only; nothing is published."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from episodes import publishing, reading
from episodes.models import Episode
from episodes.querysets import Name
from episodes.views.episode import VIEWS

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["page"]


def people_of(episode: Episode) -> list[Name]:
    """Return who stands beside the working copy, without links: they may have no page yet."""
    rows = episode.appearances.select_related("person")
    return [
        Name("person", "", row.person.name, row.person.translated_name, row.role) for row in rows
    ]


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Render the public page of an episode from what publishing would freeze now."""
    episode = model_admin.find(request, pk)
    edition = publishing.build(episode, timezone.now())
    read = reading.frozen(edition)
    read = replace(read, links={**read.links, "person": people_of(episode)})
    path = reverse("admin:episodes_episode_preview", args=[episode.pk])
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else "zh"
    context = {
        "section": "episodes",
        "episode": read,
        "frozen": True,
        "view": view,
        "views": [
            {"name": name, "label": label, "address": f"{path}?view={name}"}
            for name, label in VIEWS.items()
        ],
        "working": episode,
        "next": edition.number,
    }
    answer = render(request, "admin/desk/preview.html", context)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
