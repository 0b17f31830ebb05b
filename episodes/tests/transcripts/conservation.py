"""The law that no letter and no digit of a file is lost, whatever the file looks like.

Every alphanumeric character of a file ends in exactly one turn, heading, original, label,
front-matter value or residue. What a reader consumes as markup is defined here, independently of
the reader: tags it knows, summaries it knows, entities, keys of the front matter, times.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator

import yaml

from episodes.transcripts.document import Document

_SUMMARY = re.compile(
    r"(<summary[^<>]*>)\s*(?:View/Hide Original English|Original English Source|Original English|原文)"
    r"\s*(?=<|\n|$)",
    re.I,
)
_CONSUMED_TAG = re.compile(r"</?(?:details|summary|p|br|b|strong|i|em)\b[^<>]*>", re.I)
_FRONT = re.compile(r"\A---\n(.*?\n)---\n", re.S)


def _scalars(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _scalars(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _scalars(item)
    elif value not in (None, "null"):
        yield str(value).lower() if isinstance(value, bool) else str(value)


def _count(text: str) -> Counter[str]:
    return Counter(c for c in text if c.isalnum())


def letters_of_file(text: str) -> Counter[str]:
    front = _FRONT.match(text)
    values: list[str] = []
    if front:
        values = list(_scalars(yaml.load(front[1], Loader=yaml.BaseLoader)))
        values += re.findall(r"(?:^|\s)(#.*)", front[1])
        text = text[front.end() :]
    return _count(_consumed(text)) + _count("".join(values))


def _consumed(text: str) -> str:
    """The text without markup."""
    return html.unescape(_CONSUMED_TAG.sub("", _SUMMARY.sub(r"\1", text)))


def letters_of_document(document: Document) -> Counter[str]:
    front = document.front
    kept: list[str] = []
    for name in front.__slots__:
        value = getattr(front, name)
        kept += _scalars([item for _, item in value]) if name == "extra" else _scalars(value)
    inherited = {
        d.line for d in document.diagnostics if d.code in ("label_inherited", "heading_in_turn")
    }
    for chapter in document.chapters:
        kept.append(chapter.title)
        for turn in chapter.turns:
            kept += [
                "" if turn.line in inherited else turn.label,
                turn.text,
                turn.original,
                turn.original_label,
            ]
    kept += [residue.text for residue in document.residue]
    # Markup in code or in a comment is text, but cannot be told here: it counts on neither side.
    return _count(_consumed("\n".join(kept)))
