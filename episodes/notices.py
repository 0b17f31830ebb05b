"""What people asked to be told, as rows: written with the act itself, mailed after it (``mailing``).

``tell`` writes for those who wish a kind, in the caller's transaction: what is told has happened. The
functions below it say what happened and know whom it concerns. Nobody is told of his own act, nobody
who may not look at episodes, and what is said already and not read yet is not said again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone, translation

from episodes import failures, jobs, wording
from episodes.models import (
    ChangeSet,
    Edition,
    Episode,
    Job,
    Notice,
    NoticeWish,
    ReviewNote,
    Schedule,
    Source,
    Status,
    Transition,
)
from episodes.models.sources import Outcome, Trouble
from episodes.transcripts.characters import strip_controls
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = [
    "MAIL",
    "answered",
    "job_failed",
    "kinds_of",
    "mark_read",
    "noted",
    "publishers",
    "scheduled",
    "source_changed",
    "source_troubled",
    "step_taken",
    "tell",
    "unread",
    "wish",
]

MAIL = "mail.notices"
"""The kind of the job that mails a person's notices; its key is the person's id."""
BACKEND = "django.contrib.auth.backends.ModelBackend"
QUOTED = 300
"""So many characters of what somebody wrote are quoted."""

SUBMITTED = gettext_noop("{who} submitted “{episode}” for review.")
SUBMITTED_SAYING = gettext_noop("{who} submitted “{episode}” for review: {note}")
SENT_BACK = gettext_noop("{who} sent “{episode}” back to draft.")
SENT_BACK_SAYING = gettext_noop("{who} sent “{episode}” back to draft: {note}")
PUBLISHED = gettext_noop("{who} published “{episode}” as edition {number}.")
TOOK_PLACE = gettext_noop("“{episode}” was published at the time that you set.")
COULD_NOT = gettext_noop("“{episode}” could not be published at the time that you set: {why}")
NOTED = gettext_noop("{who} left a note at “{episode}”: {note}")
ANSWERED = gettext_noop("{who} answered your note at “{episode}”: {note}")
CHANGED: dict[str, Message] = {
    Outcome.UPDATED: gettext_noop("The source of “{episode}” has changed; the draft follows it."),
    Outcome.PROPOSED: gettext_noop("The source of “{episode}” has changed: a proposal waits."),
    Outcome.HELD: gettext_noop("The source of “{episode}” has changed for the worse: it is held."),
}
GONE = gettext_noop("The source of “{episode}” is gone: {why}")
FAILING = gettext_noop("The source of “{episode}” cannot be read: {why}")
FAILED = gettext_noop("The job “{job}” has failed: {why}")
FAILED_IN_BATCH = gettext_noop("Jobs of the batch “{job}” have failed.")
NOBODY = gettext_noop("Somebody")


# Wishes, and what is there to read.


def kinds_of(user: User) -> tuple[frozenset[str], bool]:
    """Return what a person wants to be told, and whether by mail as well. Nothing by default."""
    row = NoticeWish.objects.filter(user=user).values_list("kinds", "by_mail").first()
    kinds, by_mail = row or ((), False)
    return frozenset(kinds) & set(Notice.Kind.values), bool(by_mail)


def wish(user: User, kinds: Iterable[str], *, by_mail: bool) -> None:
    """Note what a person wants to be told from now on; what is none of ``Notice.Kind`` is left out."""
    wanted = set(kinds)
    ordered = [kind for kind in Notice.Kind.values if kind in wanted]
    NoticeWish.objects.update_or_create(user=user, defaults={"kinds": ordered, "by_mail": by_mail})


def unread(user: User) -> int:
    """Return how many notices a person has not read. One query."""
    return Notice.objects.filter(user=user, read_at__isnull=True).count()


def mark_read(user: User, pk: int | None = None) -> int:
    """Note that a person has read one notice, or all of them; return how many were not read."""
    waiting = Notice.objects.filter(user=user, read_at__isnull=True)
    found = waiting if pk is None else waiting.filter(pk=pk)
    return found.update(read_at=timezone.now())


# Telling.


def publishers() -> QuerySet[User]:
    """Return who may publish."""
    return User.objects.with_perm("episodes.publish_episode", backend=BACKEND)


def tell(
    kind: str,
    *,
    to: QuerySet[User] | Collection[User | None],
    episode: Episode | None,
    message: str,
    place: str = "",
    by: User | None = None,
) -> int:
    """Tell those of ``to`` who wish this kind; return how many were told.

    ``message`` is a sentence (``messages.fill``), ``place`` where to see it: a path within the site.
    ``by`` is whose act it is. One query where nobody wishes it.
    """
    concerned = to if isinstance(to, QuerySet) else [each.pk for each in to if each is not None]
    able = User.objects.with_perm("episodes.view_episode", backend=BACKEND).filter(is_staff=True)
    wishes = NoticeWish.objects.filter(user__in=concerned).filter(user__in=able)
    if by is not None:
        wishes = wishes.exclude(user=by)
    wishing = {
        user: by_mail
        for user, kinds, by_mail in wishes.values_list("user", "kinds", "by_mail")
        if kind in kinds
    }
    if not wishing:
        return 0
    said = strip_controls(message)
    same = Notice.objects.filter(kind=kind, place=place, message=said, read_at__isnull=True)
    with transaction.atomic():
        known = set(same.filter(user__in=wishing).values_list("user", flat=True))
        new = [user for user in sorted(wishing) if user not in known]
        Notice.objects.bulk_create(
            Notice(
                user_id=user,
                kind=kind,
                episode=episode,
                message=said,
                wording=wording.store(message),
                place=place,
            )
            for user in new
        )
        mailed = [str(user) for user in new if wishing[user]]
        if mailed:
            jobs.request_all(MAIL, mailed)
    return len(new)


def _name(user: User | None) -> str:
    return user.get_short_name() or user.get_username() if user is not None else NOBODY


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else f"{line[:QUOTED]}…"


def _turns(episode: Episode, uid: str = "") -> str:
    place = reverse("admin:episodes_episode_turns", args=[episode.pk])
    return f"{place}#{uid}" if uid else place


# What happened, and whom it concerns.


def step_taken(trail: Transition, submitted_by: int | None) -> None:
    """Tell of a step of the workflow; ``submitted_by`` is who had submitted the episode before it."""
    episode, by, note = trail.episode, trail.by, _quoted(trail.note)
    step = (trail.from_status, trail.to_status)
    said: dict[str, Any] = {"who": _name(by), "episode": str(episode), "note": note}
    submitter = User.objects.filter(pk__in=[submitted_by] if submitted_by else [])
    if trail.to_status == Status.REVIEW:
        message = fill(SUBMITTED_SAYING if note else SUBMITTED, **said)
        kind, to = Notice.Kind.SUBMITTED, publishers()
    elif step == (Status.REVIEW, Status.DRAFT):
        message = fill(SENT_BACK_SAYING if note else SENT_BACK, **said)
        kind, to = Notice.Kind.SENT_BACK, submitter
    elif step == (Status.REVIEW, Status.EVERGREEN) and trail.edition is not None:
        message = fill(PUBLISHED, **said, number=trail.edition.number)
        kind, to = Notice.Kind.PUBLISHED, submitter
    else:
        return
    tell(kind, to=to, episode=episode, message=message, place=_turns(episode), by=by)


def scheduled(schedule: Schedule, why: str = "") -> None:
    """Tell who scheduled a publication that it took place, or ``why`` it could not."""
    said = {"episode": str(schedule.episode)}
    message = fill(COULD_NOT, **said, why=why) if why else fill(TOOK_PLACE, **said)
    place = _turns(schedule.episode)
    tell(
        Notice.Kind.SCHEDULED,
        to=[schedule.by],
        episode=schedule.episode,
        message=message,
        place=place,
    )


def noted(note: ReviewNote) -> None:
    """Tell those who submitted or last changed an episode of a note that was left there."""
    said = {"who": _name(note.by), "episode": str(note.episode), "note": _quoted(note.text)}
    tell(
        Notice.Kind.NOTED,
        to=_at_work_on(note.episode),
        episode=note.episode,
        message=fill(NOTED, **said),
        place=_turns(note.episode, note.uid),
        by=note.by,
    )


def answered(note: ReviewNote) -> None:
    """Tell who left a note of its answer."""
    who = _name(note.answered_by)
    said = {"who": who, "episode": str(note.episode), "note": _quoted(note.answer)}
    tell(
        Notice.Kind.NOTED,
        to=[note.by],
        episode=note.episode,
        message=fill(ANSWERED, **said),
        place=_turns(note.episode, note.uid),
        by=note.answered_by,
    )


def source_changed(episode: Episode, outcome: str, by: User | None) -> None:
    """Tell those who work on an episode that its source says something else."""
    if (template := CHANGED.get(outcome)) is not None:
        _of_source(episode, fill(template, episode=str(episode)), by)


def source_troubled(source: Source, trouble: str, why: str) -> None:
    """Tell those who work on an episode that a source is gone, or cannot be read for long."""
    template = GONE if trouble == Trouble.GONE else FAILING
    _of_source(source.episode, fill(template, episode=str(source.episode), why=why), None)


def _of_source(episode: Episode, message: str, by: User | None) -> None:
    to, place = _at_work_on(episode), _turns(episode)
    tell(Notice.Kind.SOURCE, to=to, episode=episode, message=message, place=place, by=by)


def _at_work_on(episode: Episode) -> QuerySet[User]:
    """Return who published an episode last, who changed it last, and whose submission waits."""
    editions = Edition.objects.filter(episode=episode).order_by("-number")
    acts = ChangeSet.objects.filter(episode=episode, by__isnull=False).order_by("-at", "-pk")
    return User.objects.filter(
        Q(pk=Subquery(editions.values("published_by")[:1]))
        | Q(pk=Subquery(acts.values("by")[:1]))
        | Q(pk=episode.submitted_by_id)
    )


@failures.on_failure
def job_failed(job: Job) -> None:
    """Tell who asked for a job that it has failed; of many of one batch only once."""
    if job.requested_by is None:
        return
    if job.batch is not None:
        named = job.batch.note or str(job.batch.pk)
        message = fill(FAILED_IN_BATCH, job=named)
        place = reverse("admin:episodes_job_changelist") + "?state__exact=failed"
    else:
        with translation.override("en"):  # the name is a sentence of its own, to be translated
            kind = jobs.labels().get(job.kind, job.kind)
        message = fill(FAILED, job=Message(kind, {}), why=wording.restore(job.wording, job.message))
        place = reverse("admin:episodes_job_change", args=[job.pk])
    tell(Notice.Kind.JOB, to=[job.requested_by], episode=None, message=message, place=place)
