"""Random histories of a desk in memory: an editor, a source, imports, undoing; and the laws they keep.

The same code plans and applies as for the database. A history is told by its seed::

    python -m episodes.tests.transcripts.histories 200000        # what ``make laws`` runs
    python -m episodes.tests.transcripts.histories --seed 17     # one, told step by step
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from episodes.transcripts import cutting, planning
from episodes.transcripts.applying import apply, undo
from episodes.transcripts.conflicts import decide
from episodes.transcripts.document import Turn
from episodes.transcripts.plans import Block, MergePlan, Tag, pack, unpack
from episodes.transcripts.sentences import comparable, split_sentences
from episodes.transcripts.working import (
    Clash,
    Heading,
    SourceHeading,
    SourceText,
    Spoken,
    Working,
    WorkingTurn,
)

LIFTED = planning.Hold(0.0, 1.1, 1.1)  # nothing is held: a person gave a reason
PEOPLE = ("1", "2", "3")
LABELS = {"1": "Ann Lee", "2": "Bo Chen", "3": "Cara van Dijk", "": "Speaker A"}
WORDS = [
    "harbour",
    "crane",
    "berth",
    "tide",
    "ship",
    "captain",
    "night",
    "train",
    "ticket",
    "bridge",
    "seed",
    "library",
    "garden",
    "soil",
    "battery",
    "sodium",
    "cable",
    "ocean",
    "repair",
    "winter",
    "market",
    "bread",
    "oven",
    "flour",
    "price",
    "union",
    "strike",
    "wage",
    "night",
    "shift",
    "map",
    "river",
    "delta",
    "storm",
    "signal",
    "lamp",
    "radio",
    "mast",
]


@dataclass
class Desk:
    """The state of a history. ``source`` is what the file says now, ``base`` what was accepted."""

    seed: int
    random: random.Random
    working: Working
    base: SourceText
    source: SourceText
    reader: str = ""  # what the reader that made the base adds to a text
    uids: set[str] = field(default_factory=set)
    mine: set[str] = field(default_factory=set)  # sentences an editor wrote
    dropped: set[str] = field(default_factory=set)  # sentences an editor took out
    states: list[tuple[Working, SourceText, Working, SourceText]] = field(default_factory=list)
    number: int = 0
    story: list[str] = field(default_factory=list)

    def fresh(self) -> int:
        self.number += 1
        return self.number

    def draw(self) -> str:
        uid = f"t{self.fresh():08d}"
        self.uids.add(uid)
        return uid

    def chinese(self) -> str:
        return f"第{self.fresh()}句说{self.random.choice('山水火风云雨雪')}。"

    def english(self) -> str:
        chosen = self.random.choices(WORDS, k=self.random.randint(3, 9))
        return f"{' '.join(chosen).capitalize()} {self.fresh()}."

    def spoken(self) -> Spoken:
        person = self.random.choice(PEOPLE)
        count = self.random.randint(1, 4)
        text = "".join(self.chinese() for _each in range(count))
        original = " ".join(self.english() for _each in range(count))
        return Spoken(Turn(label=LABELS[person], text=text, original=original), person)


def begin(seed: int) -> Desk:
    """A desk with an episode of 5 to 15 turns, just imported."""
    rng = random.Random(seed)
    desk = Desk(seed, rng, Working(), SourceText(), SourceText())
    turns = [desk.spoken() for _each in range(rng.randint(5, 15))]
    headings = tuple(
        SourceHeading(place, f"第{desk.fresh()}章", 3)
        for place in sorted(rng.sample(range(len(turns)), rng.randint(0, 3)))
    )
    fields = {"title": f"题{desk.fresh()}", "summary": desk.chinese() + desk.chinese()}
    desk.source = SourceText(tuple(turns), headings, fields, {"tags": ("a", "b", "c")})
    made = planning.plan(SourceText(), Working(), desk.source, draw=desk.draw, hold=LIFTED)
    desk.working, desk.base = apply(Working(), made), desk.source
    return desk


# --- What an editor does ------------------------------------------------------------------------


def _some_turn(desk: Desk) -> WorkingTurn | None:
    turns = list(desk.working.turns())
    return desk.random.choice(turns) if turns else None


def _rewrite(desk: Desk, text: str, write: Callable[[], str]) -> tuple[str, str, str]:
    """A text with one sentence changed, added or taken out; what came and what went."""
    sentences = [each.text for each in split_sentences(text) if each.text.strip()]
    glue = "" if write == desk.chinese else " "
    new, gone, how = "", "", desk.random.random()
    place = desk.random.randrange(len(sentences)) if sentences else 0
    if how < 0.7 or not sentences:
        new = write()
    if sentences and (how < 0.5 or (how >= 0.7 and len(sentences) > 1)):
        gone = sentences[place]
        sentences[place : place + 1] = [new] if new else []
    elif new:
        sentences.insert(place, new)
    return glue.join(sentences), new, gone


def edit(desk: Desk) -> None:
    turn = _some_turn(desk)
    if turn is None:
        return
    name = desk.random.choice(("text", "text", "original", "speaker", "label"))
    if name == "speaker":
        person = desk.random.choice(PEOPLE)
        value = replace(turn.value, label=LABELS[person])
        desk.working = desk.working.replaced(replace(turn, value=value, speaker=person))
    elif name == "label":
        value = replace(turn.value, label=f"Somebody {desk.fresh()}")
        desk.working = desk.working.replaced(replace(turn, value=value))
    else:
        write = desk.chinese if name == "text" else desk.english
        text, new, gone = _rewrite(desk, getattr(turn.value, name), write)
        if not text and not (turn.value.text if name == "original" else turn.value.original):
            return
        value = replace(turn.value, **{name: text})
        desk.working = desk.working.replaced(replace(turn, value=value))
        desk.mine |= {new} - {""}
        desk.dropped |= {gone} - {""}
        desk.mine -= {gone}


def cut(desk: Desk) -> None:
    """Split, merge, move, insert, remove or restore."""
    turn = _some_turn(desk)
    if turn is None:
        return
    names = ["", *(_after(each) for each in desk.working.elements)]
    after = desk.random.choice(names)
    how = desk.random.choice(
        ("split", "split", "merge", "merge", "move", "insert", "remove", "restore")
    )
    before = desk.working
    try:
        if how == "split":
            places = [_cut_of(desk, text) for text in (turn.value.text, turn.value.original)]
            desk.working = cutting.split(before, turn.uid, *places, desk.draw())
        elif how == "merge":
            desk.working = cutting.merge(before, turn.uid)
        elif how == "move":
            desk.working = cutting.move(before, turn.uid, after)
        elif how == "insert":
            spoken = desk.spoken()
            desk.working = cutting.insert(before, after, spoken.value, desk.draw(), spoken.speaker)
            desk.mine |= sentences_of(spoken.value)
        elif how == "restore":
            uid = desk.random.choice(sorted(before.withdrawn) or [""])
            desk.working = cutting.restore(before, uid, after)
            desk.dropped -= sentences_of(before.withdrawn[uid].value)
        elif sum(1 for _each in before.turns()) > 3:
            desk.working = cutting.remove(before, turn.uid)
            desk.mine -= sentences_of(turn.value)
            desk.dropped |= sentences_of(turn.value)
    except cutting.CutRefused:
        assert desk.working == before


def _after(element: Heading | WorkingTurn) -> str:
    return f"heading:{element.key}" if isinstance(element, Heading) else element.uid


def _cut_of(desk: Desk, text: str) -> int:
    found = [each for each in split_sentences(text) if each.text]
    kept = found[: desk.random.randint(0, len(found))]
    return sum(len(each.before) + len(each.text) for each in kept)


def edit_beside(desk: Desk) -> None:
    """The episode's own fields, its sets, a heading."""
    working = desk.working
    how = desk.random.random()
    headings = list(working.headings())
    if how < 0.3 and headings:
        chosen = desk.random.choice(headings)
        new = replace(chosen, title=f"改{desk.fresh()}")
        elements = tuple(new if each == chosen else each for each in working.elements)
        desk.working = replace(working, elements=elements)
    elif how < 0.6:
        summary, new_one, gone = _rewrite(desk, str(working.fields["summary"]), desk.chinese)
        desk.working = replace(working, fields={**working.fields, "summary": summary})
        desk.mine |= {new_one} - {""}
        desk.mine -= {gone}
        desk.dropped |= {gone} - {""}
    elif how < 0.8:
        tags = [tag for tag in working.sets["tags"] if desk.random.random() < 0.8]
        tags.append(f"e{desk.fresh()}")
        desk.working = replace(working, sets={**working.sets, "tags": tuple(tags)})
    else:
        desk.working = replace(working, fields={**working.fields, "title": f"题{desk.fresh()}"})


# --- What the source does ----------------------------------------------------------------------


def change_source(desk: Desk) -> None:
    """Turns reworded, added, dropped, moved, split, merged, heard differently, renamed speakers."""
    rng = desk.random
    turns, headings = list(desk.source.turns), list(desk.source.headings)
    fields, tags = dict(desk.source.fields), list(desk.source.sets["tags"])
    for _each in range(rng.randint(1, 3)):
        place = rng.randrange(len(turns)) if turns else 0
        how = rng.choice(
            (
                "text",
                "text",
                "original",
                "add",
                "drop",
                "move",
                "split",
                "merge",
                "hear",
                "label",
                "heading",
                "front",
                "space",
            )
        )
        if not turns and how != "add":
            continue
        spoken = turns[place] if turns else desk.spoken()
        value = spoken.value
        if how in ("text", "original"):
            write = desk.chinese if how == "text" else desk.english
            text, _new, _gone = _rewrite(desk, getattr(value, how), write)
            turns[place] = replace(spoken, value=replace(value, **{how: text}))
        elif how == "add":
            turns.insert(place, desk.spoken())
            headings = _shifted(headings, place, 1)
        elif how == "drop" and len(turns) > 3:
            del turns[place]
            headings = _shifted(headings, place, -1)
        elif how == "move":
            turns.insert(rng.randrange(len(turns)), turns.pop(place))
        elif how == "split":
            places = [_cut_of(desk, text) for text in (value.text, value.original)]
            parts = [
                replace(value, text=value.text[a:b].strip(), original=value.original[c:d].strip())
                for a, b, c, d in (
                    (0, places[0], 0, places[1]),
                    (places[0], None, places[1], None),
                )
            ]
            if all(part.text and part.original for part in parts):
                turns[place : place + 1] = [replace(spoken, value=part) for part in parts]
                headings = _shifted(headings, place, 1)
        elif how == "merge" and place + 1 < len(turns):
            other = turns[place + 1].value
            glue = rng.choice(("", "\n\n"))
            merged = replace(
                value,
                text=value.text + glue + other.text,
                original=f"{value.original}{glue or ' '}{other.original}".strip(),
            )
            turns[place : place + 2] = [replace(spoken, value=merged)]
            headings = _shifted(headings, place + 1, -1)
        elif how == "hear":
            words = [
                word if word.endswith(".") or rng.random() > 0.15 else another(word, rng)
                for word in value.original.split()
            ]
            turns[place] = replace(spoken, value=replace(value, original=" ".join(words)))
        elif how == "label":
            person = rng.choice(PEOPLE)
            turns[place] = Spoken(replace(value, label=LABELS[person]), person)
        elif how == "space":
            turns[place] = replace(
                spoken, value=replace(value, text=value.text.replace("说", "说 "))
            )
        elif how == "heading" and headings:
            at = rng.randrange(len(headings))
            headings[at] = replace(headings[at], title=f"章{desk.fresh()}")
        elif how == "front":
            fields["title"] = f"题{desk.fresh()}"
            fields["summary"], _new, _gone = _rewrite(desk, str(fields["summary"]), desk.chinese)
            tags = [tag for tag in tags if rng.random() < 0.8] + [f"s{desk.fresh()}"]
    desk.source = SourceText(tuple(turns), tuple(headings), fields, {"tags": tuple(tags)})


def another(word: str, rng: random.Random) -> str:
    """Another word in its place: sentences begin and end where they did."""
    heard = rng.choice(WORDS)
    return heard.capitalize() if word[:1].isupper() else heard


def _shifted(headings: list[SourceHeading], place: int, by: int) -> list[SourceHeading]:
    moved = [
        replace(each, place=each.place + (by if each.place > place else 0)) for each in headings
    ]
    seen: dict[int, SourceHeading] = {}
    for each in moved:
        seen.setdefault(each.place, each)
    return list(seen.values())


# --- Imports, and the laws ----------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def sentences(text: str) -> frozenset[str]:
    return frozenset(comparable(each.text) for each in split_sentences(text) if each.text.strip())


def sentences_of(value: Turn) -> frozenset[str]:
    return sentences(value.text) | sentences(value.original)


def live(working: Working) -> set[str]:
    """Every sentence that the working copy holds."""
    found = set(sentences(str(working.fields["summary"])))
    for turn in working.turns():
        found |= sentences_of(turn.value)
    return found


def given(text: SourceText) -> set[str]:
    found = set(sentences(str(text.fields.get("summary", ""))))
    for each in text.turns:
        found |= sentences_of(each.value)
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def waiting(clashes: tuple[Clash, ...] | list[Clash]) -> set[str]:
    return {each for clash in clashes for text in _texts(clash.theirs) for each in sentences(text)}


def check_addresses(desk: Desk) -> None:
    turns = list(desk.working.turns())
    names = [turn.uid for turn in turns]
    assert len(names) == len(set(names)), "an address stands twice"
    known = {*names, *desk.working.withdrawn}
    assert known <= desk.uids
    if turns:
        for uid in desk.uids & (known | set(desk.working.redirects)):
            assert desk.working.lands(uid), f"the address {uid} leads nowhere"


def merge(desk: Desk, theirs: SourceText, *, refuse: float = 0.0) -> None:
    """Plan, store, read back, apply; every law that holds of one import is checked here."""
    before, base = desk.working, desk.base
    made = planning.plan(base, before, theirs, draw=desk.draw, hold=LIFTED)
    made_again = unpack(pack(made))
    assert made_again == made, "a plan is not what was stored of it"
    refused = {each.key for each in made.changes() if desk.random.random() < refuse}
    after = apply(before, made_again, refused)
    check_import(desk, made, after, refused)
    again = planning.plan(theirs, after, theirs, draw=desk.draw, hold=LIFTED)
    assert again.is_empty, f"the same bytes again change something: {list(again.changes())[:2]}"
    assert apply(after, again) == after, "the same bytes again write something"
    assert without_new(before, undo(before, after, after)) == before, "undoing is not exact"
    desk.states.append((before, base, after, theirs))
    desk.working, desk.base = after, theirs
    check_addresses(desk)


def without_new(before: Working, undone: Working) -> Working:
    """Without the turns that an import brought: their addresses must go on leading somewhere."""
    new = set(undone.withdrawn) - set(before.withdrawn)
    return replace(
        undone,
        withdrawn={uid: turn for uid, turn in undone.withdrawn.items() if uid not in new},
        redirects={uid: to for uid, to in undone.redirects.items() if uid not in new},
    )


def check_import(desk: Desk, made: MergePlan, after: Working, refused: set[str]) -> None:
    before, base, theirs = desk.working, desk.base, made.theirs
    old, new = live(before), live(after)
    lost = desk.mine & old - new
    assert not lost, f"an editor's sentence is lost: {lost}"
    back = {sentence for block in made.blocks for sentence in come_back(desk, block, theirs)}
    assert not back, f"what an editor took out is back: {back}"
    invented = new - old - given(theirs) - given(base)
    assert not invented, f"a sentence that nobody wrote: {invented}"
    keep_addresses(made, after, refused)
    keep_speakers(desk, made, after)
    if not refused:
        said = given(theirs) - given(base)
        quiet = {
            sentence
            for block in made.blocks
            if Tag.KEPT_OUT in block.tags
            for place in block.theirs
            for sentence in sentences_of(theirs.turns[place].value)
        }
        missing = said - new - waiting(after.clashes) - quiet
        assert not missing, f"what the source says anew is neither live nor waits: {missing}"
    for clash in after.clashes:
        if clash.kind == "field" and clash.target.startswith("turn:"):
            turn = after.turn(clash.target.removeprefix("turn:"))
            mine = (
                turn.speaker if clash.field == "speaker" else getattr(turn.value, clash.field, None)
            )
            assert mine != clash.theirs, "a conflict about nothing"
    untouched = all(turn.value == turn_of(base, turn) for turn in before.turns())
    if untouched and not refused and not made.moved_here:
        follows(before, base, after, theirs)
    assert not set(after.removed["tags"]) & set(after.sets["tags"])


def keep_addresses(made: MergePlan, after: Working, refused: set[str]) -> None:
    """An address stays with its words: with the first part, or with the turn that holds them."""
    for block in made.blocks:
        if block.parts and block.uids and block.key not in refused:
            parts = {part.uid for part in block.parts}
            assert parts.intersection(block.uids), "an address is drawn anew"
            assert {after.lands(uid) for uid in block.uids} <= parts, "an address leads elsewhere"


def keep_speakers(desk: Desk, made: MergePlan, after: Working) -> None:
    """Who an editor says speaks, where the source says another one than before: it waits."""
    standing = {turn.uid: turn for turn in after.turns()}
    called: dict[str, set[str]] = {}
    for turn in desk.working.turns():
        for place in turn.of_source(0):
            called.setdefault(desk.base.turns[place].value.label, set()).add(turn.speaker)
    for block in made.blocks:
        if len(block.uids) == len(block.base) == len(block.theirs) == 1:
            base, theirs = desk.base.turns[block.base[0]], made.theirs.turns[block.theirs[0]]
            mine = desk.working.turn(block.uids[0])
            differ = len({base.speaker, mine.speaker, theirs.speaker}) == 3
            if differ and len(called[base.value.label]) > 1 and mine.uid in standing:
                assert standing[mine.uid].speaker == mine.speaker, "an editor's speaker is lost"


def come_back(desk: Desk, block: Block, theirs: SourceText) -> set[str]:
    """What an editor took out of a block, and the source said before as it does now."""
    base = {each for place in block.base for each in sentences_of(desk.base.turns[place].value)}
    now = {each for place in block.theirs for each in sentences_of(theirs.turns[place].value)}
    parts = {each for part in block.parts or () for each in sentences_of(part.value)}
    return (parts & base & now & desk.dropped) - live(desk.working)


def turn_of(base: SourceText, turn: WorkingTurn) -> Turn | None:
    places = turn.of_source(0)
    return base.turns[places[0]].value if len(places) == 1 else None


def follows(before: Working, base: SourceText, after: Working, theirs: SourceText) -> None:
    """merge(b, b, t) = t: where nobody edited, the working copy is what the source says."""
    origins = [turn.of_source(0) for turn in before.turns()]
    if origins != [(place,) for place in range(len(base.turns))] or before.clashes:
        return
    if any(turn.speaker != base.turns[at].speaker for at, turn in enumerate(before.turns())):
        return
    got = [(turn.value, turn.speaker) for turn in after.turns()]
    assert got == [(each.value, each.speaker) for each in theirs.turns], (
        "untouched turns do not follow"
    )
    assert not [each for each in after.clashes if each.target.startswith("turn:")]


def import_now(desk: Desk) -> None:
    merge(desk, desk.source, refuse=desk.random.choice((0.0, 0.0, 0.3)))


def new_reader(desk: Desk) -> None:
    """The reader learns to read the same bytes better: first that difference, then the source's."""
    mark = f"（{desk.fresh()}）"
    drop = desk.random.random() < 0.3

    def read(text: SourceText) -> SourceText:
        turns = tuple(
            replace(
                each, value=replace(each.value, text=each.value.text.replace("句说", f"句{mark}说"))
            )
            for each in text.turns
        )
        return replace(text, turns=turns[:-1] if drop and len(turns) > 4 else turns)

    better = read(desk.base)
    merge(desk, better)
    desk.source = read(desk.source)
    merge(desk, desk.source)


def take_back(desk: Desk) -> None:
    """Undo the last import, with whatever was edited since."""
    if not desk.states:
        return
    before, base, after, _theirs = desk.states.pop()
    now = desk.working
    since = (live(now) - live(after)) & desk.mine
    desk.working = undo(before, after, now)
    desk.base = base
    assert since <= live(desk.working), f"undoing loses what was edited since: {since}"
    if now == after:
        assert without_new(before, desk.working) == before
    check_addresses(desk)
    desk.dropped -= live(desk.working)


def decide_one(desk: Desk) -> None:
    """A person decides a conflict: mine, theirs, the proposal or a text of their own."""
    if not desk.working.clashes:
        return
    clash = desk.random.choice(desk.working.clashes)
    choice = desk.random.choice(("mine", "theirs", "proposal"))
    before = live(desk.working)
    desk.working = decide(desk.working, clash, choice, source=0, draw=desk.draw)
    assert clash not in desk.working.clashes
    after = live(desk.working)
    if choice == "mine":
        assert after == before
    desk.mine &= after
    desk.dropped |= before - after
    desk.dropped -= after
    check_addresses(desk)


def check_origins(desk: Desk) -> None:
    """Where a turn comes from is a place of the base."""
    for turn in (*desk.working.turns(), *desk.working.withdrawn.values()):
        assert all(place < len(desk.base.turns) for place in turn.of_source(0)), turn.uid


ACTS: tuple[Callable[[Desk], None], ...] = (
    *(edit,) * 5,
    *(cut,) * 3,
    edit_beside,
    *(change_source,) * 3,
    *(import_now,) * 4,
    new_reader,
    take_back,
    decide_one,
)


def run(seed: int, tell: Callable[[str], None] | None = None) -> Desk:
    """Live through one history; AssertionError where a law is broken."""
    desk = begin(seed)
    for _each in range(desk.random.randint(4, 12)):
        act = desk.random.choice(ACTS)
        if tell:
            tell(act.__name__)
        act(desk)
        check_origins(desk)
    if desk.random.random() < 0.5:
        change_source(desk)
        import_now(desk)
    return desk


def _run_many(seeds: range) -> tuple[int, str] | None:
    for seed in seeds:
        try:
            run(seed)
        except Exception as error:
            return seed, f"{type(error).__name__}: {error}"
    return None


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description="Random histories of a desk, and the laws they keep."
    )
    parser.add_argument("count", nargs="?", type=int, default=200_000)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="one history, told step by step")
    given_ = parser.parse_args(arguments)
    if given_.seed is not None:
        run(given_.seed, lambda line: print(line, flush=True))  # noqa: T201
        return 0
    began, step = time.monotonic(), 500
    parts = [
        range(at, min(at + step, given_.start + given_.count))
        for at in range(given_.start, given_.start + given_.count, step)
    ]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        done = 0
        for part, broken in zip(parts, pool.map(_run_many, parts), strict=True):
            done += len(part)
            if broken is not None:
                print(f"history {broken[0]} breaks a law: {broken[1]}")  # noqa: T201
                pool.shutdown(cancel_futures=True)
                return 1
            if done % 20_000 < step:
                print(f"{done} histories, {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201
    print(f"{done} histories, no law broken, {time.monotonic() - began:.0f} s")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
