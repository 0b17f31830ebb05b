"""Changes by people: recorded, merged when late, and nothing typed is ever lost."""

from __future__ import annotations

import datetime

import pytest

from episodes import names
from episodes.documents import document_of
from episodes.editing import Invalid, Stale, Vanished, save_chapter, save_episode, save_turn
from episodes.models import (
    Change,
    ChangeSet,
    Conflict,
    Episode,
    EpisodeOldSlug,
    Organisation,
    Person,
    PublishedEpisode,
    Source,
    Turn,
)
from episodes.names import SlugRefused
from episodes.tests.factories import make_episode, make_user, publish_episode
from episodes.tests.tables import rows
from episodes.transcripts import markdown

pytestmark = pytest.mark.django_db


def changes(field=None):
    found = Change.objects.order_by("pk")
    if field:
        found = found.filter(field=field)
    return list(found.values_list("field", "old", "new"))


class TestTurns:
    def test_a_save_writes_the_turn_its_history_and_the_revision(self):
        user = make_user()
        episode = make_episode()
        turn = episode.turns.first()
        saved = save_turn(
            turn,
            version=1,
            values={"text": "改过。\r\n", "original": turn.original, "start": 5},
            by=user,
            why=" typo ",
        )
        assert (saved.text, saved.start, saved.version) == ("改过。", 5, 2)
        turn.refresh_from_db()
        assert (turn.text, turn.start, turn.version) == ("改过。", 5, 2)
        episode.refresh_from_db()
        assert episode.revision == 2
        act = ChangeSet.objects.get(act="save")
        assert (act.by, act.why, act.revision, act.episode) == (user, "typo", 2, episode)
        assert list(act.changes.values_list("target", "field", "old", "new")) == [
            (f"turn:{turn.uid}", "text", "欢迎收听，今天我们谈港口。", "改过。"),
            (f"turn:{turn.uid}", "start", None, 5),
        ]
        assert saved.episode.revision == 2

    def test_identical_values_write_nothing(self):
        turn = make_episode().turns.select_related("speaker").first()
        before = rows()
        values = {
            "speaker": turn.speaker,
            "kind": "speech",
            "text": turn.text + "  \r\n",
            "original": turn.original,
            "start": None,
            "end": None,
        }
        save_turn(turn, version=1, values=values, by=None)
        save_turn(turn, version=1, values={}, by=None)
        assert rows() == before

    def test_a_late_save_of_other_fields_is_merged(self):
        episode = make_episode()
        turn = episode.turns.first()
        form = {"text": turn.text, "original": turn.original, "kind": "speech"}
        save_turn(turn, version=1, values={**form, "text": "甲。"}, by=None)
        save_turn(turn, version=2, values={"start": 10}, by=None)
        late = save_turn(turn, version=1, values={**form, "original": "Mine."}, by=None)
        assert (late.text, late.original, late.start, late.version) == ("甲。", "Mine.", 10, 4)

    def test_a_late_save_of_the_same_field_is_refused_with_all_three_texts(self):
        turn = make_episode().turns.first()
        first = turn.text
        save_turn(turn, version=1, values={"text": "甲。", "original": "A."}, by=None)
        save_turn(turn, version=2, values={"text": "乙。"}, by=None)
        before = rows()
        with pytest.raises(Stale) as caught:
            save_turn(turn, version=1, values={"text": "丙。", "start": 7}, by=None)
        stale = caught.value
        assert rows() == before
        assert stale.fields == ("text",)
        assert stale.mine == {"text": "丙。", "start": 7}
        assert (stale.current.text, stale.current.version) == ("乙。", 3)
        assert (stale.base["text"], stale.base["original"], stale.base["start"]) == (
            first,
            turn.original,
            None,
        )
        resolved = save_turn(turn, version=3, values=stale.mine, by=None)
        assert (resolved.text, resolved.start) == ("丙。", 7)

    def test_both_saying_the_same_is_no_conflict(self):
        turn = make_episode().turns.first()
        save_turn(turn, version=1, values={"text": "甲。"}, by=None)
        before = rows()
        assert save_turn(turn, version=1, values={"text": "甲。"}, by=None).version == 2
        assert rows() == before

    def test_a_version_that_never_was_conflicts_wherever_it_differs(self):
        turn = make_episode().turns.first()
        with pytest.raises(Stale) as caught:
            save_turn(turn, version=9, values={"text": "甲。", "kind": "speech"}, by=None)
        assert (caught.value.base, caught.value.fields) == (None, ("text",))

    def test_a_corrected_speaker_corrects_the_label_so_that_the_export_carries_it(self):
        episode = make_episode()
        ingrid = Person.objects.get(name="Ingrid Solberg")
        saved = save_turn(episode.turns.first(), version=1, values={"speaker": ingrid}, by=None)
        assert (saved.speaker, saved.label) == (ingrid, "Ingrid Solberg")
        mara = Person.objects.get(name="Mara Quill")
        assert changes() == [
            ("speaker", mara.pk, ingrid.pk),
            ("label", "Mara Quill", "Ingrid Solberg"),
        ]
        read = markdown.read(markdown.write(document_of(episode)).encode())
        assert [turn.label for turn in read.turns()] == [
            "Ingrid Solberg",
            "Ingrid Solberg",
            "Mara Quill",
        ]

    def test_a_label_that_means_the_speaker_already_stays(self):
        episode = make_episode(turns=[("主持人（安）", "你好。", "Hi."), ("Bo", "好。", "Yes.")])
        turn = episode.turns.first()
        ann = names.create_named(Person, "Ann Lee", aliases=["安"])
        saved = save_turn(turn, version=1, values={"speaker": ann}, by=None)
        assert saved.label == "主持人（安）"

    def test_no_speaker_takes_the_label_with_it(self):
        turn = make_episode().turns.first()
        saved = save_turn(turn, version=1, values={"speaker": None}, by=None)
        assert (saved.speaker, saved.label) == (None, "")

    def test_a_late_change_of_speaker_knows_who_it_was(self):
        episode = make_episode()
        turn = episode.turns.first()
        mara, ingrid = (
            Person.objects.get(name="Mara Quill"),
            Person.objects.get(name="Ingrid Solberg"),
        )
        save_turn(turn, version=1, values={"speaker": ingrid}, by=None)
        same = save_turn(turn, version=1, values={"speaker": mara, "text": "甲。"}, by=None)
        assert (same.speaker, same.text) == (ingrid, "甲。")
        with pytest.raises(Stale) as caught:
            save_turn(turn, version=1, values={"speaker": None}, by=None)
        assert (caught.value.base["speaker"], caught.value.current.speaker) == (mara, ingrid)

    def test_what_a_turn_cannot_hold_is_refused(self):
        turn = make_episode().turns.first()
        before = rows()
        for values in ({"start": 5, "end": 4}, {"start": 2**31}, {"end": -1}, {"label": "x" * 301}):
            with pytest.raises(Invalid):
                save_turn(turn, version=1, values=values, by=None)
        with pytest.raises(TypeError):
            save_turn(turn, version=1, values={"uid": "t"}, by=None)
        assert rows() == before

    def test_no_control_characters_are_stored(self):
        turn = make_episode().turns.first()
        saved = save_turn(turn, version=1, values={"text": "a\0b\x07\r\nc"}, by=None)
        assert saved.text == "ab\nc"

    def test_readers_see_nothing_of_an_edit(self):
        episode = make_episode()
        publish_episode(episode)
        working = ("Turn", "Change", "ChangeSet", "Episode", "TouchedEpisode", "CheckAsked")
        published = rows(without=working)
        save_turn(episode.turns.first(), version=1, values={"text": "改过。"}, by=None)
        save_episode(episode, revision=2, values={"title": "改过", "slug": "moved"}, by=None)
        after = rows(without=working)
        assert after.pop("EpisodeOldSlug") != published.pop("EpisodeOldSlug")
        assert after == published


class TestTwoEditors:
    """MERGING §6: a late save of running text is merged by whole sentences."""

    def episode(self):
        return make_episode(
            turns=[("Mara Quill", "一。二。三。", "One. Two. Three."), ("Bo", "好。", "")]
        )

    def test_sentences_of_both_make_one_text_that_somebody_should_read(self):
        turn = self.episode().turns.first()
        save_turn(turn, version=1, values={"text": "甲。二。三。"}, by=None)
        late = save_turn(turn, version=1, values={"text": "一。二。丙。", "start": 5}, by=None)
        assert (late.text, late.start, late.version) == ("甲。二。丙。", 5, 3)
        turn.refresh_from_db()
        assert (turn.text, turn.unread, turn.stale) == ("甲。二。丙。", True, False)
        assert changes("text")[-1] == ("text", "甲。二。三。", "甲。二。丙。")

    def test_the_original_too(self):
        turn = self.episode().turns.first()
        save_turn(turn, version=1, values={"original": "1. Two. Three."}, by=None)
        late = save_turn(turn, version=1, values={"original": "One. Two. Drei."}, by=None)
        assert (late.original, late.unread) == ("1. Two. Drei.", True)

    def test_sentences_that_touch_are_a_conflict_and_nothing_else_is_written(self):
        turn = self.episode().turns.first()
        save_turn(turn, version=1, values={"text": "甲。二。三。"}, by=None)
        before = rows()
        with pytest.raises(Stale) as caught:
            save_turn(turn, version=1, values={"text": "一。乙。三。", "original": "X."}, by=None)
        assert rows() == before
        assert caught.value.fields == ("text",)
        assert caught.value.mine == {"text": "一。乙。三。", "original": "X."}

    def test_whoever_writes_the_translation_has_read_it(self):
        turn = self.episode().turns.first()
        marked = {"stale": True, "made_for": "One.", "unread": True}
        Turn.objects.filter(pk=turn.pk).update(**marked)
        save_turn(turn, version=1, values={"original": "Other."}, by=None)
        assert Turn.objects.values(*marked).get(pk=turn.pk) == marked
        saved = save_turn(turn, version=2, values={"text": "改。"}, by=None)
        read = {"stale": False, "made_for": "", "unread": False}
        assert Turn.objects.values(*marked).get(pk=turn.pk) == read
        assert (saved.stale, saved.made_for, saved.unread) == (False, "", False)

    def test_a_late_save_takes_no_mark_away(self):
        turn = self.episode().turns.first()
        save_turn(turn, version=1, values={"original": "Changed meanwhile."}, by=None)
        Turn.objects.filter(pk=turn.pk).update(stale=True, made_for="One. Two. Three.")
        late = save_turn(turn, version=1, values={"text": "一。二。"}, by=None)
        assert (late.text, late.stale, late.unread) == ("一。二。", True, False)

    def test_what_was_typed_in_a_turn_that_is_gone_is_not_saved(self):
        turn = self.episode().turns.first()
        Turn.objects.filter(pk=turn.pk).update(gone="removed")
        before = rows()
        with pytest.raises(Vanished):
            save_turn(turn, version=1, values={"text": "改。"}, by=None)
        assert rows() == before

    def test_prose_of_an_episode_is_merged_and_a_line_is_not(self):
        episode = make_episode(summary="一。二。三。")
        save_episode(
            episode, revision=1, values={"summary": "甲。二。三。", "area": "sea"}, by=None
        )
        late = save_episode(episode, revision=1, values={"summary": "一。二。丙。"}, by=None)
        assert late.summary == "甲。二。丙。"
        with pytest.raises(Stale) as caught:
            save_episode(episode, revision=1, values={"summary": "X。", "area": "air"}, by=None)
        assert caught.value.fields == ("summary", "area")


class TestConflictsThatSettle:
    def conflict(self, episode, target, field, theirs):
        return Conflict.objects.create(
            episode=episode,
            source=Source.objects.get(episode=episode),
            kind="field",
            target=target,
            field=field,
            theirs=theirs,
        )

    @pytest.mark.parametrize(
        ("field", "theirs", "values", "ours"),
        [
            ("text", "甲。", {"text": "甲。"}, "欢迎收听，今天我们谈港口。"),
            ("kind", "narration", {"kind": "narration"}, "speech"),
            ("times", [5, 9], {"start": 5, "end": 9}, [None, None]),
        ],
    )
    def test_a_conflict_ends_where_the_editor_writes_what_the_source_says(
        self, field, theirs, values, ours
    ):
        user = make_user()
        turn = make_episode().turns.first()
        conflict = self.conflict(turn.episode, f"turn:{turn.uid}", field, theirs)
        other = self.conflict(turn.episode, f"turn:{turn.uid}", "original", "Theirs.")
        save_turn(turn, version=1, values={"original": "Mine."} | values, by=user)
        conflict.refresh_from_db()
        assert (conflict.choice, conflict.decided_by, conflict.ours) == ("settled", user, ours)
        assert conflict.decided_at == ChangeSet.objects.get(act="save").at
        other.refresh_from_db()
        assert (other.choice, other.decided_at) == ("", None)

    def test_a_speaker_is_settled_by_the_person(self):
        turn = make_episode().turns.first()
        ingrid = Person.objects.get(name="Ingrid Solberg")
        self.conflict(turn.episode, f"turn:{turn.uid}", "speaker", str(ingrid.pk))
        save_turn(turn, version=1, values={"speaker": ingrid}, by=None)
        assert Conflict.objects.get().choice == "settled"

    @pytest.mark.parametrize(
        ("field", "theirs", "value"),
        [("title", "甲", "甲"), ("date", "2025-04-02", "2025-04-02"), ("date", "", None)],
    )
    def test_the_episodes_and_a_headings_too(self, field, theirs, value):
        episode = make_episode()
        self.conflict(episode, "episode", field, theirs)
        chapter = episode.chapters.get()
        self.conflict(episode, f"chapter:{chapter.pk}", "title", "乙")
        save_episode(episode, revision=1, values={field: value}, by=None)
        assert [each.choice for each in Conflict.objects.order_by("pk")] == ["settled", ""]
        save_chapter(chapter, title="乙", by=None)
        assert [each.choice for each in Conflict.objects.order_by("pk")] == ["settled", "settled"]


class TestChapters:
    def test_a_title_is_saved_once(self):
        episode = make_episode()
        chapter = episode.chapters.get()
        assert save_chapter(chapter, title=" 新\n标题 ", by=None).title == "新标题"
        save_chapter(chapter, title="新标题", by=None)
        assert Change.objects.get().target == f"chapter:{chapter.pk}"
        episode.refresh_from_db()
        assert episode.revision == 2

    def test_a_title_too_long_is_refused(self):
        chapter = make_episode().chapters.get()
        with pytest.raises(Invalid):
            save_chapter(chapter, title="x" * 1001, by=None)


class TestEpisodes:
    def test_fields_are_saved_and_recorded(self):
        user = make_user()
        episode = make_episode()
        saved = save_episode(
            episode,
            revision=1,
            values={
                "title": "新标题",
                "date": "2025-04-02",
                "source_address": "https://youtu.be/aB3-_5678_x",
                "summary": "一\r\n二  ",
                "original_provenance": "automatic",
            },
            by=user,
        )
        assert (saved.title, saved.date, saved.recording, saved.summary, saved.revision) == (
            "新标题",
            datetime.date(2025, 4, 2),
            "youtube:aB3-_5678_x",
            "一\n二",
            2,
        )
        assert saved == Episode.objects.get(
            title="新标题", recording="youtube:aB3-_5678_x", original_provenance="automatic"
        )
        assert ("date", "2025-03-01", "2025-04-02") in changes()
        assert len(changes()) == 5
        assert ChangeSet.objects.get(act="save").by == user

    def test_identical_values_write_nothing(self):
        episode = make_episode(tags=["a", "b"], organisations=["Acme"])
        people = [(row.person, row.role) for row in episode.appearances.all()]
        before = rows()
        save_episode(
            episode,
            revision=1,
            values={
                "title": episode.title,
                "date": episode.date,
                "slug": episode.slug,
                "tags": ["A", "b", "a"],
                "projects": [],
                "appearances": people,
                "organisations": [Organisation.objects.get()],
                "products": [],
            },
            by=None,
        )
        assert rows() == before

    def test_sets_are_saved_in_their_order_and_keep_what_was_written(self):
        episode = make_episode(
            tags=["a", "b"], people=["mara-quill"], organisations=["Acme", "blue-crane"]
        )
        acme, blue = Organisation.objects.order_by("pk")
        new = names.create_named(Organisation, "New Co")
        mara = Person.objects.get(name="Mara Quill")
        cy = names.create_named(Person, "Cy Dorn")
        save_episode(
            episode,
            revision=1,
            values={
                "tags": ["c", "a"],
                "projects": ["P"],
                "organisations": [new, blue],
                "appearances": [(cy, "producer"), (mara, "guest")],
            },
            by=None,
        )
        front = document_of(episode).front
        assert (front.tags, front.projects) == (("c", "a"), ("P",))
        assert front.organisations == ("New Co", "blue-crane")
        assert front.people == ("Cy Dorn", "mara-quill")
        assert list(episode.appearances.values_list("person__name", "role", "origin")) == [
            ("Cy Dorn", "producer", "editor"),
            ("Mara Quill", "guest", "editor"),
        ]
        mentions = episode.organisation_mentions.values_list("target__name", "origin")
        assert list(mentions) == [("New Co", "editor"), ("blue-crane", "front_matter")]
        assert changes("tags") == [("tags", ["a", "b"], ["c", "a"])]
        assert changes("organisations")[0][2] == [
            {"id": new.pk, "name": "New Co"},
            {"id": blue.pk, "name": "blue-crane"},
        ]
        assert acme.mentions.count() == 0

    def test_a_late_save_is_merged_field_by_field_or_refused(self):
        episode = make_episode(tags=["a"])
        save_turn(episode.turns.first(), version=1, values={"text": "改过。"}, by=None)
        save_episode(episode, revision=2, values={"title": "甲", "tags": ["b"]}, by=None)
        merged = save_episode(
            episode,
            revision=1,
            values={"title": "港口与吊车", "area": "sea", "tags": ["a"]},
            by=None,
        )
        assert (merged.title, merged.area, merged.revision) == ("甲", "sea", 4)
        assert document_of(merged).front.tags == ("b",)
        before = rows()
        with pytest.raises(Stale) as caught:
            save_episode(
                episode, revision=1, values={"title": "乙", "tags": ["c"], "guest": "x"}, by=None
            )
        assert rows() == before
        assert caught.value.fields == ("title", "tags")
        assert caught.value.base == {"title": "港口与吊车", "tags": ["a"], "guest": ""}
        assert caught.value.mine == {"title": "乙", "tags": ["c"], "guest": "x"}
        assert caught.value.current.title == "甲"

    def test_an_old_slug_stays_the_episodes_own(self):
        episode = make_episode(slug="first")
        save_episode(episode, revision=1, values={"slug": "second"}, by=None)
        assert list(EpisodeOldSlug.objects.values_list("slug", "target")) == [("first", episode.pk)]
        save_episode(episode, revision=2, values={"slug": "first"}, by=None)
        assert list(EpisodeOldSlug.objects.values_list("slug", "target")) == [
            ("second", episode.pk)
        ]

    @pytest.mark.parametrize(
        "slug", ["v1", "v22", "a.md", "Caps", "", "a/b", "taken", "once", "public", "x" * 81]
    )
    def test_a_slug_that_cannot_be_had_is_refused(self, slug):
        other = make_episode(slug="once")
        save_episode(other, revision=1, values={"slug": "taken"}, by=None)
        published = make_episode(slug="public")
        publish_episode(published)
        save_episode(published, revision=1, values={"slug": "moved"}, by=None)
        EpisodeOldSlug.objects.filter(slug="public").delete()
        assert PublishedEpisode.objects.get().slug == "public"
        episode = make_episode(slug="mine")
        before = rows()
        with pytest.raises(SlugRefused):
            save_episode(episode, revision=1, values={"slug": slug, "title": "x"}, by=None)
        assert rows() == before

    def test_what_an_episode_cannot_hold_is_refused(self):
        episode = make_episode()
        before = rows()
        with pytest.raises(Invalid):
            save_episode(episode, revision=1, values={"area": "x" * 101}, by=None)
        for values in ({"status": "evergreen"}, {"revision": 3}, {"recording": "x"}):
            with pytest.raises(TypeError):
                save_episode(episode, revision=1, values=values, by=None)
        with pytest.raises(ValueError, match="nonsense"):
            save_episode(episode, revision=1, values={"original_provenance": "nonsense"}, by=None)
        assert rows() == before

    def test_all_that_was_edited_comes_back_from_the_working_export(self):
        episode = make_episode()
        save_episode(
            episode,
            revision=1,
            values={
                "original_title": "Ports",
                "rights": "All ours.",
                "translation_provenance": "human",
                "language": "zh-Hant",
            },
            by=None,
        )
        text = markdown.write(document_of(Episode.objects.get()))
        again = make_episode(text)
        assert (
            again.original_title,
            again.rights,
            again.translation_provenance,
            again.language,
        ) == (
            "Ports",
            "All ours.",
            "human",
            "zh-Hant",
        )
        assert markdown.write(document_of(again)) == text


def test_a_turns_uid_stays_whatever_is_edited():
    episode = make_episode()
    uids = list(episode.turns.values_list("uid", flat=True))
    for turn in Turn.objects.all():
        save_turn(turn, version=1, values={"text": "x", "original": "", "kind": "cue"}, by=None)
    assert list(episode.turns.values_list("uid", flat=True)) == uids
