"""Names that are nearly those of somebody or something known.

The people, organisations, products, works and terms of the episode itself are looked for generously,
for captions write what they hear: beside an exact part of the name (``Tracy Aloway``), where the other
language has the name (``Gilan`` against Geelen), and alone where a slip is the best explanation. Of all
others only one letter may differ, of six or more, in a capitalised word that is nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from episodes.checks.chinesenames import ChineseNames, Near
from episodes.checks.commonnames import COMMON_NAMES
from episodes.checks.namefields import Field, blanked
from episodes.checks.nameindex import KIND_OF_WORK, Known, Word, key_of, words
from episodes.checks.nearness import are_forms, bases, by_ear, by_letters, distance
from episodes.checks.otherside import across, spaced
from episodes.checks.people import Cast, parts_of, untitled
from episodes.checks.subject import Name, Subject, Turn
from episodes.transcripts.annotations import scan
from episodes.transcripts.characters import has_han

__all__ = ["Field", "NameFinder", "Near", "blanked", "finder_of"]

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

    def is_in(self, text: str, *, whole: bool = False) -> bool:
        """Whether a text has the name in Chinese; ``whole``: more of it than the given name."""
        names = (*self.also[:1], *self.also[-1:]) if whole else self.also
        return any(name in text for name in names)


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
        for name in self._said_in_full():
            yield untitled(name.name), (name.translated, *parts_of(name.translated)), "person", 0
        for turn in self.subject.turns:
            if "（" in turn.text or "(" in turn.text:
                for note in scan(turn.text):
                    for spelling in (note.foreign, note.expansion, note.abbreviation):
                        if len(spelling) >= 6:
                            yield spelling, (note.term,), "term", 0

    def _said_in_full(self) -> Iterator[Name]:
        """Known people of the register who are called by their whole name somewhere."""
        seen: set[int] = set(self.cast.players)
        for _turn, _text, original in self.pairs if self.index else ():
            for mention in self.index.mentions(original.text) if self.index else ():
                known = mention.known[0]
                if known.kind != "person" or known.key in seen or mention.end - mention.start < 7:
                    continue
                seen.add(known.key)
                name = self.index.name(known.kind, known.key) if self.index else None
                if name is not None and " " in name.name:
                    yield name

    def is_right(self, key: str) -> bool:
        """Whether a word, or the word that it is a form of, is spelt like something known."""
        if key in self.right:
            return True
        if self.index is None:
            return False
        forms = [key, *bases(key)] if len(key) > 3 else []
        return any(self.index.known_as(form) for form in forms)

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

    def spaced(self, field: Field, found: Sequence[Near]) -> Iterator[Near]:
        """Known names with other spaces or hyphens, outside of what was ``found``."""
        for start, end, known in spaced(self.index, field) if self.index else ():
            if not any(near.start < end and start < near.end for near in found):
                yield Near(start, end, field.text[start:end], known)

    def _all(self, field: Field, other: Field, speaker: int) -> Iterator[tuple[int, int, Near]]:
        yield from self._beside(field, other, speaker)
        yield from self._of_the_episode(field, other)
        if self.index is not None:
            for first, last, known in across(self.index, field, other):
                if not self.is_right("".join(each.key for each in field.words[first : last + 1])):
                    yield first, last, self._made(field, first, last, known)
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
        meant = same or target.is_in(other.text, whole=True)
        same = meant or target.is_in(other.text)
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
            other_one = key in COMMON_NAMES and (at > first or distance(key, part, 1) > 1)
            if other_one and not meant:
                return []  # somebody else, as in the other language
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
        most = 1 if len(key) < 3 else 2 if len(key) < 5 else 3
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
        if key == right:
            return False
        if max(len(key), len(right)) < 5:
            return self._is_short_slip(field, other, first, key, right, target)
        if last > first and right in (
            key.removesuffix(field.words[last].key),
            key.removeprefix(field.words[first].key),
        ):
            return False
        nickname = len(key) < max(5, len(right) - 1) or key in COMMON_NAMES
        if target.kind == "person" and right.startswith(key) and nickname:
            return False  # Pete for Peter
        near = by_letters(key, right)
        if near and not target.speaks and distance(key, right, 1) > 1:
            near = False
        if not near and not by_ear(key, right):
            return False
        beside = (
            (right in other.keys or target.is_in(other.text, whole=right == target.key))
            and right not in field.keys
            and key not in other.keys
        )
        if (
            not (near or (beside and by_ear(key, right)))
            or self.is_right(key)
            or (
                key in (f"{right}es", f"{right}s" if right[-1] != "s" else "")
                if target.kind == "person" and near
                else are_forms(key, right) and not (beside and f"{key}s" == right)
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
        if target.kind == "person" and self._is_somebodys(field.words[last].key, target):
            return False
        if not field.in_sentence(first) and not field.is_called(last):
            return False
        return not field.has_neighbour(first, last, self.small)

    def _is_somebodys(self, family: str, target: _Target) -> bool:
        """Whether a name is one that many have, and not that of the one who is nearly called so."""
        return family in COMMON_NAMES and family not in target.parts

    def _is_short_slip(
        self, field: Field, other: Field, place: int, key: str, right: str, target: _Target
    ) -> bool:
        """Whether a part of three or four letters has one other, and the other language the right one."""
        if target.kind != "person" or min(len(key), len(right)) < 3 or key in self.small:
            return False
        if distance(key, right, 1) > 1 or right.startswith(key) or self.is_right(key):
            return False
        if key in other.keys or not (field.capital(place) or field.uncased):
            return False
        here, there = (sum(word.key == right for word in each.words) for each in (field, other))
        there = max([there, *(other.text.count(name) for name in target.also)])
        return here < there and not field.has_neighbour(place, place, self.small)

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
            if not field.capital(first):
                continue
            within = field.in_sentence(first)
            for last in range(first, min(first + 4, len(field.words))):
                if last > first and not field.joined(last):
                    break
                if not within and (last == first or field.words[last].key in self.small):
                    continue  # the capital of the sentence, if no name follows
                if not field.capital(last) or field.has_neighbour(first, last, self.small):
                    continue
                key = "".join([each.key for each in field.words[first : last + 1]])
                if len(key) < 6 or key in self.small or self.is_right(key):
                    continue
                for known in self.index.near(key):
                    if self._is_theirs(known, key, field.words[first : last + 1]):
                        yield first, last, self._made(field, first, last, known.spelling)
                        break

    def _is_theirs(self, known: Known, key: str, said: Sequence[Word]) -> bool:
        right = key_of(known.spelling)
        if right[:1] != key[:1] or are_forms(key, right) or not right.isalpha():
            return False
        parts = words(known.spelling)
        if abs(len(parts) - len(said)) > (known.kind != "person"):
            return False
        family = said[-1].key
        if known.kind == "person" and family != parts[-1].key and family in COMMON_NAMES:
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
