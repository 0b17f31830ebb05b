"""The index: all terms or those of a letter, looked through, narrowed by area and tag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.core.cache import cache
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from episodes import addresses, models, pages, querysets
from episodes.models import PublishedLink
from episodes.views.lists import numbers
from glossary import moment
from glossary.lookup import Wanted
from glossary.models import EntryUse, PublishedEntry

__all__ = ["index"]

WHOLE = 300
"""Up to so many entries stand on one page; more are shown letter by letter."""

PER_PAGE = 100
"""So many of a letter that has more."""

FOUND = 100
"""How many entries a search shows."""

TAGS = 60
"""So many tags are offered, the most frequent."""

KEPT_FOR = 24 * 60 * 60  # seconds
OTHERS = "#"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: words to look for, and whose episodes' terms alone."""

    words: str
    area: str
    tag: str
    letter: str
    page: str

    @property
    def narrows(self) -> bool:
        """Whether terms are left out because of where they are used."""
        return bool(self.area or self.tag)

    def query(self, **other: str) -> list[tuple[str, str]]:
        """Return it as an address's query, with ``other`` values for some of it."""
        values = {"q": self.words, "area": self.area, "tag": self.tag}
        return list({**values, "letter": self.letter, "page": self.page, **other}.items())


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that live episodes have."""

    slug: str
    name: str


class Key(NamedTuple):
    """An entry's place in the index."""

    sort_key: str
    term: str
    pk: int


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in the index; ``uses`` is how often all live episodes use it."""

    entry: int
    slug: str
    term: str
    foreign_term: str
    abbreviation: str
    expansion: str
    definition: str
    sort_key: str
    uses: int = 0

    @property
    def letter(self) -> str:
        """The letter it stands under."""
        return letter_of(self.sort_key)


def letter_of(key: str) -> str:
    """Return the letter under which a sort key stands: A to Z, else ``OTHERS``."""
    first = key[:1].upper()
    return first if "A" <= first <= "Z" else OTHERS


@pages.public
@pages.steady(moment.now)
def index(request: HttpRequest) -> HttpResponse:
    """Return the index. Six queries tell whether it has changed; making it takes four more."""
    now = moment.now()
    asked = _asked(request)
    live = querysets.generation()
    tags = _tags(asked.tag, live)
    path = reverse("glossary:index")
    return pages.page(
        request,
        "glossary/index.html",
        addresses.with_query(path, asked.query()),
        (now, live, tags),
        lambda: _context(asked, tags, now.generation, path),
    )


def _asked(request: HttpRequest) -> Asked:
    words = _value(request, "q", 100)
    letter = "" if words else _value(request, "letter", 1).upper()
    page = "" if words else _value(request, "page", 9)
    return Asked(
        words,
        _value(request, "area", 100),
        _value(request, "tag", 100),
        letter,
        "" if page == "1" else page,
    )


def _value(request: HttpRequest, name: str, length: int) -> str:
    """Return what was asked for, fit for a query: PostgreSQL refuses NUL."""
    return " ".join(request.GET.get(name, "").replace("\x00", "").split())[:length]


def _tags(asked: str, live: tuple[int, int]) -> tuple[Tag, ...]:
    """Return the most frequent tags of the live episodes by name, with the one asked for.

    Which they are is kept by ``live``; names are looked up each time. One query, two uncached.
    """
    links = PublishedLink.objects.filter(tag__isnull=False).order_by()
    frequent = cache.get_or_set(
        f"glossary-tags:{pages.digest(live)}",
        lambda: [
            pk
            for pk, _count in links.values_list("tag")
            .annotate(count=Count("*"))
            .order_by("-count", "tag")[:TAGS]
        ],
        KEPT_FOR,
    )
    shown = Q(pk__in=frequent or [])
    if asked:
        of_it = PublishedLink.objects.filter(published__live=True, tag=OuterRef("pk"))
        shown |= Q(Exists(of_it), slug=asked)
    found = models.Tag.objects.filter(shown).order_by("name", "pk")
    return tuple(Tag(*row) for row in found.values_list("slug", "name"))


def _context(asked: Asked, tags: tuple[Tag, ...], generation: int, path: str) -> dict[str, Any]:
    keys = _keys(asked, generation)
    letters = Counter(letter_of(key.sort_key) for key in keys)
    whole = len(keys) <= WHOLE
    letter, page = "", None
    if asked.words:
        shown = keys[:FOUND]
    elif whole:
        shown = keys
    else:
        letter = _letter(asked, letters)
        of_letter = [key for key in keys if letter_of(key.sort_key) == letter]
        page = _page(asked, len(of_letter))
        shown = [of_letter[number] for number in page]
    areas = querysets.live().exclude(area="").order_by("area").values_list("area", flat=True)
    return {
        "section": "glossary",
        "path": path,
        "address": addresses.absolute(path),
        "asked": asked,
        "choices": _choices(asked, list(areas.distinct()), tags),
        "everything": addresses.with_query(path, asked.query(area="", tag="", letter="", page="")),
        "unsearched": addresses.with_query(path, asked.query(q="")),
        "total": len(keys),
        "more": len(keys) > len(shown),
        "found": len(shown),
        "groups": _groups(_rows(shown, generation)),
        "letter": letter,
        "page": page,
        "numbers": numbers(page, path, dict(asked.query(letter=letter, page=""))) if page else [],
        "letters": []
        if asked.words
        else [
            {
                "letter": each,
                "address": f"#letter-{each}"
                if whole
                else addresses.with_query(path, asked.query(letter=each, page="")),
            }
            for each in sorted(letters, key=_others_last)
        ],
    }


def _others_last(letter: str) -> tuple[bool, str]:
    return letter == OTHERS, letter


def _choices(asked: Asked, areas: list[str], tags: Iterable[Tag]) -> list[dict[str, Any]]:
    """Return the filters as the form shows them; a chosen value is among its options.

    What no live episode has is shown as it was asked for.
    """
    offered = {
        "area": (asked.area, [(area, area) for area in areas]),
        "tag": (asked.tag, [(tag.slug, tag.name) for tag in tags]),
    }
    choices = []
    for name, (value, options) in offered.items():
        if value and value not in dict(options):
            options.insert(0, (value, value))
        shown = dict(options).get(value, "")
        choices.append({"name": name, "value": value, "shown": shown, "options": options})
    return choices


def _narrowed(asked: Asked, generation: int) -> QuerySet[PublishedEntry]:
    """Return the entries that a live episode of the area and with the tag uses."""
    if not asked.narrows:
        return PublishedEntry.objects.all()
    episodes = querysets.live()
    if asked.area:
        episodes = episodes.filter(area=asked.area)
    if asked.tag:
        episodes = episodes.filter(links__tag__slug=asked.tag)
    uses = EntryUse.objects.filter(
        entry=OuterRef("entry"), generation=generation, published__in=episodes.values("pk")
    )
    return PublishedEntry.objects.filter(Exists(uses))


def _keys(asked: Asked, generation: int) -> list[Key]:
    """Return all entries that are asked for but for their letter, in order. One query."""
    names = ("term", "foreign_term", "abbreviation", "expansion", "aliases")
    entries = _narrowed(asked, generation)
    if asked.words:
        wanted = Wanted(asked.words)
        rows = entries.values_list("sort_key", "pk", *names)
        keys = [Key(key, said[0], pk) for key, pk, *said in rows if wanted.is_in(said, key)]
    else:
        keys = [Key(*row) for row in entries.values_list("sort_key", "term", "pk")]
    return sorted(keys, key=_place)


def _place(key: Key) -> tuple[tuple[bool, str], Key]:
    return _others_last(letter_of(key.sort_key)), key


def _letter(asked: Asked, letters: Mapping[str, int]) -> str:
    """Return the letter to show.

    :raises Http404: for one under which nothing stands.
    """
    if asked.letter and asked.letter not in letters:
        raise Http404
    return asked.letter or min(letters, key=_others_last)


def _page(asked: Asked, count: int) -> Page[int]:
    """Return the page asked for of a letter's entries, by their numbers.

    :raises Http404: for one that is none.
    """
    try:
        return Paginator(range(count), PER_PAGE).page(asked.page or 1)
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error


def _rows(keys: list[Key], generation: int) -> list[Row]:
    """Return these entries with their uses. Two queries."""
    names = ("term", "foreign_term", "abbreviation", "expansion", "definition", "sort_key")
    entries = PublishedEntry.objects.filter(pk__in=[key.pk for key in keys]).order_by()
    found = {pk: row for pk, *row in entries.values_list("pk", "entry", "entry__slug", *names)}
    ours = EntryUse.objects.filter(
        generation=generation, entry__in=[entry for entry, *_more in found.values()]
    ).order_by()
    uses = dict(ours.values_list("entry").annotate(sum=Sum("uses")))
    rows = [found[key.pk] for key in keys if key.pk in found]
    return [replace(Row(*row), uses=uses.get(row[0]) or 0) for row in rows]


def _groups(rows: list[Row]) -> list[dict[str, Any]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.letter, []).append(row)
    return [{"letter": letter, "rows": rows} for letter, rows in groups.items()]
