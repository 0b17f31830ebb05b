"""People, organisations, products and works in the admin: list, form, merge."""

import pytest
from django.test import Client
from django.urls import reverse

from episodes import naming
from episodes.models import (
    NAMED_MODELS,
    Appearance,
    Organisation,
    Person,
    PersonOldSlug,
    Product,
    PublishedLink,
    Turn,
    Work,
)
from episodes.names import create_named
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/episodes/person/"


def logged_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def client():
    return logged_in(make_user("Editors"))


@pytest.fixture
def publisher():
    return logged_in(make_user("Publishers"))


def found(client, word) -> list[str]:
    return [str(each) for each in client.get(PEOPLE, {"q": word}).context["cl"].result_list]


@pytest.mark.parametrize("model", NAMED_MODELS.values())
def test_each_kind_has_a_list_and_a_form(client, model):
    named = create_named(model, "Acme")
    opts = f"admin:episodes_{model._meta.model_name}"
    assert client.get(reverse(f"{opts}_changelist")).status_code == 200
    assert client.get(reverse(f"{opts}_change", args=[named.pk])).status_code == 200
    assert client.get(reverse(f"{opts}_add")).status_code == 200


@pytest.mark.parametrize("word", ["Ann", "安", "Anne Lea"])
def test_people_are_found_by_name_translation_and_alias(client, word):
    create_named(Person, "Ann Lee", translated_name="安·李", aliases=["Anne Lea"])
    create_named(Person, "Bo Xu")
    assert found(client, word) == ["Ann Lee"]


def test_the_list_counts_episodes_at_a_fixed_number_of_queries(client, django_assert_num_queries):
    make_episode()
    with django_assert_num_queries(6):
        answer = client.get(PEOPLE)
    assert {each.name: each.episodes_count for each in answer.context["cl"].result_list} == {
        "Mara Quill": 1,
        "Ingrid Solberg": 1,
    }
    make_episode()
    make_episode(turns=[("Cy Twain", "一。", ""), ("Di Ray", "二。", ""), ("Cy Twain", "三。", "")])
    with django_assert_num_queries(6):
        client.get(PEOPLE)


def test_a_new_person_gets_a_slug_and_spellings(client):
    client.post(
        f"{PEOPLE}add/",
        {
            "name": "单伟建",
            "translated_name": "",
            "slug": "",
            "aliases": "Shan\r\n\r\nShan",
            "note": "",
            "link": "",
        },
    )
    person = Person.objects.get()
    assert (person.slug, person.aliases) == ("dan-wei-jian", "Shan")
    assert person.spellings.count() == 2


def test_a_changed_slug_redirects_and_other_fields_are_saved(client):
    person = create_named(Person, "Ann Lee")
    values = {
        "name": "Ann B. Lee",
        "translated_name": "",
        "slug": "ann",
        "aliases": "Anne",
        "note": "",
        "link": "",
    }
    client.post(f"{PEOPLE}{person.pk}/change/", values)
    person.refresh_from_db()
    assert (person.name, person.slug, person.aliases) == ("Ann B. Lee", "ann", "Anne")
    assert PersonOldSlug.objects.get().slug == "ann-lee"


def test_a_slug_that_another_has_or_had_is_refused_beside_its_field(client):
    other = create_named(Person, "Bo Xu")
    PersonOldSlug.objects.create(slug="once-bo", target=other)
    person = create_named(Person, "Ann Lee")
    for slug in ("bo-xu", "once-bo"):
        values = {"name": "Ann Lee", "slug": slug, "aliases": "kept", "note": "", "link": ""}
        answer = client.post(f"{PEOPLE}{person.pk}/change/", values)
        form = answer.context["adminform"].form
        assert form.errors["slug"]
        assert form["aliases"].value() == "kept"


# --- merging


@pytest.fixture
def two():
    """Two records of one person, both in published episodes."""
    keep_in = make_episode(
        turns=[("Ann Lee", "一。", ""), ("Bo Xu", "二。", ""), ("Ann Lee", "三。", "")],
        people=["Ann Lee"],
    )
    lose_in = make_episode(
        turns=[("Anne Lea", "一。", ""), ("Cy Ray", "二。", ""), ("Anne Lea", "三。", "")],
        people=["Anne Lea"],
    )
    publish_episode(keep_in)
    publish_episode(lose_in)
    return Person.objects.get(name="Ann Lee"), Person.objects.get(name="Anne Lea")


def chosen(one, other, **more) -> dict:
    return {"action": "merge", "_selected_action": [one.pk, other.pk], **more}


def test_a_merge_is_asked_for_with_what_would_move(publisher, two):
    answer = publisher.post(PEOPLE, chosen(*two))
    assert answer.status_code == 200
    assert [each.facts for each in answer.context["chosen"]] == [
        ["beside 1 episode", "speaks in 2 turns", "on 1 public page"],
        ["beside 1 episode", "speaks in 2 turns", "on 1 public page"],
    ]
    assert Person.objects.filter(pk__in=[each.pk for each in two]).count() == 2


def test_a_confirmed_merge_moves_everything(publisher, two):
    keep, lose = two
    publisher.post(PEOPLE, chosen(keep, lose, confirmed="1", keep=keep.pk))
    keep.refresh_from_db()
    assert not Person.objects.filter(pk=lose.pk).exists()
    assert keep.alias_list == ["Anne Lea"]
    assert [
        Turn.objects.filter(speaker=keep).count(),
        Appearance.objects.filter(person=keep).count(),
        PublishedLink.objects.filter(person=keep).count(),
    ] == [4, 2, 2]
    assert PersonOldSlug.objects.get(target=keep).slug == "anne-lea"


def test_a_merge_without_a_choice_asks_again(publisher, two):
    answer = publisher.post(PEOPLE, chosen(*two, confirmed="1"))
    assert "Choose which one stays." in answer.content.decode()
    assert Person.objects.filter(pk__in=[each.pk for each in two]).count() == 2


def test_an_editor_does_not_merge(client, two):
    keep, lose = two
    client.post(PEOPLE, chosen(keep, lose, confirmed="1", keep=keep.pk))
    assert Person.objects.filter(pk=lose.pk).exists()


@pytest.mark.parametrize("model", [Organisation, Product, Work])
def test_the_other_kinds_merge_too(publisher, model):
    keep, lose = create_named(model, "Acme"), create_named(model, "Acme Corp")
    publisher.post(
        reverse(f"admin:episodes_{model._meta.model_name}_changelist"),
        chosen(keep, lose, confirmed="1", keep=keep.pk),
    )
    assert [str(each) for each in model.objects.all()] == ["Acme"]


# Two people at one form.


def form_of(client, person) -> dict[str, str]:
    form = client.get(f"{PEOPLE}{person.pk}/change/").context["adminform"].form
    return {name: str(form[name].value()) for name in ("seen", *naming.FIELDS)}


def test_the_second_of_two_saves_is_shown_what_the_first_wrote(client):
    person = create_named(Person, "Ann Lee")
    other = logged_in(make_user("Editors"))
    mine, theirs = form_of(client, person), form_of(other, person)
    other.post(f"{PEOPLE}{person.pk}/change/", {**theirs, "note": "Theirs.", "name": "Anne Lee"})
    answer = client.post(f"{PEOPLE}{person.pk}/change/", {**mine, "note": "Mine."})
    assert answer.status_code == 409
    late = answer.context["late"]
    assert [(each.name, each.theirs, each.mine) for each in late.clashes] == [
        ("note", "Theirs.", "Mine.")
    ]
    assert late.taken == ["name"]
    body = answer.content.decode()
    assert "Somebody else changed this record while you were writing." in body
    assert 'value="Anne Lee"' in body
    person.refresh_from_db()
    assert (person.name, person.note) == ("Anne Lee", "Theirs.")
    again = client.post(f"{PEOPLE}{person.pk}/change/", late.post.dict())
    assert again.status_code == 302
    person.refresh_from_db()
    assert (person.name, person.note) == ("Anne Lee", "Mine.")


def test_a_form_that_changes_nothing_is_never_too_late(client):
    person = create_named(Person, "Ann Lee")
    other = logged_in(make_user("Editors"))
    mine = form_of(client, person)
    other.post(f"{PEOPLE}{person.pk}/change/", {**form_of(other, person), "note": "Theirs."})
    answer = client.post(f"{PEOPLE}{person.pk}/change/", {**mine, "note": "Theirs."})
    assert answer.status_code == 302


def test_a_third_save_meanwhile_is_shown_too(client):
    person = create_named(Person, "Ann Lee")
    other = logged_in(make_user("Editors"))
    place = f"{PEOPLE}{person.pk}/change/"
    mine = {**form_of(client, person), "note": "Mine."}
    other.post(place, {**form_of(other, person), "note": "First."})
    late = client.post(place, mine).context["late"]
    other.post(place, {**form_of(other, person), "note": "Second."})
    answer = client.post(place, late.post.dict())
    assert [(each.theirs, each.mine) for each in answer.context["late"].clashes] == [
        ("Second.", "Mine.")
    ]
