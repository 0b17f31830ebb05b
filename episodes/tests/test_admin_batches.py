"""The pages of batches: one total, what failed, cancelled by whom; a fixed number of queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from episodes import jobs, runs
from episodes.models import Batch, ImportRun, Job, Source
from episodes.tests.factories import make_episode, make_user
from episodes.tests.serving import Page, Site, change, imported

pytestmark = pytest.mark.django_db

LIST = reverse("admin:episodes_batch_changelist")
REFRESH = '<meta http-equiv="refresh" content="5">'


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker is asked."""
    monkeypatch.setattr(jobs, "ring", lambda job_id: True)


def logged_in(user: Any, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@pytest.fixture
def editor() -> Any:
    return make_user("Editors", "edith")


def page(batch: Batch) -> str:
    return reverse("admin:episodes_batch_change", args=[batch.pk])


def cancel(batch: Batch) -> str:
    return reverse("admin:episodes_batch_cancel", args=[batch.pk])


def waiting(count: int = 2, by: Any = None) -> Batch:
    """A batch of sources that nobody has asked yet."""
    sources = [
        make_episode(address=f"https://media.example/{by}/{number}.md").sources.get()
        for number in range(count)
    ]
    batch = runs.request_reimport(sources, by=by).batch
    assert batch is not None
    return batch


def mixed(site: Site, by: Any) -> Batch:
    """A batch that has ended: unchanged, changed, gone, and an upload left out."""
    sources = [imported(site, f"/{name}.md") for name in ("same", "new", "gone")]
    sources.append(make_episode(address="upload.md", slug="upload").sources.get())
    change(site, path="/new.md")
    site.pages["/gone.md"] = Page(status=404)
    found = runs.request_reimport(sources, by=by)
    for job in found.jobs:
        jobs.work(job.pk)
    assert found.batch is not None
    return found.batch


def test_the_list_tells_how_far_each_batch_is(site: Site, editor: Any) -> None:
    mixed(site, editor)
    waiting(2, editor)
    answer = logged_in(editor).get(LIST)
    shown = [
        (row.active_count, row.ended_count, row.total, row.failed_count, row.failed_runs)
        for row in answer.context["cl"].result_list
    ]
    assert shown == [(2, 0, 2, 0, 0), (0, 3, 3, 0, 1)]
    body = answer.content.decode()
    assert '<span class="badge badge-running">At work</span>' in body
    assert '<td class="field-shown_progress">3/3</td><td class="field-shown_failed">1</td>' in body


def test_a_batch_at_work_shows_one_total_and_looks_again_by_itself(editor: Any) -> None:
    batch = waiting(3, editor)
    job = batch.jobs.order_by("pk")[0]
    Job.objects.filter(pk=job.pk).update(state="cancelled")
    body = logged_in(editor).get(page(batch)).content.decode()
    assert '<progress value="1" max="3" aria-labelledby="batch-words"></progress>' in body
    assert "1 of 3 have ended" in body
    assert '<span class="badge badge-queued">Waiting</span> 2' in body
    assert '<span class="badge badge-cancelled">Cancelled</span> 1' in body
    assert REFRESH in body
    assert "Cancel this batch" in body


def test_a_batch_that_has_ended_leads_to_what_failed_and_stays_as_it_is(
    site: Site, editor: Any
) -> None:
    batch = mixed(site, editor)
    answer = logged_in(editor).get(page(batch))
    body = answer.content.decode()
    failed = ImportRun.objects.get(outcome="failed")
    assert (REFRESH in body, "Cancel this batch" in body) == (False, False)
    assert answer.context["failures"]["imports"] == [failed]
    assert reverse("admin:episodes_importrun_change", args=[failed.pk]) in body
    query = f"?batch__id__exact={batch.pk}&amp;outcome__exact=updated"
    assert f'<a href="{reverse("admin:episodes_importrun_changelist")}{query}">' in body
    assert "cannot be asked for again. Upload the file again." in body
    listed = logged_in(editor).get(
        reverse("admin:episodes_importrun_changelist"),
        {"batch__id__exact": batch.pk, "outcome__exact": "updated"},
    )
    assert [run.outcome for run in listed.context["cl"].result_list] == ["updated"]


def test_a_job_that_failed_without_an_import_is_told_too(editor: Any) -> None:
    batch = waiting(2, editor)
    job = batch.jobs.order_by("pk")[0]
    batch.jobs.filter(pk=job.pk).update(state="failed", message="Given up.")
    answer = logged_in(editor).get(page(batch))
    assert (answer.context["failures"]["imports"], answer.context["failures"]["jobs"]) == (
        [],
        [job],
    )
    assert reverse("admin:episodes_job_change", args=[job.pk]) in answer.content.decode()


def test_it_says_when_no_worker_answers(editor: Any) -> None:
    batch = waiting(2, editor)
    sentence = "No worker answers"
    assert sentence not in logged_in(editor).get(page(batch)).content.decode()
    batch.jobs.update(run_after=timezone.now() - timedelta(minutes=2))
    assert sentence in logged_in(editor).get(page(batch)).content.decode()


def test_a_batch_is_cancelled_by_who_asked_for_it_and_by_publishers(editor: Any) -> None:
    people = [
        Client(),
        logged_in(make_user("")),
        logged_in(make_user("Editors")),
        logged_in(editor),
        logged_in(make_user("Publishers")),
    ]
    answers = []
    for person in people:
        batch = waiting(2, editor)
        answers.append((person.get(cancel(batch)).status_code, person.post(cancel(batch))))
        states = set(batch.jobs.values_list("state", flat=True))
        assert states == (
            {"cancelled"} if answers[-1][1].headers.get("location") == page(batch) else {"queued"}
        )
        batch.jobs.all().delete()
        Source.objects.all().delete()
    assert [(got, post.status_code) for got, post in answers] == [
        (302, 302),  # to the login
        (405, 403),
        (405, 403),
        (405, 302),
        (405, 302),
    ]


def test_the_answer_to_cancelling_says_what_came_of_it(editor: Any) -> None:
    batch = waiting(2, editor)
    client = logged_in(editor)
    first = client.post(cancel(batch), follow=True).content.decode()
    second = client.post(cancel(batch), follow=True).content.decode()
    assert "Cancelled: 2 jobs. What was applied stays" in first
    assert "The batch had ended already." in second
    assert client.post(reverse("admin:episodes_batch_cancel", args=[9999])).status_code == 404


def test_batches_are_read_only(editor: Any) -> None:
    batch = waiting(2, editor)
    client = logged_in(editor)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(page(batch), {"note": "x"}).status_code == 403
    assert client.post(f"{LIST}{batch.pk}/delete/").status_code == 403
    assert logged_in(make_user("")).get(page(batch)).status_code == 403


def test_what_is_decided_together_is_shown_beside_the_queue(editor: Any) -> None:
    batch = Batch.objects.create(kind="accept", by=editor)
    client = logged_in(editor)
    assert list(client.get(LIST).context["cl"].result_list) == []
    answer = client.get(page(batch))
    assert answer.headers["location"] == reverse(
        "admin:episodes_episode_queue_batch", args=[batch.pk]
    )
    assert client.post(cancel(batch)).status_code == 404


def test_left_out_sources_are_told_in_the_reader_s_language(site: Site, editor: Any) -> None:
    batch = mixed(site, editor)
    body = logged_in(editor, "zh-hans").get(page(batch))
    assert body.status_code == 200
    assert body.context["refusals"][0][0] == "upload"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_with_one_and_three_batches(
    editor: Any, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        waiting(2, editor)
        Job.objects.all().delete()
        Source.objects.all().delete()
    client = logged_in(editor)
    client.get(LIST)
    with django_assert_num_queries(6):
        client.get(LIST)


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_takes_the_same_queries_with_one_and_three_failures(
    site: Site, editor: Any, count: int, django_assert_num_queries: Any
) -> None:
    sources = [imported(site, f"/{number}.md") for number in range(4)]
    for number in range(count):
        site.pages[f"/{number}.md"] = Page(status=404)
    found = runs.request_reimport(sources, by=editor)
    for job in found.jobs:
        jobs.work(job.pk)
    assert found.batch is not None
    client = logged_in(editor)
    client.get(page(found.batch))
    with django_assert_num_queries(11):
        client.get(page(found.batch))
