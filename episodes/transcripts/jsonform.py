"""A document as JSON, for freezing editions and for exports, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from episodes.transcripts.document import Chapter, Document, FrontMatter, Turn, TurnKind
from episodes.transcripts.frontmatter import FIELDS, LISTS

# Names of FrontMatter's fields, in the order of the dictionary.
_FRONT = tuple(FIELDS.values())
_FRONT_LISTS = frozenset(LISTS.values())


def to_json(document: Document) -> dict[str, Any]:
    """The document as plain JSON values.

    ``front`` holds the fields of :class:`FrontMatter` by their names, ``extra`` as a list of
    ``[key, value]`` pairs (order matters); ``chapters`` their title, level and turns. Residue,
    diagnostics and line numbers are about a file and stay out.
    """
    front: dict[str, Any] = {}
    for field in _FRONT:
        value = getattr(document.front, field)
        front[field] = list(value) if field in _FRONT_LISTS else value
    front["extra"] = [[key, value] for key, value in document.front.extra]
    return {
        "front": front,
        "chapters": [
            {
                "title": chapter.title,
                "level": chapter.level,
                "turns": [
                    {
                        "kind": turn.kind.value,
                        "label": turn.label,
                        "text": turn.text,
                        "original": turn.original,
                        "original_label": turn.original_label,
                        "start": turn.start,
                        "end": turn.end,
                    }
                    for turn in chapter.turns
                ],
            }
            for chapter in document.chapters
        ],
    }


def from_json(data: Mapping[str, Any]) -> Document:
    """The document that :func:`to_json` was given.

    Missing keys stand for empty values; raises ``KeyError``, ``TypeError`` or ``ValueError`` on
    anything that :func:`to_json` never writes.
    """
    front = dict(data.get("front", {}))
    values: dict[str, Any] = {}
    for field in _FRONT:
        if field in front:
            value = front[field]
            values[field] = tuple(value) if field in _FRONT_LISTS else value
    values["extra"] = tuple((str(key), value) for key, value in front.get("extra", ()))
    chapters = tuple(
        Chapter(
            chapter["title"],
            chapter["level"],
            tuple(
                Turn(
                    TurnKind(turn["kind"]),
                    turn.get("label", ""),
                    turn.get("text", ""),
                    turn.get("original", ""),
                    turn.get("original_label", ""),
                    turn.get("start"),
                    turn.get("end"),
                )
                for turn in chapter["turns"]
            ),
        )
        for chapter in data.get("chapters", ())
    )
    return Document(FrontMatter(**values), chapters)
