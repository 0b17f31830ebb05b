"""What an import left for an editor."""

from __future__ import annotations

from dataclasses import replace

from episodes.checks import standing as _standing  # noqa: F401 - registers
from episodes.checks.registry import Severity, all_checks, check
from episodes.checks.subject import Subject, Turn

CODES = ("conflict_open", "merge_unread", "source_gone", "stale_translation")
ONE = Turn("a", text="甲", original="one")
TWO = Turn("b", text="乙", original="two")
THREE = Turn("c", text="丙", original="three")


def found(subject: Subject) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.check, one.uid, one.about) for one in check(subject, CODES)]


def test_nothing_stands_in_the_way_of_an_episode_without_flags():
    assert found(Subject(turns=(ONE, TWO, THREE))) == []


def test_stale_and_unread_turns_rest_on_their_texts():
    subject = Subject(turns=(ONE, replace(TWO, stale=True), replace(THREE, unread=True)))
    assert found(subject) == [
        ("merge_unread", "c", ("丙", "three")),
        ("stale_translation", "b", ("乙", "two")),
    ]


def test_conflicts_stand_at_their_turns_and_all_others_at_the_episode():
    subject = Subject(turns=(ONE, TWO), open_conflicts={"b": 2, "a": 1, "": 1, "gone": 3})
    assert found(subject) == [
        ("conflict_open", "", ("4",)),
        ("conflict_open", "a", ("1",)),
        ("conflict_open", "b", ("2",)),
    ]


def test_a_source_that_is_gone():
    subject = Subject(turns=(ONE,), source="https://example.com/a", source_gone=True)
    assert found(subject) == [("source_gone", "", ("https://example.com/a",))]


def test_what_must_be_decided_before_publishing_is_an_error():
    severities = {one.code: one.severity for one in all_checks() if one.code in CODES}
    assert severities == {
        "conflict_open": Severity.ERROR,
        "merge_unread": Severity.ERROR,
        "source_gone": Severity.WARNING,
        "stale_translation": Severity.WARNING,
    }
