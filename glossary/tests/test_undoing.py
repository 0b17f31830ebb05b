"""Undoing: what an act did is put back where it still is as the act left it, or nothing is."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from episodes.models import Change, ChangeSet
from episodes.models.history import Act
from episodes.tests.factories import make_user
from glossary import decisions
from glossary.models import (
    Entry,
    EntryAddress,
    EntryKey,
    PublishedEntry,
    State,
    Suggestion,
)
from glossary.tests.made import LAKE, do_jobs, entry, episode, live_episode, rebuilt, tables
from glossary.tests.test_merging import POND, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def by():
    return make_user("Publishers", "paula")


def last() -> ChangeSet:
    return ChangeSet.objects.filter(changes__target__startswith="entry:").order_by("-pk")[0]


def stands() -> dict[str, Any]:
    """All that the register says, and whose each key and address is; versions only count up."""
    return {
        "entries": {
            row.pk: {
                name: getattr(row, name)
                for name in (*decisions.EDITABLE, "sort_key", "state", "merged_into_id")
            }
            for row in Entry.objects.all()
        },
        "keys": dict(EntryKey.objects.values_list("key", "entry_id")),
        "addresses": dict(EntryAddress.objects.values_list("slug", "entry_id")),
        "public": sorted(PublishedEntry.objects.values_list("entry_id", "term", "definition")),
        "suggestions": sorted(Suggestion.objects.values_list("entry_id", "field", "value")),
    }


ACTS = {
    "approve": lambda by: decisions.decide([entry("数据湖").pk], State.APPROVED, by=by),
    "reject several": lambda by: decisions.decide(
        Entry.objects.values_list("pk", flat=True), State.REJECTED, by=by
    ),
    "change": lambda by: decisions.save(
        entry("数据湖"), {"definition": "新", "aliases": "湖"}, version=0, by=by
    ),
    "alias": lambda by: decisions.add_alias(entry("数据湖"), "湖", by=by),
    "forbid": lambda by: decisions.forbid(entry("数据湖"), "数据池", by=by),
    "merge": lambda by: decisions.merge([entry("资料湖"), entry("水库")], entry("数据湖"), by=by),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_undone_leaves_all_as_it_was_and_undone_again_as_it_left_it(by, name):
    live_episode("one", LAKE, POND)
    live_episode("two", "**水库**（Reservoir: 存水）", "**「水库」**（Reservoir: 蓄水）")
    rebuilt()
    EntryAddress.objects.bulk_create(
        [EntryAddress(slug=row.slug, entry=row) for row in Entry.objects.all()],
        ignore_conflicts=True,
    )
    before = stands()
    ACTS[name](by)
    after = stands()
    assert after != before
    undoing = decisions.undo(last(), by=by)
    assert stands() == before
    decisions.undo(undoing, by=by)
    assert stands() == after
    do_jobs()
    settled = tables()
    rebuilt()
    assert tables() == settled


def test_a_split_undone_makes_the_new_one_part_of_the_other(by):
    live_episode("one", LAKE)
    rebuilt()
    decisions.save(entry("数据湖"), {"aliases": "资料湖"}, version=0, by=by)
    live_episode("two", POND)
    rebuilt()
    lake = entry("数据湖")
    before = stands()
    new = decisions.split(lake, ["资料湖"], by=by)
    undoing = decisions.undo(last(), by=by)
    after = stands()
    gone = after["entries"].pop(new.pk)
    assert (gone["state"], gone["merged_into_id"]) == (State.MERGED, lake.pk)
    assert after["addresses"].pop(new.slug) == lake.pk
    assert (after["entries"], after["keys"]) == (before["entries"], before["keys"])
    decisions.undo(undoing, by=by)
    assert (entry("资料湖").state, keys_of("资料湖")) == (State.CANDIDATE, ["资料湖"])


def keys_of(term: str) -> list[str]:
    return sorted(entry(term).keys.values_list("key", flat=True))


def test_a_split_back_undone_is_merged_again(by):
    live_episode("one", LAKE, POND)
    rebuilt()
    decisions.merge([entry("资料湖")], entry("数据湖"), by=by)
    merged = stands()
    decisions.split_back(entry("资料湖"), ["资料湖"], by=by)
    decisions.undo(last(), by=by)
    assert stands() == merged


def test_an_added_entry_is_rejected_and_none_is_deleted(by):
    added = decisions.add({"term": "甲", "aliases": "乙"}, by=make_user("Editors", "edith"))
    undoing = decisions.undo(last(), by=make_user("Editors", "emil"))
    added.refresh_from_db()
    assert (added.state, added.term, keys_of("甲")) == (State.REJECTED, "甲", ["乙", "甲"])
    episode("one", "**甲**（A）")
    rebuilt()
    assert Entry.objects.count() == 1
    decisions.undo(undoing, by=by)
    assert entry("甲").state == State.CANDIDATE


def test_an_alias_taken_back_lets_its_notes_be_a_candidate_again(by):
    live_episode("one", LAKE)
    rebuilt()
    decisions.add_alias(entry("数据湖"), "资料湖", by=by)
    live_episode("two", POND)
    rebuilt()
    [alias] = ChangeSet.objects.filter(changes__field="aliases").distinct()
    decisions.undo(alias, by=by)
    assert (entry("资料湖").state, entry("资料湖").definition) == (State.CANDIDATE, "资料的湖")
    assert (entry("数据湖").aliases, keys_of("数据湖")) == ("", ["数据湖"])
    assert set(PublishedEntry.objects.values_list("term", flat=True)) == {"数据湖", "资料湖"}


def test_lines_that_others_added_since_stay(by):
    episode("one", LAKE)
    rebuilt()
    decisions.add_alias(entry("数据湖"), "甲", by=by)
    first = last()
    decisions.add_alias(entry("数据湖"), "乙", by=by)
    decisions.undo(first, by=by)
    assert (entry("数据湖").aliases, keys_of("数据湖")) == ("乙", ["乙", "数据湖"])


def test_what_somebody_changed_since_is_named_and_nothing_is_undone(by):
    live_episode("one", LAKE, POND)
    rebuilt()
    decisions.save(entry("数据湖"), {"definition": "甲", "foreign_term": "A"}, version=0, by=by)
    first = last()
    decisions.save(
        entry("数据湖"), {"definition": "乙"}, version=1, by=make_user("Editors", "edith")
    )
    before = stands()
    assert refused(lambda: decisions.undo(first, by=by)) == (
        "“数据湖”: “definition” is not as this left it; edith changed it. Nothing was undone."
    )
    assert stands() == before


def test_undoing_twice_is_refused(by):
    episode("one", LAKE)
    rebuilt()
    decisions.decide([entry("数据湖").pk], State.APPROVED, by=by)
    act = last()
    decisions.undo(act, by=by)
    assert refused(lambda: decisions.undo(act, by=by)) == (
        "“数据湖”: “state” is not as this left it; paula changed it. Nothing was undone."
    )
    decisions.add_alias(entry("数据湖"), "甲", by=by)
    alias = last()
    decisions.undo(alias, by=by)
    assert refused(lambda: decisions.undo(alias, by=by)) == "Nothing of this is left to undo."


def test_a_merging_is_not_undone_where_its_entry_was_merged_on_and_is_once_that_is_undone(by):
    live_episode("one", LAKE, POND, "**水库**（Reservoir）")
    rebuilt()
    start = stands()
    decisions.merge([entry("资料湖")], entry("数据湖"), by=by)
    first = last()
    decisions.merge([entry("数据湖")], entry("水库"), by=by)
    second = last()
    assert refused(lambda: decisions.undo(first, by=by)).startswith("“资料湖”: “merged into”")
    decisions.undo(second, by=by)
    decisions.undo(first, by=by)
    after = stands()
    assert (after["entries"], after["keys"]) == (start["entries"], start["keys"])


def test_a_merging_is_not_repeated_into_what_is_part_of_another_since(by):
    live_episode("one", LAKE, POND, "**水库**（Reservoir）")
    rebuilt()
    decisions.merge([entry("资料湖")], entry("数据湖"), by=by)
    undoing = decisions.undo(last(), by=by)
    decisions.merge([entry("数据湖")], entry("水库"), by=by)
    before = stands()
    with pytest.raises(decisions.Refused):
        decisions.undo(undoing, by=by)
    assert stands() == before


def test_a_spelling_that_went_elsewhere_is_named(by):
    live_episode("one", LAKE, POND)
    rebuilt()
    decisions.merge([entry("资料湖")], entry("数据湖"), names=(), by=by)
    merging = last()
    decisions.split(entry("数据湖"), ["资料湖"], by=by)
    before = stands()
    assert refused(lambda: decisions.undo(merging, by=by)) == (
        "“资料湖” belongs to “资料湖” since: nothing was undone."
    )
    assert stands() == before


def test_it_needs_what_the_act_would_need(by):
    live_episode("one", LAKE, POND)
    rebuilt()
    editor = make_user("Editors", "edith")
    decisions.add_alias(entry("数据湖"), "甲", by=editor)
    alias = last()
    decisions.decide([entry("数据湖").pk], State.APPROVED, by=by)
    for act in (alias, last()):
        with pytest.raises(PermissionDenied):
            decisions.undo(act, by=editor)
    decisions.undo(last(), by=by)
    decisions.undo(alias, by=editor)
    assert entry("数据湖").aliases == ""
    decisions.merge([entry("资料湖")], entry("数据湖"), by=by)
    with pytest.raises(PermissionDenied):
        decisions.undo(last(), by=editor)


def test_an_undoing_is_an_act_that_names_what_it_undid(by):
    episode("one", LAKE)
    rebuilt()
    decisions.add_alias(entry("数据湖"), "甲", by=by)
    alias = last()
    undoing = decisions.undo(alias, by=by, why="Tippfehler")
    assert (undoing.act, undoing.by, undoing.why) == (Act.UNDO, by, "Tippfehler")
    assert list(undoing.changes.values_list("target", "field", "old", "new")) == [
        (f"entry:{entry('数据湖').pk}", "aliases", "甲", ""),
        (f"entry:{entry('数据湖').pk}", "keys", ["数据湖", "甲"], ["数据湖"]),
        (f"change_set:{alias.pk}", "undone", None, True),
    ]
    assert Change.objects.filter(change_set=alias).count() == 2


def test_a_batch_of_another_hand_is_undone_as_well(by):
    """What an import writes: entries that it added and fields that it changed, as one act."""
    episode("one", LAKE)
    rebuilt()
    lake = entry("数据湖")
    decisions.save(lake, {"definition": "甲"}, version=0, by=by)
    new = decisions.add({"term": "乙"}, by=by)
    batch = ChangeSet.objects.create(act=Act.BATCH, by=by)
    Change.objects.filter(target__in=(f"entry:{lake.pk}", f"entry:{new.pk}")).update(
        change_set=batch
    )
    decisions.undo(batch, by=by)
    assert dict(Entry.objects.values_list("term", "state")) == {
        "数据湖": "candidate",
        "乙": "rejected",
    }
    assert entry("数据湖").definition == "存放原始数据的仓库"


def some_act(chance: random.Random, by: Any) -> None:
    """Do something to some entries; what is refused is not done."""
    entries = list(Entry.objects.exclude(state=State.MERGED).order_by("pk"))
    one, other, third = (chance.choice(entries) for _time in range(3))
    word = chance.choice(["湖", "池", "库", "仓", "水池", "数据池"])
    tombstones = list(Entry.objects.filter(state=State.MERGED).order_by("pk"))
    keys = [each.key for each in decisions.spellings_of(one) if not each.own]
    acts = [
        lambda: decisions.decide([one.pk, other.pk], chance.choice(State.values[:3]), by=by),
        lambda: decisions.add_alias(one, word, by=by),
        lambda: decisions.forbid(one, word, by=by),
        lambda: decisions.save(
            one, {"definition": word, "aliases": word}, version=one.version, by=by
        ),
        lambda: decisions.merge([one, third], other, by=by),
        lambda: decisions.split(one, keys[:1], by=by),
        lambda: decisions.split_back(
            tombstones[0], decisions.keys_before_merging(tombstones[0]), by=by
        ),
    ]
    weights = [2, 2, 1, 1, 4, 3, 2 if tombstones else 0]
    with suppress(decisions.Refused):
        chance.choices(acts, weights)[0]()


@pytest.mark.parametrize("seed", range(20))
def test_any_acts_undone_from_the_last_to_the_first_leave_all_as_it_was(by, seed):
    live_episode("one", LAKE, POND, "**水库**（Reservoir: 存水）")
    live_episode("two", "**湖**（Lake）", "**池**（Pool, PL: 小湖）", "**「池」**（Pool）")
    rebuilt()
    EntryAddress.objects.bulk_create(
        [EntryAddress(slug=row.slug, entry=row) for row in Entry.objects.all()],
        ignore_conflicts=True,
    )
    before = stands()
    chance = random.Random(seed)
    first = ChangeSet.objects.order_by("-pk").first()
    for _time in range(8):
        some_act(chance, by)
        held = EntryKey.objects.filter(entry__state=State.MERGED)
        assert not held.exists()
    for act in ChangeSet.objects.filter(pk__gt=first.pk if first else 0).order_by("-pk"):
        decisions.undo(act, by=by)
    after = stands()
    for pk, row in list(after["entries"].items()):
        if pk not in before["entries"]:  # what a split made
            assert row["state"] == State.MERGED
            assert after["addresses"].pop(row["slug"]) == row["merged_into_id"]
            del after["entries"][pk]
    assert after == before
