"""``python -m bench.merging [FILE]``: what planning and applying a re-import cost.

A transcript is made of the document (by default one of our own), as long as asked for, with both
languages; an editor has corrected a tenth of the turns; then the source is transcribed anew, with
15 % of the English words wrong, cut anew, or only spaced otherwise. Planned, packed and applied in
memory, without a database.
"""

from __future__ import annotations

import itertools
import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench.documents import document
from bench.simulation import Change, anew, recut, said
from episodes.transcripts import markdown, planning
from episodes.transcripts.alignment import Utterance
from episodes.transcripts.applying import apply
from episodes.transcripts.document import Turn
from episodes.transcripts.plans import pack
from episodes.transcripts.working import SourceText, Spoken, Working

LIFTED = planning.Hold(0.0, 1.1, 1.1)


def text_of(turns: list[Turn]) -> SourceText:
    return SourceText(tuple(Spoken(turn, turn.label) for turn in turns))


def heard(turns: list[Turn], change: Change, draw: random.Random) -> list[Turn]:
    """The turns with their originals transcribed anew; the translation goes with most of the words."""
    made = change(said([Utterance.of(turn) for turn in turns], "original"), draw)
    new = []
    taken: set[int] = set()
    for each in made:
        of = {word.base for word in each.words} or {each.origin}
        mine = sorted(number for number in of if 0 <= number < len(turns) and number not in taken)
        taken.update(mine)
        text = "".join(turns[number].text for number in mine)
        original = " ".join(word.text for word in each.words)
        new.append(Turn(each.kind, each.speaker, text, original))
    return new


def spaced(turns: list[Turn], _draw: random.Random) -> list[Turn]:
    return [replace(turn, text=turn.text.replace("，", "， ")) for turn in turns]


def edited(working: Working, draw: random.Random) -> Working:
    elements = tuple(
        replace(each, value=replace(each.value, text=f"{each.value.text}编辑补的一句。"))
        if draw.random() < 0.1
        else each
        for each in working.turns()
    )
    return replace(working, elements=elements)


def measure(name: str, turns: list[Turn], theirs: list[Turn]) -> None:
    """Time, and in a run of its own the peak of what Python allocates."""
    numbers = itertools.count()

    def draw() -> str:
        return f"t{next(numbers):08d}"

    base = text_of(turns)
    first = planning.plan(SourceText(), Working(), base, draw=draw, hold=LIFTED)
    ours = edited(apply(Working(), first), random.Random(3))
    new = text_of(theirs)
    begun = time.perf_counter()
    made = planning.plan(base, ours, new, draw=draw, hold=LIFTED)
    planned = time.perf_counter()
    packed = pack(made)
    stored = time.perf_counter()
    apply(ours, made)
    applied = time.perf_counter()
    tracemalloc.start()
    planning.plan(base, ours, new, draw=draw, hold=LIFTED)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    clashes = sum(1 for _clash in made.clashes())
    print(
        f"  {name:<44} plan {planned - begun:5.2f} s {peak:4.0f} MB   pack {stored - planned:5.2f} s"
        f" {len(packed) / 1e3:5.0f} kB   apply {applied - stored:5.2f} s   {clashes} conflicts",
        flush=True,
    )


def main(arguments: list[str] | None = None) -> None:
    given = sys.argv[1:] if arguments is None else arguments
    data = Path(given[0]).read_bytes() if given else document(1).encode()
    real = list(markdown.read(data).turns())
    print("What a re-import costs, in memory; the plan of 2,000 turns at most 2 s and 150 MB")
    draw = random.Random(5)
    for count in (len(real), 2000):
        turns = list(itertools.islice(itertools.cycle(real), count))
        turns = [replace(turn, text=f"{turn.text}（{n}）") for n, turn in enumerate(turns)]
        changes: dict[str, Callable[[], list[Turn]]] = {
            "another spacing": lambda turns=turns: spaced(turns, draw),
            "transcribed anew, 15 % wrong": lambda turns=turns: heard(turns, anew(0.15), draw),
            "all cuts anew": lambda turns=turns: heard(turns, recut, draw),
            "nothing": lambda turns=turns: turns,
        }
        for name, change in changes.items():
            measure(f"{count:,} turns, {name}", turns, change())


if __name__ == "__main__":
    main()
