"""Real workers, killed and hung: what was asked for is done, once (G8).

The broker is ``filesystem://``; where TEST_REDIS_URL or TEST_AMQP_URL is set, most use those instead.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from kombu import Connection

from episodes.models import ChangeSet, Job
from episodes.models.jobs import JobState

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 60  # seconds within which anything here happens, or the test fails


def until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, f"not within {LONG} s: {what}"
        time.sleep(0.1)


def database_url() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    password = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    host = f"{values['HOST'] or '127.0.0.1'}:{values['PORT'] or 5432}"
    return f"postgres://{values['USER']}{password}@{host}/{values['NAME']}"


class Desk:
    """A data folder, a broker, and worker processes on the test's database."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.diary = folder / "diary"
        self.go = folder / "go"
        self.log = folder / "log"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.environ = {
            **os.environ,
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": database_url(),
            "CELERY_BROKER_URL": broker,
            "DJANGO_SETTINGS_MODULE": "oddlots.settings",
            "CELERY_QUEUE": f"test-{uuid.uuid4()}",  # other tests use the same broker meanwhile
        }

    def worker(self, pool: str) -> subprocess.Popen[bytes]:
        options = ["--concurrency", "1", "--loglevel", "INFO", "-I", "episodes.tests.worker_kinds"]
        options += ["--without-gossip", "--without-mingle"]
        with self.log.open("ab") as log:
            worker = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "celery",
                    "-A",
                    "oddlots",
                    "worker",
                    "--pool",
                    pool,
                    *options,
                ],
                env=self.environ,
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.workers.append(worker)
        return worker

    def python(self, code: str) -> None:
        code = f"import django; django.setup(); import oddlots; from episodes import jobs; {code}"
        subprocess.run(
            [sys.executable, "-c", code], env=self.environ, cwd=settings.BASE_DIR, check=True
        )

    def request(self) -> Job:
        self.python(f"jobs.request('test.wait', arguments={{'diary': {str(self.diary)!r}}})")
        return Job.objects.get()

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Sweeps in a process of its own, as beat asks for them, only more often."""
        code = "import django; django.setup(); import oddlots, time; from episodes import jobs\n"
        code += "for _round in range(200): jobs.sweep(); time.sleep(1)"
        sweeper = subprocess.Popen(
            [sys.executable, "-c", code], env=self.environ, cwd=settings.BASE_DIR
        )
        try:
            yield
        finally:
            sweeper.kill()
            sweeper.wait()

    def forget_queue(self) -> None:
        with Connection(self.environ["CELERY_BROKER_URL"]) as broker:
            broker.channel().queue_delete(self.environ["CELERY_QUEUE"])

    def beginnings(self) -> int:
        return len(self.diary.read_text("utf-8").splitlines()) if self.diary.exists() else 0


FILES = "filesystem://"
SERVICES = [url for name in ("TEST_REDIS_URL", "TEST_AMQP_URL") if (url := os.environ.get(name))]

BROKERS = SERVICES or [FILES]
of_files = pytest.mark.skipif(
    bool(SERVICES), reason="the broker of files is tried where no other is"
)
"""For what only that broker does."""


@pytest.fixture(params=BROKERS, ids=lambda url: url.partition(":")[0])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, request.param)
    yield made
    for worker in made.workers:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
    if request.param != FILES:
        made.forget_queue()


def applied() -> list[str]:
    return list(ChangeSet.objects.values_list("why", flat=True))


@pytest.mark.parametrize(
    ("desk", "pool"),
    [(BROKERS[0], "solo"), *((url, "prefork") for url in BROKERS)],
    indirect=["desk"],
    ids=lambda value: value.partition(":")[0],
)
def test_a_job_whose_worker_is_killed_in_the_middle_is_done_once_by_another(
    desk: Desk, pool: str
) -> None:
    job = desk.request()
    first = desk.worker(pool)
    until(lambda: desk.beginnings() == 1, "the first worker begins")
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    job.refresh_from_db()
    assert (job.state, job.attempts, applied()) == (JobState.RUNNING, 1, [])
    second = desk.worker(pool)
    with desk.sweeping():  # the lease runs out
        until(lambda: desk.beginnings() == 2, "the second worker begins")
    desk.go.touch()
    until(lambda: Job.objects.filter(state=JobState.DONE).exists(), "the job is done")
    job.refresh_from_db()
    assert (job.attempts, job.message, job.claim) == (2, "applied", None)
    second.terminate()
    assert second.wait(LONG) == 0
    assert applied() == ["attempt 2"]
    assert desk.beginnings() == 2


@of_files
@pytest.mark.parametrize(("desk", "pool"), [(FILES, "solo"), (FILES, "prefork")], indirect=["desk"])
def test_a_worker_told_to_end_puts_its_job_back_at_once(desk: Desk, pool: str) -> None:
    job = desk.request()
    first = desk.worker(pool)
    until(lambda: desk.beginnings() == 1, "the first worker begins")
    os.killpg(first.pid, signal.SIGTERM)  # as supervisor does: every process of the group
    first.wait(LONG)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.claim) == (JobState.QUEUED, 0, None)
    desk.go.touch()
    desk.python(f"jobs.ring({job.pk})")
    desk.worker(pool)
    until(lambda: Job.objects.filter(state=JobState.DONE).exists(), "the job is done")
    assert applied() == ["attempt 1"]


def test_a_worker_that_hung_and_was_taken_over_applies_nothing(desk: Desk) -> None:
    job = desk.request()
    first = desk.worker("solo")
    until(lambda: desk.beginnings() == 1, "the first worker begins")
    os.kill(first.pid, signal.SIGSTOP)
    desk.worker("solo")
    with desk.sweeping():  # more than once: the broker may hand a bell to the worker that hangs
        until(lambda: desk.beginnings() == 2, "the second worker begins")
    desk.go.touch()
    until(lambda: Job.objects.filter(state=JobState.DONE).exists(), "the job is done")
    os.kill(first.pid, signal.SIGCONT)
    until(lambda: b"ended early: Lost" in desk.log.read_bytes(), "the first worker notices")
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    assert applied() == ["attempt 2"]


def test_a_job_asked_for_before_any_worker_runs_is_done_when_one_starts(desk: Desk) -> None:
    desk.go.touch()
    desk.request()
    desk.worker("solo")
    until(lambda: Job.objects.filter(state=JobState.DONE).exists(), "the job is done")
    assert applied() == ["attempt 1"]
