"""A term's use over time."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from glossary.timeline import BUCKETS, HEIGHT, Timeline, plot, timeline


def shown(*rows: tuple[date | None, int]) -> list[tuple[str, int]]:
    return [(bucket.label, bucket.uses) for bucket in timeline(rows).buckets]


def test_months_without_a_use_are_there_and_the_undated_are_not():
    rows = ((date(2024, 3, 31), 2), (None, 4), (date(2023, 12, 1), 1), (date(2024, 3, 1), 1))
    assert shown(*rows) == [("2023-12", 1), ("2024-01", 0), ("2024-02", 0), ("2024-03", 3)]
    assert timeline(rows).undated == 4


def test_a_longer_time_is_shown_by_quarters_years_and_spans_of_years():
    assert shown((date(2021, 2, 1), 1), (date(2024, 6, 1), 2))[:2] == [
        ("2021 Q1", 1),
        ("2021 Q2", 0),
    ]
    assert shown((date(2010, 2, 1), 1), (date(2024, 6, 1), 2))[-1] == ("2024", 2)
    assert shown((date(1961, 2, 1), 1), (date(2024, 6, 1), 2)) == [
        (f"{year}–{year + 1}", {1960: 1, 2024: 2}.get(year, 0)) for year in range(1960, 2025, 2)
    ]
    assert shown((date(1, 1, 1), 1), (date(9999, 12, 31), 2))[0] == ("0000–0499", 1)


def test_the_plot_of_few_months():
    drawn = plot(timeline([(date(2024, 1, 5), 4), (date(2024, 2, 5), 1)]))
    assert drawn is not None
    assert [(bar.x, bar.width, bar.y, bar.height, bar.tick) for bar in drawn.bars] == [
        ("22.00%", "6.00%", "0.0", f"{HEIGHT}.0", "2024-01"),
        ("72.00%", "6.00%", f"{HEIGHT - HEIGHT / 4:.1f}", f"{HEIGHT / 4:.1f}", "2024-02"),
    ]
    assert drawn.most == 4


def test_of_equal_buckets_the_latest_is_the_fullest():
    assert timeline([(date(2024, 1, 5), 4), (date(2024, 2, 5), 4)]).most.label == "2024-02"


def test_nothing_is_drawn_of_less_than_two_buckets():
    assert plot(Timeline(1, (), 3)) is None
    assert plot(timeline([(date(2024, 1, 5), 4), (date(2024, 1, 9), 1)])) is None


@given(st.lists(st.tuples(st.none() | st.dates(), st.integers(1, 10_000)), min_size=1, max_size=30))
def test_every_use_is_in_one_bucket_or_undated_and_the_picture_stays_in_its_frame(rows):
    found = timeline(rows)
    assert sum(bucket.uses for bucket in found.buckets) + found.undated == sum(
        uses for _day, uses in rows
    )
    assert len(found.buckets) <= BUCKETS
    starts = [bucket.start for bucket in found.buckets]
    assert starts == sorted(set(starts))
    assert all(found.buckets[end].uses for end in (0, -1) if found.buckets)
    assert found == timeline(reversed(rows))
    if drawn := plot(found):
        for bar in drawn.bars:
            across = float(bar.x[:-1]), float(bar.x[:-1]) + float(bar.width[:-1])
            assert 0 <= across[0] < across[1] <= 100.02
            assert 0 <= float(bar.y) <= HEIGHT
            assert (float(bar.height) > 0) == (bar.bucket.uses > 0)
        assert 1 < sum(bool(bar.tick) for bar in drawn.bars) <= 4
