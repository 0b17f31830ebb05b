"""Of what sort a re-import is: many proposals of one sort can be decided as one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from episodes.transcripts.messages import Message, gettext_noop
from episodes.transcripts.plans import Block, FieldChange, HeadingChange, SetChange, Tag
from episodes.transcripts.sharing import joined
from episodes.transcripts.working import Spoken, WorkingTurn

__all__ = ["SORTS", "sorts_of"]

SORTS: dict[str, Message] = {
    "spacing": gettext_noop("spacing and punctuation"),
    "front": gettext_noop("front matter"),
    "times": gettext_noop("new times"),
    "cut": gettext_noop("cut anew"),
    "speakers": gettext_noop("speakers"),
    "turns": gettext_noop("turns added, gone or moved"),
    "wording": gettext_noop("wording"),
    "conflict": gettext_noop("conflicts"),
}


def letters(text: str) -> str:
    """What is left of a text without spaces and punctuation, folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def sorts_of(
    changes: Iterable[Block | HeadingChange | FieldChange | SetChange],
    ours: dict[str, WorkingTurn],
    theirs: Sequence[Spoken],
    base: Sequence[Spoken],
) -> tuple[str, ...]:
    """The sorts of the changes of a plan, in the order of ``SORTS``."""
    found: set[str] = set()
    for change in changes:
        if set(change.tags) <= {Tag.KEPT_OUT}:
            continue
        if Tag.CONFLICT in change.tags:
            found.add("conflict")
        if isinstance(change, FieldChange | SetChange):
            found.add("front")
        elif isinstance(change, HeadingChange):
            found.add("wording")
        else:
            found.update(_of_block(change, ours, theirs, base))
    return tuple(sort for sort in SORTS if sort in found)


def _of_block(
    block: Block,
    ours: dict[str, WorkingTurn],
    theirs: Sequence[Spoken],
    base: Sequence[Spoken],
) -> Iterator[str]:
    if {Tag.ADDED, Tag.GONE, Tag.MOVED} & set(block.tags):
        yield "turns"
    if Tag.CUT in block.tags:
        yield "cut"
    if block.parts is None:
        before = [base[place].value for place in block.base]
        after = [theirs[place].value for place in block.theirs]
    else:
        before = [ours[uid].value for uid in block.uids]
        after = [part.value for part in block.parts]
    if not before or not after:
        return
    for name in ("text", "original"):
        one = joined([getattr(each, name) for each in before])
        other = joined([getattr(each, name) for each in after])
        if letters(one) != letters(other):
            yield "wording"
        elif one != other and Tag.CUT not in block.tags:
            yield "spacing"
    times = [{(each.start, each.end) for each in side} for side in (before, after)]
    if times[0] != times[1]:
        yield "times"
    voices = [
        {(each.kind, each.label, each.original_label) for each in side} for side in (before, after)
    ]
    if voices[0] != voices[1]:
        yield "speakers"
    elif block.parts is not None:
        mine = {ours[uid].speaker for uid in block.uids}
        if mine != {part.speaker for part in block.parts}:
            yield "speakers"
