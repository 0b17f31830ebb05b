"""The original of a turn, cleaned: from the raw lines of a block to paragraphs of running text.

A ``>>`` at the beginning is markup and goes; one further in marks another speaker and stays, always
inside a line (``Hello. >> Hi.``), so that a check can find it and no line begins with it.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right

from episodes.transcripts.characters import CONTROL, join_pieces
from episodes.transcripts.fences import Fences
from episodes.transcripts.items import TAG, Block, Row, in_code
from episodes.transcripts.notes import Notes

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BREAK = re.compile(r"<br(?:\s[^<>]{0,200})?/?>|</br\s{0,9}>", re.I)
_BROKEN = "\x1f"  # stands for <br>: no text holds it
_LABEL_LIKE = re.compile(r"(?:>>|\*\*|\[)\s{0,3}\S|[A-Z\u4e00-\u9fff][^:：\n]{0,40}[:：]\s")
_STARTS_WITH_MARK = re.compile(r"(?:>>+\s{0,9})+")
_STRUCTURE = re.compile(r"\s{0,9}(?:[-*+]\s|\d{1,9}[.)]\s|[|>]|#{1,6}\s)")
_EMPHASIS = {"b": "**", "strong": "**", "i": "*", "em": "*"}


def clean(block: Block, notes: Notes) -> list[str]:
    """The paragraphs of a block: no known tag, no entity, no ``<br>``, no ``>>`` at a line's start.

    Tags that belong to nothing are left over with a diagnostic.
    """
    text, starts = _joined(block.rows)
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    markdown = True
    if "<" in text:
        text, broken = _BREAK.subn(_BROKEN, text)
        markdown = not broken
        if "<" in text:
            cleaner = _Tags(text, block, starts, notes)
            text = cleaner.run()
            markdown = markdown and not cleaner.paragraphs
    return _without_marks(_markdown(text) if markdown else _running(text))


def _joined(rows: list[Row]) -> tuple[str, list[Row]]:
    """The text of a block and, for telling lines, the lines on which its own lines stand."""
    out: list[str] = []
    lines: list[Row] = []
    for line, piece in rows:
        if not lines or lines[-1][0] != line:
            lines.append((line, piece))
            out.append("\n")
        out.append(piece)
    return "".join(out[1:]), lines


def _character(match: re.Match[str]) -> str:
    return CONTROL.sub("", html.unescape(match.group()))


class _Tags:
    """Takes the tags out of a block. Lines are counted only where something is wrong."""

    def __init__(self, text: str, block: Block, lines: list[Row], notes: Notes) -> None:
        self._text = text
        self._block = block
        self._lines = lines
        self._notes = notes
        self._breaks: list[int] | None = None
        self.paragraphs = False

    def run(self) -> str:
        text = self._text
        emphasis = self._balanced()
        out: list[str] = []
        at = 0
        is_open = False
        begins = True  # nothing but white space stands before on this line
        for match in TAG.finditer(text):
            if "`" in text and in_code(text, at, match.start()):
                continue
            before = text[at : match.start()]
            out.append(before)
            at = match.end()
            before, broken, last = before.rpartition("\n")
            begins = not last.strip() and (begins or bool(broken))
            name = match[2].lower()
            if name == "p" and not match[1]:
                self.paragraphs = True
                out.append(self._opening(match, is_open, begins))
                is_open = True
            elif name == "p" and is_open:
                is_open = False
                out.append("\n\n")
            elif name in emphasis:
                out.append(_EMPHASIS[name])
            else:
                line = self._line(match.start())
                self._notes.leave(line, match.group(), "stray_tag")
                out.append(_BROKEN if name in ("p", "div", "li") else "")
        out.append(text[at:])
        if is_open:
            self._notes.note(self._block.line, "paragraph_unclosed")
        return "".join(out)

    def _opening(self, match: re.Match[str], is_open: bool, begins: bool) -> str:
        if not is_open:
            return "\n\n"
        line = self._line(match.start())
        if begins:
            self._notes.note(line, "paragraph_unclosed")
            return "\n\n"
        self._notes.leave(line, match.group(), "stray_paragraph")
        return _BROKEN

    def _balanced(self) -> set[str]:
        """The names of emphasis tags that are opened as often as closed."""
        counts: dict[str, int] = {}
        for match in TAG.finditer(self._text):
            name = match[2].lower()
            if name in _EMPHASIS:
                counts[name] = counts.get(name, 0) + (-1 if match[1] else 1)
        return {name for name, count in counts.items() if count == 0}

    def _line(self, at: int) -> int:
        if self._breaks is None:
            self._breaks = [m.start() for m in re.finditer("\n", self._text)]
        row = bisect_right(self._breaks, at)
        return self._lines[min(row, len(self._lines) - 1)][0] if self._lines else self._block.line


def _paragraphs(text: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip() or _BROKEN in line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [lines for lines in found if lines]


def _running(text: str) -> list[str]:
    """Paragraphs of HTML: breaks are white space, but for those before somebody's label."""
    out: list[str] = []
    for lines in _paragraphs(text):
        for part in _label_parts("\n".join(lines)):
            if part.isascii():
                joined = " ".join(part.split())
            else:
                joined = join_pieces(re.split(f"[\n{_BROKEN}]+", part))
            if joined:
                out.append(joined)
    return out


def _label_parts(text: str) -> list[str]:
    if not (":" in text or "：" in text) or _BROKEN * 2 not in re.sub(r"[ \t\n]+", "", text):
        return [text]
    parts: list[list[str]] = [[]]
    empty = 0
    for piece in text.split(_BROKEN):
        if not piece.strip():
            empty += 1
        else:
            if empty and parts[-1] and _LABEL_LIKE.match(piece.lstrip()):
                parts.append([])
            empty = 0
        parts[-1].append(piece)
    return [_BROKEN.join(part) for part in parts]


def _markdown(text: str) -> list[str]:
    """Paragraphs of Markdown: soft line breaks are white space, lists and code stay as they are."""
    out: list[str] = []
    lines = text.split("\n")
    fences = Fences(lines) if "```" in text or "~~~" in text else None
    held: list[str] = []
    index = 0

    def flush() -> None:
        if held:
            shaped = any(_STRUCTURE.match(line) and not line.startswith(">>") for line in held)
            if shaped:
                out.append("\n".join(line.rstrip() for line in held).strip())
            else:
                out.append(join_pieces(held))
            held.clear()

    while index < len(lines):
        line = lines[index]
        end = fences.end(index) if fences and fences.opens(index) else None
        if end is not None:
            flush()
            out.append("\n".join(part.rstrip() for part in lines[index : end + 1]).strip())
            index = end
        elif not line.strip():
            flush()
        elif line.lstrip().startswith(">>") and not (held and held[-1].startswith(">")):
            flush()
            held.append(line.lstrip())
        else:
            held.append(line)
        index += 1
    flush()
    return out


def _without_marks(paragraphs: list[str]) -> list[str]:
    out: list[list[str]] = []
    for paragraph in paragraphs:
        mark = _STARTS_WITH_MARK.match(paragraph)
        if not mark:
            out.append([paragraph])
            continue
        said = paragraph[mark.end() :].lstrip()
        if said and out:
            out[-1].append(said)
        elif said:
            out.append([said])
    return [" >> ".join(parts) for parts in out]
