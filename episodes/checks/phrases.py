"""Numbers that are words of their own: a year, half an hour, 每桶, 一半, doubled, 翻了两番; and two
numbers that are one together: one in five, 每十个人里有三个.

None of them is looked at for what it is worth alone (:class:`Weight`): they answer to the other
language's numbers, or stand in the place of another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from episodes.checks.amount import Amount, Kind, Weight
from episodes.checks.units import PERCENT, TIMES, unit_after

__all__ = ["join_ratios", "phrases"]

_NOUN = re.compile(
    r"\b(?:(?P<part>half|quarter)\s(?:of\s)?)?(?P<one>(?:an?\s|the\s)?single|an?|the|past|last|next|per|each|every|this|that)\s"
    r"(?P<unit>decade|century|year|month|week|day|hour|minute|fortnight|percent|point|mile|foot|inch|yard|acre|hectare|pound|ounce|ton|tonne|gram"
    r"|kilogram|gallon|liter|litre|barrel|kilo|(?:kilo|centi|milli)?met(?:er|re)|dollar|buck|euro|kilowatt[ -]hour|megawatt[ -]hour|kilowatt|megawatt|gigawatt"
    r"|square\s(?:foot|meter|metre|mile))\b(?!\sand\sa\shalf)"
    r"|\b(?P<and>decade|century|year|month|week|day|hour|minute)\sand\sa\shalf\b"
    r"|\b(?P<bare>decade|fortnight)\b"
    r"|\b(?P<rate>per|a)\s(?P<per>second|annum)\b(?=[,.;!?]|\s(?:and|with|or|at|on|in|for|when|to)\b|$)"
    r"|(?<![上下大小前后後头頭过過])(?P<half>半)[个個]?(?P<han>年|月|小时|世纪|钟头|天)",
    re.IGNORECASE,
)
_NO_MEASURE = frozenset(["point", "percent", "dollar", "buck", "pound", "euro"])  # of words
_RATE = re.compile(
    r"(?:\d|\b(?:times?|once|twice|many|much|hundred|thousand|grand|[mbtr]+illion|dollars?|pounds?|euros?|percent|cents?|it|them|of|all|each|half|such|what|quite)|s)\s\Z"
)
_PERIODS = {"second": "second", "annum": "year"}
_HAN_NAMES = {"月": "个月", "世纪": "个世纪"}
_PER = re.compile(
    r"每一?(?:个?(?P<time>年|月|周|天|小时)(?![一二三四五六日末])|(?=[\u4e00-\u9fff]))"
)
_RATED = frozenset(["time", "length", "area", "mass", "volume", "energy", "power", "data"])

_HALF = re.compile(
    r"一半|半数|过半(?![天个年夜载])|對半|对半|减半|減半|腰斩|腰斬|\bhalv(?:ed|es|ing)\b"
)
_TIMES_WORDS = {"doubl": 2.0, "tripl": 3.0, "trebl": 3.0, "quadrupl": 4.0, "quintupl": 5.0}
_MULTIPLE = re.compile(
    r"\b(?P<verb>doubl|tripl|trebl|quadrupl|quintupl)(?:ed|es|ing)\b(?!\s(?:down|up|check))"
    r"|\b(?:to|will|would|could|can|than|almost|nearly|about|roughly)\s(?P<bare>doubl|tripl|trebl|quadrupl|quintupl)e\b(?!\s(?:down|check|digit))"
    r"|\b(?P<what>doubl|tripl|quadrupl)e\s(?=(?:the|what|that|its|their|our|in|by|over|every)\b)"
    r"|\b(?P<twice>twice)\s(?=(?:as|the|what|that|its|their|an?\s(?!day|week|month|year|decade))\b)"
    r"|翻(?:了|上)?[^\s，。]{0,3}?(?P<turns>[一两兩二三四五六]|\d)番"
    r"|(?P<two>翻番|翻(?:了)?一?倍|加倍|倍增)",
    re.IGNORECASE,
)
_MULTIPLES = ("oubl", "ripl", "rebl", "upl", "wice", "番", "倍")
_TURNS = {"一": 1, "两": 2, "兩": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_OF_MANY = re.compile(
    r"\s(?:in|out\sof|in\severy|out\sof\severy|of\severy)\s(?:an?\s)?", re.IGNORECASE
)
_OF_MANY_HAN = re.compile(
    r"[^\d，。,.;；！？\n]{0,12}?[里裡中间間](?:[面头頭]|[边邊])?[，,]?[大约約就至少只会會能差不多便]{0,4}(?:[有是]|[^\d，。]{1,3}了)[大约約]{0,2}"
    r"|[^\d，。,.;；！？\n]{0,8}?就有"
)


def phrases(text: str) -> list[Amount]:
    """The amounts of a text that have no number in them, in no order; they may overlap."""
    found = list(_nouns(text))
    if "每" in text:
        found += _rates(text)
    found += [
        Amount(*half.span(), half[0], (0.5,), kind=Kind.FRACTION, weight=_halving(half[0]))
        for half in _HALF.finditer(text)
    ]
    if any(one in text for one in _MULTIPLES):
        found += _multiples(text)
    return found


def _halving(word: str) -> Weight:
    return Weight.PAIRED if word in ("一半", "半数", "halved") else Weight.NONE


def _nouns(text: str) -> Iterator[Amount]:
    """A year, the decade, half an hour, 半年: one of them, or a part of one."""
    for noun in _NOUN.finditer(text):
        part = (noun["part"] or noun["half"] or "").lower()
        value = 0.25 if part == "quarter" else 0.5 if part else 1.5 if noun["and"] else 1.0
        name = (
            noun["unit"]
            or noun["and"]
            or noun["bare"]
            or (noun["per"] and _PERIODS[noun["per"].lower()])
            or _HAN_NAMES.get(noun["han"], noun["han"])
        )
        units, _ = ((PERCENT,), 0) if name.lower() == "point" else unit_after(f" {name}", 0)
        yield Amount(*noun.span(), noun[0], (value,), units, weight=_noun_weight(text, noun, name))


def _noun_weight(text: str, noun: re.Match[str], name: str) -> Weight:
    one = (noun["one"] or "").lower()
    if one.endswith("single") or one == "per" or noun["rate"]:
        return Weight.PAIRED
    if noun["half"] and name != "天":
        return Weight.PAIRED
    if one not in ("a", "an") or (noun["part"] or "half").lower() != "half":
        return Weight.NONE
    if name.lower() not in _NO_MEASURE:
        return Weight.PAIRED
    rate = _RATE.search(text, max(0, noun.start() - 10), noun.start())
    return Weight.PAIRED if rate else Weight.NONE


def _rates(text: str) -> Iterator[Amount]:
    """每桶, 每天, 每平方英尺."""
    for per in _PER.finditer(text):
        if per["time"]:
            units, end = unit_after(_HAN_NAMES.get(per["time"], per["time"]), 0)[0], per.end()
        else:
            units, end = unit_after(text, per.end())
        if units and units[0].dimension in _RATED:
            start = per.start()
            yield Amount(start, end, text[start:end], (1.0,), units, weight=Weight.PAIRED)


def _multiples(text: str) -> Iterator[Amount]:
    """Doubled, twice the, 翻了两番 (which is four times)."""
    for word in _MULTIPLE.finditer(text):
        if verb := word["verb"] or word["bare"] or word["what"]:
            value = _TIMES_WORDS[verb.lower()]
        elif turns := word["turns"]:
            value = 2.0 ** (_TURNS.get(turns) or int(turns))
        else:
            value = 2.0
        yield Amount(*word.span(), word[0].strip(), (value,), (TIMES,), weight=Weight.PAIRED)


def join_ratios(text: str, found: list[Amount]) -> list[Amount]:
    """Make one in five of a one and a five, and 十个里有三个 of a ten and a three."""
    english, chinese = " in " in text or " of " in text, "有" in text or "是" in text
    if not (english or chinese):
        return found
    joined: list[Amount] = []
    taken = False
    for one, other in pairwise([*found, None]):
        if taken or one is None:
            taken = False
            continue
        ratio = _ratio(text, one, other) if other is not None else None
        taken = ratio is not None
        joined.append(ratio or one)
    return joined


def _ratio(text: str, one: Amount, other: Amount) -> Amount | None:
    if not (one.values and other.values) or one.kind is not other.kind or one.units != other.units:
        return None
    if one.kind is not Kind.NUMBER or other.start - one.end > 24:
        return None
    if one.digits and one.words[-1:].isalpha():  # 12th out of 50
        return None
    first, second = one.values[0], other.values[0]
    if 0 < first < second and not one.units and _OF_MANY.fullmatch(text, one.end, other.start):
        value = first / second
    elif 0 < second < first and _OF_MANY_HAN.fullmatch(text, one.end, other.start):
        value = second / first
    else:
        return None
    start = one.start - (text[one.start - 1 : one.start] == "每")
    return Amount(
        start,
        other.end,
        text[start : other.end],
        (value,),
        kind=Kind.FRACTION,
        weight=Weight.PAIRED,
        parts=(first, second),
        about=one.about or other.about,
    )
