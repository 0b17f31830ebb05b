"""Kinds of jobs that the workers of ``test_workers`` know (``celery worker -I`` this module)."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from episodes import jobs, runs
from episodes.models import ChangeSet
from episodes.models.history import Act

LEASE = timedelta(seconds=2)

jobs.register(runs.KIND, lease=LEASE)(runs.reimport)  # taken over sooner than outside of tests


@jobs.register("test.wait", lease=LEASE)
def wait_and_apply(run: jobs.Run) -> str:
    """Note the beginning in ``diary``, wait for the file ``go`` beside it, write one row."""
    diary = Path(run.arguments["diary"])
    with diary.open("a", encoding="utf-8") as lines:
        lines.write(f"begun {os.getpid()}\n")
    rounds = 0
    while not diary.with_name("go").exists():
        rounds += 1
        run.heartbeat(rounds, 0, "waiting")
        time.sleep(0.1)
    with transaction.atomic():
        ChangeSet.objects.create(act=Act.BATCH, why=f"attempt {run.attempt}")
        run.still_mine()
    return "applied"
