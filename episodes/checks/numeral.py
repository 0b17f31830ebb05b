"""A number as it stands in a text: where, and what it may be worth."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["DIGITS", "NUMBER", "Numeral", "more", "step", "to_float"]

DIGITS = r"\d{1,3}(?:,\d{3}){1,6}+(?!\d)(?:\.\d++)?+|\d++(?:\.\d++)?+"
NUMBER = re.compile(DIGITS, re.ASCII)


@dataclass(frozen=True, slots=True)
class Numeral:
    """``values`` are what it may be worth, the likeliest first. A vague one (几十, dozens) has none
    and lies between ``low`` and ``high``; so does 二十多, which has a value as well.

    ``digits``: written in digits; ``scaled``: what a word such as 亿 or million multiplied, 1 where
    there was none; ``bare``: nothing but such a word; ``sequence``: read digit by digit (二〇二三);
    ``ordinal``: 第三, third, 3rd; ``fraction``: 三分之一, a third; ``percent``: 百分之三, 三成;
    ``times``: threefold.
    """

    start: int
    end: int
    values: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 0.0
    digits: bool = False
    scaled: float = 1.0
    bare: bool = False
    sequence: bool = False
    ordinal: bool = False
    fraction: bool = False
    percent: bool = False
    times: bool = False


def to_float(digits: str) -> float:
    """1,234.5 as a number; 0 for what nobody can mean."""
    digits = digits.replace(",", "")
    return float(digits) if len(digits) < 40 else 0.0


def step(value: float) -> float:
    """The last digit that is not zero: 100 for 2300."""
    size = 1.0
    while size < 1e15 and value % (size * 10) == 0:
        size *= 10
    return size


def more(numeral: Numeral, value: float, size: float) -> Numeral:
    """二十多: 20, or up to 30."""
    return Numeral(
        numeral.start,
        numeral.end,
        (value,),
        low=value,
        high=value + size,
        digits=numeral.digits,
        scaled=numeral.scaled,
    )
