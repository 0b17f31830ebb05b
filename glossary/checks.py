"""Checks of the term base: what is approved is said, what is forbidden is not. Pure, no Django.

They find the terms (``termbase``) in ``Subject.added["terms"]``; without, they find nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from episodes.checks.languages import is_han_language
from episodes.checks.namefinder import blanked
from episodes.checks.registry import Around, Finding, Fix, Severity, TurnCheck, register
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.characters import has_han
from episodes.transcripts.messages import fill, gettext_noop
from glossary.grouping import key_of, same_saying
from glossary.termbase import Forbidden, Term, TermBase

__all__ = ["TERMS", "DefinitionDiffers", "ForbiddenRendering", "RenderingMissing"]

TERMS = "terms"
"""What checks that look at the term base give in ``depends``."""


def _base_of(subject: Subject) -> TermBase | None:
    base = subject.added.get(TERMS)
    return base if isinstance(base, TermBase) else None


def _said_of(terms: tuple[Term, ...]) -> str:
    return " / ".join(dict.fromkeys(name for term in terms for name in term.renderings[:1]))


@register
class RenderingMissing(TurnCheck):
    """The original uses an approved term, and the translation says it in none of its ways.

    A translation that keeps the foreign name or its abbreviation is no fault.
    """

    code = "term_rendering"
    severity = Severity.WARNING
    title = gettext_noop("An approved rendering is not used")
    depends = frozenset({"text", "original", "language", "original_language", TERMS})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:
        subject = around.subject
        base = _base_of(subject)
        if base is None or not turn.text or not turn.original:
            return
        if is_han_language(subject.language) is False or is_han_language(subject.original_language):
            return
        told: set[tuple[int, ...]] = set()
        for found in base.mentioned(blanked(turn.original)):
            terms = tuple(term for term in found.terms if term.renderings)
            keys = tuple(term.key for term in terms)
            if len(terms) < len(found.terms) or keys in told:
                continue  # one of them has no Chinese name: it stays as it is
            told.add(keys)
            if base.has_name(_shown(turn, terms), terms):
                continue
            said = turn.original[found.start : found.end]
            yield Finding(
                check=self.code,
                message=fill(
                    gettext_noop("The original says “{said}”, the translation not “{rendering}”."),
                    said=said,
                    rendering=_said_of(terms),
                ),
                uid=turn.uid,
                field="original",
                start=found.start,
                end=found.end,
                about=(turn.text, turn.original, _said_of(terms)),
            )


def _shown(turn: Turn, terms: tuple[Term, ...]) -> str:
    """The translation without the notes of heads in Chinese, where it has none of the renderings: the
    foreign name in a note does not make another head a rendering."""
    text = turn.text
    if not turn.annotations or any(name in text for term in terms for name in term.renderings):
        return text
    for note in reversed(turn.annotations):
        if note.certain and all(map(has_han, note.heads)):
            for start, end in reversed(note.notes):
                text = text[:start] + " " * (end - start) + text[end:]
    return text


@register
class ForbiddenRendering(TurnCheck):
    """The translation uses a rendering that a term forbids.

    Where that is an approved name of another term, the original tells which of the two is meant.
    """

    code = "term_forbidden"
    severity = Severity.ERROR
    title = gettext_noop("A forbidden rendering is used")
    depends = frozenset({"text", "original", TERMS})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:
        base = _base_of(around.subject)
        if base is None or not turn.text:
            return
        places: dict[str, list[Forbidden]] = {}
        for found in base.forbidden(blanked(turn.text)):
            places.setdefault(turn.text[found.start : found.end], []).append(found)
        meant: set[int] | None = None
        for said, found_at in places.items():
            first = found_at[0]
            terms = first.terms
            if first.approved:
                if meant is None:
                    mentions = base.mentioned(blanked(turn.original))
                    meant = {term.key for found in mentions for term in found.terms}
                terms = tuple(term for term in terms if term.key in meant)
                if not terms or meant & {term.key for term in first.approved}:
                    continue
            yield self._finding(turn, said, terms, found_at)

    def _finding(
        self, turn: Turn, said: str, terms: tuple[Term, ...], places: list[Forbidden]
    ) -> Finding:
        first = places[0]
        return Finding(
            check=self.code,
            message=fill(
                gettext_noop("“{said}” is a forbidden rendering: write “{term}”."),
                said=said,
                term=" / ".join(term.term for term in terms),
            ),
            uid=turn.uid,
            field="text",
            start=first.start,
            end=first.end,
            fix=self._fix(turn, terms[0].term, places) if len(terms) == 1 else None,
            about=(turn.text, said),
        )

    def _fix(self, turn: Turn, right: str, places: list[Forbidden]) -> Fix:
        """The approved term in all its places."""
        text = turn.text
        for place in reversed(places):
            text = text[: place.start] + right + text[place.end :]
        return Fix("text", text)


@register
class DefinitionDiffers(TurnCheck):
    """An inline note defines a term otherwise than the approved entry does; a shorter one is none."""

    code = "term_definition"
    severity = Severity.WARNING
    title = gettext_noop("A note defines a term otherwise than the glossary")
    depends = frozenset({"text", TERMS})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:
        base = _base_of(around.subject)
        if base is None or not turn.annotations:
            return
        for note in turn.annotations:
            if not note.certain or not note.definition:
                continue
            for head in note.heads:
                term = base.by_key.get(key_of(head))
                if term is not None and _conflict(note.definition, term.definition):
                    yield Finding(
                        check=self.code,
                        message=fill(
                            gettext_noop(
                                "The note on “{term}” says “{note}”, the glossary “{definition}”."
                            ),
                            term=head,
                            note=note.definition,
                            definition=term.definition,
                        ),
                        uid=turn.uid,
                        field="text",
                        start=note.note_start,
                        end=note.notes[-1][1],
                        about=(head, note.definition, term.definition),
                    )


def _conflict(one: str, other: str) -> bool:
    """Whether two definitions differ in more than signs, and neither is a part of the other."""
    short, long = sorted((same_saying("definition", text) for text in (one, other)), key=len)
    return bool(short) and short not in long
