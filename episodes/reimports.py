"""A new state of a source meets what editors did: planned, shown, applied, refused, taken back.

``plan_import`` reads only. ``follow`` decides by the episode's status: a draft takes a clean plan at
once, anything else waits as a proposal (``ImportRun`` in the state *waiting*), and what would make
things worse is held until a person gives a reason (G6). What was shown is what is applied: a plan
belongs to a revision of the episode, and if that has moved on it is worked out anew and shown again.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from episodes import beside, moved, readings, wording
from episodes.deciding import Incoming, read_words
from episodes.models import ChangeSet, Episode, ImportRun, Source, Status
from episodes.models.history import Act
from episodes.models.sources import Gives, Outcome, RunState
from episodes.proposing import (
    NOTHING_NEW,
    Proposal,
    Unusable,
    conflict_message,
    held_message,
    pack_undo,
    plan_captions,
    plan_import,
    proposal_of,
    proposed_message,
    unpack_undo,
)
from episodes.readings import Reading
from episodes.states import Act as ActOf
from episodes.states import load, write
from episodes.transcripts import markdown, plans
from episodes.transcripts.applying import apply, undo
from episodes.transcripts.document import Diagnostic, Document
from episodes.transcripts.messages import gettext_noop
from episodes.transcripts.statejson import working_from_json, working_json
from episodes.transcripts.timed import Word
from episodes.transcripts.working import Working

__all__ = [
    "Followed",
    "Proposal",
    "Unusable",
    "accept",
    "follow",
    "foresee",
    "may_apply",
    "plan_import",
    "proposal_of",
    "refuse",
    "replan",
    "take_back",
    "write_plan",
]


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a new state; ``change_set`` where the working copy was changed."""

    outcome: str
    message: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    change_set: ChangeSet | None = None
    accepted: bool = False  # the source's base is this state now
    proposal: Proposal | None = None
    undo: bytes | None = None


def foresee(
    episode: Episode, source: Source | None, reading: Reading
) -> tuple[str, str, Proposal | None]:
    """Return the outcome and the message that ``follow`` would have, and what would change."""
    proposal = plan_import(episode, source, reading)
    plan = proposal.plan
    if plan.is_empty:
        return Outcome.UNCHANGED.value, NOTHING_NEW, None
    if plan.held:
        return Outcome.HELD.value, held_message(episode, plan), proposal
    if episode.status != Status.DRAFT:
        return Outcome.PROPOSED.value, proposed_message(episode), proposal
    return Outcome.UPDATED.value, conflict_message(plan), proposal


def follow(
    episode: Episode,
    source: Source,
    document: Document,
    *,
    by: User | None,
    reason: str = "",
) -> Followed:
    """Meet a new state of a source with the working copy of a locked episode. In a transaction.

    The caller writes the run (``ImportRun``) of what is returned, and with ``accepted`` makes the
    snapshot the source's accepted one.
    """
    working = load(episode)
    first = _read_anew(episode, source, working, by=by)
    if first is not None and not first.accepted:
        return first
    if first is not None:
        working = load(episode)
    reading = readings.read_document(document)
    proposal = plan_import(episode, source, reading, working=working)
    plan = proposal.plan
    counts = dict(plan.numbers)
    remarks = reading.diagnostics
    if plan.is_empty:
        change_set, _undo = write_plan(episode, source, working, proposal, by=by, why="")
        message = "" if change_set else NOTHING_NEW
        made = change_set or (first.change_set if first else None)
        outcome = Outcome.UPDATED if made else Outcome.UNCHANGED
        return Followed(outcome.value, message, counts, remarks, made, accepted=True)
    if plan.held and not reason:
        return Followed(
            Outcome.HELD.value, held_message(episode, plan), counts, remarks, proposal=proposal
        )
    if episode.status != Status.DRAFT:
        message = proposed_message(episode)
        return Followed(Outcome.PROPOSED.value, message, counts, remarks, proposal=proposal)
    change_set, undo_data = write_plan(episode, source, working, proposal, by=by, why=reason)
    return Followed(
        Outcome.UPDATED.value,
        conflict_message(plan),
        counts,
        remarks,
        change_set,
        accepted=True,
        proposal=proposal,
        undo=undo_data,
    )


def _read_anew(
    episode: Episode, source: Source, working: Working, *, by: User | None
) -> Followed | None:
    """A new reader is not a new source: what it reads otherwise in the old bytes is merged first.

    None where there is nothing to do. In a published episode that difference is a proposal of its own.
    """
    if source.accepted is None or source.reader_version == markdown.READER_VERSION:
        return None
    document = readings.document_of_snapshot(source.accepted)
    if document is None:
        return None
    proposal = plan_import(episode, source, readings.read_document(document), working=working)
    if not proposal.plan.is_empty and episode.status != Status.DRAFT:
        message = gettext_noop("The same bytes are read better now; the difference is proposed.")
        return Followed(
            Outcome.PROPOSED.value, message, dict(proposal.plan.numbers), proposal=proposal
        )
    change_set, undo_data = write_plan(
        episode, source, working, proposal, by=by, why="", act=Act.READER
    )
    source.reader_version = markdown.READER_VERSION
    source.save(update_fields=["reader_version"])
    return Followed(
        Outcome.UPDATED.value if change_set else Outcome.UNCHANGED.value,
        change_set=change_set,
        accepted=True,
        undo=undo_data,
    )


# --- Writing --------------------------------------------------------------------------------------


def write_plan(
    episode: Episode,
    source: Source,
    before: Working,
    proposal: Proposal,
    *,
    refused: Collection[str] = (),
    by: User | None,
    why: str,
    run: ImportRun | None = None,
    act: str = Act.IMPORT,
) -> tuple[ChangeSet | None, bytes | None]:
    """Apply a plan to a locked episode: names, base, rows, history. In the caller's transaction.

    Returns the ChangeSet (None where no value changed) and what ``take_back`` needs.
    """
    plan, reading = proposal.plan, proposal.reading
    plan = replace(plan, source=source.pk, base_source=plan.base_source or source.pk)
    set_rows = beside.rows_of(episode)
    known = readings.base_of(source)
    base_before = {"fields": source.fields, "text": plans.source_json(known)}
    after = apply(before, plan, refused)
    used = {key for name in beside.SETS for key in after.sets.get(name, ())}
    ids = readings.settle(reading, used)
    after = readings.named(after, ids)
    theirs = readings.named_text(plan.theirs, ids)
    if source.gives == Gives.TIMES:
        source.fields = reading.base
        source.save(update_fields=["fields"])
    elif theirs != known or source.fields != reading.base:
        readings.store_base(source, theirs, reading.base)
    rows = {
        name: {ids.get(key, key): values for key, values in given.items()}
        for name, given in reading.rows.items()
        if f"s:{name}" not in refused
    }
    change_set = write(episode, before, after, ActOf(act, by, why, run), source=source, rows=rows)
    if change_set is None:
        return None, None
    values = {
        "before": working_json(before),
        "after": working_json(load(episode)),
        "sets": set_rows,
        "base": base_before,
        "accepted": source.accepted_id,
        "reader": source.reader_version,
    }
    data = json.dumps(values, ensure_ascii=False).encode()
    return change_set, pack_undo(data)


# --- Deciding about what waits --------------------------------------------------------------------


def may_apply(episode: Episode, user: User) -> bool:
    """Whether a person may apply proposals to an episode as it stands (DESIGN §5)."""
    if episode.status in (Status.EVERGREEN, Status.ARCHIVED):
        return user.has_perm("episodes.publish_episode")
    return user.has_perm("episodes.import_episode")


def replan(run: ImportRun) -> Proposal:
    """Return what a waiting run would change now, and store it where the episode has moved on, or
    where somebody it names was merged into another one."""
    assert run.episode is not None
    known = proposal_of(run)
    gone = moved.find(moved.keys_of(known.reading.text))
    if run.plan_revision == run.episode.revision and not gone:
        return known
    proposal = _planned_again(run, run.episode, moved.in_reading(known.reading, gone))
    run.plan, run.plan_revision = proposal.pack(), run.episode.revision
    run.sorts = "+".join(proposal.plan.groups)
    run.counts = {**run.counts, **proposal.plan.numbers}
    run.held = [wording.store(each) for each in proposal.plan.held]
    run.save(update_fields=["plan", "plan_revision", "sorts", "counts", "held"])
    return proposal


def _planned_again(run: ImportRun, episode: Episode, reading: Reading) -> Proposal:
    if run.source is None or run.source.gives != Gives.TIMES:
        return plan_import(episode, run.source, reading)
    return plan_captions(episode, run.source, _words(run))[0]


def _words(run: ImportRun) -> tuple[Word, ...]:
    """The words of the captions that a run brought."""
    assert run.snapshot is not None
    return read_words(Incoming(data=bytes(run.snapshot.content), address=run.address))


def accept(
    run: ImportRun,
    *,
    by: User | None,
    refused: Collection[str] = (),
    reason: str = "",
    revision: int | None = None,
) -> ImportRun:
    """Apply a waiting run, but for the changes whose keys were refused; return it as it is then.

    ``revision``: the episode's revision that the plan shown belongs to. Raises :class:`Unusable`.
    """
    with transaction.atomic():
        run, episode = _waiting(run)
        if by is not None and not may_apply(episode, by):
            raise _not_permitted()
        if revision is not None and revision != episode.revision:
            raise Unusable(
                "stale",
                gettext_noop("The episode has changed since. Look at the proposal again."),
            )
        proposal = replan(run)
        if proposal.plan.held and not reason.strip():
            raise Unusable(
                "reason_missing", gettext_noop("This state is held. Say why it is applied.")
            )
        source = run.source
        assert source is not None
        before = load(episode)
        change_set, undo_data = write_plan(
            episode, source, before, proposal, refused=refused, by=by, why=reason, run=run
        )
        source.accepted = run.snapshot
        source.reader_version = markdown.READER_VERSION
        source.refused = None
        source.save(update_fields=["accepted", "reader_version", "refused"])
        everything = {change.key for change in proposal.plan.changes()}
        run.state = RunState.REFUSED if everything <= set(refused) else RunState.APPLIED
        run.undo = undo_data if change_set else None
        run.reason = reason.strip()
        _decided(run, by)
        return run


def refuse(run: ImportRun, *, by: User | None, reason: str = "") -> ImportRun:
    """Say no to all of a waiting run: what the source says now is not asked again.

    Raises :class:`Unusable`.
    """
    with transaction.atomic():
        run, episode = _waiting(run)
        if by is not None and not may_apply(episode, by):
            raise _not_permitted()
        proposal = replan(run)
        if proposal.plan.held:  # its base would be a broken one: it is only put aside
            source = run.source
            assert source is not None
            source.refused = run.snapshot
            source.save(update_fields=["refused"])
            run.state, run.reason = RunState.REFUSED, reason.strip()
            return _decided(run, by)
        keys = {change.key for change in proposal.plan.changes()}
        return accept(run, by=by, refused=keys, reason=reason)


def _waiting(run: ImportRun) -> tuple[ImportRun, Episode]:
    """Lock the episode of a run that waits, and the run."""
    if run.episode_id is None or run.source_id is None:
        raise Unusable("not_waiting", gettext_noop("Nobody has said yet which episode this is."))
    episode = Episode.objects.select_for_update().get(pk=run.episode_id)
    fresh = ImportRun.objects.select_related("source", "snapshot").get(pk=run.pk)
    if fresh.state != RunState.WAITING:
        raise Unusable("not_waiting", gettext_noop("This proposal was decided already."))
    fresh.episode = episode
    return fresh, episode


def _decided(run: ImportRun, by: User | None) -> ImportRun:
    run.decided_by, run.decided_at = by, timezone.now()
    run.save(update_fields=["state", "undo", "reason", "decided_by", "decided_at"])
    return run


def _not_permitted() -> Unusable:
    return Unusable(
        "permission",
        gettext_noop("Proposals to a published episode are applied by publishers."),
    )


# --- Taking it back -------------------------------------------------------------------------------


def take_back(run: ImportRun, *, by: User | None, reason: str = "") -> ImportRun:
    """Undo an applied import: the state before, exactly, but for what was edited since.

    Its bytes then count as refused until the source changes again. Raises :class:`Unusable`.
    """
    with transaction.atomic():
        if run.episode_id is None:
            raise _not_applied()
        episode = Episode.objects.select_for_update().get(pk=run.episode_id)
        run = ImportRun.objects.select_related("source", "snapshot").get(pk=run.pk)
        source = run.source
        if run.state != RunState.APPLIED or run.undo is None or run.decided_at is None:
            raise _not_applied()
        if source is None:
            raise _not_applied()
        if by is not None and not may_apply(episode, by):
            raise _not_permitted()
        later = ImportRun.objects.filter(
            episode=episode, state=RunState.APPLIED, decided_at__gt=run.decided_at
        )
        if later.exists():
            raise Unusable(
                "later_import",
                gettext_noop("A later import was applied on top of this one. Undo that one first."),
            )
        values = json.loads(unpack_undo(bytes(run.undo)))
        now = load(episode)
        base = values["base"]
        text = plans.source_from_json(base["text"])
        before, after = (working_from_json(values[name]) for name in ("before", "after"))
        gone = moved.find(moved.keys_of(before, after, text))
        before, after = moved.in_working(before, gone), moved.in_working(after, gone)
        undone = undo(before, after, now)
        source.accepted_id = values["accepted"]
        source.reader_version = values["reader"]
        source.refused = run.snapshot
        source.save(update_fields=["accepted", "reader_version", "refused"])
        text = moved.in_text(text, gone)
        readings.store_base(source, text, base["fields"])
        if "sets" in base["fields"]:
            base["fields"]["sets"] = {name: list(keys) for name, keys in text.sets.items()}
        source.fields = base["fields"]
        source.save(update_fields=["fields"])
        write(
            episode,
            now,
            undone,
            ActOf(Act.UNDO, by, reason, run),
            source=source,
            rows=moved.in_rows(values["sets"], gone),
        )
        run.state = RunState.UNDONE
        run.save(update_fields=["state"])
        return run


def _not_applied() -> Unusable:
    return Unusable("not_applied", gettext_noop("This import is not applied: nothing to undo."))
