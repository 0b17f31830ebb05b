"""Two versions of an episode beside each other: editions, the working copy, its sources."""

import pytest
from django.test import Client
from django.urls import reverse

from episodes import cuts
from episodes.editing import save_chapter, save_episode, save_turn
from episodes.imports import Incoming, import_document
from episodes.models import Episode, Source, Turn
from episodes.models.sources import Gives
from episodes.tests.factories import make_episode, make_user, publish_episode, transcript
from episodes.versions import choices_of, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_user("Editors", "edith"))
    return client


def place(episode) -> str:
    return reverse("admin:episodes_episode_compare", args=[episode.pk])


def kinds(answer) -> list[tuple[str, list[str]]]:
    return [(row.number, [kind for kind, _word in row.kinds]) for row in answer.context["rows"]]


def plain(html) -> str:
    """The difference as text: ``[-old-]`` and ``{+new+}``."""
    text = str(html)
    for tag, words, start, end in (
        ("del", "taken out:", "[-", "-]"),
        ("ins", "put in:", "{+", "+}"),
    ):
        text = text.replace(f'<{tag}><span class="visually-hidden">{words} </span>', start)
        text = text.replace(f"</{tag}>", end)
    return text


def test_the_versions_are_the_working_copy_the_editions_and_the_sources():
    episode = make_episode()
    edition = publish_episode(episode)
    source = Source.objects.get(episode=episode)
    Source.objects.create(episode=episode, address="times.vtt", gives=Gives.TIMES)
    choices = choices_of(episode)
    assert list(choices) == ["working", "v1", f"source-{source.pk}"]
    assert choices["v1"].edition == edition
    sides = [read(episode, choice) for choice in choices.values()]
    assert [len(side.version.items) for side in sides] == [3, 3, 3]
    assert [[each.title for each in side.version.headings] for side in sides] == [["港口"]] * 3


@pytest.mark.parametrize("left", ["v1", "source", "working"])
@pytest.mark.parametrize("right", ["v1", "source", "working"])
def test_what_nobody_changed_is_alike_whatever_it_is_compared_with(client, left, right):
    episode = make_episode(
        people=("Mara Quill",), tags=("a", "b"), organisations=("Port Authority",), area="港"
    )
    publish_episode(episode)
    keys = {"source": f"source-{Source.objects.get(episode=episode).pk}"}
    data = {"left": keys.get(left, left), "right": keys.get(right, right)}
    answer = client.get(place(episode), data)
    context = answer.context
    assert (context["fields"], context["headings"], context["rows"]) == ([], [], [])
    assert (context["counts"], context["alike"]) == ([], 3)
    assert b"The two say the same." in answer.content
    answer = client.get(place(episode), {**data, "all": "1"})
    assert kinds(answer) == [("1", []), ("2", []), ("3", [])]


def test_without_a_choice_the_last_edition_is_compared_with_the_working_copy(client):
    episode = make_episode()
    key = f"source-{Source.objects.get(episode=episode).pk}"
    context = client.get(place(episode)).context
    assert (context["left"], context["right"]) == (key, "working")
    publish_episode(episode)
    save_turn(episode.turns.first(), version=1, values={"text": "一。"}, by=None)
    publish_episode(Episode.objects.get(pk=episode.pk))
    context = client.get(place(episode)).context
    assert (context["left"], context["right"]) == ("v2", "working")


def test_what_changed_since_an_edition_is_said_turn_by_turn(client):
    episode = make_episode()
    publish_episode(episode)
    one, two, three = episode.turns.all()
    save_turn(one, version=1, values={"text": "欢迎收听，今天我们谈吊车。"}, by=None)
    save_turn(two, version=1, values={"speaker": None, "start": 61_000}, by=None)
    cuts.remove(three, version=1, by=None)
    revision = Episode.objects.get(pk=episode.pk).revision
    new = cuts.insert(episode, revision=revision, after=one.uid, values={"text": "新的。"}, by=None)
    answer = client.get(place(episode), {"left": "v1", "right": "working"})
    assert kinds(answer) == [
        ("1", ["changed"]),
        ("2", ["added"]),
        ("2 → 3", ["changed"]),
        ("3", ["removed"]),
    ]
    changed, added, other, removed = answer.context["rows"]
    assert plain(changed.said[0].text) == "欢迎收听，今天我们谈[-港口-]{+吊车+}。"
    assert (added.uid, plain(added.said[0].text)) == (new.uid, "{+新的。+}")
    assert [(value.label, plain(value.html)) for value in other.values] == [
        ("Speaker", "[-Ingrid Solberg-]{+Speech+}"),
        ("Label", "[-Ingrid Solberg-]"),
        ("Start", "{+0:01:01+}"),
    ]
    assert removed.notes == ("Its address leads to turn 3 now.",)
    assert answer.context["counts"] == ["2 turns changed", "1 turn added", "1 turn removed"]
    body = answer.content.decode()
    assert f'<article class="compare-row" id="{one.uid}">' in body
    assert f'href="../turns/{one.uid}/history/"' in body
    assert '<div class="text" lang="zh-Hans">欢迎收听' in body
    assert '<div class="original" lang="en">Welcome. Today we talk about ports.</div>' in body


def test_the_other_way_round_what_was_added_is_removed(client):
    episode = make_episode()
    publish_episode(episode)
    cuts.remove(episode.turns.last(), version=1, by=None)
    answer = client.get(place(episode), {"left": "working", "right": "v1"})
    assert kinds(answer) == [("3", ["added"])]


def test_a_move_is_said_with_both_places(client):
    episode = make_episode()
    publish_episode(episode)
    cuts.move(episode.turns.last(), revision=1, after="", by=None)
    answer = client.get(place(episode), {"left": "v1", "right": "working"})
    assert kinds(answer) == [("3 → 1", ["moved"])]
    assert answer.context["rows"][0].notes == ("It was number 3 and is number 1.",)
    assert [(label, str(html)) for label, html in answer.context["headings"]] == []


def test_turns_cut_otherwise_than_in_the_source_are_one_row(client):
    episode = make_episode()
    source = Source.objects.get(episode=episode)
    one, two, _three = episode.turns.all()
    cuts.merge(one, version=1, following=two.uid, following_version=1, by=None)
    answer = client.get(place(episode), {"left": f"source-{source.pk}", "right": "working"})
    assert kinds(answer) == [("1, 2 → 1", ["cut"])]
    row = answer.context["rows"][0]
    assert [said.number for said in row.said] == ["left", "left", "right"]
    assert row.notes == ("2 turns on the left", "1 turn on the right")


def test_the_working_copy_is_compared_with_what_its_source_says_now(client):
    words = [
        ("Mara Quill", "欢迎收听，今天我们谈港口。", "Welcome. Today we talk about ports."),
        ("Ingrid Solberg", "谢谢邀请。", "Thank you."),
    ]
    episode = make_episode(transcript(words), address="a.md")
    one, two = episode.turns.all()
    save_turn(one, version=1, values={"text": "欢迎。"}, by=None)
    words[1] = ("Ingrid Solberg", "多谢邀请。", "Thank you.")
    import_document(Incoming(data=transcript(words).encode(), address="a.md"), by=None)
    source = Source.objects.get(episode=episode)
    answer = client.get(place(episode), {"left": f"source-{source.pk}", "right": "working"})
    assert [(row.uid, kinds(answer)[0]) for row in answer.context["rows"]] == [
        (one.uid, ("1", ["changed"]))
    ]
    assert Turn.objects.get(pk=two.pk).text == "多谢邀请。"


def test_metadata_lists_and_headings_that_differ_are_named(client):
    episode = make_episode(tags=("a", "b"), people=("Mara Quill",), summary="旧的。")
    publish_episode(episode)
    values = {"title": "港口与船", "tags": ["b", "c"], "slug": "ships", "summary": "新的。"}
    save_episode(episode, revision=1, values=values, by=None)
    save_chapter(episode.chapters.get(), title="码头", by=None)
    answer = client.get(place(episode), {"left": "v1", "right": "working"})
    assert [
        (label, plain(html), language) for label, html, language in answer.context["fields"]
    ] == [
        ("Title", "港口与[-吊车-]{+船+}", "zh-Hans"),
        ("Summary", "[-旧-]{+新+}的。", "zh-Hans"),
        ("Slug", f"[-{episode.slug}-]{{+ships+}}", ""),
        ("Tags", "b, {+c+}, [-a-]", ""),
    ]
    assert [(label, plain(html)) for label, html in answer.context["headings"]] == [
        ("Heading renamed", "[-港口-]{+码头+}")
    ]


def test_a_version_that_is_not_there_is_not_found(client):
    episode, other = make_episode(), make_episode(title="Other")
    source = Source.objects.get(episode=other)
    for key in ("v1", "v0", f"source-{source.pk}", "nonsense", "working' OR 1=1"):
        assert client.get(place(episode), {"left": key}).status_code == 404
    assert client.get("/admin/episodes/episode/99999/compare/").status_code == 404


@pytest.mark.parametrize(
    ("left", "right", "queries"),
    [("v1", "v2", 15), ("v1", "working", 22), ("source", "working", 23), ("source", "v1", 16)],
)
def test_the_page_takes_the_same_queries_with_three_and_three_hundred_turns(
    client, django_assert_num_queries, left, right, queries
):
    names = [("Mara Quill", "你好。", "Hello."), ("Ingrid Solberg", "嗨。", "Hi.")]
    for turns in (names, names * 150):
        episode = make_episode(turns=turns)
        publish_episode(episode)
        save_turn(episode.turns.first(), version=1, values={"text": "一。"}, by=None)
        publish_episode(Episode.objects.get(pk=episode.pk))
        keys = {"source": f"source-{Source.objects.get(episode=episode).pk}"}
        data = {"left": keys.get(left, left), "right": keys.get(right, right), "all": "1"}
        with django_assert_num_queries(queries):
            client.get(place(episode), data)


def test_the_episodes_pages_lead_to_what_changed_since_the_last_edition(client):
    episode = make_episode()
    publish_episode(episode)
    save_turn(episode.turns.first(), version=1, values={"text": "一。"}, by=None)
    link = f'href="{place(episode)}?left=v1&amp;right=working"'
    for name in ("turns", "history"):
        address = reverse(f"admin:episodes_episode_{name}", args=[episode.pk])
        assert link in client.get(address).content.decode()
    publish_episode(Episode.objects.get(pk=episode.pk))
    address = reverse("admin:episodes_episode_history", args=[episode.pk])
    body = client.get(address).content.decode()
    assert f'href="{place(episode)}?left=v1&amp;right=v2"' in body
    assert f'href="{place(episode)}?left=v0' not in body


def test_markup_in_a_transcript_stays_text(client):
    episode = make_episode()
    publish_episode(episode)
    evil = "<script>alert(1)</script>"
    save_turn(episode.turns.first(), version=1, values={"text": evil, "original": evil}, by=None)
    save_episode(episode, revision=2, values={"title": evil, "tags": [evil]}, by=None)
    save_chapter(episode.chapters.get(), title=evil, by=None)
    turn = episode.turns.first()
    for address in (
        place(episode) + "?all=1",
        reverse("admin:episodes_episode_turn_history", args=[episode.pk, turn.uid]),
        reverse("admin:episodes_episode_field_history", args=[episode.pk, "tags"]),
        reverse("admin:episodes_episode_history", args=[episode.pk]),
    ):
        body = client.get(address).content.decode()
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert" in body
