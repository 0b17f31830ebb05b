"""The page on which another speaker is chosen for a range, and the button that takes acts back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from episodes import editing
from episodes.models import ChangeSet, Person
from episodes.tests.factories import make_episode, make_user

pytestmark = pytest.mark.django_db

MARA, INGRID = "Mara Quill", "Ingrid Solberg"
TURNS = [(MARA, "一。二。", "One. Two."), (INGRID, "三。", "Three."), (MARA, "四。", "Four.")]


def logged_in(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def client(db):
    return logged_in(make_user(username="edith"))


@pytest.fixture
def episode(db):
    return make_episode(turns=TURNS)


def place(turn, name="reassign"):
    return reverse(f"admin:episodes_episode_turn_{name}", args=[turn.episode_id, turn.uid])


def page(episode, name="turns"):
    return reverse(f"admin:episodes_episode_{name}", args=[episode.pk])


def turns(episode):
    return list(episode.turns.order_by("position"))


def speakers(episode):
    return [str(turn.speaker or "") for turn in turns(episode)]


def data(episode, last=2, only="*", name=INGRID, **more):
    return {
        "last": turns(episode)[last].uid,
        "only": only,
        "speaker": str(Person.objects.get(name=name).pk) if name else "",
        **more,
    }


def test_what_would_change_is_shown_then_done_as_one_act(client, episode):
    first, _second, third = turns(episode)
    sets = ChangeSet.objects.count()
    form = client.get(place(first))
    assert (form.status_code, "Show what changes" in form.content.decode()) == (200, True)
    shown = client.post(place(first), data(episode, why="Misheard."))
    body = shown.content.decode()
    assert shown.context["changing"] == [first, third]
    assert "2 turns will change" in body
    assert "Change 2 turns" in body
    assert ChangeSet.objects.count() == sets
    done = client.post(
        place(first), data(episode, why="Misheard.", seen=shown.context["seen"]), follow=True
    )
    assert "Ingrid Solberg speaks 2 turns more now." in done.content.decode()
    assert speakers(episode) == [INGRID, INGRID, INGRID]
    assert ChangeSet.objects.order_by("-pk").first().why == "Misheard."
    assert ChangeSet.objects.count() == sets + 1


def test_only_those_whom_one_person_speaks(client, episode):
    mara = str(Person.objects.get(name=MARA).pk)
    shown = client.post(place(turns(episode)[0]), data(episode, only=mara, name=""))
    assert [turn.text for turn in shown.context["changing"]] == ["一。二。", "四。"]


def test_what_was_changed_since_it_was_shown_is_shown_again(client, episode):
    first = turns(episode)[0]
    seen = client.post(place(first), data(episode)).context["seen"]
    editing.save_turn(first, version=1, values={"text": "改。"}, by=None)
    again = client.post(place(first), data(episode, seen=seen))
    assert (again.status_code, again.context["seen"] != seen) == (409, True)
    assert "Look at them again" in again.content.decode()
    assert speakers(episode) == [MARA, INGRID, MARA]


def test_a_new_person_is_made_when_it_is_done_and_not_before(client, episode):
    first = turns(episode)[0]
    sent = data(episode, last=0, name="", other="Olga Brandt", create="on")
    shown = client.post(place(first), sent)
    assert "Olga Brandt" in shown.content.decode()
    assert not Person.objects.filter(name="Olga Brandt").exists()
    client.post(place(first), sent | {"seen": shown.context["seen"]})
    assert speakers(episode)[0] == "Olga Brandt"
    # a name that nobody has makes nobody
    refused = client.post(place(first), data(episode, name="", other="Nobody Known"))
    assert (refused.status_code, Person.objects.filter(name="Nobody Known").exists()) == (
        422,
        False,
    )


def test_nothing_to_change_is_said(client, episode):
    answer = client.post(place(turns(episode)[0]), data(episode, last=0, name=MARA))
    assert (answer.status_code, "No turn of this range" in answer.content.decode()) == (422, True)


def test_one_can_choose_otherwise(client, episode):
    answer = client.post(place(turns(episode)[0]), data(episode, seen="x:1", back="1"))
    assert (answer.status_code, "Show what changes" in answer.content.decode()) == (200, True)
    assert speakers(episode) == [MARA, INGRID, MARA]


def test_it_is_for_who_may_change_turns(episode):
    for user, status in ((make_user(""), 403), (make_user("Publishers"), 200)):
        assert logged_in(user).get(place(turns(episode)[0])).status_code == status


def test_the_form_takes_the_same_queries_whatever_the_length(
    client, episode, django_assert_num_queries
):
    long = make_episode(turns=TURNS * 40)
    for each in (episode, long):
        with django_assert_num_queries(16):
            client.get(place(turns(each)[0]))
        first = turns(each)[0]
        sent = data(each, last=len(turns(each)) - 1)
        with django_assert_num_queries(17):
            client.post(place(first), sent)


# --- Undo


def act(client, episode, what):
    """Do something by its form; the first turn is concerned."""
    first, second, third = turns(episode)
    episode.refresh_from_db()
    forms = {
        "split": {"version": first.version, "text_at": 2, "original_at": 4},
        "merge": {"version": first.version, "following": second.uid, "following_version": 1},
        "move": {"revision": episode.revision, "after": third.uid},
        "remove": {"version": first.version},
    }
    if what in forms:
        assert client.post(place(first, what), forms[what]).status_code == 302
    elif what == "insert":
        sent = {"revision": episode.revision, "after": first.uid, "kind": "speech", "text": "新。"}
        assert client.post(page(episode, "insert"), sent).status_code == 302
    elif what == "reassign":
        sent = data(episode)
        seen = client.post(place(first), sent).context["seen"]
        client.post(place(first), sent | {"seen": seen})
    else:
        chapter = episode.chapters.get()
        address = reverse("admin:episodes_episode_chapter", args=[episode.pk, chapter.pk])
        client.post(address, {"title": "别的"})


KINDS = ["split", "merge", "move", "insert", "remove", "reassign", "rename"]


def stands(episode):
    rows = episode.turns.order_by("position").values_list("uid", "speaker", "label", "text")
    return [*rows, *episode.chapters.values_list("title", flat=True)]


@pytest.mark.parametrize("what", KINDS)
def test_what_was_done_is_taken_back_by_a_button(client, episode, what):
    before = stands(episode)
    act(client, episode, what)
    assert stands(episode) != before
    answer = client.get(page(episode))
    assert 'class="undo"' in answer.content.decode()
    revision = answer.context["undo"].revision
    done = client.post(page(episode, "undo"), {"revision": revision}, follow=True)
    assert "Taken back." in done.content.decode()
    assert stands(episode) == before
    assert 'class="undo"' not in done.content.decode()


def test_a_turn_that_was_put_back_is_taken_out_by_the_button(client, episode):
    act(client, episode, "remove")
    uid = client.get(page(episode, "removed")).context["removed"][0]["row"].turn.uid
    episode.refresh_from_db()
    client.post(page(episode, "removed"), {"uid": uid, "revision": episode.revision, "after": ""})
    assert uid in [turn.uid for turn in turns(episode)]
    revision = client.get(page(episode)).context["undo"].revision
    client.post(page(episode, "undo"), {"revision": revision})
    assert uid not in [turn.uid for turn in turns(episode)]


def test_the_button_goes_where_somebody_changed_the_same_turn_and_says_why(client, episode):
    act(client, episode, "merge")
    revision = client.get(page(episode)).context["undo"].revision
    first = turns(episode)[0]
    editing.save_turn(first, version=first.version, values={"text": "改。"}, by=None)
    assert client.get(page(episode)).context["undo"] is None
    answer = client.post(page(episode, "undo"), {"revision": revision}, follow=True)
    assert "can no longer be taken back" in answer.content.decode()
    assert turns(episode)[0].text == "改。"


def test_nobody_takes_back_what_another_did(client, episode):
    act(client, episode, "merge")
    revision = client.get(page(episode)).context["undo"].revision
    other = logged_in(make_user())
    assert other.get(page(episode)).context["undo"] is None
    answer = other.post(page(episode, "undo"), {"revision": revision}, follow=True)
    assert "nothing to take back" in answer.content.decode()
    assert len(turns(episode)) == 2
    assert logged_in(make_user("")).post(page(episode, "undo")).status_code == 403
    assert client.get(page(episode, "undo")).status_code == 405


def test_acts_are_taken_back_one_after_the_other(client, episode):
    before = stands(episode)
    for what in ("rename", "insert", "remove"):
        states = turns(episode)
        act(client, episode, what) if len(states) == 3 else client.post(
            place(states[1], "remove"), {"version": states[1].version}
        )
    for _number in range(3):
        revision = client.get(page(episode)).context["undo"].revision
        client.post(page(episode, "undo"), {"revision": revision})
    assert stands(episode) == before
    assert client.get(page(episode)).context["undo"] is None
