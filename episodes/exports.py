"""Exports: the working copy or an edition as Markdown or JSON.

``FORMATS`` is the registry: each format knows how to write either. What an edition gives comes from
its frozen document alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from episodes.documents import document_of, episode_json, front_from_json, front_of
from episodes.models import Edition, Episode
from episodes.transcripts import markdown
from episodes.transcripts.document import Chapter, Document, FrontMatter, Turn, TurnKind

__all__ = [
    "FORMATS",
    "Format",
    "edition_json",
    "edition_markdown",
    "working_json",
    "working_markdown",
]


def working_markdown(episode: Episode) -> str:
    """Return the working copy in the canonical Markdown form; importing it gives the same document."""
    return markdown.write(document_of(episode))


def working_json(episode: Episode) -> dict[str, Any]:
    """Return the working copy as JSON; ``edition`` is null."""
    chapters = list(episode.chapters.order_by("position"))
    positions = {chapter.pk: chapter.position for chapter in chapters}
    turns = [
        {
            "uid": turn.uid,
            "chapter": positions[turn.chapter_id],
            "kind": turn.kind,
            "speaker": turn.speaker.name if turn.speaker else "",
            "label": turn.label,
            "original_label": turn.original_label,
            "text": turn.text,
            "original": turn.original,
            "start": turn.start,
            "end": turn.end,
        }
        for turn in episode.turns.select_related("speaker").order_by("position")
    ]
    return episode_json(
        front_of(episode),
        [{"position": c.position, "title": c.title, "level": c.level} for c in chapters],
        turns,
        slug=episode.slug,
        status=str(episode.status),
        edition=None,
    )


def edition_markdown(edition: Edition) -> str:
    """Return a published edition in the canonical Markdown form: ``draft: false``, evergreen."""
    frozen = edition.document
    turns: dict[int, list[Turn]] = {}
    for turn in frozen["turns"]:
        value = Turn(
            TurnKind(turn["kind"]),
            turn["label"],
            turn["text"],
            turn["original"],
            turn["original_label"],
            turn["start"],
            turn["end"],
        )
        turns.setdefault(turn["chapter"], []).append(value)
    chapters = tuple(
        Chapter(chapter["title"], chapter["level"], tuple(turns.get(chapter["position"], ())))
        for chapter in frozen["chapters"]
    )
    return markdown.write(Document(_published_front(frozen), chapters))


def edition_json(edition: Edition) -> dict[str, Any]:
    """Return a published edition as JSON."""
    frozen = edition.document
    return episode_json(
        _published_front(frozen),
        frozen["chapters"],
        frozen["turns"],
        slug=frozen["slug"],
        status="evergreen",
        edition=edition.number,
    )


def _published_front(frozen: dict[str, Any]) -> FrontMatter:
    """The front matter of an edition; what it says of its state is what it is."""
    front = front_from_json(frozen["front"])
    state = {"draft": False, "status": "evergreen"}
    extra = [(key, state.pop(key, value)) for key, value in front.extra]
    return replace(front, extra=(*extra, *state.items()))


@dataclass(frozen=True, slots=True)
class Format:
    """A form of export: the ending of its files and its two writers."""

    suffix: str
    working: Callable[[Episode], str]
    edition: Callable[[Edition], str]


def _dumped(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


FORMATS: dict[str, Format] = {
    "markdown": Format(".md", working_markdown, edition_markdown),
    "json": Format(
        ".json",
        lambda episode: _dumped(working_json(episode)),
        lambda edition: _dumped(edition_json(edition)),
    ),
}
