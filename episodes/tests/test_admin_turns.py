"""The page of all turns, and each of them saved in place."""

import pytest
from django.test import Client
from django.urls import reverse

from episodes import cuts
from episodes.editing import save_turn
from episodes.models import Change, Person, Turn
from episodes.names import create_named
from episodes.tests.factories import make_episode, make_user

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


def page(episode) -> str:
    return reverse("admin:episodes_episode_turns", args=[episode.pk])


def place(turn) -> str:
    return reverse("admin:episodes_episode_turn", args=[turn.episode_id, turn.uid])


def sent(turn, **changes) -> dict:
    return {
        "version": turn.version,
        "speaker": turn.speaker_id or "",
        "kind": turn.kind,
        "text": turn.text,
        "original": turn.original,
        "start": "",
        "end": "",
        **changes,
    }


SCRIPT = {"x-requested-with": "desk"}


# --- reading


def test_all_turns_stand_side_by_side_in_their_chapters(client):
    episode = make_episode()
    answer = client.get(page(episode))
    (section,) = answer.context["sections"]
    assert section.chapter.title == "港口"
    assert [(row.number, row.name, str(row.original)) for row in section.rows] == [
        (1, "Mara Quill", "Welcome. Today we talk about ports."),
        (2, "Ingrid Solberg", "Thank you. Cranes matter."),
        (3, "Mara Quill", "Why?"),
    ]
    body = answer.content.decode()
    for turn in episode.turns.all():
        assert f'id="{turn.uid}"' in body


def test_an_inline_note_is_set_apart_and_nothing_of_the_text_is_changed(client):
    episode = make_episode()
    body = client.get(page(episode)).content.decode()
    assert (
        '谢谢邀请。<span class="term">**吊车**<span class="note">（Crane: 装卸货物的机器）</span></span>很重要。'
        in body
    )


def test_speakers_are_told_apart_in_the_order_in_which_they_speak(client):
    (section,) = client.get(page(make_episode())).context["sections"]
    assert [row.voice for row in section.rows] == [1, 2, 1]


def test_the_page_takes_the_same_queries_with_three_and_three_hundred_turns(
    client, django_assert_num_queries
):
    short = make_episode()
    names = [("Mara Quill", "你好。", "Hello."), ("Ingrid Solberg", "嗨。", "Hi.")]
    long = make_episode(turns=names * 150)
    with django_assert_num_queries(19):
        client.get(page(short))
    with django_assert_num_queries(19):
        client.get(page(long))


def test_one_turn_opens_as_a_plain_form(client):
    episode = make_episode()
    second = episode.turns.all()[1]
    answer = client.get(page(episode), {"edit": second.uid})
    body = answer.content.decode()
    assert body.count("<textarea") == 2
    assert f'action="{place(second)}"' in body
    assert f'<input type="hidden" name="version" value="1" id="{second.uid}-version">' in body


def test_the_address_of_a_turn_leads_to_its_open_form(client):
    turn = make_episode().turns.first()
    answer = client.get(place(turn))
    assert answer.headers["location"] == f"{page(turn.episode)}?edit={turn.uid}#{turn.uid}"


def test_a_turn_of_another_episode_is_not_found(client):
    turn, other = make_episode().turns.first(), make_episode(title="Other")
    address = reverse("admin:episodes_episode_turn", args=[other.pk, turn.uid])
    assert client.get(address).status_code == 404


# --- saving


def test_a_save_returns_to_the_turn_and_is_in_the_history(client, editor):
    turn = make_episode().turns.first()
    answer = client.post(place(turn), sent(turn, text="好了。", why="typo"))
    assert answer.headers["location"] == f"{page(turn.episode)}?saved={turn.uid}#{turn.uid}"
    turn.refresh_from_db()
    assert (turn.text, turn.version) == ("好了。", 2)
    change = Change.objects.select_related("change_set").get()
    assert (change.target, change.field, change.old, change.new) == (
        f"turn:{turn.uid}",
        "text",
        "欢迎收听，今天我们谈港口。",
        "好了。",
    )
    assert (change.change_set.by, change.change_set.why) == (editor, "typo")


def test_a_form_saved_as_it_was_writes_nothing(client):
    turn = make_episode().turns.first()
    client.post(place(turn), sent(turn))
    assert not Change.objects.exists()


def test_line_ends_of_the_browser_are_no_change(client):
    turn = make_episode(
        turns=[("Mara Quill", "一。\n\n二。", "One.\n\nTwo."), ("Bo Li", "三。", "")]
    ).turns.first()
    client.post(place(turn), sent(turn, text="一。\r\n\r\n二。", original="One.\r\n\r\nTwo."))
    assert not Change.objects.exists()


def test_the_script_gets_the_row_anew(client):
    turn = make_episode().turns.first()
    answer = client.post(place(turn), sent(turn, text="新的。"), headers=SCRIPT)
    assert answer.status_code == 200
    data = answer.json()
    assert (data["uid"], data["version"]) == (turn.uid, 2)
    assert '<div class="text" lang="zh-Hans">新的。</div>' in data["html"]
    assert "Saved" in data["html"]


def test_the_script_gets_the_form_of_one_turn(client):
    turn = make_episode().turns.all()[1]
    data = client.get(place(turn), headers=SCRIPT).json()
    assert data["html"].count("<textarea") == 2
    closed = client.get(place(turn), {"close": ""}, headers=SCRIPT).json()
    assert closed["html"].startswith("<article")


def test_a_turn_is_opened_at_a_fixed_number_of_queries(client, django_assert_num_queries):
    for number in (1, 50):
        turns = [("Mara Quill", "你好。", "Hello."), ("Ingrid Solberg", "嗨。", "Hi.")] * number
        turn = make_episode(turns=turns).turns.first()
        with django_assert_num_queries(15):
            client.get(place(turn), headers=SCRIPT)


def test_the_form_offers_every_speaker_of_the_episode(client):
    turn = make_episode().turns.first()
    data = client.get(place(turn), headers=SCRIPT).json()
    assert "Mara Quill" in data["html"]
    assert "Ingrid Solberg" in data["html"]


def test_a_speaker_is_changed_from_the_list(client):
    turn = make_episode().turns.first()
    ingrid = Person.objects.get(name="Ingrid Solberg")
    client.post(place(turn), sent(turn, speaker=ingrid.pk))
    turn.refresh_from_db()
    assert turn.speaker == ingrid


def test_somebody_else_is_found_by_an_alias(client):
    lee = create_named(Person, "Ann Lee", aliases=["安·李"])
    turn = make_episode().turns.first()
    client.post(place(turn), sent(turn, other="安·李"))
    turn.refresh_from_db()
    assert turn.speaker == lee


def test_an_unknown_name_makes_a_person_only_when_asked_to(client):
    turn = make_episode().turns.first()
    answer = client.post(place(turn), sent(turn, other="Zed Zhou", text="kept"))
    assert answer.status_code == 422
    assert "Nobody is called Zed Zhou." in answer.content.decode()
    assert "kept" in answer.content.decode()
    assert not Person.objects.filter(name="Zed Zhou").exists()
    client.post(place(turn), sent(turn, other="Zed Zhou", create="on"))
    turn.refresh_from_db()
    assert turn.speaker.name == "Zed Zhou"


def test_a_speaker_who_is_not_in_the_episode_is_no_choice(client):
    stranger = Person.objects.create(name="Stranger", slug="stranger")
    turn = make_episode().turns.first()
    answer = client.post(place(turn), sent(turn, speaker=stranger.pk))
    assert answer.status_code == 422
    turn.refresh_from_db()
    assert turn.speaker.name == "Mara Quill"


@pytest.mark.parametrize(
    ("start", "end", "stored"),
    [
        ("1:02:03.5", "1:02:04", (3723500, 3724000)),
        ("62:03", "", (3723000, None)),
        ("", "", (None, None)),
    ],
)
def test_times_are_written_as_people_write_them(client, start, end, stored):
    turn = make_episode().turns.first()
    client.post(place(turn), sent(turn, start=start, end=end))
    turn.refresh_from_db()
    assert (turn.start, turn.end) == stored


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("soon", "", "Write a time like 1:02:03 or 62:03.5."),
        ("0:02", "0:01", "The turn ends before it starts."),
    ],
)
def test_a_time_that_cannot_be_is_said_and_the_text_is_kept(client, start, end, sentence):
    turn = make_episode().turns.first()
    answer = client.post(place(turn), sent(turn, start=start, end=end, text="my words"))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "my words" in answer.content.decode()
    assert Turn.objects.get(pk=turn.pk).text == turn.text


# --- late


def test_a_late_save_of_another_field_is_merged(client):
    turn = make_episode().turns.first()
    mine = sent(turn, text="mine")
    save_turn(turn, version=1, values={"original": "theirs"}, by=None)
    assert client.post(place(turn), mine).status_code == 302
    turn.refresh_from_db()
    assert (turn.text, turn.original) == ("mine", "theirs")


def test_a_late_save_shows_both_texts_and_overwrites_nothing(client):
    turn = make_episode().turns.first()
    mine = sent(turn, text="我的译文")
    save_turn(turn, version=1, values={"text": "他们的译文", "original": "theirs"}, by=None)
    answer = client.post(place(turn), mine)
    assert answer.status_code == 409
    (clash,) = answer.context["clashes"]
    assert (clash.name, clash.theirs, clash.mine) == ("text", "他们的译文", "我的译文")
    assert [(piece.tag, piece.text) for piece in clash.pieces] == [
        ("del", "他们"),
        ("ins", "我"),
        ("same", "的译文"),
    ]
    turn.refresh_from_db()
    assert turn.text == "他们的译文"
    form = answer.context["form"]
    again = sent(turn, text=form["text"].value(), original=form["original"].value())
    assert (form["version"].value(), again["original"]) == (2, "theirs")
    assert client.post(place(turn), again).status_code == 302
    turn.refresh_from_db()
    assert (turn.text, turn.original) == ("我的译文", "theirs")


def test_the_script_gets_both_texts_too(client):
    turn = make_episode().turns.first()
    mine = sent(turn, text="mine")
    save_turn(turn, version=1, values={"text": "theirs"}, by=None)
    answer = client.post(place(turn), mine, headers=SCRIPT)
    assert answer.status_code == 409
    assert "turn-conflict" in answer.json()["html"]
    assert "theirs" in answer.json()["html"]


def test_an_expired_session_keeps_what_was_typed():
    turn = make_episode().turns.first()
    stranger = Client(headers={"accept-language": "en"})
    answer = stranger.post(place(turn), sent(turn, text="an hour's work"))
    assert answer.status_code == 401
    assert "an hour&#x27;s work" in answer.content.decode()
    told = stranger.post(place(turn), sent(turn, text="x"), headers=SCRIPT)
    assert (told.status_code, told.json()["login"]) == (401, "/admin/login/")
    turn.refresh_from_db()
    assert turn.text == "欢迎收听，今天我们谈港口。"


def test_late_sentences_of_both_are_merged_and_the_row_asks_to_be_read(client):
    turn = make_episode(turns=[("Ann", "一。二。三。", "One."), ("Bo", "好。", "")]).turns.first()
    mine = sent(turn, text="一。二。丙。")
    save_turn(turn, version=1, values={"text": "甲。二。三。"}, by=None)
    answer = client.post(place(turn), mine, headers=SCRIPT)
    assert answer.status_code == 200
    assert "甲。二。丙。" in answer.json()["html"]
    assert "merged, read me" in answer.json()["html"]


def test_what_was_typed_in_a_merged_turn_is_shown_and_saved_nowhere(client):
    first, second, _third = make_episode().turns.all()
    save_turn(second, version=1, values={"text": "二。"}, by=None)
    cuts.merge(first, version=1, following=second.uid, following_version=2, by=None)
    before = list(first.episode.turns.values_list("text", flat=True))
    mine = sent(second, version=2, text="my words", original="and these")
    answer = client.post(place(second), mine)
    assert answer.status_code == 409
    body = answer.content.decode()
    assert ("my words" in body, "and these" in body) == (True, True)
    assert f"?edit={first.uid}#{first.uid}" in body
    told = client.post(place(second), mine, headers=SCRIPT)
    assert (told.status_code, "my words" in told.json()["html"]) == (409, True)
    assert '<textarea id="' in told.json()["html"]
    assert list(first.episode.turns.values_list("text", flat=True)) == before


def test_an_address_leads_through_several_merges_to_the_turn_that_stands(client):
    first, second, third = make_episode().turns.all()
    cuts.merge(second, version=1, following=third.uid, following_version=1, by=None)
    cuts.merge(first, version=1, following=second.uid, following_version=2, by=None)
    assert client.get(place(third)).headers["location"].endswith(f"#{first.uid}")
    cuts.insert(first.episode, revision=3, after="", values={"text": "新。"}, by=None)
    cuts.remove(first, version=2, by=None)
    new = first.episode.turns.get()
    assert client.get(place(third)).headers["location"].endswith(f"#{new.uid}")


# --- stale and unread


def test_a_stale_turn_says_so_and_shows_what_changed_in_the_original(client):
    turn = make_episode().turns.first()
    was = "Welcome. Today we talk about docks."
    Turn.objects.filter(pk=turn.pk).update(stale=True, made_for=was, unread=True)
    answer = client.get(page(turn.episode))
    (section,) = answer.context["sections"]
    assert [(piece.tag, piece.text) for piece in section.rows[0].since] == [
        ("same", "Welcome. Today we talk about "),
        ("del", "dock"),
        ("ins", "port"),
        ("same", "s."),
    ]
    body = answer.content.decode()
    for words in (
        '<span class="badge badge-stale">stale</span>',
        '<span class="badge badge-unread">merged, read me</span>',
        '<div class="stored" lang="en">Welcome. Today we talk about <del>dock</del><ins>port</ins>s.',
        f'form="read-form" formaction="{place(turn)}read/" name="version" value="1"',
        "1 turn waits to be read",
        "Mark all as read",
    ):
        assert body.count(words) == 1
    opened = client.get(place(turn), headers=SCRIPT).json()["html"]
    assert ("badge-stale" in opened, "<del>dock</del>" in opened) == (True, True)


def test_an_open_turn_leads_to_what_can_be_done_to_it(client):
    turn = make_episode().turns.first()
    body = client.get(page(turn.episode), {"edit": turn.uid}).content.decode()
    for name in ("split", "merge", "move", "remove"):
        assert body.count(f'href="{place(turn)}{name}/"') == 1
    assert f"/insert/?after={turn.uid}" in body


# --- chapters


def test_a_chapter_gets_another_title(client):
    episode = make_episode()
    chapter = episode.chapters.get()
    address = reverse("admin:episodes_episode_chapter", args=[episode.pk, chapter.pk])
    answer = client.post(address, {"title": "新标题"})
    assert answer.headers["location"] == f"{page(episode)}#chapter-{chapter.pk}"
    chapter.refresh_from_db()
    assert chapter.title == "新标题"
    assert Change.objects.get().target == f"chapter:{chapter.pk}"


def test_a_chapter_opens_as_a_plain_form(client):
    episode = make_episode()
    chapter = episode.chapters.get()
    body = client.get(page(episode), {"chapter": chapter.pk}).content.decode()
    assert 'name="title" value="港口"' in body


def test_a_title_that_is_too_long_is_kept_and_said(client):
    episode = make_episode()
    chapter = episode.chapters.get()
    address = reverse("admin:episodes_episode_chapter", args=[episode.pk, chapter.pk])
    answer = client.post(address, {"title": "长" * 1001})
    assert answer.status_code == 422
    assert "长" * 1001 in answer.content.decode()
