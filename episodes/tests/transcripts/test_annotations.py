"""Inline glossary annotations. Every example is made up; G1–G18 are the forms of FORMATS §4."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.transcripts import annotation_marks, annotation_notes
from episodes.transcripts.annotations import Annotation, scan, segments, strip, term_key

SAMPLE = Path(__file__).parents[4] / "shared" / "samples" / "stargate.md"


def only(text: str, whole: str, term: str, notes: tuple[str, ...], **fields: Any) -> None:
    """The text holds one annotation, ``whole``, and each of its fields is as given or empty."""
    start = text.index(whole)
    spans = []
    end = start
    for note in notes:
        at = text.index(note, end)
        end = at + len(note)
        spans.append((at, end))
    heads = fields.pop("heads", (term,))
    head = fields.pop("head", term)
    head_start = text.index(head, start)
    empty = {"foreign": "", "abbreviation": "", "expansion": "", "definition": ""}
    expected = Annotation(
        start=start,
        end=start + len(whole),
        head_start=head_start,
        head_end=head_start + len(head),
        notes=tuple(spans),
        term=term,
        heads=heads,
        **(empty | fields),
    )
    assert scan(text) == (expected,)


# What each form says. (form, annotation, term, note, the fields that are not empty)
FORMS = [
    ("G1", "**晨雾塔**（Mist Tower: 收集雾水的高塔）", "晨雾塔", "（Mist Tower: 收集雾水的高塔）",
     {"foreign": "Mist Tower", "definition": "收集雾水的高塔"}),
    ("G2", "**Zorb**（一家造风筝的公司）", "Zorb", "（一家造风筝的公司）",
     {"definition": "一家造风筝的公司"}),
    ("G2 Chinese head", "**晨雾塔**（指收集雾水的高塔，很高）", "晨雾塔",
     "（指收集雾水的高塔，很高）", {"definition": "指收集雾水的高塔，很高"}),
    ("G3", "**晨雾塔**（Mist Tower）", "晨雾塔", "（Mist Tower）", {"foreign": "Mist Tower"}),
    ("G4", "**晨雾塔（Mist Tower）**", "晨雾塔", "（Mist Tower）", {"foreign": "Mist Tower"}),
    ("G4 half-width", "**晨雾塔 (Mist Tower: 高塔)**", "晨雾塔", " (Mist Tower: 高塔)",
     {"foreign": "Mist Tower", "definition": "高塔"}),
    ("G4 before a colon", "**晨雾塔（Mist Tower）：**", "晨雾塔", "（Mist Tower）",
     {"foreign": "Mist Tower"}),
    ("G5", "**晨雾塔**（MCT: Mist, Cloud, and Tower: 收集：雾水, daily）", "晨雾塔",
     "（MCT: Mist, Cloud, and Tower: 收集：雾水, daily）",
     {"abbreviation": "MCT", "expansion": "Mist, Cloud, and Tower",
      "definition": "收集：雾水, daily"}),
    ("G5 plural", "**雾塔群**（MTs: Mist Towers: 许多塔）", "雾塔群", "（MTs: Mist Towers: 许多塔）",
     {"abbreviation": "MTs", "expansion": "Mist Towers", "definition": "许多塔"}),
    ("G5 short name", "**佐布科技**（Zorb: Zorb Kites: 一家公司）", "佐布科技",
     "（Zorb: Zorb Kites: 一家公司）",
     {"abbreviation": "Zorb", "expansion": "Zorb Kites", "definition": "一家公司"}),
    ("G5 turned round", "**晨雾塔**（Mist Towers: MTs: 许多塔）", "晨雾塔",
     "（Mist Towers: MTs: 许多塔）",
     {"foreign": "Mist Towers", "abbreviation": "MTs", "definition": "许多塔"}),
    ("G6", "**雾回报**（ROM: Return on Mist，衡量雾水，每日）", "雾回报",
     "（ROM: Return on Mist，衡量雾水，每日）",
     {"abbreviation": "ROM", "expansion": "Return on Mist", "definition": "衡量雾水，每日"}),
    ("G6 in the bold", "**雾回报（ROM: Return on Mist，衡量雾水）**", "雾回报",
     "（ROM: Return on Mist，衡量雾水）",
     {"abbreviation": "ROM", "expansion": "Return on Mist", "definition": "衡量雾水"}),
    ("G6 no colon", "**晨雾塔**（Mist Tower，收集雾水：很多）", "晨雾塔",
     "（Mist Tower，收集雾水：很多）", {"foreign": "Mist Tower", "definition": "收集雾水：很多"}),
    ("G7 abbreviation", "**MT**（Mist Tower: 高塔）", "MT", "（Mist Tower: 高塔）",
     {"foreign": "Mist Tower", "abbreviation": "MT", "definition": "高塔"}),
    ("G7 foreign word", "**kites**（风筝: 能飞的纸）", "kites", "（风筝: 能飞的纸）",
     {"foreign": "kites", "renderings": ("风筝",), "definition": "能飞的纸"}),
    ("G7 rendering only", "**kites**（风筝）", "kites", "（风筝）",
     {"foreign": "kites", "renderings": ("风筝",)}),
    ("G7 three slots", "**MT**（雾塔: Mist Tower: 高塔）", "MT", "（雾塔: Mist Tower: 高塔）",
     {"foreign": "Mist Tower", "abbreviation": "MT", "renderings": ("雾塔",),
      "definition": "高塔"}),
    ("G7 comma", "**MT**（雾塔，Mist Tower：高塔）", "MT", "（雾塔，Mist Tower：高塔）",
     {"foreign": "Mist Tower", "abbreviation": "MT", "renderings": ("雾塔",),
      "definition": "高塔"}),
    ("G7 a colon in the definition", "**Zorb**（一家公司：造风筝）", "Zorb", "（一家公司：造风筝）",
     {"definition": "一家公司：造风筝"}),
    ("G8", "**雾智能**（MI: 会看雾的机器）", "雾智能", "（MI: 会看雾的机器）",
     {"abbreviation": "MI", "definition": "会看雾的机器"}),
    ("G9", "**ROM回报率**（ROM: Return on Mist）", "ROM回报率", "（ROM: Return on Mist）",
     {"abbreviation": "ROM", "expansion": "Return on Mist"}),
    ("G9 turned round", "**雾转水**（Mist-to-Water: MTW）", "雾转水", "（Mist-to-Water: MTW）",
     {"foreign": "Mist-to-Water", "abbreviation": "MTW"}),
    ("G9 an English definition", "**护城河**（Moat: a ditch: with water）", "护城河",
     "（Moat: a ditch: with water）", {"foreign": "Moat", "definition": "a ditch: with water"}),
    ("G10", "**晨雾塔** (Mist Tower: 高塔)", "晨雾塔", " (Mist Tower: 高塔)",
     {"foreign": "Mist Tower", "definition": "高塔"}),
    ("G10 of two widths", "**晨雾塔**（Mist Tower: 1) 高 2) 大)", "晨雾塔",
     "（Mist Tower: 1) 高 2) 大)", {"foreign": "Mist Tower", "definition": "1) 高 2) 大"}),
    ("G11", "**晨雾塔**（Mist Tower：高塔）", "晨雾塔", "（Mist Tower：高塔）",
     {"foreign": "Mist Tower", "definition": "高塔"}),
    ("G12 slash", "**tower** (雾塔/雾塔：高塔)", "tower", " (雾塔/雾塔：高塔)",
     {"foreign": "tower", "renderings": ("雾塔",), "definition": "高塔"}),
    ("G12 two renderings", "**tower** (雾塔/水塔：高塔)", "tower", " (雾塔/水塔：高塔)",
     {"foreign": "tower", "renderings": ("雾塔", "水塔"), "definition": "高塔"}),
    ("G12 comma", "**MLG** (MLG, Mist-Led Growth：增长，靠雾)", "MLG",
     " (MLG, Mist-Led Growth：增长，靠雾)",
     {"abbreviation": "MLG", "expansion": "Mist-Led Growth", "definition": "增长，靠雾"}),
    ("G12 bracket", "**晨雾塔**（Mist Tower (MT): 高塔）", "晨雾塔", "（Mist Tower (MT): 高塔）",
     {"foreign": "Mist Tower", "abbreviation": "MT", "definition": "高塔"}),
    ("G13", "**晨雾塔**（Mist Tower: 高塔（如海边（或山上）的）和水池）", "晨雾塔",
     "（Mist Tower: 高塔（如海边（或山上）的）和水池）",
     {"foreign": "Mist Tower", "definition": "高塔（如海边（或山上）的）和水池"}),
    ("G13 annotation in a definition", "**晨雾塔**（Mist Tower: 有**水池**（Pool: 池）的塔）",
     "晨雾塔", "（Mist Tower: 有**水池**（Pool: 池）的塔）",
     {"foreign": "Mist Tower", "definition": "有水池（Pool: 池）的塔"}),
    ("G14", "**范某**（**Fan X**）", "范某", "（**Fan X**）", {"foreign": "Fan X"}),
    ("G15", "**《雾法》**（MA: Mist Act: 一部法）", "雾法", "（MA: Mist Act: 一部法）",
     {"abbreviation": "MA", "expansion": "Mist Act", "definition": "一部法"}),
    ("G15 bold inside", "《**雾中书**》（Book of Mist）", "雾中书", "（Book of Mist）",
     {"foreign": "Book of Mist"}),
    ("G15 all in bold", "**《雾中书》（Book of Mist）**", "雾中书", "（Book of Mist）",
     {"foreign": "Book of Mist"}),
    ("G15 bracket in the title", "**《雾中书（Book of Mist）》**", "雾中书", "（Book of Mist）",
     {"foreign": "Book of Mist"}),
    ("G15 no bold", "《雾中书》（Book of Mist）", "雾中书", "（Book of Mist）",
     {"foreign": "Book of Mist"}),
    ("G16 quoted", "“泥浆”（Sludge: 没用的文字）", "泥浆", "（Sludge: 没用的文字）",
     {"foreign": "Sludge", "definition": "没用的文字"}),
    ("G16 quoted, foreign only", "“泥浆”（Sludge）", "泥浆", "（Sludge）",
     {"foreign": "Sludge", "certain": False}),
    ("G17", "**Zorb 2**（Zorb 2: 佐布造的风筝）", "Zorb 2", "（Zorb 2: 佐布造的风筝）",
     {"foreign": "Zorb 2", "definition": "佐布造的风筝"}),
    ("G18", "**Zorb**、**Fizz**或**Plim**（均是造风筝的）", "Zorb", "（均是造风筝的）",
     {"heads": ("Zorb", "Fizz", "Plim"), "definition": "均是造风筝的"}),
    ("G18 titles", "《**雾书**》和《**雨书**》（两者都是小说）", "雾书", "（两者都是小说）",
     {"heads": ("雾书", "雨书"), "definition": "两者都是小说"}),
    ("quotation marks in the bold", "**“泥浆”** (Sludge: 废话)", "泥浆", " (Sludge: 废话)",
     {"foreign": "Sludge", "definition": "废话"}),
    ("two notes", "**晨雾塔**（Mist Tower）（高塔）", "晨雾塔", ("（Mist Tower）", "（高塔）"),
     {"foreign": "Mist Tower", "definition": "高塔"}),
    ("a note in the bold and one after", "**晨雾塔（Mist Tower）**（高塔）", "晨雾塔",
     ("（Mist Tower）", "（高塔）"), {"foreign": "Mist Tower", "definition": "高塔"}),
    ("a head with a bracket", "**401(k)**（一种养老计划）", "401(k)", "（一种养老计划）",
     {"definition": "一种养老计划"}),
    ("a time is no slot", "**雾时**（Mist Hour 10:30: 在10:30前）", "雾时",
     "（Mist Hour 10:30: 在10:30前）",
     {"foreign": "Mist Hour 10:30", "definition": "在10:30前"}),
    ("a folded line", "**晨雾塔**（Mist\nTower: 高\n塔）", "晨雾塔", "（Mist\nTower: 高\n塔）",
     {"foreign": "Mist Tower", "definition": "高塔"}),
    ("a label", "**晨雾塔**（英文：Mist Tower）", "晨雾塔", "（英文：Mist Tower）",
     {"foreign": "Mist Tower"}),
    ("marks in the note", "**晨雾塔**（[Mist Tower](https://e.org/a:b_(c)): 很**高**的`塔` &amp; 池）",
     "晨雾塔", "（[Mist Tower](https://e.org/a:b_(c)): 很**高**的`塔` &amp; 池）",
     {"foreign": "Mist Tower", "definition": "很高的塔 & 池"}),
    ("a linked head", "**[晨雾塔](https://e.org/x)**（Mist Tower）", "晨雾塔", "（Mist Tower）",
     {"head": "[晨雾塔](https://e.org/x)", "foreign": "Mist Tower"}),
    ("code as the head", "**`kite`**（风筝: 能飞）", "kite", "（风筝: 能飞）",
     {"head": "`kite`", "foreign": "kite", "renderings": ("风筝",), "definition": "能飞"}),
    ("a label in the slot", "**晨雾塔**（简称MT: 高塔）", "晨雾塔", "（简称MT: 高塔）",
     {"abbreviation": "MT", "definition": "高塔"}),
    ("two names that are not alike", "**佐布**（Zorb: Kite House: 一家公司）", "佐布",
     "（Zorb: Kite House: 一家公司）",
     {"abbreviation": "Zorb", "expansion": "Kite House", "definition": "一家公司"}),
    ("a bracket in the name", "**晨雾塔**（Mist Tower (tall): 高塔）", "晨雾塔",
     "（Mist Tower (tall): 高塔）", {"foreign": "Mist Tower (tall)", "definition": "高塔"}),
    ("an empty bracket in the name", "**晨雾塔**（Mist (): 高塔）", "晨雾塔", "（Mist (): 高塔）",
     {"foreign": "Mist ()", "definition": "高塔"}),
    ("two notes in the bold", "**晨雾塔（Mist Tower）（高塔）**", "晨雾塔",
     ("（Mist Tower）", "（高塔）"), {"foreign": "Mist Tower", "definition": "高塔"}),
    ("two titles", "**《雾》和《雨》**（Mist and Rain）", "《雾》和《雨》", "（Mist and Rain）",
     {"foreign": "Mist and Rain"}),
    ("a space before the bold ends", "**晨雾塔： **（Mist Tower）", "晨雾塔", "（Mist Tower）",
     {"foreign": "Mist Tower"}),
    ("spaces in the quotation marks", "“ 泥浆 ”（Sludge: 废话）", "泥浆", "（Sludge: 废话）",
     {"foreign": "Sludge", "definition": "废话"}),
    ("bold in a part of the head", "“脏的**泥浆**”（Sludge: 废话）", "脏的泥浆", "（Sludge: 废话）",
     {"head": "脏的**泥浆**", "foreign": "Sludge", "definition": "废话"}),
    ("a figure before the colon", "**晨雾塔**（1: 高塔）", "晨雾塔", "（1: 高塔）",
     {"definition": "1: 高塔"}),
    ("a letter before the colon", "**晨雾塔**（x: 高塔）", "晨雾塔", "（x: 高塔）",
     {"definition": "x: 高塔"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("whole", "term", "notes", "fields"), [form[1:] for form in FORMS], ids=[f[0] for f in FORMS]
)
@pytest.mark.parametrize(
    "frame", ["{}", "昨天我们看了{}，很好。", "- 一项。\n- 看{}\n\n下一段（笑）"]
)
def test_a_form_is_read_wherever_it_stands(
    whole: str, term: str, notes: str | tuple[str, ...], fields: dict[str, Any], frame: str
) -> None:
    notes = (notes,) if isinstance(notes, str) else notes
    only(frame.replace("{}", whole), whole, term, notes, **fields)


@pytest.mark.parametrize(
    "text",
    [
        "（笑）",
        "我们（笑，掌声）走了（laughter）。",
        "**我们走吧**（笑）",
        "**我们走吧**（众笑）",
        "他们（指佐布公司）来了。",
        "**他们**（指佐布公司）来了。",
        "**晨雾塔**（译注：原文如此）",
        "**晨雾塔**（编者注，见上）",
        "**晨雾塔**（参见下文）",
        "**晨雾塔**（见第3章）",
        "真的叫“Foggy House”（雾屋）。",
        "《Foggy House》（雾屋）",
        "他读《雾中书》（一本好书）。",
        "“泥浆”（一种废话）",
        "**海边**（2025年10月）",
        "**那天**（10月3日）",
        "**一块地**（600 MW）",
        "**这笔钱**（约50亿美元）",
        "**这笔钱**（$5.2 billion）",
        "**二十年**（1998–2018）",
        "**零件**（如GPU、螺丝）",
        "**零件**（例如：螺丝、螺母）",
        "**零件**（螺丝、螺母、垫片）",
        "**零件**（螺丝、螺母等）",
        "**零件**（Zorb、Fizz、Plim）",
        "**零件**（Zorb, Fizz, Plim）",
        "**晨雾塔**是高塔",
        "**晨雾塔**，（Mist Tower）",
        "**主持人（安）**：你好",
        "**安**（主持人）：你好",
        "**我们必须更快。**（Faster）",
        "**晨雾塔**（）",
        "**晨雾塔**（——）",
        "**晨雾塔**（https://example.org/a）",
        "**晨雾塔**（@fog）",
        "`**晨雾塔**（Mist Tower: 高塔）`",
        "``**晨雾塔**（Mist ` Tower）``",
        "```\n**晨雾塔**（Mist Tower: 高塔）\n```",
        "~~~ md\n**晨雾塔**（Mist Tower）\n\n```\n**晨雾塔**（Mist Tower）\n~~~",
        "[**晨雾塔**（Mist Tower）](https://example.org/a_(b))",
        "![晨雾塔（Mist Tower）](tower.png)",
        "https://example.org/塔(Mist)",
        "https://example.org/mist_(Tower)",
        '<a title="**晨雾塔**（Mist Tower）">塔</a>',
        "<!-- **晨雾塔**（Mist Tower） -->",
        r"\*\*晨雾塔**（一座塔）",
        "**晨雾塔**（Mist Tower: 没有结尾",
        "**晨雾塔**（Mist Tower: 没有结尾\n\n）",
        "**晨雾塔**（Mist Tower: 没有结尾\n- 下一项）",
        "晨雾塔**（一座塔）",
        "函数f(x)和print(value)",
        "《雾》书》（Mist）",
        "雾》（Mist）",
        "**（x）甲）塔**（Tower）",
        "",
    ],
)
def test_what_is_no_annotation(text: str) -> None:
    assert scan(text) == ()


def read(text: str, **known: Any) -> list[tuple[str, bool]]:
    return [(annotation.term, annotation.certain) for annotation in scan(text, **known)]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("佐布（Zorb）", "佐布"),
        ("所以看看佐布能源（Zorb Energy）。", "佐布能源"),
        ("比如佐布数据（Zorb Data）", "佐布数据"),
        ("我们想用佐布 (Zorb) 的风筝", "佐布"),
        ("更类似于雾化天然气（LMG）", "雾化天然气"),
        ("用MTW（Mist To Water）", "MTW"),
    ],
)
def test_a_bare_head_is_a_guess(text: str, term: str) -> None:
    """G16: nothing says where such a head begins, so it is never certain."""
    assert read(text) == [(term, False)]


def test_a_known_term_tells_where_a_bare_head_begins() -> None:
    text = "他们投资佐布能源（Zorb Energy: 一家公司）"
    assert read("湖边佐布（Zorb）") == [("湖边佐布", False)]
    assert read("湖边佐布（Zorb）", known={term_key("佐布")}) == [("佐布", True)]
    assert read(text, known={term_key("佐布能源"), term_key("能源")}) == [("佐布能源", True)]
    assert read(text) == [("佐布能源", False)]


def test_several_annotations_are_found_in_order() -> None:
    text = "**甲塔**（Tower A）和**乙塔**（Tower B: 塔）（笑），见《雾书》（Mist）（参见**丙塔**（Tower C））。"
    assert read(text) == [("甲塔", True), ("乙塔", True), ("雾书", True), ("丙塔", True)]


def test_a_note_belongs_to_the_last_head_unless_it_says_otherwise() -> None:
    assert [a.heads for a in scan("**甲塔**、**乙塔**（Tower B: 塔）")] == [("乙塔",)]
    assert [a.heads for a in scan("**甲塔**，然后**乙塔**（均是塔）")] == [("乙塔",)]


def test_one_stray_bold_mark_spoils_no_annotation() -> None:
    text = "这**是一句。**甲塔**（Tower A）和**乙塔**（Tower B）"
    assert read(text) == [("甲塔", True), ("乙塔", True)]
    assert read("**甲塔**（Tower A: 高**塔）和**乙塔**（Tower B）") == [
        ("甲塔", True),
        ("乙塔", True),
    ]


def test_a_bracket_left_open_spoils_no_other_block() -> None:
    assert read("他说（真的\n\n**甲塔**（Tower A）") == [("甲塔", True)]
    assert read("他说（真的，**甲塔**（Tower A）") == [("甲塔", True)]


def test_strip_leaves_the_sentence_with_its_heads() -> None:
    text = "看**甲塔**（Tower A: 高（很高）的塔），《**雾书**》 (Mist)（书）和**乙塔（B）**，佐布（Zorb）（笑）。"
    assert strip(text) == "看**甲塔**，《**雾书**》和**乙塔**，佐布（笑）。"
    certain = [annotation for annotation in scan(text) if annotation.certain]
    assert strip(text, certain) == "看**甲塔**，《**雾书**》和**乙塔**，佐布（Zorb）（笑）。"


def test_segments_are_the_text_in_order() -> None:
    text = "看**甲塔**（Tower A）吧"
    (annotation,) = scan(text)
    assert segments(text) == ("看", annotation, "吧")
    assert text[annotation.start : annotation.note_start] == "**甲塔**"
    assert segments("") == ()
    assert segments("看") == ("看",)
    assert segments(text, []) == (text,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("《雾中书》", "雾中书"),
        ("“泥浆”", "泥浆"),
        ("**晨雾塔**", "晨雾塔"),
        ("Mist Tower", "mist-tower"),
        ("Ｍｉｓｔ　Ｔｏｗｅｒ", "MistTower"),
        ("安·李", "安李"),
        ("LLMs", "LLM"),
        ("GPUs", "GPU"),
        ("Mist Towers", "mist tower"),
        ("batteries", "Battery"),
        ("boxes", "box"),
        ("mist nodes", "Mist Node"),
        ("Farmer's Dilemma", "Farmer’s dilemma"),
    ],
)
def test_spellings_of_one_term_have_one_key(one: str, other: str) -> None:
    assert term_key(one) == term_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AWS", "AW"),
        ("gas", "ga"),
        ("robotics", "robotic"),
        ("news", "new"),
        ("Windows", "window"),
        ("GPT-3.5", "GPT-35"),
        ("bus", "bu"),
        ("C++", "C"),
        ("塔", "塔s"),
    ],
)
def test_different_terms_have_different_keys(one: str, other: str) -> None:
    assert term_key(one) != term_key(other)


# Laws

PIECES = [
    "**", "***", "****", "*", "（", "）", "(", ")", "《", "》", "“", "”", "`", "```\n", "[", "](u)", "<b>", "\\",
    "\n", "\n\n", "- ", "，", "：", ": ", "/", "、", "和", "雾", "晨雾塔", "MT", "Mist Tower", "均是", "一种", "笑",
    "2025", "https://e.org/", " ", "。",
]  # fmt: skip
SOUP = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60)
WELL_FORMED = [form[1] for form in FORMS] + [
    "（笑）",
    "晨雾塔",
    "我们说。",
    "“Foggy House”（雾屋）",
    "\n\n",
]
PROSE = st.lists(st.sampled_from(WELL_FORMED), max_size=8).map("，".join)


@given(SOUP | PROSE)
def test_annotations_lie_in_order_and_inside_the_text(text: str) -> None:
    free = 0
    for annotation in scan(text):
        assert free <= annotation.start <= annotation.head_start < annotation.head_end
        pos = annotation.head_end
        for start, end in annotation.notes:
            assert pos <= start < end <= annotation.end
            pos = end
        assert annotation.end <= len(text)
        assert annotation.term == annotation.heads[0] != ""
        free = annotation.end


@given(SOUP | PROSE)
def test_segments_are_a_partition(text: str) -> None:
    parts = segments(text)
    assert "".join(p if isinstance(p, str) else text[p.start : p.end] for p in parts) == text
    assert tuple(p for p in parts if isinstance(p, Annotation)) == scan(text) == scan(text)


@given(PROSE)
def test_a_stripped_text_holds_no_definition(text: str) -> None:
    assert [annotation for annotation in scan(strip(text)) if annotation.definition] == []


@given(SOUP.filter(lambda text: "```" not in text and "~~~" not in text), SOUP | PROSE)
def test_a_paragraph_before_changes_nothing_but_the_offsets(before: str, text: str) -> None:
    by = len(before) + 2
    moved = [(a.start - by, a.end - by, a.term, a.definition) for a in scan(f"{before}\n\n{text}")]
    own = [(a.start, a.end, a.term, a.definition) for a in scan(text)]
    assert [place for place in moved if place[0] >= 0] == own


@given(st.text(max_size=60))
def test_a_key_is_made_of_any_text(term: str) -> None:
    assert term_key(f"《{term}》") == term_key(term)


# Cost: lines of Python run, and characters handed to slices and searches; never time.


class Measured(str):
    """A text that counts how many characters are cut out of it or looked through."""

    read = 0

    def __getitem__(self, key: Any) -> str:
        cut = super().__getitem__(key)
        Measured.read += len(cut)
        return cut

    def _looked(self, found: int, start: int, end: int) -> int:
        Measured.read += (end if found < 0 else found) - start
        return found

    def find(self, sub: str, start: Any = 0, end: Any = None) -> int:
        end = len(self) if end is None else end
        return self._looked(super().find(sub, start, end), start, end)

    def rfind(self, sub: str, start: Any = 0, end: Any = None) -> int:
        end = len(self) if end is None else end
        Measured.read += end - start
        return super().rfind(sub, start, end)


def work(text: str) -> int:
    """The lines run and the characters read to scan and strip ``text``."""
    files = {scan.__code__.co_filename, annotation_marks.__file__, annotation_notes.__file__}
    lines = 0

    def count(frame: FrameType, event: str, arg: object) -> Callable[..., Any] | None:
        nonlocal lines
        if frame.f_code.co_filename not in files:
            return None
        lines += event == "line"
        return count

    measured = Measured(text)
    Measured.read = 0
    before = sys.gettrace()
    sys.settrace(count)
    try:
        strip(measured, scan(measured))
    finally:
        sys.settrace(before)
    return lines + Measured.read


OPEN = [
    "（", "(", "）", "**", "****", "*", "《", "“", "`", "``` ", "[", "](", "[a](", "[a]((b)", "<a ", "<!--", "\\", "\n", " ",
    "http://", "http://)", "http://a(", "**塔**（", "**塔**（1", "**塔（", "塔（", "塔（A", "《塔》（A: ", "“塔”（A: ",
    "（）", "塔（A）", "**塔**（A: 塔）", "**塔**、", "**塔（A）", "（A）", "- **塔**（", "**塔**（塔）（笑）", "（(", "：",
]  # fmt: skip
NESTED = [
    ("（", "）"),
    ("（(", "）)"),
    ("**塔**（", "）"),
    ("**塔**（笑，", "）"),
    ("**塔**（1", "）"),
    ("**塔（", "）**"),
    ("塔塔（A", "）"),
    ("塔塔（塔", "）"),
    ("《塔》（A，", "）"),
    ("《塔》（塔", "）"),
    ("“塔”（A", "）"),
    ("“Slop”（塔: ", "）"),
    ("LMG（Low M", "）"),
    ("[", "](a)"),
    ("《", "》（A）"),
]
HOSTILE = [(unit, "") for unit in OPEN] + NESTED


@pytest.mark.parametrize(("opening", "closing"), HOSTILE, ids=[o + c for o, c in HOSTILE])
@pytest.mark.parametrize("around", ["{}", "**塔**（Tower: {}）"])
def test_work_grows_with_the_text(opening: str, closing: str, around: str) -> None:
    def hostile(count: int) -> str:
        return around.replace("{}", opening * count + closing * count)

    hostile_work = work(hostile(300))  # long enough for every limit to be reached
    assert work(hostile(1200)) <= 4.4 * hostile_work + 2000


@pytest.mark.parametrize("unit", ["（", "**", "《", "**塔**（", "["])
def test_a_very_long_text_of_marks_that_never_close_is_read(unit: str) -> None:
    assert scan(unit * (200_000 // len(unit))) == ()


# The real document, where it is at hand


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not part of the repository")
def test_the_sample_holds_what_was_counted_in_it() -> None:
    text = SAMPLE.read_text(encoding="utf-8").split("\n---\n", 1)[1]
    turns = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    found = scan(turns)
    certain = [annotation for annotation in found if annotation.certain]
    assert turns.count("**") == 2 * 32
    assert len(certain) == 31
    assert len({term_key(annotation.term) for annotation in certain}) == 30
    three = [a for a in certain if a.abbreviation and a.expansion and a.definition]
    assert len(three) == 9
    assert sum(a.term == "液冷技术" for a in certain) == 2
    assert sum(a.term == "兆瓦" for a in certain) == 1
    (nested,) = [a for a in certain if "（" in a.definition]
    whole = f"（ABS: {nested.expansion}: {nested.definition}）"
    assert [turns[start:end] for start, end in nested.notes] == [whole]
    assert nested.definition.count("（") == nested.definition.count("）") == 1
    assert strip(turns).count("**") == 2 * 32
