"""Proposals of many episodes decided as one: grouped, sampled, accepted, undone, published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from episodes import batches, editing, jobs, queue, reimports, wording, workflow
from episodes.imports import Incoming, import_document
from episodes.models import Batch, ChangeSet, Conflict, Edition, Episode, ImportRun, Job, Status
from episodes.models.sources import RunState
from episodes.tests.factories import make_episode, make_user, publish_episode, transcript
from episodes.tests.test_reimports import state

pytestmark = pytest.mark.django_db

PEOPLE = ("Ann Lee", "Bo Chen")
ACCEPT, REFUSE = Batch.Kind.ACCEPT, Batch.Kind.REFUSE


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The bells; no broker is asked."""
    heard: list[int] = []
    monkeypatch.setattr(jobs, "ring", lambda job_id: heard.append(job_id) or True)
    monkeypatch.setattr(batches, "BREATH", 0)
    with translation.override("en"):
        yield heard
    jobs.stopping.clear()


@pytest.fixture
def editor():
    return make_user("Editors", "edith")


@pytest.fixture
def publisher():
    return make_user("Publishers", "paula")


Turns = list[tuple[str, str, str]]


def spoken(number: int = 0, count: int = 4) -> Turns:
    """A conversation whose turns have enough words of their own to be told apart."""
    return [
        (
            PEOPLE[each % 2],
            f"第{each}段说的是第{number}号码头的吊车，很重。然后说{each}号船的船长。",
            f"Part {each} tells of crane w{number}x{each} at berth b{each}. Then captain c{each}.",
        )
        for each in range(count)
    ]


def spaced(turns: Turns) -> Turns:
    return [(who, text.replace("，", "， "), original) for who, text, original in turns]


def worded(turns: Turns) -> Turns:
    return [(who, text.replace("吊车", "起重机"), said) for who, text, said in turns]


def made(number: int, status: str = "evergreen") -> Episode:
    """An episode in review or published, from an address of its own."""
    text = transcript(spoken(number), people=PEOPLE, extra=(("number", number),))
    episode = make_episode(text, address=f"talk-{number}.md")
    if status == "evergreen":
        publish_episode(episode)
    elif status == "review":
        workflow.transition(episode, Status.REVIEW, make_user("Editors"), "")
    return Episode.objects.get(pk=episode.pk)


def bring(number: int, turns: Turns, by: Any = None) -> ImportRun:
    """The source of an episode says something else now."""
    data = transcript(turns, people=PEOPLE, extra=(("number", number),)).encode()
    result = import_document(Incoming(data=data, address=f"talk-{number}.md"), by=by)
    return ImportRun.objects.get(pk=result.run_id)


def waiting(count: int, by: Any = None, status: str = "evergreen") -> list[ImportRun]:
    """So many episodes whose sources all have another spacing now."""
    for number in range(count):
        made(number, status)
    return [bring(number, spaced(spoken(number)), by) for number in range(count)]


def done(batch: Batch) -> Batch:
    """Let this process do the batch; return it as it is then."""
    jobs.work(Job.objects.get(kind=batches.KIND, batch=batch).pk)
    batch.refresh_from_db()
    return batch


def states(batch: Batch | None = None) -> list[str]:
    runs = ImportRun.objects.exclude(state=RunState.DONE)
    return list(
        (batch.decided_runs if batch else runs).order_by("pk").values_list("state", flat=True)
    )


def left(batch: Batch) -> list[tuple[str, str]]:
    """The episodes that were left as they were, each with the sentence for staff."""
    return [(slug, str(wording.restore(stored, ""))) for slug, stored in batch.refusals]


def read(batch: Batch) -> tuple[int, int, str]:
    how = batches.progress(batch)
    return how.done, how.refused, how.state


# --- the way of thirty


def test_thirty_episodes_are_accepted_undone_and_published_in_a_few_acts(editor, publisher):
    episodes = [made(number) for number in range(30)]
    for number in range(30):
        turns = spaced(spoken(number))
        bring(number, turns if number % 10 else [*worded(turns[:1]), *turns[1:]], by=editor)
    before = [state(episode) for episode in episodes]

    first, second = queue.groups()
    assert [(each.key, str(each.label), each.count, each.statuses) for each in (first, second)] == [
        ("spacing", "spacing and punctuation", 27, {"evergreen": 27}),
        ("spacing+wording", "spacing and punctuation, wording", 3, {"evergreen": 3}),
    ]
    accepted = [done(queue.decide(each.key, ACCEPT, publisher, "tidy")) for each in queue.groups()]
    assert [read(batch) for batch in accepted] == [(27, 0, "done"), (3, 0, "done")]
    assert [each.refusals for each in accepted] == [[], []]
    assert queue.groups() == []
    reasons = ChangeSet.objects.filter(run__decided_in=accepted[0]).values_list("why", flat=True)
    assert set(reasons) == {"tidy"}
    texts = list(episodes[1].turns.values_list("text", flat=True))
    assert texts == [text for _who, text, _original in spaced(spoken(1))]

    undone = done(queue.undo(accepted[0], publisher, "too early"))
    assert (read(undone), undone.of, undone.kind) == ((27, 0, "done"), accepted[0], "undo")
    kept = [number for number in range(30) if number % 10]
    assert [state(episodes[number]) for number in kept] == [before[number] for number in kept]
    assert states(accepted[0]) == ["undone"] * 27

    published = done(queue.publish(accepted[1], make_user("Publishers"), "the cranes"))
    assert read(published) == (3, 0, "done")
    newest = Edition.objects.filter(number=2).order_by("episode_id")
    assert [(each.episode_id, each.note) for each in newest] == [
        (episodes[number].pk, "the cranes") for number in (0, 10, 20)
    ]
    assert str(batches.progress(published).message) == "Published: 3. Not published: 0."


def test_what_is_refused_as_one_is_not_asked_again(editor, publisher):
    waiting(3, editor)
    texts = [list(each.turns.values_list("text", flat=True)) for each in Episode.objects.all()]
    batch = done(queue.decide("spacing", REFUSE, publisher, "as it is"))
    assert (states(batch), read(batch)) == (["refused"] * 3, (3, 0, "done"))
    assert [list(e.turns.values_list("text", flat=True)) for e in Episode.objects.all()] == texts
    again = [bring(number, spaced(spoken(number))) for number in range(3)]
    assert ({run.state for run in again}, queue.groups()) == ({"done"}, [])


# --- groups and samples


def test_held_proposals_and_conflicts_are_groups_of_their_own(editor, publisher):
    for number in range(6):
        made(number)
    bring(0, spaced(spoken(0)))
    bring(1, spoken(1)[:1])
    bring(2, spoken(2)[:1] + spoken(7)[:1])
    turn = Episode.objects.get(sources__address="talk-3.md").turns.first()
    editing.save_turn(turn, version=turn.version, values={"text": "编辑写的。"}, by=editor)
    bring(3, worded(spoken(3)))
    bring(4, spoken(4)[:1])
    found = queue.groups()
    assert [(each.count, each.conflicts, each.held) for each in found] == [
        (1, False, False),
        (1, True, False),
        (3, False, True),
    ]
    assert str(found[1].label) == "wording, conflicts"
    assert str(found[2].label).startswith("held: it has … turns where it had …; the translation")
    with pytest.raises(reimports.Unusable) as missing:
        queue.decide(found[2].key, ACCEPT, publisher, "only a note")
    assert (missing.value.code, Batch.objects.count()) == ("reason_missing", 0)
    batch = done(queue.decide(found[2].key, ACCEPT, publisher, reason="they were cut"))
    assert states(batch) == ["applied"] * 3
    assert set(batch.decided_runs.values_list("reason", flat=True)) == {"they were cut"}
    assert done(queue.decide("wording+conflict", ACCEPT, publisher)).refusals == []
    assert Conflict.objects.filter(decided_at=None).count() == 1


def test_a_sample_is_the_same_for_a_seed_and_another_for_another():
    waiting(12)
    group = queue.group_of("spacing")
    assert group is not None
    one, again, other = (
        [run.pk for run in queue.sample(group, seed=seed)] for seed in ("a", "a", "b")
    )
    assert (one == again, one == other, len(set(one))) == (True, False, 5)
    ImportRun.objects.filter(pk=one[1]).update(state=RunState.REFUSED)
    assert [run.pk for run in queue.sample(group, seed="a")][:4] == [one[0], *one[2:]]


@pytest.mark.parametrize("count", [1, 3])
def test_groups_and_samples_take_the_same_queries(count, django_assert_num_queries):
    waiting(count)
    for number in range(count, 2 * count):
        made(number)
        bring(number, worded(spoken(number)))
    for number in range(2 * count, 3 * count):
        made(number)
        bring(number, spoken(number)[: 1 + number % 2])
    with django_assert_num_queries(2):
        found = queue.groups()
    assert [group.count for group in found][:2] == [count, count]
    with django_assert_num_queries(2):
        queue.sample(found[0], seed="a")


# --- what was shown is what is decided


def test_an_episode_edited_since_stays_waiting_with_a_sentence(editor, publisher):
    runs = waiting(3, editor)
    batch = queue.decide("spacing", ACCEPT, publisher)
    episode = runs[1].episode
    turn = episode.turns.first()
    editing.save_turn(turn, version=turn.version, values={"text": "刚刚改的。"}, by=editor)
    done(batch)
    assert states() == ["applied", "waiting", "applied"]
    assert left(batch) == [(episode.slug, str(batches.MOVED_ON))]
    assert read(batch) == (2, 1, "done")
    run = ImportRun.objects.get(pk=runs[1].pk)
    episode.refresh_from_db()
    assert (run.plan_revision, run.sorts) == (episode.revision, "spacing+conflict")
    assert [group.key for group in queue.groups()] == ["spacing+conflict"]


def test_one_edited_before_it_was_decided_is_counted_and_left(editor, publisher):
    runs = waiting(2, editor)
    turn = runs[0].episode.turns.first()
    editing.save_turn(turn, version=turn.version, values={"label": "Ann"}, by=editor)
    (group,) = queue.groups()
    assert (group.count, group.behind) == (2, 1)
    assert [run.pk for run in queue.sample(group)] == [runs[1].pk]
    batch = done(queue.decide("spacing", REFUSE, publisher))
    assert (states(), len(batch.refusals)) == (["waiting", "refused"], 1)


def test_a_newer_state_is_not_decided_with_the_one_before(publisher):
    first, _second = waiting(2)
    batch = queue.decide("spacing", ACCEPT, publisher)
    bring(0, spaced(spaced(spoken(0))))
    done(batch)
    assert left(batch) == [(first.episode.slug, str(batches.REPLACED))]
    assert states() == ["superseded", "applied", "waiting"]


def test_what_came_after_the_page_was_opened_waits_on(publisher):
    waiting(2)
    (group,) = queue.groups()
    made(7)
    bring(7, spaced(spoken(7)))
    done(queue.decide(group.key, ACCEPT, publisher, until=group.latest))
    assert states() == ["applied", "applied", "waiting"]


def test_the_same_proposals_are_asked_for_once(publisher):
    runs = waiting(3)
    first = queue.decide([runs[0].pk], ACCEPT, publisher)
    second = queue.decide("spacing", ACCEPT, publisher)
    assert (first.items, second.items) == ([runs[0].pk], [runs[1].pk, runs[2].pk])
    with pytest.raises(reimports.Unusable) as taken:
        queue.decide("spacing", REFUSE, publisher)
    assert (taken.value.code, taken.value.message) == ("not_waiting", str(queue.AT_WORK))
    done(first), done(second)
    with pytest.raises(reimports.Unusable) as nothing:
        queue.decide("spacing", ACCEPT, publisher)
    assert nothing.value.message == str(queue.NOTHING_WAITS)
    undone = queue.undo(second, publisher)
    assert queue.undo(second, publisher) == undone


# --- killed in the middle


@pytest.mark.parametrize("kind", [ACCEPT, REFUSE, "undo", "publish"])
def test_a_worker_killed_in_the_middle_leaves_the_rest_and_nothing_is_done_twice(
    kind, editor, publisher, monkeypatch
):
    waiting(4, editor)
    if kind in (ACCEPT, REFUSE):
        batch = queue.decide("spacing", kind, publisher)
    else:
        accepted = done(queue.decide("spacing", ACCEPT, publisher))
        by = make_user("Publishers")
        batch = queue.undo(accepted, by) if kind == "undo" else queue.publish(accepted, by, "now")
    sets, editions = ChangeSet.objects.count(), Edition.objects.count()
    do, calls = batches.ONE[kind], []

    def dies(*given: Any) -> Any:
        answer = do(*given)
        calls.append(given[2])
        if len(calls) == 3:
            raise KeyboardInterrupt
        return answer

    monkeypatch.setitem(batches.ONE, kind, dies)
    with pytest.raises(KeyboardInterrupt):
        done(batch)
    job = Job.objects.get(batch=batch)
    assert (job.state, job.done_count) == ("running", 2)
    Job.objects.filter(pk=job.pk).update(lease_until="2020-01-01T00:00Z")
    done(batch)
    assert (calls[:3], calls[3:]) == (batch.items[:3], batch.items)
    assert (read(batch), batch.refusals) == ((4, 0, "done"), [])
    made_sets = ChangeSet.objects.count() - sets
    made_editions = Edition.objects.count() - editions
    assert (made_sets, made_editions) == {
        ACCEPT: (4, 0),
        REFUSE: (0, 0),
        "undo": (4, 0),
        "publish": (0, 4),
    }[kind]


def test_a_worker_whose_claim_was_taken_over_writes_nothing(publisher, monkeypatch):
    waiting(2)
    batch = queue.decide("spacing", ACCEPT, publisher)
    do = batches.ONE[ACCEPT]

    def taken_over(*given: Any) -> Any:
        Job.objects.filter(batch=batch).update(claim="0" * 32)
        return do(*given)

    monkeypatch.setitem(batches.ONE, ACCEPT, taken_over)
    done(batch)
    assert (states(), Job.objects.get(batch=batch).state) == (["waiting", "waiting"], "running")


def test_one_that_breaks_does_not_stop_the_others(publisher, monkeypatch, caplog):
    runs = waiting(3)
    accept = reimports.accept

    def breaks(run: ImportRun, **options: Any) -> ImportRun:
        accepted = accept(run, **options)
        if run.pk == runs[1].pk:
            raise ValueError("a bad plan")
        return accepted

    monkeypatch.setattr(reimports, "accept", breaks)
    batch = done(queue.decide("spacing", ACCEPT, publisher))
    assert states() == ["applied", "waiting", "applied"]
    assert left(batch) == [(runs[1].episode.slug, str(batches.BROKEN))]


# --- who may


def test_an_editor_decides_what_is_in_review_and_not_what_is_published(editor):
    made(0, "review")
    made(1)
    runs = [bring(number, spaced(spoken(number))) for number in range(2)]
    batch = done(queue.decide("spacing", ACCEPT, editor))
    assert states() == ["applied", "waiting"]
    sentence = "Proposals to a published episode are applied by publishers."
    assert left(batch) == [(runs[1].episode.slug, sentence)]
    with pytest.raises(reimports.Unusable) as refused:
        queue.publish(batch, editor)
    assert refused.value.code == "permission"


def test_whose_own_changes_they_are_may_not_publish_them(publisher):
    waiting(2)
    accepted = done(queue.decide("spacing", ACCEPT, publisher))
    batch = done(queue.publish(accepted, publisher, "mine"))
    slugs = [episode.slug for episode in Episode.objects.order_by("pk")]
    assert [slug for slug, _why in left(batch)] == slugs
    assert {why for _slug, why in left(batch)} == {
        "A second person has to publish this: every change since the last edition is your own. "
        "(The setting REVIEW_BY_SECOND_PERSON=0 lifts this rule.)"
    }
    assert (read(batch), Edition.objects.count()) == ((0, 2, "done"), 2)


def test_publishing_leaves_drafts_alone_and_says_what_stands_in_the_way(editor, publisher):
    made(0, "review")
    for number in range(1, 5):
        made(number)
    runs = [bring(number, spaced(spoken(number))) for number in range(5)]
    accepted = done(queue.decide("spacing", ACCEPT, publisher))
    second = make_user("Publishers")
    workflow.publish(Episode.objects.get(pk=runs[1].episode_id), second, "by itself")
    runs[2].episode.turns.update(stale=True)
    batch = queue.publish(accepted, second, "all of them")
    assert batch.items == [run.episode_id for run in runs[1:]]
    episode = Episode.objects.get(pk=runs[3].episode_id)
    turn = episode.turns.first()
    editing.save_turn(turn, version=turn.version, values={"text": "刚刚改的。"}, by=editor)
    done(batch)
    assert left(batch) == [
        (runs[1].episode.slug, str(batches.REFUSED["nothing_new"])),
        (runs[2].episode.slug, str(batches.REFUSED["obstacles"])),
        (runs[3].episode.slug, str(batches.REFUSED["stale"])),
    ]
    assert str(batches.progress(batch).message) == (
        "Published: 1. Not published: 3. Left alone, because they are not evergreen: 1."
    )
    assert Edition.objects.get(note="all of them").episode_id == runs[4].episode_id


def test_nobody_decides_for_an_account_that_is_gone(publisher):
    waiting(1)
    batch = queue.decide("spacing", ACCEPT, publisher)
    publisher.delete()
    done(batch)
    assert (states(), batches.progress(batch).message) == (["waiting"], str(batches.NOBODY))


def test_a_batch_says_how_far_it_is_in_one_query(publisher, django_assert_num_queries):
    waiting(1)
    batch = queue.decide("spacing", ACCEPT, publisher)
    with django_assert_num_queries(1):
        how = batches.progress(batch)
    assert (how.total, how.ended, how.active) == (1, 0, True)
