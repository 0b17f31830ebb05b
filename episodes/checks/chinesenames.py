"""Chinese names that are nearly those of an episode: one character is another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from opencc import OpenCC

from episodes.checks.nameindex import KIND_OF_WORK, key_of, sounds
from episodes.checks.people import Cast, parts_of, untitled
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.characters import has_han

__all__ = ["ChineseNames", "Near"]


@dataclass(frozen=True, slots=True)
class Near:
    """A place in a text, what is said there, and what it should be."""

    start: int
    end: int
    said: str
    known: str
    safe: bool = True


class ChineseNames:
    """Looks for them in the translations of one episode."""

    def __init__(self, subject: Subject, cast: Cast) -> None:
        self.subject = subject
        self.index = subject.register
        self.cast = cast

    def find(self, turn: Turn, keys: Callable[[], set[str]]) -> Iterator[Near]:
        """Names and terms that are written with other characters of the same or nearly that sound;
        ``keys`` are the words of the original."""
        text = turn.text
        found: list[Near] = []
        if self.index is not None and "hant" not in self.subject.language.lower():
            for start, end, known in self.index.sounding(text):
                found.append(Near(start, end, text[start:end], known.spelling))
        for name, latin, kind in self._chinese_names:
            for near, sure in self._written_otherwise(text, name, person=kind == "person"):
                if sure or not keys().isdisjoint(latin):
                    found.append(near)
        taken: list[Near] = []
        for near in sorted(found, key=lambda one: (one.start - one.end, one.start)):
            if all(near.end <= one.start or one.end <= near.start for one in taken):
                taken.append(near)
        yield from sorted(taken, key=lambda one: one.start)

    @cached_property
    def _chinese_names(self) -> list[tuple[str, frozenset[str], str]]:
        """The Chinese names of the episode and their parts, with the keys of the same in Latin letters."""
        found: dict[str, tuple[frozenset[str], str]] = {}
        for player in self.cast.players.values():
            parts = parts_of(untitled(player.latin))
            latin = frozenset(map(key_of, [player.latin, untitled(player.latin), *parts]))
            for name in dict.fromkeys([player.han, *parts_of(player.han)]):
                found.setdefault(name, (latin, "person"))
        for kind in ("organisation", "product", "work"):
            for key in sorted(self.subject.listed.get(kind, ())):
                known = self.index.name(kind, key) if self.index else None
                spellings = known.spellings if known else ()
                names = [each for each in spellings if not has_han(each)]
                latin = frozenset(key_of(KIND_OF_WORK.sub("", each)) for each in names)
                for name in spellings:
                    found.setdefault(name, (latin, kind))
        return [
            (name, *others) for name, others in found.items() if len(name) >= 3 and has_han(name)
        ]

    def _written_otherwise(
        self, text: str, right: str, *, person: bool
    ) -> Iterator[tuple[Near, bool]]:
        """Where one character of a Chinese name is another.

        With it, whether that is enough: another of the same sound in a name of a person or of four
        characters, or any in the long name of a person; otherwise the original has to have the name.
        """
        half = len(right) // 2
        for offset, piece in ((0, right[:half]), (half, right[half:])):
            at = text.find(piece)
            while at >= 0:
                start = at - offset
                said = text[start : start + len(right)] if start >= 0 else ""
                differ = [
                    place for place, char in enumerate(right) if said[place : place + 1] != char
                ]
                if len(said) == len(right) and len(differ) == 1 and has_han(said[differ[0]]):
                    place = differ[0]
                    alike = sounds(said[place]) == sounds(right[place])
                    sure = (alike and person) or ((alike or person) and len(right) >= 4)
                    longer = place == len(right) - 1 and text[start + len(right) :][:1] == right[-1]
                    if not longer and not self._is_same_name(said, right):
                        yield Near(start, start + len(right), said, right), sure
                at = text.find(piece, at + 1)

    def _is_same_name(self, said: str, right: str) -> bool:
        """Whether it is a name of its own, or the same in the other characters (貝 for 贝)."""
        if self.index and self.index.known_as(said):
            return True
        return _simplified(said) == _simplified(right)


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text))
