"""The working copy and what a source gives, as values: what a re-import is worked out on.

Everything here is frozen, and a function that changes something gives a new value. So the same code
plans and applies for the database and for the laws of ``tests/transcripts/test_laws.py``; the shell
only writes how two states differ (``episodes.states``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from episodes.transcripts.document import Document, Turn

__all__ = [
    "Clash",
    "ClashKind",
    "Element",
    "Gone",
    "Heading",
    "Key",
    "SourceHeading",
    "SourceText",
    "Spoken",
    "Working",
    "WorkingTurn",
    "landing",
]

Key = tuple[int, int]  # a source's id, and a place among its turns (or headings) as last accepted
Value = object  # of JSON: what a field of the episode holds


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn with who speaks: ``speaker`` is a key that tells people apart, empty for nobody."""

    value: Turn
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class SourceHeading:
    """A heading that stands before turn number ``place`` of its source."""

    place: int
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a source gives: its turns in order, its headings, its own and the episode's fields.

    ``fields`` are named as the episode's; ``sets`` hold keys, each as the registry knows it.
    """

    turns: tuple[Spoken, ...] = ()
    headings: tuple[SourceHeading, ...] = ()
    fields: Mapping[str, Value] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> SourceText:
        """The turns and headings of a document; nobody speaks yet, and it has no fields."""
        turns: list[Spoken] = []
        headings: list[SourceHeading] = []
        for chapter in document.chapters:
            if chapter.level:
                headings.append(SourceHeading(len(turns), chapter.title, chapter.level))
            turns += [Spoken(turn) for turn in chapter.turns]
        return cls(tuple(turns), tuple(headings))


@dataclass(frozen=True, slots=True)
class WorkingTurn:
    """A turn of the working copy.

    ``origins``: the base turns that it comes from, in order, of each source. ``stale``: the original
    that the translation was made for, where that has changed since; None where it has not.
    ``unread``: put together by a merge, or of doubtful identity, and read by nobody since. ``gone``
    says why it no longer stands; empty where it does.
    """

    uid: str
    value: Turn
    speaker: str = ""
    origins: tuple[Key, ...] = ()
    stale: str | None = None
    unread: bool = False
    gone: str = ""

    def of_source(self, source: int) -> tuple[int, ...]:
        """The places of its base turns in one source."""
        return tuple(place for number, place in self.origins if number == source)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the working copy; ``key`` tells it apart, negative until it is stored."""

    key: int
    title: str
    level: int = 3
    origins: tuple[Key, ...] = ()

    def of_source(self, source: int) -> tuple[int, ...]:
        """The places among the headings of one source."""
        return tuple(place for number, place in self.origins if number == source)


Element = Heading | WorkingTurn


class Gone(StrEnum):
    """Why a turn no longer stands."""

    WITHDRAWN = "withdrawn"  # the source took it out
    REMOVED = "removed"  # an editor took it out: it never comes back by itself
    MERGED = "merged"  # it is part of another turn


class ClashKind(StrEnum):
    """What a person has to decide."""

    FIELD = "field"  # a value that both sides changed
    GONE = "gone"  # edited here, gone there
    BLOCK = "block"  # turns that both sides changed, cut otherwise there
    PLACE = "place"  # moved by both, to different places


@dataclass(frozen=True, slots=True)
class Clash:
    """What both sides changed; ours stays live until a person decides (MERGING §6).

    ``target`` is ``turn:<uid>``, ``heading:<key>`` or ``episode``; a block's is its first turn's and
    ``uids`` are all of it. ``base`` and ``theirs`` are values of ``field`` (FIELD), turns as
    ``plans.spoken_json`` writes them (GONE, BLOCK) or the uid of the turn before (PLACE).
    ``proposal`` is what the desk would make of both, in the same form as BLOCK's, or None.
    """

    kind: ClashKind
    target: str
    field: str = ""
    base: object = None
    theirs: object = None
    proposal: object = None
    uids: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """What it is about: one open conflict each."""
        return self.kind.value, self.target, self.field


@dataclass(frozen=True, slots=True)
class Working:
    """The working copy of an episode: headings and turns as one sequence, and all beside them.

    ``withdrawn`` are the turns that are no longer part of it: their rows stay, and ``redirects``
    lead from their addresses to turns that stand. ``removed``: members of sets that an editor took
    out, which never come back by themselves.
    """

    elements: tuple[Element, ...] = ()
    fields: Mapping[str, Value] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    removed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    withdrawn: Mapping[str, WorkingTurn] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    clashes: tuple[Clash, ...] = ()

    def turns(self) -> Iterator[WorkingTurn]:
        """The turns that stand, in order."""
        return (element for element in self.elements if isinstance(element, WorkingTurn))

    def headings(self) -> Iterator[Heading]:
        """The headings, in order."""
        return (element for element in self.elements if isinstance(element, Heading))

    def turn(self, uid: str) -> WorkingTurn:
        """The standing turn of an address; KeyError where there is none."""
        for turn in self.turns():
            if turn.uid == uid:
                return turn
        raise KeyError(uid)

    def lands(self, uid: str) -> str:
        """Where an address leads: a standing turn's uid, or "" where it leads nowhere."""
        return landing(self.redirects, {turn.uid for turn in self.turns()}, uid)

    def replaced(self, turn: WorkingTurn) -> Working:
        """The same with another value of a standing turn."""
        elements = tuple(
            turn if isinstance(each, WorkingTurn) and each.uid == turn.uid else each
            for each in self.elements
        )
        return replace(self, elements=elements)


def landing(redirects: Mapping[str, str], standing: Collection[str], uid: str) -> str:
    """The standing turn that an address leads to in the end, or "" where it leads nowhere."""
    seen: set[str] = set()
    while uid not in standing:
        if uid in seen or uid not in redirects:
            return ""
        seen.add(uid)
        uid = redirects[uid]
    return uid
