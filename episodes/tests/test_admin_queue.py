"""The queue across episodes in the admin: looked at by sample, decided in a few posts."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from episodes import batches, editing, jobs
from episodes.models import Batch, Edition, Episode, ImportRun, Job
from episodes.models.sources import RunState
from episodes.tests.factories import make_user
from episodes.tests.test_queue import bring, done, made, spaced, spoken, worded
from episodes.tests.test_queue import waiting as spacing_waits
from episodes.tests.test_reimports import state

pytestmark = pytest.mark.django_db

QUEUE = "/admin/episodes/episode/queue/"


@pytest.fixture(autouse=True)
def silent(monkeypatch):
    """No broker is asked, and nobody else writes."""
    monkeypatch.setattr(jobs, "ring", lambda job_id: True)
    monkeypatch.setattr(batches, "BREATH", 0)


def logged_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def publisher():
    return make_user("Publishers", "paula")


@pytest.fixture
def client(publisher):
    return logged_in(publisher)


def place(key: str) -> str:
    return reverse("admin:episodes_episode_queue_group", args=[key])


def of(batch: Batch) -> str:
    return reverse("admin:episodes_episode_queue_batch", args=[batch.pk])


class Form(HTMLParser):
    """The fields that a browser would send with the page's form, without any button."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        start = body.index("queue-form")
        self.feed(body[start : body.index("</form>", start)])

    def handle_starttag(self, tag, attributes) -> None:
        values = dict(attributes)
        if tag in {"input", "textarea"}:
            self.fields[values["name"] or ""] = values.get("value") or ""


def press(client, answer, button: str, **typed: str) -> Batch:
    """Send the form of a page by one of its buttons; do what was asked for, return its batch."""
    sent = client.post(
        answer.request["PATH_INFO"],
        {**Form(answer.content.decode()).fields, **typed, button: "1"},
    )
    assert sent.status_code == 302, sent.content.decode()
    batch = Batch.objects.get(pk=sent.headers["location"].rstrip("/").rpartition("/")[2])
    return done(batch)


def text_of(answer) -> str:
    return answer.content.decode()


# --- a few posts


def test_thirty_proposals_are_decided_published_and_undone_in_a_few_posts(client, publisher):
    editor = make_user("Editors")
    episodes = [made(number) for number in range(30)]
    for number in range(30):
        turns = spaced(spoken(number))
        bring(number, turns if number % 10 else [*worded(turns[:1]), *turns[1:]], by=editor)
    before = [state(each) for each in episodes]
    groups = client.get(QUEUE).context["groups"]
    assert [(each["label"], each["group"].count) for each in groups] == [
        ("Spacing and punctuation", 27),
        ("Spacing and punctuation, wording", 3),
    ]
    spacing = press(client, client.get(groups[0]["url"]), "accept", note="tidy")
    wording = press(client, client.get(groups[1]["url"]), "accept", note="tidy")
    assert "Nothing waits." in text_of(client.get(QUEUE))

    second = logged_in(make_user("Publishers"))
    page = second.get(of(wording))
    assert "3 published episodes differ from what readers see." in text_of(page)
    published = press(second, page, "publish", note="the cranes")
    assert (published.of, batches.progress(published).done) == (wording, 3)
    assert Edition.objects.filter(number=2, note="the cranes").count() == 3
    assert "published episode" not in text_of(second.get(of(wording)))

    undone = press(client, client.get(of(spacing)), "undo", note="too early")
    assert (undone.of, batches.progress(undone).done) == (spacing, 27)
    kept = [number for number in range(30) if number % 10]
    assert [state(episodes[number]) for number in kept] == [before[number] for number in kept]
    body = text_of(client.get(of(spacing)))
    assert "27 of them were undone since." in body
    assert 'name="undo"' not in body


# --- a group


def test_a_sample_shows_three_changes_of_each_with_the_difference(client):
    spacing_waits(7)
    answer = client.get(place("spacing"), {"seed": "a"})
    samples = answer.context["samples"]
    assert [(len(each.shown), each.more, each.counts) for each in samples] == [
        (3, 1, ["4 turns changed"])
    ] * 5
    body = text_of(answer)
    assert body.count('<ins><span class="visually-hidden">put in: </span> </ins>') == 15
    for each in samples:
        assert (
            reverse("admin:episodes_episode_proposal", args=[each.run.episode_id, each.run.pk])
            in body
        )
    again = client.get(place("spacing"), {"seed": "a"}).context["samples"]
    assert [each.run.pk for each in again] == [each.run.pk for each in samples]
    other = client.get(place("spacing"), {"seed": answer.context["another"]}).context
    assert other["seed"] == answer.context["another"]
    named = [rest.split('"')[0] for rest in body.split(' id="')[1:]]
    assert sorted(named) == sorted(set(named))


def test_held_ones_are_accepted_with_a_reason_only_and_what_was_typed_stays(client):
    made(0)
    bring(0, spoken(0)[:1])
    (group,) = client.get(QUEUE).context["groups"]
    assert group["label"].startswith("Held: it has … turns where it had …")
    page = client.get(group["url"])
    assert "Why are they applied all the same?" in text_of(page)
    fields = Form(text_of(page)).fields
    answer = client.post(group["url"], {**fields, "accept": "1", "note": " "})
    assert (answer.status_code, Batch.objects.count()) == (422, 0)
    assert "Held proposals are among these. Say why they are applied." in text_of(answer)
    press(client, page, "accept", note="it was cut")
    run = ImportRun.objects.get(state=RunState.APPLIED)
    assert run.reason == "it was cut"


def test_who_comes_too_late_reads_it_and_keeps_the_note(client):
    spacing_waits(1)
    page = client.get(place("spacing"))
    press(client, page, "accept")
    answer = client.post(
        place("spacing"), {**Form(text_of(page)).fields, "refuse": "1", "note": "my note"}
    )
    assert answer.status_code == 409
    body = text_of(answer)
    assert "Nothing of this kind waits any more." in body
    assert "my note" in body
    assert client.get(place("spacing")).status_code == 404
    assert client.get(place("nonsense")).status_code == 404


def test_what_came_after_the_page_was_opened_is_not_decided(client):
    spacing_waits(2)
    page = client.get(place("spacing"))
    made(7)
    run = bring(7, spaced(spoken(7)))
    batch = press(client, page, "refuse")
    assert batch.total == 2
    run.refresh_from_db()
    assert run.state == RunState.WAITING


# --- a batch


def test_a_batch_at_work_shows_its_progress_and_refreshes(client):
    spacing_waits(2)
    client.post(place("spacing"), {"accept": "1", "until": "99999"})
    batch = Batch.objects.get()
    Job.objects.filter(batch=batch).update(done_count=1, total_count=2)
    body = text_of(client.get(of(batch)))
    assert '<progress value="1" max="2" aria-labelledby="batch-words">' in body
    assert '<noscript><meta http-equiv="refresh" content="4"></noscript>' in body
    assert "js/batch" in body
    assert 'name="undo"' not in body
    answer = client.post(of(batch), {"undo": "1", "note": "my note"})
    assert answer.status_code == 409
    assert "This batch is still at work. Wait until it has ended." in text_of(answer)
    assert "my note" in text_of(answer)
    done(batch)
    body = text_of(client.get(of(batch)))
    assert "http-equiv" not in body
    assert "Accepted: 2. Left waiting: 0." in body


def test_who_asked_stops_a_batch_and_what_it_has_not_done_waits_on(client):
    spacing_waits(2)
    client.post(place("spacing"), {"accept": "1", "until": "99999"})
    batch = Batch.objects.get()
    assert 'name="stop"' in text_of(client.get(of(batch)))
    editor = logged_in(make_user("Editors"))
    assert 'name="stop"' not in text_of(editor.get(of(batch)))
    assert editor.post(of(batch), {"stop": "1"}).status_code == 403
    answer = client.post(of(batch), {"stop": "1"}, follow=True)
    assert answer.redirect_chain == [(of(batch), 302)]
    assert "Cancelled" in text_of(answer)
    done(batch)
    assert set(ImportRun.objects.exclude(state="done").values_list("state", flat=True)) == {
        "waiting"
    }
    press(client, client.get(place("spacing")), "accept")


def test_what_was_left_stands_below_its_sentence_with_a_link(client, publisher):
    runs = spacing_waits(3)
    page = client.get(place("spacing"))
    for run in runs[:2]:
        turn = run.episode.turns.first()
        editing.save_turn(turn, version=turn.version, values={"text": "刚刚改的。"}, by=publisher)
    batch = press(client, page, "accept")
    answer = client.get(of(batch))
    (refusal,) = answer.context["refusals"]
    assert (refusal["sentence"], refusal["count"]) == (str(batches.MOVED_ON), 2)
    assert [row["url"] for row in refusal["rows"]] == [
        reverse("admin:episodes_episode_proposal", args=[run.episode_id, run.pk])
        for run in runs[:2]
    ]
    assert f'href="{refusal["rows"][0]["url"]}"' in text_of(answer)


def test_a_refusal_is_read_in_the_language_of_the_page(client, publisher, settings):
    spacing_waits(1)
    accepted = press(client, client.get(place("spacing")), "accept")
    page = client.get(of(accepted))
    assert "A second person has to publish what you alone changed" in text_of(page)
    batch = press(client, page, "publish")
    answer = client.get(of(batch), headers={"accept-language": "en"})
    (refusal,) = answer.context["refusals"]
    assert refusal["sentence"].startswith("A second person has to publish this")
    assert refusal["rows"][0]["url"].endswith("/move/publish_next/")
    chinese = Client(headers={"accept-language": "zh-hans"})
    chinese.force_login(publisher)
    (refusal,) = chinese.get(of(batch)).context["refusals"]
    assert "REVIEW_BY_SECOND_PERSON" in refusal["sentence"]
    assert not refusal["sentence"].startswith("A second person")


# --- who may, by which method


@pytest.fixture
def people():
    viewer = make_user("")
    viewer.user_permissions.add(Permission.objects.get(codename="view_episode"))
    return [
        Client(headers={"accept-language": "en"}),
        logged_in(make_user("")),
        logged_in(viewer),
        logged_in(make_user("Editors")),
        logged_in(make_user("Publishers")),
    ]


def answers(people, address, method="get", data=None) -> list[int]:
    """Of the stranger, staff without permissions, who may look, an editor, a publisher."""
    return [getattr(client, method)(address, data or {}).status_code for client in people]


def test_each_page_is_for_who_may(people, publisher):
    spacing_waits(1)
    assert answers(people, QUEUE) == [302, 403, 200, 200, 200]
    assert answers(people, QUEUE, "post") == [302, 405, 405, 405, 405]
    assert answers(people, place("spacing")) == [302, 403, 200, 200, 200]
    assert answers(people, place("spacing"), "put") == [302, 405, 405, 405, 405]
    send = {"accept": "1", "until": "99999"}
    assert answers(people[:3], place("spacing"), "post", send) == [302, 403, 403]
    assert not Batch.objects.exists()
    batch = press(people[4], people[4].get(place("spacing")), "accept")
    assert answers(people, of(batch)) == [302, 403, 403, 200, 200]
    assert answers(people, of(batch), "delete") == [302, 405, 405, 405, 405]
    assert answers(people[:4], of(batch), "post", {"publish": "1"}) == [302, 403, 403, 403]
    assert answers(people[:3], of(batch), "post", {"undo": "1"}) == [302, 403, 403]
    missing = reverse("admin:episodes_episode_queue_batch", args=[99999])
    assert answers(people, missing) == [302, 403, 403, 404, 404]


def test_a_post_without_the_token_is_refused(publisher):
    spacing_waits(1)
    client = Client(enforce_csrf_checks=True)
    client.force_login(publisher)
    assert client.post(place("spacing"), {"accept": "1", "until": "99999"}).status_code == 403
    assert not Batch.objects.exists()


def test_an_editor_reads_which_only_publishers_decide(people):
    made(0, "review")
    made(1)
    for number in range(2):
        bring(number, spaced(spoken(number)))
    editor = people[3]
    page = editor.get(place("spacing"))
    assert "1 of these you may not decide" in text_of(page)
    batch = press(editor, page, "accept")
    assert len(batch.refusals) == 1
    page = editor.get(place("spacing"))
    assert (page.context["not_mine"], 'name="accept"' in text_of(page)) == (1, False)
    assert "You may look at them." in text_of(people[2].get(place("spacing")))


# --- as many queries


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_the_same_queries_whatever_waits(count, client, django_assert_num_queries):
    spacing_waits(count)
    for number in range(count, 2 * count):
        made(number)
        bring(number, [*worded(spoken(number)[:1]), *spoken(number)[1:]])
    with django_assert_num_queries(7):
        client.get(QUEUE)
    batch = press(client, client.get(place("spacing")), "accept")
    with django_assert_num_queries(9):
        client.get(of(batch))


@pytest.mark.parametrize("count", [5, 8])
def test_a_sample_takes_the_same_queries_whatever_waits(count, client, django_assert_num_queries):
    spacing_waits(count)
    with django_assert_num_queries(73):
        client.get(place("spacing"))


def test_the_first_page_and_the_list_lead_to_the_queue(client):
    spacing_waits(2)
    assert f'href="{QUEUE}"' in text_of(client.get("/admin/"))
    assert f'href="{QUEUE}"' in text_of(client.get("/admin/episodes/episode/"))
    assert Episode.objects.count() == 2
