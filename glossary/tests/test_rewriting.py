"""A term's spelling rewritten in Markdown: what changes, and that nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.transcripts.annotations import scan
from glossary.grouping import key_of
from glossary.rewriting import (
    Replacement,
    Unsafe,
    applied,
    closed_spans,
    fits,
    head_spans,
    matcher_of,
    replacements,
    way_back,
)

OLD, NEW = "数据湖", "资料湖"
LONGER = "数据湖泊"


def heads(text: str, old: str = OLD, new: str = NEW) -> str:
    return applied(text, replacements(text, old, new))


def everywhere(text: str, old: str = OLD, new: str = NEW, *others: str) -> str:
    return applied(text, replacements(text, old, new, matcher_of(old, new, [LONGER, *others])))


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        (
            "**数据湖**（Data Lake: 存放数据湖里的数据）。",
            "**资料湖**（Data Lake: 存放数据湖里的数据）。",
        ),
        ("**数据湖（Data Lake）**是数据湖", "**资料湖（Data Lake）**是数据湖"),
        ("《**数据湖**》（Some Book）", "《**资料湖**》（Some Book）"),
        ("**《数据湖》（Some Book）**", "**《资料湖》（Some Book）**"),
        ("“数据湖”（Data Lake: 定义）", "“资料湖”（Data Lake: 定义）"),
        (
            "**数据湖** (Data Lake: 大型（如云端）仓库)",
            "**资料湖** (Data Lake: 大型（如云端）仓库)",
        ),
        ("**A**、**数据湖**或**C**（均是某公司）", "**A**、**资料湖**或**C**（均是某公司）"),
        ("**数据湖**、**C**（均是某公司）", "**资料湖**、**C**（均是某公司）"),
        ("**数据湖**（Data Lake）（存放数据）", "**资料湖**（Data Lake）（存放数据）"),
        ("**數據湖**（Data Lake）與數據湖", "**资料湖**（Data Lake）與數據湖"),
        ("一处**数据湖**没有括号", "一处**数据湖**没有括号"),
        ("看看数据湖（笑）", "看看数据湖（笑）"),
    ],
)
def test_an_annotated_head_is_rewritten_and_what_stands_around_it_stays(text, rewritten):
    assert heads(text) == rewritten


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("数据湖和**数据湖**都是数据湖。", "资料湖和**资料湖**都是资料湖。"),
        ("**数据湖**（Data Lake: 数据湖）与数据湖", "**资料湖**（Data Lake: 数据湖）与资料湖"),
        ("数据湖泊不是数据湖", "数据湖泊不是资料湖"),
        ("`数据湖` [数据湖](http://a.b/c) 数据湖", "`数据湖` [数据湖](http://a.b/c) 资料湖"),
        (
            "![数据湖](a.png) <http://a.b/数据湖> 数据湖",
            "![数据湖](a.png) <http://a.b/数据湖> 资料湖",
        ),
        ("https://a.b/数据湖 数据湖", "https://a.b/数据湖 资料湖"),
        ("见https://a.b数据湖", "见https://a.b资料湖"),
        ("数据湖\n\n```\n数据湖\n```\n\n数据湖", "资料湖\n\n```\n数据湖\n```\n\n资料湖"),
        ("<!-- 数据湖 -->数据湖", "<!-- 数据湖 -->资料湖"),
        ("**湖**（Lake: 如数据湖）", "**湖**（Lake: 如数据湖）"),
        ("**大数据湖**（Big Lake）", "**大数据湖**（Big Lake）"),
        ("未闭的`数据湖和[数据湖", "未闭的`资料湖和[资料湖"),
    ],
)
def test_mentions_are_rewritten_outside_links_code_notes_and_longer_terms(text, rewritten):
    assert everywhere(text) == rewritten


def test_a_latin_term_is_rewritten_as_a_word_whatever_its_case_and_an_abbreviation_as_written():
    text = "Token tokens TOKEN token化"
    assert (
        applied(text, replacements(text, "token", "标记", matcher_of("token", "标记", [])))
        == "标记 tokens 标记 标记化"
    )
    text = "AI ai SAID AI。"
    assert (
        applied(text, replacements(text, "AI", "智能", matcher_of("AI", "智能", [])))
        == "智能 ai SAID 智能。"
    )


def test_only_the_case_may_change():
    text = "data lake，**Data lake**（数据湖: 定义）和Data Lake"
    found = replacements(text, "Data lake", "Data Lake", matcher_of("Data lake", "Data Lake", []))
    assert applied(text, found) == "Data Lake，**Data Lake**（数据湖: 定义）和Data Lake"


def test_a_new_name_that_holds_the_old_one_is_not_rewritten_again():
    once = everywhere("数据湖和**数据湖**（Data Lake）", OLD, "大数据湖")
    assert once == "大数据湖和**大数据湖**（Data Lake）"
    assert everywhere(once, OLD, "大数据湖") == once


@pytest.mark.parametrize("new", ["**资料湖", "资料。湖", "资料湖（旧", "[资料湖](http://a.b)"])
def test_what_would_be_read_otherwise_is_not_rewritten(new):
    with pytest.raises(Unsafe):
        heads("**数据湖**（Data Lake: 定义）", OLD, new)


def test_names_that_would_come_together_as_the_old_one_again_are_refused():
    with pytest.raises(Unsafe):
        everywhere("数据" * 4, "数据数据", "数据")


def test_a_name_for_markdown_is_one_line_without_marks():
    names = ("资料湖", "Data Lake", "C++", "A/B", "", " 湖", "甲\n乙", "**湖**", "`湖`", "——")
    assert [name for name in names if fits(name)] == ["资料湖", "Data Lake", "C++", "A/B"]


def test_the_heads_of_a_shared_note_are_found_one_by_one():
    text = "说**A**、**BA**或**A**（均是某公司）"
    [found] = scan(text)
    assert [text[start:end] for start, end in head_spans(text, found)] == ["A", "BA", "A"]


def test_a_replacement_belongs_to_the_text_it_was_found_in():
    with pytest.raises(ValueError, match="does not stand at 0"):
        applied("别的", (Replacement(0, 2, "湖泊", "湖"),))


def test_brackets_and_ticks_that_never_close_cost_linear_time():
    for sign in ("`", "[", "<!--", "<a ", "https://", "](", "`` ` "):
        closed_spans(sign * 100_000)


# Laws.

ATOMS = st.sampled_from(
    [
        "数据湖",
        "数据湖泊",
        "资料湖",
        "**数据湖**",
        "（Data Lake: 存放数据湖）",
        "（均是某公司）",
        "(Lake)",
        "《",
        "》",
        "**",
        "、",
        "或",
        "A",
        "湖",
        "数",
        "据",
        "`",
        "[",
        "](http://a.b/数据湖)",
        "https://a.b/",
        "<b>",
        "\n",
        "\n\n",
        " ",
        "\\",
        "。",
        "```\n",
        "（",
        "）",
        "😀",
    ]
)
TEXTS = st.lists(ATOMS, max_size=14).map("".join)
NAMES = st.sampled_from(["资料湖", "大数据湖", "湖", "Lake", "数据湖泊", "数据", "data lake"])


@given(TEXTS, NAMES, st.booleans())
def test_only_the_replaced_spans_change_and_the_annotations_stay_with_the_new_head(
    text, new, mentions
):
    matcher = matcher_of(OLD, new, [LONGER, "湖"]) if mentions else None
    try:
        found = replacements(text, OLD, new, matcher)
    except Unsafe:
        return
    after = applied(text, found)
    if not found:
        assert after is text
    assert applied(after, way_back(found)) == text
    assert replacements(after, OLD, new, matcher) == ()
    pos, parts = 0, []
    for each in found:
        assert pos <= each.start < each.end
        parts += [text[pos : each.start], new]
        pos = each.end
    assert "".join([*parts, text[pos:]]) == after
    before = [each for each in scan(text) if each.certain]
    now = [each for each in scan(after) if each.certain]
    renamed = [
        tuple(new if key_of(head) == key_of(OLD) else head for head in each.heads)
        for each in before
    ]
    assert [each.heads for each in now] == renamed
    assert [each.definition for each in now] == [each.definition for each in before]
    assert [[after[start:end] for start, end in each.notes] for each in now] == [
        [text[start:end] for start, end in each.notes] for each in before
    ]


@given(TEXTS)
def test_a_text_without_the_term_is_returned_as_it_is(text):
    assert applied(text, replacements(text, "仓库", "库房", matcher_of("仓库", "库房", []))) is text


@given(TEXTS)
def test_closed_spans_lie_in_the_text(text):
    spans = closed_spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
