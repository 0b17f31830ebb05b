"""Jobs as rows: asked for, claimed, held, settled, rung for again."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone, translation

from episodes import jobs, tasks
from episodes.models import Job
from episodes.tests import rows

pytestmark = pytest.mark.django_db
threaded = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The bells; no broker is asked."""
    heard: list[int] = []
    monkeypatch.setattr(jobs, "ring", lambda job_id: heard.append(job_id) or True)
    monkeypatch.setattr(jobs, "_kinds", {})
    with translation.override("en"):
        yield heard
    jobs.stopping.clear()


def do(kind: str = "count", **values: Any) -> Job:
    """Ask for a job and let this process do it; return the row as it is then."""
    job = jobs.request(kind, **values)
    jobs.work(job.pk)
    job.refresh_from_db()
    return job


def expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def make_due(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))


# Asking.


def test_a_job_is_written_with_the_caller_s_transaction_and_rung_for_after_it(
    rung: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    person = rows.user("asker")
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.request("count", key="a", arguments={"by": 2}, by=person)
        assert rung == []
    assert rung == [job.pk]
    assert (job.state, job.kind, job.key, job.arguments) == ("queued", "count", "a", {"by": 2})
    assert (job.requested_by, job.again, job.attempts) == (person, False, 0)


@threaded
def test_a_job_asked_for_in_a_transaction_that_fails_was_never_asked_for(rung: list[int]) -> None:
    with transaction.atomic():
        jobs.request("count")
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert rung == []


def test_while_one_waits_it_is_the_answer_with_the_later_arguments() -> None:
    first = jobs.request("count", key="a", arguments={"by": 1})
    second = jobs.request("count", key="a", arguments={"by": 2})
    other = jobs.request("count", key="b")
    assert (second.pk, second.arguments, second.again) == (first.pk, {"by": 2}, False)
    assert other.pk != first.pk
    assert Job.objects.count() == 2


def test_one_asked_for_while_it_runs_is_done_once_more(rung: list[int]) -> None:
    seen: list[dict[str, Any]] = []

    @jobs.register("count")
    def count(run: jobs.Run) -> None:
        seen.append(run.arguments)
        if len(seen) == 1:
            assert jobs.request("count", arguments={"by": 2}).pk == run.job_id
            jobs.request("count", arguments={"by": 3})

    job = do(arguments={"by": 1})
    assert (job.state, job.again, job.attempts, job.claim) == ("queued", False, 0, None)
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, seen) == ("done", [{"by": 1}, {"by": 3}])
    assert Job.objects.count() == 1


def test_a_job_that_is_done_is_asked_for_anew() -> None:
    jobs.register("count")(lambda run: None)
    first, second = do(), do()
    assert (first.state, second.state) == ("done", "done")
    assert first.pk != second.pk


def test_asking_again_ends_the_pause_after_a_fault() -> None:
    jobs.register("count")(_fails_with(TimeoutError("slow")))
    paused = do()
    assert paused.run_after > timezone.now()
    again = jobs.request("count")
    assert (again.pk, again.attempts) == (paused.pk, 0)
    assert again.run_after <= timezone.now()


def test_a_bell_that_cannot_be_rung_fails_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.undo()

    def refuse(*args: Any, **options: Any) -> None:
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr("celery.canvas.Signature.apply_async", refuse)
    assert jobs.ring(7) is False
    assert caplog.messages == [
        "The bell for job 7 was not heard (ConnectionRefusedError('no broker')); "
        "the sweep rings again"
    ]


def test_many_jobs_are_asked_for_in_the_same_number_of_queries(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    for keys in ("a", "bcd"):
        with django_assert_num_queries(4):  # the locked rows, savepoint, insert, end
            assert [job.key for job in jobs.request_all("count", keys)] == list(keys)
    monkeypatch.setattr(jobs, "KEYS", 2)
    again = jobs.request_all("count", "edcba", {"by": 2})
    assert [(job.key, job.arguments) for job in again] == [(key, {"by": 2}) for key in "abcde"]
    assert Job.objects.count() == 5


def test_once_a_bell_is_not_heard_the_other_jobs_are_left_to_the_sweep(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    tried: list[int] = []
    monkeypatch.setattr(jobs, "ring", lambda job_id: bool(tried.append(job_id)))
    with django_capture_on_commit_callbacks(execute=True):
        asked = jobs.request_all("count", "abc")
    assert tried == [asked[0].pk]


@threaded
def test_many_who_ask_at_the_same_moment_get_one_job() -> None:
    barrier = Barrier(4)

    def ask(number: int) -> int:
        try:
            barrier.wait(timeout=30)
            with transaction.atomic():
                return jobs.request("count", key="same", arguments={"number": number}).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert set(answers) == {Job.objects.get().pk}


# Doing.


def _fails_with(fault: BaseException) -> Any:
    def function(run: jobs.Run) -> None:
        raise fault

    return function


def test_a_job_done_says_what_its_function_said() -> None:
    @jobs.register("count", lease=timedelta(seconds=30))
    def count(run: jobs.Run) -> str:
        job = Job.objects.get(pk=run.job_id)
        assert (job.state, job.attempts, run.attempt) == ("running", 1, 1)
        assert timedelta(seconds=25) < job.lease_until - timezone.now() <= timedelta(seconds=30)
        run.heartbeat(1, 3, "one of three")
        job.refresh_from_db()
        assert (job.done_count, job.total_count, job.message) == (1, 3, "one of three")
        return "counted"

    job = do()
    assert (job.state, job.message, job.claim, job.lease_until) == ("done", "counted", None, None)
    assert job.started_at <= job.finished_at


def test_a_heartbeat_extends_the_lease() -> None:
    @jobs.register("count")
    def count(run: jobs.Run) -> None:
        before = timezone.now() + timedelta(seconds=1)
        run.mine().update(lease_until=before)
        run.heartbeat()
        assert Job.objects.get().lease_until > before

    assert do().state == "done"


def test_a_job_that_somebody_else_does_is_left_alone() -> None:
    calls: list[int] = []

    @jobs.register("count")
    def count(run: jobs.Run) -> None:
        calls.append(run.job_id)
        jobs.work(run.job_id)  # another worker hears the bell

    job = do()
    jobs.work(job.pk)  # and one hears it late
    jobs.work(job.pk + 1)  # of a job that is gone
    assert calls == [job.pk]


def test_a_job_is_not_done_before_its_time() -> None:
    jobs.register("count")(lambda run: None)
    job = jobs.request("count")
    Job.objects.update(run_after=timezone.now() + timedelta(minutes=1))
    jobs.work(job.pk)
    job.refresh_from_db()
    assert job.state == "queued"


@threaded
def test_of_many_workers_that_hear_the_bell_one_works() -> None:
    calls: list[int] = []
    jobs.register("count")(lambda run: calls.append(run.job_id))
    job = jobs.request("count")
    barrier = Barrier(4)

    def hear(_number: int) -> None:
        try:
            barrier.wait(timeout=30)
            jobs.work(job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(hear, range(4)))
    assert calls == [job.pk]
    assert Job.objects.get().attempts == 1


def test_an_unknown_kind_fails_with_a_sentence() -> None:
    job = do("nonsense")
    assert (job.state, job.message) == ("failed", "No worker knows the kind “nonsense”.")


def test_an_unexpected_error_fails_the_job_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    jobs.register("count")(_fails_with(ValueError("bad thing")))
    job = do()
    assert (job.state, job.attempts, job.claim) == ("failed", 1, None)
    assert job.message == (
        "It stopped with an error (ValueError: bad thing). The worker’s log has the details."
    )
    assert [record.exc_info[1].args for record in caplog.records] == [("bad thing",)]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (jobs.TryLater("The source does not answer."), "The source does not answer."),
        (
            TimeoutError("slow"),
            "It stopped with an error (TimeoutError: slow). The worker’s log has the details.",
        ),
        (
            OperationalError("locked"),
            "It stopped with an error (OperationalError: locked). "
            "The worker’s log has the details.",
        ),
    ],
)
def test_after_a_fault_that_may_pass_it_is_tried_again_with_growing_pauses(
    fault: Exception, message: str
) -> None:
    jobs.register("count")(_fails_with(fault))
    job = jobs.request("count")
    for attempt, pause in enumerate(jobs.PAUSES, start=1):
        make_due(job)
        began = timezone.now()
        jobs.work(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts, job.message) == ("queued", attempt, message)
        assert began + pause <= job.run_after <= timezone.now() + pause
    make_due(job)
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.message) == ("failed", jobs.ATTEMPTS, message)


def test_the_other_side_may_ask_for_a_longer_pause_but_not_for_a_shorter_one() -> None:
    for pause in (timedelta(hours=2), timedelta(seconds=1)):
        jobs.register("count")(_fails_with(jobs.TryLater("Not now.", pause)))
        began = timezone.now()
        job = do(key=str(pause))
        expected = max(pause, jobs.PAUSES[0])
        assert began + expected <= job.run_after <= timezone.now() + expected


def test_one_asked_for_again_while_it_failed_is_tried_afresh(rung: list[int]) -> None:
    @jobs.register("count")
    def count(run: jobs.Run) -> None:
        jobs.request("count")
        raise ValueError("bad thing")

    job = do()
    assert (job.state, job.again, job.attempts) == ("queued", False, 0)


def test_a_job_ended_with_the_transaction_that_applies_it_is_not_done_again() -> None:
    class Killed(BaseException):
        pass

    @jobs.register("count")
    def count(run: jobs.Run) -> str:
        with transaction.atomic():
            run.finish("applied")
        raise Killed

    job = jobs.request("count")
    with pytest.raises(Killed):
        jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message, job.claim) == ("done", "applied", None)


# Holding.


def test_a_run_whose_claim_was_taken_over_learns_it_and_writes_nothing() -> None:
    told: list[type[Exception]] = []

    @jobs.register("count")
    def count(run: jobs.Run) -> str:
        Job.objects.update(claim=uuid4())
        for check in (run.heartbeat, run.still_mine):
            try:
                with transaction.atomic():
                    check()
            except jobs.Interrupted as reason:
                told.append(type(reason))
        return "all mine"

    job = do()
    assert told == [jobs.Lost, jobs.Lost]
    assert (job.state, job.message) == ("running", "")


@threaded
def test_the_claim_is_checked_in_a_transaction_only() -> None:
    @jobs.register("count")
    def count(run: jobs.Run) -> str:
        with transaction.atomic():
            assert run.still_mine() is True
        with pytest.raises(RuntimeError, match="belongs into the transaction"):
            run.still_mine()
        return "checked"

    assert do().message == "checked"


def test_a_waiting_job_is_cancelled_and_never_done() -> None:
    jobs.register("count")(lambda run: None)
    job = jobs.request("count")
    assert jobs.cancel(job) is True
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("cancelled", 0)
    assert job.finished_at is not None
    assert jobs.cancel(job) is False


@pytest.mark.parametrize("check", ["heartbeat", "still_mine"])
def test_a_running_job_is_cancelled_at_its_next_check(check: str) -> None:
    @jobs.register("count")
    def count(run: jobs.Run) -> str:
        assert jobs.cancel(Job.objects.get()) is True
        with transaction.atomic():
            getattr(run, check)()
        return "not reached"

    job = do()
    assert (job.state, job.message, job.claim) == ("cancelled", "", None)


def test_a_worker_told_to_end_puts_the_job_back_at_its_next_heartbeat() -> None:
    @jobs.register("count")
    def count(run: jobs.Run) -> None:
        jobs.stopping.set()
        run.heartbeat()

    job = do()
    assert (job.state, job.attempts, job.claim) == ("queued", 0, None)
    assert job.run_after <= timezone.now()
    jobs.work(job.pk)  # a worker that ends begins nothing
    job.refresh_from_db()
    assert job.state == "queued"


def test_the_task_hears_sigterm_while_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    monkeypatch.setattr(jobs, "work", lambda job_id: signal.raise_signal(signal.SIGTERM))
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        tasks.work(1)
        assert heard == [signal.SIGTERM]  # after the work, as the worker handles it
        assert jobs.stopping.is_set()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_two_active_jobs_of_a_kind_and_key_cannot_be() -> None:
    Job.objects.create(kind="count", key="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="count", key="a")


# When the database fails.


def test_a_database_that_cannot_be_reached_leaves_the_job_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = jobs.request("count")
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "_claim", _fails_with(OperationalError("gone")))
        jobs.work(job.pk)
    assert caplog.messages == [f"Job {job.pk}: the database failed; the sweep rings again"]
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)


@threaded
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="ends a PostgreSQL connection")
def test_a_connection_that_breaks_in_the_middle_costs_an_attempt() -> None:
    calls: list[int] = []

    @jobs.register("count")
    def count(run: jobs.Run) -> None:
        calls.append(run.attempt)
        if len(calls) == 1:
            with transaction.atomic(), connection.cursor() as cursor:
                run.still_mine()
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    job = do()
    assert (job.state, job.attempts) == ("queued", 1)
    make_due(job)
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, calls) == ("done", [1, 2])


# The sweep, and silence.


def test_the_sweep_rings_for_what_waits_and_for_leases_that_ran_out(rung: list[int]) -> None:
    ago = timezone.now() - 2 * jobs.GRACE
    lost = Job.objects.create(
        kind="a", state="running", claim=uuid4(), lease_until=ago, run_after=ago, attempts=1
    )
    waiting = Job.objects.create(kind="b", run_after=ago + timedelta(seconds=1))
    Job.objects.create(kind="c")  # its bell may still be heard
    Job.objects.create(kind="d", run_after=timezone.now() + jobs.GRACE)
    Job.objects.create(
        kind="e", state="running", claim=uuid4(), lease_until=timezone.now() + jobs.LEASE
    )
    for state in ("done", "failed", "cancelled"):
        Job.objects.create(kind="f", state=state, run_after=ago)
    assert jobs.sweep() == 2
    assert rung == [lost.pk, waiting.pk]


def test_a_job_whose_worker_died_is_taken_over() -> None:
    class Killed(BaseException):
        pass

    jobs.register("count")(_fails_with(Killed()))
    job = jobs.request("count")
    with pytest.raises(Killed):
        jobs.work(job.pk)
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("running", 1)
    expire(job)
    jobs.register("count")(lambda run: f"attempt {run.attempt}")
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == ("done", "attempt 2")


@pytest.mark.parametrize(("again", "state"), [(False, "failed"), (True, "queued")])
def test_a_job_whose_worker_dies_every_time_is_given_up(again: bool, state: str) -> None:
    job = Job.objects.create(
        kind="count",
        state="running",
        claim=uuid4(),
        lease_until=timezone.now() - timedelta(seconds=1),
        attempts=jobs.ATTEMPTS,
        again=again,
    )
    jobs.work(job.pk)
    job.refresh_from_db()
    assert job.state == "running"
    jobs.sweep()
    job.refresh_from_db()
    assert (job.state, job.message) == (
        state,
        "Given up: the worker ended 5 times in the middle of it.",
    )


def test_a_sweep_stops_at_a_broker_that_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    monkeypatch.setattr(jobs, "ring", tried.append)  # answers nothing: not heard
    for kind in "abc":
        Job.objects.create(kind=kind, run_after=timezone.now() - 2 * jobs.GRACE)
    assert jobs.sweep() == 0
    assert len(tried) == 1


def test_beat_sweeps_and_asks_for_what_is_due() -> None:
    schedule = settings.CELERY_BEAT_SCHEDULE.values()
    assert [(entry["task"], entry["schedule"]) for entry in schedule] == [
        (tasks.sweep.name, 15.0),
        (tasks.reimport_due.name, 3600.0),
        (tasks.publish_due.name, 60.0),
        (tasks.prune.name, 86400.0),
    ]
    assert tasks.work.name == "episodes.tasks.work"


def test_silence_is_told_after_a_minute_without_an_answer() -> None:
    assert jobs.silence() is None
    job = jobs.request("count")
    assert jobs.silence() is None
    Job.objects.update(run_after=timezone.now() - timedelta(seconds=90))
    assert timedelta(seconds=90) <= jobs.silence() < timedelta(seconds=95)
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() + timedelta(minutes=2))
    assert jobs.silence() is None


@pytest.mark.parametrize(
    ("values", "silent"),
    [
        ({"state": "running", "claim": uuid4(), "lease_until": timedelta(seconds=30)}, False),
        ({"state": "running", "claim": uuid4(), "lease_until": timedelta(seconds=-1)}, True),
        ({"state": "done", "finished_at": timedelta(seconds=-30)}, False),
        ({"state": "done", "finished_at": timedelta(seconds=-90)}, True),
        ({"state": "cancelled", "finished_at": timedelta(seconds=-30)}, True),
    ],
)
def test_a_worker_that_is_busy_is_not_silent(values: dict[str, Any], silent: bool) -> None:
    now = timezone.now()
    Job.objects.create(kind="waits", run_after=now - timedelta(seconds=90))
    times = {key: now + value for key, value in values.items() if isinstance(value, timedelta)}
    Job.objects.create(kind="other", **{**values, **times})
    assert (jobs.silence() is not None) is silent


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="asks SQLite")
@threaded
def test_sqlite_waits_for_a_writer_and_loses_no_update() -> None:
    job = Job.objects.create(kind="count")

    def add(_number: int) -> None:
        try:
            for _round in range(25):
                with transaction.atomic():
                    row = Job.objects.get(pk=job.pk)
                    row.done_count += 1
                    row.save(update_fields=["done_count"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    job.refresh_from_db()
    assert job.done_count == 100
    with connection.cursor() as cursor:
        answers = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]
    assert answers == ["wal", 1, 20_000]


def test_the_log_line_of_a_lost_run_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    jobs.register("count")(_fails_with(jobs.Lost()))
    with caplog.at_level(logging.INFO):
        job = do()
    assert caplog.record_tuples == [
        ("episodes.jobs", logging.INFO, f"Job {job.pk} ended early: Lost")
    ]
