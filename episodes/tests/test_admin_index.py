"""The first page of the admin shows the work; the frame around every page."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from episodes import proofreading, workflow
from episodes.admin import desk
from episodes.models import (
    Change,
    ChangeSet,
    Episode,
    Finding,
    Job,
    ReviewNote,
    Schedule,
    Snapshot,
    SourceTurn,
    Status,
)
from episodes.models.jobs import JobState
from episodes.models.sources import Trouble
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
    return {
        each["id"]: [str(row.episode) for row in each["rows"]]
        for each in box["lists"]
        if each["rows"]
    }


def test_the_first_page_sorts_episodes_by_what_waits(editor):
    make_episode(title="A draft")
    publish_episode(make_episode(title="Live"))
    answer = logged_in(editor).get(reverse("admin:index"))
    assert lists_of(answer) == {"drafts": ["A draft"]}


def test_a_row_leads_to_turns_metadata_and_preview(editor):
    episode = make_episode(by=editor)
    body = logged_in(editor).get(reverse("admin:index")).content.decode()
    for name in ("turns", "change", "preview"):
        assert reverse(f"admin:episodes_episode_{name}", args=[episode.pk]) in body
    assert "3 turns" in body
    assert "edith" in body


def test_the_very_first_page_says_how_to_begin(editor):
    body = logged_in(editor).get(reverse("admin:index")).content.decode()
    assert "No episodes yet" in body
    assert body.count(reverse("admin:episodes_episode_import")) == 1
    assert "Waiting for me" not in body


def test_empty_lists_say_so_in_sentences(editor):
    publish_episode(make_episode())
    Finding.objects.all().delete()
    body = logged_in(editor).get(reverse("admin:index")).content.decode()
    for sentence in (
        "What you change or read will stand here, to go on with.",
        "Nothing waits for you.",
        "Nothing waits for a review. A draft comes here when it is submitted.",
        "No conflicts: what sources say goes together with what editors wrote.",
        "Every source says what it said before.",
        "Readers see the latest text of all that is published.",
        "Nothing is scheduled to be published.",
        "No drafts. Import a transcript to begin one.",
        "The checks have found nothing that stands.",
    ):
        assert sentence in body


def test_the_way_on_leads_to_the_first_turn_that_nobody_has_read(editor):
    episode = make_episode(by=editor)
    first, second, _third = episode.turns.order_by("position")
    proofreading.mark(episode, first.uid, version=first.version, by=editor)
    body = logged_in(editor).get(reverse("admin:index")).content.decode()
    assert "1 of 3 read" in body
    assert f'/{episode.pk}/turns/#{second.uid}"' in body


def test_each_number_of_findings_leads_to_those_findings(editor):
    episode = make_episode()
    for place, severity in enumerate(("error", "warning", "warning")):
        Finding.objects.create(
            episode=episode, code="doubled_word", severity=severity, fingerprint=str(place)
        )
    client = logged_in(editor)
    box = next(
        each
        for each in client.get(reverse("admin:index")).context["boxes"]
        if each["template"] == "admin/desk/found.html"
    )
    [kind] = [each for each in box["kinds"] if "doubled_word" in each["url"]]
    assert [each["count"] for each in kind["numbers"]] == [1, 2, 0]
    shown = [client.get(each["url"]).context["cl"].result_count for each in kind["numbers"]]
    assert shown == [1, 2, 0]


def test_each_heading_leads_to_the_episodes_it_counts(editor):
    publisher = make_user("Publishers")
    make_episode(title="A draft", by=editor)
    submitted = make_episode(title="Submitted")
    workflow.transition(submitted, Status.REVIEW, editor)
    publish_episode(live := make_episode(title="Live"))
    Episode.objects.filter(pk=live.pk).update(revision=live.revision + 1)
    Schedule.objects.create(
        episode=submitted, at=timezone.now(), revision=submitted.revision, by=publisher
    )
    live.sources.update(trouble=Trouble.GONE)
    client = logged_in(publisher)
    box = next(
        each
        for each in client.get(reverse("admin:index")).context["boxes"]
        if each["template"] == "admin/desk/work.html"
    )
    counts = {each["id"]: each["count"] for each in (*box["lists"], *box["mine"])}
    assert counts == {
        "review": 1,
        "conflicts": 0,
        "source": 1,
        "behind": 1,
        "scheduled": 1,
        "drafts": 1,
        "publish": 1,
    }
    listed = reverse("admin:episodes_episode_changelist")
    for each in (*box["lists"], *box["mine"]):
        found = client.get(f"{listed}?{each['query']}").context["cl"].result_count
        assert (each["id"], found) == (each["id"], each["count"])


def test_who_may_not_look_at_jobs_or_findings_is_shown_none():
    user = make_user("")
    user.user_permissions.add(Permission.objects.get(codename="view_episode"))
    make_episode()
    boxes = logged_in(user).get(reverse("admin:index")).context["boxes"]
    assert [each["template"] for each in boxes] == ["admin/desk/work.html"]
    assert "scheduled" not in [each["id"] for each in boxes[0]["lists"]]


def test_the_first_page_takes_the_same_queries_with_one_and_three_drafts(
    editor, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(admin.site, "boxes", [desk.work_box, desk.findings_box, desk.jobs_box])
    client = logged_in(editor)
    for more in (1, 2):
        for _each in range(more):
            workflow.transition(make_episode(by=editor), Status.REVIEW, editor)
            made = make_episode(by=editor)
            proofreading.mark(made, made.turns.first().uid, version=1, by=editor)
            ReviewNote.objects.create(episode=made, text="Who says this?")
            Finding.objects.create(episode=made, code="a", severity="error", fingerprint="a")
        Job.objects.all().delete()
        client.get(reverse("admin:index"))  # the session remembers that nothing is wished for
        with django_assert_num_queries(14):
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
