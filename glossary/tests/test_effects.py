"""Effects: what an act would change is shown, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from episodes.models import ChangeSet, Job
from episodes.tests.factories import make_user
from glossary import decisions, effects
from glossary.effects import CHANGED, GAINED, LOST, Count
from glossary.models import Entry, State
from glossary.tests.made import LAKE, do_jobs, entry, episode, live_episode, rebuilt, tables

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def by():
    return make_user("Publishers", "paula")


def corpus() -> None:
    """Two live episodes; 资料湖 is explained in neither, 水库 in a draft only."""
    live_episode("one", LAKE, "数据湖和资料湖。", "资料湖。")
    live_episode("two", "资料湖和水库。")
    episode("draft", "**水库**（Reservoir: 存水）", "资料湖。")
    rebuilt()


def written(example: effects.Example) -> str:
    return "".join(f"[{each.text}]" if each.marked else each.text for each in example.pieces)


def test_an_alias_marks_every_turn_that_has_it(by):
    corpus()
    before = (tables(), ChangeSet.objects.count(), Job.objects.count())
    effect = effects.rehearse(
        lambda: decisions.add_alias(entry("数据湖"), "资料湖", by=by), ["资料湖"]
    )
    # a candidate's public side says what published notes say: nothing changes for readers yet
    assert (effect.marks, effect.changes_readers_see) == ({}, False)
    [held] = effect.holding
    assert (held.word, held.working, held.published) == ("资料湖", Count(4, 3), Count(3, 2))
    assert [(each.slug, bool(each.episode), written(each)) for each in held.examples] == [
        ("", True, "[资料湖]。"),
        ("", True, "[资料湖]和水库。"),
        ("", True, "[资料湖]。"),
        ("two", False, "[资料湖]和水库。"),
        ("one", False, "[资料湖]。"),
        ("one", False, "数据湖和[资料湖]。"),
    ]
    assert (tables(), ChangeSet.objects.count(), Job.objects.count()) == before
    decisions.decide([entry("数据湖").pk], State.APPROVED, by=by)
    do_jobs()
    effect = effects.rehearse(lambda: decisions.add_alias(entry("数据湖"), "资料湖", by=by))
    assert effect.marks == {GAINED: Count(3, 2)}
    assert [(each.slug, written(each)) for each in effect.examples[GAINED]] == [
        ("two", "[资料湖]和水库。"),
        ("one", "[资料湖]。"),
        ("one", "数据湖和[资料湖]。"),
    ]
    assert (effect.rewritten, effect.appearing, effect.vanishing) == (("数据湖",), (), ())


def test_approving_and_rejecting(by):
    corpus()
    approving = effects.rehearse(
        lambda: decisions.decide([entry("水库").pk], State.APPROVED, by=by)
    )
    assert (approving.marks, approving.changes_readers_see) == ({GAINED: Count(1, 1)}, True)
    rejecting = effects.rehearse(
        lambda: decisions.decide([entry("数据湖").pk], State.REJECTED, by=by)
    )
    assert (rejecting.marks, rejecting.vanishing) == ({LOST: Count(2, 1)}, ("数据湖",))
    neither = effects.rehearse(
        lambda: decisions.decide([entry("数据湖").pk], State.APPROVED, by=by)
    )
    assert neither == effects.Effect()


def test_merging_leads_marks_elsewhere(by):
    live_episode("one", LAKE, "**资料湖**（Data Pond）", "资料湖。")
    rebuilt()
    effect = effects.rehearse(lambda: decisions.merge([entry("资料湖")], entry("数据湖"), by=by))
    assert effect.marks == {CHANGED: Count(2, 1)}
    assert (effect.vanishing, effect.rewritten) == (("资料湖",), ("数据湖",))


def test_a_longer_name_takes_a_mark_from_a_shorter_one(by):
    live_episode("one", "**湖**（Lake）", "数据湖。")
    rebuilt()
    long = decisions.add({"term": "数据湖"}, by=by)
    effect = effects.rehearse(lambda: decisions.decide([long.pk], State.APPROVED, by=by))
    assert effect.marks == {GAINED: Count(1, 1), LOST: Count(1, 1)}


def test_a_name_in_a_link_or_in_a_notes_head_is_no_mark(by):
    live_episode("one", "[数据湖](https://example.org/)", "**大数据湖**（Big Lake）")
    rebuilt()
    lake = decisions.add({"term": "数据湖"}, by=by)
    effect = effects.rehearse(lambda: decisions.decide([lake.pk], State.APPROVED, by=by))
    assert effect == effects.Effect()


def test_what_is_refused_is_refused_before(by):
    corpus()
    with pytest.raises(decisions.Refused):
        effects.rehearse(lambda: decisions.add_alias(entry("数据湖"), "水库", by=by))
    with pytest.raises(PermissionDenied):
        effects.rehearse(
            lambda: decisions.decide([entry("水库").pk], State.APPROVED, by=make_user("Editors"))
        )


def test_no_more_is_read_than_is_bounded(by, monkeypatch):
    monkeypatch.setattr(effects, "EXAMINED", 2)
    corpus()
    decisions.decide([entry("数据湖").pk], State.APPROVED, by=by)
    effect = effects.rehearse(lambda: decisions.add_alias(entry("数据湖"), "资料湖", by=by))
    assert (effect.marks, effect.at_least) == ({GAINED: Count(2, 2)}, True)


def test_many_spellings_are_compared_in_the_newest_turns(by, monkeypatch):
    monkeypatch.setattr(effects, "SPELLINGS", 0)
    corpus()
    effect = effects.rehearse(
        lambda: decisions.decide(Entry.objects.values_list("pk", flat=True), State.APPROVED, by=by)
    )
    assert (effect.marks, effect.at_least) == ({GAINED: Count(1, 1)}, False)


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_a_fixed_number_of_queries(by, django_assert_num_queries, count):
    for number in range(count):
        live_episode(f"e{number}", LAKE, "资料湖。", "资料湖。")
    rebuilt()
    decisions.decide([entry("数据湖").pk], State.APPROVED, by=by)

    def nothing() -> Any:
        Entry.objects.filter(term="数据湖").update(aliases="资料湖")

    with django_assert_num_queries(16):
        effects.rehearse(nothing, ["资料湖"])
