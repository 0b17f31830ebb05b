"""Names of which the other language gives the right form, and names with other spaces or hyphens.

Where one language has a known name or term and the other lacks it, a word there that is nearly so is
believed even if it is written small or begins a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from episodes.checks.nameindex import TERM, Known, NameIndex, Word, key_of, words
from episodes.checks.nearness import are_forms, by_ear, distance
from episodes.transcripts.characters import has_han

__all__ = ["Place", "across", "spaced"]

Place = tuple[int, int, str]
"""The first and the last word of what is nearly a name, and the name."""

SHORTEST = 5
_SOUND_ALIKE = ("ckq", "csz", "fp", "gj", "eiy", "vwb", "aeio")
_BEGIN = {
    letter: frozenset(letter).union(*(group for group in _SOUND_ALIKE if letter in group))
    for letter in "abcdefghijklmnopqrstuvwxyz"
}
_SIGNS = re.compile(r"[^\w\s-]+")
_SPACE = re.compile(r"\s+")


class Said(Protocol):
    """The words of a text, as ``namefinder.Field`` has them."""

    text: str
    words: tuple[Word, ...]
    uncased: bool

    @property
    def keys(self) -> set[str]: ...

    @property
    def begun(self) -> dict[str, list[int]]: ...

    def capital(self, place: int) -> bool: ...

    def in_sentence(self, place: int) -> bool: ...

    def joined(self, place: int) -> bool: ...


def across(index: NameIndex, field: Said, other: Said) -> Iterator[Place]:
    """Yield what is nearly a name or a term that the other side has, and this side has not."""
    for mention in index.mentions(other.text):
        for known in mention.known[:3]:
            rights = {key_of(each): each for each in index.spellings(known) if not has_han(each)}
            if not rights or any(key in field.keys for key in rights):
                continue
            if known.kind == "person" and any(
                word.key in field.keys for each in rights.values() for word in words(each)
            ):
                continue
            for right, spelling in rights.items():
                if len(right) >= SHORTEST and right[0] in _BEGIN:
                    yield from _nearly(index, field, known, right, spelling)


def _nearly(
    index: NameIndex, field: Said, known: Known, right: str, spelling: str
) -> Iterator[Place]:
    parts = [word.key for word in words(spelling)]
    firsts = sorted(place for letter in _BEGIN[right[0]] for place in field.begun.get(letter, ()))
    for first in firsts:
        if known.kind != TERM and not (field.capital(first) or field.uncased):
            continue
        key = ""
        for last in range(first, min(first + len(parts) + 1, len(field.words))):
            if last > first and not field.joined(last):
                break
            key += field.words[last].key
            if len(key) > len(right) + 2:
                break
            if len(key) < len(right) - 2 or not _is_near(key, right, known.kind == TERM):
                continue
            said = field.words[first : last + 1]
            if not _is_form(said, parts) and not index.known_as(key):
                yield first, last, spelling


def _is_near(key: str, right: str, term: bool) -> bool:
    """One letter, or two of ten, or the same sound; no form of one word."""
    if key == right or are_forms(key, right):
        return False
    most = 1 if len(right) < 10 else 2
    if distance(key, right, most) <= most:
        return key[0] == right[0] or len(right) > SHORTEST
    return by_ear(key, right) and not term


def _is_form(said: Sequence[Word], parts: Sequence[str]) -> bool:
    """Whether word by word nothing but forms differ."""
    return len(said) == len(parts) > 1 and all(
        word.key == part or are_forms(word.key, part)
        for word, part in zip(said, parts, strict=True)
    )


def spaced(index: NameIndex, field: Said) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and name where a known name has other spaces or hyphens than its spellings.

    Terms may be written either way (``data center``), and so may what begins with initials, holds
    digits, or is known by its slug only.
    """
    for mention in index.mentions(field.text):
        start, end = mention.start, mention.end
        said = field.text[start:end]
        if end - start < SHORTEST or not said[0].isupper() or not said[0].isascii():
            continue
        names = [
            each for known in mention.known for each in (known.spelling, *index.spellings(known))
        ]
        if said in names or any(known.kind == TERM for known in mention.known):
            continue
        alike = [each for each in names if key_of(each) == key_of(said)]
        shape = _shape(said)
        if not alike or any(each.islower() or _shape(each) == shape for each in alike):
            continue
        if any(char.isdigit() for char in said) or field.text[end : end + 1] == "-":
            continue
        if not _has_initials(said) and not _has_initials(alike[0]):
            yield start, end, alike[0]


def _shape(name: str) -> str:
    return _SPACE.sub(" ", _SIGNS.sub("", name)).casefold()


def _has_initials(name: str) -> bool:
    """Whether a name begins like ``JP Morgan``."""
    first = re.split("[ -]", name, maxsplit=1)[0]
    return len(first) < 3 and first.isupper()
