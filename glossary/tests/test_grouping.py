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
    said_in,
    same_saying,
    slug_base,
    values_of,
)

NOTES = st.builds(
    Evidence,
    head=st.sampled_from(["数据湖", "數據湖", "Data Lake", "data-lake"]),
    foreign=st.sampled_from(["", "Data Lake", "Lake of Data"]),
    abbreviation=st.sampled_from(["", "DL", "LD"]),
    expansion=st.sampled_from(["", "Data Lake", "Lake Data"]),
    definition=st.sampled_from(["", "仓库", "仓库。", "大仓库", "小仓库", "小倉庫"]),
    renderings=st.sampled_from([(), ("湖",)]),
)


@given(st.lists(NOTES, min_size=1, max_size=8), st.randoms())
def test_the_same_notes_in_any_order_say_the_same(notes, random):
    shuffled = list(notes)
    random.shuffle(shuffled)
    counted = Counter(shuffled)
    values = values_of(counted)
    assert values == values_of(Counter(notes))
    assert disagreements(values, (), counted) == disagreements(values, (), Counter(notes))


@given(st.lists(NOTES, min_size=1, max_size=8))
def test_what_an_entry_says_is_no_disagreement_and_each_is_told_once(notes):
    counted = Counter(notes)
    values = values_of(counted)
    found = disagreements(values, (), counted)
    said = {(field, same_saying(field, value)) for field, value in found}
    assert len(said) == len(found)
    for field in ("foreign_term", "abbreviation", "expansion", "definition"):
        assert (field, same_saying(field, getattr(values, field))) not in said
    assert "aliases" not in {field for field, _value in found}
    every = Counter(
        same
        for note in counted.elements()
        for same in {(field, same_saying(field, value)) for field, value in said_in(note)}
    )
    assert {(f, same_saying(f, v)): uses for (f, v), uses in found.items()} == {
        same: every[same] for same in said
    }


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
    one_term = [
        ("数据湖", "數據湖", "《数据湖》", "数据 湖", "**數据湖**"),
        ("Data Lake", "data-lake", "ＤＡＴＡ　ＬＡＫＥ", "data lakes", "DataLake"),
        ("LLM", "LLMs", "ＬＬＭ", "llm"),
        ("Sora 2", "Sora2", "sora-2"),
        ("臺灣積體電路", "台湾积体电路"),
        ("battery", "Batteries"),
    ]
    assert [len({key_of(head) for head in spellings}) for spellings in one_term] == [1] * 6
    two_terms = [("AWS", "AW"), ("Sora 2", "Sora 3"), ("robotics", "robotic"), ("数据湖", "数据库")]
    assert [len({key_of(head) for head in heads}) for heads in two_terms] == [2] * 4
    assert key_of("——") == ""


def test_the_term_is_the_spelling_of_most_notes_and_a_simplified_one_in_a_tie():
    often = Counter({Evidence("數據湖泊"): 2, Evidence("数据湖泊"): 1})
    assert values_of(often) == Values("數據湖泊", aliases=("数据湖泊",))
    tied = Counter({Evidence("數 據湖泊"): 1, Evidence("数据湖泊"): 1})
    assert values_of(tied) == Values("数据湖泊", aliases=("數 據湖泊",))


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


def test_what_lost_the_vote_of_a_candidate_is_told_with_its_votes():
    notes = Counter(
        {
            Evidence("投资回报", "", "ROIC", "Return on Invested Capital", "衡量回报的指标"): 3,
            Evidence("投资回报", "", "roic", "Return On Invested Capital", "衡量回报"): 1,
            Evidence("投资回报", "", "ROI", "Return on Investment", "一种比率"): 2,
            Evidence("投资回报", "", "ROI", "Return on Invested Time", "一种比率。"): 1,
            Evidence("投資回報", "Investment Return"): 1,
        }
    )
    values = values_of(notes)
    assert (values.abbreviation, values.expansion) == ("ROIC", "Return on Invested Capital")
    assert disagreements(values, (), notes) == {
        ("abbreviation", "ROI"): 3,
        ("expansion", "Return on Investment"): 2,
        ("expansion", "Return on Invested Time"): 1,
        ("definition", "一种比率"): 3,
    }


def test_a_part_of_the_definition_hyphens_and_a_plural_are_no_disagreement_but_spellings_are():
    known = Values("数据湖", "Data Lake", definition="存放原始数据的仓库，常在云端")
    notes = Counter(
        {
            Evidence("数据湖", "Data-Lakes", definition="存放原始数据的仓库"): 1,
            Evidence("数据湖", definition="原始数据的倉庫，"): 1,
            Evidence("數據湖", definition="存放原始数据的仓库，常在云端，很大"): 1,
        }
    )
    assert disagreements(known, (), notes) == {
        ("aliases", "數據湖"): 1,
        ("definition", "存放原始数据的仓库，常在云端，很大"): 1,
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
