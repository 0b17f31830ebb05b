"""What two streams of tokens have in common, in order, at a cost that stays linear in the text.

A longest common subsequence of two whole transcripts is quadratic: 70,000 tokens on either side
take seconds and hundreds of megabytes. Here it is only asked for between *anchors*, what is equal
and unique on both sides, and never over more than :data:`MOST_CELLS` at once.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

from episodes.transcripts.characters import HAN

__all__ = ["MOST_CELLS", "Run", "common_runs", "in_order", "tokens_of"]

MOST_CELLS = 10_000 * 10_000  # of one comparison: about 12 MB
WINDOW = 5_000  # tokens of either side at once where there is more than that and no anchor
ANCHOR = 8  # tokens: a run of as many, unique on both sides, is an anchor
AROUND = 64  # tokens before and after an anchor
ALIKE = 0.65  # so much of them is common to both sides
MOST_LEVELS = 4  # of anchors between anchors

_SINGLE = HAN + "\u3040-\u30ff\uac00-\ud7af"  # written without spaces, or nearly: one by one
_TOKEN = re.compile(rf"[{_SINGLE}]|[^\W_{_SINGLE}]+")
_APOSTROPHES = str.maketrans("", "", "'’")


class Run(NamedTuple):
    """Tokens ``base[at:at + length]``, which are ``theirs[to:to + length]``."""

    at: int
    to: int
    length: int


def tokens_of(text: str) -> list[str]:
    """The words of a text, folded, without apostrophes; Han, kana and hangul one by one.

    >>> tokens_of("I'm with OpenAI: 你好。")
    ['im', 'with', 'openai', '你', '好']
    """
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES))


def in_order(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of ``pairs`` that rises strictly on both sides, by patience sorting."""
    given = sorted(pairs, key=lambda pair: (pair[0], -pair[1]))
    tops: list[int] = []  # the smallest second number that ends a run of each length
    last: list[int] = []  # which pair that is
    before: list[int] = []
    for number, (_at, to) in enumerate(given):
        length = bisect_left(tops, to)
        before.append(last[length - 1] if length else -1)
        if length == len(tops):
            tops.append(to)
            last.append(number)
        else:
            tops[length] = to
            last[length] = number
    chosen: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        chosen.append(given[number])
        number = before[number]
    chosen.reverse()
    return chosen


def common_runs(
    base: Sequence[int], theirs: Sequence[int], sure: Iterable[tuple[int, int]] = ()
) -> list[Run]:
    """What both streams hold in the same order, as runs that rise on both sides.

    Tokens are numbers from 0. ``sure`` are pairs of positions of equal tokens that are known to
    belong together (of texts that are unique on both sides); those that contradict more of the
    others are passed over. Between two runs there is something on at least one side.
    """
    runs: list[Run] = []
    for run in _Comparison(base, theirs, sure).found():
        if runs and (runs[-1].at + runs[-1].length, runs[-1].to + runs[-1].length) == run[:2]:
            runs[-1] = Run(runs[-1].at, runs[-1].to, runs[-1].length + run.length)
        else:
            runs.append(run)
    return runs


class _Gap(NamedTuple):
    at: int
    at_end: int
    to: int
    to_end: int
    level: int


class _Comparison:
    def __init__(
        self, base: Sequence[int], theirs: Sequence[int], sure: Iterable[tuple[int, int]]
    ) -> None:
        self.base = base
        self.theirs = theirs
        self.sure = sure
        self.radix = max((*base, *theirs), default=0) + 1

    def found(self) -> Iterator[Run]:
        """Depth first and from left to right, without recursion: gaps may be many."""
        stack: list[_Gap | Run] = [_Gap(0, len(self.base), 0, len(self.theirs), 0)]
        while stack:
            task = stack.pop()
            if isinstance(task, Run):
                yield task
                continue
            gap, head, tail = self.trimmed(task)
            if head.length:
                yield head
            if tail.length:
                stack.append(tail)
            if gap.at < gap.at_end and gap.to < gap.to_end:
                stack.extend(reversed(self.parts(gap)))

    def trimmed(self, gap: _Gap) -> tuple[_Gap, Run, Run]:
        """The gap without the equal tokens at its start and end, and these."""
        base, theirs = self.base, self.theirs
        at, at_end, to, to_end, level = gap
        while at < at_end and to < to_end and base[at] == theirs[to]:
            at += 1
            to += 1
        head = Run(gap.at, gap.to, at - gap.at)
        while at < at_end and to < to_end and base[at_end - 1] == theirs[to_end - 1]:
            at_end -= 1
            to_end -= 1
        tail = Run(at_end, to_end, gap.at_end - at_end)
        return _Gap(at, at_end, to, to_end, level), head, tail

    def parts(self, gap: _Gap) -> list[_Gap | Run]:
        if (gap.at_end - gap.at) * (gap.to_end - gap.to) <= MOST_CELLS:
            return list(self.compared(gap))
        if gap.level < MOST_LEVELS:
            anchors = self.anchors(gap)
            if anchors:
                return self.between(gap, anchors)
        return self.windowed(gap)

    def compared(self, gap: _Gap) -> Iterator[Run]:
        codes = Indel.opcodes(self.base[gap.at : gap.at_end], self.theirs[gap.to : gap.to_end])
        for code in codes:
            if code.tag == "equal":
                length = code.src_end - code.src_start
                yield Run(gap.at + code.src_start, gap.to + code.dest_start, length)

    def anchors(self, gap: _Gap) -> list[tuple[int, int]]:
        """Where runs begin that occur once on both sides of the gap, in order."""
        ours = self.once(self.base[gap.at : gap.at_end])
        others = self.once(self.theirs[gap.to : gap.to_end])
        pairs = [
            (gap.at + at, gap.to + others[key])
            for key, at in ours.items()
            if at >= 0 and others.get(key, -1) >= 0
        ]
        del ours, others
        if not gap.level:
            pairs += [
                (at, to)
                for at, to in self.sure
                if gap.at <= at < gap.at_end and gap.to <= to < gap.to_end
            ]
        return in_order(self.credible(sorted(pairs)))

    def credible(self, pairs: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Those whose surroundings are alike: in a text that repeats itself, runs meet by chance."""
        previous, kept = (-2, -2), False
        for at, to in pairs:
            if (at - 1, to - 1) != previous:
                likeness = Indel.normalized_similarity(
                    self.base[max(at - AROUND, 0) : at + AROUND],
                    self.theirs[max(to - AROUND, 0) : to + AROUND],
                    score_cutoff=ALIKE,
                )
                kept = likeness > 0
            if kept:
                yield at, to
            previous = at, to

    def once(self, tokens: Sequence[int]) -> dict[int, int]:
        """Each run of tokens, packed into one number, and where it begins; -1 for several places."""
        keys: Iterable[int] = tokens
        for further in range(1, ANCHOR):
            keys = (
                key * self.radix + token for key, token in zip(keys, tokens[further:], strict=False)
            )
        places: dict[int, int] = {}
        for place, key in enumerate(keys):
            places[key] = -1 if key in places else place
        return places

    def between(self, gap: _Gap, anchors: list[tuple[int, int]]) -> list[_Gap | Run]:
        parts: list[_Gap | Run] = []
        at, to = gap.at, gap.to
        for anchor_at, anchor_to in anchors:
            if at < anchor_at and to < anchor_to:
                parts.append(_Gap(at, anchor_at, to, anchor_to, gap.level + 1))
            parts.append(Run(anchor_at, anchor_to, 1))
            at, to = anchor_at + 1, anchor_to + 1
        parts.append(_Gap(at, gap.at_end, to, gap.to_end, gap.level + 1))
        return parts

    def windowed(self, gap: _Gap) -> list[_Gap | Run]:
        """Nothing here is unique: compare the beginnings, keep what they have in common but for
        their last quarters, which may belong with what follows, and go on from there."""
        narrow = min(WINDOW, gap.at_end - gap.at, gap.to_end - gap.to)
        wide = WINDOW * WINDOW // narrow
        at_end = min(gap.at + wide, gap.at_end)
        to_end = min(gap.to + wide, gap.to_end)
        most_at = gap.at + (at_end - gap.at) * 3 // 4
        most_to = gap.to + (to_end - gap.to) * 3 // 4
        parts: list[_Gap | Run] = []
        at, to = gap.at, gap.to
        for run in self.compared(_Gap(gap.at, at_end, gap.to, to_end, gap.level)):
            length = min(run.length, most_at - run.at, most_to - run.to)
            if length <= 0:
                break
            parts.append(Run(run.at, run.to, length))
            at, to = run.at + length, run.to + length
        if at - gap.at + to - gap.to < narrow // 2:  # hardly anything: do not stay here
            at, to = max(at, gap.at + narrow // 2), max(to, gap.to + narrow // 2)
        parts.append(_Gap(at, gap.at_end, to, gap.to_end, MOST_LEVELS))
        return parts
