"""The history read back: states of turns, fields and names, and restoring one of them."""

import pytest
from django.utils import translation

from episodes import cuts, naming, restoring
from episodes.editing import Stale, Vanished, save_episode, save_turn
from episodes.imports import Incoming, import_document
from episodes.models import Batch, Change, ChangeSet, Episode, ImportRun, Person, Turn
from episodes.models.history import Act
from episodes.names import SlugRefused, add_aliases, create_named, find, merge_named, name_key
from episodes.pasts import Kin, kin_of, past_of_field, past_of_named, past_of_turn
from episodes.tests.factories import make_episode, make_user, transcript

pytestmark = pytest.mark.django_db


@pytest.fixture
def episode() -> Episode:
    return make_episode()


def texts(turn: Turn) -> list[str]:
    return [state.values["text"] for state in past_of_turn(turn).states]


# --- a turn


def test_a_turn_nobody_touched_has_one_state_and_its_import(episode):
    turn = episode.turns.first()
    past = past_of_turn(turn)
    assert [(state.act, state.values["text"]) for state in past.states] == [(0, turn.text)]
    assert past.acts[0] == ChangeSet.objects.get(episode=episode)
    assert past.acts[0].run == ImportRun.objects.get(episode=episode)


def test_all_states_of_a_turn_are_found_backwards_from_now(episode):
    editor = make_user()
    turn = episode.turns.first()
    first = turn.text
    save_turn(turn, version=1, values={"text": "一。"}, by=editor, why="short")
    turn = save_turn(turn, version=2, values={"text": "二。", "start": 1000}, by=None)
    past = past_of_turn(turn)
    assert texts(turn) == [first, "一。", "二。"]
    assert [state.values["start"] for state in past.states] == [None, None, 1000]
    made = past.acts[past.states[1].act]
    assert (made.by, made.why, made.act) == (editor, "short", Act.SAVE)


def test_an_import_that_changed_a_turn_is_named_with_its_batch():
    episode = make_episode(address="a.md")
    turn = episode.turns.first()
    words = (("Mara Quill", "欢迎收听，今天我们谈吊车。", "Welcome. Today we talk about ports."),)
    kept = [(turn.label, turn.text, turn.original) for turn in list(episode.turns.all())[1:]]
    changed = transcript([*words, *kept], extra=tuple(map(tuple, episode.extra)))
    result = import_document(Incoming(data=changed.encode(), address="a.md"), by=None)
    run = ImportRun.objects.get(pk=result.run_id)
    run.batch = Batch.objects.create(kind=Batch.Kind.REIMPORT)
    run.save(update_fields=["batch"])
    past = past_of_turn(Turn.objects.get(pk=turn.pk))
    assert [state.values["text"] for state in past.states] == [turn.text, words[0][1]]
    assert past.acts[past.now.act].run.batch == run.batch


def test_a_split_is_told_on_both_sides(episode):
    turn = episode.turns.first()
    whole = turn.text
    second = cuts.split(turn, version=1, text_at=5, original_at=8, by=None)
    turn = Turn.objects.get(pk=turn.pk)
    past, other = past_of_turn(turn), past_of_turn(second)
    assert texts(turn) == [whole, whole[:5]]
    assert kin_of(turn, past) == {past.now.act: [Kin("off", second.uid)]}
    assert [state.values["text"] for state in other.states] == [second.text]
    assert kin_of(second, other) == {other.now.act: [Kin("from", turn.uid)]}


def test_a_merge_is_told_on_both_sides_and_the_lost_turn_keeps_its_history(episode):
    one, other, _third = episode.turns.all()
    other = save_turn(other, version=1, values={"text": "谢谢。"}, by=None)
    cuts.merge(one, version=1, following=other.uid, following_version=2, by=None)
    lost = Turn.everything.get(pk=other.pk)
    past = past_of_turn(lost)
    assert [state.stands for state in past.states] == [True, True, False]
    assert past.now.values["text"] == "谢谢。"
    assert kin_of(lost, past) == {past.now.act: [Kin("into", one.uid)]}
    past = past_of_turn(Turn.objects.get(pk=one.pk))
    assert kin_of(one, past) == {past.now.act: [Kin("joined", other.uid)]}


def test_a_turn_taken_out_and_put_back_says_so(episode):
    one, other, _third = episode.turns.all()
    cuts.remove(other, version=1, by=None)
    gone = past_of_turn(Turn.everything.get(pk=other.pk))
    assert [state.stands for state in gone.states] == [True, False]
    assert kin_of(other, gone) == {gone.now.act: [Kin("led", one.uid)]}
    revision = Episode.objects.get(pk=episode.pk).revision
    cuts.restore(Turn.everything.get(pk=other.pk), revision=revision, after=one.uid, by=None)
    past = past_of_turn(Turn.objects.get(pk=other.pk))
    assert [state.stands for state in past.states] == [True, False, True]


def test_a_move_is_in_the_history_of_the_turn_that_was_moved_alone(episode):
    one, other, third = episode.turns.all()
    cuts.move(third, revision=1, after="", by=None)
    fields = [
        [change[0] for step in past_of_turn(turn).steps.values() for change in step.changes]
        for turn in (one, other, third)
    ]
    assert fields == [[], [], ["moved"]]


# --- restoring a turn


def test_a_translation_is_restored_and_nothing_else(episode):
    editor = make_user()
    turn = episode.turns.first()
    first = turn.text
    turn = save_turn(turn, version=1, values={"text": "一。", "original": "One."}, by=None)
    turn = restoring.restore_turn(turn, act=0, parts=["text"], version=2, by=editor, why="better")
    assert (turn.text, turn.original, turn.version) == (first, "One.", 3)
    change_set = ChangeSet.objects.filter(episode=episode).first()
    at = restoring.said_at(past_of_turn(turn), past_of_turn(turn).states[0])
    assert (change_set.by, change_set.act) == (editor, Act.SAVE)
    assert change_set.why.endswith("better")
    assert at in change_set.why
    assert Change.objects.filter(change_set=change_set).count() == 1


def test_a_speaker_is_restored_with_the_label(episode):
    turn = episode.turns.first()
    mara, ingrid = turn.speaker, episode.turns.all()[1].speaker
    turn = save_turn(turn, version=1, values={"speaker": ingrid}, by=None)
    assert turn.label == "Ingrid Solberg"
    turn = restoring.restore_turn(turn, act=0, parts=["voice"], version=2, by=None)
    assert (turn.speaker, turn.label) == (mara, "Mara Quill")


def test_a_speaker_merged_since_is_restored_as_who_it_is_now(episode):
    turn = episode.turns.first()
    mara, ingrid = turn.speaker, episode.turns.all()[1].speaker
    turn = save_turn(turn, version=1, values={"speaker": ingrid}, by=None)
    keep = create_named(Person, "Mara Q. Quill")
    keep = merge_named(keep, mara, by=None)
    turn = restoring.restore_turn(
        Turn.objects.get(pk=turn.pk), act=0, parts=["voice"], version=2, by=None
    )
    assert turn.speaker == keep


def test_a_restoration_that_comes_too_late_writes_nothing(episode):
    turn = episode.turns.first()
    first = turn.text
    save_turn(turn, version=1, values={"text": "一。"}, by=None)
    save_turn(turn, version=2, values={"text": "二。"}, by=None)
    with pytest.raises(Stale) as caught:
        restoring.restore_turn(turn, act=0, parts=["text"], version=2, by=None)
    assert (caught.value.current.text, caught.value.mine) == ("二。", {"text": first})
    assert caught.value.fields == ("text",)
    assert Turn.objects.get(pk=turn.pk).version == 3


def test_a_turn_that_is_gone_is_not_restored_in_part(episode):
    turn = episode.turns.all()[1]
    turn = save_turn(turn, version=1, values={"text": "一。"}, by=None)
    cuts.remove(turn, version=2, by=None)
    with pytest.raises(Vanished):
        restoring.restore_turn(turn, act=0, parts=["text"], version=2, by=None)


def test_a_state_that_never_was_cannot_be_restored(episode):
    turn = episode.turns.first()
    with pytest.raises(restoring.NoState):
        restoring.restore_turn(turn, act=99999, parts=["text"], version=1, by=None)


# --- a field of an episode


def test_the_states_of_one_field_are_those_of_its_changes(episode):
    save_episode(episode, revision=1, values={"title": "二", "area": "x"}, by=None)
    save_episode(episode, revision=2, values={"area": "y"}, by=None)
    episode.refresh_from_db()
    past = past_of_field(episode, "title")
    assert [state.values["title"] for state in past.states] == ["港口与吊车", "二"]


@translation.override("en")
def test_a_field_is_restored_without_touching_the_rest(episode):
    save_episode(episode, revision=1, values={"title": "二", "summary": "新的。"}, by=None)
    save_episode(episode, revision=2, values={"area": "y"}, by=None)
    restored = restoring.restore_field(episode, "title", act=0, revision=2, by=None)
    assert (restored.title, restored.summary, restored.area) == ("港口与吊车", "新的。", "y")
    assert ChangeSet.objects.filter(episode=episode).first().why.startswith("Restored")


def test_people_come_back_with_their_roles_and_tags_in_their_order():
    episode = make_episode(people=("Mara Quill", "Ingrid Solberg"), tags=("a", "b"))
    before = past_of_field(episode, "appearances").now.values["appearances"]
    save_episode(episode, revision=1, values={"appearances": [], "tags": ["c"]}, by=None)
    episode.refresh_from_db()
    restoring.restore_field(episode, "appearances", act=0, revision=2, by=None)
    restoring.restore_field(episode, "tags", act=0, revision=3, by=None)
    episode.refresh_from_db()
    assert past_of_field(episode, "appearances").now.values["appearances"] == before
    assert past_of_field(episode, "tags").now.values["tags"] == ["a", "b"]
    assert {item["name"] for item in before} == {"Mara Quill", "Ingrid Solberg"}


def test_a_date_is_restored_and_no_date_too(episode):
    save_episode(episode, revision=1, values={"date": None}, by=None)
    empty = past_of_field(Episode.objects.get(pk=episode.pk), "date").now.act
    restored = restoring.restore_field(episode, "date", act=0, revision=2, by=None)
    assert str(restored.date) == "2025-03-01"
    restored = restoring.restore_field(episode, "date", act=empty, revision=3, by=None)
    assert restored.date is None


def test_a_field_changed_since_it_was_shown_is_not_overwritten(episode):
    save_episode(episode, revision=1, values={"title": "二"}, by=None)
    save_episode(episode, revision=2, values={"title": "三"}, by=None)
    with pytest.raises(Stale):
        restoring.restore_field(episode, "title", act=0, revision=2, by=None)
    assert Episode.objects.get(pk=episode.pk).title == "三"


def test_the_other_front_matter_is_not_restored_by_itself(episode):
    with pytest.raises(restoring.NoState):
        restoring.restore_field(episode, "extra", act=0, revision=1, by=None)


# --- people and the like


def test_a_change_of_a_person_is_one_act_with_its_fields():
    editor = make_user()
    ann = create_named(Person, "Ann Lee")
    ann = naming.save_named(
        ann, values={"name": "Anne Lee", "aliases": "Ann Lee", "note": ""}, by=editor, why="spelt"
    )
    change_set = ChangeSet.objects.get()
    assert (change_set.by, change_set.why, change_set.episode) == (editor, "spelt", None)
    assert [(each.target, each.field, each.old, each.new) for each in Change.objects.all()] == [
        (f"person:{ann.pk}", "name", "Ann Lee", "Anne Lee"),
        (f"person:{ann.pk}", "aliases", "", "Ann Lee"),
    ]
    assert find(Person, [name_key("Anne Lee")])[name_key("Anne Lee")] == [ann]


def test_the_same_values_write_nothing():
    ann = create_named(Person, "Ann Lee")
    naming.save_named(ann, values={"name": "Ann Lee", "slug": ann.slug}, by=None)
    assert ChangeSet.objects.count() == 0


def test_a_slug_that_cannot_be_had_writes_nothing_at_all():
    ann, bob = create_named(Person, "Ann Lee"), create_named(Person, "Bob Ray")
    with pytest.raises(SlugRefused):
        naming.save_named(ann, values={"name": "Anne", "slug": bob.slug}, by=None)
    assert (Person.objects.get(pk=ann.pk).name, ChangeSet.objects.count()) == ("Ann Lee", 0)


def test_one_field_of_a_person_is_restored_its_spellings_with_it():
    ann = create_named(Person, "Ann Lee")
    naming.save_named(ann, values={"name": "Anne Lee", "note": "A guest."}, by=None)
    act = naming.last_act(ann)
    ann = restoring.restore_named(ann, "name", act=0, seen=act, by=None)
    assert (ann.name, ann.note) == ("Ann Lee", "A guest.")
    assert sorted(ann.spellings.values_list("key", flat=True)) == ["annlee"]
    with pytest.raises(naming.Changed):
        restoring.restore_named(ann, "note", act=0, seen=act, by=None)
    assert Person.objects.get(pk=ann.pk).note == "A guest."


def test_a_slug_is_restored_and_the_one_it_had_redirects():
    ann = create_named(Person, "Ann Lee")
    naming.save_named(ann, values={"slug": "anne"}, by=None)
    ann = restoring.restore_named(ann, "slug", act=0, seen=naming.last_act(ann), by=None)
    assert (ann.slug, list(ann.old_slugs.values_list("slug", flat=True))) == ("ann-lee", ["anne"])


def test_a_merge_is_in_the_history_of_who_stays_with_what_it_gave():
    keep, lose = create_named(Person, "Ann Lee"), create_named(Person, "Anne Lee")
    keep = merge_named(keep, lose, by=None)
    past = past_of_named(keep)
    assert [state.values["aliases"] for state in past.states] == ["", "Anne Lee"]
    assert past.acts[past.now.act].act == Act.MERGE


def test_whom_an_id_means_is_followed_through_merges():
    ann, anne, anna = (create_named(Person, name) for name in ("Ann", "Anne", "Anna"))
    pks = [ann.pk, anne.pk, anna.pk]
    anne = merge_named(anne, ann, by=None)
    anna = merge_named(anna, anne, by=None)
    assert naming.successors(Person, [*pks, 99999]) == dict.fromkeys(pks, anna)


def test_a_spelling_that_an_import_found_is_an_act_with_the_episode_as_reason():
    ann = create_named(Person, "Ann Lee")
    add_aliases(ann, ["A. Lee"], why="港口与吊车")
    add_aliases(ann, ["A. Lee"], why="again")
    change_set = ChangeSet.objects.get()
    assert (change_set.act, change_set.why) == (Act.IMPORT, "港口与吊车")
    assert [state.values["aliases"] for state in past_of_named(ann).states] == ["", "A. Lee"]
