"""One value, three ways: the source's as last accepted, ours, and theirs (MERGING §2).

Ours is what stands in the working copy, theirs what the source now says; the same functions serve
two editors, with the version that both began with as the base. Nothing here guesses: where both
sides changed the same, ours stays and the result says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from episodes.transcripts.characters import is_wide
from episodes.transcripts.sentences import Sentence, comparable, split_sentences
from episodes.transcripts.streams import Run, common_runs

__all__ = ["How", "Merged", "MergedSet", "merge_set", "merge_text", "merge_value", "same"]

T = TypeVar("T")


class How(StrEnum):
    """How a value came about."""

    OURS = "ours"  # theirs did not change
    THEIRS = "theirs"  # ours did not change
    AGREED = "agreed"  # both are the same
    MERGED = "merged"  # of sentences of both: somebody should read it
    CONFLICT = "conflict"  # ours, for now; a person decides


@dataclass(frozen=True, slots=True)
class Merged(Generic[T]):
    """The value to go on with."""

    value: T
    how: How


@dataclass(frozen=True, slots=True)
class MergedSet(Generic[T]):
    """The values to go on with, and the keys of those that an editor removed, for the next time."""

    values: tuple[T, ...]
    removed: frozenset[Hashable]


def same(one: object, other: object) -> bool:
    """Whether two values are the same but for what nobody sees (:func:`sentences.comparable`)."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or comparable(one) == comparable(other)
    return one == other


def merge_value(base: T, ours: T, theirs: T) -> Merged[T]:
    """A value that is whole: a title, a date, a speaker."""
    if ours == theirs:
        return Merged(ours, How.AGREED)
    if ours == base:
        return Merged(theirs, How.THEIRS)
    if theirs == base:
        return Merged(ours, How.OURS)
    if same(ours, theirs):
        return Merged(ours, How.AGREED)
    if same(ours, base):
        return Merged(theirs, How.THEIRS)
    if same(theirs, base):
        return Merged(ours, How.OURS)
    return Merged(ours, How.CONFLICT)


def merge_set(
    base: Iterable[T],
    ours: Iterable[T],
    theirs: Iterable[T],
    *,
    removed: Collection[Hashable] = (),
    key: Callable[[T], Hashable] = lambda value: value,
) -> MergedSet[T]:
    """What all three have and what either side added, in the order of ours, then of theirs.

    ``key`` tells values apart; of two spellings ours is kept. ``removed`` are the keys that an
    editor took out before: they do not come back unless ours has them again.
    """
    mine = {key(value): value for value in reversed(list(ours))}
    others = {key(value): value for value in reversed(list(theirs))}
    before = {key(value) for value in base}
    gone = frozenset({*removed, *before} - mine.keys())
    kept = [value for name, value in reversed(mine.items()) if name not in before or name in others]
    added = [
        value
        for name, value in reversed(others.items())
        if name not in before and name not in mine and name not in gone
    ]
    return MergedSet((*kept, *added), gone)


# --- Text -----------------------------------------------------------------------------------------


def merge_text(base: str, ours: str, theirs: str) -> Merged[str]:
    """Running text, by whole sentences.

    Merged where no sentence that one side changed touches one that the other changed; the result
    then holds each sentence that either side wrote and none that nobody wrote.
    """
    whole = merge_value(base, ours, theirs)
    if whole.how is not How.CONFLICT:
        return whole
    return _TextMerge(base, ours, theirs).merged() or whole


class _Change(NamedTuple):
    """Sentences ``at`` to ``end`` of the base became ``to`` to ``to_end`` of a side."""

    at: int
    end: int
    to: int
    to_end: int


class _Placed(NamedTuple):
    """A sentence of the result, and which one of each text it is (-1: none)."""

    text: str
    ours: int
    theirs: int
    base: int


class _TextMerge:
    def __init__(self, base: str, ours: str, theirs: str) -> None:
        self.base, self.ours, self.theirs = map(_sentences, (base, ours, theirs))
        numbers: dict[str, int] = {}

        def numbered(sentences: Sequence[Sentence]) -> list[int]:
            return [
                numbers.setdefault(comparable(sentence.text), len(numbers))
                for sentence in sentences
            ]

        self.base_keys = base_keys = numbered(self.base)
        self.breaks = {number for text, number in numbers.items() if not text.strip()}
        self.our_keys, self.their_keys = numbered(self.ours), numbered(self.theirs)
        self.our_changes = _changes(base_keys, self.our_keys)
        self.their_changes = _changes(base_keys, self.their_keys)

    def merged(self) -> Merged[str] | None:
        """None where the sides got in each other's way."""
        if self.touching() or self.contested():
            return None
        placed = self.placed()
        spaces = ["", *(self.space(*pair) for pair in pairwise(placed))]
        text = (
            part for pair in zip(spaces, placed, strict=False) for part in (pair[0], pair[1].text)
        )
        return Merged("".join(text), How.MERGED)

    def touching(self) -> bool:
        n = m = 0
        while n < len(self.our_changes) and m < len(self.their_changes):
            one, other = self.our_changes[n], self.their_changes[m]
            if one.at <= other.end and other.at <= one.end and not self.alike(one, other):
                return True
            if one.end <= other.end:
                n += 1
            else:
                m += 1
        return False

    def contested(self) -> bool:
        """Whether one side moved a sentence that the other took out."""
        base, ours, theirs = map(set, (self.base_keys, self.our_keys, self.their_keys))
        for keys, changes, others in (
            (self.our_keys, self.our_changes, theirs),
            (self.their_keys, self.their_changes, ours),
        ):
            put = {key for change in changes for key in keys[change.to : change.to_end]}
            if (put & base) - others - self.breaks:
                return True
        return False

    def alike(self, one: _Change, other: _Change) -> bool:
        """Whether both sides made the same of the same."""
        ours = self.our_keys[one.to : one.to_end]
        return one[:2] == other[:2] and ours == self.their_keys[other.to : other.to_end]

    def placed(self) -> list[_Placed]:
        """Along the base: what nobody changed, then what somebody made of the next sentences."""
        mine = {change.at: change for change in self.our_changes}
        others = {change.at: change for change in self.their_changes}
        out: list[_Placed] = []
        at = to_ours = to_theirs = 0
        for start in sorted({*mine, *others, len(self.base)}):
            for n in range(start - at):
                text = self.ours[to_ours + n].text
                out.append(_Placed(text, to_ours + n, to_theirs + n, at + n))
            to_ours, to_theirs, at = to_ours + start - at, to_theirs + start - at, start
            change, other = mine.get(start), others.get(start)
            done = change or other
            if done is None:
                break
            if change:
                span = range(change.to, change.to_end)
                shift = other.to - change.to if other else 0
                out += [_Placed(self.ours[n].text, n, n + shift if other else -1, -1) for n in span]
            elif other:
                span = range(other.to, other.to_end)
                out += [_Placed(self.theirs[n].text, -1, n, -1) for n in span]
            at = done.end
            to_ours = change.to_end if change else to_ours + done.end - done.at
            to_theirs = other.to_end if other else to_theirs + done.end - done.at
        return out

    def space(self, one: _Placed, next_: _Placed) -> str:
        """What stands between two sentences where they stand together, three ways again."""
        ours, theirs, base = (
            sentences[after].before if 0 <= before == after - 1 else None
            for sentences, before, after in (
                (self.ours, one.ours, next_.ours),
                (self.theirs, one.theirs, next_.theirs),
                (self.base, one.base, next_.base),
            )
        )
        if ours is not None and theirs is not None:
            return theirs if ours == base else ours
        for space in (ours, theirs, base):
            if space is not None:
                return space
        if one.text.endswith("\n") or next_.text.startswith("\n"):
            return ""
        return "" if is_wide(one.text[-1]) or is_wide(next_.text[0]) else " "


def _sentences(text: str) -> list[Sentence]:
    return [sentence for sentence in split_sentences(text) if sentence.text]


def _changes(base: list[int], side: list[int]) -> list[_Change]:
    changes: list[_Change] = []
    at = to = 0
    for run in (*common_runs(base, side), Run(len(base), len(side), 0)):
        if run.at > at or run.to > to:
            changes.append(_Change(at, run.at, to, run.to))
        at, to = run.at + run.length, run.to + run.length
    return changes
