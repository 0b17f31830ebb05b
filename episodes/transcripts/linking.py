"""Which turns share words, in order: the evidence that alignment decides on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from episodes.transcripts.streams import Run, common_runs

__all__ = ["Evidence", "Pair", "evidence", "unique_pairs"]

Pair = tuple[int, int]  # the index of a base turn and of one of theirs
MOST_REPLACED = 8  # tokens of one side that may stand for as many others


@dataclass(slots=True)
class Evidence:
    """What pairs of turns have in common, counted in tokens.

    ``equal``: tokens of the common stream. ``solid``: those that stand beside another one, for
    single words meet by chance. ``near``: the equal ones and those that stand where as many others
    stood between two equal ones (a word heard differently). ``inner``: turns of either side all of
    whose tokens, and one before and after, are one run of equal ones.
    """

    equal: Counter[Pair] = field(default_factory=Counter)
    solid: Counter[Pair] = field(default_factory=Counter)
    near: Counter[Pair] = field(default_factory=Counter)
    inner_base: set[int] = field(default_factory=set)
    inner_theirs: set[int] = field(default_factory=set)


def evidence(base: Sequence[list[int]], theirs: Sequence[list[int]], short: int) -> Evidence:
    """Compare the turns' tokens as two streams; turns under ``short`` tokens are no anchors."""
    mine = [token for tokens in base for token in tokens]
    others = [token for tokens in theirs for token in tokens]
    of_base = [turn for turn, tokens in enumerate(base) for _token in tokens]
    of_theirs = [turn for turn, tokens in enumerate(theirs) for _token in tokens]
    found = Evidence()
    runs = common_runs(mine, others, _sure(base, theirs, short))
    at = to = start_at = start_to = 0  # where the last run ended; where the chain of runs began
    for run in [*runs, Run(len(mine), len(others), 0)]:
        gap_at, gap_to = run.at - at, run.to - to
        for part in range(min(gap_at, gap_to) if max(gap_at, gap_to) <= MOST_REPLACED else 0):
            n, m = part * gap_at // min(gap_at, gap_to), part * gap_to // min(gap_at, gap_to)
            found.near[of_base[at + n], of_theirs[to + m]] += 1
        if gap_at != gap_to or gap_at > MOST_REPLACED:
            _inner(found.inner_base, of_base[start_at:at])
            _inner(found.inner_theirs, of_theirs[start_to:to])
            start_at, start_to = run.at, run.to
        at, to = run.at + run.length, run.to + run.length
        pairs = Counter(zip(of_base[run.at : at], of_theirs[run.to : to], strict=True))
        found.equal.update(pairs)
        found.near.update(pairs)
        if run.length > 1:
            found.solid.update(pairs)
    _inner(found.inner_base, of_base[start_at:at])
    _inner(found.inner_theirs, of_theirs[start_to:to])
    return found


def _inner(inner: set[int], chain: list[int]) -> None:
    if chain:
        inner.update(range(chain[0] + 1, chain[-1]))


def unique_pairs(
    base: Sequence[list[int]], theirs: Sequence[list[int]], short: int
) -> Iterator[Pair]:
    """Turns of at least ``short`` tokens that are equal and once on both sides."""
    places = _places(theirs, short)
    for text, turn in _places(base, short).items():
        if turn >= 0 and places.get(text, -1) >= 0:
            yield turn, places[text]


def _places(turns: Sequence[list[int]], short: int) -> dict[tuple[int, ...], int]:
    places: dict[tuple[int, ...], int] = {}
    for turn, tokens in enumerate(turns):
        if len(tokens) >= short:
            text = tuple(tokens)
            places[text] = -1 if text in places else turn
    return places


def _sure(base: Sequence[list[int]], theirs: Sequence[list[int]], short: int) -> Iterator[Pair]:
    """Tokens of each text that is unique on both sides, with their twins: one of every few."""
    starts, others = _starts(base), _starts(theirs)
    for turn, other in unique_pairs(base, theirs, short):
        for place in range(0, len(base[turn]), short):
            yield starts[turn] + place, others[other] + place


def _starts(turns: Sequence[list[int]]) -> list[int]:
    starts, at = [], 0
    for tokens in turns:
        starts.append(at)
        at += len(tokens)
    return starts
