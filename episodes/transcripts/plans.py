"""What a re-import would do, as a value that can be shown, stored and applied later.

A :class:`MergePlan` is worked out once (``planning.plan``). What was previewed is what is applied:
``applying.apply`` takes the plan and the keys of what was refused, and nothing else.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from episodes.transcripts.document import Turn, TurnKind
from episodes.transcripts.messages import Message, fill
from episodes.transcripts.working import (
    Clash,
    ClashKind,
    SourceHeading,
    SourceText,
    Spoken,
)

__all__ = [
    "Block",
    "FieldChange",
    "HeadingChange",
    "MergePlan",
    "Part",
    "SetChange",
    "Tag",
    "clash_from_json",
    "clash_json",
    "pack",
    "spoken_from_json",
    "spoken_json",
    "unpack",
]


class Tag(StrEnum):
    """What happens to a part of the working copy; a part may have several."""

    ADDED = "added"
    CHANGED = "changed"
    GONE = "gone"
    MOVED = "moved"
    CUT = "cut"  # split, merged or cut anew
    CONFLICT = "conflict"
    STALE = "stale"  # the original changes under a translation that stays
    MERGED = "merged"  # of sentences of both sides
    DOUBTFUL = "doubtful"  # too little in common to be sure which turn it is
    KEPT_OUT = "kept_out"  # an editor removed it, the source still has it or changed it


@dataclass(frozen=True, slots=True)
class Part:
    """A turn as it will be. ``theirs``: the source's turns that it then comes from.

    ``absorbs``: addresses of turns that are part of it from then on.
    """

    uid: str
    value: Turn
    speaker: str = ""
    theirs: tuple[int, ...] = ()
    stale: str | None = None
    unread: bool = False
    absorbs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Turns of ours, the base and theirs that belong together and are decided as one.

    ``parts`` is what ours becomes where it is accepted; None: ours stays as it is. ``origins``
    tells for each turn of ours which of theirs it comes from where it stays. ``share`` is how much
    of the base's and the source's words are the same (0 to 1).
    """

    key: str
    tags: tuple[Tag, ...] = ()
    uids: tuple[str, ...] = ()
    base: tuple[int, ...] = ()
    theirs: tuple[int, ...] = ()
    parts: tuple[Part, ...] | None = None
    origins: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    clashes: tuple[Clash, ...] = ()
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class HeadingChange:
    """A heading of ours (``ours``: its key, None: new) and of theirs (its place, None: gone).

    ``new``: the key of a new one until it is stored, below zero.
    """

    key: str
    tags: tuple[Tag, ...]
    ours: int | None
    theirs: int | None
    title: str = ""
    level: int = 3
    clash: Clash | None = None
    new: int = 0


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of the episode with its value before and after; ``clash`` where both changed it."""

    key: str
    name: str
    ours: Any
    result: Any
    tags: tuple[Tag, ...]
    clash: Clash | None = None


@dataclass(frozen=True, slots=True)
class SetChange:
    """A set beside the episode before and after, and what editors took out of it."""

    key: str
    name: str
    ours: tuple[str, ...]
    result: tuple[str, ...]
    removed: frozenset[str]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What would happen. ``theirs`` becomes the base of ``source`` when it does.

    ``base_source`` is the source whose base the working copy was compared with. ``held`` are the
    reasons why a person has to give a reason first (G6). ``numbers`` counts blocks by what happens
    to them (``planning.COUNTED``), the turns that stay as they are, and those of the base.
    """

    source: int
    base_source: int
    theirs: SourceText
    blocks: tuple[Block, ...] = ()
    headings: tuple[HeadingChange, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    sets: tuple[SetChange, ...] = ()
    held: tuple[Message, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    groups: tuple[str, ...] = ()  # what changes, for the queue: see ``sorts.SORTS``
    moved_here: tuple[str | int, ...] = ()  # uids and keys of headings that an editor moved

    def changes(self) -> Iterator[Block | HeadingChange | FieldChange | SetChange]:
        """All that would change or is to be decided, in the order in which it is shown."""
        for part in (self.fields, self.sets, self.headings, self.blocks):
            yield from (each for each in part if each.tags)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the working copy would change and nothing is to be decided."""
        return not any(set(each.tags) - {Tag.KEPT_OUT} for each in self.changes())

    def clashes(self) -> Iterator[Clash]:
        """What would wait for a person's decision."""
        for block in self.blocks:
            yield from block.clashes
        changes: tuple[HeadingChange | FieldChange, ...] = (*self.headings, *self.fields)
        for change in changes:
            if change.clash is not None:
                yield change.clash


# --- As JSON ------------------------------------------------------------------------------------


def spoken_json(value: Turn, speaker: str = "", **more: Any) -> dict[str, Any]:
    """A turn as JSON, without what is empty; times in milliseconds."""
    pairs = {
        "kind": str(value.kind),
        "label": value.label,
        "original_label": value.original_label,
        "text": value.text,
        "original": value.original,
        "start": value.start,
        "end": value.end,
        "speaker": speaker,
        **more,
    }
    empty = (None, "", ())  # a turn may start at 0
    return {name: item for name, item in pairs.items() if item is not False and item not in empty}


def spoken_from_json(values: Mapping[str, Any]) -> Spoken:
    """The turn that ``spoken_json`` wrote."""
    turn = Turn(
        TurnKind(values["kind"]),
        values.get("label", ""),
        values.get("text", ""),
        values.get("original", ""),
        values.get("original_label", ""),
        values.get("start"),
        values.get("end"),
    )
    return Spoken(turn, values.get("speaker", ""))


def clash_json(clash: Clash) -> dict[str, Any]:
    """A conflict as JSON."""
    return {**asdict(clash), "uids": list(clash.uids)}


def clash_from_json(values: Mapping[str, Any]) -> Clash:
    """The conflict that ``clash_json`` wrote."""
    return Clash(**{**values, "kind": ClashKind(values["kind"]), "uids": tuple(values["uids"])})


def source_json(text: SourceText) -> dict[str, Any]:
    """What a source gives, as JSON."""
    return {
        "turns": [spoken_json(each.value, each.speaker) for each in text.turns],
        "headings": [[each.place, each.title, each.level] for each in text.headings],
        "fields": dict(text.fields),
        "sets": {name: list(keys) for name, keys in text.sets.items()},
    }


def source_from_json(values: Mapping[str, Any]) -> SourceText:
    """What ``source_json`` wrote."""
    return SourceText(
        tuple(spoken_from_json(each) for each in values["turns"]),
        tuple(SourceHeading(*each) for each in values["headings"]),
        values["fields"],
        {name: tuple(keys) for name, keys in values["sets"].items()},
    )


def _part_json(part: Part) -> dict[str, Any]:
    return spoken_json(
        part.value,
        part.speaker,
        uid=part.uid,
        theirs=list(part.theirs),
        was=part.stale,
        stale=part.stale is not None,
        unread=part.unread,
        absorbs=list(part.absorbs),
    )


def _part(values: Mapping[str, Any]) -> Part:
    spoken = spoken_from_json(values)
    return Part(
        values["uid"],
        spoken.value,
        spoken.speaker,
        tuple(values["theirs"]),
        values.get("was", "") if values.get("stale") else None,
        values.get("unread", False),
        tuple(values["absorbs"]),
    )


def _block_json(block: Block) -> dict[str, Any]:
    return {
        "key": block.key,
        "tags": list(block.tags),
        "uids": list(block.uids),
        "base": list(block.base),
        "theirs": list(block.theirs),
        "parts": None if block.parts is None else [_part_json(part) for part in block.parts],
        "origins": {uid: list(places) for uid, places in block.origins.items()},
        "clashes": [clash_json(clash) for clash in block.clashes],
        "share": block.share,
    }


def _block(values: Mapping[str, Any]) -> Block:
    parts = values["parts"]
    return Block(
        values["key"],
        tuple(map(Tag, values["tags"])),
        tuple(values["uids"]),
        tuple(values["base"]),
        tuple(values["theirs"]),
        None if parts is None else tuple(map(_part, parts)),
        {uid: tuple(places) for uid, places in values["origins"].items()},
        tuple(map(clash_from_json, values["clashes"])),
        values["share"],
    )


def _tagged(values: Mapping[str, Any]) -> dict[str, Any]:
    clash = values.get("clash")
    return {
        **values,
        "tags": tuple(map(Tag, values["tags"])),
        **({"clash": clash and clash_from_json(clash)} if "clash" in values else {}),
    }


def _plain(change: HeadingChange | FieldChange | SetChange) -> dict[str, Any]:
    values = asdict(change)
    if isinstance(change, SetChange):
        values["removed"] = sorted(change.removed)
    elif change.clash is not None:
        values["clash"] = clash_json(change.clash)
    return values


def _message(values: Sequence[Any]) -> Message:
    template, params = values
    inner = {
        name: _message(each) if isinstance(each, list) else each for name, each in params.items()
    }
    return fill(template, **inner)


def _message_json(message: Message) -> list[Any]:
    params = {
        name: _message_json(each) if isinstance(each, Message) else each
        for name, each in message.params.items()
    }
    return [message.template, params]


def pack(plan: MergePlan) -> bytes:
    """A plan as bytes to store: zlib over JSON, a few tens of kilobytes for a usual transcript."""
    values = {
        "source": plan.source,
        "base_source": plan.base_source,
        "theirs": source_json(plan.theirs),
        "blocks": [_block_json(block) for block in plan.blocks],
        "headings": [_plain(each) for each in plan.headings],
        "fields": [_plain(each) for each in plan.fields],
        "sets": [_plain(each) for each in plan.sets],
        "held": [_message_json(each) for each in plan.held],
        "numbers": dict(plan.numbers),
        "groups": list(plan.groups),
        "moved_here": list(plan.moved_here),
    }
    return zlib.compress(json.dumps(values, ensure_ascii=False).encode(), 6)


def unpack(data: bytes) -> MergePlan:
    """The plan that ``pack`` wrote."""
    values = json.loads(zlib.decompress(data))
    return MergePlan(
        values["source"],
        values["base_source"],
        source_from_json(values["theirs"]),
        tuple(map(_block, values["blocks"])),
        tuple(HeadingChange(**_tagged(each)) for each in values["headings"]),
        tuple(FieldChange(**_tagged(each)) for each in values["fields"]),
        tuple(
            SetChange(
                **{
                    **_tagged(each),
                    "ours": tuple(each["ours"]),
                    "result": tuple(each["result"]),
                    "removed": frozenset(each["removed"]),
                }
            )
            for each in values["sets"]
        ),
        tuple(map(_message, values["held"])),
        values["numbers"],
        tuple(values["groups"]),
        tuple(values["moved_here"]),
    )
