"""Characters: which script a line is written in, how pieces of text join, what cannot be kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
WIDE = HAN + "\u3000-\u30ff\uff01-\uff65"

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_WIDE = re.compile(f"[{WIDE}]")
_BRACKET = re.compile("[()（）]")

# What no text may hold: C0 and C1 controls but tab and line feed, lone surrogates, non-characters.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def strip_controls(text: str) -> str:
    """The text with LF line ends and without characters that no text may hold."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", text)


def tidy_text(text: str) -> str:
    """Text as a document holds it: LF, no controls, no trailing space, nothing blank around it."""
    text = strip_controls(text)
    if " \n" in text or "\t\n" in text or not text.isascii():
        text = "\n".join([line.rstrip() for line in text.split("\n")])
    return text.strip()


def tidy_line(text: str) -> str:
    """One line: line breaks and runs of white space become single spaces (none between Han)."""
    text = strip_controls(text)
    if "\n" in text:
        text = join_pieces(text.split("\n"))
    return " ".join(text.split())


def join_pieces(pieces: Iterable[str]) -> str:
    """Broken lines as running text: a space between them, none between two wide characters."""
    out: list[str] = []
    last = ""
    for piece in pieces:
        words = " ".join(piece.split())
        if not words:
            continue
        if last and not (_WIDE.match(last) and _WIDE.match(words)):
            out.append(" ")
        out.append(words)
        last = words[-1]
    return "".join(out)


def outside_brackets(text: str) -> str:
    """The text without what stands in round brackets; all of it where they do not balance."""
    if "(" not in text and "（" not in text:
        return text
    depth, start, out = 0, 0, []
    for match in _BRACKET.finditer(text):
        if match.group() in "(（":
            if depth == 0:
                out.append(text[start : match.start()])
            depth += 1
        elif depth:
            depth -= 1
            start = match.end()
    if depth:
        return text
    out.append(text[start:])
    return "".join(out)


def is_han(text: str) -> bool | None:
    """Whether a line is Chinese: its Han characters outweigh its Latin words.

    Brackets do not count (English lines carry Chinese definitions and the other way round), unless
    hardly anything stands outside of them. None where the line has neither.
    """
    outside = outside_brackets(text)
    han, words = len(_HAN.findall(outside)), len(_WORD.findall(outside))
    if han < words and (not han or outside == text):
        return False
    if han >= words and (han or words):
        return True
    han, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    return han >= words if han or words else None


def is_wide(character: str) -> bool:
    return _WIDE.match(character) is not None


def has_han(text: str) -> bool:
    return _HAN.search(text) is not None


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """One key for the spellings of one name: width, case, spacing, hyphens and dots are nothing."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if not c.isspace() and c not in "-_.·•・‧’'")
