"""Renaming a term: what is shown is what is done, by one job, and it can be taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import translation

from episodes import editing, jobs
from episodes.models import ChangeSet, Episode, Job, Turn
from episodes.models.history import Act
from episodes.models.jobs import JobState
from episodes.tests.factories import make_user
from glossary import decisions, renaming
from glossary.admin import renaming as pages
from glossary.models import Annotation, Entry, State
from glossary.renaming import Left, Plan, Wish
from glossary.tests.made import LAKE, do_jobs, entry, episode, live_episode, rebuilt

pytestmark = pytest.mark.django_db

NEW_LAKE = LAKE.replace("数据湖", "资料湖")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renaming, "BREATH", 0)


@pytest.fixture
def editor() -> Client:
    return logged_in(make_user("Editors", "edith"))


def logged_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def place(term: str) -> str:
    return reverse("admin:glossary_entry_rename", args=[entry(term).pk])


def texts(made: Episode) -> list[str]:
    return list(made.turns.order_by("position").values_list("text", flat=True))


def planned(term: str = "数据湖", new: str = "资料湖", **wish: Any) -> Plan:
    return renaming.plan(entry(term), Wish(new, **wish))


def uids(made: Episode) -> list[str]:
    return list(made.turns.order_by("position").values_list("uid", flat=True))


def renamed(by: Any, without: set[int] = frozenset(), **values: Any) -> Job:  # type: ignore[assignment]
    """Ask for 数据湖 to be 资料湖; return the job, which nobody has done yet."""
    found, wish = entry("数据湖"), Wish("资料湖", **values)
    plan = renaming.plan(found, wish)
    with translation.override("en"):
        job = renaming.rename(found, wish, plan, without=without, version=found.version, by=by)
    assert job is not None
    return job


# What would change.


def test_a_plan_holds_the_turns_that_would_change_and_no_others():
    one = episode("one", LAKE, "只说数据湖。", "没有。")
    two = episode("two", "`数据湖`", "数据湖泊", "**数据湖**和数据湖")
    decisions.add({"term": "数据湖泊"}, by=make_user())
    rebuilt()
    heads, everything = planned(), planned(mentions=True)
    assert [item.uid for item in heads.items] == uids(one)[:1]
    assert [item.uid for item in everything.items] == [*uids(one)[:2], uids(two)[2]]
    assert [len(item.changes) for item in everything.items] == [1, 1, 2]
    assert heads.digest != everything.digest
    assert planned().digest == heads.digest


def test_a_plan_changes_with_a_turn_and_with_nothing_else():
    made = episode("one", LAKE, "数据湖")
    rebuilt()
    before = planned().digest
    second, first = made.turns.order_by("-position")[:2]
    editing.save_turn(second, version=1, values={"text": "数据湖。"}, by=None)
    assert planned().digest == before
    editing.save_turn(first, version=1, values={"text": f"看{LAKE}"}, by=None)
    assert planned().digest != before


def test_a_head_is_found_in_the_spelling_of_its_note():
    made = episode("one", "**Data-Lake**（数据湖: 定义）", "**data lake**（数据湖: 定义）")
    rebuilt()
    found = Entry.objects.get()
    assert [item.uid for item in renaming.plan(found, Wish("Lacus")).items] == uids(made)


def test_what_waits_to_be_read_or_would_be_read_otherwise_is_left_out():
    made = episode("one", LAKE, LAKE, LAKE, "数据数据数据数据")
    rebuilt()
    stale, unread = uids(made)[:2]
    Turn.objects.filter(uid=stale).update(stale=True)
    Turn.objects.filter(uid=unread).update(unread=True)
    plan = planned()
    assert [place.uid for place in plan.to_read] == [stale, unread]
    assert [item.uid for item in plan.items] == uids(made)[2:3]
    decisions.add({"term": "数据数据"}, by=make_user())
    plan = planned("数据数据", "数据", mentions=True)
    assert ([place.uid for place in plan.by_hand], plan.items) == ([uids(made)[3]], ())


# Doing it.


def test_the_entry_is_renamed_and_a_job_rewrites_the_chosen_turns():
    one = episode("one", LAKE, f"甲{LAKE}", "数据湖")
    two = live_episode("two", LAKE)
    rebuilt()
    edith = make_user("Editors", "edith")
    second = Turn.objects.get(uid=uids(one)[1]).pk
    job = renamed(edith, without={second})
    found = Entry.objects.get()
    assert (found.term, found.aliases, found.version) == ("资料湖", "数据湖", 1)
    assert texts(one)[0] == LAKE
    do_jobs()
    assert texts(one) == [NEW_LAKE, f"甲{LAKE}", "数据湖"]
    assert texts(two) == [NEW_LAKE]
    job.refresh_from_db()
    assert job.message == "Rewritten: 2 turns in 2 episodes. Left: 0."
    assert (job.done_count, job.total_count, job.arguments["left"]) == (2, 2, [])
    acts = ChangeSet.objects.filter(act=Act.SAVE, episode__isnull=False).order_by("episode_id")
    assert [(act.episode.slug, act.why, act.by) for act in acts] == [
        ("one", "Renamed: 数据湖 → 资料湖", edith),
        ("two", "Renamed: 数据湖 → 资料湖", edith),
    ]
    heads = Annotation.objects.order_by("pk").values_list("head", "entry")
    assert sorted(heads) == sorted(
        [("资料湖", found.pk), ("数据湖", found.pk), ("资料湖", found.pk)]
    )
    assert Entry.objects.count() == 1


def test_without_turns_there_is_no_job_and_without_the_old_name_no_alias():
    episode("one", LAKE)
    rebuilt()
    found, wish = entry("数据湖"), Wish("资料湖", keep=False)
    plan = renaming.plan(found, wish)
    every = {item.turn for item in plan.items}
    by = make_user()
    assert renaming.rename(found, wish, plan, without=every, version=0, by=by) is None
    found.refresh_from_db()
    assert (found.term, found.aliases) == ("资料湖", "")


def test_what_changed_since_is_left_and_told():
    made = episode("one", LAKE, LAKE, LAKE, LAKE, LAKE)
    rebuilt()
    edited, removed, stale, _same, last = made.turns.order_by("position")
    job = renamed(make_user())
    editing.save_turn(edited, version=1, values={"text": f"新{LAKE}"}, by=None)
    Turn.objects.filter(pk=removed.pk).update(gone="removed")
    Turn.objects.filter(pk=stale.pk).update(stale=True)
    Turn.objects.filter(pk=last.pk).update(text="unseen")  # nobody does: an error stops its part
    do_jobs()
    job.refresh_from_db()
    assert job.message == "Rewritten: 0 turns in 0 episodes. Left: 5."
    assert {each.why for each in renaming.left_of(job)} == {"broken"}
    Turn.objects.filter(pk=last.pk).update(text=LAKE)
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, attempts=0)
    do_jobs()
    job.refresh_from_db()
    assert job.message == "Rewritten: 2 turns in 1 episodes. Left: 3."
    assert renaming.left_of(job) == [
        Left(made.pk, edited.uid, "changed"),
        Left(made.pk, removed.uid, "gone"),
        Left(made.pk, stale.uid, "to_read"),
    ]
    assert texts(made) == [f"新{LAKE}", LAKE, NEW_LAKE, NEW_LAKE]


def test_a_job_that_was_killed_goes_on_and_writes_nothing_twice(monkeypatch):
    made = [episode(f"e{number}", LAKE, LAKE) for number in range(3)]
    rebuilt()
    job = renamed(make_user())
    heartbeat = jobs.Run.heartbeat

    def killed(run: jobs.Run, done: int = 0, total: int = 0, message: str = "") -> None:
        heartbeat(run, done, total, message)
        if done == 4 and run.key == job.key:
            raise jobs.Lost

    with monkeypatch.context() as patched:
        patched.setattr(jobs.Run, "heartbeat", killed)
        jobs.work(job.pk)
    assert [texts(each)[0] == NEW_LAKE for each in made] == [True, True, False]
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, claim=None, lease_until=None)
    do_jobs()
    job.refresh_from_db()
    assert job.message == "Rewritten: 6 turns in 3 episodes. Left: 0."
    assert [texts(each) for each in made] == [[NEW_LAKE] * 2] * 3
    assert set(Turn.objects.values_list("version", flat=True)) == {2}


def test_turns_of_an_episode_are_written_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(renaming, "TURNS", 2)
    made = episode("one", *[LAKE] * 5)
    rebuilt()
    job = renamed(make_user())
    do_jobs()
    job.refresh_from_db()
    assert job.message == "Rewritten: 5 turns in 1 episodes. Left: 0."
    assert texts(made) == [NEW_LAKE] * 5


def test_who_may_not_any_more_writes_nothing():
    made = episode("one", LAKE)
    rebuilt()
    by = make_user("Editors")
    job = renamed(by)
    by.groups.clear()
    do_jobs()
    job.refresh_from_db()
    assert job.message.startswith("Who asked for this may not change episodes any more")
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, requested_by=None)
    do_jobs()
    job.refresh_from_db()
    assert job.message.startswith("Who asked for this has no account any more")
    assert texts(made) == [LAKE]


def test_a_renaming_is_refused_by_permission_by_version_and_while_another_is_at_work():
    episode("one", LAKE)
    rebuilt()
    found, wish = entry("数据湖"), Wish("资料湖")
    plan = renaming.plan(found, wish)
    glossarist = make_user("")
    glossarist.user_permissions.add(Permission.objects.get(codename="change_entry"))
    with pytest.raises(PermissionDenied):
        renaming.rename(found, wish, plan, version=0, by=glossarist)
    with pytest.raises(decisions.Stale):
        renaming.rename(found, wish, plan, version=7, by=make_user())
    job = renamed(make_user())
    found.refresh_from_db()
    again = Wish("数据池")
    with pytest.raises(renaming.Busy) as busy:
        renaming.rename(found, again, renaming.plan(found, again), version=1, by=make_user())
    assert busy.value.job == job
    found.refresh_from_db()
    assert (found.term, found.version) == ("资料湖", 1)


# The way back.


def test_the_way_back_makes_every_turn_what_it_was_but_what_was_edited_since():
    made = episode("one", "Token是token", "token和资料", "又token", "标记")
    decisions.add({"term": "token"}, by=make_user())
    rebuilt()
    before = texts(made)
    by = make_user()
    found, wish = entry("token"), Wish("标记", mentions=True)
    job = renaming.rename(found, wish, renaming.plan(found, wish), version=1, by=by)
    assert job is not None
    do_jobs()
    assert texts(made) == ["标记是标记", "标记和资料", "又标记", "标记"]
    third = made.turns.order_by("position")[2]
    editing.save_turn(third, version=2, values={"text": "又是标记"}, by=by)
    job.refresh_from_db()
    found.refresh_from_db()
    back = renaming.wish_back(job)
    assert (back.new, back.mentions, back.keep) == ("token", True, False)
    undone = renaming.rename(found, back, renaming.plan(found, back), version=2, by=by)
    assert undone is not None
    do_jobs()
    assert texts(made) == [before[0], before[1], "又是token", "标记"]
    found.refresh_from_db()
    assert (found.term, found.aliases) == ("token", "")


# The pages.


def hidden(html: str) -> dict[str, Any]:
    """What the form of a review sends when nothing is touched."""
    form = html[html.index('<form method="post" action="/admin/glossary/entry/') :]
    fields: dict[str, Any] = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    )
    fields["take"] = re.findall(r'name="take" value="(\d+)"[^>]* checked', form)
    return fields


def review(client: Client, **asked: Any) -> str:
    answer = client.get(place("数据湖"), {"new": "资料湖", "keep": "1", **asked})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_review_shows_the_difference_the_counts_and_who_sees_it(editor):
    episode("one", LAKE, LAKE)
    live_episode("two", LAKE)
    rebuilt()
    html = review(editor)
    assert "<strong>3</strong> turns in 2 episodes" in html
    assert "1 of them published: readers see it with its next edition." in html
    assert html.count("<del>数据</del><ins>资料</ins>") == 3
    assert len(hidden(html)["take"]) == 3


def test_what_is_unticked_stays_as_it_is(editor):
    made = episode("one", LAKE, LAKE)
    rebuilt()
    sent = hidden(review(editor))
    answer = editor.post(place("数据湖"), {**sent, "take": sent["take"][1:], "step": "confirm"})
    job = Job.objects.get(kind=renaming.KIND)
    outcome = reverse("admin:glossary_entry_renamed", args=[entry("资料湖").pk, job.pk])
    assert (answer.status_code, answer["location"]) == (302, outcome)
    html = editor.get(outcome).content.decode()
    assert "At work" in html
    assert "0 of 1" in html
    assert "js/batch.js" in html
    do_jobs()
    assert texts(made) == [LAKE, NEW_LAKE]
    html = editor.get(outcome).content.decode()
    assert "Rewritten: 1 turns in 1 episodes. Left: 0." in html
    assert "Call it “数据湖” again" in html


def test_choices_go_along_from_page_to_page_and_by_episode(editor, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 2)
    one, two = episode("one", LAKE, LAKE, LAKE), episode("two", LAKE, LAKE)
    rebuilt()
    path = place("数据湖")

    def send(html: str, step: str, **changed: Any) -> str:
        return editor.post(path, {**hidden(html), **changed, "step": step}).content.decode()

    first = review(editor)
    assert hidden(first)["without"] == ""
    second = send(first, "page:2", take=hidden(first)["take"][:1])
    assert "2/3" in second
    assert len(hidden(second)["take"]) == 2
    assert len(hidden(second)["without"].split()) == 1
    none = send(second, f"none:{two.pk}")
    assert "2/3" in none
    assert len(hidden(none)["without"].split()) == 3
    assert "0 of 2" in none
    every = send(none, f"all:{one.pk}")
    assert len(hidden(every)["without"].split()) == 2
    back = send(every, "page:1")
    assert len(hidden(back)["take"]) == 2
    assert editor.post(path, {**hidden(back), "step": "confirm"}).status_code == 302
    do_jobs()
    assert (texts(one), texts(two)) == ([NEW_LAKE] * 3, [LAKE] * 2)


def test_what_moved_on_is_shown_again_and_nothing_is_done(editor):
    made = episode("one", LAKE, LAKE)
    rebuilt()
    sent = hidden(review(editor))
    first = made.turns.order_by("position")[0]
    editing.save_turn(first, version=1, values={"text": f"新{LAKE}"}, by=None)
    path = place("数据湖")
    answer = editor.post(path, {**sent, "take": sent["take"][:1], "step": "confirm"})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "have changed since this was shown" in html
    assert hidden(html)["take"] == sent["take"][:1]
    assert Job.objects.filter(kind=renaming.KIND).count() == 0
    assert Entry.objects.get().term == "数据湖"
    assert editor.post(path, {**hidden(html), "step": "confirm"}).status_code == 302
    assert editor.post(path, {**hidden(html), "step": "confirm"}).status_code == 422


def test_a_second_renaming_waits_for_the_first(editor):
    episode("one", LAKE)
    rebuilt()
    renamed(make_user())
    path = place("资料湖")
    html = editor.get(path, {"new": "数据池"}).content.decode()
    answer = editor.post(path, {**hidden(html), "step": "confirm"})
    assert answer.status_code == 409
    assert "still being rewritten for an earlier name" in answer.content.decode()


def test_the_way_back_is_offered_reviewed_and_done(editor):
    made = episode("one", LAKE, LAKE)
    other = episode("two", "**资料湖**（Data Lake）")
    Turn.objects.filter(episode=other).update(text="别的")
    rebuilt()
    Turn.objects.filter(episode=other).update(text="**资料湖**（Data Lake）")
    sent = hidden(review(editor))
    editor.post(place("数据湖"), {**sent, "step": "confirm"})
    do_jobs()
    job = Job.objects.get(kind=renaming.KIND)
    found = entry("资料湖")
    html = editor.get(
        reverse("admin:glossary_entry_renamed", args=[found.pk, job.pk])
    ).content.decode()
    asked = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    asked = {name: asked[name] for name in ("new", "back")}
    assert asked == {"new": "数据湖", "back": str(job.pk)}
    html = editor.get(place("资料湖"), asked).content.decode()
    assert len(hidden(html)["take"]) == 2
    editor.post(place("资料湖"), {**hidden(html), "step": "confirm"})
    do_jobs()
    assert (texts(made), texts(other)) == ([LAKE] * 2, ["**资料湖**（Data Lake）"])
    found.refresh_from_db()
    assert (found.term, found.aliases) == ("数据湖", "")


def test_what_was_left_is_listed_with_its_reason(editor):
    made = episode("one", LAKE, LAKE)
    rebuilt()
    job = renamed(make_user())
    first = made.turns.order_by("position")[0]
    editing.save_turn(first, version=1, values={"text": f"新{LAKE}"}, by=None)
    do_jobs()
    path = reverse("admin:glossary_entry_renamed", args=[entry("资料湖").pk, job.pk])
    html = editor.get(path).content.decode()
    assert "Somebody has changed them since" in html
    turns = reverse("admin:episodes_episode_turns", args=[made.pk])
    assert f'href="{turns}#{first.uid}"' in html


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("", "This field is required."),
        ("**湖**", "without marks of Markdown"),
        ("——", "letters and digits"),
        ("数据湖", "what it is called already"),
        ("错湖", "forbidden for this very term"),
        ("暖 通", "“暖 通” belongs to the term “暖通” (Candidate)."),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(editor, new, sentence):
    episode("one", LAKE, "**暖通**（HVAC）")
    rebuilt()
    decisions.save(entry("数据湖"), {"forbidden": "错湖"}, version=0, by=make_user())
    answer = editor.get(place("数据湖"), {"new": new})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_more_turns_than_a_job_rewrites_are_refused(editor, monkeypatch):
    episode("one", LAKE, LAKE)
    rebuilt()
    monkeypatch.setattr(renaming, "LIMIT", 1)
    html = review(editor)
    assert "More turns hold this term than one renaming rewrites." in html
    assert 'value="confirm"' not in html
    assert editor.post(place("数据湖"), {**hidden(html), "step": "confirm"}).status_code == 409
    assert Entry.objects.get().term == "数据湖"


def test_who_may_what(editor):
    episode("one", LAKE)
    rebuilt()
    found = entry("数据湖")
    path = place("数据湖")
    assert Client().get(path).status_code == 302
    assert logged_in(make_user("", "nobody")).get(path).status_code == 403
    assert editor.delete(path).status_code == 405
    assert editor.get(path).status_code == 200
    assert editor.get(path.replace(f"/{found.pk}/", "/999999/")).status_code == 404
    decisions.decide([found.pk], State.APPROVED, by=make_user("Publishers"))
    assert editor.get(path).status_code == 403
    assert editor.post(path, {"new": "资料湖", "step": "confirm"}).status_code == 403
    publisher = logged_in(make_user("Publishers"))
    assert publisher.get(path).status_code == 200
    decisions.decide([found.pk], State.REJECTED, by=make_user("Publishers"))
    assert "This term is rejected." in publisher.get(path).content.decode()
    assert publisher.post(path, {"new": "资料湖", "step": "confirm"}).status_code == 409
    outcome = reverse("admin:glossary_entry_renamed", args=[found.pk, 999999])
    assert publisher.get(outcome).status_code == 404
    assert publisher.post(outcome).status_code == 405


def test_a_look_writes_nothing(editor):
    episode("one", LAKE)
    rebuilt()
    before = Job.objects.count(), ChangeSet.objects.count()
    html = review(editor)
    editor.post(place("数据湖"), {**hidden(html), "step": "page:1"})
    assert (Job.objects.count(), ChangeSet.objects.count()) == before
    assert Entry.objects.get().version == 0


@pytest.mark.parametrize("count", [1, 30])
def test_the_pages_take_a_fixed_number_of_queries(editor, django_assert_num_queries, count):
    made = [live_episode(f"e{number}", LAKE, LAKE) for number in range(count)]
    rebuilt()
    editor.get(place("数据湖"))  # content types are remembered
    path = place("数据湖")
    asked = {"new": "资料湖", "mentions": "1"}
    with django_assert_num_queries(6):
        editor.get(path)
    with django_assert_num_queries(14):
        sent = hidden(editor.get(path, asked).content.decode())
    with django_assert_num_queries(13):
        editor.post(path, {**sent, "step": "page:1"})
    editor.post(path, {**sent, "step": "confirm"})
    first = made[0].turns.order_by("position")[0].position
    Turn.objects.filter(position=first).update(version=5)
    do_jobs()
    job = Job.objects.get(kind=renaming.KIND)
    outcome = reverse("admin:glossary_entry_renamed", args=[entry("资料湖").pk, job.pk])
    with django_assert_num_queries(7):
        editor.get(outcome)
