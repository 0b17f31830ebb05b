"""The home page: the newest episodes, what this is, ways in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from episodes import pages, querysets

__all__ = ["home"]

NEWEST = 9
WAYS_IN = 24  # tags and people offered


@pages.public
def home(request: HttpRequest) -> HttpResponse:
    """Return the home page."""
    facets = querysets.facets(querysets.generation())
    newest = querysets.newest_first(querysets.live()).values_list("pk", flat=True)[:NEWEST]
    cards = querysets.cards(querysets.in_order(newest))
    return pages.page(
        request,
        "episodes/home.html",
        reverse("episodes:home"),
        (facets, cards),
        lambda: {
            "facets": facets,
            "newest": cards[:1],
            "cards": cards[1:],
            "tags": facets.tags[:WAYS_IN],
            "people": facets.people[:WAYS_IN],
        },
    )
