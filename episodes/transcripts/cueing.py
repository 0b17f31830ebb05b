"""From what a caption file shows to what was said: words with times, cut where somebody else speaks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from episodes.transcripts.captionnotes import CaptionNotes
from episodes.transcripts.characters import join_pieces
from episodes.transcripts.document import ReadError
from episodes.transcripts.labels import Evidence, Start, shape, start_of
from episodes.transcripts.messages import fill, gettext_noop
from episodes.transcripts.timed import Cue, Row, Shown, Word, spread

__all__ = ["MOST_WORDS", "cues_of"]

MOST_WORDS = 500_000  # two days of talk

_MARK = re.compile(r">{2,}[>:\s]*")
_DASH = re.compile(r"[-‐–]+(?=$|[^\W\d_]|[\"“‘'(\[♪])")
_LABEL_WORDS = 12  # no label has more


@dataclass(slots=True)
class _Said:
    """A word in the making."""

    text: str
    time: int | None
    row: int
    line: int
    opens: bool = False
    speaker: str = ""


def cues_of(
    shown: Sequence[Shown],
    notes: CaptionNotes,
    *,
    automatic: bool,
    known_names: Collection[str] = (),
) -> tuple[Cue, ...]:
    """The cues of captions that are in order of time and do not repeat themselves.

    Voice tags name the speaker; where the file has none, and a person wrote it, labels do that are
    believed by the same evidence as a transcript's.

    :raises ReadError: if there are more than :data:`MOST_WORDS` words.
    """
    marks = _Marks(shown, notes, automatic=automatic, known_names=known_names)
    found: list[Cue] = []
    count = last = 0
    for cue in shown:
        letters = sum(len(piece.text) for row in cue.rows for piece in row.pieces)
        said = marks.words(cue) if letters <= 2 * MOST_WORDS else []
        count += len(said) or letters // 2
        if count > MOST_WORDS:
            message = gettext_noop("The captions have more than {count} words.")
            raise ReadError("too_many_words", fill(message, count=MOST_WORDS), cue.line)
        start = max(cue.start, last)
        end = max(cue.end, start)
        times = spread(
            [word.time for word in said], [len(word.text) + 1 for word in said], start, end
        )
        words = [Word(word.text, time) for word, time in zip(said, times, strict=True)]
        if words:
            last = words[-1].start
        found.extend(_cut(end, said, words))
    if marks.pending:
        notes.note(shown[-1].line if shown else 0, "mark_at_end")
    return tuple(found)


def _cut(end: int, said: list[_Said], words: list[Word]) -> Iterator[Cue]:
    """A caption as cues, one for each speaker in it."""
    firsts = [place for place, word in enumerate(said) if word.opens or place == 0]
    firsts += [
        place
        for place in range(1, len(said))
        if said[place].speaker != said[place - 1].speaker and not said[place].opens
    ]
    bounds = [*sorted(firsts), len(said)]
    for first, after in pairwise(bounds):
        rows = groupby(range(first, after), key=lambda place: said[place].row)
        yield Cue(
            start=words[first].start,
            end=words[after].start if after < len(words) else end,
            text=join_pieces(" ".join(words[place].text for place in row) for _, row in rows),
            words=tuple(words[first:after]),
            speaker=said[first].speaker,
            opens=said[first].opens,
            line=said[first].line,
        )


class _Marks:
    """Reads marks, labels and voices off the rows; a mark at a row's end is for the next word."""

    def __init__(
        self,
        shown: Sequence[Shown],
        notes: CaptionNotes,
        *,
        automatic: bool,
        known_names: Collection[str],
    ) -> None:
        self.pending = False  # a mark stood, and nothing was said yet
        self._speaker = ""  # whose label that was
        self._doubted: set[str] = set()
        self._notes = notes
        self._automatic = automatic
        voices = any(piece.voice for cue in shown for row in cue.rows for piece in row.pieces)
        self._evidence = Evidence(known_names)
        self._labelled = not (automatic or voices)
        if self._labelled:
            self._collect(shown)

    def _collect(self, shown: Sequence[Shown]) -> None:
        for cue in shown:
            for row in cue.rows:
                text = row.text
                self._evidence.paragraphs += bool(text)
                if ":" not in text and "：" not in text:
                    continue
                for part in text.split(">>"):
                    start = self._start(_DASH.sub("", part.strip(), count=1))
                    if start:
                        self._evidence.saw(start, head=True)
        self._evidence.decide()

    def _start(self, text: str) -> Start | None:
        """The label that a text begins with, believed or not.

        ``ANN LEE:`` in capitals is the style of captions and stands for ``Ann Lee:``.
        """
        start = start_of(" ".join(text.split()[:_LABEL_WORDS]))
        if not start or not start.label or start.form == "caption":
            return None
        if start.label.isupper() and start.label.isascii():
            return Start(start.label.title(), start.rest, start.form, start.time, start.said)
        return start

    def words(self, cue: Shown) -> list[_Said]:
        """The words of a caption, in order; marks and labels are read off them and gone."""
        found: list[_Said] = []
        speaker = ""
        for number, row in enumerate(cue.rows):
            words = _row_words(row, number)
            if words and not self._automatic and (dash := _DASH.match(words[0].text)):
                words[0].text = words[0].text[dash.end() :]
                self.pending = True
                words = words if words[0].text else words[1:]
            self._strip_label(words)
            for place, word in enumerate(words):
                if mark := _MARK.match(word.text):
                    word.text = word.text[mark.end() :]
                    self.pending = True
                    behind = place if word.text else place + 1
                    self._strip_label(words[behind : behind + _LABEL_WORDS])
                if not word.text:
                    if place + 1 < len(words) and words[place + 1].time is None:
                        words[place + 1].time = word.time
                    continue
                if self.pending:
                    word.opens = True
                    speaker = self._speaker
                    self.pending, self._speaker = False, ""
                word.speaker = word.speaker or speaker
                found.append(word)
        return found

    def _strip_label(self, words: list[_Said]) -> None:
        """Take a believed label off the words, whose texts become empty; it is of the next one."""
        head = words[:_LABEL_WORDS]
        if not self._labelled or not any(mark in word.text for word in head for mark in ":："):
            return
        start = self._start(" ".join(word.text for word in head))
        if start is None:
            return
        if not self._evidence.believes(start.label):
            if shape(start.label) > 1 and start.label not in self._doubted:
                self._doubted.add(start.label)
                self._notes.note(head[0].line, "label_doubtful", label=start.label)
            return
        rest = start.rest.split()
        gone = len(head) - len(rest)
        if rest:
            words[gone].text = rest[0]
        for word in head[:gone]:
            word.text = ""
        self.pending, self._speaker = True, start.label


def _row_words(row: Row, number: int) -> list[_Said]:
    """The words of a row; pieces that no space separates are one word, begun by the first."""
    found: list[_Said] = []
    glued = False
    for piece in row.pieces:
        time = piece.time
        if piece.text[:1].isspace():
            glued = False
        for place, text in enumerate(piece.text.split()):
            if glued and place == 0:
                found[-1].text += text
            else:
                found.append(_Said(text, time, number, row.line, speaker=piece.voice))
            time = None
        if piece.text:
            glued = bool(found) and not piece.text[-1:].isspace()
    return found
