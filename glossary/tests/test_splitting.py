"""Splitting an entry: some of its spellings are another's, with the notes that give them."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from episodes.tests.factories import make_user
from glossary import decisions
from glossary.models import Entry, EntryAddress, EntryKey, PublishedEntry, State
from glossary.tests.made import LAKE, do_jobs, entry, live_episode, rebuilt, tables
from glossary.tests.test_merging import POND, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def by():
    return make_user("Publishers", "paula")


def joined(by) -> Entry:
    """An approved entry with two spellings, each in notes and in plain text."""
    live_episode("one", LAKE, "资料湖，资料湖，数据湖。")
    rebuilt()
    decisions.save(entry("数据湖"), {"aliases": "资料湖"}, version=0, by=by)
    decisions.decide([entry("数据湖").pk], State.APPROVED, by=by)
    live_episode("two", POND)
    rebuilt()
    return entry("数据湖")


def keys_of(found: Entry) -> list[str]:
    return sorted(found.keys.values_list("key", flat=True))


def test_spellings_tell_their_notes_and_uses(by):
    found = joined(by)
    assert [
        (each.written, each.notes, each.uses, each.own) for each in decisions.spellings_of(found)
    ] == [("数据湖", 1, 2, True), ("资料湖", 1, 3, False)]


def test_the_new_one_is_a_candidate_that_says_what_its_notes_say(by):
    found = joined(by)
    new = decisions.split(found, ["资料湖"], by=by)
    found.refresh_from_db()
    assert (new.term, new.foreign_term, new.abbreviation, new.definition, new.aliases) == (
        "资料湖",
        "Data Pond",
        "DP",
        "资料的湖",
        "",
    )
    assert (new.state, new.version, new.slug) == (State.CANDIDATE, 1, "data-pond")
    assert (found.state, found.aliases, found.version) == (State.APPROVED, "", 3)
    assert (keys_of(new), keys_of(found)) == (["资料湖"], ["数据湖"])
    assert [note.head for note in new.annotations.all()] == ["资料湖"]
    assert PublishedEntry.objects.filter(entry=new).exists()
    do_jobs()
    before = tables()
    rebuilt()
    assert tables() == before


def test_values_may_be_given_and_without_notes_the_spelling_is_the_term(by):
    live_episode("one", LAKE)
    rebuilt()
    decisions.save(entry("数据湖"), {"aliases": "资料湖\n资料库"}, version=0, by=by)
    found = entry("数据湖")
    new = decisions.split(
        found, ["资料湖", "资料库"], values={"definition": "甲", "slug": "pond"}, by=by
    )
    assert (new.term, new.aliases, new.definition, new.slug) == ("资料湖", "资料库", "甲", "pond")


def test_it_is_refused_with_a_sentence(by):
    found = joined(by)

    def sentence(keys, **values):
        return refused(lambda: decisions.split(found, keys, values=values, by=by))

    assert sentence([]) == "Choose at least one spelling."
    assert sentence(["数据湖"]) == "“数据湖” is the term itself: it keeps that spelling."
    assert sentence(["水库"]).startswith("Somebody gave one of these spellings")
    assert sentence(["资料湖"], term="水库") == "“水库” is none of the spellings that were chosen."
    assert sentence(["资料湖"], slug=found.slug) == "Another term has this address."
    assert Entry.objects.count() == 1
    with pytest.raises(PermissionDenied):
        decisions.split(found, ["资料湖"], by=make_user("Editors"))
    decisions.save(found, {"definition": "neu"}, version=found.version, by=by)
    with pytest.raises(decisions.Stale):
        decisions.split(found, ["资料湖"], by=by)


def test_a_merged_one_stands_again_with_what_it_brought(by):
    live_episode("one", LAKE)
    live_episode("two", POND)
    rebuilt()
    pond, lake = entry("资料湖"), entry("数据湖")
    decisions.merge([pond], lake, by=by)
    decisions.add_alias(entry("数据湖"), "资料库", by=by)
    pond.refresh_from_db()
    keys = decisions.keys_before_merging(pond)
    assert keys == ["datapond", "dp", "资料湖"]
    decisions.split_back(pond, keys, by=by)
    pond.refresh_from_db()
    lake.refresh_from_db()
    assert (pond.state, pond.merged_into, pond.definition) == (State.CANDIDATE, None, "资料的湖")
    assert lake.aliases == "资料库"
    assert (keys_of(pond), pond.annotations.count(), lake.annotations.count()) == (keys, 1, 1)
    assert EntryAddress.objects.get(slug=pond.slug).entry == pond
    assert set(PublishedEntry.objects.values_list("term", flat=True)) == {"数据湖", "资料湖"}
    assert refused(lambda: decisions.split_back(pond, keys, by=by)) == (
        "“资料湖” is part of no other term."
    )
    assert EntryKey.objects.get(key="资料库").entry == lake
