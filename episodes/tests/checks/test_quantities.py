from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from episodes.checks import quantities
from episodes.checks.quantities import Sort, chinese, differences
from episodes.checks.registry import Finding, check
from episodes.tests.checks.same_numbers import SAME
from episodes.tests.checks.subjects import of_pairs, sample
from episodes.tests.transcripts.samples import needs_sample

CODES = {
    quantities.Numbers.code,
    quantities.Magnitudes.code,
    quantities.Currencies.code,
    quantities.Units.code,
}


def found(*pairs: tuple[str, str]) -> list[Finding]:
    return list(check(of_pairs(*pairs), CODES))


def told(text: str, original: str) -> list[tuple[str, str, str]]:
    """Sort, words of the translation, words of the original."""
    return [
        (one.sort, one.text.words if one.text else "", one.original.words if one.original else "")
        for one in differences(text, original)
    ]


@pytest.mark.parametrize(("text", "original"), SAME)
def test_the_same_said_in_two_languages_is_no_finding(text: str, original: str) -> None:
    assert told(text, original) == []


@pytest.mark.parametrize(
    ("text", "original", "expected"),
    [
        ("营收增长了40%。", "Revenue grew fifty percent.", (Sort.NUMBER, "40%", "fifty percent")),
        ("那是2012年。", "That was in 2021.", (Sort.NUMBER, "2012年", "2021")),
        ("4月5日。", "On April 2nd.", (Sort.NUMBER, "4月5日", "April 2nd")),
        ("在九月。", "It was in October.", (Sort.NUMBER, "九月", "October")),
        ("第二季度。", "In the third quarter.", (Sort.NUMBER, "二季度", "third quarter")),
        ("下午四点半。", "At 3:30.", (Sort.NUMBER, "四点半", "3:30")),
        ("三分之一。", "Two thirds of it.", (Sort.NUMBER, "三分之一", "Two thirds")),
        ("三十一个人。", "Thirteen people.", (Sort.NUMBER, "三十一", "Thirteen")),
        ("花了七年。", "It took five years.", (Sort.NUMBER, "七年", "five years")),
        ("10到50个。", "Ten to 15 of them.", (Sort.NUMBER, "50", "15")),
        ("80年代。", "The 1990s.", (Sort.NUMBER, "80年代", "1990s")),
        ("约40家。", "About 50 companies.", (Sort.NUMBER, "40", "50")),
        ("50亿美元。", "$50 billion.", (Sort.MAGNITUDE, "50亿美元", "$50 billion")),
        ("12万人。", "1.2 million people.", (Sort.MAGNITUDE, "12万", "1.2 million")),
        ("他有三千。", "He has thirty thousand.", (Sort.MAGNITUDE, "三千", "thirty thousand")),
        ("20元。", "$20.", (Sort.CURRENCY, "20元", "$20")),
        ("20欧元。", "20 pounds.", (Sort.CURRENCY, "20欧元", "20 pounds")),
        ("35吉瓦。", "35 megawatts.", (Sort.UNIT, "35吉瓦", "35 megawatts")),
        ("10公里。", "10 miles.", (Sort.UNIT, "10公里", "10 miles")),
        ("30年。", "30 days.", (Sort.UNIT, "30年", "30 days")),
        ("有人来了。", "450 people came.", (Sort.NUMBER, "", "450")),
        ("来了450人。", "People came.", (Sort.NUMBER, "450", "")),
        ("股价是40美元。", "The stock is up.", (Sort.NUMBER, "40美元", "")),
        ("星期三。", "On Thursday.", (Sort.NUMBER, "星期三", "Thursday")),
        ("十七世纪。", "The 18th century.", (Sort.NUMBER, "十七世纪", "18th century")),
        ("上半年。", "In the second half.", (Sort.NUMBER, "上半年", "second half")),
        ("八月十五号。", "The fifteenth of May.", (Sort.NUMBER, "八月十五号", "fifteenth of May")),
        ("一半。", "A third of it.", (Sort.NUMBER, "一半", "third")),
        ("千分之三。", "Three percent.", (Sort.NUMBER, "千分之三", "Three percent")),
        ("每五个里有一个。", "One in four.", (Sort.NUMBER, "每五个里有一", "One in four")),
        ("七位数。", "Six figures.", (Sort.NUMBER, "七位数", "Six figures")),
        ("翻了一番。", "It tripled.", (Sort.NUMBER, "翻了一番", "tripled")),
        ("两三年。", "Five or six years.", (Sort.NUMBER, "两三年", "Five")),
        ("几千万人。", "Hundreds of thousands.", (Sort.NUMBER, "几千万", "Hundreds of thousands")),
        ("四大公司。", "The five companies.", (Sort.NUMBER, "四", "five")),
        ("第七名。", "He was fourth.", (Sort.NUMBER, "七", "fourth")),
        ("一分二十秒。", "It was 1:30.", (Sort.NUMBER, "二十秒", "")),
        ("五点一刻。", "At half past five.", (Sort.NUMBER, "五点一刻", "half past five")),
        ("一周之内。", "In a single day.", (Sort.UNIT, "一周", "a single day")),
        ("每桶80美元。", "$80 a gallon.", (Sort.UNIT, "每桶", "a gallon")),
        ("5美元。", "5 Canadian dollars.", (Sort.CURRENCY, "5美元", "5 Canadian dollars")),
        ("0.25克。", "0.25 milligrams.", (Sort.UNIT, "0.25克", "0.25 milligrams")),
        ("三周。", "Three straight days.", (Sort.UNIT, "三周", "Three straight days")),
    ],
)
def test_what_differs_is_found_once(
    text: str, original: str, expected: tuple[str, str, str]
) -> None:
    assert told(text, original) == [expected]


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("两个人、三个人。", "One or two."),  # small numbers without anything to count in
        ("第三。", "Second."),
        ("几十家。", "37 of them."),
        ("二十多家。", "24 of them."),
        ("H100很贵。", "GPUs are expensive."),
        ("30%，又是30%。", "30 percent."),
        ("150亿。", "14, uh, 15 billion."),
        ("**数据中心**（Data Center: 每座 35 兆瓦）。", "Data centers."),
        ("见 https://example.org/2023/450 。", "See the page."),
        ("", "450 people."),
        ("450人。", ""),
    ],
)
def test_what_editors_need_not_look_at(text: str, original: str) -> None:
    assert told(text, original) == []


def test_a_number_that_went_into_the_turn_next_door_is_left_alone() -> None:
    assert found(("他们有450人。", "They have"), ("对。", "450 people. Right.")) == []
    assert len(found(("他们有450人。", "They have"), ("对。", "Right."), ("嗯。", "450."))) == 2


def test_a_finding_names_both_numbers_and_stands_in_the_translation() -> None:
    text = "用了**兆瓦**（Megawatt: 100 万瓦）级，共450**兆瓦**。"
    [finding] = found((text, "Megawatt scale, 350 megawatts in all."))
    assert (finding.check, finding.uid, finding.field) == ("number", "t0", "text")
    assert text[finding.start : finding.end] == "450**兆瓦"
    assert finding.message == "The original says “350 megawatts”, the translation “450兆瓦”."
    assert finding.fix is None
    assert finding.about == ("text", "450兆瓦", "350 megawatts")


def test_a_number_that_is_missing_stands_in_the_original() -> None:
    [finding] = found(("有人。", "There were 450 people."))
    assert (finding.field, finding.start, finding.end) == ("original", 11, 14)
    assert finding.message == "“450” stands in the original only."


def test_a_slip_of_size_offers_the_original_s_value() -> None:
    [finding] = found(("估值是50亿美元，对吧？", "It's valued at $50 billion, right?"))
    assert (finding.check, finding.start, finding.end) == ("number_magnitude", 3, 8)
    assert finding.fix is not None
    assert (finding.fix.field, finding.fix.value) == ("text", "估值是500亿美元，对吧？")


def test_no_fix_where_it_would_be_a_guess() -> None:
    [finding] = found(("人形机器人是16000美元。", "Their humanoid is 16."))
    assert (finding.check, finding.fix) == ("number_magnitude", None)


def test_two_of_the_same_are_told_apart() -> None:
    first, second = found(("没有。", "450 here. 450 there."))
    assert first.fingerprint != second.fingerprint


# Laws


def han(value: int) -> str:
    """An integer below 10^16 in Chinese numerals."""
    if value >= 10**8:
        head, rest = divmod(value, 10**8)
        return han(head) + "亿" + _rest(rest, 10**7)
    if value >= 10**4:
        head, rest = divmod(value, 10**4)
        return han(head) + "万" + _rest(rest, 10**3)
    out, zero = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, size)
        if digit:
            out += ("零" if zero and out else "") + "零一二三四五六七八九"[digit] + name
        zero = not digit
    return out or "零"


def _rest(value: int, full: int) -> str:
    if not value:
        return ""
    return ("" if value >= full else "零") + han(value)


ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"


def english(value: int) -> str:
    for size, name in (
        (10**12, "trillion"),
        (10**9, "billion"),
        (10**6, "million"),
        (1000, "thousand"),
    ):
        if value >= size:
            head, rest = divmod(value, size)
            return f"{english(head)} {name}" + (f" {english(rest)}" if rest else "")
    if value >= 100:
        head, rest = divmod(value, 100)
        return f"{ONES.split()[head]} hundred" + (f" and {english(rest)}" if rest else "")
    if value < 20:
        return ONES.split()[value]
    tens, one = divmod(value, 10)
    return TENS.split()[tens - 2] + (f"-{ONES.split()[one]}" if one else "")


def scaled(value: int, scales: dict[str, int]) -> list[str]:
    """The ways in which a value can be written with a scale and at most three decimals."""
    return [
        f"{value / size:.12g}{name}"
        for name, size in scales.items()
        if value >= size and value * 1000 % size == 0
    ]


def in_chinese(value: int) -> list[str]:
    forms = [str(value), f"{value:,}", han(value), chinese(value)]
    return forms + scaled(
        value, {"万": 10**4, "亿": 10**8, "万亿": 10**12, "千": 1000, "百万": 10**6}
    )


def in_english(value: int) -> list[str]:
    forms = [str(value), f"{value:,}", english(value)]
    scales = {" thousand": 1000, " million": 10**6, " billion": 10**9, " trillion": 10**12}
    return forms + scaled(value, scales) + scaled(value, {"k": 1000, " bn": 10**9})


UNITS = [
    ("{}人", "{} people"),
    ("{}美元", "${}"),
    ("{}美元", "{} dollars"),
    ("{}兆瓦", "{} megawatts"),
    ("{}公里", "{} kilometers"),
    ("{}欧元", "€{}"),
    ("{}吨", "{} tons"),
]
VALUES = st.one_of(
    st.integers(11, 9999),
    st.builds(lambda head, zeros: head * 10**zeros, st.integers(11, 999), st.integers(0, 10)),
)


@given(VALUES, st.sampled_from(UNITS), st.data())
@example(10_100, UNITS[0], None)
def test_a_value_in_any_form_is_itself(value: int, unit: tuple[str, str], data: Any) -> None:
    texts, originals = in_chinese(value), in_english(value)
    if data is not None:
        texts, originals = (
            [data.draw(st.sampled_from(texts))],
            [data.draw(st.sampled_from(originals))],
        )
    for text in texts:
        for original in originals:
            assert (
                told(f"一共{unit[0].format(text)}。", f"In all {unit[1].format(original)}.") == []
            )


@given(VALUES, VALUES, st.sampled_from(UNITS), st.data())
def test_another_value_is_found_once(
    value: int, other: int, unit: tuple[str, str], data: Any
) -> None:
    assume(value != other)
    assume(f"{value:.9g}".rstrip("0")[:2] != f"{other:.9g}".rstrip("0")[:2])
    text = unit[0].format(data.draw(st.sampled_from(in_chinese(value))))
    original = unit[1].format(data.draw(st.sampled_from(in_english(other))))
    assert len(told(f"一共{text}。", f"In all {original}.")) == 1


@given(st.integers(1, 99), st.integers(0, 9))
def test_percentages_in_any_form(whole: int, tenth: int) -> None:
    value = f"{whole}.{tenth}" if tenth else str(whole)
    texts = [
        f"{value}%",
        f"百分之{value}",
        f"百分之{han(whole)}" + (f"点{han(tenth)}" if tenth else ""),
    ]
    spelt = english(whole) + (f" point {english(tenth)}" if tenth else "")
    for text in texts:
        for original in (f"{value}%", f"{value} percent", f"{spelt} per cent"):
            assert told(f"有{text}。", f"It is {original}.") == []
        if whole not in (49, 50, 51, 99):
            assert len(told(f"有{text}。", f"It is {whole + 1}.{tenth} percent.")) == 1


@given(st.integers(1950, 2049))
def test_years_in_any_form(year: int) -> None:
    digits = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))
    for text in (f"{year}年", f"{digits}年"):
        for original in (f"in {year}", f"in '{year % 100:02}"):
            if year % 100 > 9 or "'" not in original:
                assert told(f"那是{text}。", f"It was {original}.") == []
        assert len(told(f"那是{text}。", f"It was in {year + 1}.")) == 1


def test_comparing_is_bounded() -> None:
    few = differences("450人，" * 190, "a 350 b " * 190)
    many = differences("450人，" * 20_000, "a 350 b " * 20_000)  # a square would take many minutes
    assert len(list(many)) <= max(len(list(few)), 20_000)


@needs_sample
def test_the_sample_has_one_number_to_look_at() -> None:
    assert [(one.uid, one.message) for one in check(sample(), CODES)] == [
        (
            "t162",
            "The original says “16”, the translation “16000美元”: a power of ten lies between them.",
        )
    ]
