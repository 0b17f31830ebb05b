"""The versions of an episode that can be compared: its editions, the working copy, its sources.

Each is read as the same value (``transcripts.contrast.Version``, fields named as the episode's, sets
as names), whatever it is stored in. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from episodes.documents import DETAILS, front_from_json, front_of, turn_value
from episodes.models import Edition, Episode, Source, TurnOrigin
from episodes.models.sources import Gives
from episodes.readings import base_of, fields_of
from episodes.transcripts.contrast import Item, Version
from episodes.transcripts.document import FrontMatter, Turn, TurnKind
from episodes.transcripts.working import SourceHeading

__all__ = ["SETS", "WORKING", "Choice", "Side", "choices_of", "read"]

WORKING = "working"

SETS = ("people", "organisations", "products", "works", "tags", "projects")
"""The lists of a front matter."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A version by its key: ``v3``, ``working``, ``source-12``. One of the two is set, or neither."""

    key: str
    edition: Edition | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """A version read; ``names`` are those of the speakers as they were, by their key."""

    choice: Choice
    version: Version
    fields: Mapping[str, Any]
    sets: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str] = field(default_factory=dict)


def choices_of(episode: Episode) -> dict[str, Choice]:
    """Return the versions by their keys, the latest edition first. Two queries.

    A source that gives only times has no text to compare.
    """
    editions = Edition.objects.filter(episode=episode).defer("document")
    sources = Source.objects.filter(episode=episode, gives=Gives.TEXT).order_by("pk")
    found = [
        Choice(WORKING),
        *(
            Choice(f"v{each.number}", edition=each)
            for each in editions.select_related("published_by")
        ),
        *(Choice(f"source-{each.pk}", source=each) for each in sources),
    ]
    return {choice.key: choice for choice in found}


def read(episode: Episode, choice: Choice) -> Side:
    """Return a version: of an edition one query, of a source two, of the working copy eight."""
    if choice.edition is not None:
        return _edition(choice)
    if choice.source is not None:
        return _source(choice, choice.source)
    return _working(episode, choice)


def _beside(front: FrontMatter, slug: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """The episode's fields and the sets that a front matter gives."""
    fields = fields_of(front)
    fields["extra"] = [[key, value] for key, value in fields["extra"] if key not in DETAILS]
    if slug:
        fields["slug"] = slug
    return fields, {name: tuple(getattr(front, name)) for name in SETS}


def _working(episode: Episode, choice: Choice) -> Side:
    turns = list(episode.turns.order_by("position"))
    places: dict[int, int] = {}
    for place, turn in enumerate(turns):
        places.setdefault(turn.chapter_id, place)
    headings: list[SourceHeading] = []
    following = len(turns)
    for chapter in episode.chapters.order_by("-position"):
        following = places.get(chapter.pk, following)
        if chapter.level:
            headings.append(SourceHeading(following, chapter.title, chapter.level))
    items = tuple(
        Item(turn_value(turn), str(turn.speaker_id or ""), frozenset((turn.uid,)), turn.uid)
        for turn in turns
    )
    fields, sets = _beside(front_of(episode), episode.slug)
    return Side(choice, Version(items, tuple(headings[::-1])), fields, sets)


def _edition(choice: Choice) -> Side:
    assert choice.edition is not None
    document: dict[str, Any] = choice.edition.document
    places: dict[int, int] = {}
    items = []
    names: dict[str, str] = {}
    for place, turn in enumerate(document["turns"]):
        places.setdefault(turn["chapter"], place)
        speaker = str(turn["speaker_id"] or "")
        names[speaker] = turn["speaker"]
        value = Turn(
            TurnKind(turn["kind"]),
            turn["label"],
            turn["text"],
            turn["original"],
            turn["original_label"],
            turn["start"],
            turn["end"],
        )
        items.append(Item(value, speaker, frozenset((turn["uid"],)), turn["uid"]))
    headings: list[SourceHeading] = []
    following = len(items)
    for chapter in sorted(document["chapters"], key=lambda each: -each["position"]):
        following = places.get(chapter["position"], following)
        if chapter["level"]:
            headings.append(SourceHeading(following, chapter["title"], chapter["level"]))
    fields, sets = _beside(front_from_json(document["front"]), document["slug"])
    return Side(choice, Version(tuple(items), tuple(headings[::-1])), fields, sets, names)


def _source(choice: Choice, source: Source) -> Side:
    text = base_of(source)
    rows = TurnOrigin.objects.filter(source_turn__source=source)
    keys: dict[int, list[str]] = {}
    for place, uid in rows.values_list("source_turn__position", "turn__uid"):
        keys.setdefault(place, []).append(uid)
    items = tuple(
        Item(spoken.value, spoken.speaker, frozenset(keys.get(place, ())))
        for place, spoken in enumerate(text.turns)
    )
    stored = {key: value for key, value in source.fields.items() if key not in ("chapters", "sets")}
    fields, sets = _beside(front_from_json(stored)) if stored else ({}, {})
    return Side(choice, Version(items, text.headings), fields, sets)
