"""Where the plain text of a turn stands in its stored HTML, and marks put into that. Pure.

The HTML is what ``rendering`` made: sanitised, tags in lower case. Its text content is the plain
text but for white space (``rendering.Rendered``), so that the two can be walked side by side. All
offsets are code points. Linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape

__all__ = ["Head", "Mark", "closed_spans", "heads", "placed"]

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Head:
    """``plain[start:end]`` is the head of the inline note ``number``."""

    start: int
    end: int
    number: int


@dataclass(frozen=True, slots=True)
class Mark:
    """``plain[start:end]`` is to stand between ``opening`` and ``closing``, which are HTML."""

    start: int
    end: int
    opening: str
    closing: str


@dataclass(frozen=True, slots=True)
class _Run:
    """A text node: ``plain[start:end]``; its i-th code point is ``html[at[i]:till[i]]``."""

    start: int
    end: int
    at: Sequence[int]
    till: Sequence[int]
    closed: bool  # in a link or in code
    number: int  # of the note whose head it is in, else -1


_TOKEN = re.compile(r"""<(/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>|([^<]+)|<""")
_NUMBER = re.compile(r'data-note="(\d{1,6})"')
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);|.", re.DOTALL)
_CLOSED = frozenset({"a", "code", "pre"})
_WORTH_READING = re.compile("<(?:a|code|pre|dfn)[ >]")


def closed_spans(html: str, plain: str) -> list[Span]:
    """Return what of the plain text stands in links and in code, in order."""
    if not _WORTH_READING.search(html):
        return []
    return [(run.start, run.end) for run in _runs(html, plain) if run.closed]


def heads(html: str, plain: str) -> list[Head]:
    """Return where the heads of inline notes stand, in order."""
    if "<dfn" not in html:
        return []
    found: list[Head] = []
    for run in _runs(html, plain):
        if run.number < 0:
            continue
        if found and found[-1].number == run.number:
            found[-1] = Head(found[-1].start, run.end, run.number)
        else:
            found.append(Head(run.start, run.end, run.number))
    return found


def placed(html: str, plain: str, marks: Iterable[Mark]) -> tuple[str, list[Mark]]:
    """Return the HTML with the marks in it, and those that could be placed.

    A mark has to lie within one text node that is in no link, no code and no note's head; marks that
    overlap an earlier one are left out.
    """
    wanted = sorted(marks, key=lambda mark: (mark.start, mark.end))
    if not wanted:
        return html, []
    parts: list[str] = []
    done: list[Mark] = []
    pos = behind = 0
    runs = iter(_runs(html, plain))
    run = next(runs, None)
    for mark in wanted:
        while run is not None and run.end <= mark.start:
            run = next(runs, None)
        if run is None:
            break
        if mark.start < max(run.start, behind) or mark.end > run.end or mark.start >= mark.end:
            continue
        if run.closed or run.number >= 0:
            continue
        start, end = run.at[mark.start - run.start], run.till[mark.end - run.start - 1]
        parts += [html[pos:start], mark.opening, html[start:end], mark.closing]
        pos, behind = end, mark.end
        done.append(mark)
    return "".join([*parts, html[pos:]]), done


def _runs(html: str, plain: str) -> Iterable[_Run]:
    """Yield the text nodes that hold more than white space; ends where the two texts part."""
    open_tags: list[str] = []
    closed, number, pos = 0, -1, 0
    for token in _TOKEN.finditer(html):
        text = token[4]
        if text is None:
            tag = token[2]
            if tag is None or tag in ("br", "hr"):
                continue
            if not token[1]:
                open_tags.append(tag)
                closed += tag in _CLOSED
                if tag == "dfn" and (said := _NUMBER.search(token[3])):
                    number = int(said[1])
            elif open_tags and open_tags[-1] == tag:
                open_tags.pop()
                closed -= tag in _CLOSED
                if tag == "dfn":
                    number = -1
            continue
        if text.isspace():
            continue
        run = _run(text, token.start(), plain, pos, bool(closed), number)
        if run is None:
            return
        yield run
        pos = run.end


def _run(raw: str, offset: int, plain: str, pos: int, closed: bool, number: int) -> _Run | None:
    """Find a text node in the plain text from ``pos`` on; None if it is not what stands there."""
    if "&" not in raw:
        bare = raw.strip()
        start = plain.find(bare, pos)
        if start >= 0 and (start == pos or plain[pos:start].isspace()):
            first = offset + raw.index(bare[0])
            end = start + len(bare)
            at = range(first, first + len(bare))
            return _Run(start, end, at, range(first + 1, first + len(bare) + 1), closed, number)
    begins: list[int] = []
    ends: list[int] = []
    start = -1
    for piece in _ENTITY.finditer(raw):
        for char in unescape(piece[0]):
            if char.isspace():
                continue
            here = pos
            while here < len(plain) and plain[here].isspace():
                here += 1
            if here >= len(plain) or plain[here] != char:
                return None
            if start < 0:
                start = here
            space = here - start - len(begins)  # white space, however the HTML writes it
            begins += [offset + piece.start()] * (space + 1)
            ends += [*[offset + piece.start()] * space, offset + piece.end()]
            pos = here + 1
    return None if start < 0 else _Run(start, pos, begins, ends, closed, number)
