"""From notes to what an entry says."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from glossary.grouping import (
    Evidence,
    Values,
    disagreements,
    key_of,
    plan_slugs,
    slug_base,
    values_of,
)

NOTES = st.builds(
    Evidence,
    head=st.sampled_from(["数据湖", "Data Lake", "data-lake"]),
    foreign=st.sampled_from(["", "Data Lake", "Lake of Data"]),
    abbreviation=st.sampled_from(["", "DL", "LD"]),
    expansion=st.sampled_from(["", "Data Lake", "Lake Data"]),
    definition=st.sampled_from(["", "仓库", "大仓库", "小仓库"]),
    renderings=st.sampled_from([(), ("湖",)]),
)


@given(st.lists(NOTES, min_size=1, max_size=8), st.randoms())
def test_the_same_notes_in_any_order_say_the_same(notes, random):
    shuffled = list(notes)
    random.shuffle(shuffled)
    assert values_of(Counter(shuffled)) == values_of(Counter(notes))


def test_one_note_is_what_the_entry_says():
    note = Evidence("暖通", "", "HVAC", "Heating and so on", "供暖（和通风）系统")
    assert values_of({note: 3}) == Values(
        term="暖通",
        abbreviation="HVAC",
        expansion="Heating and so on",
        definition="供暖（和通风）系统",
    )


def test_the_value_of_most_notes_wins_and_an_empty_one_never_does():
    notes = [
        Evidence("湖", "Lake", definition="水"),
        Evidence("湖", "Lake"),
        Evidence("湖", "The Lake", definition="一大片水"),
        Evidence("湖", "", definition="水"),
    ]
    assert values_of(Counter(notes)) == Values(term="湖", foreign_term="Lake", definition="水")


def test_of_as_many_the_longest_wins_then_the_first_in_code_points():
    notes = [Evidence("湖", definition=text) for text in ("乙乙", "甲", "乙甲")]
    assert values_of(Counter(notes)).definition == "乙乙"


def test_an_expansion_is_not_taken_from_another_abbreviation():
    notes = [
        Evidence("甲", "", "ABC", ""),
        Evidence("甲", "", "ABC", ""),
        Evidence("甲", "", "XYZ", "X Y Z"),
    ]
    assert values_of(Counter(notes)) == Values(term="甲", abbreviation="ABC")


def test_other_spellings_and_renderings_become_aliases_in_order():
    notes = [
        Evidence("tokens", "tokens", renderings=("标记",)),
        Evidence("tokens"),
        Evidence("Token", renderings=("词元",)),
    ]
    assert values_of(Counter(notes)) == Values(
        term="tokens", foreign_term="tokens", aliases=("Token", "标记", "词元")
    )


def test_spellings_of_one_term_have_one_key_and_signs_have_none():
    assert (
        len(
            {
                key_of(head)
                for head in ("Data Lake", "data-lake", "ＤＡＴＡ　ＬＡＫＥ", "data lakes")
            }
        )
        == 1
    )
    assert key_of("——") == ""


def test_disagreements_are_counted_and_equal_but_for_case_width_and_stop_is_none():
    known = Values("数据湖", "Data Lake", definition="存放数据的仓库。", aliases=("湖",))
    notes = [
        Evidence("数据湖", "data  lake", definition="存放数据的仓库"),
        Evidence("数据湖", "Lake of Data", definition="一个湖"),
        Evidence("数据湖", "Lake of Data"),
        Evidence("湖", "ＤＡＴＡ　ＬＡＫＥ"),
        Evidence("数据之湖", "Pond"),
    ]
    assert disagreements(known, ["pond"], Counter(notes)) == {
        ("foreign_term", "Lake of Data"): 2,
        ("definition", "一个湖"): 1,
        ("aliases", "数据之湖"): 1,
    }


def test_the_slug_is_the_foreign_name_or_pinyin():
    assert [
        slug_base(Values("数据湖", "Data Lake")),
        slug_base(Values("暖通", "", "HVAC", "Heating and so on")),
        slug_base(Values("思科", "", "CSCO")),
        slug_base(Values("数据湖")),
    ] == ["data-lake", "heating-and-so-on", "csco", "shu-ju-hu"]


def test_slugs_are_given_in_the_order_of_the_keys_whoever_came_first():
    asked = [("湖", "lake"), ("水", "lake"), ("池", "pond")]
    expected = {"水": "lake-3", "池": "pond", "湖": "lake-4"}
    assert plan_slugs(asked, {"lake", "lake-2"}) == expected
    assert plan_slugs(asked[::-1], {"lake-2", "lake"}) == expected
