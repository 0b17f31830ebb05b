"""Where sentences end, and what counts as a difference between two texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.transcripts.sentences import comparable, split_sentences

PIECES = st.sampled_from(
    [
        *("。", "！", "？", "……", "；", ".", "?", "!", "...", "”", "）", "（", "(", ")", "**", '"'),
        *(" ", "  ", "\n", "\n\n", "\t", "\u3000", "Dr", "U.S", "A", "b", "港口", "Yes", "3.5"),
        *("\u200b", "e\u0301"),
    ]
)
TEXT = st.lists(PIECES, max_size=20).map("".join)


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text)]


@given(TEXT | st.text(max_size=30))
def test_the_sentences_make_up_the_text(text: str) -> None:
    whole = "".join(sentence.before + sentence.text for sentence in split_sentences(text))
    assert whole == text.replace("\r\n", "\n").replace("\r", "\n")


@given(TEXT)
def test_spaces_stand_before_sentences_and_line_breaks_by_themselves(text: str) -> None:
    for sentence in split_sentences(text):
        assert sentence.before.strip() == ""
        assert "\n" not in sentence.before
        assert sentence.text == sentence.text.lstrip(" \t\u3000") or sentence.text[0] == "\n"
        assert "\n" not in sentence.text or sentence.text.strip() == ""


@given(TEXT)
def test_a_sentence_by_itself_is_a_sentence(text: str) -> None:
    for sentence in split_sentences(text):
        if "（" not in text and "(" not in text and "）" not in text and ")" not in text:
            assert "".join(texts(sentence.text)) == sentence.text


@given(TEXT | st.text(max_size=30))
def test_comparing_twice_is_comparing_once(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("港口很小。电网更小！真的吗？", ["港口很小。", "电网更小！", "真的吗？"]),
        ("他说：“走吧。”然后走了。", ["他说：“走吧。”", "然后走了。"]),
        ("先这样；再那样……好。", ["先这样；", "再那样……", "好。"]),
        ("**很好。**下一句。", ["**很好。**", "下一句。"]),
        ("真的吗?我不信!是的", ["真的吗?", "我不信!", "是的"]),
        ("We built it. It works!  Does it? yes.", ["We built it.", "It works!", "Does it? yes."]),
        ('He left. "Why?" she said.', ["He left.", '"Why?" she said.']),
        ('She said "No." Then she left.', ['She said "No."', "Then she left."]),
        (
            "Dr. Lang met Mr. Hart in the U.S. Senate.",
            ["Dr. Lang met Mr. Hart in the U.S. Senate."],
        ),
        ("It cost 3.5 million. We paid.", ["It cost 3.5 million.", "We paid."]),
        ("I was. . . Well.", ["I was. . .", "Well."]),
        ("We use AI. 我们用它。", ["We use AI.", "我们用它。"]),
        ("So... maybe. So... We go.", ["So... maybe.", "So...", "We go."]),
        ("一。\n\n二。\n三", ["一。", "\n\n", "二。", "\n", "三"]),
        ("一。 \n \n  二。", ["一。", "\n \n", "二。"]),
        (
            "**数据湖**（Data Lake: 存放数据。也叫湖。）很大。第二句。",
            ["**数据湖**（Data Lake: 存放数据。也叫湖。）很大。", "第二句。"],
        ),
        (
            "他（笑。）走了。（她也笑。真的。）完。",
            ["他（笑。）走了。", "（她也笑。真的。）", "完。"],
        ),
        ("（他笑了。）然后走了。", ["（他笑了。）", "然后走了。"]),
        ("不成对（的括号。下一句。", ["不成对（的括号。", "下一句。"]),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert texts(text) == sentences


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("caf\u00e9", "cafe\u0301", True),
        ("a\r\nb", "a\nb", True),
        ("a  \nb\t", "a\nb", True),
        ("a\u200bb\ufeff", "ab", True),
        ("ＡＢ", "AB", False),
        ("，", ",", False),
        ("a  b", "a b", False),
        ("A", "a", False),
    ],
)
def test_what_counts_as_a_difference(one: str, other: str, equal: bool) -> None:
    assert (comparable(one) == comparable(other)) is equal


@pytest.mark.parametrize("piece", [".", "。", "(", "（）", ". ", "\n", "Mr.", "a.b", "*", "! A"])
def test_400000_characters_of_one_kind_are_split_at_once(piece: str) -> None:
    text = piece * (400_000 // len(piece))
    assert sum(len(s.before) + len(s.text) for s in split_sentences(text)) == len(text)
