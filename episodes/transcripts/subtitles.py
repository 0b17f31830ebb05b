"""Subtitles: timed turns as WebVTT or SRT, in one language or both, in cues that can be read.

What is written is read again by ``captions`` as the same words at the same times; to that end what
would be markup there is spelt so that it looks the same and is none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from unicodedata import category

from episodes.transcripts.characters import HAN, is_wide, strip_controls
from episodes.transcripts.sentences import split_sentences
from episodes.transcripts.timed import MOST_TIME, clock

__all__ = ["LANGUAGES", "SIZES", "Sizes", "Subtitles", "TimedTurn", "write_srt", "write_vtt"]

LANGUAGES = ("zh", "en", "both")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large a cue is; in columns, of which a Han character takes two."""

    line: int = 42
    lines: int = 2  # of each language
    least: int = 700  # ms that a cue stands, or a turn has fewer of them, however long
    column: int = 70  # ms to read a column, and
    look: int = 1_000  # ms to look: how long a turn lasts whose end is not known


SIZES = Sizes()


@dataclass(frozen=True, slots=True)
class TimedTurn:
    """A turn as plain text: ``text`` the translation, ``original`` likewise; times in ms.

    ``speaker`` is the name to be shown, or empty (a cue, narration).
    """

    start: int | None
    end: int | None
    speaker: str = ""
    text: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True)
class Subtitles:
    """A file, the number of its cues, and the number of turns with words but without times."""

    content: str
    cues: int
    left_out: int


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    speaker: str
    first: bool  # of its turn
    lines: tuple[str, ...]


def write_vtt(turns: Sequence[TimedTurn], language: str = "both", at: Sizes = SIZES) -> Subtitles:
    """The turns as WebVTT; ``language`` is one of :data:`LANGUAGES`.

    ``zh`` is the translation, ``en`` the original, whatever languages these are in; ``both`` has
    the translation above the original. The speaker is a voice tag on each cue. Cues stand in order
    of time; a turn whose end is not known lasts as long as it takes to read.
    """
    cues, left_out = _cues(turns, language, at)
    out = ["WEBVTT\n"]
    for cue in cues:
        voice = f"<v {_escaped(_line(cue.speaker))}>" if cue.speaker else ""
        lines = "\n".join(_escaped(line) for line in cue.lines)
        out.append(f"\n{clock(cue.start)} --> {clock(cue.end)}\n{voice}{lines}\n")
    return Subtitles("".join(out), len(cues), left_out)


def write_srt(turns: Sequence[TimedTurn], language: str = "both", at: Sizes = SIZES) -> Subtitles:
    """The turns as SRT, in which ``Name:`` stands before the first cue of a turn."""
    cues, left_out = _cues(turns, language, at)
    out = []
    for number, cue in enumerate(cues, 1):
        label = f"{_disarmed(_line(cue.speaker))}: " if cue.speaker and cue.first else ""
        lines = label + "\n".join(_disarmed(line) for line in cue.lines)
        out.append(f"{number}\n{clock(cue.start, ',')} --> {clock(cue.end, ',')}\n{lines}\n")
    return Subtitles("\n".join(out), len(cues), left_out)


def _cues(turns: Sequence[TimedTurn], language: str, at: Sizes) -> tuple[list[_Cue], int]:
    chosen = [(turn, _texts(turn, language)) for turn in turns]
    chosen = [(turn, texts) for turn, texts in chosen if texts]
    timed = [(turn, turn.start, texts) for turn, texts in chosen if turn.start is not None]
    timed.sort(key=lambda one: one[1])
    found: list[_Cue] = []
    for number, (turn, start, texts) in enumerate(timed):
        after = timed[number + 1][1] if number + 1 < len(timed) else MOST_TIME
        found.extend(_of_turn(turn, start, texts, after, at))
    return found, len(chosen) - len(timed)


def _texts(turn: TimedTurn, language: str) -> list[str]:
    wanted = {"zh": [turn.text], "en": [turn.original], "both": [turn.text, turn.original]}
    return [line for text in wanted[language] if (line := _line(text))]


def _of_turn(
    turn: TimedTurn, start: int, texts: Sequence[str], after: int, at: Sizes
) -> Iterator[_Cue]:
    end = turn.end
    if end is None or end <= start:
        end = start + at.look + at.column * max(map(_width, texts))
        end = min(end, after if start < after else MOST_TIME)
    parts = _cut(texts, max((end - start) // at.least, 1), at)
    weights = [_widest(part) for part in parts]
    shares = [0, *accumulate(weights)]
    times = [start + (end - start) * share // shares[-1] for share in shares]
    for number, (part, (begin, over)) in enumerate(zip(parts, pairwise(times), strict=True)):
        lines = tuple(line for text in part if text for line in _wrapped(text, at))
        yield _Cue(begin, over, turn.speaker, number == 0, lines)


# --- Cutting a turn ------------------------------------------------------------------------------


def _cut(texts: Sequence[str], most: int, at: Sizes) -> list[tuple[str, ...]]:
    """Texts that say the same, cut into as many parts each, no more than ``most``.

    As few as there is room for; more, where the parts of one text would not fit beside the other's.
    """
    room = narrower = at.line * at.lines
    parts = _together(texts, room)
    while len(texts) > 1 and narrower > at.line and max(map(_widest, parts)) > room:
        narrower = narrower * 4 // 5
        tried = _together(texts, narrower)
        if len(tried) > most:
            break
        parts = tried
    while len(parts) > most:
        room = room * 3 // 2
        parts = _together(texts, room)
    return parts


def _widest(part: Sequence[str]) -> int:
    return max(map(_width, part))


def _together(texts: Sequence[str], room: int) -> list[tuple[str, ...]]:
    """The text that needs the most parts is cut by its sentences, the others at the same shares."""
    packed = [_packed(text, room) for text in texts]
    leading = max(range(len(texts)), key=lambda number: len(packed[number]))
    widths = [_width(part) for part in packed[leading]]
    places = [place / sum(widths) for place in accumulate(widths)][:-1]
    parts = [
        packed[number] if number == leading else _at_places(text, places)
        for number, text in enumerate(texts)
    ]
    return list(zip(*parts, strict=True))


def _packed(text: str, room: int) -> list[str]:
    """The text in parts of ``room`` columns, of whole sentences where these fit."""
    parts: list[str] = []
    used = room
    for sentence in _units(text, room):
        width = _width(sentence)
        if parts and used + width <= room:
            parts[-1] += sentence
            used += width
        else:
            parts.append(sentence)
            used = width
    return [said for part in parts if (said := part.strip())]


def _units(text: str, room: int) -> Iterator[str]:
    """Sentences; those wider than the room in parts about as wide as each other."""
    for sentence in split_sentences(text):
        whole = sentence.before + sentence.text
        width = _width(whole)
        if width <= room:
            yield whole
            continue
        count = -(-width // room)
        yield from _divided(whole, [number / count for number in range(1, count)])


def _at_places(text: str, places: Sequence[float]) -> list[str]:
    return [part.strip() for part in _divided(text, places)]


_CLOSING = set("，。、；：！？…”’》）」』】,.;:?!)]}\"'")
_OPENING = set("“‘《（「『【([{")
_LETTER = re.compile(rf"[^\W_{HAN}\u3040-\u30ff]")  # of a script with spaces, full width or not


def _divided(text: str, places: Sequence[float]) -> Iterator[str]:
    """The text cut near some places (rising, 0 to 1 of its width), where it may be broken.

    A break behind a comma or a full stop is worth a detour. There may be empty parts.
    """
    widths = [0, *accumulate(_width(char) for char in text)]
    breaks = _breaks(text)
    offsets = [widths[offset] for offset, _worth in breaks]
    first = 0
    for place in places:
        wanted = place * widths[-1]
        low = bisect_left(offsets, wanted - _DETOUR)
        high = bisect_left(offsets, wanted + _DETOUR)
        near = range(max(low - 1, 0), min(high + 1, len(breaks)))
        best = min(
            (breaks[number] for number in near if breaks[number][0] >= first),
            key=lambda found: abs(widths[found[0]] - wanted) - found[1],
            default=(first, 0),
        )
        yield text[first : best[0]]
        first = best[0]
    yield text[first:]


_DETOUR = 16  # columns
_WORTH = {**dict.fromkeys("。！？!?", 12), **dict.fromkeys("，；：…,;:.", 8), "、": 4}


def _breaks(text: str) -> list[tuple[int, int]]:
    """Where the text may be broken, both ends included, and what a break is worth there."""
    found = [(0, 0)]
    for place in range(1, len(text)):
        before, after = text[place - 1], text[place]
        if before.isspace():
            if not after.isspace():
                found.append((place, _WORTH.get(text[place - 2 : place - 1], 0)))
        elif (is_wide(before) or is_wide(after)) and not (
            after in _CLOSING
            or before in _OPENING
            or after.isspace()
            or category(after)[0] == "M"
            or (_LETTER.match(before) and _LETTER.match(after))
        ):
            found.append((place, _WORTH.get(before, 0)))
    return [*found, (len(text), 0)]


def _wrapped(text: str, at: Sizes) -> Iterable[str]:
    """The text in lines about as wide as each other; more than ``lines`` where it is too long.

    A word wider than a line stays whole.
    """
    count = -(-_width(text) // at.line)
    parts = _divided(text, [number / count for number in range(1, count)]) if count > 1 else [text]
    return [line for part in parts if (line := part.strip())]


# --- Characters ----------------------------------------------------------------------------------

_SHIFT = re.compile(">{2,}")
_DASH = re.compile(r"^[-‐–]")
_ARMED = re.compile(r"<(?=[A-Za-z/\d])|&(?=#?[0-9A-Za-z]{2,31};)|\{(?=\\)|-->")
_LOOKS = {"<": "＜", "&": "＆", "{": "｛", "-->": "→"}


def _line(text: str) -> str:
    """One line of plain text; ``>>`` is a mark of captions, and spelt otherwise."""
    return _SHIFT.sub(
        lambda match: "≫" * (len(match[0]) // 2), " ".join(strip_controls(text).split())
    )


def _escaped(line: str) -> str:
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _DASH.sub("\u2011", line)


def _disarmed(line: str) -> str:
    """A line of SRT, which has tags but no way to escape: full-width forms of what begins one."""
    return _DASH.sub("\u2011", _ARMED.sub(lambda match: _LOOKS[match[0]], line))


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(1 + is_wide(char) for char in text)
