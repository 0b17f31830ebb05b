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

__all__ = ["large_cache", "short_transaction"]

ROOM = 0.03  # seconds between two of our transactions on SQLite, at least
MOST = 0.1  # and at most; between them as long as the last one took

CACHE = 48_000  # KiB of SQLite's pages kept while much is written all over the indexes

_last = local()


@contextmanager
def large_cache() -> Iterator[None]:
    """Let this connection keep more pages in memory on SQLite: by default it is 2 MB.

    The indexes by term grow at as many ends as there are terms; without room for these each row
    costs a read.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = -{CACHE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {int(before)}")


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
