"""Who works on an episode: told to others, so that they keep out of each other's way.

A claim never keeps anybody from saving; versions tell apart what two people write (``editing``). It
stands for ``CLAIM_LASTS`` after the last sign of life. Each function is one conditional statement or
two, so that of two people who come at the same moment one has it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone

from episodes.models import Claim, Episode
from episodes.models.desk import CLAIM_LASTS

__all__ = ["keep", "of_others", "release", "standing", "take", "take_over"]

PERMISSION = "episodes.change_episode"


def _check(user: User) -> None:
    if not user.has_perm(PERMISSION):
        raise PermissionDenied


def take(episode: Episode, user: User) -> Claim | None:
    """Claim an episode that is free, or whose claim has run out; one's own goes on.

    Returns the claim, None where somebody else's stands. Raises PermissionDenied.
    """
    _check(user)
    now = timezone.now()
    until = now + CLAIM_LASTS
    if not keep(episode, user, now=now):
        over = Claim.objects.filter(episode=episode, until__lte=now)
        if not over.update(user=user, since=now, until=until):
            new = Claim(episode=episode, user=user, since=now, until=until)
            Claim.objects.bulk_create([new], ignore_conflicts=True)
    return Claim.objects.filter(episode=episode, user=user).first()


def keep(episode: Episode, user: User, *, now: datetime.datetime | None = None) -> bool:
    """Let a claim of one's own that stands go on; false if there is none."""
    now = now or timezone.now()
    mine = Claim.objects.filter(episode=episode, user=user, until__gt=now)
    return bool(mine.update(until=now + CLAIM_LASTS))


def release(episode: Episode, user: User) -> bool:
    """End one's own claim; false if there is none."""
    deleted, _kinds = Claim.objects.filter(episode=episode, user=user).delete()
    return bool(deleted)


def take_over(episode: Episode, user: User) -> Claim:
    """Claim an episode, whoever holds it. Raises PermissionDenied."""
    _check(user)
    now = timezone.now()
    if not keep(episode, user, now=now):
        claim = Claim(episode=episode, user=user, since=now, until=now + CLAIM_LASTS)
        Claim.objects.bulk_create(
            [claim],
            update_conflicts=True,
            unique_fields=["episode"],
            update_fields=["user", "since", "until"],
        )
    return Claim.objects.select_related("user").get(episode=episode)


def standing() -> QuerySet[Claim]:
    """Return the claims that have not run out."""
    return Claim.objects.filter(until__gt=timezone.now())


def of_others(episodes: Iterable[Episode], user: User) -> dict[int, Claim]:
    """Return the claims of other people that stand, by episode; one query."""
    found = standing().filter(episode__in=episodes).exclude(user=user)
    return {claim.episode_id: claim for claim in found.select_related("user")}
