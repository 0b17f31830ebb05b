"""Turns find their times among the words of captions, whatever was misheard or cut elsewhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.tests.transcripts import made
from episodes.tests.transcripts.samples import SAMPLE, needs_sample
from episodes.tests.transcripts.spoken import Talk, as_json3, as_vtt, speak
from episodes.transcripts.captions import Word, read, words_of
from episodes.transcripts.markdown import read as read_markdown
from episodes.transcripts.timing import Timing, times_for

ORIGINALS = [original for _chapter, _who, _text, original in made.TURNS]
FORMS = {"vtt": as_vtt, "json3": as_json3}


def invented(seed: int = 7, turns: int = 160, names: int = 1500) -> list[str]:
    """A conversation of made-up words, a few of them everywhere, as in a language."""
    chance = random.Random(seed)
    syllables = ["ka", "to", "mi", "re", "su", "no", "vel", "dar", "ish", "on"]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(names)]
    weights = [1 / (place + 3) for place in range(names)]
    return [
        " ".join(chance.choices(words, weights, k=chance.choice((1, 2, 4, 9, 30, 80)))) + "."
        for _turn in range(turns)
    ]


def timed(originals: list[str], talk: Talk, form: Callable[..., bytes], seed: int) -> Timing:
    return times_for(originals, words_of(read(form(talk, seed))))


def assert_in_order(timing: Timing) -> None:
    spans = [span for span in timing.times if span is not None]
    assert all(start <= end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def assert_good(timing: Timing, talk: Talk, *, least: float) -> None:
    """At least so many of the turns that have words are timed, every one of them rightly."""
    pairs = [(span, true) for span, true in zip(timing.times, talk.truth, strict=True) if true]
    found = [(span, true) for span, true in pairs if span is not None]
    assert len(found) >= least * len(pairs)
    assert max(abs(span[0] - true[0]) for span, true in found) <= 1500
    assert max(abs(span[1] - true[1]) for span, true in found) <= 1500
    assert_in_order(timing)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_a_talk_heard_as_usual_is_timed(form, seed):
    for originals in (ORIGINALS, invented(seed)):
        talk = speak(originals, seed)
        timing = timed(originals, talk, FORMS[form], seed)
        assert_good(timing, talk, least=0.95)


@pytest.mark.parametrize("form", FORMS)
def test_a_talk_heard_badly_is_timed_where_it_is_found(form):
    originals = invented()
    talk = speak(originals, misheard=0.2, dropped=0.08, fillers=0.08)
    assert_good(timed(originals, talk, FORMS[form], 1), talk, least=0.85)


@pytest.mark.parametrize("form", FORMS)
def test_what_is_heard_exactly_is_timed_exactly(form):
    originals = invented()
    talk = speak(originals, misheard=0, dropped=0, fillers=0)
    timing = timed(originals, talk, FORMS[form], 1)
    assert [span and span[0] for span in timing.times] == [true and true[0] for true in talk.truth]
    assert set(timing.shares) == {1.0}
    assert (timing.share > 0.98, timing.remarks) == (True, ())


@needs_sample
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_the_sample_is_timed(form, seed):
    originals = [turn.original for turn in read_markdown(SAMPLE.read_bytes()).turns()]
    talk = speak(originals, seed, advert_after=60)
    timing = timed(originals, talk, FORMS[form], seed)
    assert_good(timing, talk, least=0.95)
    for original, span, share in zip(originals, timing.times, timing.shares, strict=True):
        if not original:
            assert (span, share) == (None, 0.0)


def test_an_advertisement_is_nobodys_time():
    originals = invented()
    talk = speak(originals, advert_after=50)
    timing = timed(originals, talk, as_json3, 1)
    assert_good(timing, talk, least=0.95)
    before, after = talk.truth[50], talk.truth[51]
    assert before is not None
    assert after is not None
    assert after[0] - before[1] > 30_000


def test_turns_that_were_cut_out_of_the_recording_are_left_alone():
    originals = invented()
    talk = speak([*originals[:60], *originals[90:]])
    timing = timed(originals, talk, as_json3, 1)
    assert set(timing.times[60:90]) == {None}
    found = [span for span in (*timing.times[:60], *timing.times[90:]) if span is not None]
    assert len(found) >= 0.95 * 130
    assert [(one.line, one.code) for one in timing.remarks] == [(0, "turns_not_found")]


def test_turns_of_which_something_else_is_heard_are_left_alone():
    originals = invented()
    others = invented(8)
    talk = speak([*originals[:60], *others[60:90], *originals[90:]])
    timing = timed(originals, talk, as_json3, 1)
    assert sum(span is not None for span in timing.times[60:90]) <= 1


def test_captions_of_another_talk_time_nothing():
    timing = timed(invented(1), speak(invented(2)), as_json3, 1)
    assert set(timing.times) == {None}
    assert set(timing.shares) == {0.0}
    assert [one.code for one in timing.remarks] == ["another_talk"]
    assert timing.remarks[0].message.startswith("These are captions of another talk: ")


def test_captions_of_an_excerpt_time_what_they_hold():
    originals = invented()
    talk = speak(originals[70:90])
    timing = timed(originals, talk, as_json3, 1)
    assert {place for place, span in enumerate(timing.times) if span} <= set(range(70, 90))
    assert sum(span is not None for span in timing.times) >= 19
    assert timing.share > 0.6


def test_nothing_is_said_of_nothing():
    assert times_for([], []).times == ()
    assert times_for(["", "One two three."], []).times == (None, None)
    assert times_for(["", ""], [Word("one", 5)]).times == (None, None)


def test_a_very_short_talk_is_timed():
    words = [Word("Yes", 100), Word("and", 400), Word("no.", 700), Word("Why?", 1500)]
    timing = times_for(["Yes and no.", "", "Why?"], words)
    assert timing.times == ((100, 1160), None, (1500, 2030))


def test_a_phrase_without_spaces_is_timed_within():
    words = [Word("大家好欢迎收听", 1000), Word("我是博今天谈冷藏箱", 4000)]
    timing = times_for(["大家好，欢迎收听。", "我是博。", "今天谈冷藏箱。"], words)
    starts = [span and span[0] for span in timing.times]
    assert starts == [1000, 4000, 4000 + 880 * 3 // 9]


# --- The clock -----------------------------------------------------------------------------------


def clocked(change: Callable[[int], int]) -> Timing:
    """The talk with its true times as the known ones, heard by another clock."""
    originals = invented()
    talk = speak(originals, start=60_000)
    words = [Word(word.text, change(word.start)) for word in words_of(read(as_json3(talk)))]
    return times_for(originals, words, [true or (None, None) for true in talk.truth])


def test_the_same_clock_is_not_remarked_on():
    timing = clocked(lambda time: time + 400)
    assert timing.offset is not None
    assert abs(timing.offset - 400) <= 100
    assert [one for one in timing.remarks if one.code != "turns_not_found"] == []


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        (12_300, "The captions' clock is 12.3 s later than the times known."),
        (-30_000, "The captions' clock is 30.0 s earlier than the times known."),
    ],
)
def test_a_shifted_clock_is_reported_with_its_offset(by, sentence):
    timing = clocked(lambda time: time + by)
    assert timing.offset == by
    assert [one.message for one in timing.remarks if one.code == "clock_shifted"] == [sentence]


def test_a_drifting_clock_is_reported():
    timing = clocked(lambda time: time + time // 100)
    assert timing.offset is None
    (message,) = [one.message for one in timing.remarks if one.code == "clock_drifts"]
    assert message.startswith("The captions' clock gains 36.")


def test_times_that_differ_without_a_rule_are_counted():
    timing = clocked(lambda time: time + (40_000 if time > 900_000 else 0))
    assert timing.offset is None
    assert [one.code for one in timing.remarks if one.code != "turns_not_found"] == ["times_differ"]


def test_a_few_known_times_say_nothing_of_a_clock():
    words = [Word(word, 1000 * place) for place, word in enumerate(["one", "two", "three", "four"])]
    timing = times_for(["one two", "three four"], words, [(90_000, None), (None, None)])
    assert (timing.offset, timing.remarks) == (None, ())


# --- Laws ----------------------------------------------------------------------------------------

LETTERS = st.lists(st.sampled_from(["a", "b", "c", "d e", "", "好", "好吗"]), max_size=12)


@settings(deadline=None)
@given(
    st.lists(LETTERS.map(" ".join), max_size=12),
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "c", "de", "d e", "好好", "-"]), st.integers(0, 999))
    ),
)
def test_times_are_in_order_whatever_is_compared(originals, heard):
    now = 0
    words = []
    for text, wait in heard:
        words.append(Word(text, now := now + wait))
    timing = times_for(originals, words)
    assert len(timing.times) == len(timing.shares) == len(originals)
    assert all(0 <= share <= 1 for share in (*timing.shares, timing.share))
    assert_in_order(timing)
    assert times_for(originals, words) == timing
