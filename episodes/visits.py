"""When a source is asked again, and what is wrong with asking it.

A source that does not change is asked at widening intervals; one that did, the next day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone

from episodes import notices, wording
from episodes.models import Source
from episodes.models.sources import Trouble

if TYPE_CHECKING:
    from episodes.deciding import Incoming

__all__ = ["FAILING", "PAUSES", "answered", "due", "failed", "gone", "moved", "unchanged"]

PAUSES = tuple(timedelta(days=days) for days in (1, 2, 3, 7, 14, 30))
FAILING = 3  # failures in a row until it is flagged on the episode


def _pause(unchanged_checks: int) -> timedelta:
    return PAUSES[min(unchanged_checks, len(PAUSES) - 1)]


def unchanged(source: Source, *, etag: str = "", last_modified: str = "") -> None:
    """Note that a source was asked and said nothing new; by one update."""
    now = timezone.now()
    checks = source.unchanged_checks + 1
    validators = {"etag": etag[:300], "last_modified": last_modified[:100]}
    Source.objects.filter(pk=source.pk).update(
        checked_at=now,
        next_check_at=now + _pause(checks),
        unchanged_checks=checks,
        trouble=Trouble.NONE,
        failures=0,
        message="",
        wording={},
        **{name: value for name, value in validators.items() if value},
    )


def answered(source: Source, incoming: Incoming, *, changed: bool) -> None:
    """Note that a source gave these bytes, and with them the validators to ask with next time."""
    now = timezone.now()
    source.checked_at = now
    source.unchanged_checks = 0 if changed else source.unchanged_checks + 1
    source.next_check_at = now + _pause(source.unchanged_checks)
    source.etag = incoming.etag[:300]
    source.last_modified = incoming.last_modified[:100]
    source.trouble, source.failures, source.message, source.wording = Trouble.NONE, 0, "", {}
    source.save(
        update_fields=[
            "checked_at",
            "unchanged_checks",
            "next_check_at",
            "etag",
            "last_modified",
            "trouble",
            "failures",
            "message",
            "wording",
        ]
    )


def failed(source: Source, message: str) -> None:
    """Note that a source could not be read; after ``FAILING`` times it is flagged."""
    now = timezone.now()
    Source.objects.filter(pk=source.pk).update(
        checked_at=now,
        next_check_at=now + PAUSES[0],
        failures=F("failures") + 1,
        message=str(message),
        wording=wording.store(message),
    )
    flagged = Source.objects.filter(pk=source.pk, failures__gte=FAILING, trouble=Trouble.NONE)
    if flagged.update(trouble=Trouble.FAILING):
        notices.source_troubled(source, Trouble.FAILING, message)


def gone(source: Source, message: str) -> None:
    """Note that a source is no longer there (404, 410); it is asked again, but seldom."""
    now = timezone.now()
    known = Source.objects.filter(pk=source.pk, trouble=Trouble.GONE).exists()
    Source.objects.filter(pk=source.pk).update(
        checked_at=now,
        next_check_at=now + PAUSES[3],
        failures=F("failures") + 1,
        trouble=Trouble.GONE,
        message=str(message),
        wording=wording.store(message),
    )
    if not known:
        notices.source_troubled(source, Trouble.GONE, message)


def moved(source: Source, to: str) -> None:
    """Note where a source says it has moved for good; its address stays what it is known by."""
    Source.objects.filter(pk=source.pk).update(moved_to=to[:2000])


def due(now: datetime) -> list[Source]:
    """Return the sources that are to be asked at ``now``; those that cannot be asked never are."""
    askable = Source.objects.filter(next_check_at__lte=now, address__startswith="http")
    found = askable.select_related("episode").defer("fields")
    return list(found.order_by("next_check_at", "pk"))
