"""Where plain text stands in its HTML, and marks put into that."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.marking import Head, Mark, closed_spans, heads, placed
from episodes.rendering import render_turn


def words(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]


def bold(plain: str, *spans: tuple[int, int]) -> list[Mark]:
    return [Mark(start, end, "<b>", "</b>") for start, end in spans]


def test_links_and_code_are_closed():
    made = render_turn("看[数据湖](https://example.org/?a=1&b=2)和`数据湖`，还有数据湖。")
    assert words(made.plain, closed_spans(made.html, made.plain)) == ["数据湖", "数据湖"]
    assert closed_spans("<p>数据湖</p>", "数据湖") == []


def test_code_of_several_lines_is_closed():
    made = render_turn("看：\n\n```\n数据湖 = 1 < 2\n  x\n```\n\n数据湖")
    assert [
        "".join(word.split()) for word in words(made.plain, closed_spans(made.html, made.plain))
    ] == ["数据湖=1<2x"]


def test_heads_of_inline_notes_are_found_with_their_number():
    made = render_turn("**数据湖**（Data Lake: 仓库）与 **兆瓦**（MW: 单位）。\n\n数据湖 & 兆瓦")
    assert made.plain == "数据湖与 兆瓦。\n数据湖 & 兆瓦"
    assert heads(made.html, made.plain) == [Head(0, 3, 0), Head(5, 7, 1)]


def test_a_mark_is_put_where_its_text_stands():
    html, plain = "<p>A &amp; B <em>数据湖</em></p>\n<p>兆瓦&lt;兆瓦</p>", "A & B 数据湖\n兆瓦<兆瓦"
    marks = bold(plain, (2, 3), (6, 9), (10, 12), (13, 15))
    made, done = placed(html, plain, marks)
    assert made == (
        "<p>A <b>&amp;</b> B <em><b>数据湖</b></em></p>\n<p><b>兆瓦</b>&lt;<b>兆瓦</b></p>"
    )
    assert done == marks


@pytest.mark.parametrize(
    ("html", "plain", "span"),
    [
        ("<p>数<em>据</em>湖</p>", "数据湖", (0, 3)),  # across elements
        ('<p><a href="https://x.example/">数据湖</a></p>', "数据湖", (0, 3)),
        ("<p><code>数据湖</code></p>", "数据湖", (0, 3)),
        ('<p><dfn class="term" data-note="0">数据湖</dfn></p>', "数据湖", (0, 3)),
        ("<p>数据湖</p>", "数据湖", (0, 9)),
        ("<p>数据湖</p>", "数据湖", (2, 2)),
        ("<p>另一个</p>", "数据湖", (0, 3)),  # not the plain text of this HTML
        ("", "", (0, 1)),
    ],
)
def test_what_cannot_be_marked_is_left_as_it_is(html, plain, span):
    assert placed(html, plain, bold(plain, span)) == (html, [])


def test_of_marks_that_overlap_the_first_is_put():
    made, done = placed("<p>甲乙丙丁</p>", "甲乙丙丁", bold("", (1, 3), (0, 2)))
    assert (made, done) == ("<p><b>甲乙</b>丙丁</p>", bold("", (0, 2)))


def test_an_angle_bracket_in_an_attribute_ends_no_tag():
    html = '<p><a href="https://x.example/?a>b">甲</a>乙</p>'
    assert placed(html, "甲乙", bold("", (1, 2)))[0] == html.replace("乙", "<b>乙</b>")


PIECES = st.sampled_from(
    [
        "数据湖",
        " ",
        "\n\n",
        "**",
        "兆瓦",
        "`x`",
        "[甲](https://x.example)",
        "&",
        "<b>",
        "*乙*",
        "> ",
        "（Data Lake: 仓库）",
        "- ",
        "1. ",
        "\\",
        "| a | b |\n|---|---|\n| c | d |\n",
        "\n",
        "A",
        "&amp;",
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join), st.data())
def test_marks_change_nothing_but_what_they_add(text, data):
    made = render_turn(text)
    at = st.integers(0, len(made.plain))
    spans = data.draw(st.lists(st.tuples(at, at), max_size=6))
    marked, done = placed(made.html, made.plain, bold("", *spans))
    assert marked.replace("<b>", "").replace("</b>", "") == made.html
    found = re.findall("<b>(.*?)</b>", marked, re.DOTALL)
    assert [unescape(word).split() for word in found] == [
        made.plain[mark.start : mark.end].split() for mark in done
    ]


@given(st.lists(PIECES, max_size=14).map("".join))
def test_every_text_node_is_found_in_the_plain_text(text):
    made = render_turn(text)
    whole = [Mark(at, at + 1, "", "") for at, char in enumerate(made.plain) if not char.isspace()]
    closed = {at for span in closed_spans(made.html, made.plain) for at in range(*span)}
    inside = {at for head in heads(made.html, made.plain) for at in range(head.start, head.end)}
    done = {mark.start for mark in placed(made.html, made.plain, whole)[1]}
    assert done == {mark.start for mark in whole} - closed - inside
