"""A conflict is decided: what becomes of the working copy, and that both texts stay."""

import pytest

from episodes import conflicts, editing, names, reimports, states
from episodes.conflicts import Undecided
from episodes.models import Change, ChangeSet, Conflict, Episode, ImportRun, Person
from episodes.models.history import Act
from episodes.tests.factories import make_episode, make_user, publish_episode, transcript
from episodes.tests.test_admin_proposals import PEOPLE, bring, changed, spoken

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_user("Editors", "edith")


@pytest.fixture
def episode() -> Episode:
    return make_episode(transcript(spoken(), people=PEOPLE), address="talk.md")


def edit(episode, number, by, **values):
    turn = episode.turns.all()[number]
    editing.save_turn(turn, version=turn.version, values=values, by=by)
    return episode.turns.get(uid=turn.uid)


@pytest.fixture
def conflict(episode, editor) -> Conflict:
    """Both changed one word of the third turn."""
    edit(episode, 2, editor, text=spoken()[2][1].replace("吊车", "塔吊"))
    bring(changed(spoken(), 2))
    return Conflict.objects.get()


def text_of(conflict) -> str:
    uid = conflict.target.removeprefix("turn:")
    return conflict.episode.turns.get(uid=uid).text


BASE = spoken()[2][1]
MINE, THEIRS = BASE.replace("吊车", "塔吊"), BASE.replace("吊车", "起重机")


@pytest.mark.parametrize(
    ("choice", "written", "text"),
    [("mine", "", MINE), ("theirs", "", THEIRS), ("write", "新的一句。\n", "新的一句。")],
)
def test_a_choice_is_written_with_one_act_and_both_texts_stay(
    conflict, editor, choice, written, text
):
    before = conflict.episode.revision
    change_set = conflicts.decide(conflict, choice, editor, written, why="closer")
    conflict.refresh_from_db()
    assert text_of(conflict) == text
    assert (conflict.base, conflict.ours, conflict.theirs) == (BASE, MINE, THEIRS)
    assert (conflict.choice, conflict.decided_by) == (choice, editor)
    assert conflict.decided_at is not None
    assert (change_set.act, change_set.by, change_set.why) == (Act.DECISION, editor, "closer")
    assert Episode.objects.get().revision == before + 1
    written_changes = list(change_set.changes.values_list("field", "old", "new"))
    assert written_changes == ([] if choice == "mine" else [("text", MINE, text)])


def test_what_changed_since_it_was_looked_at_is_not_decided(conflict, episode, editor):
    seen = conflicts.version_of(states.load(episode), states.clash_of(conflict))
    edit(episode, 2, editor, text=MINE + "又说了一句。")
    with pytest.raises(Undecided) as refused:
        conflicts.decide(conflict, "theirs", editor, version=seen)
    assert refused.value.code == "stale"
    assert text_of(conflict) == MINE + "又说了一句。"
    conflict.refresh_from_db()
    assert conflict.decided_at is None


def test_a_conflict_is_decided_once(conflict, editor):
    conflicts.decide(conflict, "theirs", editor)
    with pytest.raises(Undecided) as refused:
        conflicts.decide(conflict, "mine", editor)
    assert refused.value.code == "decided"
    assert ChangeSet.objects.filter(act=Act.DECISION).count() == 1


def test_what_cannot_be_chosen_is_refused(conflict, editor):
    for choice in ("proposal", "", "nonsense"):
        with pytest.raises(Undecided) as refused:
            conflicts.decide(conflict, choice, editor)
        assert refused.value.code == "choice"


@pytest.mark.parametrize(
    ("front", "field", "bad"),
    [
        ({"date": "2025-04-02"}, "date", "soon"),
        ({"title": "源题"}, "title", "x" * 501),
        ({"extra": (("audio_url", "https://a.org/2.mp3"),)}, "audio_url", "no address"),
    ],
)
def test_what_cannot_stand_in_a_field_is_said(editor, front, field, bad):
    extra = {"extra": (("audio_url", "https://a.org/1.mp3"),)}
    first = {"people": PEOPLE, **extra}
    made = make_episode(transcript(spoken(), **first), address="talk.md")
    mine = {"date": "2025-05-05", "title": "我题", "audio_url": "https://a.org/mine.mp3"}[field]
    editing.save_episode(made, revision=1, values={field: mine}, by=editor)
    bring(spoken(), **{**first, **front})
    conflict = Conflict.objects.get(field=field)
    with pytest.raises(Undecided) as refused:
        conflicts.decide(conflict, "write", editor, bad)
    assert refused.value.code == "invalid"
    conflict.refresh_from_db()
    assert conflict.decided_at is None
    conflicts.decide(conflict, "theirs", editor)
    now = getattr(Episode.objects.get(), field)
    assert str(now) == str(conflict.theirs)


def test_a_turn_gone_there_and_edited_here_is_taken_out_and_its_address_leads_on(episode, editor):
    kept = edit(episode, 4, editor, text="改过的一段话，说的还是第4号码头的吊车。")
    turns = spoken()
    del turns[4]
    bring(turns)
    conflict = Conflict.objects.get()
    assert conflicts.choices_of(states.load(episode), states.clash_of(conflict)) == (
        "mine",
        "theirs",
    )
    conflicts.decide(conflict, "theirs", editor)
    assert not episode.turns.filter(uid=kept.uid).exists()
    assert states.load(episode).lands(kept.uid) == episode.turns.all()[3].uid
    conflict.refresh_from_db()
    assert conflict.ours[0]["text"] == kept.text


def test_turns_that_the_source_cuts_anew_take_the_proposal(episode, editor):
    turn = edit(episode, 4, editor, text=spoken()[4][1].replace("吊车", "塔吊"))
    turns = spoken()
    who, text, original = turns[4]
    halves = text.split("。")
    parts = original.split(". ")
    turns[4:5] = [(who, halves[0] + "。", parts[0] + "."), (who, halves[1] + "。", parts[1])]
    bring(turns)
    conflict = Conflict.objects.get()
    assert conflict.kind == "block"
    conflicts.decide(conflict, "proposal", editor)
    texts = [each.text for each in episode.turns.all()][4:6]
    assert texts == [halves[0].replace("吊车", "塔吊") + "。", halves[1] + "。"]
    assert episode.turns.all()[4].uid == turn.uid


# --- people who were merged or deleted since


def speaker_conflict(episode, editor) -> Conflict:
    """Here Bo Chen is said to speak the third turn, in the source Cara."""
    edit(episode, 2, editor, speaker=Person.objects.get(name="Bo Chen"))
    turns = spoken()
    turns[2] = ("Cara van Dijk", *turns[2][1:])
    bring(turns)
    return Conflict.objects.get(field="speaker")


def test_a_speaker_who_was_merged_meanwhile_is_followed(episode, editor):
    conflict = speaker_conflict(episode, editor)
    cara, keep = Person.objects.get(name="Cara van Dijk"), names.create_named(Person, "Cara D.")
    names.merge_named(keep, cara, by=editor)
    conflicts.decide(conflict, "theirs", editor)
    assert episode.turns.all()[2].speaker == keep


def test_a_speaker_who_was_deleted_meanwhile_is_nobody(episode, editor):
    conflict = speaker_conflict(episode, editor)
    cara = Person.objects.get(name="Cara van Dijk")
    cara.appearances.all().delete()
    cara.delete()
    conflicts.decide(conflict, "theirs", editor)
    assert episode.turns.all()[2].speaker is None


def test_a_proposal_that_names_somebody_merged_meanwhile_is_worked_out_anew(episode, editor):
    publish_episode(episode)
    names.create_named(Person, "Cara van Dijk")
    turns = spoken()
    turns[4:6] = [("Cara van Dijk", *turns[4][1:]), ("Cara van Dijk", *turns[5][1:])]
    run = bring(turns)
    keep = names.create_named(Person, "Cara D.")
    names.merge_named(keep, Person.objects.get(name="Cara van Dijk"), by=editor)
    reimports.accept(ImportRun.objects.get(pk=run.pk), by=None)
    assert [turn.speaker for turn in episode.turns.all()[4:6]] == [keep, keep]
    assert episode.appearances.filter(person=keep).count() == 1


def test_an_import_is_undone_though_its_speaker_was_merged_meanwhile(episode, editor):
    before = [(turn.uid, turn.text) for turn in episode.turns.all()]
    run = bring(changed(spoken(), 2)[:10])
    assert run.outcome == "updated"
    bo, keep = Person.objects.get(name="Bo Chen"), names.create_named(Person, "Chen Bo")
    names.merge_named(keep, bo, by=editor)
    reimports.take_back(run, by=editor)
    assert [(turn.uid, turn.text) for turn in episode.turns.all()] == before
    assert {turn.speaker for turn in episode.turns.all()[1::2]} == {keep}


# --- many at once


def test_those_that_differ_in_signs_only_are_told_from_the_others(episode, editor):
    edit(episode, 2, editor, text=BASE.replace("。然后", "，然后"))
    edit(episode, 3, editor, text=spoken()[3][1].replace("吊车", "塔吊"))
    theirs = changed(spoken(), 3)
    theirs[2] = (theirs[2][0], BASE.replace("。然后", "；然后"), theirs[2][2])
    bring(theirs)
    working = states.load(episode)
    found = {
        row.target: conflicts.is_of_signs_only(working, states.clash_of(row))
        for row in Conflict.objects.all()
    }
    turns = episode.turns.all()
    assert found == {f"turn:{turns[2].uid}": True, f"turn:{turns[3].uid}": False}


def test_several_are_decided_as_one_act_and_what_changed_since_is_left(episode, editor):
    for number in (2, 3):
        edit(episode, number, editor, text=spoken()[number][1].replace("吊车", "塔吊"))
    bring(changed(spoken(), 2, 3))
    working = states.load(episode)
    one, other = (
        Conflict.objects.get(target=f"turn:{turn.uid}") for turn in episode.turns.all()[2:4]
    )
    versions = {row.pk: conflicts.version_of(working, states.clash_of(row)) for row in (one, other)}
    edit(episode, 3, editor, text="另外的话。")
    done = conflicts.decide_many(episode, versions, "theirs", editor)
    assert (done.count, done.left) == (1, (other.pk,))
    assert [text_of(one), text_of(other)] == [THEIRS, "另外的话。"]
    assert Change.objects.filter(change_set=done.change_set).count() == 1


def test_a_conflict_that_merges_by_now_says_how(conflict, episode, editor):
    working = states.load(episode)
    assert conflicts.merged_anew(working, states.clash_of(conflict)) == ""
    edit(episode, 2, editor, text=BASE + "又说了一句。")
    assert conflicts.merged_anew(states.load(episode), states.clash_of(conflict)) == (
        THEIRS + "又说了一句。"
    )
