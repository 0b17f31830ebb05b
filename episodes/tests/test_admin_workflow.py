"""Transitions, preview and history of an episode in the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from episodes import workflow
from episodes.editing import save_turn
from episodes.models import Edition, Episode, Status, Transition
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db


def logged_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def editor():
    return make_user("Editors", "edith")


@pytest.fixture
def publisher():
    return make_user("Publishers", "paula")


def place(episode, action) -> str:
    return reverse("admin:episodes_episode_move", args=[episode.pk, action])


def buttons(client, episode) -> list[str]:
    answer = client.get(reverse("admin:episodes_episode_turns", args=[episode.pk]))
    return [each["label"] for each in answer.context["moves"]]


def in_review(editor) -> Episode:
    episode = make_episode()
    workflow.transition(episode, Status.REVIEW, editor, "")
    return episode


def test_each_person_has_the_buttons_of_their_permissions(editor, publisher):
    draft, review = make_episode(), in_review(editor)
    live = make_episode()
    publish_episode(live)
    mine, theirs = logged_in(editor), logged_in(publisher)
    assert [buttons(mine, each) for each in (draft, review, live)] == [
        ["Submit for review"],
        ["Send back to draft"],
        [],
    ]
    assert [buttons(theirs, each) for each in (draft, review, live)] == [
        ["Submit for review"],
        ["Send back to draft", "Publish"],
        ["Publish the next edition", "Archive"],
    ]


def test_a_confirmation_says_what_will_happen_and_does_nothing_yet(publisher, editor):
    episode = in_review(editor)
    answer = logged_in(publisher).get(place(episode, "publish"))
    assert "Edition 1 is published; readers see it at once." in answer.content.decode()
    episode.refresh_from_db()
    assert episode.status == Status.REVIEW
    assert not Edition.objects.exists()


def test_a_confirmed_step_is_taken_with_its_note(publisher, editor):
    episode = in_review(editor)
    answer = logged_in(publisher).post(
        place(episode, "publish"), {"revision": episode.revision, "note": "first\r\nedition"}
    )
    assert answer.headers["location"] == f"/admin/episodes/episode/{episode.pk}/turns/"
    episode.refresh_from_db()
    edition = Edition.objects.get()
    assert (episode.status, edition.number, edition.note) == (Status.EVERGREEN, 1, "first\nedition")


def test_obstacles_lead_to_their_turns(publisher, editor):
    episode = make_episode(
        turns=[
            ("Mara Quill", "一。", "One."),
            ("Bo Li", "二。", "Two."),
            ("Mara Quill", "三。", ""),
        ]
    )
    episode.turns.filter(original="Two.").update(text="")
    workflow.transition(episode, Status.REVIEW, editor, "")
    uid = episode.turns.get(original="Two.").uid
    client = logged_in(publisher)
    body = client.get(place(episode, "publish")).content.decode()
    assert f"?edit={uid}#{uid}" in body
    assert "A turn has an original but no translation." in body
    assert '<button type="submit" class="primary">Publish</button>' not in body
    answer = client.post(place(episode, "publish"), {"revision": episode.revision, "note": "kept"})
    assert answer.status_code == 409
    assert "kept" in answer.content.decode()
    assert not Edition.objects.exists()


def test_who_submitted_reads_why_they_cannot_publish(publisher):
    episode = make_episode()
    workflow.transition(episode, Status.REVIEW, publisher, "")
    body = logged_in(publisher).get(place(episode, "publish")).content.decode()
    assert "A second person has to publish this: you submitted it yourself." in body
    assert "REVIEW_BY_SECOND_PERSON" in body


def test_the_next_edition_shows_what_differs(publisher, editor):
    episode = make_episode()
    publish_episode(episode)
    turn = episode.turns.first()
    save_turn(turn, version=1, values={"text": "欢迎收听，今天我们谈船。"}, by=editor)
    answer = logged_in(publisher).get(place(episode, "publish_next"))
    body = answer.content.decode()
    assert "Edition 2 is published; readers see it at once." in body
    assert "1 turn differs from edition 1." in body
    (difference,) = answer.context["differences"]
    assert (difference.uid, [(each.tag, each.text) for each in difference.text]) == (
        turn.uid,
        [("same", "欢迎收听，今天我们谈"), ("del", "港口"), ("ins", "船"), ("same", "。")],
    )


def test_a_confirmation_that_came_too_late_changes_nothing(publisher, editor):
    episode = in_review(editor)
    save_turn(episode.turns.first(), version=1, values={"text": "后来的。"}, by=editor)
    answer = logged_in(publisher).post(
        place(episode, "publish"), {"revision": 1, "note": "my note"}
    )
    assert answer.status_code == 409
    assert "my note" in answer.content.decode()
    assert answer.context["episode"].revision == 2
    assert not Edition.objects.exists()


def test_a_step_that_somebody_took_already_is_not_taken_as_another(publisher, editor):
    episode = in_review(editor)
    workflow.publish(episode, make_user("Publishers"), "")
    answer = logged_in(publisher).post(place(episode, "publish"), {"revision": 1})
    assert answer.status_code == 409
    assert Edition.objects.count() == 1


def test_archiving_and_restoring(publisher):
    episode = make_episode()
    publish_episode(episode)
    client = logged_in(publisher)
    client.post(place(episode, "archive"), {"revision": episode.revision, "note": "rights"})
    episode.refresh_from_db()
    assert episode.status == Status.ARCHIVED
    client.post(place(episode, "restore"), {"revision": episode.revision})
    episode.refresh_from_db()
    assert episode.status == Status.DRAFT


def test_an_unknown_step_is_not_found(editor):
    assert logged_in(editor).get(place(make_episode(), "explode")).status_code == 404


# --- the preview


def test_the_preview_shows_the_working_copy_as_a_reader_would_see_it(editor):
    episode = make_episode()
    publish_episode(episode)
    turn = episode.turns.first()
    save_turn(turn, version=1, values={"text": "还没有人看过。"}, by=editor)
    answer = logged_in(editor).get(reverse("admin:episodes_episode_preview", args=[episode.pk]))
    body = answer.content.decode()
    assert f'id="{turn.uid}"' in body
    assert "还没有人看过。" in body
    assert "Preview of the working copy (Evergreen), as edition 2 would look." in body
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer.headers["Cache-Control"]
    assert Edition.objects.count() == 1


# --- the history


def test_the_history_tells_who_changed_what_when_and_why(editor, publisher):
    episode = make_episode(by=editor)
    publish_episode(episode, editor=editor, publisher=publisher)
    turn = episode.turns.first()
    save_turn(turn, version=1, values={"text": "欢迎！"}, by=editor, why="shorter")
    answer = logged_in(editor).get(reverse("admin:episodes_episode_history", args=[episode.pk]))
    body = answer.content.decode()
    newest, oldest = answer.context["acts"]
    assert [(line.field, line.url) for line in newest.lines] == [
        ("translation", f"/admin/episodes/episode/{episode.pk}/turns/#{turn.uid}")
    ]
    assert (newest.change_set.why, oldest.change_set.act) == ("shorter", "import")
    assert "Edition 1" in body
    assert "paula" in body
    assert Transition.objects.filter(episode=episode).count() == 2


def test_the_history_takes_the_same_queries_with_one_and_three_acts(
    editor, django_assert_num_queries
):
    client = logged_in(editor)
    episode = make_episode()
    address = reverse("admin:episodes_episode_history", args=[episode.pk])
    turn = episode.turns.first()
    turn = save_turn(turn, version=1, values={"text": "一"}, by=editor)
    with django_assert_num_queries(15):
        client.get(address)
    turn = save_turn(turn, version=2, values={"text": "二"}, by=editor)
    save_turn(turn, version=3, values={"text": "三"}, by=editor)
    with django_assert_num_queries(15):
        client.get(address)
