"""Who may move an episode from where to where, and what stands in the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.utils import translation

from episodes import gate, workflow
from episodes.models import (
    Conflict,
    Edition,
    Episode,
    PublishedEpisode,
    Source,
    Transition,
    Turn,
)
from episodes.tests import rows
from episodes.workflow import Action, Next, Obstacle, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():  # type: ignore[no-untyped-def]
    with translation.override("en"):
        yield


@pytest.fixture
def editor() -> User:
    return rows.user("editor", "submit_episode")


@pytest.fixture
def publisher() -> User:
    return rows.user("publisher", *rows.STEPS)


@pytest.fixture
def in_review(editor: User) -> Episode:
    episode = rows.episode()
    workflow.transition(episode, "review", editor)
    return episode


@pytest.fixture
def live(in_review: Episode, publisher: User) -> Episode:
    workflow.publish(in_review, publisher)
    return in_review


def stored(episode: Episode) -> tuple[str, int, int | None]:
    return Episode.objects.values_list("status", "revision", "submitted_by").get(pk=episode.pk)


def refusal(call, *args, **options) -> Refused:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused) as caught:
        call(*args, **options)
    return caught.value


# The table.


def test_an_episode_goes_the_whole_way_and_leaves_a_trail(editor: User, publisher: User) -> None:
    episode = rows.episode()
    workflow.transition(episode, "review", editor, "please look")
    workflow.transition(episode, "draft", publisher, "a name is wrong")
    workflow.transition(episode, "review", editor)
    edition = workflow.publish(episode, publisher, "first")
    workflow.transition(episode, "archived", publisher)
    workflow.transition(episode, "draft", publisher)
    trail = Transition.objects.order_by("pk")
    assert list(trail.values_list("from_status", "to_status", "by", "edition", "note")) == [
        ("draft", "review", editor.pk, None, "please look"),
        ("review", "draft", publisher.pk, None, "a name is wrong"),
        ("draft", "review", editor.pk, None, ""),
        ("review", "evergreen", publisher.pk, edition.pk, "first"),
        ("evergreen", "archived", publisher.pk, None, ""),
        ("archived", "draft", publisher.pk, None, ""),
    ]
    assert stored(episode) == ("draft", 1, None)
    assert (episode.status, episode.submitted_by) == ("draft", None)


def test_the_episode_remembers_who_submitted_it_while_it_is_in_review(
    in_review: Episode, editor: User, publisher: User
) -> None:
    assert stored(in_review) == ("review", 1, editor.pk)
    workflow.publish(in_review, publisher)
    assert stored(in_review) == ("evergreen", 1, None)


@pytest.mark.parametrize(
    ("status", "to"),
    [
        *(("draft", to) for to in ("draft", "evergreen", "archived")),
        *(("review", to) for to in ("review", "archived")),
        *(("evergreen", to) for to in ("draft", "review")),
        *(("archived", to) for to in ("review", "evergreen", "archived", "nonsense")),
    ],
)
def test_there_are_no_other_steps(status: str, to: str) -> None:
    episode = rows.episode(status=status)
    refused = refusal(workflow.transition, episode, to, rows.user("root", superuser=True))
    assert refused.code == "no_such_step"
    assert stored(episode) == (status, 1, None)


def test_a_transition_to_evergreen_publishes(in_review: Episode, publisher: User) -> None:
    step = workflow.transition(in_review, "evergreen", publisher)
    assert step.edition == Edition.objects.get(episode=in_review, number=1)


@pytest.mark.parametrize("step", workflow.TRANSITIONS, ids=lambda step: step.action.value)
def test_each_step_needs_its_own_permission(step: workflow.Step) -> None:
    episode = rows.episode(status=step.from_status)
    others = set(rows.STEPS) - {step.permission.partition(".")[2]}
    without = rows.user("without", *others)
    refused = refusal(workflow.transition, episode, step.to_status, without)
    assert (refused.code, refused.message) == (
        "permission",
        f"Your account may not do this: “{step.label}” needs the permission {step.permission}.",
    )
    assert stored(episode) == (step.from_status, 1, None)
    assert not Transition.objects.exists()


def test_an_inactive_account_may_nothing(editor: User) -> None:
    editor.is_active = False
    editor.save(update_fields=["is_active"])
    assert refusal(workflow.transition, rows.episode(), "review", editor).code == "permission"


# The revision seen.


def test_what_was_changed_meanwhile_is_not_moved(in_review: Episode, publisher: User) -> None:
    rows.change(Episode.objects.get(pk=in_review.pk), publisher, "不同。")
    refused = refusal(workflow.publish, in_review, publisher)
    assert (refused.code, refused.message) == (
        "stale",
        "The episode has been changed since you looked at it. Look at it again.",
    )
    assert stored(in_review)[0] == "review"
    assert not Edition.objects.exists()


def test_the_revision_of_the_form_counts(in_review: Episode, publisher: User) -> None:
    rows.change(in_review, publisher, "不同。")
    assert refusal(workflow.publish, in_review, publisher, revision=1).code == "stale"
    assert workflow.publish(in_review, publisher, revision=2).revision == 2


def test_who_comes_second_is_told_what_the_episode_is_now(
    in_review: Episode, publisher: User
) -> None:
    seen = Episode.objects.get(pk=in_review.pk)
    workflow.publish(in_review, publisher)
    refused = refusal(workflow.transition, seen, "draft", publisher)
    assert (refused.code, refused.message) == (
        "stale",
        "Somebody was faster: the episode is “Evergreen” now. Look at it again.",
    )


def test_a_second_submitter_between_looking_and_publishing_counts(
    in_review: Episode, editor: User, publisher: User
) -> None:
    seen = Episode.objects.get(pk=in_review.pk)
    workflow.transition(in_review, "draft", editor)
    workflow.transition(in_review, "review", publisher)
    assert refusal(workflow.publish, seen, publisher).code == "stale"
    seen.refresh_from_db()
    assert refusal(workflow.publish, seen, publisher).code == "second_person"


def test_an_episode_deleted_meanwhile_is_said_to_be(publisher: User) -> None:
    episode = rows.episode()
    seen = Episode.objects.get(pk=episode.pk)
    Turn.objects.all().delete()
    episode.delete()
    assert refusal(workflow.transition, seen, "review", publisher).message == (
        "The episode has been deleted meanwhile."
    )


# The second person.

OWN_SUBMISSION = (
    "A second person has to publish this: you submitted it yourself. "
    "(The setting REVIEW_BY_SECOND_PERSON=0 lifts this rule.)"
)
OWN_CHANGES = (
    "A second person has to publish this: every change since the last edition is your own. "
    "(The setting REVIEW_BY_SECOND_PERSON=0 lifts this rule.)"
)


@pytest.mark.parametrize("superuser", [False, True])
def test_whoever_submitted_cannot_publish_and_another_can(superuser: bool) -> None:
    author = rows.user("author", *rows.STEPS, superuser=superuser)
    other = rows.user("other", *rows.STEPS)
    episode = rows.episode()
    workflow.transition(episode, "review", author)
    refused = refusal(workflow.publish, episode, author)
    assert (refused.code, refused.message) == ("second_person", OWN_SUBMISSION)
    assert stored(episode) == ("review", 1, author.pk)
    assert workflow.publish(episode, other).number == 1


def test_the_setting_lifts_the_rule(settings, publisher: User) -> None:  # type: ignore[no-untyped-def]
    settings.REVIEW_BY_SECOND_PERSON = False
    episode = rows.episode()
    workflow.transition(episode, "review", publisher)
    assert workflow.publish(episode, publisher).number == 1
    rows.change(episode, publisher, "不同。")
    assert workflow.publish(episode, publisher).number == 2


def test_whoever_made_every_change_since_cannot_publish_them(
    live: Episode, publisher: User
) -> None:
    rows.change(live, publisher, "不同。")
    rows.change(live, publisher, "又不同。")
    refused = refusal(workflow.publish, live, publisher)
    assert (refused.code, refused.message) == ("second_person", OWN_CHANGES)
    other = rows.user("other", *rows.STEPS)
    assert workflow.publish(live, other).number == 2


@pytest.mark.parametrize("second", ["editor", "nobody"])
def test_where_somebody_else_changed_something_too_each_may_publish(
    live: Episode, publisher: User, editor: User, second: str
) -> None:
    rows.change(live, publisher, "不同。")
    rows.change(live, editor if second == "editor" else None, "又不同。")
    assert workflow.publish(live, publisher).number == 2


def test_changes_before_the_last_edition_do_not_count(live: Episode, publisher: User) -> None:
    rows.change(live, publisher, "不同。")
    workflow.publish(live, rows.user("other", *rows.STEPS))
    rows.change(live, User.objects.get(username="editor"), "又不同。")
    assert workflow.publish(live, publisher).number == 3


# The gate.


def test_an_edition_without_a_change_is_refused(live: Episode, publisher: User) -> None:
    refused = refusal(workflow.publish, live, publisher)
    assert (refused.code, refused.message) == (
        "nothing_new",
        "Nothing has changed since edition 1; there is nothing to publish.",
    )
    assert Edition.objects.count() == 1


def test_an_episode_restored_may_be_published_unchanged(
    live: Episode, editor: User, publisher: User
) -> None:
    workflow.transition(live, "archived", publisher)
    workflow.transition(live, "draft", publisher)
    workflow.transition(live, "review", editor)
    assert workflow.publish(live, publisher).number == 2


def test_an_empty_episode_is_not_published(editor: User, publisher: User) -> None:
    episode = rows.episode(title=" ")
    Turn.objects.all().delete()
    workflow.transition(episode, "review", editor)
    refused = refusal(workflow.publish, episode, publisher)
    assert refused.code == "obstacles"
    assert refused.message == "2 things have to be mended before this can be published."
    assert refused.obstacles == [
        Obstacle("no_title", "The episode has no title.", place="title"),
        Obstacle("no_turns", "The episode has no turns."),
    ]
    assert stored(episode) == ("review", 1, editor.pk)


def test_a_turn_without_its_translation_stands_in_the_way(
    in_review: Episode, publisher: User
) -> None:
    chapter = in_review.chapters.get()
    made = [
        Turn.objects.create(
            episode=in_review, chapter=chapter, position=9 - number, kind=kind, original=original
        )
        for number, (kind, original) in enumerate(
            [("speech", "Yes."), ("narration", "A pause."), ("cue", "[Music]"), ("speech", "")]
        )
    ]
    refused = refusal(workflow.publish, in_review, publisher)
    message = "A turn has an original but no translation."
    assert refused.obstacles == [
        Obstacle("translation_missing", message, made[1].uid),
        Obstacle("translation_missing", message, made[0].uid),
    ]


def test_the_address_of_another_published_episode_stands_in_the_way(
    live: Episode, editor: User, publisher: User
) -> None:
    Episode.objects.filter(pk=live.pk).update(slug="another-name")  # not yet published under it
    episode = rows.episode("a-talk")
    workflow.transition(episode, "review", editor)
    assert refusal(workflow.publish, episode, publisher).obstacles == [
        Obstacle("slug_taken", "Another published episode has the address “a-talk”.", place="slug")
    ]


def test_a_check_added_to_the_gate_is_heeded(
    in_review: Episode, publisher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Obstacle("quote_open", "A quotation is never closed.", "tabcdefgh")
    monkeypatch.setattr(gate, "GATE", [*gate.GATE, lambda episode: [found]])
    assert refusal(workflow.publish, in_review, publisher).obstacles == [found]


def test_what_fails_on_the_way_changes_nothing(
    in_review: Episode, editor: User, publisher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(published: PublishedEpisode) -> None:
        raise RuntimeError("an extension")

    monkeypatch.setattr("episodes.extensions.after_edition", fail)
    with pytest.raises(RuntimeError, match="an extension"):
        workflow.publish(in_review, publisher)
    assert stored(in_review) == ("review", 1, editor.pk)
    assert (in_review.status, in_review.submitted_by) == ("review", editor)
    assert not Edition.objects.exists()
    assert not PublishedEpisode.objects.exists()


# What an import left for a person.


def conflict(episode: Episode, target: str, **values: object) -> Conflict:
    source, _created = Source.objects.get_or_create(
        episode=episode, defaults={"address": episode.slug}
    )
    return Conflict.objects.create(
        episode=episode, source=source, kind="field", target=target, **values
    )


def test_what_is_not_decided_or_not_read_stands_in_the_way(
    in_review: Episode, publisher: User
) -> None:
    first, second = in_review.turns.all()
    Turn.objects.filter(pk=first.pk).update(stale=True, unread=True)
    Turn.objects.filter(pk=second.pk).update(unread=True)
    asked = [
        str(conflict(in_review, target, field=field).pk)
        for target, field in (
            (f"turn:{second.uid}", "text"),
            ("chapter:7", "title"),
            ("episode", "title"),
        )
    ]
    conflict(in_review, "episode", field="date", decided_at=in_review.created_at, choice="mine")
    conflict(rows.episode("another"), "episode", field="title")
    unread = "An import or a late save put this turn together; nobody has read it yet."
    found = [
        Obstacle(
            "conflict_open",
            "A conflict about this turn is not decided yet.",
            second.uid,
            asked[0],
        ),
        Obstacle("conflict_open", "A conflict about a heading is not decided yet.", place=asked[1]),
        Obstacle(
            "conflict_open", "A conflict about the metadata is not decided yet.", place=asked[2]
        ),
        Obstacle(
            "turn_stale", "The original has changed since this turn was translated.", first.uid
        ),
        Obstacle("turn_unread", unread, first.uid),
        Obstacle("turn_unread", unread, second.uid),
    ]
    assert gate.obstacles(in_review) == found
    assert refusal(workflow.publish, in_review, publisher).obstacles == found


def test_a_turn_that_is_gone_stands_in_nobodys_way(in_review: Episode) -> None:
    first = in_review.turns.first()
    assert first is not None
    Turn.objects.filter(pk=first.pk).update(stale=True, unread=True, gone="removed")
    assert gate.obstacles(in_review) == []


@pytest.mark.parametrize("count", [1, 30])
def test_the_gate_takes_a_fixed_number_of_queries(
    count: int, django_assert_num_queries: Any
) -> None:
    episode = rows.episode("long", *["好。"] * count)
    Turn.objects.update(stale=True, unread=True)
    for turn in episode.turns.all():
        conflict(episode, f"turn:{turn.uid}", field="text")
    with django_assert_num_queries(6):
        assert len(gate.obstacles(episode)) == 3 * count


# What a person may do next.


def test_the_next_steps_say_who_may_and_why_not(
    in_review: Episode, editor: User, publisher: User
) -> None:
    assert workflow.allowed(in_review, publisher) == [
        Next(Action.SEND_BACK, "Send back to draft", "draft", permitted=True),
        Next(Action.PUBLISH, "Publish", "evergreen", permitted=True),
    ]
    assert workflow.allowed(in_review, editor) == [
        Next(Action.SEND_BACK, "Send back to draft", "draft", permitted=True),
        Next(
            Action.PUBLISH,
            "Publish",
            "evergreen",
            permitted=False,
            code="permission",
            reason=(
                "Your account may not do this: “Publish” needs the permission "
                "episodes.publish_episode."
            ),
        ),
    ]
    assert [each.permitted for each in workflow.allowed(in_review, AnonymousUser())] == [
        False,
        False,
    ]


def test_the_next_steps_name_the_obstacles(in_review: Episode, publisher: User) -> None:
    in_review.title = ""
    in_review.save(update_fields=["title"])
    publish = workflow.allowed(in_review, publisher)[1]
    assert (publish.permitted, publish.code) == (False, "obstacles")
    assert publish.obstacles == (Obstacle("no_title", "The episode has no title.", place="title"),)


def test_the_next_steps_of_a_live_episode(live: Episode, publisher: User) -> None:
    assert [(each.action, each.code) for each in workflow.allowed(live, publisher)] == [
        (Action.PUBLISH_NEXT, "nothing_new"),
        (Action.ARCHIVE, ""),
    ]


# At the same time.


def race(episode: Episode, people: list[User]) -> list[str]:
    """Let each publish the same episode at the same moment; return how it ended for each."""
    barrier = Barrier(len(people))

    def publish(person: User) -> str:
        try:
            seen = Episode.objects.get(pk=episode.pk)
            barrier.wait(timeout=30)
            return f"edition {workflow.publish(seen, person).number}"
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return sorted(pool.map(publish, people))


@pytest.mark.django_db(transaction=True)
def test_of_concurrent_publishers_one_wins() -> None:
    people = [rows.user(f"publisher{number}", superuser=True) for number in range(4)]
    editor = rows.user("editor", superuser=True)
    for number in range(3):
        episode = rows.episode(f"talk-{number}")
        workflow.transition(episode, "review", editor)
        assert race(episode, people) == ["edition 1", "stale", "stale", "stale"]
        assert Transition.objects.filter(episode=episode, to_status="evergreen").count() == 1
        rows.change(Episode.objects.get(pk=episode.pk), editor, "不同。")
        assert race(episode, people) == ["edition 2", *["nothing_new"] * 3]
        assert episode.editions.count() == 2
        assert episode.published.turns.count() == 2
