from __future__ import annotations

import re
from dataclasses import replace

import pytest

from episodes.checks import languages, marks, quantities, residue, slips
from episodes.checks.registry import all_checks, check
from episodes.checks.subject import Subject
from episodes.tests.checks.good_order import good_order
from episodes.tests.checks.subjects import sample
from episodes.tests.transcripts.samples import needs_sample

OURS = {module.__name__ for module in (languages, marks, quantities, residue, slips)}
CODES = {one.code for one in all_checks() if type(one).__module__ in OURS}


def test_an_episode_in_good_order_yields_nothing() -> None:
    assert [(one.check, one.uid, one.message) for one in check(good_order(), CODES)] == []


@needs_sample
def test_the_sample_yields_five_findings() -> None:
    assert sorted((one.check, one.uid) for one in check(sample(), CODES)) == [
        ("cue_in_speech", "t1"),
        ("cue_in_speech", "t118"),
        ("cut_off", "t111"),
        ("cut_off", "t116"),
        ("number_magnitude", "t162"),
    ]


def planted(episode: Subject, field: str, pattern: str) -> tuple[int, int]:
    """How many numbers were changed one by one, and how many of them were missed."""
    known = {one.fingerprint for one in check(episode, CODES)}
    tried = missed = 0
    for place, turn in enumerate(episode.turns):
        text: str = getattr(turn, field)
        notes = re.search("（[^）]*: ", text)
        for number in re.finditer(pattern, text):
            if notes and number.start() > notes.start():
                continue  # of a definition
            changed = str(int(number[0]) + 23)
            value = text[: number.start()] + changed + text[number.end() :]
            turns = list(episode.turns)
            turns[place] = replace(turn, **{field: value})
            found = check(replace(episode, turns=tuple(turns)), CODES)
            tried += 1
            missed += not any(one.fingerprint not in known for one in found if one.uid == turn.uid)
    return tried, missed


@pytest.mark.parametrize("field", ["text", "original"])
def test_changed_numbers_are_found(field: str) -> None:
    tried, missed = planted(good_order(), field, r"(?<![\d.,@/])[1-9]\d+(?![\d.,:])")
    assert tried > 15
    assert missed <= 0.1 * tried


@needs_sample
@pytest.mark.parametrize("field", ["text", "original"])
def test_changed_numbers_of_the_sample_are_found(field: str) -> None:
    tried, missed = planted(sample(), field, r"(?<![\dA-Za-z.,@/])[1-9]\d+(?![\d.,:])")
    assert tried > 25
    assert missed <= 0.1 * tried
