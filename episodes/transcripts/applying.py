"""A plan applied to the working copy, and taken back. Pure: a working copy in, another one out."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import TypeVar

from episodes.transcripts.ordering import merged_order, moved
from episodes.transcripts.plans import (
    Block,
    FieldChange,
    HeadingChange,
    MergePlan,
    Part,
    Tag,
)
from episodes.transcripts.working import (
    Clash,
    ClashKind,
    Element,
    Gone,
    Heading,
    Key,
    Working,
    WorkingTurn,
)

__all__ = ["apply", "undo"]

Name = Hashable  # a turn's uid or a heading's key
V = TypeVar("V")


def _name(element: Element) -> str | int:
    return element.key if isinstance(element, Heading) else element.uid


def _by_name(*elements: Iterable[Element]) -> dict[Name, Element]:
    return {_name(element): element for each in elements for element in each}


def apply(working: Working, plan: MergePlan, refused: Collection[str] = ()) -> Working:
    """The working copy once the plan is applied, but for what was refused (keys of its changes).

    The base is the plan's ``theirs`` from then on, whatever was refused: what a person said no to is
    not asked again. What was refused stays as it is, without a conflict.
    """
    return _Application(working, plan, frozenset(refused)).result()


class _Application:
    def __init__(self, working: Working, plan: MergePlan, refused: frozenset[str]) -> None:
        self.before = working
        self.plan = plan
        self.refused = refused
        self.turns = {turn.uid: turn for turn in working.turns()}
        self.standing: dict[str, WorkingTurn] = {}
        self.places: dict[Name, tuple[int, int, int]] = {}  # in the order of theirs
        self.stay: set[Name] = set(plan.moved_here)
        self.absorbed: dict[str, str] = {}
        self.decided: set[str] = set()  # uids whose withdrawal is decided

    def result(self) -> Working:
        for block in self.plan.blocks:
            self.put(block)
        for uid, turn in self.turns.items():
            if uid not in self.standing and uid not in self.decided:
                self.standing[uid] = replace(turn, origins=self.others(turn))  # the editor's own
        headings = self.headings()
        elements = _by_name(self.standing.values(), headings.values())
        ours = [_name(element) for element in self.before.elements if _name(element) in elements]
        theirs = sorted(self.places, key=lambda name: self.places[name])
        order = merged_order(ours, theirs, self.stay)
        redirects, withdrawn = self.addresses(order)
        removed = {
            **self.before.removed,
            **{
                each.name: each.removed
                if self.takes(each.key)
                else each.removed.union(set(each.result) - set(each.ours))
                for each in self.plan.sets
            },
        }
        return replace(
            self.before,
            elements=tuple(elements[name] for name in order),
            fields={
                **self.before.fields,
                **{each.name: each.result for each in self.plan.fields if self.takes(each.key)},
            },
            sets={
                **self.before.sets,
                **{each.name: each.result for each in self.plan.sets if self.takes(each.key)},
            },
            removed=removed,
            redirects=redirects,
            withdrawn=withdrawn,
            clashes=tuple(sorted(self.clashes(), key=lambda clash: clash.place)),
        )

    def takes(self, key: str) -> bool:
        return key not in self.refused

    # --- Turns ----------------------------------------------------------------------------------

    def put(self, block: Block) -> None:
        """Place what a block becomes, or ours as it is."""
        if block.parts is None or not self.takes(block.key):
            kept = Tag.MOVED in block.tags
            for number, uid in enumerate(block.uids):
                turn = self.turns[uid]
                origins = block.origins.get(uid, ())
                mine = self.others(turn) + self.from_theirs(origins)
                self.standing[uid] = replace(turn, origins=mine)
                if origins:
                    self.places[uid] = (min(origins), 1, number)
                if kept:
                    self.stay.add(uid)
            return
        last: WorkingTurn | None = None
        for number, part in enumerate(block.parts):
            turn = self.part(part, block, last)
            last = turn
            self.standing[part.uid] = turn
            if part.theirs:
                self.places[part.uid] = (min(part.theirs), 1, number)
            for uid in part.absorbs:
                self.absorbed[uid] = part.uid
        self.decided.update(block.uids)

    def part(self, part: Part, block: Block, last: WorkingTurn | None) -> WorkingTurn:
        known = self.turns.get(part.uid) or self.before.withdrawn.get(part.uid)
        carriers = [each for uid in (part.uid, *part.absorbs) if (each := self.turns.get(uid))]
        if not carriers and block.uids:
            carriers = [last] if last else [self.turns[block.uids[0]]]
        others = tuple(dict.fromkeys(key for carrier in carriers for key in self.others(carrier)))
        origins = others + self.from_theirs(part.theirs)
        base = known or WorkingTurn(part.uid, part.value)
        return replace(
            base,
            value=part.value,
            speaker=part.speaker,
            origins=origins,
            stale=part.stale,
            unread=part.unread,
            gone="",
        )

    def others(self, turn: WorkingTurn) -> tuple[Key, ...]:
        """Where a turn comes from in other sources."""
        return tuple(key for key in turn.origins if key[0] != self.plan.source)

    def followed(self, turn: WorkingTurn) -> tuple[Key, ...]:
        """Where a turn that no longer stands comes from now; it may be restored one day."""
        became = {place: block.theirs for block in self.plan.blocks for place in block.base}
        mine = turn.of_source(self.plan.base_source)
        places = sorted({new for place in mine for new in became.get(place, ())})
        return self.others(turn) + self.from_theirs(places)

    def from_theirs(self, places: Collection[int]) -> tuple[Key, ...]:
        return tuple((self.plan.source, place) for place in places)

    def addresses(self, order: list[Name]) -> tuple[dict[str, str], dict[str, WorkingTurn]]:
        """Redirects and withdrawn turns: each address that stood leads on."""
        redirects = {
            old: new for old, new in self.before.redirects.items() if old not in self.standing
        }
        withdrawn = {
            uid: replace(turn, origins=self.followed(turn))
            for uid, turn in self.before.withdrawn.items()
            if uid not in self.standing
        }
        first = next((name for name in order if isinstance(name, str)), "")
        near = first
        for uid, turn in self.turns.items():
            if uid in self.standing:
                near = uid
                continue
            to = self.absorbed.get(uid, "")
            gone = Gone.MERGED if to else Gone.WITHDRAWN
            withdrawn[uid] = replace(turn, origins=self.others(turn), gone=gone.value)
            if to or near:
                redirects[uid] = to or str(near)
        return redirects, withdrawn

    # --- Headings -------------------------------------------------------------------------------

    def headings(self) -> dict[int, Heading]:
        stored = {heading.key: heading for heading in self.before.headings()}
        made: dict[int, Heading] = {}
        theirs = self.plan.theirs.headings
        changed: set[int] = set()
        for change in self.plan.headings:
            taken = self.takes(change.key)
            place = change.theirs
            origins = () if place is None else ((self.plan.source, place),)
            if change.ours is None:
                if taken:
                    heading = Heading(change.new, change.title, change.level, origins)
                    made[change.new] = heading
                else:
                    continue
            else:
                changed.add(change.ours)
                mine = stored[change.ours]
                if Tag.GONE in change.tags and taken:
                    continue
                kept = tuple(key for key in mine.origins if key[0] != self.plan.source) + origins
                title, level = (change.title, change.level) if taken else (mine.title, mine.level)
                made[mine.key] = Heading(mine.key, title, level, kept)
            if place is not None:
                name = change.new if change.ours is None else change.ours
                self.places[name] = (theirs[place].place, 0, place)
        for key, heading in stored.items():
            if key not in changed:
                kept = tuple(each for each in heading.origins if each[0] != self.plan.source)
                made[key] = replace(heading, origins=kept)
        return made

    # --- Conflicts ------------------------------------------------------------------------------

    def clashes(self) -> Iterator[Clash]:
        """What waits for a decision: what waited and was not worked out anew, and what is new."""
        new: dict[tuple[str, str, str], Clash] = {}
        settled: set[tuple[str, str]] = set()  # kind and target of what was worked out anew
        for block in self.plan.blocks:
            for uid in block.uids:
                target = f"turn:{uid}"
                one = len(block.uids) == len(block.base) == len(block.theirs) == 1
                if one or any(clash.kind is ClashKind.BLOCK for clash in block.clashes):
                    settled.add((ClashKind.FIELD.value, target))
                if block.theirs:
                    settled.add((ClashKind.GONE.value, target))
                if block.parts is not None or block.clashes:
                    settled.add((ClashKind.BLOCK.value, target))
                if block.parts is not None and Tag.MOVED in block.tags:
                    settled.add((ClashKind.PLACE.value, target))
            if self.takes(block.key):
                new.update({clash.place: clash for clash in block.clashes})
        changes: tuple[HeadingChange | FieldChange, ...] = (
            *self.plan.headings,
            *self.plan.fields,
        )
        for change in changes:
            name = change.clash
            if name is not None and self.takes(change.key):
                new[name.place] = name
        worked_out = {("episode", change.name) for change in self.plan.fields} | {
            (f"heading:{change.ours}", "title") for change in self.plan.headings
        }
        for clash in self.before.clashes:
            about = (clash.target, clash.field) in worked_out
            standing = not clash.target.startswith("turn:") or (
                clash.target.removeprefix("turn:") in self.standing
            )
            if (
                clash.place not in new
                and not about
                and standing
                and (clash.kind.value, clash.target) not in settled
            ):
                yield clash
        yield from new.values()


# --- Taking it back -----------------------------------------------------------------------------


def undo(before: Working, after: Working, now: Working) -> Working:
    """The working copy without an import that made ``after`` of ``before``; ``now`` is what it is.

    Exactly ``before`` where nobody edited since; what was edited since stays, value by value.
    """
    old, new = ({turn.uid: turn for turn in each.turns()} for each in (before, after))
    current = {turn.uid: turn for turn in now.turns()}
    standing: dict[str, WorkingTurn] = {}
    for uid in dict.fromkeys((*old, *current)):
        turn = _undone(old.get(uid), new.get(uid), current.get(uid))
        if turn is not None:
            standing[uid] = turn
    headings = {heading.key: heading for heading in before.headings()}
    imported = {heading.key: heading for heading in after.headings()}
    for heading in now.headings():
        was = imported.get(heading.key)
        if heading.key not in headings and was is None:
            headings[heading.key] = heading
        elif heading.key in headings and was is not None and heading.title != was.title:
            headings[heading.key] = replace(headings[heading.key], title=heading.title)
    elements = _by_name(standing.values(), headings.values())
    here = [_name(element) for element in now.elements if _name(element) in elements]
    there = [_name(element) for element in before.elements if _name(element) in elements]
    moved_since = moved(
        [_name(element) for element in after.elements],
        [_name(element) for element in now.elements],
    )
    order = merged_order(here, there, moved_since)
    redirects = {
        **{uid: to for uid, to in now.redirects.items() if after.redirects.get(uid) != to},
        **before.redirects,
    }
    withdrawn = dict(before.withdrawn)
    near = next((name for name in order if isinstance(name, str)), "")
    for uid in dict.fromkeys((*new, *current, *now.withdrawn)):
        if uid in standing:
            near = uid
        elif uid in now.withdrawn and uid not in after.withdrawn:
            known = old[uid].origins if uid in old else ()  # taken out since
            withdrawn[uid] = replace(now.withdrawn[uid], origins=known)
        elif uid in before.withdrawn and current.get(uid) == new.get(uid):
            continue  # it had come back
        elif uid in current or uid in new:
            withdrawn[uid] = replace(
                current.get(uid) or new[uid], origins=(), gone=Gone.WITHDRAWN.value
            )
            if near:
                redirects.setdefault(uid, str(near))
    return replace(
        before,
        elements=tuple(elements[name] for name in order),
        fields=_values_undone(before.fields, after.fields, now.fields),
        sets=_values_undone(before.sets, after.sets, now.sets),
        redirects={old_uid: to for old_uid, to in redirects.items() if old_uid not in standing},
        withdrawn={uid: turn for uid, turn in withdrawn.items() if uid not in standing},
        clashes=tuple(sorted(_clashes_undone(before, after, now), key=lambda each: each.place)),
    )


def _undone(
    old: WorkingTurn | None, new: WorkingTurn | None, current: WorkingTurn | None
) -> WorkingTurn | None:
    if current == new:
        return old
    if current is None:
        return None  # taken out since
    if new is None or old is None:
        return replace(current, origins=old.origins if old else ())
    values = {
        each.name: getattr(current.value, each.name)
        if getattr(current.value, each.name) != getattr(new.value, each.name)
        else getattr(old.value, each.name)
        for each in fields(current.value)
    }
    speaker = current.speaker if current.speaker != new.speaker else old.speaker
    return replace(old, value=type(old.value)(**values), speaker=speaker)


def _values_undone(
    before: Mapping[str, V], after: Mapping[str, V], now: Mapping[str, V]
) -> dict[str, V]:
    return {
        name: before.get(name, value) if value == after.get(name) else value
        for name, value in now.items()
    }


def _clashes_undone(before: Working, after: Working, now: Working) -> Iterator[Clash]:
    decided = {clash.place for clash in after.clashes} - {clash.place for clash in now.clashes}
    yield from (clash for clash in before.clashes if clash.place not in decided)
    known = {clash.place for clash in (*before.clashes, *after.clashes)}
    yield from (clash for clash in now.clashes if clash.place not in known)
