"""The rebuild: what texts say becomes entries, whatever the order, however often, killed or not."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from episodes import jobs, workflow
from episodes.models import Episode, Job, Status, Turn
from episodes.models.jobs import JobState
from episodes.tests.factories import make_episode, make_user, publish_episode
from episodes.tests.transcripts.samples import SAMPLE, needs_sample
from glossary import decisions, occurrences, rebuild
from glossary.models import (
    Annotation,
    Entry,
    EntryKey,
    EntryUse,
    GlossaryState,
    HeadingUse,
    Occurrence,
    PublishedEntry,
    State,
    Suggestion,
    TouchedEpisode,
)
from glossary.tests.made import (
    LAKE,
    do_jobs,
    edit,
    entry,
    episode,
    killed_at,
    live_episode,
    rebuilt,
    tables,
)

pytestmark = pytest.mark.django_db


def facts(term: str) -> tuple[str, ...]:
    found = entry(term)
    return (
        found.foreign_term,
        found.abbreviation,
        found.expansion,
        found.definition,
        found.aliases,
        found.slug,
        found.state,
    )


# From texts to candidates.


def test_each_term_that_notes_explain_becomes_one_candidate():
    episode(
        "one",
        f"{LAKE}很大。",
        "**暖通**（HVAC: Heating and so on: 供暖（和通风）系统）",
        "**数据湖**（Data Lake），又见数据湖。",
        "**甲公司**、**乙公司**和**丙公司**（均是某地公司）",
    )
    rebuilt()
    assert sorted(Entry.objects.values_list("term", flat=True)) == [
        "丙公司",
        "乙公司",
        "数据湖",
        "暖通",
        "甲公司",
    ]
    assert facts("数据湖") == (
        "Data Lake",
        "",
        "",
        "存放原始数据的仓库",
        "",
        "data-lake",
        State.CANDIDATE,
    )
    assert facts("暖通") == (
        "",
        "HVAC",
        "Heating and so on",
        "供暖（和通风）系统",
        "",
        "heating-and-so-on",
        State.CANDIDATE,
    )
    assert facts("乙公司")[3] == "均是某地公司"
    assert entry("数据湖").annotations.count() == 2


def test_a_guessed_head_is_no_evidence():
    episode("one", "我们去看看思科（Cisco），他笑了（笑）。")
    rebuilt()
    assert not Annotation.objects.exists()
    assert not Entry.objects.exists()


def test_an_annotation_tells_where_it_stands():
    made = episode("one", "先说别的。", f"看：{LAKE}。")
    rebuilt()
    note = Annotation.objects.select_related("turn").get()
    assert (note.turn.episode, note.turn.position) == (made, 1)
    assert note.turn.text[note.start : note.end] == LAKE


@needs_sample
def test_the_sample_gives_thirty_candidates_and_none_is_public():
    make_episode(SAMPLE.read_bytes(), address="stargate.md")
    rebuilt()
    made = Entry.objects.all()
    assert (made.count(), PublishedEntry.objects.count()) == (30, 0)
    three = made.exclude(abbreviation="").exclude(expansion="").exclude(definition="")
    assert three.count() == 9
    assert list(made.filter(definition="").values_list("term", flat=True)) == []
    assert {term: entry(term).annotations.count() for term in ("液冷技术", "兆瓦")} == {
        "液冷技术": 2,
        "兆瓦": 1,
    }
    nested = [each.definition for each in made if "（" in each.definition]
    assert len(nested) == 1
    assert nested[0].count("（") == nested[0].count("）") == 1


@needs_sample
def test_the_sample_published_has_each_use_of_a_term_and_the_longer_term_whole():
    made = make_episode(SAMPLE.read_bytes(), address="stargate.md")
    publish_episode(made)
    rebuilt()
    assert PublishedEntry.objects.count() == 30
    texts = {turn.pk: turn.text_plain for turn in made.published.turns.all()}
    for term in ("兆瓦", "超大规模云服务商"):
        assert Occurrence.objects.filter(entry=entry(term)).count() == sum(
            text.count(term) for text in texts.values()
        )
    wide = Occurrence.objects.filter(entry=entry("超大规模"))
    assert wide.count() == sum(
        text.count("超大规模") - text.count("超大规模云服务商") for text in texts.values()
    )
    assert all(texts[row.turn_id][row.start : row.end] == "超大规模" for row in wide)


# Repeatable, whatever the order.

THREE = {
    "one": (f"{LAKE}很大。", "**湖仓**（Lake: 一种仓库）与**LLM**（大模型: 很大的模型）。"),
    "two": (
        "**数据湖**（Data Lake: 另一个说法）",
        "**水湖**（Lake: 有水的湖），**LLMs**（大模型）。",
    ),
    "three": ("**数据湖**（Data Lake: 另一个说法）与数据湖。", "**小湖**（Lake），数据湖。"),
}


@pytest.mark.parametrize("order", list(itertools.permutations(THREE)))
def test_texts_imported_and_published_in_any_order_give_the_same_rows(order):
    for slugs in (THREE, order):
        made = {slug: (episode(slug, *THREE[slug]), do_jobs())[0] for slug in slugs}
        rows = [tables()]
        for slug in slugs:
            publish_episode(made[slug])
            do_jobs()
        rows.append(tables())
        rebuilt()
        rows.append(tables())
        if slugs is THREE:
            expected = rows
            forget()
    assert rows == expected
    assert rows[1] == rows[2]
    assert sorted(row[0] for row in rows[0]["entries"]) == [
        "data-lake",
        "lake",
        "lake-2",
        "lake-3",
        "llms",
    ]


def test_texts_read_at_once_or_one_by_one_give_the_same_rows():
    for slug, texts in THREE.items():
        episode(slug, *texts)
    rebuilt()
    at_once = tables()
    forget()
    for slug, texts in THREE.items():
        episode(slug, *texts)
        do_jobs()
    assert tables() == at_once


def forget() -> None:
    """Empty the tables for the next order."""
    for published in list(Episode.objects.filter(published__isnull=False)):
        published.published.turns.all().delete()
        published.published.delete()
        published.editions.all().delete()
    Turn.objects.all().delete()
    for each in Episode.objects.all():
        each.chapters.all().delete()
        each.delete()
    Entry.objects.all().delete()
    GlossaryState.objects.all().delete()
    Job.objects.all().delete()


def test_a_second_rebuild_writes_nothing_but_occurrences_anew(django_assert_max_num_queries):
    for slug, texts in THREE.items():
        live_episode(slug, *texts)
    rebuilt()
    before, keys = tables(), row_keys()
    rebuilt()
    assert tables() == before
    assert row_keys() == keys
    assert set(Occurrence.objects.values_list("generation", flat=True)) == {
        GlossaryState.objects.get().generation
    }


def row_keys() -> list[list[int]]:
    models = (Entry, EntryKey, Annotation, PublishedEntry, Suggestion)
    return [sorted(model.objects.values_list("pk", flat=True)) for model in models]


# Following the texts.


def test_a_candidate_whose_last_note_is_gone_goes_too():
    made = episode("one", f"{LAKE}。", "**兆瓦**（Megawatt）")
    rebuilt()
    edit(made, 0, "数据湖。")
    rebuilt()
    assert list(Entry.objects.values_list("term", flat=True)) == ["兆瓦"]
    assert list(EntryKey.objects.values_list("key", flat=True)) == ["兆瓦"]


def test_a_candidate_follows_its_notes_until_a_person_touches_it():
    made = episode("one", LAKE)
    rebuilt()
    edit(made, 0, "**数据湖**（Data Lake: 新的说法）")
    rebuilt()
    assert entry("数据湖").definition == "新的说法"
    found = entry("数据湖")
    editor = make_user("Editors")
    decisions.save(found, {"definition": "编辑的说法"}, version=0, by=editor)
    edit(made, 0, "**数据湖**（Data Lake: 更新的说法）")
    rebuilt()
    assert entry("数据湖").definition == "编辑的说法"


def test_a_candidate_that_a_person_touched_stays_without_notes():
    made = episode("one", LAKE)
    rebuilt()
    decisions.save(entry("数据湖"), {"foreign_term": "Lake"}, version=0, by=make_user("Editors"))
    edit(made, 0, "别的。")
    rebuilt()
    assert facts("数据湖")[0] == "Lake"


# What an editor approved (G7).


def row(found: Entry) -> dict[str, Any]:
    return Entry.objects.filter(pk=found.pk).values().get()


def test_an_approved_entry_is_byte_for_byte_the_same_and_evidence_becomes_suggestions():
    episode("one", LAKE)
    rebuilt()
    [approved] = decisions.decide([entry("数据湖").pk], State.APPROVED, by=make_user("Publishers"))
    before = row(approved)
    for slug in ("two", "three"):
        publish_episode(episode(slug, *THREE[slug]))
        do_jobs()
    rebuilt()
    rebuilt()
    assert row(approved) == before
    assert list(Suggestion.objects.values_list("entry__term", "field", "value", "uses")) == [
        ("数据湖", "definition", "另一个说法", 2)
    ]


def test_suggestions_follow_the_evidence_and_a_dismissed_one_stays_away():
    made = episode("one", LAKE, "**数据湖**（Lake: 另一个说法）")
    rebuilt()
    publisher = make_user("Publishers")
    found = entry("数据湖")
    decisions.save(
        found,
        {"definition": "存放原始数据的仓库", "foreign_term": "Data Lake"},
        version=0,
        by=publisher,
    )
    decisions.decide([found.pk], State.APPROVED, by=publisher)
    assert list(found.suggestions.values_list("field", "value")) == [
        ("definition", "另一个说法"),
        ("foreign_term", "Lake"),
    ]
    assert decisions.dismiss(found.suggestions.get(field="foreign_term"), by=publisher)
    edit(made, 1, "**数据湖**（Lake）")
    rebuilt()
    assert list(found.suggestions.values_list("field", "value", "uses", "state")) == [
        ("foreign_term", "Lake", 1, "dismissed")
    ]


def test_a_rejected_term_is_not_brought_back_and_suggests_nothing():
    episode("one", LAKE)
    rebuilt()
    [rejected] = decisions.decide([entry("数据湖").pk], State.REJECTED, by=make_user("Publishers"))
    before = row(rejected)
    live_episode("two", *THREE["two"])
    rebuilt()
    assert row(rejected) == before
    assert Entry.objects.filter(keys__key="数据湖").count() == 1
    assert not PublishedEntry.objects.filter(term="数据湖").exists()
    assert not Suggestion.objects.exists()


def test_a_renamed_entry_keeps_its_evidence():
    episode("one", LAKE)
    rebuilt()
    found = entry("数据湖")
    decisions.save(found, {"term": "资料湖"}, version=0, by=make_user("Editors"))
    rebuilt()
    assert list(Entry.objects.values_list("term", flat=True)) == ["资料湖"]
    assert entry("资料湖").annotations.count() == 1


# Asked for, once, whatever is killed on the way (G8).


def test_a_request_during_a_run_makes_it_run_once_more(monkeypatch):
    episode("one", LAKE)
    do_jobs()
    runs = []
    real = rebuild._everything

    def everything(work):
        runs.append(work.run.attempt)
        if len(runs) == 1:
            assert rebuild.ask().pk == rebuild.ask().pk == work.run.job_id
        real(work)

    monkeypatch.setattr(rebuild, "_everything", everything)
    rebuild.ask()
    assert len(do_jobs()) == 2
    assert len(runs) == 2
    state = GlossaryState.objects.get()
    assert (state.wanted, state.done) == (3, 3)
    assert Job.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).count() == 0


def take_over(job: Job) -> None:
    """Let another worker take the job of one that is gone, and end it."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def generations() -> set[int]:
    """The generations of which there are rows, in any table of uses."""
    return {
        generation
        for model in (Occurrence, EntryUse, HeadingUse)
        for generation in model.objects.values_list("generation", flat=True)
    }


def test_a_rebuild_killed_anywhere_is_finished_by_the_next_to_the_same_rows(monkeypatch):
    for slug, texts in THREE.items():
        publish_episode(episode(slug, *texts))
    monkeypatch.setattr(rebuild, "EPISODES", 1)
    monkeypatch.setattr(occurrences, "TURNS", 2)
    monkeypatch.setattr(occurrences, "BATCH", 2)
    monkeypatch.setattr(occurrences, "ROWS", 3)
    monkeypatch.setattr(occurrences, "OLD_ROWS", 2)
    rebuilt()
    expected = tables()
    for step in range(1, 200):
        Annotation.objects.all().delete()
        Entry.objects.all().delete()
        job = rebuild.ask()
        if not killed_at(monkeypatch, step, job):
            break
        job.refresh_from_db()
        assert job.state == JobState.RUNNING
        take_over(job)
        assert tables() == expected, step
        assert generations() == {GlossaryState.objects.get().generation}, step
    assert step > 20


def test_a_pass_that_was_killed_or_cancelled_is_gone_on_with(monkeypatch):
    for slug, texts in THREE.items():
        live_episode(slug, *texts)
    do_jobs()
    expected = tables()
    monkeypatch.setattr(occurrences, "TURNS", 1)
    monkeypatch.setattr(occurrences, "BATCH", 1)
    read: list[int] = []
    real = occurrences.find

    def find(published, matcher, only=None):
        read.extend(published)
        if len(read) == 2:
            jobs.cancel(Job.objects.get(pk=job.pk))
        return real(published, matcher, only)

    with monkeypatch.context() as patched:
        patched.setattr(occurrences, "find", find)
        job = rebuild.ask()
        jobs.work(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert GlossaryState.objects.get().wanted == GlossaryState.objects.get().done
        assert tables() == expected
        rebuilt()
    assert len(read) == len(set(read)) + 1  # of the three only the one that was cancelled twice
    assert tables() == expected
    assert generations() == {GlossaryState.objects.get().generation}


def test_a_run_whose_claim_is_lost_writes_nothing_more(monkeypatch):
    episode("one", LAKE)
    job = rebuild.ask()
    real = rebuild._everything

    def lose(work):
        Job.objects.filter(pk=work.run.job_id).update(claim="0" * 32)
        real(work)

    monkeypatch.setattr(rebuild, "_everything", lose)
    jobs.work(job.pk)
    assert not Annotation.objects.exists()
    assert not Entry.objects.exists()


# After an import, an edition, a withdrawal.


def test_an_import_leaves_a_row_and_the_job_reads_just_that_episode(monkeypatch):
    episode("one", LAKE)
    do_jobs()
    second = episode("two", "**兆瓦**（Megawatt）")
    assert not Annotation.objects.filter(turn__episode=second).exists()
    assert list(TouchedEpisode.objects.values_list("episode", flat=True)) == [second.pk]
    read = []
    real = rebuild.evidence.read_working
    monkeypatch.setattr(
        rebuild.evidence,
        "read_working",
        lambda ids, hold: read.append(list(ids)) or real(ids, hold),
    )
    do_jobs()
    assert read == [[second.pk]]
    assert facts("兆瓦")[0] == "Megawatt"
    assert not TouchedEpisode.objects.exists()


def test_an_episode_touched_again_during_the_run_stays_touched(monkeypatch):
    made = episode("one", LAKE)
    real = rebuild._read_one

    def read(episode_id, hold):
        changed = real(episode_id, hold)
        edit(made, 0, "**兆瓦**（Megawatt）")
        rebuild.touch(made)
        return changed

    job = Job.objects.get(kind=rebuild.KIND)
    with monkeypatch.context() as patched:
        patched.setattr(rebuild, "_read_one", read)
        jobs.work(job.pk)
    assert TouchedEpisode.objects.count() == 1
    do_jobs()
    assert list(Entry.objects.values_list("term", flat=True)) == ["兆瓦"]
    assert not TouchedEpisode.objects.exists()


def test_an_edition_makes_its_terms_public_at_once_and_their_uses_by_the_job():
    made = episode("one", LAKE, "数据湖又来了。")
    do_jobs()
    assert not PublishedEntry.objects.exists()
    publish_episode(made)
    assert list(PublishedEntry.objects.values_list("term", "definition")) == [
        ("数据湖", "存放原始数据的仓库")
    ]
    assert not Occurrence.objects.exists()
    do_jobs()
    assert list(
        Occurrence.objects.order_by("turn__position").values_list("turn__position", "start", "end")
    ) == [(0, 0, 3), (1, 0, 3)]


def test_another_edition_replaces_only_its_own_uses():
    live_episode("one", LAKE, "数据湖。")
    made = live_episode("two", LAKE, "没有。")
    do_jobs()
    generation = GlossaryState.objects.get().generation
    others = list(Occurrence.objects.filter(turn__published__slug="one").order_by("pk").values())
    edit(made, 1, "数据湖，数据湖。")
    Episode.objects.filter(pk=made.pk).update(revision=9)
    made.refresh_from_db()
    publish_episode(made)
    do_jobs()
    assert list(Occurrence.objects.filter(turn__published__slug="one").order_by("pk").values()) == (
        others
    )
    assert Occurrence.objects.filter(turn__published__slug="two").count() == 3
    assert GlossaryState.objects.get().generation == generation


def test_a_term_that_becomes_public_is_found_in_all_published_text():
    live_episode("one", "数据湖在此。")
    do_jobs()
    live_episode("two", LAKE)
    do_jobs()
    assert list(
        Occurrence.objects.order_by("turn__published__slug").values_list(
            "turn__published__slug", flat=True
        )
    ) == ["one", "two"]
    incremental = tables()
    rebuilt()
    assert tables() == incremental


def withdraw(made: Episode) -> None:
    made.refresh_from_db()
    workflow.transition(made, Status.ARCHIVED, make_user("Publishers"), "")


def test_a_withdrawal_takes_terms_and_definitions_off_the_public_side_at_once():
    first = live_episode("one", "**数据湖**（Data Lake: 最长的那个说法）", "**兆瓦**（Megawatt）")
    live_episode("two", "**数据湖**（Data Lake: 短的）")
    do_jobs()
    assert sorted(PublishedEntry.objects.values_list("term", "definition")) == [
        ("兆瓦", ""),
        ("数据湖", "最长的那个说法"),
    ]
    before = GlossaryState.objects.get().revision
    withdraw(first)
    assert list(PublishedEntry.objects.values_list("term", "definition")) == [("数据湖", "短的")]
    assert GlossaryState.objects.get().revision > before
    do_jobs()
    assert Occurrence.objects.count() == 1


def test_an_approved_term_is_public_as_long_as_a_live_edition_uses_it():
    episode("draft", LAKE)
    rebuilt()
    decisions.decide([entry("数据湖").pk], State.APPROVED, by=make_user("Publishers"))
    do_jobs()
    assert not PublishedEntry.objects.exists()
    made = live_episode("one", "说到数据湖。")
    do_jobs()
    assert list(PublishedEntry.objects.values_list("term", flat=True)) == ["数据湖"]
    withdraw(made)
    assert not PublishedEntry.objects.exists()


def test_no_note_of_a_working_copy_is_looked_for_in_published_text():
    live_episode("one", f"{LAKE}与湖仓。")
    do_jobs()
    before = tables()["occurrences"]
    episode("draft", "**湖仓**（Lakehouse），**据湖**（Lake）")
    rebuilt()
    assert tables()["occurrences"] == before
