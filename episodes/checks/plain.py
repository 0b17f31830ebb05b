"""A text as it is read aloud, with the way back to the places of the text as it is stored."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from episodes.transcripts.annotations import scan

__all__ = ["Moves", "plain", "stored"]

Moves = list[tuple[int, int]]
"""From which place of the plain text on it stands how much further back in the stored one."""

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s，。）]+|@\s?[\w.-]+", re.ASCII)
_FULL_WIDTH = re.compile("[０-９％＄．]")
_NARROW = str.maketrans("０１２３４５６７８９％＄．", "0123456789%$.")
_MARKS = re.compile(r"[*`]+")


def plain(text: str) -> tuple[str, Moves]:
    """The text without notes and marks of emphasis, digits half width, addresses blanked out."""
    if _FULL_WIDTH.search(text):
        text = text.translate(_NARROW)
    if "@" in text or "www." in text or "://" in text:
        text = _ADDRESS.sub(lambda found: "\0" * len(found[0]), text)
    gaps: list[tuple[int, int]] = []
    if "（" in text or "(" in text:
        gaps += [note for annotation in scan(text) for note in annotation.notes]
    if "*" in text or "`" in text:
        gaps += [mark.span() for mark in _MARKS.finditer(text)]
    if not gaps:
        return text, []
    kept: list[str] = []
    moved: Moves = []
    at = size = 0
    for start, end in sorted(gaps):
        if end <= at:
            continue
        if start > at:
            kept.append(text[at:start])
            size += start - at
        at = end
        moved.append((size, at - size))
    kept.append(text[at:])
    return "".join(kept), moved


def stored(start: int, end: int, moved: Moves) -> tuple[int, int]:
    """Where a stretch of the plain text stands in the stored one."""
    before = bisect_right(moved, start, key=_place)
    within = bisect_left(moved, end, key=_place)
    by = moved[before - 1][1] if before else 0
    return start + by, end + (moved[within - 1][1] if within else 0)


def _place(move: tuple[int, int]) -> int:
    return move[0]
