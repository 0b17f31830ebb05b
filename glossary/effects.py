"""What an act would change, before it is done: it is done, looked at, and rolled back.

So what is shown is what happens, and an act that would be refused is refused here already. For marks
in published text the spellings that are looked for are compared before and after, and the turns that
hold one that differs are matched with both. How much is read is bounded; then counts are "at least".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet

from episodes.marking import closed_spans, heads
from episodes.models import PublishedTurn, Turn
from glossary import publishing
from glossary.matching import Matcher, Table, table_of
from glossary.models import VALUE_FIELDS, PublishedEntry
from glossary.passages import Piece, Span, passage
from glossary.refreshing import SPELLINGS, turns_with

__all__ = [
    "CHANGED",
    "EXAMINED",
    "GAINED",
    "LOST",
    "Count",
    "Effect",
    "Example",
    "Holding",
    "marks",
    "rehearse",
]

EXAMINED = 1000
"""So many turns are matched at most."""

EXAMPLES = 3
"""So many turns of each kind are shown."""

GAINED, LOST, CHANGED = "gained", "lost", "changed"

Spans = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Count:
    """So many turns of so many episodes."""

    turns: int = 0
    episodes: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """A turn, as much of it as is shown; of a published one the slug, of a working copy its key."""

    title: str
    uid: str
    language: str
    pieces: tuple[Piece, ...]
    slug: str = ""
    episode: int = 0


@dataclass(frozen=True, slots=True)
class Holding:
    """Where a word stands now: in working copies and in live editions."""

    word: str
    working: Count
    published: Count
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an act would change for readers, and where the words that it is about stand.

    ``marks`` of each kind (gained, lost, changed: the same passage leads to another term); with
    ``at_least`` there may be more. ``appearing``, ``vanishing`` and ``rewritten`` are terms whose
    public pages do.
    """

    marks: dict[str, Count] = field(default_factory=dict)
    examples: dict[str, tuple[Example, ...]] = field(default_factory=dict)
    at_least: bool = False
    appearing: tuple[str, ...] = ()
    vanishing: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    holding: tuple[Holding, ...] = ()

    @property
    def changes_marks(self) -> bool:
        """Whether a published turn is marked otherwise."""
        return bool(self.marks)

    @property
    def changes_readers_see(self) -> bool:
        """Whether readers see anything else."""
        return bool(self.marks or self.appearing or self.vanishing or self.rewritten)


class _Undone(Exception):
    """Raised to have a rehearsal rolled back."""


def rehearse(act: Callable[[], object], words: Iterable[str] = ()) -> Effect:
    """Return what an act would change, and where ``words`` stand; nothing is written.

    What the act raises (Refused, Stale, PermissionDenied) is raised.
    """
    try:
        with transaction.atomic():
            before, pages_before = table_of(publishing.forms()), _pages()
            act()
            after, pages_after = table_of(publishing.forms()), _pages()
            raise _Undone
    except _Undone:
        pass
    counts, examples, at_least = marks(before, after)
    both = pages_before.keys() & pages_after.keys()
    return Effect(
        marks=counts,
        examples=examples,
        at_least=at_least,
        appearing=_terms(pages_after, pages_after.keys() - both),
        vanishing=_terms(pages_before, pages_before.keys() - both),
        rewritten=_terms(pages_after, (pk for pk in both if pages_before[pk] != pages_after[pk])),
        holding=tuple(_holding(word) for word in words if word),
    )


Pages = dict[int, tuple[str, ...]]


def _pages() -> Pages:
    rows = PublishedEntry.objects.order_by().values_list("entry_id", *VALUE_FIELDS)
    return {pk: tuple(says) for pk, *says in rows.iterator()}


def _terms(pages: Pages, pks: Iterable[int]) -> tuple[str, ...]:
    return tuple(sorted(pages[pk][0] for pk in pks))


# Marks in published text.


def marks(
    before: Table, after: Table
) -> tuple[dict[str, Count], dict[str, tuple[Example, ...]], bool]:
    """Return how many live turns are marked otherwise, by kind, the first of each, if there are more.

    A kind that does not occur is not in the answer. A turn may be of several kinds.
    """
    spellings = {key[0] for key in {*before, *after} if before.get(key) != after.get(key)}
    if not spellings:
        return {}, {}, False
    old, new = Matcher(before), Matcher(after)
    turns: dict[str, set[int]] = {}
    episodes: dict[str, set[int]] = {}
    shown: dict[str, list[tuple[int, Spans]]] = {}
    read = 0
    for pk, published, html, plain in _candidates(spellings):
        read += 1
        if read > EXAMINED:
            break
        for kind, spans in _compared(html, plain, old, new):
            turns.setdefault(kind, set()).add(pk)
            episodes.setdefault(kind, set()).add(published)
            if len(shown.setdefault(kind, [])) < EXAMPLES:
                shown[kind].append((pk, spans))
    kinds = [kind for kind in (GAINED, LOST, CHANGED) if kind in turns]
    counts = {kind: Count(len(turns[kind]), len(episodes[kind])) for kind in kinds}
    return counts, _examples(shown), read > EXAMINED


def _candidates(spellings: Collection[str]) -> Iterator[tuple[int, int, str, str]]:
    """Yield live turns that may hold one of these, the newest editions first."""
    if len(spellings) > SPELLINGS:
        found = PublishedTurn.objects.filter(published__live=True)
    else:
        found = turns_with(spellings)
    rows = found.order_by("-pk").values_list("pk", "published_id", "text_html", "text_plain")
    yield from rows[: EXAMINED + 1]


def _compared(html: str, plain: str, old: Matcher, new: Matcher) -> Iterator[tuple[str, Spans]]:
    closed = closed_spans(html, plain)
    whole = [(head.start, head.end) for head in heads(html, plain)]
    was, now = (
        {(match.start, match.end): match.entry for match in matcher.find(plain, closed, whole)}
        for matcher in (old, new)
    )
    kinds: dict[str, Spans] = {
        GAINED: set(now.keys() - was.keys()),
        LOST: set(was.keys() - now.keys()),
        CHANGED: {span for span in was.keys() & now.keys() if was[span] != now[span]},
    }
    for kind, spans in kinds.items():
        if spans:
            yield kind, spans


def _examples(shown: dict[str, list[tuple[int, Spans]]]) -> dict[str, tuple[Example, ...]]:
    rows = PublishedTurn.objects.select_related("published").in_bulk(
        {pk for some in shown.values() for pk, _spans in some}
    )
    return {
        kind: tuple(
            _published(rows[pk], [Span(*span) for span in sorted(spans)])
            for pk, spans in some
            if pk in rows
        )
        for kind, some in shown.items()
    }


def _published(turn: PublishedTurn, spans: list[Span]) -> Example:
    episode = turn.published
    pieces = passage(turn.text_plain, spans)
    return Example(episode.title, turn.uid, episode.language, pieces, slug=episode.slug)


# Where a word stands.


def _holding(word: str) -> Holding:
    """Return where a word stands in translations, letters' case aside. Six queries at most."""
    working = Turn.objects.filter(text__icontains=word)
    live = PublishedTurn.objects.filter(text_plain__icontains=word, published__live=True)
    examples = [
        Example(
            str(turn.episode),
            turn.uid,
            turn.episode.language,
            passage(turn.text, [_span(turn.text, word)]),
            episode=turn.episode_id,
        )
        for turn in working.select_related("episode").order_by("-pk")[:EXAMPLES]
    ]
    examples += [
        _published(turn, [_span(turn.text_plain, word)])
        for turn in live.select_related("published").order_by("-pk")[:EXAMPLES]
    ]
    return Holding(word, _count(working, "episode"), _count(live, "published"), tuple(examples))


def _span(text: str, word: str) -> Span:
    at = text.lower().find(word.lower())
    return Span(max(at, 0), min(max(at, 0) + len(word), len(text)))


def _count(found: QuerySet[Any], episode: str) -> Count:
    """Return how many turns of how many episodes. One query."""
    counted = found.aggregate(
        turns=models.Count("pk"), episodes=models.Count(episode, distinct=True)
    )
    return Count(counted["turns"], counted["episodes"])
