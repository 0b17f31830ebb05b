"""Whether two amounts, one of each language, can be the same."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from episodes.checks.amounts import Amount, Kind
from episodes.checks.units import Unit, unit_after

__all__ = ["factors", "fits", "is_short_for", "significant", "written_together"]

_IMPERIAL = {
    ("length", 1e3): 1.609344,
    ("length", 1): 0.3048,
    ("mass", 1): 0.453592,
    ("area", 1e4): 0.4046856,
}
"""What a number without unit may have been, a mile where the other says 公里."""
_YEAR = unit_after("年", 0)[0][0].factor


def fits(amount: Amount, other: Amount, *, exact: bool = False) -> bool:
    """Whether an amount says what the other one does; ``exact`` without any rounding."""
    if Kind.YEAR in (amount.kind, other.kind):
        return _same_year(amount, other)
    if Kind.FRACTION in (amount.kind, other.kind):
        parts = amount.parts or other.parts  # 100 of “99 out of 100”
        whole = other if amount.parts else amount
        if (
            parts
            and not exact
            and whole.kind is Kind.NUMBER
            and not whole.units
            and set(whole.values) & set(parts)
        ):
            return True
        return _same_part(amount, other)
    if amount.kind is not other.kind:
        return _across_kinds(amount, other)
    if amount.kind is not Kind.NUMBER:
        return bool(set(amount.values) & set(other.values))
    for factor, own in factors(amount.units, other.units):
        if not amount.values and not exact and _overlap(amount, other, factor):
            return True
        for value in amount.values:
            if other.high and not exact and _within(value * factor, other):
                return True
            for its in other.values:
                if _equal(value, its, factor, own):
                    return True
                if exact:
                    continue
                if amount.about is not other.about and _rounded(
                    *((value * factor, its) if other.about else (its, value * factor))
                ):
                    return True
                if max(amount.scaled, other.scaled) > 1 and _shortened(value * factor, its):
                    return True
                if factor in (0.01, 100.0) and _risen(value, its, factor):
                    return True
    return False


def _within(value: float, vague: Amount) -> bool:
    """Whether a value lies in a vague one; 二十多 ends before 30."""
    if vague.values:
        return 0.95 * vague.low <= value < vague.high
    return 0.95 * vague.low <= value <= 1.02 * vague.high


def _across_kinds(amount: Amount, other: Amount) -> bool:
    """April is the month of April 5th; four minutes and fifty seconds are 4:50."""
    if amount.kind is Kind.MONTH and other.kind is Kind.DATE:
        return other.values[0] // 100 == amount.values[0]
    if {amount.kind, other.kind} == {Kind.TIME, Kind.NUMBER}:
        return bool(set(amount.values + other.values) & set(amount.parts + other.parts))
    return False


def _overlap(vague: Amount, other: Amount, factor: float) -> bool:
    """Whether a vague one can mean the other, with a little room: 两三百 and a couple of hundred."""
    low, high = 0.95 * vague.low * factor, 1.02 * vague.high * factor
    if any(low <= value <= high for value in other.values):
        return True
    return bool(other.high) and low <= other.high and other.low <= high


def _risen(value: float, other: float, factor: float) -> bool:
    """Tripled is up 200 percent."""
    times, percent = (other, value) if factor < 1 else (value, other)
    return math.isclose((times - 1) * 100, percent, rel_tol=1e-9)


def factors(units: tuple[Unit, ...], others: tuple[Unit, ...]) -> Iterator[tuple[float, bool]]:
    """By what to multiply for the other's unit, and whether both are counted in the same."""
    if not units or not others:
        yield 1.0, True
        for unit in units or others:
            if other_way := _IMPERIAL.get((unit.dimension, unit.factor)):
                yield (1 / other_way if units else other_way), False
        return
    for unit in units:
        for other in others:
            if unit.dimension == other.dimension and _same_money(unit.code, other.code):
                yield unit.factor / other.factor, unit.factor == other.factor
            elif {unit.dimension, other.dimension} == {"percent", "times"}:
                yield (0.01 if unit.dimension == "percent" else 100.0), True


def _same_money(code: str, other: str) -> bool:
    if code == other or not code or not other:
        return True
    return "dollar" in (code, other) and (code if other == "dollar" else other)[-1] == "D"


def _equal(value: float, other: float, factor: float, same_unit: bool) -> bool:
    if same_unit:
        return math.isclose(value * factor, other, rel_tol=1e-9)
    rounded = min(significant(value), significant(other)) == 1 and value >= 10
    return math.isclose(value * factor, other, rel_tol=0.08 if rounded else 0.06)


def significant(value: float) -> int:
    """How many digits of a value are no zeros at its end."""
    digits = f"{value:.9g}".split("e")[0].replace(".", "").lstrip("0")
    return len(digits.rstrip("0"))


def _rounded(value: float, about: float) -> bool:
    """Whether what is said to be about so much is the value with fewer digits."""
    if not about or not math.isclose(value, about, rel_tol=0.08):
        return False
    step = 10.0 ** (math.floor(math.log10(abs(about))) - significant(about) + 1)
    return significant(value) > significant(about) and abs(value - about) < step


def _shortened(value: float, other: float) -> bool:
    """1,234,567 and 123 万: rounded to a scale, to no less than two digits."""
    longer, shorter = sorted((value, other), key=significant, reverse=True)
    kept = significant(shorter)
    if not 2 <= kept < significant(longer) or significant(longer) < 4:
        return False
    return math.isclose(longer, shorter, rel_tol=0.5001 * 10.0 ** -(kept - 1)) and math.isclose(
        float(f"{longer:.{kept - 1}e}"), shorter, rel_tol=1e-9
    )


def _same_year(amount: Amount, other: Amount) -> bool:
    if any(unit.factor != _YEAR for one in (amount, other) for unit in one.units):
        return False  # 2019 minutes
    for year in amount.values:
        for another in other.values:
            if Kind.CENTURY in (amount.kind, other.kind):  # the 1800s, 十九世纪
                return max(year, another) == (min(year, another) - 1) * 100
            if year == another:
                return True
            short, full = sorted((year, another))
            if short < 100 and 1900 <= full < 2100 and full % 100 == short and full == int(full):
                return True
    return False


def _same_part(amount: Amount, other: Amount) -> bool:
    """A third is 33 %, 三成 are three tenths."""
    first, second = _part(amount), _part(other)
    if first is None or second is None:
        return False
    if not second and other.high:
        return other.low <= first * 100 <= other.high
    tolerance = (
        1e-9 if amount.kind is other.kind else 0.04 if amount.about or other.about else 0.015
    )
    return math.isclose(first, second, abs_tol=min(tolerance, max(first, second) / 5))


def _part(amount: Amount) -> float | None:
    if amount.kind is Kind.FRACTION or not amount.units:
        return amount.values[0] if amount.values else None
    dimension = amount.units[0].dimension
    if dimension == "percent" and amount.values:
        return amount.values[0] * amount.units[0].factor / 100
    return amount.values[0] if dimension == "times" and amount.values else None


def is_short_for(short: Amount, full: Amount) -> bool:
    """Whether “80” is short for 80 billion, where all speak of billions."""
    if short.units or short.scaled > 1 or not short.digits or full.scaled < 1e4:
        return False
    if short.kind is not Kind.NUMBER or full.kind is not Kind.NUMBER or not short.weight:
        return False
    return any(
        math.isclose(value * scale, its, rel_tol=1e-9)
        for value in short.values
        for its in full.values
        for scale in (1e6, 1e9, 1e12)
        if 10 <= value < 1000
    )


def written_together(amount: Amount, side: Sequence[Amount], other: Sequence[Amount]) -> bool:
    """24/7 is often heard as 247, 10 to 15 as 1015."""
    if _joins(amount, other):
        return True
    return any(
        _joins(one, (first, second))
        for first, second in pairwise(side)
        if amount in (first, second)
        for one in other
    )


def _joins(whole: Amount, parts: Sequence[Amount]) -> bool:
    if not whole.values or not 100 <= whole.values[0] < 1e6:
        return False
    digits = f"{whole.values[0]:.0f}"
    for first in range(len(parts)):
        written = ""
        for place in range(first, min(first + 4, len(parts))):
            part = parts[place]
            if not part.values or part.digits is not parts[first].digits:
                break
            if written and part.start - parts[place - 1].end > 3:
                break
            written += f"{part.values[-1]:.0f}"
            if written == digits and place > first:
                return True
    return False
