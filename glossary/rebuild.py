"""The glossary's one job: read what changed, or everything, and write what follows from it.

``ask`` wants all of it anew, ``touch`` one episode; both leave a row in the caller's transaction and
request the same job, so that never two of them run at once, and a request during a run makes it run
once more. What was asked for is struck out in the transaction that did it: a run that is killed
leaves it standing, and the next does it again, to the same rows.

Locks are taken in one order, here and in the hooks: episodes, what hangs on their turns, entries,
the glossary's state, ``TouchedEpisode``, the job.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy

from episodes import jobs
from episodes.models import Episode, Job, PublishedEpisode
from episodes.transcripts.messages import fill, gettext_noop
from glossary import addresses, alike, entries, evidence, occurrences, publishing, refreshing
from glossary.matching import Matcher, table_of
from glossary.models import (
    Annotation,
    Entry,
    GlossaryState,
    PublishedEntry,
    State,
    Suggestion,
    SuggestionState,
    TouchedEpisode,
)
from glossary.pacing import large_cache, short_transaction

__all__ = ["KIND", "ask", "ask_for_matching", "counts", "rebuild", "touch", "watched"]

KIND = "glossary.rebuild"
EPISODES = 5  # read in one go
KEYS = 100  # whose entries are made in one transaction
REPLAY_EVERY = 5.0  # seconds: how long an edition that goes live in the middle of a pass may wait

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


def touch(episode: Episode, *, published: bool = False) -> Job:
    """Tell that an episode's text changed (``published``: what readers see); a job follows."""
    TouchedEpisode.objects.bulk_create(
        [TouchedEpisode(episode=episode, token=uuid.uuid4(), published=published)],
        update_conflicts=True,
        unique_fields=["episode"],
        update_fields=["token", "published"] if published else ["token"],
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
    """Do what was asked for until now: everything, or what was touched and decided."""
    state = publishing.state()
    asked_for = state.wanted if state.wanted > state.done else None
    work = _Work(run)
    try:
        if asked_for is not None:
            _everything(work)
        touched = work.read_touched()
        table = table_of(publishing.forms())
        if asked_for is not None or len(refreshing.different(table)) > refreshing.SPELLINGS:
            with large_cache():
                occurrences.match_everything(
                    table, run.still_mine, work.step, work.replay, partial(_done, asked_for)
                )
            touched = work.read_touched()
        work.follow(touched)
    except jobs.Cancelled:
        _done(asked_for)  # it was asked for, and taken back
        raise
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
        "merged": entries_by[State.MERGED],
        "public": PublishedEntry.objects.count(),
        "annotations": Annotation.objects.count(),
        "suggestions": Suggestion.objects.filter(state=SuggestionState.OPEN).count(),
        "occurrences": publishing.uses_of(state.generation).aggregate(n=Sum("uses"))["n"] or 0,
        "generation": state.generation,
    }


class _Work:
    """One run of the job: its claim, and how often it says where it is."""

    def __init__(self, run: jobs.Run) -> None:
        self.run = run
        self.told = self.replayed = time.monotonic()

    def tell(self, done: int, total: int, message: str) -> None:
        """Say how far it is, once a second at most; the first and the last time always."""
        now = time.monotonic()
        if now - self.told < 1 and 0 < done < total:
            return
        self.told = now
        self.run.heartbeat(done, total, message)
        if (progress := _watch.get()) is not None:
            progress(done, total, message)

    def step(self, done: int, total: int) -> None:
        self.tell(done, total, gettext_noop("Matching published turns"))

    def read_touched(self, **which: bool) -> list[TouchedEpisode]:
        """Read the touched episodes, each with what follows for its terms in one transaction.

        The claim is checked as the last step only: whoever publishes takes the episode, its terms
        and the job's row in this order, and on PostgreSQL another order here would be a deadlock.
        """
        touched = list(TouchedEpisode.objects.filter(**which).order_by("episode_id"))
        changed: set[int] = set()
        for done, row in enumerate(touched, start=1):
            if row.published or evidence.differs(row.episode_id):
                changed |= _read_one(row.episode_id, self.run.still_mine)
            self.tell(done, len(touched), gettext_noop("Reading episodes"))
        alike.settle(changed, self.run.still_mine)
        return touched

    def replay(self, matcher: Matcher, generation: int, reached: int) -> None:
        """Match editions of the time of a pass, for readers of today and of the next generation."""
        now = time.monotonic()
        if reached < occurrences.EVERY and now - self.replayed < REPLAY_EVERY:
            return
        self.replayed = now
        touched = self.read_touched(published=True)
        if touched:
            today = occurrences.standing_table()
            self.match(touched, Matcher(today), {generation: (matcher, reached)})

    def follow(self, touched: list[TouchedEpisode]) -> None:
        """Let the occurrences that count follow what was decided and touched."""
        table = table_of(publishing.forms())
        state = publishing.state()
        matcher = Matcher(table)
        refreshing.refresh(matcher, state.generation, self.run.still_mine, self.step)
        half: dict[int, tuple[Matcher, int]] = {}
        if state.next_matched == occurrences.digest_of(table):
            half[state.generation + 1] = matcher, state.next_reached
        elif touched:
            occurrences.give_up_half(self.run.still_mine)
        self.match(touched, matcher, half)

    def match(
        self,
        touched: list[TouchedEpisode],
        matcher: Matcher,
        besides: dict[int, tuple[Matcher, int]],
    ) -> None:
        """Match the touched episodes in the generation that counts and in others, and strike them out."""
        changed = [row.episode_id for row in touched if row.published]
        live = dict(
            PublishedEpisode.objects.filter(episode__in=changed, live=True).values_list(
                "episode_id", "pk"
            )
        )
        same = [row for row in touched if row.episode_id not in live]
        for _count, part in _parts(same, KEYS):
            with short_transaction():
                _strike_out(*part)
                self.run.still_mine()
        generation = publishing.state().generation
        again = [row for row in touched if row.episode_id in live]
        for done, row in enumerate(again, start=1):
            published = live[row.episode_id]
            for other, (its, reached) in besides.items():
                if published <= reached:
                    refreshing.rematch(published, its, other, self.run.still_mine)
            refreshing.rematch(
                published,
                matcher,
                generation,
                self.run.still_mine,
                settle=partial(_strike_out, row),
            )
            self.step(done, len(again))


def _everything(work: _Work) -> None:
    """Read all working turns and all live notes, and make the entries of all keys."""
    hold = work.run.still_mine
    ids = list(Episode.objects.order_by("pk").values_list("pk", flat=True))
    for done, part in _parts(ids, EPISODES):
        evidence.read_working(part, hold)
        work.tell(done, len(ids), gettext_noop("Reading episodes"))
    live = list(
        PublishedEpisode.objects.filter(live=True).order_by("pk").values_list("pk", flat=True)
    )
    for done, part in _parts(live, EPISODES):
        _read_published(part, hold)
        work.tell(done, len(live), gettext_noop("Reading editions"))
    evidence.forget_vanished(hold)
    entries.claim_names(hold)
    keys = entries.all_keys()
    for done, part_of_keys in _parts(keys, KEYS):
        entries.follow_evidence(part_of_keys, hold)
        work.tell(done, len(keys), gettext_noop("Collecting terms"))
    addresses.settle(hold)
    every = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    for _done_count, part in _parts(every, KEYS):
        with short_transaction():
            publishing.publish(part)
            hold()
    alike.settle(None, hold)


def _read_one(episode_id: int, hold: Callable[[], object]) -> set[int]:
    """Read an episode, with all that follows for its terms; return the entries that changed."""
    with short_transaction():
        list(Episode.objects.filter(pk=episode_id).select_for_update().values_list("pk"))
        keys = evidence.read_working([episode_id], _checked_later)
        live = PublishedEpisode.objects.filter(episode=episode_id, live=True)
        keys |= _read_published(list(live.values_list("pk", flat=True)), _checked_later)
        followed = entries.Followed()
        for _count, part in _parts(sorted(keys), KEYS):
            followed.add(entries.follow_evidence(part, _checked_later))
        if followed.bases:
            addresses.settle(_checked_later, near=followed.bases, also=followed.entries)
        publishing.publish({*followed.entries, *evidence.entries_of_keys(keys).values()})
        hold()
    return followed.entries


def _checked_later() -> bool:
    """Stand in for ``still_mine`` inside a transaction that calls it at its end."""
    return True


def _read_published(published_ids: Sequence[int], still_mine: Callable[[], object]) -> set[str]:
    with short_transaction():
        rows = Episode.objects.filter(published__in=published_ids).order_by("pk")
        list(rows.select_for_update(of=("self",)).values_list("pk"))
        keys = evidence.read_published(published_ids)
        still_mine()
    return keys


def _done(asked_for: int | None) -> None:
    """Mark a full rebuild as done, except what was asked for again since."""
    if asked_for is not None:
        GlossaryState.objects.filter(pk=1, done__lt=asked_for).update(
            done=asked_for, finished_at=timezone.now()
        )


def _strike_out(*rows: TouchedEpisode) -> None:
    """Mark episodes as followed, but for those that were touched again since."""
    TouchedEpisode.objects.filter(token__in=[row.token for row in rows]).delete()


def _parts(items: list[T], size: int) -> Iterator[tuple[int, list[T]]]:
    """Yield slices, each with how many items are behind at its end."""
    for start in range(0, len(items), size):
        part = items[start : start + size]
        yield start + len(part), part
