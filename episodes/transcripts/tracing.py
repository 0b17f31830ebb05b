"""What something was before each change, worked out backwards from what it is now.

The history holds old and new values, never whole states: what came in with a first import has no
change at all. So the states of a turn, of a field or of a name are found by taking the changes back
one act after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["ADDED", "MOVED", "REMOVED", "RESTORED", "State", "Step", "states_of"]

ADDED, REMOVED, RESTORED = "added", "removed", "restored"
"""What the history says of a turn as a whole: it came, it was taken out, it stands again."""

MOVED = "moved"
"""It stands elsewhere among the others; old and new are the turns (or headings) before it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one act changed of one thing: (field, old, new), in the order of the history."""

    act: int
    changes: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True, slots=True)
class State:
    """What something was after an act; ``act`` is 0 for what stood before the first of them.

    ``stands`` is false while a turn is taken out.
    """

    act: int
    values: Mapping[str, Any]
    stands: bool = True


def states_of(
    current: Mapping[str, Any], steps: Sequence[Step], *, stands: bool = True
) -> list[State]:
    """Return all states, the earliest first; the last one is ``current``.

    ``steps`` are the acts, the earliest first. Where one of them is ``added``, the states begin with
    it; else with what stood before the first. Changes of fields that ``current`` does not have count
    for nothing.
    """
    found: list[State] = []
    values = dict(current)
    for step in reversed(steps):
        found.append(State(step.act, dict(values), stands))
        for field, old, _new in reversed(step.changes):
            if field == REMOVED:
                stands = True
            elif field == RESTORED:
                stands = False
            elif field in values:
                values[field] = old
        if any(field == ADDED for field, _old, _new in step.changes):
            break
    else:
        found.append(State(0, values, stands))
    return found[::-1]
