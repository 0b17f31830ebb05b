"""The episode: what the product is for. Its live edition, and each edition as it was."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from episodes import addresses, edition_notes, extensions, pages, reading
from episodes.models import Edition
from episodes.views.found import find

__all__ = ["VIEWS", "frozen_edition", "live_episode", "shared", "view_of"]

# value of ?view= -> what the switch says
VIEWS = {
    "zh": gettext_lazy("Translation"),
    "both": gettext_lazy("Both"),
    "side": gettext_lazy("Side by side"),
    "en": gettext_lazy("Original"),
}

# kind of link -> what stands above its names
GROUPS = {
    "person": gettext_lazy("People"),
    "organisation": gettext_lazy("Organisations"),
    "product": gettext_lazy("Products"),
    "work": gettext_lazy("Books, shows, newsletters"),
    "tag": gettext_lazy("Tags"),
    "project": gettext_lazy("Projects"),
}


@pages.public
@pages.steady(extensions.era)
def live_episode(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the page of a live episode; 410 once it was withdrawn, 301 where it moved.

    Three queries and those of the extensions tell whether it has changed; making it takes seven more
    and theirs.
    """
    published = find(request, slug, "episodes:episode")
    if isinstance(published, HttpResponse):
        return published
    links = reading.links_of(published)
    path = reverse("episodes:episode", args=[published.slug])
    view = view_of(request)

    def context() -> dict[str, Any]:
        read = reading.live(published, links)
        editions = Edition.objects.filter(episode=published.episode_id).order_by("-number")
        return {
            **shared(read, path, view),
            "editions": editions.values("number", "published_at"),
            "corrections": edition_notes.told(published.episode_id, read.edition),
            "address": addresses.absolute(path),
        }

    key = (view, published.edition_id, links, extensions.page_generation())
    return pages.page(request, "episodes/episode.html", path, key, context)


@pages.public
def frozen_edition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Return an edition of a live episode as it was published, for those who cite it."""
    published = find(request, slug, "episodes:edition", number=number)
    if isinstance(published, HttpResponse):
        return published
    editions = Edition.objects.filter(episode=published.episode_id).defer("document")
    edition = editions.filter(number=number).first()
    if edition is None:
        raise Http404
    path = reverse("episodes:edition", args=[published.slug, number])
    live_path = reverse("episodes:episode", args=[published.slug])
    view = view_of(request)

    def context() -> dict[str, Any]:
        return {
            **shared(reading.frozen(edition), path, view),
            "frozen": True,
            "live_path": live_path,
            "address": addresses.absolute(live_path),
            "live_number": published.edition.number,
            "corrections": edition_notes.told(published.episode_id, number),
        }

    key = (view, edition.pk, published.edition_id, extensions.page_generation())
    return pages.page(
        request,
        "episodes/edition.html",
        path,
        key,
        context,
        headers={"X-Robots-Tag": "noindex"},
    )


def view_of(request: HttpRequest) -> str:
    """Return the view asked for; without one, the reader's own language comes first."""
    asked = request.GET.get("view", "")
    return asked if asked in VIEWS else _first_view()


def _first_view() -> str:
    return "en" if get_language() == "en" else "zh"


def shared(read: reading.Reading, path: str, view: str) -> dict[str, Any]:
    """Return what every page of an episode shows, at ``path`` and in one of ``VIEWS``."""
    first = _first_view()
    return {
        "section": "episodes",
        "episode": read,
        "groups": [
            {"heading": heading, "route": f"episodes:{kind}", "names": read.links[kind]}
            for kind, heading in GROUPS.items()
            if read.links[kind]
        ],
        "view": view,
        "views": [
            {
                "name": name,
                "label": label,
                "address": path if name == first else f"{path}?view={name}",
            }
            for name, label in VIEWS.items()
        ],
    }
