"""The glossary as JSON: a list of objects with the fields of a :class:`~.concepts.Concept`. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from episodes.transcripts.messages import fill, gettext_noop
from glossary.exchange.concepts import (
    FIELDS,
    LISTS,
    Concept,
    Reading,
    Remarks,
    Row,
    made,
    one_line,
    refused,
    tidy,
    too_large,
)

__all__ = ["dumps", "read", "write"]

TOLD = frozenset({"url", "uses", "episodes"})
"""What the public file says besides; nothing that could be read back."""


def write(concepts: Iterable[Concept]) -> bytes:
    """Return concepts as JSON in UTF-8; reading gives them again, tidied."""
    return dumps([asdict(tidy(concept)) for concept in concepts]).encode()


def dumps(items: Sequence[dict[str, Any]]) -> str:
    """Return objects as a JSON list, one a line."""
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    return f"[\n{lines}\n]\n" if items else "[]\n"


def read(data: bytes) -> Reading:
    """Return the terms of a JSON file and what could not be taken."""
    if (nothing := too_large(data)) is not None:
        return nothing
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return refused(0, gettext_noop("The file’s encoding is none that can be read: use UTF-8."))
    remarks = Remarks()
    fields: set[str] = set()
    try:
        items = list(_items(text))
    except json.JSONDecodeError as error:
        template = gettext_noop("This is no proper JSON: {fault}")
        return refused(error.lineno, fill(template, fault=error.msg))
    except (ValueError, RecursionError):
        return refused(0, gettext_noop("This JSON is nested too deep, or has too large a number."))
    rows = [row for line, item in items if (row := _row(line, item, fields, remarks)) is not None]
    return made(rows, remarks, fields)


def _items(text: str) -> Iterator[tuple[int, Any]]:
    """Yield the items of a JSON list, each with its line. Raises ValueError."""
    decoder = json.JSONDecoder()
    place, counted, line = _blank(text, 0), 0, 1
    if text[place : place + 1] != "[":
        raise json.JSONDecodeError("a list of terms, [ … ], is expected", text, place)
    place = _blank(text, place + 1)
    if text[place : place + 1] != "]":
        while True:
            line, counted = line + text.count("\n", counted, place), place
            item, place = decoder.raw_decode(text, place)
            yield line, item
            place = _blank(text, place)
            if text[place : place + 1] != ",":
                break
            place = _blank(text, place + 1)
    if text[place : place + 1] != "]":
        raise json.JSONDecodeError("“,” or “]” is expected", text, place)
    if (rest := _blank(text, place + 1)) != len(text):
        raise json.JSONDecodeError("something stands behind the list", text, rest)


def _blank(text: str, place: int) -> int:
    while text[place : place + 1] in (" ", "\t", "\r", "\n"):
        place += 1
    return place


def _row(line: int, item: Any, fields: set[str], remarks: Remarks) -> Row | None:
    if not isinstance(item, dict):
        remarks.add(line, gettext_noop("This is no term: an object is expected."))
        return None
    values: dict[str, Any] = {}
    for name, value in item.items():
        if name not in FIELDS:
            if name not in TOLD:
                said = gettext_noop("“{what}” is none of our fields; left out ({count} in all).")
                remarks.count(line, said, one_line(name)[:100])
            continue
        fields.add(name)
        texts = [value] if isinstance(value, str) else value
        texts = [] if texts is None else texts
        several = name in LISTS and isinstance(texts, list)
        if not (several or isinstance(value, str | None)) or any(
            not isinstance(text, str) for text in texts
        ):
            remarks.add(
                line, fill(gettext_noop("“{name}” is no text; it was left out."), name=name)
            )
            continue
        if name in LISTS:
            values[name] = tuple(part for text in texts for part in text.splitlines())
        else:
            values[name] = "".join(texts)
    values["state"] = values.get("state") or "candidate"
    return Row(line, Concept(**values))
