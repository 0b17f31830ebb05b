"""Captions as values: words with their times, cues, and what a caption file shows line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from episodes.transcripts.document import Diagnostic, Residue

__all__ = ["MOST_TIME", "Captions", "Cue", "Piece", "Row", "Shown", "Word", "clock", "spread"]

MOST_TIME = 2**31 - 1  # ms, nearly 600 hours: what an integer column holds


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between two spaces, and when it is begun to be said, in ms.

    In a language without spaces that is a phrase.
    """

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Cue:
    """What one person says while a caption stands, in ms from the recording's start.

    ``text`` is one line without markup, marks and label; ``words`` are its parts in order, their
    times never falling, from this cue to the next one neither. ``speaker`` is the name that this
    cue gives, ``opens`` tells that a mark (``>>``, a dash, a label) says somebody else begins here.
    ``line`` is where it stands in the file and takes no part in equality.
    """

    start: int
    end: int
    text: str
    words: tuple[Word, ...]
    speaker: str = ""
    opens: bool = False
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Captions:
    """A caption file as it was read.

    ``form`` is ``vtt``, ``srt`` or ``json3``; ``language`` what the file says of it, or empty;
    ``automatic`` whether speech recognition wrote it, as far as its form shows.
    """

    form: str
    cues: tuple[Cue, ...]
    language: str = ""
    automatic: bool = False
    residue: tuple[Residue, ...] = field(default=(), compare=False)
    diagnostics: tuple[Diagnostic, ...] = field(default=(), compare=False)


@dataclass(slots=True)
class Piece:
    """A run of text, the time at which it begins where that is known, and a voice tag's name."""

    text: str
    time: int | None = None
    voice: str = ""


@dataclass(slots=True)
class Row:
    """One line of a caption as it is shown; without pieces it is a blank one."""

    line: int
    pieces: list[Piece] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join([piece.text for piece in self.pieces]).split())

    @property
    def timed(self) -> bool:
        """Whether its words carry times of their own."""
        return any(piece.time is not None for piece in self.pieces)


@dataclass(slots=True)
class Shown:
    """One caption as the file has it, repeats and all."""

    start: int
    end: int
    line: int
    rows: list[Row] = field(default_factory=list)


def clock(time: int, mark: str = ".") -> str:
    """Milliseconds as ``hh:mm:ss.mmm``, with ``mark`` before the milliseconds."""
    seconds, rest = divmod(time, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{rest:03}"


def spread(times: Sequence[int | None], lengths: Sequence[int], start: int, end: int) -> list[int]:
    """Times for all: the known ones, kept within ``start`` and ``end`` and from falling, and
    between two of them the others in proportion to the lengths; the first, if unknown, at
    ``start``.
    """
    if not times:
        return []
    known: list[tuple[int, int]] = []
    last = start
    for place, time in enumerate(times):
        if time is None and place == 0:
            time = start
        if time is not None:
            last = min(max(time, last), end)
            known.append((place, last))
    found: list[int] = []
    for (place, time), (until, later) in zip(
        known, [*known[1:], (len(times), max(end, last))], strict=True
    ):
        whole = sum(lengths[place:until]) or 1
        said = 0
        for length in lengths[place:until]:
            found.append(time + (later - time) * said // whole)
            said += length
    return found
