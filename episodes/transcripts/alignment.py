"""Which turn of one document is which of another: base and theirs of a re-import (MERGING §3).

The evidence is what was said in the original's words, for these survive a new translation; turns
without an original on either side are told by the translation. Words are compared as one stream
over all turns, so it does not matter where one side cuts them. Everything here is pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from rapidfuzz.distance import Indel

from episodes.transcripts.document import Turn, TurnKind
from episodes.transcripts.linking import Evidence, Pair, evidence
from episodes.transcripts.streams import MOST_CELLS, Run, common_runs, in_order, tokens_of

__all__ = ["THRESHOLDS", "Group", "Match", "Thresholds", "Utterance", "align"]


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is compared of a turn. ``speaker`` is a label or any key that tells people apart."""

    kind: TurnKind = TurnKind.SPEECH
    speaker: str = ""
    text: str = ""
    original: str = ""

    @classmethod
    def of(cls, turn: Turn) -> Utterance:
        return cls(turn.kind, turn.label or turn.original_label, turn.text, turn.original)


class Match(StrEnum):
    """What became of the turns of a group."""

    SAME = "same"  # one is one
    SPLIT = "split"  # one is several
    MERGED = "merged"  # several are one
    RECUT = "recut"  # several are several, cut elsewhere
    MOVED = "moved"  # one is one, out of order
    NEW = "new"  # only theirs
    GONE = "gone"  # only the base's


@dataclass(frozen=True, slots=True)
class Group:
    """Turns that belong together, as indices of both sequences, each rising.

    ``links`` are the pairs of them that share words: where everything was cut anew a group may be
    long, and not each is part of each. ``share`` is how much of both sides' tokens is common (0 to 1, Dice's coefficient).
    ``doubtful``: too little to go by, the whole group is for a person to decide; a short turn that
    was heard differently between the same neighbours is not doubtful, whatever its share.
    """

    base: tuple[int, ...]
    theirs: tuple[int, ...]
    kind: Match
    links: tuple[Pair, ...]
    share: float
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every number that decides; ``python -m bench.alignment`` says what they are worth.

    *Near* and *solid* are those of :class:`~episodes.transcripts.linking.Evidence`.
    """

    link: float = 0.3  # of the shorter turn's tokens are near: the two belong together,
    solid: float = 0.2  # if so many are solid,
    near: float = (
        0.5  # or, if so many are near, by the same speaker or equal in part amid what is alike
    )
    clear: float = 0.6  # of a group's tokens are common; below, it is doubtful
    settled: float = 0.5  # of a turn's tokens are linked: it has not moved
    moved: float = 0.75  # similarity of a turn with itself elsewhere
    short: int = 4  # turns of fewer tokens say too little by themselves
    rare: int = 16  # turns that hold a token; in more, it does not lead from turn to turn
    tried: int = 5  # turns that one is compared with, to find where it moved


THRESHOLDS = Thresholds()


def align(
    base: Sequence[Utterance], theirs: Sequence[Utterance], at: Thresholds = THRESHOLDS
) -> tuple[Group, ...]:
    """Each turn of both sides in exactly one group, in their order.

    What is gone stands after what preceded it in the base. The same for the same input.
    """
    return _Alignment(base, theirs, at).groups()


class _Side:
    """The turns of one document and their tokens."""

    def __init__(self, turns: Sequence[Utterance], numbers: dict[str, int], short: int) -> None:
        def tokens(text: str) -> list[int]:
            return [numbers.setdefault(token, len(numbers)) for token in tokens_of(text)]

        self.turns = turns
        self.words = [tokens(turn.original) for turn in turns]
        self.texts = [tokens(turn.text) for turn in turns]
        self.short = [len(self.tokens(turn)) < short for turn in range(len(turns))]

    def tokens(self, turn: int) -> list[int]:
        return self.words[turn] or self.texts[turn]


class _Alignment:
    def __init__(
        self, base: Sequence[Utterance], theirs: Sequence[Utterance], at: Thresholds
    ) -> None:
        self.at = at
        numbers: dict[str, int] = {}
        self.base = _Side(base, numbers, at.short)
        self.theirs = _Side(theirs, numbers, at.short)
        self.links: dict[Pair, int] = {}  # in order; with the number of common tokens
        self.moves: dict[Pair, int] = {}  # out of order, likewise
        self.partners: dict[str, str] = {}  # a speaker of the base: theirs of the same person

        self.link_by_words()
        self.link_by_text()
        self.prefer_twins()
        self.find_moves()
        self.place_short_turns()

    def of_pair(self, i: int, j: int) -> tuple[list[int], list[int]]:
        """The tokens that the two are compared by: the originals', or the translations'."""
        if self.base.words[i] and self.theirs.words[j]:
            return self.base.words[i], self.theirs.words[j]
        return self.base.texts[i], self.theirs.texts[j]

    def gaps(self) -> list[tuple[list[int], list[int]]]:
        """The turns between two neighbouring links, where there are any on both sides."""
        found = []
        at = to = -1
        for i, j in [*sorted(self.links), (len(self.base.turns), len(self.theirs.turns))]:
            if i - at > 1 and j - to > 1:
                found.append((list(range(at + 1, i)), list(range(to + 1, j))))
            at, to = i, j
        return found

    # --- In order ------------------------------------------------------------------------------

    def link_by_words(self) -> None:
        found = evidence(self.base.words, self.theirs.words, self.at.short)
        self.link(found, range(len(self.base.turns)), range(len(self.theirs.turns)))

    def link_by_text(self) -> None:
        """What lacks an original on one side, by the translation; between what is linked."""
        if all(self.base.words) and all(self.theirs.words):
            return
        for mine, others in self.gaps():
            texts = [self.base.texts[i] for i in mine], [self.theirs.texts[j] for j in others]
            self.link(evidence(*texts, self.at.short), mine, others, by_text=True)

    def link(
        self,
        found: Evidence,
        mine: Sequence[int],
        others: Sequence[int],
        *,
        by_text: bool = False,
    ) -> None:
        """Link what shares enough. What is sure comes first: it tells who is who."""
        unsure: list[tuple[Pair, Pair]] = []
        speakers: Counter[tuple[str, str]] = Counter()
        for local, near in found.near.items():
            i, j = pair = mine[local[0]], others[local[1]]
            if by_text and self.base.words[i] and self.theirs.words[j]:
                continue  # the originals have spoken
            least = min(map(len, self.of_pair(i, j)))
            solid = found.solid[local]
            if (
                least >= self.at.short
                and near >= self.at.link * least
                and solid >= self.at.solid * least
            ):
                self.links[pair] = found.equal[local]
                speakers[self.base.turns[i].speaker, self.theirs.turns[j].speaker] += 1
            elif near >= self.at.near * least:
                unsure.append((local, pair))
        for (speaker, partner), _count in speakers.most_common():
            self.partners.setdefault(speaker, partner)
        for local, pair in unsure:
            inner = local[0] in found.inner_base or local[1] in found.inner_theirs
            if (inner and found.equal[local]) or self.same_speaker(*pair):
                self.links[pair] = found.equal[local]

    def prefer_twins(self) -> None:
        """A short turn that is one of the other side, word for word, is no part of a long one.

        "And, uh" may end the turn before it too, which the source dropped.
        """
        twins: set[Pair] = set()
        for i, j in self.links:
            if self.base.short[i] and self.base.tokens(i) == self.theirs.tokens(j):
                twins.add((i, j))
        mine, others = {i for i, _j in twins}, {j for _i, j in twins}
        self.links = {
            (i, j): common
            for (i, j), common in self.links.items()
            if (i, j) in twins
            or not (
                (i in mine and not self.theirs.short[j]) or (j in others and not self.base.short[i])
            )
        }

    def same_speaker(self, i: int, j: int) -> bool:
        mine, other = self.base.turns[i].speaker, self.theirs.turns[j].speaker
        return not mine or not other or other in {mine, self.partners.get(mine)}

    # --- Out of order --------------------------------------------------------------------------

    def find_moves(self) -> None:
        """Turns that are hardly linked where they stand but are found again elsewhere."""
        found: list[tuple[float, int, int, int]] = []
        for i, j in self.candidates():
            pair = self.of_pair(i, j)
            likeness = Indel.normalized_similarity(*pair, score_cutoff=self.at.moved)
            if likeness:
                found.append((-likeness, abs(i - j), i, j))
        twins: dict[int, int] = {}
        taken: set[int] = set()
        for _likeness, _distance, i, j in sorted(found):
            if i not in twins and j not in taken:
                twins[i] = j
                taken.add(j)
        self.links = {
            (i, j): common
            for (i, j), common in self.links.items()
            if i not in twins and j not in taken
        }
        kept = sorted(self.links)
        straight = in_order(moved for moved in twins.items() if not _crosses(moved, kept))
        for moved in twins.items():
            self.moves[moved] = self.common(*moved)
        for moved in straight:
            self.links[moved] = self.moves.pop(moved)

    def candidates(self) -> Iterator[Pair]:
        """Unsettled turns that share all tokens or the most rare ones; few for each of the base."""
        holders: dict[int, list[int]] = defaultdict(list)
        equal: dict[tuple[int, ...], int] = {}
        for j in self.unsettled(self.theirs, 1):
            equal.setdefault(tuple(self.theirs.tokens(j)), j)
            for token in {*self.theirs.words[j], *self.theirs.texts[j]}:
                holders[token].append(j)
        for i in self.unsettled(self.base, 0):
            twin = equal.pop(tuple(self.base.tokens(i)), None)
            if twin is not None:
                yield i, twin
                continue
            shared: Counter[int] = Counter()
            for token in {*self.base.words[i], *self.base.texts[i]}:
                if len(holders.get(token, ())) <= self.at.rare:
                    shared.update(holders.get(token, ()))
            for j, _count in shared.most_common(self.at.tried):
                if len(self.base.tokens(i)) * len(self.theirs.tokens(j)) <= MOST_CELLS:
                    yield i, j

    def unsettled(self, side: _Side, number: int) -> Iterator[int]:
        settled: Counter[int] = Counter()
        for pair, common in self.links.items():
            settled[pair[number]] += common
        for turn, short in enumerate(side.short):
            if not short and settled[turn] < self.at.settled * len(side.tokens(turn)):
                yield turn

    # --- Short turns ---------------------------------------------------------------------------

    def place_short_turns(self) -> None:
        """Turns that say too little: by place, speaker and words between linked neighbours."""
        linked_base = {i for i, _j in (*self.links, *self.moves)}
        linked_theirs = {j for _i, j in (*self.links, *self.moves)}
        for gap in self.gaps():
            mine = [i for i in gap[0] if i not in linked_base]
            others = [j for j in gap[1] if j not in linked_theirs]
            self.links.update((pair, self.common(*pair)) for pair in self.placed(mine, others))
        for (i, j), (i_end, j_end) in pairwise(sorted(self.moves)):
            mine, others = list(range(i + 1, i_end)), list(range(j + 1, j_end))
            if (  # what lies between two that moved together moved with them
                [self.base_key(i) for i in mine] == [self.their_key(j) for j in others]
                and linked_base.isdisjoint(mine)
                and linked_theirs.isdisjoint(others)
            ):
                pairs = zip(mine, others, strict=True)
                self.moves.update((pair, self.common(*pair)) for pair in pairs)

    def placed(self, mine: list[int], others: list[int]) -> Iterator[Pair]:
        """Which unlinked turns of a gap are which."""
        numbers: dict[Hashable, int] = {}
        a = [numbers.setdefault(self.base_key(i), len(numbers)) for i in mine]
        b = [numbers.setdefault(self.their_key(j), len(numbers)) for j in others]
        most = min(len(a), len(b))
        start = next((n for n in range(most) if a[n] != b[n]), most)
        most -= start
        end = next((n for n in range(most) if a[-1 - n] != b[-1 - n]), most)
        inner = slice(start, len(a) - end), slice(start, len(b) - end)
        yield from zip(mine[:start], others[:start], strict=True)
        yield from zip(mine[inner[0].stop :], others[inner[1].stop :], strict=True)
        mine, others, a, b = mine[inner[0]], others[inner[1]], a[inner[0]], b[inner[1]]
        if all(self.base.short[i] for i in mine) or all(self.theirs.short[j] for j in others):
            # No long turn of both sides is without a counterpart: the neighbours are near enough.
            at = to = 0
            for run in (*common_runs(a, b), Run(len(a), len(b), 0)):
                between = mine[at : run.at], others[to : run.to]
                if self.heard_differently(*between):
                    yield from zip(*between, strict=True)
                at, to = run.at + run.length, run.to + run.length
                yield from zip(mine[run.at : at], others[run.to : to], strict=True)

    def heard_differently(self, mine: list[int], others: list[int]) -> bool:
        """Whether as many short turns stand here, of the same kinds and speakers."""
        return (
            all(self.base.short[i] for i in mine)
            and all(self.theirs.short[j] for j in others)
            and [self.base_key(i)[:2] for i in mine] == [self.their_key(j)[:2] for j in others]
        )

    def base_key(self, i: int) -> tuple[Hashable, ...]:
        turn = self.base.turns[i]
        speaker = self.partners.get(turn.speaker, turn.speaker)
        said = self.base.tokens(i) if self.base.short[i] else ["base", i]
        return turn.kind, speaker, *(said or [turn.text])

    def their_key(self, j: int) -> tuple[Hashable, ...]:
        turn = self.theirs.turns[j]
        said = self.theirs.tokens(j) if self.theirs.short[j] else ["theirs", j]
        return turn.kind, turn.speaker, *(said or [turn.text])

    def common(self, i: int, j: int) -> int:
        tokens, twin = self.of_pair(i, j)
        return sum(run.length for run in common_runs(tokens, twin))

    # --- Groups --------------------------------------------------------------------------------

    def groups(self) -> tuple[Group, ...]:
        pairs = self.links | self.moves
        count = len(self.base.turns)
        roots = list(range(count + len(self.theirs.turns)))

        def root(node: int) -> int:
            while roots[node] != node:
                roots[node] = roots[roots[node]]
                node = roots[node]
            return node

        for i, j in pairs:
            roots[root(count + j)] = root(i)
        linked: dict[int, list[Pair]] = defaultdict(list)
        for pair in sorted(pairs):
            linked[root(pair[0])].append(pair)
        members: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for node in range(len(roots)):
            members[root(node)][node >= count].append(node - count if node >= count else node)
        kept = sorted(self.links)
        made: list[tuple[tuple[int, ...], Group]] = []
        for node, (mine, others) in members.items():
            place: tuple[int, ...] = (others[0],) if others else (-1,)
            if not others and (before := bisect_left(kept, (mine[0], -1))):
                place = (kept[before - 1][1],)
            made.append(((*place, not others, *mine), self.group(mine, others, linked[node])))
        return tuple(group for _place, group in sorted(made, key=lambda entry: entry[0]))

    def group(self, mine: list[int], others: list[int], links: list[Pair]) -> Group:
        kind = _kind(len(mine), len(others))
        if not links:
            return Group(tuple(mine), tuple(others), kind, (), 0.0, False)
        if links[0] in self.moves:
            kind = Match.MOVED
        of_words = self.base.words[mine[0]] and self.theirs.words[others[0]]
        ours = self.base.words if of_words else self.base.texts
        theirs = self.theirs.words if of_words else self.theirs.texts
        total = sum(len(ours[i]) for i in mine) + sum(len(theirs[j]) for j in others)
        common = sum(self.links.get(pair, 0) + self.moves.get(pair, 0) for pair in links)
        share = min(2 * common / total, 1.0) if total else 1.0
        short = all(self.base.short[i] for i in mine) and all(self.theirs.short[j] for j in others)
        doubtful = share < self.at.clear and not short
        return Group(tuple(mine), tuple(others), kind, tuple(links), share, doubtful)


def _kind(mine: int, others: int) -> Match:
    if not mine or not others:
        return Match.GONE if mine else Match.NEW
    if mine == 1:
        return Match.SAME if others == 1 else Match.SPLIT
    return Match.MERGED if others == 1 else Match.RECUT


def _crosses(pair: Pair, kept: list[Pair]) -> bool:
    """Whether a pair stands on the wrong side of a link; ``kept`` rises on both sides."""
    at = bisect_left(kept, pair)
    return (at > 0 and kept[at - 1][1] > pair[1]) or (at < len(kept) and kept[at][1] < pair[1])
