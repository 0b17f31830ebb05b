"""Looking a term up by what a reader types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.slugs import sort_key
from glossary.lookup import Wanted

NAMES = ("数据湖", "Data Lake", "DL")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("数据", True),
        ("據湖", True),
        ("湖数", False),
        ("data l", True),
        ("ＤＡＴＡ", True),
        ("shuju", True),
        ("shu ju hu", True),
        ("shu'ju", True),
        ("Shu’Ju", True),
        ("juhu", True),
        ("sju", False),
        ("uju", False),
        ("sj", True),
        ("jh", True),
        ("s j", False),
        ("sh", True),
        ("x", False),
        ("%", False),
    ],
)
def test_a_term_is_found_by_its_names_its_pinyin_and_its_initials(asked, found):
    assert Wanted(asked).is_in(NAMES, sort_key(NAMES[0])) is found


def test_traditional_terms_are_found_by_simplified_words():
    assert Wanted("数据").is_in(["數據湖"], "")


@given(st.text("湖水数Data lake", min_size=1, max_size=12), st.data())
def test_every_part_of_a_name_finds_it(name, data):
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert Wanted(name[start:end]).is_in([name], sort_key(name))
