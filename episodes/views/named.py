"""The pages of people, organisations, products and works, of tags and projects.

Whoever no live episode links to has no page, whatever the registry knows of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from episodes import addresses, pages, querysets
from episodes.models import NAMED_MODELS, Person, Project, Tag
from episodes.querysets import Card
from episodes.views.lists import listed, numbers

__all__ = ["label", "named"]

LABELS: dict[str, type[Tag | Project]] = {"tag": Tag, "project": Project}


@dataclass(frozen=True, slots=True)
class Shown:
    """Whose page it is; ``note`` is Markdown, ``turns`` how many a person speaks in all."""

    kind: str
    name: str
    translated: str = ""
    note: str = ""
    link: str = ""
    aliases: tuple[str, ...] = ()
    turns: int = 0


@pages.public
def named(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Return the page of a person, an organisation, a product or a work."""
    model: Any = NAMED_MODELS[kind]
    linked = model._default_manager.filter(published_links__published__live=True).distinct()
    target = linked.filter(slug=slug).first()
    if target is None:
        moved = linked.filter(old_slugs__slug=slug).first()
        if moved is None:
            raise Http404
        return HttpResponsePermanentRedirect(moved.get_absolute_url())
    page, cards = listed(request, querysets.live().filter(**{f"links__{kind}": target}), target)
    turns = 0
    if isinstance(target, Person):
        turns = querysets.turns_of(target, querysets.generation())
    path = reverse(f"episodes:{kind}", args=[target.slug])
    shown = Shown(
        kind,
        target.name,
        target.translated_name,
        target.note,
        target.link,
        tuple(
            alias
            for alias in target.alias_list
            if alias not in (target.name, target.translated_name)
        ),
        turns,
    )
    return _page(request, path, shown, page, cards)


@pages.public
def label(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Return the page of a tag or a project."""
    linked = LABELS[kind]._default_manager.filter(published_links__published__live=True)
    known = "\x00" not in slug  # PostgreSQL refuses to be asked for NUL
    target = linked.filter(slug=slug).distinct().first() if known else None
    if target is None:
        raise Http404
    page, cards = listed(request, querysets.live().filter(**{f"links__{kind}": target}))
    path = reverse(f"episodes:{kind}", args=[target.slug])
    return _page(request, path, Shown(kind, target.name), page, cards)


def _page(
    request: HttpRequest,
    path: str,
    shown: Shown,
    page: Page[int],
    cards: list[Card],
) -> HttpResponse:
    number = ("page", page.number if page.number > 1 else "")
    return pages.page(
        request,
        "episodes/named.html",
        addresses.with_query(path, [number]),
        (shown, cards, page.paginator.count),
        lambda: {"shown": shown, "cards": cards, "page": page, "numbers": numbers(page, path)},
    )
