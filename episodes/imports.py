"""An import: from bytes that somebody gave to a draft, with a result to read and nothing lost.

Command, admin and tasks call ``preview`` and ``import_document``; both decide by the same code
(``deciding``), so that what was shown is what happens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from episodes import (
    aftermath,
    notices,
    reimports,
    storing,
    timings,
    visits,
    wording,
)
from episodes.deciding import (
    FOLLOW,
    Decision,
    Incoming,
    Known,
    decide,
    read,
    read_words,
    source_address,
    unchanged,
)
from episodes.models import ChangeSet, Conflict, Episode, ImportRun, Snapshot, Source
from episodes.models.history import Act
from episodes.models.sources import Gives, Outcome, RunState, SourceKind
from episodes.previews import NamePreview, Preview, SpeakerPreview, gives_times, preview
from episodes.sources import registry
from episodes.sources.answers import Answer, State
from episodes.sources.http import FetchError, normalise_url
from episodes.sources.manners import Manners
from episodes.transcripts import markdown
from episodes.transcripts.characters import strip_controls
from episodes.transcripts.document import Diagnostic, Document, ReadError

__all__ = [
    "Incoming",
    "NamePreview",
    "Preview",
    "Result",
    "SpeakerPreview",
    "fetch_incoming",
    "import_document",
    "incoming_of",
    "preview",
]

TRIES = 3  # when another import takes the same address, slug or name at the same moment
MOST_DIAGNOSTICS = 500  # in a run's row


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


def fetch_incoming(url: str, *, patience: float = 30.0) -> Incoming:
    """Ask a web address, or YouTube for a video's captions. Raises FetchError.

    ``patience``: for how many seconds it may wait for its turn with the host.
    """
    manners = Manners(settings.DATA_DIR / "visits", patience=patience)
    answer = registry.ask(url, manners=manners, allowed_hosts=settings.SOURCE_ALLOWED_HOSTS)
    if answer.state != State.CONTENT:
        passing = answer.state == State.PASSING
        raise FetchError(answer.state.value, answer.message, url, passing)
    return incoming_of(answer, normalise_url(url))


def incoming_of(answer: Answer, address: str) -> Incoming:
    """Return what a source answered as a document to import, known by ``address``."""
    return Incoming(
        data=answer.data,
        address=address,
        name=answer.name,
        etag=answer.etag,
        last_modified=answer.last_modified,
        metadata=answer.metadata,
    )


# --- Importing --------------------------------------------------------------------------------


def import_document(
    incoming: Incoming,
    *,
    by: User | None = None,
    as_: str = "",
    slug: str = "",
    reason: str = "",
    confirm: Callable[[Result], object] = lambda _result: None,
) -> Result:
    """Import one document in one transaction; a bad one has the outcome ``failed``.

    ``as_``: ``"new"`` makes another episode whatever is known, a slug makes it a source of that
    episode. ``slug`` is the wish for a new episode's. ``reason``: why a state that makes things worse
    is applied all the same. The same bytes again write nothing but the run and the source's last
    check. ``confirm`` is called with the result as the last step of the transaction; what it raises
    undoes it all.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return _import(incoming, Request(by, as_, slug, reason, confirm))
        except IntegrityError:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


@dataclass(frozen=True)
class Request:
    """What a person or a job asked for beside the document."""

    by: User | None = None
    as_: str = ""
    slug: str = ""
    reason: str = ""
    confirm: Callable[[Result], object] = lambda _result: None


def _import(incoming: Incoming, request: Request) -> Result:
    by, as_ = request.by, request.as_
    try:
        address = source_address(incoming.address, incoming.data)
    except FetchError as error:
        return _finish(incoming, incoming.address[:500], Outcome.FAILED, error.message, by)
    sha256 = hashlib.sha256(incoming.data).hexdigest()
    if not request.reason:
        with transaction.atomic():
            known = unchanged(address, sha256, as_)
            if known is not None:
                result = _nothing_new(incoming, address, known, by)
                request.confirm(result)
                return result
    try:
        document = read(incoming)
    except ReadError as error:
        diagnostic = Diagnostic(error.line, error.code, error.message)
        with transaction.atomic():
            result = _finish(
                incoming,
                address,
                Outcome.FAILED,
                diagnostic.message,
                by,
                diagnostics=(diagnostic,),
                source=Source.objects.filter(address=address).first(),
            )
            request.confirm(result)
            return result
    with transaction.atomic():
        if not request.reason and unchanged(address, sha256, as_) is not None:
            raise IntegrityError("imported by somebody else just now")
        decision = decide(incoming, address, document, as_, request.slug)
        if decision.outcome == Outcome.CREATED:
            result = _create(incoming, decision, document, sha256, by)
        elif decision.outcome == FOLLOW:
            result = _follow(incoming, decision, document, sha256, request)
        else:
            held = decision.outcome == Outcome.HELD
            result = _finish(
                incoming,
                decision.address or address,
                decision.outcome,
                decision.message,
                by,
                slug=decision.slug,
                episode=decision.episode,
                counts=storing.count(document),
                diagnostics=document.diagnostics,
                state=RunState.WAITING if held else RunState.DONE,
                content=incoming.data if held else None,
            )
        request.confirm(result)
        return result


def _nothing_new(incoming: Incoming, address: str, known: Known, by: User | None) -> Result:
    """The same bytes again: nothing is written but the run and the source's last check (G3)."""
    own = known.source.address == address  # else it gave the same bytes as this address
    visits.unchanged(
        known.source,
        etag=incoming.etag if own else "",
        last_modified=incoming.last_modified if own else "",
    )
    if own and not known.message:  # what waited is no longer what the source says
        waiting = ImportRun.objects.filter(source=known.source, state=RunState.WAITING)
        waiting.update(state=RunState.SUPERSEDED, decided_at=timezone.now())
    run = ImportRun.objects.create(
        address=address,
        source=known.source,
        episode_id=known.source.episode_id,
        outcome=known.outcome,
        message=str(known.message),
        wording=wording.store(known.message),
        by=by,
    )
    return Result(
        incoming.name or incoming.address,
        known.source.episode.slug,
        known.outcome,
        {},
        (),
        known.message,
        known.source.episode_id,
        run.pk,
    )


def _create(
    incoming: Incoming, decision: Decision, document: Document, sha256: str, by: User | None
) -> Result:
    episode = storing.store_episode(document, decision.slug)
    source, snapshot = _store_source(incoming, decision.address, episode, sha256)
    plan = storing.plan_people(document)
    ids = storing.store_people(plan, episode.title)
    speaker_ids = storing.store_appearances(episode, plan, ids)
    base = storing.store_base(source, document, speaker_ids)
    storing.store_turns(episode, document, base, speaker_ids)
    notes = storing.store_mentions(episode, document)
    storing.store_base_sets(episode, source)
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
    aftermath.imported(episode)
    return result


def kind_of(incoming: Incoming) -> str:
    """Return what kind of source gives these bytes."""
    return SourceKind.CAPTIONS if incoming.captions else SourceKind.MARKDOWN


def _store_source(
    incoming: Incoming, address: str, episode: Episode, sha256: str
) -> tuple[Source, Snapshot]:
    source = Source.objects.create(
        episode=episode,
        address=address,
        folder=incoming.folder[:200],
        kind=kind_of(incoming),
        reader_version=markdown.READER_VERSION,
        etag=incoming.etag[:300],
        last_modified=incoming.last_modified[:100],
        checked_at=timezone.now(),
        next_check_at=timezone.now() + visits.PAUSES[0],
    )
    snapshot = Snapshot.objects.create(source=source, sha256=sha256, content=incoming.data)
    source.accepted = snapshot
    source.save(update_fields=["accepted"])
    return source, snapshot


def _follow(
    incoming: Incoming, decision: Decision, document: Document, sha256: str, request: Request
) -> Result:
    """Other bytes for an episode that exists: see ``reimports``."""
    assert decision.episode is not None
    episode = Episode.objects.select_for_update().get(pk=decision.episode.pk)
    source = decision.source
    if source is None:
        source = Source.objects.create(
            episode=episode,
            address=decision.address,
            folder=incoming.folder[:200],
            kind=kind_of(incoming),
            gives=Gives.TIMES if gives_times(incoming, None) else Gives.TEXT,
        )
    snapshot, _made = Snapshot.objects.defer("content").get_or_create(
        source=source, sha256=sha256, defaults={"content": incoming.data}
    )
    if source.gives == Gives.TIMES:
        words = read_words(incoming)
        followed = timings.follow(episode, source, words, by=request.by, reason=request.reason)
    else:
        followed = reimports.follow(episode, source, document, by=request.by, reason=request.reason)
    waits = followed.outcome in (Outcome.HELD, Outcome.PROPOSED)
    ImportRun.objects.filter(source=source, state=RunState.WAITING).update(
        state=RunState.SUPERSEDED, decided_at=timezone.now()
    )
    visits.answered(source, incoming, changed=followed.outcome != Outcome.UNCHANGED)
    if followed.accepted:
        source.accepted, source.reader_version = snapshot, markdown.READER_VERSION
        source.refused = None
        source.save(update_fields=["accepted", "reader_version", "refused"])
    applied = followed.undo is not None
    result = _finish(
        incoming,
        source.address,
        followed.outcome,
        followed.message,
        request.by,
        slug=episode.slug,
        episode=episode,
        source=source,
        snapshot=snapshot,
        counts={**storing.count(document), **followed.counts},
        diagnostics=(*document.diagnostics, *followed.diagnostics),
        state=RunState.WAITING if waits else RunState.APPLIED if applied else RunState.DONE,
        followed=followed,
        reason=request.reason,
    )
    if followed.change_set is not None:
        ChangeSet.objects.filter(pk=followed.change_set.pk).update(run_id=result.run_id)
        Conflict.objects.filter(episode=episode, run=None, decided_at=None).update(
            run_id=result.run_id
        )
    notices.source_changed(episode, followed.outcome, request.by)
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
    state: str = RunState.DONE,
    content: bytes | None = None,
    followed: reimports.Followed | None = None,
    reason: str = "",
) -> Result:
    """Write the run, and return the result."""
    counts = counts or {}
    proposal = followed.proposal if followed else None
    waits = state == RunState.WAITING
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
        state=state,
        content=content,
        plan=proposal.pack() if proposal else None,
        plan_revision=episode.revision if episode and proposal else 0,
        sorts="+".join(proposal.plan.groups) if proposal else "",
        held=[wording.store(each) for each in proposal.plan.held] if proposal and waits else [],
        undo=followed.undo if followed else None,
        reason=reason,
        decided_at=timezone.now() if state == RunState.APPLIED else None,
        decided_by=by if state == RunState.APPLIED else None,
        by=by,
    )
    path = incoming.name or incoming.address
    pk = episode.pk if episode else None
    return Result(path, slug, str(outcome), counts, diagnostics, message, pk, run.pk)
