"""Where sentences end, in Chinese, in English and in both at once (MERGING §2).

A sentence is the least that is merged as a whole: better too long than cut in the wrong place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from episodes.transcripts.characters import HAN

__all__ = ["Sentence", "comparable", "split_sentences"]

_LINES = re.compile(r"\n(?:[^\S\n]*\n)*")
_SPACE = re.compile(r"[^\S\n]*")
_CLOSING = r"""[”’」』》）)\]】"'*_]*+"""
_OPENING = re.compile(r"""[^\S\n]++[“‘「『《（(\[【"'*_]*+""")
_ENDS = re.compile(
    rf"[。！？；…｡]++{_CLOSING}"
    rf"|(?<![?!.])[?!]++{_CLOSING}(?=[{HAN}])"
    rf"|(?<![?!.])[?!.]++{_CLOSING}(?=[^\S\n])"
)
_IS_HAN = re.compile(f"[{HAN}]")
_ROUND = re.compile("[()（）]")
_LAST_WORD = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]+\Z")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]")
_ABBREVIATION = re.compile(
    r"mr|mrs|ms|dr|prof|rev|gen|sen|rep|gov|pres|capt|sgt|st|mt|jr|sr|hon|inc|"
    r"ltd|co|corp|plc|llc|bros|dept|univ|approx|vs|etc|cf|vol|fig|pp|jan|feb|apr|"
    r"aug|sep|sept|oct|nov|dec|ave|blvd",
    re.IGNORECASE,
)
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_TRAILING = re.compile(r"[^\S\n]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or a run of line breaks, and the spaces before it."""

    before: str
    text: str


def comparable(text: str) -> str:
    """The text as it counts when two are compared: what nobody sees is no difference.

    NFC, LF, no zero-width characters, no spaces at the ends of lines. Width and case do count.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _TRAILING.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """All of the text, in order: ``before`` and ``text`` of all sentences make it up again.

    A sentence ends after 。！？；… and what closes there; after ``.``, ``?`` and ``!`` before a space
    and a capital or a Han character, unless the word is an abbreviation; at line breaks, which
    stand by themselves; never within round brackets, for a note belongs to its term.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found: list[Sentence] = []
    at = 0
    for breaks in _LINES.finditer(text):
        found += _of_line(text[at : breaks.start()])
        space = found.pop().before if found and not found[-1].text else ""
        found.append(Sentence(space, breaks[0]))
        at = breaks.end()
    found += _of_line(text[at:])
    return tuple(found)


def _of_line(line: str) -> Iterator[Sentence]:
    at = 0
    for end in (*_ends(line), len(line)):
        start = _begin(line, at)
        if at < end:
            yield Sentence(line[at:start], line[start:end])
        at = end


def _ends(line: str) -> Iterator[int]:
    brackets = _brackets(line)
    opened, closed = next(brackets, (len(line), len(line)))
    begun = _begin(line, 0)
    for match in _ENDS.finditer(line):
        while closed <= match.start():
            opened, closed = next(brackets, (len(line), len(line)))
        within = opened < match.start()
        if within and (opened != begun or match.end() < closed):
            continue  # a note, or not the last sentence in brackets
        if _ends_here(line, match):
            begun = _begin(line, match.end())
            yield match.end()


def _begin(line: str, at: int) -> int:
    space = _SPACE.match(line, at)
    return space.end() if space else at


def _brackets(line: str) -> Iterator[tuple[int, int]]:
    """Where the outermost round brackets open and close; none where they do not balance."""
    spans: list[tuple[int, int]] = []
    depth = start = 0
    for match in _ROUND.finditer(line):
        if match[0] in "(（":
            start = start if depth else match.start()
            depth += 1
        elif not depth:
            return
        else:
            depth -= 1
            if not depth:
                spans.append((start, match.end()))
    if not depth:
        yield from spans


def _ends_here(line: str, match: re.Match[str]) -> bool:
    """Whether what may end a sentence does; of the Chinese signs each one does."""
    if match[0][0] not in ".?!":
        return True
    after = _OPENING.match(line, match.end())
    if after is None:
        return True  # a Han character follows at once
    following = line[after.end() : after.end() + 1]
    if not (following.isupper() or _IS_HAN.match(following)):
        return False
    word = _LAST_WORD.search(line, max(match.start() - 20, 0), match.start())
    if word is None or not match[0].startswith(".") or match[0].startswith(".."):
        return True
    return not (_ABBREVIATION.fullmatch(word[0]) or _INITIALS.fullmatch(word[0]))
