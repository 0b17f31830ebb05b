"""Whatever an editor does to the turns is taken back exactly, through JSON as it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from episodes.transcripts import cutting
from episodes.transcripts.cutting import CutRefused
from episodes.transcripts.document import Turn, TurnKind
from episodes.transcripts.undoing import difference, taken_back
from episodes.transcripts.working import Gone, Heading, Working, WorkingTurn

Act = Callable[[Working, st.DrawFn], Working]


def turn(uid: str, number: int, **more: object) -> WorkingTurn:
    value = Turn(
        text=f"甲{number}。乙{number}。",
        original=f"A {number}. B {number}.",
        label="Mara",
        start=number * 1000,
        end=number * 1000 + 500,
    )
    return WorkingTurn(uid, value, "1", ((1, number),), **more)  # type: ignore[arg-type]


@st.composite
def workings(draw: st.DrawFn) -> Working:
    number = draw(st.integers(2, 6))
    stale = st.sampled_from([None, "", "An old one."])
    turns = [
        turn(f"t{at}", at, stale=draw(stale), unread=draw(st.booleans())) for at in range(number)
    ]
    heading = Heading(7, "港口", origins=((1, 0),))
    at = draw(st.integers(0, number))
    return Working((*turns[:at], heading, *turns[at:]))


def act(working: Working, draw: st.DrawFn, number: int) -> tuple[Working, Gone]:
    """Something an editor does; the same working copy where it cannot be done."""
    uids = [each.uid for each in working.turns()]
    uid, other = draw(st.sampled_from(uids)), draw(st.sampled_from(uids))
    how = draw(st.sampled_from(("split", "merge", "move", "insert", "remove", "restore", "voice")))
    gone = Gone.MERGED if how == "split" else Gone.REMOVED
    new = f"n{number}"
    try:
        if how == "split":
            return cutting.split(working, uid, 3, 5, new), gone
        if how == "merge":
            return cutting.merge(working, uid), gone
        if how == "move":
            return cutting.move(working, uid, draw(st.sampled_from(("", other, "heading:7")))), gone
        if how == "insert":
            return cutting.insert(working, uid, Turn(TurnKind.CUE, text="新"), new), gone
        if how == "remove":
            return cutting.remove(working, uid), gone
        if how == "restore":
            removed = sorted(working.withdrawn) or [uid]
            return cutting.restore(working, draw(st.sampled_from(removed)), other), gone
        return cutting.reassign(working, {uid, other}, "2", lambda _turn: "Ingrid"), gone
    except CutRefused:
        return working, gone


def kept(before: Working, after: Working, gone: Gone) -> dict[str, object]:
    stored: dict[str, object] = json.loads(json.dumps(difference(before, after, gone=gone)))
    return stored


def old(working: Working, known: Working) -> dict[str, WorkingTurn]:
    """The withdrawn turns that were there before."""
    return {uid: each for uid, each in working.withdrawn.items() if uid in known.withdrawn}


@given(data=st.data())
def test_acts_are_taken_back_one_after_the_other(data: st.DataObject) -> None:
    states = [data.draw(workings())]
    patches = []
    for number in range(data.draw(st.integers(1, 6))):
        after, gone = act(states[-1], data.draw, number)
        patches.append(kept(states[-1], after, gone))
        states.append(after)
    now = states.pop()
    while patches:
        before = states.pop()
        now = taken_back(now, patches.pop())
        assert now.elements == before.elements
        assert old(now, before) == before.withdrawn
        for uid in now.withdrawn:
            assert now.lands(uid), "an address leads nowhere"


@given(data=st.data())
def test_what_else_was_written_since_stays(data: st.DataObject) -> None:
    before = data.draw(workings())
    after, gone = act(before, data.draw, 0)
    patch = kept(before, after, gone)
    touched = {*patch.get("turns", {}), *patch.get("brought", {})}  # type: ignore[misc]
    free = [each for each in after.turns() if each.uid not in touched]
    if not free:
        return
    other = replace(free[0], value=replace(free[0].value, text="别的。"))
    now = taken_back(after.replaced(other), patch)
    assert now.elements == before.replaced(other).elements


def test_nothing_leaves_nothing() -> None:
    working = Working((turn("t0", 0), turn("t1", 1)))
    assert difference(working, working) == {}


def test_a_heading_has_its_title_back() -> None:
    before = Working((Heading(7, "港口"), turn("t0", 0)))
    after = Working((Heading(7, "吊车"), turn("t0", 0)))
    patch = difference(before, after)
    assert patch == {"titles": {"7": ["港口", "吊车"]}}
    assert taken_back(after, patch) == before
