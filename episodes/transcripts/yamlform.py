"""YAML as front matter uses it: read from parser events, written by hand.

Plain scalars follow the YAML 1.2 core schema, as the site's own generator does: dates, ``yes`` and
``010`` are text. Anchors, aliases, tags, duplicate and non-scalar keys are refused.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from episodes.transcripts.characters import is_wide
from episodes.transcripts.document import ReadError
from episodes.transcripts.messages import fill, gettext_noop

MAX_CHARACTERS = 200_000
MAX_DEPTH = 20
MAX_KEY = 200

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,40}|[0-9]{1,40}(?:\.[0-9]{0,40})?)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its line: ``text`` of a scalar as written, or the items of a collection."""

    line: int
    value: object
    text: str | None = None
    items: tuple[Node, ...] = ()


def parse(text: str, first_line: int) -> tuple[list[tuple[str, Node]], list[tuple[int, str]]]:
    """The pairs of a mapping in order, and the comments with their lines.

    ``first_line`` is the line of the file on which ``text`` begins. Raises :class:`ReadError`
    (``front_matter_too_large``, ``front_matter_invalid``, ``front_matter_duplicate_key``).
    """
    if len(text) > MAX_CHARACTERS:
        message = gettext_noop("The front matter is too large.")
        raise ReadError("front_matter_too_large", message, first_line)
    reader = _Reader(text, first_line)
    try:
        pairs = reader.document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (min(mark.line, text.count("\n")) if mark else 0)
        problem = getattr(error, "problem", None) or gettext_noop(
            "a character that YAML does not allow"
        )
        template = gettext_noop("The front matter is not valid YAML: {problem}.")
        raise _invalid(template, line, problem=problem) from None
    return pairs, reader.comments()


def _invalid(template: str, line: int, **values: object) -> ReadError:
    return ReadError("front_matter_invalid", fill(template, **values), line)


class _Reader:
    def __init__(self, text: str, first_line: int) -> None:
        self._text = text
        self._first = first_line
        self._spans: list[tuple[int, int]] = []

    def document(self) -> list[tuple[str, Node]]:
        events: Iterator[yaml.Event] = yaml.parse(self._text, Loader=_Loader)
        pairs: list[tuple[str, Node]] = []
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _invalid(
                        gettext_noop("The front matter holds two documents."), self._line(event)
                    )
            elif isinstance(event, yaml.MappingStartEvent):
                pairs = self._mapping(event, events, 0)
            elif isinstance(event, yaml.NodeEvent) and (
                not isinstance(event, yaml.ScalarEvent) or event.value
            ):
                raise _invalid(
                    gettext_noop("The front matter is not a list of keys."), self._line(event)
                )
        return pairs

    def comments(self) -> list[tuple[int, str]]:
        """What follows a ``#`` that stands in no scalar."""
        found: list[tuple[int, str]] = []
        spans = iter(self._spans)
        start, end = next(spans, (len(self._text), len(self._text)))
        line, counted = self._first, 0
        at = self._text.find("#")
        while at >= 0:
            while end <= at and start < len(self._text):
                start, end = next(spans, (len(self._text), len(self._text)))
            step = at + 1
            if not start <= at < end and (at == 0 or self._text[at - 1].isspace()):
                stop = self._text.find("\n", at)
                step = len(self._text) if stop < 0 else stop
                line += self._text.count("\n", counted, at)
                counted = at
                found.append((line, self._text[at:step].rstrip()))
            at = self._text.find("#", step)
        return found

    def _line(self, event: yaml.Event) -> int:
        return self._first + (event.start_mark.line if event.start_mark else 0)

    def _mapping(
        self, event: yaml.Event, events: Iterator[yaml.Event], depth: int
    ) -> list[tuple[str, Node]]:
        self._check(event, depth)
        pairs: list[tuple[str, Node]] = []
        seen: set[str] = set()
        for key_event in events:
            if isinstance(key_event, yaml.MappingEndEvent):
                break
            line = self._line(key_event)
            if not isinstance(key_event, yaml.ScalarEvent):
                raise _invalid("A key of the front matter is not a plain text.", line)
            key = self._scalar(key_event).text or ""
            if len(key) > MAX_KEY:
                raise _invalid("A key of the front matter is too long.", line)
            if key in seen:
                template = gettext_noop("The key “{key}” stands twice in the front matter.")
                raise ReadError("front_matter_duplicate_key", fill(template, key=key), line)
            seen.add(key)
            pairs.append((key, self._node(next(events), events, depth + 1)))
        return pairs

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        self._check(event, depth)
        line = self._line(event)
        if isinstance(event, yaml.MappingStartEvent):
            pairs = self._mapping(event, events, depth)
            return Node(line, {key: node.value for key, node in pairs})
        items = []
        for item in events:
            if isinstance(item, yaml.SequenceEndEvent):
                break
            items.append(self._node(item, events, depth + 1))
        return Node(line, [item.value for item in items], items=tuple(items))

    def _check(self, event: yaml.Event, depth: int) -> None:
        line = self._line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _invalid(
                gettext_noop("Anchors and aliases are not allowed in the front matter."), line
            )
        if tag := getattr(event, "tag", None):
            raise _invalid(
                gettext_noop("The tag “{tag}” is not allowed in the front matter."), line, tag=tag
            )
        if depth > MAX_DEPTH:
            raise _invalid(gettext_noop("The front matter is nested too deeply."), line)

    def _scalar(self, event: yaml.ScalarEvent) -> Node:
        line = self._line(event)
        if event.anchor:
            raise _invalid(
                gettext_noop("Anchors and aliases are not allowed in the front matter."), line
            )
        if event.tag and event.tag != "tag:yaml.org,2002:str":
            raise _invalid(
                gettext_noop("The tag “{tag}” is not allowed in the front matter."),
                line,
                tag=event.tag,
            )
        text: str = event.value
        if event.start_mark and event.end_mark:
            start, end = event.start_mark.index, event.end_mark.index
            self._spans.append((start, end))
            if event.style != "|" and event.start_mark.line != event.end_mark.line:
                text = _unfold(text, self._text[start:end])
        plain = event.implicit[0] and not event.tag
        return Node(line, resolve(text) if plain else text, text)


def _unfold(text: str, raw: str) -> str:
    """A folded scalar without the spaces that folding put between two wide characters."""
    at = 0
    lines = [line.strip() for line in raw.split("\n")]
    for before, after in itertools.pairwise(lines):
        if not before or not after or not is_wide(before[-1]) or not is_wide(after[0]):
            continue
        tail = before[-12:]
        found = text.find(f"{tail} {after[0]}", at)
        if found >= 0:
            at = found + len(tail)
            text = text[:at] + text[at + 1 :]
    return text


def resolve(text: str) -> object:
    """The value of a plain scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and not _zero_led(text):
        number = float(text)
        return number if number - number == 0 else text
    return text


def _zero_led(text: str) -> bool:
    digits = text.lstrip("-+")
    return digits.isdigit() or (digits[:1] == "0" and digits[1:2].isdigit())


# Writing

_PLAIN = re.compile(r"[^\W_][^\t\n\u2028\u2029\ufeff]*")
_ELSEWHERE = re.compile(  # what some other reader of YAML takes for more than text
    r"[-+]?[\d.][\d_.,:eExXoObBa-fA-F+-]*|\d{4}-\d.*|y|n|yes|no|on|off|true|false|null|inf|nan",
    re.I,
)
_UNSAFE = re.compile("[\u2028\u2029\ufeff]")


def write_scalar(value: object) -> str:
    """A scalar on one line, quoted only where it has to be."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        mantissa, e, exponent = repr(value).partition("e")
        return mantissa + ("" if "." in mantissa or not e else ".0") + e + exponent
    if isinstance(value, int):
        return str(value)
    text = str(value)
    plain = (
        _PLAIN.fullmatch(text)
        and not _ELSEWHERE.fullmatch(text)
        and ": " not in text
        and " #" not in text
        and text[-1] != ":"
        and text == text.rstrip()
    )
    if plain:
        return text
    if "\n" in text or "\t" in text or _UNSAFE.search(text):
        return _json(text)
    return "'" + text.replace("'", "''") + "'"


def write_pair(key: str, value: object) -> str:
    """``key: value`` with its line end; lists of scalars flush below, deeper values as JSON."""
    name = write_scalar(key)
    if isinstance(value, list | tuple) and value:
        if not any(isinstance(item, list | tuple | dict) for item in value):
            return f"{name}:\n" + "".join(f"- {write_scalar(item)}\n" for item in value)
        return f"{name}: {_json(value)}\n"
    if isinstance(value, list | tuple):
        return f"{name}: []\n"
    if isinstance(value, dict):
        return f"{name}: {_json(value)}\n"
    return f"{name}: {write_scalar(value)}\n"


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
