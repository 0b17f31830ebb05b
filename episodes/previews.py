"""What an import would do, shown before anything is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from episodes import names, readings, reimports, speakers, storing, timings
from episodes.checks.corrections import count
from episodes.deciding import (
    FOLLOW,
    Decision,
    Incoming,
    decide,
    read,
    read_words,
    source_address,
    unchanged,
)
from episodes.models import Episode, Source
from episodes.models.sources import Gives, Outcome
from episodes.remembered import corrections_in
from episodes.sources.http import FetchError
from episodes.transcripts.annotations import scan, term_key
from episodes.transcripts.document import Diagnostic, Document, ReadError, TurnKind

__all__ = ["NamePreview", "Preview", "SpeakerPreview", "gives_times", "preview"]


@dataclass(frozen=True)
class SpeakerPreview:
    """A label with its number of turns and whom it means; ``state`` is new, known or empty."""

    label: str
    turns: int
    person: str = ""
    state: str = ""
    role: str = ""


@dataclass(frozen=True)
class NamePreview:
    """A name of the front matter, or a speaker, and whether it is on record."""

    name: str
    known: bool
    role: str = ""


@dataclass(frozen=True)
class Preview:
    """What an import would do. ``names`` holds people, organisations, products and works by kind,
    ``corrections`` counts the places that remembered corrections concern."""

    outcome: str
    message: str
    slug: str
    document: Document | None = None
    speakers: tuple[SpeakerPreview, ...] = ()
    names: dict[str, tuple[NamePreview, ...]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    terms: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()
    existing: Episode | None = None
    proposal: reimports.Proposal | None = None
    corrections: int = 0


def gives_times(incoming: Incoming, source: Source | None) -> bool:
    """Whether only times are taken from this: captions of an episode that has its text already."""
    return source.gives == Gives.TIMES if source else bool(incoming.captions)


def preview(incoming: Incoming, *, as_: str = "", slug: str = "") -> Preview:
    """Return what ``import_document`` would do with the same arguments now; writes nothing at all."""
    try:
        address = source_address(incoming.address, incoming.data)
        document = read(incoming)
    except ReadError as error:
        diagnostic = Diagnostic(error.line, error.code, error.message)
        return Preview(Outcome.FAILED.value, error.message, "", diagnostics=(diagnostic,))
    except FetchError as error:
        return Preview(Outcome.FAILED.value, error.message, "")
    known = unchanged(address, hashlib.sha256(incoming.data).hexdigest(), as_)
    if known is not None:
        episode = known.source.episode
        decision = Decision(known.outcome, known.message, episode.slug, episode)
    else:
        decision = decide(incoming, address, document, as_, slug)
    outcome, message = str(decision.outcome), decision.message
    proposal = None
    if outcome == FOLLOW:
        assert decision.episode is not None
        if gives_times(incoming, decision.source):
            outcome, message, proposal = timings.foresee(
                decision.episode, decision.source, read_words(incoming)
            )
        else:
            outcome, message, proposal = reimports.foresee(
                decision.episode, decision.source, readings.read_document(document)
            )
    plan = storing.plan_people(document)
    people = tuple(
        NamePreview(person.name, person.known is not None, person.role) for person in plan.people
    )
    return Preview(
        outcome,
        message,
        decision.slug,
        document,
        _speakers(document, plan),
        {"person": people, **_mentions(document)},
        {**storing.count(document), "people": len(people)},
        _terms(document),
        (*document.diagnostics, *plan.diagnostics),
        decision.episode,
        proposal,
        _corrections(document),
    )


def _speakers(document: Document, plan: speakers.SpeakerPlan) -> tuple[SpeakerPreview, ...]:
    """The labels in the order in which they are first used."""
    seen: dict[tuple[str, int | None], int] = {}
    for turn in document.turns():
        if turn.kind == TurnKind.SPEECH:
            index = plan.speakers.get((turn.label, turn.original_label))
            key = (turn.label or turn.original_label, index)
            seen[key] = seen.get(key, 0) + 1
    rows = []
    for (label, index), turns in seen.items():
        if index is None:
            rows.append(SpeakerPreview(label, turns))
        else:
            person = plan.people[index]
            state = "new" if person.known is None else "known"
            rows.append(SpeakerPreview(label, turns, person.name, state, person.role))
    return tuple(rows)


def _mentions(document: Document) -> dict[str, tuple[NamePreview, ...]]:
    answer = {}
    for key, model in storing.NAMED.items():
        written = getattr(document.front, key)
        known = names.resolve(model, written)
        answer[model.kind] = tuple(NamePreview(name, name in known) for name in written)
    return answer


def _corrections(document: Document) -> int:
    """How many places of the text have been corrected before; they stand as findings afterwards."""
    turns = list(document.turns())
    known = corrections_in(said for turn in turns for said in (turn.text, turn.original))
    return sum(
        count("text", turn.text, known) + count("original", turn.original, known) for turn in turns
    )


def _terms(document: Document) -> int:
    """How many terms the text annotates; evidence for the glossary."""
    return len(
        {
            term_key(head)
            for turn in document.turns()
            for found in scan(turn.text)
            if found.certain
            for head in (found.heads or (found.term,))
        }
    )
