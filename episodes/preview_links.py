"""Links to the preview of a working copy for people without an account, signed and with an end.

The link itself says which episode, since when and until when; nothing of it is stored. It also ends
when the episode is published or withdrawn, and when somebody ends all its links: that is a change set
that changes nothing and belongs to no revision (0), so it stands in the history and counts as
nobody's work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from episodes.models import ChangeSet, Episode, Status, Transition
from episodes.models.history import Act

__all__ = ["DAYS", "PERMISSION", "Ended", "Link", "Unknown", "end_all", "make", "read"]

DAYS = (1, 7, 30)
"""How long a link may last."""
SALT = "episodes.preview_links"
PERMISSION = "episodes.change_episode"


class Unknown(LookupError):
    """Nobody here has made this link, or its episode is no more."""


class Ended(LookupError):
    """The link was good once. ``why`` is ``expired``, ``ended`` (by a person) or ``published``
    (or withdrawn); ``at`` is when it was to end."""

    def __init__(self, why: str, at: datetime) -> None:
        super().__init__(why)
        self.why = why
        self.at = at


@dataclass(frozen=True, slots=True)
class Link:
    """A link: its ``token`` for the address, and when it ends."""

    token: str
    episode_id: int
    until: datetime


def make(episode: Episode, days: int, *, by: User, now: datetime) -> Link:
    """Return a link that lasts so many days (one of ``DAYS``). Writes nothing.

    Raises ``PermissionDenied`` without the permission to change episodes, ``ValueError``.
    """
    if not by.has_perm(PERMISSION):
        raise PermissionDenied
    if days not in DAYS:
        raise ValueError(days)
    until = (now + timedelta(days=days)).replace(microsecond=0)
    said = [episode.pk, _step(episode.pk), _ending(episode.pk), int(until.timestamp())]
    return Link(signing.dumps(said, salt=SALT), episode.pk, until)


def read(token: str, now: datetime) -> tuple[Episode, Link]:
    """Return the episode of a link and the link. Raises :class:`Unknown`, :class:`Ended`.

    Three queries at most.
    """
    try:
        pk, step, ending, end = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise Unknown(token) from error
    until = datetime.fromtimestamp(end, UTC)
    if now >= until:
        raise Ended("expired", until)
    episode = Episode.objects.filter(pk=pk).first()
    if episode is None:
        raise Unknown(token)
    if _ending(pk) != ending:
        raise Ended("ended", until)
    if _step(pk) != step:
        raise Ended("published", until)
    return episode, Link(token, pk, until)


def end_all(episode: Episode, *, by: User) -> None:
    """End all links to an episode's preview. Raises ``PermissionDenied``."""
    if not by.has_perm(PERMISSION):
        raise PermissionDenied
    why = _("All links to the preview were ended.")
    ChangeSet.objects.create(episode=episode, act=Act.SAVE, by=by, why=why)


def _step(pk: int) -> int:
    """Return what is another once the episode is published or withdrawn: that step's id."""
    gone = (Status.EVERGREEN, Status.ARCHIVED)
    steps = Transition.objects.filter(episode=pk, to_status__in=gone)
    return steps.order_by("-pk").values_list("pk", flat=True).first() or 0


def _ending(pk: int) -> int:
    """Return what is another once somebody has ended the links: that act's id."""
    acts = ChangeSet.objects.filter(episode=pk, act=Act.SAVE, revision=0)
    return acts.order_by("-pk").values_list("pk", flat=True).first() or 0
