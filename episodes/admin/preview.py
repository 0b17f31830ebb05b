"""The working copy as readers would see it, for staff; and links to it for people without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes import addresses, preview_links
from episodes.admin import timed
from episodes.admin.staff import who
from episodes.views.episode import VIEWS
from episodes.views.preview import kept_apart, working

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["links", "page"]


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Render the public page of an episode from what publishing would freeze now."""
    episode = model_admin.find(request, pk)
    path = reverse("admin:episodes_episode_preview", args=[episode.pk])
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else "zh"
    context = {
        **working(episode, path, view),
        "views": [
            {"name": name, "label": label, "address": f"{path}?view={name}"}
            for name, label in VIEWS.items()
        ],
        "may_link": request.user.has_perm(preview_links.PERMISSION),
    }
    return kept_apart(render(request, "admin/desk/preview.html", context))


def links(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link to the preview (POST ``days``), or end all of them (POST ``end``).

    A link is shown once: nothing of it is stored.
    """
    episode = model_admin.find(request, pk, change=True)
    if "end" in request.POST:
        preview_links.end_all(episode, by=who(request))
        messages.success(request, _("All links to this preview have ended."))
        return redirect("admin:episodes_episode_links", episode.pk)
    made: dict[str, Any] = {}
    days = request.POST.get("days", "")
    if request.method == "POST":
        if days not in map(str, preview_links.DAYS):
            raise PermissionDenied
        link = preview_links.make(episode, int(days), by=who(request), now=timezone.now())
        path = f"/preview/{link.token}/"
        made = {
            "made": [
                (label, addresses.absolute(addresses.in_language(path, language)), language)
                for language, label in (("zh-hans", _("in Chinese")), ("en", _("in English")))
            ],
            "until": timed.shown(link.until),
        }
    context = {
        **model_admin.frame(request, episode, "preview"),
        **made,
        "days": preview_links.DAYS,
        "chosen": int(days or preview_links.DAYS[1]),
    }
    return kept_apart(render(request, "admin/desk/preview_links.html", context))
