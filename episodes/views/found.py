"""Which episode an address means: the live one, one that was withdrawn (410), one that moved (301)."""

from __future__ import annotations

from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import render
from django.urls import reverse

from episodes import addresses, pages
from episodes.models import PublishedEpisode

__all__ = ["find"]


def find(
    request: HttpRequest, slug: str, view: str, **arguments: Any
) -> PublishedEpisode | HttpResponse:
    """Return the live episode of a slug with its edition (document deferred), or else an answer.

    ``view`` and ``arguments`` name the address that a renamed episode redirects to. An episode that
    was never published is unknown, by its old slugs too.

    :raises Http404: if readers never knew the slug.
    """
    episodes = PublishedEpisode.objects.select_related("edition").defer("edition__document")
    published = episodes.filter(slug=slug).first()
    if published is None:
        moved = episodes.filter(episode__old_slugs__slug=slug).first()
        if moved is None:
            raise Http404
        path = reverse(view, kwargs={"slug": moved.slug, **arguments})
        known = [("view", request.GET.get("view", ""))]
        return HttpResponsePermanentRedirect(addresses.with_query(path, known))
    if not published.live:
        response = render(request, "410.html", {"title": published.title}, status=410)
        response["Cache-Control"] = pages.CACHE_CONTROL
        return response
    return published
