"""What public lists show, read from the published tables alone (G1) with a fixed number of queries.

Answers are frozen values: a page is a function of them, and their ``repr`` is part of its ETag.
Names, tags and slugs of people and the others are registry data; only what a live edition links to
is ever looked up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import ExtractYear

from episodes.models import (
    NAMED_MODELS,
    Edition,
    Person,
    Project,
    PublishedEpisode,
    PublishedLink,
    PublishedTurn,
    Tag,
)
from episodes.models.working import Role
from episodes.pages import digest

__all__ = [
    "Card",
    "Facet",
    "Facets",
    "Name",
    "cards",
    "facets",
    "generation",
    "in_order",
    "live",
    "name_of",
    "newest_first",
    "turns_of",
]

OFFERED = {"tag": 60, "project": 60, "person": 120}  # at most so many in a filter
_MODELS: dict[str, Any] = {"tag": Tag, "project": Project, "person": Person}


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody or something an edition links to, as a page names it; ``kind`` is the URL's name."""

    kind: str
    slug: str
    name: str
    translated: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An episode in a list. ``role`` is that of the person whose list it is; ``turns`` theirs."""

    slug: str
    title: str
    original_title: str
    day: date | None
    channel: str
    area: str
    category: str
    summary_html: str
    edition: int
    people: tuple[Name, ...]
    role: str = ""
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Facet:
    """A value one may filter by, and how many live episodes have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What the live episodes may be filtered by; the most frequent first, years the latest first."""

    total: int
    areas: tuple[Facet, ...]
    categories: tuple[Facet, ...]
    years: tuple[Facet, ...]
    tags: tuple[Facet, ...]
    projects: tuple[Facet, ...]
    people: tuple[Facet, ...]


def live() -> QuerySet[PublishedEpisode]:
    """Return the episodes readers may see."""
    return PublishedEpisode.objects.filter(live=True)


def newest_first(episodes: QuerySet[PublishedEpisode]) -> QuerySet[PublishedEpisode]:
    """Order by date, the undated last; of one day by the order of first publishing."""
    return episodes.order_by(F("date").desc(nulls_last=True), "-id")


def generation() -> tuple[int, int]:
    """Return what changes with every publishing and withdrawal: the last edition, the live ones.

    Two queries, each answered by an index alone.
    """
    last = Edition.objects.order_by("-pk").values_list("pk", flat=True).first()
    return last or 0, live().count()


def in_order(keys: Iterable[int]) -> list[PublishedEpisode]:
    """Return the episodes of these keys with their edition's number, in this order. One query."""
    wanted = list(keys)
    found = PublishedEpisode.objects.order_by().select_related("edition").defer("edition__document")
    by_key = found.in_bulk(wanted)
    return [by_key[key] for key in wanted if key in by_key]


def turns_of(person: Person, state: tuple[int, int]) -> int:
    """Return in how many live turns a person speaks; kept by ``generation()``."""
    key = f"turns:{digest((state, person.pk))}"
    return int(cache.get_or_set(key, person.published_turns.count, 24 * 60 * 60) or 0)


def name_of(link: PublishedLink, kind: str) -> Name:
    """Return the name a link leads to; its target must have been read with it."""
    target = getattr(link, kind)
    translated = target.translated_name if kind in NAMED_MODELS else ""
    return Name(kind, target.slug, target.name, translated, link.role)


def cards(episodes: Sequence[PublishedEpisode], of: Any = None) -> list[Card]:
    """Return the episodes of ``in_order`` as cards. One query; with ``of`` (a person) three."""
    keys = [episode.pk for episode in episodes]
    people: dict[int, list[Name]] = {}
    links = PublishedLink.objects.filter(
        published__in=keys, person__isnull=False, role__in=(Role.HOST, Role.GUEST)
    )
    fields = ("person__slug", "person__name", "person__translated_name", "role")
    for key, *name in links.order_by("position", "id").values_list("published", *fields):
        people.setdefault(key, []).append(Name("person", *name))
    turns: dict[int, int] = {}
    roles: dict[int, str] = {}
    if isinstance(of, Person):
        spoken = PublishedTurn.objects.filter(published__in=keys).order_by()
        counted = Count("pk", filter=Q(speaker=of))  # not a filter: few episodes, many turns
        turns = dict(spoken.values_list("published").annotate(count=counted))
        roles = dict(of.published_links.filter(published__in=keys).values_list("published", "role"))
    return [
        Card(
            slug=episode.slug,
            title=episode.title,
            original_title=episode.original_title,
            day=episode.date,
            channel=episode.channel,
            area=episode.area,
            category=episode.category,
            summary_html=episode.summary_html,
            edition=episode.edition.number,
            people=tuple(_guests_first(people.get(episode.pk, []))),
            role=roles.get(episode.pk, ""),
            turns=turns.get(episode.pk, 0),
        )
        for episode in episodes
    ]


def _guests_first(people: Iterable[Name]) -> list[Name]:
    return sorted(people, key=lambda person: person.role != Role.GUEST)


def facets(state: tuple[int, int], asked: Mapping[str, str] | None = None) -> Facets:
    """Return what may be filtered by at a ``generation()``. Three queries, five uncached.

    The counts are kept by generation; names are looked up each time, so that a new name shows.
    ``asked`` gives slugs (by ``tag``, ``project``, ``person``) that are offered too, if a live
    episode has them, however rare they are; then without a count.
    """
    key = f"facets:{digest(state)}"
    counted = cache.get(key)
    if counted is None:
        counted = _count()
        cache.set(key, counted, 24 * 60 * 60)
    plain, linked = counted
    wanted = asked or {}
    named = {kind: _named(kind, linked[kind], wanted.get(kind, "")) for kind in OFFERED}
    return Facets(
        total=state[1],
        areas=tuple(Facet(value, value, count) for value, count in plain["area"]),
        categories=tuple(Facet(value, value, count) for value, count in plain["category"]),
        years=tuple(Facet(str(value), str(value), count) for value, count in plain["year"]),
        tags=named["tag"],
        projects=named["project"],
        people=named["person"],
    )


def _count() -> tuple[dict[str, list[tuple[Any, int]]], dict[str, list[tuple[int, int]]]]:
    plain: dict[str, Counter[Any]] = {"area": Counter(), "category": Counter(), "year": Counter()}
    rows: Any = (
        live().order_by().annotate(year=ExtractYear("date")).values("area", "category", "year")
    )
    for row in rows.annotate(count=Count("pk")):
        for field, counter in plain.items():
            if row[field]:
                counter[row[field]] += row["count"]
    linked: dict[str, Counter[int]] = {kind: Counter() for kind in OFFERED}
    first, *others = (_links(kind) for kind in OFFERED)
    for kind, key, count in first.union(*others, all=True):
        linked[kind][key] = count
    return (
        {
            "area": _frequent_first(plain["area"]),
            "category": _frequent_first(plain["category"]),
            "year": sorted(plain["year"].items(), reverse=True),
        },
        {kind: _frequent_first(linked[kind])[:limit] for kind, limit in OFFERED.items()},
    )


def _links(kind: str) -> QuerySet[Any, tuple[str, int, int]]:
    """Count the links of a kind by what they lead to, from its index alone.

    Links stand only beside live episodes: ``publishing.withdraw`` removes them.
    """
    links: Any = PublishedLink.objects.filter(**{f"{kind}__isnull": False}).order_by()
    counted = links.values(kind).annotate(count=Count("*"))
    return counted.values_list(Value(kind), F(kind), "count")  # type: ignore[no-any-return]


def _frequent_first(counter: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))


def _named(kind: str, counted: list[tuple[int, int]], asked: str) -> tuple[Facet, ...]:
    counts = dict(counted)
    shown = Q(pk__in=counts)
    if asked:
        links = PublishedLink.objects.filter(published__live=True, **{kind: OuterRef("pk")})
        shown |= Q(Exists(links), slug=asked)
    targets = _MODELS[kind]._default_manager.filter(shown).order_by()
    names = {key: (slug, name) for key, slug, name in targets.values_list("pk", "slug", "name")}
    keys = [*(key for key in names if key not in counts), *counts]
    return tuple(Facet(*names[key], counts.get(key, 0)) for key in keys if key in names)
