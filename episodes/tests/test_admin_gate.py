"""What stands in the way of publishing, at the desk: each thing leads to where it is mended."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from episodes import batches, tasks, workflow
from episodes.admin import obstacles, publish_many
from episodes.gate import Obstacle
from episodes.models import (
    Batch,
    Conflict,
    Edition,
    EditionNote,
    Episode,
    Finding,
    Job,
    Source,
    Status,
    Turn,
)
from episodes.tests.factories import complete, make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db
LIST = reverse("admin:episodes_episode_changelist")


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def editor() -> User:
    return make_user("Editors", "edith")


@pytest.fixture
def publisher() -> User:
    return make_user("Publishers", "paula")


def in_review(by: User, **front: Any) -> Episode:
    episode = make_episode(**complete(**front))
    workflow.transition(episode, Status.REVIEW, by)
    return Episode.objects.get(pk=episode.pk)


def page_of(name: str, episode: Episode) -> str:
    return reverse(f"admin:episodes_episode_{name}", args=[episode.pk])


def finding(episode: Episode, uid: str, severity: str, message: str) -> Finding:
    return Finding.objects.create(
        episode=episode, uid=uid, code="made_up", severity=severity, message=message,
        fingerprint=f"{severity}{message}{uid}"[:32],
    )  # fmt: skip


def spoiled(by: User) -> Episode:
    episode = in_review(by)
    first, second, third = episode.turns.order_by("position")
    Turn.objects.filter(pk=first.pk).update(text="")
    Turn.objects.filter(pk=second.pk).update(stale=True, unread=True)
    source = Source.objects.filter(episode=episode).first()
    for target, field in ((f"turn:{third.uid}", "text"), ("episode", "title")):
        Conflict.objects.create(
            episode=episode, source=source, kind="field", target=target, field=field
        )
    return episode


def test_every_obstacle_is_a_link_to_where_it_is_mended(editor: User, publisher: User) -> None:
    episode = spoiled(editor)
    first, second, third = episode.turns.order_by("position")
    error = finding(episode, third.uid, "error", "A bracket is never closed.")
    found = [
        Obstacle("no_title", "No title.", place="title"),
        Obstacle("no_turns", "No turns."),
        Obstacle("slug_taken", "Taken.", place="slug"),
        *workflow.refusal(episode, publisher).obstacles,
        Obstacle("from_another_app", "Something.", second.uid),
    ]
    turns, change = page_of("turns", episode), page_of("change", episode)
    conflicts = page_of("conflicts", episode)
    one, other = Conflict.objects.filter(episode=episode).order_by("pk")
    said = [
        (group.label, group.count, [(place.url, place.words) for each in group.said for place in each.places])
        for group in obstacles.groups(episode, found)
    ]  # fmt: skip
    assert said == [
        (
            "The episode as a whole",
            3,
            [(f"{change}#id_title", "title"), (turns, "the turns"), (f"{change}#id_slug", "slug")],
        ),
        ("Translation missing", 1, [(f"{turns}?edit={first.uid}#{first.uid}", "turn 1")]),
        (
            "Conflicts to decide",
            2,
            [(f"{conflicts}#c{one.pk}", "turn 3"), (f"{conflicts}#c{other.pk}", "the conflict")],
        ),
        ("Original changed since it was translated", 1, [(f"{turns}#{second.uid}", "turn 2")]),
        ("Put together, and not read yet", 1, [(f"{turns}#{second.uid}", "turn 2")]),
        ("Errors that checks found", 1, [(f"{turns}#f{error.pk}", "turn 3")]),
        ("Something else", 1, [(f"{turns}#{second.uid}", "turn 2")]),
    ]


def test_the_places_are_on_the_pages(editor: User, publisher: User) -> None:
    episode = spoiled(editor)
    error = finding(episode, episode.turns.get(position=2).uid, "error", "A bracket is open.")
    about = finding(episode, "", "error", "The guest is missing.")
    client = client_of(publisher)
    turns = client.get(page_of("turns", episode)).content.decode()
    assert (f'id="f{error.pk}"' in turns, f'id="f{about.pk}"' in turns) == (True, True)
    conflicts = client.get(page_of("conflicts", episode)).content.decode()
    assert all(f'id="c{each.pk}"' in conflicts for each in episode.conflicts.all())
    change = client.get(page_of("change", episode)).content.decode()
    assert ('id="id_title"' in change, 'id="id_slug"' in change) == (True, True)


def test_the_same_sentence_is_said_once_with_all_its_places(editor: User, publisher: User) -> None:
    episode = in_review(editor)
    Turn.objects.filter(episode=episode).update(unread=True)
    client = client_of(publisher)
    place = reverse("admin:episodes_episode_move", args=[episode.pk, "publish"])
    body = client.get(place).content.decode()
    assert body.count("nobody has read it yet") == 1
    assert all(f">turn {number}</a>" in body for number in (1, 2, 3))


@pytest.mark.parametrize("group", ["Editors", "Publishers"])
def test_the_head_of_an_episode_in_review_says_what_stands_in_the_way(
    editor: User, group: str
) -> None:
    episode = spoiled(editor)
    client = client_of(make_user(group))
    for name in ("turns", "history", "notes"):
        body = client.get(page_of(name, episode)).content.decode()
        assert "5 things stand in the way of publishing" in body


def test_the_head_of_a_draft_and_of_what_readers_see_says_nothing(publisher: User) -> None:
    draft, live = make_episode(), make_episode(**complete())
    Turn.objects.filter(episode=draft).update(unread=True)
    publish_episode(live)
    finding(live, "", "error", "Found later.")
    for episode in (draft, live):
        body = client_of(publisher).get(page_of("turns", episode)).content.decode()
        assert "in the way of publishing" not in body


def test_a_submission_says_what_will_stand_in_the_way(editor: User) -> None:
    episode = make_episode(**complete())
    Turn.objects.filter(episode=episode, position=1).update(stale=True)
    place = reverse("admin:episodes_episode_move", args=[episode.pk, "submit"])
    body = client_of(editor).get(place).content.decode()
    assert "What will stand in the way of publishing" in body
    assert "The original has changed since this turn was translated." in body
    assert '<button type="submit" class="primary">Submit for review</button>' in body


def test_whoever_may_not_because_of_the_second_person_sees_what_else_is_open(
    publisher: User,
) -> None:
    episode = spoiled(publisher)
    place = reverse("admin:episodes_episode_move", args=[episode.pk, "publish"])
    answer = client_of(publisher).get(place)
    assert "you submitted it yourself" in answer.content.decode()
    assert answer.context["obstacles_count"] == 5


def test_warnings_and_hints_are_counted_with_a_link_to_the_first(
    editor: User, publisher: User
) -> None:
    episode = in_review(editor)
    Finding.objects.all().delete()
    uids = list(episode.turns.order_by("position").values_list("uid", flat=True))
    finding(episode, uids[2], "warning", "late")
    early = finding(episode, uids[0], "warning", "early")
    hint = finding(episode, uids[1], "hint", "a hint")
    Finding.objects.filter(pk=finding(episode, uids[0], "hint", "away").pk).update(
        state="dismissed"
    )
    turns = page_of("turns", episode)
    assert [(each.url, each.words) for each in obstacles.also(episode)] == [
        (f"{turns}#f{early.pk}", "2 warnings"),
        (f"{turns}#f{hint.pk}", "1 hint"),
    ]
    place = reverse("admin:episodes_episode_move", args=[episode.pk, "publish"])
    body = client_of(publisher).get(place).content.decode()
    assert "2 warnings" in body
    assert '<button type="submit" class="primary">Publish</button>' in body


def queries(client: Client, place: str) -> int:
    client.get(place)
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert client.get(place).status_code == 200
    return len(counted)


def test_the_page_takes_the_same_queries_whatever_stands_in_the_way(
    editor: User, publisher: User
) -> None:
    one = in_review(editor)
    Turn.objects.filter(episode=one, position=0).update(unread=True, stale=True)
    many = in_review(editor, turns=[("Mara Quill", f"第{n}句。", f"Line {n}.") for n in range(40)])
    Turn.objects.filter(episode=many).update(unread=True, stale=True)
    client = client_of(publisher)
    places = [
        reverse("admin:episodes_episode_move", args=[each.pk, "publish"]) for each in (one, many)
    ]
    assert queries(client, places[0]) == queries(client, places[1])


# Several at once.


def act(client: Client, *episodes: Episode, **sent: Any) -> Any:
    chosen = [each.pk for each in episodes]
    return client.post(LIST, {"action": "publish", "_selected_action": chosen, **sent})


def test_the_confirmation_says_of_each_what_will_happen(editor: User, publisher: User) -> None:
    ready, blocked, draft, live = (
        in_review(editor),
        spoiled(editor),
        make_episode(),
        make_episode(**complete()),
    )
    publish_episode(live)
    answer = act(client_of(publisher), ready, blocked, draft, live)
    context = answer.context
    assert [row.episode for row in context["ready"]] == [ready]
    assert {row.episode: row.reason for row in context["left"]} == {
        blocked: "5 things have to be mended before this can be published.",
        live: "Nothing has changed since edition 1; there is nothing to publish.",
    }
    assert context["others"] == [draft]
    assert not Batch.objects.exists()
    body = answer.content.decode()
    assert f'name="seen" value="{ready.pk}:{ready.revision}"' in body
    assert "Publish 1 episode<" in body
    assert f'value="{blocked.pk}"' not in body


def test_confirmed_they_are_published_by_one_batch(editor: User, publisher: User) -> None:
    first, live = in_review(editor), make_episode(**complete())
    publish_episode(live)
    Episode.objects.filter(pk=live.pk).update(revision=live.revision + 1)
    moved = in_review(editor)
    seen = [f"{each.pk}:{each.revision}" for each in (first, moved)] + [f"{live.pk}:2"]
    Episode.objects.filter(pk=moved.pk).update(revision=moved.revision + 1)
    answer = act(
        client_of(publisher), first, live, moved,
        confirmed="1", seen=seen, note="together", correction="One name.",
    )  # fmt: skip
    batch = Batch.objects.get()
    assert answer.headers["location"] == reverse(
        "admin:episodes_episode_queue_batch", args=[batch.pk]
    )
    tasks.work(Job.objects.get(kind=batches.KIND).pk)
    tasks.work(Job.objects.get(kind=batches.KIND).pk)  # rung twice
    batch.refresh_from_db()
    how = batches.progress(batch)
    assert (how.total, how.done, how.refused) == (3, 2, 1)
    made = Edition.objects.filter(note="together").order_by("episode_id")
    assert [(each.episode_id, each.number) for each in made] == [(first.pk, 1), (live.pk, 2)]
    assert [each.edition.episode_id for each in EditionNote.objects.all()] == [live.pk]
    [[slug, why]] = batch.refusals
    assert (slug, why["template"]) == (
        moved.slug,
        "The episode has changed since you asked. Look at it again.",
    )
    page = client_of(publisher).get(answer.headers["location"]).content.decode()
    assert reverse("admin:episodes_episode_move", args=[moved.pk, "publish"]) in page


def test_what_left_review_meanwhile_is_left_alone(editor: User, publisher: User) -> None:
    episode = in_review(editor)
    act(client_of(publisher), episode, confirmed="1")
    workflow.transition(episode, Status.DRAFT, editor)
    tasks.work(Job.objects.get(kind=batches.KIND).pk)
    [[_slug, why]] = Batch.objects.get().refusals
    assert why["template"] == "The episode is no longer in review; it was left alone."
    assert not Edition.objects.exists()


def test_with_nothing_to_publish_the_page_says_so(publisher: User) -> None:
    draft = make_episode()
    client = client_of(publisher)
    assert "None of them can be published." in act(client, draft).content.decode()
    answer = act(client, draft, confirmed="1")
    assert answer.status_code == 409
    assert "None of these episodes is in review or published." in answer.content.decode()


def test_of_very_many_only_the_first_are_looked_at(
    editor: User, publisher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_many, "LOOKED_AT", 1)
    many = [in_review(editor) for _ in range(3)]
    answer = act(client_of(publisher), *many)
    assert (len(answer.context["ready"]), len(answer.context["later"])) == (1, 2)
    assert "Publish 3 episodes" in answer.content.decode()
    assert "and 2 more, which are looked at when their turn comes" in answer.content.decode()


def test_an_editor_s_crafted_post_does_nothing(editor: User) -> None:
    episode = in_review(make_user("Editors"))
    answer = act(client_of(editor), episode, confirmed="1")
    assert answer.status_code == 302
    assert not Batch.objects.exists()
