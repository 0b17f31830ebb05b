"""``python -m bench.alignment [FILE]``: which turn is which, after changes that are known.

Pairs of turns found and true (``bench.simulation`` says which are) give precision and recall, as
the mean of all seeds; *worst* is the worse of the two in the worst seed, *kinds* the share of the
groups that are right as a whole, *doubtful* that of the groups that would wait for a person.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rapidfuzz import fuzz

from bench.documents import document
from bench.simulation import ROWS, Change, Pair, anew, said, truth, utterances
from episodes.transcripts import markdown
from episodes.transcripts.alignment import THRESHOLDS, Utterance, align
from episodes.transcripts.streams import tokens_of

SEEDS = range(6)


# --- Ways to find it -----------------------------------------------------------------------------


def by_position(base: list[Utterance], theirs: list[Utterance]) -> set[Pair]:
    return {(n, n) for n in range(min(len(base), len(theirs)))}


def most_similar(base: list[Utterance], theirs: list[Utterance]) -> set[Pair]:
    """Equal texts first, in order; then the most similar left, from 60 up."""
    left = dict(enumerate(said_by(turn) for turn in base))
    found: set[Pair] = set()
    rest: list[int] = []
    for j, turn in enumerate(theirs):
        twin = next((i for i, text in left.items() if text == said_by(turn)), None)
        if twin is None:
            rest.append(j)
        else:
            found.add((twin, j))
            del left[twin]
    scored = sorted(
        ((fuzz.ratio(text, said_by(theirs[j])), -i, -j) for j in rest for i, text in left.items()),
        reverse=True,
    )
    used: set[int] = set()
    for score, i, j in scored:
        if score >= 60 and -i in left and -j not in used:
            found.add((-i, -j))
            del left[-i]
            used.add(-j)
    return found


def said_by(turn: Utterance) -> str:
    return turn.original or turn.text


def token_stream(base: list[Utterance], theirs: list[Utterance]) -> set[Pair]:
    return {pair for group in align(base, theirs) for pair in group.links}


def groups_of(pairs: Iterable[Pair]) -> set[tuple[frozenset[int], frozenset[int]]]:
    """The connected ones, as sets of both sides."""
    by_base: dict[int, tuple[set[int], set[int]]] = {}
    by_theirs: dict[int, tuple[set[int], set[int]]] = {}
    for i, j in pairs:
        one = by_base.get(i, ({i}, set()))
        other = by_theirs.get(j, (set(), {j}))
        joined = (one[0] | other[0], one[1] | other[1])
        by_base.update(dict.fromkeys(joined[0], joined))
        by_theirs.update(dict.fromkeys(joined[1], joined))
    return {(frozenset(mine), frozenset(others)) for mine, others in by_base.values()}


# --- Figures --------------------------------------------------------------------------------------


def rates(found: set[Pair], true: set[Pair]) -> tuple[float, float]:
    both = len(found & true)
    return both / max(len(found), 1), both / max(len(true), 1)


def row(name: str, change: Change, base: list[Utterance], field: str, seeds: Iterable[int]) -> str:
    ways = (by_position, most_similar, token_stream)
    figures: dict[str, list[tuple[float, float]]] = {way.__name__: [] for way in ways}
    whole, doubtful = [], []
    for seed in seeds:
        start = said(base, field)
        changed = change(start, random.Random(seed))
        mine, theirs = utterances(start, field), utterances(changed, field)
        true = truth(start, changed)
        for way in ways:
            figures[way.__name__].append(rates(way(mine, theirs), true))
        groups = align(mine, theirs)
        right = groups_of(true)
        made = {(frozenset(g.base), frozenset(g.theirs)) for g in groups if g.links}
        whole.append(len(made & right) / len(right))
        doubtful.append(sum(group.doubtful for group in groups) / len(groups))
    cells = [
        f"{statistics.mean(p for p, _r in runs):5.3f} {statistics.mean(r for _p, r in runs):5.3f}"
        for runs in figures.values()
    ]
    least = min(min(pair) for pair in figures["token_stream"])
    return (
        f"  {name:<52} {cells[0]}   {cells[1]}   {cells[2]}  {least:5.3f}"
        f"  {statistics.mean(whole):5.3f}  {statistics.mean(doubtful):5.3f}"
    )


def table(title: str, base: list[Utterance], field: str, seeds: Iterable[int] = SEEDS) -> None:
    words = sum(len(tokens_of(getattr(turn, field))) for turn in base)
    print(f"{title}: {len(base)} turns, {words:,} tokens; precision and recall")
    print(
        f"  {'':<52} {'by position':^11}   {'exact, sim.':^11}   {'tokens':^11}"
        "  worst  kinds  doubtful"
    )
    for name, change in ROWS.items():
        print(row(name, change, base, field, seeds), flush=True)
    print()


def cost(name: str, base: list[Utterance], theirs: list[Utterance]) -> None:
    """Time and the peak of what Python allocates, in two runs: tracing slows the first down."""
    begun = time.perf_counter()
    groups = align(base, theirs)
    spent = time.perf_counter() - begun
    tracemalloc.start()
    align(base, theirs)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(f"  {name:<52} {spent:6.2f} s {peak:6.0f} MB   {len(groups):,} groups", flush=True)


def load(data: bytes) -> list[Utterance]:
    return [Utterance.of(turn) for turn in markdown.read(data).turns()]


def only_text(turns: Iterable[Utterance]) -> list[Utterance]:
    return [replace(turn, original="") for turn in turns]


def costs(real: list[Utterance]) -> None:
    """Documents of usual size, of 2,000 turns, and some made to be slow."""
    print("What it costs: the plan of 2,000 turns at most 2 s and 150 MB")
    draw = random.Random(5)

    def again(turns: list[Utterance], wrong: float = 0.15) -> list[Utterance]:
        return utterances(anew(wrong)(said(turns, "original"), draw), "original")

    many = (real * 11)[:2000]
    vocabulary = [word for turn in real for word in turn.original.split()]
    drawn = [
        Utterance(speaker=turn.speaker, original=" ".join(draw.choices(vocabulary, k=36)))
        for turn in many
    ]
    cost("the document, 15% wrong", real, again(real))
    cost("2,000 turns, equal", many, many)
    cost("2,000 turns, 15% wrong", many, again(many))
    cost("2,000 turns of drawn words, 15% wrong", drawn, again(drawn))
    cost("2,000 turns, nothing in common", drawn, again(drawn, 1.0))
    cost("2,000 turns of drawn words, reversed, 15% wrong", drawn, again(drawn)[::-1])

    print("Made to be slow")
    yeah = [Utterance(speaker="AB"[n % 2], original="Yeah.") for n in range(20_000)]
    cost('20,000 turns "Yeah.", one fewer', yeah, yeah[1:-1])
    cost('20,000 turns "Yeah.", the speakers swapped', yeah, [yeah[1], *yeah])
    thanks = [Utterance(speaker="Ann", original="Thank you all very much.")] * 20_000
    cost("20,000 equal turns of five words, a third of them", thanks, thanks[: 20_000 // 3])
    two = [" ".join(draw.choices("ab", k=200_000)) for _ in range(2)]
    one, other = [[Utterance(original=text)] for text in two]
    cost("one turn of 400,000 characters, two words", one, other)
    han = "".join(chr(0x4E00 + draw.randrange(3000)) for _ in range(400_000))
    pieces = [Utterance(text=han[n : n + 200]) for n in range(0, len(han), 200)]
    later = [Utterance(text=han[n : n + 200]) for n in range(100, len(han), 200)]
    cost("400,000 Han characters, all cuts 100 further on", pieces, later)
    cost("400,000 Han characters, the turns reversed", pieces, pieces[::-1])
    cost("400,000 Han characters, one turn, reversed", one_turn(han), one_turn(han[::-1]))
    print()


def one_turn(text: str) -> list[Utterance]:
    return [Utterance(text=text)]


def thresholds(base: list[Utterance]) -> None:
    """Each threshold by itself, up and down: mean precision and recall over four rows.

    *By chance*: turns that are linked between the halves of the document, which have none in common.
    """
    print("Thresholds, one at a time: precision, recall, doubtful groups, turns linked by chance")
    middle = len(base) // 2
    cases = []
    for name in list(ROWS)[:4]:
        for seed in range(3):
            start = said(base, "original")
            changed = ROWS[name](start, random.Random(seed))
            mine, theirs = utterances(start, "original"), utterances(changed, "original")
            cases.append((mine, theirs, truth(start, changed)))
    for field, values in {
        "link": (0.15, 0.2, 0.3, 0.4, 0.5),
        "solid": (0.0, 0.1, 0.2, 0.3),
        "near": (0.3, 0.5, 0.7, 0.9),
        "clear": (0.5, 0.6, 0.7),
        "settled": (0.3, 0.5, 0.7),
        "moved": (0.6, 0.7, 0.75, 0.8, 0.9),
        "short": (2, 3, 4, 5, 6),
    }.items():
        for value in values:
            at = replace(THRESHOLDS, **{field: value})
            halves = align(base[:middle], base[middle:], at)
            chance = sum(len(group.base) for group in halves if group.links)
            figures, doubtful = [], []
            for mine, theirs, true in cases:
                groups = align(mine, theirs, at)
                figures.append(rates({pair for group in groups for pair in group.links}, true))
                doubtful.append(sum(group.doubtful for group in groups) / len(groups))
            precision = statistics.mean(p for p, _r in figures)
            recall = statistics.mean(r for _p, r in figures)
            chosen = "  <-" if getattr(THRESHOLDS, field) == value else ""
            print(
                f"  {field:<8} {value:<5} {precision:.4f} {recall:.4f} "
                f"{statistics.mean(doubtful):.4f} {chance:3}{chosen}",
                flush=True,
            )
    print()


def main(arguments: list[str] | None = None) -> None:
    """Print every table; ``arguments`` may name a real document to measure with as well."""
    given = sys.argv[1:] if arguments is None else arguments
    made = load(document(1).encode())
    documents = {"generated": made}
    for path in given:
        documents = {"the document given": load(Path(path).read_bytes())} | documents
    for name, base in documents.items():
        table(f"{name}, by the original", base, "original")
        table(f"{name}, translation only", only_text(base), "text")
    measured = next(iter(documents.values()))
    thresholds(measured)
    costs(measured)


if __name__ == "__main__":
    main()
