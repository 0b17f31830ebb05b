"""The checks there are, and what they find. Pure, no Django.

A check is a small class: it says what it is called, how grave it is and what it depends on, and
yields findings. Other apps register their own (``register``)::

    @register
    class Doubled(TurnCheck):
        code = "doubled_word"
        severity = Severity.HINT
        title = gettext_noop("A word stands twice")
        depends = frozenset({"text"})

        def find(self, turn: Turn, around: Around) -> Iterator[Finding]:
            ...

A finding of a turn depends on nothing but that turn, its neighbours within ``reach`` and what
``depends`` names; so it need not be looked for again while these are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, TypeVar

from episodes.checks.subject import Subject, Turn
from episodes.transcripts.messages import Message

__all__ = [
    "Around",
    "Check",
    "EpisodeCheck",
    "Finding",
    "Fix",
    "Severity",
    "TurnCheck",
    "all_checks",
    "check",
    "register",
]


class Severity(StrEnum):
    """``ERROR`` stands in the way of publishing."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Fix:
    """What would mend it: ``field`` of the turn becomes ``value``. Shown before it is done."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. ``uid`` is empty for the episode as a whole.

    ``start`` and ``end`` are code points of ``field`` as it is stored; -1 where no place in it is
    meant. ``about`` holds the texts that a dismissal holds for: while they are the same it stays
    dismissed (:attr:`fingerprint`).
    """

    check: str
    message: Message
    uid: str = ""
    field: str = ""
    start: int = -1
    end: int = -1
    fix: Fix | None = None
    about: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What tells this finding from others of its check in its turn, 32 hexadecimal digits."""
        said = repr((self.check, self.uid, self.about))
        return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:32]


@dataclass(frozen=True)
class Around:
    """What a turn's check may look at besides the turn: the episode, and where it stands in it."""

    subject: Subject
    place: int
    shared: dict[str, object] = field(default_factory=dict)
    """What a check has prepared for the whole episode (``Check.prepare``), by its code."""

    def neighbours(self, reach: int) -> Sequence[tuple[int, Turn]]:
        """Return the turns up to ``reach`` before and behind, with their distance, without itself."""
        turns = self.subject.turns
        first, last = max(0, self.place - reach), min(len(turns), self.place + reach + 1)
        return [(at - self.place, turns[at]) for at in range(first, last) if at != self.place]


class Check:
    """What all checks have."""

    code: ClassVar[str]
    severity: ClassVar[Severity]
    title: ClassVar[Message]
    depends: ClassVar[frozenset[str]]
    """Fields of the turn or the episode, or ``people``, ``organisations``, ``terms`` …"""


class TurnCheck(Check):
    """Looks at one turn at a time."""

    reach: ClassVar[int] = 0
    """How many turns before and behind it looks at as well."""

    def prepare(self, subject: Subject) -> object:  # noqa: ARG002 - for others to use
        """Return what is worked out once an episode, for ``around.shared[self.code]``."""
        return None

    def find(self, turn: Turn, around: Around) -> Iterable[Finding]:
        """Yield what is wrong with a turn."""
        raise NotImplementedError


class EpisodeCheck(Check):
    """Looks at the episode as a whole."""

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Yield what is wrong with an episode; also with turns of it."""
        raise NotImplementedError


C = TypeVar("C", bound=Check)
_checks: dict[str, Check] = {}


def register(made: type[C]) -> type[C]:
    """Add a check; its code is its own. For use as a decorator."""
    known = _checks.get(made.code)
    if known is not None and type(known).__qualname__ != made.__qualname__:
        raise ValueError(f"two checks are called {made.code!r}")
    _checks[made.code] = made()
    return made


def all_checks() -> list[Check]:
    """Return the checks in the order of their codes."""
    return [_checks[code] for code in sorted(_checks)]


def check(subject: Subject, only: Iterable[str] | None = None) -> Iterator[Finding]:
    """Yield what all checks (``only`` these codes) find, by check, then in the order of the turns."""
    chosen = None if only is None else set(only)
    for one in all_checks():
        if chosen is not None and one.code not in chosen:
            continue
        if isinstance(one, EpisodeCheck):
            yield from one.find(subject)
        elif isinstance(one, TurnCheck):
            shared = {one.code: one.prepare(subject)}
            for place, turn in enumerate(subject.turns):
                yield from one.find(turn, Around(subject, place, shared))
