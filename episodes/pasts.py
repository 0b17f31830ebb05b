"""The history read back: all states of a turn, of an episode's field, of a person and the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from episodes import beside
from episodes.editing import EPISODE_FIELDS, TURN_FIELDS
from episodes.loading import field_value
from episodes.models import Change, ChangeSet, Episode, Named, Turn
from episodes.models.history import Act
from episodes.naming import FIELDS as NAMED_FIELDS
from episodes.naming import target_of
from episodes.transcripts.contrast import moved
from episodes.transcripts.tracing import ADDED, MOVED, REMOVED, State, Step, states_of

__all__ = [
    "EPISODE_PAST",
    "ORDER",
    "Kin",
    "Past",
    "changed_fields",
    "field_now",
    "kin_of",
    "past_of_field",
    "past_of_named",
    "past_of_turn",
]

EPISODE_PAST = (*EPISODE_FIELDS, "extra")
"""The fields of an episode that have a history; all but the last can be restored."""

ORDER = "order"
"""The change of an episode that holds how its turns and headings stood and stand."""


@dataclass(frozen=True, slots=True)
class Past:
    """All states of something, the earliest first, and the acts that made them.

    ``acts`` holds the act of each state; that of the first one, where the history begins with an
    import that has no changes, under 0, or nothing where no act is known.
    """

    states: tuple[State, ...]
    acts: Mapping[int, ChangeSet]
    steps: Mapping[int, Step]

    @property
    def now(self) -> State:
        """What stands now."""
        return self.states[-1]

    def at(self, act: int) -> State | None:
        """The state that an act made."""
        return next((state for state in self.states if state.act == act), None)


def _past(
    changes: Any,
    current: Mapping[str, Any],
    *,
    stands: bool = True,
    first: ChangeSet | None = None,
    moves: Callable[[Change], tuple[str, Any, Any] | None] | None = None,
) -> Past:
    acts: dict[int, ChangeSet] = {}
    found: dict[int, list[tuple[str, Any, Any]]] = {}
    rows = changes.select_related("change_set__by", "change_set__run").defer(
        "change_set__run__plan", "change_set__run__undo", "change_set__run__content"
    )
    for row in rows.order_by("pk"):
        change: tuple[str, Any, Any] | None = (row.field, row.old, row.new)
        if moves is not None and row.field == ORDER:
            change = moves(row)
        if change is not None:
            acts[row.change_set_id] = row.change_set
            found.setdefault(row.change_set_id, []).append(change)
    steps = [Step(act, tuple(some)) for act, some in found.items()]
    states = states_of(current, steps, stands=stands)
    if first is not None and not states[0].act:
        acts[0] = first
    return Past(tuple(states), acts, {step.act: step for step in steps})


def _first_import(episode: Episode) -> ChangeSet | None:
    """The import that the episode began with. One query."""
    acts = ChangeSet.objects.filter(episode=episode, act=Act.IMPORT, changes=None)
    runs = acts.select_related("by", "run")
    return runs.defer("run__plan", "run__undo", "run__content").order_by("pk").first()


# --- Turns ----------------------------------------------------------------------------------------


def past_of_turn(turn: Turn) -> Past:
    """Return the states of a turn, gone or not; speakers are ids. Two queries."""
    current = {
        name: turn.speaker_id if name == "speaker" else getattr(turn, name) for name in TURN_FIELDS
    }
    own = Q(target=f"turn:{turn.uid}")
    order = Q(target=f"episode:{turn.episode_id}", field=ORDER)
    changes = Change.objects.filter(own | order, change_set__episode=turn.episode_id)

    def move(change: Change) -> tuple[str, Any, Any] | None:
        return _move(turn.uid, change.old or [], change.new or [])

    first = _first_import(turn.episode)
    return _past(changes, current, stands=not turn.gone, first=first, moves=move)


def _move(uid: str, old: list[str], new: list[str]) -> tuple[str, Any, Any] | None:
    """What a change of the order was to a turn: where it stood and stands, None where it stayed."""
    both = set(old) & set(new)
    if uid not in both:
        return None
    before, after = ([each for each in order if each in both] for order in (old, new))
    if uid not in moved(before, after):
        return None
    was, stands = ([*order[: order.index(uid)][-1:], ""][0] for order in (old, new))
    return MOVED, was, stands


@dataclass(frozen=True, slots=True)
class Kin:
    """What an act did to another turn than the one that is looked at.

    ``how``: ``from`` (this one was split off ``uid``), ``off`` (``uid`` was split off this one),
    ``into`` (this one became part of ``uid``), ``joined`` (``uid`` became part of this one), ``led``
    (this one was taken out, its address leads to ``uid``).
    """

    how: str
    uid: str


def kin_of(turn: Turn, past: Past) -> dict[int, list[Kin]]:
    """Return which other turns the acts on a turn concerned: splits and merges. Two queries."""
    own = f"turn:{turn.uid}"
    acts = list(past.steps)
    others = Change.objects.filter(
        change_set__in=acts, change_set__episode=turn.episode_id, target__startswith="turn:"
    ).exclude(target=own)
    kin: dict[int, list[Kin]] = {}
    merged = others.filter(field=REMOVED, new=turn.uid)
    for act, target, old in merged.values_list("change_set", "target", "old").order_by("pk"):
        if _joins(past, act, old):
            kin.setdefault(act, []).append(Kin("joined", target.removeprefix("turn:")))
    about = Q(field=ADDED) | Q(field__in=("text", "original"))
    cuts = others.filter(about, change_set__act=Act.SAVE)
    for row in cuts.order_by("pk"):
        uid = row.target.removeprefix("turn:")
        for name, old, new in past.steps[row.change_set_id].changes:
            how = ""
            if row.field == ADDED and name in ("text", "original"):
                how = "off" if _holds(old, (row.new or {}).get(name)) else ""
            elif name == ADDED and row.field in ("text", "original"):
                how = "from" if _holds(row.old, new.get(row.field)) else ""
            elif name == REMOVED and row.field in ("text", "original") and new == uid:
                how = "into" if _holds(row.new, old.get(row.field)) else ""
            if how and Kin(how, uid) not in kin.setdefault(row.change_set_id, []):
                kin[row.change_set_id].append(Kin(how, uid))
    for act, step in past.steps.items():
        for name, _old, new in step.changes:
            if name == REMOVED and new and not any(each.how == "into" for each in kin.get(act, ())):
                kin.setdefault(act, []).append(Kin("led", str(new)))
    return {act: found for act, found in kin.items() if found}


def _joins(past: Past, act: int, lost: Any) -> bool:
    """Whether an act put a lost turn's words into this one."""
    return any(
        _holds(new, (lost or {}).get(name))
        for name, _old, new in past.steps[act].changes
        if name in ("text", "original")
    )


def _holds(text: Any, part: Any) -> bool:
    return bool(part) and str(part) in str(text or "")


# --- An episode's fields --------------------------------------------------------------------------


def field_now(episode: Episode, name: str) -> Any:
    """Return what a field or set of an episode holds, in the form of the history."""
    if name in beside.SETS:
        return beside.set_of(episode, name)
    return field_value(getattr(episode, name))


def past_of_field(episode: Episode, name: str) -> Past:
    """Return the states of one field or set of an episode. Two queries, three for a set."""
    changes = Change.objects.filter(
        target=f"episode:{episode.pk}", field=name, change_set__episode=episode
    )
    return _past(changes, {name: field_now(episode, name)}, first=_first_import(episode))


def changed_fields(episode: Episode) -> list[str]:
    """Return the fields of an episode that were ever changed, in the order of the form. One query."""
    names = Change.objects.filter(target=f"episode:{episode.pk}", change_set__episode=episode)
    found = set(names.order_by().values_list("field", flat=True).distinct())
    return [name for name in EPISODE_PAST if name in found]


# --- People and the like --------------------------------------------------------------------------


def past_of_named(named: Named) -> Past:
    """Return the states of a person, an organisation, a product or a work. One query."""
    current = {name: getattr(named, name) for name in NAMED_FIELDS}
    return _past(Change.objects.filter(target=target_of(named)), current)
