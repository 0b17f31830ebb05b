"""What a check looks at: an episode's working copy as frozen values. Pure, no Django.

Texts are Markdown as an editor types it. What several checks need of a text (without its inline
notes and marks) is worked out once and kept with the turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from episodes.transcripts.annotations import Annotation, scan, strip
from episodes.transcripts.replacing import Pattern

if TYPE_CHECKING:
    from episodes.checks.nameindex import NameIndex

__all__ = ["Name", "Subject", "Turn"]


@dataclass(frozen=True)
class Turn:
    """A turn. ``speaker`` is the key of a :class:`Name` (0 for nobody known), ``label`` what stands
    before the text as written; ``start`` and ``end`` are milliseconds."""

    uid: str
    kind: str = "speech"  # speech, narration, cue
    text: str = ""
    original: str = ""
    speaker: int = 0
    label: str = ""
    original_label: str = ""
    chapter: int = 0
    start: int | None = None
    end: int | None = None
    stale: bool = False  # the original changed under the translation
    unread: bool = False  # merged automatically, and nobody has read it since

    @cached_property
    def annotations(self) -> tuple[Annotation, ...]:
        """The inline notes of the translation."""
        return scan(self.text)

    @cached_property
    def said(self) -> str:
        """The translation without its inline notes, marks of emphasis kept."""
        return strip(self.text, self.annotations)


@dataclass(frozen=True, slots=True)
class Name:
    """A person, organisation, product or work of the register; ``key`` is unique in its kind.

    ``name`` is the original's, ``translated`` the Chinese, ``aliases`` other spellings, misheard
    ones too.
    """

    key: int
    kind: str  # person, organisation, product, work
    name: str
    translated: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """All of them, the original's first, without empty ones."""
        return tuple(
            dict.fromkeys(one for one in (self.name, self.translated, *self.aliases) if one)
        )


@dataclass(frozen=True)
class Subject:
    """An episode. ``listed`` are the keys of names that stand beside it, by kind; for people with
    their role (``host``, ``guest``, ``producer``, ``mentioned``) in ``roles``."""

    slug: str = ""
    title: str = ""
    original_title: str = ""
    date: str = ""  # ISO 8601, or empty
    source: str = ""
    channel: str = ""
    guest: str = ""  # as the front matter writes it
    summary: str = ""
    language: str = "zh-Hans"
    original_language: str = "en"
    turns: tuple[Turn, ...] = ()
    headings: Mapping[int, str] = field(default_factory=dict)
    listed: Mapping[str, frozenset[int]] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    same_recording: tuple[str, ...] = ()  # titles of other episodes of this recording
    source_gone: bool = False
    open_conflicts: Mapping[str, int] = field(default_factory=dict)  # uid or "" -> how many
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What reviewers ask and nobody has answered yet, by the turn's uid ("" for the episode)."""
    corrections: tuple[Pattern, ...] = ()
    """The remembered corrections whose letters stand in one of the turns."""
    register: NameIndex | None = field(default=None, compare=False, repr=False)
    """The names and terms there are; what depends on it depends on ``people``, ``terms`` …"""
    added: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    """What other apps have their own checks look at, by the name that these give in ``depends``."""

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each turn stands, by uid."""
        return {turn.uid: place for place, turn in enumerate(self.turns)}
