"""Traditional characters folded to simplified ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.folding import simplified

HAN = st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x2FFFF), max_size=12)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("數據湖", "数据湖"),
        ("臺灣積體電路製造", "台湾积体电路制造"),
        ("數據湖（Data Lake）", "数据湖（Data Lake）"),
        ("乾隆", "干隆"),  # no regard to words
        ("数据湖 AWS 湖", "数据湖 AWS 湖"),
        ("𠁞", "𠀾"),
        ("Data Lake", "Data Lake"),
        ("", ""),
    ],
)
def test_each_character_is_folded_in_its_place(text, folded):
    assert simplified(text) == folded


@given(HAN | st.text(max_size=12))
def test_the_length_stays_and_what_is_folded_stays(text):
    folded = simplified(text)
    assert len(folded) == len(text)
    assert simplified(folded) == folded


@given(HAN, HAN)
def test_a_character_is_folded_alike_wherever_it_stands(first, second):
    assert simplified(first + second) == simplified(first) + simplified(second)
