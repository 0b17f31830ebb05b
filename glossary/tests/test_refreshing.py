"""After a decision or a change only what it touches is matched anew, to the rows of a full rebuild."""

from __future__ import annotations

import random
import re

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from episodes import workflow
from episodes.models import Episode, Job, PublishedTurn, Status
from episodes.tests.factories import make_user, publish_episode
from glossary import decisions, occurrences, rebuild, refreshing
from glossary.matching import Form, Matcher, folded, table_of
from glossary.models import (
    Entry,
    EntryUse,
    GlossaryState,
    MatchedForm,
    Occurrence,
    PublishedEntry,
    State,
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


def editor():
    return make_user("Editors", is_superuser=True)


def approved(term: str, user: User) -> Entry:
    """Approve a term: what readers see of it is what its editor says from now on."""
    decisions.decide([entry(term).pk], State.APPROVED, by=user)
    do_jobs()
    return entry(term)


def uses() -> list[tuple[str, int, int, int]]:
    found = EntryUse.objects.filter(generation=GlossaryState.objects.get().generation)
    return sorted(
        (use.entry.term, use.published.slug, use.uses, use.turns)
        for use in found.select_related("entry", "published")
    )


def next_edition(made: Episode, text: str) -> None:
    """Change the first turn and publish that."""
    edit(made, 0, text)
    Episode.objects.filter(pk=made.pk).update(revision=F("revision") + 1)
    made.refresh_from_db()
    publish_episode(made)


def same_as_a_full_rebuild() -> None:
    """What stands now is what a full rebuild makes of it."""
    before = tables()
    rebuilt()
    assert tables() == before


def matched(monkeypatch) -> list[tuple[list[int], list[int] | None]]:
    """Note which episodes, and which of their turns, are matched from now on."""
    seen: list[tuple[list[int], list[int] | None]] = []
    real = occurrences.find

    def find(published, matcher, only=None):
        seen.append((list(published), None if only is None else sorted(only)))
        return real(published, matcher, only)

    monkeypatch.setattr(refreshing, "find", find)
    monkeypatch.setattr(occurrences, "find", find)
    return seen


def test_an_alias_is_looked_for_in_the_turns_that_hold_it_and_no_others(monkeypatch):
    one = live_episode("one", LAKE, "资料库和数据湖。", "无关。")
    live_episode("two", "无关。")
    do_jobs()
    generation = GlossaryState.objects.get().generation
    user = editor()
    lake = approved("数据湖", user)
    seen = matched(monkeypatch)
    decisions.save(lake, {"aliases": "资料库"}, version=lake.version, by=user)
    do_jobs()
    turn = PublishedTurn.objects.get(published=one.published, position=1)
    assert seen == [([one.published.pk], [turn.pk])]
    assert GlossaryState.objects.get().generation == generation
    assert list(
        Occurrence.objects.filter(turn=turn).order_by("start").values_list("start", "end")
    ) == [(0, 3), (4, 7)]
    assert uses() == [("数据湖", "one", 3, 2)]
    same_as_a_full_rebuild()


def test_a_decision_that_changes_no_spelling_matches_nothing(monkeypatch):
    live_episode("one", LAKE)
    do_jobs()
    seen = matched(monkeypatch)
    decisions.decide([entry("数据湖").pk], State.APPROVED, by=editor())
    do_jobs()
    assert seen == []
    same_as_a_full_rebuild()


def test_where_a_longer_term_goes_the_shorter_one_is_found():
    live_episode(
        "one", "**超大规模**（Hyperscale）与 **超大规模云**（Hyperscale cloud）。", "超大规模云。"
    )
    do_jobs()
    assert uses() == [("超大规模", "one", 1, 1), ("超大规模云", "one", 2, 2)]
    decisions.decide([entry("超大规模云").pk], State.REJECTED, by=editor())
    do_jobs()
    # in the first turn the head of the rejected note stays a head, of which no part is found
    assert uses() == [("超大规模", "one", 2, 2)]
    same_as_a_full_rebuild()


def test_headings_are_matched_but_not_counted_and_follow_decisions():
    made = live_episode("one", LAKE)
    PublishedTurn.objects.filter(published=made.published).update(chapter_title="湖与数据湖")
    rebuilt()
    assert tables()["headings"] == [("data-lake", "one", 0, 2, 5)]
    assert uses() == [("数据湖", "one", 1, 1)]
    user = editor()
    lake = approved("数据湖", user)
    decisions.save(lake, {"term": "水库", "aliases": ""}, version=lake.version, by=user)
    do_jobs()
    assert tables()["headings"] == []
    same_as_a_full_rebuild()


def test_a_new_edition_of_one_episode_matches_that_episode_alone(monkeypatch):
    made = live_episode("one", LAKE)
    live_episode("two", "数据湖。")
    do_jobs()
    seen = matched(monkeypatch)
    next_edition(made, LAKE + "数据湖。")
    do_jobs()
    made.refresh_from_db()
    assert seen == [([made.published.pk], None)]
    assert uses() == [("数据湖", "one", 2, 1), ("数据湖", "two", 1, 1)]
    same_as_a_full_rebuild()


def test_a_term_that_a_new_edition_uses_no_more_leaves_and_one_that_it_does_stays_all_the_while():
    user = editor()
    made = live_episode("one", "水库与堆场。", "无关。")
    for term in ("水库", "堆场"):
        added = decisions.add({"term": term}, by=user)
        decisions.decide([added.pk], State.APPROVED, by=user)
    do_jobs()
    assert public() == ["堆场", "水库"]
    next_edition(made, "只有水库。")
    assert public() == ["堆场", "水库"]
    do_jobs()
    assert public() == ["水库"]
    same_as_a_full_rebuild()


def public() -> list[str]:
    return sorted(PublishedEntry.objects.values_list("term", flat=True))


def test_an_episode_that_is_withdrawn_leaves_no_use():
    made = live_episode("one", LAKE)
    do_jobs()
    made.refresh_from_db()
    workflow.transition(made, Status.ARCHIVED, by=make_user("Publishers", is_superuser=True))
    do_jobs()
    assert uses() == []
    assert tables()["occurrences"] == tables()["published entries"] == []


def test_a_refresh_killed_anywhere_is_ended_by_the_next_whatever_is_looked_for_then(monkeypatch):
    for number in range(3):
        live_episode(f"e{number}", LAKE, "资料库。", "湖。")
    do_jobs()
    user = editor()
    lake = approved("数据湖", user)
    for step in range(1, 50):
        lake.refresh_from_db()
        decisions.save(lake, {"aliases": "资料库"}, version=lake.version, by=user)
        job = Job.objects.get(state="queued", kind__startswith="glossary.")
        killed = killed_at(monkeypatch, step, job)
        lake.refresh_from_db()
        decisions.save(lake, {"aliases": ""}, version=lake.version, by=user)
        Job.objects.filter(pk=job.pk, state="running").update(state="queued", claim=None)
        do_jobs()
        assert uses() == [("数据湖", f"e{number}", 1, 1) for number in range(3)], step
        if not killed:
            break
    assert step > 4
    same_as_a_full_rebuild()


def test_any_order_of_decisions_and_texts_ends_in_the_rows_of_a_full_rebuild():
    random_ = random.Random(7)
    texts = [
        "数据湖与湖。",
        "API 和 api，数据",
        LAKE,
        "**湖**（Lake: 水体）",
        "**API**（接口）",
        "ＡＰＩ、數據湖",
    ]
    made = [live_episode(f"e{number}", *random_.sample(texts, 3)) for number in range(4)]
    do_jobs()
    user = editor()
    names = ["数据", "湖", "水库", "Api", "api", "", "API"]
    for _step in range(25):
        chosen = random_.choice(Entry.objects.order_by("pk"))
        if random_.random() < 0.5:
            to = random_.choice(list(decisions.STEPS.get(chosen.state, ())) or [chosen.state])
            decisions.decide([chosen.pk], to, by=user)
        elif random_.random() < 0.5:
            decisions.save(
                chosen,
                {"aliases": random_.choice(names)},
                version=chosen.version,
                by=user,
            )
        else:
            rebuild.touch(random_.choice(made))
        if random_.random() < 0.6:
            do_jobs()
    do_jobs()
    same_as_a_full_rebuild()


# What finds the turns.


@pytest.mark.parametrize(
    ("text", "spellings", "found"),
    [
        ("数据湖", ["数据湖"], True),
        ("数据", ["数据湖"], False),
        ("用 API 的", ["api"], True),
        ("用ａＰi的", ["api"], True),
        ("C++", ["c++"], True),
        ("C+", ["c++"], False),
        ("a.b", ["a.b"], True),
        ("axb", ["a.b"], False),
        ("数据　湖", ["数据 湖"], True),
        ("[x]^-\\", ["[x]^-\\"], True),
        ("K", ["k"], True),  # the sign for kelvin
    ],
)
def test_turns_are_found_by_what_folds_to_a_spelling(text, spellings, found):
    made = live_episode("one", "甲。")
    PublishedTurn.objects.filter(published=made.published).update(text_plain=text)
    assert refreshing.turns_with(spellings).exists() is found


SIGNS = st.sampled_from("aAＡbB湖数据 　.+[]^-\\*?($K")


@given(st.text(SIGNS, min_size=1, max_size=4), st.text(SIGNS, max_size=12))
def test_no_turn_that_the_matcher_would_find_is_missed(spelling, text):
    table = table_of([Form(spelling, 1)])
    if Matcher(table).find(text):
        [(key, _exact)] = table
        assert re.search(refreshing._pattern(key), text)


def test_what_is_looked_for_is_stored_and_only_differences_are_written(django_assert_num_queries):
    occurrences.write_table({("数据湖", ""): 1, ("api", "API"): 2})
    kept = MatchedForm.objects.get(spelling="api").pk
    occurrences.write_table({("数据湖", ""): 3, ("api", "API"): 2})
    assert occurrences.stored_table() == {("数据湖", ""): 3, ("api", "API"): 2}
    assert MatchedForm.objects.get(spelling="api").pk == kept
    with django_assert_num_queries(1):
        occurrences.write_table({("数据湖", ""): 3, ("api", "API"): 2})
    assert refreshing.different({("数据湖", ""): 4}) == {"数据湖", "api"}
    assert folded("ＡＰＩ") == "api"


def test_an_edition_published_in_the_middle_of_a_pass_is_in_it_whole(monkeypatch):
    first = live_episode("a", "数据湖，数据湖，数据湖。")
    live_episode("b", LAKE)
    last = episode("c", "数据湖，数据湖。")
    do_jobs()
    monkeypatch.setattr(occurrences, "TURNS", 1)
    monkeypatch.setattr(occurrences, "BATCH", 1)
    monkeypatch.setattr(rebuild, "REPLAY_EVERY", 0.0)
    done = []
    real = occurrences._write

    def write(found, generation, reached, hold):
        if not done:  # read, and not yet written
            next_edition(first, "没有了。")
            publish_episode(last)
        done.append(reached)
        real(found, generation, reached, hold)

    monkeypatch.setattr(occurrences, "_write", write)
    rebuilt()
    assert uses() == [("数据湖", "b", 1, 1), ("数据湖", "c", 2, 1)]
    assert len(done) == 3
    monkeypatch.setattr(occurrences, "_write", real)
    same_as_a_full_rebuild()
