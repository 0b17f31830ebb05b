"""Dates, decades, quarters and times of day, in Chinese and in English."""

from __future__ import annotations

import re
from dataclasses import replace

from episodes.checks.amount import Amount, Kind, Weight
from episodes.checks.numeral import Numeral
from episodes.checks.numerals import numerals

__all__ = ["date_or_time", "months"]

_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: place for place, name in enumerate(_NAMES.split(), 1)}
_MONTH = re.compile(
    r"(?:(?<![\w.])(\d{1,2})(?:st|nd|rd|th)?\s(?:of\s)?)?"
    r"(?<![A-Za-z])(January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
    r"(?:\s(?:the\s)?(\d{1,2})(?:st|nd|rd|th)?(?![\w:%]|[.,]\d))?(?![A-Za-z])"
)
_MONTH_BEFORE = re.compile(
    r"\b(?:in|of|last|since|by|until|till|this|next|early|late|mid|from|to|through|and|or|between|before"
    r"|after|during|on)[\s-](?:mid-|early |late )?$",
    re.IGNORECASE,
)
_HAN_DAY = re.compile(r"\s?(?=[\d一二三四五六七八九十]{1,3}\s?[日号號])")
_CLOCK = re.compile(r":([0-5]\d)(?!\d)")
_MERIDIEM = re.compile(r"\s?(?:[ap]\.?m\b|o'clock)", re.IGNORECASE)
_HAN_CLOCK = re.compile(r"\s?[点點](?:(半)|(\d{1,2})分?|(?:钟|整|(?=[，。！？,]))|$)(?!\d)")
_DECADE = re.compile(r"'?s\b|年代")
_AGES = re.compile(
    r"\bmy|\bhis|\bher|\btheir|\byour|\bour|\bin (?:my|the low|the high)", re.IGNORECASE
)
_QUARTER = re.compile(r"\s?(?:个)?季度?(?![节])|\s(?:fiscal\s)?quarter\b", re.IGNORECASE)
_Q = re.compile(r"(?<![A-Za-z])Q$")


def months(text: str) -> list[Amount]:
    """The English months of a text, with their days: April 2nd, 5 May, in March."""
    found = []
    for month in _MONTH.finditer(text):
        start, end = month.span()
        number = _MONTHS[month[2][:3].lower()]
        day = month[1] or month[3]
        if (
            not day
            and month[2] in ("May", "March")
            and not _MONTH_BEFORE.search(text, max(0, month.start(2) - 14), month.start(2))
        ):
            continue
        if day and 0 < int(day) < 32:
            value, kind = float(number * 100 + int(day)), Kind.DATE
        else:
            value, kind, start = float(number), Kind.MONTH, month.start(2)
            end = month.end(2)
        found.append(Amount(start, end, text[start:end], (value,), kind=kind, weight=Weight.PAIRED))
    return found


def date_or_time(text: str, numeral: Numeral, value: float) -> Amount | None:
    """A date, a decade, a quarter or a time; None where it is an amount."""
    start, end = numeral.start, numeral.end
    made = Amount(
        start, end, text[start:end], numeral.values, digits=numeral.digits, weight=Weight.PAIRED
    )
    if not numeral.values:
        return None
    following = text[end : end + 1]
    if following == "月" and 1 <= value <= 12 and value == int(value):
        return _han_date(text, made, int(value))
    if following in ("日", "号", "號", "世") and not text.startswith(
        ("世界", "日元", "日圆", "日圓"), end
    ):
        return replace(made, weight=Weight.NONE)
    if numeral.digits and (clock := _CLOCK.match(text, end)) and value <= 24:
        return _time(text, made, clock.end(), value * 60 + int(clock[1]))
    if value <= 24 and (meridiem := _MERIDIEM.match(text, end)):
        return _time(text, made, meridiem.end(), value * 60)
    if value <= 24 and (clock := _HAN_CLOCK.match(text, end)):
        minutes = 30 if clock[1] else int(clock[2] or 0)
        return _time(text, made, clock.end(), value * 60 + minutes)
    decade = _DECADE.match(text, end) if value % 10 == 0 and value >= 10 else None
    if decade and (numeral.digits or decade[0] == "年代"):
        weight = Weight.ALONE if value >= 1000 or decade[0] == "年代" else Weight.NONE
        if _AGES.search(text, max(0, start - 8), start):
            weight = Weight.NONE
        if numeral.high:  # 二十几
            weight = Weight.NONE
        last = decade.end()
        return replace(made, end=last, words=text[start:last], kind=Kind.YEAR, weight=weight)
    if (
        1 <= value <= 4
        and (numeral.ordinal or not text[end : end + 1].isspace())
        and (quarter := _QUARTER.match(text, end))
    ):
        last = quarter.end()
        return replace(made, end=last, words=text[start:last], kind=Kind.QUARTER)
    if _Q.search(text, max(0, start - 2), start) and 1 <= value <= 4:
        return replace(made, start=start - 1, words=text[start - 1 : end], kind=Kind.QUARTER)
    return None


def _time(text: str, made: Amount, end: int, minutes: float) -> Amount:
    words = text[made.start : end]
    return replace(made, end=end, words=words, kind=Kind.TIME, values=(minutes % 720,))


def _han_date(text: str, made: Amount, month: int) -> Amount:
    end = made.end + 1
    if _HAN_DAY.match(text, end):
        day = next(numerals(text[end : end + 5]), None)
        if day and day.values and 1 <= day.values[0] <= 31:
            last = end + day.end + 1
            value = month * 100 + int(day.values[0])
            words = text[made.start : last]
            return replace(made, end=last, words=words, kind=Kind.DATE, values=(float(value),))
    words = text[made.start : end]
    return replace(made, end=end, words=words, kind=Kind.MONTH, values=(float(month),))
