"""How often a host is asked, by all threads and processes of one machine together.

For each host a small file below one folder holds two times: when the next visit may begin, and until
when the host asked to be left alone. It is locked for the moment in which it is read and rewritten,
never while somebody waits: whoever comes reserves the next free moment and sleeps until then.

RFC 9110, 10.2.3 (Retry-After), RFC 6585 (429).
"""

from __future__ import annotations

import fcntl
import hashlib
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path

from episodes.sources.connections import Clock

__all__ = ["YOUTUBE", "Delay", "Manners", "retry_after"]

YOUTUBE = "www.youtube.com"
LONGEST_WAIT = 600.0  # seconds; however much patience somebody has
LONGEST_REST = 24 * 3600.0  # seconds; a host that asks for more is asked again after a day


@dataclass(frozen=True, slots=True)
class Delay:
    """The host may not be asked now: ``seconds`` until it may; ``asked_for`` by the host itself."""

    seconds: float
    asked_for: bool


@dataclass
class _Visits:
    """What a host's file holds, in seconds since 1970; 0 is long ago."""

    free_at: float = 0.0
    rests_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Manners:
    """The pauses between visits, kept in ``folder``; times in seconds.

    ``pauses`` says otherwise for single hosts. Nobody waits longer than ``patience`` for a turn.
    ``clock`` tells the time of day, which processes share.
    """

    folder: Path
    pause: float = 1.0
    pauses: Mapping[str, float] = field(default_factory=lambda: {YOUTUBE: 5.0})
    patience: float = 30.0
    clock: Clock = time.time
    sleep: Callable[[float], None] = time.sleep

    def wait(self, host: str, *, pausing: bool = True) -> Delay | None:
        """Wait until ``host`` may be asked and return None; or return at once why it may not.

        ``host`` is a name or ``name:port``, as ``Location.authority`` writes it. Without ``pausing``
        there is no pause to wait for, but a rest that the host asked for still counts.
        """
        pause = self.pauses.get(host, self.pause) if pausing else 0.0
        with self._visits(host) as visits:
            now = self.clock()
            if visits.rests_until > now:
                return Delay(visits.rests_until - now, asked_for=True)
            begins = max(now, visits.free_at) if pause else now
            if begins - now > min(self.patience, LONGEST_WAIT):
                return Delay(begins - now, asked_for=False)
            visits.free_at = max(visits.free_at, begins + pause)
        if begins > now:
            self.sleep(begins - now)
            with self._visits(host) as visits:  # somebody before us may have been sent away
                now = self.clock()
                if visits.rests_until > now:
                    return Delay(visits.rests_until - now, asked_for=True)
        return None

    def leave_alone(self, host: str, seconds: float) -> None:
        """Remember that ``host`` wants to be left alone for so long; it never shortens a rest."""
        with self._visits(host) as visits:
            until = self.clock() + min(max(seconds, 0.0), LONGEST_REST)
            visits.rests_until = max(visits.rests_until, until)

    @contextmanager
    def _visits(self, host: str) -> Iterator[_Visits]:
        """The host's times, for us alone; written back at the end."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / _file_name(host)).open("a+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed
            file.seek(0)
            visits = _read(file.read(100))
            # A clock that was set back would leave times that are never reached. Others may have more
            # patience than we have, so that ours is no measure.
            now = self.clock()
            pause = self.pauses.get(host, self.pause)
            if visits.free_at > now + LONGEST_WAIT + pause:
                visits.free_at = 0.0
            visits.rests_until = min(visits.rests_until, now + LONGEST_REST)
            yield visits
            file.truncate(0)
            file.write(f"{visits.free_at:.6f} {visits.rests_until:.6f}\n")


def _file_name(host: str) -> str:
    digest = hashlib.sha256(host.encode()).hexdigest()[:12]
    return f"{re.sub(r'[^a-z0-9.-]', '_', host)[:80]}-{digest}"


def _read(text: str) -> _Visits:
    """The two times; a file that is new, or was cut short by a full disk, says nothing."""
    with suppress(ValueError):
        free_at, rests_until = map(float, text.split())
        if math.isfinite(free_at) and math.isfinite(rests_until):
            return _Visits(free_at, rests_until)
    return _Visits()


def retry_after(written: str, sent: str, now: float) -> float | None:
    """Return the seconds that a ``Retry-After`` asks for; None if it is missing or malformed.

    A date counts from ``sent``, the response's own ``Date``, for the server's clock need not be ours;
    without that from ``now``, in seconds since 1970.
    """
    if re.fullmatch(r"[0-9]{1,9}", written.strip()):
        return float(written)
    until = _moment(written)
    if until is None:
        return None
    begins = _moment(sent)
    return max(0.0, until - (now if begins is None else begins))


def _moment(written: str) -> float | None:
    try:
        moment = parsedate_to_datetime(written)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
