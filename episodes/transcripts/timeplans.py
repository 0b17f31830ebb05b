"""What captions would do to the times of a working copy: a :class:`~.plans.MergePlan` of times only.

A time that an editor set is never overwritten: where the captions say something else by now, it is a
conflict like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from episodes.transcripts.merging import How, merge_value
from episodes.transcripts.messages import Message
from episodes.transcripts.plans import Block, MergePlan, Part, Tag
from episodes.transcripts.timed import Word
from episodes.transcripts.timing import Timing, times_for
from episodes.transcripts.working import Clash, ClashKind, SourceText, Working, WorkingTurn

__all__ = ["Times", "plan_times"]

Times = Mapping[str, Sequence[int | None]]  # a turn's uid -> start and end in ms
NOTHING: tuple[int | None, int | None] = (None, None)
DOUBTFUL = ("another_talk", "clock_shifted", "clock_drifts", "times_differ")


def plan_times(
    base: Times, ours: Working, words: Sequence[Word], source: int
) -> tuple[MergePlan, dict[str, list[int | None]], Timing]:
    """Return the plan, the times that are the base afterwards, and what the captions said.

    ``base``: the times last accepted from these captions. Held where they seem to be of another talk,
    or by another clock than the times that the turns have.
    """
    turns = list(ours.turns())
    known = [(turn.value.start, turn.value.end) for turn in turns]
    timing = times_for([turn.value.original for turn in turns], words, known)
    open_clashes = {clash.place: clash for clash in ours.clashes}
    blocks: list[Block] = []
    accepted: dict[str, list[int | None]] = {}
    for number, (turn, span) in enumerate(zip(turns, timing.times, strict=True)):
        if span is None:
            continue
        accepted[turn.uid] = list(span)
        blocks.append(replace(_block(turn, base, list(span), open_clashes), key=f"b{number}"))
    held = tuple(
        remark.message
        for remark in timing.remarks
        if remark.code in DOUBTFUL and isinstance(remark.message, Message)
    )
    changed = sum(Tag.CHANGED in block.tags for block in blocks)
    conflicting = sum(Tag.CONFLICT in block.tags for block in blocks)
    numbers = {
        "added": 0,
        "changed": changed,
        "removed": 0,
        "conflicting": conflicting,
        "kept": len(turns) - changed - conflicting,
        "timed": len(accepted),
    }
    groups = (("times",) if changed else ()) + (("conflict",) if conflicting else ())
    plan = MergePlan(
        source, source, SourceText(), tuple(blocks), held=held, numbers=numbers, groups=groups
    )
    return plan, accepted, timing


def _block(
    turn: WorkingTurn,
    base: Times,
    theirs: list[int | None],
    open_clashes: Mapping[tuple[str, str, str], Clash],
) -> Block:
    target = f"turn:{turn.uid}"
    known = open_clashes.get((ClashKind.FIELD.value, target, "times"))
    before: object = known.base if known else list(base.get(turn.uid, NOTHING))
    mine: list[int | None] = [turn.value.start, turn.value.end]
    merged = merge_value(before, mine, theirs)
    if merged.how is How.CONFLICT:
        clash = Clash(ClashKind.FIELD, target, "times", before, theirs)
        tags = () if clash == known else (Tag.CONFLICT,)
        return Block("", tags, (turn.uid,), clashes=(clash,))
    if merged.value == mine:
        return Block("", (), (turn.uid,))
    value = replace(turn.value, start=theirs[0], end=theirs[1])
    part = Part(turn.uid, value, turn.speaker, (), turn.stale, turn.unread)
    return Block("", (Tag.CHANGED,), (turn.uid,), parts=(part,))
