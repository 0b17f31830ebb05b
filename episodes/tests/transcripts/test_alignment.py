"""Which turn is which: the laws of alignment, and the cases that MERGING §3 names."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.transcripts.alignment import THRESHOLDS, Group, Match, Utterance, align
from episodes.transcripts.document import Turn, TurnKind
from episodes.transcripts.streams import Run, common_runs, in_order, tokens_of

# --- Turns ----------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["a", "the", "and", "yeah", "so", "port", "crane", "yard", "winter", "price", "gate", "union"]
)
LABELS = st.sampled_from(["", "Ann", "Bo", "Speaker A"])
SAID = st.builds(
    Utterance,
    kind=st.sampled_from(TurnKind),
    speaker=LABELS,
    text=st.text(alphabet="港口电网。，价 aY?\n", max_size=12),
    original=st.one_of(
        st.just(""),
        st.lists(WORDS, max_size=12).map(" ".join),
        st.text(max_size=8),
    ),
)
TURNS = st.lists(SAID, max_size=12)


def own_words(number: int, count: int = 6) -> str:
    """As many words that stand in no other turn."""
    return " ".join(f"w{number}x{place}" for place in range(count))


def distinct(count: int, words: int = 6) -> list[Utterance]:
    return [
        Utterance(TurnKind.SPEECH, "AB"[n % 2], f"第{n}句。", own_words(n, words))
        for n in range(count)
    ]


def kinds(groups: tuple[Group, ...]) -> list[tuple[tuple[int, ...], tuple[int, ...], str]]:
    return [(group.base, group.theirs, group.kind.value) for group in groups]


def same(base: int, theirs: int) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    return (base,), (theirs,), "same"


# --- Laws -----------------------------------------------------------------------------------------


@given(TURNS, TURNS)
def test_every_turn_of_both_sides_is_in_exactly_one_group(
    base: list[Utterance], theirs: list[Utterance]
) -> None:
    groups = align(base, theirs)
    assert sorted(i for group in groups for i in group.base) == list(range(len(base)))
    assert sorted(j for group in groups for j in group.theirs) == list(range(len(theirs)))


@given(TURNS, TURNS)
def test_the_kind_says_how_many_became_how_many(
    base: list[Utterance], theirs: list[Utterance]
) -> None:
    for group in align(base, theirs):
        count = (min(len(group.base), 2), min(len(group.theirs), 2))
        expected = {
            (1, 0): {Match.GONE},
            (0, 1): {Match.NEW},
            (1, 1): {Match.SAME, Match.MOVED},
            (1, 2): {Match.SPLIT},
            (2, 1): {Match.MERGED},
            (2, 2): {Match.RECUT},
        }[count]
        assert group.kind in expected
        assert 0.0 <= group.share <= 1.0
        assert bool(group.links) == (group.kind not in {Match.NEW, Match.GONE})


@given(TURNS, TURNS)
def test_links_join_every_turn_of_a_group_and_no_other(
    base: list[Utterance], theirs: list[Utterance]
) -> None:
    for group in align(base, theirs):
        if group.links:
            assert {i for i, _j in group.links} == set(group.base)
            assert {j for _i, j in group.links} == set(group.theirs)


@given(TURNS, TURNS)
def test_what_has_not_moved_stands_in_the_order_of_both_sides(
    base: list[Utterance], theirs: list[Utterance]
) -> None:
    groups = align(base, theirs)
    links = sorted(pair for g in groups if g.kind is not Match.MOVED for pair in g.links)
    assert all(j <= j_next for (_i, j), (_i_next, j_next) in pairwise(links))
    firsts = [group.theirs[0] for group in groups if group.theirs]
    assert firsts == sorted(firsts)


@given(TURNS)
def test_a_document_is_itself(turns: list[Utterance]) -> None:
    groups = align(turns, turns)
    assert kinds(groups) == [same(n, n) for n in range(len(turns))]
    assert [(group.share, group.doubtful) for group in groups] == [(1.0, False)] * len(turns)


@given(TURNS, TURNS)
def test_the_same_for_the_same(base: list[Utterance], theirs: list[Utterance]) -> None:
    assert align(base, theirs) == align(tuple(base), tuple(theirs))


@given(st.lists(st.booleans(), min_size=1, max_size=20))
def test_turns_that_are_left_out_are_gone_and_the_others_are_themselves(kept: list[bool]) -> None:
    base = distinct(len(kept))
    theirs = [turn for turn, keep in zip(base, kept, strict=True) if keep]
    pairs = [(n, sum(kept[:n])) for n, keep in enumerate(kept) if keep]
    found = {group.base + group.theirs: group.kind for group in align(base, theirs)}
    assert found == dict.fromkeys(pairs, Match.SAME) | {
        (n,): Match.GONE for n, keep in enumerate(kept) if not keep
    }
    back = {group.base + group.theirs: group.kind for group in align(theirs, base)}
    assert back == {(j, i): Match.SAME for i, j in pairs} | {
        (n,): Match.NEW for n, keep in enumerate(kept) if not keep
    }


@given(
    st.integers(2, 12).flatmap(
        lambda count: st.tuples(
            st.just(count), st.sets(st.integers(0, count - 1)), st.integers(4, 12)
        )
    )
)
def test_split_turns_are_found_and_so_are_merged_ones(
    made: tuple[int, set[int], int],
) -> None:
    count, cut, at = made
    base = distinct(count, 16)
    theirs: list[Utterance] = []
    expected = []
    for number, turn in enumerate(base):
        words = turn.original.split()
        pieces = [words[:at], words[at:]] if number in cut else [words]
        places = tuple(range(len(theirs), len(theirs) + len(pieces)))
        theirs += [replace(turn, original=" ".join(piece)) for piece in pieces]
        expected.append(((number,), places, "split" if number in cut else "same"))
    groups = align(base, theirs)
    assert kinds(groups) == expected
    assert {group.share for group in groups} == {1.0}
    assert kinds(align(theirs, base)) == [
        (mine, others, {"split": "merged"}.get(kind, kind)) for others, mine, kind in expected
    ]


@given(
    st.integers(4, 12).flatmap(
        lambda count: st.tuples(
            st.just(count), st.integers(0, count - 1), st.integers(0, count - 1)
        )
    )
)
def test_a_turn_that_moved_is_found_where_it_went(made: tuple[int, int, int]) -> None:
    count, at, to = made
    base = distinct(count)
    theirs = base[:at] + base[at + 1 :]
    theirs.insert(to, base[at])
    order = list(range(count))
    order.insert(to, order.pop(at))
    groups = align(base, theirs)
    assert [(group.base, group.theirs) for group in groups] == [
        ((i,), (j,)) for j, i in enumerate(order)
    ]
    moved = [group.base[0] for group in groups if group.kind is Match.MOVED]
    assert len(moved) == (0 if at == to else 1)
    if abs(at - to) > 1:
        assert moved == [at]


@given(TURNS, st.randoms(use_true_random=False))
def test_case_signs_and_a_new_translation_change_nothing(turns: list[Utterance], draw) -> None:
    base = [turn for turn in turns if tokens_of(turn.original)]
    theirs = [
        replace(
            turn,
            text=f"另一个译本{draw.randrange(99)}",
            original="— " + "... ".join(tokens_of(turn.original)).upper() + "!",
        )
        for turn in base
    ]
    assert kinds(align(base, theirs)) == [same(n, n) for n in range(len(base))]


@given(st.integers(1, 12), st.integers(0, 3))
def test_speakers_may_all_be_called_something_else(count: int, short: int) -> None:
    base = [*distinct(count), *(Utterance(speaker="A", original="Yeah.") for _ in range(short))]
    theirs = [replace(turn, speaker=f"Speaker {turn.speaker}") for turn in base]
    assert kinds(align(base, theirs)) == [same(n, n) for n in range(len(base))]


# --- Cases ----------------------------------------------------------------------------------------


def test_what_is_gone_stands_after_what_preceded_it() -> None:
    base = distinct(4)
    theirs = [base[0], base[3], *distinct(5)[4:]]
    assert kinds(align(base, theirs)) == [
        same(0, 0),
        ((1,), (), "gone"),
        ((2,), (), "gone"),
        same(3, 1),
        ((), (2,), "new"),
    ]


def test_all_cuts_anew_is_one_group_with_its_links() -> None:
    words = own_words(0, 30).split()

    def cut(*ends: int) -> list[Utterance]:
        return [
            Utterance(original=" ".join(words[start:end])) for start, end in pairwise((0, *ends))
        ]

    (group,) = align(cut(10, 20, 30), cut(6, 16, 30))
    assert group == Group(
        base=(0, 1, 2),
        theirs=(0, 1, 2),
        kind=Match.RECUT,
        links=((0, 0), (0, 1), (1, 1), (1, 2), (2, 2)),
        share=1.0,
        doubtful=False,
    )


def test_words_heard_differently_are_the_same_turn() -> None:
    base = [
        Utterance(speaker="Ann", original="We built the first plant in two years."),
        Utterance(speaker="Bo", original="Yeah."),
        Utterance(speaker="Ann", original="And then the price of power doubled."),
    ]
    theirs = [
        replace(base[0], original="We build the first plants in two years"),
        replace(base[1], original="Yes."),
        replace(base[2], original="and then the price of powder doubled"),
    ]
    groups = align(base, theirs)
    assert kinds(groups) == [same(0, 0), same(1, 1), same(2, 2)]
    assert [group.share for group in groups] == [0.75, 0.0, 12 / 14]
    assert not any(group.doubtful for group in groups)


def test_too_little_in_common_is_for_a_person() -> None:
    words = own_words(0, 20).split()
    base = [Utterance(original=" ".join(words))]
    theirs = [Utterance(original=" ".join(words[:8]) + " " + own_words(1, 12))]
    (group,) = align(base, theirs)
    assert (group.kind, group.share, group.doubtful) == (Match.SAME, 0.4, True)
    (clear,) = align(base, theirs, replace(THRESHOLDS, clear=0.4))
    assert not clear.doubtful


def test_a_short_turn_is_no_match_for_the_same_words_elsewhere() -> None:
    yeah = Utterance(speaker="A", original="Yeah.")
    base = distinct(6)
    groups = align([*base[:2], yeah, *base[2:]], [*base[:4], yeah, *base[4:]])
    assert [kind for _base, _theirs, kind in kinds(groups)].count("moved") == 0
    assert ((2,), (), "gone") in kinds(groups)
    assert ((), (4,), "new") in kinds(groups)


def test_a_short_turn_of_another_speaker_is_another_turn() -> None:
    base = distinct(4)
    yeah = Utterance(speaker="A", original="Yeah.")
    no = Utterance(speaker="B", original="No.")
    groups = align([*base[:2], yeah, *base[2:]], [*base[:2], no, *base[2:]])
    assert kinds(groups) == [
        same(0, 0),
        same(1, 1),
        ((2,), (), "gone"),
        ((), (2,), "new"),
        same(3, 3),
        same(4, 4),
    ]


def test_a_short_turn_moves_with_both_its_neighbours() -> None:
    base = distinct(10)
    base.insert(2, Utterance(speaker="A", original="Yeah."))
    theirs = [base[0], *base[4:], *base[1:4]]
    groups = align(base, theirs)
    assert [(g.base, g.theirs) for g in groups if g.kind is Match.MOVED] == [
        ((1,), (8,)),
        ((2,), (9,)),
        ((3,), (10,)),
    ]


def test_a_cue_without_an_original_is_told_by_its_text() -> None:
    base = distinct(4)
    cue = Utterance(kind=TurnKind.CUE, text="[音乐]")
    other = Utterance(kind=TurnKind.CUE, text="[掌声]")
    groups = align([cue, *base, other], [*base, other])
    assert kinds(groups) == [((0,), (), "gone"), *(same(n + 1, n) for n in range(5))]


def test_an_original_that_was_lost_on_one_side_does_not_lose_the_turn() -> None:
    base = [
        replace(turn, text=f"{chr(0x4E00 + 9 * n)}港口的吊车昨天停了{n}次")
        for n, turn in enumerate(distinct(5))
    ]
    lost = [replace(turn, original="") if n in {1, 3} else turn for n, turn in enumerate(base)]
    assert kinds(align(lost, base)) == [same(n, n) for n in range(5)]
    assert kinds(align(base, lost)) == [same(n, n) for n in range(5)]


def test_without_any_original_the_translation_tells() -> None:
    text = "先把港口的数据整理好机器才用得上去年电价涨了四成工会比我们先看到"
    base = [Utterance(text=text[:12]), Utterance(text=text[12:])]
    theirs = [Utterance(text=text[:12]), Utterance(text=text[12:22]), Utterance(text=text[22:])]
    assert kinds(align(base, theirs)) == [same(0, 0), ((1,), (1, 2), "split")]


def test_two_documents_with_nothing_in_common_share_nothing() -> None:
    base, theirs = distinct(30), distinct(60)[30:]
    assert {group.kind for group in align(base, theirs)} == {Match.GONE, Match.NEW}


def test_what_is_compared_of_a_turn() -> None:
    turn = Turn(TurnKind.SPEECH, "", "你好。", "Hi.", "Ann Lee", 1, 2)
    assert Utterance.of(turn) == Utterance(TurnKind.SPEECH, "Ann Lee", "你好。", "Hi.")
    assert Utterance.of(replace(turn, label="安")).speaker == "安"


# --- Size -----------------------------------------------------------------------------------------


def test_a_document_of_nothing_but_yeah_is_matched_in_order() -> None:
    turns = [Utterance(speaker="AB"[n % 2], original="Yeah.") for n in range(3000)]
    counts = [group.kind for group in align(turns, turns[:-2])]
    assert counts == [Match.SAME] * 2998 + [Match.GONE] * 2


@pytest.mark.parametrize(
    ("base", "theirs"),
    [
        ("a " * 200_000, "a " * 199_000),
        ("a b " * 100_000, "b a " * 100_000),
        ("a b c " * 66_000, "c b a " * 66_000),
        ("港" * 400_000, "口" * 400_000),
        ("港口" * 200_000, "口港" * 200_000),
    ],
    ids=["one word", "two", "three turned round", "nothing common", "two characters"],
)
def test_400000_characters_without_an_anchor_are_compared_in_pieces(base: str, theirs: str) -> None:
    whole = align([Utterance(original=base)], [Utterance(original=theirs)])
    assert sum(len(group.base) for group in whole) == 1
    assert sum(len(group.theirs) for group in whole) == 1


# --- Streams --------------------------------------------------------------------------------------

STREAM = st.lists(st.integers(0, 5), max_size=40)


@given(STREAM, STREAM)
def test_runs_are_equal_tokens_that_rise_on_both_sides(base: list[int], theirs: list[int]) -> None:
    at = to = 0
    for run in common_runs(base, theirs):
        assert run.length > 0
        assert run.at >= at
        assert run.to >= to
        assert (run.at, run.to) != (at, to) or (at, to) == (0, 0)
        at, to = run.at + run.length, run.to + run.length
        assert base[run.at : at] == theirs[run.to : to]


@given(STREAM)
def test_a_stream_is_one_run_of_itself(tokens: list[int]) -> None:
    assert common_runs(tokens, tokens) == ([Run(0, 0, len(tokens))] if tokens else [])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_the_longest_rising_run_of_pairs(pairs: list[tuple[int, int]]) -> None:
    chosen = in_order(pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(chosen))
    assert set(chosen) <= set(pairs)
    best: dict[tuple[int, int], int] = {}
    for pair in sorted(set(pairs)):
        before = (count for (a, b), count in best.items() if a < pair[0] and b < pair[1])
        best[pair] = 1 + max(before, default=0)
    assert len(chosen) == max(best.values(), default=0)


def test_tokens_are_folded_words_and_single_han_characters() -> None:
    assert tokens_of("I'm at ＯｐｅｎＡＩ’s Q3, don't—ask. 你好，Sora２！かな 한글") == [
        *("im", "at", "openais", "q3", "dont", "ask"),
        *("你", "好", "sora2", "か", "な", "한", "글"),
    ]
