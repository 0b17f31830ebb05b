"""What the real sample has to read as (it is not ours to keep in the repository)."""

from __future__ import annotations

import re
from collections import Counter

from episodes.tests.transcripts.samples import SAMPLE, needs_sample
from episodes.transcripts.document import Severity, TurnKind
from episodes.transcripts.markdown import read, write

pytestmark = needs_sample


def test_the_sample_reads_whole() -> None:
    document = read(SAMPLE.read_bytes())
    turns = list(document.turns())
    assert [len(chapter.turns) for chapter in document.chapters] == [29, 60, 10, 19, 9, 20, 24, 21]
    assert {chapter.level for chapter in document.chapters} == {3}
    assert Counter(turn.label for turn in turns if turn.kind is TurnKind.SPEECH) == {
        "James Van Geelen": 70,
        "Tracy Alloway": 64,
        "Joe Weisenthal": 53,
    }
    assert [turn.text for turn in turns if turn.kind is TurnKind.CUE] == ["[音乐]"] * 4
    assert sum(turn.kind is TurnKind.NARRATION for turn in turns) == 1
    assert [turn.line for turn in turns if not turn.original] == [55]
    assert len(document.front.organisations) == 14
    assert dict(document.front.extra) == {
        "draft": True,
        "layout": "post.njk",
        "status": "evergreen",
    }


def test_no_markup_is_left_in_any_original_of_the_sample() -> None:
    for turn in read(SAMPLE.read_bytes()).turns():
        assert not re.search(r"</?\w|>>|  |\n|&\w+;", turn.original)
        assert not re.search(r"</?\w|>>", turn.text)


def test_the_two_faults_of_the_sample_are_reported() -> None:
    document = read(SAMPLE.read_bytes())
    lines = SAMPLE.read_text("utf-8").split("\n")
    assert [(d.line, d.code, d.severity) for d in document.diagnostics] == [
        (574, "stray_paragraph", Severity.WARNING),
        (1071, "summary_broken", Severity.WARNING),
    ]
    assert lines[573].count("<p") == 2
    assert lines[1070].endswith("</p>")
    assert [(r.line, r.code) for r in document.residue] == [(574, "stray_paragraph")]


def test_the_sample_round_trips_without_a_mark() -> None:
    document = read(SAMPLE.read_bytes())
    text = write(document)
    assert read(text.encode()) == document
    assert text.count("<!--") == 1
