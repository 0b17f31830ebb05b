"""Merging entries: one stays and says what was chosen, the others are tombstones that lead to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import translation

from episodes.tests.factories import make_user
from glossary import decisions
from glossary.models import Entry, EntryAddress, EntryKey, EntryUse, State, Suggestion
from glossary.tests.made import (
    LAKE,
    do_jobs,
    edit,
    entry,
    episode,
    live_episode,
    rebuilt,
    tables,
)

pytestmark = pytest.mark.django_db

POND = "**资料湖**（Data Pond, DP: 资料的湖）"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def by():
    return make_user("Publishers", "paula")


def keys() -> dict[str, str]:
    return dict(EntryKey.objects.values_list("key", "entry__term"))


def two() -> tuple[Entry, Entry]:
    live_episode("one", LAKE, "数据湖和资料湖。")
    live_episode("two", POND)
    rebuilt()
    return entry("资料湖"), entry("数据湖")


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(decisions.Refused) as caught:
        act()
    return str(caught.value)


def test_the_other_becomes_a_tombstone_and_all_of_it_the_one_that_stays(by):
    pond, lake = two()
    slug = pond.slug
    decisions.merge([pond], lake, by=by)
    pond.refresh_from_db()
    assert (pond.state, pond.merged_into, pond.version, pond.decided_by) == (
        State.MERGED,
        lake,
        1,
        by,
    )
    lake = entry("数据湖")
    assert (lake.state, lake.version, lake.alias_list) == (
        State.CANDIDATE,
        1,
        ["资料湖", "Data Pond", "DP"],
    )
    assert (pond.annotations.count(), lake.annotations.count()) == (0, 2)
    assert lake.published_annotations.count() == 2
    assert dict(EntryAddress.objects.values_list("slug", "entry__term"))[slug] == "数据湖"
    assert (keys()["数据湖"], keys()["资料湖"]) == ("数据湖", "数据湖")


def test_its_uses_are_the_other_ones_as_soon_as_the_job_ran(by):
    pond, lake = two()
    decisions.decide([lake.pk], State.APPROVED, by=by)
    lake.refresh_from_db()
    decisions.merge([pond], lake, by=by)
    do_jobs()
    uses = EntryUse.objects.order_by("published__slug")
    assert list(uses.values_list("entry__term", "published__slug", "uses")) == [
        ("数据湖", "one", 3),
        ("数据湖", "two", 1),
    ]


def test_no_rebuild_brings_it_back(by):
    pond, lake = two()
    decisions.merge([pond], lake, by=by)
    do_jobs()
    before = tables()
    rebuilt()
    rebuilt()
    assert tables() == before
    assert list(Entry.objects.values_list("term", "state").order_by("pk")) == [
        ("数据湖", "candidate"),
        ("资料湖", "merged"),
    ]


def test_only_the_chosen_names_are_taken_and_only_empty_fields_filled(by):
    pond, lake = two()
    assert decisions.values_offered([pond], lake) == {"abbreviation": ["DP"]}
    assert decisions.names_offered([pond], lake, {"abbreviation": "DP"}) == ["资料湖", "Data Pond"]
    merged = decisions.merge(
        [pond],
        lake,
        names=["资料湖", "nobody's"],
        fill={"abbreviation": "DP", "foreign_term": "Data Pond", "definition": "anything"},
        by=by,
    )
    assert (merged.aliases, merged.abbreviation, merged.foreign_term, merged.definition) == (
        "资料湖",
        "DP",
        "Data Lake",
        "存放原始数据的仓库",
    )


def test_what_the_one_that_stays_forbids_is_not_offered_and_what_the_other_forbids_is_kept(by):
    pond, lake = two()
    decisions.save(lake, {"forbidden": "Data Pond"}, version=0, by=by)
    decisions.save(pond, {"forbidden": "数据池\n数据湖"}, version=0, by=by)
    merged = decisions.merge([entry("资料湖")], entry("数据湖"), by=by)
    assert (merged.alias_list, merged.forbidden_list) == (
        ["资料湖", "DP"],
        ["Data Pond", "数据池"],
    )


def test_what_was_merged_before_goes_along(by):
    pond, lake = two()
    episode("three", "**水库**（Reservoir）")
    rebuilt()
    decisions.merge([pond], lake, by=by)
    last = decisions.merge([entry("数据湖")], entry("水库"), by=by)
    assert set(keys().values()) == {"水库"}
    assert dict(Entry.objects.values_list("term", "merged_into__term")) == {
        "数据湖": "水库",
        "资料湖": "水库",
        "水库": None,
    }
    assert last.annotations.count() == 3
    assert set(EntryAddress.objects.values_list("slug", "entry__term")) >= {
        (pond.slug, "水库"),
        (lake.slug, "水库"),
    }


def test_suggestions_of_the_tombstone_go_and_the_notes_are_compared_with_the_other(by):
    made = episode("one", POND)
    live_episode("two", LAKE)
    rebuilt()
    decisions.decide(list(Entry.objects.values_list("pk", flat=True)), State.APPROVED, by=by)
    edit(made, 0, "**资料湖**（Data Pond, DP: 新的说法）")
    rebuilt()
    assert Suggestion.objects.get().entry == entry("资料湖")
    decisions.merge([entry("资料湖")], entry("数据湖"), by=by)
    assert list(Suggestion.objects.values_list("entry__term", "field", "value")) == [
        ("数据湖", "definition", "新的说法")
    ]


def test_it_is_refused_with_a_sentence(by):
    pond, lake = two()
    episode("three", "**水库**（Reservoir）")
    rebuilt()
    pool = entry("水库")
    decisions.merge([pond], lake, by=by)
    late = "“资料湖” was merged into “数据湖”: nothing was written."
    assert refused(lambda: decisions.merge([pond], pool, by=by)) == late
    assert refused(lambda: decisions.merge([pool], pond, by=by)) == late
    assert refused(lambda: decisions.merge([pool], pool, by=by)).startswith("Choose at least two")
    assert refused(lambda: decisions.merge([], pool, by=by)).startswith("Choose at least two")
    lake = entry("数据湖")
    decisions.decide([lake.pk], State.REJECTED, by=by)
    lake.refresh_from_db()
    assert refused(lambda: decisions.merge([pool], lake, by=by)) == (
        "“数据湖” is rejected: make it a candidate again first."
    )
    pond.refresh_from_db()
    assert refused(lambda: decisions.save(pond, {"term": "甲"}, version=1, by=by)) == late


def test_who_comes_second_writes_nothing(by):
    """A into B while B into A; and the same merging twice."""
    pond, lake = two()
    first, second = (Entry.objects.get(pk=pond.pk), Entry.objects.get(pk=lake.pk))
    decisions.merge([pond], lake, by=by)
    before = tables()
    assert refused(lambda: decisions.merge([second], first, by=by)).startswith(
        "“资料湖” was merged"
    )
    assert refused(lambda: decisions.merge([first], second, by=by)).startswith(
        "“资料湖” was merged"
    )
    assert tables() == before


def test_an_entry_that_somebody_changed_meanwhile_is_not_merged_unseen(by):
    pond, lake = two()
    decisions.save(entry("数据湖"), {"definition": "她的"}, version=0, by=by)
    with pytest.raises(decisions.Stale):
        decisions.merge([pond], lake, by=by)
    assert not Entry.objects.filter(state=State.MERGED).exists()


def test_only_who_decides_may():
    pond, lake = two()
    with pytest.raises(PermissionDenied):
        decisions.merge([pond], lake, by=make_user("Editors"))


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do these at one moment, each on a connection of its own; return how each went, in order."""
    barrier = threading.Barrier(len(acts))
    went: list[str] = []

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
            went.append("done")
        except (decisions.Refused, decisions.Stale) as error:
            went.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(went)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "pairs",
    [
        (("资料湖", "数据湖"), ("数据湖", "资料湖")),
        (("资料湖", "数据湖"), ("资料湖", "数据湖")),
        (("资料湖", "数据湖"), ("数据湖", "水库")),
        (("资料湖", "数据湖"), ("资料湖", "水库")),
    ],
)
def test_of_two_at_one_moment_one_wins_and_nothing_is_half_done(pairs):
    by = make_user("", is_superuser=True)  # the groups went with the rows of the test before
    episode("one", LAKE, POND, "**水库**（Reservoir）")
    rebuilt()
    acts = [partial(decisions.merge, [entry(source)], entry(into), by=by) for source, into in pairs]
    late, won = at_once(*acts)
    assert (late in ("Refused", "Stale"), won) == (True, "done")
    rows = Entry.objects.select_related("merged_into")
    merged = [row for row in rows if row.state == State.MERGED]
    assert [row.merged_into.state for row in merged] == [State.CANDIDATE]
    assert not EntryKey.objects.filter(entry__state=State.MERGED).exists()
    assert not EntryAddress.objects.filter(entry__state=State.MERGED).exists()
