"""Lines to items: headings, paragraphs and original-language blocks, with what is left over.

A line scanner, not a DOM: the tags are broken too often. Each line is looked at once or, after a
block that was never closed, twice.
"""

from __future__ import annotations

import re

from episodes.transcripts.characters import is_han
from episodes.transcripts.fences import Fences
from episodes.transcripts.items import (
    HEADING,
    RAW_NAMES,
    SHAPE,
    TAG,
    Block,
    Heading,
    Item,
    Paragraph,
    Row,
    in_code,
    shape_pieces,
)
from episodes.transcripts.notes import Notes

_RAW_END = re.compile(rf"</({RAW_NAMES})\s{{0,9}}>", re.I)
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})")
_PIPELINE = re.compile(
    r"\[(?:END_OF_|END OF |START_OF_)?(?:TRANSCRIPT|CHUNK|SEGMENT|SECTION)"
    r"(?:[_ ](?:END|START|BEGIN|\d{1,6}(?:/\d{1,6})?))?\]"
)
_ESCAPE = re.compile(r"\\(?=[\"'“”‘’])")
_KNOWN_SUMMARY = re.compile(
    r"(?:view ?/ ?hide |show ?/ ?hide |view |show )?(?:the )?original(?:[ -]language)?"
    r"(?: english)?(?: source| text| transcript)?|english(?: original| source| text)?"
    r"|(?:查看|显示|展开|查看/隐藏)?(?:英文|英语)?原文|英文|原文（英文）",
    re.I,
)


def scan(lines: list[str], first: int, notes: Notes) -> list[Item]:
    """The items of a body, which begins at the index ``first`` of a file's ``lines``."""
    return _Scanner(lines, first, notes).run()


class _Scanner:
    def __init__(self, lines: list[str], first: int, notes: Notes) -> None:
        self._notes = notes
        self._lines = lines
        self._fences = Fences(lines)
        # Still to read, the next one last: line number, text, and whether it is cut at shape tags.
        self._todo = [(i + 1, lines[i], False) for i in range(len(lines) - 1, first - 1, -1)]
        self._items: list[Item] = []
        self._open: list[tuple[int, list[str]]] = []  # the lines of a paragraph, in pieces

    def run(self) -> list[Item]:
        todo = self._todo
        while todo:
            number, text, cut = todo.pop()
            if not text.strip():
                if not cut:
                    self._flush()
                continue
            whole = not cut and text == self._lines[number - 1]
            if whole and self._fence(number, text):
                continue
            row = self._residue(number, text)
            if row is None:
                continue
            text = row
            if "<" in text and not cut:
                self._cut(number, text)
                continue
            if text[0] == "<" and SHAPE.fullmatch(text):
                self._shape_tag(number, text)
            else:
                self._text(number, text)
        self._flush()
        return self._items

    def _fence(self, number: int, text: str) -> bool:
        if not self._fences.opens(number - 1):
            return False
        end = self._fences.end(number - 1)
        if end is None:
            self._notes.note(number, "fence_unclosed")
            return False
        self._flush()
        rows = [(number, text)]
        while self._todo and self._todo[-1][0] <= end + 1:
            line, inside, _ = self._todo.pop()
            rows.append((line, inside))
        self._items.append(Paragraph(rows, verbatim=True))
        return True

    def _flush(self) -> None:
        if self._open:
            rows = [(number, "".join(pieces)) for number, pieces in self._open]
            self._items.append(Paragraph(rows))
            self._open = []

    # Residue

    def _residue(self, number: int, text: str) -> str | None:
        """The line without comments, pipeline marks and stray escapes; None if nothing is left."""
        before = text
        if "<!--" in text:
            text = self._comments(number, text)
        if "[" in text:
            for match in _PIPELINE.finditer(text):
                self._notes.leave(number, match.group(), "pipeline_mark")
            text = _PIPELINE.sub("", text)
        if "\\" in text:
            text, count = _ESCAPE.subn("", text)
            if count:
                self._notes.leave(number, "\\" * count, "stray_escape", count=count)
        if text is not before and not text.strip():
            return None
        return text

    def _comments(self, number: int, text: str) -> str:
        out: list[str] = []
        at = 0
        while True:
            start = text.find("<!--", at)
            if start < 0:
                break
            if in_code(text, at, start):
                out.append(text[at : start + 4])
                at = start + 4
                continue
            out.append(text[at:start])
            again = text.find("<!--", start + 4)
            end = text.find("-->", start + 4, again if again >= 0 else len(text))
            if end < 0:
                at = self._long_comment(number, text, start, again)
                continue
            self._notes.leave(number, text[start : end + 3], "comment")
            at = end + 3
        out.append(text[at:])
        return "".join(out)

    def _long_comment(self, number: int, text: str, start: int, again: int) -> int:
        """Read a comment that does not end on its line; the index at which the line goes on."""
        if again >= 0:
            self._notes.leave(number, text[start:again], "comment_unclosed")
            return again
        rows = []
        for back in range(len(self._todo) - 1, -1, -1):
            _, line, _ = self._todo[back]
            end, another = line.find("-->"), line.find("<!--")
            if end >= 0 and not 0 <= another < end:
                rows = self._todo[back + 1 :][::-1]
                last, _, cut = self._todo[back]
                del self._todo[back:]
                inside = [text[start:], *(row[1] for row in rows), line[: end + 3]]
                self._notes.leave(number, "\n".join(inside), "comment")
                if line[end + 3 :].strip():
                    self._todo.append((last, line[end + 3 :], cut))
                return len(text)
            if another >= 0:
                break
        self._notes.leave(number, text[start:], "comment_unclosed")
        return len(text)

    # Tags

    def _cut(self, number: int, text: str) -> None:
        """Put the pieces of a line between its shape tags back, to be read next."""
        pieces = shape_pieces(text)
        self._todo.extend((number, piece, True) for piece in reversed(pieces))

    def _shape_tag(self, number: int, tag: str) -> None:
        lower = tag.lower()
        if lower.startswith("<details"):
            self._flush()
            self._block(number)
        elif lower.startswith("<summary"):
            self._flush()
            self._notes.note(number, "details_unopened")
            self._todo.append((number, tag, True))
            self._block(number)
        elif lower.startswith("<p") and re.search("english|original|source", lower):
            self._flush()
            self._loose(number, tag)
        elif match := re.match(f"<({RAW_NAMES})", lower):
            self._raw(number, tag, match[1])
        else:
            self._notes.leave(number, tag, "stray_tag")

    def _raw(self, number: int, tag: str, name: str) -> None:
        """Raw HTML up to its end tag; of an element never closed only the tag."""
        for back in range(len(self._todo) - 1, -1, -1):
            line, text, cut = self._todo[back]
            if "<" not in text:
                continue
            end = next((m for m in _RAW_END.finditer(text) if m[1].lower() == name), None)
            if end:
                inside = [row[1] for row in self._todo[back + 1 :]][::-1]
                del self._todo[back:]
                whole = tag + "\n".join([*inside, text[: end.end()]])
                self._notes.leave(number, whole, "raw_html")
                self._todo.append((line, text[end.end() :], cut))
                return
            if re.search(rf"<{name}\b|<details\b", text, re.I):
                break
        self._notes.leave(number, tag, "stray_tag")

    def _block(self, number: int) -> None:
        """A <details> block, from behind its opening tag."""
        block = Block(number)
        summary: list[str] | None = None
        closed = False
        while self._todo:
            line, text, cut = self._todo.pop()
            row = self._residue(line, text) if not cut else text
            if row is None:
                continue
            text = row
            if "<" in text and not cut:
                self._cut(line, text)
                continue
            tag = text.lower() if text[:1] == "<" and SHAPE.fullmatch(text) else ""
            if tag.startswith("<details"):
                self._todo.append((line, text, True))
                break
            if tag.startswith("</details"):
                closed = True
                break
            if tag.startswith("<summary"):
                summary = []
            elif tag.startswith("</summary"):
                if summary is None:
                    self._notes.leave(line, text, "stray_tag")
                else:
                    self._summary(line, " ".join(summary), block)
                    summary = None
            elif summary is not None and tag:
                self._broken(line, " ".join(summary), block)
                summary = None
                if not tag.startswith("</p"):
                    block.rows.append((line, text))
            elif summary is not None:
                summary.append(text.strip())
                if self._summary_ends(line, text):
                    self._broken(line, " ".join(summary), block)
                    summary = None
            else:
                block.rows.append((line, text))
        if summary:
            self._broken(number, " ".join(summary), block)
        if not closed:
            self._unclosed(block)
        self._items.append(block)

    def _summary_ends(self, line: int, text: str) -> bool:
        """Whether a summary without an end tag on its line ends there all the same."""
        if not self._todo or not text.strip():
            return False
        following, rest, _ = self._todo[-1]
        if following == line:
            return False
        return not rest.lstrip().lower().startswith("</summary")

    def _summary(self, line: int, text: str, block: Block) -> None:
        text = " ".join(text.split())
        if "source" in text.lower():
            block.section = True
        if text and not _KNOWN_SUMMARY.fullmatch(text.strip("：: ")):
            self._notes.leave(line, text, "summary_unknown")

    def _broken(self, line: int, text: str, block: Block) -> None:
        """A summary without its end tag; what is no summary's text is part of the original."""
        self._notes.note(line, "summary_broken")
        if _KNOWN_SUMMARY.fullmatch(" ".join(text.split()).strip("：: ")):
            self._summary(line, text, block)
        else:
            block.rows.append((line, text))

    def _unclosed(self, block: Block) -> None:
        """End a block without </details> where the next turn seems to begin."""
        end = _natural_end(block.rows)
        rest = block.rows[end:]
        del block.rows[end:]
        last = block.rows[-1][0] if block.rows else block.line
        self._notes.note(block.line, "details_unclosed", end=last)
        self._todo.extend((line, text, False) for line, text in reversed(rest))

    def _loose(self, number: int, tag: str) -> None:
        """<p class="english-text"> outside of a block."""
        block = Block(number, [(number, tag)], loose=True)
        while self._todo:
            line, text, cut = self._todo.pop()
            if not cut and "<" in text:
                row = self._residue(line, text)
                if row is not None:
                    self._cut(line, row)
                continue
            tag = text.lower() if text[:1] == "<" and SHAPE.fullmatch(text) else ""
            closing = tag.startswith("</p")
            if (tag and not closing) or (not tag and HEADING.fullmatch(text)):
                self._todo.append((line, text, cut))
                break
            if not text.strip() and not cut and self._todo and is_han(self._todo[-1][1]):
                self._todo.append((line, text, cut))
                break
            block.rows.append((line, text))
            if closing:
                break
        self._items.append(block)

    # Text

    def _text(self, number: int, text: str) -> None:
        lines = self._without_tags(number, text) if "<" in text else [text]
        if self._open and self._open[-1][0] == number:  # only tags stood between
            self._open[-1][1].append(lines.pop(0))
        for line in lines:
            if line.strip():
                self._line(number, line)
            else:
                self._flush()

    def _without_tags(self, number: int, text: str) -> list[str]:
        """The lines of a text cut at its <br>, other tags taken out."""
        out: list[str] = []
        lines: list[str] = []
        at = 0
        between = "|" not in text  # a table keeps its rows on one line
        for match in TAG.finditer(text):
            if in_code(text, at, match.start()):
                continue
            out.append(text[at : match.start()])
            at = match.end()
            if match[2].lower() == "br" and between:
                lines.append("".join(out))
                out = []
            elif match[2].lower() == "br":
                out.append(" ")
            else:
                self._notes.leave(number, match.group(), "stray_tag")
        out.append(text[at:])
        lines.append("".join(out))
        while len(lines) > 1 and not lines[-1].strip():
            lines.pop()
        return lines

    def _line(self, number: int, text: str) -> None:
        if text[0] in " #-*_":
            heading = HEADING.fullmatch(text)
            if heading:
                self._heading(number, heading)
                return
            if _RULE.fullmatch(text):
                self._flush()
                self._notes.leave(number, text.strip(), "rule")
                return
        self._open.append((number, [text]))

    def _heading(self, number: int, match: re.Match[str]) -> None:
        self._flush()
        title = " ".join((match[2] or "").split())
        closing = re.fullmatch(r"(.*?)\s#+", title)
        title = closing[1] if closing else title.rstrip("#") if not title.strip("#") else title
        if title[:2] == title[-2:] == "**" and title.count("**") == 2:
            title = title[2:-2].strip()
        if title:
            self._items.append(Heading(number, len(match[1]), title))
        else:
            self._notes.leave(number, match.group().strip(), "heading_empty")


def _natural_end(rows: list[Row]) -> int:
    """Where the original ends in a block without </details>: the index of the first other row.

    At a heading; after the last line of its <p>; at a Chinese paragraph after one that is not.
    """
    foreign = False
    blank = True
    closed = False
    for index, (_, text) in enumerate(rows):
        if not text.strip():
            blank = True
            continue
        if HEADING.fullmatch(text):
            return index
        han = is_han(text) is True
        if blank and (closed or foreign) and han:
            return index
        lower = text.lower()
        if closed and "<p" not in lower:
            return index
        if "</p" in lower:
            closed = True
        elif "<p" in lower:
            closed = False
        foreign = foreign or not han
        blank = False
    return len(rows)
