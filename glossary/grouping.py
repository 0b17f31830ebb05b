"""From evidence to what an entry says. Pure: values in, values out, whatever the order.

Notes on one term (:func:`key_of`) are counted: the value most notes give wins, of those with as many
the longest, then the first in code points. So the same notes give the same entry in any order. What
lost is a disagreement (:func:`disagreements`), for an editor to look at.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from episodes import slugs
from episodes.transcripts.annotations import term_key
from glossary.folding import simplified

__all__ = [
    "Evidence",
    "Values",
    "disagreements",
    "key_of",
    "names_of",
    "plan_slugs",
    "said_in",
    "same_saying",
    "slug_base",
    "values_of",
]

KEY_LENGTH = 250
NAME_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one inline note says about one head; plain text."""

    head: str
    foreign: str = ""
    abbreviation: str = ""
    expansion: str = ""
    definition: str = ""
    renderings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Values:
    """What an entry says. ``aliases`` are other spellings than ``term``, in code point order."""

    term: str
    foreign_term: str = ""
    abbreviation: str = ""
    expansion: str = ""
    definition: str = ""
    aliases: tuple[str, ...] = ()


def key_of(head: str) -> str:
    """Return the key under which a head's notes are collected; "" for a head of signs alone.

    ``annotations.term_key`` with traditional characters folded: 數據湖 and 数据湖 are one term.
    """
    return simplified(term_key(head))[:KEY_LENGTH]


def values_of(evidence: Mapping[Evidence, int]) -> Values:
    """Return what an entry made of these notes (at least one), each so many times, says.

    The term is the spelling most notes use, of those with as many a simplified one. The expansion is
    taken from notes that give the chosen abbreviation, so that no name is spelt out by another's.
    """
    term = _chosen(
        ((note.head, uses) for note, uses in evidence.items()),
        last=lambda head: simplified(head) != head,
    )
    abbreviation = _chosen((note.abbreviation, uses) for note, uses in evidence.items())
    own = [pair for pair in evidence.items() if pair[0].abbreviation in ("", abbreviation)]
    spellings = {note.head for note in evidence} | {
        name for note in evidence for name in note.renderings
    }
    foreign = _chosen((note.foreign, uses) for note, uses in evidence.items())
    return Values(
        term=term[:NAME_LENGTH],
        foreign_term=foreign[:NAME_LENGTH],
        abbreviation=abbreviation[:NAME_LENGTH],
        expansion=_chosen((note.expansion, uses) for note, uses in own)[:NAME_LENGTH],
        definition=_chosen((note.definition, uses) for note, uses in evidence.items()),
        aliases=tuple(sorted(_one_line(name) for name in spellings - {term, ""})),
    )


def names_of(values: Values) -> tuple[str, ...]:
    """Return every name that values give, the term first; no empty ones."""
    names = (values.term, values.foreign_term, values.abbreviation, values.expansion)
    return tuple(name for name in (*names, *values.aliases) if name)


def said_in(note: Evidence) -> Iterator[tuple[str, str]]:
    """Yield what a note says as (field of an entry, value), but for the term itself.

    A foreign head that repeats itself as the foreign term or the abbreviation says nothing.
    """
    for field, name in (
        ("foreign_term", note.foreign),
        ("abbreviation", note.abbreviation),
        ("expansion", note.expansion),
    ):
        if name and name != note.head:
            yield field, _one_line(name)[:NAME_LENGTH]
    for name in (note.head, *note.renderings):
        if name:
            yield "aliases", _one_line(name)[:NAME_LENGTH]
    if note.definition:
        yield "definition", note.definition


def same_saying(field: str, value: str) -> str:
    """Return what is equal for two values of a field that differ in nothing worth a question.

    White space, case, width and a full stop at the end make no difference; in a definition
    traditional characters neither, in names what :func:`key_of` folds, but for aliases: they are
    spellings.
    """
    if field == "definition":
        return simplified(_plain(value))
    return _plain(value) if field == "aliases" else key_of(value) or _plain(value)


def disagreements(
    known: Values, forbidden: Sequence[str], evidence: Mapping[Evidence, int]
) -> Counter[tuple[str, str]]:
    """Return what notes say otherwise than an entry, as (field, value), and how many notes do.

    Of values that say the same (:func:`same_saying`) the one most notes use stands for all. A name
    that the entry gives anywhere, or forbids, is no disagreement; nor is a definition that is a
    part of the entry's.
    """
    names = (*names_of(known), *forbidden)
    known_as = {
        field: {same_saying(field, name) for name in names}
        for field in ("foreign_term", "abbreviation", "expansion", "aliases")
    }
    definition = same_saying("definition", known.definition)
    spelt: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for note, uses in evidence.items():
        said = {(field, same_saying(field, value)): value for field, value in said_in(note)}
        for (field, same), value in said.items():
            if not (same in definition if field == "definition" else same in known_as[field]):
                spelt[field, same][value] += uses
    found: Counter[tuple[str, str]] = Counter()
    for (field, _same), spellings in spelt.items():
        found[field, _chosen(spellings.items())] = spellings.total()
    return found


def slug_base(values: Values) -> str:
    """Return the slug that an entry should have: the foreign name, or pinyin."""
    name = values.foreign_term or values.expansion or values.abbreviation or values.term
    return slugs.from_text(name, "term")


def plan_slugs(bases: Iterable[tuple[str, str]], taken: Iterable[str]) -> dict[str, str]:
    """Return a slug for each (key, base), none of those ``taken``, in the order of the keys.

    Those who share a base get ``-2``, ``-3`` … by their key, whoever came first.
    """
    used = set(taken)
    planned: dict[str, str] = {}
    for key, base in sorted(bases):
        planned[key] = slugs.unique(base, used.__contains__)
        used.add(planned[key])
    return planned


def _chosen(
    values: Iterable[tuple[str, int]], last: Callable[[str], bool] = lambda _value: False
) -> str:
    """Return the value that most give; of as many the longest, then the first in code points.

    Of as many those of which ``last`` is true come after all others.
    """
    counted: Counter[str] = Counter()
    for value, uses in values:
        if value:
            counted[value] += uses
    if not counted:
        return ""
    return min(counted, key=lambda value: (-counted[value], last(value), -len(value), value))


def _one_line(name: str) -> str:
    return " ".join(name.split())


_SPACE = re.compile(r"\s+")


def _plain(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", text).casefold()).rstrip(".。")
