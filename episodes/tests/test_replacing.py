"""Find and replace: what is planned is what is written, by a job, and it can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied
from django.utils import translation

from episodes import checking, concerned, corrections, editing, jobs, replacing, rewrites
from episodes.models import (
    Batch,
    ChangeSet,
    Chapter,
    CheckAsked,
    Correction,
    Edition,
    Episode,
    Finding,
    Job,
    Person,
    Turn,
)
from episodes.models.history import Act
from episodes.models.jobs import JobState
from episodes.names import create_named
from episodes.reimports import Unusable
from episodes.replacing import Hits, Plan, Wish
from episodes.rewrites import Left
from episodes.tests.factories import make_episode, make_user, publish_episode
from episodes.transcripts.replacing import Pattern

pytestmark = pytest.mark.django_db

NAME = Pattern("Aloway", "Alloway")


@pytest.fixture(autouse=True)
def plainly(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(rewrites, "BREATH", 0)
    with translation.override("en"):
        yield


def episode(*turns: tuple[str, str], **front: Any) -> Episode:
    return make_episode(turns=[("Mara Quill", *texts) for texts in turns], **front)


def texts(made: Episode) -> list[tuple[str, str]]:
    return list(made.turns.order_by("position").values_list("text", "original"))


def turns(made: Episode) -> list[Turn]:
    return list(made.turns.order_by("position"))


def do_jobs() -> None:
    while job := Job.objects.filter(kind=rewrites.KIND, state=JobState.QUEUED).first():
        jobs.work(job.pk)


def asked(
    pattern: Pattern = NAME, made: Episode | None = None, by: User | None = None, **how: Any
) -> Job:
    planned = replacing.plan(Wish(pattern, made.pk if made else None))
    job = replacing.replace(planned, pattern, by=by or make_user(), **how)
    assert job is not None
    return job


def done(*args: Any, **how: Any) -> Job:
    job = asked(*args, **how)
    do_jobs()
    job.refresh_from_db()
    return job


def keys(plan: Plan) -> list[str]:
    return [item.key for item in plan.items]


# What would change.


def test_a_plan_counts_by_language_and_status_and_looks_at_titles_too(
    django_assert_num_queries,
):
    one = episode(
        ("Aloway与Aloway", "Tracy Aloway"),
        ("没有", "nothing"),
        title="Aloway来了",
        summary="Aloway的话",
        chapter="第一章 Aloway",
    )
    Episode.objects.filter(pk=one.pk).update(original_title="Aloway speaks")
    two = episode(("别的", "Aloway"))
    publish_episode(two)
    with django_assert_num_queries(3):
        plan = replacing.plan(Wish(NAME))
    chapter = one.chapters.get(title__contains="Aloway")
    first = turns(one)[0]
    assert keys(plan) == [f"e{one.pk}", f"c{chapter.pk}", f"t{first.pk}", f"t{turns(two)[0].pk}"]
    assert plan.hits == (
        Hits("text", "draft", 5),
        Hits("original", "draft", 2),
        Hits("original", "evergreen", 1),
    )
    assert keys(replacing.plan(Wish(NAME, two.pk))) == [f"t{turns(two)[0].pk}"]
    only = replacing.plan(Wish(Pattern("Aloway", "Alloway", side="original")))
    assert [hit.count for hit in only.hits] == [2, 1]


def test_case_that_a_database_does_not_know_and_chinese_are_found():
    made = episode(("ÉLAN数据湖", "élan"), ("数据", "Elan"))
    plan = replacing.plan(Wish(Pattern("Élan", "Essor", match_case=False)))
    assert keys(plan) == [f"t{turns(made)[0].pk}"]
    assert [len(changes) for _field, changes in plan.items[0].changes] == [1, 1]
    assert len(replacing.plan(Wish(Pattern("数据湖", "资料湖"))).items) == 1
    assert len(replacing.plan(Wish(Pattern("数据", "资料"))).items) == 2


def test_a_plan_changes_with_a_text_and_with_nothing_else():
    made = episode(("Aloway", "x"), ("y", "z"))
    before = replacing.plan(Wish(NAME)).digest
    first, second = turns(made)
    editing.save_turn(second, version=1, values={"text": "别的"}, by=None)
    assert replacing.plan(Wish(NAME)).digest == before
    editing.save_turn(first, version=1, values={"text": "看Aloway"}, by=None)
    assert replacing.plan(Wish(NAME)).digest != before


def test_what_waits_to_be_read_or_would_be_read_otherwise_is_left_out():
    made = episode(("Aloway", "Aloway"), ("x", "Aloway"), ("**Aloway**", "y"), ("Aloway", "z"))
    stale, original, _bold, alone = turns(made)
    Turn.objects.filter(pk__in=(stale.pk, original.pk)).update(stale=True)
    plan = replacing.plan(Wish(NAME))
    assert [place.uid for place in plan.to_read] == [stale.uid]
    assert keys(plan)[:1] == [f"t{original.pk}"]  # its translation stays, and so does the mark
    broken = replacing.plan(Wish(Pattern("*Aloway", "*Alloway", whole_words=False)))
    assert ([place.uid for place in broken.by_hand], broken.items) == ([_bold.uid], ())
    gone = replacing.plan(Wish(Pattern("Aloway", "", side="text")))
    assert alone.uid in [place.uid for place in gone.by_hand]  # nothing would be left of it
    long = replacing.plan(Wish(Pattern("港口", "港" * 600)))
    assert [place.uid for place in long.by_hand] == [""]  # the title has 500 at most


# Doing it.


def test_the_chosen_texts_are_written_in_both_languages_with_a_reason():
    one = episode(("Aloway说", "Aloway says"), ("又是Aloway", "x"), title="Aloway")
    two = episode(("Aloway", "y"))
    edith = make_user("Editors", "edith")
    without = {f"t{turns(one)[1].pk}"}
    job = asked(by=edith, without=without, why=" 听错了 ")
    assert texts(one)[0] == ("Aloway说", "Aloway says")
    do_jobs()
    job.refresh_from_db()
    assert texts(one) == [("Alloway说", "Alloway says"), ("又是Aloway", "x")]
    assert texts(two) == [("Alloway", "y")]
    assert Episode.objects.get(pk=one.pk).title == "Alloway"
    assert job.message == "Replaced in 3 texts of 2 episodes. Left: 0."
    acts = ChangeSet.objects.filter(act=Act.SAVE).order_by("pk")
    assert [(act.episode_id, act.why, act.by) for act in acts] == [
        (one.pk, "Replaced: Aloway → Alloway (听错了)", edith),
        (one.pk, "Replaced: Aloway → Alloway (听错了)", edith),
        (two.pk, "Replaced: Aloway → Alloway (听错了)", edith),
    ]
    assert keys(replacing.plan(Wish(NAME))) == list(without)


def test_chapter_titles_and_the_texts_of_the_episode_are_written():
    made = episode(
        ("x", "y"),
        title="Aloway",
        summary="Aloway。",
        insight="看Aloway",
        chapter="Aloway来了",
    )
    Episode.objects.filter(pk=made.pk).update(original_title="Aloway")
    done()
    made.refresh_from_db()
    assert (made.title, made.original_title) == ("Alloway", "Alloway")
    assert (made.summary, made.insight) == ("Alloway。", "看Alloway")
    assert made.chapters.get(title__contains="来了").title == "Alloway来了"


def test_little_of_one_episode_is_done_at_once(monkeypatch):
    made = episode(("Aloway", "x"), ("Aloway", "y"))
    job = asked(made=made)
    assert job.state == JobState.DONE
    assert texts(made) == [("Alloway", "x"), ("Alloway", "y")]
    monkeypatch.setattr(rewrites, "DIRECTLY", 1)
    more = episode(("Aloway", "x"), ("Aloway", "y"))
    assert asked(made=more).state == JobState.QUEUED


def test_without_texts_there_is_no_job():
    made = episode(("Aloway", "x"))
    planned = replacing.plan(Wish(NAME))
    by = make_user()
    assert replacing.replace(planned, NAME, without={f"t{turns(made)[0].pk}"}, by=by) is None


def test_what_changed_since_is_left_and_told():
    made = episode(*[("Aloway", "x")] * 4, title="Aloway", chapter="Aloway")
    other = episode(("Aloway", "y"))
    edited, removed, stale, _same = turns(made)
    job = asked()
    editing.save_turn(edited, version=1, values={"text": "新Aloway"}, by=None)
    Turn.objects.filter(pk=removed.pk).update(gone="removed")
    Turn.objects.filter(pk=stale.pk).update(stale=True)
    chapter = Chapter.objects.get(title="Aloway")
    editing.save_chapter(chapter, title="看Aloway", by=None)
    made.refresh_from_db()
    editing.save_episode(made, revision=made.revision, values={"title": "看Aloway"}, by=None)
    do_jobs()
    job.refresh_from_db()
    assert job.message == "Replaced in 2 texts of 2 episodes. Left: 5."
    assert rewrites.left_of(job) == [
        Left(made.pk, f"episode:{made.pk}", "changed"),
        Left(made.pk, f"chapter:{chapter.pk}", "changed"),
        Left(made.pk, f"turn:{edited.uid}", "changed"),
        Left(made.pk, f"turn:{removed.uid}", "gone"),
        Left(made.pk, f"turn:{stale.uid}", "to_read"),
    ]
    assert [text for text, _original in texts(made)] == ["新Aloway", "Aloway", "Alloway"]
    assert texts(other) == [("Alloway", "y")]


def test_an_error_stops_its_part_alone():
    broken, whole = episode(("Aloway", "x")), episode(("Aloway", "x"))
    job = asked()
    Turn.objects.filter(episode=broken).update(text="unseen")
    do_jobs()
    job.refresh_from_db()
    assert [(each.episode, each.why) for each in rewrites.left_of(job)] == [(broken.pk, "broken")]
    assert texts(whole) == [("Alloway", "x")]


def test_a_job_that_was_killed_goes_on_and_writes_nothing_twice(monkeypatch):
    made = [
        episode(("Aloway", "x"), ("Aloway", "y"), title=f"Aloway {number}") for number in range(3)
    ]
    job = asked()
    heartbeat = jobs.Run.heartbeat

    def killed(run: jobs.Run, done: int = 0, total: int = 0, message: str = "") -> None:
        heartbeat(run, done, total, message)
        if done == 6 and run.key == job.key:
            raise jobs.Lost

    with monkeypatch.context() as patched:
        patched.setattr(jobs.Run, "heartbeat", killed)
        jobs.work(job.pk)
    assert [texts(each)[0][0] for each in made] == ["Alloway", "Alloway", "Aloway"]
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, claim=None, lease_until=None)
    do_jobs()
    job.refresh_from_db()
    assert job.message == "Replaced in 9 texts of 3 episodes. Left: 0."
    assert [[text for text, _o in texts(each)] for each in made] == [["Alloway"] * 2] * 3
    assert set(Turn.objects.values_list("version", flat=True)) == {2}
    assert ChangeSet.objects.filter(act=Act.SAVE).count() == 9


def test_what_is_cancelled_in_the_middle_stays_as_far_as_it_came(monkeypatch):
    monkeypatch.setattr(rewrites, "PART", 1)
    made = episode(*[("Aloway", "x")] * 3)
    monkeypatch.setattr(rewrites, "DIRECTLY", 0)
    job = asked(made=made)
    heartbeat = jobs.Run.heartbeat

    def cancelled(run: jobs.Run, done: int = 0, total: int = 0, message: str = "") -> None:
        if done == 2:
            jobs.cancel(job)
        heartbeat(run, done, total, message)

    monkeypatch.setattr(jobs.Run, "heartbeat", cancelled)
    jobs.work(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert [text for text, _original in texts(made)] == ["Alloway", "Alloway", "Aloway"]
    monkeypatch.undo()
    assert [item.uid for item in rewrites.written(job)] == [each.uid for each in turns(made)[:2]]
    replacing.take_back(job, by=make_user())
    assert [text for text, _original in texts(made)] == ["Aloway"] * 3


# Permission.


def test_who_may_not_is_refused_and_who_may_not_any_more_writes_nothing():
    made = episode(("Aloway", "x"))
    planned = replacing.plan(Wish(NAME))
    one_of_two = make_user("")
    one_of_two.user_permissions.add(Permission.objects.get(codename="change_turn"))
    for nobody in (make_user(""), one_of_two):
        with pytest.raises(PermissionDenied):
            replacing.replace(planned, NAME, by=nobody)
        with pytest.raises(PermissionDenied):
            replacing.do(planned, by=nobody, why="x")
    assert Job.objects.filter(kind=rewrites.KIND).count() == 0
    episode(("Aloway", "y"))
    by = make_user("Editors")
    job = asked(by=by)
    by.groups.clear()
    with pytest.raises(PermissionDenied):
        replacing.take_back(job, by=User.objects.get(pk=by.pk))
    do_jobs()
    job.refresh_from_db()
    assert job.message.startswith("Who asked for this may not edit episodes any more")
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, requested_by=None)
    do_jobs()
    job.refresh_from_db()
    assert job.message.startswith("Who asked for this has no account any more")
    assert texts(made) == [("Aloway", "x")]


def test_remembering_and_aliases_have_permissions_of_their_own():
    made = episode(("Aloway", "x"))
    planned = replacing.plan(Wish(NAME))
    by = make_user("")
    for codename in ("change_turn", "change_episode"):
        by.user_permissions.add(Permission.objects.get(codename=codename))
    person = create_named(Person, "Alloway")
    with pytest.raises(PermissionDenied):
        replacing.replace(planned, NAME, by=by, remember=True)
    with pytest.raises(PermissionDenied):
        replacing.replace(planned, NAME, by=by, alias_of=person)
    assert (texts(made), Correction.objects.count()) == ([("Aloway", "x")], 0)
    assert replacing.replace(planned, NAME, by=by) is not None


# The way back.


def test_the_way_back_makes_all_what_it_was_but_what_was_edited_since():
    made = episode(
        ("Alloway和Aloway", "Aloway"), ("Aloway", "x"), ("**Aloway**", "y"), title="Aloway",
        chapter="Aloway",
    )  # fmt: skip
    other = episode(("Alloway", "z"))
    before = texts(made)
    job = done()
    assert texts(made)[0] == ("Alloway和Alloway", "Alloway")
    second = turns(made)[1]
    editing.save_turn(second, version=2, values={"text": "Alloway！"}, by=None)
    back = replacing.take_back(job, by=make_user())
    assert back is not None
    do_jobs()
    back.refresh_from_db()
    assert texts(made) == [before[0], ("Alloway！", "x"), before[2]]
    assert texts(other) == [("Alloway", "z")]
    made.refresh_from_db()
    assert (made.title, made.chapters.filter(title="Aloway").count()) == ("Aloway", 1)
    assert [each.why for each in rewrites.left_of(back)] == ["changed"]
    again = replacing.take_back(back, by=make_user())
    do_jobs()
    assert again is not None
    assert texts(made)[0] == ("Alloway和Alloway", "Alloway")


# What goes with it.


def test_a_replacement_is_remembered_and_a_finding_wherever_it_stands_again():
    made = episode(("Aloway", "x"))
    job = done(remember=True, by=make_user("Editors", "edith"), why="听错")
    known = Correction.objects.get()
    assert (known.wrong, known.right, known.side, known.by.username, known.why) == (
        "Aloway", "Alloway", "", "edith", "听错",
    )  # fmt: skip
    assert job.state == JobState.DONE
    later = episode(("谢谢Aloway", "Thank you, Aloway. ALOWAY"), ("好", "Alloway"))
    checking.check_now(later)
    found = Finding.objects.filter(episode=later, code="known_correction").order_by("field")
    assert [(row.uid, row.field, row.fix["value"]) for row in found] == [
        (turns(later)[0].uid, "original", "Thank you, Alloway. ALOWAY"),
        (turns(later)[0].uid, "text", "谢谢Alloway"),
    ]
    assert {str(row.message) for row in found} == {"“Aloway” is known to be “Alloway”."}
    checking.check_now(made)
    assert not Finding.objects.filter(episode=made, code="known_correction").exists()
    changed = Pattern("Aloway", "Alowey", match_case=False)
    done(changed, by=make_user(), remember=True)
    assert Correction.objects.get().right == "Alowey"


def test_a_correction_queues_the_episodes_that_hold_it():
    holds, other = episode(("Aloway", "x")), episode(("别的", "y"))
    single = episode(("数据", "z"))
    for each in (holds, other, single):
        checking.check_now(each)
    CheckAsked.objects.all().delete()
    corrections.remember(NAME, by=make_user())
    for job in Job.objects.filter(kind=concerned.KIND, state=JobState.QUEUED):
        jobs.work(job.pk)
    assert set(CheckAsked.objects.values_list("episode_id", flat=True)) == {holds.pk}
    corrections.remember(Pattern("据", "剧"), by=make_user())  # too little to be looked for
    assert CheckAsked.objects.count() == 3


def test_the_misspelling_joins_the_aliases_of_whom_it_means():
    episode(("Tracy Aloway", "x"))
    person = create_named(Person, "Tracy Alloway")
    pattern = Pattern("Tracy Aloway", "Tracy Alloway")
    assert corrections.suggestions("Tracy Alloway") == [person]
    done(pattern, alias_of=person, by=make_user("Editors", "edith"))
    person.refresh_from_db()
    assert person.alias_list == ["Tracy Aloway"]
    act = ChangeSet.objects.filter(episode=None).latest("pk")
    assert (act.by.username, act.why) == ("edith", "Replaced: Tracy Aloway → Tracy Alloway")


def test_the_live_episodes_that_it_changed_are_published_as_one_batch():
    live, draft, untouched = (episode((each, "x")) for each in ("Aloway", "Aloway", "别的"))
    publish_episode(live)
    publish_episode(untouched)
    editor, publisher = make_user("Editors"), make_user("Publishers")
    job = done(by=editor)
    assert list(replacing.publishable(job)) == [live]
    with pytest.raises(Unusable) as refused:
        replacing.publish(job, editor)
    assert refused.value.code == "permission"
    batch = replacing.publish(job, publisher)
    live.refresh_from_db()
    assert (batch.kind, batch.items, batch.note) == (
        Batch.Kind.PUBLISH,
        [live.pk],
        "Replaced: Aloway → Alloway",
    )
    while waiting := Job.objects.filter(state=JobState.QUEUED, kind="batch").first():
        jobs.work(waiting.pk)
    assert Edition.objects.filter(episode=live).count() == 2
    assert Edition.objects.filter(episode=draft).count() == 0
    assert replacing.publishable(job).count() == 0
    with pytest.raises(Unusable):
        replacing.publish(job, publisher)


def test_known_corrections_are_mended_but_those_put_away():
    Correction.objects.create(wrong="Aloway", right="Alloway")
    Correction.objects.create(wrong="Gilan", right="Geelen", side="original")
    made = episode(("Aloway和Gilan", "Aloway and Gilan"), ("Aloway", "x"), ("好", "Gilan Aloway"))
    checking.check_now(made)
    away = Finding.objects.get(episode=made, uid=turns(made)[1].uid, code="known_correction")
    checking.dismiss(away, by=make_user())
    plan = replacing.plan_known(made)
    assert [hit.count for hit in plan.hits] == [1, 4]
    job = replacing.do(plan, by=make_user(), why="Known")
    assert job is not None
    assert job.state == JobState.DONE
    assert texts(made) == [
        ("Alloway和Gilan", "Alloway and Geelen"),
        ("Aloway", "x"),
        ("好", "Geelen Alloway"),
    ]
    assert ChangeSet.objects.filter(act=Act.SAVE, episode=made).count() == 2
    assert replacing.plan_known(made).items == ()


def test_ten_thousand_turns_are_planned_in_seconds():
    made = episode(("x", "y"))
    first = turns(made)[0]
    words = (
        "我们今天要谈的是港口、吊车和世界贸易，**数据湖**（Data Lake: 存放原始数据的仓库）也会说到。"
        * 4
    )
    Turn.objects.bulk_create(
        Turn(
            episode=made,
            chapter=first.chapter,
            uid=f"t{number:08d}",
            position=number + 10,
            text=f"{words}Aloway说。" if number % 5 == 0 else words,
            original="We talk about ports, cranes and trade. " * 8,
        )
        for number in range(10_000)
    )
    plan = replacing.plan(Wish(NAME))
    assert len(plan.items) == 2_000
