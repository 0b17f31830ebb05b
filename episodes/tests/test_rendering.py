"""Markdown as pages show it: what is kept, what is tamed, and that nothing gets through."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.rendering import (
    TAGS,
    Rendered,
    markdownify,
    render,
    render_original,
    render_turn,
    trusted,
)


def note(head: str, **values: str) -> dict[str, str]:
    empty = {"foreign": "", "abbreviation": "", "expansion": "", "definition": ""}
    return {"head": head, **empty, **values}


# What a reader sees.


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("一。\n\n二。", "<p>一。</p>\n<p>二。</p>"),
        ("a *b* **c** ~~d~~ `e`", "<p>a <em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("```py\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
        ("a  \nb", "<p>a<br>\nb</p>"),
        ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
    ],
)
def test_the_forms_of_a_transcript_are_rendered(text: str, html: str) -> None:
    assert render(text) == html


def test_a_table_is_rendered_without_inline_style() -> None:
    html = render("|a|b|\n|-|:-:|\n|c|d|")
    assert "".join(html.split("\n")) == (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead>"
        "<tbody><tr><td>c</td><td>d</td></tr></tbody></table>"
    )


@pytest.mark.parametrize(("level", "tag"), [(1, "h4"), (2, "h5"), (3, "h6"), (6, "h6")])
def test_a_heading_in_a_text_stands_below_the_page_s_own(level: int, tag: str) -> None:
    assert render("#" * level + " 标题") == f"<{tag}>标题</{tag}>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[Ann]: Hello.", "<p>[Ann]: Hello.</p>"),  # no link definition
        ("结尾\n---", "<p>结尾</p>\n<hr>"),  # no underlined heading
        ("    缩进", "<p>缩进</p>"),  # no indented code
    ],
)
def test_nothing_that_was_said_is_taken_for_syntax(text: str, html: str) -> None:
    assert render(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**《某书》**是", "<p><strong>《某书》</strong>是</p>"),
        ("是**“某”**吗", "<p>是<strong>“某”</strong>吗</p>"),
        ("他说**是。**然后", "<p>他说<strong>是。</strong>然后</p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("a**.b.**c", "<p>a**.b.**c</p>"),  # as CommonMark has it between Latin letters
    ],
)
def test_emphasis_works_in_text_without_spaces(text: str, html: str) -> None:
    assert render(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("中文\n换行", "<p>中文换行</p>"),
        ("one\ntwo", "<p>one two</p>"),
        ("中\ntwo", "<p>中 two</p>"),
    ],
)
def test_a_line_break_between_chinese_characters_is_no_space(text: str, html: str) -> None:
    assert render(text) == html


def test_the_preview_is_what_the_page_shows() -> None:
    assert markdownify("**a** <b>c</b>") == render("**a** <b>c</b>")


def test_trusted_html_passes_a_template_s_escaping() -> None:
    assert trusted("<p>a</p>").__html__() == "<p>a</p>"


# Links and images.

REL = 'rel="nofollow noopener noreferrer"'


@pytest.mark.parametrize("scheme", ["http", "https", "HTTPS"])
def test_a_web_address_is_linked(scheme: str) -> None:
    assert render(f"[a]({scheme}://b.example/c)") == (
        f'<p><a href="{scheme}://b.example/c" {REL}>a</a></p>'
    )


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java&#10;script:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "mailto:a@b.example",
        "file:///etc/passwd",
        "//b.example/",
        "/admin/",
        "#top",
        "http:",
        "https:///x",
    ],
)
def test_of_any_other_link_the_text_stays(address: str) -> None:
    assert render(f"[a]({address})") == "<p>a</p>"


def test_an_image_becomes_a_link_to_it() -> None:
    assert render("![chart](https://b.example/c.png)") == (
        f'<p><a href="https://b.example/c.png" {REL}>chart</a></p>'
    )


def test_an_image_in_a_link_leaves_its_text() -> None:
    assert render("[![chart](https://b.example/c.png)](https://d.example/)") == (
        f'<p><a href="https://d.example/" {REL}>chart</a></p>'
    )


def test_an_image_of_another_scheme_leaves_its_text() -> None:
    assert render("![chart](data:image/png;base64,AAAA)") == "<p>chart</p>"


# Notes.


def test_a_note_is_lifted_out_of_the_sentence() -> None:
    assert render_turn("看看**数据湖**（Data Lake: 大型（如云端）仓库）吧。") == Rendered(
        '<p>看看<dfn class="term" data-note="0">数据湖</dfn>吧。</p>',
        "看看数据湖吧。",
        (note("数据湖", foreign="Data Lake", definition="大型（如云端）仓库"),),
    )


def test_each_note_has_a_number_of_its_own() -> None:
    rendered = render_turn(
        "**甲**（Alpha: 第一）和**乙**（Beta: 第二）。\n\n- **丙**（Gamma: 第三）"
    )
    assert re.findall(r'data-note="(\d+)">(\w+)</dfn>', rendered.html) == [
        ("0", "甲"),
        ("1", "乙"),
        ("2", "丙"),
    ]
    assert [each["foreign"] for each in rendered.notes] == ["Alpha", "Beta", "Gamma"]
    assert rendered.plain == "甲和乙。\n丙"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**暖通（HVAC: Heating: 定义）**", '<dfn class="term" data-note="0">暖通</dfn>'),
        ("**《法案》**（ACT: Some Act: 定义）", '《<dfn class="term" data-note="0">法案</dfn>》'),
        (
            "**A**、**B**或**C**（均是某公司）",
            '<dfn class="term" data-note="0">A</dfn>、<strong>B</strong>或<strong>C</strong>',
        ),
    ],
)
def test_the_bold_around_a_head_gives_way_to_the_mark(text: str, html: str) -> None:
    assert render_turn(text).html == f"<p>{html}</p>"


def test_only_what_is_certainly_a_note_is_lifted_out() -> None:
    assert render_turn("看看思科（Cisco）。") == Rendered(
        "<p>看看思科（Cisco）。</p>", "看看思科（Cisco）。"
    )


@pytest.mark.parametrize(
    "text",
    [
        "`**湖**（Lake: 定义）`",
        "```\n**湖**（Lake: 定义）\n```",
        "[**湖**（Lake: 定义）](https://b.example/)",
        '[a](https://b.example/ "**湖**（Lake: 定义）")',
        "| **湖 | x**（Lake: 定义） |\n|-|-|",
    ],
)
def test_a_note_in_code_in_a_link_or_across_cells_is_left(text: str) -> None:
    rendered = render_turn(text)
    assert rendered.notes == ()
    assert rendered.html == render(text)


def test_a_note_beside_one_that_is_left_is_lifted_out() -> None:
    rendered = render_turn("| **甲 | x**（Alpha: 第一） |\n|-|-|\n| **乙**（Beta: 第二） | y |")
    assert rendered.notes == (note("乙", foreign="Beta", definition="第二"),)
    assert '<td><dfn class="term" data-note="0">乙</dfn></td>' in rendered.html


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\ue0f07\ue0f1x\ue0f27\ue0f1", "\ufffd7\ufffdx\ufffd7\ufffd"),
        ("&#xE0F0;0&#xE0F1;x&#xE0F2;0&#xE0F1;", "\ue0f00\ue0f1x\ue0f20\ue0f1"),
    ],
)
def test_a_text_cannot_forge_a_mark(text: str, plain: str) -> None:
    assert render_turn(text) == Rendered(f"<p>{plain}</p>", plain)


def test_the_plain_text_is_what_is_read_aloud() -> None:
    text = "**是**&amp;*否* [链](https://b.example/)\n\n1. 一\n2. 二\n\n|a|b|\n|-|-|\n\n```\nx\n```"
    assert render_turn(text).plain == "是&否 链\n一\n二\na b\nx"


def test_an_original_keeps_its_brackets() -> None:
    assert render_original("A **lake** (Data Lake: big).\n\nYes.") == (
        "<p>A <strong>lake</strong> (Data Lake: big).</p>\n<p>Yes.</p>",
        "A lake (Data Lake: big).\nYes.",
    )


# Whatever the text.


class Reader(HTMLParser):
    """Collects the tags, attributes and text of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.other: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


ATTRIBUTES = {
    ("a", "href"): re.compile(r"https?://.*", re.IGNORECASE | re.DOTALL),
    ("a", "rel"): re.compile("nofollow noopener noreferrer"),
    ("dfn", "class"): re.compile("term"),
    ("dfn", "data-note"): re.compile("[0-9]+"),
    ("ol", "start"): re.compile("[0-9]+"),
}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def assert_harmless(text: str) -> None:
    rendered = render_turn(text)
    for html, plain in ((rendered.html, rendered.plain), render_original(text)):
        reader = Reader()
        reader.feed(html)
        reader.close()
        assert set(reader.tags) <= TAGS
        assert reader.other == []
        for tag, name, value in reader.attributes:
            assert ATTRIBUTES[tag, name].fullmatch(value)
        assert squeezed("".join(reader.words)) == squeezed(plain)
    numbers = re.findall(r'<dfn class="term" data-note="(\d+)">', rendered.html)
    assert numbers == [str(number) for number in range(len(rendered.notes))]


HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//x.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<javascript:alert(1)>",
    "[x](<javascript:alert(1)>)",
    '[x](https://b.example/" onmouseover="alert(1))',
    '[x](https://b.example/ "\\" onmouseover=alert(1) x=\\"")',
    "![x](https://b.example/'onerror='alert(1))",
    "[a](https://b.example/[b](https://c.example/))",
    "[a [b](https://b.example/) c](https://c.example/)",
    '<https://b.example/"onclick=alert(1)>',
    "```\n</code></pre><script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "`<script>`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<!-- --!><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=1&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "**<b>头**（<script>alert(1)</script>: <img src=x onerror=alert(1)>）",
    '**"onclick="**（x: y）',
    "**a [b**（c: d）](javascript:x)",
    "*a **b* c**（Foo: 定义）",
    "\x00\ud800\ufeff\u2028\u202e\ufdd0",
    "|<script>|\n|-|\n|**x**（<b>: `|`）|",
    "x" * 10 + "\n===\n" + "[x]: javascript:alert(1)\n\n[x]",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_does_nothing(text: str) -> None:
    assert_harmless(text)


PIECES = st.sampled_from(
    [
        *(
            "*",
            "**",
            "_",
            "~~",
            "`",
            "```\n",
            "[",
            "]",
            "(",
            ")",
            "（",
            "）",
            "![",
            "](",
            "<",
            ">",
            "|",
        ),
        *(
            "\n",
            "\n\n",
            "  \n",
            "\t",
            " ",
            "> ",
            "- ",
            "1. ",
            "# ",
            "---",
            "|-|-|\n",
            "\\",
            "&",
            "&#x",
        ),
        *(
            "：",
            ": ",
            "《",
            "》",
            "“",
            "”",
            "、",
            "，",
            "数据湖",
            "Data Lake",
            "HVAC",
            "均是",
            "定义",
        ),
        *("https://b.example/", "javascript:alert(1)", "<script>", "</p>", "onerror=", '"', "'"),
        *("**湖**（Lake: 定义）", "\ue0f0", "\ue0f1", "\ue0f2", "&#xE0F0;", "0", "\x00", "\ud83d"),
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
@settings(max_examples=600, deadline=None)
def test_whatever_the_text_only_harmless_html_comes_out_and_no_word_is_lost(text: str) -> None:
    assert_harmless(text)


@pytest.mark.parametrize(
    "unit",
    [
        *(
            ">",
            "> ",
            "- ",
            "1. ",
            "[",
            "![",
            "*",
            "**a",
            "_a ",
            "*a **b ",
            "`",
            "`a``",
            "~~a",
            "<",
            "&",
        ),
        *(
            "[a](",
            "[[a]",
            "|",
            "|a|\n|-|\n",
            "\n",
            "\\",
            "> a\n",
            "- a\n",
            "（",
            "**a**（",
            "a\n",
            "\t",
        ),
    ],
)
def test_a_text_of_pathological_nesting_is_rendered(unit: str) -> None:
    assert_harmless(unit * (15_000 // len(unit)))


def test_what_is_nested_too_deep_to_follow_is_shown_as_it_was_written() -> None:
    text = ">" * 100 + " **湖**（Lake: 定义）\n次"
    assert render_turn(text).plain == text
    assert render_turn(text).html == "<p>" + "&gt;" * 100 + " **湖**（Lake: 定义）</p><p>次</p>"
