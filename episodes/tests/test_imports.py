"""From bytes to a draft: which episode, what is stored, and what the same bytes do not do again."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes import editing, imports, names, workflow
from episodes.documents import document_of
from episodes.imports import Incoming, import_document, preview
from episodes.models import (
    Appearance,
    ChangeSet,
    Conflict,
    Episode,
    EpisodeOldSlug,
    ImportRun,
    Organisation,
    Person,
    Snapshot,
    Source,
    SourceTurn,
    Tag,
    Turn,
    TurnOrigin,
)
from episodes.tests.factories import make_episode, make_user, publish_episode, transcript
from episodes.tests.tables import rows
from episodes.transcripts import markdown

pytestmark = pytest.mark.django_db

VIDEO = "https://www.youtube.com/watch?v=aB3-_5678_x"
SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "stargate.md"


def bring(text: str | bytes, address: str = "ports.md", **options):
    data = text.encode() if isinstance(text, str) else text
    by = options.pop("by", None)
    return import_document(Incoming(data, address), by=by, **options)


def foresee(text: str | bytes, address: str = "ports.md", **options):
    data = text.encode() if isinstance(text, str) else text
    return preview(Incoming(data, address), **options)


class TestFirstImport:
    def test_a_document_becomes_a_draft_with_all_that_it_holds(self):
        user = make_user()
        text = transcript(
            organisations=["Acme", "Blue Crane"],
            products=["Lift 3"],
            works=["The Box"],
            tags=["Häfen", "ports"],
            projects=["Trade"],
            source=VIDEO,
            summary="谈港口。",
            area="economy",
            extra=(("layout", "post.njk"), ("draft", True), ("status", "evergreen")),
        )
        result = bring(text, by=user)
        assert (result.outcome, result.slug, result.message) == ("created", "ports", "")
        assert result.counts == {
            "chapters": 1,
            "turns": 3,
            "speech": 3,
            "narration": 0,
            "cue": 0,
            "originals": 3,
            "people": 2,
            "organisations": 2,
            "products": 1,
            "works": 1,
        }
        episode = Episode.objects.get()
        assert (episode.status, episode.revision, episode.recording) == (
            "draft",
            1,
            "youtube:aB3-_5678_x",
        )
        assert (episode.channel, episode.area, episode.summary) == (
            "Harbour Talk",
            "economy",
            "谈港口。",
        )
        assert episode.extra == [["layout", "post.njk"], ["draft", True], ["status", "evergreen"]]
        assert [str(item.tag) for item in episode.tag_items.order_by("pk")] == ["Häfen", "ports"]
        assert [str(item.tag) for item in episode.project_items.all()] == ["Trade"]
        people = episode.appearances.values_list("person__name", "role", "origin", "written")
        assert list(people) == [
            ("Mara Quill", "host", "front_matter", "Mara Quill"),
            ("Ingrid Solberg", "guest", "turns", ""),
        ]
        turns = list(episode.turns.values_list("speaker__name", "version", "position"))
        assert turns == [("Mara Quill", 1, 0), ("Ingrid Solberg", 1, 1), ("Mara Quill", 1, 2)]
        source = episode.sources.get()
        assert (source.address, source.reader_version) == ("ports.md", markdown.READER_VERSION)
        assert bytes(source.accepted.content) == text.encode()
        assert source.fields["people"] == ["Mara Quill"]
        assert TurnOrigin.objects.filter(turn__episode=episode).count() == 3
        assert list(source.turns.values_list("text", flat=True)) == [
            turn.text for turn in episode.turns.all()
        ]
        change_set = ChangeSet.objects.get()
        assert (change_set.act, change_set.by, change_set.changes.count()) == ("import", user, 0)
        assert change_set.run_id == result.run_id
        run = ImportRun.objects.get()
        assert (run.outcome, run.episode, run.by) == ("created", episode, user)

    def test_the_working_copy_is_the_document_that_was_read(self):
        text = transcript(tags=["a", "B"], people=["Mara Quill", "rui-alvarado"])
        bring(text)
        assert document_of(Episode.objects.get()) == markdown.read(text.encode())

    def test_nothing_in_a_front_matter_publishes(self):
        episode = make_episode(extra=(("draft", False), ("status", "evergreen")))
        assert episode.status == "draft"
        assert not hasattr(episode, "published")

    def test_what_is_on_record_is_used_and_not_made_again(self):
        acme = names.create_named(Organisation, "Vertex AI", aliases=["VAI Inc"])
        make_episode(organisations=["vertex-ai", "vai inc"], tags=["AI"])
        episode = make_episode(organisations=["VERTEX AI"], tags=["ai", "Ai"])
        assert list(Organisation.objects.all()) == [acme]
        assert list(Tag.objects.values_list("name", flat=True)) == ["AI"]
        assert Person.objects.count() == 2
        assert episode.organisation_mentions.get().written == "VERTEX AI"

    def test_a_thing_listed_under_two_names_stands_there_once_and_is_reported(self):
        names.create_named(Organisation, "Vertex AI", aliases=["VAI Inc"])
        result = bring(transcript(organisations=["vertex-ai", "vai inc"]))
        assert [item.code for item in result.diagnostics] == ["organisation_twice"]
        written = Episode.objects.get().organisation_mentions.values_list("written", flat=True)
        assert list(written) == ["vertex-ai"]

    def test_tags_that_share_a_slug_are_two_tags(self):
        episode = make_episode(tags=["C#", "C++", "C"])
        again = make_episode(tags=["c", "c++"])
        slugs = Tag.objects.order_by("pk").values_list("name", "slug")
        assert list(slugs) == [("C#", "c"), ("C++", "c-2"), ("C", "c-3")]
        assert [item.tag.name for item in episode.tag_items.order_by("pk")] == ["C#", "C++", "C"]
        assert [item.tag.name for item in again.tag_items.order_by("pk")] == ["C", "C++"]

    def test_values_longer_than_their_columns_are_kept_whole(self):
        text = transcript(
            title="长" * 600,
            channel="c" * 300,
            tags=["t" * 120, "short"],
            people=["P" * 250, "Mara Quill"],
            source="https://example.com/" + "x" * 2100,
        )
        result = bring(text)
        assert result.outcome == "created"
        assert {item.code for item in result.diagnostics} >= {"value_too_long"}
        episode = Episode.objects.get()
        assert (len(episode.title), len(episode.channel)) == (500, 200)
        extra = dict(episode.extra)
        assert extra["title_unread"] == "长" * 600
        assert extra["tags_unread"] == ["t" * 120]
        assert extra["people_unread"] == ["P" * 250]
        assert bring(markdown.write(document_of(episode)), "again.md").outcome == "created"
        other = Episode.objects.exclude(pk=episode.pk).get()
        assert document_of(other) == document_of(episode)

    def test_characters_that_no_database_holds_do_not_reach_it(self):
        text = transcript(extra=(("note", "x"),)).replace("note: x", 'note: "a\\0b\\x07"')
        assert bring(text.replace("欢迎", "欢\0迎")).outcome == "created"
        episode = Episode.objects.get()
        assert dict(episode.extra)["note"] == "ab"
        assert episode.turns.first().text.startswith("欢迎")

    def test_a_date_that_is_none_is_kept_beside(self):
        text = transcript().replace("'2025-03-01'", "'2025-02-31'")
        bring(text)
        episode = Episode.objects.get()
        assert episode.date is None
        assert dict(episode.extra)["date_unread"] == "2025-02-31"

    def test_a_cut_short_video_id_is_reported_and_is_no_recording(self):
        result = bring(transcript(source="https://www.youtube.com/watch?v=aB3"))
        assert "recording_id_broken" in [item.code for item in result.diagnostics]
        assert Episode.objects.get().recording == ""

    def test_details_of_the_desk_are_read_back_from_the_front_matter(self):
        bring(
            transcript(
                extra=(
                    ("original_title", "Ports and cranes"),
                    ("translation_provenance", "machine"),
                    ("original_provenance", "nonsense"),
                    ("audio_url", "javascript:alert(1)"),
                )
            )
        )
        episode = Episode.objects.get()
        assert episode.original_title == "Ports and cranes"
        assert episode.translation_provenance == "machine"
        assert (episode.original_provenance, episode.audio_url) == ("", "")
        assert dict(document_of(episode).front.extra)["audio_url"] == "javascript:alert(1)"


class TestSlugs:
    @pytest.mark.parametrize(
        ("address", "title", "slug"),
        [
            ("folder/ports-2.md", "港口", "ports-2"),
            ("https://example.com/a/ports.md?x=1", "港口", "ports"),
            ("港口.md", "港口与吊车", "gang-kou-yu-diao-che"),
            ("v2.md", "港口", "gang-kou"),
            ("My Ports.md", "", "my-ports"),
        ],
    )
    def test_a_slug_is_the_files_stem_or_made_of_the_title(self, address, title, slug):
        text = transcript(title=title)
        assert foresee(text, address).slug == slug
        assert bring(text, address).slug == slug

    def test_a_slug_in_use_published_or_once_used_is_not_given_again(self):
        first = make_episode(address="a/ports.md")
        EpisodeOldSlug.objects.create(slug="ports-2", target=first)
        published = make_episode(address="x.md", slug="ports-3")
        publish_episode(published)
        Episode.objects.filter(pk=published.pk).update(slug="elsewhere")
        text = transcript(title="another")
        assert foresee(text, "b/ports.md").slug == "ports-4"
        assert bring(text, "b/ports.md").slug == "ports-4"

    def test_a_wish_is_granted_or_refused_with_a_sentence(self):
        assert bring(transcript(), slug="my-wish").slug == "my-wish"
        for wish in ("my-wish", "v3", "Caps", "dot.dot", "-", "a" * 81):
            before = rows(without=("ImportRun",))
            result = bring(transcript(title="other"), "other.md", slug=wish)
            assert (result.outcome, wish in result.message) == ("failed", True)
            assert rows(without=("ImportRun",)) == before


class TestWhichEpisode:
    def test_the_same_bytes_again_write_only_the_run_and_the_last_check(self):
        text = transcript(source=VIDEO)
        first = bring(text)
        checked = Source.objects.get().checked_at
        schedule = ("Source.checked_at", "Source.next_check_at", "Source.unchanged_checks")
        before = rows(without=("ImportRun", *schedule))
        for address in ("ports.md", "somewhere/else.md"):
            again = bring(text, address)
            assert (again.outcome, again.slug, again.episode_id) == (
                "unchanged",
                "ports",
                first.episode_id,
            )
        assert rows(without=("ImportRun", *schedule)) == before
        assert ImportRun.objects.count() == 3
        assert Source.objects.get().checked_at > checked

    def test_unchanged_bytes_are_not_even_read(self, monkeypatch, django_assert_num_queries):
        text = transcript()
        bring(text)
        monkeypatch.setattr(markdown, "read", None)
        with django_assert_num_queries(
            6
        ):  # savepoint, look-up, last check, what waits, run, release
            assert bring(text).outcome == "unchanged"

    def test_another_address_of_a_known_recording_is_held_until_somebody_says(self):
        bring(transcript(source=VIDEO))
        other = transcript(source="https://youtu.be/aB3-_5678_x?t=3", title="Again")
        before = rows(without=("ImportRun",))
        held = bring(other, "other.md")
        assert held.outcome == "held"
        assert held.slug == "ports"
        assert "--as ports" in held.message
        assert "--as new" in held.message
        assert rows(without=("ImportRun",)) == before
        made = bring(other, "other.md", as_="new")
        assert (made.outcome, made.slug) == ("created", "other")

    def test_as_new_makes_another_episode_even_of_a_known_address(self):
        bring(transcript())
        again = bring(transcript(), as_="new")
        assert (again.outcome, again.slug) == ("created", "ports-2")
        assert list(Source.objects.order_by("pk").values_list("address", flat=True)) == [
            "ports.md",
            "ports.md (2)",
        ]

    def test_as_slug_makes_it_a_source_of_that_episode(self):
        first = bring(transcript(source=VIDEO))
        changed = transcript(source=VIDEO, title="港口")
        result = bring(changed, "moved.md", as_="ports")
        assert (result.outcome, result.episode_id) == ("updated", first.episode_id)
        assert Episode.objects.get().title == "港口"
        assert sorted(Source.objects.values_list("address", flat=True)) == ["moved.md", "ports.md"]
        assert bring(changed, "moved.md").outcome == "unchanged"

    def test_as_slug_with_the_same_transcript_only_adds_the_address(self):
        bring(transcript())
        result = bring(transcript(), "moved.md", as_="ports")
        assert result.outcome == "unchanged"
        assert ChangeSet.objects.count() == 1
        source = Source.objects.get(address="moved.md")
        assert (source.episode.slug, source.turns.count()) == ("ports", 3)

    def test_as_an_unknown_slug_or_anothers_address_fails_with_a_sentence(self):
        bring(transcript())
        bring(transcript(title="Two"), "two.md")
        before = rows(without=("ImportRun",))
        for address, slug in (("new.md", "nobody"), ("two.md", "ports")):
            result = bring(transcript(title="Three"), address, as_=slug)
            assert (result.outcome, slug in result.message) == ("failed", True)
        assert rows(without=("ImportRun",)) == before

    def test_urls_are_one_address_in_every_spelling(self):
        bring(transcript(), "HTTPS://Example.com:443/ports.md#top")
        assert Source.objects.get().address == "https://example.com/ports.md"
        assert bring(transcript(), "https://example.com/ports.md").outcome == "unchanged"

    def test_pasted_text_without_a_name_is_known_by_its_bytes(self):
        assert bring(transcript(title=""), "").outcome == "created"
        assert bring(transcript(title=""), "").outcome == "unchanged"
        assert bring(transcript(title="Other"), "").outcome == "created"

    def test_a_very_long_address_is_still_one_address(self):
        address = "港" * 3000 + ".md"
        assert bring(transcript(), address).outcome == "created"
        assert bring(transcript(title="Other"), address).outcome == "updated"


class TestBadDocuments:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\x89PNG\r\n\x1a\n" + bytes(500),
            b"<!doctype html><html><body>Hello</body></html>",
            b"---\ntitle: [\n---\n",
            b"---\na: &x [1]\nb: *x\n---\nText\n",
            b"---\ntitle: never closed\n",
            bytes(range(256)) * 40,
        ],
    )
    def test_a_bad_document_fails_with_a_sentence_and_writes_nothing_but_the_run(self, data):
        before = rows(without=("ImportRun",))
        seen = foresee(data)
        result = bring(data)
        assert (result.outcome, seen.outcome) == ("failed", "failed")
        assert result.message == seen.message != ""
        assert rows(without=("ImportRun",)) == before
        assert ImportRun.objects.get().message == result.message

    def test_a_malformed_url_fails_with_a_sentence(self):
        result = bring(transcript(), "ftp://example.com/a.md")
        assert result.outcome == "failed"
        assert Episode.objects.count() == 0

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(max_size=300) | st.binary(max_size=300))
    def test_no_bytes_make_it_raise(self, data):
        outcome = bring(data, "any.md", as_="new").outcome
        assert outcome in {"created", "failed"}
        assert foresee(data, "any.md").outcome in {
            "created",
            "failed",
            "unchanged",
            "updated",
            "held",
        }


class TestPreview:
    def test_a_preview_writes_nothing_and_says_what_the_import_then_does(self):
        bring(transcript(source=VIDEO))
        known = names.create_named(Organisation, "Acme")
        cases = [
            (transcript(source=VIDEO), "ports.md", ""),
            (transcript(source=VIDEO, title="x"), "other.md", ""),
            (transcript(source=VIDEO, title="x"), "other.md", "new"),
            (transcript(source=VIDEO, title="y"), "ports.md", ""),
            (transcript(title="z"), "z.md", "ports"),
            (transcript(title="new", organisations=["Acme", "Borealis"]), "ports.markdown", ""),
            ("", "empty.md", ""),
        ]
        for text, address, as_ in cases:
            before = rows()
            seen = foresee(text, address, as_=as_)
            assert rows() == before
            result = bring(text, address, as_=as_)
            assert (seen.outcome, seen.slug, seen.message) == (
                result.outcome,
                result.slug,
                result.message,
            )
        assert known.mentions.count() == 1

    def test_a_preview_shows_speakers_names_and_terms(self):
        names.create_named(Person, "Ingrid Solberg")
        names.create_named(Organisation, "Acme")
        seen = foresee(transcript(organisations=["Acme", "Borealis"]))
        assert [(s.label, s.turns, s.person, s.state, s.role) for s in seen.speakers] == [
            ("Mara Quill", 2, "Mara Quill", "new", "host"),
            ("Ingrid Solberg", 1, "Ingrid Solberg", "known", "guest"),
        ]
        assert [(n.name, n.known) for n in seen.names["organisation"]] == [
            ("Acme", True),
            ("Borealis", False),
        ]
        assert [(n.name, n.known, n.role) for n in seen.names["person"]] == [
            ("Mara Quill", False, "host"),
            ("Ingrid Solberg", True, "guest"),
        ]
        assert seen.terms == 1
        assert seen.document == markdown.read(
            transcript(organisations=["Acme", "Borealis"]).encode()
        )


class TestSpeakers:
    def test_a_name_on_record_makes_its_label_believed(self):
        body = "---\ntitle: t\n---\n\n天气很好。\n\nIngrid: 是的。\n\n海很大。\n"
        bring(body, "before.md")
        names.create_named(Person, "Ingrid")
        bring(body.replace("title: t", "title: u"), "after.md")
        spoken = Turn.objects.filter(speaker__name="Ingrid").values_list(
            "episode__title", "label", "text"
        )
        assert list(spoken) == [("u", "Ingrid", "是的。\n\n海很大。")]

    def test_a_new_spelling_becomes_an_alias_of_the_person_on_record(self):
        names.create_named(Person, "Ingrid Solberg")
        text = (
            "---\ntitle: t\npeople: [Mara Quill]\n---\n\n"
            + "**英格丽·索尔伯格:** 你好。\n\n<details>\n<summary>Original English</summary>\n\n"
            "**Ingrid Solberg:** Hello.\n\n</details>\n\n" * 2
        )
        bring(text)
        ingrid = Person.objects.get(name="Ingrid Solberg")
        assert ingrid.alias_list == ["英格丽·索尔伯格"]
        assert ingrid.turns.count() == 2
        assert Appearance.objects.get(person=ingrid).role == "guest"

    def test_regulars_of_a_channel_are_known_by_their_first_name(self):
        make_episode(channel="Harbour Talk")
        episode = make_episode(
            turns=[("Mara", "你好。", "Hello."), ("Rui Alvarado", "好。", "Yes.")] * 2,
            people=[],
            channel="Harbour Talk",
        )
        assert list(episode.appearances.values_list("person__name", "role")) == [
            ("Mara Quill", "host"),
            ("Rui Alvarado", "guest"),
        ]


def turn_rows(episode):
    return list(
        episode.turns.values_list(
            "uid", "position", "speaker_id", "label", "text", "original", "version"
        )
    )


class TestOtherBytes:
    def test_an_untouched_draft_follows_its_source_turn_by_turn(self):
        turns = [
            (name, f"第{n}句话很长。", f"Sentence number {n}.") for n, name in enumerate("ABABABAB")
        ]
        turns = [(f"{label}nn Lee", text, original) for label, text, original in turns]
        first = bring(transcript(turns, tags=["one"]))
        before = {turn.text: turn.uid for turn in Turn.objects.all()}
        changed = list(turns)
        changed[2] = (changed[2][0], "第2句话很长，改了。", "Sentence number 2.")
        del changed[5]
        changed.insert(1, ("Bnn Lee", "全新的一句。", "Entirely new words."))
        result = bring(transcript(changed, tags=["two"], title="新"))
        assert (result.outcome, result.slug) == ("updated", "ports")
        counted = ("added", "changed", "removed", "conflicting", "kept")
        assert {key: result.counts[key] for key in counted} == {
            "added": 1,
            "changed": 1,
            "removed": 1,
            "conflicting": 0,
            "kept": 6,
        }
        episode = Episode.objects.get(pk=first.episode_id)
        assert (episode.title, episode.revision) == ("新", 2)
        assert document_of(episode).front.tags == ("two",)
        uids = {turn.text: turn.uid for turn in episode.turns.all()}
        assert uids["第2句话很长，改了。"] == before["第2句话很长。"]
        for number in (0, 1, 3, 4, 6, 7):
            assert uids[f"第{number}句话很长。"] == before[f"第{number}句话很长。"]
        redirect = episode.turn_redirects.get()
        assert (redirect.old_uid, redirect.new_uid) == (
            before["第5句话很长。"],
            before["第4句话很长。"],
        )
        assert TurnOrigin.objects.filter(turn__in=episode.turns.all()).count() == 8
        gone = Turn.everything.get(uid=before["第5句话很长。"])
        assert (gone.gone, gone.text) == ("withdrawn", "第5句话很长。")
        assert SourceTurn.objects.count() == 8
        assert Turn.objects.get(uid=uids["第2句话很长，改了。"]).version == 2
        act = ChangeSet.objects.get(revision=2)
        fields = set(act.changes.values_list("field", flat=True))
        assert fields == {"title", "tags", "text", "added", "removed"}
        assert bring(transcript(changed, tags=["two"], title="新")).outcome == "unchanged"

    def test_other_bytes_with_the_same_transcript_change_nothing(self):
        bring(transcript())
        before = rows(without=("ImportRun", "Snapshot", "Source"))
        result = bring(transcript() + "\n\n")
        assert result.outcome == "unchanged"
        assert rows(without=("ImportRun", "Snapshot", "Source")) == before
        assert bring(transcript() + "\n\n").outcome == "unchanged"

    @pytest.mark.parametrize("what", ["turn", "field", "set", "speaker"])
    def test_what_an_editor_changed_in_a_draft_stays_and_the_rest_follows(self, what):
        user = make_user()
        bring(transcript())
        episode = Episode.objects.get()
        turn = episode.turns.first()
        if what == "turn":
            editing.save_turn(turn, version=1, values={"text": "改过。"}, by=user)
        elif what == "speaker":
            editing.save_turn(turn, version=1, values={"speaker": None}, by=user)
        elif what == "field":
            editing.save_episode(episode, revision=1, values={"series": "改过"}, by=user)
        else:
            editing.save_episode(episode, revision=1, values={"tags": ["改过"]}, by=user)
        before = turn_rows(episode)
        result = bring(transcript(title="From the source"))
        assert (result.outcome, result.slug) == ("updated", "ports")
        episode.refresh_from_db()
        assert episode.title == "From the source"
        assert turn_rows(episode) == before
        assert episode.series == ("改过" if what == "field" else "")
        assert (document_of(episode).front.tags == ("改过",)) == (what == "set")
        assert not Conflict.objects.exists()

    @pytest.mark.parametrize("status", ["review", "published"])
    def test_in_review_and_in_evergreen_a_new_state_waits_as_a_proposal(self, status):
        user = make_user()
        bring(transcript())
        episode = Episode.objects.get()
        if status == "review":
            workflow.transition(episode, "review", user, "")
        else:
            publish_episode(episode)
        changed = transcript(title="From the source")
        foreseen = foresee(changed)
        before = rows(without=("ImportRun", "Snapshot", "Source"))
        for _again in range(2):
            result = bring(changed)
            assert (result.outcome, result.slug) == ("proposed", "ports")
            assert rows(without=("ImportRun", "Snapshot", "Source")) == before
        assert foreseen.outcome == "proposed"
        assert ImportRun.objects.filter(state="waiting").count() == 1
        assert sorted(bytes(s.content) for s in Snapshot.objects.all()) == sorted(
            [transcript().encode(), changed.encode()]
        )
        assert bring(transcript()).outcome == "unchanged"

    def test_what_only_the_desk_knows_is_no_less_an_edit(self):
        bring(transcript(extra=(("original_title", "Ports"),)))
        episode = Episode.objects.get()
        editing.save_episode(episode, revision=1, values={"original_title": "Harbours"}, by=None)
        changed = transcript(title="New", extra=(("original_title", "The ports"),))
        result = bring(changed)
        assert (result.outcome, result.message) == (
            "updated",
            "Conflicts that wait for a decision: 1.",
        )
        assert Episode.objects.get().original_title == "Harbours"
        conflict = Conflict.objects.get()
        assert (conflict.target, conflict.field, conflict.base, conflict.theirs) == (
            "episode",
            "original_title",
            "Ports",
            "The ports",
        )

    def test_a_heading_without_turns_is_followed_and_its_edit_kept(self):
        bring(transcript())
        longer = transcript() + "\n### 尾声\n"
        assert bring(longer).outcome == "updated"
        last = Episode.objects.get().chapters.last()
        assert last.title == "尾声"
        editing.save_chapter(last, title="改过", by=None)
        assert bring(transcript(title="New") + "\n### 尾声\n").outcome == "updated"
        assert Episode.objects.get().chapters.last().title == "改过"

    def test_thousands_of_like_turns_are_followed_in_good_time(self):
        turns = [(name, "对。", "Yeah.") for name in ("Ann Lee", "Bo Berg")] * 700
        bring(transcript(turns))
        result = bring(transcript([("Ann Lee", "先说一句。", "One word first."), *turns]))
        assert (result.outcome, result.counts["added"]) == ("updated", 1)

    def test_most_turns_gone_or_another_recording_is_held(self):
        turns = [("Ann Lee", f"第{n}句。", f"Number {n}.") for n in range(9)]
        bring(transcript(turns, source=VIDEO))
        before = rows(without=("ImportRun", "Snapshot", "Source"))
        assert bring(transcript(turns[:5], source=VIDEO)).outcome == "held"
        assert bring(transcript(turns, source=VIDEO.replace("aB3", "xB3"))).outcome == "held"
        assert rows(without=("ImportRun", "Snapshot", "Source")) == before


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_address_at_one_moment_make_one_episode():
    text = transcript()
    barrier = threading.Barrier(2)
    outcomes = []

    def run():
        try:
            barrier.wait()
            outcomes.append(bring(text).outcome)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["created", "unchanged"]
    assert Episode.objects.count() == 1


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not here")
class TestSample:
    def test_the_sample_is_read_as_it_was_counted(self, django_assert_max_num_queries):
        data = SAMPLE.read_bytes()
        with django_assert_max_num_queries(85):
            result = import_document(Incoming(data, "stargate.md"))
        assert (result.outcome, result.slug) == ("created", "stargate")
        assert {
            key: result.counts[key]
            for key in (
                "chapters",
                "turns",
                "speech",
                "cue",
                "narration",
                "organisations",
                "people",
            )
        } == {
            "chapters": 8,
            "turns": 192,
            "speech": 187,
            "cue": 4,
            "narration": 1,
            "organisations": 14,
            "people": 3,
        }
        episode = Episode.objects.get()
        assert list(episode.appearances.values_list("person__name", "role")) == [
            ("Tracy Alloway", "host"),
            ("Joe Weisenthal", "host"),
            ("James Van Geelen", "guest"),
        ]
        spoken = {
            name: episode.turns.filter(speaker__name=name).count()
            for name in ("James Van Geelen", "Tracy Alloway", "Joe Weisenthal")
        }
        assert list(spoken.values()) == [70, 64, 53]
        assert import_document(Incoming(data, "stargate.md")).outcome == "unchanged"


def test_fetching_is_guarded(settings):
    settings.SOURCE_ALLOWED_HOSTS = []
    with pytest.raises(imports.FetchError):
        imports.fetch_incoming("http://127.0.0.1:1/x.md")
