"""One value, three ways: the laws of MERGING §7 (6 and 7) and the table of §2."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from episodes.transcripts.merging import (
    How,
    Merged,
    MergedSet,
    merge_set,
    merge_text,
    merge_value,
    same,
)
from episodes.transcripts.sentences import comparable, split_sentences

SENTENCE = st.sampled_from(
    [
        *("港口很小。", "电网更大！", "真的吗？", "We built it.", "It works!", "Dr. Lang left."),
        *("（笑。）好。", "\n\n", "\n", "no end", "**重点。**", "cafe\u0301.", "他说：“好。”"),
    ]
)
SPACES = st.sampled_from(["", " ", " ", "  ", "\u200b"])
PROSE = st.lists(st.tuples(SPACES, SENTENCE), max_size=7).map(
    lambda pairs: "".join(space + text for space, text in pairs)
)
ANY = PROSE | st.text(alphabet="ab。. \n\u200b（）", max_size=12)


@st.composite
def three(draw: st.DrawFn) -> tuple[str, str, str]:
    """A base of some sentences and what two people made of it."""
    base = draw(st.lists(SENTENCE, min_size=1, max_size=8))

    def edited() -> str:
        text = list(base)
        for _ in range(draw(st.integers(0, 2))):
            at = draw(st.integers(0, len(text)))
            text[at : at + draw(st.integers(0, 2))] = draw(st.lists(SENTENCE, max_size=2))
        return " ".join(text)

    return " ".join(base), edited(), edited()


TEXTS = three() | st.tuples(ANY, ANY, ANY)


def sentences(text: str) -> list[str]:
    return [comparable(s.text) for s in split_sentences(text) if comparable(s.text)]


# --- Laws -----------------------------------------------------------------------------------------


@given(ANY, ANY)
def test_what_one_side_left_alone_is_the_others(base: str, other: str) -> None:
    assert merge_text(base, base, other).value == other
    assert merge_text(base, other, base).value == other
    assert merge_text(base, other, other) == Merged(other, How.AGREED)


@given(TEXTS)
def test_no_sentence_appears_that_is_in_none_of_the_three(texts: tuple[str, str, str]) -> None:
    known = {sentence for text in texts for sentence in sentences(text)}
    assert set(sentences(merge_text(*texts).value)) <= known


@given(TEXTS)
def test_every_sentence_that_either_side_wrote_is_in_what_was_merged(
    texts: tuple[str, str, str],
) -> None:
    base, ours, theirs = texts
    merged = merge_text(*texts)
    live = sentences(merged.value)
    if merged.how is How.MERGED:
        for side in (ours, theirs):
            assert set(sentences(side)) - set(sentences(base)) <= set(live)


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[str], list[str], list[str]]:
    """A base in which every sentence is one of a kind, and two edits that add such ones."""
    base = [f"原{n}。" for n in range(draw(st.integers(1, 8)))]

    def edited(mark: str) -> list[str]:
        text = list(base)
        for number in range(draw(st.integers(1, 2))):
            at = draw(st.integers(0, len(text)))
            text[at : at + draw(st.integers(0, 2))] = [
                f"{mark}{number}{n}。" for n in range(draw(st.integers(0, 2)))
            ]
        return text

    return base, edited("甲"), edited("乙")


@given(edits())
def test_what_was_merged_is_the_base_with_both_edits_once_and_in_order(
    made: tuple[list[str], list[str], list[str]],
) -> None:
    base, ours, theirs = made
    merged = merge_text("".join(base), "".join(ours), "".join(theirs))
    assume(merged.how is How.MERGED)
    live = sentences(merged.value)
    old, mine, others = set(base), set(ours), set(theirs)
    assert len(live) == len(set(live))
    assert set(live) == (old & mine & others) | (mine - old) | (others - old)
    for side in (ours, theirs):
        assert [s for s in live if s in side] == [s for s in side if s in live]


@given(edits())
def test_edits_that_do_not_touch_are_merged_and_others_are_not(
    made: tuple[list[str], list[str], list[str]],
) -> None:
    base, ours, theirs = made
    assume(base not in (ours, theirs))
    assume(ours != theirs)
    merged = merge_text("".join(base), "".join(ours), "".join(theirs))

    def changes(side: list[str]) -> set[tuple[int, int, tuple[str, ...]]]:
        """From where to where in the base, and what stands there."""
        kept = [-1, *(n for n, sentence in enumerate(base) if sentence in side), len(base)]
        at = [-1, *(side.index(base[n]) for n in kept[1:-1]), len(side)]
        found = {
            (start + 1, end, tuple(side[left + 1 : right]))
            for (start, end), (left, right) in zip(pairwise(kept), pairwise(at), strict=True)
        }
        return {change for change in found if change[2] or change[0] < change[1]}

    conflict = any(
        one[0] <= other[1] and other[0] <= one[1] and one != other
        for one in changes(ours)
        for other in changes(theirs)
    )
    assert merged.how is (How.CONFLICT if conflict else How.MERGED)


@given(TEXTS)
def test_swapping_the_sides_gives_the_same_conflicts(texts: tuple[str, str, str]) -> None:
    base, ours, theirs = texts
    turned = {How.OURS: How.THEIRS, How.THEIRS: How.OURS}
    one, other = merge_text(base, ours, theirs), merge_text(base, theirs, ours)
    assert other.how is turned.get(one.how, one.how)
    if one.how is How.MERGED:
        assert sentences(one.value) == sentences(other.value)


@given(TEXTS)
def test_ours_stays_live_in_a_conflict(texts: tuple[str, str, str]) -> None:
    merged = merge_text(*texts)
    if merged.how in {How.CONFLICT, How.OURS}:
        assert merged.value == texts[1]


@given(TEXTS)
def test_the_same_import_again_changes_nothing(texts: tuple[str, str, str]) -> None:
    _base, _ours, theirs = texts
    merged = merge_text(*texts)
    again = merge_text(theirs, merged.value, theirs)
    assert again.value == merged.value
    assert again.how in {How.OURS, How.AGREED}


NAMES = st.lists(st.sampled_from("ABCDE"), max_size=5)


@given(NAMES, NAMES, NAMES, st.sets(st.sampled_from("ABCDE")))
def test_sets_hold_what_all_have_and_what_either_added(
    base: list[str], ours: list[str], theirs: list[str], removed: set[str]
) -> None:
    merged = merge_set(base, ours, theirs, removed=removed)
    old, mine, others = set(base), set(ours), set(theirs)
    assert len(set(merged.values)) == len(merged.values)
    assert set(merged.values) == (old & mine & others) | (mine - old) | (others - old - removed)
    assert merged.removed == (removed | old) - mine


@given(NAMES, st.lists(NAMES, max_size=5), st.sets(st.sampled_from("ABCDE")))
def test_what_an_editor_removed_never_comes_back(
    base: list[str], imports: list[list[str]], dropped: set[str]
) -> None:
    gone = dropped & set(base)
    ours = tuple(name for name in dict.fromkeys(base) if name not in gone)
    removed: frozenset[object] = frozenset()
    for theirs in imports:
        merged = merge_set(base, ours, theirs, removed=removed)
        ours, removed, base = merged.values, merged.removed, theirs
        assert gone.isdisjoint(ours)
        assert gone <= removed


@given(NAMES, NAMES, NAMES)
def test_the_same_set_again_changes_nothing(
    base: list[str], ours: list[str], theirs: list[str]
) -> None:
    merged = merge_set(base, ours, theirs)
    assert merge_set(theirs, merged.values, theirs, removed=merged.removed).values == merged.values


# --- Cases ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "value", "how"),
    [
        ("一。二。三。", "一！二。三。", "一。二。三！", "一！二。三！", How.MERGED),
        ("一。二。三。", "一！二。三。", "一。二！三。", "一！二。三。", How.CONFLICT),  # touching
        ("一。二。三。", "二。三。", "一。二。三。四。", "二。三。四。", How.MERGED),
        ("一。二。三。", "一。二。", "一。二。三。四。", "一。二。", How.CONFLICT),
        ("一。二。", "一。二。甲。", "一。二。乙。", "一。二。甲。", How.CONFLICT),
        ("一。二。", "甲。一。二。", "一。二。乙。", "甲。一。二。乙。", How.MERGED),
        (
            "一。二。三。四。",
            "甲。二。三。四。",
            "甲。二。三。乙。",
            "甲。二。三。乙。",
            How.MERGED,
        ),
        ("一。", "一。\u200b", "一。", "一。\u200b", How.OURS),
        ("一。", "一。\u200b", "二。", "二。", How.THEIRS),
        ("一。", "二。 ", "二。", "二。 ", How.AGREED),
        (
            "We built it. It works. It is slow.",
            "We built it. It works. It is fast.",
            "They built it.  It works. It is slow.",
            "They built it.  It works. It is fast.",
            How.MERGED,
        ),
        (
            "One is here. Two is here. Three is here.",
            "One is here.\n\nTwo is here. Three is here.",
            "One is here. Two is here. Three was here.",
            "One is here.\n\nTwo is here. Three was here.",
            How.MERGED,
        ),
        (
            "One. Two. Three.",
            "Zero. One. Two. Three.",
            "One. Two. Three. Four.",
            "Zero. One. Two. Three. Four.",
            How.MERGED,
        ),
    ],
)
def test_running_text(base: str, ours: str, theirs: str, value: str, how: How) -> None:
    assert merge_text(base, ours, theirs) == Merged(value, how)


def test_a_text_is_never_merged_within_a_sentence() -> None:
    merged = merge_text("电价涨了 15 %。", "电价涨了 25 %。", "电价涨了 18 %。")
    assert merged == Merged("电价涨了 25 %。", How.CONFLICT)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "value", "how"),
    [
        ("A", "A", "B", "B", How.THEIRS),
        ("A", "B", "A", "B", How.OURS),
        ("A", "B", "B", "B", How.AGREED),
        ("A", "B", "C", "B", How.CONFLICT),
        ("", "B", "C", "B", How.CONFLICT),
        ("caf\u00e9", "cafe\u0301", "tea", "tea", How.THEIRS),
        (1, 1, 2, 2, How.THEIRS),
        (None, 1, 2, 1, How.CONFLICT),
    ],
)
def test_a_value_that_is_whole(
    base: object, ours: object, theirs: object, value: object, how: How
) -> None:
    assert merge_value(base, ours, theirs) == Merged(value, how)


def test_the_spelling_and_the_order_of_ours_are_kept() -> None:
    merged = merge_set(
        ["ann lee"], ["Bo", "Ann Lee"], ["ann lee", "Cem", "bo"], key=lambda name: name.lower()
    )
    assert merged == MergedSet(("Bo", "Ann Lee", "Cem"), frozenset())


def test_what_was_removed_may_be_added_again_by_hand() -> None:
    removed = merge_set(["Ann"], [], ["Ann"])
    assert removed == MergedSet((), frozenset({"Ann"}))
    assert merge_set(["Ann"], [], ["Ann"], removed=removed.removed) == removed
    assert merge_set([], [], ["Ann"], removed=removed.removed) == removed
    assert merge_set(["Ann"], ["Ann"], ["Ann"], removed=removed.removed) == MergedSet(
        ("Ann",), frozenset()
    )


def test_what_nobody_sees_is_no_difference() -> None:
    assert same("一。 \n二\u200b", "一。\n二")
    assert not same("一，", "一,")
    assert same(None, None)
    assert not same("", None)


@pytest.mark.parametrize("piece", ["。", "A b. ", "\n"])
def test_400000_characters_are_merged_at_once(piece: str) -> None:
    base = piece * (400_000 // len(piece))
    merged = merge_text(base, "First. " + base, base + "最后。")
    assert comparable(merged.value).startswith("First.")


def test_a_sentence_that_one_side_moved_and_the_other_took_out_is_for_a_person():
    assert merge_text("甲。乙。", "甲。", "乙。甲。").how is How.CONFLICT
    assert merge_text("甲。乙。", "乙。甲。", "甲。").how is How.CONFLICT
    assert (
        merge_text("甲。乙。丙。丁。", "甲。乙。丙。", "丁。甲。乙。丙。").value == "甲。乙。丙。"
    )
