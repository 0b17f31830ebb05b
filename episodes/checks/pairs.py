"""How well translations and originals go together, and which of them may have gone astray.

How well a translation goes with an original is told by what both say: names and terms (in either
language), numbers, Latin words, common words (``lexicon``), and by their lengths. Each counts as
much as it tells in this episode: a word that stands in every turn tells nothing, nor does one that is never
found on the other side. What comes out is the logarithm of how much likelier the two are a pair than any
two texts of the episode. Then the likeliest way to pair them all is looked for, where leaving the row
costs something (Viterbi).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from episodes.checks.lexicon import in_chinese, in_english
from episodes.checks.nameindex import words
from episodes.checks.subject import Subject
from episodes.transcripts.annotations import scan
from episodes.transcripts.characters import HAN, has_han

__all__ = ["PAIRS", "Analysis", "Pairs", "Run", "analysis_of", "score_pairs"]

PAIRS = frozenset(
    {"text", "original", "kind"} | {"people", "organisations", "products", "works", "terms"}
)
"""What :class:`Pairs` and the :class:`Analysis` depend on, for ``depends`` of the checks that ask them."""

_HAN = re.compile(f"[{HAN}]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

REACH = 30
"""How many turns an original may have gone astray."""

LEAVING = 4.0
"""What it costs to leave the row, and to come back."""

ENOUGH = 7.0
"""How much likelier a run of turns has to be elsewhere."""

EXCHANGED = {1: 2.0, 2: 6.0}
"""By how far two originals stand apart, how much likelier they have to be in each other's place."""

_LIKELY = {"name": 0.7, "number": 0.7, "latin": 0.75, "word": 0.5, "mark": 0.85}
"""How often, before anything is known of the episode, a sign stands on both sides of a pair."""

_END = re.compile(r"[?？!！…—](?=[\s”\"』」）)*]*\Z)")
_STOPS = re.compile(r"[。？！]+|[.?!]+(?=[\s”\"’')]|\Z)")
_SAME_END = {"?": "?", "？": "?", "!": "!", "！": "!", "…": "…", "—": "…"}

_ONE_SIDED = 0.4
"""The like of a common word that one language of the episode never has."""

Sign = tuple[str, str]


def _number(digits: str) -> str:
    return digits.replace(",", "").rstrip(".")


def _mark_signs(text: str) -> set[Sign]:
    """How a text ends, and whether it asks, exclaims or quotes: a translation mostly does so, too."""
    end = _END.search(text[-8:])
    signs: set[Sign] = {("mark", _SAME_END[end[0][0]])} if end else set()
    if "?" in text or "？" in text:
        signs.add(("mark", "asks"))
    if "!" in text or "！" in text:
        signs.add(("mark", "exclaims"))
    return signs


def _latin_signs(text: str) -> set[Sign]:
    return {("latin", word.key) for word in words(text) if len(word.key) > 1 and word.key.isalpha()}


def _of_text(said: str, subject: Subject) -> set[Sign]:
    return _name_signs(said, subject).union(_text_signs(said))


@lru_cache(maxsize=4096)
def _text_signs(said: str) -> frozenset[Sign]:
    signs: set[Sign] = {("number", _number(each)) for each in _NUMBER.findall(said)}
    signs |= _latin_signs(said)
    return frozenset(signs | {("word", str(number)) for number in in_chinese(said)})


def _of_notes(text: str) -> set[Sign]:
    """The foreign words of inline notes."""
    if "（" not in text and "(" not in text:
        return set()
    return {
        ("latin", word.key)
        for note in scan(text)
        for name in (note.foreign, note.abbreviation, note.expansion)
        for word in words(name)
        if len(word.key) > 2
    }


def _of_original(said: str, subject: Subject) -> set[Sign]:
    return _name_signs(said, subject).union(_original_signs(said))


@lru_cache(maxsize=4096)
def _original_signs(said: str) -> frozenset[Sign]:
    signs: set[Sign] = {("number", _number(each)) for each in _NUMBER.findall(said)}
    signs |= _latin_signs(said)
    spoken = in_english({word.key for word in words(said)})
    return frozenset(signs | {("word", str(number)) for number in spoken})


@lru_cache(maxsize=4096)
def _length(text: str) -> int:
    """How long a translation is: its characters, a Latin word counting as two."""
    return len(_HAN.findall(text)) + 2 * len(words(text))


def _name_signs(text: str, subject: Subject) -> set[Sign]:
    if subject.register is None:
        return set()
    return {
        ("name", f"{known.kind} {known.key}")
        for mention in subject.register.mentions(text)
        for known in mention.known
    }


class Pairs:
    """All turns that have both sides, and how well each translation goes with each near original."""

    def __init__(self, subject: Subject) -> None:
        self.turns = [
            turn
            for turn in subject.turns
            if turn.kind != "cue" and turn.text and turn.original and has_han(turn.text)
        ]
        self.subject = subject
        self.count = len(self.turns)
        self.long = [_length(turn.said) for turn in self.turns]
        self.words = [len(words(turn.original)) for turn in self.turns]
        self.letters = [sum(len(word.key) for word in words(turn.original)) for turn in self.turns]
        self._measure()

    def _weigh(self) -> None:
        """What it tells that a sign of one side is, or is not, on the other."""
        subject = self.subject
        self.here = [_of_text(turn.said, subject) | _of_notes(turn.text) for turn in self.turns]
        self.there = [_of_original(turn.original, subject) for turn in self.turns]
        ours = Counter(sign for signs in self.here for sign in signs)
        theirs = Counter(sign for signs in self.there for sign in signs)
        hits = Counter(
            sign for here, there in zip(self.here, self.there, strict=True) for sign in here & there
        )
        self.found: dict[Sign, float] = {}
        self.lacking: dict[Sign, tuple[float, float]] = {}
        self.alone: dict[Sign, float] = {}
        for sign in ours.keys() ^ theirs.keys():
            if sign[0] == "word":
                given = 3 * _ONE_SIDED / (ours[sign] + theirs[sign] + 3)
                self.alone[sign] = math.log(1 - given)
        for sign in ours.keys() & theirs.keys():
            prior = _LIKELY[sign[0]]
            given = (hits[sign] + 3 * prior) / (ours[sign] + 3)
            taken = (hits[sign] + 3 * prior) / (theirs[sign] + 3)
            chance = min(0.95, (theirs[sign] + 0.5) / (self.count + 1))
            random = min(0.95, (ours[sign] + 0.5) / (self.count + 1))
            if given <= chance or taken <= random:
                continue
            most = 2.5 if sign[0] == "word" else 4.0
            seen = 0.5 * (math.log(given / chance) + math.log(taken / random))
            self.found[sign] = min(most, seen)
            self.lacking[sign] = (
                0.5 * math.log((1 - given) / (1 - chance)),
                0.5 * math.log((1 - taken) / (1 - random)),
            )

    def _measure(self) -> None:
        """How many characters a word takes, and how much that varies."""
        ratios = [
            math.log(long / count)
            for long, count in zip(self.long, self.words, strict=True)
            if count >= 12 and long
        ]
        self.ratio = median(ratios) if len(ratios) >= 5 else math.log(1.5)
        off = [abs(ratio - self.ratio) for ratio in ratios]
        self.spread = max(0.12, 1.48 * median(off)) if len(off) >= 5 else 0.25
        self.measured = len(ratios) >= 8
        places = [at for at, count in enumerate(self.words) if count >= 12 and self.long[at]]
        letters = [math.log(self.long[at] / self.letters[at]) for at in places if self.letters[at]]
        self.by_letter = median(letters) if letters else 0.0
        apart = [abs(self.apart(at)) for at in places]
        self.usual = 1.48 * median(apart) if apart else 0.25

    def apart(self, at: int) -> float:
        """By which factor, as a logarithm, a translation is too long, by the original's words and letters."""
        letters = math.log((self.long[at] + 1) / (self.letters[at] + 1)) - self.by_letter
        return (self.off(at, at) + letters) / 2

    def off(self, here: int, there: int) -> float:
        """By which factor, as a logarithm, a translation is too long for an original."""
        return math.log((self.long[here] + 1) / (self.words[there] + 1)) - self.ratio

    def has_silent_half(self, at: int, of_text: bool) -> bool:
        """Whether the other side knows something of one half of a text, and nothing of the other."""
        turn = self.turns[at]
        said = turn.said if of_text else turn.original
        other = self.there[at] if of_text else self.here[at]
        signs_of = _of_text if of_text else _of_original
        cut = said.find(" ", len(said) // 2) if not of_text else len(said) // 2
        known = self.found.keys() | self.alone.keys()
        halves = [
            {sign for sign in signs_of(half, self.subject) & known if sign[0] != "mark"}
            for half in (said[:cut], said[cut:])
        ]
        alone = [halves[0] - halves[1], halves[1] - halves[0]]
        hits = [len(half & other) for half in alone]
        return any(
            hits[one] * 4 <= len(alone[one]) >= 2 and hits[1 - one] * 2 >= len(alone[1 - one]) > 0
            for one in (0, 1)
        )

    def lacks_sentences(self, at: int, of_text: bool) -> bool:
        """Whether the other side of a text has a third fewer sentences than it, or still less."""
        turn = self.turns[at]
        long, short = len(_STOPS.findall(turn.said)), len(_STOPS.findall(turn.original))
        if not of_text:
            long, short = short, long
        return 0 < short < long and short * 3 <= long * 2

    def strange(self, at: int) -> float:
        """What it tells that a pair's common words are not only not shared, but of another episode."""
        signs = self.here[at] ^ self.there[at]
        return sum(self.alone[sign] for sign in signs & self.alone.keys())

    def shared(self, at: int) -> tuple[int, int]:
        """How many signs a pair has on both sides, and how many the side has that has fewer."""
        here, there = (
            {sign for sign in signs if sign[0] in ("word", "name", "number")}
            for signs in (self.here[at], self.there[at])
        )
        return len(here & there), min(len(here), len(there))

    def _expected(self, count: int) -> tuple[float, float, float]:
        """What the length of a translation tells of an original of so many words, as the parts of a sum:
        a pair varies by the usual spread, any two texts by much more."""
        own = self.spread**2 + 3.0 / (count + 2)
        other = own + 1.2
        return (1 / own - 1 / other) / 2, math.log(other / own) / 2, math.log(count + 1)

    def rows(self) -> list[dict[int, float]]:
        """By turn and distance how much likelier its translation goes with that original than any."""
        self._weigh()
        places: dict[Sign, list[int]] = {}
        for at, there in enumerate(self.there):
            for sign in there & self.found.keys():
                places.setdefault(sign, []).append(at)
        lacks = [
            sum(self.lacking[sign][1] for sign in there & self.found.keys()) for there in self.there
        ]
        lengths = [self._expected(count) for count in self.words]
        gains = {sign: self.found[sign] - sum(self.lacking[sign]) for sign in self.found}
        rows = []
        for at, here in enumerate(self.here):
            signs = here & self.found.keys()
            lack = sum(self.lacking[sign][0] for sign in signs)
            first, last = max(0, at - REACH), min(self.count - 1, at + REACH)
            size = math.log(self.long[at] + 1) - self.ratio
            row = [
                lack
                + theirs
                + (
                    -3.0
                    if (told := scale - (size - length) ** 2 * own) < -3.0
                    else (told if told < 1.0 else 1.0)
                )
                for theirs, (own, scale, length) in zip(
                    lacks[first : last + 1], lengths[first : last + 1], strict=True
                )
            ]
            for sign in signs:
                gain = gains[sign]
                for other in places.get(sign, ()):
                    if first <= other <= last:
                        row[other - first] += gain
            rows.append(dict(enumerate(row, start=first - at)))
        return rows


@dataclass(frozen=True, slots=True)
class Run:
    first: int
    last: int
    distance: int
    gain: float
    own: float


def _best_way(rows: Sequence[dict[int, float]]) -> list[int]:
    """For each turn how far off its original stands, all in all."""
    distances = range(-REACH, REACH + 1)
    best = [0.0 if distance == 0 else -math.inf for distance in distances]
    before: list[list[int]] = []
    for row in rows:
        most = max(best)
        top, leave = best.index(most), most - LEAVING
        before.append([at if stay >= leave else top for at, stay in enumerate(best)])
        best = [
            (stay if stay >= leave else leave) + row.get(distance, -1.0)
            for distance, stay in zip(distances, best, strict=True)
        ]
    at = max(range(len(best)), key=lambda at: best[at] - (LEAVING if distances[at] else 0.0))
    way = []
    for came in reversed(before):
        way.append(distances[at])
        at = came[at]
    return way[::-1]


def _runs(rows: Sequence[dict[int, float]]) -> list[Run]:
    way = _best_way(rows)
    runs: list[Run] = []
    at = 0
    while at < len(way):
        last = at
        while last + 1 < len(way) and way[last + 1] == way[at]:
            last += 1
        if way[at]:
            own = sum(rows[place][0] for place in range(at, last + 1))
            there = sum(rows[place].get(way[at], 0.0) for place in range(at, last + 1))
            runs.append(Run(at, last, way[at], there - own, own))
        at = last + 1
    return runs


class Analysis:
    """What is known of the pairs of an episode, for all checks of this module."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.pairs = Pairs(subject)
        self.rows = self.pairs.rows()
        self.groups: list[list[Run]] = []
        for run in _runs(self.rows):
            if run.gain < ENOUGH or run.own >= 0.5 * run.gain or self._is_chance(run):
                continue
            if self.groups and run.first - self.groups[-1][-1].last <= 2:
                self.groups[-1].append(run)
            else:
                self.groups.append([run])
        for group in self.groups:
            if len(group) == 1 and (other := self._other_way(group[0])):
                group.append(other)
                group.sort(key=lambda run: run.first)
        self.astray = {
            place for group in self.groups for place in range(group[0].first, group[-1].last + 1)
        }
        for group in self._exchanged():
            self.groups.append(group)
            self.astray.update(range(group[0].first, group[-1].last + 1))
        self.groups.sort(key=lambda group: group[0].first)

    def _exchanged(self) -> Iterator[list[Run]]:
        """Two originals near each other that both go better with the translation of the other one."""
        rows = self.rows
        likely: list[tuple[float, int, int]] = []
        for distance, least in EXCHANGED.items():
            for one in range(len(rows) - distance):
                other = one + distance
                gain = rows[one][distance] + rows[other][-distance] - rows[one][0] - rows[other][0]
                if gain >= least:
                    likely.append((gain - least, one, distance))
        taken: set[int] = set(self.astray)
        for _gain, one, distance in sorted(likely, reverse=True):
            places = range(one, one + distance + 1)
            if taken.isdisjoint(places):
                taken.update(places)
                yield [
                    Run(at, at, by, 0.0, 0.0)
                    for at, by in ((one, distance), (one + distance, -distance))
                ]

    def _is_chance(self, run: Run) -> bool:
        """Whether the originals of a short run go at least as well with their own translations."""
        first, last = run.first + run.distance, run.last + run.distance
        if run.last - run.first >= abs(run.distance) or first < 0 or last >= len(self.rows):
            return False
        return sum(row[0] for row in self.rows[first : last + 1]) >= run.gain + run.own

    def _other_way(self, run: Run) -> Run | None:
        """The run that has the originals of a short one, if that is how it went."""
        first, last = run.first + run.distance, run.last + run.distance
        if run.last - run.first >= abs(run.distance) or first < 0 or last >= len(self.rows):
            return None
        rows = self.rows[first : last + 1]
        gain = sum(row.get(-run.distance, 0.0) - row[0] for row in rows)
        return Run(first, last, -run.distance, gain, 0.0) if gain > 0 else None


_latest: list[Analysis] = []


def analysis_of(subject: Subject) -> Analysis:
    """The analysis of an episode; the checks share that of the episode in hand."""
    for analysis in _latest:
        if analysis.subject is subject:
            return analysis
    analysis = Analysis(subject)
    _latest[:] = [analysis]
    return analysis


def score_pairs(subject: Subject) -> list[tuple[str, float]]:
    """Return for each turn how much likelier its two sides are a pair than any two of the episode."""
    found = analysis_of(subject)
    return [(turn.uid, row[0]) for turn, row in zip(found.pairs.turns, found.rows, strict=True)]
