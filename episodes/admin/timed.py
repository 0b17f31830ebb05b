"""Publishing now or at a time, at the desk: what the form holds, and what is set already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes import localtimes, scheduling
from episodes.admin.staff import who
from episodes.dashboard import may_see_schedules
from episodes.models import Episode, Schedule
from episodes.wording import restore, translate
from episodes.workflow import Refused

__all__ = ["Timed", "Wish", "ask", "form", "set_for", "shown", "wish_of"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form holds, as it was typed: notes for the desk and for readers, now or at a time."""

    note: str = ""
    correction: str = ""
    later: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class Timed:
    """A time that is set: what it is, who asked for it, why nothing came of it.

    ``behind``: the working copy has changed since, so nothing will.
    """

    schedule: Schedule
    at: str
    by: str
    refused: str
    behind: bool


def wish_of(request: HttpRequest) -> Wish:
    """Return what was sent."""

    def text(name: str) -> str:
        return request.POST.get(name, "").replace("\r\n", "\n").strip()

    return Wish(text("note"), text("correction"), text("when") == "later", text("at"))


def shown(at: datetime) -> str:
    """Return a moment in the site's time zone, which is named: nobody has to guess."""
    zone = timezone.get_default_timezone()
    return _("%(time)s (%(zone)s, UTC%(offset)s)") % {
        "time": f"{at.astimezone(zone):%Y-%m-%d %H:%M}",
        "zone": timezone.get_default_timezone_name(),
        "offset": localtimes.offset(at, zone),
    }


def set_for(episode: Episode, request: HttpRequest) -> Timed | None:
    """Return the time set for an episode, to whoever may see it. One query."""
    if not may_see_schedules(who(request)):
        return None
    row = Schedule.objects.filter(episode=episode).select_related("by").first()
    if row is None:
        return None
    return Timed(
        row,
        f"{timezone.localtime(row.at):%Y-%m-%d %H:%M}",
        row.by.get_username(),
        translate(restore(row.refused, "")),
        row.revision != episode.revision,
    )


def form(episode: Episode, wish: Wish | None, timed: Timed | None) -> dict[str, Any]:
    """Return what the form shows: what was sent, else what is set already."""
    if wish is None and timed is not None:
        row = timed.schedule
        at = f"{timezone.localtime(row.at):%Y-%m-%dT%H:%M}"
        wish = Wish(row.note, row.correction, later=True, at=at)
    zone = timezone.get_default_timezone()
    offset = localtimes.offset(timezone.now(), zone)
    return {
        "wish": wish or Wish(),
        "zone": f"{timezone.get_default_timezone_name()}, UTC{offset}",
        "set_for": timed,
        "revision": episode.revision,
    }


def ask(episode: Episode, wish: Wish, request: HttpRequest, revision: int) -> str:
    """Set the time; return the sentence that says so. Raises ``Refused``."""
    try:
        at = localtimes.moment(wish.at, timezone.get_default_timezone())
    except localtimes.NotATime as wrong:
        raise Refused("time", translate(wrong.args[0])) from wrong
    made = scheduling.schedule(
        episode,
        at,
        by=who(request),
        note=wish.note,
        correction=wish.correction,
        revision=revision,
    )
    return _("“%(title)s” will be published at %(at)s, as it is now.") % {
        "title": episode,
        "at": shown(made.at),
    }
