"""Who works on an episode: taken when free, kept by signs of life, taken over on purpose."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from episodes import claims, editing
from episodes.models import Claim
from episodes.models.desk import CLAIM_LASTS
from episodes.tests.factories import make_episode, make_user

SCRIPT = {"X-Requested-With": "desk"}


def logged_in(client, user):
    client.force_login(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def place(episode, name="claim"):
    return reverse(f"admin:episodes_episode_{name}", args=[episode.pk])


def run_out(episode, by=timedelta(seconds=1)):
    Claim.objects.filter(episode=episode).update(until=timezone.now() - by)


@pytest.fixture
def ann(db):
    return make_user(username="ann", first_name="Ann")


@pytest.fixture
def ben(db):
    return make_user(username="ben")


@pytest.fixture
def episode(db):
    return make_episode()


def test_a_free_episode_is_taken_and_stays_taken(ann, ben, episode):
    claim = claims.take(episode, ann)
    assert claim.user == ann
    assert claim.until - claim.since == CLAIM_LASTS
    assert claims.take(episode, ben) is None
    assert Claim.objects.get() == claim


def test_taking_ones_own_again_lets_it_go_on_from_when_it_began(ann, episode):
    first = claims.take(episode, ann)
    again = claims.take(episode, ann)
    assert (again.pk, again.since) == (first.pk, first.since)
    assert again.until > first.until


def test_a_claim_that_has_run_out_is_anybodys(ann, ben, episode):
    first = claims.take(episode, ann)
    run_out(episode)
    assert not claims.keep(episode, ann)
    taken = claims.take(episode, ben)
    assert (taken.user, taken.since > first.since) == (ben, True)


def test_ones_own_that_has_run_out_begins_anew(ann, episode):
    first = claims.take(episode, ann)
    run_out(episode)
    assert claims.take(episode, ann).since > first.since


def test_signs_of_life_keep_only_ones_own(ann, ben, episode):
    claims.take(episode, ann)
    assert (claims.keep(episode, ann), claims.keep(episode, ben)) == (True, False)


def test_it_is_released_by_whoever_holds_it(ann, ben, episode):
    claims.take(episode, ann)
    assert not claims.release(episode, ben)
    assert claims.release(episode, ann)
    assert claims.take(episode, ben).user == ben


def test_it_is_taken_over_on_purpose(ann, ben, episode):
    claims.take(episode, ann)
    assert claims.take_over(episode, ben).user == ben
    assert not claims.keep(episode, ann)
    assert claims.take(episode, ann) is None
    since = Claim.objects.get().since
    assert claims.take_over(episode, ben).since == since


def test_nobody_claims_what_they_may_not_change(episode):
    stranger = make_user("")
    for act in (claims.take, claims.take_over):
        with pytest.raises(PermissionDenied):
            act(episode, stranger)
    assert not Claim.objects.exists()


def test_the_claims_of_others_are_one_query(ann, ben, episode, django_assert_num_queries):
    other, third = make_episode(title="Other"), make_episode(title="Third")
    claims.take(episode, ann)
    claims.take(other, ben)
    claims.take(third, ann)
    run_out(third)
    with django_assert_num_queries(1):
        found = claims.of_others([episode, other, third], ben)
        assert {pk: claim.user.username for pk, claim in found.items()} == {episode.pk: "ann"}


def test_a_claim_keeps_nobody_from_saving(ann, ben, episode, client):
    claims.take(episode, ann)
    turn = episode.turns.first()
    address = reverse("admin:episodes_episode_turn", args=[episode.pk, turn.uid])
    data = {"version": 1, "kind": "speech", "speaker": turn.speaker_id, "text": "改。"}
    answer = logged_in(client, ben).post(address, data)
    assert answer.status_code == 302
    turn.refresh_from_db()
    assert (turn.text, Claim.objects.get().user) == ("改。", ann)


def test_a_save_claims_and_reading_does_not(ann, episode, client):
    turn = episode.turns.first()
    address = reverse("admin:episodes_episode_turn", args=[episode.pk, turn.uid])
    logged_in(client, ann)
    client.get(place(episode, "turns"))
    client.get(place(episode, "turns"), {"edit": turn.uid})
    client.get(address, headers=SCRIPT)
    client.post(place(episode), headers=SCRIPT)
    assert not Claim.objects.exists()
    data = {"version": 1, "kind": "speech", "speaker": turn.speaker_id, "text": "改。"}
    client.post(address, data)
    assert Claim.objects.get().user == ann


def test_others_see_who_edits_and_take_over_by_a_button(ann, ben, episode, client):
    claims.take(episode, ann)
    body = logged_in(client, ann).get(place(episode, "turns")).content.decode()
    assert "is editing since" not in body
    body = logged_in(client, ben).get(place(episode, "turns")).content.decode()
    since = timezone.localtime(Claim.objects.get().since).strftime("%H:%M")
    assert f"Ann is editing since {since}." in body
    assert 'name="over"' in body
    answer = client.post(place(episode), {"over": "1"})
    assert answer.url == place(episode, "turns")
    assert Claim.objects.get().user == ben


def test_the_list_says_who_edits_at_the_same_number_of_queries(ann, ben, episode, client):
    address = reverse("admin:episodes_episode_changelist")
    body = logged_in(client, ben).get(address).content.decode()
    assert "is editing" not in body
    claims.take(episode, ann)
    assert "ann is editing" in client.get(address).content.decode()
    run_out(episode)
    assert "is editing" not in client.get(address).content.decode()


def test_the_script_tells_and_asks(ann, ben, episode, client):
    logged_in(client, ann)
    assert client.post(place(episode), {"editing": "1"}, headers=SCRIPT).json() == {"html": ""}
    assert Claim.objects.get().user == ann
    logged_in(client, ben)
    told = client.post(place(episode), {"editing": "1"}, headers=SCRIPT).json()["html"]
    assert "Ann is editing" in told
    assert client.post(place(episode), {"release": "1"}).status_code == 204
    assert Claim.objects.get().user == ann
    logged_in(client, ann)
    assert client.post(place(episode), {"release": "1"}).status_code == 204
    assert not Claim.objects.exists()


def test_it_is_said_by_post_and_by_who_may_change(episode, client):
    logged_in(client, make_user())
    assert client.get(place(episode)).status_code == 405
    logged_in(client, make_user(""))
    assert client.post(place(episode), {"over": "1"}).status_code == 403
    client.logout()
    assert client.post(place(episode), {"over": "1"}).status_code == 302
    assert not Claim.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("free", [True, False], ids=["free", "run out"])
def test_of_many_who_come_at_the_same_moment_one_has_it(free):
    episode = make_episode()
    users = [make_user("", is_superuser=True) for _number in range(8)]
    if not free:
        claims.take(episode, make_user("", is_superuser=True))
        run_out(episode)
    start = threading.Barrier(len(users))
    taken = []

    def come(user):
        try:
            start.wait()
            claim = claims.take(episode, user)
            if claim is not None:
                taken.append(claim.user_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [Claim.objects.get().user_id]


def test_a_save_by_code_claims_nothing(ann, episode):
    turn = episode.turns.first()
    editing.save_turn(turn, version=1, values={"text": "改。"}, by=ann)
    assert not Claim.objects.exists()
