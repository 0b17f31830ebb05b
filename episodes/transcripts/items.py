"""What a body consists of before anybody speaks: items, and the tags that shape them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Row = tuple[int, str]

TAG_NAMES = (
    "details|summary|p|br|b|i|u|s|em|strong|span|div|a|font|center|small|big|sup|sub|mark|del|ins|"
    "code|pre|kbd|blockquote|ul|ol|li|dl|dt|dd|h[1-6]|hr|img|table|thead|tbody|tr|td|th|section|"
    "article|header|footer|main|nav|figure|figcaption|html|body|head|meta|link|title|button|input|"
    "form|label|video|audio|source|object|embed|svg|ruby|rt|rp|cite|q|abbr|time|wbr|c|v"
)
TAG = re.compile(rf"<(/?)({TAG_NAMES})(?:\s[^<>]{{0,1000}})?/?>", re.I)
RAW_NAMES = "script|style|iframe|noscript|template|textarea"

# The tags that shape a transcript; everything between two of them is text.
SHAPE = re.compile(
    rf"(</?(?:details|summary)\b(?:[^<>]{{0,500}}>)?"
    rf"|<p\s+class[^<>]{{0,500}}>|</p\s{{0,9}}>|<(?:{RAW_NAMES})\b[^<>]{{0,500}}>)",
    re.I,
)
HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|(?<=##)(?=[^#\s]))(.*)|( {0,3}#{1,6})")


@dataclass(slots=True)
class Heading:
    line: int
    level: int
    title: str


@dataclass(slots=True)
class Paragraph:
    """Lines without a blank one between; ``verbatim`` for a code fence."""

    rows: list[Row]
    verbatim: bool = False

    @property
    def line(self) -> int:
        return self.rows[0][0]


@dataclass(slots=True)
class Block:
    """The original of what stands before it, as raw pieces of lines (those with one number are one
    line); ``section``: its summary says that it is a source; ``loose``: outside of <details>."""

    line: int
    rows: list[Row] = field(default_factory=list)
    section: bool = False
    loose: bool = False


Item = Heading | Paragraph | Block


def in_code(text: str, start: int, at: int) -> bool:
    """Whether ``at`` stands in inline code that begins after ``start``."""
    return text.count("`", start, at) % 2 == 1 and text.find("`", at) >= 0


def shape_pieces(text: str) -> list[str]:
    """A line cut at its shape tags, which stand alone in the result; inline code is not cut."""
    pieces = SHAPE.split(text)
    if "`" not in text:
        return [piece for piece in pieces if piece]
    out: list[str] = []
    held: list[str] = []
    ticks = 0
    left = text.count("`")
    for index, piece in enumerate(pieces):
        if index % 2 and (ticks % 2 == 0 or not left):
            out += ["".join(held), piece]
            held = []
            ticks = 0
            continue
        held.append(piece)
        ticks += piece.count("`")
        left -= piece.count("`")
    out.append("".join(held))
    return [piece for piece in out if piece]
