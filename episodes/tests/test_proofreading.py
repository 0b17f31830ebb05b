"""What is read of a working copy (``proofreading``)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from episodes import cuts, editing, proofreading
from episodes.models import ChangeSet, Episode, Person
from episodes.proofreading import Progress
from episodes.tests.factories import make_episode, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_user("Editors", "ann")


@pytest.fixture
def episode() -> Episode:
    return make_episode()


def progress(episode: Episode) -> Progress:
    return proofreading.counted(Episode.objects.filter(pk=episode.pk))[episode.pk]


def test_a_turn_is_read_until_its_text_changes(episode: Episode, ann: User) -> None:
    first = episode.turns.all()[0]
    assert progress(episode) == Progress(0, 3)
    acts = ChangeSet.objects.count()
    assert proofreading.mark(episode, first.uid, version=first.version, by=ann)
    assert progress(episode) == Progress(1, 3)
    assert ChangeSet.objects.count() == acts
    first.refresh_from_db()
    editing.save_turn(first, version=first.version, values={"text": "第零段。"}, by=ann)
    assert progress(episode) == Progress(0, 3)


def test_another_speaker_leaves_it_read(episode: Episode, ann: User) -> None:
    turn = episode.turns.first()
    assert turn
    proofreading.mark(episode, turn.uid, version=turn.version, by=ann)
    turn.refresh_from_db()
    guest = Person.objects.get(name="Ingrid Solberg")
    editing.save_turn(turn, version=turn.version, values={"speaker": guest}, by=ann)
    assert progress(episode).read == 1


def test_what_became_another_text_meanwhile_is_not_marked(episode: Episode, ann: User) -> None:
    turn = episode.turns.first()
    assert turn
    seen = turn.version
    editing.save_turn(turn, version=seen, values={"text": "别的。"}, by=ann)
    assert not proofreading.mark(episode, turn.uid, version=seen, by=ann)
    assert progress(episode).read == 0


def test_a_mark_is_taken_back(episode: Episode, ann: User) -> None:
    turn = episode.turns.first()
    assert turn
    proofreading.mark(episode, turn.uid, version=turn.version, by=ann)
    assert proofreading.unmark(episode, turn.uid)
    assert not proofreading.unmark(episode, turn.uid)
    assert progress(episode).read == 0


def test_a_cut_turn_is_to_be_read_again_and_the_others_stay_read(
    episode: Episode, ann: User
) -> None:
    for each in episode.turns.all():
        proofreading.mark(episode, each.uid, version=each.version, by=ann)
    first = episode.turns.first()
    assert first
    cuts.split(first, version=first.version, text_at=5, original_at=9, by=ann)
    assert progress(episode) == Progress(2, 4)


def test_lists_count_many_in_one_query(
    episode: Episode, ann: User, django_assert_num_queries: Any
) -> None:
    other = make_episode(turns=[("Mara Quill", "一。", "One.")])
    turn = other.turns.get()
    proofreading.mark(other, turn.uid, version=turn.version, by=ann)
    with django_assert_num_queries(1):
        counted = proofreading.counted(Episode.objects.all())
    assert counted == {episode.pk: Progress(0, 3), other.pk: Progress(1, 1)}
