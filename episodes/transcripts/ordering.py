"""In which order headings and turns stand when both sides may have moved them (MERGING §4)."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

from episodes.transcripts.streams import in_order

__all__ = ["merged_order", "moved"]


def moved(base: Sequence[Hashable], side: Sequence[Hashable]) -> set[Hashable]:
    """What stands out of order in ``side``: as few as explain how it differs from ``base``."""
    place = {name: number for number, name in enumerate(base)}
    pairs = [(number, place[name]) for number, name in enumerate(side) if name in place]
    kept = {side[number] for number, _place in in_order(pairs)}
    return {side[number] for number, _place in pairs} - kept


def merged_order(
    ours: Sequence[Hashable], theirs: Sequence[Hashable], stay: Collection[Hashable]
) -> list[Hashable]:
    """The names of both, each once.

    In the order of ``theirs``, but for those in ``stay`` and those that only ours has: they stand
    after what precedes them in ours.
    """
    known = set(ours)
    order: list[Hashable] = [name for name in theirs if name not in stay or name not in known]
    placed = set(order)
    after: dict[Hashable | None, list[Hashable]] = {}
    before: Hashable | None = None
    for name in ours:
        if name in placed:
            before = name
        else:
            after.setdefault(before, []).append(name)
    result: list[Hashable] = list(after.get(None, ()))
    for name in order:
        result.append(name)
        result += after.get(name, ())
    return result
