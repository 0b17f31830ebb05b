"""Where an episode stands, and who may move it: one table, and the only functions that write status.

::

    draft -> review -> evergreen -> archived      back: review -> draft, archived -> draft
                       evergreen -> evergreen     the next edition

``transition`` and ``publish`` check permission, guards and the revision seen, and move the episode
by one conditional update, in one transaction with what the step brings about (an edition, a
withdrawal; a time set for publishing goes) and its row in the trail. The revision stays: it counts
changes of content.

What stands in the way of publishing is told by ``gate``. ``refusal`` asks all of it beforehand, for
whoever wants to know without taking the step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from episodes import checking, gate, notices, publishing
from episodes.gate import Obstacle
from episodes.models import Edition, Episode, Schedule, Status, Transition
from episodes.models.history import Act

__all__ = [
    "TRANSITIONS",
    "Action",
    "Next",
    "Obstacle",
    "Refused",
    "Step",
    "allowed",
    "publish",
    "refusal",
    "transition",
]


class Action(StrEnum):
    """What a person does to an episode as a whole; also the names of the admin's buttons."""

    SUBMIT = "submit"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    PUBLISH_NEXT = "publish_next"
    ARCHIVE = "archive"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table: an action leads from one status to another and needs a permission."""

    action: Action
    from_status: str
    to_status: str
    permission: str
    label: Promise

    @property
    def publishes(self) -> bool:
        """Whether the step makes an edition."""
        return self.to_status == Status.EVERGREEN


TRANSITIONS: tuple[Step, ...] = (
    Step(
        Action.SUBMIT,
        Status.DRAFT,
        Status.REVIEW,
        "episodes.submit_episode",
        gettext_lazy("Submit for review"),
    ),
    Step(
        Action.SEND_BACK,
        Status.REVIEW,
        Status.DRAFT,
        "episodes.submit_episode",
        gettext_lazy("Send back to draft"),
    ),
    Step(
        Action.PUBLISH,
        Status.REVIEW,
        Status.EVERGREEN,
        "episodes.publish_episode",
        gettext_lazy("Publish"),
    ),
    Step(
        Action.PUBLISH_NEXT,
        Status.EVERGREEN,
        Status.EVERGREEN,
        "episodes.publish_episode",
        gettext_lazy("Publish the next edition"),
    ),
    Step(
        Action.ARCHIVE,
        Status.EVERGREEN,
        Status.ARCHIVED,
        "episodes.archive_episode",
        gettext_lazy("Archive"),
    ),
    Step(
        Action.RESTORE,
        Status.ARCHIVED,
        Status.DRAFT,
        "episodes.archive_episode",
        gettext_lazy("Restore as a draft"),
    ),
)


class Refused(Exception):
    """A step that was not taken; nothing was changed.

    ``code`` is stable: ``permission``, ``second_person``, ``obstacles``, ``nothing_new``,
    ``no_such_step``, ``stale``. ``message`` is a sentence for the person, in the active language.
    """

    def __init__(self, code: str, message: str, obstacles: Iterable[Obstacle] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.obstacles = list(obstacles)


@dataclass(frozen=True, slots=True)
class Next:
    """A step out of an episode's status: whether this person may take it, and if not, why."""

    action: Action
    label: str
    to_status: str
    permitted: bool
    code: str = ""
    reason: str = ""
    obstacles: tuple[Obstacle, ...] = ()


# The steps.


def allowed(episode: Episode, user: User | AnonymousUser) -> list[Next]:
    """Return the steps out of the episode's status, in the order of the table.

    Each says whether ``user`` may take it now; where not, ``reason`` is the refusal's sentence.
    """
    answers = []
    for step in TRANSITIONS:
        if step.from_status == episode.status:
            refusal = _refusal(episode, step, user)
            answers.append(
                Next(
                    step.action,
                    str(step.label),
                    step.to_status,
                    permitted=refusal is None,
                    code=refusal.code if refusal else "",
                    reason=refusal.message if refusal else "",
                    obstacles=tuple(refusal.obstacles) if refusal else (),
                )
            )
    return answers


def transition(
    episode: Episode, to: str, by: User, note: str = "", *, revision: int | None = None
) -> Transition:
    """Move ``episode`` to the status ``to`` and return the row of the trail.

    ``revision`` is the one the person saw (default: that of the instance). To evergreen is
    :func:`publish`. Raises :class:`Refused`; then nothing was written and ``episode`` is as it was.
    """
    return _take(episode, to, by, note, revision)


def publish(
    episode: Episode,
    by: User,
    note: str = "",
    *,
    revision: int | None = None,
    correction: str = "",
) -> Edition:
    """Publish the working copy: the first edition out of review, the next one in evergreen.

    ``note`` is for the desk, ``correction`` (Markdown) for readers: what the edition puts right.
    Raises :class:`Refused` like :func:`transition`. Of several at the same time one publishes.
    """
    taken = _take(episode, Status.EVERGREEN, by, note, revision, correction)
    assert taken.edition is not None
    return taken.edition


def refusal(episode: Episode, by: User) -> Refused | None:
    """Return why ``by`` may not publish the working copy as it stands; None where they may.

    Writes nothing and runs no check: findings are those of the last run.
    """
    step = _step(episode.status, Status.EVERGREEN)
    if step is None:
        return Refused("no_such_step", _no_such_step(episode, Status.EVERGREEN))
    return _refusal(episode, step, by)


def _step(status: str, to: str) -> Step | None:
    return next(
        (row for row in TRANSITIONS if (row.from_status, row.to_status) == (status, to)), None
    )


def _take(
    episode: Episode, to: str, by: User, note: str, revision: int | None, correction: str = ""
) -> Transition:
    step = _step(episode.status, to)
    if step is None:
        raise Refused("no_such_step", _no_such_step(episode, to))
    if not by.has_perm(step.permission):
        raise _not_permitted(step)
    seen = episode.revision if revision is None else revision
    at = timezone.now()
    submitted_by = by if step.action == Action.SUBMIT else None
    if step.publishes:
        checking.check_now(episode)  # what a job has not come to yet
    with transaction.atomic():
        # The row is ours from here to the commit: the guards judge what will be published.
        moved = Episode.objects.filter(
            pk=episode.pk,
            status=step.from_status,
            revision=seen,
            submitted_by=episode.submitted_by_id,
        ).update(status=step.to_status, submitted_by=submitted_by)
        if moved != 1:
            raise Refused("stale", _stale(episode))
        fresh = Episode.objects.get(pk=episode.pk)
        refusal = _guards(fresh, step, by, episode.submitted_by_id)
        if refusal is not None:
            raise refusal
        edition = _effects(fresh, step, by, note, at, correction)
        Schedule.objects.filter(episode=fresh).delete()  # what was to come has been overtaken
        trail = Transition.objects.create(
            episode=episode,
            from_status=step.from_status,
            to_status=step.to_status,
            edition=edition,
            by=by,
            at=at,
            note=note,
        )
        notices.step_taken(trail, episode.submitted_by_id)
    episode.status = step.to_status
    episode.submitted_by = submitted_by
    return trail


def _effects(
    episode: Episode, step: Step, by: User, note: str, at: datetime, correction: str
) -> Edition | None:
    """Do what the step brings about besides the status."""
    if step.publishes:
        return publishing.publish_edition(episode, by=by, note=note, at=at, correction=correction)
    if step.action == Action.ARCHIVE:
        publishing.withdraw(episode)
    return None


def _refusal(episode: Episode, step: Step, user: User | AnonymousUser) -> Refused | None:
    if not user.has_perm(step.permission):
        return _not_permitted(step)
    return _guards(episode, step, user, episode.submitted_by_id)


def _guards(
    episode: Episode, step: Step, user: User | AnonymousUser, submitted_by: int | None
) -> Refused | None:
    """Return why a permitted person may not take the step; ``submitted_by`` is a user's key."""
    if not step.publishes:
        return None
    last = Edition.objects.filter(episode=episode).defer("document").order_by("-number").first()
    if (
        step.action == Action.PUBLISH_NEXT
        and last is not None
        and last.revision >= episode.revision
    ):
        return Refused(
            "nothing_new",
            _("Nothing has changed since edition %(number)d; there is nothing to publish.")
            % {"number": last.number},
        )
    if settings.REVIEW_BY_SECOND_PERSON:
        first = {submitted_by} if step.action == Action.PUBLISH else _authors(episode, last)
        if first == {user.pk}:
            return Refused("second_person", _second_person(step))
    found = gate.obstacles(episode)
    if found:
        message = ngettext(
            "%(count)d thing has to be mended before this can be published.",
            "%(count)d things have to be mended before this can be published.",
            len(found),
        )
        return Refused("obstacles", message % {"count": len(found)}, found)
    return None


def _authors(episode: Episode, last: Edition | None) -> set[int | None]:
    """Return who made the changes since the last edition; None for an import by nobody.

    Whoever only said that they have read a turn changed nothing.
    """
    since = episode.change_sets.filter(revision__gt=last.revision if last else 0)
    changes = since.filter(Q(changes__isnull=False) | ~Q(act=Act.SAVE))
    return set(changes.order_by().values_list("by", flat=True).distinct())


def _not_permitted(step: Step) -> Refused:
    return Refused(
        "permission",
        _("Your account may not do this: “%(step)s” needs the permission %(permission)s.")
        % {"step": step.label, "permission": step.permission},
    )


def _second_person(step: Step) -> str:
    if step.action == Action.PUBLISH:
        return _(
            "A second person has to publish this: you submitted it yourself. "
            "(The setting REVIEW_BY_SECOND_PERSON=0 lifts this rule.)"
        )
    return _(
        "A second person has to publish this: every change since the last edition is your own. "
        "(The setting REVIEW_BY_SECOND_PERSON=0 lifts this rule.)"
    )


def _no_such_step(episode: Episode, to: str) -> str:
    names = dict(Status.choices)
    return _("There is no step from “%(from)s” to “%(to)s”.") % {
        "from": names.get(Status(episode.status), episode.status),
        "to": dict(names).get(to, to),
    }


def _stale(episode: Episode) -> str:
    now = Episode.objects.filter(pk=episode.pk).values_list("status", flat=True).first()
    if now is None:
        return _("The episode has been deleted meanwhile.")
    if now != episode.status:
        return _("Somebody was faster: the episode is “%(status)s” now. Look at it again.") % {
            "status": Status(now).label
        }
    return _("The episode has been changed since you looked at it. Look at it again.")
