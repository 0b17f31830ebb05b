"""What a document says about its speakers: which lines begin a turn, in both languages."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from episodes.transcripts.characters import is_han
from episodes.transcripts.cues import is_cue
from episodes.transcripts.document import Turn, TurnKind
from episodes.transcripts.items import Block, Heading, Item, Paragraph
from episodes.transcripts.labels import Evidence, Start, milliseconds, shape, start_of
from episodes.transcripts.notes import Notes
from episodes.transcripts.originals import clean

LISTED = re.compile(r"\s*(?:[-*+]\s|\d{1,9}[.)、]|\||>(?!>))")
_TIME_AT_END = re.compile(r"\s*\[((?:\d{1,2}:)?\d{1,2}:\d{2})(?:[.,]\d{1,3})?\]\s*$")


@dataclass(slots=True)
class Draft:
    """A turn in the making: its paragraphs in both languages."""

    line: int
    kind: TurnKind
    label: str = ""
    parts: list[str] = field(default_factory=list)
    original: list[str] = field(default_factory=list)
    original_label: str = ""
    start: int | None = None
    blocks: int = 0
    caption: bool = False  # begun by >>, so that an unmarked paragraph is somebody else's

    def finish(self, notes: Notes) -> Turn:
        """The turn; the first time at the end of a paragraph is its start."""
        for parts in (self.parts, self.original):
            for index, part in enumerate(parts):
                text, time = _without_time(part)
                if time is None:
                    continue
                if self.start is None or self.start == time:
                    self.start, parts[index] = time, text
                else:
                    notes.note(self.line, "timestamp_kept", text=part[len(text) :])
        return Turn(
            self.kind,
            self.label,
            "\n\n".join(part for part in self.parts if part),
            "\n\n".join(part for part in self.original if part),
            self.original_label,
            self.start,
            None,
            self.line,
        )


def _without_time(text: str) -> tuple[str, int | None]:
    if not text.endswith("]"):
        return text, None
    tail = text[-16:]
    match = _TIME_AT_END.search(tail)
    if not match:
        return text, None
    return text[: len(text) - len(tail) + match.start()].rstrip(), milliseconds(match[1])


class Speech:
    """What a document's own evidence says about its labels, in both languages."""

    def __init__(
        self, items: list[Item], known: Collection[str], channel: str, notes: Notes
    ) -> None:
        self._notes = notes
        self._starts: dict[tuple[int, int], Start] = {}
        self._text = Evidence(known, channel)
        self.captions = 0
        self._foreign = False  # whether the last labelled line is not Chinese
        self.originals: dict[int, list[str]] = {}
        self._collect(items)
        self._text.decide()
        self._original = Evidence([*known, *self._text.believed()])
        self._original.cautious = True
        for paragraphs in self.originals.values():
            for paragraph in paragraphs:
                self._original.paragraphs += 1
                for piece in paragraph.split(" >> ") if " >> " in paragraph else (paragraph,):
                    start = start_of(piece[:120])
                    if start and start.label:
                        self._original.saw(start, head=True)
        self._original.decide()
        self.labelled = bool(self._text.believed())
        others = sum(
            1
            for start in self._starts.values()
            if start.form != "caption" and self._text.believes(start.label)
        )
        self.caption_file = self.captions * 2 > others and self.captions > min(others, 1)

    def _collect(self, items: list[Item]) -> None:
        last: str | None = None
        for number, item in enumerate(items):
            if isinstance(item, Heading):
                last = None
            elif isinstance(item, Block):
                self.originals[number] = clean(item, self._notes)
                self._text.blocks += 1
                if last is not None:
                    self._text.has_block(last)
                last = None
            elif not item.verbatim:
                last = self._collect_paragraph(number, item, last)

    def _collect_paragraph(self, number: int, item: Paragraph, last: str | None) -> str | None:
        listed = LISTED.match(item.rows[0][1]) is not None
        if not listed and not (len(item.rows) == 1 and is_cue(item.rows[0][1].strip())):
            self._text.paragraphs += 1
        for index, (_, text) in enumerate(item.rows):
            if LISTED.match(text) or text.startswith("    "):
                continue
            start = start_of(text)
            if not start:
                continue
            if start.form == "caption":
                if index and re.match(r"\s*>(?!>)", item.rows[index - 1][1]):
                    continue  # a quotation within a quotation
                self.captions += 1
            self._starts[number, index] = start
            if start.label:
                last = self._text.saw(start, head=index == 0)
                han = is_han(start.rest)
                if han and self._foreign:  # the line before is its original
                    self._text.has_block(last)
                self._foreign = han is False
        return last

    def start(self, item: int, row: int) -> Start | None:
        """The beginning of a turn on this line, if there is one that is believed."""
        start = self._starts.get((item, row))
        if not start or not start.label:
            return start
        if self._text.believes(start.label):
            return start
        if start.form == "caption":
            return Start("", start.said, "caption", start.time, start.said)
        if start.time is None:
            return None
        return Start("", start.said, "time", start.time, start.said)

    def doubt(self, item: Paragraph, number: int) -> None:
        """Remark on what looks like a label and is not believed, or only by its shape."""
        for index, (line, _) in enumerate(item.rows):
            start = self._starts.get((number, index))
            if not start or not start.label:
                continue
            if not self._text.believes(start.label):
                if start.form != "plain" or shape(start.label) > 1:
                    self._notes.note(line, "label_doubtful", label=start.label)
            elif self._text.is_by_shape(start.label):
                self._notes.note(line, "label_by_shape", label=start.label)

    def original_start(self, text: str) -> Start | None:
        """The believed label at the beginning of a paragraph of an original."""
        start = start_of(text[:120])
        if not start or not start.label or not self._original.believes(start.label):
            return None
        rest = text[len(text[:120].rstrip()) - len(start.rest) :] if start.rest else text[120:]
        return Start(start.label, rest.strip(), start.form, start.time)

    def segments(self, paragraphs: list[str]) -> list[tuple[str, list[str]]]:
        """An original cut where another speaker begins: (label, paragraphs) each."""
        found: list[tuple[str, list[str]]] = []
        for paragraph in paragraphs:
            for index, piece in enumerate(paragraph.split(" >> ")):
                start = self.original_start(piece)
                if start:
                    found.append((start.label, [start.rest]))
                elif index or not found:
                    found.append(("", [piece]))
                else:
                    found[-1][1].append(piece)
        return found
