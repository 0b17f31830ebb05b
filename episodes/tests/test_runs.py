"""Sources asked again: what one run writes by what the source answers, batches, and the clock."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone, translation

from episodes import editing, imports, jobs, runs, tasks, visits, wording
from episodes.imports import Incoming, import_document
from episodes.models import Batch, ChangeSet, Episode, ImportRun, Job, Snapshot, Source
from episodes.sources.answers import Answer, State
from episodes.tests.factories import (
    TURNS,
    make_episode,
    make_user,
    publish_episode,
    transcript,
)
from episodes.tests.serving import CHANGED, Page, Site, change, imported
from episodes.tests.tables import rows
from episodes.transcripts import markdown

pytestmark = pytest.mark.django_db
threaded = pytest.mark.django_db(transaction=True)

VIDEO = "https://www.youtube.com/watch?v=aB3-_5678_x"
WORSE = TURNS[:1]


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The bells; no broker is asked."""
    heard: list[int] = []
    monkeypatch.setattr(jobs, "ring", lambda job_id: heard.append(job_id) or True)
    with translation.override("en"):
        yield heard
    jobs.stopping.clear()


class Clock:
    """Tells the time that a test sets."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(timezone, "now", made)
    return made


def asked(source: Source, **values: Any) -> Job:
    """Ask for a source and let this process do it; return the row as it is then."""
    (job,) = runs.request_reimport([source], by=None, **values).jobs
    return done(job)


def done(job: Job) -> Job:
    jobs.work(job.pk)
    job.refresh_from_db()
    return job


def last_run(source: Source) -> ImportRun:
    return source.runs.order_by("-pk")[0]


def texts(source: Source) -> list[str]:
    return list(source.episode.turns.order_by("position").values_list("text", flat=True))


def base(source: Source) -> list[str]:
    return list(source.turns.values_list("text", flat=True))


# Asking for it.


def test_one_source_is_one_job_without_a_batch(rung: list[int]) -> None:
    person = make_user()
    make_episode(address="https://media.example/a.md")
    source = Source.objects.get()
    found = runs.request_reimport([source], by=person, reason="it was cut")
    (job,) = found.jobs
    assert (found.batch, found.skipped, Batch.objects.count()) == (None, [], 0)
    assert (job.kind, job.key, job.requested_by) == ("reimport", f"source:{source.pk}", person)
    assert job.arguments == {"reason": "it was cut"}


def test_several_sources_are_one_batch_in_their_order() -> None:
    person = make_user()
    for number in range(12):
        make_episode(address=f"https://media.example/{number}.md")
    make_episode(address="upload.md", slug="upload")
    sources = list(Source.objects.order_by("-pk"))
    found = runs.request_reimport(sources, by=person, note="after the summer")
    batch = Batch.objects.get()
    assert found.batch == batch
    assert [job.key for job in found.jobs] == [runs.key_of(source) for source in sources[1:]]
    assert {job.batch_id for job in Job.objects.filter(kind=runs.KIND)} == {batch.pk}
    assert (batch.kind, batch.total, batch.by, batch.note) == (
        "reimport",
        12,
        person,
        "after the summer",
    )
    sentence = "“upload.md” was uploaded and cannot be asked for again. Upload the file again."
    assert found.skipped == [(sources[0], sentence)]
    ((slug, why),) = batch.refusals
    assert (slug, wording.restore(why, "")) == ("upload", sentence)


def test_uploads_and_recordings_are_left_out_with_a_sentence_and_adopted_captions_asked() -> None:
    upload = make_episode(address="upload.md").sources.get()
    recording = make_episode(address=VIDEO).sources.get()
    captions = make_episode(address=f"{VIDEO}2".replace("_x2", "_y")).sources.get()
    Source.objects.filter(pk=recording.pk).update(kind="markdown")
    Source.objects.filter(pk=captions.pk).update(kind="captions")
    found = runs.request_reimport(Source.objects.order_by("pk"), by=None)
    assert [job.key for job in found.jobs] == [runs.key_of(captions)]
    assert found.skipped == [
        (upload, "“upload.md” was uploaded and cannot be asked for again. Upload the file again."),
        (
            recording,
            f"{VIDEO} is a recording, not a transcript: its captions were never adopted.",
        ),
    ]


def test_asked_twice_is_one_job_and_a_second_batch_leaves_out_what_the_first_asks() -> None:
    for number in range(3):
        make_episode(address=f"https://media.example/{number}.md")
    one, two, three = Source.objects.order_by("pk")
    (alone,) = runs.request_reimport([one], by=None).jobs
    first = runs.request_reimport([one, two], by=None)
    assert first.jobs[0].pk == alone.pk  # it joins
    second = runs.request_reimport([one, two, three, three], by=None)
    assert second.batch is not None
    assert [job.key for job in second.jobs] == [runs.key_of(three)]
    assert [(source, str(why)) for source, why in second.skipped] == [
        (one, "https://media.example/0.md is being asked already, in another batch."),
        (two, "https://media.example/1.md is being asked already, in another batch."),
    ]
    third = runs.request_reimport([one, two], by=None)
    assert (third.batch, third.jobs, len(third.skipped)) == (None, [], 2)
    assert (Batch.objects.count(), Job.objects.filter(kind=runs.KIND).count()) == (2, 3)


@threaded
def test_many_who_ask_for_the_same_sources_at_the_same_moment_get_one_job_each() -> None:
    for number in range(3):
        make_episode(address=f"https://media.example/{number}.md")
    pks = list(Source.objects.order_by("pk").values_list("pk", flat=True))
    barrier = Barrier(4)

    def ask(number: int) -> set[str]:
        try:
            given = Source.objects.in_bulk(pks)
            ordered = [given[pk] for pk in (pks if number % 2 else reversed(pks))]
            barrier.wait(timeout=30)
            found = runs.request_reimport(ordered, by=None)
            return {job.key for job in found.jobs}
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    keys = {f"source:{pk}" for pk in pks}
    assert set(Job.objects.filter(kind=runs.KIND).values_list("key", flat=True)) == keys
    assert Job.objects.filter(kind=runs.KIND).count() == 3
    assert sorted(map(len, answers)) == [0, 0, 0, 3]
    assert Batch.objects.get().total == 3


@pytest.mark.parametrize("count", [2, 3, 6])
def test_a_batch_is_asked_for_in_a_fixed_number_of_queries(
    count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make_episode(address=f"https://media.example/{number}.md")
    sources = list(Source.objects.all())
    # savepoint, batch, the locked rows, savepoint, jobs, end, batch, end
    with django_assert_num_queries(8):
        runs.request_reimport(sources, by=None)


# What a source answers.


def test_a_source_that_has_not_changed_is_asked_with_its_etag_and_nothing_is_written_but_that(
    site: Site,
) -> None:
    source = imported(site)
    left_out = ("Job", "ImportRun", "Source.checked_at", "Source.next_check_at")
    before = rows(without=(*left_out, "Source.unchanged_checks"))
    job = asked(source)
    assert site.asked == [("/ports.md", '"1"')]
    assert (job.state, job.message) == ("done", "The source has not changed.")
    assert rows(without=(*left_out, "Source.unchanged_checks")) == before
    run = last_run(source)
    assert (run.outcome, run.source, run.episode, run.state) == (
        "unchanged",
        source,
        source.episode,
        "done",
    )
    source.refresh_from_db()
    assert (source.unchanged_checks, source.trouble) == (1, "")


def test_the_same_bytes_under_another_etag_change_nothing_and_the_etag_is_kept(site: Site) -> None:
    source = imported(site)
    site.pages["/ports.md"].etag = '"moved to another machine"'
    assert asked(source).state == "done"
    source.refresh_from_db()
    assert (last_run(source).outcome, source.etag) == ("unchanged", '"moved to another machine"')


def test_a_changed_source_is_followed_by_the_draft(site: Site) -> None:
    source = imported(site)
    person = make_user()
    change(site)
    (job,) = runs.request_reimport([source], by=person).jobs
    assert done(job).message == "The source had changed; the draft follows it."
    source.refresh_from_db()
    assert texts(source) == base(source)
    assert texts(source)[2] == "究竟为什么？"
    run = last_run(source)
    assert (run.outcome, run.state, run.by, run.batch) == ("updated", "applied", person, None)
    assert (source.etag, source.unchanged_checks) == ('"2"', 0)
    assert ChangeSet.objects.filter(episode=source.episode, act="import").count() == 2
    assert done(asked(source)).message == "The source has not changed."
    assert site.asked[-1] == ("/ports.md", '"2"')


def test_a_changed_source_of_a_published_episode_waits_and_is_not_superseded_by_a_304(
    site: Site,
) -> None:
    source = imported(site)
    publish_episode(source.episode)
    change(site)
    asked(source)
    run = last_run(source)
    assert (run.outcome, run.state, texts(source)[2]) == ("proposed", "waiting", "为什么？")
    job = asked(source)
    assert site.asked[-1] == ("/ports.md", '"2"')
    assert job.message == "The proposal of this state waits for a decision already."
    assert (last_run(source).outcome, last_run(source).state) == ("proposed", "done")
    run.refresh_from_db()
    assert run.state == "waiting"


def test_what_makes_things_worse_is_held_until_somebody_gives_a_reason(site: Site) -> None:
    source = imported(site)
    change(site, WORSE)
    asked(source)
    assert (last_run(source).outcome, last_run(source).state) == ("held", "waiting")
    assert len(texts(source)) == 3
    asked(source, reason="The rest was never spoken.")
    assert site.asked[-1] == ("/ports.md", '"2"')  # answered by 304: the bytes are here
    run = last_run(source)
    assert (run.outcome, run.state, run.reason) == (
        "updated",
        "applied",
        "The rest was never spoken.",
    )


def test_a_newer_reader_reads_the_accepted_bytes_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = imported(site)
    accepted = Snapshot.objects.get()
    monkeypatch.setattr(markdown, "READER_VERSION", markdown.READER_VERSION + 1)
    job = asked(source)
    assert job.state == "done"
    source.refresh_from_db()
    assert (source.reader_version, source.accepted) == (markdown.READER_VERSION, accepted)
    assert (source.etag, last_run(source).outcome) == ('"1"', "unchanged")
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_source_that_is_gone_is_flagged_until_it_is_back(site: Site, status: int) -> None:
    source = imported(site)
    site.pages["/ports.md"].status = status
    site.pages["/ports.md"].etag = ""
    job = asked(source)
    run = last_run(source)
    assert (job.state, run.outcome, run.message) == ("done", "failed", job.message)
    source.refresh_from_db()
    assert (source.trouble, source.failures, source.message) == ("gone", 1, run.message)
    assert texts(source) == [translation_ for _label, translation_, _original in TURNS]
    site.pages["/ports.md"] = Page(transcript(CHANGED).encode())
    asked(source)
    source.refresh_from_db()
    assert (source.trouble, source.failures, source.message) == ("", 0, "")


def test_a_source_that_fails_three_times_is_flagged_until_it_is_read(site: Site) -> None:
    source = imported(site)
    site.pages["/ports.md"] = Page(b"no", status=403)
    flags = []
    for _time in range(3):
        assert asked(source).state == "done"
        source.refresh_from_db()
        flags.append((source.failures, source.trouble))
    assert flags == [(1, ""), (2, ""), (3, "failing")]
    assert list(source.runs.values_list("outcome", flat=True))[:3] == ["failed"] * 3
    change(site)
    asked(source)
    source.refresh_from_db()
    assert (source.failures, source.trouble, last_run(source).outcome) == (0, "", "updated")


def test_what_cannot_be_read_counts_as_a_failure(site: Site) -> None:
    source = imported(site)
    site.pages["/ports.md"] = Page(b"---\ntitle: [\n---\n")
    job = asked(source)
    source.refresh_from_db()
    assert (last_run(source).outcome, source.failures) == ("failed", 1)
    assert source.message == last_run(source).message == job.message


def test_a_host_that_asks_for_patience_is_left_alone_for_so_long(site: Site) -> None:
    source = imported(site)
    site.pages["/ports.md"] = Page(b"", status=429, headers={"Retry-After": "3600"})
    began = timezone.now()
    job = asked(source)
    assert (job.state, job.attempts) == ("queued", 1)
    assert timedelta(minutes=59) < job.run_after - began < timedelta(minutes=61)
    assert job.message
    assert source.runs.count() == 1  # the first import's
    source.refresh_from_db()
    assert source.failures == 0
    Job.objects.filter(pk=job.pk).update(run_after=began)
    done(job)
    assert (job.state, len(site.asked)) == ("queued", 1)  # the host was not asked again


def test_a_source_that_does_not_answer_is_tried_five_times_and_has_failed_once(site: Site) -> None:
    source = imported(site)
    site.pages["/ports.md"] = Page(b"", status=503)
    job = asked(source)
    pauses = []
    while job.state == "queued":
        pauses.append(job.run_after - timezone.now())
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
        done(job)
    assert (job.state, job.attempts, len(site.asked)) == ("failed", jobs.ATTEMPTS, 5)
    assert [round(pause.total_seconds()) for pause in pauses] == [10, 30, 120, 600]
    source.refresh_from_db()
    run = last_run(source)
    assert (source.failures, source.message) == (1, job.message)
    assert (run.outcome, run.message, source.runs.count()) == ("failed", job.message, 2)


def test_a_move_for_good_is_noted_and_the_address_stays(site: Site) -> None:
    source = imported(site)
    address = source.address
    site.pages["/new.md"] = site.pages["/ports.md"]
    site.pages["/ports.md"] = Page(status=301, headers={"Location": "/new.md"})
    asked(source)
    source.refresh_from_db()
    assert (source.address, source.moved_to) == (address, f"{site.url}/new.md")
    assert last_run(source).outcome == "unchanged"


def test_a_second_source_of_one_address_is_asked_there(site: Site) -> None:
    first = imported(site)
    text = transcript(title="Another")
    result = import_document(Incoming(text.encode(), first.address), as_="new")
    second = Source.objects.get(episode_id=result.episode_id)
    assert second.address == f"{first.address} (2)"
    change(site)
    asked(second)
    assert (last_run(second).outcome, Episode.objects.count()) == ("updated", 2)
    assert texts(second)[2] == "究竟为什么？"


def test_a_source_that_was_removed_meanwhile_is_no_failure(site: Site) -> None:
    source = imported(site)
    (job,) = runs.request_reimport([source], by=None).jobs
    source.delete()
    assert done(job).message == "The source was removed meanwhile; there is nothing to ask."
    assert job.state == "done"


def test_an_answer_that_nobody_can_be_asked_is_no_failure(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = imported(site)
    answer = Answer(State.CANNOT_ASK, "Upload it again.")
    monkeypatch.setattr(runs.registry, "ask", lambda *args, **options: answer)
    assert asked(source).message == "Upload it again."
    source.refresh_from_db()
    assert (source.failures, source.runs.count()) == (0, 1)


def test_an_editor_s_correction_survives(site: Site) -> None:
    source = imported(site)
    turn = source.episode.turns.order_by("position")[0]
    editing.save_turn(turn, version=turn.version, values={"text": "欢迎大家。"}, by=make_user())
    change(site)
    asked(source)
    assert texts(source) == ["欢迎大家。", TURNS[1][1], "究竟为什么？"]


# Ended in the middle.


@pytest.mark.parametrize(
    ("state", "values"),
    [("cancelled", {"state": "cancelled", "claim": None}), ("running", {"claim": uuid4()})],
    ids=["cancelled", "taken over"],
)
@pytest.mark.parametrize("moment", ["while it asks", "while it reads"])
def test_a_run_whose_claim_is_lost_applies_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch, moment: str, state: str, values: dict[str, Any]
) -> None:
    source = imported(site)
    change(site)
    asking = moment == "while it asks"
    place, name = (runs.registry, "ask") if asking else (imports, "import_document")
    real = getattr(place, name)

    def lose(*given: Any, **options: Any) -> Any:
        Job.objects.filter(kind=runs.KIND).update(**values)
        return real(*given, **options)

    monkeypatch.setattr(place, name, lose)
    before = rows(without=("Job",))
    job = asked(source)
    assert job.state == state
    assert rows(without=("Job",)) == before


def test_a_run_that_waits_for_its_turn_ends_when_it_is_cancelled(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = imported(site)
    monkeypatch.setattr(runs, "STEP", 0.01)

    def ask(*_args: Any, manners: Any, **_options: Any) -> Any:
        jobs.cancel(Job.objects.get(kind=runs.KIND))
        manners.sleep(600)

    monkeypatch.setattr(runs.registry, "ask", ask)
    assert asked(source).state == "cancelled"


# A batch.


def three(site: Site) -> list[Source]:
    """Sources that are unchanged, changed and gone."""
    found = [imported(site, f"/{name}.md") for name in ("same", "new", "gone")]
    change(site, path="/new.md")
    site.pages["/gone.md"] = Page(status=404)
    return found


def test_a_batch_tells_its_total_and_how_its_imports_ended(site: Site) -> None:
    found = runs.request_reimport(three(site), by=None)
    assert found.batch is not None
    assert runs.progress(found.batch) == runs.BatchProgress(total=3, waiting=3)
    assert runs.progress(found.batch).active is True
    for job in found.jobs:
        done(job)
    progress = runs.progress(found.batch)
    assert progress == runs.BatchProgress(
        total=3, done=3, outcomes={"updated": 1, "unchanged": 1, "failed": 1}
    )
    assert (progress.ended, progress.active) == (3, False)
    assert set(found.batch.runs.values_list("source", flat=True)) == {
        source.pk for source in Source.objects.all()
    }


def test_of_a_source_asked_twice_in_a_batch_the_last_outcome_counts(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = three(site)
    found = runs.request_reimport(sources, by=None)
    assert found.batch is not None
    job, real = found.jobs[1], runs.registry.ask

    def ask(*given: Any, **options: Any) -> Answer:
        runs.request_reimport([sources[1]], by=None)
        return real(*given, **options)

    with monkeypatch.context() as patched:
        patched.setattr(runs.registry, "ask", ask)
        assert done(job).state == "queued"
    assert done(job).state == "done"
    assert runs.progress(found.batch).outcomes == {"unchanged": 1}
    assert list(found.batch.runs.order_by("pk").values_list("outcome", flat=True)) == [
        "updated",
        "unchanged",
    ]


@pytest.mark.parametrize("count", [2, 4])
def test_the_progress_of_a_batch_takes_two_queries(
    site: Site, count: int, django_assert_num_queries: Any
) -> None:
    found = runs.request_reimport([imported(site, f"/{i}.md") for i in range(count)], by=None)
    for job in found.jobs:
        done(job)
    assert found.batch is not None
    with django_assert_num_queries(2):
        assert runs.progress(found.batch).done == count


def test_a_batch_is_cancelled_and_what_was_applied_stays(site: Site) -> None:
    found = runs.request_reimport(three(site), by=None)
    assert found.batch is not None
    done(found.jobs[1])
    assert runs.cancel_batch(found.batch) == 2
    for job in found.jobs:
        done(job)
    assert runs.progress(found.batch) == runs.BatchProgress(
        total=3, done=1, cancelled=2, outcomes={"updated": 1}
    )
    assert runs.cancel_batch(found.batch) == 0


# The clock.


def test_a_source_that_does_not_change_is_asked_at_widening_intervals_and_after_a_change_the_next_day(
    site: Site, clock: Clock
) -> None:
    source = imported(site)
    days = []
    for _visit in range(8):
        source.refresh_from_db()
        wait = source.next_check_at - clock.now
        assert runs.due(clock.now + wait - timedelta(seconds=1)) == []
        clock.now += wait
        days.append(wait.days)
        assert runs.due(clock.now) == [source]
        asked(source)
    assert days == [1, 2, 3, 7, 14, 30, 30, 30]
    change(site)
    clock.now += timedelta(days=30)
    asked(source)
    source.refresh_from_db()
    assert source.next_check_at - clock.now == timedelta(days=1)


def test_a_source_that_fails_is_asked_the_next_day_and_one_that_is_gone_after_a_week(
    site: Site, clock: Clock
) -> None:
    source = imported(site)
    for status, days in ((403, 1), (404, 7)):
        site.pages["/ports.md"] = Page(b"no", status=status)
        asked(source)
        source.refresh_from_db()
        assert source.next_check_at - clock.now == timedelta(days=days)


def test_what_is_due_is_what_can_be_asked_and_is_not_asked_already(site: Site) -> None:
    now = timezone.now()
    for number in range(4):
        make_episode(address=f"https://media.example/{number}.md")
    make_episode(address="upload.md")
    make_episode(address=VIDEO)
    Source.objects.update(next_check_at=now - timedelta(hours=1), kind="markdown")
    late, later, asked_now, _other = Source.objects.order_by("pk")[:4]
    Source.objects.filter(pk=later.pk).update(next_check_at=now - timedelta(days=1))
    Source.objects.filter(address__endswith="3.md").update(next_check_at=now + timedelta(hours=1))
    runs.request_reimport([asked_now], by=None)
    assert runs.due(now) == [later, late]


def test_the_clock_asks_for_a_bounded_number_at_once_and_the_rest_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runs, "MOST_DUE", 2)
    for number in range(3):
        make_episode(address=f"https://media.example/{number}.md")
    Source.objects.update(next_check_at=timezone.now())
    keys = [runs.key_of(source) for source in Source.objects.order_by("pk")]
    tasks.reimport_due()
    assert set(Job.objects.filter(kind=runs.KIND).values_list("key", flat=True)) == set(keys[:2])
    tasks.reimport_due()
    assert set(Job.objects.filter(kind=runs.KIND).values_list("key", flat=True)) == set(keys)


def test_the_tasks_have_their_fixed_names() -> None:
    assert (tasks.reimport.name, tasks.reimport_due.name) == (
        "episodes.tasks.reimport",
        "episodes.tasks.reimport_due",
    )


@pytest.mark.parametrize("by", ["id", "slug", "old slug"])
def test_the_task_asks_for_a_source_or_an_episode_and_does_it(site: Site, by: str) -> None:
    source = imported(site)
    other = imported(site, "/other.md")
    change(site)
    source.episode.old_slugs.create(slug="once")
    tasks.reimport({"id": source.pk, "slug": source.episode.slug, "old slug": "once"}[by])
    assert (last_run(source).outcome, other.runs.count()) == ("updated", 1)
    assert [path for path, _etag in site.asked] == ["/ports.md"]


def test_visits_pause_as_the_design_says() -> None:
    assert [pause.days for pause in visits.PAUSES] == [1, 2, 3, 7, 14, 30]
