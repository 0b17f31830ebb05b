"""The marks of a turn's Markdown that its annotations are made of: blocks, brackets, bold.

A flat lexer, then stacks; nothing is ever looked for twice, so that a million brackets that never
close cost no more than a million letters. What stands in code, links, URLs and tags is no mark.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

__all__ = [
    "DESTINATION",
    "LONGEST_HEAD",
    "PUNCTUATION",
    "TAG",
    "Bold",
    "Mark",
    "blocks",
    "lex",
    "pair_bold",
    "pair_brackets",
]

LONGEST_HEAD = 80  # in characters

# Blocks: nothing reaches from one into the next, so one bracket left open spoils one paragraph.

_BREAK = re.compile(r"[ \t\r]*(?:\n|\Z|#{1,6}[ \t]|[>|]|[-*+][ \t]|\d{1,9}[.)][ \t])")
_FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`\n]*$)|~{3,})([^\n]*)", re.MULTILINE)


def blocks(text: str) -> Iterator[tuple[int, int]]:
    """The blocks' start and end; fenced code is left out, to the end if its fence never closes."""
    start = pos = 0
    fence = ""
    while pos < len(text):
        newline = text.find("\n", pos)
        after = len(text) if newline < 0 else newline + 1
        mark = _FENCE.match(text, pos)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence, start = "", after
        elif mark:
            yield start, pos
            fence = mark[1]
        elif _BREAK.match(text, pos):
            yield start, pos
            start = pos
        pos = after
    if not fence:
        yield start, len(text)


# The lexer. Each expression below finds one flat token; none reaches over a bracket or a line.

PUNCTUATION = r"[!-/:-@\[-`{-~]"
_TOKEN = re.compile(
    rf"\\{PUNCTUATION}|`+|\*+|[()（）\[\]<]|https?://|www\.", re.IGNORECASE | re.ASCII
)
_URL = re.compile(r"[!#-'+-;=?-Z\\^_a-z{}~]*")
DESTINATION = r'\((?:[^\s()]+|\([^\s()]*\))*+(?:[ \t]+"[^"\n]*")?[ \t]*\)'
_LINK_END = re.compile(DESTINATION)
TAG = r"</?[A-Za-z][A-Za-z0-9-]*(?:[\s/][^<>]*)?>|<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*>"
_TAG_OR_ADDRESS = re.compile(TAG)
_TICKS = re.compile(r"`+")


Mark = tuple[int, int, str]
Bold = tuple[int, int, int, int]  # start, start and end of the text inside, end


def lex(text: str, start: int, end: int) -> list[Mark]:
    """The brackets and bold marks of a block in order, as (start, end, character)."""
    marks: list[Mark] = []
    squares: list[int] = []
    ticks: dict[int, deque[int]] = {}
    if text.find("`", start, end) >= 0:
        for run in _TICKS.finditer(text, start, end):
            ticks.setdefault(len(run[0]), deque()).append(run.start())
    comments = True
    pos = start
    while token := _TOKEN.search(text, pos, end):
        at, pos = token.span()
        char = text[at]
        if char in "()（）":
            marks.append((at, pos, char))
        elif char == "*":
            if pos - at in (2, 3):
                marks.append((at, pos, char))
            elif pos - at == 4:  # one bold ends and the next begins
                marks += [(at, at + 2, char), (at + 2, pos, char)]
        elif char == "[":
            squares.append(at)
        elif char == "]":
            opened = squares.pop() if squares else pos
            if opened < at and (destination := _LINK_END.match(text, pos, end)):
                pos = destination.end()
                while marks and marks[-1][0] > opened:
                    marks.pop()
        elif char == "`":
            runs = ticks.get(pos - at, deque())
            while runs and runs[0] <= at:
                runs.popleft()
            if runs:
                pos = runs.popleft() + pos - at
        elif char == "<":
            if tag := _TAG_OR_ADDRESS.match(text, at, end):
                pos = tag.end()
            elif comments and text.startswith("<!--", at):
                closed = text.find("-->", pos, end)
                comments = closed >= 0  # looked for once, or a million of them cost a square
                pos = closed + 3 if comments else pos
        elif char != "\\":
            pos = _url_end(text, pos, end)
    return marks


def _url_end(text: str, pos: int, end: int) -> int:
    """Where a bare URL ends: a bracket that it does not open itself is not part of it."""
    depth = 0
    while run := _URL.match(text, pos, end):
        pos = run.end()
        char = text[pos : pos + 1] if pos < end else ""
        if char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        else:
            break
        pos += 1
    return pos


_COUNTED = re.compile(r"(?<![^\s（(：:，,；;、。])(?:\d{1,2}|[a-zA-Z])\Z")


def pair_brackets(text: str, brackets: list[Mark]) -> list[tuple[int, int]]:
    """Which bracket closes which, as offsets in order of the opening one.

    Full-width ones are matched first, then half-width ones between them, and at last ``（…)``: what
    is left over, as long as it crosses nothing and is not the ``1)`` of a list.
    """
    partner: dict[int, int] = {}
    for kinds in ("（）", "()", "（）()"):
        stack: list[int] = []
        for index, (at, _, char) in enumerate(brackets):
            if index in partner:
                if partner[index] > index:
                    stack.append(index)
                else:
                    while stack.pop() != partner[index]:
                        pass
            elif char in kinds:
                if char in "（(":
                    stack.append(index)
                elif (
                    stack
                    and stack[-1] not in partner
                    and (len(kinds) == 2 or not _COUNTED.search(text, max(0, at - 4), at))
                ):
                    opened = stack.pop()
                    partner[opened], partner[index] = index, opened
    return [(brackets[i][0], brackets[j][0]) for i, j in sorted(partner.items()) if i < j]


def pair_bold(
    text: str, start: int, end: int, marks: list[Mark], brackets: list[tuple[int, int]]
) -> list[Bold]:
    """The bold spans of a block, in order of their start; one never crosses a pair of brackets.

    By what the author meant, not by CommonMark's flanking rule, under which ``**《某书》**是`` is
    not bold.
    """
    closing = dict(brackets)
    around: list[int] = []  # where the brackets end that stand open
    stars: dict[int, list[Mark]] = {}
    for mark in marks:
        if mark[2] == "*":
            stars.setdefault(around[-1] if around else end, []).append(mark)
        elif mark[0] in closing:
            around.append(closing[mark[0]])
        elif around and around[-1] == mark[0]:
            around.pop()
    return sorted(span for group in stars.values() for span in _alternate(text, start, end, group))


def _alternate(text: str, start: int, end: int, stars: list[Mark]) -> list[Bold]:
    """Bold marks in turn open and close.

    Where one is left over, only those are believed that stand directly at a bracket, since the
    stray one may be anywhere.
    """
    spans: list[Bold] = []
    opened: Mark | None = None
    for star in stars:
        before = text[star[0] - 1] if star[0] > start else " "
        after = text[star[1]] if star[1] < end else " "
        if opened and opened[1] < star[0] and (not before.isspace() or after in "（("):
            spans.append((opened[0], opened[1], star[0], star[1]))
            opened = None
        elif not after.isspace():
            opened = star
    if opened is None:
        return spans
    spans = []
    last: Mark | None = None
    for star in stars:
        at_bracket = text[star[1] : star[1] + 1] in ("（", "(") or text[star[0] - 1] in "）)"
        if last and at_bracket and last[1] < star[0] <= last[1] + 4 * LONGEST_HEAD:
            spans.append((last[0], last[1], star[0], star[1]))
            last = None
        else:
            last = star
    return spans
