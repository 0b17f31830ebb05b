from __future__ import annotations

import pytest

from episodes.checks import marks
from episodes.checks.registry import Finding, Severity, check
from episodes.tests.checks.subjects import of_pairs, sample
from episodes.tests.transcripts.samples import needs_sample

CODES = {marks.Bold.code, marks.NoteBrackets.code, marks.Brackets.code}


def found(text: str, original: str = "") -> list[Finding]:
    return list(check(of_pairs((text, original)), CODES))


@pytest.mark.parametrize(
    ("text", "code", "start"),
    [
        ("这是**数据湖（Data Lake: 仓库）。", "bold_unclosed", 2),
        ("这是数据湖**（Data Lake: 仓库）。", "bold_unclosed", 5),
        ("**甲**和**乙。", "bold_unclosed", 6),
        ("这是**数据湖（Data Lake**。", "note_unclosed", 7),
        ("这是**数据湖**（Data Lake: 存放数据的仓库。", "note_unclosed", 9),
        ("这是**数据湖**(Data Lake: 存放数据。", "note_unclosed", 9),
        ("**数据湖**（Data Lake: 大型（如云端）仓库。", "note_unclosed", 7),
        ("他笑了（声音很大。", "bracket_unpaired", 3),
        ("他笑了）声音很大。", "bracket_unpaired", 3),
        ("读《某书，很好。", "bracket_unpaired", 1),
        ("读某书》，很好。", "bracket_unpaired", 3),
        ("他说「好。", "bracket_unpaired", 2),
    ],
)
def test_a_mark_without_partner_is_found_at_its_place(text: str, code: str, start: int) -> None:
    first = found(text)[0]
    assert (first.check, first.field, first.start) == (code, "text", start)


def test_what_breaks_a_page_or_a_term_is_an_error() -> None:
    assert marks.Bold.severity is Severity.ERROR
    assert marks.NoteBrackets.severity is Severity.ERROR
    assert marks.Brackets.severity is Severity.WARNING


def test_the_sentence_shows_the_words_beside_it() -> None:
    [finding] = found("我们说的是**数据湖**（Data Lake: 仓库。")
    assert finding.message == "The bracket of a note is not closed: “…是**数据湖**（Data Lake:…”"


def test_the_original_is_looked_at_too() -> None:
    [finding] = found("好。", "Well (sort of.")
    assert (finding.field, finding.start, finding.end) == ("original", 5, 6)


@pytest.mark.parametrize(
    "text",
    [
        "**数据湖**（Data Lake: 大型（如云端）仓库）和**数据湖（Data Lake）**。",
        "**数据湖**（Data Lake: 仓库)，又(是）。",
        "**《某书》**（Some Book）和《**某书**》（Some Book）。",
        "1) 一 2) 二 a) 三",
        "1）第一；2）第二。",
        "好的 :) 再见 ;-)",
        "`f(x` 和 https://example.org/a_(b) 。",
        "2 ** 3 是 8，2**3 也是。",
        "他说“好",  # goes on in the next turn
        "*斜体*和***粗斜***。",
        "**甲****乙**",
        "- **甲**：一\n- **乙**：二",
        "",
    ],
)
def test_what_is_in_order(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("piece", ["**", "（", "**a（", "《", ")", "a** ", "**甲**（"])
def test_a_long_text_is_looked_through(piece: str) -> None:
    count = 60_000 // len(piece)
    assert len(list(marks.unpaired(piece * count))) <= 2 * count  # a square would take many minutes


@needs_sample
def test_the_sample_is_in_order() -> None:
    assert list(check(sample(), CODES)) == []


@needs_sample
@pytest.mark.parametrize("mark", ["**", "（", "）"])
def test_every_mark_that_is_taken_out_of_the_sample_is_missed(mark: str) -> None:
    tried = 0
    for turn in sample().turns:
        for part in range(1, turn.text.count(mark) + 1):
            pieces = turn.text.split(mark)
            text = mark.join(pieces[:part]) + mark.join(["", *pieces[part:]])[len(mark) :]
            assert found(text, turn.original) != [], text
            tried += 1
    assert tried > 30
