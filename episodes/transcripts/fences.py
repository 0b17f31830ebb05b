"""Code fences: which lines of a text stand inside one (CommonMark 4.5, top level only)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

_OPEN = re.compile(r" {0,3}(?:(`{3,})[^`]*|(~{3,}).*)")
_CLOSE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*")


class Fences:
    """Answers for each line whether it opens a fence, and on which line that one closes.

    A fence that is never closed is none, so that it cannot swallow the rest of a document.
    """

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._closers: list[tuple[int, str, int]] = []
        for index, line in enumerate(lines):
            if "```" in line or "~~~" in line:
                match = _CLOSE.fullmatch(line)
                if match:
                    self._closers.append((index, match[1][0], len(match[1])))
        self._dead: dict[str, int] = {}

    def opens(self, index: int) -> bool:
        """Whether the line has the form of an opening fence."""
        line = self._lines[index]
        return ("```" in line or "~~~" in line) and _OPEN.fullmatch(line) is not None

    def end(self, index: int) -> int | None:
        """Index of the line that closes the fence opened on this line."""
        match = _OPEN.fullmatch(self._lines[index])
        if not match:
            return None
        mark = match[1] or match[2]
        if len(mark) >= self._dead.get(mark[0], len(mark) + 1):
            return None
        at = bisect_right(self._closers, (index, "\U0010ffff", 0))
        for which in range(at, len(self._closers)):
            found, character, length = self._closers[which]
            if character == mark[0] and length >= len(mark):
                return found
        self._dead[mark[0]] = len(mark)
        return None


def outside(lines: list[str], change: Callable[[str], str]) -> list[str]:
    """The lines, those outside closed fences changed, those of a fence as they are."""
    fences = Fences(lines)
    out: list[str] = []
    while len(out) < len(lines):
        at = len(out)
        end = fences.end(at) if fences.opens(at) else None
        if end is None:
            out.append(change(lines[at]))
        else:
            out.extend(lines[at : end + 1])
    return out
