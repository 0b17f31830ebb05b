"""The list of episodes and the metadata form."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from episodes.editing import save_episode
from episodes.models import Change, Episode, Organisation, Person, Status
from episodes.names import index_spellings
from episodes.tagging import format_tags
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db
LIST = "/admin/episodes/episode/"


def logged_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def editor():
    return make_user("Editors", "edith")


@pytest.fixture
def client(editor):
    return logged_in(editor)


def found(client, **query) -> list[str]:
    return sorted(str(each) for each in client.get(LIST, query).context["cl"].result_list)


# --- the list


def test_a_row_opens_the_page_of_turns(client):
    episode = make_episode()
    assert (
        f'href="/admin/episodes/episode/{episode.pk}/turns/"' in client.get(LIST).content.decode()
    )


@pytest.mark.parametrize(
    "word",
    ["港口", "吊车", "Cranes", "Hafen", "quayside", "Quill", "马拉", "misheard", "solberg"],
)
def test_search_finds_titles_slugs_turns_originals_names_and_aliases(client, word):
    Person.objects.filter(name="Mara Quill").delete()
    episode = make_episode(slug="at-the-quayside", title="港口与吊车")
    Episode.objects.filter(pk=episode.pk).update(original_title="Der Hafen")
    Person.objects.filter(name="Mara Quill").update(
        translated_name="马拉·奎尔", aliases="Misheard Name"
    )
    make_episode(
        title="Other", turns=[("Ann Lee", "你好。", "Hello."), ("Bo Li", "嗨。", "Hi.")], people=[]
    )
    assert found(client, q=word) == ["港口与吊车"]


def test_every_word_of_a_search_must_be_found_somewhere(client):
    make_episode(title="One")
    assert found(client, q="吊车 Quill") == ["One"]
    assert found(client, q="吊车 nowhere") == []


def test_an_episode_with_many_matches_comes_once(client):
    make_episode(
        title="One", turns=[("A B", "港口港口", ""), ("C D", "港口", ""), ("A B", "港口", "")]
    )
    assert found(client, q="港口") == ["One"]


def test_filters_narrow_the_list(client):
    live = make_episode(title="Live", area="Trade", tags=["港口"], projects=["P1"])
    publish_episode(live)
    make_episode(
        title="Draft",
        area="Sea",
        tags=["Ships"],
        people=[],
        turns=[("Ann Lee", "你好。", ""), ("Bo Li", "嗨。", "")],
    )
    tag, project = live.tags.get(), live.projects.get()
    mara = Person.objects.get(name="Mara Quill")
    assert found(client, status__exact="evergreen") == ["Live"]
    assert found(client, area="Sea") == ["Draft"]
    assert found(client, tag=tag.pk) == ["Live"]
    assert found(client, project=project.pk) == ["Live"]
    assert found(client, person=mara.pk) == ["Live"]
    assert found(client, readers="current") == ["Live"]
    assert found(client, readers="nothing") == ["Draft"]
    save_episode(live, revision=live.revision, values={"area": "Ports"}, by=None)
    assert found(client, readers="behind") == ["Live"]


@pytest.mark.parametrize(
    "query", ["tag=x", "person=x", "project=0'", "readers=x", "person=99999999"]
)
def test_a_filter_that_makes_no_sense_is_no_error(client, query):
    make_episode()
    assert client.get(f"{LIST}?{query}").status_code in {200, 302}


def test_the_list_takes_the_same_queries_with_one_and_three_episodes(
    client, django_assert_num_queries
):
    make_episode(area="A", tags=["x"])
    with django_assert_num_queries(13):
        client.get(LIST)
    make_episode(area="A", tags=["x"])
    publish_episode(make_episode(area="A", tags=["x"]))
    with django_assert_num_queries(13):
        client.get(LIST)


def test_an_empty_list_says_what_to_do(client):
    body = client.get(LIST).content.decode()
    assert "No episodes yet. Import a transcript to begin" in body


def test_nobody_adds_an_episode_by_hand(client):
    assert client.get(f"{LIST}add/").status_code == 403


def test_drafts_are_submitted_from_the_list_after_a_confirmation(client):
    draft, live = make_episode(title="Draft"), make_episode(title="Live")
    publish_episode(live)
    chosen = {"action": "submit_for_review", "_selected_action": [draft.pk, live.pk]}
    asked = client.post(LIST, chosen)
    assert [str(each) for each in asked.context["drafts"]] == ["Draft"]
    assert [str(each) for each in asked.context["others"]] == ["Live"]
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    client.post(LIST, {**chosen, "confirmed": "1", "note": "please"})
    draft.refresh_from_db()
    assert (draft.status, draft.transitions.get().note) == (Status.REVIEW, "please")


def test_who_may_not_submit_has_no_such_action():
    viewer = make_user("")
    viewer.user_permissions.add(Permission.objects.get(codename="view_episode"))
    draft = make_episode()
    chosen = {"action": "submit_for_review", "_selected_action": [draft.pk], "confirmed": "1"}
    logged_in(viewer).post(LIST, chosen)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


# --- the metadata


def form_of(client, episode) -> dict:
    """What a browser would send back."""
    form = client.get(f"{LIST}{episode.pk}/change/").context["adminform"].form
    values = {}
    for bound in form:
        value = bound.value()
        if value is None:
            continue
        if bound.name in {"tags", "projects"}:
            value = format_tags(value)
        values[bound.html_name] = value if isinstance(value, list) else str(value)
    return values


def test_the_metadata_is_saved_as_one_act_with_its_history(client, editor):
    episode = make_episode(title="Before", tags=["港口"])
    guest = Person.objects.create(name="Ann Lee", slug="ann-lee")
    values = form_of(client, episode) | {
        "title": "After",
        "tags": "港口，Ships、港口",
        "guests": [guest.pk],
        "more_organisations": "Acme, Beta Works",
        "why": "tidied",
    }
    answer = client.post(f"{LIST}{episode.pk}/change/", values)
    assert answer.headers["location"] == f"{LIST}{episode.pk}/turns/"
    episode.refresh_from_db()
    assert episode.title == "After"
    assert [str(tag) for tag in episode.tags.order_by("items")] == ["港口", "Ships"]
    assert episode.organisation_mentions.count() == 2
    assert "Ann Lee" in [str(each.person) for each in episode.appearances.filter(role="guest")]
    act = episode.change_sets.filter(act="save").get()
    assert (act.by, act.why, act.revision, episode.revision) == (editor, "tidied", 2, 2)
    fields = set(Change.objects.filter(change_set=act).values_list("field", flat=True))
    assert fields == {"title", "tags", "appearances", "organisations"}


def test_a_form_sent_back_as_it_was_writes_nothing(client):
    episode = make_episode(
        tags=["b", "a"], organisations=["Zed", "Acme"], people=["Zoe Z", "Mara Quill"]
    )
    before = Episode.objects.values().get(pk=episode.pk)
    answer = client.post(f"{LIST}{episode.pk}/change/", form_of(client, episode))
    assert answer.status_code == 302
    assert Episode.objects.values().get(pk=episode.pk) == before
    assert not Change.objects.exists()


def test_status_is_not_in_the_form_and_cannot_be_smuggled_in(client):
    episode = make_episode()
    values = form_of(client, episode)
    assert "status" not in values
    client.post(f"{LIST}{episode.pk}/change/", values | {"status": "evergreen", "title": "New"})
    episode.refresh_from_db()
    assert (episode.status, episode.title) == (Status.DRAFT, "New")


def test_a_late_form_merges_what_only_one_side_changed(client):
    episode = make_episode(title="T", area="Old")
    values = form_of(client, episode)
    save_episode(episode, revision=1, values={"area": "Theirs"}, by=None)
    answer = client.post(f"{LIST}{episode.pk}/change/", values | {"title": "Mine"})
    assert answer.status_code == 302
    episode.refresh_from_db()
    assert (episode.title, episode.area) == ("Mine", "Theirs")


def test_a_late_form_shows_both_texts_and_loses_neither(client):
    episode = make_episode(title="Base", area="Old", tags=["one"])
    values = form_of(client, episode)
    save_episode(
        episode, revision=1, values={"title": "Theirs", "area": "Newer", "tags": ["two"]}, by=None
    )
    answer = client.post(
        f"{LIST}{episode.pk}/change/", values | {"title": "Mine", "series": "My series"}
    )
    assert answer.status_code == 409
    (clash,) = answer.context["clashes"]
    assert (clash.name, clash.theirs, clash.mine) == ("title", "Theirs", "Mine")
    again = answer.context["adminform"].form
    assert [again[name].value() for name in ("title", "area", "series", "tags", "seen")] == [
        "Mine",
        "Newer",
        "My series",
        "two",
        "2",
    ]
    episode.refresh_from_db()
    assert (episode.title, episode.series) == ("Theirs", "")
    sent = {bound.html_name: bound.value() if bound.value() is not None else "" for bound in again}
    assert client.post(f"{LIST}{episode.pk}/change/", sent).status_code == 302
    episode.refresh_from_db()
    assert (episode.title, episode.area, episode.series) == ("Mine", "Newer", "My series")


def test_a_slug_in_use_is_refused_beside_its_field(client):
    make_episode(slug="taken")
    episode = make_episode(slug="mine")
    old = make_episode(slug="old")
    save_episode(old, revision=1, values={"slug": "renamed"}, by=None)
    for slug in ("taken", "old", "v2"):
        answer = client.post(
            f"{LIST}{episode.pk}/change/",
            form_of(client, episode) | {"slug": slug, "title": "Kept"},
        )
        form = answer.context["adminform"].form
        assert form.errors["slug"]
        assert form["title"].value() == "Kept"
    episode.refresh_from_db()
    assert episode.slug == "mine"


def test_a_new_slug_leaves_the_old_one_as_a_redirect(client):
    episode = make_episode(slug="before")
    client.post(f"{LIST}{episode.pk}/change/", form_of(client, episode) | {"slug": "after"})
    assert list(episode.old_slugs.values_list("slug", flat=True)) == ["before"]


def test_a_person_stands_in_one_list_only(client):
    episode = make_episode()
    person = Person.objects.get(name="Mara Quill")
    values = form_of(client, episode) | {"hosts": [person.pk], "guests": [person.pk]}
    answer = client.post(f"{LIST}{episode.pk}/change/", values)
    assert "Mara Quill is in two of the lists of people." in answer.content.decode()


def test_names_known_by_an_alias_are_not_made_twice(client):
    acme = Organisation.objects.create(name="Acme Corporation", slug="acme", aliases="Acme")
    index_spellings(acme)
    episode = make_episode()
    client.post(
        f"{LIST}{episode.pk}/change/", form_of(client, episode) | {"more_organisations": "ACME"}
    )
    assert [each.target for each in episode.organisation_mentions.all()] == [acme]


def test_who_may_only_look_sees_the_metadata_and_saves_nothing():
    viewer = make_user("")
    viewer.user_permissions.add(Permission.objects.get(codename="view_episode"))
    client = logged_in(viewer)
    episode = make_episode(title="As it is")
    assert client.get(f"{LIST}{episode.pk}/change/").status_code == 200
    assert client.post(f"{LIST}{episode.pk}/change/", {"title": "X", "seen": 1}).status_code == 403


# --- deleting


def test_a_draft_is_deleted_with_its_turns_and_a_published_episode_is_not(client, editor):
    draft = make_episode(slug="mistaken")
    shown = make_episode(
        slug="shown", turns=[("Ann Lee", "你好。", "Hello."), ("Bo Li", "嗨。", "Hi.")]
    )
    publish_episode(shown)
    may = Permission.objects.get(codename="delete_episode")
    editor.user_permissions.add(may)
    client.force_login(type(editor).objects.get(pk=editor.pk))
    page = client.get(f"{LIST}{draft.pk}/delete/")
    assert page.status_code == 200
    assert "protected" not in page.context or not page.context["protected"]
    assert client.post(f"{LIST}{draft.pk}/delete/", {"post": "yes"}).status_code == 302
    assert client.post(f"{LIST}{shown.pk}/delete/", {"post": "yes"}).status_code == 403
    assert list(Episode.objects.values_list("slug", flat=True)) == ["shown"]
