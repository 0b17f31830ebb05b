"""Occurrences: where published text uses public terms, written in short transactions.

A pass over everything (``match_everything``) goes by live episodes and writes the rows of the next
generation, which count from the moment one row (``GlossaryState``) names it. Text is read and
matched outside transactions; what is written is checked to be about the edition that was read, as
whoever publishes writes new turns. An episode whose edition changed is *touched* and is matched
again, in both generations, before the swap.

``refreshing`` brings turns or whole episodes up to date in the generation that counts.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import F, Model, QuerySet, Sum

from episodes.marking import closed_spans, heads
from episodes.models import Episode, PublishedEpisode, PublishedTurn
from glossary import publishing, rows
from glossary.matching import Matcher, Table
from glossary.models import (
    Entry,
    EntryUse,
    GlossaryState,
    HeadingUse,
    MatchedForm,
    Occurrence,
    TouchedEpisode,
)
from glossary.pacing import short_transaction

__all__ = [
    "EVERY",
    "HEADING",
    "OCCURRENCE",
    "UNKNOWN",
    "USE",
    "Found",
    "counted",
    "digest_of",
    "find",
    "forget_episode",
    "forget_headings",
    "give_up_half",
    "known_of",
    "match_everything",
    "standing",
    "standing_table",
    "stored_table",
    "write_table",
]

TURNS = 300
"""About how many turns are read and matched in one go."""

BATCH = 16_000
"""About how many turns are matched before what was found is written, by entry: so each transaction
touches few pages of the indexes by entry, which grow at as many ends as there are entries, and not
too many of those by turn."""

ROWS = 3000
"""How many rows are written in one transaction at most."""

FORMS = 2000
"""How many spellings are written ahead in one transaction."""

OLD_ROWS = 1000
"""How many rows of an old generation are deleted in one transaction; on SQLite, where each is followed
by a pause, four times as many."""

IDS = 5000
"""How many keys a query names at most."""

EVERY = 2**62
"""More than the key of any episode."""


UNKNOWN = 0
"""Stands for an entry in ``MatchedForm``: turns may have been matched with it or not."""

OCCURRENCE = ("turn_id", "entry_id", "start", "end", "generation")
HEADING = ("published_id", "chapter_position", "entry_id", "start", "end", "generation")
USE = ("published_id", "entry_id", "uses", "turns", "generation")

Hold = Callable[[], object]


@dataclass(slots=True)
class Found:
    """What one live episode's edition uses: rows without their generation."""

    published: int
    edition: int
    turns: list[int] = field(default_factory=list)
    occurrences: list[tuple[int, int, int, int]] = field(default_factory=list)
    headings: list[tuple[int, int, int, int, int]] = field(default_factory=list)

    def uses(self) -> list[tuple[int, int, int, int]]:
        """Return (episode, entry, uses, turns) of what was found."""
        return [
            (self.published, entry, uses, turns)
            for entry, (uses, turns) in counted(self.occurrences).items()
        ]


def find(
    published_ids: Collection[int], matcher: Matcher, only: Collection[int] | None = None
) -> list[Found]:
    """Match live episodes (``only`` these turns, and all headings); writes nothing. Two queries."""
    live = PublishedEpisode.objects.filter(pk__in=published_ids, live=True).order_by("pk")
    found = {pk: Found(pk, edition) for pk, edition in live.values_list("pk", "edition_id")}
    turns = PublishedTurn.objects.filter(published__in=list(found))
    chosen = None if only is None else set(only)
    last: tuple[int, int] | None = None
    for pk, published, chapter, title, html, plain in turns.order_by(
        "published_id", "position"
    ).values_list(
        "pk", "published_id", "chapter_position", "chapter_title", "text_html", "text_plain"
    ):
        episode = found[published]
        if chosen is None or pk in chosen:
            episode.turns.append(pk)
            episode.occurrences += _found(pk, html, plain, matcher)
        if (published, chapter) != last:
            last = published, chapter
            episode.headings += [
                (published, chapter, match.entry, match.start, match.end)
                for match in matcher.find(title)
            ]
    return list(found.values())


def _found(pk: int, html: str, plain: str, matcher: Matcher) -> list[tuple[int, int, int, int]]:
    closed = closed_spans(html, plain)
    whole = [(head.start, head.end) for head in heads(html, plain)]
    return [
        (pk, match.entry, match.start, match.end) for match in matcher.find(plain, closed, whole)
    ]


def counted(occurrences: Iterable[tuple[int, int, int, int]]) -> dict[int, tuple[int, int]]:
    """Return for each entry how many uses, and in how many turns."""
    uses: Counter[int] = Counter()
    turns: Counter[int] = Counter()
    last: dict[int, int] = {}
    for turn, entry, _start, _end in occurrences:
        uses[entry] += 1
        if last.get(entry) != turn:
            last[entry] = turn
            turns[entry] += 1
    return {entry: (uses[entry], turns[entry]) for entry in uses}


# A pass over everything.


def match_everything(
    table: Table,
    hold: Hold,
    step: Callable[[int, int], object],
    replay: Callable[[Matcher, int, int], object],
    settle: Hold,
) -> int:
    """Match all live turns anew and let the new occurrences count; return their generation.

    ``step`` is told how many turns are done, of how many; ``replay`` (with the matcher, the
    generation and the last episode that is done) matches the episodes that were touched meanwhile;
    ``settle`` is called in the transaction that swaps. What a killed or cancelled pass with the same
    table has written is gone on with.
    """
    matcher = Matcher(table)
    generation, reached = _begin(digest_of(table), hold)
    sizes = PublishedEpisode.objects.filter(live=True)
    total = _turns(sizes)
    done = _turns(sizes.filter(pk__lte=reached))
    step(done, total)
    found: list[Found] = []
    waiting = 0
    while part := _next_part(reached):
        reached = part[-1]
        matched = find(part, matcher)
        found += matched
        waiting += sum(len(each.turns) for each in matched)
        step(done + waiting, total)
        if waiting >= BATCH:
            _write(found, generation, reached, hold)
            done, waiting, found = done + waiting, 0, []
            replay(matcher, generation, reached)
    if found:
        _write(found, generation, reached, hold)
    publishing.publish_ahead(generation, publishing.used_by(generation), hold)
    _write_ahead(table, generation, hold)
    while not _swap(generation, settle, hold):
        replay(matcher, generation, EVERY)
    _remove(hold, generation__lt=generation)
    return generation


def digest_of(table: Table) -> str:
    """Return what changes when other spellings are looked for."""
    return hashlib.sha256(repr(sorted(table.items())).encode("utf-8", "replace")).hexdigest()


def _turns(published: QuerySet[PublishedEpisode]) -> int:
    return published.aggregate(turns=Sum("turn_count"))["turns"] or 0


def _next_part(reached: int) -> list[int]:
    """Return the live episodes after this one that have about ``TURNS`` turns together."""
    live = PublishedEpisode.objects.filter(live=True, pk__gt=reached).order_by("pk")
    part: list[int] = []
    count = 0
    for pk, size in live.values_list("pk", "turn_count")[:TURNS]:
        part.append(pk)
        count += size
        if count >= TURNS:
            break
    return part


def _begin(digest: str, hold: Hold) -> tuple[int, int]:
    """Return the next generation, and up to which episode its rows are written already."""
    state = publishing.state()
    generation = state.generation + 1
    if state.next_matched == digest:
        reached = state.next_reached
        half = {"generation": generation, "published__gt": reached}
        _remove_all(
            Occurrence.objects.filter(generation=generation, turn__published__gt=reached), hold
        )
        _remove_all(EntryUse.objects.filter(**half), hold)
        _remove_all(HeadingUse.objects.filter(**half), hold)
        return generation, reached
    _remove(hold, generation__gte=generation)
    with short_transaction():
        GlossaryState.objects.filter(pk=1).update(next_matched=digest, next_reached=0)
        hold()
    return generation, 0


def _write(found: list[Found], generation: int, reached: int, hold: Hold) -> None:
    """Write what was found as rows of the next generation, then that they are all there."""
    of_turn = {turn: each for each in found for turn in each.turns}
    episode = {each.published: each for each in found}
    occurrences = [row for each in found for row in each.occurrences]
    _write_rows(Occurrence, OCCURRENCE, occurrences, of_turn, generation, hold)
    del occurrences
    uses = [row for each in found for row in each.uses()]
    _write_rows(EntryUse, USE, uses, episode, generation, hold)
    headings = [row for each in found for row in each.headings]
    _write_rows(HeadingUse, HEADING, headings, episode, generation, hold)
    with short_transaction():
        GlossaryState.objects.filter(pk=1).update(next_reached=reached)
        hold()


def _write_rows(
    model: type[Model],
    names: tuple[str, ...],
    found: list[Any],
    where: Mapping[int, Found],
    generation: int,
    hold: Hold,
) -> None:
    """Write the rows of episodes that are as they were read, by entry, in short transactions.

    ``where`` tells by its first value where a row was found.
    """
    entry = names.index("entry_id")
    found.sort(key=itemgetter(entry))
    for start in range(0, len(found), ROWS):
        part = found[start : start + ROWS]
        with short_transaction():
            read = {each.published: each for each in (where[row[0]] for row in part)}
            stand = {each.published for each in standing(list(read.values()))}
            known = known_of(row[entry] for row in part)
            rows.insert(
                model,
                names,
                [
                    (*row, generation)
                    for row in part
                    if where[row[0]].published in stand and row[entry] in known
                ],
            )
            hold()


def standing(found: Sequence[Found]) -> list[Found]:
    """Lock the episodes; return those of which the edition that was read is still the live one."""
    asked = [each.published for each in found]
    rows_of = PublishedEpisode.objects.filter(pk__in=asked)
    ids = list(rows_of.values_list("episode_id", flat=True))
    list(Episode.objects.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk"))
    now = dict(rows_of.filter(live=True).values_list("pk", "edition_id"))
    return [each for each in found if now.get(each.published) == each.edition]


def known_of(entries: Iterable[int]) -> set[int]:
    """Return those of the entries that there are: a candidate may have gone since the table was made."""
    asked = sorted(set(entries))
    known: set[int] = set()
    for start in range(0, len(asked), IDS):
        part = Entry.objects.filter(pk__in=asked[start : start + IDS])
        known.update(part.values_list("pk", flat=True))
    return known


def _write_ahead(table: Table, generation: int, hold: Hold) -> None:
    """Write what the next generation was matched with, before it counts."""
    _remove_all(
        MatchedForm.objects.filter(generation=generation), hold
    )  # of a pass that was killed
    found = sorted((*key, entry) for key, entry in table.items())
    for start in range(0, len(found), FORMS):
        with short_transaction():
            _insert_forms(found[start : start + FORMS], generation)
            hold()


def _insert_forms(found: Iterable[tuple[str, str, int]], generation: int) -> None:
    names = ("generation", "spelling", "exact", "entry_id")
    rows.insert(MatchedForm, names, [(generation, *each) for each in found])


def _swap(generation: int, settle: Hold, hold: Hold) -> bool:
    """Let the next generation count; false where an episode was touched that has to be first."""
    used = publishing.used_by(generation)  # only we write its rows
    with short_transaction():
        if TouchedEpisode.objects.filter(published=True).exists():
            return False
        publishing.publish_used(generation, used)
        GlossaryState.objects.filter(pk=1).update(
            generation=generation, next_matched="", next_reached=0, revision=F("revision") + 1
        )
        settle()
        hold()
    return True


def _remove(hold: Hold, **which: int) -> None:
    """Remove the rows of generations, a part at a time."""
    for model in (Occurrence, EntryUse, HeadingUse, MatchedForm):
        _remove_all(model._default_manager.filter(**which), hold)


def _remove_all(found: QuerySet[Any], hold: Hold) -> None:
    last = 0
    size = OLD_ROWS * 4 if connection.vendor == "sqlite" else OLD_ROWS
    while keys := list(
        found.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]
    ):
        last = keys[-1]
        with short_transaction():
            found.model._default_manager.filter(pk__in=keys).delete()
            hold()


# The spellings that the generation that counts was matched with.


def _forms_that_count() -> QuerySet[MatchedForm]:
    return MatchedForm.objects.filter(generation=publishing.current_generation())


def stored_table() -> Table:
    """Return what the occurrences that count were matched with; ``UNKNOWN`` where that is open."""
    found = _forms_that_count().values_list("spelling", "exact", "entry_id")
    return {(spelling, exact): entry for spelling, exact, entry in found.iterator()}


def standing_table() -> Table:
    """Return the part of it that is certain, and whose entries there still are."""
    stored = {key: entry for key, entry in stored_table().items() if entry != UNKNOWN}
    known = known_of(stored.values())
    return {key: entry for key, entry in stored.items() if entry in known}


def give_up_half(hold: Hold) -> None:
    """Forget how far a pass is that did not end: what it has written is out of date."""
    if publishing.state().next_matched:
        with short_transaction():
            GlossaryState.objects.filter(pk=1).update(next_matched="", next_reached=0)
            hold()


def write_table(table: Table) -> None:
    """Write the table as what the occurrences that count were matched with; only what differs."""
    stored = stored_table()
    different = {key for key in {*stored, *table} if stored.get(key) != table.get(key)}
    if not different:
        return
    spellings = {spelling for spelling, _exact in different}
    gone = sorted(spellings)
    for start in range(0, len(gone), 500):
        _forms_that_count().filter(spelling__in=gone[start : start + 500]).delete()
    kept = sorted(key for key in table if key[0] in spellings)
    _insert_forms([(*key, table[key]) for key in kept], publishing.state().generation)


def forget_headings(published_id: int) -> None:
    """Remove the marks in headings of an episode that has others now.

    Its occurrences left with its turns; its sums stay until the new ones are matched, so that no
    term leaves the public side in between.
    """
    HeadingUse.objects.filter(published=published_id).delete()


def forget_episode(published_id: int) -> set[int]:
    """Remove the sums and headings of an episode that is withdrawn; the rest leaves with it.

    Return the entries that it used.
    """
    uses = EntryUse.objects.filter(published=published_id)
    used = set(uses.values_list("entry_id", flat=True).distinct())
    for model in (EntryUse, HeadingUse):
        model._default_manager.filter(published=published_id).delete()
    return used
