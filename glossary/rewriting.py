"""A term's spelling rewritten in a turn's Markdown: its annotated heads, or all of its mentions. Pure.

Only the letters of the term change: bold, title marks, notes and all around them stay. What would be
read otherwise afterwards is not rewritten at all (:class:`Unsafe`). All offsets are code points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from episodes.transcripts.annotation_notes import plain
from episodes.transcripts.annotations import Annotation, scan
from episodes.transcripts.closed import closed_spans
from episodes.transcripts.replacing import Replacement, applied, way_back
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
