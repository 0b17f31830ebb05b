"""Reviewers' notes: who may leave and answer them, where they stand, and that they are findings."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from episodes import checking, cuts, reviewing
from episodes.models import CheckAsked, Finding, ReviewNote
from episodes.notes import LONGEST
from episodes.tests.factories import make_episode, make_user

pytestmark = pytest.mark.django_db

CODE = "review_note"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def editor():
    return make_user()


@pytest.fixture
def episode():
    return make_episode()


def uids(episode):
    return list(episode.turns.values_list("uid", flat=True))


def found(episode):
    checking.check_now(episode)
    rows = Finding.objects.filter(episode=episode, code=CODE, stands=True, state="open")
    return sorted((row.uid, row.message) for row in rows)


def test_a_note_is_a_finding_at_its_turn_until_it_is_answered(editor, episode):
    _first, second, _third = uids(episode)
    note = reviewing.leave(episode, second, " Is this the right crane?\r\n", by=editor)
    assert note.text == "Is this the right crane?"
    assert found(episode) == [(second, "To be answered: Is this the right crane?")]
    assert Finding.objects.get(code=CODE).severity == "warning"
    answered = reviewing.answer(note, "Yes, see the photo.", by=make_user("Publishers"))
    assert (answered.answer, answered.answered_by.groups.get().name) == (
        "Yes, see the photo.",
        "Publishers",
    )
    assert found(episode) == []


def test_several_notes_at_one_turn_are_as_many_findings(editor, episode):
    uid = uids(episode)[0]
    first = reviewing.leave(episode, uid, "One?", by=editor)
    reviewing.leave(episode, uid, "Two?", by=editor)
    reviewing.leave(episode, "", "The whole?", by=editor)
    assert found(episode) == [
        ("", "To be answered: The whole?"),
        (uid, "To be answered: One?"),
        (uid, "To be answered: Two?"),
    ]
    reviewing.answer(first, "Yes.", by=editor)
    assert found(episode) == [
        ("", "To be answered: The whole?"),
        (uid, "To be answered: Two?"),
    ]


def test_a_long_note_is_cut_in_its_finding(editor, episode):
    reviewing.leave(episode, "", "a" * 300, by=editor)
    assert found(episode) == [("", f"To be answered: {'a' * 200}…")]


def test_leaving_answering_and_taking_back_ask_for_a_check_and_leave_the_revision(editor, episode):
    revision = episode.revision

    def asked():
        made = CheckAsked.objects.filter(episode=episode).exists()
        CheckAsked.objects.all().delete()
        episode.refresh_from_db()
        assert episode.revision == revision
        return made

    asked()
    note = reviewing.leave(episode, "", "Why?", by=editor)
    assert asked()
    reviewing.answer(note, "So.", by=editor)
    assert asked()
    reviewing.take_back(reviewing.leave(episode, "", "Who?", by=editor), by=editor)
    assert asked()


def test_a_note_follows_its_turn_where_that_was_merged_or_taken_out(editor, episode):
    first, second, third = episode.turns.all()
    reviewing.leave(episode, second.uid, "Merged?", by=editor)
    reviewing.leave(episode, third.uid, "Removed?", by=editor)
    cuts.merge(first, version=1, following=second.uid, following_version=1, by=None)
    cuts.remove(third, version=1, by=None)
    assert found(episode) == [
        (first.uid, "To be answered: Merged?"),
        (first.uid, "To be answered: Removed?"),
    ]
    rows = reviewing.by_turn(episode, uids(episode))
    assert [note.text for note in rows[first.uid]] == ["Merged?", "Removed?"]
    # one can be left at an address that leads on
    reviewing.leave(episode, second.uid, "Late?", by=editor)
    assert len(found(episode)) == 3


def test_a_note_at_a_turn_that_leads_nowhere_stands_at_the_episode(editor, episode):
    ReviewNote.objects.create(episode=episode, uid="tnowhere2", text="Lost?", by=editor)
    assert found(episode) == [("", "To be answered: Lost?")]


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_note_or_answer_is_refused_with_a_sentence(editor, episode, text):
    with pytest.raises(reviewing.Refused, match="the note is empty"):
        reviewing.leave(episode, "", text, by=editor)
    note = reviewing.leave(episode, "", "Why?", by=editor)
    with pytest.raises(reviewing.Refused, match="the answer is empty"):
        reviewing.answer(note, text, by=editor)


def test_a_note_has_its_limit(editor, episode):
    reviewing.leave(episode, "", "字" * LONGEST, by=editor)
    with pytest.raises(reviewing.Refused, match="At most 4000 characters fit in here"):
        reviewing.leave(episode, "", "字" * (LONGEST + 1), by=editor)


def test_a_note_is_left_at_a_turn_of_the_episode_alone(editor, episode):
    other = make_episode(title="Other").turns.first()
    with pytest.raises(reviewing.Refused, match="no such turn"):
        reviewing.leave(episode, other.uid, "Why?", by=editor)


def test_nobody_without_the_permission_leaves_or_answers_notes(editor, episode):
    stranger = make_user("")
    with pytest.raises(PermissionDenied):
        reviewing.leave(episode, "", "Why?", by=stranger)
    note = reviewing.leave(episode, "", "Why?", by=editor)
    with pytest.raises(PermissionDenied):
        reviewing.answer(note, "So.", by=stranger)
    with pytest.raises(PermissionDenied):
        reviewing.take_back(note, by=make_user("Publishers"))
    assert list(reviewing.open_notes(episode)) == [note]


def test_what_is_answered_is_neither_answered_again_nor_taken_back(editor, episode):
    note = reviewing.leave(episode, "", "Why?", by=editor)
    reviewing.answer(note, "So.", by=editor)
    with pytest.raises(reviewing.Refused, match="no longer open"):
        reviewing.answer(note, "Otherwise.", by=editor)
    with pytest.raises(reviewing.Refused, match="no longer open"):
        reviewing.take_back(note, by=editor)
    note.refresh_from_db()
    assert note.answer == "So."
    assert list(reviewing.notes_of(episode)) == [note]
    assert list(reviewing.open_notes(episode)) == []
