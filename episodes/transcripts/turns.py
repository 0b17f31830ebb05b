"""Items to chapters and turns: what continues a turn, and which original is whose."""

from __future__ import annotations

import re

from episodes.transcripts.characters import has_han, is_han
from episodes.transcripts.cues import is_cue
from episodes.transcripts.document import Chapter, TurnKind
from episodes.transcripts.interleaved import is_interleaved, pair, stretches
from episodes.transcripts.items import Block, Heading, Item, Paragraph
from episodes.transcripts.labels import Start, milliseconds
from episodes.transcripts.notes import Notes
from episodes.transcripts.speech import LISTED, Draft, Speech

_TIME_ALONE = re.compile(r"\[((?:\d{1,2}:)?\d{1,2}:\d{2})(?:[.,]\d{1,3})?\]")


def build(items: list[Item], speech: Speech, notes: Notes) -> tuple[Chapter, ...]:
    """The chapters of a document."""
    chapters: list[tuple[Heading | None, list[tuple[int, Item]]]] = [(None, [])]
    for number, item in enumerate(items):
        if isinstance(item, Heading):
            chapters.append((item, []))
        else:
            chapters[-1][1].append((number, item))
    interleaved = is_interleaved(items, speech)
    builder = _Builder(speech, notes)
    out: list[Chapter] = []
    for heading, content in chapters:
        drafts = pair(content, speech, notes) if interleaved else builder.chapter(content)
        turns = tuple(draft.finish(notes) for draft in drafts)
        if heading:
            out.append(Chapter(heading.title, heading.level, turns, heading.line))
        elif turns:
            out.append(Chapter("", 0, turns, turns[0].line))
    if builder.unnamed:
        notes.note(0, "turns_without_label", count=builder.unnamed)
    return tuple(out)


class _Builder:
    """Builds one chapter after the other; a turn may go on across a heading."""

    def __init__(self, speech: Speech, notes: Notes) -> None:
        self._speech = speech
        self._notes = notes
        self._drafts: list[Draft] = []
        self._pending: list[Draft] = []  # turns since the last original or heading
        self._open: Draft | None = None  # the turn that an unlabelled paragraph goes on with
        self._broken_by = ""  # code of what stands between that turn and this paragraph
        self._spoke = False  # whether anybody has spoken so far
        self._time: int | None = None  # a time that stands before its turn
        self.unnamed = 0

    def chapter(self, content: list[tuple[int, Item]]) -> list[Draft]:
        self._drafts = []
        self._pending = []
        self._broken_by = "heading_in_turn"
        both = stretches(content, self._speech)
        end = 0
        for at, (number, item) in enumerate(content):
            if at in both:
                end = both[at]
                self._both(content[at:end])
            if at < end:
                continue
            if isinstance(item, Block):
                following = content[at + 1][1] if at + 1 < len(content) else None
                self._block(number, item, following)
            elif isinstance(item, Paragraph):
                self._paragraph(number, item)
        return self._drafts

    def _both(self, content: list[tuple[int, Item]]) -> None:
        """A stretch in both languages in turn."""
        for draft in pair(content, self._speech, self._notes):
            draft.blocks += bool(draft.original)
            self.unnamed += draft.kind is TurnKind.SPEECH and not draft.label
            self._spoke = self._spoke or draft.kind is TurnKind.SPEECH
            self._drafts.append(draft)
        self._open = None
        self._pending = []
        self._broken_by = ""

    def _paragraph(self, number: int, item: Paragraph) -> None:
        rows = item.rows
        if item.verbatim:
            self._go_on(item.line, "\n".join(text for _, text in rows), joins=True)
            return
        self._speech.doubt(item, number)
        if len(rows) == 1 and self._alone(item.line, rows[0][1].strip()):
            return
        start: Start | None = None
        line = item.line
        held: list[str] = []
        for index, (row, text) in enumerate(rows):
            found = self._speech.start(number, index)
            if found:
                self._piece(line, start, held)
                start, line, held = found, row, [found.rest]
            else:
                held.append(text.rstrip())
        self._piece(line, start, held)

    def _piece(self, line: int, start: Start | None, lines: list[str]) -> None:
        """Lines of one paragraph that belong together, behind a label or without one."""
        text = "\n".join(lines).strip()
        if start and start.time is not None:
            self._time = start.time
        if start and start.form != "time":
            if not start.label and self._alone(line, text):
                return
            caption = start.form == "caption"
            self._add(Draft(line, TurnKind.SPEECH, start.label, [text], caption=caption))
            self._open = self._drafts[-1]
            self._spoke = True
            self.unnamed += not start.label
        elif text:
            self._go_on(line, text, joins=LISTED.match(text) is not None)

    def _alone(self, line: int, text: str) -> bool:
        """Take a line that is a cue, or the time of what follows."""
        time = _TIME_ALONE.fullmatch(text)
        if time:
            self._time = milliseconds(time[1])
        elif is_cue(text):
            self._add(Draft(line, TurnKind.CUE, parts=[text]), after="label_inherited")
        else:
            return False
        return True

    def _go_on(self, line: int, text: str, *, joins: bool) -> None:
        """An unlabelled paragraph; ``joins``: a list, table or code, which belongs to what it follows."""
        before = self._open
        marked = self._speech.caption_file or (before is not None and before.caption)
        if before and before.label and not before.blocks and not marked:
            if not self._broken_by and self._time is None:
                before.parts.append(text)
                return
            if self._broken_by:
                self._notes.note(line, self._broken_by, label=before.label)
            self._add(Draft(line, TurnKind.SPEECH, before.label, [text]))
            self._open = self._drafts[-1]
            return
        last = self._drafts[-1] if self._drafts else None
        if joins and last and not last.blocks and last.kind is not TurnKind.CUE:
            last.parts.append(text)
            return
        speech = marked and self._spoke
        kind = TurnKind.SPEECH if speech else TurnKind.NARRATION
        self._add(Draft(line, kind, parts=[text], caption=speech))
        self._open = self._drafts[-1] if speech else None
        if speech:
            self.unnamed += 1
        elif self._spoke:
            self._notes.note(line, "turn_without_label")

    def _add(self, draft: Draft, after: str = "") -> None:
        draft.start, self._time = self._time, None
        self._drafts.append(draft)
        self._pending.append(draft)
        self._broken_by = after

    # Originals

    def _block(self, number: int, block: Block, following: Item | None) -> None:
        paragraphs = self._speech.originals[number]
        last = self._drafts[-1] if self._drafts else None
        if block.loose:
            self._notes.note(block.line, "original_outside_details")
        if not paragraphs:
            continued = isinstance(following, Block) and following.loose
            if not continued:
                self._notes.note(block.line, "original_empty")
        elif last is None:
            self._notes.note(block.line, "original_without_turn")
            self._add(Draft(block.line, TurnKind.NARRATION))
        elif not self._pending and last.original:
            self._notes.note(block.line, "second_original")
        if paragraphs:
            self._attach(block, paragraphs)
        if self._drafts:
            self._drafts[-1].blocks += 1
        if self._open:
            self._open.blocks += 1
        self._pending = []

    def _attach(self, block: Block, paragraphs: list[str]) -> None:
        if any(map(has_han, paragraphs)) and {True, False} <= set(map(is_han, paragraphs)):
            self._notes.note(block.line, "original_mixed")
        waiting = [d for d in self._pending if d.kind is not TurnKind.CUE]
        segments = self._speech.segments(paragraphs)
        if len(waiting) > 1:
            if _fits(waiting, segments):
                self._notes.note(block.line, "original_shared_out", count=len(waiting))
                for draft, (label, said) in zip(waiting, segments, strict=True):
                    draft.original_label = label
                    draft.original = said
                return
            unlabelled = all(not draft.label for draft in waiting)
            if block.section or len(paragraphs) > 1 or len(segments) > 1 or unlabelled:
                self._notes.note(block.line, "original_for_section", count=len(waiting))
        target = self._drafts[-1]
        if target.kind is TurnKind.CUE and waiting and not is_cue(" ".join(paragraphs)):
            target = waiting[-1]
        start = self._speech.original_start(paragraphs[0]) if not target.original else None
        if start:
            target.original_label = start.label
            paragraphs = [start.rest, *paragraphs[1:]]
        target.original += [p for p in paragraphs if p]
        target.blocks += 1


def _fits(waiting: list[Draft], segments: list[tuple[str, list[str]]]) -> bool:
    """Whether an original falls into as many parts as turns wait, with speakers that agree."""
    if len(waiting) != len(segments):
        return False
    pairs = {(draft.label, label) for draft, (label, _) in zip(waiting, segments, strict=True)}
    if any(not label for _, label in pairs):
        return all(not label for _, label in pairs)
    return len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
