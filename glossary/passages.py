"""What a concordance shows: which turns stand on a page, and how much of each around the term. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Piece", "Span", "beside", "passage", "window"]

SHORT = 260
"""A text of so many characters is shown whole; of a longer one as many around the term."""


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]``, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``marked`` if it is the term."""

    text: str
    marked: bool = False


def window(
    counted: Iterable[tuple[int, int]], first: int, length: int
) -> tuple[int, tuple[int, ...]]:
    """Return which episodes (key, turns; in order) hold the turns from ``first`` on, ``length`` of
    them, and how many turns of the first of these episodes come before."""
    at = skipped = 0
    keys: list[int] = []
    for key, turns in counted:
        if at >= first + length:
            break
        if turns and at + turns > first:
            if not keys:
                skipped = first - at
            keys.append(key)
        at += turns
    return skipped, tuple(keys)


def passage(text: str, spans: Sequence[Span], length: int = SHORT) -> tuple[Piece, ...]:
    """Return the text around the first span, with the spans in it marked; "…" where it is cut."""
    first, last = _window(text, spans[0], length)
    pieces = [Piece("…")] if first else []
    at = first
    for span in spans:
        if span.start < at or span.end > last:
            continue
        pieces += [Piece(text[at : span.start]), Piece(text[span.start : span.end], marked=True)]
        at = span.end
    pieces += [Piece(text[at:last]), Piece("…" if last < len(text) else "")]
    return tuple(piece for piece in pieces if piece.text)


def beside(text: str, names: Iterable[str], share: float, length: int = 2 * SHORT) -> str:
    """Return what stands in the other language where the passage stands: around one of the names,
    else about as far on (``share`` of the whole)."""
    low = text.lower()
    at = next((pos for name in names if name and (pos := low.find(name.lower())) >= 0), -1)
    if at < 0 or len(low) != len(text):
        at = round(share * len(text))
    first, last = _window(text, Span(at, at), length)
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"


_BREAK = re.compile(r"[。！？；\n]|[.!?;]\s|\s")


def _window(text: str, span: Span, length: int) -> tuple[int, int]:
    """Return where to cut: at a break near ``length`` characters, never within the span."""
    if len(text) <= length:
        return 0, len(text)
    around = max(0, length - (span.end - span.start)) // 2
    first, last = max(0, span.start - around), min(len(text), span.end + around)
    if first and (found := _BREAK.search(text, first, span.start)) and found.end() - first < 40:
        first = found.end()
    if last < len(text):
        ends = [found.end() for found in _BREAK.finditer(text, max(span.end, last - 40), last)]
        last = ends[-1] if ends else last
    return first, last
