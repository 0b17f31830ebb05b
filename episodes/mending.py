"""Mending what a check found, as its fix says: in a turn, or in a field of the episode."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from episodes import checking, editing
from episodes.models import Episode, Finding, Turn
from episodes.wording import restore, translate

__all__ = ["ChangedSince", "NothingToMend", "mend"]


class NothingToMend(Exception):
    """The finding is gone or put away, has no fix, or its turn stands no more; nothing was written."""


class ChangedSince(Exception):
    """Somebody changed the turn or the episode since it was seen; nothing was written.

    ``current`` is the turn, or the episode, as it stands.
    """

    def __init__(self, current: Turn | Episode) -> None:
        super().__init__(str(current))
        self.current = current


def mend(finding: Finding, *, version: int, by: User | None) -> Turn | Episode:
    """Write what a finding's fix says; return the turn, or the episode, as it is then.

    ``version`` is what was seen: the turn's ``version``, of a finding about the episode (``uid`` is
    empty) the episode's ``revision``. The episode is checked again at once, so that what is mended
    is no finding any more. ``by`` is None for the desk itself.

    :raises PermissionDenied: without ``change_turn``, for the episode ``change_episode``.
    :raises NothingToMend: if there is nothing to mend any more.
    :raises ChangedSince: if that is not the version that stands.
    :raises editing.Invalid: if the field cannot hold the value.
    """
    permission = "episodes.change_turn" if finding.uid else "episodes.change_episode"
    if by is not None and not by.has_perm(permission):
        raise PermissionDenied
    row = Finding.objects.select_related("episode").filter(pk=finding.pk, stands=True).first()
    if row is None or not row.fix:
        raise NothingToMend
    why = _("Mended: %(finding)s") % {"finding": translate(restore(row.wording, row.message))}
    values = {row.fix["field"]: row.fix["value"]}
    mended = (
        _mend_turn(row, version, values, by, why)
        if row.uid
        else _mend_episode(row.episode, version, values, by, why)
    )
    checking.check_now(row.episode)
    return mended


def _mend_turn(
    row: Finding, version: int, values: dict[str, str], by: User | None, why: str
) -> Turn:
    turn = row.episode.turns.filter(uid=row.uid).first()
    if turn is None:
        raise NothingToMend
    if turn.version != version:
        raise ChangedSince(turn)
    try:
        return editing.save_turn(turn, version=version, values=values, by=by, why=why)
    except editing.Vanished as gone:
        raise NothingToMend from gone
    except editing.Stale as stale:
        raise ChangedSince(stale.current) from stale


def _mend_episode(
    episode: Episode, revision: int, values: dict[str, str], by: User | None, why: str
) -> Episode:
    if episode.revision != revision:
        raise ChangedSince(episode)
    try:
        return editing.save_episode(episode, revision=revision, values=values, by=by, why=why)
    except editing.Stale as stale:
        raise ChangedSince(stale.current) from stale
