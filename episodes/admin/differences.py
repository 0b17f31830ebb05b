"""What changed between two texts, by the character, for people to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from rapidfuzz.distance import Indel

__all__ = ["LIMIT", "Piece", "as_html", "compare", "difference", "replaced", "shorten", "spread"]

LIMIT = 20_000
"""Longer texts are shown whole, old and new: the comparison's cost grows with their product."""

NEAR = 70
"""So many characters of what did not change are shown on each side of what did."""


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


# --- As HTML ------------------------------------------------------------------------------------


def difference(old: str, new: str) -> SafeString:
    """Return what changed, ready to be shown: marked, with words for those who listen."""
    return as_html(shorten(compare(old, new)))


def replaced(old: str, new: str) -> SafeString:
    """Return a value that is whole (a name, a date): the old one, then the new one."""
    if old == new:
        return escape(new)
    return as_html(piece for piece in (Piece("del", old), Piece("ins", new)) if piece.text)


def as_html(pieces: Iterable[Piece]) -> SafeString:
    """Return pieces as ``<del>`` and ``<ins>``; what they are is said in words besides."""
    said = '<{}><span class="visually-hidden">{} </span>'
    nothing = escape("")
    marks = {
        "same": (nothing, nothing),
        "del": (format_html(said, "del", _("taken out:")), format_html("</{}>", "del")),
        "ins": (format_html(said, "ins", _("put in:")), format_html("</{}>", "ins")),
    }
    html = nothing
    for piece in pieces:  # safe strings added up: format_html for each takes three times as long
        before, after = marks[piece.tag]
        html += before + escape(piece.text) + after
    return html


def shorten(pieces: Sequence[Piece]) -> list[Piece]:
    """Cut out of the stretches that did not change what is far from any that did."""
    if not any(piece.tag != "same" for piece in pieces):
        return list(pieces)
    short = []
    for number, piece in enumerate(pieces):
        text = piece.text
        if piece.tag == "same" and len(text) > 2 * NEAR + 20:
            before = text[:NEAR] if number else ""
            after = text[-NEAR:] if number < len(pieces) - 1 else ""
            text = f"{before} … {after}"
            text = text.lstrip() if not before else text.rstrip() if not after else text
        short.append(Piece(piece.tag, text))
    return short


def spread(pieces: Iterable[Piece], lengths: Sequence[int], side: str) -> list[list[Piece]]:
    """Return what one side (``del``: the old one, ``ins``: the new one) has of the pieces, cut into
    texts of these lengths: a difference of texts that were compared as one."""
    texts: list[list[Piece]] = [[] for _length in lengths]
    at = 0
    left = lengths[0] if lengths else 0
    for piece in pieces:
        rest = piece.text if piece.tag in ("same", side) else ""
        while rest:
            while not left and at + 1 < len(lengths):
                at += 1
                left = lengths[at]
            part = rest[:left] if at + 1 < len(lengths) else rest
            texts[at].append(Piece(piece.tag, part))
            rest, left = rest[len(part) :], left - len(part)
    return texts
