"""The pages on which turns are split, merged, moved, inserted, removed, restored and read."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from episodes import cuts, editing
from episodes.models import ChangeSet, Person, Turn
from episodes.tests.factories import make_episode, make_user

pytestmark = pytest.mark.django_db

TURNS = [
    ("Mara Quill", "一。二。三。", "One. Two. Three."),
    ("Ingrid Solberg", "四。", "Four."),
    ("Mara Quill", "五。", "Five."),
]
FORMS = ("split", "merge", "move", "remove")


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
def episode():
    return make_episode(turns=TURNS)


def page(episode) -> str:
    return reverse("admin:episodes_episode_turns", args=[episode.pk])


def place(turn, name) -> str:
    return reverse(f"admin:episodes_episode_turn_{name}", args=[turn.episode_id, turn.uid])


def of(episode, name) -> str:
    return reverse(f"admin:episodes_episode_{name}", args=[episode.pk])


def texts(episode) -> list[str]:
    return list(episode.turns.values_list("text", flat=True))


# --- who may


def test_each_page_is_for_who_may_change_turns_in_this_way(episode):
    turn = episode.turns.first()
    addresses = {name: place(turn, name) for name in FORMS}
    addresses |= {name: of(episode, name) for name in ("insert", "removed")}
    needed = {"split": "add", "merge": "change", "move": "change", "remove": "delete"}
    needed |= {"insert": "add", "removed": "change"}
    for name, address in addresses.items():
        lacking = make_user("")
        names = ["change_episode", *(f"{each}_turn" for each in ("change", "add", "delete"))]
        names.remove(f"{needed[name]}_turn")
        lacking.user_permissions.set(Permission.objects.filter(codename__in=names))
        people = [Client(), logged_in(make_user("")), logged_in(lacking)]
        people += [logged_in(make_user(group)) for group in ("Editors", "Publishers")]
        found = [each.get(address).status_code for each in people]
        assert (name, found) == (name, [302, 403, 403, 200, 200])


def test_reading_is_for_who_may_change_turns_and_by_post(episode):
    turn = episode.turns.first()
    for address in (place(turn, "read"), of(episode, "read")):
        people = [Client(), logged_in(make_user("")), logged_in(make_user("Editors"))]
        data = {"version": 1, "seen": ""}
        assert [each.post(address, data).status_code for each in people] == [302, 403, 302]
        assert people[-1].get(address).status_code == 405


def test_restoring_needs_the_permission_to_add(episode):
    turn = episode.turns.all()[1]
    cuts.remove(turn, version=1, by=None)
    user = make_user("")
    names = ["change_episode", "change_turn"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = logged_in(user)
    body = client.get(of(episode, "removed")).content.decode()
    assert ("四。" in body, "Restore after" in body) == (True, False)
    assert client.post(of(episode, "removed"), {"uid": turn.uid}).status_code == 403


def test_what_is_not_there_is_not_found_and_no_other_method_is_answered(client, episode):
    turn, other = episode.turns.first(), make_episode(title="Other")
    for name in FORMS:
        for pk, uid in ((other.pk, turn.uid), (episode.pk, "tnobody22"), (0, turn.uid)):
            address = reverse(f"admin:episodes_episode_turn_{name}", args=[pk, uid])
            assert client.get(address).status_code == 404
            assert client.post(address).status_code == 404
        assert client.put(place(turn, name)).status_code == 405
    assert client.put(of(episode, "insert")).status_code == 405


def test_a_post_needs_the_token(editor, episode):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    for name in (*FORMS, "read"):
        assert strict.post(place(episode.turns.first(), name), {"version": 1}).status_code == 403


def test_the_address_of_a_turn_that_is_gone_leads_on(client, episode):
    first, second, _third = episode.turns.all()
    cuts.merge(first, version=1, following=second.uid, following_version=1, by=None)
    for name in FORMS:
        answer = client.get(place(second, name))
        assert answer.headers["location"] == f"{page(episode)}#{first.uid}"
        late = client.post(place(second, name), {"version": 1, "why": "my reason"})
        assert (late.status_code, "my reason" in late.content.decode()) == (409, True)


# --- split


def test_a_split_is_offered_after_each_sentence_with_what_fits_beside_it(client, episode):
    turn = episode.turns.first()
    answer = client.get(place(turn, "split"))
    form = answer.context["form"]
    shown = [
        (value, str(offer), offer.beside) for value, offer in form.fields["text_at"].choices[1:-1]
    ]
    assert shown == [("2", "一。", "One."), ("4", "二。", "One. Two.")]
    assert [value for value, _offer in form.fields["original_at"].choices] == [
        "",
        "0",
        "4",
        "9",
        "16",
    ]
    body = answer.content.decode()
    assert '<span lang="zh-Hans">一。</span>' in body
    assert '<span class="beside" lang="en">One.</span>' in body
    assert body.count("checked") == 2


def test_a_turn_is_split_with_the_original_as_far_in_as_the_translation(client, editor, episode):
    turn = episode.turns.first()
    data = {"version": 1, "text_at": "4", "original_at": "", "why": "two thoughts"}
    answer = client.post(place(turn, "split"), data)
    second = episode.turns.all()[1]
    assert answer.headers["location"] == f"{page(episode)}?saved={second.uid}#{second.uid}"
    turn.refresh_from_db()
    assert (turn.text, turn.original) == ("一。二。", "One. Two.")
    assert (second.text, second.original) == ("三。", "Three.")
    act = ChangeSet.objects.get(act="save")
    assert (act.by, act.why) == (editor, "two thoughts")


def test_a_turn_is_split_where_the_editor_says_in_each_language(client, episode):
    turn = episode.turns.first()
    client.post(place(turn, "split"), {"version": 1, "text_at": "2", "original_at": "9"})
    assert list(episode.turns.values_list("text", "original"))[:2] == [
        ("一。", "One. Two."),
        ("二。三。", "Three."),
    ]


def test_a_turn_with_one_language_asks_for_that_one(client):
    captions = make_episode(turns=[("Ann", "", "One. Two."), ("Bo", "好。", "")])
    turn = captions.turns.first()
    form = client.get(place(turn, "split")).context["form"]
    assert list(form.fields) == ["version", "why", "original_at"]
    client.post(place(turn, "split"), {"version": 1, "original_at": "4"})
    assert list(captions.turns.values_list("original", flat=True)) == ["One.", "Two.", ""]


def test_a_split_that_leaves_nothing_is_said(client, episode):
    turn = episode.turns.first()
    answer = client.post(
        place(turn, "split"), {"version": 1, "text_at": "6", "original_at": "16", "why": "mine"}
    )
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "One of the two parts would be empty. Cut elsewhere." in body
    assert 'value="mine"' in body
    assert client.post(place(turn, "split"), {"version": 1, "text_at": "x"}).status_code == 422
    assert texts(episode) == ["一。二。三。", "四。", "五。"]


def test_a_late_split_shows_what_stands_now_and_keeps_what_was_typed(client, episode):
    turn = episode.turns.first()
    editing.save_turn(turn, version=1, values={"text": "一。二。"}, by=None)
    data = {"version": 1, "text_at": "4", "original_at": "9", "why": "mine"}
    answer = client.post(place(turn, "split"), data)
    assert answer.status_code == 409
    form = answer.context["form"]
    assert (form["version"].value(), form["why"].value(), form["original_at"].value()) == (
        2,
        "mine",
        "9",
    )
    assert "The turn has been changed since you opened this page." in answer.content.decode()
    again = client.post(place(turn, "split"), {**data, "version": 2, "text_at": "2"})
    assert again.status_code == 302


# --- merge


def test_a_turn_is_merged_with_the_one_that_was_shown(client, episode):
    first, second, _third = episode.turns.all()
    answer = client.get(place(first, "merge"))
    form = answer.context["form"]
    data = {name: form[name].value() for name in form.fields}
    assert data == {"version": 1, "why": "", "following": second.uid, "following_version": 1}
    assert "The speaker is Mara Quill, and no longer Ingrid Solberg" in answer.content.decode()
    answer = client.post(place(first, "merge"), data)
    assert answer.headers["location"] == f"{page(episode)}?saved={first.uid}#{first.uid}"
    assert texts(episode) == ["一。二。三。\n\n四。", "五。"]
    place_of_lost = reverse("admin:episodes_episode_turn", args=[episode.pk, second.uid])
    assert client.get(place_of_lost).headers["location"].endswith(f"#{first.uid}")


def test_the_last_turn_has_none_to_be_merged_with(client, episode):
    last = episode.turns.last()
    body = client.get(place(last, "merge")).content.decode()
    assert ("No turn follows in this chapter." in body, "<textarea" in body) == (True, False)
    assert client.post(place(last, "merge"), {"version": 1}).status_code == 422


def test_a_late_merge_shows_both_again(client, episode):
    first, second, third = episode.turns.all()
    data = {"version": 1, "following": second.uid, "following_version": 1, "why": "mine"}
    cuts.move(second, revision=1, after=third.uid, by=None)
    answer = client.post(place(first, "merge"), data)
    assert answer.status_code == 409
    form = answer.context["form"]
    assert (form["following"].value(), form["why"].value()) == (third.uid, "mine")
    assert len(texts(episode)) == 3


# --- move, insert


def test_a_turn_is_moved_to_a_place_from_the_list(client, episode):
    first, second, third = episode.turns.all()
    chapter = episode.chapters.get()
    form = client.get(place(third, "move")).context["form"]
    assert [value for value, _label in form.fields["after"].choices] == [
        "",
        f"heading:{chapter.pk}",
        first.uid,
        second.uid,
    ]
    assert form["after"].value() == second.uid
    data = {"revision": 1, "after": first.uid}
    answer = client.post(place(third, "move"), data)
    assert answer.headers["location"] == f"{page(episode)}?saved={third.uid}#{third.uid}"
    assert texts(episode) == ["一。二。三。", "五。", "四。"]
    late = client.post(place(second, "move"), {**data, "why": "mine"})
    assert late.status_code == 409
    form = late.context["form"]
    assert (form["revision"].value(), form["after"].value(), form["why"].value()) == (
        2,
        first.uid,
        "mine",
    )
    assert client.post(place(second, "move"), {"after": ""}).status_code == 422


def test_a_new_turn_is_inserted_where_it_was_asked_for(client, episode):
    first = episode.turns.first()
    answer = client.get(of(episode, "insert"), {"after": first.uid})
    assert answer.context["form"]["after"].value() == first.uid
    body = answer.content.decode()
    assert body.count("<textarea") == 2
    assert "None" not in body
    assert f'<option value="{first.uid}" selected lang="zh-Hans">1 Mara Quill: ' in body
    ingrid = Person.objects.get(name="Ingrid Solberg")
    data = {
        "revision": 1,
        "after": first.uid,
        "speaker": ingrid.pk,
        "kind": "speech",
        "text": "新。",
        "original": "New.",
        "start": "0:05",
        "why": "it was missing",
    }
    answer = client.post(of(episode, "insert"), data)
    new = episode.turns.all()[1]
    assert answer.headers["location"] == f"{page(episode)}?saved={new.uid}#{new.uid}"
    assert (new.text, new.original, new.speaker, new.start) == ("新。", "New.", ingrid, 5000)


def test_what_was_typed_into_a_new_turn_is_never_lost(client, episode):
    data = {"revision": 1, "after": "", "kind": "speech", "text": "我的话。", "start": "0:05"}
    wrong = client.post(of(episode, "insert"), {**data, "end": "0:01"})
    assert (wrong.status_code, "我的话。" in wrong.content.decode()) == (422, True)
    empty = client.post(of(episode, "insert"), {**data, "text": " "})
    assert (empty.status_code, empty.context["form"].errors["text"]) == (
        422,
        ["A turn needs a translation or an original."],
    )
    cuts.remove(episode.turns.last(), version=1, by=None)
    late = client.post(of(episode, "insert"), {**data, "other": "Zed", "create": "on", "why": "x"})
    assert late.status_code == 409
    form = late.context["form"]
    kept = {name: form[name].value() for name in ("revision", "text", "start", "other", "why")}
    assert kept == {"revision": 2, "text": "我的话。", "start": "0:05", "other": "Zed", "why": "x"}
    expired = Client(headers={"accept-language": "en"}).post(of(episode, "insert"), data)
    assert (expired.status_code, "我的话。" in expired.content.decode()) == (401, True)
    assert len(texts(episode)) == 2


# --- remove, restore


def test_a_turn_is_removed_and_comes_back_from_the_list(client, editor, episode):
    first, second, _third = episode.turns.all()
    answer = client.post(place(second, "remove"), {"version": 1, "why": "an advertisement"})
    assert answer.headers["location"] == f"{page(episode)}#{first.uid}"
    answer = client.get(of(episode, "removed"))
    (shown,) = answer.context["removed"]
    assert (shown["row"].turn, shown["after"], shown["number"]) == (second, first.uid, 1)
    body = answer.content.decode()
    assert "Removed by an editor" in body
    assert "an advertisement" in body
    assert "edith" in body
    assert "Restore after turn 1" in body
    late = client.post(
        of(episode, "removed"), {"uid": second.uid, "revision": 1, "after": first.uid}
    )
    assert late.status_code == 409
    data = {"uid": second.uid, "revision": 2, "after": first.uid}
    answer = client.post(of(episode, "removed"), data)
    assert answer.headers["location"] == f"{page(episode)}?saved={second.uid}#{second.uid}"
    assert texts(episode) == ["一。二。三。", "四。", "五。"]
    assert client.post(of(episode, "removed"), {**data, "uid": "t"}).status_code == 422


def test_the_first_turn_comes_back_as_the_first(client, episode):
    first = episode.turns.first()
    cuts.remove(first, version=1, by=None)
    (shown,) = client.get(of(episode, "removed")).context["removed"]
    assert shown["after"] == f"heading:{episode.chapters.get().pk}"
    data = {"uid": first.uid, "revision": 2, "after": shown["after"]}
    client.post(of(episode, "removed"), data)
    assert texts(episode) == ["一。二。三。", "四。", "五。"]


def test_a_late_removal_takes_nothing_out(client, episode):
    turn = episode.turns.first()
    editing.save_turn(turn, version=1, values={"text": "改。"}, by=None)
    answer = client.post(place(turn, "remove"), {"version": 1, "why": "mine"})
    assert (answer.status_code, answer.context["form"]["why"].value()) == (409, "mine")
    assert texts(episode) == ["改。", "四。", "五。"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_removed_turns_takes_a_fixed_number_of_queries(
    client, count, django_assert_num_queries
):
    episode = make_episode(turns=TURNS * 2)
    for turn in list(episode.turns.all())[:count]:
        cuts.remove(turn, version=1, by=None)
    with django_assert_num_queries(14):
        assert len(client.get(of(episode, "removed")).context["removed"]) == count


# --- reading


def test_a_turn_is_read_by_a_button(client, editor, episode):
    turn = episode.turns.first()
    Turn.objects.update(stale=True, made_for="One.", unread=True)
    answer = client.post(place(turn, "read"), {"version": 1})
    assert answer.headers["location"] == f"{page(episode)}?saved={turn.uid}#{turn.uid}"
    assert list(episode.turns.values_list("stale", "unread")) == [
        (False, False),
        (True, True),
        (True, True),
    ]
    act = ChangeSet.objects.get(act="save")
    assert (act.by, act.why) == (editor, "Read and found right.")
    late = client.post(place(episode.turns.last(), "read"), {"version": 7})
    assert (late.status_code, episode.turns.last().unread) == (409, True)


def test_all_turns_that_were_shown_are_read_at_once(client, episode):
    _first, second, _third = episode.turns.all()
    Turn.objects.update(unread=True)
    body = client.get(page(episode)).content.decode()
    seen = " ".join(f"{turn.uid}:{turn.version}" for turn in episode.turns.all())
    assert f'name="seen" value="{seen} "' in body
    assert "3 turns wait to be read" in body
    editing.save_turn(second, version=1, values={"original": "Other."}, by=None)
    answer = client.post(of(episode, "read"), {"seen": f"{seen} nonsense:x t"})
    assert answer.headers["location"] == page(episode)
    assert list(episode.turns.values_list("unread", flat=True)) == [False, True, False]
