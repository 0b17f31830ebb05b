"""Publishing at a time: what was asked for, and doing it when the time has come.

What is published is the working copy as it was when that was asked for, by whoever asked: permission,
the second person and the gate are asked both times. Where one of them refuses, or the working copy has
moved on, nothing is published; the row keeps the sentence and waits for a person. Every step of the
workflow takes the row away, in its own transaction.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from episodes import checking, notices, wording, workflow
from episodes.models import Episode, Schedule
from episodes.transcripts.messages import Message, gettext_noop
from episodes.workflow import Refused

__all__ = ["LATEST", "due", "publish_due", "schedule", "unschedule"]

logger = logging.getLogger(__name__)

LATEST = timedelta(days=366)
"""So far ahead a time may lie."""

SENTENCES = {  # the workflow's own hold numbers or names, and are not kept
    "obstacles": gettext_noop("Something has to be mended before this can be published."),
    "nothing_new": gettext_noop("Nothing has changed since the last edition."),
    "permission": gettext_noop("Who asked for it may not publish any more."),
    "stale": gettext_noop(
        "The episode has been changed since that was asked for. Look at it again."
    ),
    "no_such_step": gettext_noop("The episode is not in review any more, and not published."),
}


def schedule(
    episode: Episode,
    at: datetime,
    *,
    by: User,
    note: str = "",
    correction: str = "",
    revision: int | None = None,
) -> Schedule:
    """Ask that the working copy be published at a moment as it is now; in place of an earlier wish.

    ``revision`` is the one the person saw (default: that of the instance). Raises
    :class:`workflow.Refused` like ``workflow.publish``, and with the code ``time`` for a moment that
    is past or too far ahead; then nothing was written.
    """
    now = timezone.now()
    if at <= now:
        raise Refused("time", _("This time is past. Choose a later one, or publish now."))
    if at > now + LATEST:
        raise Refused("time", _("This time is more than a year ahead."))
    seen = episode.revision if revision is None else revision
    if (refused := workflow.refusal(episode, by)) is not None and refused.code == "permission":
        raise refused
    checking.check_now(episode)
    with transaction.atomic():
        fresh = Episode.objects.select_for_update().get(pk=episode.pk)
        if (fresh.revision, fresh.status) != (seen, episode.status):
            raise Refused(
                "stale", _("The episode has been changed since you looked at it. Look at it again.")
            )
        refused = workflow.refusal(fresh, by)
        if refused is not None:
            raise refused
        made, _created = Schedule.objects.update_or_create(
            episode=fresh,
            defaults={
                "at": at,
                "revision": seen,
                "note": note.strip(),
                "correction": correction.strip(),
                "by": by,
                "asked_at": now,
                "refused": {},
                "refused_at": None,
            },
        )
    return made


def unschedule(episode: Episode, *, by: User) -> bool:
    """Take back that an episode is to be published at a time; tell whether that was so.

    Raises :class:`workflow.Refused` (``permission``).
    """
    if not by.has_perm("episodes.publish_episode"):
        raise Refused("permission", _("Your account may not publish."))
    return bool(Schedule.objects.filter(episode=episode).delete()[0])


def due(now: datetime) -> list[int]:
    """Return the ids of what is to be published by now, the longest due first."""
    waiting = Schedule.objects.filter(at__lte=now, refused_at__isnull=True)
    return list(waiting.order_by("at", "pk").values_list("pk", flat=True))


def publish_due(now: datetime) -> int:
    """Publish what is due, each in a transaction of its own; return how many were published.

    Of several workers at the same time one publishes; what was killed half-way is due still.
    """
    done = 0
    for pk in due(now):
        try:
            done += _publish(pk, now)
        except Exception:  # the edge of one of them: the others are not kept waiting
            logger.exception("Schedule %s: publishing failed; it is tried again", pk)
    return done


def _publish(pk: int, now: datetime) -> bool:
    """Publish one; tell whether it was this call that did."""
    asked = Schedule.objects.select_related("episode", "by").filter(pk=pk).first()
    if asked is None:
        return False
    checking.check_now(asked.episode)  # before the transaction: what it finds is kept
    # That very wish: not taken back, not changed, not refused, and not another worker's.
    mine = Schedule.objects.filter(
        pk=pk, at=asked.at, revision=asked.revision, by=asked.by, refused_at__isnull=True
    )
    try:
        with transaction.atomic():
            if not mine.delete()[0]:
                return False
            with translation.override("en"):  # the sentence is kept, and read in another language
                workflow.publish(
                    asked.episode,
                    asked.by,
                    asked.note,
                    revision=asked.revision,
                    correction=asked.correction,
                )
            notices.scheduled(asked)
    except Refused as refused:
        _refuse(asked, Message(SENTENCES.get(refused.code, refused.message), {}), now)
        return False
    return True


def _refuse(asked: Schedule, why: Message, now: datetime) -> None:
    """Keep why it was not published, and tell who asked; once."""
    with transaction.atomic():
        same = Schedule.objects.filter(pk=asked.pk, asked_at=asked.asked_at, refused_at=None)
        if same.update(refused=wording.store(why), refused_at=now):
            notices.scheduled(asked, why)
