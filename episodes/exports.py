"""Exports: the working copy or an edition as Markdown, JSON or subtitles.

``FORMATS`` is the registry: each format knows how to write either. What an edition gives comes from
its frozen document alone, and what readers were told of corrections until then.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from episodes import edition_notes, rendering
from episodes.documents import document_of, episode_json, front_from_json, front_of
from episodes.models import Edition, Episode
from episodes.transcripts import markdown, subtitles
from episodes.transcripts.document import Chapter, Document, FrontMatter, Turn, TurnKind
from episodes.transcripts.messages import gettext_noop
from episodes.transcripts.subtitles import LANGUAGES, Subtitles, TimedTurn

__all__ = [
    "DEFAULT_LANGUAGE",
    "FORMATS",
    "Exported",
    "Format",
    "NoTimes",
    "edition_json",
    "edition_markdown",
    "edition_turns",
    "working_json",
    "working_markdown",
    "working_turns",
]

DEFAULT_LANGUAGE = "both"


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
    """Return a published edition as JSON, with ``corrections``: ``{edition, date, text}``, what its
    readers were told until then, the newest first; ``text`` is Markdown."""
    frozen = edition.document
    return episode_json(
        _published_front(frozen),
        frozen["chapters"],
        frozen["turns"],
        slug=frozen["slug"],
        status="evergreen",
        edition=edition.number,
    ) | {
        "corrections": [
            {"edition": each.number, "date": each.at.isoformat(), "text": each.text}
            for each in edition_notes.told(edition.episode_id, edition.number)
        ]
    }


def _published_front(frozen: dict[str, Any]) -> FrontMatter:
    """The front matter of an edition; what it says of its state is what it is."""
    front = front_from_json(frozen["front"])
    state = {"draft": False, "status": "evergreen"}
    extra = [(key, state.pop(key, value)) for key, value in front.extra]
    return replace(front, extra=(*extra, *state.items()))


class NoTimes(LookupError):
    """There is nothing to make subtitles of; the argument is a sentence for whoever asked."""


def working_turns(episode: Episode) -> list[TimedTurn]:
    """Return the turns of the working copy as subtitles need them; one query."""
    return [
        TimedTurn(
            start=turn.start,
            end=turn.end,
            speaker=_shown(turn.kind, turn.speaker.name if turn.speaker else "", turn.label),
            text=rendering.render_turn(turn.text).plain,
            original=rendering.render_original(turn.original)[1],
        )
        for turn in episode.turns.select_related("speaker").order_by("position")
    ]


def edition_turns(edition: Edition) -> list[TimedTurn]:
    """Return the turns of a published edition as subtitles need them."""
    return [
        TimedTurn(
            start=turn["start"],
            end=turn["end"],
            speaker=_shown(turn["kind"], turn["speaker"], turn["label"]),
            text=turn["text_plain"],
            original=turn["original_plain"],
        )
        for turn in edition.document["turns"]
    ]


def _shown(kind: str, speaker: str, label: str) -> str:
    """The name above a turn's words; of narration and what is only heard there is none."""
    return (speaker or label) if kind == TurnKind.SPEECH else ""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file's text, and how many turns it leaves out because they have no times."""

    content: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Format:
    """A form of export: the ending of its files, their type, and its two writers.

    A writer takes one of ``languages``, or anything where there are none to choose from. It raises
    ``NoTimes`` where the form needs times that are not there.
    """

    suffix: str
    content_type: str
    working: Callable[[Episode, str], Exported]
    edition: Callable[[Edition, str], Exported]
    languages: tuple[str, ...] = ()


def _dumped(value: dict[str, Any]) -> Exported:
    return Exported(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _subtitles(
    suffix: str, content_type: str, write: Callable[[list[TimedTurn], str], Subtitles]
) -> Format:
    def written(turns: list[TimedTurn], language: str) -> Exported:
        if all(turn.start is None for turn in turns):
            raise NoTimes(
                gettext_noop("This episode has no times, so there are no subtitles of it.")
            )
        made = write(turns, language)
        if not made.cues:
            raise NoTimes(gettext_noop("No turn with times has words in this language."))
        return Exported(made.content, made.left_out)

    return Format(
        suffix,
        content_type,
        lambda episode, language: written(working_turns(episode), language),
        lambda edition, language: written(edition_turns(edition), language),
        LANGUAGES,
    )


FORMATS: dict[str, Format] = {
    "markdown": Format(
        ".md",
        "text/markdown",
        lambda episode, _language: Exported(working_markdown(episode)),
        lambda edition, _language: Exported(edition_markdown(edition)),
    ),
    "json": Format(
        ".json",
        "application/json",
        lambda episode, _language: _dumped(working_json(episode)),
        lambda edition, _language: _dumped(edition_json(edition)),
    ),
    "vtt": _subtitles(".vtt", "text/vtt", subtitles.write_vtt),
    "srt": _subtitles(".srt", "application/x-subrip", subtitles.write_srt),
}
