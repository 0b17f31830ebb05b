"""Names of one document that are one person's: sets of keys, joined step by step. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from episodes.names import name_key
from episodes.speaker_labels import initials, parts_of

__all__ = ["NameGroups"]


class NameGroups:
    """Disjoint sets of ``name_key``s with the spellings seen of each; linear in the names."""

    def __init__(self) -> None:
        self._root: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self.forms: dict[str, Counter[str]] = {}

    def __iter__(self) -> Iterator[str]:
        """Every key, in the order in which they were first seen."""
        return iter(list(self._root))

    def add(self, name: str) -> str:
        """Count a spelling; return its key."""
        key = name_key(name)
        if key not in self._root:
            self._root[key] = key
            self._members[key] = [key]
            self.forms[key] = Counter()
        self.forms[key][name] += 1
        return key

    def root(self, key: str) -> str:
        """The key that stands for the whole group."""
        return self._root[key]

    def members(self, key: str) -> list[str]:
        """The keys of a group, the root's own first."""
        return self._members[self._root[key]]

    def spellings(self, key: str) -> Counter[str]:
        """Every spelling of a group with its count."""
        found: Counter[str] = Counter()
        for member in self.members(key):
            found.update(self.forms[member])
        return found

    def join(self, one: str, other: str) -> None:
        """Make two groups one; the root of the first stays."""
        first, second = self._root[one], self._root[other]
        if first != second:
            moved = self._members.pop(second)
            for key in moved:
                self._root[key] = first
            self._members[first] += moved

    def by_part(self) -> dict[str, list[str]]:
        """The keys of full names by first part, last part, and initials (in capitals)."""
        index: dict[str, dict[str, None]] = {}
        for key, forms in self.forms.items():
            for name in forms:
                for part in _ends(name):
                    index.setdefault(part, {})[key] = None
        return {part: list(keys) for part, keys in index.items()}


def _ends(name: str) -> Iterable[str]:
    parts = parts_of(name)
    return (parts[0], parts[-1], initials(name).upper()) if len(parts) > 1 else ()
