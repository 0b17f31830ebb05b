"""Checks of the term base in working turns, and which episodes a decision has checked again."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from episodes import checking, concerned, editing, jobs, mending, workflow
from episodes.models import CheckAsked, Episode, Finding, Job, Status
from episodes.models.jobs import JobState
from episodes.tests.factories import complete, make_episode, make_user
from glossary import acts, approved, decisions, exchanging, importing
from glossary.grouping import key_of
from glossary.models import Entry, State
from glossary.tests.made import do_jobs

pytestmark = pytest.mark.django_db

CODES = ("term_definition", "term_forbidden", "term_rendering")


@pytest.fixture
def publisher() -> User:
    return make_user("", is_superuser=True)


def term(by: User, word: str, **values: str) -> Entry:
    """An approved entry."""
    made = decisions.add({"term": word, **values}, by=by)
    return decisions.decide([made.pk], State.APPROVED, by=by)[0]


def episode(*pairs: tuple[str, str], slug: str = "one", **front: object) -> Episode:
    turns = [("Mara Quill", "欢迎收听，我是Mara Quill。", "Welcome, I'm Mara Quill.")]
    turns += [("Ingrid Solberg", text, original) for text, original in pairs]
    made = make_episode(
        **complete(extra=(("is", slug),), **front), slug=slug, address=f"{slug}.md", turns=turns
    )
    checking.check_now(made)
    return made


def found(made: Episode) -> list[tuple[str, int, str]]:
    """(check, position of the turn, what is marked)."""
    turns = {turn.uid: turn for turn in made.turns.all()}
    rows = Finding.objects.filter(episode=made, stands=True, code__in=CODES).order_by("pk")
    return [
        (
            row.code,
            turns[row.uid].position,
            getattr(turns[row.uid], row.field)[row.start : row.end],
        )
        for row in rows
    ]


def test_a_rendering_that_is_not_used_is_found_at_the_original(publisher):
    term(publisher, "数据湖", foreign_term="data lake", aliases="资料池", abbreviation="DL")
    made = episode(
        ("我们有一个数据湖。", "We have a data lake."),
        ("我们有一个资料池。", "We have a data lake."),
        ("我们有一个DL。", "We have a data lake."),
        ("我们有一个水池。", "We have two Data Lakes, and a data lake."),
    )
    assert found(made) == [("term_rendering", 4, "Data Lakes")]
    row = Finding.objects.get(code="term_rendering")
    assert row.severity == "warning"
    assert row.message == "The original says “Data Lakes”, the translation not “数据湖”."


def test_the_foreign_name_in_the_note_of_another_head_is_no_rendering(publisher):
    term(publisher, "数据湖", foreign_term="data lake")
    made = episode(
        ("我们有一个**水池**（Data Lake: 存放数据）。", "We have a data lake."),
        ("我们有一个**data lake**（存放数据）。", "We have a data lake."),
        ("我们有一个**水池**（Data Lake），即数据湖。", "We have a data lake."),
    )
    assert [row for row in found(made) if row[0] == "term_rendering"] == [
        ("term_rendering", 1, "data lake")
    ]


def test_candidates_and_rejected_terms_are_nobodys_rule(publisher):
    decisions.add(
        {"term": "数据湖", "foreign_term": "data lake", "forbidden": "水池"}, by=publisher
    )
    made = episode(("我们有一个水池。", "We have a data lake."))
    assert found(made) == []
    entry = Entry.objects.get(term="数据湖")
    decisions.decide([entry.pk], State.APPROVED, by=publisher)
    checking.check_now(made)
    assert [code for code, _place, _said in found(made)] == ["term_forbidden", "term_rendering"]
    decisions.decide([entry.pk], State.REJECTED, by=publisher)
    checking.check_now(made)
    assert found(made) == []


def test_a_forbidden_rendering_is_an_error_and_the_fix_writes_the_term(publisher):
    term(publisher, "数据湖", foreign_term="data lake", forbidden="资料湖")
    made = episode(("资料湖就是**资料湖**（Data Lake: 仓库）。", "A lake is a lake."))
    assert found(made) == [("term_forbidden", 1, "资料湖")]
    row = Finding.objects.get(code="term_forbidden")
    assert row.severity == "error"
    turn = made.turns.get(uid=row.uid)
    mending.mend(row, version=turn.version, by=publisher)
    turn.refresh_from_db()
    assert turn.text == "数据湖就是**数据湖**（Data Lake: 仓库）。"
    assert found(made) == []


def test_a_forbidden_rendering_stands_in_the_way_of_publishing(publisher):
    term(publisher, "数据湖", foreign_term="data lake", forbidden="资料湖")
    made = episode(("我们有一个资料湖。", "We have a pond."))
    workflow.transition(made, Status.REVIEW, make_user())
    with pytest.raises(workflow.Refused) as refused:
        workflow.publish(made, make_user("Publishers"))
    assert [one.code for one in refused.value.obstacles] == ["finding_open"]


def test_what_is_forbidden_for_one_term_and_the_name_of_another_is_told_by_the_original(publisher):
    term(publisher, "智能体", foreign_term="agent", forbidden="代理")
    term(publisher, "代理", foreign_term="proxy")
    made = episode(
        ("这个代理很快。", "This agent is fast."),
        ("这个代理很快。", "This proxy is fast."),
        ("这个代理很快。", "The proxy of an agent is fast."),
        ("这个代理很快。", "It is fast."),
    )
    assert [row for row in found(made) if row[0] == "term_forbidden"] == [
        ("term_forbidden", 1, "代理")
    ]


def test_a_definition_in_conflict_with_the_approved_one_is_found(publisher):
    term(publisher, "数据湖", foreign_term="data lake", definition="存放原始数据的仓库")
    made = episode(
        ("**数据湖**（Data Lake: 存放原始数据的仓库。）很大。", "The data lake is big."),
        ("**数据湖**（Data Lake: 原始数据的仓库）很大。", "The data lake is big."),
        ("**数据湖**（Data Lake: 一种很大的水体）很大。", "The data lake is big."),
        ("**水体**（Water: 一种很大的水体）很大。", "The water is big."),
    )
    assert found(made) == [("term_definition", 3, "（Data Lake: 一种很大的水体）")]


def test_renderings_are_looked_for_in_chinese_translations_alone(publisher):
    term(publisher, "数据湖", foreign_term="data lake")
    made = episode(("我们有一个水池。", "We have a data lake."))
    assert found(made) == [("term_rendering", 1, "data lake")]
    values = {"language": "en"}
    editing.save_episode(made, revision=made.revision, values=values, by=None)
    made.refresh_from_db()
    checking.check_now(made)
    assert found(made) == []


# What is known of the terms.


def test_the_terms_are_read_again_when_they_changed_and_only_then(
    publisher, django_assert_num_queries
):
    entry = term(publisher, "数据湖", foreign_term="data lake")
    first = approved.terms_now()
    with django_assert_num_queries(1):
        assert approved.terms_now() is first
    seen = [first.digest]
    for act in (
        lambda: decisions.forbid(Entry.objects.get(pk=entry.pk), "资料湖", by=publisher),
        lambda: decisions.add_alias(Entry.objects.get(pk=entry.pk), "资料池", by=publisher),
        lambda: term(publisher, "数据中心"),
        lambda: decisions.decide([entry.pk], State.CANDIDATE, by=publisher),
    ):
        act()
        seen.append(approved.terms_now().digest)
    assert len(set(seen)) == len(seen)
    decisions.add({"term": "候选"}, by=publisher)
    assert approved.terms_now().digest == seen[-1]


# Which episodes a decision concerns.


def asked() -> set[str]:
    """The slugs of the episodes that are to be checked once the job has looked for them."""
    for job in Job.objects.filter(kind=concerned.KIND, state=JobState.QUEUED).order_by("pk"):
        jobs.work(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE, job.message
    found = set(CheckAsked.objects.values_list("episode__slug", flat=True))
    CheckAsked.objects.all().delete()
    return found


def test_a_decision_has_the_episodes_checked_that_it_concerns(publisher):
    episode(("我们有一个数据湖。", "We have a big pond."), slug="chinese")
    episode(("我们有一个水池。", "We have a DATA LAKE."), slug="english")
    episode(("我们有一个资料湖。", "We have it."), slug="forbidden")
    episode(("我们有一艘船。", "We have a ship."), slug="other")
    do_jobs()
    CheckAsked.objects.all().delete()
    made = decisions.add({"term": "数据湖", "foreign_term": "data lake"}, by=publisher)
    assert asked() == set()  # a candidate is no rule
    decisions.decide([made.pk], State.APPROVED, by=publisher)
    assert asked() == {"chinese", "english"}
    decisions.forbid(Entry.objects.get(pk=made.pk), "资料湖", by=publisher)
    assert asked() == {"chinese", "english", "forbidden"}
    entry = Entry.objects.get(pk=made.pk)
    decisions.save(entry, {"foreign_term": ""}, version=entry.version, by=publisher)
    assert asked() == {"chinese", "english", "forbidden"}  # the old name counts as well
    entry.refresh_from_db()
    act = decisions.save(entry, {"forbidden": ""}, version=entry.version, by=publisher)
    assert asked() == {"chinese", "forbidden"}
    decisions.decide([act.pk], State.REJECTED, by=publisher)
    assert asked() == {"chinese"}


def test_merging_splitting_and_undoing_do(publisher):
    episode(("我们有一个数据湖。", "We have it."), slug="lake")
    episode(("我们有一个资料池。", "We have it."), slug="pond")
    do_jobs()
    lake, pond = term(publisher, "数据湖"), term(publisher, "资料池")
    assert asked() == {"lake", "pond"}
    merged = decisions.merge([pond], lake, by=publisher)
    assert asked() == {"lake", "pond"}
    decisions.undo(acts.latest(merged).change_set, by=publisher)
    assert asked() == {"lake", "pond"}
    lake.refresh_from_db()
    decisions.add_alias(lake, "资料库", by=publisher)
    assert asked() == {"lake"}
    lake.refresh_from_db()
    decisions.split(lake, [key_of("资料库")], by=publisher)
    assert asked() == {"lake"}


def test_importing_terms_does(publisher):
    episode(("我们有一个数据湖。", "We have it."), slug="lake")
    episode(("我们有一艘船。", "We have a ship."), slug="other")
    do_jobs()
    CheckAsked.objects.all().delete()
    reading = exchanging.read("terms.csv", "term,state\n数据湖,approved\n".encode())
    options = importing.options_for(publisher, reading.fields, False)
    plan = importing.look(reading.rows, options)
    done = importing.carry_out(reading.rows, plan.work(), options, by=publisher)
    assert done.written == 1
    assert asked() == {"lake"}


def test_a_job_that_imports_terms_asks_once_for_all_of_them(publisher, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 50)
    episode(("我们有第三号术语。", "We have it."), slug="third")
    episode(("我们有第四十号术语。", "We have it."), slug="fortieth")
    episode(("我们有一艘船。", "We have a ship."), slug="other")
    do_jobs()
    CheckAsked.objects.all().delete()
    numbers = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]
    words = [f"第{ten}{one}号术语" for ten in ("", *(f"{n}十" for n in numbers)) for one in numbers]
    words += ["第四十号术语"]
    data = "term,state\n" + "".join(f"{word},approved\n" for word in dict.fromkeys(words))
    reading = exchanging.read("terms.csv", data.encode())
    options = importing.options_for(publisher, reading.fields, False)
    plan = importing.look(reading.rows, options)
    assert importing.carry_out(reading.rows, plan.work(), options, by=publisher).job
    jobs.work(Job.objects.get(kind=importing.KIND).pk)
    assert Job.objects.filter(kind=concerned.KIND).count() == 1
    assert asked() == {"third", "fortieth"}
