"""When two spellings are one name; making, finding, merging and re-addressing records."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from episodes import names
from episodes.models import (
    Appearance,
    Change,
    Episode,
    Organisation,
    OrganisationMention,
    Person,
    PersonOldSlug,
    PersonSpelling,
    Product,
    PublishedLink,
    PublishedTurn,
    Turn,
)
from episodes.names import MergeRefused, SlugRefused, name_key
from episodes.tests.factories import make_episode, make_user, publish_episode


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vertex-ai", "Vertex AI"),
        ("Ｖｅｒｔｅｘ　ＡＩ", "Vertex AI"),
        ("José Núñez", "Jose Nunez"),
        ("Bank of the West (BOW)", "bank-of-the-west"),
        ("安·李", "安 · 李"),
        ("A.I.G.", "AIG"),
    ],
)
def test_spellings_of_one_name_have_one_key(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C++", "C#"), ("C", "C++"), ("が", "か"), ("Bank (Hong Kong)", "Bank"), ("…", "!")],
)
def test_different_names_have_different_keys(one, other):
    assert name_key(one) != name_key(other)


@given(st.text(min_size=1))
@example("¸")
@example("\u0301")
@example("ﷺ" * 200)
def test_a_name_of_any_signs_has_a_key_that_fits_its_column(text):
    key = name_key(text)
    assert len(key) <= 250
    assert bool(key) == bool(text.split())


def test_the_channel_is_a_person_only_where_people_list_it():
    assert names.channel_is_not_a_person("Harbour Talk", "harbour-talk", ["Mara Quill"])
    assert not names.channel_is_not_a_person("Mara Quill", "mara-quill", ["Mara Quill"])
    assert not names.channel_is_not_a_person("Mara Quill", "Harbour Talk", [])
    assert not names.channel_is_not_a_person("", "", [])


@pytest.mark.django_db
class TestRecords:
    def test_a_new_record_is_found_by_each_of_its_spellings(self):
        ann = names.create_named(Person, "Ann Lee", translated_name="安·李", aliases=["Anne Lee"])
        found = names.resolve(Person, ["ann-lee", "安·李", "ANNE LEE", "Bo Lee"])
        assert found == {"ann-lee": ann, "安·李": ann, "ANNE LEE": ann}

    def test_an_own_name_goes_before_an_alias_and_the_older_before_the_younger(self):
        names.create_named(Organisation, "First", aliases=["Acme", "Shared"])
        acme = names.create_named(Organisation, "Acme")
        names.create_named(Organisation, "Third", aliases=["Shared"])
        found = names.resolve(Organisation, ["acme", "shared"])
        assert found == {"acme": acme, "shared": Organisation.objects.get(name="First")}

    def test_namesakes_get_numbered_slugs_never_one_that_was_used(self):
        first = names.create_named(Person, "Ann Lee")
        names.rename_slug(first, "ann")
        made = names.create_many(Person, [names.NewName("Ann Lee"), names.NewName("Ann-Lee")])
        assert [person.slug for person in made] == ["ann-lee-2", "ann-lee-3"]

    def test_the_hundredth_namesake_takes_few_questions(self, django_assert_num_queries):
        names.create_many(Person, [names.NewName("Ann Lee")] * 100)
        assert Person.objects.filter(slug="ann-lee-100").count() == 1
        with django_assert_num_queries(12):
            names.create_named(Person, "Ann Lee")

    def test_spellings_follow_the_aliases(self):
        ann = names.create_named(Person, "Ann Lee", aliases=["Old"])
        ann.aliases = "New\n\nNewer"
        ann.save(update_fields=["aliases"])
        names.index_spellings(ann)
        keys = PersonSpelling.objects.filter(target=ann).order_by("key")
        assert list(keys.values_list("key", flat=True)) == ["annlee", "new", "newer"]

    def test_adding_known_spellings_writes_nothing(self, django_assert_num_queries):
        ann = names.create_named(Person, "Ann Lee", aliases=["Anne Lee"])
        with django_assert_num_queries(0):
            assert names.add_aliases(ann, ["ann lee", "ANNE-LEE", ""]) == []

    def test_an_old_slug_redirects_and_can_be_taken_back(self):
        ann = names.create_named(Person, "Ann Lee")
        names.rename_slug(ann, "ann")
        assert list(PersonOldSlug.objects.values_list("slug", "target_id")) == [("ann-lee", ann.pk)]
        names.rename_slug(ann, "ann-lee")
        assert list(PersonOldSlug.objects.values_list("slug", "target_id")) == [("ann", ann.pk)]

    @pytest.mark.parametrize("slug", ["", "Ann", "a--b", "-a", "a.b", "安", "a" * 81])
    def test_no_slug_but_a_slug_is_given(self, slug):
        ann = names.create_named(Person, "Ann Lee")
        with pytest.raises(SlugRefused):
            names.rename_slug(ann, slug)
        ann.refresh_from_db()
        assert ann.slug == "ann-lee"

    def test_a_slug_of_another_or_once_of_another_is_refused(self):
        ann, bo = names.create_named(Person, "Ann Lee"), names.create_named(Person, "Bo Lee")
        names.rename_slug(bo, "bo")
        for slug in ("bo", "bo-lee"):
            with pytest.raises(SlugRefused):
                names.rename_slug(ann, slug)
        assert list(ann.old_slugs.all()) == []


@pytest.mark.django_db
class TestMerging:
    def test_every_reference_moves_and_the_old_name_and_slug_live_on(self):
        episode = make_episode(people=["Mara Quill"])
        other = make_episode(
            turns=[("Mara Quil", "你好。", "Hello."), ("Bo", "好。", "Yes.")], people=["Mara Quil"]
        )
        publish_episode(other)
        keep = Person.objects.get(name="Mara Quill")
        lose = Person.objects.get(name="Mara Quil")
        user = make_user("Publishers")
        names.rename_slug(lose, "quil")

        merged = names.merge_named(keep, lose, by=user)

        assert merged.pk == keep.pk
        assert merged.alias_list == ["Mara Quil"]
        assert not Person.objects.filter(pk=lose.pk).exists()
        assert sorted(keep.old_slugs.values_list("slug", flat=True)) == ["mara-quil", "quil"]
        assert names.resolve(Person, ["mara quil"]) == {"mara quil": keep}
        assert set(Appearance.objects.filter(person=keep).values_list("episode_id", flat=True)) == {
            episode.pk,
            other.pk,
        }
        assert Turn.objects.filter(episode=other, speaker=keep).count() == 1
        assert PublishedTurn.objects.filter(speaker=keep).count() == 1
        assert PublishedLink.objects.filter(person=keep).count() == 1
        change = Change.objects.get(field="merged")
        assert change.change_set.act == "merge"
        assert change.change_set.by == user
        assert change.target == f"person:{keep.pk}"
        assert change.old["name"] == "Mara Quil"

    def test_where_an_episode_has_both_one_row_stays_with_the_greater_role(self):
        episode = make_episode(people=["Mara Quill", "Ingrid Solberg"])
        publish_episode(episode)
        keep = names.create_named(Person, "Mara Q.")
        Appearance.objects.create(episode=episode, person=keep, role="mentioned", position=9)
        published = PublishedLink.objects.get(person__name="Mara Quill").published
        PublishedLink.objects.create(published=published, person=keep, role="mentioned")
        lose = Person.objects.get(name="Mara Quill")

        names.merge_named(keep, lose, by=None)

        row = Appearance.objects.get(person=keep)
        assert (row.role, row.written, row.origin) == ("host", "Mara Quill", "front_matter")
        assert PublishedLink.objects.get(person=keep).role == "host"
        assert episode.appearances.count() == 2

    def test_organisations_are_merged_alike(self):
        first = make_episode(organisations=["Acme"])
        second = make_episode(organisations=["Acme Ltd", "Acme"])
        keep = Organisation.objects.get(name="Acme")
        names.merge_named(keep, Organisation.objects.get(name="Acme Ltd"), by=None)
        rows = OrganisationMention.objects.order_by("episode_id").values_list(
            "episode_id", "target_id"
        )
        assert list(rows) == [(first.pk, keep.pk), (second.pk, keep.pk)]

    def test_what_the_kept_one_does_not_know_is_filled_in(self):
        keep = names.create_named(Person, "Ann Lee")
        lose = names.create_named(Person, "Anne Lee", translated_name="安·李", aliases=["A. Lee"])
        names.merge_named(keep, lose, by=None)
        keep.refresh_from_db()
        assert keep.translated_name == "安·李"
        assert keep.alias_list == ["Anne Lee", "A. Lee"]

    def test_a_record_is_never_merged_into_itself_another_kind_or_nothing(self):
        ann = names.create_named(Person, "Ann Lee")
        gone = names.create_named(Person, "Gone")
        same = Person.objects.get(pk=ann.pk)
        acme = names.create_named(Product, "Acme")
        pk = gone.pk
        gone.delete()
        gone.pk = pk
        for other in (same, acme, gone):
            with pytest.raises(MergeRefused):
                names.merge_named(ann, other, by=None)
        assert Change.objects.count() == 0
        assert Episode.objects.count() == 0
