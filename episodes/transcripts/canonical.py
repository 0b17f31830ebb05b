r"""The canonical form: the grammar that writer and reader share, and its reader.

After the front matter stands ``<!-- oddlots transcript 1 -->``. From there on:

* ``### Title`` begins a chapter;
* ``**Ann Lee:** 你好。`` begins a turn of speech; unlabelled paragraphs go on with it;
* a line that is a cue (``[音乐]``) is a turn of its own;
* any other paragraph is a turn of narration of its own;
* ``<!-- turn KIND label="…" start=1200 end=3400 -->`` begins a turn that would be misread without it;
  unlabelled paragraphs go on with it (``original-label`` where that could not be written in bold);
* ``<details>``, ``<summary>…</summary>``, the original with its label, ``</details>``;
* code fences hold text; other comments at the beginning of a line are left over;
* a line of text that would be read as one of these begins with one backslash more than the author's.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from episodes.transcripts.cues import is_cue
from episodes.transcripts.document import Chapter, Turn, TurnKind
from episodes.transcripts.fences import Fences, outside
from episodes.transcripts.notes import Notes

MARK = "<!-- oddlots transcript 1 -->"

_LABEL = re.compile(r"\*\*([^*\n:：]{1,200}?) {0,3}[:：] {0,3}\*\*[ \t]*")
_COLLIDES = re.compile(r"#{1,6}(?: |$)|</?(?:details|summary)\b|<!--| {0,3}(?:`{3}|~{3})", re.I)
_HEADING = re.compile(r"(#{1,6})(?: (.*))?")
_TURN = re.compile(
    r"<!-- turn (speech|narration|cue)(?: label=(\"(?:[^\"\\\n]|\\.){0,2000}\"))?"
    r"(?: original-label=(\"(?:[^\"\\\n]|\\.){0,2000}\"))?"
    r"(?: start=(\d{1,12}))?(?: end=(\d{1,12}))? -->\s*"
)
_DETAILS = re.compile(r"<details\b(?:[^<>]{0,500}>)?", re.I)
_CLOSE = re.compile(r"</details\s{0,9}>", re.I)
_SUMMARY = re.compile(r"\s*<summary\b[^<>]{0,500}>.{0,500}?(?:</summary>|</p>|$)\s*", re.I)


def collides(line: str) -> bool:
    """Whether a line at the beginning of which nothing is escaped would be read as markup."""
    if not line or line[0] not in "#<*`~ [【(（♪":
        return False
    return bool(_COLLIDES.match(line) or _LABEL.match(line)) or is_cue(line)


def escape(line: str) -> str:
    rest = line.lstrip("\\")
    return "\\" + line if collides(rest) else line


def unescape(line: str) -> str:
    return line[1:] if line[:1] == "\\" and collides(line.lstrip("\\")) else line


def is_natural_label(label: str) -> bool:
    """Whether a label can stand between ``**`` and ``:**`` as it is."""
    match = _LABEL.fullmatch(f"**{label}:**")
    return match is not None and match[1] == label


def turn_mark(turn: Turn, *, label: bool) -> str:
    """The comment that begins a turn; ``label``: it tells the label too."""
    out = f"<!-- turn {turn.kind.value}"
    if label:
        out += f" label={_quote(turn.label)}"
    if turn.original_label and not is_natural_label(turn.original_label):
        out += f" original-label={_quote(turn.original_label)}"
    if turn.start is not None:
        out += f" start={turn.start}"
    if turn.end is not None:
        out += f" end={turn.end}"
    return out + " -->"


def _quote(text: str) -> str:
    """A JSON string that cannot end a comment."""
    quoted = json.dumps(text, ensure_ascii=False)
    for character in "<>-":
        quoted = quoted.replace(character, f"\\u{ord(character):04x}")
    return quoted


@dataclass(slots=True)
class _Draft:
    line: int
    kind: TurnKind
    label: str = ""
    start: int | None = None
    end: int | None = None
    natural: bool = False  # begun without a mark and without a label
    has_original: bool = False
    labelled: bool = False
    text: list[str] = field(default_factory=list)
    original: list[str] = field(default_factory=list)
    original_label: str = ""

    def turn(self) -> Turn:
        return Turn(
            self.kind,
            self.label,
            "\n".join(self.text),
            "\n".join(self.original),
            self.original_label,
            self.start,
            self.end,
            self.line,
        )


def read_body(lines: list[str], first: int, notes: Notes) -> tuple[Chapter, ...]:
    """The chapters of a canonical file, from the line with index ``first``, the one after the mark."""
    return _Reader(lines, first, notes).run()


class _Reader:
    def __init__(self, lines: list[str], first: int, notes: Notes) -> None:
        self._lines = lines
        self._at = first
        self._notes = notes
        self._fences = Fences(lines)
        self._chapters: list[tuple[int, str, int, list[_Draft]]] = [(0, "", 0, [])]
        self._turn: _Draft | None = None
        self._blank = True

    def run(self) -> tuple[Chapter, ...]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if not line.strip():
                self._blank = True
                if self._turn:
                    self._turn.text.append("")
                continue
            self._line(line)
            self._blank = False
        out = []
        for number, title, level, drafts in self._chapters:
            turns = tuple(draft.turn() for draft in drafts)
            if level or turns:
                out.append(Chapter(title, level, turns, number))
        return tuple(out)

    def _line(self, line: str) -> None:
        if line[0] in " `~" and self._fences.opens(self._at - 1):
            end = self._fences.end(self._at - 1)
            if end is not None:
                turn = self._text_turn()
                turn.text.extend(self._lines[self._at - 1 : end + 1])
                self._at = end + 1
                return
        if line[0] == "#" and (heading := _HEADING.fullmatch(line)):
            self._chapters.append((self._at, (heading[2] or "").strip(), len(heading[1]), []))
            self._turn = None
        elif line[0] == "<" and self._markup(line):
            return
        elif line[:2] == "**" and (label := _LABEL.match(line)):
            self._label(label[1], line[label.end() :])
        elif is_cue(line.strip()):
            self._cue(line.strip())
        else:
            self._text_turn().text.append(unescape(line))

    def _begin(self, draft: _Draft) -> _Draft:
        self._chapters[-1][3].append(draft)
        self._turn = draft
        return draft

    def _text_turn(self) -> _Draft:
        """The turn to which a line of text belongs."""
        turn = self._turn
        if (
            turn
            and not turn.has_original
            and not (turn.natural and (self._blank or turn.kind is TurnKind.CUE))
        ):
            return turn
        return self._begin(_Draft(self._at, TurnKind.NARRATION, natural=True))

    def _label(self, label: str, rest: str) -> None:
        turn = self._turn
        fresh = turn and turn.kind is TurnKind.SPEECH and not turn.natural and not turn.labelled
        if turn and fresh and not turn.has_original and not any(turn.text):
            turn.label, turn.labelled = label, True
            turn.text = [rest]
            return
        self._begin(_Draft(self._at, TurnKind.SPEECH, label, labelled=True, text=[rest]))

    def _cue(self, line: str) -> None:
        turn = self._turn
        if turn and turn.kind is TurnKind.CUE and not turn.natural and not any(turn.text):
            turn.text.append(line)
            return
        self._begin(_Draft(self._at, TurnKind.CUE, natural=True, text=[line]))

    def _markup(self, line: str) -> bool:
        if line.startswith("<!--"):
            self._comment(line)
            return True
        if match := _DETAILS.match(line):
            self._details(line[match.end() :])
            return True
        if _CLOSE.match(line):
            self._notes.leave(self._at, line, "stray_tag")
            return True
        return False

    def _comment(self, line: str) -> None:
        mark = _TURN.fullmatch(line)
        if mark:
            label = mark[2]
            start, end = (int(group) if group else None for group in mark.group(4, 5))
            draft = self._begin(_Draft(self._at, TurnKind(mark[1]), start=start, end=end))
            if label is not None:  # else the label stands on the next line
                draft.label, draft.labelled = _quoted(label), True
            draft.original_label = _quoted(mark[3]) if mark[3] else ""
            return
        end_at = line.find("-->")
        if line.startswith("<!-- turn"):
            self._notes.leave(self._at, line, "turn_mark_unread")
        elif end_at < 0:
            self._notes.leave(self._at, line, "comment_unclosed")
        else:
            self._notes.leave(self._at, line[: end_at + 3], "comment")
            if line[end_at + 3 :].strip():
                self._text_turn().text.append(unescape(line[end_at + 3 :].strip()))

    def _details(self, rest: str) -> None:
        opened = self._at
        found: list[str] = []
        closed = False
        todo = [rest] if rest.strip() else []
        while todo or self._at < len(self._lines):
            if todo:
                line = todo.pop()
            else:
                line = self._lines[self._at]
                if not found and _SUMMARY.fullmatch(line):
                    self._at += 1
                    continue
                if self._fences.opens(self._at) and (end := self._fences.end(self._at)):
                    found.extend(self._lines[self._at : end + 1])
                    self._at = end + 1
                    continue
                if _DETAILS.match(line) or _TURN.fullmatch(line):
                    break
                self._at += 1
            if _SUMMARY.fullmatch(line):
                continue
            if match := _CLOSE.match(line):
                closed = True
                after = line[match.end() :]
                break
            found.append(line)
        if not closed:
            self._notes.note(opened, "details_unclosed", end=self._at)
        self._original(opened, found)
        if closed and after.strip():
            self._blank = True
            self._text_turn().text.append(unescape(after.strip()))

    def _original(self, line: int, found: list[str]) -> None:
        begin = next((at for at, text in enumerate(found) if text.strip()), len(found))
        found = found[begin:]
        turn = self._turn
        if turn is None:
            self._notes.note(line, "original_without_turn")
            turn = self._begin(_Draft(line, TurnKind.NARRATION))
        label = _LABEL.match(found[0]) if found else None
        said = outside(found, unescape)
        if label:
            said[0] = found[0][label.end() :]
        if not any(part.strip() for part in said) and not (label or turn.original_label):
            self._notes.note(line, "original_empty")
        elif turn.has_original:
            self._notes.note(line, "second_original")
            turn.original += ["", *found]
        else:
            turn.original = said
            turn.original_label = label[1] if label else turn.original_label
        turn.has_original = True


def _quoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]
