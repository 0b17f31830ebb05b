"""Units as they stand beside numbers, in Chinese and in English: what they measure, and how much.

A unit is a dimension and a factor, so that two amounts of one dimension can be compared whatever
they are given in: 35 MW and 三万五千千瓦, 18 months and 一年半. What a word means in one language only is
not our business: ``pounds`` are money or weight, and stand for both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["PERCENT", "TIMES", "Unit", "money_before", "unit_after"]


@dataclass(frozen=True, slots=True)
class Unit:
    """``factor`` turns the number into the dimension's base. Money is ``money`` with a ``code``:
    ISO 4217, ``dollar`` for anybody's dollars, empty for money of whatever kind (块)."""

    dimension: str
    factor: float = 1.0
    code: str = ""


def _money(code: str, factor: float = 1.0) -> Unit:
    return Unit("money", factor, code)


PERCENT = Unit("percent")
TIMES = Unit("times")

_DAY = 86_400.0
_YEAR = 31_556_952.0

# By dimension: factor, then the words, English ones without plural s, abbreviations by case.
_TABLE: dict[str, list[tuple[float, str]]] = {
    "time": [
        (1, "second sec 秒 秒钟 秒鐘"),
        (60, "minute min 分钟 分鐘"),
        (3600, "hour hr 小时 钟头 小時 鐘頭"),
        (_DAY, "day 天"),
        (7 * _DAY, "week 周 週 星期 礼拜 禮拜"),
        (14 * _DAY, "fortnight"),
        (_YEAR / 12, "month 个月 個月"),
        (_YEAR, "year yr 年 岁 歲"),
        (10 * _YEAR, "decade"),
        (100 * _YEAR, "century centuries 个世纪 個世紀"),
    ],
    "length": [
        (1e-9, "nm nanometer nanometre 纳米 奈米"),
        (1e-6, "micron 微米"),
        (1e-3, "mm millimeter millimetre 毫米 公釐"),
        (1e-2, "cm centimeter centimetre 厘米 公分"),
        (1, "meter metre 米 公尺"),
        (1e3, "km kms kilometer kilometre 公里 千米"),
        (0.0254, "inch inches 英寸 英吋"),
        (0.3048, "foot feet ft 英尺 英呎"),
        (0.9144, "yard 码"),
        (1609.344, "mile mi mph 英里 英哩"),
        (1852, "nautical_mile 海里"),
        (9.4607e15, "light_year 光年"),
    ],
    "area": [
        (1, "square_meter square_metre sqm 平方米 平米"),
        (1e6, "square_kilometer square_kilometre square_km 平方公里"),
        (0.09290304, "square_foot square_feet sq_ft sqft 平方英尺"),
        (2_589_988.0, "square_mile 平方英里"),
        (4046.856, "acre 英亩 英畝"),
        (1e4, "hectare 公顷 公頃"),
        (666.67, "亩 畝"),
    ],
    "mass": [
        (1e-9, "microgram mcg 微克"),
        (1e-6, "milligram mg 毫克"),
        (1e-3, "gram 克 公克"),
        (0.02835, "ounce oz 盎司 盎斯"),
        (0.453592, "pound lb lbs 磅"),
        (6.350293, "stone 英石"),
        (0.5, "斤"),
        (1, "kg kilogram kilo 公斤 千克"),
        (1000, "ton tonne metric_ton 吨 噸"),
    ],
    "volume": [
        (1e-3, "milliliter millilitre ml mL 毫升"),
        (1, "liter litre 升 公升"),
        (3.785, "gallon 加仑 加侖"),
        (159.0, "barrel 桶"),
        (1000, "cubic_meter cubic_metre 立方米"),
        (28.317, "cubic_foot cubic_feet 立方英尺"),
    ],
    "power": [
        (1, "watt W 瓦 瓦特"),
        (745.7, "horsepower 马力 馬力"),
        (1e3, "kilowatt kW KW 千瓦"),
        (1e6, "megawatt MW mw 兆瓦"),
        (1e9, "gigawatt gig_watt GW gw 吉瓦 千兆瓦"),
        (1e12, "terawatt TW 太瓦"),
    ],
    "energy": [
        (1, "watt_hour Wh 瓦时"),
        (1e3, "kilowatt_hour kWh KWh 千瓦时"),
        (1e6, "megawatt_hour MWh 兆瓦时"),
        (1e9, "gigawatt_hour GWh 吉瓦时"),
        (1e12, "terawatt_hour TWh 太瓦时"),
    ],
    "data": [
        (1e3, "kilobyte KB 千字节"),
        (1e6, "megabyte MB 兆字节"),
        (1e9, "gigabyte gig GB 吉字节"),
        (1e12, "terabyte TB 太字节"),
        (1e15, "petabyte PB 拍字节"),
    ],
    "percent": [
        (1, "% percent per_cent percentage_point 个百分点 百分点 個百分點 百分點"),
        (0.1, "‰"),
        (0.01, "basis_point bp bps 个基点 基点 個基點 基點"),
    ],
    "frequency": [(1, "hertz Hz 赫兹"), (1e6, "megahertz MHz 兆赫"), (1e9, "gigahertz GHz 吉赫")],
    "heat": [(1, "calorie 卡路里 大卡")],
    "digits": [(1, "figure 位数 位數")],
    "times": [(1, "x X × time fold 倍")],
}
_MONEY = {
    "dollar": "dollar buck",
    "USD": "us_dollar U.S._dollar american_dollar USD 美元 美金",
    "EUR": "euro EUR 欧元 歐元",
    "GBP": "pound sterling quid GBP 英镑 英鎊",
    "JPY": "yen japanese_yen JPY 日元 日圆 日圓",
    "CNY": "yuan chinese_yuan renminbi rmb RMB CNY 元人民币 人民币 元",
    "KRW": "won 韩元 韓元 韩币",
    "INR": "rupee 卢比 盧比",
    "HKD": "HKD 港元 港币 港幣",
    "CAD": "CAD canadian_dollar 加元 加幣",
    "AUD": "AUD australian_dollar 澳元",
    "SGD": "SGD singapore_dollar 新元 新加坡元",
    "TWD": "TWD taiwan_dollar 新台币 台币 台幣",
    "CHF": "CHF franc swiss_franc 法郎 瑞郎",
    "SEK": "SEK krona kronor krone kroner 克朗",
    "RUB": "RUB rouble ruble 卢布 盧布",
    "MXN": "peso 比索",
    "BRL": "reais 雷亚尔",
    "ZAR": "rand 兰特",
    "THB": "baht 泰铢 泰銖",
    "ILS": "shekel 谢克尔",
    "TRY": "lira 里拉",
    "BTC": "bitcoin BTC 比特币 比特幣",
    "": "块钱 块 刀",
}
_LATIN: dict[str, tuple[Unit, ...]] = {}
_HAN: dict[str, tuple[Unit, ...]] = {}


def _add(word: str, unit: Unit) -> None:
    if not word.isascii():
        _HAN[word] = (*_HAN.get(word, ()), unit)
        return
    word = word.replace("_", " ")
    forms = (
        [word] if word != word.lower() or len(word) < 3 or word[-1] == "s" else [word, word + "s"]
    )
    for form in forms:
        _LATIN[form] = (*_LATIN.get(form, ()), unit)


for _dimension, _rows in _TABLE.items():
    for _factor, _words in _rows:
        for _word in _words.split():
            _add(_word, Unit(_dimension, _factor))
for _code, _words in _MONEY.items():
    for _word in _words.split():
        _add(_word, _money(_code))
for _word in ("cent", "美分"):
    _add(_word, _money("USD", 0.01))

_LONGEST_FIRST = "|".join(sorted(map(re.escape, _HAN), key=len, reverse=True))
_HAN_UNIT = re.compile(rf"\s?[个個]?(?:{_LONGEST_FIRST})(?<!天)|\s?天(?![然气空线才生堂使])")
_WORDS = re.compile(r"[\s-]{0,2}((?:U\.S\. )?%|[A-Za-z]+)(?:[ -]([A-Za-z]+))?")
_BETWEEN = frozenset(
    [
        "straight",
        "full",
        "whole",
        "long",
        "solid",
        "consecutive",
        "more",
        "extra",
        "additional",
        "fiscal",
    ]
)
_NO_UNIT = re.compile(
    r"元[素宇件]|块[链头]|码[头农流]|米[其粒饭]|周[末边围期]|克[服隆制]|升[级高值到至]|刀片|桶装"
)
_BEFORE = re.compile(
    r"(?:(?P<us>US|U\.S\.)|(?P<other>HK|NT|CA?|AU?|S))?\$\s?$|(?P<sign>[€£¥￥])\s?$"
    r"|(?P<word>人民币|RMB|USD|EUR|GBP|CNY|美元)\s?$"
)
_SIGNS = {"€": "EUR", "£": "GBP", "人民币": "CNY", "RMB": "CNY", "美元": "USD"}
_DOLLARS = {"HK": "HKD", "NT": "TWD", "C": "CAD", "CA": "CAD", "A": "AUD", "AU": "AUD", "S": "SGD"}


def unit_after(text: str, at: int) -> tuple[tuple[Unit, ...], int]:
    """What is measured, by the word that follows a number, and where that word ends.

    None, and the same place, where no unit follows.
    """
    if text[at : at + 1] in ("%", "％"):
        return (PERCENT,), at + 1
    if words := _WORDS.match(text, at):
        first, second = words[1], words[2]
        if second and (
            found := _latin(f"{first} {second}") or (_latin(second) if first in _BETWEEN else ())
        ):
            return found, words.end()
        return (found, words.end(1)) if (found := _latin(first)) else ((), at)
    if (word := _HAN_UNIT.match(text, at)) and not _NO_UNIT.match(text, word.end() - 1):
        name = word[0].strip()
        return _HAN.get(name) or _HAN[name.lstrip("个個")], word.end()
    return (), at


def _latin(words: str) -> tuple[Unit, ...]:
    return _LATIN.get(words) or (_LATIN.get(words.lower(), ()) if len(words) > 2 else ())


def money_before(text: str, at: int) -> tuple[tuple[Unit, ...], int]:
    """Whose money, by the sign before a number, and where that sign begins."""
    sign = _BEFORE.search(text, max(0, at - 6), at)
    if sign is None:
        return (), at
    if sign["sign"] in ("¥", "￥"):
        return (_money("CNY"), _money("JPY")), sign.start()
    name = sign["sign"] or sign["word"]
    if name:
        return (_money(_SIGNS.get(name, name)),), sign.start()
    if sign["other"]:
        return (_money(_DOLLARS[sign["other"]]),), sign.start()
    return (_money("USD" if sign["us"] else "dollar"),), sign.start()
