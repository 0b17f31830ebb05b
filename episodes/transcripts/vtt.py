"""WebVTT and SRT, line by line: both are times and the lines below them.

Files are broken more often than not (blank lines within a caption, none between two, commas for
points), so nothing ends a caption but the next one's times. https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

import re
from html import unescape

from episodes.transcripts.captionnotes import CaptionNotes
from episodes.transcripts.timed import MOST_TIME, Piece, Row, Shown

__all__ = ["TIMING", "language_of", "read_shown"]

_CLOCK = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
TIMING = re.compile(rf"[ \t]*({_CLOCK})[ \t]*-->[ \t]*({_CLOCK})(?![\d:.,])[^\n]*")
_LIKE_TIMING = re.compile(r"[\s\d:.,;-]{3,40}-{1,2}>|[^\n]{0,40}-->[ \t]*\d{1,4}[:.,]\d")
_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION)(?=\s|$)")
_LANGUAGE = re.compile(r"Language:\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2})\s*$")
_TAG = re.compile(
    r"<(?:(?P<time>\d{1,4}(?::\d{1,2}){1,2}(?:[.,]\d{1,3})?)"
    r"|(?P<close>/?)(?P<name>c|v|i|b|u|s|ruby|rt|rp|lang|font|span|em|strong|br)"
    r"(?P<rest>(?:[\s./][^<>]*)?))>",
    re.IGNORECASE,
)
_OVERRIDE = re.compile(r"\{\\[^{}\n]*\}")  # {\an8}, which SRT took from another format
_CLASSES = re.compile(r"(?:\.[^\s.]+)*\s*")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def language_of(lines: list[str]) -> str:
    """The language that the header of a WebVTT file gives, or empty."""
    for line in lines[1:10]:
        if not line.strip() or "-->" in line:
            break
        if match := _LANGUAGE.match(line):
            return match[1]
    return ""


def read_shown(lines: list[str], notes: CaptionNotes, *, srt: bool) -> list[Shown]:
    """The captions of a file in its order, blank lines that were shown included."""
    return _Reader(lines, notes, srt=srt).run()


def _milliseconds(written: str) -> int | None:
    whole, _mark, rest = written.replace(",", ".").partition(".")
    time = 0
    for part in whole.split(":"):
        time = time * 60 + int(part)
    time = time * 1000 + int(rest.ljust(3, "0") or 0)
    return time if time <= MOST_TIME else None


class _Reader:
    def __init__(self, lines: list[str], notes: CaptionNotes, *, srt: bool) -> None:
        self._lines = lines
        self._notes = notes
        self._srt = srt
        self._at = 0
        self._found: list[Shown] = []
        self._voice = ""

    def run(self) -> list[Shown]:
        while self._at < len(self._lines) and not self._lines[self._at].strip():
            self._at += 1
        if self._at < len(self._lines) and self._lines[self._at].startswith("WEBVTT"):
            while self._at < len(self._lines):
                if not self._lines[self._at].strip() or "-->" in self._lines[self._at]:
                    break
                self._at += 1
        blank = True
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if not line.strip():
                self._blank(line)
                blank = True
                continue
            self._line(line, blank=blank)
            blank = False
        return self._found

    def _blank(self, line: str) -> None:
        """A line of blanks is one that is shown; so is an empty one at once below the times, whose
        blanks some tool took away."""
        rows = self._found[-1].rows if self._found else []
        if self._found and (line or not rows) and not (rows and not rows[-1].pieces):
            rows.append(Row(self._at))

    def _line(self, line: str, *, blank: bool) -> None:
        if "-->" in line and self._timing(line):
            return
        following = self._lines[self._at] if self._at < len(self._lines) else ""
        number = line.strip().isdecimal()
        if "-->" in following and TIMING.match(following) and (blank or (number and self._srt)):
            if not number:
                self._notes.leave(self._at, line, "caption_name")
        elif blank and not self._srt and _BLOCK.match(line):
            self._comment()
        elif not self._found:
            self._notes.leave(self._at, line, "stray_text")
        else:
            cue = self._found[-1]
            if blank and any(row.pieces for row in cue.rows):
                self._notes.note(self._at, "text_after_blank", text=line)
            cue.rows.append(Row(self._at, self._pieces(line)))

    def _timing(self, line: str) -> bool:
        match = TIMING.match(line)
        start, end = (_milliseconds(match[1]), _milliseconds(match[2])) if match else (None, None)
        if start is None or end is None:
            if match or _LIKE_TIMING.match(line):
                self._notes.leave(self._at, line, "timing_unread")
                return True
            return False  # an arrow in what is said
        if end < start:
            self._notes.note(self._at, "end_before_start")
            end = start
        self._found.append(Shown(start, end, self._at))
        self._voice = ""
        return True

    def _comment(self) -> None:
        first = self._at
        while self._at < len(self._lines) and self._lines[self._at].strip():
            if TIMING.match(self._lines[self._at]):
                break
            self._at += 1
        self._notes.leave(first, "\n".join(self._lines[first - 1 : self._at]), "caption_comment")

    def _pieces(self, line: str) -> list[Piece]:
        """The text of a line without its tags; a time tag begins a piece with a time."""
        if self._srt and "{" in line:
            line = _OVERRIDE.sub("", line)
        pieces: list[Piece] = []
        time: int | None = None
        at = 0
        for tag in _TAG.finditer(line) if "<" in line else ():
            self._say(pieces, line[at : tag.start()], time)
            if tag.start() > at:
                time = None
            at = tag.end()
            name = (tag["name"] or "").lower()
            if tag["time"]:
                time = _milliseconds(tag["time"])
            elif name == "br":
                self._say(pieces, " ", None)
            elif name == "v":
                said = _CLASSES.sub("", tag["rest"], count=1)
                self._voice = "" if tag["close"] else " ".join(_plain(said).split())
        self._say(pieces, line[at:], time)
        return pieces

    def _say(self, pieces: list[Piece], text: str, time: int | None) -> None:
        if text:
            pieces.append(Piece(_plain(text), time, self._voice))


def _plain(text: str) -> str:
    return _ENTITY.sub(lambda match: unescape(match[0]), text) if "&" in text else text
