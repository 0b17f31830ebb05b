"""Importing in the admin: upload, paste, address; a look first, then exactly what was shown."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from episodes.admin import importing
from episodes.imports import Incoming
from episodes.models import Episode, ImportRun, Person, Snapshot, Source
from episodes.sources.http import FetchError
from episodes.tests.factories import make_episode, make_user, publish_episode, transcript

pytestmark = pytest.mark.django_db
START = "/admin/episodes/episode/import/"
CONFIRM = "/admin/episodes/episode/import/confirm/"


@pytest.fixture
def editor():
    return make_user("Editors", "edith")


@pytest.fixture
def client(editor):
    client = Client(headers={"accept-language": "en"})
    client.force_login(editor)
    return client


def upload(text, name="harbour.md"):
    data = text if isinstance(text, bytes) else text.encode()
    return {"file": SimpleUploadedFile(name, data)}


def test_a_preview_shows_what_was_read_and_writes_nothing(client):
    answer = client.post(START, upload(transcript()))
    assert answer.status_code == 200
    body = answer.content.decode()
    read = answer.context["read"]
    assert (read.outcome, read.slug) == ("created", "harbour")
    assert [(each.label, each.turns) for each in read.speakers] == [
        ("Mara Quill", 2),
        ("Ingrid Solberg", 1),
    ]
    for words in ("港口与吊车", "1 chapter", "3 turns", "1 glossary term", 'value="harbour"'):
        assert words in body
    assert [model.objects.count() for model in (Episode, ImportRun, Source, Person)] == [0, 0, 0, 0]


def test_remarks_stand_with_their_line_and_its_text(client):
    text = transcript().replace("谢谢邀请。", "谢谢邀请。\n\n<!-- chunk 2/9 -->\n\n")
    remarks = client.post(START, upload(text)).context["remarks"]
    assert [(each["code"], each["text"]) for each in remarks if "chunk" in each["text"]] == [
        (remarks[0]["code"], "<!-- chunk 2/9 -->")
    ]


def test_the_confirmation_imports_exactly_the_bytes_that_were_shown(client, editor):
    data = transcript().encode() + "\n\n尾声。\r\n".encode()
    shown = client.post(START, upload(data))
    answer = client.post(
        CONFIRM, {"carried": shown.context["carried"], "slug": "my-harbour", "import": "1"}
    )
    episode = Episode.objects.get()
    assert answer.headers["location"] == f"/admin/episodes/episode/{episode.pk}/turns/"
    assert episode.slug == "my-harbour"
    assert bytes(Snapshot.objects.get().content) == data
    assert Source.objects.get().address == "harbour.md"
    assert (ImportRun.objects.get().by, episode.change_sets.get().by) == (editor, editor)


def test_a_pasted_text_is_imported_under_its_name(client):
    shown = client.post(START, {"text": transcript().replace("\n", "\r\n"), "name": "pasted.md"})
    client.post(CONFIRM, {"carried": shown.context["carried"], "import": "1"})
    assert Source.objects.get().address == "pasted.md"
    assert bytes(Snapshot.objects.get().content) == transcript().strip().encode()


def test_a_large_document_travels_whole(client, editor):
    data = (
        "---\ntitle: 大\n---\n\n" + "\n\n".join(f"**Ann Lee:** 第{n}句。" for n in range(20000))
    ).encode()
    field = importing.carry(Incoming(data=data, address="big.md", name="big.md"), editor.pk)
    assert importing.uncarry(field, editor.pk).data == data
    assert len(field) < len(data)


def test_an_address_is_fetched_by_the_guarded_fetch(client, monkeypatch):
    fetched = Incoming(data=transcript().encode(), address="https://example.org/h.md", name="h.md")
    monkeypatch.setattr(importing.imports, "fetch_incoming", lambda url: fetched)
    shown = client.post(START, {"url": "https://example.org/h.md"})
    client.post(CONFIRM, {"carried": shown.context["carried"], "import": "1"})
    assert Source.objects.get().address == "https://example.org/h.md"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x.md", "http://[::1]/x.md", "http://169.254.169.254/latest/"]
)
def test_an_address_of_a_private_network_is_refused_with_a_sentence(client, url):
    answer = client.post(START, {"url": url})
    assert answer.status_code == 422
    (sentence,) = answer.context["form"].errors["url"]
    assert sentence
    assert not ImportRun.objects.exists()


def test_a_fetch_that_fails_is_said_beside_the_address(client, monkeypatch):
    def refuse(url):
        raise FetchError("timeout", "The server did not answer.", url)

    monkeypatch.setattr(importing.imports, "fetch_incoming", refuse)
    answer = client.post(START, {"url": "https://example.org/h.md"})
    (sentence,) = answer.context["form"].errors["url"]
    assert "The server did not answer." in sentence
    assert 'value="https://example.org/h.md"' in answer.content.decode()


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n" + bytes(200), b"<!doctype html><html><body>x</body></html>", b""]
)
def test_what_is_no_transcript_is_said_beside_the_file(client, data):
    answer = client.post(START, upload(data))
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not ImportRun.objects.exists()


def test_a_paste_that_cannot_be_read_is_kept(client):
    text = "<html><body>precious words</body></html>"
    answer = client.post(START, {"text": text})
    assert answer.status_code == 422
    assert answer.context["form"]["text"].value() == text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a file, write an address or paste a text."),
        ({"url": "https://x.org/a.md", "text": "x"}, "Only one of file, address and text, please."),
    ],
)
def test_one_way_of_three_is_taken(client, sent, sentence):
    answer = client.post(START, sent)
    assert list(answer.context["form"].non_field_errors()) == [sentence]


def test_the_same_bytes_again_change_nothing(client):
    episode = make_episode(transcript(), address="harbour.md")
    shown = client.post(START, upload(transcript()))
    assert (shown.context["read"].outcome, shown.context["read"].existing) == ("unchanged", episode)
    client.post(CONFIRM, {"carried": shown.context["carried"], "import": "1"})
    assert Episode.objects.count() == 1


VIDEO = "https://www.youtube.com/watch?v=abcdefghijk"


def test_a_known_recording_is_held_until_somebody_says_which_episode(client):
    episode = make_episode(transcript(source=VIDEO), address="one.md")
    other = transcript(source=VIDEO, title="又一份")
    shown = client.post(START, upload(other, "two.md"))
    assert (shown.context["read"].outcome, shown.context["read"].existing) == ("held", episode)
    carried = shown.context["carried"]
    undecided = client.post(CONFIRM, {"carried": carried, "import": "1"})
    assert undecided.status_code == 409
    assert Episode.objects.count() == 1
    client.post(CONFIRM, {"carried": carried, "as_": "new", "import": "1"})
    assert Episode.objects.count() == 2


def test_a_slug_in_use_is_said_and_nothing_is_lost(client):
    make_episode(slug="taken")
    shown = client.post(START, upload(transcript(title="另一集")))
    answer = client.post(
        CONFIRM, {"carried": shown.context["carried"], "slug": "taken", "import": "1"}
    )
    assert answer.status_code == 409
    assert "taken" in answer.content.decode()
    assert answer.context["carried"]
    assert Episode.objects.count() == 1


def test_another_choice_can_be_looked_at_before_importing(client):
    shown = client.post(START, upload(transcript()))
    again = client.post(
        CONFIRM, {"carried": shown.context["carried"], "slug": "other", "look": "1"}
    )
    assert again.context["read"].slug == "other"
    assert not Episode.objects.exists()


@pytest.mark.parametrize("carried", ["", "rubbish", "a:b:c"])
def test_a_preview_that_was_tampered_with_imports_nothing(client, carried):
    answer = client.post(CONFIRM, {"carried": carried, "import": "1"})
    assert answer.status_code == 422
    assert not ImportRun.objects.exists()


def test_a_preview_is_good_for_the_person_it_was_made_for(client):
    theirs = make_user("Editors")
    field = importing.carry(Incoming(data=b"x", address="x.md"), theirs.pk)
    assert client.post(CONFIRM, {"carried": field, "import": "1"}).status_code == 422


def test_imports_are_listed_with_outcome_and_remarks(client):
    make_episode(transcript(), address="harbour.md")
    run = ImportRun.objects.get()
    listed = client.get(reverse("admin:episodes_importrun_changelist")).content.decode()
    assert "harbour.md" in listed
    assert client.get(reverse("admin:episodes_importrun_change", args=[run.pk])).status_code == 200


def test_of_a_broken_file_the_first_remarks_are_shown_and_the_rest_counted(client):
    text = "你好。\n\n" + "<!-- chunk -->\n\n" * 1000
    page = client.post(START, {"text": text, "name": "x"})
    assert page.context["remarks_count"] > 1000
    assert len(page.context["remarks"]) == 300
    left = page.context["remarks_count"] - 300
    assert f"and {left} more" in page.content.decode()


# --- another state of an episode that is here already

PEOPLE = ("Ann Lee", "Bo Chen")


def spoken(count: int = 12, word: str = "吊车") -> str:
    return transcript(
        [
            (
                PEOPLE[number % 2],
                f"第{number}段说的是第{number}号码头的{word}。",
                f"Part {number} tells of crane w{number}a at berth w{number}b.",
            )
            for number in range(count)
        ],
        people=PEOPLE,
    )


def test_a_preview_of_another_state_counts_what_it_would_change(client):
    episode = make_episode(spoken(), address="talk.md")
    shown = client.post(START, upload(spoken(word="起重机"), "talk.md"))
    assert shown.context["changes"] == ["12 turns changed"]
    assert "12 turns changed" in shown.content.decode()
    client.post(CONFIRM, {"carried": shown.context["carried"], "import": "1"})
    assert episode.turns.filter(text__contains="起重机").count() == 12


def test_a_state_for_a_published_episode_leads_to_its_proposal(client):
    episode = make_episode(spoken(), address="talk.md")
    publish_episode(episode)
    shown = client.post(START, upload(spoken(word="起重机"), "talk.md"))
    assert "it becomes a proposal that waits for a decision" in shown.content.decode()
    sent = {"carried": shown.context["carried"], "import": "1"}
    run_page = client.post(CONFIRM, sent).headers["location"]
    run = ImportRun.objects.get(outcome="proposed")
    assert run_page == f"/admin/episodes/episode/{episode.pk}/proposals/{run.pk}/"
    assert client.post(CONFIRM, sent).headers["location"] == run_page


def test_a_held_state_is_applied_with_a_reason_and_waits_without_one(client):
    episode = make_episode(spoken(), address="talk.md")
    shown = client.post(START, upload(spoken(4), "talk.md"))
    body = shown.content.decode()
    assert "it has 4 turns where it had 12" in body
    assert 'name="reason"' in body
    assert 'name="as_"' not in body
    sent = {"carried": shown.context["carried"], "import": "1"}
    run = client.post(CONFIRM, sent).headers["location"]
    assert run.startswith(f"/admin/episodes/episode/{episode.pk}/proposals/")
    assert episode.turns.count() == 12
    client.post(CONFIRM, {**sent, "reason": "the rest\r\nwas an advert"})
    assert episode.turns.count() == 4
    assert episode.change_sets.first().why == "the rest\nwas an advert"
