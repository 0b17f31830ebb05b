"""Where a text uses terms: Aho-Corasick over all forms at once. Pure, no Django.

The cost grows with the text and what is found in it, not with the number of forms. Letters are
compared without case and width, one character for one, so that offsets are code points of the text
as it was given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick

__all__ = ["Form", "Match", "Matcher", "usable"]


@dataclass(frozen=True, slots=True)
class Form:
    """A spelling of a term. Of two terms with one spelling the lower ``rank`` has it."""

    text: str
    entry: int
    rank: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """``text[start:end]`` is a form of ``entry``."""

    start: int
    end: int
    entry: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    entry: int
    exact: str  # for an abbreviation: how its letters have to stand; else ""


class Matcher:
    """Finds forms. One for any number of texts; safe to keep as long as the forms stay."""

    def __init__(self, forms: Iterable[Form]) -> None:
        wanted: dict[str, list[_Wanted]] = {}
        for form in sorted(forms, key=lambda form: (form.rank, form.entry, form.text)):
            text = " ".join(form.text.split())
            if not usable(text):
                continue
            same = wanted.setdefault(_folded(text), [])
            exact = _narrow(text) if _is_abbreviation(text) else ""
            if not any(known.exact in ("", exact) for known in same):
                same.append(_Wanted(form.entry, exact))
        self._automaton = ahocorasick.Automaton()
        for folded, same in wanted.items():
            # an abbreviation before the same letters as a word: it asks for more
            self._automaton.add_word(folded, (len(folded), sorted(same, key=lambda w: not w.exact)))
        self._empty = not wanted
        if wanted:
            self._automaton.make_automaton()

    def find(self, text: str) -> list[Match]:
        """Return the matches in order, the longest first chosen, none overlapping another.

        A form that begins or ends with a Latin letter or digit is not found inside a word of such;
        Chinese has no such borders. An abbreviation (capitals alone) is found as it is written.
        """
        if self._empty:
            return []
        folded = _folded(text)
        found: list[Match] = []
        for last, (length, wanted) in self._automaton.iter(folded):
            start, end = last - length + 1, last + 1
            if not _stands_alone(folded, start, end):
                continue
            for one in wanted:
                if not one.exact or _narrow(text[start:end]) == one.exact:
                    found.append(Match(start, end, one.entry))
                    break
        found.sort(key=lambda match: (match.start - match.end, match.start))
        taken = bytearray(len(text))
        chosen = []
        for match in found:
            if not any(taken[match.start : match.end]):
                taken[match.start : match.end] = b"\1" * (match.end - match.start)
                chosen.append(match)
        chosen.sort(key=lambda match: match.start)
        return chosen


def usable(text: str) -> bool:
    """Whether a form can be looked for: not empty, and more than one letter unless it is Han."""
    if len(text) > 1:
        return any(char.isalnum() for char in text)
    return bool(text) and text >= "\u3400" and text.isalpha()


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_IS_FULL_WIDTH = re.compile("[\uff01-\uff5e\u3000]")


def _narrow(text: str) -> str:
    """Return the text with full-width letters, digits and signs as ASCII, one for one."""
    return text.translate(_FULL_WIDTH) if _IS_FULL_WIDTH.search(text) else text


def _folded(text: str) -> str:
    """Return the text without case and width, as many characters as before."""
    folded = _narrow(text).lower()
    if len(folded) == len(text):
        return folded
    return "".join(low if len(low := char.lower()) == 1 else char for char in _narrow(text))


def _is_abbreviation(text: str) -> bool:
    """Capitals (and digits, signs) alone, not longer than one would spell out."""
    return text.isascii() and text.isupper() and len(text) <= 8


def _stands_alone(folded: str, start: int, end: int) -> bool:
    if start and _is_latin(folded[start]) and _is_latin(folded[start - 1]):
        return False
    return not (end < len(folded) and _is_latin(folded[end - 1]) and _is_latin(folded[end]))


def _is_latin(char: str) -> bool:
    """A letter, digit or accent of a script that parts its words by spaces."""
    return char < "\u1100" and (char.isalnum() or char == "_" or bool(unicodedata.combining(char)))
