"""Numbers in Chinese: 三百五, 一亿两千万, 1.5万亿, 几十, 二十多, 百分之三, 三分之二, 三成."""

from __future__ import annotations

import re

from episodes.checks.numeral import NUMBER, Numeral, more, step, to_float

__all__ = ["HAN_GAP", "HAN_NUMERAL", "HAN_PART", "MORE", "NOT_HAN", "fraction", "of_han", "of_part"]

_HAN_DIGITS = {digit: place for place, digit in enumerate("零一二三四五六七八九")}
_HAN_DIGITS |= {"〇": 0, "○": 0, "两": 2, "兩": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5}
_HAN_DIGITS |= {"陆": 6, "柒": 7, "捌": 8, "玖": 9}
_HAN_UNITS = {"十": 1e1, "百": 1e2, "千": 1e3, "拾": 1e1, "佰": 1e2, "仟": 1e3}
_HAN_SCALES = {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8}
_SIZES = _HAN_UNITS | _HAN_SCALES

HAN_PART = "[百千万]分之"
HAN_NUMERAL = rf"[几数數](?:[十百千]|个?[万萬亿億])|[{''.join(_HAN_DIGITS)}{''.join(_SIZES)}]"
HAN_GAP = re.compile(r"\s?(?:[多余餘來来几]|个)?(?=[十百千万萬亿億])(?![百千]分|千[瓦克米字])")
MORE = re.compile(
    r"[多余餘](?!少)|几|[来來](?=美元|[欧歐]元|英[镑鎊]|[个個年岁天万萬亿億块人家位次分])"
)
_NO_SIZE = re.compile(r"[百千]分[之点]|万分点|千[瓦克米字]")
_FEW = re.compile("[几数數](?:(?=[十百千万萬亿億])|个(?=[万萬亿億]))")
_OVER = re.compile(r"(?:上|成|好几)$")
NOT_HAN = re.compile(
    r"一点一点|一(?:些|直|样|般|旦|切|定|起|致|体|方面|下|点(?![\d零一二三四五六七八九])|边)|十分(?!之|钟)|千万(?:不|别|要|记)|万[一科物岁圣]|百[度货]"
)
_TENTHS = re.compile(
    r"成半|成[一二三四五六七八九](?![十百千万亿个位])|成(?![为立功员本长就交果分熟千份都型年品人群绩套])"
)


def of_part(text: str, match: re.Match[str]) -> Numeral | None:
    """百分之四十, 百分之百, 千分之三."""
    at = match.end()
    size = {"百": 1.0, "千": 0.1, "万": 0.01}[match[0][0]]
    if number := NUMBER.match(text, at):
        inner = Numeral(at, number.end(), (to_float(number[0]),), digits=True)
    elif (
        text[at : at + 1] in _HAN_DIGITS or text[at : at + 1] in _SIZES or text[at : at + 1] == "几"
    ):
        found = of_han(text, at, at, None)
        if found is None:
            return None
        inner = found
    else:
        return None
    values = tuple(value * size for value in inner.values)
    if size < 1:
        parts = tuple(value / 100 for value in values)
        return Numeral(match.start(), inner.end, parts, digits=inner.digits, fraction=True)
    return Numeral(
        match.start(), inner.end, values, inner.low, inner.high, inner.digits, percent=True
    )


def fraction(text: str, start: int, end: int, below: float) -> Numeral | None:
    """三分之二, 10分之1."""
    if not text.startswith("分之", end):
        return None
    at = end + 2
    above: float | None = None
    if number := NUMBER.match(text, at):
        above, at = to_float(number[0]), number.end()
    elif text[at : at + 1] in _HAN_DIGITS or text[at : at + 1] in _HAN_UNITS:
        found = of_han(text, at, at, None)
        if found and found.values:
            above, at = found.values[0], found.end
    if above is None or not below:
        return None
    return Numeral(start, at, (above / below,), fraction=True)


class _Han:
    """A Chinese number being read: what is complete, and the digit that waits for its unit."""

    def __init__(self, lead: float | None) -> None:
        self.total = self.wan = self.section = 0.0
        self.waiting = lead
        self.unit = 1.0  # the last one read
        self.scale = 1.0
        self.read = lead is not None
        self.bare = lead is None
        self.zero = False
        self.pair: tuple[float, float] | None = None  # 七八十
        self.paired = 1.0  # by what the pair is multiplied
        self.few = False  # 几十

    def size(self, size: float) -> None:
        self.paired = self.paired * size if self.pair else 1.0
        one = 1.0 if self.waiting is None else self.waiting
        self.bare = self.bare and size != 10
        if size < 1e4:
            self.section += one * size
        elif size == 1e4:
            rest = self.section + (self.waiting or 0.0)
            self.wan += (rest or 1.0) * size
            self.section = 0.0
        else:
            rest = self.wan + self.section + (self.waiting or 0.0)
            self.total += (rest or 1.0) * size
            self.wan = self.section = 0.0
        self.scale = max(self.scale, size)
        self.waiting, self.unit, self.read, self.zero = None, size, True, False

    def value(self) -> float:
        rest = self.waiting or 0.0
        if rest and rest < 10 and rest == int(rest) and self.unit > 10 and not self.zero:
            rest *= self.unit / 10  # 三百五 is 350
        return self.total + self.wan + self.section + rest


def of_han(text: str, start: int, at: int, lead: float | None) -> Numeral | None:
    """Read on from ``at``; ``lead`` is what the digits before have given."""
    han, over = _Han(lead), False
    length = len(text)
    while at < length:
        char = text[at]
        if char in _SIZES:
            if _NO_SIZE.match(text, at) and han.read:
                break
            if han.waiting is None and han.read and _SIZES[char] < 1e4 and han.unit < 1e4:
                break  # 十百
            han.size(_SIZES[char])
            at += 1
        elif char in _HAN_DIGITS:
            if han.waiting is not None:
                break
            end = at + 1
            while end < length and text[end] in _HAN_DIGITS:
                end += 1
            run = [_HAN_DIGITS[digit] for digit in text[at:end]]
            if han.read and run[0] == 0 and len(run) > 1:
                han.zero = True
                run = [digit for place, digit in enumerate(run) if digit or place == len(run) - 1]
            followed = text[end : end + 1] in _SIZES
            if len(run) == 2 and (0 < run[0] == run[1] - 1 or (run == [3, 5] and han.unit == 1)):
                han.pair = (float(run[0]), float(run[1]))
                run = run[:1]
            elif len(run) > 1 and not followed:
                value = float("".join(map(str, run[:18])))
                if not han.read:
                    return Numeral(start, end, (value,), sequence=True)
                break
            han.bare = False
            han.waiting = float(run[-1])
            at = end
            if decimals := _decimals(text, at):
                han.waiting += decimals[0]
                at = decimals[1]
            han.read = True
        elif (
            char in "点點"
            and han.section
            and han.waiting is None
            and (han.section > 24 or text[start - 1 : start] == "之")  # 十点一刻 is a time
            and (decimals := _decimals(text, at))
        ):
            han.waiting, at = decimals
        elif char in "几数數" and (few := _FEW.match(text, at)) and not han.read:
            han.few, han.bare, han.waiting, han.read = True, False, 1.0, True
            at = few.end()
        elif han.read and han.waiting is None and (later := NUMBER.match(text, at)):
            if text[later.end() : later.end() + 1] not in _SIZES or to_float(later[0]) >= 1e4:
                break
            han.waiting, at = to_float(later[0]), later.end()
        elif han.read and (extra := MORE.match(text, at)):
            if extra[0] == "几" and (han.unit != 10 or han.waiting is not None):
                break
            over = True
            at += 1
            if text[at : at + 1] not in _HAN_SCALES:
                break
        elif char == "个" and han.waiting is not None and text[at + 1 : at + 2] in _HAN_SCALES:
            at += 1
        else:
            break
    return _made(text, start, at, han, over, lead is not None)


def _decimals(text: str, at: int) -> tuple[float, int] | None:
    """点五三 as 0.53, and where it ends; None where it is none, or a time (三点二十分)."""
    if text[at : at + 1] not in ("点", "點") or text[at + 1 : at + 2] not in _HAN_DIGITS:
        return None
    end = at + 1
    while text[end : end + 1] in _HAN_DIGITS:
        end += 1
    if text[end : end + 1] in ("十", "分", "刻"):
        return None
    digits = "".join(str(_HAN_DIGITS[digit]) for digit in text[at + 1 : end][:15])
    return float(f"0.{digits}"), end


def _made(text: str, start: int, end: int, han: _Han, over: bool, digits: bool) -> Numeral | None:
    value = han.value()
    if not han.read or value > 1e60:
        return None
    scaled = han.scale if han.scale >= 1e4 else 1.0
    if digits and han.scale > 1:
        scaled = han.scale
    if han.few or (han.bare and han.unit > 10 and _OVER.search(text, max(0, start - 2), start)):
        return Numeral(start, end, (), value, value * 10, digits=digits)
    if han.pair and (han.waiting is not None or han.scale > 1):
        high = value + (han.pair[1] - han.pair[0]) * (han.paired if han.waiting is None else 1)
        if _TENTHS.match(text, end) and high < 10:  # 七八成
            return Numeral(start, end + 1, (), value * 10, high * 10, percent=True)
        return Numeral(start, end, (), value, high, digits=digits, scaled=scaled)
    if part := fraction(text, start, end, value):
        return part
    if value <= 10 and not over and (tenths := _TENTHS.match(text, end)):
        tail = tenths[0][1:]
        extra = 5.0 if tail == "半" else float(_HAN_DIGITS.get(tail, 0))
        return Numeral(start, tenths.end(), (value * 10 + extra,), percent=True)
    if over:
        size = han.unit if not digits else step(value)
        numeral = Numeral(start, end, digits=digits, scaled=scaled)
        return more(numeral, value, max(size, value / 2 if digits else size))
    ordinal = text[start - 1 : start] == "第"
    bare = han.bare and end - start <= 2
    return Numeral(start, end, (value,), digits=digits, scaled=scaled, bare=bare, ordinal=ordinal)
