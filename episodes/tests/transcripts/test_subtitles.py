"""Subtitles: readable cues, times shared out, nothing in a text that is taken for markup."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.tests.transcripts import made
from episodes.transcripts.captions import Captions, read
from episodes.transcripts.streams import tokens_of
from episodes.transcripts.subtitles import LANGUAGES, SIZES, TimedTurn, write_srt, write_vtt

TURNS = [
    TimedTurn(1000, 4000, "Ann Lee", "你好。", "Hello."),
    TimedTurn(None, None, "Bo", "没有时间。", "No times."),
    TimedTurn(4000, 5000, "", "[音乐]", ""),
]


def test_webvtt_in_both_languages():
    assert write_vtt(TURNS).content == (
        "WEBVTT\n\n"
        "00:00:01.000 --> 00:00:04.000\n<v Ann Lee>你好。\nHello.\n\n"
        "00:00:04.000 --> 00:00:05.000\n[音乐]\n"
    )


def test_srt_in_one_language():
    made_ = write_srt(TURNS, "zh")
    assert made_.content == (
        "1\n00:00:01,000 --> 00:00:04,000\nAnn Lee: 你好。\n\n"
        "2\n00:00:04,000 --> 00:00:05,000\n[音乐]\n"
    )
    assert (made_.cues, made_.left_out) == (2, 1)


def test_turns_without_words_in_the_language_are_not_counted():
    found = write_srt(TURNS, "en")
    assert (found.cues, found.left_out) == (1, 1)
    assert write_vtt([]).content == "WEBVTT\n"
    assert write_srt([]).content == ""


def test_a_long_turn_is_cut_by_sentences_and_its_time_shared_out():
    text = "第一句话说的是港口。" * 4 + "短短短。"
    turn = TimedTurn(0, 9000, "Ann", text, "")
    assert write_srt([turn], "zh").content == (
        "1\n00:00:00,000 --> 00:00:08,181\n"
        "Ann: 第一句话说的是港口。第一句话说的是港口。\n"
        "第一句话说的是港口。第一句话说的是港口。\n\n"
        "2\n00:00:08,181 --> 00:00:09,000\n短短短。\n"
    )


def lines_of(content: str) -> list[list[str]]:
    """The lines of each cue, without times, tags and labels."""
    cues = [part.split("\n") for part in content.removeprefix("WEBVTT\n\n").strip().split("\n\n")]
    return [[line.rpartition(">")[2] for line in cue if "-->" not in line] for cue in cues]


def columns(line: str) -> int:
    return sum(2 if "\u3000" <= char <= "\uffef" else 1 for char in line)


@pytest.mark.parametrize("language", LANGUAGES)
def test_cues_have_few_lines_of_few_columns(language):
    turns = [
        TimedTurn(
            100_000 * place,
            100_000 * place + 90_000,
            "Ann",
            "".join(text for _c, _w, text, _o in made.TURNS[place:]),
            " ".join(original for _c, _w, _t, original in made.TURNS[place:]),
        )
        for place in range(10)
    ]
    cues = lines_of(write_vtt(turns, language).content)
    most = SIZES.lines * (2 if language == "both" else 1)
    assert len(cues) > 50
    assert sum(len(cue) > most for cue in cues) == 0
    assert max(columns(line) for cue in cues for line in cue) <= SIZES.line + 16


def test_the_two_languages_are_cut_at_the_same_places():
    turn = TimedTurn(
        0,
        60_000,
        "",
        "我们谈港口，谈了很久很久，一直谈到天黑。" * 2
        + "然后我们谈香蕉，谈到第二天早上太阳升起。" * 2,
        "We talk about ports, for a long time, until it is dark. " * 2
        + "Then we talk about bananas, until the sun comes up again. " * 2,
    )
    cues = lines_of(write_vtt([turn]).content)
    assert [any("香蕉" in line for line in cue) for cue in cues] == [
        any("bananas" in line for line in cue) for cue in cues
    ]


def test_a_turn_whose_end_is_unknown_lasts_as_long_as_it_takes_to_read():
    turns = [TimedTurn(0, None, "", "", "x" * 10), TimedTurn(1200, 1200, "", "", "y" * 10)]
    assert [line for line in write_vtt(turns, "en").content.split("\n") if "-->" in line] == [
        "00:00:00.000 --> 00:00:01.200",
        "00:00:01.200 --> 00:00:02.900",
    ]


def test_a_hurried_turn_has_no_cues_that_flash():
    turn = TimedTurn(0, 1500, "", "", "One two three four five six seven. " * 12)
    assert write_vtt([turn], "en").cues <= 2


@pytest.mark.parametrize(
    ("text", "vtt", "srt"),
    [
        ("a < b & c --> d", "a &lt; b &amp; c --&gt; d", "a < b & c → d"),
        ("<b>AT&T</b> &amp;", "&lt;b&gt;AT&amp;T&lt;/b&gt; &amp;amp;", "＜b>AT&T＜/b> ＆amp;"),
        ("- no >> yes", "\u2011 no ≫ yes", "\u2011 no ≫ yes"),
        ("{\\an8}x", "{\\an8}x", "｛\\an8}x"),
        ("a\n\nb", "a b", "a b"),
    ],
)
def test_nothing_in_a_text_is_taken_for_markup(text, vtt, srt):
    turn = TimedTurn(0, 2000, "A&B <x>", "", text)
    assert write_vtt([turn]).content.split("\n")[3] == f"<v A&amp;B &lt;x&gt;>{vtt}"
    assert write_srt([turn]).content.split("\n")[2] == f"A&B ＜x>: {srt}"
    plain = TimedTurn(0, 2000, "", "", text)
    for written in (write_vtt([turn]), write_srt([plain])):
        assert heard(read(written.content.encode())) == tokens_of(text)


def heard(captions: Captions) -> list[str]:
    return [token for cue in captions.cues for word in cue.words for token in tokens_of(word.text)]


# --- What is written is read again ---------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "Hello",
        "the quay.",
        "Why?",
        "大家好，",
        "欢迎收听。",
        "冷藏箱",
        "3.5 m",
        "AT&T",
        "a<b",
        "<i>",
        "</v>",
        "<00:00:01.000>",
        "&amp;",
        "&#62;",
        "-->",
        ">>",
        "- ",
        "-x",
        "–y",
        "NOTE",
        "WEBVTT",
        "7",
        "[Music]",
        "♪",
        "\n\n",
        " ",
        "{\\an8}",
        "“引用”",
        "（括号）",
        "ＡＢＣ",
        "x" * 60,
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map(" ".join) | st.lists(PIECES, max_size=14).map("".join)
SPEAKERS = st.sampled_from(["", "Ann Lee", "安·李", "Bo & Co", "主持人（安）", "Joe <1>"])


@st.composite
def timed_turns(draw: st.DrawFn) -> list[TimedTurn]:
    turns, now = [], 0
    for speaker, text, original, wait, length in draw(
        st.lists(
            st.tuples(SPEAKERS, TEXTS, TEXTS, st.integers(0, 5000), st.integers(100, 60_000)),
            min_size=1,
            max_size=6,
        )
    ):
        turns.append(TimedTurn(now + wait, now + wait + length, speaker, text, original))
        now += wait + length
    return turns


def words_said(turns: list[TimedTurn], language: str) -> list[set[str]]:
    """The tokens of each turn that has any, in no order: the languages lie in layers."""
    found = []
    for turn in turns:
        texts = {"zh": [turn.text], "en": [turn.original]}.get(language, [turn.text, turn.original])
        tokens = sorted(token for text in texts for token in tokens_of(" ".join(text.split())))
        if any(text.strip() for text in texts):
            found.append(tokens)
    return found


@settings(deadline=None)
@given(timed_turns(), st.sampled_from(LANGUAGES), st.booleans())
def test_what_is_written_is_read_with_the_same_words_and_times(turns, language, srt):
    written = (write_srt if srt else write_vtt)(turns, language)
    said = words_said(turns, language)
    assert written.left_out == 0
    if not said:
        assert written.cues == 0
        return
    captions = read(written.content.encode(), known_names=["Ann Lee", "安·李", "Bo & Co"])
    assert captions.form == ("srt" if srt else "vtt")
    shown = [turn for turn in turns if words_said([turn], language)]
    assert captions.diagnostics == () or srt
    spoken = iter(captions.cues)
    cue = next(spoken, None)
    for turn, tokens in zip(shown, said, strict=True):
        found, ends = [], turn.start
        while cue is not None and turn.start <= cue.start < turn.end:
            assert cue.start == ends or found or cue.start == turn.start
            found += [token for word in cue.words for token in tokens_of(word.text)]
            ends = cue.end
            if not srt:
                assert cue.speaker == turn.speaker
            cue = next(spoken, None)
        if not srt or not turn.speaker:
            assert sorted(found) == tokens
        else:
            assert not (set(tokens) - set(found))
        assert ends == turn.end
    assert cue is None


@settings(deadline=None)
@given(timed_turns(), st.sampled_from(LANGUAGES))
def test_cues_follow_each_other(turns, language):
    content = write_vtt(turns, language).content
    cues = read(content.encode()).cues if "-->" in content else ()
    assert all(one.end <= other.start for one, other in pairwise(cues))
