"""Reviewers' notes at the desk: at their turns, on a page of their own, on the way back to a draft."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from episodes import cuts, reviewing, workflow
from episodes.models import ReviewNote, Status
from episodes.tests.factories import make_episode, make_user

pytestmark = pytest.mark.django_db

SCRIPT = {"X-Requested-With": "desk"}


def logged_in(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def editor(db):
    return make_user(username="edith")


@pytest.fixture
def client(editor):
    return logged_in(editor)


@pytest.fixture
def episode(db):
    return make_episode()


def page(episode, name="turns", *args):
    return reverse(f"admin:episodes_episode_{name}", args=[episode.pk, *args])


def leave(client, episode, uid="", text="Why so?"):
    return client.post(page(episode, "note_leave"), {"uid": uid, "note": text})


def body(answer):
    return answer.content.decode()


def test_a_note_is_left_and_answered_at_its_turn_by_forms(client, episode):
    uid = episode.turns.all()[1].uid
    shown = body(client.get(page(episode)))
    assert f'href="../notes/?at={uid}"' in shown
    form = body(client.get(page(episode, "notes"), {"at": uid}))
    assert f'action="{page(episode, "note_leave")}"' in form
    assert f'name="uid" value="{uid}"' in form
    left = leave(client, episode, uid, "Is it <b>this</b> crane?")
    assert left.url == f"{page(episode)}#{uid}"
    note = ReviewNote.objects.get()
    shown = body(client.get(page(episode)))
    at_turn = shown[shown.index(f'data-note="{uid}"') :]
    assert "Is it &lt;b&gt;this&lt;/b&gt; crane?" in at_turn.split("</article>")[0]
    assert "1 note waits for an answer" in shown
    assert f'href="#{uid}">the first one' in shown
    answered = client.post(page(episode, "note", note.pk), {"answer": "Yes."})
    assert answered.url == f"{page(episode)}#{uid}"
    shown = body(client.get(page(episode)))
    assert "waits for an answer" not in shown
    assert ">Yes.</p>" in shown


def test_the_script_gets_the_notes_of_the_turn(client, episode):
    uid = episode.turns.first().uid
    form = client.get(page(episode, "notes"), {"at": uid}, headers=SCRIPT).json()["html"]
    assert 'name="note"' in form
    sent = {"uid": uid, "note": "Why so?"}
    left = client.post(page(episode, "note_leave"), sent, headers=SCRIPT)
    assert (left.status_code, "Why so?" in left.json()["html"]) == (200, True)
    note = ReviewNote.objects.get()
    empty = client.post(page(episode, "note", note.pk), {"answer": " "}, headers=SCRIPT)
    assert (empty.status_code, "the answer is empty" in empty.json()["html"]) == (422, True)
    done = client.post(page(episode, "note", note.pk), {"answer": "So."}, headers=SCRIPT)
    assert (done.status_code, "So." in done.json()["html"]) == (200, True)


def test_what_was_typed_is_never_lost(client, episode):
    uid = episode.turns.first().uid
    refused = leave(client, episode, uid, "字" * 4001)
    assert (refused.status_code, "字" * 4001 in body(refused)) == (422, True)
    note = reviewing.leave(episode, uid, "Why?", by=make_user())
    reviewing.answer(note, "So.", by=make_user())
    late = client.post(page(episode, "note", note.pk), {"answer": "My own words."})
    assert (late.status_code, "My own words." in body(late)) == (422, True)
    assert "no longer open" in body(late)
    client.logout()
    expired = leave(client, episode, uid, "Typed before.")
    assert (expired.status_code, "Typed before." in body(expired)) == (401, True)


def test_one_takes_back_ones_own_note_while_it_is_open(client, editor, episode):
    own = reviewing.leave(episode, "", "Mine?", by=editor)
    other = reviewing.leave(episode, "", "Yours?", by=make_user())
    shown = body(client.get(page(episode, "notes")))
    assert shown.count('name="take_back"') == 1
    assert client.post(page(episode, "note", other.pk), {"take_back": "1"}).status_code == 403
    answer = client.post(page(episode, "note", own.pk), {"take_back": "1"})
    assert answer.url == page(episode, "notes")
    assert list(ReviewNote.objects.all()) == [other]


def test_notes_are_for_who_has_the_permission_and_by_post(episode):
    stranger = logged_in(make_user(""))
    note = reviewing.leave(episode, "", "Why?", by=make_user())
    assert stranger.get(page(episode, "notes")).status_code == 403
    assert leave(stranger, episode).status_code == 403
    assert stranger.post(page(episode, "note", note.pk), {"answer": "So."}).status_code == 403
    publisher = logged_in(make_user("Publishers"))
    assert publisher.get(page(episode, "note", note.pk)).status_code == 405
    assert publisher.get(page(episode, "note_leave")).status_code == 405
    other = make_episode(title="Other")
    assert publisher.post(page(other, "note", note.pk), {"answer": "So."}).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user())
    assert leave(strict, episode).status_code == 403


def test_a_viewer_sees_notes_and_has_no_forms(episode):
    viewer = make_user("")
    viewer.user_permissions.add(Permission.objects.get(codename="view_episode"))
    reviewing.leave(episode, episode.turns.first().uid, "Why so?", by=make_user())
    for address in (page(episode), page(episode, "notes")):
        shown = body(logged_in(viewer).get(address))
        assert ("Why so?" in shown, "note-form" in shown, "note-link" in shown) == (
            True,
            False,
            False,
        )


def test_a_note_at_a_merged_turn_stands_where_its_address_leads(client, editor, episode):
    first, second, _third = episode.turns.all()
    note = reviewing.leave(episode, second.uid, "Merged?", by=editor)
    cuts.merge(first, version=1, following=second.uid, following_version=1, by=None)
    shown = body(client.get(page(episode)))
    assert shown.index("Merged?") > shown.index(f'data-note="{first.uid}"')
    answered = client.post(page(episode, "note", note.pk), {"answer": "Yes."})
    assert answered.url == f"{page(episode)}#{first.uid}"


def test_all_notes_open_and_answered_stand_on_a_page_in_the_order_of_the_turns(
    client, editor, episode
):
    first, second, _third = episode.turns.all()
    reviewing.leave(episode, second.uid, "Second?", by=editor)
    note = reviewing.leave(episode, first.uid, "First?", by=editor)
    reviewing.leave(episode, "", "Whole?", by=editor)
    reviewing.answer(note, "Yes.", by=editor)
    answer = client.get(page(episode, "notes"))
    shown = body(answer)
    assert sorted(("Whole?", "First?", "Second?"), key=shown.index) == [
        "Whole?",
        "First?",
        "Second?",
    ]
    assert "3 notes" in shown
    assert "2 to be answered" in shown
    assert answer.context["tabs"][-2]["name"] == "notes"


def test_the_page_takes_the_same_queries_whatever_the_notes(
    client, editor, episode, django_assert_num_queries
):
    long = make_episode(turns=[("Mara Quill", "你好。", "Hello.")] * 60)
    for turn in long.turns.all():
        reviewing.leave(long, turn.uid, "Why?", by=editor)
    reviewing.leave(episode, "", "Why?", by=editor)
    for each in (episode, long):
        with django_assert_num_queries(10):
            client.get(page(each, "notes"))


def test_sending_back_lists_the_open_notes(editor, episode):
    first = episode.turns.first()
    reviewing.leave(episode, first.uid, "Open?", by=editor)
    done = reviewing.leave(episode, "", "Answered?", by=editor)
    reviewing.answer(done, "Yes.", by=editor)
    workflow.transition(episode, Status.REVIEW, editor)
    publisher = logged_in(make_user("Publishers"))
    answer = publisher.get(page(episode, "move", "send_back"))
    shown = body(answer)
    assert "1 note waits for an answer" in shown
    assert f'href="{page(episode)}#{first.uid}">turn 1' in shown
    assert ("Open?" in shown, "Answered?" in shown) == (True, False)
    # other steps do not
    assert "waits for an answer" not in body(publisher.get(page(episode, "move", "publish")))
