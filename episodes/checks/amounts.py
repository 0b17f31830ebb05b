"""What a text says in numbers: amounts with their units, percentages, money, dates and times.

:func:`amounts` reads a turn's text, whichever of the two languages it is in. Inline notes, marks of
emphasis and addresses are passed over; places are those of the text as it is stored. Never raises;
linear in the text.
"""

from __future__ import annotations

import math
import re
from collections import deque
from dataclasses import replace
from functools import lru_cache

from episodes.checks.amount import Amount, Kind, Weight
from episodes.checks.dates import calendar, date_or_time
from episodes.checks.numeral import Numeral
from episodes.checks.numerals import numerals
from episodes.checks.phrases import join_ratios, phrases
from episodes.checks.plain import Moves, plain, stored
from episodes.checks.units import PERCENT, TIMES, Unit, money_before, unit_after

__all__ = ["Amount", "Kind", "Weight", "amounts"]


_JOINED = re.compile(r"[/·]")
_ATTACHED = re.compile(r"[A-Za-z_]|-[A-Z](?![A-Za-z])|\([a-z]\)|-(?:[A-Z][a-z]+)")
_CAPITAL = re.compile(r"(?<![A-Za-z])([A-Z][\w&'’.]*)[ -]$")
_NO_NAME_WORDS = (
    "a about above add after all almost also among an and another any approximately are "
    "around as at because been before below between but by call did do does down even every "
    "exactly fewer first for from get give given got had half has have he her his how i i'm "
    "if in is it its just last least less let like make maybe more most my nearly next no not "
    "now of on once one only or our out over page plus roughly say says she since so some "
    "spend still take than that the their them then there these they this those though "
    "through till to today top under until up us was we well were what when where which while "
    "who why with within without yeah yes you your uh um okay ok right it's that's we're "
    "they're there's he's she's"
)
_NO_NAME = frozenset(_NO_NAME_WORDS.split())
_ABOUT_BEFORE = re.compile(
    r"(?:大?约(?:为|是)?|大概(?:是|有)?|接?近|将近|差不多(?:是|有)?|超过|超|逾|多达|高达|不到|不足|至少|左右|上下"
    r"|about|around|roughly|nearly|almost|approximately|over|than|like|close to|of|up to|some|under"
    r"|maybe|probably|say|least|basically)\s?[$€£¥]?$",
    re.IGNORECASE,
)
_ABOUT_AFTER = re.compile(
    r"\s?(?:左右|上下|以上|以下|出头|多|余|不到|\+|or so|-?ish|plus|-?some|-?odd)", re.IGNORECASE
)
_HALF_BEFORE_UNIT = re.compile(r"个半|个多")
_PENCE = re.compile("[一二三四五六七八九1-9](?![十百千万亿个位年天.\\d])")
_YEARS = unit_after("年", 0)[0]
_ONE_LONG = re.compile(
    r"一(?:个?小时|個小時|天|周|週|个?星期|個星期|个月|個月|年|分钟|分鐘|秒钟?|秒鐘)(?![半多到前来來后後天些内中度级級次起])"
)
_NOT_LONG = re.compile(
    r"[有每第前后後上下同这這那某哪另十百千万萬零逐新头頭另近初末过]\Z|[星期周週]\Z"
)
_IDIOM = re.compile(r"\s?(?:times\b|and one\b|thanks\b|次|遍|倍|个理由|種|种|里|分|一)")
_DEGREES = re.compile(
    r"\s?(?:degrees?(?!\s(?:C\b|celsius|centigrade))(?:\sF(?:ahrenheit)?\b)?|Fahrenheit\b|°\s?F|华氏)",
    re.IGNORECASE,
)
_AS_MUCH = re.compile(r"[是到为為至达達有]\S{0,3}\Z")
_AND_HALF_MORE = re.compile("半(?![径徑夜价價小年月天场場数數路])")
_HUNDREDTHS = re.compile(
    r"(?:[零〇一二三四五六七八九]{1,2}|\d{1,2})(?![\d十百千万点个年天分秒时小])"
)
_HUNDREDTHS_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")
_NTH_WEEKDAY = re.compile(r"[个個]?(?:星期|礼拜)[一二三四五六日天]")
_COLD = re.compile(r"(?:minus|negative)\s\Z|零下\Z", re.IGNORECASE)
_OF_PERCENT = re.compile(
    r"\sof\s(?:an?|one)\s(?:percentage\s)?(?:percent|per\scent|point)\b", re.IGNORECASE
)
_PART_OF = re.compile(
    r"\b(?:first|second|third|fourth|other|better|best|top|bottom|front|back|latter|next|last)\s\Z"
)
_ONE_PART = re.compile(r"\b(?:an?|one)\s\Z", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s?[个個位家种種名条條大件项項批支段章本座只隻架台艘辆輛套组組场場轮輪层層步句期集门門所间間群类類届屆次颗顆枚星]"
    r"|[\s-](?!(?:of|or|to|and|times|in|for|out|at|on|by|is|was|are|were|the|that|who|hundred|point|percent)\b)[a-z]{3}"
)


@lru_cache(maxsize=4096)
def amounts(text: str) -> tuple[Amount, ...]:
    """The numbers of a text in order; no two overlap."""
    spoken, moved = plain(text)
    found: list[Amount] = []
    others = deque(sorted([*calendar(spoken), *phrases(spoken)], key=_first_and_longest))
    for numeral in numerals(spoken):
        while others and others[0].end <= numeral.start:
            _add(found, others.popleft())
        if others and numeral.end > others[0].start:
            continue  # the day of a date
        if not found or numeral.start >= found[-1].end:
            amount = _amount(spoken, numeral)
            if found and amount.start < found[-1].end:  # the unit of the one before
                amount = replace(amount, start=numeral.start)
            found.append(amount)
    for other in others:
        _add(found, other)
    _join_ranges(spoken, found)
    _complete(found)
    found = join_ratios(spoken, found)
    return tuple(_placed(amount, moved) for amount in found) if moved else tuple(found)


def _first_and_longest(amount: Amount) -> tuple[int, int]:
    return amount.start, -amount.end


def _add(found: list[Amount], other: Amount) -> None:
    if not found or other.start >= found[-1].end:
        found.append(other)


def _placed(amount: Amount, moved: Moves) -> Amount:
    start, end = stored(amount.start, amount.end, moved)
    return replace(amount, start=start, end=end)


def _amount(text: str, numeral: Numeral) -> Amount:
    start, end = numeral.start, numeral.end
    value = numeral.values[0] if numeral.values else 0.0
    if special := date_or_time(text, numeral, value):
        return special
    if text[end : end + 1] == "折" and 0 < value < 100:  # 七五折: a quarter off
        rest = value * 10 if value < 10 else value
        return Amount(start, end + 1, text[start : end + 1], (rest, 100 - rest), (PERCENT,))
    if numeral.percent:
        units: tuple[Unit, ...] = (PERCENT,)
        begin = start
    else:
        units, begin = money_before(text, start)
        extra = 0.0
        half = _HALF_BEFORE_UNIT.match(text, end)
        if half and unit_after(text, half.end())[0]:
            extra, end = 0.5 if half[0] == "个半" else 0.0, half.end()
        nth = numeral.ordinal and _NTH_WEEKDAY.match(text, end)
        after, last = ((), end) if nth else unit_after(text, end)
        if after and (not units or after[0].dimension == "money"):
            units, end = after, last
        elif units:  # $50 a day
            after = ()
        if after and after[0] is not PERCENT and _AND_HALF_MORE.match(text, last):
            extra, end = 0.5, last + 1
        if after and text[last - 1 : last] == "块" and (pence := _PENCE.match(text, last)):
            digit = pence[0]
            extra = int(digit if digit.isdigit() else "一二三四五六七八九".index(digit) + 1) / 10
            end = last + 1
        if text[last - 1 : last] == "秒" and (split := _HUNDREDTHS.match(text, last)):  # 九秒七九
            extra = float("0." + split[0].translate(_HUNDREDTHS_DIGITS))
            end = split.end()
        if extra:
            numeral = replace(numeral, values=tuple(v + extra for v in numeral.values), scaled=1.0)
            value += extra
    if numeral.times:
        units = (TIMES,)
    if numeral.fraction and not units and (of := _OF_PERCENT.match(text, end)):  # four tenths
        numeral, units, end = replace(numeral, fraction=False), (PERCENT,), of.end()
    if not units and numeral.values and (heat := _DEGREES.match(text, end)):
        cold = _COLD.search(text, max(0, begin - 10), begin) is not None
        numeral, end = (
            replace(numeral, values=(value, *_celsius(-value if cold else value))),
            heat.end(),
        )
    kind = Kind.FRACTION if numeral.fraction else Kind.NUMBER
    values = numeral.values
    if (
        values
        and text[end - 1 : end] == "倍"
        and not _AS_MUCH.search(text, max(0, start - 6), start)
    ):
        values = (*values, values[0] + 1)  # 涨了两倍
    if numeral.fraction and any(unit.dimension not in ("percent",) for unit in units):
        kind = Kind.NUMBER
    if _is_year(text, numeral, value, units):
        kind, units = Kind.YEAR, ()
    about = bool(
        _ABOUT_BEFORE.search(text, max(0, begin - 14), begin)
        or _ABOUT_AFTER.match(text, end)
        or numeral.high
    )
    amount = Amount(
        begin,
        end,
        text[begin:end].strip(),
        values,
        units,
        kind,
        about=about,
        digits=numeral.digits,
        scaled=numeral.scaled,
        low=numeral.low,
        high=numeral.high,
    )
    return replace(amount, weight=_weight(text, numeral, amount))


def _celsius(fahrenheit: float) -> tuple[float, ...]:
    """As a temperature, rounded in any way, and as a difference of two."""
    degrees = abs((fahrenheit - 32) / 1.8)
    whole = float(math.floor(degrees))
    return (
        round(degrees, 1),
        whole,
        whole + 1,
        float(f"{degrees:.2g}"),
        round(abs(fahrenheit) / 1.8, 1),
    )


def _is_year(text: str, numeral: Numeral, value: float, units: tuple[Unit, ...]) -> bool:
    if not 1000 <= value < 2200 or value != int(value) or numeral.scaled > 1:
        return False
    written = text[numeral.start : numeral.end]
    if any(unit.dimension == "time" for unit in units):
        if not any(unit == one for unit in units for one in _YEARS):
            return False
        return value >= 1700 and "," not in written and not written.startswith(("一千", "两千"))
    return (
        not units
        and 1900 <= value < 2100
        and "," not in written
        and (
            numeral.digits
            or (written.isascii() and " " in written and "hundred" not in written)
            or numeral.sequence
        )
        and "thousand" not in written.lower()
    )


def _significant(value: float) -> int:
    digits = f"{value:.6g}".split("e")[0].replace(".", "").lstrip("0")
    return len(digits.rstrip("0"))


def _weight(text: str, numeral: Numeral, amount: Amount) -> Weight:
    start, end = numeral.start, numeral.end
    ordinal = numeral.ordinal or text[start - 1 : start] == "第"
    if not amount.values:
        return _vague_weight(amount)
    value = amount.values[0]
    if not value:
        return Weight.NONE
    if ordinal:
        return Weight.PAIRED if value >= 10 else Weight.SMALL if value >= 3 else Weight.NONE
    if (
        value == 1
        and not numeral.digits
        and _ONE_LONG.match(text, start)
        and not _NOT_LONG.search(text, max(0, start - 1), start)
    ):
        return Weight.PAIRED
    if numeral.bare and numeral.scaled > 1 and not amount.units and not _IDIOM.match(text, end):
        return Weight.NONE if text[max(0, start - 5) : start] == "in a " else Weight.PAIRED
    if numeral.bare and (not amount.units or amount.units[0].dimension != "money"):
        return Weight.NONE if numeral.scaled > 1 or value < 100 else Weight.PAIRED
    if numeral.digits and _in_name(text, start, end, amount):
        return Weight.NONE
    if numeral.sequence and amount.kind is not Kind.YEAR and not amount.units:
        return Weight.NONE
    if amount.kind is Kind.FRACTION:
        return _part_weight(text, amount)
    if amount.units:
        return _measured(amount, value)
    if numeral.high and text[start:end].isascii():  # a dozen
        return Weight.PAIRED
    if numeral.bare or (value < 10 and value == int(value)):
        numbered = text[max(0, start - 7) : start].lower() == "number "
        counted = (
            3 <= value < 10 and (numbered or _COUNTED.match(text, end)) and not _named(text, start)
        )
        return Weight.SMALL if counted else Weight.NONE
    if _named(text, start) and amount.kind is not Kind.YEAR and numeral.scaled == 1:
        return Weight.NONE
    if _significant(value) >= 2 or numeral.digits or numeral.scaled > 1:
        return Weight.ALONE
    return Weight.PAIRED


def _measured(amount: Amount, value: float) -> Weight:
    dimension = amount.units[0].dimension
    if dimension == "percent":
        return Weight.PAIRED if value in (50, 100) else Weight.ALONE
    if dimension == "money":
        return Weight.PAIRED if value == 1 else Weight.ALONE
    if value >= 10 or value != int(value):
        return Weight.PAIRED if amount.high and amount.words.isascii() else Weight.ALONE
    return Weight.NONE if value == 1 and dimension == "time" else Weight.PAIRED


def _vague_weight(amount: Amount) -> Weight:
    """两三年 and 数百亿 are something to compare, a few and 几十 are not."""
    near = amount.high <= 2 * amount.low and (amount.units or amount.low >= 10)
    return Weight.PAIRED if near or amount.low >= 1000 else Weight.NONE


def _part_weight(text: str, amount: Amount) -> Weight:
    if amount.values[0] == 0.5 and _PART_OF.search(text, max(0, amount.start - 8), amount.start):
        return Weight.NONE  # the second half
    if amount.values[0] == 0.25 and amount.words.isascii():
        one = _ONE_PART.search(text, max(0, amount.start - 5), amount.start)
        return Weight.PAIRED if one else Weight.NONE  # each quarter
    return Weight.PAIRED


def _in_name(text: str, start: int, end: int, amount: Amount) -> bool:
    """Whether digits are part of a word (H100, GPT-4, 10-K) or stand beside a slash (24/7)."""
    before = text[start - 1 : start]
    if before.isascii() and (before.isalpha() or before in ("_", "#", "/", "\0")):
        return not text[max(0, start - 3) : start].endswith(("US", "RMB", "USD"))
    if before in ("-", ".") and text[start - 2 : start - 1].isascii():
        earlier = re.search(r"([A-Za-z0-9]+)[-.]\Z", text[max(0, start - 16) : start])
        if earlier and not earlier[1].islower() and not earlier[1].isdigit():
            return True
    if _JOINED.match(text, end) and text[end + 1 : end + 2].isdigit():
        return True
    if before == "·" and text[start - 2 : start - 1].isdigit():
        return True
    return not amount.units and _ATTACHED.match(text, end) is not None


def _named(text: str, start: int) -> bool:
    """Whether a capitalised word stands before the number: Llama 3, Boeing 737."""
    word = _CAPITAL.search(text, max(0, start - 24), start)
    return word is not None and word[1].lower() not in _NO_NAME


_RANGE = re.compile(r"\s?(?:[-–—~～]|to|or|and|[至到或和])\s?[$€£¥]?", re.IGNORECASE)
_LISTED = re.compile(r"[,、]?\s?[$€£¥]?")


def _join_ranges(text: str, found: list[Amount]) -> None:
    """In 10 to 15 billion dollars both are billions, and both are dollars."""
    for place in range(len(found) - 2, -1, -1):
        first, second = found[place], found[place + 1]
        if first.kind is not Kind.NUMBER or second.kind is not Kind.NUMBER or not first.values:
            continue
        if second.start - first.end > 8:
            continue
        if _RANGE.fullmatch(text, first.end, second.start):
            found[place], found[place + 1] = _range(first, second)
        elif _LISTED.fullmatch(text, first.end, second.start) and first.scaled < second.scaled:
            values = (*first.values, first.values[0] * second.scaled)
            found[place] = replace(first, values=values)


def _complete(found: list[Amount]) -> None:
    """A small one is 15 million, a big one 200: of what was said before."""
    scaled = 1.0
    for place, amount in enumerate(found):
        if amount.scaled > 1:
            scaled = amount.scaled
            continue
        small = bool(amount.values) and amount.values[0] < 1000 and not amount.units
        if small and scaled > 1 and amount.kind is Kind.NUMBER:
            values = (*amount.values, amount.values[0] * scaled)
            found[place] = replace(amount, values=values)


def _range(first: Amount, second: Amount) -> tuple[Amount, Amount]:
    values, units, weight = first.values, first.units, first.weight
    if second.words.endswith("成") and not units and values[0] < 10:  # 六到八成
        values = tuple(value * 10 for value in values)
    scaled = first.scaled
    if scaled == 1 and second.scaled > 1 and values[0] < 1e4:
        values, scaled = (values[0] * second.scaled, *values), second.scaled
        weight = max(weight, second.weight)
    if not units and second.units:
        units = second.units
        least = second.weight if values[0] >= 10 else Weight.PAIRED if values[0] != 1 else weight
        weight = max(weight, min(least, second.weight))
    elif units and not second.units and units[0].dimension in ("money", "percent"):
        second = replace(second, units=units, weight=max(second.weight, Weight.PAIRED))
    return replace(first, values=values, units=units, weight=weight, scaled=scaled), second
