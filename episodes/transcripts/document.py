"""The document: what a transcript is, whatever form it came in.

Everything here is a frozen value. A reader (``markdown.read``, ``captions.read``) makes a
:class:`Document`, a writer turns it back into bytes, and the importer stores it. Nothing in this
package imports Django.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "Chapter",
    "Diagnostic",
    "Document",
    "FrontMatter",
    "ReadError",
    "Residue",
    "Severity",
    "Turn",
    "TurnKind",
]


class TurnKind(StrEnum):
    """What a turn is: somebody speaks, nobody in particular does, or something is heard."""

    SPEECH = "speech"
    NARRATION = "narration"
    CUE = "cue"


class Severity(StrEnum):
    """How much a diagnostic matters to the person who imports."""

    NOTICE = "notice"
    WARNING = "warning"


class ReadError(ValueError):
    """A document that cannot be read at all; the only exception a reader raises.

    ``code`` is stable and for machines, ``line`` counts from 1 (0: no line), ``str(error)`` is a
    sentence for the person who imports, ``message`` as a rule a ``Message``, to be translated.
    """

    def __init__(self, code: str, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something a reader noticed: where (line from 1; 0 for the whole file), what, in a sentence.

    ``message`` is English, as a rule a ``Message`` that the admin can translate.
    """

    line: int
    code: str
    message: str
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Residue:
    """Text that belongs to nothing a reader sees: pipeline comments, YAML comments, stray tags.

    Kept so that nothing in the file is lost; never written to a public page.
    """

    line: int
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, in both languages.

    ``label`` is the speaker's label of the translation as written, without markup, brackets of
    Markdown or colon ("主持人（安）"); empty where there is none. ``original_label`` likewise for the
    original's text where it carries one. ``text`` is the translation as Markdown, inline glossary
    annotations included; ``original`` the original-language text, Markdown too, paragraphs
    separated by one blank line. ``start`` and ``end`` are milliseconds from the recording's start.
    ``line`` is the turn's first line in the file it was read from and takes no part in equality.
    """

    kind: TurnKind = TurnKind.SPEECH
    label: str = ""
    text: str = ""
    original: str = ""
    original_label: str = ""
    start: int | None = None
    end: int | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and the turns under it.

    The turns before the first heading stand in a chapter with an empty title and level 0, which can
    only be the first. ``level`` is the number of ``#`` (1 to 6).
    """

    title: str = ""
    level: int = 3
    turns: tuple[Turn, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The values of the YAML front matter, named as DESIGN names them.

    Missing, null and empty are one and the same: the empty string or the empty tuple. ``date`` is
    ISO 8601 (``YYYY-MM-DD``) or empty. Lists keep their order and are free of duplicates (by case,
    width, spacing, slug against display name). ``extra`` holds every other key in the order of the
    file, ``layout``, ``draft`` and ``status`` among them, as plain YAML values (str, int, float,
    bool, None, list, dict with string keys).
    """

    title: str = ""
    summary: str = ""
    insight: str = ""
    series: str = ""
    date: str = ""
    source: str = ""
    channel: str = ""  # the key is ``speaker``: who published the recording, not a person
    author: str = ""
    guest: str = ""
    area: str = ""
    category: str = ""
    projects: tuple[str, ...] = ()  # the key is ``project``
    tags: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()  # ``companies_orgs``
    products: tuple[str, ...] = ()  # ``products_models``
    works: tuple[str, ...] = ()  # ``media_books``
    extra: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole transcript.

    Two documents are equal when their front matter, chapters and turns are: what a reader remarked
    on and what it left over are about one file, not about the transcript.
    """

    front: FrontMatter = field(default_factory=FrontMatter)
    chapters: tuple[Chapter, ...] = ()
    residue: tuple[Residue, ...] = field(default=(), compare=False)
    diagnostics: tuple[Diagnostic, ...] = field(default=(), compare=False)

    def turns(self) -> Iterator[Turn]:
        """All turns in order, chapter by chapter."""
        for chapter in self.chapters:
            yield from chapter.turns
