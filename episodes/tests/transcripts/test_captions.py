"""Captions as they are found: automatic ones that roll, json3, SRT, ones that people made, and junk."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes.tests.transcripts import made
from episodes.tests.transcripts.samples import SAMPLE, needs_sample
from episodes.tests.transcripts.spoken import as_json3, as_srt, as_vtt, speak
from episodes.transcripts.captionnotes import MOST_ALIKE
from episodes.transcripts.captions import MAX_BYTES, Word, kind_of, read, to_document, words_of
from episodes.transcripts.cueing import MOST_WORDS
from episodes.transcripts.document import ReadError, Turn, TurnKind
from episodes.transcripts.drafting import LENGTHS
from episodes.transcripts.json3 import MOST_UNREAD
from episodes.transcripts.markdown import normalise, write
from episodes.transcripts.markdown import read as read_markdown

ORIGINALS = [original for _chapter, _who, _text, original in made.TURNS]

ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.389 align:start position:0%
 
how<00:00:00.480><c> do</c><00:00:00.640><c> you</c><00:00:00.960><c> do?</c>

00:00:02.389 --> 00:00:02.399 align:start position:0%
how do you do?
 

00:00:02.399 --> 00:00:04.000 align:start position:0%
how do you do?
&gt;&gt; Fine,<00:00:02.900><c> R&amp;D</c><00:00:03.200><c>&nbsp;is</c>

00:00:04.000 --> 00:00:04.010 align:start position:0%
how do you do?
&gt;&gt; Fine, R&amp;D&nbsp;is

00:00:04.010 --> 00:00:05.000 align:start position:0%
&gt;&gt; Fine, R&amp;D&nbsp;is
fine

00:00:05.000 --> 00:00:05.010 align:start position:0%
fine
 

00:00:05.010 --> 00:00:06.000 align:start position:0%
fine
fine

00:00:06.000 --> 00:00:06.010 align:start position:0%
fine
 

00:00:08.000 --> 00:00:09.000 align:start position:0%
 
[Music]

"""


def texts(data: bytes | str, **arguments: object) -> list[str]:
    data = data.encode() if isinstance(data, str) else data
    return [word.text for word in words_of(read(data, **arguments))]  # type: ignore[arg-type]


def turns(data: str, **arguments: object) -> list[Turn]:
    return list(to_document(read(data.encode(), **arguments)).turns())  # type: ignore[arg-type]


# --- Automatic captions --------------------------------------------------------------------------


def test_rolling_captions_give_each_word_once_with_its_time():
    captions = read(ROLLING.encode())
    assert (captions.form, captions.language, captions.automatic) == ("vtt", "en", True)
    assert words_of(captions) == (
        Word("how", 160),
        Word("do", 480),
        Word("you", 640),
        Word("do?", 960),
        Word("Fine,", 2399),
        Word("R&D", 2900),
        Word("is", 3200),
        Word("fine", 4010),
        Word("fine", 5010),
        Word("[Music]", 8000),
    )
    assert [(cue.text, cue.opens) for cue in captions.cues] == [
        ("how do you do?", False),
        ("Fine, R&D is", True),
        ("fine", False),
        ("fine", False),
        ("[Music]", False),
    ]
    assert captions.diagnostics == ()


def test_the_blanks_that_pad_a_cue_may_have_been_stripped():
    stripped = "\n".join(line.rstrip() for line in ROLLING.split("\n"))
    assert words_of(read(stripped.encode())) == words_of(read(ROLLING.encode()))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("padding", [" ", ""])
def test_a_talk_has_the_same_words_and_times_in_every_automatic_form(seed, padding):
    talk = speak(ORIGINALS * 4, seed)
    said = [(part, time) for word, time in talk.words for part in word.removeprefix(">> ").split()]
    rolling = words_of(read(as_vtt(talk, seed, padding=padding)))
    events = words_of(read(as_json3(talk, seed)))
    flat = words_of(read(as_srt(talk, seed)))
    for words in (rolling, events, flat):
        assert [word.text for word in words] == [word for word, _time in said]
        assert all(one.start <= other.start for one, other in pairwise(words))
    assert max(abs(a.start - b.start) for a, b in zip(rolling, events, strict=True)) <= 1000
    firsts = {time for _word, time in talk.words}
    assert sum(word.start in firsts for word in events) >= len(talk.words) - 1


@needs_sample
def test_the_words_of_the_sample_survive_as_automatic_captions():
    originals = [turn.original for turn in read_markdown(SAMPLE.read_bytes()).turns()]
    talk = speak(originals, misheard=0, fillers=0, dropped=0, marks=1)
    words = " ".join(originals).split()
    assert texts(as_vtt(talk)) == words
    assert texts(as_json3(talk)) == words


def test_json3_takes_events_without_segments_breaks_and_what_is_glued():
    events = [
        {"tStartMs": 0, "dDurationMs": 900_000, "id": 1},
        {
            "tStartMs": 400,
            "dDurationMs": 5600,
            "segs": [
                {"utf8": "all"},
                {"utf8": "-nighters", "tOffsetMs": 100},
                {"utf8": " hurt", "tOffsetMs": 600},
            ],
        },
        {"tStartMs": 3669, "dDurationMs": 2331, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 3679, "dDurationMs": 100, "segs": [{"utf8": "in many ways"}]},
    ]
    captions = read(json.dumps({"wireMagic": "pb3", "events": events}).encode())
    assert [(cue.start, cue.end, cue.text) for cue in captions.cues] == [
        (400, 3679, "all-nighters hurt"),
        (3679, 3779, "in many ways"),
    ]
    assert words_of(captions)[:3] == (
        Word("all-nighters", 400),
        Word("hurt", 1000),
        Word("in", 3679),
    )
    assert captions.automatic
    assert captions.diagnostics == ()


@pytest.mark.parametrize(
    "event",
    [
        7,
        {"tStartMs": 0, "segs": "x"},
        {"tStartMs": -1, "segs": []},
        {"tStartMs": True, "segs": []},
        {"tStartMs": 10**12, "segs": [{"utf8": "x"}]},
        {"tStartMs": 0, "segs": [{"utf8": 5}]},
        {"tStartMs": 0, "segs": [{"utf8": "x", "tOffsetMs": "1"}]},
        {"tStartMs": 0, "dDurationMs": 2**31, "segs": [{"utf8": "x"}]},
        {"segs": [{"utf8": "x"}]},
    ],
)
def test_an_event_that_cannot_be_read_is_kept_and_reported(event):
    good = {"tStartMs": 5, "dDurationMs": 5, "segs": [{"utf8": "Hello"}]}
    captions = read(json.dumps({"events": [event, good]}).encode())
    assert [word.text for word in words_of(captions)] == ["Hello"]
    assert [(one.line, one.code) for one in captions.diagnostics] == [(1, "event_unread")]
    assert captions.residue[0].text == json.dumps(event)


# --- Captions that people made -------------------------------------------------------------------

MANUAL = """1
00:00:01,000 --> 00:00:03,000
ANN LEE: Good evening.

2
00:00:03,000 --> 00:00:05,000
<i>Tonight</i> we talk
about {\\an8}ports.

3
00:00:05,500 --> 00:00:06,000
[applause]

4
00:00:06,000 --> 00:00:09,000
BO: Thanks. So: where do we begin?

5
00:00:09,000 --> 00:00:11,000
- At the quay.
- Why?

6
00:00:12,000 --> 00:00:13,000
ANN LEE: Because.

7
00:00:13,000 --> 00:00:14,000
BO: Ah.
"""


def test_labels_and_dashes_tell_who_speaks():
    captions = read(MANUAL.encode())
    assert (captions.form, captions.automatic) == ("srt", False)
    assert [(cue.start, cue.end, cue.speaker, cue.opens, cue.text) for cue in captions.cues] == [
        (1000, 3000, "Ann Lee", True, "Good evening."),
        (3000, 5000, "", False, "Tonight we talk about ports."),
        (5500, 6000, "", False, "[applause]"),
        (6000, 9000, "Bo", True, "Thanks. So: where do we begin?"),
        (9000, 10444, "", True, "At the quay."),
        (10444, 11000, "", True, "Why?"),
        (12000, 13000, "Ann Lee", True, "Because."),
        (13000, 14000, "Bo", True, "Ah."),
    ]
    assert [(t.kind, t.label, t.original, t.start, t.end) for t in turns(MANUAL)] == [
        (TurnKind.SPEECH, "Ann Lee", "Good evening. Tonight we talk about ports.", 1000, 5000),
        (TurnKind.CUE, "", "[applause]", 5500, 6000),
        (TurnKind.SPEECH, "Bo", "Thanks. So: where do we begin?", 6000, 9000),
        (TurnKind.SPEECH, "", "At the quay.", 9000, 10444),
        (TurnKind.SPEECH, "", "Why?", 10444, 11000),
        (TurnKind.SPEECH, "Ann Lee", "Because.", 12000, 13000),
        (TurnKind.SPEECH, "Bo", "Ah.", 13000, 14000),
    ]


def test_voice_tags_tell_who_speaks_and_then_nothing_else_does():
    data = (
        "WEBVTT\n\nintro\n00:01.000 --> 00:02.000 line:0\n<v.loud Ann &amp; Co>Note: hi</v>\n\n"
        "00:02.000 --> 00:03.000\n<v Ann &amp; Co>there\n\n"
        "00:03.000 --> 00:05.000\n<v Bo>Hello <v Cy>Hullo\n"
    )
    assert [(cue.speaker, cue.text) for cue in read(data.encode()).cues] == [
        ("Ann & Co", "Note: hi"),
        ("Ann & Co", "there"),
        ("Bo", "Hello"),
        ("Cy", "Hullo"),
    ]
    assert [(turn.label, turn.original) for turn in turns(data)] == [
        ("Ann & Co", "Note: hi there"),
        ("Bo", "Hello"),
        ("Cy", "Hullo"),
    ]


def test_a_label_is_believed_when_it_recurs_or_is_known_and_else_reported():
    data = "1\n00:00:01,000 --> 00:00:02,000\nAnn Lee: Hello.\n" + "".join(
        f"\n{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\nword {n}\n" for n in range(2, 8)
    )
    unsure = read(data.encode())
    assert (unsure.cues[0].speaker, unsure.cues[0].text) == ("", "Ann Lee: Hello.")
    assert [(one.line, one.code) for one in unsure.diagnostics] == [(3, "label_doubtful")]
    known = read(data.encode(), known_names=["Ann Lee"])
    assert (known.cues[0].speaker, known.cues[0].text) == ("Ann Lee", "Hello.")
    assert known.diagnostics == ()


def test_speech_after_something_heard_goes_on_and_that_is_remarked():
    data = "WEBVTT\n\n" + "\n\n".join(
        f"00:0{n}.000 --> 00:0{n + 1}.000\n{text}"
        for n, text in enumerate(["Ann: One.", "[laughter]", "Two.", "Ann: Three.", "(Music)"])
    )
    captions = read(data.encode(), known_names=["Ann"])
    document = to_document(captions, title="Quay", source="https://example.org/")
    assert [(turn.kind.value, turn.label, turn.original) for turn in document.turns()] == [
        ("speech", "Ann", "One."),
        ("cue", "", "[laughter]"),
        ("speech", "Ann", "Two. Three."),
        ("cue", "", "(Music)"),
    ]
    assert (document.front.title, document.front.source) == ("Quay", "https://example.org/")
    assert [(one.code, one.message.params["count"]) for one in document.diagnostics] == [
        ("speaker_after_cue", 1)
    ]


def test_repeated_captions_of_a_person_are_no_repeats():
    data = "WEBVTT\n\n" + "\n\n".join(
        f"00:0{n}.000 --> 00:0{n + 1}.000\nYes.\nYes." for n in range(5)
    )
    assert texts(data) == ["Yes."] * 10


def test_chinese_captions_are_joined_without_spaces_but_keep_theirs():
    data = (
        "WEBVTT\n\n00:00.000 --> 00:01.000\n大家好 欢迎\n收听\n\n00:01.000 --> 00:02.000\n码头时间"
    )
    assert [turn.original for turn in turns(data)] == ["大家好 欢迎收听码头时间"]


# --- Turns of a readable length ------------------------------------------------------------------


def test_captions_without_marks_become_turns_of_a_readable_length():
    talk = speak(ORIGINALS * 12, marks=0)
    for talks in (talk, speak([re.sub(r"[^\w\s]", "", one) for one in ORIGINALS * 12], marks=0)):
        captions = read(as_vtt(talks))
        found = list(to_document(captions).turns())
        lengths = [len(turn.original) for turn in found]
        assert max(lengths) <= LENGTHS.most + 40
        assert min(lengths[:-1]) >= LENGTHS.least
        assert " ".join(turn.original for turn in found).split() == [
            word.text for word in words_of(captions)
        ]
    ends = [turn.original[-1] in ".?!" for turn in to_document(read(as_vtt(talk))).turns()]
    assert sum(ends) >= len(ends) - 1


def test_a_marked_conversation_is_cut_at_its_marks_only():
    talk = speak(ORIGINALS, misheard=0, fillers=0, dropped=0, marks=1)
    document = to_document(read(as_vtt(talk)))
    assert [turn.original for turn in document.turns()] == ORIGINALS
    found = [(turn.start, turn.end) for turn in document.turns()]
    assert [start for start, _end in found] == [truth[0] for truth in talk.truth]
    assert all(0 <= after[0] - one[1] <= 10 for one, after in pairwise(found))
    assert {(turn.label, turn.text) for turn in document.turns()} == {("", "")}
    assert document.front.extra == (
        ("original_language", "en"),
        ("original_provenance", "automatic"),
    )


# --- Encodings, kinds, broken files --------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", [ROLLING, MANUAL, as_json3(speak(ORIGINALS)).decode()])
def test_encodings_and_line_ends_make_no_difference(encoding, end, text):
    data = text.replace("\n", end).encode(encoding)
    assert kind_of(data) == kind_of(text.encode())
    assert read(data) == read(text.encode())


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"WEBVTT\n\n", "", "vtt"),
        (b"\xef\xbb\xbfWEBVTT - a title\n", "x.srt", "vtt"),
        (b"WEBVTTX\n", "", ""),
        (b"\n\n1\n00:00:01,000 --> 00:00:02,000\nx", "x.txt", "srt"),
        (b"00:01.5 --> 00:02\nx", "", "srt"),
        (b'{"wireMagic": "pb3"', "", "json3"),
        (b'{\n "pens": [],\n "events": []}', "x", "json3"),
        (b'{"title": "x"}', "", ""),
        (b"Hello", "a/b.VTT", "vtt"),
        (b"Hello", "https://example.org/x.json3?lang=en", "json3"),
        (b"Hello", "x.md", ""),
        (b"# A talk\n\n1\n00:00:01,000 --> 00:00:02,000\n", "x.md", ""),
        (b"<!DOCTYPE html>", "x.vtt", ""),
        (b"", "", ""),
        (b"", "x.srt", "srt"),
    ],
)
def test_the_kind_is_told_by_content_then_by_name(data, name, kind):
    assert kind_of(data, name) == kind


@pytest.mark.parametrize(
    ("data", "kind", "code", "line"),
    [
        (b"", "vtt", "empty", 0),
        (b" \n\t\n", "json3", "empty", 0),
        (b"Hello", "", "unknown_form", 1),
        (b"WEBVTT\n\n", "", "no_captions", 0),
        (b"WEBVTT\n\nNOTE x\n\n00:00.000 --> 00:01.000\n \n", "", "no_captions", 0),
        (b'{"events": [', "", "json_unread", 1),
        (b'{"events": ' + b"[" * 100_000, "", "json_unread", 0),
        (b'{"events": [' + b"9" * 9000 + b"]}", "", "json_unread", 0),
        (b'{"wireMagic": "pb3"}', "", "no_events", 0),
        (b"[1]", "json3", "no_events", 0),
        (b'{"events": []}', "", "no_captions", 0),
        (b'{"events": [' + b"1," * MOST_UNREAD + b"1]}", "", "no_events", MOST_UNREAD + 1),
        (b"<?xml version='1.0'?><timedtext/>", "vtt", "html_page", 1),
        (b"\x89PNG\r\n\x1a\n", "vtt", "not_text", 0),
        (b"x" * (MAX_BYTES + 1), "vtt", "too_large", 0),
        (
            b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + b"a " * (MOST_WORDS + 1),
            "",
            "too_many_words",
            3,
        ),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_cannot_be_read_says_why(data, kind, code, line):
    with pytest.raises(ReadError) as caught:
        read(data, kind=kind)
    assert (caught.value.code, caught.value.line) == (code, line)
    assert str(caught.value).endswith(".")
    with pytest.raises(ReadError, match=r"^talk\.vtt: "):
        read(data, kind=kind, name="talk.vtt")


def test_broken_files_lose_no_sentence():
    data = """WEBVTT

Before everything.

NOTE a remark
of two lines

00:00:01.000 --> 00:00:02.000
One --> two.

Three.
00:00:03,000 --> 00:00:02,000
Four.
five

00:0x:04.000 --> 00:00:05.000
Six.

00:00:00.500 --> 00:00:00.900
Zero.
"""
    captions = read(data.encode())
    assert [(cue.start, cue.text) for cue in captions.cues] == [
        (500, "Zero."),
        (1000, "One --> two."),
        (3000, "Four. five Six."),
    ]
    assert [(one.line, one.code) for one in captions.diagnostics] == [
        (0, "out_of_order"),
        (3, "stray_text"),
        (5, "caption_comment"),
        (11, "caption_name"),
        (12, "end_before_start"),
        (16, "timing_unread"),
    ]
    assert [one.text for one in captions.residue] == [
        "Before everything.",
        "NOTE a remark\nof two lines",
        "Three.",
        "00:0x:04.000 --> 00:00:05.000",
    ]


def test_srt_without_blank_lines_between_captions():
    data = b"1\n00:00:01,000 --> 00:00:02,000\n7\n2\n00:00:02,000 --> 00:00:03,000\nseven\n"
    assert [(cue.start, cue.text) for cue in read(data).cues] == [(1000, "7"), (2000, "seven")]


def test_remarks_of_one_kind_are_counted():
    data = "WEBVTT\n\n" + "stray\n" * 1000 + "\n00:00.000 --> 00:01.000\nHi\n"
    captions = read(data.encode())
    assert [one.code for one in captions.diagnostics] == ["stray_text"] * (MOST_ALIKE + 1)
    assert captions.diagnostics[-1].message.params["count"] == 1000 - MOST_ALIKE
    assert len(captions.residue) == 1000


PARTS = st.sampled_from(
    [
        "WEBVTT",
        "",
        " ",
        "1",
        "00:00:01,000 --> 00:00:02,000",
        "00:00.500 --> 00:00.510 align:start",
        "9999:99:99.9 --> 00:00",
        "-->",
        "00:01 --> x",
        "NOTE",
        "STYLE",
        "word",
        "a<00:00:01.500><c> b</c>",
        "<v Ann>",
        "<v",
        "</v>",
        ">> - Ann:",
        ">>>>",
        "- ",
        "Ann: x",
        "&gt;&gt; &#0; &#xD800; &bogus;",
        "[Music]",
        "大家好",
        '{"events": [',
        '{"tStartMs": 1, "segs": [{"utf8": "x"}]}',
        "]}",
        "\x00\x1b",
        "{\\an8}",
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(PARTS | st.text(max_size=12), max_size=20).map("\n".join),
    st.sampled_from(["", "vtt", "srt", "json3"]),
)
def test_whatever_it_is_given_it_reads_or_refuses(text, kind):
    try:
        captions = read(text.encode("utf-8", "surrogatepass"), kind=kind)
    except ReadError:
        return
    words = words_of(captions)
    assert all(one.start <= other.start for one, other in pairwise(words))
    assert all(cue.start <= cue.end and cue.words for cue in captions.cues)
    document = to_document(captions)
    assert normalise(document) == document
    assert read_markdown(write(document).encode()) == document
    said = "".join(turn.original for turn in document.turns())
    if all(turn.kind is TurnKind.SPEECH for turn in document.turns()):
        assert "".join(said.split()) == "".join(word.text for word in words)


@given(st.binary(max_size=60), st.sampled_from(["vtt", "srt", "json3"]))
def test_bytes_of_any_kind_raise_nothing_else(data, kind):
    kind_of(data)
    for whole in (data, b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + data):
        with suppress(ReadError):
            read(whole, kind=kind)
