"""Bytes that are no transcript, names that are known, and other things no golden file shows."""

from __future__ import annotations

import pytest

from episodes.transcripts.document import Document, ReadError
from episodes.transcripts.markdown import read, write

CANONICAL = "---\ntitle: x\n---\n\n<!-- oddlots transcript 1 -->\n\n"


def labels(document: Document) -> list[str]:
    return [turn.label for turn in document.turns()]


def codes(document: Document) -> list[tuple[int, str]]:
    return [(d.line, d.code) for d in document.diagnostics if d.code != "front_matter_missing"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n\n", "empty"),
        (b"%PDF-1.7 ...", "not_text"),
        (b"PK\x03\x04....", "not_text"),
        (bytes(range(256)) * 4, "not_text"),
        (b"\x00\x01\x02" * 100, "not_text"),
        (b"\xff\xfea", "not_text"),
        (b"\xff\xff\xff caf\xe9 \xe9\xe8", "not_text"),
        (b"<!DOCTYPE html>\n<html><body>x", "html_page"),
        (b"\n <html lang='zh'>", "html_page"),
        (b"<?xml version='1.0'?>\n<rss>", "html_page"),
        (b"WEBVTT\n\n00:00.000 --> 00:01.000\nHi", "captions_file"),
        (b"a" * 20_000_001, "too_large"),
    ],
)
def test_what_is_no_transcript_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(data, name="file.md")
    assert caught.value.code == code
    assert str(caught.value).startswith("file.md: ")


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", []),
        ("utf-8-sig", []),
        ("utf-16", []),
        ("utf-32", []),
        ("gb18030", [(1, "encoding_guessed")]),
    ],
)
def test_encodings(encoding: str, found: list[tuple[int, str]]) -> None:
    document = read("安：你好，世界。\n\n安：再见。\n".encode(encoding))
    assert [turn.text for turn in document.turns()] == ["你好，世界。", "再见。"]
    assert codes(document) == found


def test_a_few_bad_bytes_are_replaced_and_reported() -> None:
    data = "第一行。\n".encode() * 200
    document = read(data + b"\xe5\xa5 end\n")
    assert codes(document) == [(201, "bad_bytes")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    document = read(f"Ann: 一。{end}{end}Ann: 二。{end}".encode())
    assert [(turn.line, turn.text) for turn in document.turns()] == [(1, "一。"), (3, "二。")]


def test_control_characters_are_removed_and_reported() -> None:
    document = read("Ann: 一\x00二\x07。\n\nAnn: 三。".encode())
    assert [turn.text for turn in document.turns()] == ["一二。", "三。"]
    assert codes(document) == [(1, "control_characters")]


def test_a_known_name_is_believed_once_and_in_any_form() -> None:
    text = "前言。\n\n正文。\n\n正文。\n\nLi An: 你好。\n\n正文二。\n"
    assert labels(read(text.encode())) == [""] * 5
    assert labels(read(text.encode(), known_names=["Li An"])) == ["", "", "", "Li An"]
    assert labels(read(text.replace("Li An", "li  an").encode(), known_names=["Li An"])) == [
        "", "", "", "li an",
    ]  # fmt: skip
    assert labels(read(text.replace("Li An", "An").encode(), known_names=["Li An"]))[-1] == "An"


@pytest.mark.parametrize(
    "head",
    [
        "他说：“不行。”",
        "注：仅供参考。",
        "Note: nothing.",
        "https://example.org/a: b",
        "10:30 开始",
        "早上10:30",
        "- Bo: 好",
        "1. Bo: 好",
        "| Bo: 好 |",
        "> Bo: 好",
        "And I said: no.",
        "我们来看三点：",
        "`Bo: 好`",
        "AI：一种技术。",
    ],
)
def test_what_is_no_label(head: str) -> None:
    text = f"Ann Lee: 一。\n\n{head}\n\nAnn Lee: 二。\n\n{head}\n\nAnn Lee: 三。\n"
    document = read(text.encode())
    assert labels(document) == ["Ann Lee"] * 3
    assert document.chapters[0].turns[0].text == f"一。\n\n{head}"


@pytest.mark.parametrize(
    "text",
    [
        "**目标客群**：这是谁的问题？\n\n**定价**：多少钱？\n\n正文。\n",
        "介绍。\n\n**目标客群**：一。\n\n说明。\n\n说明。\n\n**目标客群**：二。\n\n说明。\n",
    ],
)
def test_term_heads_of_an_article_are_no_labels(text: str) -> None:
    assert set(labels(read(text.encode()))) == {""}


def test_nothing_a_hand_edited_canonical_file_says_is_lost() -> None:
    document = read(
        (
            CANONICAL
            + "<!-- a note -->\nfirst\n\nsecond\n### Title\n**Ann：**你好。\nmore\n\nand more\n"
            + "<details>\n<summary>Original English</summary>\n**Ann:** Hello.\n</details>\nafter\n"
            + "<!-- turn speech begin=3 -->\n**Bo:** x\n[音乐]\nthen\n\n<details>\nunclosed\n"
        ).encode()
    )
    told = [(t.kind.value, t.label, t.text, t.original) for t in document.turns()]
    assert told == [
        ("narration", "", "first", ""),
        ("narration", "", "second", ""),
        ("speech", "Ann", "你好。\nmore\n\nand more", "Hello."),
        ("narration", "", "after", ""),
        ("speech", "Bo", "x", ""),
        ("cue", "", "[音乐]", ""),
        ("narration", "", "then", "unclosed"),
    ]
    assert [d.code for d in document.diagnostics] == [
        "comment",
        "turn_mark_unread",
        "details_unclosed",
    ]
    assert read(write(document).encode()) == document


def test_a_document_without_turns_is_reported() -> None:
    assert codes(read(b"---\ntitle: x\n---\n")) == [(0, "no_turns")]


def told(document: Document) -> list[tuple[str, str, str]]:
    return [(turn.label, turn.text, turn.original) for turn in document.turns()]


def test_what_is_no_label_stays_as_it_is_written() -> None:
    text = ">> 没错：好。\n\n>> **重点**：慢。\n\n>> Ann: 一。\n\n>> Ann: 二。\n\n[00:01:02] 对：三。\n"
    document = read(text.encode())
    assert [(turn.label, turn.text) for turn in document.turns()] == [
        ("", "没错：好。"),
        ("", "**重点**：慢。"),
        ("Ann", "一。"),
        ("Ann", "二。"),
        ("", "对：三。"),
    ]


@pytest.mark.parametrize(
    "names",
    [
        ("Jean-Luc d'Arc", "Ter Braak"),
        ("沈医生", "伊芙教授"),
        ("玛雅·罗斯", "陈博"),
        ("Dr. Aoife O’Neill", "Kees ten Hoor"),
    ],
)
def test_names_of_many_kinds_are_labels_in_any_layout(names: tuple[str, str]) -> None:
    turns = [(names[i % 2], f"第{i}句。", f"Line {i}.") for i in range(6)]
    told_by = "<details>\n<summary>Original English</summary>\n\n{}\n\n</details>"
    blocks = "\n\n".join(f"**{a}:** {b}\n\n{told_by.format(c)}" for a, b, c in turns)
    lines = "\n\n".join(f"{a}: {c}\n{a}: {b}" for a, b, c in turns)
    for body in (blocks, lines, f"{blocks}\n\n{lines}", f"{lines}\n\n### 二\n{blocks}"):
        found = told(read(body.encode()))
        assert found == turns * (len(found) // 6)


def test_a_turn_of_the_translation_alone_takes_no_original_of_its_neighbour() -> None:
    text = (
        "Ann: Hi.\nAnn: 嗨。\n\nBo: 你好。\n\nAnn: 早。\n\nBo: Bye.\n\nBo: 再见。\n\nAnn: 走了。\n"
    )
    assert told(read(text.encode())) == [
        ("Ann", "嗨。", "Hi."),
        ("Bo", "你好。", ""),
        ("Ann", "早。", ""),
        ("Bo", "再见。", "Bye."),
        ("Ann", "走了。", ""),
    ]


def test_a_line_that_was_left_in_the_original_language_stays_a_turn() -> None:
    text = "Ann: 一。\n\nBo: 二。\n\nAnn: Question: why?\n\nBo: 三。\n\nAnn: 四。\n\nBo: 五。\n"
    assert [turn.text for turn in read(text.encode()).turns()][2] == "Question: why?"


def test_a_quotation_among_blocks_is_no_original() -> None:
    block = "<details>\n<summary>Original English</summary>\n\nSo.\n\n</details>\n\n"
    quoted = "**Ann:** 他写道：\n\nTo be or not.\n\n就这样。\n\n"
    document = read(f"**Ann:** 一。\n\n{block}**Bo:** 二。\n\n{block}{quoted}{block}".encode())
    assert told(document)[2] == ("Ann", "他写道：\n\nTo be or not.\n\n就这样。", "So.")


def test_a_name_alone_is_chinese_by_its_full_stop() -> None:
    text = "Ann: Bo,\nAnn: Bo。\n\nBo: Yes.\nBo: 在。\n\nAnn: 12.\nAnn: 12。\n"
    assert told(read(text.encode())) == [
        ("Ann", "Bo。", "Bo,"),
        ("Bo", "在。", "Yes."),
        ("Ann", "12。", "12."),
    ]
