"""Every check depends on what it says it depends on, and on nothing else: so a run may leave it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes.checks import every  # noqa: F401 - registers the checks
from episodes.checks.incremental import OF_EPISODE, OF_TURN, Digests, digests_of, run
from episodes.checks.nameindex import NameIndex
from episodes.checks.registry import Check, Finding, TurnCheck, all_checks, check
from episodes.checks.subject import Name, Subject, Turn
from episodes.tests.checks.harbour import NAMES, REGISTER, TERMS, harbour

KINDS = {
    "person": "people",
    "organisation": "organisations",
    "product": "products",
    "work": "works",
    "term": "terms",
}
OURS = [one for one in all_checks() if type(one).__module__.startswith("episodes.checks.")]

# What a check reads.


class WatchedTurn(Turn):
    """A turn that tells which of its fields are read."""

    def __getattribute__(self, name: str) -> Any:
        if name in OF_TURN and (seen := Watch.seen) is not None:
            seen.add(name)
        return object.__getattribute__(self, name)


class WatchedSubject(Subject):
    """An episode that does."""

    def __getattribute__(self, name: str) -> Any:
        if name in OF_EPISODE and (seen := Watch.seen) is not None:
            seen.add(name)
        if name == "register" and (seen := Watch.seen) is not None:
            seen.update(KINDS.values())  # whoever asks it whether there is one
        return object.__getattribute__(self, name)


class Watch:
    """Where what is read is written down; None while nobody looks."""

    seen: set[str] | None = None


def watched(subject: Subject) -> Subject:
    values = {item.name: getattr(subject, item.name) for item in fields(Subject)}
    turns = tuple(
        WatchedTurn(**{item.name: getattr(turn, item.name) for item in fields(Turn)})
        for turn in subject.turns
    )
    return WatchedSubject(**{**values, "turns": turns})


def read_by(one: Check, subject: Subject) -> set[str]:
    again = watched(subject)
    Watch.seen = set()
    try:
        list(check(again, [one.code]))
        return Watch.seen
    finally:
        Watch.seen = None


SPOILT = (
    Turn("s1", "speech", "大家好，我是Peter Weisenthal。", "I'm Peter Weisenthal.", 1, "Gillian"),
    Turn("s2", "cue", "（笑声）", "(laughs)", 0, ""),
    Turn(
        "s3",
        "speech",
        "我们我们花了50亿美元。",
        "We spent 50 billion dollars. >> How?",
        2,
        "主持人",
        "Host",
    ),
    Turn("s4", "narration", "没有关上（的括号", "", 0, "", stale=True, unread=True),
    Turn("s5", "speech", "", "And then there was no translation at all.", 0, "Peter Weisental"),
    Turn(
        "s6",
        "speech",
        "Marta，谢谢。你看了吗？是的，我看了。",
        "Did you see it? Yes, I did.",
        3,
        "Marta",
        "Gilan",
    ),
)


@pytest.mark.parametrize("one", OURS, ids=lambda one: one.code)
def test_a_check_reads_what_it_depends_on(one):
    good = harbour()
    bad = replace(
        good,
        turns=(*SPOILT, *good.turns),
        guest="",
        summary="",
        same_recording=("Another",),
        source_gone=True,
        open_conflicts={"s1": 1, "": 2},
    )
    seen = read_by(one, good) | read_by(one, bad)
    told = set(one.depends)
    if told & OF_TURN:
        told.add("uid")  # which the digest of any field of the turns has in it
    if isinstance(one, TurnCheck):
        told.add("uid")
    if told & set(KINDS.values()):
        told |= set(KINDS.values())
    assert seen - told == set()


# What it finds, when anything has changed.

PEOPLE = tuple(name for name in NAMES if name.kind == "person")
POOL = harbour().turns[:24] + SPOILT
TEXTS = [turn.text for turn in POOL] + [
    "",
    "Gilian Alloway说港口有５０个集装箱。",
    "Maersk和Seagte",
]
ORIGINALS = [turn.original for turn in POOL] + ["", "Gilian Alloway said 50 throughputs.", "Maersc"]

Edit = Callable[["World"], None]


class World:
    """An episode, and the names and terms beside it."""

    def __init__(self) -> None:
        self.subject = replace(harbour(), turns=POOL[:12], register=REGISTER)
        self.names: list[Name] = list(NAMES)
        self.terms: list[tuple[int, tuple[str, ...]]] = list(TERMS)
        self.free = 0

    def looked_at(self) -> tuple[Subject, Digests]:
        subject = replace(self.subject, register=NameIndex(self.names, self.terms))
        shared = {
            KINDS[kind]: repr([name for name in self.names if name.kind == kind])
            for kind in KINDS
            if kind != "term"
        }
        return subject, digests_of(subject, {**shared, "terms": repr(self.terms)})


def draw_edit(draw: Any) -> Edit:
    what = draw(st.sampled_from(["turn", "turn", "turn", "order", "episode", "name", "term"]))
    number = draw(st.integers(0, 40))
    if what == "turn":
        name, values = draw(
            st.sampled_from(
                [
                    ("text", TEXTS),
                    ("original", ORIGINALS),
                    ("kind", ["speech", "cue", "narration"]),
                    ("speaker", [0, 1, 2, 3, 9]),
                    ("label", ["", "Gillian Alloway", "Peter Weisental", "主持人", "Harbour Talk"]),
                    ("original_label", ["", "Peter Weisenthal", "Speaker 1"]),
                    ("chapter", [0, 1]),
                    ("stale", [False, True]),
                    ("unread", [False, True]),
                ]
            )
        )
        value = draw(st.sampled_from(values))

        def change(world: World) -> None:
            turns = list(world.subject.turns)
            if turns:
                at = number % len(turns)
                turns[at] = replace(turns[at], **{name: value})
            world.subject = replace(world.subject, turns=tuple(turns))

        return change
    if what == "order":
        act = draw(st.sampled_from(["add", "drop", "swap"]))

        def order(world: World) -> None:
            turns = list(world.subject.turns)
            if act == "add":
                world.free += 1
                new = replace(POOL[number % len(POOL)], uid=f"n{world.free}")
                turns.insert(number % (len(turns) + 1), new)
            elif turns and act == "drop":
                del turns[number % len(turns)]
            elif turns:
                turns.insert(number % len(turns), turns.pop())
            world.subject = replace(world.subject, turns=tuple(turns))

        return order
    if what == "episode":
        name, values = draw(
            st.sampled_from(
                [
                    ("title", ["", "港口", "A title in plain English"]),
                    ("original_title", ["", "Harbour", "这是一个中文标题"]),
                    ("date", ["", "2025-01-01"]),
                    ("source", ["", "https://example.org/"]),
                    ("channel", ["", "Harbour Talk", "Gillian Alloway"]),
                    ("guest", ["", "Marta Van Geelen", "Scott Galoway"]),
                    ("summary", ["", "一个摘要。", "This is a summary in English."]),
                    ("language", ["zh-Hans", "zh-Hant", "en"]),
                    ("original_language", ["en", "zh-Hans"]),
                    ("headings", [{}, {0: "Seagate"}]),
                    ("listed", [{}, {"person": frozenset({1, 4}), "organisation": frozenset({2})}]),
                    ("roles", [{}, {1: "host", 2: "host", 3: "guest"}, {4: "mentioned"}]),
                    ("same_recording", [(), ("Another",)]),
                    ("source_gone", [False, True]),
                    ("open_conflicts", [{}, {"": 1}, {"s1": 1}, {POOL[0].uid: 2}]),
                ]
            )
        )
        value = draw(st.sampled_from(values))

        def describe(world: World) -> None:
            world.subject = replace(world.subject, **{name: value})

        return describe
    if what == "name":
        spelling = draw(
            st.sampled_from(
                ["Gillian Aloway", "Seagte", "Maersc", "Marta Van Gelen", "港口", "吉莉安"]
            )
        )

        def rename(world: World) -> None:
            at = number % len(world.names)
            known = world.names[at]
            aliases = () if spelling in known.aliases else (spelling,)
            world.names[at] = replace(known, aliases=aliases)

        return rename
    word = draw(st.sampled_from(["throughputs", "吞吐量", "demurage", "集装箱船"]))

    def term(world: World) -> None:
        at = number % len(world.terms)
        key, spellings = world.terms[at]
        less = tuple(each for each in spellings if each != word)
        world.terms[at] = (key, less if len(less) < len(spellings) else (*spellings, word))

    return term


EDITS = st.composite(lambda draw: draw_edit(draw))()


def key_of(found: Finding) -> tuple[str, str, str]:
    return found.check, found.uid, found.fingerprint


def kept_of(
    kept: dict[tuple[str, str, str], Finding], found: Iterable[Finding], looked: Any, uids: set[str]
) -> Iterator[tuple[tuple[str, str, str], Finding]]:
    for key, finding in kept.items():
        gone = (key[0], None) in looked or (key[0], key[1]) in looked
        if not gone and (not key[1] or key[1] in uids):
            yield key, finding
    for finding in found:
        yield key_of(finding), finding


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_what_is_found_after_edits_is_what_a_full_run_finds(steps):
    world = World()
    subject, before = world.looked_at()
    kept = {key_of(each): each for each in run(OURS, subject, before, None).findings}
    for step in steps:
        for edit in step:
            edit(world)
        subject, now = world.looked_at()
        outcome = run(OURS, subject, now, before)
        uids = {turn.uid for turn in subject.turns}
        kept = dict(kept_of(kept, outcome.findings, outcome.looked, uids))
        before = now
        full = {key_of(each): each for each in run(OURS, subject, now, None).findings}
        assert kept == full
