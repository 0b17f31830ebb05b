"""Captions that roll: each line is shown up to three times, of which one is what was said.

YouTube's automatic WebVTT (FORMATS §8), and the SRT that tools make of it: a caption with the line
before on top, a bridge of 10 ms with what already stands there, the next caption.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from episodes.transcripts.timed import Shown

__all__ = ["is_rolling", "unroll"]

BRIDGE = 20  # ms: a caption as short is not for reading
ENOUGH = 4  # one in so many captions begins with what the one before ended with


def is_rolling(shown: Sequence[Shown]) -> bool:
    """Whether the captions roll: they carry lines over, with bridges or word times between."""
    grown = bridges = 0
    timed = any(row.timed for cue in shown for row in cue.rows)
    for before, cue in pairwise(shown):
        lines = _lines(cue)
        common = _carried(_lines(before), lines)
        if common and cue.end - cue.start <= BRIDGE:
            bridges += 1
        elif 0 < common < len(lines):
            grown += 1
    many = grown >= 2 and grown * ENOUGH >= len(shown)
    return (timed and (bridges > 0 or many)) or (bridges > 0 and many)


def unroll(shown: Sequence[Shown]) -> list[Shown]:
    """The captions with each line once, where it first stood; those left without one are gone.

    A line with word times is always new. Of the others those are repeats with which the caption
    before ended. A lone line in the lower row, under a blank one, is new although it is worded as
    the one before: the upper row is where lines are carried to.
    """
    found: list[Shown] = []
    before: list[str] = []
    ended = 0
    for cue in shown:
        rows = [row for row in cue.rows if row.text]
        common = _carried(before, [row.text for row in rows])
        fresh = [row for place, row in enumerate(rows) if place >= common or row.timed]
        if rows and not fresh and cue.end - cue.start > BRIDGE:
            below = len(cue.rows) > 1 and cue.rows[-1] is rows[-1] and not cue.rows[0].text
            if below or cue.start > ended:
                fresh = rows[-1:]
        if fresh:
            found.append(Shown(cue.start, cue.end, cue.line, fresh))
        if rows:
            before = [row.text for row in rows]
        ended = cue.end
    return found


def _lines(cue: Shown) -> list[str]:
    return [text for row in cue.rows if (text := row.text)]


def _carried(before: list[str], lines: list[str]) -> int:
    """How many lines a caption begins with that the one before ended with."""
    for length in range(min(len(before), len(lines), 4), 0, -1):
        if before[-length:] == lines[:length]:
            return length
    return 0
