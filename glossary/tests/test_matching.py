"""Where a text uses terms."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from glossary.matching import Form, Match, Matcher, usable


def found(text: str, *forms: str) -> list[str]:
    """The forms found, as they stand in the text."""
    matcher = Matcher(Form(form, number) for number, form in enumerate(forms))
    return [text[match.start : match.end] for match in matcher.find(text)]


def test_a_form_is_found_wherever_it_stands_with_its_entry():
    matcher = Matcher([Form("数据湖", 7), Form("兆瓦", 9)])
    assert matcher.find("一百兆瓦的数据湖，数据湖") == [
        Match(2, 4, 9),
        Match(5, 8, 7),
        Match(9, 12, 7),
    ]


def test_the_longest_is_chosen_and_nothing_within_it_or_across_it():
    assert found("超大规模云服务商和超大规模", "超大规模", "超大规模云服务商", "云服务") == [
        "超大规模云服务商",
        "超大规模",
    ]
    assert found("甲乙丙丁戊", "甲乙丙", "丙丁", "丁戊") == ["甲乙丙", "丁戊"]
    assert found("甲乙丙丁", "甲乙", "乙丙丁") == ["乙丙丁"]


def test_latin_words_have_borders_and_chinese_has_none():
    assert found("The token, tokens; 用token做 token_a étoken", "token") == ["token", "token"]
    assert found("AI工厂与XAI工厂", "AI工厂") == ["AI工厂"]
    assert found("在GPU上", "GPU") == ["GPU"]
    assert found("5G和5GW", "5G") == ["5G"]


def test_case_and_width_make_no_difference_except_for_abbreviations():
    assert found("DATA lake, ＤＡＴＡ　ＬＡＫＥ", "Data Lake") == [
        "DATA lake",
        "ＤＡＴＡ　ＬＡＫＥ",
    ]
    assert found("it is IT, ＩＴ", "IT") == ["IT", "ＩＴ"]


def test_an_abbreviation_and_a_word_of_the_same_letters_are_two_forms():
    matcher = Matcher([Form("IRA", 1, (0,)), Form("Ira", 2, (1,))])
    assert matcher.find("IRA, Ira") == [Match(0, 3, 1), Match(5, 8, 2)]


def test_of_two_terms_with_one_spelling_the_lower_rank_has_it():
    forms = [Form("数据湖", 1, (1,)), Form("数据湖", 2, (0,))]
    assert Matcher(forms).find("数据湖") == [Match(0, 3, 2)]
    assert Matcher(forms[::-1]).find("数据湖") == [Match(0, 3, 2)]


def test_a_single_han_character_is_a_form_and_a_single_letter_is_none():
    assert [usable(form) for form in ("熵", "C", "7", "", "——", "C++")] == [
        True,
        False,
        False,
        False,
        False,
        True,
    ]
    assert found("熵C", "熵", "C") == ["熵"]


def test_letters_that_fold_to_two_move_no_offset():
    assert Matcher([Form("数据湖", 1)]).find("İİ的数据湖") == [Match(3, 6, 1)]


def test_without_forms_nothing_is_found():
    assert Matcher([]).find("数据湖") == []


TEXTS = st.text("甲乙丙AbＣ c", max_size=30)


@given(TEXTS, st.lists(st.text("甲乙丙abc ", min_size=1, max_size=4), max_size=6))
def test_matches_are_in_order_and_never_overlap(text, forms):
    matches = Matcher(Form(form, number) for number, form in enumerate(forms)).find(text)
    ends = [0, *(match.end for match in matches)]
    assert all(end <= match.start < match.end for end, match in zip(ends, matches, strict=False))
    assert all(match.end <= len(text) for match in matches)


@given(TEXTS, st.lists(st.text("甲乙丙abc ", min_size=1, max_size=4), max_size=6), st.randoms())
def test_the_order_of_the_forms_makes_no_difference(text, forms, random):
    made = [Form(form, number) for number, form in enumerate(forms)]
    shuffled = list(made)
    random.shuffle(shuffled)
    assert Matcher(shuffled).find(text) == Matcher(made).find(text)


def test_nothing_is_found_in_what_is_closed_and_of_a_head_only_the_whole():
    matcher = Matcher([Form("数据湖", 1), Form("数据", 2), Form("湖", 3)])
    text = "数据湖，数据湖，数据湖"
    assert matcher.find(text, closed=[(0, 3)], heads=[(4, 7)]) == [Match(4, 7, 1), Match(8, 11, 1)]
    # of a head that is no term as a whole nothing is found, and nothing across its border
    assert matcher.find("大数据湖", heads=[(0, 3)]) == [Match(3, 4, 3)]
    assert matcher.find("数据湖", closed=[(2, 3)]) == [Match(0, 2, 2)]
