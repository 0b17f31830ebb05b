"""A re-import, worked out: base, ours and theirs in, a :class:`~.plans.MergePlan` out. Pure.

The same input gives the same plan, but for the addresses that ``draw`` gives to new turns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from episodes.transcripts.blocks import Blocks
from episodes.transcripts.headings import heading_changes, match_headings
from episodes.transcripts.merging import How, merge_set, merge_text, merge_value
from episodes.transcripts.messages import Message, fill, gettext_noop
from episodes.transcripts.ordering import moved
from episodes.transcripts.plans import (
    Block,
    FieldChange,
    MergePlan,
    SetChange,
    Tag,
)
from episodes.transcripts.sorts import sorts_of
from episodes.transcripts.working import (
    Clash,
    ClashKind,
    Heading,
    SourceText,
    Spoken,
    Working,
)

__all__ = ["HOLD", "Hold", "plan"]

PROSE = frozenset({"summary", "insight", "rights"})  # fields that are merged by sentence


@dataclass(frozen=True, slots=True)
class Hold:
    """Beyond these an import is held until a person gives a reason (G6, MERGING §5)."""

    read: float = 2 / 3  # of the base's turns, at least
    shrunk: float = 0.2  # of a language's characters are gone, at most
    unmatched: float = 0.4  # of the base's turns are not found again, at most


HOLD = Hold()


def plan(
    base: SourceText,
    ours: Working,
    theirs: SourceText,
    *,
    draw: Callable[[], str],
    source: int = 0,
    base_source: int | None = None,
    other_recording: bool = False,
    hold: Hold = HOLD,
) -> MergePlan:
    """Work out what a new state of a source would do to the working copy; nothing is changed.

    ``base`` is the state last accepted of ``base_source`` (by default ``source`` itself).
    ``other_recording``: theirs names another recording than the base.
    """
    compared = source if base_source is None else base_source
    work = Blocks(base.turns, ours, theirs.turns, base_source=compared, draw=draw)
    links = [link for group in work.groups for link in group.links]
    matched = match_headings(base.headings, theirs.headings, links)
    headings = tuple(heading_changes(base.headings, ours, theirs.headings, matched, compared))
    moved_here = _moved_here(base, ours, compared)
    blocks = tuple(_placed(work.blocks(), ours, moved_here))
    fields = tuple(_fields(base, ours, theirs))
    sets = tuple(_sets(base, ours, theirs))
    made = MergePlan(
        source,
        compared,
        theirs,
        blocks,
        headings,
        fields,
        sets,
        moved_here=tuple(sorted(moved_here, key=str)),
    )
    lost = {place for block in blocks if not block.theirs for place in block.base}
    turns = {turn.uid: turn for turn in ours.turns()}
    return replace(
        made,
        held=tuple(_held(base, theirs, len(lost), hold, other_recording=other_recording)),
        numbers=_numbers(base, blocks),
        groups=sorts_of(made.changes(), turns, theirs.turns, base.turns),
    )


# --- Where turns stand --------------------------------------------------------------------------


def _moved_here(base: SourceText, ours: Working, source: int) -> set[str | int]:
    """The turns and headings that an editor moved."""
    order: list[tuple[tuple[int, int, int], str | int]] = []
    for number, element in enumerate(ours.elements):
        places = element.of_source(source)
        if isinstance(element, Heading):
            known = [place for place in places if place < len(base.headings)]
            if known:
                order.append(((base.headings[known[0]].place, 0, known[0]), element.key))
        elif places:
            order.append(((places[0], 1, number), element.uid))
    names: list[Hashable] = [name for _place, name in order]
    expected: list[Hashable] = [name for _place, name in sorted(order, key=lambda each: each[0])]
    return {name for name in moved(expected, names) if isinstance(name, str | int)}


def _placed(blocks: Sequence[Block], ours: Working, moved_here: set[str | int]) -> Iterator[Block]:
    """The blocks, with a conflict where both sides moved a turn to different places."""
    owner: dict[int, str] = {}
    for block in blocks:
        pairs = (
            ((part.uid, part.theirs) for part in block.parts)
            if block.parts is not None
            else block.origins.items()
        )
        for uid, places in pairs:
            owner.update(dict.fromkeys(places, uid))
    names = [turn.uid for turn in ours.turns()]
    before = dict(zip(names[1:], names, strict=False))
    open_clashes = {clash.place: clash for clash in ours.clashes}
    for block in blocks:
        if Tag.MOVED not in block.tags or not block.theirs:
            yield block
            continue
        there = owner.get(block.theirs[0] - 1, "")
        clashes = [
            Clash(ClashKind.PLACE, f"turn:{uid}", theirs=there, uids=(uid,))
            for uid in block.uids[:1]
            if uid in moved_here and before.get(uid, "") != there
        ]
        if not clashes:
            yield block
            continue
        new = any(open_clashes.get(clash.place) != clash for clash in clashes)
        tags = tuple(tag for tag in block.tags if tag is not Tag.MOVED)
        yield replace(
            block,
            tags=tuple(dict.fromkeys((*tags, *((Tag.CONFLICT,) if new else ())))),
            clashes=(*block.clashes, *clashes),
        )


# --- The episode's fields and sets ----------------------------------------------------------------


def _fields(base: SourceText, ours: Working, theirs: SourceText) -> Iterator[FieldChange]:
    open_clashes = {clash.field: clash for clash in ours.clashes if clash.target == "episode"}
    for name in dict.fromkeys((*base.fields, *theirs.fields)):
        known = open_clashes.get(name)
        before = known.base if known else base.fields.get(name)
        mine, other = ours.fields.get(name), theirs.fields.get(name)
        if name in PROSE:
            merged = merge_text(str(before or ""), str(mine or ""), str(other or ""))
            how, value = merged.how, merged.value
        else:
            whole = merge_value(before, mine, other)
            how, value = whole.how, whole.value  # type: ignore[assignment]
        clash = None
        tags: list[Tag] = []
        if how is How.CONFLICT:
            clash = Clash(ClashKind.FIELD, "episode", name, before, other)
            tags += [Tag.CONFLICT] if clash != known else []
        elif value != mine:
            tags += [Tag.CHANGED, *((Tag.MERGED,) if how is How.MERGED else ())]
        yield FieldChange(f"f:{name}", name, mine, value, tuple(tags), clash)


def _sets(base: SourceText, ours: Working, theirs: SourceText) -> Iterator[SetChange]:
    for name in dict.fromkeys((*base.sets, *theirs.sets)):
        before, mine = base.sets.get(name, ()), ours.sets.get(name, ())
        merged = merge_set(
            before, mine, theirs.sets.get(name, ()), removed=ours.removed.get(name, frozenset())
        )
        removed = frozenset(str(key) for key in merged.removed)
        result = merged.values
        if mine == before:  # untouched here: in the source's order
            result = tuple(key for key in theirs.sets.get(name, ()) if key not in removed)
        tags = (Tag.CHANGED,) if result != mine else ()
        yield SetChange(f"s:{name}", name, mine, result, removed, tags)


# --- Whether a person has to look first ------------------------------------------------------------


def _held(
    base: SourceText, theirs: SourceText, lost: int, hold: Hold, *, other_recording: bool
) -> Iterator[Message]:
    """Why an import makes things worse, each share worked out on what this source supplies."""
    before, after = len(base.turns), len(theirs.turns)
    if before and after < hold.read * before:
        template = gettext_noop("it has {after} turns where it had {before}")
        yield fill(template, after=after, before=before)
    for name, language in (
        ("text", gettext_noop("the translation")),
        ("original", gettext_noop("the original")),
    ):
        mine, other = _length(base.turns, name), _length(theirs.turns, name)
        if mine and other < (1 - hold.shrunk) * mine:
            template = gettext_noop("{language} shrinks by {percent} %")
            yield fill(template, language=language, percent=round(100 * (1 - other / mine)))
    if before and lost > hold.unmatched * before:
        template = gettext_noop("{percent} per cent of the turns are not found again")
        yield fill(template, percent=round(100 * lost / before))
    if other_recording:
        yield gettext_noop("it names another recording")
    if _has_front(base) and not _has_front(theirs):
        yield gettext_noop("its front matter is gone")
    if _voices(base.turns) and after and not _voices(theirs.turns):
        yield gettext_noop("all speakers are gone")


def _length(turns: Sequence[Spoken], name: str) -> int:
    return sum(len(getattr(turn.value, name)) for turn in turns)


def _voices(turns: Sequence[Spoken]) -> bool:
    return any(turn.value.label or turn.value.original_label or turn.speaker for turn in turns)


def _has_front(text: SourceText) -> bool:
    return any(value for name, value in text.fields.items() if name not in LANGUAGES)


LANGUAGES = frozenset({"language", "original_language"})  # these have values by default


COUNTED = {
    "added": Tag.ADDED,
    "changed": Tag.CHANGED,
    "removed": Tag.GONE,
    "moved": Tag.MOVED,
    "cut": Tag.CUT,
    "conflicting": Tag.CONFLICT,
    "merged": Tag.MERGED,
    "stale": Tag.STALE,
    "doubtful": Tag.DOUBTFUL,
    "kept_out": Tag.KEPT_OUT,
}


def _numbers(base: SourceText, blocks: Sequence[Block]) -> dict[str, int]:
    found = Counter(tag for block in blocks for tag in set(block.tags))
    always = {"added", "changed", "removed", "conflicting"}
    return {
        **{name: found[tag] for name, tag in COUNTED.items() if found[tag] or name in always},
        "kept": sum(len(block.uids) for block in blocks if not block.tags),
        "turns_before": len(base.turns),
    }
