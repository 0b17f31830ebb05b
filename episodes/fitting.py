"""A document in normal form as the tables can hold it. Pure.

What is too long for its column is not cut away: a value of the front matter goes whole under the
extra key ``<key>_unread``, a heading's rest and an overlong label into the text beside it. Each is
reported. Fitting twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from episodes.remarks import say
from episodes.transcripts.document import (
    Chapter,
    Diagnostic,
    Document,
    FrontMatter,
    Turn,
    TurnKind,
)

__all__ = ["fit"]

TEXTS = {
    "title": 500,
    "source": 2000,
    "channel": 200,
    "author": 200,
    "guest": 500,
    "series": 200,
    "area": 100,
    "category": 100,
}
LISTS = {
    "people": 200,
    "organisations": 200,
    "products": 200,
    "works": 200,
    "tags": 100,
    "projects": 100,
}
LABEL = 300
HEADING = 1000
LATEST = 2**31 - 1  # milliseconds


def fit(document: Document) -> Document:
    """Return the document with every value within its column, and the reasons as diagnostics."""
    notes: list[Diagnostic] = []
    front = _front(document.front, notes)
    chapters = tuple(_chapter(chapter, notes) for chapter in document.chapters)
    return replace(
        document, front=front, chapters=chapters, diagnostics=(*document.diagnostics, *notes)
    )


def _front(front: FrontMatter, notes: list[Diagnostic]) -> FrontMatter:
    extra = list(front.extra)
    changed: dict[str, object] = {}

    def move(key: str, value: object, limit: int) -> None:
        name = f"{key}_unread"
        while any(name == known for known, _value in extra):
            name += "_"
        extra.append((name, value))
        message = say("value_too_long", key=key, limit=limit, name=name)
        notes.append(Diagnostic(0, "value_too_long", message))

    for key, limit in TEXTS.items():
        text = getattr(front, key)
        if len(text) > limit:
            move(key, text, limit)
            changed[key] = text[:limit].strip()
    for key, limit in LISTS.items():
        values = getattr(front, key)
        long = [value for value in values if len(value) > limit]
        if long:
            move(key, long, limit)
            changed[key] = tuple(value for value in values if len(value) <= limit)
    return replace(front, extra=tuple(extra), **changed)  # type: ignore[arg-type]


def _chapter(chapter: Chapter, notes: list[Diagnostic]) -> Chapter:
    turns = tuple(_turn(turn, notes) for turn in chapter.turns)
    if len(chapter.title) > HEADING:
        rest = chapter.title[HEADING:].strip()
        message = say("heading_too_long", limit=HEADING)
        notes.append(Diagnostic(chapter.line, "heading_too_long", message))
        turns = (Turn(TurnKind.NARRATION, text=rest, line=chapter.line), *turns)
        return replace(chapter, title=chapter.title[:HEADING].strip(), turns=turns)
    return replace(chapter, turns=turns) if turns != chapter.turns else chapter


def _turn(turn: Turn, notes: list[Diagnostic]) -> Turn:
    changes = dict(_changes(turn))
    if changes:
        notes.append(Diagnostic(turn.line, "turn_fitted", say("turn_fitted")))
        return replace(turn, **changes)  # type: ignore[arg-type]
    return turn


def _changes(turn: Turn) -> Iterator[tuple[str, object]]:
    if len(turn.label) > LABEL:
        yield "label", ""
        yield "text", f"{turn.label}: {turn.text}"
    if len(turn.original_label) > LABEL:
        yield "original_label", ""
        yield "original", f"{turn.original_label}: {turn.original}"
    start, end = turn.start, turn.end
    if start is not None and not 0 <= start <= LATEST:
        start = None
    if end is not None and (not 0 <= end <= LATEST or (start is not None and end < start)):
        end = None
    if start != turn.start:
        yield "start", start
    if end != turn.end:
        yield "end", end
