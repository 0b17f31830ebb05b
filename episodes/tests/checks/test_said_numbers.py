"""Slips in the numbers of conversations in good translation are found, and hardly anything else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from episodes.checks import quantities
from episodes.checks.registry import check
from episodes.checks.subject import Subject
from episodes.tests.checks.circuit_board import CIRCUIT_BOARD
from episodes.tests.checks.full_time import FULL_TIME
from episodes.tests.checks.long_tail import LONG_TAIL
from episodes.tests.checks.subjects import of_pairs

Said = tuple[tuple[str, str, str], ...]

SAID = {"circuit board": CIRCUIT_BOARD, "full time": FULL_TIME, "long tail": LONG_TAIL}
CODES = {
    quantities.Numbers.code,
    quantities.Magnitudes.code,
    quantities.Currencies.code,
    quantities.Units.code,
}


def slips(said: Said) -> Iterator[tuple[int, str, str, Subject]]:
    """One slip at a time: where, what became what, and the turns around it."""
    turns = of_pairs(*((text, original) for text, original, _ in said)).turns
    for place, (text, original, changes) in enumerate(said):
        for change in filter(None, changes.split("|")):
            old, new = change.split("→")
            if old in text:
                faulty = replace(turns[place], text=text.replace(old, new, 1))
            else:
                assert old in original, change
                faulty = replace(turns[place], original=original.replace(old, new, 1))
            around = (*turns[max(0, place - 1) : place], faulty, *turns[place + 1 : place + 2])
            yield place, old, new, Subject(turns=around)


@pytest.mark.parametrize("name", SAID)
def test_a_good_translation_has_at_most_one_finding_in_fifty_turns(name: str) -> None:
    said = SAID[name]
    subject = of_pairs(*((text, original) for text, original, _ in said))
    found = [(one.uid, one.message) for one in check(subject, CODES)]
    assert len(found) <= len(said) / 50, found


@pytest.mark.parametrize("name", SAID)
def test_nine_in_ten_slips_are_found(name: str) -> None:
    tried, missed = 0, []
    for place, old, new, subject in slips(SAID[name]):
        tried += 1
        if not any(one.uid == f"t{place}" for one in check(subject, CODES)):
            missed.append((place, old, new))
    assert tried > 90
    assert len(missed) <= 0.1 * tried, missed
