"""What moment a time written in a form means, where clocks are put forward and back too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.localtimes import NotATime, moment, offset

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def test_a_time_is_that_of_the_zone() -> None:
    assert moment("2025-03-03T08:00", SHANGHAI) == datetime(2025, 3, 3, 0, 0, tzinfo=UTC)
    assert moment(" 2025-07-03 08:00:30 ", BERLIN) == datetime(2025, 7, 3, 6, 0, 30, tzinfo=UTC)


def test_a_time_that_is_skipped_is_refused_with_what_the_clocks_show() -> None:
    with pytest.raises(NotATime) as caught:
        moment("2025-03-30T02:30", BERLIN)
    assert str(caught.value) == (
        "There is no 02:30 on that day: the clocks are put forward then, and show 2025-03-30 03:30 "
        "instead."
    )
    assert moment("2025-03-30T03:00", BERLIN) == datetime(2025, 3, 30, 1, 0, tzinfo=UTC)


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    first = moment("2025-10-26T02:30", BERLIN)
    assert first == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert (offset(first, BERLIN), offset(first + timedelta(hours=1), BERLIN)) == (
        "+02:00",
        "+01:00",
    )


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2025-03-01", "2025-13-01T08:00", "2025-03-01T08:00+08:00", "08:00",
     "0001-01-01T00:00", "2025-03-01T08:00Z"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(NotATime, match=r"Write a date and a time, as 2025-03-01 08:00\."):
        moment(text, SHANGHAI)


@given(
    st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)), st.sampled_from([SHANGHAI, BERLIN])
)
def test_a_moment_is_shown_as_it_was_written(wall: datetime, zone: ZoneInfo) -> None:
    try:
        met = moment(wall.isoformat(), zone)
    except NotATime:
        return
    assert met.astimezone(zone).replace(tzinfo=None) == wall
