"""Numbers read out of running text, Chinese and English: digits, numerals, words, and all mixed.

:func:`numerals` finds where a number stands and what it is worth; what it measures, and whether it is
a date or part of a name, is for ``amounts`` to say. Never raises; linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from episodes.checks.chinese_numerals import (
    HAN_GAP,
    HAN_NUMERAL,
    HAN_PART,
    MORE,
    NOT_HAN,
    fraction,
    of_han,
    of_part,
)
from episodes.checks.english_numerals import ENGLISH_WORD, of_words, suffix_after, words_after
from episodes.checks.numeral import DIGITS, Numeral, more, step, to_float

__all__ = ["Numeral", "numerals"]

_FIRST = re.compile(
    rf"(?P<digits>{DIGITS})|(?P<part>{HAN_PART})|(?P<han>{HAN_NUMERAL})"
    rf"|(?<![A-Za-z'’])(?P<word>{ENGLISH_WORD})(?![A-Za-z])",
    re.IGNORECASE | re.ASCII,
)


def numerals(text: str) -> Iterator[Numeral]:
    """Yield the numbers of a text in order; none overlaps another."""
    at = 0
    while first := _FIRST.search(text, at):
        start = first.start()
        if first["han"] and (word := NOT_HAN.match(text, start)):
            at = word.end()
            continue
        if first["digits"]:
            found = _of_digits(text, first)
        elif first["part"]:
            found = of_part(text, first)
        elif first["word"]:
            found = of_words(text, start, first["word"].lower(), first.end())
        else:
            found = of_han(text, start, start, None)
        if found is None:
            at = first.end()
            continue
        yield found
        at = max(found.end, first.end())


def _of_digits(text: str, match: re.Match[str]) -> Numeral | None:
    start, end = match.span()
    value = to_float(match[0])
    if gap := HAN_GAP.match(text, end):
        return of_han(text, start, gap.end() if gap[0].strip() in ("", "个") else end, value)
    if part := fraction(text, start, end, value):
        return part
    if suffix := suffix_after(text, end):
        word, size, last = suffix
        if word in ("st", "nd", "rd", "th"):
            return Numeral(start, last, (value,), digits=True, ordinal=True)
        values = (value * size, value) if word == "m" else (value * size,)  # or metres
        return Numeral(start, last, values, digits=True, scaled=size)
    if found := words_after(text, start, end, value):
        return found
    over = MORE.match(text, end)
    if over and over[0] != "几":
        return more(Numeral(start, over.end(), (value,), digits=True), value, step(value))
    return Numeral(start, end, (value,), digits=True)
