"""A held document gets its episode: somebody has said whether it is the same one or another."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone

from episodes.deciding import Incoming
from episodes.imports import Result, import_document
from episodes.models import ImportRun
from episodes.models.sources import Outcome, RunState
from episodes.proposing import Unusable
from episodes.transcripts.messages import gettext_noop

__all__ = ["is_unplaced", "place"]


def is_unplaced(run: ImportRun) -> bool:
    """Whether a run waits for somebody to say which episode its document is."""
    return run.state == RunState.WAITING and run.source_id is None


def place(run: ImportRun, *, same: bool, by: User | None) -> Result:
    """Import a held document: as a source of the episode that it was taken for, or as another one.

    The run then no longer waits: what became of its document is told by the run that the result
    names. A document that cannot be imported leaves it as it is. Raises :class:`Unusable`.
    """
    held = ImportRun.objects.select_related("episode").defer("plan", "undo").get(pk=run.pk)
    if not is_unplaced(held) or held.content is None or (same and held.episode is None):
        raise Unusable("not_waiting", gettext_noop("This import no longer waits."))

    def close(result: Result) -> None:
        if result.outcome == Outcome.FAILED:
            return
        closed = ImportRun.objects.filter(pk=run.pk, state=RunState.WAITING).update(
            state=RunState.SUPERSEDED, decided_by=by, decided_at=timezone.now()
        )
        if not closed:
            raise Unusable("not_waiting", gettext_noop("This import no longer waits."))

    as_ = held.episode.slug if same and held.episode is not None else "new"
    incoming = Incoming(data=bytes(held.content), address=held.address)
    return import_document(incoming, by=by, as_=as_, confirm=close)
