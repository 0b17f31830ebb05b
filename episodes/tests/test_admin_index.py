"""The first page of the admin shows the work; the frame around every page."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from episodes.admin import desk
from episodes.models import Change, ChangeSet, Job, Snapshot, SourceTurn
from episodes.models.jobs import JobState
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db


def logged_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def editor():
    return make_user("Editors", "edith")


def lists_of(response) -> dict[str, list[str]]:
    box = next(b for b in response.context["boxes"] if b["template"] == "admin/desk/work.html")
    return {each["id"]: [str(episode) for episode in each["rows"]] for each in box["lists"]}


def test_the_first_page_sorts_episodes_by_what_waits(editor):
    make_episode(title="A draft")
    publish_episode(make_episode(title="Live"))
    answer = logged_in(editor).get(reverse("admin:index"))
    assert lists_of(answer) == {"review": [], "drafts": ["A draft"], "recent": ["Live"]}


def test_a_row_leads_to_turns_metadata_and_preview(editor):
    episode = make_episode(by=editor)
    body = logged_in(editor).get(reverse("admin:index")).content.decode()
    for name in ("turns", "change", "preview"):
        assert reverse(f"admin:episodes_episode_{name}", args=[episode.pk]) in body
    assert "3 turns" in body
    assert "edith" in body


def test_empty_lists_say_what_to_do_next(editor):
    body = logged_in(editor).get(reverse("admin:index")).content.decode()
    assert "No drafts. Import a transcript to begin one." in body
    assert reverse("admin:episodes_episode_import") in body


def test_the_first_page_takes_the_same_queries_with_one_and_three_drafts(
    editor, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(admin.site, "boxes", [desk.work_box, desk.jobs_box])
    client = logged_in(editor)
    for more in (1, 2):
        for _each in range(more):
            make_episode()
        Job.objects.all().delete()
        with django_assert_num_queries(9):
            client.get(reverse("admin:index"))


def test_a_job_that_nobody_does_says_how_to_start_a_worker(editor):
    long_ago = timezone.now() - timedelta(minutes=5)
    Job.objects.create(kind="rebuild", run_after=long_ago, requested_at=long_ago)
    body = logged_in(editor).get(reverse("admin:index")).content.decode()
    assert "No worker answers" in body
    assert "celery -A oddlots worker" in body


def test_failed_jobs_stand_on_the_first_page_with_their_message(editor):
    Job.objects.create(kind="rebuild", state=JobState.FAILED, message="The disk is full.")
    body = logged_in(editor).get(reverse("admin:index")).content.decode()
    assert "The disk is full." in body
    assert "No worker answers" not in body


def test_machine_tables_are_not_in_the_admin():
    assert [
        admin.site.is_registered(model) for model in (Snapshot, SourceTurn, Change, ChangeSet)
    ] == [
        False,
        False,
        False,
        False,
    ]


def test_a_member_of_staff_without_permissions_sees_no_work():
    make_episode(title="Secret draft")
    answer = logged_in(make_user("")).get(reverse("admin:index"))
    assert answer.status_code == 200
    assert "Secret draft" not in answer.content.decode()


def test_another_app_can_add_a_box_and_a_route(editor, monkeypatch):
    box = {
        "title": "Terms",
        "rows": [{"label": "数据湖", "url": "/x/", "note": "new"}],
        "actions": [],
    }
    monkeypatch.setattr(admin.site, "boxes", [lambda request: box, lambda request: None])
    answer = logged_in(editor).get(reverse("admin:index"))
    assert [each["title"] for each in answer.context["boxes"]] == ["Terms"]
    assert "数据湖" in answer.content.decode()


def test_the_language_follows_the_person_and_can_be_switched(editor):
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(editor)
    index = reverse("admin:index")
    assert 'lang="zh-hans"' in client.get(index).content.decode()[:200]
    answer = client.post(reverse("admin:set_language"), {"language": "en", "next": index})
    assert answer.headers["location"] == index
    assert 'lang="en"' in client.get(index).content.decode()[:200]


def test_a_language_is_switched_by_post_only(editor):
    client = logged_in(editor)
    client.get(reverse("admin:set_language"), {"language": "zh-hans"})
    assert 'lang="en"' in client.get(reverse("admin:index")).content.decode()[:200]


def test_a_lockout_is_a_sentence_of_ours(settings, editor):
    settings.AXES_FAILURE_LIMIT = 2
    client = Client(headers={"accept-language": "en"})
    login = reverse("admin:login")
    for _attempt in range(2):
        answer = client.post(login, {"username": "edith", "password": "wrong"})
    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()
