"""A run that looks only where something changed finds what a full run finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st

from episodes.checks.incremental import Digests, digests_of, run
from episodes.checks.registry import (
    Around,
    Check,
    EpisodeCheck,
    Finding,
    Severity,
    TurnCheck,
    all_checks,
)
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.messages import gettext_noop


class Plain(TurnCheck):
    code = "plain"
    severity = Severity.HINT
    title = gettext_noop("plain")
    depends: ClassVar[frozenset[str]] = frozenset({"text"})
    looked: ClassVar[list[str]] = []

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:
        self.looked.append(turn.uid)
        if "x" in turn.text:
            yield Finding(self.code, gettext_noop("x"), turn.uid, about=(turn.text,))


class Beside(TurnCheck):
    code = "beside"
    severity = Severity.HINT
    title = gettext_noop("beside")
    depends: ClassVar[frozenset[str]] = frozenset({"text", "title", "people"})
    reach = 2

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:
        for distance, other in around.neighbours(self.reach):
            if other.text == turn.text:
                about = (turn.text, str(distance), around.subject.title)
                yield Finding(self.code, gettext_noop("same"), turn.uid, about=about)


class Prepared(TurnCheck):
    code = "prepared"
    severity = Severity.HINT
    title = gettext_noop("prepared")
    depends: ClassVar[frozenset[str]] = frozenset({"text"})

    def prepare(self, subject: Subject) -> object:
        return sum(len(turn.text) for turn in subject.turns)

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:
        if len(turn.text) * 2 > int(str(around.shared[self.code])):
            yield Finding(self.code, gettext_noop("long"), turn.uid, about=(turn.text,))


class Whole(EpisodeCheck):
    code = "whole"
    severity = Severity.HINT
    title = gettext_noop("whole")
    depends: ClassVar[frozenset[str]] = frozenset({"text"})

    def find(self, subject: Subject) -> Iterator[Finding]:
        for turn in subject.turns[:1]:
            yield Finding(self.code, gettext_noop("first"), turn.uid, about=(turn.text,))


CHECKS: tuple[Check, ...] = (Plain(), Beside(), Prepared(), Whole())
TEXTS = st.sampled_from(["", "a", "x", "ax", "b"])
TURNS = st.lists(st.tuples(st.integers(1, 9), TEXTS), max_size=8, unique_by=lambda pair: pair[0])
SUBJECTS = st.builds(
    lambda turns, title: Subject(
        title=title, turns=tuple(Turn(uid=f"t{number}", text=text) for number, text in turns)
    ),
    TURNS,
    st.sampled_from(["", "t"]),
)


def found(checks: tuple[Check, ...], subject: Subject) -> set[Finding]:
    now = digests_of(subject, {"people": "1"})
    return set(run(checks, subject, now, None).findings)


@given(st.lists(SUBJECTS, min_size=1, max_size=5))
def test_findings_kept_and_found_are_those_of_a_full_run(states):
    kept: set[Finding] = set()
    before: Digests | None = None
    for subject in states:
        now = digests_of(subject, {"people": "1"})
        outcome = run(CHECKS, subject, now, before)
        uids = {turn.uid for turn in subject.turns}
        kept = {
            each
            for each in kept
            if (each.check, None) not in outcome.looked
            and (each.check, each.uid) not in outcome.looked
            and each.uid in uids
        } | set(outcome.findings)
        before = now
        assert kept == found(CHECKS, subject)


def test_only_what_a_change_touches_is_looked_at():
    turns = tuple(Turn(uid=f"t{number}", text="x") for number in range(9))
    before = Subject(turns=turns)
    after = replace(before, turns=(*turns[:4], replace(turns[4], text="y"), *turns[5:]))
    old = digests_of(before, {"people": "1"})
    assert run(CHECKS, before, old, old).looked == frozenset()
    outcome = run((Plain(), Beside()), after, digests_of(after, {"people": "1"}), old)
    assert sorted(outcome.looked) == [
        *(("beside", f"t{number}") for number in range(2, 7)),
        ("plain", "t4"),
    ]
    assert run((Whole(),), after, digests_of(after, {"people": "2"}), old).looked == {
        ("whole", None)
    }
    titled = replace(before, title="t")
    assert run((Whole(),), titled, digests_of(titled, {}), old).looked == frozenset()
    # a name that changed concerns the check that depends on names, in all turns
    people = run((Plain(), Beside()), before, digests_of(before, {"people": "2"}), old)
    assert sorted(people.looked) == [("beside", f"t{number}") for number in range(9)]


def test_every_check_says_what_it_is_and_depends_on_what_there_is():
    from dataclasses import fields  # noqa: PLC0415

    known = {field.name for field in fields(Turn)} | {field.name for field in fields(Subject)}
    for check in all_checks():
        assert check.title
        assert isinstance(check.severity, Severity)
        assert check.depends <= known | {"people", "organisations", "products", "works", "terms"}
