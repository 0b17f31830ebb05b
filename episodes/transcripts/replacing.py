"""A spelling found in a turn's Markdown, and replaced by another one. Pure.

Found is what reads as running text: also in inline notes, in bold and in the words of a link, not in
code, tags, URLs and where a link leads to, unless all of such a stretch is what was asked for. Full
and half width are two things, composed and decomposed accents one. *Whole words* have an edge only
where they begin or end with a letter or digit of a script that sets its words apart: Chinese and
kana have none, and are none beside a Latin word.

What stands right already is no hit: what lies in a place where the right text stands as a whole
("Alloway" in "Tracy Alloway", where that is what it should become), and what would become itself.
Where replacing would leave, or make, more to replace, or have a mark read otherwise (bold, brackets,
a paragraph), the text is left to a person (:class:`Unsafe`). So replacing twice is replacing once.
All offsets are code points; all of it is linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from episodes.transcripts.annotation_marks import blocks, lex, pair_bold, pair_brackets
from episodes.transcripts.characters import HAN
from episodes.transcripts.closed import Span, closed_spans

__all__ = [
    "Pattern",
    "Replacement",
    "Unsafe",
    "applied",
    "difference",
    "find",
    "pieces",
    "replaced",
    "replacements",
    "way_back",
]


class Unsafe(ValueError):
    """Replaced, the text would be read otherwise, or there would be more to replace."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is looked for, and what it becomes; ``right`` may be empty, ``wrong`` is not.

    ``side`` tells where: ``text`` (the translation), ``original``, or empty for both.
    """

    wrong: str
    right: str
    match_case: bool = True
    whole_words: bool = True
    side: str = ""

    def concerns(self, side: str) -> bool:
        """Whether it is looked for in a text of this side."""
        return self.side in ("", side)


@dataclass(frozen=True, slots=True)
class Replacement:
    """``text[start:end]`` is ``was`` and becomes ``becomes``."""

    start: int
    end: int
    was: str
    becomes: str


def find(text: str, pattern: Pattern) -> tuple[Span, ...]:
    """Return where the wrong spelling stands as running text, in order, none overlapping."""
    return tuple((each.start, each.end) for each in _found(text, pattern))


def replacements(text: str, pattern: Pattern) -> tuple[Replacement, ...]:
    """Return what to replace, in order, none overlapping; nothing where nothing is found.

    :raises Unsafe: as the module says.
    """
    found = tuple(_found(text, pattern))
    if found:
        after = applied(text, found)
        if _structure(text, found, before=True) != _structure(after, way_back(found), before=False):
            raise Unsafe(pattern.right)
        if next(_found(after, pattern), None) is not None:
            raise Unsafe(pattern.right)
    return found


def replaced(text: str, pattern: Pattern) -> str:
    """Return the text with what was found replaced; the text itself where that is unsafe."""
    try:
        return applied(text, replacements(text, pattern))
    except Unsafe:
        return text


def applied(text: str, changes: Sequence[Replacement]) -> str:
    """Return the text with what was found in it replaced; the text itself where that is nothing.

    :raises ValueError: if something else stands there.
    """
    if not changes:
        return text
    parts: list[str] = []
    pos = 0
    for change in changes:
        if text[change.start : change.end] != change.was:
            raise ValueError(f"{change.was!r} does not stand at {change.start}")
        parts += [text[pos : change.start], change.becomes]
        pos = change.end
    return "".join([*parts, text[pos:]])


def way_back(changes: Iterable[Replacement]) -> tuple[Replacement, ...]:
    """Return what makes the text again what it was before these."""
    back: list[Replacement] = []
    shift = 0
    for change in changes:
        start = change.start + shift
        end = start + len(change.becomes)
        back.append(Replacement(start, end, change.becomes, change.was))
        shift += len(change.becomes) - len(change.was)
    return tuple(back)


def difference(old: str, new: str) -> tuple[Replacement, ...]:
    """Return the one replacement that makes ``old`` the new text; nothing where they are the same."""
    if old == new:
        return ()
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    start, end = head, len(old) - tail
    return (Replacement(start, end, old[start:end], new[start : len(new) - tail]),)


def pieces(wrong: str) -> list[str]:
    """Return parts that a text holds wherever ``find`` finds ``wrong``, if a database that tells
    only ASCII's upper and lower case alike is asked for them; none where it cannot be asked."""
    said: list[list[str]] = [[]]
    for char in unicodedata.normalize("NFC", wrong):
        caseless = char.lower() == char.upper() and unicodedata.normalize("NFD", char) == char
        if char.isascii() or caseless:
            said[-1].append(char)
        else:
            said.append([])
    return [piece for part in said if (piece := "".join(part)).strip()]


# What is found.

_MARKS = (
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u3099\u309a]"
)
_WORD = f"[^\\W_{HAN}\u3005-\u3007\u3031-\u3035\u3040-\u312f\u31a0-\u31ff\uff66-\uff9f]"
_IS_WORD = re.compile(_WORD)


@dataclass(frozen=True, slots=True)
class _Finder:
    """``wrong`` finds it; ``right`` finds each place of the right text, also such as overlap."""

    wrong: re.Pattern[str]
    right: re.Pattern[str] | None


@lru_cache(maxsize=4096)
def _finder(pattern: Pattern) -> _Finder:
    flags = re.NOFLAG if pattern.match_case else re.IGNORECASE
    wrong = unicodedata.normalize("NFC", pattern.wrong)
    before = after = ""
    if pattern.whole_words and _IS_WORD.match(wrong[0]):
        before = f"(?<!{_WORD})(?<!{_MARKS})"
    if pattern.whole_words and _IS_WORD.match(wrong[-1]):
        after = f"(?!{_WORD})"
    made = re.compile(f"{before}{_letters(wrong)}(?!{_MARKS}){after}", flags)
    right = unicodedata.normalize("NFC", pattern.right)
    holds = len(right) > len(wrong) and re.search(_letters(wrong), right, flags)
    return _Finder(made, re.compile(f"(?=({_letters(right)}))", flags) if holds else None)


def _letters(text: str) -> str:
    """Return an expression for a composed text, its accents composed or not."""
    parts = []
    for char in text:
        apart = unicodedata.normalize("NFD", char)
        one = re.escape(char)
        parts.append(one if apart == char else f"(?:{one}|{re.escape(apart)})")
    return "".join(parts)


def _found(text: str, pattern: Pattern) -> Iterator[Replacement]:
    finder = _finder(pattern)
    hits = [match.span() for match in finder.wrong.finditer(text)]
    if not hits:
        return
    closed = closed_spans(text, labels=False)
    right = [match.span(1) for match in finder.right.finditer(text)] if finder.right else []
    for start, end in hits:
        if _cuts(closed, start, end) or _lies_in(right, start, end):
            continue
        was = text[start:end]
        becomes = pattern.right if pattern.match_case else _in_case_of(was, pattern)
        if becomes != was:
            yield Replacement(start, end, was, becomes)


def _cuts(closed: Sequence[Span], start: int, end: int) -> bool:
    """Whether a hit touches a closed stretch, without being all of it."""
    at = bisect_right(closed, start, key=itemgetter(0)) - 1
    if at >= 0 and (closed[at][1] > end if closed[at][0] == start else closed[at][1] > start):
        return True
    while (at := at + 1) < len(closed) and closed[at][0] < end:
        if closed[at][1] > end:
            return True
    return False


def _lies_in(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether a hit lies in one of some spans, which are in order of start and of end."""
    at = bisect_right(spans, start, key=itemgetter(0)) - 1
    while at >= 0 and spans[at][1] > start:
        if spans[at][0] <= start and end <= spans[at][1]:
            return True
        at -= 1
    return False


def _in_case_of(was: str, pattern: Pattern) -> str:
    """Return the right text in capitals or small letters where what it takes the place of is so."""
    wrong, right = unicodedata.normalize("NFC", pattern.wrong), pattern.right
    was = unicodedata.normalize("NFC", was)
    if was == wrong:
        return right
    cased = [char for char in was if char.lower() != char.upper()]
    if len(cased) > 1 and was.isupper():
        return right.upper()
    if was.islower():
        return right.lower()
    begins_large = was[:1].isupper() and not any(char.isupper() for char in was[1:])
    if begins_large and right.islower():
        return right[:1].upper() + right[1:]
    if begins_large and wrong.isupper() and right.isupper():
        return right[:1] + right[1:].lower()
    return right


# How the text around it is read.

Structure = tuple[list[Span], list[tuple[int, str]], list[Span], list[int]]


def _structure(text: str, changes: Sequence[Replacement], *, before: bool) -> Structure:
    """Return pairs of marks, marks alone, closed stretches and where blocks begin, without what lies
    in what changes; ``before`` the changes are made with the positions that they have afterwards.

    :raises Unsafe: where a mark, a pair or a closed stretch lies in a change by half.
    """
    moved = _Moved(changes, before)
    pairs: list[Span] = []
    alone: list[tuple[int, str]] = []
    begins: list[int] = []
    for start, end in blocks(text):
        begins.append(moved.place(start))
        marks = lex(text, start, end)
        brackets = pair_brackets(text, [mark for mark in marks if mark[2] != "*"])
        bolds = pair_bold(text, start, end, marks, brackets)
        both = [*brackets, *((bold[0], bold[2]) for bold in bolds)]
        sizes = {mark[0]: mark[1] for mark in marks}
        paired = {at for pair in both for at in pair}
        pairs += moved.pairs((one, sizes[one], other, sizes[other]) for one, other in sorted(both))
        for at, after, char in marks:
            if at not in paired and moved.keeps(at, after):
                alone.append((moved.place(at), char))
    stretches = closed_spans(text, labels=False)
    links = set(closed_spans(text)).difference(stretches)
    pairs += moved.pairs((start, start + 1, end - 1, end) for start, end in sorted(links))
    closed = [
        (moved.place(start), moved.place(end))
        for start, end in stretches
        if moved.keeps(start, end)
    ]
    return pairs, alone, closed, begins


class _Moved:
    """Where positions of a text are once it has been changed, and what lies in a change."""

    def __init__(self, changes: Sequence[Replacement], before: bool) -> None:
        self._starts = [change.start for change in changes]
        self._ends = [change.end for change in changes]
        self._shifts = [0]
        for change in changes:
            by = len(change.becomes) - len(change.was) if before else 0
            self._shifts.append(self._shifts[-1] + by)

    def _at(self, position: int) -> int:
        """Return which change begins at or before a position, -1 where none does."""
        return bisect_right(self._starts, position) - 1

    def place(self, position: int) -> int:
        """Return where a position is; one in a change is where that begins."""
        at = self._at(position)
        if at < 0:
            return position
        if position < self._ends[at]:
            return self._starts[at] + self._shifts[at]
        return position + self._shifts[at + 1]

    def keeps(self, start: int, end: int) -> bool:
        """Whether a stretch lies outside of all changes, or holds some between its ends."""
        first, last = self._at(start), self._at(end - 1)
        begins_in = first >= 0 and start < self._ends[first]
        ends_in = last >= 0 and end - 1 < self._ends[last] and self._starts[last] < end
        if not begins_in and not ends_in:
            return True
        if first == last and begins_in and ends_in:
            return False
        raise Unsafe("a mark would be cut")

    def pairs(self, found: Iterable[tuple[int, int, int, int]]) -> Iterator[Span]:
        """Yield the pairs of marks (each from, to) that lie in no change, as they will stand.

        :raises Unsafe: where a change has one of two marks, or two changes have one each.
        """
        for one, after_one, other, after_other in found:
            kept = self.keeps(one, after_one)
            if kept != self.keeps(other, after_other):
                raise Unsafe("a pair would be broken")
            if kept:
                yield self.place(one), self.place(other)
            elif self._at(one) != self._at(other):
                raise Unsafe("a pair would be broken")
