"""Findings at the desk: beside their turns, mended as shown, put away, and in the gate's way."""

from __future__ import annotations

import pytest
from django.urls import reverse

from episodes import checking, workflow
from episodes.admin.findings import of_episode as found_at
from episodes.models import Episode, Finding, Status
from episodes.models.history import Change
from episodes.tests.factories import complete, make_episode, make_user
from episodes.workflow import Refused

pytestmark = pytest.mark.django_db

GOOD = (
    "Mara Quill",
    "欢迎收听，今天我们谈港口的运作。",
    "Welcome. Today we talk about how ports work.",
)
BOLD = (
    "Ingrid Solberg",
    "谢谢，**吊车很重要，我们有很多。",
    "Thanks, cranes matter, and we have many.",
)
RESIDUE = (
    "Ingrid Solberg",
    '谢谢，吊车\\"很重要，我们有很多。',
    "Thanks, cranes matter, we have many.",
)


def checked(*turns: tuple[str, str, str]) -> Episode:
    episode = make_episode(**complete(), turns=turns)
    checking.check_now(episode)
    return episode


def place(episode: Episode, name: str = "turns", *args: object) -> str:
    return reverse(f"admin:episodes_episode_{name}", args=[episode.pk, *args])


@pytest.fixture
def editor(client):
    client.force_login(make_user())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_finding_stands_at_its_turn_and_leads_to_it_from_the_list(editor):
    episode = checked(GOOD, RESIDUE)
    row = Finding.objects.get()
    page = editor.get(place(episode)).content.decode()
    assert "1 finding" in page
    assert f'id="f{row.pk}"' in page
    turn = page.index(f'id="{row.uid}"')
    assert page.index(f'id="f{row.pk}"') > turn
    listed = editor.get(reverse("admin:episodes_finding_changelist")).content.decode()
    assert f'href="{place(episode)}#{row.uid}"' in listed


def test_a_fix_is_made_as_it_was_shown_and_is_in_the_history(editor):
    episode = checked(GOOD, RESIDUE)
    row = Finding.objects.get()
    turn = episode.turns.get(uid=row.uid)
    answer = editor.post(place(episode, "finding", row.pk), {"mend": turn.version})
    assert answer.url == f"{place(episode)}#{row.uid}"
    turn.refresh_from_db()
    assert turn.text == '谢谢，吊车"很重要，我们有很多。'
    assert not Finding.objects.exists()
    change = Change.objects.get(target=f"turn:{turn.uid}", field="text")
    assert change.change_set.why


def test_a_turn_that_changed_since_is_not_mended(editor):
    episode = checked(GOOD, RESIDUE)
    row = Finding.objects.get()
    turn = episode.turns.get(uid=row.uid)
    for version in (turn.version + 1, "", "1x"):
        editor.post(place(episode, "finding", row.pk), {"mend": version})
        turn.refresh_from_db()
        assert turn.text == RESIDUE[1]


def test_a_warning_is_put_away_by_an_editor_and_taken_back(editor):
    episode = checked(GOOD, RESIDUE)
    row = Finding.objects.get()
    editor.post(place(episode, "finding", row.pk), {"dismiss": "1", "why": "As spoken."})
    row.refresh_from_db()
    assert (row.state, row.why) == ("dismissed", "As spoken.")
    assert f'id="f{row.pk}"' not in editor.get(place(episode)).content.decode()
    editor.post(place(episode, "finding", row.pk), {"reopen": "1"})
    row.refresh_from_db()
    assert row.state == "open"
    # one that is gone meanwhile is said to be
    assert editor.post(place(episode, "finding", 9999), {"dismiss": "1"}).status_code == 302


def test_an_error_is_put_away_by_publishers_alone_and_by_post_alone(client, editor):
    episode = checked(GOOD, BOLD)
    row = Finding.objects.get()
    assert editor.post(place(episode, "finding", row.pk), {"dismiss": "1"}).status_code == 403
    assert editor.get(place(episode, "finding", row.pk)).status_code == 405
    client.force_login(make_user(""))
    assert client.post(place(episode, "finding", row.pk), {"dismiss": "1"}).status_code == 403
    client.force_login(make_user("Publishers"))
    client.post(place(episode, "finding", row.pk), {"dismiss": "1"})
    row.refresh_from_db()
    assert row.state == "dismissed"


def test_an_open_error_stands_in_the_way_of_publishing_although_no_job_has_run():
    editor, publisher = make_user(), make_user("Publishers")
    episode = make_episode(**complete(), turns=[GOOD, BOLD])
    workflow.transition(episode, Status.REVIEW, editor)
    assert not Finding.objects.exists()
    with pytest.raises(Refused) as refused:
        workflow.publish(episode, publisher)
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["finding_open"]
    uid = episode.turns.order_by("position")[1].uid
    assert refused.value.obstacles[0].uid == uid
    assert checking.dismiss(Finding.objects.get(), by=publisher)
    episode.refresh_from_db()
    assert workflow.publish(episode, publisher).number == 1


def test_a_warning_does_not():
    editor, publisher = make_user(), make_user("Publishers")
    episode = make_episode(**complete(), turns=[GOOD, RESIDUE])
    workflow.transition(episode, Status.REVIEW, editor)
    assert workflow.publish(episode, publisher).number == 1


def test_a_finding_about_the_episode_leads_to_the_field_where_it_is_mended(editor):
    episode = make_episode(**{**complete(), "source": ""}, turns=(GOOD,))
    checking.check_now(episode)
    fields = {shown.form_field for shown in found_at(Episode.objects.get(pk=episode.pk))[""]}
    assert "source_address" in fields
    form = editor.get(place(episode, "change")).content.decode()
    page = editor.get(place(episode)).content.decode()
    for field in fields:
        assert f'id="id_{field}"' in form
        assert f"{place(episode, 'change')}#id_{field}" in page
