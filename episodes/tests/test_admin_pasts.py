"""The pages of histories: states shown, compared, restored; who may; the trail cannot be edited."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from episodes import cuts, naming
from episodes.editing import save_episode, save_turn
from episodes.models import Change, ChangeSet, Edition, Episode, Person, Transition, Turn
from episodes.names import create_named
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def viewer():
    user = make_user("")
    names = ("view_episode", "view_person")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return logged_in(user)


def of_turn(turn) -> str:
    return reverse("admin:episodes_episode_turn_history", args=[turn.episode_id, turn.uid])


def of_field(episode, name) -> str:
    return reverse("admin:episodes_episode_field_history", args=[episode.pk, name])


def of_person(person) -> str:
    return reverse("admin:episodes_person_history", args=[person.pk])


def lines(shown) -> list[tuple[str, str]]:
    return [(line.label, line.language) for line in shown.lines]


# --- a turn


def test_a_turn_shows_its_states_with_who_when_why_and_what_differs(client, editor):
    turn = make_episode().turns.first()
    turn = save_turn(
        turn, version=1, values={"text": "欢迎！", "start": 65_000}, by=editor, why="so"
    )
    answer = client.get(of_turn(turn))
    newest, oldest = answer.context["states"]
    assert (newest.number, newest.is_now, oldest.number, oldest.is_now) == (2, True, 1, False)
    assert (newest.change_set.by, newest.change_set.why) == (editor, "so")
    assert oldest.change_set.act == "import"
    assert lines(newest) == [("Translation", "zh-Hans"), ("Start", "")]
    assert [(line.label, line.html) for line in oldest.whole] == [
        ("Speaker", "Mara Quill"),
        ("Label", "Mara Quill"),
        ("Kind", "Speech"),
        ("Translation", "欢迎收听，今天我们谈港口。"),
        ("Original", "Welcome. Today we talk about ports."),
    ]
    body = answer.content.decode()
    assert (
        '欢迎<del><span class="visually-hidden">taken out: </span>收听，今天我们谈港口。</del>'
        in body
    )
    assert (
        f'<a class="in-line" href="/admin/episodes/importrun/{oldest.change_set.run_id}/change/">'
        in (body)
    )
    assert "· edith" in body


def test_any_two_states_are_compared(client):
    turn = make_episode().turns.first()
    for version, text in enumerate(("一。", "二。", "一。"), start=1):
        turn = save_turn(turn, version=version, values={"text": text}, by=None)
    compared = client.get(of_turn(turn), {"left": "2", "right": "4"}).context["compared"]
    assert compared.lines == ()
    compared = client.get(of_turn(turn), {"left": "3", "right": "2"}).context["compared"]
    assert [(line.label, str(line.html)) for line in compared.lines] == [
        (
            "Translation",
            '<del><span class="visually-hidden">taken out: </span>二</del>'
            '<ins><span class="visually-hidden">put in: </span>一</ins>。',
        )
    ]
    assert client.get(of_turn(turn), {"left": "0", "right": "4"}).status_code == 404
    assert client.get(of_turn(turn), {"left": "x", "right": "5"}).status_code == 404
    assert client.get(of_turn(turn)).context["compared"] is None


def test_a_state_is_restored_in_the_parts_that_were_ticked(client, editor):
    turn = make_episode().turns.first()
    first = (turn.text, turn.original)
    turn = save_turn(turn, version=1, values={"text": "一。", "original": "One."}, by=None)
    (_now, oldest) = client.get(of_turn(turn)).context["states"]
    assert oldest.parts == (("text", "Translation"), ("original", "Original"))
    answer = client.post(of_turn(turn), {"state": "1", "version": "2", "part": "original"})
    assert answer.headers["location"] == (
        f"/admin/episodes/episode/{turn.episode_id}/turns/?saved={turn.uid}#{turn.uid}"
    )
    turn.refresh_from_db()
    assert (turn.text, turn.original) == ("一。", first[1])
    client.post(of_turn(turn), {"state": "1", "version": "3", "part": ["text", "original"]})
    turn.refresh_from_db()
    assert (turn.text, turn.original, turn.version) == (*first, 4)
    last = ChangeSet.objects.filter(episode=turn.episode).first()
    assert last.by == editor
    assert last.why.startswith("Restored the state of 20")


def test_nothing_ticked_and_nonsense_restore_nothing(client):
    turn = make_episode().turns.first()
    turn = save_turn(turn, version=1, values={"text": "一。"}, by=None)
    for data, status in (
        ({"state": "1", "version": "2"}, 422),
        ({"state": "1", "version": "2", "part": "gone"}, 422),
        ({"state": "1", "version": "", "part": "text"}, 422),
        ({"state": "9", "version": "2", "part": "text"}, 404),
        ({"version": "2", "part": "text"}, 404),
    ):
        assert client.post(of_turn(turn), data).status_code == status
    assert Turn.objects.get(pk=turn.pk).version == 2


def test_a_late_restoration_shows_both_and_can_be_repeated_on_what_stands(client):
    turn = make_episode().turns.first()
    first = turn.text
    turn = save_turn(turn, version=1, values={"text": "一。"}, by=None)
    save_turn(turn, version=2, values={"text": "二。"}, by=None)
    data = {"state": "1", "version": "2", "part": "text", "why": "mine"}
    answer = client.post(of_turn(turn), data)
    assert answer.status_code == 409
    late = answer.context["late"]
    assert [[str(line.html) for line in side] for _label, side in late["sides"][:2]] == [
        ["二。"],
        [first],
    ]
    body = answer.content.decode()
    assert '<input type="hidden" name="version" value="3">' in body
    assert '<input type="hidden" name="why" value="mine">' in body
    assert Turn.objects.get(pk=turn.pk).text == "二。"
    client.post(of_turn(turn), {**data, "version": "3"})
    assert Turn.objects.get(pk=turn.pk).text == first


def test_a_turn_that_is_gone_keeps_its_history_and_says_where_it_went(client):
    one, other, third = make_episode().turns.all()
    cuts.merge(one, version=1, following=other.uid, following_version=1, by=None)
    cuts.remove(third, version=1, by=None)
    merged = client.get(of_turn(other))
    assert merged.context["near"] == one.uid
    (note, other_note) = merged.context["states"][0].notes
    assert (note.sentence, other_note.sentence) == (
        "It was taken out.",
        f"It became part of turn {one.uid}.",
    )
    assert other_note.url == of_turn(one)
    removed = client.get(of_turn(third))
    assert [note.sentence for note in removed.context["states"][0].notes] == [
        "It was taken out.",
        f"Its address leads to turn {one.uid}.",
    ]
    assert removed.context["may_change"] is False
    assert b"/removed/" in removed.content
    answer = client.post(of_turn(third), {"state": "1", "version": "1", "part": "text"})
    assert answer.status_code == 409


def test_histories_are_for_who_may_look_and_restoring_for_who_may_change(viewer, client):
    turn = make_episode().turns.first()
    turn = save_turn(turn, version=1, values={"text": "一。"}, by=None)
    save_episode(turn.episode, revision=2, values={"title": "二"}, by=None)
    ann = create_named(Person, "Ann Lee")
    naming.save_named(ann, values={"name": "Anne Lee"}, by=None)
    nobody, stranger = logged_in(make_user("")), Client()
    data = {
        of_turn(turn): {"state": "1", "version": "2", "part": "text"},
        of_field(turn.episode, "title"): {"state": "1", "seen": "3", "part": "title"},
        of_person(ann): {"state": "1", "seen": str(naming.last_act(ann)), "part": "name"},
    }
    people = (stranger, nobody, viewer, client)
    for address, post in data.items():
        assert [each.get(address).status_code for each in people] == [302, 403, 200, 200]
        assert b'<form method="post" action="%s"' % address.encode() not in (
            viewer.get(address).content
        )
        assert [each.post(address, post).status_code for each in people] == [302, 403, 403, 302]
        assert [each.put(address).status_code for each in (viewer, client)] in (
            [405, 405],
            [200, 200],
        )
    compare = reverse("admin:episodes_episode_compare", args=[turn.episode_id])
    assert [each.get(compare).status_code for each in people] == [302, 403, 200, 200]
    assert [each.post(compare).status_code for each in people] == [302, 405, 405, 405]


def test_what_is_not_there_is_not_found(client):
    episode, other = make_episode(), make_episode(title="Other")
    turn = other.turns.first()
    wrong = reverse("admin:episodes_episode_turn_history", args=[episode.pk, turn.uid])
    assert client.get(wrong).status_code == 404
    assert client.get(of_field(episode, "status")).status_code == 404
    assert client.get("/admin/episodes/person/99999/history/").status_code == 404
    assert client.post(of_field(episode, "status"), {"state": "1"}).status_code == 404


def test_the_page_of_a_turn_takes_the_same_queries_with_three_and_thirty_states(
    client, django_assert_num_queries
):
    turn = make_episode().turns.first()
    for version in (1, 2):
        turn = save_turn(turn, version=version, values={"text": f"{version}。"}, by=None)
    with django_assert_num_queries(15):
        client.get(of_turn(turn))
    for version in range(3, 31):
        turn = save_turn(turn, version=version, values={"text": f"{version}。"}, by=None)
    with django_assert_num_queries(15):
        client.get(of_turn(turn))


def test_the_turns_and_the_history_of_the_episode_lead_to_the_history_of_a_turn(client):
    turn = make_episode().turns.first()
    save_turn(turn, version=1, values={"text": "一。"}, by=None)
    place = reverse("admin:episodes_episode_turns", args=[turn.episode_id])
    assert f'href="{turn.uid}/history/"' in client.get(place).content.decode()
    episode_history = reverse("admin:episodes_episode_history", args=[turn.episode_id])
    (newest, _oldest) = client.get(episode_history).context["acts"]
    assert [line.past for line in newest.lines] == [of_turn(turn)]


def test_the_history_of_the_episode_names_speakers_moves_and_whole_turns_in_words(client):
    one, two, three = make_episode().turns.all()
    save_turn(one, version=1, values={"speaker": two.speaker, "label": "I."}, by=None)
    cuts.move(three, revision=2, after="", by=None)
    cuts.remove(two, version=1, by=None)
    address = reverse("admin:episodes_episode_history", args=[one.episode_id])
    removed, moved, saved, _first = client.get(address).context["acts"]
    told = [
        (line.field, [(piece.tag, piece.text) for piece in line.pieces])
        for act in (saved, moved, removed)
        for line in act.lines
    ]
    assert told == [
        ("speaker", [("del", "Mara Quill"), ("ins", "Ingrid Solberg")]),
        ("label", [("del", "Mara Quill"), ("ins", "I.")]),
        ("moved", [("same", three.uid)]),
        ("taken out", [("del", f"Ingrid Solberg\n{two.text}\n{two.original}")]),
    ]


# --- a field


def test_a_field_has_a_history_of_its_own_and_is_restored_alone(client, editor):
    episode = make_episode(tags=("a",))
    save_episode(episode, revision=1, values={"tags": ["b", "c"], "title": "二"}, by=editor)
    address = of_field(episode, "tags")
    answer = client.get(address)
    assert answer.context["label"] == "Tags"
    assert answer.context["others"] == [("title", "Title")]
    newest, oldest = answer.context["states"]
    assert [str(line.html) for line in oldest.whole] == ["a"]
    assert [str(line.html) for line in newest.whole] == ["b\nc"]
    answer = client.post(address, {"state": "1", "seen": "2", "part": "tags"})
    assert answer.headers["location"] == address
    episode.refresh_from_db()
    assert (list(episode.tags.names()), episode.title) == (["a"], "二")


def test_a_field_changed_meanwhile_is_shown_beside_what_was_to_be_restored(client):
    episode = make_episode()
    save_episode(episode, revision=1, values={"title": "二"}, by=None)
    save_episode(episode, revision=2, values={"title": "三"}, by=None)
    address = of_field(episode, "title")
    answer = client.post(address, {"state": "1", "seen": "2", "part": "title"})
    assert answer.status_code == 409
    assert [
        [str(line.html) for line in side] for _l, side in answer.context["late"]["sides"][:2]
    ] == [
        ["三"],
        ["港口与吊车"],
    ]
    assert b'<input type="hidden" name="seen" value="3">' in answer.content
    assert Episode.objects.get(pk=episode.pk).title == "三"


def test_a_slug_that_another_has_taken_is_not_restored(client):
    episode = make_episode(slug="ports")
    save_episode(episode, revision=1, values={"slug": "cranes"}, by=None)
    episode.old_slugs.all().delete()
    make_episode(slug="ports", title="Other")
    answer = client.post(of_field(episode, "slug"), {"state": "1", "seen": "2", "part": "slug"})
    assert answer.status_code == 422
    assert answer.context["error"] == "The slug “ports” is in use already."


# --- people and the like


def test_a_persons_form_writes_the_history_and_the_page_restores_one_field(client, editor):
    ann = create_named(Person, "Ann Lee")
    form = reverse("admin:episodes_person_change", args=[ann.pk])
    values = {"name": "Anne Lee", "translated_name": "", "slug": "anne", "aliases": "Ann Lee"}
    client.post(form, {**values, "note": "", "link": "", "why": "as she writes it"})
    change_set = ChangeSet.objects.get()
    assert (change_set.by, change_set.why) == (editor, "as she writes it")
    assert set(change_set.changes.values_list("field", "new")) == {
        ("name", "Anne Lee"),
        ("slug", "anne"),
        ("aliases", "Ann Lee"),
    }
    newest, oldest = client.get(of_person(ann)).context["states"]
    assert [label for _name, label in oldest.parts] == ["Name", "Slug", "Aliases"]
    assert newest.parts == ()
    data = {"state": "1", "seen": str(change_set.pk), "part": "aliases"}
    assert client.post(of_person(ann), data).headers["location"] == of_person(ann)
    ann.refresh_from_db()
    assert (ann.name, ann.slug, ann.aliases) == ("Anne Lee", "anne", "")
    assert client.post(of_person(ann), data).status_code == 409
    for wrong in ({**data, "part": "sort_key"}, {**data, "seen": "-1"}):
        assert client.post(of_person(ann), wrong).status_code == 422


def test_a_slug_that_is_taken_leaves_the_other_fields_saved(client):
    ann = create_named(Person, "Ann Lee")
    ann.old_slugs.create(slug="former")
    bob = create_named(Person, "Bob Ray")
    bob.old_slugs.create(slug="bobby")
    form = reverse("admin:episodes_person_change", args=[ann.pk])
    values = {"name": "Anne Lee", "translated_name": "", "slug": "former", "aliases": ""}
    client.post(form, {**values, "note": "", "link": ""})
    ann.refresh_from_db()
    assert (ann.name, ann.slug) == ("Anne Lee", "former")
    answer = client.post(form, {**values, "slug": "bobby", "note": "n", "link": ""})
    assert answer.status_code == 200
    assert answer.context["errors"] == [["The slug “bobby” is in use already."]]


@pytest.mark.parametrize("kind", ["person", "organisation", "product", "work"])
def test_every_register_has_the_page(client, kind):
    model = {"person": Person}.get(kind) or Episode._meta.apps.get_model("episodes", kind)
    record = create_named(model, "Ann Lee")
    naming.save_named(record, values={"note": "x"}, by=None)
    answer = client.get(reverse(f"admin:episodes_{kind}_history", args=[record.pk]))
    assert [shown.number for shown in answer.context["states"]] == [2, 1]


# --- the trail


def test_the_trail_cannot_be_edited_in_the_admin(client):
    boss = logged_in(make_user("", is_superuser=True))
    episode = make_episode()
    publish_episode(episode)
    save_turn(episode.turns.first(), version=1, values={"text": "一。"}, by=None)
    before = [
        list(model.objects.order_by("pk").values())
        for model in (ChangeSet, Change, Transition, Edition)
    ]
    assert all(before)
    for model in (ChangeSet, Change, Transition, Edition):
        pk, name = model.objects.first().pk, model._meta.model_name
        for place in ("", "add/", f"{pk}/change/", f"{pk}/delete/", f"{pk}/history/"):
            address = f"/admin/episodes/{name}/{place}"
            for person in (boss, client):
                assert person.get(address).status_code == 404
                data = {"post": "yes", "why": "x", "note": "x", "old": '"x"', "new": '"x"'}
                assert person.post(address, data).status_code == 404
    for name in ("history", "compare"):
        address = reverse(f"admin:episodes_episode_{name}", args=[episode.pk])
        for method in ("post", "put", "patch", "delete"):
            assert getattr(boss, method)(address).status_code == 405
    delete = reverse("admin:episodes_episode_delete", args=[episode.pk])
    assert boss.post(delete, {"post": "yes"}).status_code == 403
    after = [
        list(model.objects.order_by("pk").values())
        for model in (ChangeSet, Change, Transition, Edition)
    ]
    assert after == before
