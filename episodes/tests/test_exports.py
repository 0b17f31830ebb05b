"""What goes out comes back: the working export is the document, an edition's export is frozen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes import editing, pages, workflow
from episodes.documents import document_of
from episodes.exports import (
    FORMATS,
    Exported,
    NoTimes,
    edition_json,
    edition_markdown,
    working_json,
    working_markdown,
)
from episodes.fitting import fit
from episodes.imports import Incoming, import_document
from episodes.models import NAMED_MODELS, Episode, EpisodeOldSlug, Project, Tag, Turn
from episodes.tests.factories import make_episode, make_user, publish_episode
from episodes.transcripts import markdown
from episodes.transcripts.document import Chapter, Document, FrontMatter, TurnKind
from episodes.transcripts.document import Turn as TurnValue

pytestmark = pytest.mark.django_db

GOLDEN = sorted((Path(__file__).parent / "golden").rglob("*.md"))
SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "stargate.md"


def bring(data: bytes, address: str) -> Episode:
    result = import_document(Incoming(data, address), as_="new")
    assert result.outcome == "created", result.message
    return Episode.objects.get(pk=result.episode_id)


def empty() -> None:
    """An empty database, as far as an import can see."""
    Turn.objects.all().delete()
    Episode.objects.all().delete()
    for model in (*NAMED_MODELS.values(), Tag, Project):
        model.objects.all().delete()


def goes_round(data: bytes) -> None:
    first = bring(data, "first.md")
    document, text = document_of(first), working_markdown(first)
    empty()
    second = bring(text.encode(), "second.md")
    assert document_of(second) == document
    assert working_markdown(second) == text


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_every_golden_file_goes_round(path):
    if import_document(Incoming(path.read_bytes(), path.name)).outcome == "failed":
        pytest.skip("a file that is not to be read")
    empty()
    goes_round(path.read_bytes())


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not here")
def test_the_sample_goes_round_as_it_was_read():
    data = SAMPLE.read_bytes()
    assert document_of(bring(data, "stargate.md")) == markdown.read(data)
    empty()
    goes_round(data)


LINES = st.text(st.sampled_from("ab Z9甲乙，。：:（）()*_-[]<>&#'\"`!~|\\/·🙂é"), max_size=40)
TEXTS = st.lists(LINES, max_size=4).map("\n".join)
LISTS = st.lists(LINES, max_size=4).map(tuple)
TURNS = st.builds(
    TurnValue,
    kind=st.sampled_from(TurnKind),
    label=st.sampled_from(["", "Ann Lee", "Bo", "安·李", "主持人（安）", "Talk", "Acme"]),
    text=TEXTS,
    original=TEXTS,
    original_label=st.sampled_from(["", "Ann Lee", "Speaker 0"]),
    start=st.none() | st.integers(0, 10**7),
    end=st.none() | st.integers(10**7, 2 * 10**7),
)
DOCUMENTS = st.builds(
    Document,
    front=st.builds(
        FrontMatter,
        title=LINES,
        summary=TEXTS,
        source=LINES,
        channel=st.sampled_from(["", "Talk"]),
        guest=st.sampled_from(["", "Cy Dorn"]),
        date=st.sampled_from(["", "2025-01-31"]),
        people=LISTS,
        organisations=LISTS,
        products=LISTS,
        works=LISTS,
        tags=LISTS,
        projects=LISTS,
        extra=st.dictionaries(
            st.sampled_from(["layout", "draft", "original_title", "Exclude", "x"]),
            st.none() | st.booleans() | st.integers() | LINES | st.lists(LINES, max_size=2),
            max_size=4,
        ).map(lambda found: tuple(found.items())),
    ),
    chapters=st.lists(
        st.builds(
            Chapter,
            title=LINES,
            level=st.integers(0, 6),
            turns=st.lists(TURNS, max_size=4).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
)


@pytest.mark.laws
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENTS)
def test_every_document_goes_round(document):
    empty()
    goes_round(markdown.write(fit(markdown.normalise(document))).encode())


def test_the_working_json_names_everything():
    episode = make_episode(slug="ports", extra=(("layout", "post.njk"),), tags=["a"])
    exported = working_json(episode)
    assert list(exported) == [
        "slug",
        "title",
        "date",
        "source",
        "status",
        "edition",
        "front",
        "chapters",
        "turns",
    ]
    assert (exported["slug"], exported["date"], exported["status"], exported["edition"]) == (
        "ports",
        "2025-03-01",
        "draft",
        None,
    )
    assert exported["front"]["extra"] == [["layout", "post.njk"]]
    assert exported["chapters"] == [{"position": 0, "title": "港口", "level": 3}]
    turn = episode.turns.first()
    assert exported["turns"][0] == {
        "uid": turn.uid,
        "chapter": 0,
        "kind": "speech",
        "speaker": "Mara Quill",
        "label": "Mara Quill",
        "original_label": turn.original_label,
        "text": turn.text,
        "original": turn.original,
        "start": None,
        "end": None,
    }
    assert json.loads(json.dumps(exported)) == exported


def test_an_edition_is_exported_as_it_was_published_whatever_is_edited_since():
    episode = make_episode(extra=(("draft", True), ("layout", "post.njk"), ("status", "draft")))
    edition = publish_episode(episode)
    published, as_json = edition_markdown(edition), edition_json(edition)
    editing.save_turn(episode.turns.first(), version=1, values={"text": "未发表。"}, by=None)
    editing.save_episode(
        episode,
        revision=2,
        values={"title": "未发表", "tags": ["未发表"], "slug": "hidden"},
        by=None,
    )
    edition.refresh_from_db()
    assert edition_markdown(edition) == published
    assert edition_json(edition) == as_json
    assert "未发表" in working_markdown(Episode.objects.get())
    read = markdown.read(published.encode())
    assert read.front.extra == (("draft", False), ("layout", "post.njk"), ("status", "evergreen"))
    assert (as_json["status"], as_json["edition"], as_json["slug"]) == (
        "evergreen",
        1,
        edition.document["slug"],
    )
    assert [turn["uid"] for turn in as_json["turns"]] == [
        turn["uid"] for turn in edition.document["turns"]
    ]


def test_an_edition_says_evergreen_even_where_the_source_said_nothing():
    edition = publish_episode(make_episode(extra=(("layout", "x"),)))
    read = markdown.read(edition_markdown(edition).encode())
    assert read.front.extra == (("layout", "x"), ("draft", False), ("status", "evergreen"))


def test_a_published_export_imported_is_still_a_draft():
    edition = publish_episode(make_episode())
    again = bring(edition_markdown(edition).encode(), "again.md")
    assert again.status == "draft"


def test_exports_take_the_same_number_of_queries_whatever_the_size(django_assert_num_queries):
    small = make_episode(people=["Mara Quill"])
    many = [("Mara Quill", f"第{n}句。", f"Number {n}.") for n in range(60)]
    large = make_episode(
        turns=many, people=["A B", "C D", "Mara Quill"], organisations=["X", "Y"], tags=["t", "u"]
    )
    for episode in (small, large):
        with django_assert_num_queries(8):
            working_markdown(episode)
        with django_assert_num_queries(8):
            working_json(episode)


# --- Subtitles -----------------------------------------------------------------------------------

TIMES = ((1000, 4000), (4000, 9000), (None, None))


def make_timed(slug: str = "timed") -> Episode:
    """A draft whose first two turns have times."""
    episode = make_episode(slug=slug)
    for turn, (start, end) in zip(episode.turns.order_by("position"), TIMES, strict=True):
        Turn.objects.filter(pk=turn.pk).update(start=start, end=end)
    return episode


VTT = {
    "zh": (
        "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Mara Quill>欢迎收听，今天我们谈港口。\n\n"
        "00:00:04.000 --> 00:00:09.000\n<v Ingrid Solberg>谢谢邀请。吊车很重要。\n"
    ),
    "en": (
        "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n"
        "<v Mara Quill>Welcome. Today we talk about ports.\n\n"
        "00:00:04.000 --> 00:00:09.000\n<v Ingrid Solberg>Thank you. Cranes matter.\n"
    ),
}
SRT = (
    "1\n00:00:01,000 --> 00:00:04,000\nMara Quill: 欢迎收听，今天我们谈港口。\n"
    "Welcome. Today we talk about ports.\n\n"
    "2\n00:00:04,000 --> 00:00:09,000\nIngrid Solberg: 谢谢邀请。吊车很重要。\n"
    "Thank you. Cranes matter.\n"
)


@pytest.mark.parametrize(
    ("name", "language", "content"),
    [("vtt", "zh", VTT["zh"]), ("vtt", "en", VTT["en"]), ("srt", "both", SRT)],
)
def test_subtitles_have_no_notes_and_leave_out_turns_without_times(name, language, content):
    episode = make_timed()
    expected = Exported(content, left_out=1)
    assert FORMATS[name].working(episode, language) == expected
    edition = publish_episode(episode)
    Turn.objects.update(text="未发表。", start=7)
    assert FORMATS[name].edition(edition, language) == expected


def test_subtitles_take_one_query_whatever_the_size(django_assert_num_queries):
    turns = [("Mara Quill", f"第{n}句。", f"Number {n}.") for n in range(60)]
    large = make_episode(turns=turns)
    Turn.objects.update(start=5)
    for episode in (make_timed(), large):
        with django_assert_num_queries(1):
            FORMATS["srt"].working(episode, "both")


def test_without_times_there_are_no_subtitles():
    episode = make_episode()
    with pytest.raises(NoTimes, match="This episode has no times"):
        FORMATS["vtt"].working(episode, "both")
    Turn.objects.update(start=1, original="")
    with pytest.raises(NoTimes, match="in this language"):
        FORMATS["vtt"].working(episode, "en")


def test_subtitles_of_a_live_edition_have_an_address(client: Client):
    cache.clear()
    episode = make_timed()
    for address in ("/episodes/timed.vtt", "/episodes/timed.srt"):
        assert client.get(address).status_code == 404
    publish_episode(episode)
    Turn.objects.update(text="未发表。", original="Not published.")
    answer = client.get("/episodes/timed.srt")
    assert answer.content.decode() == SRT
    assert answer["Content-Type"] == "application/x-subrip; charset=utf-8"
    assert answer["Content-Disposition"] == 'inline; filename="timed.srt"'
    assert client.get("/episodes/timed.srt?language=xx").content == answer.content
    for language, content in VTT.items():
        answer = client.get(f"/episodes/timed.vtt?language={language}")
        assert answer.content.decode() == content
        assert answer["Content-Type"] == "text/vtt; charset=utf-8"
        assert answer["Content-Disposition"] == f'inline; filename="timed.{language}.vtt"'
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Cache-Control"] == pages.CACHE_CONTROL
    assert client.post("/episodes/timed.vtt").status_code == 405


def test_subtitles_that_are_known_are_answered_304(client: Client, monkeypatch):
    cache.clear()
    publish_episode(make_timed())
    addresses = [f"/episodes/timed.{form}?language={one}" for form in ("vtt", "srt") for one in VTT]
    etags = [client.get(address)["ETag"] for address in addresses]
    assert len(set(etags)) == 4
    monkeypatch.setattr(pages.gzip, "compress", pytest.fail)
    cache.clear()
    for address, etag in zip(addresses, etags, strict=True):
        answer = client.get(address, headers={"If-None-Match": etag})
        assert (answer.status_code, answer.content) == (304, b"")


def test_a_live_episode_without_times_answers_404_with_a_sentence(client: Client):
    cache.clear()
    publish_episode(make_episode(slug="timeless"))
    Turn.objects.update(start=1, end=2)
    for form in ("vtt", "srt"):
        answer = client.get(f"/episodes/timeless.{form}")
        assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")
        assert len(answer.content.decode().splitlines()) == 1
        assert answer["Cache-Control"] == pages.CACHE_CONTROL
    assert client.get("/episodes/timeless.md").status_code == 200


def test_subtitles_of_a_withdrawn_and_of_a_renamed_episode(client: Client):
    cache.clear()
    gone, moved = make_timed("gone"), make_timed("moved")
    for episode in (gone, moved):
        publish_episode(episode)
    workflow.transition(gone, "archived", make_user("Publishers"), "")
    EpisodeOldSlug.objects.create(slug="before", target=moved)
    assert client.get("/episodes/gone.vtt").status_code == 410
    for query, kept in (("", ""), ("?language=en", "?language=en"), ("?language=both&x=1", "")):
        answer = client.get(f"/episodes/before.vtt{query}")
        assert (answer.status_code, answer["Location"]) == (301, f"/episodes/moved.vtt{kept}")
