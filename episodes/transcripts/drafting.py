"""A new draft from captions alone: turns with nothing but the original and its times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from episodes.transcripts.captionnotes import CaptionNotes
from episodes.transcripts.characters import is_wide
from episodes.transcripts.cues import is_cue
from episodes.transcripts.document import Chapter, Document, FrontMatter, Turn, TurnKind
from episodes.transcripts.normal import normalise
from episodes.transcripts.timed import Captions, Cue

__all__ = ["LENGTHS", "Lengths", "to_document"]


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long a turn may be where nothing marks a speaker; in columns (a Han character has two)."""

    least: int = 160  # a turn is not cut off before, whatever the pause
    good: int = 600  # from here on it ends with a sentence, or where somebody draws breath,
    most: int = 1400  # and here at the latest, at the longest pause since ``good``
    pause: int = 2500  # ms without a word that end a turn of ``least``
    breath: int = 700  # ms that end one of ``good`` where there are no full stops


LENGTHS = Lengths()

_ENDS = re.compile(r".*[.?!。！？…][\"”’'」』)\]）]*", re.DOTALL)
_NO_END = re.compile(r"(?:[A-Za-z]|Mr|Mrs|Ms|Dr|St|vs|Prof|Jr|Sr)\.", re.IGNORECASE)
_FULL_STOPS = 40  # words: where fewer than one in so many ends a sentence, there are none


@dataclass(frozen=True, slots=True)
class _Atom:
    """A word of running text: what stands before it, and when it begins and is surely over."""

    before: str
    text: str
    start: int
    end: int
    line: int


def to_document(
    captions: Captions, *, title: str = "", source: str = "", at: Lengths = LENGTHS
) -> Document:
    """A transcript in normal form: one chapter without a title, turns with ``original`` and times.

    A turn ends where a mark, a label or a voice tells of another speaker; longer ones, and all of
    captions without a mark, also at pauses and ends of sentences (:class:`Lengths`). Who speaks
    after a bare mark is unknown: the label is empty. What is only heard (``[Music]``) is a turn of
    kind CUE; whoever spoke before speaks on after it, which is remarked on.
    """
    notes = CaptionNotes()
    turns = tuple(_turns(captions, at, notes))
    extra: list[tuple[str, object]] = []
    if captions.language:
        extra.append(("original_language", captions.language))
    if captions.automatic:
        extra.append(("original_provenance", "automatic"))
    return normalise(
        Document(
            FrontMatter(title=title, source=source, extra=tuple(extra)),
            (Chapter("", 0, turns),),
            captions.residue,
            (*captions.diagnostics, *notes.diagnostics()),
        )
    )


def _turns(captions: Captions, at: Lengths, notes: CaptionNotes) -> list[Turn]:
    found: list[Turn] = []
    marked = any(cue.opens or cue.speaker for cue in captions.cues)
    speaker = ""
    resumed = 0
    stretch: list[Cue] = []

    def flush() -> None:
        if stretch:
            found.extend(_parts(stretch, speaker, at, marked=marked))
            stretch.clear()

    for cue in captions.cues:
        if is_cue(cue.text):
            if stretch or not (found and found[-1].original == cue.text):
                flush()
                found.append(Turn(TurnKind.CUE, "", "", cue.text, "", cue.start, cue.end, cue.line))
            else:
                found[-1] = replace(found[-1], end=cue.end)
            if cue.opens:
                speaker = ""
            continue
        if (cue.opens and not (cue.speaker and cue.speaker == speaker)) or (
            cue.speaker and cue.speaker != speaker
        ):
            flush()
            speaker = cue.speaker
        elif not stretch and speaker and found:
            resumed += 1
        stretch.append(cue)
    flush()
    if resumed:
        notes.note(0, "speaker_after_cue", count=resumed)
    return _without_overlaps(found)


def _without_overlaps(turns: list[Turn]) -> list[Turn]:
    for place in range(len(turns) - 1):
        end, after = turns[place].end, turns[place + 1].start
        if end is not None and after is not None and end > after:
            turns[place] = replace(turns[place], end=max(after, turns[place].start or 0))
    return turns


def _parts(stretch: Sequence[Cue], speaker: str, at: Lengths, *, marked: bool) -> Iterator[Turn]:
    """What one speaker says, or nobody knows who, as turns of a readable length."""
    atoms = list(_atoms(stretch))
    first = 0
    for after in [*_breaks(atoms, at, marked=marked), len(atoms)]:
        part = atoms[first:after]
        text = "".join([atom.before + atom.text for atom in part]).strip()
        yield Turn(
            TurnKind.SPEECH, speaker, "", text, "", part[0].start, part[-1].end, part[0].line
        )
        first = after


def _atoms(stretch: Sequence[Cue]) -> Iterator[_Atom]:
    last = ""
    for cue in stretch:
        place = 0
        for number, word in enumerate(cue.words):
            found = cue.text.index(word.text, place)
            before = cue.text[place:found]
            if number == 0 and last and not (is_wide(last) and is_wide(word.text[0])):
                before = " "
            place = found + len(word.text)
            last = word.text[-1]
            over = cue.words[number + 1].start if number + 1 < len(cue.words) else cue.end
            said = 300 + 70 * _columns(word.text)
            end = min(over, word.start + said) if number + 1 < len(cue.words) else over
            yield _Atom(before, word.text, word.start, max(end, word.start), cue.line)


def _columns(text: str) -> int:
    return len(text) if text.isascii() else sum(1 + is_wide(char) for char in text)


def _breaks(atoms: Sequence[_Atom], at: Lengths, *, marked: bool) -> Iterator[int]:
    """Before which words a turn begins, besides the first."""
    ends = [bool(_ENDS.fullmatch(a.text)) and not _NO_END.fullmatch(a.text) for a in atoms]
    stops = sum(ends) * _FULL_STOPS >= len(atoms)
    lengths = [_columns(atom.text) + len(atom.before) for atom in atoms]
    left = sum(lengths)
    if marked and left <= at.most:
        return
    length, best, longest = 0, 0, -1  # since the last break; where ``best`` is a break to fall on
    place = first = 0
    while place < len(atoms) - 1:
        length += lengths[place]
        pause = atoms[place + 1].start - atoms[place].end
        if length >= at.good and pause > longest:
            best, longest = place + 1, pause
        stop = (
            (length >= at.least and pause >= at.pause and (ends[place] or not stops))
            or (length >= at.good and ends[place])
            or (length >= at.good and not stops and pause >= at.breath)
        )
        place += 1
        if stop or length >= at.most:
            first = place if stop else best or place
            yield first
            place, length, best, longest = first, 0, 0, -1
