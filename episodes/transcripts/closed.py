"""What of a turn's Markdown is no running text: code, tags, URLs, and where links lead to. Pure.

Offsets are code points. All of it is linear in the text.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from episodes.transcripts.annotation_marks import DESTINATION, PUNCTUATION, TAG, blocks

__all__ = ["Span", "closed_spans"]

Span = tuple[int, int]

_WORTH_READING = re.compile(r"[`\[<]|~~~|https?://|www\.", re.IGNORECASE)
_TOKEN = re.compile(
    rf"(?P<escaped>\\{PUNCTUATION})|(?P<ticks>`+)|(?P<tag>{TAG})|(?P<comment><!--)"
    r"|(?P<url>(?:https?://|www\.)(?:[!-;=?-~]*[/=#_-](?=[^\x00-\x7f])[^\s<>，。；：！？、（）《》“”]*"
    r"|[!-;=?-~]*))|(?P<square>[\[\]])",
    re.IGNORECASE | re.ASCII,
)
_DESTINATION = re.compile(DESTINATION)
_TICKS = re.compile("`+")


def closed_spans(text: str, *, labels: bool = True) -> list[Span]:
    """Return what of a Markdown text stands in links, code, tags and URLs, in order of its end.

    Without ``labels`` the words of a link are running text, and only its address is closed; then no
    two spans overlap. An address goes on to the next blank, or to Chinese that does not stand behind
    one of its signs.
    """
    if not _WORTH_READING.search(text):
        return []
    closed: list[Span] = []
    pos = 0
    for start, end in blocks(text):
        if pos < start:
            closed.append((pos, start))  # fenced code
        closed += _closed_in(text, start, end, labels)
        pos = end
    if pos < len(text):
        closed.append((pos, len(text)))
    return closed


def _closed_in(text: str, start: int, end: int, labels: bool) -> Iterator[Span]:
    ticks: dict[int, deque[int]] = {}
    for run in _TICKS.finditer(text, start, end):
        ticks.setdefault(len(run[0]), deque()).append(run.start())
    squares: list[int] = []
    comments = True
    pos = start
    while token := _TOKEN.search(text, pos, end):
        at, pos = token.span()
        kind = token.lastgroup
        if kind == "ticks":
            runs = ticks.get(pos - at, deque())
            while runs and runs[0] <= at:
                runs.popleft()
            if runs:
                pos = runs.popleft() + pos - at
                yield at, pos
        elif kind == "comment":
            closing = text.find("-->", pos, end) if comments else -1
            comments = closing >= 0  # looked for once, or a million of them cost a square
            if comments:
                pos = closing + 3
                yield at, pos
        elif kind in ("tag", "url"):
            yield at, pos
        elif text[at] == "[":
            squares.append(at)
        elif text[at] == "]" and squares:
            opened = squares.pop()
            if link := _DESTINATION.match(text, pos, end):
                yield opened if labels else pos, link.end()
                pos = link.end()
