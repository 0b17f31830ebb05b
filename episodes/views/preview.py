"""The working copy as readers would see it: for staff, and for whoever holds a signed link to it.

What stands here is not published: no cache keeps it, no search engine lists it, and the name of the
page is told to no other site.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from episodes import pages, preview_links, publishing, reading
from episodes.models import Episode
from episodes.querysets import Name
from episodes.views.episode import shared, view_of

__all__ = ["kept_apart", "preview", "working"]

HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "same-origin",
}


def working(episode: Episode, path: str, view: str) -> dict[str, Any]:
    """Return what the page shows of the edition that publishing would make now; writes nothing.

    Names lead nowhere: they may have no page yet.
    """
    edition = publishing.build(episode, timezone.now())
    read = reading.frozen(edition)
    rows = episode.appearances.select_related("person")
    people = [
        Name("person", "", row.person.name, row.person.translated_name, row.role) for row in rows
    ]
    read = replace(read, links={**read.links, "person": people})
    return {**shared(read, path, view), "frozen": True, "working": episode, "next": edition.number}


def kept_apart(response: HttpResponse) -> HttpResponse:
    """Return the answer with what keeps it out of caches and search engines."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


@pages.public
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Return the preview of a signed link; 404 for what is none, 410 once it has ended."""
    try:
        episode, link = preview_links.read(token, timezone.now())
    except preview_links.Unknown as error:
        raise Http404 from error
    except preview_links.Ended as ended:
        context = {"section": "", "why": ended.why, "until": ended.at}
        return kept_apart(render(request, "episodes/preview_ended.html", context, status=410))
    path = reverse("episodes:preview", args=[token])
    context = {**working(episode, path, view_of(request)), "until": link.until, "canonical": path}
    return kept_apart(render(request, "episodes/preview.html", context))
