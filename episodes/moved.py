"""Records that are no longer there under the ids that a stored value names: merged into others since.

Plans, conflicts and what undoing an import needs hold ids as text. Before such a value is used again
its ids are followed to the record that stands now; who was deleted is nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from episodes.models import Change, Named, Person
from episodes.readings import Reading
from episodes.storing import NAMED
from episodes.transcripts.working import Clash, SourceText, Working, WorkingTurn

__all__ = ["Moved", "find", "in_clash", "in_reading", "in_rows", "in_text", "in_working", "keys_of"]

PEOPLE = "appearances"
MODELS: Mapping[str, type[Named]] = {PEOPLE: Person, **NAMED}
Moved = Mapping[str, Mapping[str, str]]  # set -> id that is gone -> the id it leads to, or ""


def find(keys: Mapping[str, Collection[str]]) -> Moved:
    """Return where the ids among ``keys`` (by set) that are no longer on record lead.

    One query for each kind of which there are any, and one more where some are gone.
    """
    moved: dict[str, dict[str, str]] = {}
    for name, model in MODELS.items():
        ids = {int(key) for key in keys.get(name, ()) if key.isdecimal()}
        standing = set(model._default_manager.filter(pk__in=ids).values_list("pk", flat=True))
        gone = ids - standing if ids else set()
        if gone:
            moved[name] = {str(pk): str(to or "") for pk, to in _followed(model, gone).items()}
    return moved


def _followed(model: type[Named], gone: set[int]) -> dict[int, int | None]:
    merges = Change.objects.filter(field="merged", target__startswith=f"{model.kind}:")
    to = {old["id"]: new["id"] for old, new in merges.values_list("old", "new") if old and new}
    ends: dict[int, int | None] = {}
    for pk in gone:
        end, seen = pk, {pk}
        while end in to and to[end] not in seen:
            end = to[end]
            seen.add(end)
        ends[pk] = end
    found = {end for end in ends.values() if end is not None}
    standing = set(model._default_manager.filter(pk__in=found).values_list("pk", flat=True))
    return {pk: end if end in standing else None for pk, end in ends.items()}


# --- Which ids a value names ----------------------------------------------------------------------


def keys_of(*values: Working | SourceText | Clash) -> dict[str, set[str]]:
    """Return the keys that values name, by set; speakers are among the people."""
    keys: dict[str, set[str]] = defaultdict(set)
    for value in values:
        if isinstance(value, Clash):
            keys[PEOPLE].update(_people_in(value))
            continue
        if isinstance(value, Working):
            standing = (*value.turns(), *value.withdrawn.values())
            keys[PEOPLE].update(turn.speaker for turn in standing)
            for clash in value.clashes:
                keys[PEOPLE].update(_people_in(clash))
        else:
            keys[PEOPLE].update(turn.speaker for turn in value.turns)
        for name, members in value.sets.items():
            keys[name].update(members)
    return keys


def _people_in(clash: Clash) -> Iterable[str]:
    for value in (clash.base, clash.theirs, clash.proposal):
        if clash.field == "speaker":
            yield str(value or "")
        elif isinstance(value, list):
            yield from (str(each["speaker"]) for each in value if _speaks(each))


def _speaks(value: object) -> bool:
    return isinstance(value, dict) and "speaker" in value


# --- The same values with the ids of now ----------------------------------------------------------


def in_working(working: Working, moved: Moved) -> Working:
    """Return a working copy with the ids that stand now."""
    if not moved:
        return working
    people = moved.get(PEOPLE, {})

    def turn(value: WorkingTurn) -> WorkingTurn:
        return replace(value, speaker=people.get(value.speaker, value.speaker))

    return replace(
        working,
        elements=tuple(
            turn(each) if isinstance(each, WorkingTurn) else each for each in working.elements
        ),
        sets=_sets(working.sets, moved),
        removed={
            name: frozenset(moved.get(name, {}).get(key, key) for key in keys) - {""}
            for name, keys in working.removed.items()
        },
        withdrawn={uid: turn(value) for uid, value in working.withdrawn.items()},
        clashes=tuple(in_clash(clash, moved) for clash in working.clashes),
    )


def in_text(text: SourceText, moved: Moved) -> SourceText:
    """Return what a source says with the ids that stand now."""
    people = moved.get(PEOPLE, {})
    turns = tuple(
        replace(each, speaker=people.get(each.speaker, each.speaker)) for each in text.turns
    )
    return replace(text, turns=turns, sets=_sets(text.sets, moved))


def in_clash(clash: Clash, moved: Moved) -> Clash:
    """Return a conflict with the ids that stand now."""
    people = moved.get(PEOPLE, {})

    def inside(value: Any) -> Any:
        if clash.field == "speaker":
            return people.get(str(value), value)
        if isinstance(value, list):
            return [
                {**each, "speaker": people.get(str(each["speaker"]), each["speaker"])}
                if _speaks(each)
                else each
                for each in value
            ]
        return value

    return replace(
        clash,
        base=inside(clash.base),
        theirs=inside(clash.theirs),
        proposal=inside(clash.proposal),
    )


def in_reading(reading: Reading, moved: Moved) -> Reading:
    """Return a reading with the ids that stand now."""
    if not moved:
        return reading
    people = tuple(
        replace(person, known=_known(moved.get(PEOPLE, {}), person.known))
        for person in reading.people
    )
    text = in_text(reading.text, moved)
    sets = {name: list(keys) for name, keys in text.sets.items()}
    base = {**reading.base, "sets": sets} if "sets" in reading.base else reading.base
    return replace(reading, text=text, base=base, people=people, rows=in_rows(reading.rows, moved))


def _known(people: Mapping[str, str], pk: int | None) -> int | None:
    end = people.get(str(pk), str(pk or ""))
    return int(end) if end else None


def in_rows(rows: Mapping[str, Mapping[str, Any]], moved: Moved) -> dict[str, dict[str, Any]]:
    """Return what members of sets have besides, under the ids that stand now."""
    return {
        name: {
            to: values
            for key, values in members.items()
            if (to := moved.get(name, {}).get(key, key))
        }
        for name, members in rows.items()
    }


def _sets(sets: Mapping[str, tuple[str, ...]], moved: Moved) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(dict.fromkeys(to for key in keys if (to := moved.get(name, {}).get(key, key))))
        for name, keys in sets.items()
    }
