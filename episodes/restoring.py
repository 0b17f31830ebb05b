"""One turn, one field, one name made what it was once, without touching the rest.

A restored state is saved as any change is (``editing``, ``naming``): an act of its own, whose reason
says which state it was. It is checked against what was shown: where somebody changed the same since,
nothing is written.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from episodes import beside, editing, naming
from episodes.models import (
    Change,
    Episode,
    Named,
    Organisation,
    Person,
    Product,
    Turn,
    Work,
)
from episodes.pasts import Past, past_of_field, past_of_named, past_of_turn
from episodes.transcripts.tracing import State

__all__ = [
    "PARTS",
    "NoState",
    "restore_field",
    "restore_named",
    "restore_turn",
    "said_at",
    "take_back_field",
    "take_back_turn",
]

PARTS: dict[str, tuple[str, ...]] = {
    "text": ("text",),
    "original": ("original",),
    "voice": ("speaker", "label", "original_label", "kind"),
    "times": ("start", "end"),
}
"""What of a turn is restored together."""

MODELS: dict[str, type[Named]] = {
    "organisations": Organisation,
    "products": Product,
    "works": Work,
}


class NoState(LookupError):
    """The history has no such state."""


def said_at(past: Past, state: State) -> str:
    """Return when a state was made, in the local time; empty where that is not known."""
    act = past.acts.get(state.act)
    return formats.date_format(timezone.localtime(act.at), "Y-m-d H:i") if act else ""


def _reason(past: Past, state: State, why: str) -> str:
    at = said_at(past, state)
    sentence = (
        _("Restored the state of %(when)s.") % {"when": at}
        if at
        else _("Restored the first state that is known.")
    )
    return f"{sentence} {why.strip()}".strip()


def _state(past: Past, act: int) -> State:
    state = past.at(act)
    if state is None:
        raise NoState(act)
    return state


# --- A turn ---------------------------------------------------------------------------------------


def restore_turn(
    turn: Turn, *, act: int, parts: Collection[str], version: int, by: User | None, why: str = ""
) -> Turn:
    """Make parts of a turn (``PARTS``) what an act left them as, and return it as it is then.

    ``version`` is that of the turn which was shown. Raises NoState, ``editing.Stale`` (nothing is
    written), ``editing.Vanished`` and ``editing.Invalid``. What is so already writes nothing.
    """
    with transaction.atomic():
        episode = Episode.objects.select_for_update().get(pk=turn.episode_id)
        current = Turn.everything.select_related("speaker").get(pk=turn.pk)
        current.episode = episode
        if current.gone:
            raise editing.Vanished(current)
        past = past_of_turn(current)
        state = _state(past, act)
        values = _turn_values(state.values, parts)
        if version != current.version:
            differing = [name for name in values if values[name] != getattr(current, name)]
            raise editing.Stale(current, values, None, tuple(differing))
        reason = _reason(past, state, why)
        return editing.save_turn(current, version=version, values=values, by=by, why=reason)


def take_back_turn(turn: Turn, *, version: int, by: User | None) -> Turn:
    """Make a turn what it was before its last change, and return it as it is then.

    ``version`` is the one that this change made. Raises as :func:`restore_turn` does; NoState also
    where the turn has never been changed.
    """
    act = _before(past_of_turn(turn))
    return restore_turn(turn, act=act, parts=PARTS, version=version, by=by)


def _before(past: Past) -> int:
    """Return the act that left the values which stood before the last ones."""
    for state in reversed(past.states[:-1]):
        if state.values != past.now.values:
            return state.act
    raise NoState


def _turn_values(values: Mapping[str, Any], parts: Collection[str]) -> dict[str, Any]:
    wanted = {name: values[name] for part in PARTS if part in parts for name in PARTS[part]}
    if wanted.get("speaker"):
        pk = wanted["speaker"]
        wanted["speaker"] = naming.successors(Person, [pk]).get(pk)
    return wanted


# --- A field of an episode ------------------------------------------------------------------------


def restore_field(
    episode: Episode, name: str, *, act: int, revision: int, by: User | None, why: str = ""
) -> Episode:
    """Make one field or set of an episode what an act left it as, and return the episode.

    ``revision`` is the one that was shown; what others changed elsewhere since is no matter. Whom or
    what the registry no longer has is left out. Raises NoState, ``editing.Stale`` (nothing is
    written), ``editing.Invalid`` and ``names.SlugRefused``.
    """
    if name not in editing.EPISODE_FIELDS:
        raise NoState(name)
    with transaction.atomic():
        current = Episode.objects.select_for_update().get(pk=episode.pk)
        past = past_of_field(current, name)
        state = _state(past, act)
        value = _field_value(name, state.values[name])
        since = Change.objects.filter(
            target=f"episode:{current.pk}",
            field=name,
            change_set__episode=current,
            change_set__revision__gt=revision,
        )
        if since.exists():
            raise editing.Stale(current, {name: state.values[name]}, None, (name,))
        return editing.save_episode(
            current,
            revision=current.revision,
            values={name: value},
            by=by,
            why=_reason(past, state, why),
        )


def take_back_field(episode: Episode, name: str, *, revision: int, by: User | None) -> Episode:
    """Make a field of an episode what it was before its last change, and return the episode.

    ``revision`` is the one that this change made. Raises as :func:`restore_field` does.
    """
    if name not in editing.EPISODE_FIELDS:
        raise NoState(name)
    act = _before(past_of_field(episode, name))
    return restore_field(episode, name, act=act, revision=revision, by=by)


def _field_value(name: str, value: Any) -> Any:
    """A value of the history as ``save_episode`` takes it."""
    if name == "date":
        return datetime.date.fromisoformat(value) if value else None
    if name not in beside.SETS or name in beside.LABELS:
        return value
    model = Person if name == "appearances" else MODELS[name]
    records = naming.successors(model, [item["id"] for item in value])
    known = [item for item in value if item["id"] in records]
    if name == "appearances":
        return [(records[item["id"]], item["role"]) for item in known]
    return [records[item["id"]] for item in known]


# --- A person and the like ------------------------------------------------------------------------


def restore_named(
    named: Named, field: str, *, act: int, seen: int, by: User | None, why: str = ""
) -> Named:
    """Make one field of a record what an act left it as, and return the record.

    ``seen`` is the ``naming.last_act`` that was shown. Raises NoState, ``naming.Changed`` and
    ``names.SlugRefused``.
    """
    if field not in naming.FIELDS:
        raise NoState(field)
    past = past_of_named(named)
    state = _state(past, act)
    return naming.save_named(
        named,
        values={field: state.values[field]},
        by=by,
        why=_reason(past, state, why),
        seen=seen,
    )
