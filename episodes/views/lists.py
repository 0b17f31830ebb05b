"""All episodes, page by page, narrowed by a plain form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from episodes import addresses, pages, querysets
from episodes.models import PublishedEpisode
from episodes.querysets import Card, Facet, Facets

__all__ = ["PER_PAGE", "episodes", "listed", "numbers"]

PER_PAGE = 20
LINKED = ("tag", "project", "person")
FILTERS = ("area", "category", "tag", "project", "person", "year")


@pages.public
def episodes(request: HttpRequest) -> HttpResponse:
    """Return one page of the live episodes that have every value asked for."""
    asked = {name: _value(request.GET.get(name, "")) for name in FILTERS}
    facets = querysets.facets(querysets.generation(), asked)
    page, cards = listed(request, _narrowed(asked))
    choices = [_choice(name, facets, value) for name, value in asked.items()]
    path = reverse("episodes:episodes")
    query = [*asked.items(), ("page", page.number if page.number > 1 else "")]
    return pages.page(
        request,
        "episodes/list.html",
        addresses.with_query(path, query),
        (cards, choices, page.paginator.count, facets.total),
        lambda: {
            "section": "episodes",
            "cards": cards,
            "page": page,
            "numbers": numbers(page, path, asked),
            "choices": choices,
            "chosen": [choice for choice in choices if choice["value"]],
            "total": facets.total,
            "path": path,
        },
    )


def listed(
    request: HttpRequest, found: QuerySet[PublishedEpisode], of: Any = None
) -> tuple[Page[int], list[Card]]:
    """Return the page asked for by ``?page=`` and its cards; four queries (six for a person).

    :raises Http404: for a page that is none.
    """
    keys = querysets.newest_first(found).values_list("pk", flat=True)
    try:
        page = Paginator(keys, PER_PAGE).page(request.GET.get("page") or 1)
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    return page, querysets.cards(querysets.in_order(page.object_list), of)


def numbers(
    page: Page[int], path: str, asked: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return what the pagination shows: the ends, the neighbours, None where some are left out."""
    last = page.paginator.num_pages
    if last == 1:
        return []
    shown = sorted({1, last, *range(max(1, page.number - 1), min(last, page.number + 1) + 1)})
    steps: list[dict[str, Any]] = []
    for before, number in zip([0, *shown], shown, strict=False):
        if number - before > 1:
            steps.append({})
        pairs = [*(asked or {}).items(), ("page", number if number > 1 else "")]
        steps.append({"number": number, "address": addresses.with_query(path, pairs)})
    return steps


def _value(text: str) -> str:
    """Return what was asked for, fit for a query: PostgreSQL refuses NUL."""
    return text.replace("\x00", "").strip()[:200]


def _narrowed(asked: dict[str, str]) -> QuerySet[PublishedEpisode]:
    found = querysets.live()
    for field in ("area", "category"):
        if asked[field]:
            found = found.filter(**{field: asked[field]})
    for kind in LINKED:
        if asked[kind]:
            found = found.filter(**{f"links__{kind}__slug": asked[kind]})
    if asked["year"]:
        year = asked["year"]
        known = year.isascii() and year.isdigit() and 1 <= int(year) <= 9999
        found = found.filter(date__year=int(year)) if known else found.none()
    return found


def _choice(name: str, facets: Facets, value: str) -> dict[str, Any]:
    """Return a filter as the form shows it; a chosen value is among its options.

    What no live episode has is shown as it was asked for, never by a name from the registry.
    """
    fields: dict[str, tuple[str, str, Sequence[Facet]]] = {
        "area": (_("Area"), _("All areas"), facets.areas),
        "category": (_("Category"), _("All categories"), facets.categories),
        "tag": (_("Tag"), _("All tags"), facets.tags),
        "project": (_("Project"), _("All projects"), facets.projects),
        "person": (_("Person"), _("Everybody"), facets.people),
        "year": (_("Year"), _("All years"), facets.years),
    }
    label, everything, options = fields[name]
    shown = next((option.label for option in options if option.value == value), "")
    if value and not shown:
        shown = value
        options = [Facet(value, value, 0), *options]
    return {
        "name": name,
        "label": label,
        "everything": everything,
        "options": list(options),
        "value": value,
        "shown": shown,
    }
