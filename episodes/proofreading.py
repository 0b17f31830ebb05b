"""What has been read of a working copy: by whom, and what remains.

A turn is read while its ``read_version`` is its version: whatever changes a text raises the version,
and what changes only the speaker or the times takes the mark along (``editing``, ``states``). Reading
is no change of the text: it leaves no trace in the history and the revision as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, F, Q, QuerySet

from episodes.models import Episode, Turn

__all__ = ["READ", "Progress", "counted", "mark", "unmark"]

READ = Q(read_version=F("version"))
"""The condition on turns that are read."""


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of an episode's turns are read."""

    read: int
    total: int

    @property
    def done(self) -> bool:
        """Whether nothing is left to read."""
        return self.read == self.total


def mark(episode: Episode, uid: str, *, version: int, by: User) -> bool:
    """Say that somebody has read a turn as it was at ``version``; false if it is another one now."""
    found = episode.turns.filter(uid=uid, version=version)
    return bool(found.update(read_version=F("version"), read_by=by))


def unmark(episode: Episode, uid: str) -> bool:
    """Say that a turn has to be read again; false if it was to be read anyway."""
    return bool(episode.turns.filter(READ, uid=uid).update(read_version=None, read_by=None))


def counted(episodes: QuerySet[Episode]) -> dict[int, Progress]:
    """Return how much is read of each of some episodes, by id. One query."""
    rows = (
        Turn.objects.filter(episode__in=episodes)
        .order_by()
        .values("episode_id")
        .annotate(total=Count("pk"), read=Count("pk", filter=READ))
    )
    return {row["episode_id"]: Progress(row["read"], row["total"]) for row in rows}
