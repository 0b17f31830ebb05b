"""Terms out of the register into files, and back: written as one act, by who may, once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from episodes import jobs
from episodes.models import Change, ChangeSet, Job
from episodes.models.history import Act
from episodes.models.jobs import JobState
from episodes.tests.factories import make_user
from glossary import decisions, exchanging, importing, tasks
from glossary.exchange import csvfile, jsonfile, tbx
from glossary.exchange.concepts import Concept, Row
from glossary.exchange.planning import Kind, Options, Plan
from glossary.models import Entry, EntryKey, PublishedEntry, State
from glossary.tests.made import LAKE, do_jobs, entry, episode, killed_at, live_episode, rebuilt

pytestmark = pytest.mark.django_db

MEGAWATT = Concept(
    term="兆瓦", foreign_term="Megawatt", aliases=("MW级", "百万瓦"), definition="单位"
)


@pytest.fixture
def editor():
    return make_user("Editors", "edith")


@pytest.fixture
def publisher():
    return make_user("Publishers", "paula")


def rows_of(*said: Concept) -> list[Row]:
    return [Row(line, concept) for line, concept in enumerate(said, 2)]


def looked(by, *said: Concept, exact: bool = False) -> tuple[list[Row], Plan, Options]:
    rows, options = rows_of(*said), importing.options_for(by, frozenset(csvfile.FIELDS), exact)
    return rows, importing.look(rows, options), options


def imported(by, *said: Concept, exact: bool = False, ticked=(), why: str = "") -> importing.Done:
    rows, plan, options = looked(by, *said, exact=exact)
    return importing.carry_out(rows, plan.work(ticked), options, by=by, why=why)


def kinds(by, *said: Concept, exact: bool = False) -> list[str]:
    return [str(item.kind) for item in looked(by, *said, exact=exact)[1].items]


def changes(done: importing.Done) -> dict[str, dict[str, tuple[object, object]]]:
    told: dict[str, dict[str, tuple[object, object]]] = {}
    for row in Change.objects.filter(change_set=done.change_set).order_by("pk"):
        told.setdefault(row.target, {})[row.field] = (row.old, row.new)
    return told


# Out.


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_and_its_public_side_are_read_in_a_fixed_number_of_queries(
    publisher, django_assert_num_queries, count
):
    for number in range(count):
        live_episode(f"e{number}", f"**词{number}**（W{number}: 说明{number}）")
    rebuilt()
    with django_assert_num_queries(1):
        assert len(exchanging.register()) == count
    with django_assert_num_queries(1):
        assert len(exchanging.public()) == count
    with django_assert_num_queries(2):
        assert len(exchanging.public_terms()) == count
    concepts = exchanging.register()
    with django_assert_num_queries(4):
        importing.look(rows_of(*concepts), Options())


def test_merged_terms_are_in_no_file_and_states_are_chosen(publisher):
    episode("one", LAKE, "**水库**（Reservoir）**兆瓦**（Megawatt）**没了**（Gone）")
    rebuilt()
    decisions.merge([entry("水库")], entry("数据湖"), by=publisher)
    decisions.decide([entry("兆瓦").pk], State.APPROVED, by=publisher)
    decisions.decide([entry("没了").pk], State.REJECTED, by=publisher)
    assert [(each.term, each.state) for each in exchanging.register()] == [
        ("没了", "rejected"),
        ("数据湖", "candidate"),
        ("兆瓦", "approved"),
    ]
    assert [each.term for each in exchanging.register(["approved"])] == ["兆瓦"]


@pytest.mark.parametrize("form", [tbx, csvfile, jsonfile])
@pytest.mark.parametrize("exact", [False, True])
def test_what_is_exported_and_imported_changes_nothing(publisher, form, exact):
    episode("one", LAKE, "**暖通**（HVAC, Heating, Ventilation and Air Conditioning: 供暖）")
    rebuilt()
    lake = entry("数据湖")
    values = {"aliases": "湖\nlake", "forbidden": "池", "definition": "一\r\n\r\n二 "}
    decisions.save(lake, values, version=lake.version, by=publisher)
    decisions.decide([lake.pk], State.APPROVED, by=publisher)
    decisions.decide([entry("暖通").pk], State.REJECTED, by=publisher)
    imported(publisher, replace(MEGAWATT, slug="mw"))
    reading = form.read(form.write(exchanging.register()))
    assert reading.faults == ()
    options = importing.options_for(publisher, reading.fields, exact)
    plan = importing.look(reading.rows, options)
    assert [item.kind for item in plan.items] == [Kind.SAME] * 3


# In.


def test_an_import_is_one_act_with_its_history_and_a_second_one_changes_nothing(publisher):
    episode("one", LAKE)
    rebuilt()
    lake = Concept(term="數據湖", definition="另一个仓库", aliases=("湖",), state="approved")
    done = imported(publisher, replace(MEGAWATT, state="approved"), lake, why="Import of “a.csv”")
    act = ChangeSet.objects.get(pk=done.change_set)
    assert (done.written, act.act, act.by, act.why) == (
        2,
        Act.BATCH,
        publisher,
        "Import of “a.csv”",
    )
    made, changed = entry("兆瓦"), entry("數據湖")
    assert changes(done) == {
        f"entry:{changed.pk}": {
            "term": ("数据湖", "數據湖"),
            "definition": ("存放原始数据的仓库", "另一个仓库"),
            "aliases": ("", "湖"),
            "state": ("candidate", "approved"),
            "keys": (["数据湖"], ["数据湖", "湖"]),
        },
        f"entry:{made.pk}": {
            "term": (None, "兆瓦"),
            "foreign_term": (None, "Megawatt"),
            "definition": (None, "单位"),
            "aliases": (None, "MW级\n百万瓦"),
            "slug": (None, "megawatt"),
            "state": (None, "approved"),
            "keys": ([], ["mw级", "兆瓦", "百万瓦"]),
        },
    }
    assert [(each.state, each.version, each.decided_by, each.slug) for each in (made, changed)] == [
        ("approved", 1, publisher, "megawatt"),
        ("approved", 1, publisher, "data-lake"),
    ]
    assert made.sort_key == "zhao wa"
    before = list(Entry.objects.order_by("pk").values())
    assert kinds(publisher, replace(MEGAWATT, state="approved"), lake) == ["same", "same"]
    again = imported(publisher, replace(MEGAWATT, state="approved"), lake)
    assert (again, list(Entry.objects.order_by("pk").values())) == (importing.Done(), before)
    assert ChangeSet.objects.filter(act=Act.BATCH).count() == 1


def test_an_import_is_taken_back_as_a_whole(publisher):
    episode("one", LAKE)
    rebuilt()
    before = Entry.objects.values("term", "definition", "aliases", "state").get(term="数据湖")
    done = imported(publisher, MEGAWATT, Concept(term="数据湖", definition="新", aliases=("湖",)))
    decisions.undo(ChangeSet.objects.get(pk=done.change_set), by=publisher)
    assert (
        Entry.objects.values("term", "definition", "aliases", "state").get(term="数据湖") == before
    )
    assert entry("兆瓦").state == State.REJECTED
    assert not EntryKey.objects.filter(key="湖").exists()


def test_an_import_shows_to_readers_and_in_the_suggestions_at_once(publisher):
    live_episode("one", LAKE, "数据湖和百万瓦。")
    rebuilt()
    imported(
        publisher,
        Concept(term="数据湖", definition="批准的", state="approved"),
        replace(MEGAWATT, state="approved"),
    )
    shown = PublishedEntry.objects.get(term="数据湖")
    assert shown.definition == "批准的"
    suggested = entry("数据湖").suggestions.values_list("field", "value")
    assert list(suggested) == [("definition", "存放原始数据的仓库")]
    assert not PublishedEntry.objects.filter(term="兆瓦").exists()
    do_jobs()
    assert PublishedEntry.objects.get(term="兆瓦").entry.uses.get().uses == 1


def test_notes_of_a_new_terms_alias_are_its_own(editor):
    imported(editor, MEGAWATT)
    episode("one", "**百万瓦**（Megawatt: 一种单位）")
    rebuilt()
    assert [each.term for each in Entry.objects.all()] == ["兆瓦"]
    assert entry("兆瓦").annotations.count() == 1


def test_slugs_of_new_terms_are_their_own(editor):
    imported(editor, MEGAWATT)
    said = [Concept(term=f"词{n}", foreign_term="Megawatt") for n in range(2)]
    imported(editor, *said, Concept(term="词二", slug="megawatt-2"))
    slugs = dict(Entry.objects.order_by("pk").values_list("term", "slug"))
    assert slugs == {
        "兆瓦": "megawatt",
        "词0": "megawatt-3",
        "词1": "megawatt-4",
        "词二": "megawatt-2",
    }


def test_approved_terms_change_only_where_ticked_and_only_for_who_decides(editor, publisher):
    imported(publisher, replace(MEGAWATT, state="approved"))
    said = replace(MEGAWATT, definition="新的")
    assert kinds(editor, said) == ["refused"]
    assert imported(publisher, said).written == 0
    assert imported(publisher, said, ticked=(1,)).written == 1
    assert (entry("兆瓦").definition, entry("兆瓦").state) == ("新的", "approved")


def test_who_may_not_decide_imports_candidates(editor):
    imported(editor, replace(MEGAWATT, state="approved"))
    assert (entry("兆瓦").state, entry("兆瓦").decided_by) == ("candidate", None)


def test_who_may_not_add_terms_imports_nothing():
    somebody = make_user("Publishers", "sam")
    rows, plan, options = looked(somebody, MEGAWATT)
    somebody.groups.clear()
    somebody = type(somebody).objects.get(pk=somebody.pk)
    with pytest.raises(PermissionDenied):
        importing.carry_out(rows, plan.items, options, by=somebody)
    assert not Entry.objects.exists()


def test_what_changed_since_it_was_looked_at_is_not_written(editor, publisher):
    episode("one", LAKE)
    rebuilt()
    said = [MEGAWATT, Concept(term="数据湖", definition="新")]
    rows, plan, options = looked(editor, *said)
    lake = entry("数据湖")
    decisions.save(lake, {"definition": "别人的"}, version=lake.version, by=publisher)
    with pytest.raises(importing.Stale):
        importing.carry_out(rows, plan.work(), options, by=editor)
    assert (entry("数据湖").definition, Entry.objects.count()) == ("别人的", 1)
    assert not ChangeSet.objects.filter(act=Act.BATCH).exists()


# Many.


def many(count: int) -> list[Concept]:
    return [
        Concept(term=f"词条{n}", foreign_term=f"Entry {n}", aliases=(f"别名{n}",))
        for n in range(count)
    ]


def test_many_terms_are_written_by_a_job_as_one_act(publisher, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 20)
    done = imported(publisher, *many(95), why="Import of “b.csv”")
    assert (done.written, done.job.kind, Entry.objects.count()) == (0, importing.KIND, 0)
    assert do_jobs()[0] == "Terms written: 95."
    assert Entry.objects.filter(version=1).count() == 95
    (act,) = ChangeSet.objects.filter(act=Act.BATCH)
    assert (act.by, act.why) == (publisher, "Import of “b.csv”")
    assert act.changes.filter(field="term").count() == 95
    done.job.refresh_from_db()
    assert done.job.arguments == {"act": act.pk, "why": "Import of “b.csv”"}
    assert set(kinds(publisher, *many(95))) == {"same"}
    decisions.undo(act, by=publisher)
    assert set(Entry.objects.values_list("state", flat=True)) == {State.REJECTED}


def test_a_job_that_is_killed_anywhere_goes_on_and_comes_to_the_same(publisher, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    monkeypatch.setattr(importing, "CHUNK", 2)
    for step in range(1, 20):
        Entry.objects.all().delete()
        ChangeSet.objects.all().delete()
        Job.objects.all().delete()
        done = imported(publisher, *many(5))
        if not killed_at(monkeypatch, step, done.job):
            break
        Job.objects.filter(pk=done.job.pk).update(
            state=JobState.QUEUED, claim=None, lease_until=None
        )
        jobs.work(done.job.pk)
        done.job.refresh_from_db()
        assert (done.job.state, done.job.message) == (JobState.DONE, "Terms written: 5.")
        assert sorted(Entry.objects.values_list("term", flat=True)) == [
            f"词条{n}" for n in range(5)
        ]
        (act,) = ChangeSet.objects.all()
        assert act.changes.filter(field="term").count() == 5
    assert step > 5


def test_a_job_leaves_alone_what_changed_meanwhile(editor, publisher, monkeypatch):
    imported(editor, MEGAWATT)
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    imported(
        editor,
        replace(MEGAWATT, definition="新的"),
        Concept(term="新词"),
        Concept(term="同时", definition="后来的"),
    )
    found = entry("兆瓦")
    decisions.save(found, {"definition": "别人的"}, version=found.version, by=publisher)
    decisions.add({"term": "同时", "definition": "先来的"}, by=publisher)
    said = "Terms written: 1. Left as they are, because they changed meanwhile: 2."
    assert said in do_jobs()
    assert [(each.term, each.definition) for each in Entry.objects.order_by("term")] == [
        ("兆瓦", "别人的"),
        ("同时", "先来的"),
        ("新词", ""),
    ]


def test_a_job_of_who_may_not_any_more_writes_nothing(editor, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    imported(editor, MEGAWATT)
    editor.groups.clear()
    assert do_jobs() == ["Stopped: who asked for it may not change terms any more."]
    assert not Entry.objects.exists()


def test_the_worker_knows_the_job():
    assert tasks.importing is importing
    with translation.override("en"):
        assert jobs.labels()[importing.KIND] == "Import terms"
