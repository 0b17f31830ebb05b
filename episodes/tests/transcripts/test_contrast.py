"""Two versions beside each other: pairs, moves, cuts, headings."""

from hypothesis import given
from hypothesis import strategies as st

from episodes.transcripts.contrast import (
    HeadingRow,
    Item,
    Row,
    Version,
    headings_of,
    moved,
    rows_of,
)
from episodes.transcripts.document import Turn
from episodes.transcripts.working import SourceHeading


def version(*texts: str, headings: tuple[tuple[int, str], ...] = ()) -> Version:
    """Turns known by the words before the colon; several keys are joined by ``+``."""
    items = []
    for text in texts:
        keys, _colon, words = text.partition(":")
        items.append(Item(Turn(text=words), "", frozenset(filter(None, keys.split("+"))), keys))
    return Version(tuple(items), tuple(SourceHeading(at, title, 3) for at, title in headings))


def test_turns_are_paired_by_their_keys():
    left, right = version("a:1", "b:2", "c:3"), version("a:1", "b:zwei", "d:4")
    assert rows_of(left, right) == [
        Row((0,), (0,), same=True),
        Row((1,), (1,)),
        Row((2,), ()),
        Row((), (2,)),
    ]


def test_what_is_gone_from_the_start_stands_at_the_start():
    assert rows_of(version("x:", "a:"), version("a:")) == [
        Row((0,), ()),
        Row((1,), (0,), same=True),
    ]


def test_the_fewest_turns_are_said_to_be_moved():
    left, right = version("a:", "b:", "c:", "d:"), version("d:", "a:", "b:", "c:")
    assert rows_of(left, right) == [
        Row((3,), (0,), moved=True),
        Row((0,), (1,), same=True),
        Row((1,), (2,), same=True),
        Row((2,), (3,), same=True),
    ]


def test_turns_that_were_merged_and_split_are_one_row():
    assert rows_of(version("a:1", "b:2", "c:3"), version("a+b:12", "c:3")) == [
        Row((0, 1), (0,)),
        Row((2,), (1,), same=True),
    ]
    assert rows_of(version("a+b:12"), version("a:1", "b:2")) == [Row((0,), (0, 1))]


def test_turns_without_a_key_are_on_their_own():
    assert rows_of(version(":1"), version(":1")) == [Row((0,), ()), Row((), (0,))]


def test_another_speaker_is_a_difference():
    one = Version((Item(Turn(text="1"), "7", frozenset("a")),))
    other = Version((Item(Turn(text="1"), "8", frozenset("a")),))
    assert rows_of(one, other) == [Row((0,), (0,))]


@given(st.permutations(range(8)))
def test_what_was_not_moved_keeps_its_order_and_moving_back_the_rest_is_enough(order):
    shifted = moved(range(8), order)
    stayed = [each for each in order if each not in shifted]
    assert stayed == sorted(stayed)
    assert moved(order, range(8)) <= set(range(8))
    assert (shifted == set()) == (list(order) == list(range(8)))


keys = st.lists(st.frozensets(st.sampled_from("abcdef"), max_size=2), max_size=6)


@given(keys, keys)
def test_every_turn_of_both_sides_is_in_one_row_and_the_right_one_keeps_its_order(lefts, rights):
    left, right = (
        Version(tuple(Item(Turn(), "", each) for each in side)) for side in (lefts, rights)
    )
    rows = rows_of(left, right)
    assert sorted(place for row in rows for place in row.left) == list(range(len(lefts)))
    assert sorted(place for row in rows for place in row.right) == list(range(len(rights)))
    firsts = [row.right[0] for row in rows if row.right]
    assert firsts == sorted(firsts)


def test_headings_are_known_by_their_words_then_by_their_place():
    left = version("a:", "b:", "c:", headings=((0, "Ports"), (1, "Cranes"), (2, "End")))
    right = version("a:", "b:", "c:", headings=((0, "Ports"), (1, "Big cranes"), (2, "Coda")))
    rows = rows_of(left, right)
    assert headings_of(left, right, rows) == [HeadingRow(n, n) for n in range(3)]


def test_headings_come_and_go():
    left = version("a:", "b:", headings=((0, "Ports"),))
    right = version("a:", "b:", headings=((1, "Cranes"),))
    assert headings_of(left, right, rows_of(left, right)) == [
        HeadingRow(None, 0),
        HeadingRow(0, None),
    ]


def test_a_heading_before_another_turn_was_moved():
    left = version("a:", "b:", "c:", headings=((1, "Ports"),))
    right = version("a:", "b:", "c:", headings=((2, "Ports"),))
    assert headings_of(left, right, rows_of(left, right)) == [HeadingRow(0, 0, moved=True)]


def test_a_turn_put_in_first_below_a_heading_does_not_move_it():
    left = version("a:", "b:", headings=((1, "Ports"),))
    right = version("a:", "n:", "b:", headings=((1, "Ports"),))
    assert headings_of(left, right, rows_of(left, right)) == [HeadingRow(0, 0)]
