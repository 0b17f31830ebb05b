"""Names that are nearly those of somebody or something known.

The people, organisations, products, works and terms of the episode itself are looked for generously,
for captions write what they hear: beside an exact part of the name (``Tracy Aloway``), where the other
language has the name (``Gilan`` against Geelen), and alone where a slip is the best explanation. Of all
others only one letter may differ, of six or more, in a capitalised word that is nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from episodes.checks.chinesenames import KIND_OF_WORK, ChineseNames, Near
from episodes.checks.nameindex import Known, key_of, together, words
from episodes.checks.nearness import are_forms, by_ear, by_letters, distance
from episodes.checks.people import Cast, parts_of, untitled
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.annotations import scan
from episodes.transcripts.characters import has_han

__all__ = ["Field", "NameFinder", "Near", "blanked", "finder_of"]

_NO_TEXT = re.compile(
    r"(?:https?://|www\.)[^\s，。）]+|@\s?[\w.-]+|`[^`\n]*`|\b[\w-]{1,40}(?:\.[\w-]{1,40}){0,3}\.(?:com|org|net|io|gg|ai|co)\b[/\w.-]*",
    re.ASCII,
)
_BEGINS = re.compile(r"(?:^|[.?!。？！…:：\n>][\"”’』」)）]*)\s*[\"“‘「『(（*]*\Z")
_I = frozenset({"i", "im", "ill", "ive", "id"})
_GROUPS = ("person", "organisation", "product", "work")


@dataclass(frozen=True, slots=True)
class _Target:
    """A name that belongs to the episode."""

    spelling: str
    kind: str
    parts: tuple[str, ...]  # the keys of its words
    key: str
    also: tuple[str, ...] = ()  # the same in Chinese
    who: int = 0
    speaks: bool = False


def blanked(text: str) -> str:
    """The text with spaces where addresses, handles and code stand."""
    if "@" in text or "." in text or "`" in text:
        return _NO_TEXT.sub(lambda found: " " * len(found[0]), text)
    return text


class Field:
    """A text with its words, as they are looked at several times."""

    def __init__(self, text: str) -> None:
        self.text = blanked(text)
        self.words = words(self.text)
        self.chinese = has_han(text)
        self.uncased = not any(char.isupper() for char in text)

    @cached_property
    def keys(self) -> set[str]:
        """All words, and what two or three of them make together."""
        keys = {word.key for word in self.words}
        for size in (2, 3, 4):
            for place in range(len(self.words) - size + 1):
                keys.add("".join(word.key for word in self.words[place : place + size]))
        return keys

    def capital(self, place: int) -> bool:
        return self.words[place].text[:1].isupper()

    def in_sentence(self, place: int) -> bool:
        """Whether a word's capital is its own: no sentence begins with it."""
        if self.chinese:
            return True
        start = self.words[place].start
        return _BEGINS.search(self.text, max(0, start - 12), start) is None

    def joined(self, place: int) -> bool:
        """Whether a word stands right behind the one before."""
        return place > 0 and together(self.text, self.words[place - 1], self.words[place])

    def is_called(self, last: int) -> bool:
        """Whether a comma follows at the beginning of a sentence: ``Jamse, thanks``."""
        return self.text[self.words[last].end : self.words[last].end + 1] in (",", "，")

    def has_neighbour(self, first: int, last: int, small: set[str]) -> bool:
        """Whether capitalised words stand right before or behind, so that it is part of a name.

        What begins a sentence is no name if it is one of the words that are written ``small`` too.
        """
        before = first > 0 and self.joined(first) and self.capital(first - 1)
        behind = last + 1 < len(self.words) and self.joined(last + 1) and self.capital(last + 1)
        if before and self.words[first - 1].key in _I:
            before = False
        if before and not self.in_sentence(first - 1):
            before = self.words[first - 1].key not in small
        return before or behind


class NameFinder:
    """Looks through the texts of one episode."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.index = subject.register
        self.cast = Cast(subject)
        self._chinese = ChineseNames(subject, self.cast)
        self.pairs = [(turn, Field(turn.text), Field(turn.original)) for turn in subject.turns]
        self.small: set[str] = set()
        """Words that stand in small letters somewhere: no names."""
        for _turn, _text, original in self.pairs:
            self.small.update(word.key for word in original.words if word.text.islower())
        self.targets = list(self._targets())
        self.by_part: dict[str, list[tuple[_Target, int]]] = {}
        for target in self.targets:
            for place, part in enumerate(target.parts):
                self.by_part.setdefault(part, []).append((target, place))
        self.by_letter: dict[str, list[tuple[str, str, _Target]]] = {}
        for target in self.targets:
            names = {target.key: target.spelling}
            if target.kind == "person" and len(target.parts) > 1:
                names |= {key_of(part): part for part in parts_of(target.spelling)}
            for right, name in names.items():
                self.by_letter.setdefault(right[:1], []).append((right, name, target))
        self._may_begin: dict[str, tuple[tuple[str, str, _Target], ...]] = {}
        self.right = {target.key for target in self.targets} | set(self.by_part)
        self.right |= set(self.cast.called())

    def _targets(self) -> Iterator[_Target]:
        seen: set[str] = set()
        for spelling, also, kind, who in self._spellings():
            key = key_of(spelling)
            if len(key) < 3 or has_han(spelling) or key in seen:
                continue
            seen.add(key)
            parts = tuple(word.key for word in words(spelling))
            others = tuple(each for each in also if len(each) > 1 and has_han(each))
            player = self.cast.players.get(who) if who else None
            speaks = kind != "person" or bool(player and (player.turns or player.role == "guest"))
            yield _Target(spelling, kind, parts, key, others, who, speaks)

    def _spellings(self) -> Iterator[tuple[str, tuple[str, ...], str, int]]:
        for player in self.cast.players.values():
            yield untitled(player.latin), (player.han, *parts_of(player.han)), "person", player.key
        index, listed = self.index, self.subject.listed
        for kind in _GROUPS[1:]:
            for key in sorted(listed.get(kind, ())):
                name = index.name(kind, key) if index else None
                if name is not None:
                    for spelling in (name.name, KIND_OF_WORK.sub("", name.name), name.translated):
                        yield spelling, name.spellings, kind, 0
        for turn in self.subject.turns:
            if "（" in turn.text or "(" in turn.text:
                for note in scan(turn.text):
                    for spelling in (note.foreign, note.expansion, note.abbreviation):
                        if len(spelling) >= 6:
                            yield spelling, (note.term,), "term", 0

    def is_right(self, key: str) -> bool:
        """Whether a word, or the word that it is a form of, is spelt like something known."""
        if key in self.right:
            return True
        if self.index is None:
            return False
        forms = [key]
        forms += [
            key[: -len(end)] for end in ("s", "es", "n", "an", "ed", "er") if key.endswith(end)
        ]
        return any(self.index.known_as(form) for form in forms if len(form) > 3)

    # What is near in one field, the surest first.

    def near(self, field: Field, other: Field, speaker: int) -> list[Near]:
        found: list[Near] = []
        taken: set[int] = set()
        for first, last, near in self._all(field, other, speaker):
            places = set(range(first, last + 1))
            if not places & taken:
                taken |= places
                found.append(near)
        return found

    def _all(self, field: Field, other: Field, speaker: int) -> Iterator[tuple[int, int, Near]]:
        yield from self._beside(field, other, speaker)
        yield from self._of_the_episode(field, other)
        if self.index is not None:
            yield from self._of_all(field)

    def _beside(self, field: Field, other: Field, speaker: int) -> Iterator[tuple[int, int, Near]]:
        """Names of several words of which one is exact and another nearly so."""
        for place, word in enumerate(field.words):
            for target, part in self.by_part.get(word.key, ()):
                first, last = place - part, place - part + len(target.parts) - 1
                if len(target.parts) < 2 or len(word.key) < 3 or first < 0:
                    continue
                if last >= len(field.words) or target.kind == "term":
                    continue
                if any(not field.joined(at) for at in range(first + 1, last + 1)):
                    continue
                wrong = self._wrong(field, other, target, first, speaker)
                if wrong:
                    at, until = min(wrong), max(wrong)
                    known = " ".join(target.spelling.split()[at - first : until - first + 1])
                    whole = field.text[field.words[first].start : field.words[last].end]
                    if not self._is_another(whole):
                        yield at, until, self._made(field, at, until, known)

    def _wrong(
        self, field: Field, other: Field, target: _Target, first: int, speaker: int
    ) -> list[int]:
        """The places of the words that differ; none where one is too far off."""
        wrong = []
        exact = 0
        same = target.who == speaker or target.key in other.keys
        same = same or any(name in other.text for name in target.also)
        for at, part in enumerate(target.parts, start=first):
            key = field.words[at].key
            if key == part:
                exact += len(part)
                continue
            if not (field.capital(at) or field.uncased) or key in (f"{part}s", f"{part}es"):
                return []
            near = distance(key, part, 3) <= (1 if len(part) < 5 else 2) or by_ear(key, part)
            if not (near or (same and target.kind == "person" and key[:1] == part[:1])):
                return []
            wrong.append(at)
        return wrong if exact >= 4 or (same and exact >= 3) else []

    def _is_another(self, name: str) -> bool:
        key = key_of(name)
        return key in {target.key for target in self.targets} or bool(
            self.index and self.index.known_as(name)
        )

    def _of_the_episode(self, field: Field, other: Field) -> Iterator[tuple[int, int, Near]]:
        """Whole names, and parts of names of people, by themselves."""
        for first, word in enumerate(field.words):
            begun = self._may_begin.get(word.key)
            if begun is None:
                begun = self._begun(word.key)
            for right, name, target in begun:
                most = len(target.parts) + 1 if right == target.key else 1
                key = ""
                for last in range(first, min(first + most, len(field.words))):
                    if last > first and not field.joined(last):
                        break
                    key += field.words[last].key
                    if len(key) > len(right) + 2:
                        break
                    if len(key) < len(right) - 2:
                        continue
                    if self._is_slip(field, other, (first, last), key, right, target):
                        yield first, last, self._made(field, first, last, name)

    def _begun(self, key: str) -> tuple[tuple[str, str, _Target], ...]:
        """The names that may begin with a word that is said somewhat wrong."""
        most = 1 if len(key) < 4 else 2 if len(key) == 4 else 3
        found = tuple(
            one
            for one in self.by_letter.get(key[:1], ())
            if one[0] != key
            and (distance(key, one[0][: len(key)], most) <= most or by_ear(key, one[0]))
        )
        self._may_begin[key] = found
        return found

    def _is_slip(
        self,
        field: Field,
        other: Field,
        span: tuple[int, int],
        key: str,
        right: str,
        target: _Target,
    ) -> bool:
        first, last = span
        if max(len(key), len(right)) < 5 or key == right:
            return False
        if last > first and (key.startswith(right) or key.endswith(right)):
            return False
        if target.kind == "person" and right.startswith(key):
            return False  # Pete for Peter
        near = by_letters(key, right)
        if near and not target.speaks and distance(key, right, 1) > 1:
            near = False
        if not near and not by_ear(key, right):
            return False
        beside = (
            (right in other.keys or any(name in other.text for name in target.also))
            and right not in field.keys
            and key not in other.keys
        )
        if (
            not (near or (beside and by_ear(key, right)))
            or self.is_right(key)
            or (
                key in (f"{right}s", f"{right}es")
                if target.kind == "person" and near
                else are_forms(key, right)
            )
        ):
            return False
        if self._forms_only(field, first, last, target):
            return False
        if target.kind == "term":
            return beside or (len(right) >= 8 and distance(key, right, 1) == 1)
        capital = field.capital(first)
        if target.kind == "person" and field.has_neighbour(first, last, self.small):
            return False
        if beside:
            return capital or field.uncased or len(key) > 5
        if not capital or (first == last and key in self.small):
            return False
        if not field.in_sentence(first) and not field.is_called(last):
            return False
        return not field.has_neighbour(first, last, self.small)

    def _forms_only(self, field: Field, first: int, last: int, target: _Target) -> bool:
        """Whether word by word nothing but forms differ: ``asset back securities``."""
        said = [field.words[at].key for at in range(first, last + 1)]
        return len(said) == len(target.parts) > 1 and all(
            one == other or are_forms(one, other)
            for one, other in zip(said, target.parts, strict=True)
        )

    def _of_all(self, field: Field) -> Iterator[tuple[int, int, Near]]:
        """One letter of a name that has nothing to do with the episode yet."""
        assert self.index is not None
        for first in range(len(field.words)):
            if not field.capital(first) or not field.in_sentence(first):
                continue
            for last in range(first, min(first + 4, len(field.words))):
                if last > first and not field.joined(last):
                    break
                if not field.capital(last) or field.has_neighbour(first, last, self.small):
                    continue
                key = "".join([each.key for each in field.words[first : last + 1]])
                if len(key) < 6 or key in self.small or self.is_right(key):
                    continue
                for known in self.index.near(key):
                    if self._is_theirs(known, key, last - first + 1):
                        yield first, last, self._made(field, first, last, known.spelling)
                        break

    def _is_theirs(self, known: Known, key: str, count: int) -> bool:
        right = key_of(known.spelling)
        if right[:1] != key[:1] or are_forms(key, right) or not right.isalpha():
            return False
        if abs(len(words(known.spelling)) - count) > (known.kind != "person"):
            return False
        return min(len(right), len(key)) >= (9 if known.kind == "term" else 6)

    def _made(self, field: Field, first: int, last: int, known: str) -> Near:
        start, end = field.words[first].start, field.words[last].end
        said = field.text[start:end]
        if said.islower() and (field.uncased or known.istitle()):
            known = known.lower() if field.uncased or " " in said else known
        elif said.isupper() and len(said) > 3 and not known.isupper():
            known = known.upper()
        return Near(start, end, said, known)

    def sounding(self, turn: Turn, original: Field) -> Iterator[Near]:
        """Chinese names that are written with another character."""
        return self._chinese.find(turn, lambda: original.keys)


_latest: list[NameFinder] = []


def finder_of(subject: Subject) -> NameFinder:
    """The finder of an episode; both checks of this module share that of the episode in hand."""
    for finder in _latest:
        if finder.subject is subject:
            return finder
    finder = NameFinder(subject)
    _latest[:] = [finder]
    return finder
