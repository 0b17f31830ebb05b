"""When each turn was said: its original found again among the words of captions, word by word.

What was misheard, cleaned up, dropped or cut elsewhere does not matter as long as enough words are
left; nothing is timed that is not found. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from episodes.transcripts.document import Diagnostic, Severity
from episodes.transcripts.messages import fill, gettext_noop
from episodes.transcripts.streams import Run, common_runs, tokens_of
from episodes.transcripts.timed import Word, spread

__all__ = ["THRESHOLDS", "Span", "Thresholds", "Timing", "times_for"]

Span = tuple[int, int]  # start and end in ms
Known = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every number that decides. Tokens are those of :func:`~episodes.transcripts.streams.tokens_of`."""

    solid: int = 3  # tokens in a row are no chance,
    beside: int = 8  # fewer are none within so many tokens of a solid run
    torn: int = 3  # where one side has so many times as many tokens between two runs as the other,
    slack: int = 12  # and so many more, something was left out or put in: the runs are torn apart
    stray: int = 8  # fewer common tokens than this, torn from all others, were found by chance
    near: int = (
        8  # so few tokens of one side may stand for as few others (a word heard differently)
    )
    turn: float = 0.3  # of a turn's tokens are common: it is timed,
    short: int = 4  # or, if it has fewer tokens than this,
    heard: float = 0.6  # so many are common, or stand in the place of as many others
    talk: float = 0.25  # of the tokens of the shorter side are solid; below, it is another talk
    lasting: int = 250  # ms that a word takes at least to be said,
    letter: int = 70  # and for each of its letters
    off: int = 2_000  # ms by which two clocks differ that are not the same
    apart: int = 1_000  # ms by which two differences differ that are the same
    most: float = 0.8  # of the differences are the same: the clock is shifted, or drifts
    least: int = 5  # times known and new, to say anything of a clock


THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True)
class Timing:
    """What captions say of a transcript's times.

    ``times``: of each turn (start, end) in ms, or None; starts and ends never fall, no turn ends
    after the next one's start. ``shares``: how much of each turn's tokens was found (0 to 1).
    ``share``: how much of the shorter side's tokens stand in solid runs of common ones (so that
    captions of an excerpt do not count as another talk). ``offset``: by how many ms the captions'
    clock is later than the times known, where it is the same everywhere, else None. ``remarks``
    are about the whole (line 0).
    """

    times: tuple[Span | None, ...]
    shares: tuple[float, ...]
    share: float
    offset: int | None = None
    remarks: tuple[Diagnostic, ...] = ()


def times_for(
    originals: Sequence[str],
    words: Sequence[Word],
    known: Sequence[Known] = (),
    at: Thresholds = THRESHOLDS,
) -> Timing:
    """Find each turn's original (empty: it has none) among the words of captions.

    ``known`` are times that the turns have already, (start, end) for each; what is found is held
    against their starts, never mixed with them.
    """
    turns = [tokens_of(original) for original in originals]
    stream = _Stream(words, at)
    found = _Finding(turns, stream, at)
    remarks: list[Diagnostic] = []
    if found.share < at.talk:
        template = gettext_noop(
            "These are captions of another talk: {percent} per cent of the words are common. "
            "No turn was timed."
        )
        message = fill(template, percent=round(found.share * 100))
        remark = Diagnostic(0, "another_talk", message)
        nothing = tuple(0.0 for _turn in turns)
        return Timing(tuple(None for _turn in turns), nothing, found.share, None, (remark,))
    times = found.times()
    left = sum(1 for tokens, time in zip(turns, times, strict=True) if tokens and time is None)
    if left:
        template = gettext_noop("{count} of {all} turns were not found in the captions.")
        message = fill(template, count=left, all=sum(1 for tokens in turns if tokens))
        remarks.append(Diagnostic(0, "turns_not_found", message, Severity.NOTICE))
    offset, clock = _compared(times, known, at)
    shares = tuple(
        count / len(tokens) if tokens else 0.0
        for tokens, count in zip(turns, found.common, strict=True)
    )
    return Timing(tuple(times), shares, found.share, offset, (*remarks, *clock))


class _Stream:
    """The tokens of captions, each with the times between which it is said."""

    def __init__(self, words: Sequence[Word], at: Thresholds) -> None:
        self.tokens: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        for number, word in enumerate(words):
            tokens = tokens_of(word.text)
            if not tokens:
                continue
            end = word.start + at.lasting + at.letter * len(word.text)
            if number + 1 < len(words):
                end = min(end, max(words[number + 1].start, word.start))
            none: list[int | None] = [None] * len(tokens)
            starts = spread(none, [len(token) for token in tokens], word.start, end)
            self.tokens += tokens
            self.starts += starts
            self.ends += [*starts[1:], end]


class _Finding:
    """Which token of the captions is which of the turns."""

    def __init__(self, turns: Sequence[list[str]], stream: _Stream, at: Thresholds) -> None:
        self.at = at
        self.turns = turns
        self.stream = stream
        self.of = [turn for turn, tokens in enumerate(turns) for _token in tokens]
        numbers: dict[str, int] = {}

        def numbered(tokens: Sequence[str]) -> list[int]:
            return [numbers.setdefault(token, len(numbers)) for token in tokens]

        mine = numbered([token for tokens in turns for token in tokens])
        others = numbered(stream.tokens)
        runs = common_runs(mine, others)
        solid = sum(run.length for run in runs if run.length >= at.solid)
        self.share = solid / max(min(len(mine), len(others)), 1)
        self.places: list[int] = [-1] * len(mine)  # in the stream, of each token of the turns
        self.common = [0] * len(turns)  # tokens of each turn that are there
        self.near = [0] * len(turns)  # and those in whose place as many others are
        self.runs = self.joined(self.beside(runs))
        self.place()

    def beside(self, runs: Sequence[Run]) -> list[Run]:
        """The runs that are solid, or stand beside one that is."""
        at = self.at
        kept = [run.length >= at.solid for run in runs]
        for order in (range(len(runs)), range(len(runs) - 1, -1, -1)):
            last: Run | None = None
            for number in order:
                run = runs[number]
                if run.length >= at.solid:
                    last = run
                elif last and max(_between(last, run)) <= at.beside:
                    kept[number] = True
        if not any(kept):  # very little is said at all
            return list(runs)
        return [run for run, keep in zip(runs, kept, strict=True) if keep]

    def joined(self, runs: Sequence[Run]) -> list[Run]:
        """The runs without those that are few and torn from all others."""
        at = self.at
        parts: list[list[Run]] = []
        for run in runs:
            if parts:
                few, many = sorted(_between(parts[-1][-1], run))
            if not parts or many > at.torn * few + at.slack:
                parts.append([])
            parts[-1].append(run)
        sizes = [sum(run.length for run in part) for part in parts]
        least = min(at.stray, max(sizes, default=0))
        return [
            run for part, size in zip(parts, sizes, strict=True) if size >= least for run in part
        ]

    def place(self) -> None:
        """Give the tokens of the turns their places, and near ones between solid runs theirs."""
        at = to = 0
        solid = True
        for run in [*self.runs, Run(len(self.of), len(self.stream.tokens), self.at.solid)]:
            ours, theirs = run.at - at, run.to - to
            before, solid = solid, run.length >= self.at.solid
            if before and solid and ours and theirs and max(ours, theirs) <= self.at.near:
                for token in range(ours):
                    self.places[at + token] = to + token * theirs // ours
                    self.near[self.of[at + token]] += 1
            for token in range(min(run.length, len(self.of) - run.at)):
                self.places[run.at + token] = run.to + token
                self.common[self.of[run.at + token]] += 1
            at, to = run.at + run.length, run.to + run.length

    def times(self) -> list[Span | None]:
        """The times of the turns that were found, in order and without overlaps."""
        found: list[Span | None] = []
        limit: int | None = None  # where the turn behind begins
        for span in reversed(self.spans()):
            if span is None:
                found.append(None)
                continue
            start, end = self.stream.starts[span[0]], self.stream.ends[span[1]]
            found.append((start, max(start, end if limit is None else min(end, limit))))
            limit = start
        return found[::-1]

    def spans(self) -> list[Span | None]:
        """The first and the last place of each turn that was found.

        Tokens at a turn's ends that have no place take up as many before or behind those that
        have, as far as no other turn's are there; what two turns both want is shared out.
        """
        cores: list[tuple[int, int, int, int] | None] = []
        first = 0
        for number, tokens in enumerate(self.turns):
            places = self.places[first : first + len(tokens)]
            first += len(tokens)
            placed = [token for token, place in enumerate(places) if place >= 0]
            if not placed or not self.is_found(number):
                cores.append(None)
                continue
            head, tail = placed[0], len(tokens) - 1 - placed[-1]
            cores.append((places[placed[0]], places[placed[-1]], head, tail))
        spans: list[Span | None] = [None] * len(cores)
        before, wanted, last = -1, 0, -1  # where the turn before ends, what it wants, which it is
        for number, core in enumerate(cores):
            if core is None:
                continue
            start, end, head, tail = core
            room = max(start - before - 1, 0)
            given = min(wanted, room if wanted + head <= room else room * wanted // (wanted + head))
            if last >= 0:
                spans[last] = (spans[last][0], before + given)  # type: ignore[index]
            spans[number] = (start - min(head, room - given), end)
            before, wanted, last = end, tail, number
        if last >= 0:
            most = len(self.stream.tokens) - 1
            spans[last] = (spans[last][0], min(before + wanted, most))  # type: ignore[index]
        return spans

    def is_found(self, turn: int) -> bool:
        tokens, at = len(self.turns[turn]), self.at
        if tokens < at.short:
            return self.common[turn] + self.near[turn] >= at.heard * tokens
        return self.common[turn] >= at.turn * tokens


def _between(one: Run, other: Run) -> tuple[int, int]:
    """How many tokens of either side stand between two runs, whichever is first."""
    if one.at > other.at:
        one, other = other, one
    return other.at - one.at - one.length, other.to - one.to - one.length


def _compared(
    times: Sequence[Span | None], known: Sequence[Known], at: Thresholds
) -> tuple[int | None, list[Diagnostic]]:
    """The offset of the captions' clock where there is one, and what to say of the clock."""
    pairs = [
        (old[0], time[0] - old[0])
        for time, old in zip(times, known, strict=False)
        if time is not None and old[0] is not None
    ]
    if len(pairs) < at.least:
        return None, []
    offset = round(median(difference for _time, difference in pairs))
    same = sum(1 for _time, difference in pairs if abs(difference - offset) <= at.apart)
    if same >= at.most * len(pairs):
        if abs(offset) <= at.off:
            return offset, []
        later = gettext_noop("The captions' clock is {seconds} s later than the times known.")
        earlier = gettext_noop("The captions' clock is {seconds} s earlier than the times known.")
        message = fill(later if offset > 0 else earlier, seconds=round(abs(offset) / 1000, 1))
        return offset, [Diagnostic(0, "clock_shifted", message)]
    slope, base = _line(pairs)
    same = sum(1 for time, diff in pairs if abs(diff - base - slope * time) <= at.apart)
    if same >= at.most * len(pairs):
        gains = gettext_noop("The captions' clock gains {seconds} s an hour on the times known.")
        loses = gettext_noop("The captions' clock loses {seconds} s an hour on the times known.")
        seconds = round(abs(slope) * 3600, 1)
        message = fill(gains if slope > 0 else loses, seconds=seconds)
        return None, [Diagnostic(0, "clock_drifts", message)]
    count = sum(1 for _time, difference in pairs if abs(difference) > at.off)
    if not count:
        return None, []
    template = gettext_noop("{count} of {all} times differ from those known by over {seconds} s.")
    message = fill(template, count=count, all=len(pairs), seconds=at.off // 1000)
    return None, [Diagnostic(0, "times_differ", message)]


def _line(pairs: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """The slope and the height at 0 of the line through the middles of both ends' differences."""
    ordered = sorted(pairs)
    part = max(math.ceil(len(ordered) / 3), 1)
    (one, low), (other, high) = (
        (median(time for time, _d in end), median(d for _t, d in end))
        for end in (ordered[:part], ordered[-part:])
    )
    slope = (high - low) / (other - one) if other > one else 0.0
    return slope, low - slope * one
