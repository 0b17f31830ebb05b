"""A text as names are looked for in it: its words, which of them are written as names, and what stands
beside them."""

from __future__ import annotations

import re
from functools import cached_property

from episodes.checks.nameindex import together, words
from episodes.transcripts.characters import has_han

__all__ = ["Field", "blanked"]

_NO_TEXT = re.compile(
    r"(?:https?://|www\.)[^\s，。）]+|@\s?[\w.-]+|`[^`\n]*`|\b[\w-]{1,40}(?:\.[\w-]{1,40}){0,3}\.(?:com|org|net|io|gg|ai|co)\b[/\w.-]*",
    re.ASCII,
)
_BEGINS = re.compile(r"(?:^|[.?!。？！…:：\n>][\"”’』」)）]*)\s*[\"“‘「『(（*]*\Z")
_I = frozenset({"i", "im", "ill", "ive", "id"})


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

    @cached_property
    def begun(self) -> dict[str, list[int]]:
        """The places of the words, by their first letter."""
        found: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            found.setdefault(word.key[:1], []).append(place)
        return found

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
