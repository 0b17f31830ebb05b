"""An amount: a number with what it counts, as the checks compare it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, IntEnum

from episodes.checks.units import Unit

__all__ = ["Amount", "Kind", "Weight"]


class Kind(Enum):
    """What sort of number it is; only amounts of one kind are compared."""

    NUMBER = "number"
    FRACTION = "fraction"
    YEAR = "year"  # or a decade: 1990 for the 1990s
    CENTURY = "century"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    MONTH = "month"
    DATE = "date"  # month * 100 + day
    WEEKDAY = "weekday"  # Monday is 1
    TIME = "time"  # minutes after twelve, noon or midnight


class Weight(IntEnum):
    """How much is made of a number that the other language does not have.

    Nothing (a word such as 一个, a part of a name); a number below ten, which counts where it is
    the only one that differs; something only where the other language has another such number
    instead; or a finding in any case.
    """

    NONE = 0
    SMALL = 1
    PAIRED = 2
    ALONE = 3


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a text. ``values`` are its readings, ``units`` what it can be counted in (none:
    not said), ``low`` and ``high`` the bounds of a vague one, ``about`` that it is said to be
    rounded; ``words`` how it is written; ``parts`` are the numbers of a ratio, 1 and 5 of one in
    five."""

    start: int
    end: int
    words: str
    values: tuple[float, ...]
    units: tuple[Unit, ...] = ()
    kind: Kind = Kind.NUMBER
    weight: Weight = Weight.NONE
    low: float = 0.0
    high: float = 0.0
    about: bool = False
    digits: bool = False
    scaled: float = 1.0
    parts: tuple[float, ...] = ()

    @property
    def size(self) -> float:
        """Its likeliest value; one between its bounds where it is vague, and 0 for none at all."""
        return self.values[0] if self.values else math.sqrt(self.low * self.high)
