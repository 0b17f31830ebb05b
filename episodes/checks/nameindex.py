"""The names and terms there are, made ready for being looked for in texts: as they are spelt, nearly
so, and as they sound. Built once and kept; an episode asks it a few thousand times.

Latin spellings are compared by a key without case, spaces and signs (``Open AI`` is ``OpenAI``). What
is nearly spelt so is found through the keys of about its length that begin or end alike: one letter
too many, too few, another, or two exchanged cannot change both ends. Chinese is compared by the
syllables of its characters (阿洛维 sounds like 阿洛韦), all spellings at once (Aho and Corasick).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import ahocorasick
from pypinyin.constants import PINYIN_DICT
from rapidfuzz.distance import OSA

from episodes.checks.subject import Name
from episodes.transcripts.characters import HAN, has_han

__all__ = [
    "KIND_OF_WORK",
    "TERM",
    "Known",
    "Mention",
    "NameIndex",
    "Word",
    "key_of",
    "sounds",
    "words",
]

TERM = "term"
KIND_OF_WORK = re.compile(r" (?:podcast|show|newsletter|magazine)$", re.IGNORECASE)
LONGEST = 5
"""So many words make the longest Latin name that is looked for."""

NEAR_FROM = 6
SOUND_FROM = 4

_LETTER = "A-Za-z\u00c0-\u024f"
_WORD = re.compile(rf"[{_LETTER}0-9]+(?:[.&'’](?=[{_LETTER}0-9])[{_LETTER}0-9]+){{0,6}}")
_POSSESSIVE = re.compile(r"['’]s\Z")
_SIGNS = {ord(sign): None for sign in " \t\n\u3000-_.·•・‧’'&"}
_ACCENT = re.compile("[\u0300-\u036f]")
_DOTS = {ord(dot): "·" for dot in "•・‧⋅"}
_APART = re.compile(r"[ \n·•・‧-]{0,2}")
_AFTER_INITIAL = re.compile(r"\.? ?")
_HAN = re.compile(f"[{HAN}]")
_SYLLABLES_FROM = 0xE000  # in the private area, where no text has its own


@dataclass(frozen=True, slots=True)
class Known:
    """What a spelling stands for: ``kind`` as in :class:`Name`, or ``term``."""

    kind: str
    key: int
    spelling: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A place of a text that is spelt like something known; several where these share a name."""

    start: int
    end: int
    known: tuple[Known, ...]


class Word(NamedTuple):
    """A Latin word of a text, without a possessive ``'s``."""

    start: int
    end: int
    text: str
    key: str


def key_of(text: str) -> str:
    """One key for the spellings of a name: width, case, accents, spaces and signs are nothing."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text))
        text = unicodedata.normalize("NFC", _ACCENT.sub("", text))
    return text.casefold().translate(_SIGNS)


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[Word, ...]:
    """The Latin words of a text, in order."""
    found = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        said = match[0]
        if said[-2:-1] in "'’" and (cut := _POSSESSIVE.search(said)):
            said = said[: cut.start()]
            end = start + len(said)
        key = said.lower() if said.isascii() and said.isalnum() else key_of(said)
        found.append(Word(start, end, said, key))
    return tuple(found)


def together(text: str, first: Word, second: Word) -> bool:
    """Whether nothing but a space, a dot or a hyphen stands between two words."""
    apart = text[first.end : second.start]
    if apart == " " or not apart:
        return True
    between = _AFTER_INITIAL if first.end - first.start == 1 else _APART
    return between.fullmatch(apart) is not None


@cache
def _syllables() -> dict[int, int]:
    """By character the character that stands for its first reading without tone."""
    codes: dict[str, int] = {}
    table = {}
    for char, readings in PINYIN_DICT.items():
        if not 0x4E00 <= char <= 0x9FFF:
            continue
        reading = unicodedata.normalize("NFD", readings.split(",", 1)[0])
        syllable = "".join(c for c in reading if c.isalpha())
        table[char] = codes.setdefault(syllable, _SYLLABLES_FROM + len(codes))
    return table


def sounds(text: str) -> str:
    """A text with a sign for the syllable in the place of each Han character; as long as the text."""
    return text.translate(_DOTS).translate(_syllables())


class NameIndex:
    """Names, and terms as (key, spellings); see the module. Not changed once it is made."""

    def __init__(
        self, names: Iterable[Name], terms: Iterable[tuple[int, Sequence[str]]] = ()
    ) -> None:
        self._names = {(name.kind, name.key): name for name in names}
        self._terms: dict[int, tuple[str, ...]] = {}
        self._spelt: dict[str, list[Known]] = {}
        self._heads: set[str] = set()
        self._near: dict[tuple[int, str], list[str]] = {}
        self._forms: dict[str, Known] = {}
        spoken = ahocorasick.Automaton()
        written = ahocorasick.Automaton()
        heard: dict[str, list[Known]] = {}
        for name in self._names.values():
            for spelling in name.spellings:
                self._add(Known(name.kind, name.key, spelling), heard)
                bare = KIND_OF_WORK.sub("", spelling) if name.kind == "work" else spelling
                if bare != spelling and " " in bare:
                    self._add(Known(name.kind, name.key, bare), heard)
        for key, spellings in terms:
            self._terms[key] = tuple(filter(None, spellings))
            for spelling in spellings:
                if spelling:
                    self._add(Known(TERM, key, spelling), heard)
        for spelt, same in self._spelt.items():
            if has_han(spelt):
                for form in {spelt, *(one.spelling.lower().translate(_DOTS) for one in same)}:
                    written.add_word(form, (len(form), spelt))
        for sound, alike in heard.items():
            spoken.add_word(sound, (len(sound), tuple(alike)))
        self._written = written if len(written) else None
        self._spoken = spoken if len(spoken) else None
        if self._written:
            self._written.make_automaton()
        if self._spoken:
            self._spoken.make_automaton()
        self.mentions = lru_cache(maxsize=4096)(self._mentions)
        """Return where a text is spelt like something known, the longest first chosen."""

    def _add(self, known: Known, heard: dict[str, list[Known]]) -> None:
        key = key_of(known.spelling)
        if len(key) < 2:
            return
        same = self._spelt.setdefault(key, [])
        if all((one.kind, one.key) != (known.kind, known.key) for one in same):
            same.append(known)
        if _HAN.search(known.spelling):
            if len(known.spelling) >= SOUND_FROM and len(_HAN.findall(known.spelling)) >= 3:
                heard.setdefault(sounds(known.spelling), []).append(known)
            return
        self._heads.add(key[:3])
        parts = words(known.spelling)
        whole = known.kind != "person" or len(parts) > 1
        if whole and NEAR_FROM <= len(key) <= 40 and key not in self._forms:
            self._forms[key] = known
            for end in _ends(key, len(key)):
                self._near.setdefault((len(key), end), []).append(key)

    def name(self, kind: str, key: int) -> Name | None:
        """Return a name by its kind and key."""
        return self._names.get((kind, key))

    def spellings(self, known: Known) -> tuple[str, ...]:
        """Return all spellings of what is known, whichever of them was found."""
        if known.kind == TERM:
            return self._terms.get(known.key, ())
        name = self._names.get((known.kind, known.key))
        return name.spellings if name else ()

    def known_as(self, spelling: str) -> tuple[Known, ...]:
        """Return what is spelt so, whatever its case and spaces."""
        return tuple(self._spelt.get(key_of(spelling), ()))

    def near(self, key: str) -> list[Known]:
        """Return what is spelt with one letter more, less or other, or two exchanged, than a key.

        Of six letters on; a person only by the whole name.
        """
        if len(key) < NEAR_FROM - 1 or key in self._spelt:
            return []
        near = self._near
        found = dict.fromkeys(
            form
            for size in (len(key) - 1, len(key), len(key) + 1)
            for end in _ends(key, size)
            for form in near.get((size, end), ())
        )
        return [self._forms[form] for form in found if OSA.distance(form, key, score_cutoff=1) == 1]

    def sounding(self, text: str) -> Iterator[tuple[int, int, Known]]:
        """Yield where a text sounds like something known in Chinese and is written otherwise."""
        if self._spoken is None:
            return
        for last, (length, same) in self._spoken.iter(sounds(text)):
            start, end = last + 1 - length, last + 1
            said = text[start:end]
            key = key_of(said)
            if key in self._spelt or any(key_of(known.spelling) == key for known in same):
                continue
            yield start, end, same[0]

    def _mentions(self, text: str) -> tuple[Mention, ...]:
        found = [*self._latin(text), *self._han(text)]
        if len(found) < 2:
            return tuple(found)
        found.sort(key=lambda one: (one.start - one.end, one.start))
        taken = bytearray(len(text))
        chosen = []
        for one in found:
            if not any(taken[one.start : one.end]):
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
                chosen.append(one)
        chosen.sort(key=lambda one: one.start)
        return tuple(chosen)

    def _latin(self, text: str) -> Iterator[Mention]:
        said = words(text)
        spelt, heads = self._spelt, self._heads
        for place, first in enumerate(said):
            if len(first.key) > 2 and first.key[:3] not in heads:
                continue
            key, last = first.key, first
            if len(key) > 1 and key in spelt:
                yield Mention(first.start, last.end, tuple(spelt[key]))
            for following in said[place + 1 : place + LONGEST]:
                if following.start - last.end > 2 or not together(text, last, following):
                    break
                key, last = key + following.key, following
                if key in spelt:
                    yield Mention(first.start, last.end, tuple(spelt[key]))

    def _han(self, text: str) -> Iterator[Mention]:
        if self._written is None or not has_han(text):
            return
        low = text.lower().translate(_DOTS)
        if len(low) != len(text):
            return
        for last, (length, key) in self._written.iter(low):
            yield Mention(last + 1 - length, last + 1, tuple(self._spelt[key]))


def _ends(key: str, size: int) -> tuple[str, str]:
    """How a key begins and ends, with a sign for which; as much of it as one slip in a key of this
    size cannot change at both ends."""
    half = max(1, size // 2 - 1)
    return f"{key[:half]}…", f"…{key[-half:]}"
