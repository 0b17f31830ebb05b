"""A term's use over time: buckets of months, quarters or years, and the bars that show them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

__all__ = ["HEIGHT", "Bar", "Bucket", "Plot", "Timeline", "plot", "timeline"]

BUCKETS = 40
"""At most so many buckets; a longer time is cut into longer ones."""

STEPS = (1, 3, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000)
"""How many months a bucket may have; 6,000 are enough for all the years that a date may name."""

HEIGHT = 88
"""How high the plot is, in pixels; its width is that of the page."""

LABELS = 4
WIDEST = 6.0  # per cent of the width
LOWEST = 2.0  # pixels: what is used at all can be seen


@dataclass(frozen=True, slots=True)
class Bucket:
    """The uses from the first of a month on, for ``Timeline.months``. ``label`` names that time."""

    start: date
    label: str
    uses: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Buckets one after the other, without gaps; ``undated`` uses are in none of them."""

    months: int
    buckets: tuple[Bucket, ...]
    undated: int

    @property
    def years(self) -> int:
        """How many years a bucket has; 0 if it is shorter."""
        return self.months // 12

    @property
    def most(self) -> Bucket:
        """The fullest bucket, of several the latest."""
        return max(self.buckets, key=lambda bucket: (bucket.uses, bucket.start))


def timeline(rows: Iterable[tuple[date | None, int]]) -> Timeline:
    """Return the uses (date, how many) in the finest buckets of which ``BUCKETS`` are enough."""
    of_month: Counter[int] = Counter()
    undated = 0
    for day, uses in rows:
        if day is None:
            undated += uses
        else:
            of_month[day.year * 12 + day.month - 1] += uses
    if not of_month:
        return Timeline(STEPS[0], (), undated)
    first, last = min(of_month), max(of_month)
    step = next(step for step in STEPS if last // step - first // step < BUCKETS)
    uses_of: Counter[int] = Counter()
    for month, uses in of_month.items():
        uses_of[month // step] += uses
    return Timeline(
        step,
        tuple(_bucket(number, step, uses_of[number]) for number in _span(first, last, step)),
        undated,
    )


def _span(first: int, last: int, step: int) -> range:
    return range(first // step, last // step + 1)


def _bucket(number: int, step: int, uses: int) -> Bucket:
    year, month = divmod(number * step, 12)
    # dates begin with the year 1; a bucket of many years may begin with the year 0
    return Bucket(date(max(year, 1), month + 1, 1), _label(year, month, step), uses)


def _label(year: int, month: int, step: int) -> str:
    if step == 1:
        return f"{year:04}-{month + 1:02}"
    if step == 3:
        return f"{year:04} Q{month // 3 + 1}"
    years = step // 12
    return f"{year:04}" if years == 1 else f"{year:04}–{year + years - 1:04}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bucket as it is drawn, and the words beneath it ("" beneath most).

    Across in per cent of the width, down in pixels from the top; fit for SVG's attributes.
    """

    bucket: Bucket
    x: str
    width: str
    y: str
    height: str
    tick: str
    tick_x: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn of a timeline."""

    height: int
    bars: tuple[Bar, ...]
    most: int


def plot(shown: Timeline) -> Plot | None:
    """Return the bars of a timeline; None where one bucket (or none) shows nothing over time."""
    count = len(shown.buckets)
    if count < 2:
        return None
    most = shown.most.uses
    room = 100 / count
    width = min(WIDEST, room * 0.8)
    every = -(-count // LABELS)
    bars = []
    for number, bucket in enumerate(shown.buckets):
        middle = (number + 0.5) * room
        high = max(LOWEST, HEIGHT * bucket.uses / most) if bucket.uses else 0.0
        left = middle - width / 2
        bars.append(
            Bar(
                bucket,
                x=f"{left:.2f}%",
                width=f"{width:.2f}%",
                y=f"{HEIGHT - high:.1f}",
                height=f"{high:.1f}",
                tick=bucket.label if number % every == 0 else "",
                tick_x=f"{middle if number else left:.2f}%",
                anchor="middle" if number else "start",
            )
        )
    return Plot(HEIGHT, tuple(bars), most)
