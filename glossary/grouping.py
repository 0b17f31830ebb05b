"""From evidence to what an entry says. Pure: values in, values out, whatever the order.

Notes on one term (:func:`key_of`) are counted: the value most notes give wins, of those with as many
the longest, then the first in code points. So the same notes give the same entry in any order.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from episodes import slugs
from episodes.transcripts.annotations import term_key

__all__ = [
    "Evidence",
    "Values",
    "disagreements",
    "key_of",
    "plan_slugs",
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
    """Return the key under which a head's notes are collected; "" for a head of signs alone."""
    return term_key(head)[:KEY_LENGTH]


def values_of(evidence: Mapping[Evidence, int]) -> Values:
    """Return what an entry made of these notes (at least one), each so many times, says.

    The expansion is taken from notes that give the chosen abbreviation, so that no name is spelt
    out by another's.
    """
    term = _chosen((note.head, uses) for note, uses in evidence.items())
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


def disagreements(
    known: Values, forbidden: Sequence[str], evidence: Mapping[Evidence, int]
) -> Counter[tuple[str, str]]:
    """Return what notes say otherwise than an entry, as (field, value), and how many notes do.

    White space, case, width and a full stop at the end make no difference. A name that the entry
    gives anywhere, or forbids, is no disagreement.
    """
    names = {
        _plain(name)
        for name in (
            known.term,
            known.foreign_term,
            known.abbreviation,
            known.expansion,
            *known.aliases,
            *forbidden,
        )
    }
    found: Counter[tuple[str, str]] = Counter()
    for note, uses in evidence.items():
        for field, name in (
            ("foreign_term", note.foreign),
            ("abbreviation", note.abbreviation),
            ("expansion", note.expansion),
            ("aliases", note.head),
            *(("aliases", name) for name in note.renderings),
        ):
            own = name == note.head and field != "aliases"  # a foreign head repeats itself
            if name and not own and _plain(name) not in names:
                found[field, _one_line(name)[:NAME_LENGTH]] += uses
        if note.definition and _plain(note.definition) != _plain(known.definition):
            found["definition", note.definition] += uses
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


def _chosen(values: Iterable[tuple[str, int]]) -> str:
    """Return the value that most give; of as many the longest, then the first in code points."""
    counted: Counter[str] = Counter()
    for value, uses in values:
        if value:
            counted[value] += uses
    if not counted:
        return ""
    return min(counted, key=lambda value: (-counted[value], -len(value), value))


def _one_line(name: str) -> str:
    return " ".join(name.split())


_SPACE = re.compile(r"\s+")


def _plain(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", text).casefold()).rstrip(".。")
