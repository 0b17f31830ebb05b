"""``python -m bench.workbench [--turns N] [--findings N]``: what the page of an episode's turns costs.

It works in a database of its own and prints, for a page of so many turns: the server's time (the
shortest of ten, and the processor's), the queries, the bytes; and what an editor waits for: a save, the
check after it, a finding mended, a turn marked as read.
"""

from __future__ import annotations

import argparse
import gzip
import os
import tempfile
import time
from collections.abc import Callable
from typing import Any

TEXT = "我们谈港口的运作，**吊车**（Crane: 装卸货物的机器）每天要装卸三百个集装箱，司机们很少休息。"
ORIGINAL = (
    "We talk about how ports work; the cranes move three hundred boxes a day, and drivers rest."
)


def best(work: Callable[[], Any], times: int) -> tuple[float, float]:
    """Return the shortest of so many runs in milliseconds, by the clock and by the processor."""
    spent = []
    for _run in range(times):
        clock, used = time.perf_counter(), time.process_time()
        work()
        spent.append(((time.perf_counter() - clock) * 1000, (time.process_time() - used) * 1000))
    return min(each[0] for each in spent), min(each[1] for each in spent)


def row(name: str, spent: tuple[float, float], besides: str = "") -> None:
    """Print one line of the report."""
    print(f"  {name:<44} {spent[0]:8.0f} ms  {spent[1]:8.0f} ms  {besides}", flush=True)


def main() -> None:
    """Make an episode, then measure its page and what is done on it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=1000)
    parser.add_argument("--findings", type=int, default=60)
    asked = parser.parse_args()
    os.environ["DATA_DIR"] = tempfile.mkdtemp()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oddlots.settings")
    import django

    django.setup()
    measure(asked.turns, asked.findings)


def measure(count: int, findings: int) -> None:
    """Print the report for an episode of ``count`` turns, of which ``findings`` have a slip."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from episodes import checking
    from episodes.models import Finding
    from episodes.tests.factories import make_episode

    call_command("migrate", verbosity=0)
    root = User.objects.create_superuser("root", "", "unused")
    every = max(1, count // max(1, findings))
    turns = [
        (
            ("Mara Quill", "Ingrid Solberg")[number % 2],
            f"第{number}段。{TEXT}" + ('\\"' if number % every == 1 else ""),
            f"Part {number}. {ORIGINAL}",
        )
        for number in range(count)
    ]
    episode = make_episode(turns=turns)
    clock = time.perf_counter()
    checking.check_now(episode)
    found = Finding.objects.filter(fix__isnull=False).exclude(uid="").order_by("pk")
    print(
        f"{count} turns, {Finding.objects.count()} findings"
        f" (all checks: {(time.perf_counter() - clock) * 1000:.0f} ms); by the clock, by the processor"
    )
    client = Client(headers={"host": "localhost", "x-requested-with": "desk"})
    client.force_login(root)

    def place(name: str, *args: object) -> str:
        return reverse(f"admin:episodes_episode_{name}", args=[episode.pk, *args])

    page = place("turns")
    body = client.get(page).content
    with CaptureQueriesContext(connection) as queries:
        client.get(page)
    size = f"{len(queries)} queries, {len(body) // 1000} kB ({len(gzip.compress(body)) // 1000} packed)"
    row("the page", best(lambda: client.get(page), 10), size)

    turn = episode.turns.order_by("position")[count // 2]

    def save() -> None:
        turn.refresh_from_db()
        sent = {
            "version": turn.version,
            "speaker": turn.speaker_id,
            "kind": turn.kind,
            "text": turn.text + "好。",
            "original": turn.original,
        }
        assert client.post(place("turn", turn.uid), sent).status_code == 200

    def mend() -> None:
        one = found.first()
        assert one is not None
        version = episode.turns.get(uid=one.uid).version
        assert client.post(place("finding", one.pk), {"mend": version}).status_code == 200

    def read() -> None:
        turn.refresh_from_db()
        answer = client.post(place("turn_proofread", turn.uid), {"version": turn.version})
        assert answer.status_code == 200

    row("a turn saved", best(save, 5))
    row("the check after it, in the background", best(lambda: client.post(place("check")), 1))
    row("a finding mended and checked", best(mend, 3))
    row("a turn marked as read", best(read, 5))


if __name__ == "__main__":
    main()
