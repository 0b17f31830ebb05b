"""Translations and originals that do not belong together, and free translations that do."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from episodes.checks import pairing as _pairing  # noqa: F401 - registers
from episodes.checks.pairs import score_pairs
from episodes.checks.registry import Finding, check
from episodes.checks.subject import Subject, Turn
from episodes.tests.checks.cocoa import cocoa
from episodes.tests.checks.harbour import harbour
from episodes.tests.checks.kiln import kiln
from episodes.tests.checks.night_ward import night_ward
from episodes.tests.checks.panel import panel
from episodes.tests.checks.subjects import of_pairs, sample
from episodes.tests.checks.telegraph import telegraph
from episodes.tests.checks.touchline import touchline
from episodes.tests.transcripts.samples import needs_sample

CODES = ("pairing_drift", "pairing_length", "pairing_repeated")


def found(subject: Subject) -> list[Finding]:
    return list(check(subject, CODES))


def with_originals(subject: Subject, originals: Sequence[str]) -> Subject:
    turns = zip(subject.turns, originals, strict=True)
    return replace(subject, turns=tuple(replace(turn, original=text) for turn, text in turns))


def originals(subject: Subject) -> list[str]:
    return [turn.original for turn in subject.turns]


def test_an_episode_in_good_order_yields_nothing():
    assert found(harbour()) == []
    assert found(harbour(register=None)) == []
    assert min(score for _uid, score in score_pairs(harbour())) > -2


def test_two_originals_in_each_others_place_are_one_finding():
    subject = harbour()
    texts = originals(subject)
    texts[7], texts[8] = texts[8], texts[7]
    (finding,) = found(with_originals(subject, texts))
    assert (finding.check, finding.uid, finding.field) == ("pairing_drift", "t7", "original")
    assert finding.message.params == {
        "turns": 2,
        "until": "我是说，盒子本身并不聪明。聪明的是大家都同意用…",
    }


@pytest.mark.parametrize("episode", [cocoa, harbour, kiln, night_ward, panel, telegraph, touchline])
def test_any_two_neighbours_in_each_others_place_are_found(episode):
    subject = episode()
    assert found(subject) == []
    missed = []
    for place in range(len(subject.turns) - 1):
        texts = originals(subject)
        texts[place], texts[place + 1] = texts[place + 1], texts[place]
        places = {int(one.uid[1:]) for one in found(with_originals(subject, texts))}
        if not places & {place - 1, place, place + 1}:
            missed.append(place)
    assert len(missed) <= 1, missed


@pytest.mark.parametrize("episode", [cocoa, kiln, night_ward, panel, telegraph, touchline])
def test_a_half_that_is_lost_is_found(episode):
    subject = episode()
    tried = missed = 0
    for place, turn in enumerate(subject.turns):
        for field, end in (("text", "[。？！]"), ("original", r"[.?!] ")):
            said = getattr(turn, field)
            cuts = [match.end() for match in re.finditer(end, said)]
            cuts = [cut for cut in cuts if 0.35 <= cut / len(said) <= 0.65]
            if len(turn.original.split()) < 20 or not cuts:
                continue
            for half in (said[: cuts[0]].strip(), said[cuts[0] :]):
                turns = list(subject.turns)
                turns[place] = replace(turn, **{field: half})
                tried += 1
                missed += not any(
                    one.uid == turn.uid for one in found(replace(subject, turns=tuple(turns)))
                )
    assert tried > 20
    assert missed <= 0.1 * tried


def test_a_swapped_block_is_one_finding():
    subject = harbour()
    texts = originals(subject)
    texts[11:19] = [*texts[15:19], *texts[11:15]]
    (finding,) = found(with_originals(subject, texts))
    assert (finding.check, finding.uid) == ("pairing_drift", "t11")
    assert finding.message.params["turns"] == 8


@pytest.mark.parametrize(("by", "side"), [(1, "late"), (2, "late"), (-1, "early"), (-2, "early")])
def test_originals_that_drift_are_one_finding_up_to_where_they_are_right_again(by, side):
    subject = harbour()
    texts = originals(subject)
    part = texts[10:30]
    texts[10:30] = [part[(place - by) % 20] for place in range(20)]
    findings = found(with_originals(subject, texts))
    assert [finding.check for finding in findings] == ["pairing_drift"]
    (finding,) = findings
    assert abs(int(finding.uid[1:]) - 10) <= 2
    assert (
        f"{abs(by)} turns too {side}" in finding.message or "each other's place" in finding.message
    )


def test_a_lag_to_the_end():
    subject = harbour()
    texts = originals(subject)
    (finding,) = found(with_originals(subject, [*texts[:15], "", *texts[15:-1]]))
    assert (finding.check, finding.message.params["by"]) == ("pairing_drift", 1)
    assert abs(int(finding.uid[1:]) - 15) <= 2


def test_an_original_from_nowhere():
    subject = harbour()
    texts = originals(subject)
    texts[25] = (
        "And the doctor told his students that the vaccine was safe, so in winter the school "
        "would open again for children and their parents, with music, books and new teachers."
    )
    assert [(one.check, one.uid) for one in found(with_originals(subject, texts))] in (
        [("pairing_drift", "t25")],
        [("pairing_length", "t25")],
    )


def test_the_same_original_at_two_turns_is_told_where_it_does_not_belong():
    subject = harbour()
    for right, wrong in ((7, 13), (13, 7), (25, 29)):
        texts = originals(subject)
        texts[wrong] = texts[right]
        findings = found(with_originals(subject, texts))
        assert ("pairing_repeated", f"t{wrong}") in [(one.check, one.uid) for one in findings]
        assert {one.uid for one in findings} == {f"t{wrong}"}


def test_an_original_that_holds_the_whole_of_the_next():
    subject = harbour()
    texts = originals(subject)
    texts[7] = f"{texts[7]} {texts[8]}"
    findings = [(one.check, one.uid) for one in found(with_originals(subject, texts))]
    assert "pairing_repeated" in {check for check, _uid in findings}
    assert {uid for _check, uid in findings} <= {"t7", "t8"}


def test_what_is_said_twice_is_no_repetition():
    again = Turn("x", text="我是Peter Weisenthal。", original="And I'm Peter Weisenthal.")
    thanks = Turn("y", text="非常感谢你今天来参加我们的节目。", original="Thank you so much.")
    subject = harbour()
    turns = (*subject.turns, again, thanks, replace(thanks, uid="z", text="太感谢了。"))
    assert found(replace(subject, turns=turns)) == []


def test_half_of_a_translation_or_of_an_original_is_lost():
    subject = sample_like()
    turns = [*subject.turns]
    whole = turns[9]
    turns[9] = replace(whole, text=whole.said[: len(whole.said) // 2])
    (finding,) = found(replace(subject, turns=tuple(turns)))
    assert (finding.check, finding.uid, finding.field) == ("pairing_length", "t9", "text")
    words = whole.original.split()
    turns[9] = replace(whole, original=" ".join(words[: len(words) // 2]))
    (finding,) = found(replace(subject, turns=tuple(turns)))
    assert (finding.check, finding.uid, finding.field) == ("pairing_length", "t9", "original")


def sample_like() -> Subject:
    """The conversation with its long turns joined to still longer ones of one length."""
    base = [turn for turn in harbour().turns if len(turn.original.split()) > 11]
    pairs = zip(base[::2], base[1::2], strict=False)
    return of_pairs(*((a.text + b.text, f"{a.original} {b.original}") for a, b in pairs))


def test_the_long_turns_are_in_order():
    assert found(sample_like()) == []


def test_short_turns_and_cues_never_count():
    short = [
        ("是的。", "Yeah, that is right, I would say so too."),
        ("嗯，我觉得可能是这样吧，差不多。", "So."),
        ("[音乐]", "[Music]"),
    ]
    subject = harbour()
    turns = (*subject.turns, *of_pairs(*short).turns)
    named = tuple(replace(turn, uid=f"t{place}") for place, turn in enumerate(turns))
    assert found(replace(subject, turns=named)) == []
    assert found(Subject()) == []
    assert found(of_pairs(("你好。", "Hi."))) == []


def test_planted_faults_are_found_and_nothing_elsewhere():
    """Blocks of at least three turns, moved, in all places of the conversation."""
    subject = harbour()
    whole = originals(subject)
    dice = random.Random(5)
    hits = tries = strays = 0
    for _ in range(40):
        length = dice.randint(3, 8)
        first = dice.randrange(len(whole) - length)
        part = whole[first : first + length]
        texts = [*whole[:first], *part[1:], part[0], *whole[first + length :]]
        findings = found(with_originals(subject, texts))
        places = [int(finding.uid[1:]) for finding in findings]
        tries += 1
        hits += any(first - 1 <= place <= first + length for place in places)
        strays += sum(not first - 2 <= place <= first + length for place in places)
    assert hits >= 0.9 * tries
    assert strays <= 1


@needs_sample
def test_the_sample_is_paired_right_and_one_translation_lacks_a_half():
    assert [(one.check, one.uid) for one in found(sample())] == [
        ("pairing_length", "t58"),  # 14 words, and nothing is lost
        ("pairing_length", "t111"),  # the original is cut off
        ("pairing_length", "t160"),
    ]


@needs_sample
def test_a_shift_in_the_sample_is_one_finding():
    subject = sample()
    texts = originals(subject)
    spoken = [place for place, turn in enumerate(subject.turns) if turn.kind != "cue"]
    for here, there in pairwise(spoken[100:141]):
        texts[here] = subject.turns[there].original
    texts[spoken[140]] = subject.turns[spoken[100]].original
    findings = [
        one
        for one in found(with_originals(subject, texts))
        if one.uid not in ("t58", "t111", "t160")
    ]
    assert [finding.check for finding in findings] == ["pairing_drift"]
    assert subject.positions[findings[0].uid] - spoken[100] in range(-1, 3)
