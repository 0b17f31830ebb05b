"""Turns split, merged, moved, inserted, removed, restored and read, as rows; addresses stay."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes import cuts, editing, states
from episodes.cuts import Refused
from episodes.models import (
    Change,
    ChangeSet,
    Conflict,
    Episode,
    Person,
    Source,
    Turn,
    TurnOrigin,
    TurnRedirect,
)
from episodes.models.history import Act
from episodes.models.working import draw_uid
from episodes.tests import rows
from episodes.tests.factories import make_episode, make_user, publish_episode
from episodes.tests.tables import rows as all_rows
from episodes.transcripts import cutting
from episodes.transcripts import document as documents
from episodes.transcripts.cutting import CutRefused
from episodes.transcripts.sentences import comparable, split_sentences

pytestmark = pytest.mark.django_db


def uids(episode: Episode) -> list[str]:
    return list(episode.turns.values_list("uid", flat=True))


def revision(episode: Episode) -> int:
    return Episode.objects.values_list("revision", flat=True).get(pk=episode.pk)


def refusal(act, *args, **options) -> Refused:  # type: ignore[no-untyped-def]
    before = all_rows()
    with translation.override("en"), pytest.raises(Refused) as caught:
        act(*args, **options)
    assert all_rows() == before
    return caught.value


@pytest.fixture
def episode() -> Episode:
    return make_episode(
        turns=[
            ("Mara Quill", "一。二。", "One. Two."),
            ("Ingrid Solberg", "三。", "Three."),
            ("Mara Quill", "四。", "Four."),
        ]
    )


# --- Split --------------------------------------------------------------------------------------


def test_a_split_is_one_act_and_the_first_part_keeps_the_address(episode: Episode) -> None:
    user = make_user()
    turn = episode.turns.first()
    before = uids(episode)
    second = cuts.split(turn, version=1, text_at=2, original_at=4, by=user, why="two thoughts")
    assert uids(episode) == [before[0], second.uid, *before[1:]]
    turn.refresh_from_db()
    assert (turn.text, turn.original, turn.version) == ("一。", "One.", 2)
    assert (second.text, second.original, second.speaker, second.label, second.version) == (
        "二。",
        "Two.",
        turn.speaker,
        "Mara Quill",
        1,
    )
    act = ChangeSet.objects.get(act="save")
    assert (act.by, act.why, act.revision, revision(episode)) == (user, "two thoughts", 2, 2)
    assert [(change.target, change.field) for change in act.changes.all()] == [
        (f"turn:{turn.uid}", "text"),
        (f"turn:{turn.uid}", "original"),
        (f"turn:{second.uid}", "added"),
    ]
    assert list(turn.origins.values_list("source_turn")) == list(
        second.origins.values_list("source_turn")
    )
    assert list(episode.turns.values_list("position", flat=True)) == [0, 1, 2, 3]


def test_a_form_opened_on_another_version_is_refused(episode: Episode) -> None:
    turn = episode.turns.first()
    editing.save_turn(turn, version=1, values={"text": "一。二。三。"}, by=None)
    late = refusal(cuts.split, turn, version=1, text_at=2, original_at=4, by=None)
    assert (late.code, late.message) == (
        "stale",
        "The turn has been changed since you opened this page. Look at it again.",
    )
    assert refusal(cuts.remove, turn, version=1, by=None).code == "stale"
    assert refusal(cuts.mark_read, turn, None, version=1).code == "stale"


def test_what_cannot_be_is_said_in_a_sentence(episode: Episode) -> None:
    refused = refusal(
        cuts.split, episode.turns.first(), version=1, text_at=0, original_at=0, by=None
    )
    assert (refused.code, refused.message) == (
        "impossible",
        "One of the two parts would be empty. Cut elsewhere.",
    )


def test_an_open_form_of_the_whole_turn_loses_nothing_after_a_split(episode: Episode) -> None:
    turn = episode.turns.first()
    cuts.split(turn, version=1, text_at=2, original_at=4, by=None)
    with pytest.raises(editing.Stale) as caught:
        editing.save_turn(turn, version=1, values={"text": "一。两。"}, by=None)
    assert caught.value.mine == {"text": "一。两。"}
    assert (caught.value.base["text"], caught.value.current.text) == ("一。二。", "一。")


# --- Merge --------------------------------------------------------------------------------------


def test_a_merged_turn_holds_both_and_the_lost_address_leads_to_it(episode: Episode) -> None:
    one, other, _last = episode.turns.all()
    merged = cuts.merge(
        one, version=1, following=other.uid, following_version=1, by=None, why="one thought"
    )
    assert (merged.uid, merged.text, merged.version) == (one.uid, "一。二。\n\n三。", 2)
    assert TurnRedirect.objects.values_list("old_uid", "new_uid").get() == (other.uid, one.uid)
    other.refresh_from_db(from_queryset=Turn.everything.all())
    assert (other.gone, other.text) == ("merged", "三。")
    assert TurnOrigin.objects.filter(turn=merged).count() == 2
    with pytest.raises(editing.Vanished) as caught:
        editing.save_turn(other, version=1, values={"text": "我的。"}, by=None)
    assert caught.value.turn == other


def test_another_turn_than_was_shown_is_not_merged(episode: Episode) -> None:
    one, other, last = episode.turns.all()
    seen = {"version": 1, "following": other.uid, "following_version": 1, "by": None}
    cuts.move(last, revision=1, after=one.uid, by=None)
    assert refusal(cuts.merge, one, **seen).message.startswith("Another turn follows now")
    cuts.remove(other, version=1, by=None)
    assert refusal(cuts.merge, one, **seen).message.startswith("The turn is no longer there")


# --- Move, insert, remove, restore --------------------------------------------------------------


def test_a_turn_is_moved_and_the_history_has_the_order(episode: Episode) -> None:
    first, second, third = uids(episode)
    moved = cuts.move(Turn.objects.get(uid=third), revision=1, after=first, by=None)
    assert uids(episode) == [first, third, second]
    assert moved.version == 1
    change = Change.objects.get()
    heading = f"chapter:{episode.chapters.get().pk}"
    assert (change.field, change.old, change.new) == (
        "order",
        [heading, first, second, third],
        [heading, first, third, second],
    )


def test_a_move_to_where_it_stands_writes_nothing(episode: Episode) -> None:
    first, second, _third = uids(episode)
    before = all_rows()
    cuts.move(Turn.objects.get(uid=second), revision=1, after=first, by=None)
    assert all_rows() == before


def test_a_text_saved_meanwhile_does_not_hinder_a_move_but_another_order_does(
    episode: Episode,
) -> None:
    first, second, third = episode.turns.all()
    editing.save_turn(first, version=1, values={"text": "改。"}, by=None)
    cuts.move(third, revision=1, after=first.uid, by=None)
    assert refusal(cuts.move, second, revision=1, after="", by=None).code == "stale"
    options = {"revision": 1, "after": first.uid, "values": {"text": "新。"}, "by": None}
    assert refusal(cuts.insert, episode, **options).code == "stale"


def test_an_inserted_turn_carries_its_speaker_into_the_label(episode: Episode) -> None:
    ingrid = Person.objects.get(name="Ingrid Solberg")
    first = episode.turns.first()
    new = cuts.insert(
        episode,
        revision=1,
        after=first.uid,
        values={"kind": "speech", "speaker": ingrid, "text": "新。 \r\n", "start": 5, "end": None},
        by=None,
    )
    assert (new.position, new.speaker, new.label, new.text, new.start) == (
        1,
        ingrid,
        "Ingrid Solberg",
        "新。",
        5,
    )
    assert not new.origins.exists()
    nobody = cuts.insert(
        episode,
        revision=2,
        after="",
        values={"kind": "cue", "speaker": None, "text": "[笑]"},
        by=None,
    )
    assert (nobody.position, nobody.speaker, nobody.label, nobody.chapter.level) == (0, None, "", 0)


def test_what_a_turn_cannot_hold_is_not_inserted(episode: Episode) -> None:
    before = all_rows()
    values = {"text": "新。", "start": 5, "end": 4}
    with pytest.raises(editing.Invalid):
        cuts.insert(episode, revision=1, after="", values=values, by=None)
    assert all_rows() == before


def test_a_removed_turn_leads_to_the_one_before_and_is_restored_as_it_was(
    episode: Episode,
) -> None:
    first, second, third = episode.turns.all()
    assert cuts.remove(second, version=1, by=None) == first.uid
    assert uids(episode) == [first.uid, third.uid]
    second.refresh_from_db(from_queryset=Turn.everything.all())
    assert second.gone == "removed"
    back = cuts.restore(second, revision=2, after=first.uid, by=None)
    assert uids(episode) == [first.uid, second.uid, third.uid]
    assert (back.gone, back.text, back.speaker_id) == ("", "三。", second.speaker_id)
    assert states.load(episode).redirects == {}
    assert refusal(cuts.restore, back, revision=3, after="", by=None).code == "impossible"


def test_nothing_is_cut_while_a_conflict_waits(episode: Episode) -> None:
    turn = episode.turns.first()
    Conflict.objects.create(
        episode=episode,
        source=Source.objects.get(),
        kind="field",
        target=f"turn:{turn.uid}",
        field="text",
        base="一。",
        theirs="甲。",
    )
    for act in (
        lambda: refusal(cuts.split, turn, version=1, text_at=2, original_at=4, by=None),
        lambda: refusal(cuts.remove, turn, version=1, by=None),
    ):
        assert act().message == "A conflict about this turn is not decided yet. Decide it first."


# --- Reading ------------------------------------------------------------------------------------


def marks(episode: Episode) -> list[tuple[bool, str, bool]]:
    return list(episode.turns.values_list("stale", "made_for", "unread"))


def test_a_read_turn_is_neither_stale_nor_unread_and_the_history_says_who(
    episode: Episode,
) -> None:
    user = make_user()
    first, second, _third = episode.turns.all()
    Turn.objects.filter(pk=first.pk).update(stale=True, made_for="One.", unread=True)
    Turn.objects.filter(pk=second.pk).update(unread=True)
    with translation.override("en"):
        read = cuts.mark_read(first, user)
    assert (read.stale, read.made_for, read.unread, read.version) == (False, "", False, 1)
    assert marks(episode) == [(False, "", False), (False, "", True), (False, "", False)]
    act = ChangeSet.objects.get(act="save")
    assert (act.by, act.why, act.revision, act.changes.count()) == (
        user,
        "Read and found right.",
        2,
        0,
    )
    before = all_rows()
    cuts.mark_read(first, user)
    assert all_rows() == before


def test_all_turns_are_read_at_once_but_for_those_that_changed_since(episode: Episode) -> None:
    first, second, _third = episode.turns.all()
    Turn.objects.update(unread=True)
    seen = {first.uid: 1, second.uid: 1}
    editing.save_turn(first, version=1, values={"original": "Other."}, by=None)
    cuts.mark_all_read(episode, None, seen=seen)
    assert [unread for *_others, unread in marks(episode)] == [True, False, True]
    cuts.mark_all_read(episode, None)
    assert [unread for *_others, unread in marks(episode)] == [False, False, False]


# --- What readers see ---------------------------------------------------------------------------


def test_every_old_address_has_its_element_on_the_public_page(client: Client) -> None:
    cache.clear()
    episode = make_episode(
        slug="harbour",
        turns=[(f"Voice {n}", f"第{n}句。再说。", f"Line {n}. More.") for n in range(6)],
    )
    publish_episode(episode)
    known = uids(episode)
    turns = list(episode.turns.all())
    second = cuts.split(turns[0], version=1, text_at=4, original_at=7, by=None)
    cuts.merge(second, version=1, following=turns[1].uid, following_version=1, by=None)
    cuts.merge(
        Turn.objects.get(pk=turns[0].pk),
        version=2,
        following=second.uid,
        following_version=2,
        by=None,
    )
    cuts.remove(turns[3], version=1, by=None)
    cuts.move(turns[5], revision=revision(episode), after="", by=None)
    cuts.remove(turns[2], version=1, by=None)
    page = client.get("/episodes/harbour/").content.decode()
    assert [page.count(f'id="{uid}"') for uid in known] == [1] * 6
    episode.refresh_from_db()
    publish_episode(episode)
    page = client.get("/episodes/harbour/").content.decode()
    assert [page.count(f'id="{uid}"') for uid in [*known, second.uid]] == [1] * 7
    assert re.findall(r'id="(t[a-z2-7]{8})" data-speaker', page) == uids(episode)


# --- What is worked out is what is written ------------------------------------------------------


@pytest.mark.laws
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_rows_are_what_the_pure_function_made(data: st.DataObject) -> None:
    episode = make_episode(
        turns=[(f"Voice {n % 2}", f"第{n}句。再说。", f"Line {n}. More.") for n in range(4)]
    )
    Turn.objects.filter(episode=episode, position=1).update(stale=True, made_for="L. M.")
    for _each in range(data.draw(st.integers(1, 6))):
        seen = revision(episode)
        before = states.load(episode)
        known = [*(turn.uid for turn in before.turns()), *before.withdrawn]
        headings = [f"heading:{heading.key}" for heading in before.headings()]
        uid = data.draw(st.sampled_from(known))
        after = data.draw(st.sampled_from(["", *headings, *known]))
        value = documents.Turn(text="新。", start=5)
        how = data.draw(st.sampled_from(["split", "merge", "move", "insert", "remove", "restore"]))
        try:
            if how == "split":
                wanted = cutting.split(before, uid, 4, 7, draw_uid())
            elif how == "insert":
                wanted = cutting.insert(before, after, value, draw_uid())
            elif how in ("move", "restore"):
                wanted = getattr(cutting, how)(before, uid, after)
            else:
                wanted = getattr(cutting, how)(before, uid)
        except CutRefused:
            continue
        states.write(episode, before, wanted, states.Act(Act.SAVE))
        assert states.load(episode) == wanted
        assert revision(episode) == seen + (wanted != before)


# --- Law 8, through the database ----------------------------------------------------------------

SENTENCES = ("一。", "二！", "三？", "（四。）", "五五五。", "**六。**", "\n\n")
PROSE = st.lists(st.sampled_from(SENTENCES), max_size=6).map("".join)


def said(text: str) -> set[str]:
    return {comparable(each.text) for each in split_sentences(text) if each.text.strip()}


@pytest.mark.laws
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    base=PROSE,
    theirs=st.lists(PROSE, max_size=2),
    mine=PROSE,
    cut=st.sampled_from(["", "split", "merge", "remove"]),
)
def test_a_stale_save_never_loses_what_was_typed(
    base: str, theirs: list[str], mine: str, cut: str
) -> None:
    episode = rows.episode(f"talk-{Episode.objects.count()}", "前。", "后。", "末。")
    turn = episode.turns.all()[1]
    editing.save_turn(turn, version=1, values={"text": base}, by=None)
    opened = Turn.objects.get(pk=turn.pk)
    now = opened
    for text in theirs:
        now = editing.save_turn(turn, version=now.version, values={"text": text}, by=None)
    following = episode.turns.all()[2]
    try:
        if cut == "split":
            cuts.split(turn, version=now.version, text_at=2, original_at=0, by=None)
        elif cut == "merge":
            cuts.merge(
                turn,
                version=now.version,
                following=following.uid,
                following_version=1,
                by=None,
            )
        elif cut == "remove":
            cuts.remove(turn, version=now.version, by=None)
    except Refused:
        pass
    before = all_rows()
    typed = editing.tidy_turn({"text": mine})["text"]
    refused: editing.Stale | editing.Vanished | None = None
    try:
        editing.save_turn(turn, version=opened.version, values={"text": mine}, by=None)
    except (editing.Stale, editing.Vanished) as caught:
        refused = caught
    turn = Turn.everything.get(pk=turn.pk)
    if isinstance(refused, editing.Stale):
        assert refused.mine == {"text": typed}
    assert isinstance(refused, editing.Vanished) == bool(turn.gone)
    if refused:
        assert all_rows() == before
    else:
        assert said(typed) - said(opened.text) <= said(turn.text)
