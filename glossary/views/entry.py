"""An entry: what it says, what is related to it, how its use went over time, and where it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import Count, F, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from episodes import addresses, pages, querysets
from episodes.models import PublishedTurn
from episodes.views.lists import numbers
from glossary import moment
from glossary.models import EntryAddress, EntryUse, Occurrence, PublishedEntry, lines_of
from glossary.passages import Piece, Span, beside, passage, window
from glossary.related import Company, Named, around_and_within, together
from glossary.timeline import plot, timeline

__all__ = ["entry"]

KEPT_FOR = 24 * 60 * 60  # seconds
USES = 20
"""Turns on one page of an entry."""

TURNS_READ = 400
EPISODES_READ = 40
"""Terms used together are looked for in so many of the newest turns, of so many episodes."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a term's use is in one live episode; ``whole`` is how many turns that has."""

    published: int
    edition: int
    day: date | None
    uses: int
    turns: int
    whole: int


Chosen = list[tuple[int, list[tuple[int, int]]]]
"""The keys of turns, in order, each with where the term is in its text."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where the term is used: in so many turns, of which these are on the page.

    ``editions`` changes with those that use it; ``shares`` is empty where it was not needed.
    """

    editions: str
    turns: int
    chosen: Chosen
    shares: Sequence[Share] = ()


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


@dataclass(frozen=True, slots=True)
class Link:
    """Another entry."""

    slug: str
    term: str
    foreign_term: str


@pages.public
@pages.steady(moment.now)
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """Return an entry with the turns that use it, newest first, page by page.

    Six queries tell whether it has changed; making it takes up to six more.
    """
    now = moment.now()
    shown = PublishedEntry.objects.select_related("entry").filter(entry__slug=slug).first()
    if shown is None:
        moved = EntryAddress.objects.filter(slug=slug, entry__published__isnull=False)
        known = moved.select_related("entry").first()
        if known is None:
            raise Http404
        return HttpResponsePermanentRedirect(known.entry.get_absolute_url())
    asked = request.GET.get("page") or "1"
    found = _found(asked, shown.entry_id, now, querysets.generation())
    page = _page(asked, found.turns)
    uses = _uses(found.chosen, shown)
    path = reverse("glossary:entry", args=[slug])
    names = [shown.term, shown.foreign_term, shown.abbreviation, shown.expansion]

    def context() -> dict[str, Any]:
        shares = found.shares or _shares(shown.entry_id, now.generation)
        return {
            "section": "glossary",
            "shown": shown,
            "aliases": [alias for alias in shown.alias_list if alias not in names],
            "address": addresses.absolute(path),
            "index_address": addresses.absolute(reverse("glossary:index")),
            "uses": uses,
            "page": page,
            "numbers": numbers(page, path),
            "episodes": len(shares),
            **_over_time(page, shares),
            **_related(page, shown, shares, now.generation),
        }

    said = (*names, shown.definition, shown.aliases)
    return pages.page(
        request,
        "glossary/entry.html",
        addresses.with_query(path, [("page", page.number if page.number > 1 else "")]),
        (now, said, found.editions, found.turns, uses),
        context,
    )


def _page(asked: str, turns: int) -> Page[int]:
    """Return the page asked for, of turns that stand for themselves by number.

    :raises Http404: for a page that is none.
    """
    try:
        return Paginator(range(turns), USES).page(asked)
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error


def _found(asked: str, entry_id: int, now: moment.Moment, live: tuple[int, int]) -> Found:
    """Return which turns stand on the page asked for; kept until something goes live or is found.

    :raises Http404: for a page that is none.
    """
    name = f"glossary-uses:{pages.digest((pages.release(), now, live, entry_id, asked))}"
    kept = cache.get(name)
    if kept is not None:
        return Found(*kept)
    shares = _shares(entry_id, now.generation)
    turns = sum(share.turns for share in shares)
    chosen = _chosen(_page(asked, turns), entry_id, shares, now.generation)
    editions = pages.digest([(share.edition, share.uses) for share in shares])
    cache.set(name, (editions, turns, chosen), KEPT_FOR)
    return Found(editions, turns, chosen, shares)


def _shares(entry_id: int, generation: int) -> list[Share]:
    """Return the live episodes that use a term, newest first. One query."""
    ours = EntryUse.objects.filter(
        entry=entry_id, generation=generation, published__live=True
    ).order_by(
        F("published__date").desc(nulls_last=True), "-published__first_published_at", "published"
    )
    columns = ("published_id", "published__edition_id", "published__date", "uses", "turns")
    return [Share(*row) for row in ours.values_list(*columns, "published__turn_count")]


def _chosen(page: Page[int], entry_id: int, shares: list[Share], generation: int) -> Chosen:
    """Return the turns of a page, in order, and where in them the term is. One query.

    Of the occurrences only those of the page's own episodes are read.
    """
    counted = ((share.published, share.turns) for share in shares)
    skipped, episodes = window(counted, max(0, page.start_index() - 1), USES)
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    place: dict[int, tuple[int, int]] = {}
    columns = ("turn_id", "turn__published_id", "turn__position", "start", "end")
    found = _occurrences(entry_id, generation, episodes).order_by("start")
    for turn, episode, position, start, end in found.values_list(*columns):
        spans[turn].append((start, end))
        place[turn] = (episodes.index(episode), position)
    turns = sorted(place, key=place.__getitem__)[skipped : skipped + USES]
    return [(pk, spans[pk]) for pk in turns]


def _uses(chosen: Chosen, shown: PublishedEntry) -> list[Use]:
    """Return what the page shows of these turns. One query."""
    turns = PublishedTurn.objects.filter(published__live=True).order_by()
    by_key = turns.select_related("published", "speaker").in_bulk([pk for pk, _spans in chosen])
    names = [shown.foreign_term, shown.expansion, shown.abbreviation]
    return [
        _use(by_key[pk], [Span(*span) for span in spans], names)
        for pk, spans in chosen
        if pk in by_key
    ]


def _occurrences(entry_id: int, generation: int, episodes: Iterable[int]) -> Any:
    """Return a term's occurrences in some live episodes, found by their turns."""
    turns = PublishedTurn.objects.filter(published__in=list(episodes), published__live=True)
    return Occurrence.objects.filter(
        entry=entry_id, generation=generation, turn__in=turns.order_by()
    ).order_by()


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


def _over_time(page: Page[int], shares: Iterable[Share]) -> dict[str, Any]:
    """Return the plot of a term's use, on its first page."""
    if page.number > 1:
        return {}
    over_time = timeline((share.day, share.uses) for share in shares)
    return {"timeline": over_time, "plot": plot(over_time)}


def _related(
    page: Page[int], shown: PublishedEntry, shares: Iterable[Share], generation: int
) -> dict[str, Any]:
    """Return the related entries, on the first page: by their names, and by use. Three queries."""
    if page.number > 1:
        return {}
    links: dict[int, Link] = {}
    named: list[Named] = []
    fields = ("entry_id", "entry__slug", "term", "foreign_term", "abbreviation", "expansion")
    for pk, slug, term, foreign, *more, aliases in PublishedEntry.objects.values_list(
        *fields, "aliases"
    ):
        links[pk] = Link(slug, term, foreign if foreign != term else "")
        named.append(Named(pk, (term, foreign, *more, *lines_of(aliases))))
    own = next((one for one in named if one.key == shown.entry_id), Named(shown.entry_id, ()))
    around, within = around_and_within(own, named)
    by_name = {shown.entry_id, *around, *within}
    beside_it = _together(shown.entry_id, shares, generation, links.keys() - by_name)
    return {
        "around": [links[pk] for pk in around],
        "within": [links[pk] for pk in within],
        "together": [links[pk] for pk in beside_it],
    }


def _together(
    entry_id: int, shares: Iterable[Share], generation: int, public: set[int]
) -> list[int]:
    """Return the terms used in the same turns as this one, in the newest episodes. Two queries."""
    episodes: list[int] = []
    own = whole = 0
    for share in shares:
        if own >= TURNS_READ or len(episodes) >= EPISODES_READ:
            break
        episodes.append(share.published)
        own += share.turns
        whole += share.whole
    if not episodes:
        return []
    turns = _occurrences(entry_id, generation, episodes).values("turn_id")
    same = Occurrence.objects.filter(turn__in=turns, generation=generation).order_by()
    both = dict(same.values_list("entry").annotate(turns=Count("turn", distinct=True)))
    uses = EntryUse.objects.filter(published__in=episodes, generation=generation).order_by()
    alone = dict(uses.values_list("entry").annotate(sum=Sum("turns")))
    return together(
        own,
        whole,
        [
            Company(other, both[other], alone.get(other) or both[other])
            for other in both
            if other in public
        ],
    )
