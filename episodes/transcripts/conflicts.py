"""A person's decision of a conflict (MERGING §6). Pure: a working copy in, another one out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from episodes.transcripts.document import TurnKind
from episodes.transcripts.plans import spoken_from_json
from episodes.transcripts.working import (
    Clash,
    ClashKind,
    Gone,
    Heading,
    Key,
    Working,
    WorkingTurn,
)

__all__ = ["CHOICES", "choices", "decide"]

CHOICES = ("mine", "theirs", "proposal", "write")


def choices(clash: Clash) -> tuple[str, ...]:
    """What can be chosen for a conflict."""
    found = ["mine", "theirs"]
    if clash.proposal is not None:
        found.append("proposal")
    if clash.kind is ClashKind.FIELD and clash.field not in ("kind", "times", "speaker"):
        found.append("write")
    return tuple(found)


def decide(
    working: Working,
    clash: Clash,
    choice: str,
    *,
    source: int,
    draw: Callable[[], str],
    written: str = "",
) -> Working:
    """The working copy once the conflict is decided; ``source`` is whose change it is.

    Where a choice cannot be had (there is no proposal) ours stays.
    """
    rest = tuple(each for each in working.clashes if each.place != clash.place)
    working = replace(working, clashes=rest)
    if choice == "mine" or choice not in choices(clash):
        return working
    if clash.kind is ClashKind.FIELD:
        value = written if choice == "write" else clash.theirs
        return _field(working, clash, value)
    if clash.kind is ClashKind.PLACE:
        return _placed(working, clash)
    if clash.kind is ClashKind.GONE:
        return _replaced(working, clash.uids, (), source, draw)
    taken = clash.theirs if choice == "theirs" else clash.proposal
    assert isinstance(taken, Sequence)
    return _replaced(working, clash.uids, taken, source, draw)


def _field(working: Working, clash: Clash, value: Any) -> Working:
    kind, _colon, name = clash.target.partition(":")
    if kind == "episode":
        return replace(working, fields={**working.fields, clash.field: value})
    if kind == "heading":
        elements = tuple(
            replace(each, title=str(value))
            if isinstance(each, Heading) and str(each.key) == name
            else each
            for each in working.elements
        )
        return replace(working, elements=elements)
    turn = next((each for each in working.turns() if each.uid == name), None)
    if turn is None:
        return working
    if clash.field == "speaker":
        return working.replaced(replace(turn, speaker=str(value)))
    if clash.field == "times":
        start, end = value
        return working.replaced(replace(turn, value=replace(turn.value, start=start, end=end)))
    if clash.field == "kind":
        return working.replaced(replace(turn, value=replace(turn.value, kind=TurnKind(value))))
    if clash.field == "text":  # a person has looked at it
        whole = replace(turn.value, text=str(value))
        return working.replaced(replace(turn, value=whole, unread=False, stale=None))
    return working.replaced(replace(turn, value=replace(turn.value, original=str(value))))


def _placed(working: Working, clash: Clash) -> Working:
    uid = clash.target.removeprefix("turn:")
    turn = next((each for each in working.turns() if each.uid == uid), None)
    if turn is None:
        return working
    rest = [each for each in working.elements if each is not turn]
    there = working.lands(str(clash.theirs)) if clash.theirs else ""
    if there == uid:
        return working
    at = 0
    for place, each in enumerate(rest):
        if isinstance(each, WorkingTurn) and each.uid == there:
            at = place + 1
    return replace(working, elements=(*rest[:at], turn, *rest[at:]))


def _replaced(
    working: Working,
    uids: Sequence[str],
    taken: Sequence[Mapping[str, Any]],
    source: int,
    draw: Callable[[], str],
) -> Working:
    """Other turns in the place of some; the addresses go on in their order, the last ones lead to
    the last turn."""
    old = [turn for uid in uids for turn in working.turns() if turn.uid == uid]
    if not old:
        return working
    names = [turn.uid for turn in old]
    places = sorted({place for turn in old for place in turn.of_source(source)})
    new: list[WorkingTurn] = []
    for number, values in enumerate(taken):
        spoken = spoken_from_json(values)
        carrier = old[min(number, len(old) - 1)]
        others: tuple[Key, ...] = tuple(key for key in carrier.origins if key[0] != source)
        mine = places[number * len(places) // len(taken) : (number + 1) * len(places) // len(taken)]
        origins = (*others, *((source, place) for place in mine))
        uid = names[number] if number < len(names) else draw()
        new.append(WorkingTurn(uid, spoken.value, spoken.speaker, origins))
    first = next(place for place, each in enumerate(working.elements) if each is old[0])
    before = [each for each in working.elements[:first] if each not in old]
    after = [each for each in working.elements[first:] if each not in old]
    elements = (*before, *new, *after)
    standing = [each.uid for each in elements if isinstance(each, WorkingTurn)]
    near = [each.uid for each in (*before, *new) if isinstance(each, WorkingTurn)] or standing
    withdrawn, redirects = dict(working.withdrawn), dict(working.redirects)
    gone = Gone.MERGED if new else Gone.WITHDRAWN
    for turn in old[len(new) :]:
        origins = tuple(key for key in turn.origins if key[0] != source)
        withdrawn[turn.uid] = replace(turn, origins=origins, gone=gone.value)
        if near:
            redirects[turn.uid] = near[-1] if new or before else near[0]
    return replace(working, elements=elements, withdrawn=withdrawn, redirects=redirects)
