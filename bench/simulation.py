"""Changes to a transcript of which the truth is known, from a seed.

Each word carries the base turn it came from. Two turns belong together when they share at least
0.3 of the shorter one's words (half, where that one is under four words), damaged words included;
a moved turn belongs to itself.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from episodes.transcripts.alignment import Utterance
from episodes.transcripts.document import TurnKind

__all__ = ["ROWS", "Change", "Pair", "anew", "said", "truth", "utterances"]

WRONG = 0.15
PIECE = re.compile(r"\W*(?:[A-Za-z0-9]+|\w)\W*")  # of the translation: one token with its signs
Pair = tuple[int, int]


@dataclass(frozen=True)
class Word:
    """A word, the base turn it came from (-1: none), and whether its turn was moved."""

    text: str
    base: int


@dataclass(frozen=True)
class Said:
    """A turn as the simulation has it."""

    speaker: str
    words: tuple[Word, ...]
    kind: TurnKind = TurnKind.SPEECH
    fixed: str = ""  # of a turn without words: its text,
    origin: int = -1  # and the base turn it is


Change = Callable[[list[Said], random.Random], list[Said]]


def said(turns: Iterable[Utterance], field: str) -> list[Said]:
    """The base, ready to be changed, by the words of ``field``."""
    found = []
    for number, turn in enumerate(turns):
        text = getattr(turn, field)
        pieces = text.split() if field == "original" else PIECE.findall(text)
        words = tuple(Word(piece, number) for piece in pieces)
        fixed, origin = ("", -1) if words else (turn.text, number)
        found.append(Said(turn.speaker, words, turn.kind, fixed, origin))
    return found


def utterances(turns: Iterable[Said], field: str) -> list[Utterance]:
    """The turns as alignment takes them; what has no words of this field keeps its text."""
    glue = " " if field == "original" else ""
    found = []
    for turn in turns:
        plain = Utterance(turn.kind, turn.speaker, turn.fixed)
        text = glue.join(word.text for word in turn.words)
        found.append(replace(plain, **{field: text}) if turn.words else plain)
    return found


# --- Changes --------------------------------------------------------------------------------------


def split(count: int) -> Change:
    def change(turns: list[Said], draw: random.Random) -> list[Said]:
        turns = list(turns)
        for _ in range(count):
            long = [n for n, turn in enumerate(turns) if len(turn.words) >= 8]
            if long:
                number = draw.choice(long)
                turn = turns[number]
                ends = [
                    n + 1 for n, word in enumerate(turn.words[:-1]) if word.text[-1] in ".?!。！？"
                ]
                at = draw.choice(ends or range(2, len(turn.words) - 1))
                turns[number : number + 1] = [
                    replace(turn, words=turn.words[:at]),
                    replace(turn, words=turn.words[at:]),
                ]
        return turns

    return change


def merge(count: int) -> Change:
    def change(turns: list[Said], draw: random.Random) -> list[Said]:
        turns = list(turns)
        for _ in range(count):
            pairs = [n for n in range(len(turns) - 1) if turns[n].words and turns[n + 1].words]
            if pairs:
                number = draw.choice(pairs)
                one, other = turns[number : number + 2]
                turns[number : number + 2] = [replace(one, words=one.words + other.words)]
        return turns

    return change


def new(count: int) -> Change:
    """Turns of any length, of the document's own words, common ones as often as they are."""

    def change(turns: list[Said], draw: random.Random) -> list[Said]:
        turns = list(turns)
        words = [word.text for turn in turns for word in turn.words]
        lengths = [len(turn.words) for turn in turns if turn.words]
        speakers = [turn.speaker for turn in turns]
        for _ in range(count):
            made = tuple(Word(draw.choice(words), -1) for _ in range(draw.choice(lengths)))
            turns.insert(draw.randrange(len(turns) + 1), Said(draw.choice(speakers), made))
        return turns

    return change


def gone(count: int) -> Change:
    def change(turns: list[Said], draw: random.Random) -> list[Said]:
        turns = list(turns)
        for _ in range(count):
            del turns[draw.randrange(len(turns))]
        return turns

    return change


def moved(count: int) -> Change:
    """Turns that can be told by their words end up at least two places on: four or more words that
    no other turn consists of."""

    def change(turns: list[Said], draw: random.Random) -> list[Said]:
        turns = list(turns)
        same = Counter("".join(word.text for word in turn.words) for turn in turns)
        for _ in range(count):
            long = [
                n
                for n, turn in enumerate(turns)
                if len(turn.words) >= 4 and same["".join(word.text for word in turn.words)] == 1
            ]
            if long:
                number = draw.choice(long)
                turn = turns.pop(number)
                places = [n for n in range(len(turns) + 1) if abs(n - number) > 1]
                turns.insert(draw.choice(places), turn)
        return turns

    return change


def block(size: int) -> Change:
    """That many turns in a row move together."""

    def change(turns: list[Said], draw: random.Random) -> list[Said]:
        at = draw.randrange(len(turns) - size)
        taken, rest = turns[at : at + size], turns[:at] + turns[at + size :]
        to = draw.choice([n for n in range(len(rest) + 1) if abs(n - at) > 2])
        return [*rest[:to], *taken, *rest[to:]]

    return change


def anew(wrong: float = WRONG) -> Change:
    """Transcribed anew: of the wrong words 70 % are others, 15 % missing, 15 % too many."""

    def change(turns: list[Said], draw: random.Random) -> list[Said]:
        words = [word.text for turn in turns for word in turn.words]

        def damaged(turn: Said) -> Said:
            out: list[Word] = []
            for word in turn.words:
                if draw.random() >= wrong:
                    out.append(word)
                    continue
                fault = draw.random()
                if fault < 0.7:
                    out.append(Word(draw.choice(words), word.base))
                elif fault > 0.85:
                    out += [word, Word(draw.choice(words), word.base)]
            return replace(turn, words=tuple(out) or turn.words)

        return [damaged(turn) for turn in turns]

    return change


def recut(turns: list[Said], draw: random.Random) -> list[Said]:
    """All cuts anew: none is where it was, but for chance; lengths are drawn from the document's."""
    stream = [(word, turn.speaker) for turn in turns for word in turn.words]
    lengths = [len(turn.words) for turn in turns if turn.words]
    made = []
    while stream:
        length = draw.choice(lengths)
        piece, stream = stream[:length], stream[length:]
        made.append(Said(piece[0][1], tuple(word for word, _speaker in piece)))
    return made


def renamed(turns: list[Said], _draw: random.Random) -> list[Said]:
    return [replace(turn, speaker=f"Speaker {turn.speaker[:1]}") for turn in turns]


def series(*changes: Change) -> Change:
    def change(turns: list[Said], draw: random.Random) -> list[Said]:
        for step in changes:
            turns = step(turns, draw)
        return turns

    return change


ROWS: dict[str, Change] = {
    "5 splits, 5 merges, 3 new, 3 gone, 4 moved": series(
        moved(4), split(5), merge(5), gone(3), new(3)
    ),
    "15 + 15, 15 % of the words wrong": series(split(15), merge(15), anew()),
    "all cuts anew, 15 % wrong": series(recut, anew()),
    "all of it: 15 + 15, 10 new, 10 gone, 6 moved, 15 %": series(
        moved(6), split(15), merge(15), gone(10), new(10), anew()
    ),
    "15 splits": split(15),
    "15 merges": merge(15),
    "15 new": new(15),
    "15 gone": gone(15),
    "10 moved": moved(10),
    "a block of 12 moved": block(12),
    "15 % wrong, nothing else": anew(),
    "30 % wrong, nothing else": anew(0.3),
    "all speakers renamed, 15 % wrong": series(renamed, anew()),
}


# --- Truth ---------------------------------------------------------------------------------------


def truth(base: list[Said], theirs: list[Said]) -> set[Pair]:
    shared: Counter[Pair] = Counter()
    for j, turn in enumerate(theirs):
        shared.update((word.base, j) for word in turn.words if word.base >= 0)
    true = set()
    for (i, j), count in shared.items():
        least = min(len(base[i].words), len(theirs[j].words))
        if count >= (0.3 if least >= 4 else 0.5) * least:
            true.add((i, j))
    true.update((turn.origin, j) for j, turn in enumerate(theirs) if turn.origin >= 0)
    return true
