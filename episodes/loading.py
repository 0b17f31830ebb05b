"""The working copy of an episode as a value (``transcripts.working``): read from its rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from episodes import beside
from episodes.documents import DETAILS, TEXT_FIELDS, turn_value
from episodes.models import Conflict, Episode, Turn, TurnOrigin, TurnRedirect
from episodes.transcripts.working import Clash, ClashKind, Heading, Key, Working, WorkingTurn

__all__ = ["clash_of", "field_value", "load"]

FIELDS = (*TEXT_FIELDS.values(), "date", *(field for field, _valid in DETAILS.values()), "extra")


def field_value(value: Any) -> Any:
    """A field of an episode as JSON: a date in ISO 8601, or ""."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else value


def load(episode: Episode) -> Working:
    """Return the working copy of an episode; some fifteen queries, whatever its size."""
    origins: dict[int, list[Key]] = {}
    rows = TurnOrigin.objects.filter(turn__episode=episode).order_by("order", "pk")
    for turn_id, source_id, position in rows.values_list(
        "turn_id", "source_turn__source_id", "source_turn__position"
    ):
        origins.setdefault(turn_id, []).append((source_id, position))
    turns: dict[int, list[WorkingTurn]] = {}
    withdrawn: dict[str, WorkingTurn] = {}
    for turn in Turn.everything.filter(episode=episode).order_by("position", "pk"):
        value = _working_turn(turn, tuple(origins.get(turn.pk, ())))
        if turn.gone:
            withdrawn[turn.uid] = value
        else:
            turns.setdefault(turn.chapter_id, []).append(value)
    elements: list[Heading | WorkingTurn] = []
    for chapter in episode.chapters.order_by("position"):
        if chapter.level:
            keys = tuple((source, place) for source, place in chapter.origins)
            elements.append(Heading(chapter.pk, chapter.title, chapter.level, keys))
        elements += turns.get(chapter.pk, ())
    standing = {each.uid for found in turns.values() for each in found}
    redirects = TurnRedirect.objects.filter(episode=episode).values_list("old_uid", "new_uid")
    return Working(
        tuple(elements),
        {name: field_value(getattr(episode, name)) for name in FIELDS},
        {name: tuple(beside.keys_of(episode, name)) for name in beside.SETS},
        {name: frozenset(keys) for name, keys in episode.removed.items()},
        withdrawn,
        {old: new for old, new in redirects if old not in standing},
        tuple(sorted(map(clash_of, _open(episode)), key=lambda clash: clash.place)),
    )


def _working_turn(turn: Turn, origins: tuple[Key, ...]) -> WorkingTurn:
    return WorkingTurn(
        turn.uid,
        turn_value(turn),
        str(turn.speaker_id or ""),
        origins,
        turn.made_for if turn.stale else None,
        turn.unread,
        turn.gone,
    )


def _open(episode: Episode) -> Iterator[Conflict]:
    return Conflict.objects.filter(episode=episode, decided_at__isnull=True).iterator()


def clash_of(conflict: Conflict) -> Clash:
    """Return a conflict's row as a value."""
    return Clash(
        ClashKind(conflict.kind),
        conflict.target.replace("chapter:", "heading:"),
        conflict.field,
        conflict.base,
        conflict.theirs,
        conflict.proposal,
        tuple(conflict.uids),
    )
