"""Annotated Markdown: :func:`read` takes it in whatever form it is found, :func:`write` gives it back
in one canonical form that reads as the same document.

bytes → ``decoding`` → front matter (``frontmatter``) → canonical (``canonical``) or found form:
``scanning`` (lines to items), ``originals`` (blocks to text), ``labels`` and ``speech`` (who speaks),
``turns`` or ``interleaved`` (items to turns) → ``normal``.
"""

from __future__ import annotations

from collections.abc import Collection

from episodes.transcripts import canonical, frontmatter
from episodes.transcripts.decoding import decode
from episodes.transcripts.document import Document, FrontMatter, ReadError
from episodes.transcripts.jsonform import from_json, to_json
from episodes.transcripts.normal import normalise
from episodes.transcripts.notes import DIAGNOSTICS, Notes
from episodes.transcripts.scanning import scan
from episodes.transcripts.speech import Speech
from episodes.transcripts.turns import build
from episodes.transcripts.writing import write

__all__ = [
    "DIAGNOSTICS",
    "READER_VERSION",
    "from_json",
    "normalise",
    "read",
    "to_json",
    "write",
]

# To be raised whenever the same bytes are read as another document (MERGING §1).
READER_VERSION = 1


def read(data: bytes, *, known_names: Collection[str] = (), name: str = "") -> Document:
    """Read annotated Markdown, canonical or as found.

    ``known_names`` are people (and aliases) whose labels are believed without further evidence;
    ``name`` is what to call the file in an error. The document is in normal form; what could not be
    placed is its residue, whatever was decided or is doubtful a diagnostic with its line. Raises
    only :class:`ReadError`.
    """
    try:
        return _read(data, known_names)
    except ReadError as error:
        if not name:
            raise
        raise ReadError(error.code, f"{name}: {error.message}", error.line) from None


def _read(data: bytes, known_names: Collection[str]) -> Document:
    notes = Notes()
    lines = decode(data, notes).lstrip("\ufeff").split("\n")
    front = FrontMatter()
    first = 0
    found = frontmatter.split(lines)
    if found:
        text, line, first = found
        front = frontmatter.read(text, line, notes)
    else:
        notes.note(0, "front_matter_missing")
    mark = first
    while mark < len(lines) and not lines[mark].strip():
        mark += 1
    if mark < len(lines) and lines[mark].strip() == canonical.MARK:
        chapters = canonical.read_body(lines, mark + 1, notes)
    else:
        items = scan(lines, first, notes)
        known = [*known_names, *front.people, front.guest]
        speech = Speech(items, known, front.channel, notes)
        chapters = build(items, speech, notes)
    if not any(chapter.turns for chapter in chapters):
        notes.note(0, "no_turns")
    document = Document(front, chapters, notes.residue(), notes.diagnostics())
    return normalise(document)
