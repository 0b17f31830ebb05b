"""An import: from bytes that somebody gave to a draft, with a result to read and nothing lost.

Command, admin and tasks call ``preview`` and ``import_document``; both decide by the same code
(``deciding``), so that what was shown is what happens.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from episodes import extensions, followups, names, speakers, storing, wording
from episodes.deciding import FOLLOW, Decision, Incoming, decide, read, source_address, unchanged
from episodes.models import ChangeSet, Episode, ImportRun, Snapshot, Source
from episodes.models.history import Act
from episodes.models.sources import Outcome
from episodes.sources.http import FetchError, fetch, normalise_url, require_text
from episodes.transcripts import markdown
from episodes.transcripts.annotations import scan, term_key
from episodes.transcripts.characters import strip_controls
from episodes.transcripts.document import Diagnostic, Document, ReadError, TurnKind

__all__ = [
    "Incoming",
    "NamePreview",
    "Preview",
    "Result",
    "SpeakerPreview",
    "fetch_incoming",
    "import_document",
    "preview",
]

TRIES = 3  # when another import takes the same address, slug or name at the same moment
MOST_DIAGNOSTICS = 500  # in a run's row


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
    """What an import would do. ``names`` holds people, organisations, products and works by kind."""

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


@dataclass(frozen=True)
class Result:
    """How an import ended; ``outcome`` is one of DESIGN §8's six."""

    path: str
    slug: str
    outcome: str
    counts: dict[str, int]
    diagnostics: tuple[Diagnostic, ...]
    message: str
    episode_id: int | None = None
    run_id: int | None = None


def fetch_incoming(url: str) -> Incoming:
    """Fetch a transcript by the guarded fetch. Raises FetchError."""
    fetched = fetch(url, allowed_hosts=settings.SOURCE_ALLOWED_HOSTS)
    require_text(fetched)
    return Incoming(
        data=fetched.body,
        address=normalise_url(url),
        etag=fetched.etag,
        last_modified=fetched.last_modified,
    )


# --- Importing --------------------------------------------------------------------------------


def import_document(
    incoming: Incoming, *, by: User | None = None, as_: str = "", slug: str = ""
) -> Result:
    """Import one document in one transaction; a bad one has the outcome ``failed``.

    ``as_``: ``"new"`` makes another episode whatever is known, a slug makes it a source of that
    episode. ``slug`` is the wish for a new episode's. The same bytes again write nothing but the run
    and the source's last check.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return _import(incoming, by, as_, slug)
        except IntegrityError:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def _import(incoming: Incoming, by: User | None, as_: str, slug: str) -> Result:
    try:
        address = source_address(incoming.address, incoming.data)
    except FetchError as error:
        return _finish(incoming, incoming.address[:500], Outcome.FAILED, error.message, by)
    sha256 = hashlib.sha256(incoming.data).hexdigest()
    with transaction.atomic():
        known = unchanged(address, sha256, as_)
        if known is not None:
            source_id, episode_id, episode_slug = known
            Source.objects.filter(pk=source_id).update(checked_at=timezone.now())
            run = ImportRun.objects.create(
                address=address,
                source_id=source_id,
                episode_id=episode_id,
                outcome=Outcome.UNCHANGED,
                by=by,
            )
            path = incoming.name or incoming.address
            return Result(
                path, episode_slug, Outcome.UNCHANGED.value, {}, (), "", episode_id, run.pk
            )
    try:
        document = read(incoming)
    except ReadError as error:
        diagnostic = Diagnostic(error.line, error.code, error.message)
        return _finish(
            incoming, address, Outcome.FAILED, diagnostic.message, by, diagnostics=(diagnostic,)
        )
    with transaction.atomic():
        if unchanged(address, sha256, as_) is not None:
            raise IntegrityError("imported by somebody else just now")
        decision = decide(incoming, address, document, as_, slug)
        if decision.outcome == Outcome.CREATED:
            return _create(incoming, decision, document, sha256, by)
        if decision.outcome == FOLLOW:
            return _follow(incoming, decision, document, sha256, by)
        return _finish(
            incoming,
            decision.address or address,
            decision.outcome,
            decision.message,
            by,
            slug=decision.slug,
            episode=decision.episode,
            counts=storing.count(document),
            diagnostics=document.diagnostics,
        )


def _create(
    incoming: Incoming, decision: Decision, document: Document, sha256: str, by: User | None
) -> Result:
    episode = storing.store_episode(document, decision.slug)
    source, snapshot = _store_source(incoming, decision.address, episode, sha256)
    base = storing.store_base(source, document)
    plan = storing.plan_people(document)
    speaker_ids = storing.store_appearances(episode, plan, storing.store_people(plan))
    storing.store_turns(episode, document, base, speaker_ids)
    notes = storing.store_mentions(episode, document)
    result = _finish(
        incoming,
        decision.address,
        Outcome.CREATED,
        "",
        by,
        slug=episode.slug,
        episode=episode,
        source=source,
        snapshot=snapshot,
        counts={**storing.count(document), "people": len(plan.people)},
        diagnostics=(*document.diagnostics, *plan.diagnostics, *notes),
    )
    ChangeSet.objects.create(
        episode=episode, act=Act.IMPORT, by=by, revision=episode.revision, run_id=result.run_id
    )
    extensions.after_import(episode)
    return result


def _store_source(
    incoming: Incoming, address: str, episode: Episode, sha256: str
) -> tuple[Source, Snapshot]:
    source = Source.objects.create(
        episode=episode,
        address=address,
        folder=incoming.folder[:200],
        reader_version=markdown.READER_VERSION,
        etag=incoming.etag[:300],
        last_modified=incoming.last_modified[:100],
        checked_at=timezone.now(),
    )
    snapshot = Snapshot.objects.create(source=source, sha256=sha256, content=incoming.data)
    source.accepted = snapshot
    source.save(update_fields=["accepted"])
    return source, snapshot


def _follow(
    incoming: Incoming, decision: Decision, document: Document, sha256: str, by: User | None
) -> Result:
    """Other bytes for an episode that exists: see ``followups``."""
    assert decision.episode is not None
    episode = Episode.objects.select_for_update().get(pk=decision.episode.pk)
    source = decision.source
    if source is None:
        source = Source.objects.create(
            episode=episode, address=decision.address, folder=incoming.folder[:200]
        )
    snapshot, _made = Snapshot.objects.defer("content").get_or_create(
        source=source, sha256=sha256, defaults={"content": incoming.data}
    )
    followed = followups.follow(episode, source, document, by=by)
    source.checked_at = timezone.now()
    source.etag = incoming.etag[:300]
    source.last_modified = incoming.last_modified[:100]
    changed = ["checked_at", "etag", "last_modified"]
    if followed.outcome != Outcome.HELD:
        source.accepted = snapshot
        source.reader_version = markdown.READER_VERSION
        changed += ["accepted", "reader_version"]
    source.save(update_fields=changed)
    result = _finish(
        incoming,
        source.address,
        followed.outcome,
        followed.message,
        by,
        slug=episode.slug,
        episode=episode,
        source=source,
        snapshot=snapshot,
        counts={**storing.count(document), **followed.counts},
        diagnostics=(*document.diagnostics, *followed.diagnostics),
    )
    if followed.change_set is not None:
        ChangeSet.objects.filter(pk=followed.change_set.pk).update(run_id=result.run_id)
        extensions.after_import(episode)
    return result


def _finish(
    incoming: Incoming,
    address: str,
    outcome: str,
    message: str,
    by: User | None,
    *,
    slug: str = "",
    episode: Episode | None = None,
    source: Source | None = None,
    snapshot: Snapshot | None = None,
    counts: dict[str, int] | None = None,
    diagnostics: tuple[Diagnostic, ...] = (),
) -> Result:
    """Write the run, and return the result."""
    counts = counts or {}
    run = ImportRun.objects.create(
        address=strip_controls(address)[:2000],
        source=source,
        episode=episode,
        snapshot=snapshot,
        outcome=outcome,
        message=strip_controls(message),
        wording=wording.store(message),
        counts=counts,
        diagnostics=[
            {
                "line": item.line,
                "code": item.code,
                "message": strip_controls(item.message),
                "wording": wording.store(item.message),
                "severity": item.severity.value,
            }
            for item in diagnostics[:MOST_DIAGNOSTICS]
        ],
        by=by,
    )
    path = incoming.name or incoming.address
    pk = episode.pk if episode else None
    return Result(path, slug, str(outcome), counts, diagnostics, message, pk, run.pk)


# --- Showing beforehand -----------------------------------------------------------------------


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
        episode = Episode.objects.get(pk=known[1])
        decision = Decision(Outcome.UNCHANGED, "", known[2], episode)
    else:
        decision = decide(incoming, address, document, as_, slug)
    outcome, message = str(decision.outcome), decision.message
    if outcome == FOLLOW:
        assert decision.episode is not None
        outcome, message = followups.foresee(decision.episode, decision.source, document)
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
