"""The public glossary: an index by pinyin, and an entry with its uses in published text.

It reads the public side alone (``PublishedEntry``, ``Occurrence`` and the published tables); whatever
has no row there answers 404. A slug that an entry had while it was public redirects.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Replace, Substr
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from episodes import addresses, pages
from episodes.models import PublishedTurn
from episodes.slugs import sort_key
from episodes.views.lists import numbers
from glossary.models import EntryAddress, GlossaryState, Occurrence, PublishedEntry
from glossary.passages import Piece, Span, beside, passage

__all__ = ["entry", "index"]

WHOLE = 400
"""Up to so many entries stand on one page; more are shown letter by letter."""

FOUND = 200
"""How many entries a search shows."""

USES = 20
"""Turns on one page of an entry."""

OTHERS = "#"


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in the index."""

    slug: str
    term: str
    foreign_term: str
    abbreviation: str
    expansion: str
    definition: str
    sort_key: str

    @property
    def letter(self) -> str:
        """The letter it stands under."""
        return letter_of(self.sort_key)


@dataclass(frozen=True, slots=True)
class Use:
    """A published turn that uses a term, as much of it as is shown."""

    uid: str
    slug: str
    title: str
    day: date | None
    speaker: str
    language: str
    pieces: tuple[Piece, ...]
    original_language: str
    original: str


def letter_of(key: str) -> str:
    """Return the letter under which a sort key stands: A to Z, else ``OTHERS``."""
    first = key[:1].upper()
    return first if "A" <= first <= "Z" else OTHERS


@pages.public
def index(request: HttpRequest) -> HttpResponse:
    """Return the index: all entries, those of a letter, or those that hold what is looked for."""
    asked = " ".join(request.GET.get("q", "").split())[:100]
    letters = _letters()
    total = sum(letters.values())
    whole = total <= WHOLE
    letter = "" if asked or whole else _letter_asked(request, letters)
    rows = _rows(asked, letter)
    path = reverse("glossary:index")
    shown, more = rows[:FOUND] if asked else rows, asked != "" and len(rows) > FOUND
    return pages.page(
        request,
        "glossary/index.html",
        addresses.with_query(
            path, [("q", asked), ("letter", letter if "letter" in request.GET else "")]
        ),
        (shown, more, sorted(letters.items())),
        lambda: {
            "section": "glossary",
            "path": path,
            "asked": asked,
            "total": total,
            "more": more,
            "found": len(shown),
            "groups": _groups(shown),
            "letter": letter,
            "letters": [
                {
                    "letter": each,
                    "address": f"#letter-{each}"
                    if whole
                    else addresses.with_query(path, [("letter", each)]),
                }
                for each in sorted(letters, key=_last_others)
            ],
        },
    )


def _last_others(letter: str) -> tuple[bool, str]:
    return letter == OTHERS, letter


def _letters() -> dict[str, int]:
    """Return how many entries stand under each letter. One query."""
    letters: dict[str, int] = defaultdict(int)
    firsts = PublishedEntry.objects.order_by().annotate(first=Substr("sort_key", 1, 1))
    for first, count in firsts.values_list("first").annotate(count=Count("pk")):
        letters[letter_of(first)] += count
    return dict(letters)


def _letter_asked(request: HttpRequest, letters: dict[str, int]) -> str:
    asked = request.GET.get("letter", "").upper()
    if asked and asked not in letters:
        raise Http404
    return asked or min(letters, key=_last_others)


def _rows(asked: str, letter: str) -> list[Row]:
    """Return entries in order; more than ``FOUND`` of them tell that there are more. One query."""
    found = PublishedEntry.objects.all()
    if asked:
        found = _matching(found, asked)
    elif letter == OTHERS:
        found = found.exclude(sort_key__regex="^[a-z]")
    elif letter:
        found = found.filter(sort_key__startswith=letter.lower())
    values = found.values_list(
        "entry__slug",
        "term",
        "foreign_term",
        "abbreviation",
        "expansion",
        "definition",
        "sort_key",
    )
    rows = [Row(*row) for row in (values[: FOUND + 1] if asked else values)]
    return sorted(rows, key=lambda row: (_last_others(row.letter), row.sort_key, row.term))


def _matching(found: QuerySet[PublishedEntry], asked: str) -> QuerySet[PublishedEntry]:
    """Return the entries that hold what is looked for: Chinese, another language, or pinyin."""
    conditions = Q()
    for field in ("term", "foreign_term", "abbreviation", "expansion", "aliases"):
        conditions |= Q(**{f"{field}__icontains": asked})
    syllables = sort_key(asked).replace(" ", "")
    if asked.isascii() and syllables:
        found = found.annotate(joined=Replace("sort_key", Value(" "), Value("")))
        conditions |= Q(joined__contains=syllables)
    return found.filter(conditions)


def _groups(rows: list[Row]) -> list[dict[str, Any]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.letter, []).append(row)
    return [{"letter": letter, "rows": rows} for letter, rows in groups.items()]


@pages.public
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """Return an entry with the turns that use it, newest first, page by page."""
    shown = PublishedEntry.objects.select_related("entry").filter(entry__slug=slug).first()
    if shown is None:
        moved = EntryAddress.objects.filter(slug=slug, entry__published__isnull=False)
        known = moved.select_related("entry").first()
        if known is None:
            raise Http404
        return HttpResponsePermanentRedirect(known.entry.get_absolute_url())
    page, uses = _uses(request, shown)
    row = _row_of(shown)
    path = reverse("glossary:entry", args=[slug])
    number = ("page", page.number if page.number > 1 else "")
    return pages.page(
        request,
        "glossary/entry.html",
        addresses.with_query(path, [number]),
        (row, shown.alias_list, uses, page.paginator.count),
        lambda: {
            "section": "glossary",
            "shown": row,
            "aliases": shown.alias_list,
            "uses": uses,
            "page": page,
            "numbers": numbers(page, path),
        },
    )


def _row_of(shown: PublishedEntry) -> Row:
    return Row(
        shown.entry.slug,
        shown.term,
        shown.foreign_term,
        shown.abbreviation,
        shown.expansion,
        shown.definition,
        shown.sort_key,
    )


def _uses(request: HttpRequest, shown: PublishedEntry) -> tuple[Page[Any], list[Use]]:
    """Return the page asked for by ``?page=`` and what it shows. Four queries.

    :raises Http404: for a page that is none.
    """
    generation = GlossaryState.objects.values_list("generation", flat=True).first() or 0
    occurrences = Occurrence.objects.filter(entry=shown.entry_id, generation=generation)
    turns = (
        PublishedTurn.objects.filter(
            pk__in=occurrences.order_by().values("turn"), published__live=True
        )
        .select_related("published", "speaker")
        .order_by(
            F("published__date").desc(nulls_last=True),
            "-published__first_published_at",
            "published_id",
            "position",
        )
    )
    try:
        page = Paginator(turns, USES).page(request.GET.get("page") or 1)
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    spans: dict[int, list[Span]] = defaultdict(list)
    of_page = occurrences.filter(turn__in=[turn.pk for turn in page])
    for turn_id, start, end in of_page.order_by("start").values_list("turn_id", "start", "end"):
        spans[turn_id].append(Span(start, end))
    names = [shown.foreign_term, shown.expansion, shown.abbreviation]
    return page, [_use(turn, spans[turn.pk], names) for turn in page]


def _use(turn: PublishedTurn, spans: list[Span], names: list[str]) -> Use:
    episode = turn.published
    return Use(
        uid=turn.uid,
        slug=episode.slug,
        title=episode.title,
        day=episode.date,
        speaker=turn.speaker.name if turn.speaker else turn.label,
        language=episode.language,
        pieces=passage(turn.text_plain, spans),
        original_language=episode.original_language,
        original=beside(turn.original_plain, names, spans[0].start / max(1, len(turn.text_plain))),
    )
