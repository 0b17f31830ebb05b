"""The names there are, for checks: read again when any of them came, changed or went, and only then."""

from __future__ import annotations

import pytest

from episodes import known, names, naming
from episodes.models import Organisation, Person, Product, Work
from episodes.tests.factories import make_user

pytestmark = pytest.mark.django_db

GROUPS = {"organisations", "people", "products", "works"}


def test_names_are_read_once_while_nothing_changes(django_assert_num_queries):
    names.create_named(Person, "Mara Quill", translated_name="玛拉·奎尔", aliases=["Mara Quil"])
    first = known.known_now()
    with django_assert_num_queries(6):
        assert known.known_now() is first
    assert {*first.digests} == {*GROUPS, "terms"}
    person = Person.objects.get()
    name = first.index.name("person", person.pk)
    assert name is not None
    assert name.spellings == ("Mara Quill", "玛拉·奎尔", "Mara Quil")


def test_each_change_of_a_name_changes_the_digest_of_its_kind():
    before = dict(known.known_now().digests)

    def changed() -> set[str]:
        nonlocal before
        now = dict(known.known_now().digests)
        different = {group for group in now if now[group] != before[group]}
        before = now
        return different

    mara = names.create_named(Person, "Mara Quill")
    assert changed() == {"people"}
    other = names.create_named(Person, "Mara Quil")
    assert changed() == {"people"}
    names.create_named(Organisation, "Harbour Board")
    names.create_named(Product, "Crane X")
    names.create_named(Work, "Harbour Talk")
    assert changed() == {"organisations", "products", "works"}
    naming.save_named(mara, values={"note": "A host."}, by=None)
    assert changed() == set()
    naming.save_named(mara, values={"name": "Mara J. Quill"}, by=None)
    assert changed() == {"people"}
    naming.save_named(mara, values={"translated_name": "玛拉"}, by=None)
    assert changed() == {"people"}
    names.add_aliases(Person.objects.get(pk=mara.pk), ["MJQ"], why="test")
    assert changed() == {"people"}
    names.merge_named(Person.objects.get(pk=mara.pk), other, by=make_user())
    assert changed() == {"people"}
    Organisation.objects.all().delete()
    assert changed() == {"organisations"}
    names.create_named(Organisation, "Harbour Board")
    assert changed() == {"organisations"}


def test_two_with_one_name_are_two():
    first, second = (names.create_named(Person, "Mara Quill") for _each in range(2))
    index = known.known_now().index
    assert {one.key for one in index.known_as("mara quill")} == {first.pk, second.pk}
