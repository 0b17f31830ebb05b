"""Replacing a spelling: found in running text alone, marks whole, done twice as good as once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from episodes.transcripts.closed import closed_spans
from episodes.transcripts.replacing import (
    Pattern,
    Replacement,
    Unsafe,
    applied,
    difference,
    find,
    pieces,
    replaced,
    replacements,
    way_back,
)


def spans(text: str, wrong: str, right: str = "…", **how: bool) -> list[str]:
    """The stretches that are found, each with what stands at its sides."""
    found = find(text, Pattern(wrong, right, **how))
    return [f"{text[max(0, a - 1) : a]}|{text[a:b]}|{text[b : b + 1]}" for a, b in found]


# Whole words, width, case.


@pytest.mark.parametrize(
    ("text", "wrong", "found"),
    [
        ("Aloway, Aloways, aloway", "Aloway", ["|Aloway|,"]),
        ("Aloway's and Aloway-led", "Aloway", ["|Aloway|'", " |Aloway|-"]),
        ("用AI做AI的事", "AI", ["用|AI|做", "做|AI|的"]),
        ("RAID AID AI2", "AI", []),
        ("数据湖泊和数据湖", "数据湖", ["|数据湖|泊", "和|数据湖|"]),
        ("AI数据，数据AI", "数据", ["I|数据|，", "，|数据|A"]),
        ("ＡＩ and AI", "AI", [" |AI|"]),
        ("ＡＩ and AI", "ＡＩ", ["|ＡＩ| "]),
        ("13 3 3.5 30", "3", [" |3| ", " |3|."]),
        ("C++ and C", "C++", ["|C++| "]),
        ("éAI AIé", "AI", []),
        ("e\u0301AI AI\u0301", "AI", []),
        ("カナAI", "AI", ["ナ|AI|"]),
    ],
)
def test_whole_words_have_edges_where_their_script_has(text, wrong, found):
    assert spans(text, wrong) == found


def test_parts_of_words_are_found_where_that_is_asked_for():
    assert spans("Aloways", "Aloway", whole_words=False) == ["|Aloway|s"]
    assert spans("caffe\u0301", "caffe", whole_words=False) == []  # half of a letter is none


def test_accents_are_one_however_they_are_composed():
    apart = "Le cafe\u0301 et le café"
    assert [apart[a:b] for a, b in find(apart, Pattern("café", "bar"))] == ["cafe\u0301", "café"]
    assert find(apart, Pattern("cafe\u0301", "bar")) == find(apart, Pattern("café", "bar"))
    assert replaced(apart, Pattern("café", "bar")) == "Le bar et le bar"


@pytest.mark.parametrize(
    ("text", "wrong", "right", "becomes"),
    [
        ("Aloway ALOWAY aloway", "Aloway", "Alloway", "Alloway ALLOWAY alloway"),
        ("Open AI, open ai", "open ai", "OpenAI", "OpenAI, OpenAI"),
        ("openai Openai OPENAI", "openai", "OpenAI", "OpenAI OpenAI OPENAI"),
        ("A cat, a cat", "a", "the", "The cat, the cat"),
        ("teh Teh TEH", "teh", "the", "the The THE"),
        ("ibm Ibm IBM", "IBM", "BMI", "bmi Bmi BMI"),
        ("ÉLAN élan", "Élan", "Essor", "ESSOR essor"),
    ],
)
def test_the_case_of_what_is_replaced_is_kept_where_case_is_not_told_apart(
    text, wrong, right, becomes
):
    assert replaced(text, Pattern(wrong, right, match_case=False)) == becomes


def test_case_is_told_apart_where_that_is_asked_for():
    assert replaced("Aloway ALOWAY", Pattern("Aloway", "Alloway")) == "Alloway ALOWAY"


# What is right already.


def test_what_stands_right_already_is_no_hit():
    pattern = Pattern("Alloway", "Tracy Alloway")
    text = "Alloway and Tracy Alloway"
    assert replaced(text, pattern) == "Tracy Alloway and Tracy Alloway"
    assert find("Tracy Alloway", pattern) == ()
    assert find("tracy alloway", Pattern("Alloway", "Tracy Alloway", match_case=False)) == ()
    assert replaced("湖，数据湖", Pattern("湖", "数据湖")) == "数据湖，数据湖"


def test_a_text_that_would_have_more_to_replace_is_left_to_a_person():
    with pytest.raises(Unsafe):
        replacements("aab", Pattern("ab", "b", whole_words=False))
    assert replaced("aab", Pattern("ab", "b", whole_words=False)) == "aab"


# Markdown.


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("**Aloway**（Aloway: 主持人）", "**Alloway**（Alloway: 主持人）"),
        (
            "《Aloway》和[Aloway](https://x.example/Aloway)",
            "《Alloway》和[Alloway](https://x.example/Aloway)",
        ),
        ("`Aloway` https://x.example/Aloway Aloway", "`Aloway` https://x.example/Aloway Alloway"),
        ("```\nAloway\n```\nAloway", "```\nAloway\n```\nAlloway"),
        ('<a title="Aloway">Aloway</a>', '<a title="Aloway">Alloway</a>'),
        ("![Aloway](Aloway.png)", "![Alloway](Aloway.png)"),
        ("- Aloway\n- **Aloway**", "- Alloway\n- **Alloway**"),
    ],
)
def test_running_text_is_replaced_and_nothing_else(text, becomes):
    assert replaced(text, Pattern("Aloway", "Alloway")) == becomes


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("**数据湖**（Data Lake）", "*数", "*资"),
        ("**数据湖**（Data Lake）", "湖**", "湖"),
        ("甲（乙）丙", "乙）", "乙"),
        ("甲（乙）丙", "乙", "乙）（"),
        ("甲**乙**丙", "乙", "乙**丁"),
        ("甲\n乙", "乙", "- 乙"),
        ("见[此](x)", "此", "此](y)["),
        ("看 x 和 y`", "x", "`x"),
    ],
)
def test_no_mark_is_broken(text, wrong, right):
    with pytest.raises(Unsafe):
        replacements(text, Pattern(wrong, right, whole_words=False))


@pytest.mark.parametrize(
    ("text", "wrong", "right", "becomes"),
    [
        ("好[inaudible]的", "[inaudible]", "", "好的"),
        ("一行<br>又一行", "<br>", " ", "一行 又一行"),
        ("美联储加息", "美联储", "美联储（Fed）", "美联储（Fed）加息"),
        ("甲（sic）乙", "（sic）", "", "甲乙"),
        ("um, I um know", "um ", "", "um, I know"),
    ],
)
def test_marks_that_are_whole_may_come_and_go(text, wrong, right, becomes):
    assert replaced(text, Pattern(wrong, right, whole_words=False)) == becomes


# Laws.

TOKENS = [
    "a", "b", "ab", "A", "B", "é", "e\u0301", "\u0301", "数", "据", "数据", " ", "\n", "\n\n", "**", "*",
    "（", "）", "(", ")", "[", "]", "](x/ab)", "`", "```\n", "https://x.example/ab", "<b>", "<!--", "\\",
    "- ", "# ", "ı", "ß", "İ",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(TOKENS), max_size=30).map("".join)
WORDS = st.lists(st.sampled_from([each for each in TOKENS if "\n" not in each]), max_size=4)
PATTERNS = st.builds(
    Pattern,
    WORDS.map("".join).filter(bool),
    WORDS.map("".join),
    st.booleans(),
    st.booleans(),
)


@given(TEXTS, PATTERNS)
@example("aab", Pattern("ab", "b", whole_words=False))
@example("**ab**", Pattern("ab", "a", whole_words=False))
def test_replacing_twice_is_replacing_once(text, pattern):
    once = replaced(text, pattern)
    assert replaced(once, pattern) == once


@given(TEXTS, PATTERNS)
def test_what_is_found_does_not_overlap_and_all_else_stays(text, pattern):
    found = find(text, pattern)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert all(start < end for start, end in found)
    try:
        changes = replacements(text, pattern)
    except Unsafe:
        return
    after = applied(text, changes)
    assert tuple((each.start, each.end) for each in changes) == found
    back = way_back(changes)
    assert applied(after, back) == text
    assert _outside(text, changes) == _outside(after, back)


def _outside(text: str, changes: tuple[Replacement, ...]) -> list[str]:
    cuts = [0, *(at for each in changes for at in (each.start, each.end)), len(text)]
    return [text[one:other] for one, other in zip(cuts[::2], cuts[1::2], strict=True)]


@given(TEXTS, PATTERNS)
def test_what_is_closed_stays_as_it_is(text, pattern):
    try:
        changes = replacements(text, pattern)
    except Unsafe:
        return
    whole = {(each.start, each.end) for each in changes}
    before = [text[a:b] for a, b in closed_spans(text, labels=False) if not _within(whole, a, b)]
    after = applied(text, changes)
    put = {(each.start, each.end) for each in way_back(changes)}
    now = [after[a:b] for a, b in closed_spans(after, labels=False) if not _within(put, a, b)]
    assert before == now


def _within(spans: set[tuple[int, int]], start: int, end: int) -> bool:
    return any(one <= start and end <= other for one, other in spans)


@given(TEXTS, PATTERNS)
def test_a_database_asked_for_the_pieces_finds_the_text(text, pattern):
    if find(text, pattern):
        folded = text.translate({ord(c): c.lower() for c in map(chr, range(65, 91))})
        for piece in pieces(pattern.wrong):
            assert piece.translate({ord(c): c.lower() for c in map(chr, range(65, 91))}) in folded


@given(TEXTS, TEXTS)
def test_a_difference_makes_the_other_text(old, new):
    assert applied(old, difference(old, new)) == new


def test_a_piece_holds_no_letter_that_a_database_may_not_know():
    assert pieces("Élan vital") == ["lan vital"]
    assert pieces("数据湖") == ["数据湖"]
    assert pieces("ПРИВЕТ") == []
    assert pieces("cafe\u0301 x") == ["caf", " x"]


@pytest.mark.parametrize(
    "unit", ["Aloway ", "**Aloway**（Aloway）", "[Aloway](x", "（", "`Aloway", "<", "*a"]
)
def test_a_long_text_is_replaced_to_its_end(unit):
    pattern = Pattern("Aloway", "Tracy Aloway", match_case=False)
    once = replaced(unit * 16_000, pattern)  # a square of its length would take many minutes
    assert replaced(once, pattern) == once
