"""A time as somebody writes it in a form, in the site's time zone: what moment it means.

Where clocks are put forward some times do not exist; where they are put back some exist twice, and
the first is meant.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from episodes.transcripts.messages import fill, gettext_noop

__all__ = ["NotATime", "moment", "offset"]

UNREADABLE = gettext_noop("Write a date and a time, as 2025-03-01 08:00.")
SKIPPED = gettext_noop(
    "There is no {time} on that day: the clocks are put forward then, and show {next} instead."
)


class NotATime(ValueError):
    """What was written means no moment; the argument is a sentence for whoever wrote it."""


def moment(text: str, zone: tzinfo) -> datetime:
    """Return the moment (UTC) that ``text``, as ``2025-03-01T08:00``, means in ``zone``.

    A time that comes twice is the first of both. Raises :class:`NotATime` for what is no time, has a
    zone of its own, or is skipped when clocks are put forward.
    """
    try:
        wall = datetime.fromisoformat(text.strip())
        if wall.tzinfo is not None or len(text.strip()) <= len("2025-03-01"):
            raise NotATime(UNREADABLE)
        met = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        found = met.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise NotATime(UNREADABLE) from error
    if found != wall:
        raise NotATime(
            fill(SKIPPED, time=wall.strftime("%H:%M"), next=found.strftime("%Y-%m-%d %H:%M"))
        )
    return met


def offset(at: datetime, zone: tzinfo) -> str:
    """Return how far ``zone`` is from UTC at a moment: ``+08:00``."""
    shown = at.astimezone(zone).strftime("%z")
    return f"{shown[:3]}:{shown[3:5]}"
