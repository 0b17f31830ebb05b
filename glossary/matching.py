"""Where a text uses terms: Aho-Corasick over all forms at once. Pure, no Django.

The cost grows with the text and what is found in it, not with the number of forms. Characters are
compared without case and width, and traditional as simplified, one for one, so that offsets are code
points of the text as it was given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import ahocorasick

from glossary.folding import simplified

__all__ = ["Form", "Match", "Matcher", "Span", "Table", "folded", "table_of", "usable"]

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Form:
    """A spelling of a term. Of two terms with one spelling the lower ``rank`` has it."""

    text: str
    entry: int
    rank: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """``text[start:end]`` is a form of ``entry``; in code points."""

    start: int
    end: int
    entry: int


Table = dict[tuple[str, str], int]
"""(spelling, exact) -> entry. ``spelling`` is folded; ``exact`` is how the letters of an
abbreviation have to stand, else empty."""


def table_of(forms: Iterable[Form]) -> Table:
    """Return what is looked for and whose it is, whatever the order of the forms.

    Forms that cannot be looked for (:func:`usable`) are left out. An abbreviation that is also
    somebody's word of better rank is that word.
    """
    table: Table = {}
    for form in sorted(forms, key=lambda form: (form.rank, form.entry, form.text)):
        text = " ".join(form.text.split())
        if not usable(text):
            continue
        spelling = folded(text)
        exact = _narrow(text) if _is_abbreviation(text) else ""
        if (spelling, "") not in table:
            table.setdefault((spelling, exact), form.entry)
    return table


class Matcher:
    """Finds forms, or the spellings of a table made of them. One for any number of texts."""

    def __init__(self, forms: Iterable[Form] | Table) -> None:
        self.table: Table = forms if isinstance(forms, dict) else table_of(forms)
        wanted: dict[str, list[tuple[str, int]]] = {}
        for (spelling, exact), entry in self.table.items():
            wanted.setdefault(spelling, []).append((exact, entry))
        self._automaton = ahocorasick.Automaton()
        for spelling, same in wanted.items():
            # an abbreviation before the same letters as a word: it asks for more
            ordered = tuple(sorted(same, key=lambda one: not one[0]))
            self._automaton.add_word(spelling, (len(spelling), ordered))
        self._empty = not wanted
        if wanted:
            self._automaton.make_automaton()

    def find(
        self, text: str, closed: Sequence[Span] = (), heads: Sequence[Span] = ()
    ) -> list[Match]:
        """Return the matches in order, the longest first chosen, none overlapping another.

        A form that begins or ends with a Latin letter or digit is not found inside a word of such;
        Chinese has no such borders. An abbreviation (capitals alone) is found as it is written.
        Nothing is found in spans that are ``closed`` (links, code), and of ``heads`` of inline notes
        only the whole.
        """
        if self._empty:
            return []
        low = folded(text)
        found: list[Match] = []
        for last, (length, wanted) in self._automaton.iter(low):
            start, end = last - length + 1, last + 1
            if not _stands_alone(low, start, end):
                continue
            for exact, entry in wanted:
                if not exact or _narrow(text[start:end]) == exact:
                    found.append(Match(start, end, entry))
                    break
        if closed or heads:
            found = [match for match in found if _is_open(match, closed, heads)]
        if len(found) < 2:
            return found
        found.sort(key=lambda match: (match.start - match.end, match.start))
        taken = bytearray(len(text))
        chosen = []
        for match in found:
            if not any(taken[match.start : match.end]):
                taken[match.start : match.end] = b"\1" * (match.end - match.start)
                chosen.append(match)
        chosen.sort(key=lambda match: match.start)
        return chosen


def _is_open(match: Match, closed: Sequence[Span], heads: Sequence[Span]) -> bool:
    """Whether a match lies in nothing closed, and in no head that it is not all of."""
    if any(start < match.end and match.start < end for start, end in closed):
        return False
    return all(
        end <= match.start or match.end <= start or (start, end) == (match.start, match.end)
        for start, end in heads
    )


def usable(text: str) -> bool:
    """Whether a form can be looked for: not empty, and more than one letter unless it is Han."""
    if len(text) > 1:
        return any(char.isalnum() for char in text)
    return bool(text) and text >= "\u3400" and text.isalpha()


_CHINESE = "，！？：；（）～"  # no wide forms of Latin signs, but Chinese punctuation
_FULL_WIDTH = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in _CHINESE
} | {0x3000: 0x20}
_IS_FULL_WIDTH = re.compile(f"[{''.join(map(chr, _FULL_WIDTH))}]".replace("\\", r"\\"))


def _narrow(text: str) -> str:
    """Return the text with full-width letters, digits and Latin signs as ASCII, one for one."""
    return text.translate(_FULL_WIDTH) if _IS_FULL_WIDTH.search(text) else text


def folded(text: str) -> str:
    """Return the text without case, width and traditional characters, in as many as before."""
    low = simplified(_narrow(text).lower())
    if len(low) == len(text):
        return low
    return simplified(
        "".join(one if len(one := char.lower()) == 1 else char for char in _narrow(text))
    )


def _is_abbreviation(text: str) -> bool:
    """Capitals (and digits, signs) alone, not longer than one would spell out."""
    return text.isascii() and text.isupper() and len(text) <= 8


def _stands_alone(low: str, start: int, end: int) -> bool:
    if start and _is_latin(low[start]) and _is_latin(low[start - 1]):
        return False
    return not (end < len(low) and _is_latin(low[end - 1]) and _is_latin(low[end]))


def _is_latin(char: str) -> bool:
    """A letter, digit or accent of a script that parts its words by spaces."""
    return char < "\u1100" and (char.isalnum() or char == "_" or bool(unicodedata.combining(char)))
