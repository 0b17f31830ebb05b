"""Another speaker for a range of turns: one act, labels follow, what is read stays read."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from episodes import cuts, proofreading, reassigning
from episodes.models import Change, ChangeSet, Conflict, Episode, Person
from episodes.tests.factories import make_episode, make_user

pytestmark = pytest.mark.django_db

MARA, INGRID = "Mara Quill", "Ingrid Solberg"
TURNS = [
    (MARA, "一。", "One."),
    (INGRID, "二。", "Two."),
    ("", "三。", "Three."),  # narration
    (MARA, "四。", "Four."),
    (INGRID, "五。", "Five."),
]


@pytest.fixture
def editor():
    return make_user()


@pytest.fixture
def episode():
    return make_episode(turns=TURNS)


def turns(episode):
    return list(episode.turns.order_by("position"))


def speakers(episode):
    return [turn.speaker.name if turn.speaker else "" for turn in turns(episode)]


def between(episode, first, last, **only):
    rows = turns(episode)
    found = reassigning.spoken_between(episode, rows[first].uid, rows[last].uid, **only)
    return [turn.text for turn in found]


def seen(rows):
    return {turn.uid: turn.version for turn in rows}


def test_a_range_is_both_ends_and_what_is_spoken_between_them(episode, django_assert_num_queries):
    assert between(episode, 0, 3) == ["一。", "二。", "四。"]
    assert between(episode, 3, 0) == ["一。", "二。", "四。"]
    assert between(episode, 1, 1) == ["二。"]
    mara = Person.objects.get(name=MARA)
    assert between(episode, 0, 4, only=str(mara.pk)) == ["一。", "四。"]
    assert between(episode, 0, 4, only="") == []
    assert reassigning.spoken_between(episode, turns(episode)[0].uid, "tnobody22") == []
    uid = turns(episode)[0].uid
    with django_assert_num_queries(2):
        reassigning.spoken_between(episode, uid, uid)


def test_all_of_it_is_one_act_and_the_labels_follow(editor, episode):
    mara = Person.objects.get(name=MARA)
    revision, sets = episode.revision, ChangeSet.objects.count()
    rows = [turn for turn in turns(episode) if turn.speaker_id not in (None, mara.pk)]
    made = reassigning.reassign(episode, seen=seen(rows), speaker=mara, by=editor, why="Misheard.")
    assert speakers(episode) == [MARA, MARA, "", MARA, MARA]
    assert [turn.label for turn in turns(episode)] == [MARA, MARA, "", MARA, MARA]
    assert (ChangeSet.objects.count(), made.by, made.why) == (sets + 1, editor, "Misheard.")
    changes = set(Change.objects.filter(change_set=made).values_list("target", "field"))
    assert changes == {
        (f"turn:{turn.uid}", field) for turn in rows for field in ("speaker", "label")
    }
    episode.refresh_from_db()
    assert episode.revision == revision + 1
    assert [turn.version for turn in turns(episode)] == [1, 2, 1, 1, 2]


def test_nobody_speaks_where_nobody_in_particular_does(editor, episode):
    first = turns(episode)[0]
    reassigning.reassign(episode, seen=seen([first]), speaker=None, by=editor)
    first.refresh_from_db()
    assert (first.speaker, first.label) == (None, "")


def test_a_label_that_names_the_new_speaker_stays_as_written(editor, episode):
    first = turns(episode)[0]
    ingrid = Person.objects.get(name=INGRID)
    type(first).objects.filter(pk=first.pk).update(label="INGRID SOLBERG")
    reassigning.reassign(episode, seen=seen([first]), speaker=ingrid, by=editor)
    first.refresh_from_db()
    assert (first.speaker, first.label) == (ingrid, "INGRID SOLBERG")


def test_a_mark_that_a_turn_is_read_stays(editor, episode):
    first = turns(episode)[0]
    proofreading.mark(episode, first.uid, version=1, by=editor)
    ingrid = Person.objects.get(name=INGRID)
    reassigning.reassign(episode, seen=seen([first]), speaker=ingrid, by=editor)
    assert proofreading.counted(Episode.objects.all())[episode.pk].read == 1


def test_a_conflict_ends_where_that_is_what_the_source_says(editor, episode):
    first, second, *_rest = turns(episode)
    ingrid = Person.objects.get(name=INGRID)
    source = episode.sources.get()
    for turn, theirs in ((first, ingrid.pk), (second, 0)):
        Conflict.objects.create(
            episode=episode,
            source=source,
            kind="field",
            target=f"turn:{turn.uid}",
            field="speaker",
            base="",
            theirs=str(theirs),
        )
    reassigning.reassign(episode, seen=seen([first]), speaker=ingrid, by=editor)
    decided = Conflict.objects.exclude(decided_at=None).values_list("target", "decided_by")
    assert list(decided) == [(f"turn:{first.uid}", editor.pk)]


def test_nothing_is_written_where_a_turn_was_changed_since_it_was_shown(editor, episode):
    rows = turns(episode)
    ingrid = Person.objects.get(name=INGRID)
    with pytest.raises(cuts.Refused) as refused:
        reassigning.reassign(episode, seen=seen(rows) | {rows[3].uid: 7}, speaker=ingrid, by=editor)
    assert refused.value.code == "stale"
    assert speakers(episode) == [MARA, INGRID, "", MARA, INGRID]


def test_no_turns_are_no_act(editor, episode):
    with pytest.raises(cuts.Refused) as refused:
        reassigning.reassign(episode, seen={}, speaker=None, by=editor)
    assert refused.value.code == "impossible"


def test_it_takes_the_permission_to_change_turns(episode):
    with pytest.raises(PermissionDenied):
        reassigning.reassign(episode, seen=seen(turns(episode)), speaker=None, by=make_user(""))
