"""What an editor does to the turns themselves, as values: nothing is lost, and addresses answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.transcripts import cutting
from episodes.transcripts.cutting import CutPlace, CutRefused, cut_places, pair_places
from episodes.transcripts.document import Turn
from episodes.transcripts.sentences import comparable, split_sentences
from episodes.transcripts.working import Clash, ClashKind, Heading, Working, WorkingTurn

CHINESE = (
    "港口很小。",
    "电网更大！",
    "真的吗？",
    "（笑。）好。",
    "**重点。**",
    "\n\n",
    "他说：“好。”",
)
ENGLISH = ("We built it.", "It works!", "Why? ", "Dr. Lang left.", "\n\n", "no end", "“Yes.”")


def texts(sentences: tuple[str, ...], glue: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(sentences), max_size=6).map(
        lambda found: glue.join(found).strip()
    )


TEXT, ORIGINAL = texts(CHINESE, ""), texts(ENGLISH, " ")
VALUE = st.builds(Turn, text=TEXT, original=ORIGINAL).filter(
    lambda turn: turn.text or turn.original
)


def turn(uid: str, text: str = "好。", original: str = "Good.", **more: object) -> WorkingTurn:
    times = {name: more.pop(name) for name in ("start", "end") if name in more}
    return WorkingTurn(uid, Turn(text=text, original=original, **times), **more)  # type: ignore[arg-type]


def desk(*elements: Heading | WorkingTurn, **more: object) -> Working:
    return Working(elements, **more)  # type: ignore[arg-type]


def uids(working: Working) -> list[str]:
    return [each.uid for each in working.turns()]


def sentences(*values: Turn) -> Counter[str]:
    return Counter(
        comparable(sentence.text)
        for value in values
        for text in (value.text, value.original)
        for sentence in split_sentences(text)
        if sentence.text.strip()
    )


THREE = desk(Heading(1, "港口"), turn("a"), turn("b"), Heading(2, "吊车"), turn("c"))


# --- Where to cut -----------------------------------------------------------------------------------


def test_a_text_is_cut_after_each_sentence_but_the_last() -> None:
    assert cut_places("港口很小。电网更大！\n\n真的吗？") == (
        CutPlace(5, "港口很小。"),
        CutPlace(10, "电网更大！"),
    )
    assert cut_places("We met Dr. Lang. He left.") == (CutPlace(16, "We met Dr. Lang."),)
    assert cut_places("no end") == cut_places("") == ()


@given(TEXT | ORIGINAL)
def test_at_each_place_both_parts_say_something_and_no_sentence_is_cut(text: str) -> None:
    whole = sentences(Turn(text=text))
    for place in cut_places(text):
        parts = text[: place.at], text[place.at :]
        assert parts[0].endswith(place.sentence)
        assert all(part.strip() for part in parts)
        assert sentences(*(Turn(text=part) for part in parts)) == whole


def test_places_are_paired_by_sentences_or_by_how_far_into_the_text_they_are() -> None:
    text, original = "一二三四五。七八九。十。", "One two three four. Five six. Seven."
    places, others = cut_places(text), cut_places(original)
    assert [place.at for place in others] == [19, 29]
    assert pair_places(text, places, original, others) == (19, 29)
    uneven = "Yes. No. And then a sentence of some length. The end."
    assert pair_places(
        "好。不好。完。",
        cut_places("好。不好。完。"),
        "Yes. No. Done, at last.",
        (
            CutPlace(4, "Yes."),
            CutPlace(8, "No."),
        ),
    ) == (4, 8)
    assert pair_places(text, places, uneven, cut_places(uneven)) == (44, 44)
    assert pair_places(text, places, "one sentence", ()) == (0, 12)
    assert pair_places(text, places, "", ()) == (0, 0)
    assert pair_places("", (), original, others) == ()


# --- Split and merge --------------------------------------------------------------------------------


def test_the_first_part_keeps_the_address_and_both_the_origins() -> None:
    whole = turn(
        "a", "一。二。", "One. Two.", speaker="7", origins=((1, 4),), unread=True, start=1, end=9
    )
    first, second = cutting.split(desk(whole), "a", 2, 4, "new").turns()
    assert (first.uid, first.value) == ("a", Turn(text="一。", original="One.", start=1))
    assert (second.uid, second.value) == ("new", Turn(text="二。", original="Two.", end=9))
    for part in (first, second):
        assert (part.speaker, part.origins, part.unread) == ("7", ((1, 4),), True)


def test_both_parts_of_a_stale_turn_are_stale_for_their_own_share() -> None:
    whole = turn("a", "一。二。", "One. Two and more.", stale="One. Two.")
    parts = cutting.split(desk(whole), "a", 2, 4, "new")
    assert [each.stale for each in parts.turns()] == ["One.", "Two."]
    assert [each.stale for each in cutting.merge(parts, "a").turns()] == ["One.\n\nTwo."]


@pytest.mark.parametrize(("text_at", "original_at"), [(0, 0), (4, 9), (99, 99)])
def test_a_part_without_a_word_is_refused(text_at: int, original_at: int) -> None:
    working = desk(turn("a", "一。二。", "One. Two."))
    with pytest.raises(CutRefused, match="One of the two parts would be empty"):
        cutting.split(working, "a", text_at, original_at, "new")


def test_one_language_alone_may_go_to_a_part() -> None:
    working = cutting.split(desk(turn("a", "一。", "One. Two.")), "a", 2, 4, "new")
    assert [(each.value.text, each.value.original) for each in working.turns()] == [
        ("一。", "One."),
        ("", "Two."),
    ]


@given(VALUE, st.data())
def test_split_then_merge_gives_the_same_sentences(value: Turn, data: st.DataObject) -> None:
    at = [
        data.draw(st.sampled_from([0, *(place.at for place in cut_places(text)), len(text)]))
        for text in (value.text, value.original)
    ]
    before = desk(WorkingTurn("a", value, origins=((1, 0),)))
    try:
        parts = cutting.split(before, "a", *at, "new")
    except CutRefused:
        return
    assert sentences(*(each.value for each in parts.turns())) == sentences(value)
    merged = cutting.merge(parts, "a")
    (whole,) = merged.turns()
    assert sentences(whole.value) == sentences(value)
    assert (whole.uid, whole.origins, merged.lands("new")) == ("a", ((1, 0),), "a")


def test_a_merged_turn_is_a_paragraph_each_and_stays_to_be_read() -> None:
    one = turn("a", "一。", "One.", start=1, end=2, origins=((1, 0),), speaker="7")
    other = turn("b", "二。", "Two.", start=3, end=4, origins=((1, 1), (1, 0)), unread=True)
    merged = cutting.merge(desk(one, other), "a")
    assert list(merged.turns()) == [
        WorkingTurn(
            "a",
            Turn(text="一。\n\n二。", original="One.\n\nTwo.", start=1, end=4),
            "7",
            ((1, 0), (1, 1)),
            unread=True,
        )
    ]
    assert merged.withdrawn == {"b": replace(other, gone="merged")}
    assert merged.redirects == {"b": "a"}


def test_a_turn_never_ends_before_it_starts() -> None:
    moved = desk(turn("late", start=9000, end=9500), turn("early", start=10, end=20))
    (merged,) = cutting.merge(moved, "late").turns()
    assert (merged.value.start, merged.value.end) == (9000, None)


def test_a_turn_is_merged_within_its_chapter_only() -> None:
    for uid in ("b", "c"):
        with pytest.raises(CutRefused, match="No turn follows in this chapter"):
            cutting.merge(THREE, uid)


# --- Move, insert, remove, restore ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uid", "after", "order"),
    [
        ("c", "", ["c", "a", "b"]),
        ("c", "heading:1", ["c", "a", "b"]),
        ("a", "b", ["b", "a", "c"]),
        ("a", "heading:2", ["b", "a", "c"]),
        ("b", "a", ["a", "b", "c"]),
    ],
)
def test_a_turn_is_moved(uid: str, after: str, order: list[str]) -> None:
    assert uids(cutting.move(THREE, uid, after)) == order


def test_a_place_that_is_gone_is_refused() -> None:
    for after in ("nobody", "heading:9", "a"):
        with pytest.raises(CutRefused):
            cutting.move(THREE, "a", after)


def test_an_inserted_turn_comes_from_no_source() -> None:
    value = Turn(text="新。")
    assert cutting.insert(THREE, "a", value, "new", "7").turn("new") == WorkingTurn(
        "new", value, "7"
    )
    with pytest.raises(CutRefused, match="needs a translation or an original"):
        cutting.insert(THREE, "a", Turn(text=" \n"), "new")


def test_a_removed_turns_address_leads_to_the_one_before_and_it_can_come_back() -> None:
    without = cutting.remove(THREE, "b")
    assert (uids(without), without.lands("b")) == (["a", "c"], "a")
    first = cutting.remove(without, "a")
    assert (first.lands("a"), first.lands("b")) == ("c", "c")
    back = cutting.restore(first, "b", "heading:1")
    assert (uids(back), back.turn("b"), back.lands("a")) == (["b", "c"], THREE.turn("b"), "c")
    with pytest.raises(CutRefused, match="was not taken out"):
        cutting.restore(back, "b", "c")
    with pytest.raises(CutRefused, match="the only turn"):
        cutting.remove(desk(turn("a")), "a")


def test_what_was_merged_is_not_restored() -> None:
    merged = cutting.merge(THREE, "a")
    with pytest.raises(CutRefused, match="was not taken out"):
        cutting.restore(merged, "b", "a")


@pytest.mark.parametrize(
    "clash",
    [
        Clash(ClashKind.FIELD, "turn:b", "text", "甲", "乙"),
        Clash(ClashKind.BLOCK, "turn:c", uids=("c", "b")),
    ],
)
def test_nothing_is_cut_that_a_conflict_is_about(clash: Clash) -> None:
    working = replace(THREE, clashes=(clash,))
    for cut in (
        lambda: cutting.split(working, "b", 1, 1, "new"),
        lambda: cutting.merge(working, "a"),
        lambda: cutting.remove(working, "b"),
    ):
        with pytest.raises(CutRefused, match="not decided yet"):
            cut()


@given(st.lists(VALUE, min_size=1, max_size=5), st.data())
def test_every_address_answers_and_no_sentence_is_lost(
    values: list[Turn], data: st.DataObject
) -> None:
    working = desk(
        Heading(1, "港口"), *(WorkingTurn(f"t{n}", value) for n, value in enumerate(values))
    )
    known = set(uids(working))
    for number in range(data.draw(st.integers(1, 8))):
        names = ["", "heading:1", *uids(working)]
        uid = data.draw(st.sampled_from(sorted(known)))
        after = data.draw(st.sampled_from(names))
        how = data.draw(st.sampled_from(["split", "merge", "move", "insert", "remove", "restore"]))
        before, new = working, f"n{number}"
        try:
            if how == "split":
                at = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 12))
                working = cutting.split(before, uid, *at, new)
            elif how == "insert":
                working = cutting.insert(before, after, data.draw(VALUE), new)
            elif how in ("move", "restore"):
                working = getattr(cutting, how)(before, uid, after)
            else:
                working = getattr(cutting, how)(before, uid)
        except CutRefused:
            assert working is before
            continue
        known |= set(uids(working))
        standing = set(uids(working))
        assert {working.lands(each) for each in known} <= standing
        assert not standing & set(working.redirects)
        assert standing | set(working.withdrawn) == known
        characters = [
            Counter(
                char
                for each in (
                    *state.turns(),
                    *(t for t in state.withdrawn.values() if t.gone != "merged"),
                )
                for char in each.value.text + each.value.original
                if not char.isspace()
            )
            for state in (before, working)
        ]
        assert characters[0] <= characters[1]
