"""Bringing the occurrences that count up to date where something changed: no pass over everything.

An episode that was touched is matched anew. When other spellings are looked for than the occurrences
were matched with (``MatchedForm``), only the turns that hold one of those are: found by a regular
expression that finds all that the matcher could, and then some.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection
from functools import cache

from django.db.models import Q, QuerySet

from episodes.models import PublishedTurn
from glossary import publishing, rows
from glossary.matching import Matcher, Table, folded
from glossary.models import EntryUse, HeadingUse, Occurrence
from glossary.occurrences import (
    HEADING,
    OCCURRENCE,
    UNKNOWN,
    USE,
    Found,
    Hold,
    counted,
    find,
    known_of,
    standing,
    stored_table,
    write_table,
)
from glossary.pacing import short_transaction

__all__ = ["SPELLINGS", "different", "refresh", "rematch", "turns_with"]

SPELLINGS = 60
"""So many spellings are looked for one by one; of more the whole text is matched anew."""

NONE = (0, 0)


def different(table: Table) -> set[str]:
    """Return the spellings of which the occurrences that count are not as the table has it."""
    stored = stored_table()
    return {key[0] for key in {*stored, *table} if stored.get(key) != table.get(key)}


def refresh(
    matcher: Matcher, generation: int, hold: Hold, step: Callable[[int, int], object]
) -> None:
    """Match the live turns anew that hold a spelling that is looked for otherwise now.

    Before the first of them is written it is said which spellings those are, so that a run that is
    killed in the middle leaves it to the next, whatever is looked for then.
    """
    table = matcher.table
    spellings = different(table)
    if not spellings:
        return
    with short_transaction():
        open_now = {key: entry for key, entry in stored_table().items() if key[0] not in spellings}
        write_table(open_now | {(spelling, ""): UNKNOWN for spelling in spellings})
        hold()
    of_episode: dict[int, set[int]] = defaultdict(set)
    turns = turns_with(spellings).order_by("published_id", "pk")
    for published, pk in turns.values_list("published_id", "pk").iterator():
        of_episode[published].add(pk)
    for done, (published, chosen) in enumerate(of_episode.items(), start=1):
        rematch(published, matcher, generation, hold, turns=chosen)
        step(done, len(of_episode))
    with short_transaction():
        write_table(table)
        hold()


def turns_with(spellings: Collection[str]) -> QuerySet[PublishedTurn]:
    """Return the live turns whose text or whose chapter's heading may hold one of the spellings.

    Folded or not; all turns that the matcher would find one in, and some that it would not.
    """
    pattern = "|".join(_pattern(spelling) for spelling in sorted(spellings))
    live = PublishedTurn.objects.filter(published__live=True)
    if not pattern:
        return live.none()
    return live.filter(Q(text_plain__regex=pattern) | Q(chapter_title__regex=pattern))


def _pattern(spelling: str) -> str:
    """Return a regular expression (Python's and PostgreSQL's) for what folds to this spelling."""
    return "".join(_class(char) for char in folded(" ".join(spelling.split())))


def _class(char: str) -> str:
    every = sorted({char, *_unfolded().get(char, "")})
    if len(every) == 1:
        return re.escape(char) if char.isascii() and not char.isalnum() else char
    return "[" + "".join(f"\\{one}" if one in r"\]^-[" else one for one in every) + "]"


@cache
def _unfolded() -> dict[str, str]:
    """Return for each folded character the others that fold to it."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in range(0x20, 0x20000):
        if 0xD800 <= code < 0xE000:
            continue
        char = chr(code)
        low = folded(char)
        if low != char:
            found[low].append(char)
    return {low: "".join(chars) for low, chars in found.items()}


def rematch(
    published_id: int,
    matcher: Matcher,
    generation: int,
    hold: Hold,
    *,
    turns: Collection[int] | None = None,
    settle: Hold | None = None,
) -> None:
    """Match a live episode anew (``turns``: only these of its turns) in a generation.

    Writes the difference in one transaction, with what follows for the public side if that
    generation is the one that counts. Where another edition went live meanwhile nothing is written:
    that one is touched. ``settle`` is called before ``hold``, in the same transaction.
    """
    found = find([published_id], matcher, turns)
    with short_transaction():
        for each in standing(found):
            touched = _write_difference(each, generation, whole=turns is None)
            if touched and generation == publishing.state().generation:
                publishing.publish(touched)
                publishing.changed()
        if settle is not None:
            settle()
        hold()


def _write_difference(found: Found, generation: int, *, whole: bool) -> set[int]:
    """Make the rows of a generation what was found; return the entries for which that matters."""
    entries = {row[1] for row in found.occurrences} | {row[2] for row in found.headings}
    known = known_of(entries)
    after = [row for row in found.occurrences if row[1] in known]
    had = Occurrence.objects.filter(generation=generation, turn__in=found.turns)
    before = list(had.order_by("turn", "start").values_list("turn_id", "entry_id", "start", "end"))
    touched: set[int] = set()
    if sorted(after) != sorted(before):
        had.delete()
        rows.insert(Occurrence, OCCURRENCE, [(*row, generation) for row in after])
        touched |= {row[1] for row in {*before} ^ {*after}}
    touched |= _write_uses(found.published, generation, before, after, whole=whole)
    headings = sorted(row for row in found.headings if row[2] in known)
    marked = HeadingUse.objects.filter(generation=generation, published=found.published)
    names = HEADING[:-1]
    stored = sorted(marked.values_list(*names))
    if headings != stored:
        marked.delete()
        rows.insert(HeadingUse, HEADING, [(*row, generation) for row in headings])
        touched |= {row[2] for row in {*stored} ^ {*headings}}
    return touched


def _write_uses(
    published: int,
    generation: int,
    before: list[tuple[int, int, int, int]],
    after: list[tuple[int, int, int, int]],
    *,
    whole: bool,
) -> set[int]:
    """Bring the sums of an episode up to date: all of them, or by what changed in some turns.

    Return the entries of which they changed.
    """
    was, now = counted(sorted(before)), counted(sorted(after))
    had = EntryUse.objects.filter(published=published, generation=generation)
    stored = {entry: (uses, turns) for entry, uses, turns in had.values_list(*USE[1:-1])}
    wanted = dict(now)
    if not whole:
        wanted = {
            entry: tuple(
                stored.get(entry, NONE)[n] - was.get(entry, NONE)[n] + now.get(entry, NONE)[n]
                for n in (0, 1)
            )
            for entry in {*stored, *now}
        }
        wanted = {entry: counts for entry, counts in wanted.items() if counts[0] > 0}
    different = [entry for entry in {*stored, *wanted} if stored.get(entry) != wanted.get(entry)]
    if different:
        had.filter(entry__in=different).delete()
        rows.insert(
            EntryUse,
            USE,
            [
                (published, entry, *wanted[entry], generation)
                for entry in sorted(different)
                if entry in wanted
            ],
        )
    return set(different)
