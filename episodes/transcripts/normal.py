"""The normal form of a document: what every reader returns and every writer writes."""

from __future__ import annotations

from dataclasses import replace

from episodes.transcripts.characters import strip_controls, tidy_line, tidy_text
from episodes.transcripts.document import Chapter, Document, FrontMatter, Turn
from episodes.transcripts.frontmatter import FIELDS, LISTS, PROSE, is_date, unique
from episodes.transcripts.yamlform import MAX_DEPTH, MAX_KEY


def normalise(document: Document) -> Document:
    """The document in its normal form. Idempotent; nothing that a reader sees is changed.

    * Everywhere: LF line ends, no control characters.
    * Texts and originals, summary and insight: no trailing space on a line, nothing blank before or
      after; inner blank lines stay.
    * Titles, labels, list values and the other fields of the front matter: one line, single spaces.
    * Lists without empty values and duplicates (:func:`frontmatter.unique`); a date is ISO or empty.
    * ``extra``: keys other than the known ones, each once; values of YAML's plain kinds.
    * Chapters: level 1 to 6; level 0, without a title and not without turns, only in the first.
    * Times are not negative.
    """
    chapters: list[Chapter] = []
    for chapter in document.chapters:
        title = tidy_line(chapter.title)
        level = min(max(chapter.level, 0), 6)
        turns = tuple(_turn(turn) for turn in chapter.turns)
        if level == 0 and not title and not turns:
            continue
        if level == 0 and (title or chapters):
            level = 3
        chapters.append(Chapter(title, level, turns, chapter.line))
    return replace(document, front=_front(document.front), chapters=tuple(chapters))


def _turn(turn: Turn) -> Turn:
    return Turn(
        turn.kind,
        tidy_line(turn.label),
        tidy_text(turn.text),
        tidy_text(turn.original),
        tidy_line(turn.original_label),
        _time(turn.start),
        _time(turn.end),
        turn.line,
    )


def _time(value: int | None) -> int | None:
    return value if value is not None and value >= 0 else None


def _front(front: FrontMatter) -> FrontMatter:
    values: dict[str, object] = {}
    for key, field in FIELDS.items():
        value = getattr(front, field)
        if key in LISTS:
            values[field] = unique(value)
        elif key in PROSE:
            values[field] = tidy_text(value)
        elif key == "date":
            values[field] = value if is_date(value) else ""
        else:
            values[field] = tidy_line(value)
    extra: dict[str, object] = {}
    for key, value in front.extra:
        name = strip_controls(key)[:MAX_KEY]
        if name not in FIELDS and name not in extra:
            extra[name] = _plain(value, 1)
    values["extra"] = tuple(extra.items())
    return FrontMatter(**values)  # type: ignore[arg-type]


def _plain(value: object, depth: int) -> object:
    """A value of the kinds that YAML keeps; others as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**18 else str(value)
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, list | tuple) and depth < MAX_DEPTH:
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict) and depth < MAX_DEPTH:
        return {
            strip_controls(str(key))[:MAX_KEY]: _plain(item, depth + 1)
            for key, item in value.items()
        }
    return strip_controls(str(value))
