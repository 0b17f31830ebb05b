from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.checks.amounts import Kind, Weight, amounts
from episodes.checks.numerals import numerals


def read(text: str) -> list[tuple[float, ...]]:
    return [numeral.values for numeral in numerals(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三十一", 31),
        ("十五", 15),
        ("一百零五", 105),
        ("三百五", 350),
        ("两千", 2000),
        ("一万五千", 15_000),
        ("一千两百万", 12_000_000),
        ("一亿两千万", 120_000_000),
        ("1.5万亿", 1.5e12),
        ("3亿2千万", 320_000_000),
        ("5个亿", 500_000_000),
        ("10 亿", 1e9),
        ("零点五", 0.5),
        ("三点五亿", 350_000_000),
        ("1,234.5", 1234.5),
        ("百分之四十", 40),
        ("百分之零点五", 0.5),
        ("百分之百", 100),
        ("三成", 30),
        ("三成半", 35),
        ("九成五", 95),
        ("三分之二", 2 / 3),
        ("千分之三", 0.003),
        ("二〇二三", 2023),
        ("一九九八", 1998),
        ("兩萬", 20_000),
        ("twenty-five hundred", 2500),
        ("hundred and ten", 110),
        ("half a million", 500_000),
        ("quarter of a billion", 250_000_000),
        ("one and a half", 1.5),
        ("three and a half billion", 3.5e9),
        ("3 and a half million", 3.5e6),
        ("five point two five", 5.25),
        ("one hundred fifty thousand", 150_000),
        ("2.5 million", 2_500_000),
        ("25 hundred", 2500),
        ("two dozen", 24),
        ("half a dozen", 6),
        ("7.5 bn", 7.5e9),
        ("5k", 5000),
        ("five hundred K", 500_000),
        ("50 grand", 50_000),
        ("nineteen ninety eight", 1998),
        ("twenty twenty-five", 2025),
        ("one fifty", 150),
        ("two thirds", 2 / 3),
        ("three quarters", 0.75),
        ("21st", 21),
        ("15 uh billion", 15e9),
    ],
)
def test_a_number_is_read(text: str, value: float) -> None:
    [values] = read(text)
    assert values[0] == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("几十", 10, 100),
        ("数千亿", 1e11, 1e12),
        ("两三百", 200, 300),
        ("七八十", 70, 80),
        ("三四", 3, 4),
        ("a couple of hundred", 100, 400),
        ("a few thousand", 2000, 9000),
        ("hundreds of billions", 1e11, 1e12),
        ("dozens", 12, 120),
    ],
)
def test_a_vague_number_has_bounds_and_no_value(text: str, low: float, high: float) -> None:
    [numeral] = numerals(text)
    assert (numeral.values, numeral.low, numeral.high) == ((), low, high)


@pytest.mark.parametrize(
    ("text", "value", "high"), [("二十多", 20, 30), ("十几", 10, 20), ("200多万", 2e6, 3e6)]
)
def test_and_a_bit_leaves_room_above(text: str, value: float, high: float) -> None:
    [numeral] = numerals(text)
    assert (numeral.values, numeral.low, numeral.high) == ((value,), value, high)


@pytest.mark.parametrize(
    "text",
    ["一些", "一直", "十分重要", "千万不要", "万科", "百度", "一样", "often", "tent", "someone"],
)
def test_words_with_a_numeral_in_them_are_none(text: str) -> None:
    assert read(text) == []


def said(text: str) -> list[tuple[str, float, Kind, Weight]]:
    return [
        (text[one.start : one.end], one.values[0], one.kind, one.weight) for one in amounts(text)
    ]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("2021年", Kind.YEAR, 2021),
        ("in 2021", Kind.YEAR, 2021),
        ("90年代", Kind.YEAR, 90),
        ("the 1990s", Kind.YEAR, 1990),
        ("4月2日", Kind.DATE, 402),
        ("五月十号", Kind.DATE, 510),
        ("April 2nd", Kind.DATE, 402),
        ("the 4th of July", Kind.DATE, 704),
        ("10月", Kind.MONTH, 10),
        ("in October", Kind.MONTH, 10),
        ("三季度", Kind.QUARTER, 3),
        ("Q3", Kind.QUARTER, 3),
        ("third quarter", Kind.QUARTER, 3),
        ("下午三点半", Kind.TIME, 210),
        ("3:30 p.m.", Kind.TIME, 210),
        ("15:30", Kind.TIME, 210),
        ("nine o'clock", Kind.TIME, 540),
        ("三分之一", Kind.FRACTION, 1 / 3),
    ],
)
def test_dates_times_and_parts_are_told_from_numbers(text: str, kind: Kind, value: float) -> None:
    assert [(one.kind, one.values[0]) for one in amounts(text)] == [(kind, pytest.approx(value))]


@pytest.mark.parametrize(
    ("text", "unit", "factor", "code"),
    [
        ("35兆瓦", "power", 1e6, ""),
        ("35 megawatts", "power", 1e6, ""),
        ("35**兆瓦**（Megawatt: 100 万瓦特）", "power", 1e6, ""),
        ("3GW", "power", 1e9, ""),
        ("90公里", "length", 1e3, ""),
        ("10-mile", "length", 1609.344, ""),
        ("12个月", "time", 2_629_746, ""),
        ("25个基点", "percent", 0.01, ""),
        ("25 basis points", "percent", 0.01, ""),
        ("5个百分点", "percent", 1, ""),
        ("40 per cent", "percent", 1, ""),
        ("３０％", "percent", 1, ""),
        ("$56", "money", 1, "dollar"),
        ("US$56", "money", 1, "USD"),
        ("HK$56", "money", 1, "HKD"),
        ("56美元", "money", 1, "USD"),
        ("人民币50亿", "money", 1, "CNY"),
        ("50块", "money", 1, ""),
        ("50 bucks", "money", 1, "dollar"),
        ("20美分", "money", 0.01, "USD"),
        ("3x", "times", 1, ""),
        ("三倍", "times", 1, ""),
    ],
)
def test_units_and_money(text: str, unit: str, factor: float, code: str) -> None:
    [one] = amounts(text)
    assert (one.units[0].dimension, one.units[0].factor, one.units[0].code) == (
        unit,
        pytest.approx(factor),
        code,
    )


@pytest.mark.parametrize(
    "text",
    [
        "H100",
        "GPT-4",
        "Llama 3",
        "5G",
        "3D",
        "401(k)",
        "a 10-K",
        "24/7",
        "9·11",
        "S&P 500",
        "Boeing 737",
        "one of the",
        "一个",
        "第一",
        "first of all",
        "两者",
        "one thing",
        "@catrini7",
    ],
)
def test_names_and_words_carry_no_weight(text: str) -> None:
    assert [one.weight for one in amounts(text) if one.weight] == []


def test_places_are_those_of_the_stored_text() -> None:
    text = "**暖通**（HVAC: 45 种设备）有 600**兆瓦**，见 https://example.org/2020 ，共３０％。"
    assert [text[one.start : one.end] for one in amounts(text)] == ["600**兆瓦", "３０％"]


def test_a_range_shares_its_scale_and_its_money() -> None:
    first, second = amounts("$10 to 15 billion")
    assert (first.values, second.values) == ((10e9, 10), (15e9,))
    assert first.units == second.units


PIECES = (
    "0 1 9 12 2023 1,234 .5 % $ € 〇 一 二 两 十 百 千 万 亿 点 半 几 数 多 来 成 分之 百分之 第 年 月 日 号 个 块 倍 折 "
    "世纪 年代 季度 小时 兆瓦 美元 one two twenty hundred thousand million half a and point quarter third dozen "
    "couple of few hundreds May April 5th p.m. Q3 o'clock - – , 、 / : · ' s k bn **  （ ） ( ) @x https://a.b \n"
)


@given(st.lists(st.sampled_from(PIECES.split(" ")), max_size=30), st.sampled_from(["", " "]))
def test_reading_never_raises_and_nothing_overlaps(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    last = 0
    for one in amounts(text):
        assert last <= one.start < one.end <= len(text)
        last = one.end


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert all(0 <= one.start < one.end <= len(text) for one in amounts(text))


@pytest.mark.parametrize(
    "piece",
    [
        "1,234,",
        "十零",
        "亿",
        "万亿",
        "million ",
        "hundred ",
        "1",
        "一",
        "a few ",
        "of ",
        "几",
        "9:",
        "**",
        "1（",
        "May ",
        "1 to ",
        "十几",
        "分之",
        "twenty ",
        "$",
        "-",
        "@",
        "1.",
        "半个",
        "hundreds of ",
    ],
)
def test_a_long_text_is_read_to_its_end(piece: str) -> None:
    found = amounts(piece * (60_000 // len(piece)))  # a square of it would take many minutes
    assert all(one.end <= other.start for one, other in pairwise(found))
