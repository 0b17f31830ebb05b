"""How much of a turn is shown around a term."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from glossary.passages import Piece, Span, beside, passage, window


def test_a_short_text_is_shown_whole_with_every_span_marked():
    assert passage("湖很大，湖很深。", [Span(0, 1), Span(4, 5)]) == (
        Piece("湖", marked=True),
        Piece("很大，"),
        Piece("湖", marked=True),
        Piece("很深。"),
    )


def test_a_long_text_is_cut_at_sentences_around_the_term():
    text = "很久以前。" * 30 + "这里有湖。" + "后来没有了。" * 30
    pieces = passage(text, [Span(153, 154)], 40)
    assert pieces == (
        Piece("…"),
        Piece("很久以前。很久以前。很久以前。这里有"),
        Piece("湖", marked=True),
        Piece("。后来没有了。后来没有了。后来没有了。"),
        Piece("…"),
    )


def test_a_text_without_breaks_is_cut_at_the_length():
    pieces = passage("水" * 400 + "湖" + "水" * 400, [Span(400, 401)], 41)
    assert pieces == (
        Piece("…"),
        Piece("水" * 20),
        Piece("湖", marked=True),
        Piece("水" * 20),
        Piece("…"),
    )


def test_the_other_language_is_shown_around_the_name_else_as_far_on():
    text = "Nothing here. " * 60 + "The lake is deep. " + "Nothing there. " * 60
    assert "The lake is deep." in beside(text, ["", "Lake"], 0.0)
    assert beside(text, ["pond"], 0.0).startswith("Nothing here.")
    assert beside("Short.", ["pond"], 0.5) == "Short."


@given(st.text("水湖。 x", min_size=1, max_size=600), st.data(), st.integers(1, 300))
def test_pieces_are_the_text_with_cuts_and_the_first_span_is_among_them(text, data, length):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 20)))
    pieces = passage(text, [Span(start, end)], length)
    whole = "".join(piece.text for piece in pieces if piece.text != "…")
    assert whole in text
    assert [piece.text for piece in pieces if piece.marked] == [text[start:end]]


def test_a_page_of_turns_is_found_by_counting():
    counted = [(7, 3), (9, 0), (8, 5), (5, 1)]
    pages = [window(counted, first, 2) for first in range(0, 12, 2)]
    assert pages == [(0, (7,)), (2, (7, 8)), (1, (8,)), (3, (8,)), (0, (5,)), (0, ())]


@given(st.lists(st.integers(0, 6), max_size=8), st.integers(1, 7), st.integers(0, 40))
def test_a_window_holds_the_turns_of_its_page_and_no_episode_too_many(turns, length, first):
    every = [(key, number) for key, count in enumerate(turns) for number in range(count)]
    skipped, episodes = window(enumerate(turns), first, length)
    held = [turn for turn in every if turn[0] in episodes]
    assert held[skipped : skipped + length] == every[first : first + length]
    assert {key for key, _number in every[first : first + length]} == set(episodes)
