"""The glossary's one job: read what changed, or everything, and write what follows from it.

``ask`` wants all of it anew, ``touch`` one episode; both leave a row in the caller's transaction and
request the same job, so that never two of them run at once, and a request during a run makes it run
once more. What was asked for is struck out in the transaction that did it: a run that is killed
leaves it standing, and the next does it again, to the same rows.

Locks are taken in one order, here and in the hooks: episodes, what hangs on their turns, entries,
the glossary's state, ``TouchedEpisode``, the job.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy

from episodes import jobs
from episodes.models import Episode, Job, PublishedEpisode, PublishedTurn
from episodes.transcripts.messages import fill, gettext_noop
from glossary import addresses, entries, evidence, publishing
from glossary.matching import Matcher
from glossary.models import (
    Annotation,
    Entry,
    GlossaryState,
    Occurrence,
    PublishedEntry,
    State,
    Suggestion,
    SuggestionState,
    TouchedEpisode,
)
from glossary.occurrences import match_episode, match_everything

__all__ = ["KIND", "ask", "ask_for_matching", "counts", "rebuild", "touch", "watched"]

KIND = "glossary.rebuild"
EPISODES = 5  # read in one go
KEYS = 300  # whose entries are made in one transaction

Progress = Callable[[int, int, str], None]
T = TypeVar("T")


def ask(by: User | None = None) -> Job:
    """Ask for a full rebuild; see ``jobs.request``."""
    with transaction.atomic():
        publishing.state()
        GlossaryState.objects.filter(pk=1).update(wanted=F("wanted") + 1)
        return jobs.request(KIND, by=by)


def ask_for_matching(by: User | None = None) -> Job:
    """Ask for what follows from a decision: other forms are looked for in published text."""
    return jobs.request(KIND, by=by)


def touch(episode: Episode) -> Job:
    """Tell that an episode's text changed; its part of the glossary follows in a job."""
    TouchedEpisode.objects.bulk_create(
        [TouchedEpisode(episode=episode, token=uuid.uuid4())],
        update_conflicts=True,
        unique_fields=["episode"],
        update_fields=["token"],
    )
    return jobs.request(KIND)


_watch: ContextVar[Progress | None] = ContextVar("watch", default=None)


@contextmanager
def watched(progress: Progress) -> Iterator[None]:
    """Have ``progress(done, total, message)`` called by a rebuild in this very context."""
    token = _watch.set(progress)
    try:
        yield
    finally:
        _watch.reset(token)


@jobs.register(KIND, label=gettext_lazy("Rebuild the glossary"))
def rebuild(run: jobs.Run) -> str:
    """Do what was asked for until now: everything, or the touched episodes."""
    state = publishing.state()
    touched = list(TouchedEpisode.objects.order_by("episode_id"))
    full = state.wanted > state.done
    if full:
        _everything(run)
    else:
        _episodes(run, touched)
    _match(run, touched, asked_for=state.wanted if full else None)
    found = counts()
    template = gettext_noop("{entries} terms, {public} of them public; {occurrences} uses.")
    return fill(
        template,
        entries=found["entries"],
        public=found["public"],
        occurrences=found["occurrences"],
    )


def counts() -> dict[str, int]:
    """Return how much there is of everything."""
    state = publishing.state()
    entries_by = {value: Entry.objects.filter(state=value).count() for value in State.values}
    return {
        "entries": sum(entries_by.values()),
        "candidates": entries_by[State.CANDIDATE],
        "approved": entries_by[State.APPROVED],
        "rejected": entries_by[State.REJECTED],
        "public": PublishedEntry.objects.count(),
        "annotations": Annotation.objects.count(),
        "suggestions": Suggestion.objects.filter(state=SuggestionState.OPEN).count(),
        "occurrences": Occurrence.objects.filter(generation=state.generation).count(),
        "generation": state.generation,
    }


def _tell(run: jobs.Run, done: int, total: int, message: str) -> None:
    run.heartbeat(done, total, message)
    if (progress := _watch.get()) is not None:
        progress(done, total, message)


def _everything(run: jobs.Run) -> None:
    """Read all working turns and all live notes, and make the entries of all keys."""
    ids = list(Episode.objects.order_by("pk").values_list("pk", flat=True))
    for done, part in _parts(ids, EPISODES):
        evidence.read_working(part, run.still_mine)
        _tell(run, done, len(ids), gettext_noop("Reading episodes"))
    live = list(
        PublishedEpisode.objects.filter(live=True).order_by("pk").values_list("pk", flat=True)
    )
    for done, part in _parts(live, EPISODES):
        _read_published(part, run.still_mine)
        _tell(run, done, len(live), gettext_noop("Reading editions"))
    with transaction.atomic():
        evidence.forget_vanished()
        run.still_mine()
    keys = entries.all_keys()
    for done, part_of_keys in _parts(keys, KEYS):
        entries.follow_evidence(part_of_keys, run.still_mine)
        _tell(run, done, len(keys), gettext_noop("Collecting terms"))
    addresses.settle(run.still_mine)
    every = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    for _done, part in _parts(every, KEYS):
        with transaction.atomic():
            publishing.publish(part)
            run.still_mine()


def _episodes(run: jobs.Run, touched: list[TouchedEpisode]) -> None:
    """Read the touched episodes, each with what follows for its terms in one transaction.

    The claim is checked as the last step only: whoever publishes takes the episode, its terms and
    the job's row in this order, and on PostgreSQL another order here would be a deadlock.
    """
    for done, row in enumerate(touched, start=1):
        with transaction.atomic():
            list(Episode.objects.filter(pk=row.episode_id).select_for_update().values_list("pk"))
            keys = evidence.read_working([row.episode_id], _checked_later)
            live = PublishedEpisode.objects.filter(episode=row.episode_id, live=True)
            keys |= _read_published(list(live.values_list("pk", flat=True)), _checked_later)
            followed = entries.Followed()
            for _done, part in _parts(sorted(keys), KEYS):
                followed.add(entries.follow_evidence(part, _checked_later))
            if followed.bases:
                addresses.settle(_checked_later, near=followed.bases, also=followed.entries)
            publishing.publish({*followed.entries, *evidence.entries_of_keys(keys).values()})
            run.still_mine()
        _tell(run, done, len(touched), gettext_noop("Reading episodes"))


def _checked_later() -> bool:
    """Stand in for ``still_mine`` inside a transaction that calls it at its end."""
    return True


def _read_published(published_ids: Sequence[int], still_mine: Callable[[], object]) -> set[str]:
    with transaction.atomic():
        rows = Episode.objects.filter(published__in=published_ids).order_by("pk")
        list(rows.select_for_update().values_list("pk"))
        keys = evidence.read_published(published_ids)
        still_mine()
    return keys


def _match(run: jobs.Run, touched: list[TouchedEpisode], asked_for: int | None) -> None:
    """Let occurrences follow: everywhere if other forms are looked for, else where touched."""
    forms = publishing.forms()
    if asked_for is not None or publishing.digest_of(forms) != publishing.state().matched:
        total = PublishedTurn.objects.count()
        match_everything(
            forms,
            run.still_mine,
            lambda done: _tell(run, done, total, gettext_noop("Matching published turns")),
            partial(_strike_out, touched, asked_for),
        )
        return
    live = set(
        PublishedEpisode.objects.filter(
            episode__in=[row.episode_id for row in touched], live=True
        ).values_list("episode_id", flat=True)
    )
    matcher = Matcher(forms) if live else None
    for done, row in enumerate(touched, start=1):
        if matcher is not None and row.episode_id in live:
            match_episode(
                row.episode_id, matcher, run.still_mine, partial(_strike_out, [row], None)
            )
        else:
            with transaction.atomic():
                _strike_out([row], None)
                run.still_mine()
        _tell(run, done, len(touched), gettext_noop("Matching published turns"))


def _strike_out(touched: list[TouchedEpisode], asked_for: int | None) -> None:
    """Mark as done what was asked for, except what was asked for again since."""
    tokens = [row.token for row in touched]
    if asked_for is not None:
        GlossaryState.objects.filter(pk=1, done__lt=asked_for).update(
            done=asked_for, finished_at=timezone.now()
        )
    for _done, part in _parts(tokens, KEYS):
        TouchedEpisode.objects.filter(token__in=part).delete()


def _parts(items: list[T], size: int) -> Iterator[tuple[int, list[T]]]:
    """Yield slices, each with how many items are behind at its end."""
    for start in range(0, len(items), size):
        part = items[start : start + size]
        yield start + len(part), part
