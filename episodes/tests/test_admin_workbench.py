"""The page of turns without leaving it: what the script is answered, and the same as plain forms."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from episodes import checking, cuts, editing, proofreading
from episodes.listening import recorded
from episodes.models import Change, Episode, Finding, Turn
from episodes.tests.factories import make_episode, make_user

pytestmark = pytest.mark.django_db

SCRIPT = {"x-requested-with": "desk"}
GOOD = (
    "Mara Quill",
    "欢迎收听，今天我们谈港口的运作。",
    "Welcome. Today we talk about how ports work.",
)
SLIP = (
    "Ingrid Solberg",
    '谢谢，吊车\\"很重要，我们有很多。',
    "Thanks, cranes matter, we have many.",
)
OTHER = (
    "Ingrid Solberg",
    '好的，吊车\\"每天装货，我们很忙。',
    "Well, cranes load every day, we are busy.",
)


def logged_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def editor():
    return make_user("Editors", "edith", first_name="Edith")


@pytest.fixture
def client(editor):
    return logged_in(editor)


def checked(*turns) -> Episode:
    """An episode whose turns have nothing but the slips."""
    episode = make_episode(
        turns=turns,
        summary="港口的运作。",
        source="https://harbour.example/talk",
        people=("Mara Quill", "Ingrid Solberg"),
    )
    checking.check_now(episode)
    return episode


def place(episode, name: str, *args) -> str:
    return reverse(f"admin:episodes_episode_{name}", args=[episode.pk, *args])


def slips(episode) -> list[Finding]:
    found = Finding.objects.filter(episode=episode, fix__isnull=False)
    uids = list(episode.turns.values_list("uid", flat=True))
    return sorted(found, key=lambda row: uids.index(row.uid))


# --- findings in place


def test_mending_answers_with_the_row_the_head_and_the_way_back(client):
    episode = checked(GOOD, SLIP, OTHER)
    first, second = slips(episode)
    page = client.get(place(episode, "turns"))
    known = " ".join(
        f"{row.uid}:{row.findings.digest}"
        for section in page.context["sections"]
        for row in section.rows
        if row.findings
    )
    answer = client.post(
        place(episode, "finding", first.pk), {"mend": 1, "known": known}, headers=SCRIPT
    )
    assert answer.status_code == 200
    data = answer.json()
    assert (data["uid"], data["version"]) == (first.uid, 2)
    assert data["undo"] == {"url": place(episode, "turn_back", first.uid), "data": {"version": 2}}
    assert f'id="f{first.pk}"' not in data["html"]
    assert data["findings"] == {first.uid: ""}
    assert "1 finding" in data["head"]
    assert slips(episode) == [second]
    # taken back, it is there again as a finding of the same text
    again = client.post(data["undo"]["url"], data["undo"]["data"], headers=SCRIPT).json()
    assert Turn.objects.get(uid=first.uid).text == SLIP[1]
    assert [row.uid for row in slips(episode)] == [first.uid, second.uid]
    assert "data-finding" in again["html"]


def test_a_finding_of_a_turn_that_changed_since_is_not_mended_and_the_row_is_shown(client):
    episode = checked(GOOD, SLIP)
    (row,) = slips(episode)
    turn = episode.turns.get(uid=row.uid)
    editing.save_turn(turn, version=1, values={"original": "Theirs."}, by=None)
    answer = client.post(place(episode, "finding", row.pk), {"mend": 1}, headers=SCRIPT)
    assert answer.status_code == 409
    assert "Theirs." in answer.json()["html"]
    assert answer.json()["undo"] is None
    assert Turn.objects.get(pk=turn.pk).text == SLIP[1]


def test_putting_away_is_taken_back_by_what_the_answer_says(client):
    episode = checked(GOOD, SLIP)
    (row,) = slips(episode)
    address = place(episode, "finding", row.pk)
    data = client.post(address, {"dismiss": 1}, headers=SCRIPT).json()
    row.refresh_from_db()
    assert (row.state, data["undo"]) == ("dismissed", {"url": address, "data": {"reopen": 1}})
    assert "1 put away" in data["head"]
    again = client.post(address, {"dismiss": 1}, headers=SCRIPT)
    assert (again.status_code, again.json()["undo"]) == (409, None)
    assert client.post(address, {"reopen": 1}, headers=SCRIPT).status_code == 200
    row.refresh_from_db()
    assert row.state == "open"


def test_what_was_put_away_stands_in_the_head_and_is_opened_by_a_plain_form(client):
    episode = checked(GOOD, SLIP)
    (row,) = slips(episode)
    client.post(place(episode, "finding", row.pk), {"dismiss": 1, "why": "As spoken."})
    body = client.get(place(episode, "turns")).content.decode()
    assert "As spoken." in body
    assert f'formaction="{place(episode, "finding", row.pk)}" name="reopen" value="1"' in body


def test_a_field_of_the_episode_is_mended_and_taken_back(client):
    episode = checked(GOOD)
    row = Finding.objects.create(
        episode=episode,
        code="doubled_word",
        severity="hint",
        fingerprint="f",
        field="summary",
        message="m",
        fix={"field": "summary", "value": "装卸。"},
    )
    episode.refresh_from_db()
    body = client.get(place(episode, "turns")).content.decode()
    assert f'name="mend" value="{episode.revision}"' in body
    data = client.post(
        place(episode, "finding", row.pk), {"mend": episode.revision}, headers=SCRIPT
    ).json()
    episode.refresh_from_db()
    assert (episode.summary, "html" in data) == ("装卸。", False)
    undo = data["undo"]
    assert undo["url"] == place(episode, "field_back", "summary")
    assert client.post(undo["url"], undo["data"], headers=SCRIPT).status_code == 200
    episode.refresh_from_db()
    assert episode.summary == "港口的运作。"


def test_a_save_is_answered_before_the_checks_and_the_check_brings_what_changed(client):
    episode = checked(GOOD, SLIP, OTHER)
    first, second = slips(episode)
    turn = episode.turns.get(uid=first.uid)
    sent = {
        "version": 1,
        "speaker": turn.speaker_id,
        "kind": turn.kind,
        "text": "谢谢，吊车很重要，我们有很多。",
        "original": turn.original,
    }
    data = client.post(place(episode, "turn", turn.uid), sent, headers=SCRIPT).json()
    assert data["undo"]["data"] == {"version": 2}
    assert 'class="findings-at checking"' in data["html"]
    known = f"{first.uid}:old {second.uid}:old"
    news = client.post(place(episode, "check"), {"known": known}, headers=SCRIPT).json()
    assert sorted(news["findings"]) == sorted([first.uid, second.uid])
    assert news["findings"][first.uid] == ""
    assert f'id="f{second.pk}"' in news["findings"][second.uid]
    assert "1 finding" in news["head"]
    # what the page shows already is not sent again
    digest = news["findings"][second.uid].split('data-findings="')[1].split('"')[0]
    known = f"{second.uid}:{digest}"
    assert (
        client.post(place(episode, "check"), {"known": known}, headers=SCRIPT).json()["findings"]
        == {}
    )


def test_a_plain_save_shows_the_findings_as_they_are_then(client):
    episode = checked(GOOD, SLIP)
    (row,) = slips(episode)
    turn = episode.turns.get(uid=row.uid)
    sent = {"version": 1, "speaker": turn.speaker_id, "kind": turn.kind, "text": GOOD[1]}
    client.post(place(episode, "turn", turn.uid), sent | {"original": GOOD[2]})
    assert slips(episode) == []


def test_nobody_without_the_right_does_any_of_it():
    episode = checked(GOOD, SLIP)
    (row,) = slips(episode)
    uid = row.uid
    addresses = [
        (place(episode, "finding", row.pk), {"mend": 1}),
        (place(episode, "finding", row.pk), {"dismiss": 1}),
        (place(episode, "turn_back", uid), {"version": 1}),
        (place(episode, "turn_proofread", uid), {"version": 1}),
        (place(episode, "field_back", "summary"), {"version": 1}),
        (place(episode, "check"), {}),
    ]
    nobody = logged_in(make_user(""))
    for address, data in addresses:
        assert nobody.post(address, data, headers=SCRIPT).status_code == 403
        assert nobody.get(address).status_code == 405
        # whoever is not logged in is led to the login, which the script takes for what it is
        assert Client().post(address, data, headers=SCRIPT).status_code == 302
    assert not Change.objects.exists()


def test_only_the_last_change_is_taken_back(client):
    episode = checked(GOOD, SLIP)
    turn = episode.turns.first()
    address = place(episode, "turn_back", turn.uid)
    assert client.post(address, {"version": 1}, headers=SCRIPT).status_code == 409
    editing.save_turn(turn, version=1, values={"text": "一。"}, by=None)
    turn.refresh_from_db()
    editing.save_turn(turn, version=2, values={"text": "二。", "original": "Two."}, by=None)
    assert client.post(address, {"version": 2}, headers=SCRIPT).status_code == 409
    assert client.post(address, {"version": 3}, headers=SCRIPT).status_code == 200
    turn.refresh_from_db()
    assert (turn.text, turn.original) == ("一。", GOOD[2])


# --- reading


def test_a_turn_is_marked_as_read_and_the_page_says_by_whom(client):
    episode = make_episode()
    first, second, _third = episode.turns.all()
    data = client.post(
        place(episode, "turn_proofread", first.uid), {"version": 1}, headers=SCRIPT
    ).json()
    assert "read by Edith" in data["html"]
    assert "1 of 3 read" in data["head"]
    assert f'href="#{second.uid}" data-left>Go on at turn 2' in data["head"]
    body = client.get(place(episode, "turns")).content.decode()
    assert body.count("read by Edith") == 1
    assert body.count('name="version" value="1" aria-pressed="false"') == 2
    answer = client.post(place(episode, "turn_proofread", first.uid), {"unread": 1})
    assert answer.headers["location"] == f"{place(episode, 'turns')}#{first.uid}"
    assert proofreading.counted(Episode.objects.all())[episode.pk].read == 0


def test_a_turn_that_changed_since_is_not_marked(client):
    turn = make_episode().turns.first()
    editing.save_turn(turn, version=1, values={"text": "新。"}, by=None)
    address = place(turn.episode, "turn_proofread", turn.uid)
    assert client.post(address, {"version": 1}, headers=SCRIPT).status_code == 409
    assert proofreading.counted(Episode.objects.all())[turn.episode_id].read == 0


def test_reading_a_stale_turn_finds_it_right(client, editor):
    turn = make_episode().turns.first()
    Turn.objects.filter(pk=turn.pk).update(stale=True, made_for="Before.", unread=True)
    address = place(turn.episode, "turn_proofread", turn.uid)
    assert client.post(address, {"version": 1}, headers=SCRIPT).status_code == 200
    turn.refresh_from_db()
    assert (turn.stale, turn.unread, turn.read_by) == (False, False, editor)
    assert turn.read_version == turn.version


def test_the_list_says_how_much_is_read_without_a_query_for_each(
    client, editor, django_assert_num_queries
):
    def listed() -> str:
        return client.get(reverse("admin:episodes_episode_changelist")).content.decode()

    episode = make_episode(title="One")
    proofreading.mark(episode, episode.turns.first().uid, version=1, by=editor)
    assert "1 of 3 read" in listed()
    with CaptureQueriesContext(connection) as few:
        listed()
    for number in range(4):
        make_episode(title=f"More {number}")
    with django_assert_num_queries(len(few)):
        listed()


# --- drafts


def test_a_draft_of_an_older_version_is_shown_beside_what_stands_and_not_saved(client):
    turn = make_episode().turns.first()
    editing.save_turn(turn, version=1, values={"original": "Theirs."}, by=None)
    turn.refresh_from_db()
    sent = {
        "version": 1,
        "show": 1,
        "speaker": turn.speaker_id,
        "kind": turn.kind,
        "text": "我的。",
        "original": "Theirs.",
    }
    answer = client.post(place(turn.episode, "turn", turn.uid), sent, headers=SCRIPT)
    assert answer.status_code == 409  # a save would have merged the two without asking
    assert "turn-conflict" in answer.json()["html"]
    assert Turn.objects.get(pk=turn.pk).text == turn.text
    same = sent | {"text": turn.text}
    answer = client.post(place(turn.episode, "turn", turn.uid), same, headers=SCRIPT)
    assert (answer.status_code, "<textarea" in answer.json()["html"]) == (200, True)


def test_a_draft_of_a_turn_that_is_gone_is_shown(client):
    first, second, _third = make_episode().turns.all()
    cuts.merge(first, version=1, following=second.uid, following_version=1, by=None)
    sent = {"version": 1, "show": 1, "speaker": "", "kind": "speech", "text": "我的。"}
    answer = client.post(place(first.episode, "turn", second.uid), sent, headers=SCRIPT)
    assert (answer.status_code, "我的。" in answer.json()["html"]) == (409, True)


# --- the recording


@pytest.mark.parametrize(
    ("audio", "source", "at"),
    [
        ("https://a.example/talk.mp3", "", "https://a.example/talk.mp3#t=12.5"),
        (
            "http://a.example/talk.mp3",
            "https://youtu.be/xsqn2XJDcwM?t=5",
            "https://www.youtube.com/watch?v=xsqn2XJDcwM&t=12",
        ),
        (
            "",
            "https://www.bilibili.com/video/BV1xx411c7mD/?p=2&t=3",
            "https://www.bilibili.com/video/BV1xx411c7mD/?p=2&t=12",
        ),
        ("", "https://a.example/page", ""),
        ("javascript:alert(1)", "javascript:alert(1)//bilibili.com", ""),
        ("", "https://[bad", ""),
    ],
)
def test_where_a_moment_of_the_recording_is_heard(audio, source, at):
    assert recorded(audio, source).at(12500) == at
    assert recorded(audio, source).at(None) == ""


def test_a_row_with_a_time_leads_to_its_moment(client):
    episode = make_episode()
    Episode.objects.filter(pk=episode.pk).update(audio_url="https://a.example/t.mp3")
    turn = episode.turns.first()
    Turn.objects.filter(pk=turn.pk).update(start=0)
    body = client.get(place(episode, "turns")).content.decode()
    assert body.count('href="https://a.example/t.mp3#t=0"') == 1
    assert '<audio controls preload="none" src="https://a.example/t.mp3"' in body


def test_what_a_turn_says_is_escaped_in_its_row(client):
    evil = "<img src=x onerror=alert(1)> {uid} [edit] {0}"
    episode = make_episode(turns=[("Mara {name} <b>", evil, evil), GOOD])
    body = client.get(place(episode, "turns")).content.decode()
    assert "<img src=x" not in body
    assert "&lt;img src=x onerror=alert(1)&gt; {uid} [edit] {0}" in body
