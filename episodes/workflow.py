"""Where an episode stands, and who may move it: one table, and the only functions that write status.

::

    draft -> review -> evergreen -> archived      back: review -> draft, archived -> draft
                       evergreen -> evergreen     the next edition

``transition`` and ``publish`` check permission, guards and the revision seen, and move the episode
by one conditional update, in one transaction with what the step brings about (an edition, a
withdrawal) and its row in the trail. The revision stays: it counts changes of content.

The gate before publishing is the list ``GATE``: functions that take an episode and yield
obstacles. Checks add theirs there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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

from episodes import checking, publishing, wording
from episodes.models import (
    Conflict,
    Edition,
    Episode,
    Finding,
    PublishedEpisode,
    Status,
    Transition,
)
from episodes.models.checks import FindingState, Severity
from episodes.models.history import Act
from episodes.models.working import Kind

__all__ = [
    "GATE",
    "TRANSITIONS",
    "Action",
    "Next",
    "Obstacle",
    "Refused",
    "Step",
    "allowed",
    "obstacles",
    "publish",
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


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that has to be mended before an episode may be published.

    ``uid`` is the turn's, or empty where it concerns the whole episode.
    """

    code: str
    message: str
    uid: str = ""


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


# The gate.


def _whole_episode(episode: Episode) -> Iterator[Obstacle]:
    if not episode.title.strip():
        yield Obstacle("no_title", _("The episode has no title."))
    if not episode.turns.exists():
        yield Obstacle("no_turns", _("The episode has no turns."))
    taken = PublishedEpisode.objects.filter(slug=episode.slug).exclude(episode=episode)
    if taken.exists():
        yield Obstacle(
            "slug_taken",
            _("Another published episode has the address “%(slug)s”.") % {"slug": episode.slug},
        )


def _translated(episode: Episode) -> Iterator[Obstacle]:
    untranslated = episode.turns.filter(text="", kind__in=(Kind.SPEECH, Kind.NARRATION))
    for uid in untranslated.exclude(original="").order_by("position").values_list("uid", flat=True):
        yield Obstacle("translation_missing", _("A turn has an original but no translation."), uid)


def _decided(episode: Episode) -> Iterator[Obstacle]:
    for target in Conflict.objects.filter(episode=episode, decided_at__isnull=True).values_list(
        "target", flat=True
    ):
        kind, _colon, name = target.partition(":")
        if kind == "turn":
            sentence = _("A conflict about this turn is not decided yet.")
            yield Obstacle("conflict_open", sentence, name)
        elif kind == "chapter":
            yield Obstacle("conflict_open", _("A conflict about a heading is not decided yet."))
        else:
            yield Obstacle("conflict_open", _("A conflict about the metadata is not decided yet."))


def _read(episode: Episode) -> Iterator[Obstacle]:
    marked = episode.turns.filter(Q(stale=True) | Q(unread=True)).order_by("position")
    for uid, stale, unread in marked.values_list("uid", "stale", "unread"):
        if stale:
            sentence = _("The original has changed since this turn was translated.")
            yield Obstacle("turn_stale", sentence, uid)
        if unread:
            sentence = _("An import or a late save put this turn together; nobody has read it yet.")
            yield Obstacle("turn_unread", sentence, uid)


COVERED = frozenset({"translation_missing", "conflict_open", "merge_unread", "stale_translation"})
"""Checks for which the gate has an answer of its own, true to the moment."""


def _found(episode: Episode) -> Iterator[Obstacle]:
    errors = Finding.objects.filter(
        episode=episode, severity=Severity.ERROR, stands=True, state=FindingState.OPEN
    )
    for finding in errors.exclude(code__in=COVERED).order_by("pk"):
        said = wording.translate(wording.restore(finding.wording, finding.message))
        yield Obstacle("finding_open", said, finding.uid)


GATE: list[Callable[[Episode], Iterable[Obstacle]]] = [
    _whole_episode,
    _translated,
    _decided,
    _read,
    _found,
]


def obstacles(episode: Episode) -> list[Obstacle]:
    """Return what stands in the way of publishing the working copy, in the order of the gate."""
    return [obstacle for check in GATE for obstacle in check(episode)]


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


def publish(episode: Episode, by: User, note: str = "", *, revision: int | None = None) -> Edition:
    """Publish the working copy: the first edition out of review, the next one in evergreen.

    Raises :class:`Refused` like :func:`transition`. Of several at the same time one publishes.
    """
    taken = _take(episode, Status.EVERGREEN, by, note, revision)
    assert taken.edition is not None
    return taken.edition


def _take(episode: Episode, to: str, by: User, note: str, revision: int | None) -> Transition:
    step = next(
        (row for row in TRANSITIONS if (row.from_status, row.to_status) == (episode.status, to)),
        None,
    )
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
        edition = _effects(fresh, step, by, note, at)
        trail = Transition.objects.create(
            episode=episode,
            from_status=step.from_status,
            to_status=step.to_status,
            edition=edition,
            by=by,
            at=at,
            note=note,
        )
    episode.status = step.to_status
    episode.submitted_by = submitted_by
    return trail


def _effects(episode: Episode, step: Step, by: User, note: str, at: datetime) -> Edition | None:
    """Do what the step brings about besides the status."""
    if step.publishes:
        return publishing.publish_edition(episode, by=by, note=note, at=at)
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
    found = obstacles(episode)
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
