"""Captions beside a transcript give it times; captions alone make a draft to be translated."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from episodes import editing, imports, reimports
from episodes.documents import document_of
from episodes.imports import Incoming, import_document, preview
from episodes.models import Conflict, Episode, ImportRun, Source, Turn
from episodes.sources.answers import Answer, Metadata, State, TrackKind
from episodes.tests.test_reimports import DOCUMENTS, bring, own_document, with_turns
from episodes.tests.transcripts.spoken import Talk, as_json3, as_srt, as_vtt, speak
from episodes.transcripts import captions, markdown
from episodes.transcripts.document import Document

pytestmark = pytest.mark.django_db

VIDEO = "https://www.youtube.com/watch?v=xB3dE5gH7jK"


def talk_of(document: Document, seed: int = 1, **options: Any) -> Talk:
    return speak([turn.original for turn in document.turns()], seed, **options)


def adopt(data: bytes, name: str = "talk.vtt", **options: Any) -> imports.Result:
    slug = Episode.objects.get().slug
    return import_document(Incoming(data, name, name), as_=slug, **options)


@pytest.mark.parametrize("form", [as_vtt, as_json3, as_srt])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_captions_give_times_to_nearly_all_turns_and_nothing_else(document, form):
    """Issue 3, line 7."""
    source = document()
    bring(source)
    episode = Episode.objects.get()
    fields = ("uid", "text", "original", "label", "speaker_id", "kind")
    before = list(episode.turns.values_list(*fields))
    talk = talk_of(source)
    seen = preview(Incoming(form(talk), "talk", "talk"), as_=episode.slug)
    result = adopt(form(talk), "talk")
    assert (seen.outcome, seen.message) == (result.outcome, result.message)
    assert result.outcome == "updated"
    assert list(episode.turns.values_list(*fields)) == before
    spoken = [turn for turn in episode.turns.all() if turn.original]
    timed = [turn for turn in spoken if turn.start is not None]
    assert len(timed) >= 0.95 * len(spoken)
    assert result.counts["timed"] == episode.turns.exclude(start=None).count()
    assert result.message == (
        f"{result.counts['timed']} of {len(before)} turns were found in the captions; "
        f"{result.counts['share']} per cent of the words are the same."
    )
    starts = [turn.start for turn in timed]
    assert starts == sorted(starts)
    for turn, truth in zip(episode.turns.all(), talk.truth, strict=True):
        if turn.start is not None and truth is not None:
            assert abs(turn.start - truth[0]) <= 2000
    captions_source = Source.objects.get(kind="captions")
    assert captions_source.gives == "times"
    again = import_document(Incoming(form(talk), "talk", "talk"))
    assert again.outcome == "unchanged"


def test_vtt_and_json3_of_one_talk_say_the_same_words():
    talk = talk_of(own_document())
    words = [
        [word.text for word in captions.words_of(captions.read(data))]
        for data in (as_vtt(talk), as_json3(talk))
    ]
    said = " ".join(word for word, _time in talk.words).replace(">> ", "")
    assert words[0] == words[1] == said.split()


def test_captions_of_another_talk_and_another_clock_are_held():
    source = own_document(60)
    bring(source)
    episode = Episode.objects.get()
    other = talk_of(own_document(60, seed=99))
    result = adopt(as_json3(other), "other.json3")
    assert result.outcome == "held"
    assert "captions of another talk" in result.message
    assert not episode.turns.exclude(start=None).exists()
    assert adopt(as_json3(talk_of(source)), "talk.json3").outcome == "updated"
    times = list(episode.turns.values_list("start", "end"))
    shifted = as_json3(talk_of(source, start=45_000))
    result = adopt(shifted, "late.json3")
    assert result.outcome == "held"
    assert list(episode.turns.values_list("start", "end")) == times
    run = ImportRun.objects.get(pk=result.run_id)
    reimports.accept(run, by=None, reason="The recording has a new beginning.")
    assert episode.turns.first().start > times[0][0] + 40_000


def test_a_time_that_an_editor_set_is_not_overwritten():
    source = own_document()
    bring(source)
    episode = Episode.objects.get()
    turn = episode.turns.all()[5]
    editing.save_turn(turn, version=1, values={"start": 1234, "end": 2345}, by=None)
    adopt(as_vtt(talk_of(source)))
    turn = episode.turns.get(uid=turn.uid)
    assert (turn.start, turn.end) == (1234, 2345)
    conflict = Conflict.objects.get()
    assert (conflict.target, conflict.field, conflict.base) == (
        f"turn:{turn.uid}",
        "times",
        [None, None],
    )
    assert adopt(as_vtt(talk_of(source)), reason="again").outcome in ("unchanged", "updated")
    assert Conflict.objects.filter(decided_at=None).count() == 1


def test_times_taken_back_are_as_before():
    source = own_document()
    bring(source)
    episode = Episode.objects.get()
    result = adopt(as_vtt(talk_of(source)))
    assert episode.turns.exclude(start=None).exists()
    reimports.take_back(ImportRun.objects.get(pk=result.run_id), by=None)
    assert not episode.turns.exclude(start=None).exists()
    assert adopt(as_vtt(talk_of(source))).outcome == "updated"  # asked for by a person


def answer_of(talk: Talk) -> Answer:
    return Answer(
        State.CONTENT,
        data=as_json3(talk),
        name="xB3dE5gH7jK.en.json3",
        url=VIDEO,
        metadata=Metadata(
            "The Quay", "Harbour Talk", "2025-03-01", 600_000, "en", TrackKind.AUTOMATIC
        ),
    )


def test_a_youtube_address_alone_makes_a_draft_to_be_translated(monkeypatch):
    source = own_document()
    talk = talk_of(source, marks=1.0)
    monkeypatch.setattr(imports.registry, "ask", lambda *_given, **_options: answer_of(talk))
    incoming = imports.fetch_incoming(VIDEO)
    result = import_document(incoming)
    assert (result.outcome, result.slug) == ("created", "the-quay")
    episode = Episode.objects.get()
    assert (episode.title, episode.channel, str(episode.date), episode.status) == (
        "The Quay",
        "Harbour Talk",
        "2025-03-01",
        "draft",
    )
    assert episode.recording == "youtube:xB3dE5gH7jK"
    assert episode.original_provenance == "automatic"
    turns = list(episode.turns.all())
    assert all(turn.original and turn.start is not None and not turn.text for turn in turns)
    heard = [word for word, _time in talk.words if word != ">>"]
    assert len(" ".join(turn.original for turn in turns).split()) >= 0.95 * len(heard)
    assert len(turns) >= len(list(source.turns())) * 0.8
    made = Source.objects.get()
    assert (made.kind, made.gives, made.address) == ("captions", "text", VIDEO)
    assert import_document(incoming).outcome == "unchanged"


def test_a_translation_of_captions_stays_when_they_are_heard_better(monkeypatch):
    source = own_document()
    talk = talk_of(source, marks=1.0)
    monkeypatch.setattr(imports.registry, "ask", lambda *_given, **_options: answer_of(talk))
    import_document(imports.fetch_incoming(VIDEO))
    episode = Episode.objects.get()
    for number, turn in enumerate(episode.turns.all()):
        values = {"text": f"第{number}段的译文。"}
        editing.save_turn(turn, version=turn.version, values=values, by=None)
    texts = list(episode.turns.values_list("uid", "text"))
    better = talk_of(source, misheard=0.0, marks=1.0)
    monkeypatch.setattr(imports.registry, "ask", lambda *_given, **_options: answer_of(better))
    result = import_document(imports.fetch_incoming(VIDEO))
    assert result.outcome == "updated"
    now = dict(episode.turns.values_list("uid", "text"))
    kept = "".join(now.values())
    assert all(text in kept for _uid, text in texts)
    assert episode.turns.filter(stale=True).exists()


def test_captions_read_anew_keep_what_their_page_said(monkeypatch):
    talk = talk_of(own_document(), marks=1.0)
    monkeypatch.setattr(imports.registry, "ask", lambda *_given, **_options: answer_of(talk))
    import_document(imports.fetch_incoming(VIDEO))
    episode = Episode.objects.get()
    front = document_of(episode).front
    monkeypatch.setattr(markdown, "READER_VERSION", markdown.READER_VERSION + 1)
    bare = Incoming(as_json3(talk), VIDEO, metadata=answer_of(talk).metadata)
    assert import_document(bare).outcome == "unchanged"
    episode.refresh_from_db()
    assert document_of(episode).front == front
    assert Source.objects.get().reader_version == markdown.READER_VERSION


def test_captions_of_a_known_recording_wait_until_somebody_says_which_episode(monkeypatch):
    source = own_document()
    document = replace(source, front=replace(source.front, source=VIDEO))
    bring(document)
    talk = talk_of(source)
    monkeypatch.setattr(imports.registry, "ask", lambda *_given, **_options: answer_of(talk))
    incoming = imports.fetch_incoming(VIDEO)
    result = import_document(incoming)
    assert result.outcome == "held"
    run = ImportRun.objects.get(pk=result.run_id)
    assert bytes(run.content) == incoming.data
    result = import_document(incoming, as_=Episode.objects.get().slug)
    assert result.outcome == "updated"
    assert Turn.objects.exclude(start=None).exists()
    assert Episode.objects.get().source_address == VIDEO


def test_a_translation_brought_as_markdown_fills_a_draft_made_of_captions(monkeypatch):
    source = own_document()
    talk = talk_of(source, misheard=0.0, marks=1.0)
    monkeypatch.setattr(imports.registry, "ask", lambda *_given, **_options: answer_of(talk))
    import_document(imports.fetch_incoming(VIDEO))
    episode = Episode.objects.get()
    count = episode.turns.count()
    exported = document_of(episode)  # what a translator works on elsewhere
    translated = with_turns(
        exported,
        lambda turns: [replace(turn, text=f"译{n}。") for n, turn in enumerate(turns)],
    )
    result = import_document(
        Incoming(markdown.write(translated).encode(), "translated.md"), as_=episode.slug
    )
    assert result.outcome == "updated", result.message
    assert list(episode.turns.values_list("text", flat=True)) == [f"译{n}。" for n in range(count)]
    assert not Conflict.objects.exists()


def test_broken_captions_fail_with_a_sentence():
    bring(own_document())
    for data in (b"WEBVTT\n\n", b'{"wireMagic": "pb3", "events": ', json.dumps([]).encode()):
        result = adopt(data, "broken.json3" if data.startswith(b"{") else "broken.vtt")
        assert result.outcome == "failed"
        assert result.message
