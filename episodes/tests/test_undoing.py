"""What was done to the turns is taken back: exactly, one act after the other, or not at all."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from episodes import cuts, editing, reassigning, undoing
from episodes.models import ChangeSet, Episode, Person, Turn
from episodes.models.working import Gone
from episodes.states import load
from episodes.tests.factories import make_episode, make_user
from episodes.transcripts.undoing import Memory
from episodes.transcripts.working import Working
from episodes.undoing import Undoable

pytestmark = pytest.mark.django_db

TURNS = [
    ("Mara Quill", "一。二。三。", "One. Two. Three."),
    ("Ingrid Solberg", "四。", "Four."),
    ("Mara Quill", "五。", "Five."),
    ("Ingrid Solberg", "六。", "Six."),
]


class Desk:
    """An episode and one person at it."""

    def __init__(self) -> None:
        self.by = make_user()
        self.episode = make_episode(turns=TURNS)

    def turns(self) -> list[Turn]:
        return list(self.episode.turns.order_by("position"))

    def stands(self) -> Working:
        return load(Episode.objects.get(pk=self.episode.pk))

    def elements(self):
        return self.stands().elements

    def do(self, what: str) -> Undoable:
        """Do something to the second turn, or with it."""
        self.episode.refresh_from_db()
        memory = Memory()
        first, turn, *_rest, last = self.turns()
        seen = {"by": self.by, "memory": memory}
        if what == "split":
            cuts.split(first, version=first.version, text_at=2, original_at=4, **seen)
        elif what == "merge":
            cuts.merge(
                first,
                version=first.version,
                following=turn.uid,
                following_version=turn.version,
                **seen,
            )
        elif what == "move":
            cuts.move(turn, revision=self.episode.revision, after=last.uid, **seen)
        elif what == "insert":
            values = {"text": "新。", "kind": "speech"}
            place = {"revision": self.episode.revision, "after": turn.uid}
            cuts.insert(self.episode, values=values, **place, **seen)
        elif what == "remove":
            cuts.remove(turn, version=turn.version, **seen)
        elif what == "restore":
            gone = Turn.everything.filter(episode=self.episode, gone=Gone.REMOVED).first()
            place = {"revision": self.episode.revision, "after": last.uid}
            cuts.restore(gone, **place, **seen)
        elif what == "reassign":
            found = {each.uid: each.version for each in self.turns()}
            reassigning.reassign(
                self.episode, seen=found, speaker=Person.objects.get(name="Mara Quill"), **seen
            )
        elif what == "rename":
            chapter = self.episode.chapters.get()
            saved = editing.save_chapter(chapter, title="别的", by=self.by)
            memory = undoing.remember_title(saved, chapter.title)
        permissions = ("change_turn",)
        act = Undoable.of(self.episode, what, memory, permissions)
        assert act is not None
        return act

    def undo(self, act: Undoable, *earlier: Undoable) -> None:
        undoing.take_back(self.episode, act, by=self.by, earlier=earlier)


KINDS = ["split", "merge", "move", "insert", "remove", "reassign", "rename"]


@pytest.fixture
def desk():
    return Desk()


@pytest.mark.parametrize("what", KINDS)
def test_an_act_is_taken_back_exactly_and_is_in_the_history(desk, what):
    before = desk.elements()
    act = desk.do(what)
    assert desk.elements() != before
    acts = ChangeSet.objects.count()
    desk.undo(act)
    assert desk.elements() == before
    assert ChangeSet.objects.count() == acts + 1
    assert str(act.revision) in ChangeSet.objects.order_by("-pk").first().why


def test_a_turn_that_was_put_back_is_taken_out_again(desk):
    desk.do("remove")
    before = desk.stands()
    act = desk.do("restore")
    desk.undo(act)
    assert desk.stands() == before


@pytest.mark.parametrize(("what", "gone"), [("split", Gone.MERGED), ("insert", Gone.REMOVED)])
def test_a_turn_that_the_act_brought_keeps_its_row_and_leads_on(desk, what, gone):
    act = desk.do(what)
    (uid,) = act.patch["brought"]
    desk.undo(act)
    assert Turn.everything.get(uid=uid).gone == gone
    near = desk.turns()[0 if what == "split" else 1].uid
    assert desk.stands().lands(uid) == near


def test_several_acts_are_taken_back_one_after_the_other(desk):
    states, acts = [], []
    for what in ("split", "merge", "reassign", "move", "insert", "rename", "split", "remove"):
        states.append(desk.elements())
        acts.append(desk.do(what))
    while acts:
        act = acts.pop()
        assert undoing.possible(Episode.objects.get(pk=desk.episode.pk), act)
        desk.undo(act, *acts)
        assert desk.elements() == states.pop()


@pytest.mark.parametrize("what", KINDS)
def test_what_others_write_elsewhere_is_no_matter_and_stays(desk, what):
    act = desk.do(what)
    free = next(turn for turn in reversed(desk.turns()) if turn.uid not in act.versions)
    editing.save_turn(free, version=free.version, values={"original": "Else."}, by=None)
    desk.undo(act)
    assert Turn.objects.get(pk=free.pk).original == "Else."


@pytest.mark.parametrize("what", ["split", "merge", "insert", "remove", "reassign"])
def test_it_is_refused_where_the_same_turn_was_changed_since(desk, what):
    act = desk.do(what)
    uid = next(iter(act.versions))
    Turn.everything.filter(uid=uid).update(version=99)
    Episode.objects.filter(pk=desk.episode.pk).update(revision=99)
    before = desk.stands()
    with pytest.raises(cuts.Refused) as refused:
        desk.undo(act)
    assert refused.value.code == "stale"
    assert desk.stands() == before


def test_it_is_refused_where_the_order_was_changed_since(desk):
    act = desk.do("insert")
    last = desk.turns()[-1]
    cuts.remove(last, version=last.version, by=None)
    with pytest.raises(cuts.Refused):
        desk.undo(act)


def test_it_is_refused_where_the_title_was_changed_since(desk):
    act = desk.do("rename")
    editing.save_chapter(desk.episode.chapters.get(), title="又一个", by=None)
    with pytest.raises(cuts.Refused):
        desk.undo(act)


def test_it_takes_the_permission_of_the_act(desk):
    act = desk.do("move")
    with pytest.raises(PermissionDenied):
        undoing.take_back(desk.episode, act, by=make_user(""))


def test_what_changed_nothing_leaves_nothing(desk):
    assert Undoable.of(desk.episode, "move", Memory(), ()) is None
