"""A term's spelling rewritten in a turn's Markdown: its annotated heads, or all of its mentions. Pure.

Only the letters of the term change: bold, title marks, notes and all around them stay. What would be
read otherwise afterwards is not rewritten at all (:class:`Unsafe`). All offsets are code points.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from episodes.transcripts.annotation_marks import DESTINATION, PUNCTUATION, TAG, blocks
from episodes.transcripts.annotation_notes import plain
from episodes.transcripts.annotations import Annotation, scan
from glossary.grouping import key_of
from glossary.matching import Form, Matcher, Span, folded, table_of

__all__ = [
    "Replacement",
    "Unsafe",
    "applied",
    "closed_spans",
    "fits",
    "head_spans",
    "matcher_of",
    "replacements",
    "way_back",
]

OLD, NEW, OTHER = 1, 2, 3
"""Whose a form is: the term's as it was, as it will be, or any other term's."""


class Unsafe(ValueError):
    """Rewritten, the text would say something else than the new term in place of the old one."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """``text[start:end]`` is ``was`` and becomes ``becomes``."""

    start: int
    end: int
    was: str
    becomes: str


def fits(new: str) -> bool:
    """Whether a name can stand in Markdown as it is: one line, no marks, at least one letter."""
    return bool(key_of(new)) and new == " ".join(new.split()) and plain(new) == new


def matcher_of(old: str, new: str, others: Iterable[str]) -> Matcher:
    """Return what finds the old spelling, but not in the new one or in any of the others."""
    forms = [Form(old, OLD, (0,)), Form(new, NEW, (1,))]
    return Matcher(table_of(chain(forms, (Form(other, OTHER, (2,)) for other in others))))


def replacements(
    text: str, old: str, new: str, mentions: Matcher | None = None
) -> tuple[Replacement, ...]:
    """Return what to replace so that the old term is the new one: in order, none overlapping.

    The heads of certain annotations whose key is the old term's; with ``mentions``
    (:func:`matcher_of`) also what that finds outside links, code, URLs and notes. Nothing where
    nothing changes. In the result the same annotations stand, with the new head, and nothing is left
    to replace; else :class:`Unsafe` is raised.
    """
    annotations = scan(text)
    found = _found(text, annotations, old, new, mentions)
    if found:
        after = applied(text, found)
        anew = scan(after)
        if _said(anew) != _expected(annotations, old, new, found) or _found(
            after, anew, old, new, mentions
        ):
            raise Unsafe(new)
    return found


def applied(text: str, changes: Sequence[Replacement]) -> str:
    """Return the text with what was found in it replaced; the text itself where that is nothing."""
    if not changes:
        return text
    parts: list[str] = []
    pos = 0
    for change in changes:
        if text[change.start : change.end] != change.was:
            raise ValueError(f"{change.was!r} does not stand at {change.start}")
        parts += [text[pos : change.start], change.becomes]
        pos = change.end
    return "".join([*parts, text[pos:]])


def way_back(changes: Iterable[Replacement]) -> tuple[Replacement, ...]:
    """Return what makes the text again what it was before these."""
    back: list[Replacement] = []
    shift = 0
    for change in changes:
        start = change.start + shift
        end = start + len(change.becomes)
        back.append(Replacement(start, end, change.becomes, change.was))
        shift += len(change.becomes) - len(change.was)
    return tuple(back)


# What is found.

Annotations = Sequence[Annotation]
Said = list[tuple[object, ...]]


def _found(
    text: str, annotations: Annotations, old: str, new: str, mentions: Matcher | None
) -> tuple[Replacement, ...]:
    key = key_of(old)
    heads: list[Span] = []
    wanted: set[Span] = set()
    for annotation in annotations:
        if annotation.certain:
            spans = head_spans(text, annotation)
            heads += spans
            wanted.update(
                span
                for span, head in zip(spans, annotation.heads, strict=False)
                if key_of(head) == key
            )
    if mentions is not None:
        closed = [*closed_spans(text), *(note for each in annotations for note in each.notes)]
        found = mentions.find(text, closed, heads)
        wanted.update((match.start, match.end) for match in found if match.entry == OLD)
    return tuple(
        Replacement(start, end, text[start:end], new)
        for start, end in sorted(wanted)
        if text[start:end] != new
    )


def head_spans(text: str, annotation: Annotation) -> list[Span]:
    """Return where the heads of an annotation stand, in the order of ``heads``.

    Those of a shared note that hold markup of their own, and the ones behind them, are left out.
    """
    spans = [(annotation.head_start, annotation.head_end)]
    for head in annotation.heads[1:]:
        start = text.find(head, spans[-1][1], annotation.note_start)
        if start < 0:
            break
        spans.append((start, start + len(head)))
    return spans


def _said(annotations: Annotations) -> Said:
    """Return all that the certain ones say, and where."""
    return [
        (each.start, each.end, each.notes, each.heads, *_names(each, each.heads))
        for each in annotations
        if each.certain
    ]


def _expected(annotations: Annotations, old: str, new: str, changes: Sequence[Replacement]) -> Said:
    """Return what :func:`_said` has to be once the changes are made."""
    key = key_of(old)
    said: Said = []
    for each in annotations:
        if not each.certain:
            continue
        heads = tuple(new if key_of(head) == key else head for head in each.heads)
        notes = tuple((_moved(start, changes), _moved(end, changes)) for start, end in each.notes)
        start, end = _moved(each.start, changes), _moved(each.end, changes)
        said.append((start, end, notes, heads, *_names(each, (*each.heads, *heads))))
    return said


def _names(annotation: Annotation, heads: Iterable[str]) -> tuple[str, ...]:
    """Return what a note says besides its head: a foreign head is repeated among its names."""
    names = (annotation.foreign, annotation.abbreviation, annotation.expansion)
    own = {folded(head) for head in heads}
    return (
        *("" if folded(name) in own else name for name in names),
        *annotation.renderings,
        annotation.definition,
    )


def _moved(pos: int, changes: Iterable[Replacement]) -> int:
    """Return where a position that lies in no change is once they are made."""
    return pos + sum(len(each.becomes) - len(each.was) for each in changes if each.end <= pos)


# What is no running text.

_WORTH_READING = re.compile(r"[`\[<]|~~~|https?://|www\.", re.IGNORECASE)
_TOKEN = re.compile(
    rf"(?P<escaped>\\{PUNCTUATION})|(?P<ticks>`+)|(?P<tag>{TAG})|(?P<comment><!--)"
    r"|(?P<url>(?:https?://|www\.)(?:[!-;=?-~]*[/=#_-](?=[^\x00-\x7f])[^\s<>，。；：！？、（）《》“”]*"
    r"|[!-;=?-~]*))|(?P<square>[\[\]])",
    re.IGNORECASE | re.ASCII,
)
_DESTINATION = re.compile(DESTINATION)
_TICKS = re.compile("`+")


def closed_spans(text: str) -> list[Span]:
    """Return what of a Markdown text stands in links, code, tags and URLs, in order of its end.

    An address goes on to the next blank, or to Chinese that does not stand behind one of its signs.
    Linear in the text.
    """
    if not _WORTH_READING.search(text):
        return []
    closed: list[Span] = []
    pos = 0
    for start, end in blocks(text):
        if pos < start:
            closed.append((pos, start))  # fenced code
        closed += _closed_in(text, start, end)
        pos = end
    if pos < len(text):
        closed.append((pos, len(text)))
    return closed


def _closed_in(text: str, start: int, end: int) -> Iterator[Span]:
    ticks: dict[int, deque[int]] = {}
    for run in _TICKS.finditer(text, start, end):
        ticks.setdefault(len(run[0]), deque()).append(run.start())
    squares: list[int] = []
    comments = True
    pos = start
    while token := _TOKEN.search(text, pos, end):
        at, pos = token.span()
        kind = token.lastgroup
        if kind == "ticks":
            runs = ticks.get(pos - at, deque())
            while runs and runs[0] <= at:
                runs.popleft()
            if runs:
                pos = runs.popleft() + pos - at
                yield at, pos
        elif kind == "comment":
            closing = text.find("-->", pos, end) if comments else -1
            comments = closing >= 0  # looked for once, or a million of them cost a square
            if comments:
                pos = closing + 3
                yield at, pos
        elif kind in ("tag", "url"):
            yield at, pos
        elif text[at] == "[":
            squares.append(at)
        elif text[at] == "]" and squares:
            opened = squares.pop()
            if link := _DESTINATION.match(text, pos, end):
                pos = link.end()
                yield opened, pos
