"""A working copy as JSON, to be kept with an import so that it can be taken back exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from episodes.transcripts.plans import clash_from_json, clash_json, spoken_from_json, spoken_json
from episodes.transcripts.working import Element, Heading, Key, Working, WorkingTurn

__all__ = ["turn_from_json", "turn_json", "working_from_json", "working_json"]


def turn_json(turn: WorkingTurn) -> dict[str, Any]:
    """A turn of a working copy as JSON, without what is empty."""
    return spoken_json(
        turn.value,
        turn.speaker,
        uid=turn.uid,
        origins=[list(key) for key in turn.origins],
        stale=turn.stale is not None,
        was=turn.stale,
        unread=turn.unread,
        gone=turn.gone,
    )


def _keys(values: Mapping[str, Any]) -> tuple[Key, ...]:
    return tuple((source, place) for source, place in values.get("origins", ()))


def turn_from_json(values: Mapping[str, Any]) -> WorkingTurn:
    """The turn that ``turn_json`` wrote."""
    spoken = spoken_from_json(values)
    return WorkingTurn(
        values["uid"],
        spoken.value,
        spoken.speaker,
        _keys(values),
        values.get("was", "") if values.get("stale") else None,
        values.get("unread", False),
        values.get("gone", ""),
    )


def _element(values: Mapping[str, Any]) -> Element:
    if "uid" in values:
        return turn_from_json(values)
    return Heading(values["key"], values["title"], values["level"], _keys(values))


def working_json(working: Working) -> dict[str, Any]:
    """A working copy as JSON."""
    return {
        "elements": [
            turn_json(each)
            if isinstance(each, WorkingTurn)
            else {
                "key": each.key,
                "title": each.title,
                "level": each.level,
                "origins": [list(key) for key in each.origins],
            }
            for each in working.elements
        ],
        "fields": dict(working.fields),
        "sets": {name: list(keys) for name, keys in working.sets.items()},
        "removed": {name: sorted(keys) for name, keys in working.removed.items()},
        "withdrawn": [turn_json(turn) for turn in working.withdrawn.values()],
        "redirects": dict(working.redirects),
        "clashes": [clash_json(clash) for clash in working.clashes],
    }


def working_from_json(values: Mapping[str, Any]) -> Working:
    """The working copy that ``working_json`` wrote."""
    return Working(
        tuple(map(_element, values["elements"])),
        values["fields"],
        {name: tuple(keys) for name, keys in values["sets"].items()},
        {name: frozenset(keys) for name, keys in values["removed"].items()},
        {each["uid"]: turn_from_json(each) for each in values["withdrawn"]},
        values["redirects"],
        tuple(map(clash_from_json, values["clashes"])),
    )
