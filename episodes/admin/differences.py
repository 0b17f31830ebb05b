"""What changed between two texts, by the character, for people to look at."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Indel

__all__ = ["LIMIT", "Piece", "compare"]

LIMIT = 20_000
"""Longer texts are shown whole, old and new: the comparison's cost grows with their product."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that both texts hold (``same``), only the old (``del``) or new (``ins``)."""

    tag: str
    text: str


def compare(old: str, new: str) -> list[Piece]:
    """Return the pieces that make ``old`` (without ``ins``) and ``new`` (without ``del``)."""
    if old == new:
        return [Piece("same", new)] if new else []
    if len(old) > LIMIT or len(new) > LIMIT:
        return [piece for piece in (Piece("del", old), Piece("ins", new)) if piece.text]
    pieces: list[Piece] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            pieces.append(Piece("same", old[step.src_start : step.src_end]))
        elif step.tag == "delete":
            pieces.append(Piece("del", old[step.src_start : step.src_end]))
        else:
            pieces.append(Piece("ins", new[step.dest_start : step.dest_end]))
    return _calm(pieces)


def _calm(pieces: list[Piece]) -> list[Piece]:
    """Swallow a single common character between changes, so that words stay readable."""
    runs: list[tuple[str, str]] = []  # (old, new) of a change, or (text, text) of what is common
    for piece in pieces:
        old, new = (
            (piece.text, piece.text)
            if piece.tag == "same"
            else (piece.text, "")
            if piece.tag == "del"
            else ("", piece.text)
        )
        if runs and piece.tag != "same" and runs[-1][0] != runs[-1][1]:
            runs[-1] = (runs[-1][0] + old, runs[-1][1] + new)
        else:
            runs.append((old, new))
    calm: list[tuple[str, str]] = []
    for position, (old, new) in enumerate(runs):
        common = old == new
        between = 0 < position < len(runs) - 1
        joins = calm and calm[-1][0] != calm[-1][1] and (not common or (between and len(old) < 2))
        if joins:
            calm[-1] = (calm[-1][0] + old, calm[-1][1] + new)
        else:
            calm.append((old, new))
    found = []
    for old, new in calm:
        if old == new:
            found.append(Piece("same", old))
        else:
            found += [piece for piece in (Piece("del", old), Piece("ins", new)) if piece.text]
    return found
