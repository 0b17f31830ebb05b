"""Which terms belong together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from glossary.related import LIMIT, Company, Named, around_and_within, together


def by_name(*names: str, others: dict[int, tuple[str, ...]]) -> tuple[list[int], list[int]]:
    return around_and_within(
        Named(0, names), [Named(0, names), *(Named(key, said) for key, said in others.items())]
    )


def test_a_term_inside_another_is_found_from_both_sides():
    others = {1: ("数据中心集群",), 2: ("数据",), 3: ("中心",), 4: ("数据中心",), 5: ("电网",)}
    assert by_name("数据中心", others=others) == ([1], [3, 2])


def test_latin_names_are_found_as_words_without_case_and_width():
    others = {
        1: ("AI Agent",),
        2: ("Maintenance",),
        3: ("ａｉ agent platform",),
        4: ("人工智能", "", "Generative AI"),
    }
    assert by_name("人工", "AI", others=others) == ([4, 1, 3], [])


def test_the_nearest_in_length_come_first_and_there_is_a_limit():
    longer = {number: ("湖" + "水" * number,) for number in range(1, 20)}
    assert by_name("湖", others=longer) == (list(range(1, LIMIT + 1)), [])
    shorter = {number: ("水" * number,) for number in range(1, 4)}
    assert by_name("水水水水湖", others=shorter) == ([], [3, 2, 1])


def test_what_is_inside_by_one_name_and_around_by_another_stands_once():
    assert by_name("数据湖", "AI", others={1: ("数据", "AI Act")}) == ([], [1])


def test_terms_that_share_turns_beyond_chance_come_by_how_far_beyond():
    others = [
        Company(1, both=10, turns=10),  # only ever beside it
        Company(2, both=50, turns=500),  # as often anywhere else
        Company(3, both=1, turns=1),  # once
        Company(4, both=40, turns=100),
        Company(5, both=1, turns=900),  # less than by chance
    ]
    assert together(100, 1000, others) == [4, 1, 3]


def test_equals_stand_by_their_keys_and_there_is_a_limit():
    others = [Company(key, 1, 1) for key in range(20, 0, -1)]
    assert together(2, 100, others) == list(range(1, LIMIT + 1))


def test_a_term_of_every_turn_has_no_company():
    assert together(10, 10, [Company(1, 10, 10), Company(2, 3, 3)]) == []
    assert together(0, 0, []) == []


@given(
    st.lists(st.text("湖水数AIai ", min_size=1, max_size=6), min_size=1, max_size=3),
    st.lists(st.lists(st.text("湖水数AIai ", min_size=1, max_size=6), max_size=3), max_size=6),
)
def test_no_entry_is_on_both_sides_or_its_own_relative_and_the_order_of_others_is_nothing(
    names, others
):
    entry = Named(0, tuple(names))
    named = [entry, *(Named(key, tuple(said)) for key, said in enumerate(others, 1))]
    around, within = around_and_within(entry, named)
    assert not {0, *around} & set(within)
    assert 0 not in around
    assert (around, within) == around_and_within(entry, reversed(named))
    for key in within:
        assert entry.key in around_and_within(named[key], named)[0] or (
            entry.key in around_and_within(named[key], named)[1]
        )
