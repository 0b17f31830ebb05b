"""Short transactions of long work, with room between them.

SQLite has one writer at a time, and whoever waits for it asks again every 25 ms or so: work that
writes without a pause would let nobody in.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local

from django.db import connection, transaction

__all__ = ["short_transaction"]

ROOM = 0.03  # seconds between two of our transactions on SQLite, at least
MOST = 0.1  # and at most; between them as long as the last one took

_last = local()


@contextmanager
def short_transaction() -> Iterator[None]:
    """A transaction that leaves others room before it; within another one just a part of that."""
    outermost = not connection.in_atomic_block
    if outermost and connection.vendor == "sqlite":
        pause = getattr(_last, "free_until", 0.0) - time.monotonic()
        if pause > 0:
            time.sleep(min(pause, MOST))
    begun = time.monotonic()
    try:
        with transaction.atomic():
            yield
    finally:
        if outermost:
            ended = time.monotonic()
            _last.free_until = ended + min(max(ROOM, ended - begun), MOST)
