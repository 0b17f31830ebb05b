"""Dates, decades, quarters and times of day, in Chinese and in English."""

from __future__ import annotations

import re
from dataclasses import replace

from episodes.checks.amount import Amount, Kind, Weight
from episodes.checks.english_numerals import DAYS
from episodes.checks.numeral import Numeral
from episodes.checks.numerals import numerals

__all__ = ["calendar", "date_or_time"]

_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: place for place, name in enumerate(_NAMES.split(), 1)}
_DAY = rf"(?:\d{{1,2}}|(?i:{'|'.join(DAYS)})\b)"
_MONTH = re.compile(
    rf"(?:(?<![\w.])({_DAY})(?:st|nd|rd|th)?\s(?:of\s)?)?"
    r"(?<![A-Za-z])(January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
    rf"(?:\s(?:the\s)?({_DAY})(?:st|nd|rd|th)?(?![\w:%]|[.,]\d))?(?![A-Za-z])"
)
_ANY_MONTH = re.compile("Jan|Feb|Ma[ry]|Apr|Ju[nl]|Aug|Sep|Oct|Nov|Dec")
_HALVES = ("half", "上半", "下半", "H1", "H2", "1H", "2H")
_WEEKDAYS = "mon tue wed thu fri sat sun"
_WEEKDAY = re.compile(
    r"\b(?P<english>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b"
    r"|(?<![一二两三四五六七八九十几多半数\d])每?(?:星期|礼拜|禮拜|[周週])(?P<han>[一二三四五六日天])"
    r"(?![十百千万个個次小种種场場人岁天年周月块元美点點几来來分期])"
)
_HAN_WEEKDAYS = {name: 1 + place for place, name in enumerate("一二三四五六日")} | {"天": 7}
_HALF_YEAR = re.compile(
    r"(?P<first>\b(?:first|front)\shalf\b|\b(?:H1|1H)(?![A-Za-z\d])|上半(?:财|財)?年)"
    r"|\b(?:second|back|latter|last)\shalf\b|\b(?:H2|2H)(?![A-Za-z\d])|下半(?:财|財)?年",
    re.IGNORECASE,
)
_MONTH_BEFORE = re.compile(
    r"\b(?:in|of|last|since|by|until|till|this|next|early|late|mid|from|to|through|and|or|between|before"
    r"|after|during|on)[\s-](?:mid-|early |late )?$",
    re.IGNORECASE,
)
_HAN_DAY = re.compile(r"\s?(?=[\d一二三四五六七八九十]{1,3}\s?[日号號])")
_CLOCK = re.compile(r":([0-5]\d)(?!\d)")
_SPOKEN = re.compile(
    r"\s?[ap]\.?m\b|\sin\sthe\s(?:morning|afternoon|evening)\b|\sat\snight\b|\stonight\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"(?<!and a )\b(?:(?P<half>half\spast)|quarter\s(?P<to>past|after|to|of))\s(?P<hour>one|two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve)\b",
    re.IGNORECASE,
)
_NAMED_HOURS = "one two three four five six seven eight nine ten eleven twelve"
_HOURS = _NAMED_HOURS.split()
_MERIDIEM = re.compile(r"\s?(?:[ap]\.?m\b|o'clock)", re.IGNORECASE)
_HAN_CLOCK = re.compile(
    r"\s?[点點](?:(半)|(一刻)|(三刻)|(\d{1,2})分?|(?:钟|整|(?=[，。！？,]))|$)(?!\d)"
)
_CENTURY = re.compile(r"世[纪紀]|[\s-]centur(?:y|ies)\b", re.IGNORECASE)
_HUNDREDS = re.compile(r"[\s-]hundreds\b", re.IGNORECASE)
_DECADE = re.compile(r"'?s\b|年代")
_AGES = re.compile(
    r"\bmy|\bhis|\bher|\btheir|\byour|\bour|\bin (?:my|the low|the high)", re.IGNORECASE
)
_QUARTER = re.compile(r"\s?(?:个)?季度?(?![节])|\s(?:fiscal\s)?quarter\b", re.IGNORECASE)
_Q = re.compile(r"(?<![A-Za-z])Q$")


def calendar(text: str) -> list[Amount]:
    """What a text says in names: months with their days (April 2nd, the fifth of May), days of the
    week in either language, halves of a year."""
    found = _months(text) if _ANY_MONTH.search(text) else []
    if "day" in text or "周" in text or "週" in text or "星期" in text or "礼拜" in text:
        for day in _WEEKDAY.finditer(text):
            number = (
                _HAN_WEEKDAYS[day["han"]]
                if day["han"]
                else _WEEKDAYS.split().index(day["english"][:3].lower()) + 1
            )
            found.append(_named(day, number, Kind.WEEKDAY))
    if "half" in text or "quarter" in text:
        for past in _PAST.finditer(text):
            before = (past["to"] or "").lower() in ("to", "of")
            minutes = 30 if past["half"] else -15 if before else 15
            value = ((_HOURS.index(past["hour"].lower()) + 1) * 60 + minutes) % 720
            found.append(_named(past, value, Kind.TIME))
    halves = _HALF_YEAR.finditer(text) if any(one in text for one in _HALVES) else ()
    for half in halves:
        found.append(_named(half, 1 if half["first"] else 2, Kind.HALF_YEAR))
    return found


def _named(match: re.Match[str], value: float, kind: Kind) -> Amount:
    return Amount(*match.span(), match[0], (float(value),), kind=kind, weight=Weight.PAIRED)


def _months(text: str) -> list[Amount]:
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
        date = DAYS.get(day.lower(), 0) or (day.isdigit() and int(day)) if day else 0
        if 0 < date < 32:
            value, kind = float(number * 100 + date), Kind.DATE
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
    if (century := _CENTURY.match(text, end)) and (century[0][0] == "世" or numeral.ordinal):
        last = century.end()
        return replace(made, end=last, words=text[start:last], kind=Kind.CENTURY, units=())
    if following in ("日", "号", "號", "世") and not text.startswith(
        ("世界", "日元", "日圆", "日圓"), end
    ):
        day = following != "世" and 10 <= value < 32
        return replace(made, weight=Weight.PAIRED if day else Weight.NONE)
    if numeral.digits and (clock := _CLOCK.match(text, end)) and value <= 24:
        time = _time(text, made, clock.end(), value * 60 + int(clock[1]))
        return replace(time, parts=(value, float(clock[1])))
    if value <= 24 and (meridiem := _MERIDIEM.match(text, end)):
        return _time(text, made, meridiem.end(), value * 60)
    if 100 <= value < 1260 and numeral.sequence and (spoken := _SPOKEN.match(text, end)):
        return _time(text, made, spoken.end(), value // 100 * 60 + value % 100)
    if value <= 24 and (clock := _HAN_CLOCK.match(text, end)):
        minutes = 30 if clock[1] else 15 if clock[2] else 45 if clock[3] else int(clock[4] or 0)
        return _time(text, made, clock.end(), value * 60 + minutes)
    if 11 <= value < 21 and (hundreds := _HUNDREDS.match(text, end)):  # the eighteen hundreds
        last = hundreds.end()
        return Amount(
            start, last, text[start:last], (value * 100,), kind=Kind.YEAR, weight=Weight.PAIRED
        )
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
