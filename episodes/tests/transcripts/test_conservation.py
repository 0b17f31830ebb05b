"""No letter and no digit of a file is lost or doubled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes.tests.transcripts.conservation import letters_of_document, letters_of_file
from episodes.tests.transcripts.golden import FOLDER
from episodes.tests.transcripts.made import FORMS, TURNS, write_down
from episodes.tests.transcripts.samples import SAMPLE, needs_sample
from episodes.transcripts.markdown import read

EXAMPLES = int(os.environ.get("EXAMPLES", "150"))

# Files in which a time becomes a number or a value is written in another way.
REWRITTEN = {"times", "cues", "d4_unlabelled", "front_title_first"}

LINES = [
    "",
    "",
    "",
    "### 一章",
    "#### Two",
    "Ann Lee: 你好，世界。",
    "Bo: 早。",
    "**Ann Lee:** 好的。",
    "**安·李**：嗯。",
    "**目标**：什么？",
    ">> Hello there",
    ">> Ann Lee: Right.",
    "没有名字的一段。",
    "English only.",
    "[音乐]",
    "<details>",
    "<details><summary>Original English</summary>",
    "<summary>View/Hide Original English</summary>",
    "<summary>View/Hide Original English</p>",
    "<summary>",
    "</summary>",
    '<p class="english-text">First<br> words &amp;<br><br><br>here.</p>',
    '<p class="english-text">',
    "</p>",
    "</details>",
    "tail</details>head",
    "a<details>b</details>c",
    "x < y > z",
    "<b>bold</b> <span>span</span>",
    "<script>run()</script>",
    "<!-- chunk 1/3 -->",
    "<!-- open",
    "close -->",
    "[TRANSCRIPT_END]",
    'say \\"it\\"',
    "- item one",
    "1. number",
    "| a | b |",
    "> quote",
    "```",
    "code 5",
    "---",
    "`<details>`",
]


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(FOLDER.glob("*.md")) if path.stem not in REWRITTEN],
    ids=lambda path: path.stem,
)
def test_a_golden_document_keeps_every_letter(path: Path) -> None:
    data = path.read_bytes()
    assert letters_of_document(read(data)) == letters_of_file(data.decode())


@pytest.mark.parametrize("name", FORMS)
def test_every_form_keeps_every_letter(name: str) -> None:
    form = FORMS[name]
    data = write_down(TURNS, form)
    text = data.decode("utf-16" if form.utf16 else "utf-8-sig").replace("\r\n", "\n")
    assert letters_of_document(read(data)) == letters_of_file(text)


@settings(max_examples=EXAMPLES * 2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=30))
def test_whatever_is_broken_keeps_every_letter(lines: list[str]) -> None:
    text = "好\n" + "\n".join(lines)
    assert letters_of_document(read(text.encode())) == letters_of_file(text)


@needs_sample
def test_the_sample_keeps_every_letter() -> None:
    data = SAMPLE.read_bytes()
    assert letters_of_document(read(data)) == letters_of_file(data.decode())
