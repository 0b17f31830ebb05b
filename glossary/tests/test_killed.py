"""A worker process killed in the middle of a rebuild: another finishes it, once (G8)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from episodes.models import Job
from episodes.models.jobs import JobState
from episodes.tests.factories import make_user, publish_episode
from episodes.tests.test_workers import database_url
from glossary import rebuild
from glossary.models import Entry, GlossaryState, Occurrence
from glossary.tests.made import LAKE, episode, tables

pytestmark = pytest.mark.django_db(transaction=True)

WORK = """
import django; django.setup()
import pathlib, sys, time
from episodes import jobs
from glossary import occurrences, rebuild
pause, job = sys.argv[1], int(sys.argv[2])
real = occurrences._swap
def swap(*args):
    if pause:
        pathlib.Path(pause).touch()
        time.sleep(600)
    return real(*args)
occurrences._swap = swap
jobs.work(job)
"""


def process(tmp_path: Path, pause: str, job: Job) -> subprocess.Popen[bytes]:
    environ = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "oddlots.settings",
    }
    return subprocess.Popen(
        [sys.executable, "-c", WORK, pause, str(job.pk)], env=environ, cwd=settings.BASE_DIR
    )


def test_a_rebuild_whose_process_is_killed_is_finished_by_another(tmp_path: Path) -> None:
    made = episode("one", LAKE, "数据湖。", "**兆瓦**（Megawatt），数据湖。")
    people = [make_user("", name, is_superuser=True) for name in ("editor", "publisher")]
    publish_episode(made, editor=people[0], publisher=people[1])
    job = rebuild.ask()
    paused = tmp_path / "paused"
    first = process(tmp_path, str(paused), job)
    end = time.monotonic() + 60
    while not paused.exists():
        assert first.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    job.refresh_from_db()
    assert (job.state, GlossaryState.objects.get().generation) == (JobState.RUNNING, 0)
    assert Occurrence.objects.filter(generation=1).count() == 4
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert process(tmp_path, "", job).wait(60) == 0
    job.refresh_from_db()
    state = GlossaryState.objects.get()
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    assert (state.wanted, state.done, state.generation) == (1, 1, 1)
    assert (Entry.objects.count(), Occurrence.objects.count()) == (2, 4)
    expected = tables()
    assert process(tmp_path, "", rebuild.ask()).wait(60) == 0
    assert tables() == expected
