"""The choice of cases for a second database."""

import pytest

from oddlots.tests.few import spread


@pytest.mark.parametrize(
    ("count", "few", "places"),
    [
        (0, 3, set()),
        (2, 3, {0, 1}),
        (3, 3, {0, 1, 2}),
        (9, 3, {0, 4, 8}),
        (9, 1, {0}),
        (9, 2, {0, 8}),
        (4, 0, {0, 1, 2, 3}),
    ],
)
def test_the_first_and_the_last_are_among_them(count: int, few: int, places: set[int]) -> None:
    assert spread(count, few) == places
