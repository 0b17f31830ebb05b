"""Fifty sources asked by workers that are killed again and again: each change is applied once (G8).

The brokers are those of ``test_workers``.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Count

from episodes import runs
from episodes.models import Batch, ChangeSet, ImportRun, Job, Source, Turn
from episodes.models.jobs import JobState
from episodes.tests.serving import CHANGED, Site, change, imported
from episodes.tests.test_workers import BROKERS, FILES, Desk, desk, of_files, until

pytestmark = pytest.mark.django_db(transaction=True)

assert desk  # a fixture

MANY = 50
SLOW = 0.05  # seconds that the server takes for an answer
NEW = [text for _label, text, _original in CHANGED]

ASK = """
from episodes import runs; from episodes.models import Source; from django.db import transaction
import pathlib, time
here = pathlib.Path({here!r})
def stop():
    here.touch()
    time.sleep(600)
"""
UNCOMMITTED = """
with transaction.atomic():
    runs.request_reimport(Source.objects.order_by('pk'), by=None)
    stop()
"""
BEFORE_THE_BELLS = """
jobs.ring = lambda job_id: stop()
runs.request_reimport(Source.objects.order_by('pk'), by=None)
"""


@pytest.fixture
def asking() -> list[str]:
    """The paths that are being asked at this moment."""
    return []


@pytest.fixture
def many(site: Site, desk: Desk, asking: list[str]) -> list[Source]:
    """Sources that have changed since they were imported, on a slow server."""

    def answer_slowly(path: str) -> None:
        asking.append(path)
        time.sleep(SLOW)
        asking.remove(path)

    desk.environ["SOURCE_ALLOWED_HOSTS"] = "127.0.0.1"
    paths = [f"/talk-{number}.md" for number in range(MANY)]
    found = [imported(site, path) for path in paths]
    for path in paths:
        change(site, path=path)
        site.pages[path].before = partial(answer_slowly, path)
    return found


def asks_and_is_killed(desk: Desk, code: str, here: Path) -> None:
    """A process, such as one of the web server, that asks and is killed at a certain moment."""
    head = "import django; django.setup(); import oddlots; from episodes import jobs"
    asking = subprocess.Popen(
        [sys.executable, "-c", head + ASK.format(here=str(here)) + code],
        env={**desk.environ, "DJANGO_SETTINGS_MODULE": "oddlots.settings"},
        cwd=settings.BASE_DIR,
    )
    try:
        until(lambda: here.exists() or asking.poll() is not None, "it asks")
        assert asking.poll() is None
    finally:
        asking.send_signal(signal.SIGKILL)
        asking.wait()
        here.unlink(missing_ok=True)


def ended() -> int:
    return Job.objects.filter(kind=runs.KIND, state=JobState.DONE).count()


def kill_when(worker: subprocess.Popen[bytes], condition: Callable[[], bool], what: str) -> None:
    until(condition, what)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def by_source(model: type[ImportRun], **condition: str) -> dict[int, int]:
    found = model.objects.filter(**condition).order_by().values_list("source")
    return dict(found.annotate(number=Count("pk")))


def assert_each_was_applied_once(sources: list[Source]) -> None:
    pks = {source.pk for source in sources}
    once = dict.fromkeys(pks, 1)
    assert by_source(ImportRun, outcome="updated") == once
    assert by_source(ImportRun) == dict.fromkeys(pks, 2)  # with the first import
    acts = ChangeSet.objects.filter(act="import").order_by().values_list("episode__sources")
    assert dict(acts.annotate(number=Count("pk"))) == dict.fromkeys(pks, 2)
    for source in Source.objects.filter(pk__in=pks):
        turns = Turn.objects.filter(episode=source.episode_id).order_by("position")
        assert list(turns.values_list("text", flat=True)) == NEW
        assert list(source.turns.values_list("text", flat=True)) == NEW
        assert (source.etag, source.failures) == ('"2"', 0)
    jobs_of_it = Job.objects.filter(kind=runs.KIND)
    assert set(jobs_of_it.values_list("state", "claim")) == {(JobState.DONE, None)}
    assert jobs_of_it.count() == MANY


@pytest.mark.parametrize("desk", BROKERS, indirect=True, ids=lambda v: v.split(":")[0])
def test_workers_killed_in_the_middle_of_fifty_sources_apply_each_change_once(
    desk: Desk, many: list[Source], asking: list[str], tmp_path: Path
) -> None:
    asks_and_is_killed(desk, UNCOMMITTED, tmp_path / "asking")
    assert not Job.objects.filter(kind=runs.KIND).exists()
    asks_and_is_killed(desk, BEFORE_THE_BELLS, tmp_path / "asking")
    batch = Batch.objects.get()
    assert runs.progress(batch) == runs.BatchProgress(total=MANY, waiting=MANY)
    with desk.sweeping():
        for what, condition in (
            ("it waits for an answer", lambda: ended() >= 5 and bool(asking)),
            ("it reads or writes", lambda: ended() >= 15 and not asking),
            ("it does whatever", lambda: ended() >= 25),
        ):
            kill_when(desk.worker("prefork"), condition, what)
            progress = runs.progress(batch)
            assert progress.done + progress.running + progress.waiting == MANY
        desk.worker("prefork")
        desk.worker("solo")
        until(lambda: ended() == MANY, "all are done")
    assert_each_was_applied_once(many)
    assert runs.progress(batch) == runs.BatchProgress(
        total=MANY, done=MANY, outcomes={"updated": MANY}
    )
    attempts = Job.objects.filter(batch=batch).values_list("attempts", flat=True)
    assert max(attempts) > 1


@of_files
@pytest.mark.parametrize("desk", [FILES], indirect=True, ids=["filesystem"])
def test_a_queue_that_is_lost_with_its_worker_loses_nothing(desk: Desk, many: list[Source]) -> None:
    first = desk.worker("prefork")
    desk.python(
        "from episodes.models import Source; from episodes import runs; "
        "runs.request_reimport(Source.objects.order_by('pk'), by=None)"
    )
    kill_when(first, lambda: ended() >= 10, "ten are done")
    queue = Path(desk.environ["DATA_DIR"]) / "queue"
    files = [file for file in queue.rglob("*") if file.is_file()]
    assert files
    for file in files:
        file.unlink()
    with desk.sweeping():
        desk.worker("prefork")
        until(lambda: ended() == MANY, "all are done")
    assert_each_was_applied_once(many)
