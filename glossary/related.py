"""Which terms belong together: one inside another's name, or used in the same turns. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from glossary.matching import folded

__all__ = ["LIMIT", "Company", "Named", "around_and_within", "together"]

LIMIT = 8
"""So many related terms of a kind are shown."""


@dataclass(frozen=True, slots=True)
class Named:
    """An entry with all its spellings."""

    key: int
    names: tuple[str, ...]


def around_and_within(
    entry: Named, others: Iterable[Named], limit: int = LIMIT
) -> tuple[list[int], list[int]]:
    """Return the entries with a name that holds one of this entry's, and those that it holds.

    A name holds another if that stands in it whole (Latin words as words, without case and width)
    and is not all of it. The nearest in length come first. What is both is only the latter.
    """
    own = _spellings(entry)
    around: list[tuple[int, str, int]] = []
    within: list[tuple[int, str, int]] = []
    for other in others:
        if other.key == entry.key:
            continue
        names = _spellings(other)
        if found := [name for name in names if any(_holds(mine, name) for mine in own)]:
            longest = max(found, key=len)
            within.append((-len(longest), longest, other.key))
        elif found := [name for name in names if any(_holds(name, mine) for mine in own)]:
            shortest = min(found, key=len)
            around.append((len(shortest), shortest, other.key))
    return (
        [key for *_rank, key in sorted(around)[:limit]],
        [key for *_rank, key in sorted(within)[:limit]],
    )


def _spellings(entry: Named) -> list[str]:
    joined = folded("\n".join(" ".join(name.split()) for name in entry.names))
    return [name for name in joined.split("\n") if name]


def _holds(name: str, part: str) -> bool:
    """Whether ``part`` stands in ``name`` and is less than all of it; both are folded."""
    if len(part) >= len(name):
        return False
    at = name.find(part)
    while at >= 0:
        end = at + len(part)
        if not (
            (at and _is_word(part[0]) and _is_word(name[at - 1]))
            or (end < len(name) and _is_word(part[-1]) and _is_word(name[end]))
        ):
            return True
        at = name.find(part, at + 1)
    return False


def _is_word(char: str) -> bool:
    """A letter or digit of a script that parts its words by spaces."""
    return char < "\u1100" and char.isalnum()


@dataclass(frozen=True, slots=True)
class Company:
    """A term that is used in some of the same turns: ``both`` of its ``turns``."""

    entry: int
    both: int
    turns: int


def together(own: int, whole: int, others: Iterable[Company], limit: int = LIMIT) -> list[int]:
    """Return the terms that keep a term company more often than their frequency lets expect.

    ``own`` of the ``whole`` turns looked at use the term. Another that stands in ``turns`` of them
    would by chance share ``own * turns / whole`` of them with it; the rank is how many it shares
    beyond that, in units of the square root of what chance gives and one more (about its standard
    deviation; the one keeps a single coincidence behind a habit). Equals stand by their keys.
    """
    ranked = []
    for other in others:
        chance = own * other.turns / max(1, whole)
        beyond = (other.both - chance) / sqrt(chance + 1)
        if beyond > 0:
            ranked.append((-beyond, other.entry))
    return [entry for _rank, entry in sorted(ranked)[:limit]]
