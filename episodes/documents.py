"""The working copy as a document, and a document as the JSON of the exports.

Front matter has no key of its own for what only the desk knows (the original title, how a text came
about). An export writes these as extra keys, and an import reads them back; ``DETAILS`` names them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from episodes.models import Episode, Mention, Origin, Turn
from episodes.models.working import Provenance
from episodes.transcripts.document import Chapter as ChapterValue
from episodes.transcripts.document import Document, FrontMatter, TurnKind
from episodes.transcripts.document import Turn as TurnValue
from episodes.transcripts.jsonform import from_json, to_json
from episodes.transcripts.normal import normalise

__all__ = [
    "DETAILS",
    "TEXT_FIELDS",
    "document_of",
    "episode_fields",
    "episode_json",
    "front_from_json",
    "front_json",
    "front_of",
    "turn_value",
]

# field of FrontMatter -> field of Episode
TEXT_FIELDS = {
    "title": "title",
    "summary": "summary",
    "insight": "insight",
    "series": "series",
    "source": "source_address",
    "channel": "channel",
    "author": "author",
    "guest": "guest",
    "area": "area",
    "category": "category",
}


def _short(limit: int) -> Callable[[str], bool]:
    return lambda value: len(value) <= limit


def _is_language(value: str) -> bool:
    return re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}", value) is not None


def _is_provenance(value: str) -> bool:
    return value in Provenance.values


def _is_web_address(value: str) -> bool:
    return not value or (
        len(value) <= 1000 and re.match(r"https?://[^\s<>\"]+$", value) is not None
    )


# key of the front matter -> (field of Episode, whether a value is one of that field)
DETAILS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "original_title": ("original_title", _short(500)),
    "audio_url": ("audio_url", _is_web_address),
    "translation_language": ("language", _is_language),
    "original_language": ("original_language", _is_language),
    "translation_provenance": ("translation_provenance", _is_provenance),
    "original_provenance": ("original_provenance", _is_provenance),
    "revised_by": ("revised_by", _short(200)),
    "rights": ("rights", _short(100_000)),
}


_NEW = Episode()  # its fields hold the defaults


def _is_detail(key: str, value: object) -> bool:
    return key in DETAILS and isinstance(value, str) and DETAILS[key][1](value)


def episode_fields(front: FrontMatter) -> dict[str, Any]:
    """Return the values of an episode's own fields that a front matter gives (not its lists)."""
    values: dict[str, Any] = {ours: getattr(front, key) for key, ours in TEXT_FIELDS.items()}
    values["date"] = datetime.date.fromisoformat(front.date) if front.date else None
    values["extra"] = [[key, value] for key, value in front.extra]
    for key, value in front.extra:
        if _is_detail(key, value):
            values[DETAILS[key][0]] = value
    return values


def _extra(episode: Episode) -> tuple[tuple[str, object], ...]:
    """The extra keys in their order; those of the desk with its values, set ones added last."""
    pairs = [
        (key, getattr(episode, DETAILS[key][0]) if _is_detail(key, value) else value)
        for key, value in episode.extra
    ]
    present = {key for key, _value in pairs}
    for key, (field, _valid) in DETAILS.items():
        value = getattr(episode, field)
        if key not in present and value != getattr(_NEW, field):
            pairs.append((key, value))
    return tuple(pairs)


def _mentioned(mentions: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(mention.written or mention.target.name for mention in mentions)


def front_of(episode: Episode) -> FrontMatter:
    """Return the front matter of the working copy; six queries."""
    people = (
        appearance.written or appearance.person.name
        for appearance in episode.appearances.select_related("person")
        if appearance.written or appearance.origin == Origin.EDITOR
    )
    tags = episode.tag_items.order_by("pk").values_list("tag__name", flat=True)
    projects = episode.project_items.order_by("pk").values_list("tag__name", flat=True)
    return FrontMatter(
        **{key: getattr(episode, ours) for key, ours in TEXT_FIELDS.items()},
        date=episode.date.isoformat() if episode.date else "",
        people=tuple(people),
        organisations=_mentioned(episode.organisation_mentions.select_related("target")),
        products=_mentioned(episode.product_mentions.select_related("target")),
        works=_mentioned(episode.work_mentions.select_related("target")),
        tags=tuple(tags),
        projects=tuple(projects),
        extra=_extra(episode),
    )


def turn_value(turn: Turn) -> TurnValue:
    """Return a working turn as the document's value."""
    return TurnValue(
        kind=TurnKind(turn.kind),
        label=turn.label,
        text=turn.text,
        original=turn.original,
        original_label=turn.original_label,
        start=turn.start,
        end=turn.end,
    )


def document_of(episode: Episode) -> Document:
    """Return the working copy as a document in normal form; eight queries, whatever its size."""
    turns: dict[int, list[TurnValue]] = {}
    for turn in episode.turns.order_by("position"):
        turns.setdefault(turn.chapter_id, []).append(turn_value(turn))
    chapters = tuple(
        ChapterValue(chapter.title, chapter.level, tuple(turns.get(chapter.pk, ())))
        for chapter in episode.chapters.order_by("position")
    )
    return normalise(Document(front=front_of(episode), chapters=chapters))


# --- JSON -------------------------------------------------------------------------------------


def front_json(front: FrontMatter) -> dict[str, Any]:
    """Return a front matter as JSON: lists for tuples, ``extra`` as [key, value] pairs."""
    values: dict[str, Any] = to_json(Document(front=front))["front"]
    return values


def front_from_json(values: dict[str, Any]) -> FrontMatter:
    """Return the front matter that ``front_json`` wrote."""
    return from_json({"front": values, "chapters": []}).front


def episode_json(
    front: FrontMatter,
    chapters: Sequence[dict[str, Any]],
    turns: Sequence[dict[str, Any]],
    *,
    slug: str,
    status: str,
    edition: int | None,
) -> dict[str, Any]:
    """Return the JSON of an export.

    ``chapters`` are ``{position, title, level}``; a turn is ``{uid, chapter, kind, speaker, label,
    original_label, text, original, start, end}`` with its chapter's position, times in
    milliseconds. ``front`` is the front matter whole, unknown keys included.
    """
    return {
        "slug": slug,
        "title": front.title,
        "date": front.date,
        "source": front.source,
        "status": status,
        "edition": edition,
        "front": front_json(front),
        "chapters": [{key: chapter[key] for key in CHAPTER_KEYS} for chapter in chapters],
        "turns": [{key: turn[key] for key in TURN_KEYS} for turn in turns],
    }


CHAPTER_KEYS = ("position", "title", "level")
TURN_KEYS = (
    "uid",
    "chapter",
    "kind",
    "speaker",
    "label",
    "original_label",
    "text",
    "original",
    "start",
    "end",
)
