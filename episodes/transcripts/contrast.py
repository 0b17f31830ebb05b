"""Two versions of a transcript beside each other: which turns are the same, moved, added, removed.

A version is an edition, the working copy or what a source says. Turns are paired by what they are
known by: a turn of the desk by its uid, a turn of a source by the uids of those that came from it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from episodes.transcripts.document import Turn
from episodes.transcripts.working import SourceHeading

__all__ = ["HeadingRow", "Item", "Row", "Version", "headings_of", "moved", "rows_of"]


T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Item:
    """A turn of a version: ``speaker`` is a key that tells people apart, ``keys`` what pairs it."""

    value: Turn
    speaker: str
    keys: frozenset[str]
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """The turns of a version in order, and its headings."""

    items: tuple[Item, ...] = ()
    headings: tuple[SourceHeading, ...] = ()

    def heading_before(self, place: int) -> int | None:
        """The number of the heading that a turn stands under."""
        number = -1
        for each in self.headings:
            if each.place > place:
                break
            number += 1
        return number if number >= 0 else None


@dataclass(frozen=True, slots=True)
class Row:
    """Turns that belong together, by their places on each side; one side may have none."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    moved: bool = False
    same: bool = False


@dataclass(frozen=True, slots=True)
class HeadingRow:
    """A heading by its number on each side, None where it has none there.

    ``moved``: it stands before another turn than it did.
    """

    left: int | None
    right: int | None
    moved: bool = False


def moved(old: Sequence[T], new: Sequence[T]) -> set[T]:
    """Return the members of two orders of the same things that were moved: the fewest there can be.

    ``old`` and ``new`` hold the same members, each once.
    """
    places = {member: place for place, member in enumerate(old)}
    tails: list[int] = []  # the last place of the best run of each length
    ends: list[int] = []  # where in ``new`` that run ends
    before: list[int] = []
    for number, member in enumerate(new):
        length = bisect_left(tails, places[member])
        if length == len(tails):
            tails.append(places[member])
            ends.append(number)
        else:
            tails[length] = places[member]
            ends[length] = number
        before.append(ends[length - 1] if length else -1)
    stay = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        stay.add(new[at])
        at = before[at]
    return set(new) - stay


# --- Turns ----------------------------------------------------------------------------------------


class _Groups:
    """Which places of both sides belong together, by the keys that they share."""

    def __init__(self, left: Version, right: Version) -> None:
        self.parents: dict[tuple[str, object], tuple[str, object]] = {}
        for side, version in (("left", left), ("right", right)):
            for place, item in enumerate(version.items):
                self.root((side, place))
                for key in item.keys:
                    self.parents[self.root(("key", key))] = self.root((side, place))
        self.members: dict[tuple[str, object], tuple[list[int], list[int]]] = {}
        for number, (side, version) in enumerate((("left", left), ("right", right))):
            for place in range(len(version.items)):
                self.members.setdefault(self.root((side, place)), ([], []))[number].append(place)

    def root(self, node: tuple[str, object]) -> tuple[str, object]:
        path = []
        while (parent := self.parents.setdefault(node, node)) != node:
            path.append(node)
            node = parent
        for each in path:
            self.parents[each] = node
        return node


def rows_of(left: Version, right: Version) -> list[Row]:
    """Return all turns of both sides, in the order of the right one; each place is in one row.

    What only the left one has stands after what it followed there. Where a turn was split or several
    merged, all of them are one row.
    """
    groups = list(_Groups(left, right).members.values())
    both = [number for number, (lefts, rights) in enumerate(groups) if lefts and rights]
    shifted = moved(
        sorted(both, key=lambda number: groups[number][0]),
        sorted(both, key=lambda number: groups[number][1]),
    )
    order = sorted(
        (number for number, (_lefts, rights) in enumerate(groups) if rights),
        key=lambda number: groups[number][1],
    )
    after: dict[int, list[int]] = {}
    last = -1
    for number in sorted(
        (number for number, (lefts, _rights) in enumerate(groups) if lefts),
        key=lambda number: groups[number][0],
    ):
        if groups[number][1]:
            last = number
        else:
            after.setdefault(last, []).append(number)
    rows = []
    for number in _interleaved(order, after):
        lefts, rights = groups[number]
        same = len(lefts) == len(rights) == 1 and _is_same(
            left.items[lefts[0]], right.items[rights[0]]
        )
        is_moved = number in shifted
        rows.append(Row(tuple(lefts), tuple(rights), is_moved, same and not is_moved))
    return rows


def _interleaved(order: Iterable[int], after: dict[int, list[int]]) -> Iterator[int]:
    yield from after.get(-1, ())
    for number in order:
        yield number
        yield from after.get(number, ())


def _is_same(one: Item, other: Item) -> bool:
    return one.value == other.value and one.speaker == other.speaker


# --- Headings -------------------------------------------------------------------------------------


def headings_of(left: Version, right: Version, rows: Sequence[Row]) -> list[HeadingRow]:
    """Return the headings of both sides, in the order of the right one, then those that are gone.

    Two are the same that say the same, else that stand before the same turn.
    """
    to: dict[int, int] = {}  # a place on the left -> the first of its row's on the right
    for row in rows:
        if row.right:
            to.update(dict.fromkeys(row.left, row.right[0]))
    firsts = {each.place: number for number, each in enumerate(right.headings)}
    pairs: dict[int, int] = {}  # right -> left
    taken: set[int] = set()
    for number, each in enumerate(left.headings):
        for other, heading in enumerate(right.headings):
            if other not in pairs and (heading.title, heading.level) == (each.title, each.level):
                pairs[other] = number
                taken.add(number)
                break
    for number, each in enumerate(left.headings):
        partner = firsts.get(to.get(each.place, -1))
        if number not in taken and partner is not None and partner not in pairs:
            pairs[partner] = number
            taken.add(number)
    found = []
    for number in range(len(right.headings)):
        mine = pairs.get(number)
        shifted = mine is not None and _moved_heading(left, right, mine, number, to)
        found.append(HeadingRow(mine, number, shifted))
    gone = [number for number in range(len(left.headings)) if number not in taken]
    return found + [HeadingRow(number, None) for number in gone]


def _moved_heading(
    left: Version, right: Version, mine: int, other: int, to: dict[int, int]
) -> bool:
    """Whether a heading no longer stands before the turn, of those that are left, that it did."""
    place = left.headings[mine].place
    end = left.headings[mine + 1].place if mine + 1 < len(left.headings) else len(left.items)
    stays = next((to[each] for each in range(place, end) if each in to), None)
    known = set(to.values())
    start = right.headings[other].place
    stop = right.headings[other + 1].place if other + 1 < len(right.headings) else len(right.items)
    begins = next((each for each in range(start, stop) if each in known), None)
    return stays != begins
