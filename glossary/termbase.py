"""The approved terms as checks look for them: all at once, whatever their number. Pure, no Django.

Names in Latin letters are looked for in originals, those in Chinese and the forbidden renderings in
translations, by two automata (``matching``) that are made once. A spelling may be several terms'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from episodes.transcripts.characters import has_han
from glossary.matching import Form, Matcher, folded

__all__ = ["Forbidden", "Mentioned", "Term", "TermBase"]


@dataclass(frozen=True, slots=True)
class Term:
    """An approved entry. ``keys`` are those of notes on it (``grouping.key_of``)."""

    key: int
    term: str
    others: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    definition: str = ""
    keys: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the term first."""
        return (self.term, *self.others)

    @property
    def renderings(self) -> tuple[str, ...]:
        """The names in Chinese."""
        return tuple(name for name in self.names if has_han(name))

    @property
    def foreign(self) -> tuple[str, ...]:
        """The names without Chinese characters."""
        return tuple(name for name in self.names if not has_han(name))


@dataclass(frozen=True, slots=True)
class Mentioned:
    """``text[start:end]`` is a foreign name of these terms."""

    start: int
    end: int
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Forbidden:
    """``text[start:end]`` is a rendering that ``terms`` forbid; ``approved``: whose name it is."""

    start: int
    end: int
    terms: tuple[Term, ...]
    approved: tuple[Term, ...]


class TermBase:
    """The approved terms, made ready. Not changed once it is made."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = {term.key: term for term in terms}
        self.by_key: dict[str, Term] = {}
        """Whose notes are collected under a key."""
        abroad: dict[str, list[Term]] = {}
        named: dict[str, list[Term]] = {}
        forbidden: dict[str, list[Term]] = {}
        for term in self.terms.values():
            for key in term.keys:
                self.by_key.setdefault(key, term)
            for name in term.foreign:
                for form in _forms(name):
                    _append(abroad, form, term)
            for name in term.names:
                _append(named, name, term)
            for word in term.forbidden:
                _append(forbidden, word, term)
        self._abroad = list(abroad.values())
        self._foreign = _matcher(abroad)
        words = {word: word for word in [*forbidden, *named]} if forbidden else {}
        self._said = [
            (tuple(forbidden.get(word, ())), tuple(named.get(word, ()))) for word in words
        ]
        self._rendered = _matcher(words)

    def mentioned(self, text: str) -> list[Mentioned]:
        """Return where a text uses foreign names of terms, in order."""
        return [
            Mentioned(found.start, found.end, tuple(self._abroad[found.entry]))
            for found in self._foreign.find(text)
        ]

    def forbidden(self, text: str) -> list[Forbidden]:
        """Return where a text uses forbidden renderings, in order; not as parts of longer names."""
        return [
            Forbidden(found.start, found.end, *self._said[found.entry])
            for found in self._rendered.find(text)
            if self._said[found.entry][0]
        ]

    def has_name(self, text: str, terms: Iterable[Term]) -> bool:
        """Whether a translation says one of these terms, in Chinese or as the original does."""
        low = folded(text)
        if any(folded(name) in low for term in terms for name in term.renderings):
            return True
        wanted = {term.key for term in terms}
        return any(wanted & {term.key for term in found.terms} for found in self.mentioned(text))


def _forms(name: str) -> Iterable[str]:
    """Return a name, and its plural where it is a word in small letters: ``data centers``."""
    yield name
    if len(name) > 3 and name[-3:].isalpha() and name[-2:].islower():
        if name.endswith("y") and name[-2] not in "aeiou":
            yield f"{name[:-1]}ies"
        elif name.endswith(("s", "x", "ch", "sh")):
            yield f"{name}es"
        else:
            yield f"{name}s"


def _append(table: dict[str, list[Term]], word: str, term: Term) -> None:
    key = folded(" ".join(word.split())) if not _is_abbreviation(word) else word
    same = table.setdefault(key, [])
    if term not in same:
        same.append(term)


def _is_abbreviation(word: str) -> bool:
    return word.isascii() and word.isupper()


def _matcher(words: Mapping[str, object]) -> Matcher:
    """Return what finds these words, each by its place."""
    return Matcher(Form(word, number, (number,)) for number, word in enumerate(words))
