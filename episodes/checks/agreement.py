"""Whether two amounts, one of each language, can be the same."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from episodes.checks.amounts import Amount, Kind
from episodes.checks.units import Unit, unit_after

__all__ = ["factors", "fits", "is_short_for", "significant", "written_together"]

_YEAR = unit_after("年", 0)[0][0].factor


def fits(amount: Amount, other: Amount, *, exact: bool = False) -> bool:
    """Whether an amount says what the other one does; ``exact`` without any rounding."""
    if Kind.YEAR in (amount.kind, other.kind):
        return _same_year(amount, other)
    if Kind.FRACTION in (amount.kind, other.kind):
        return _same_part(amount, other)
    if amount.kind is not other.kind:
        return (
            amount.kind is Kind.MONTH
            and other.kind is Kind.DATE
            and (other.values[0] // 100 == amount.values[0])
        )
    if amount.kind is not Kind.NUMBER:
        return bool(set(amount.values) & set(other.values))
    for factor, own in factors(amount.units, other.units):
        for value in amount.values:
            if other.high and not exact and 0.95 * other.low <= value * factor <= 1.02 * other.high:
                return True
            for its in other.values:
                if _equal(value, its, factor, own):
                    return True
                if amount.about is not other.about and _rounded(
                    *((value * factor, its) if other.about else (its, value * factor))
                ):
                    return True
                if max(amount.scaled, other.scaled) > 1 and _shortened(value * factor, its):
                    return True
    return False


def factors(units: tuple[Unit, ...], others: tuple[Unit, ...]) -> Iterator[tuple[float, bool]]:
    """By what to multiply for the other's unit, and whether both are counted in the same."""
    if not units or not others:
        yield 1.0, True
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
    return math.isclose(value * factor, other, rel_tol=1e-9 if same_unit else 0.06)


def significant(value: float) -> int:
    """How many digits of a value are no zeros at its end."""
    digits = f"{value:.9g}".split("e")[0].replace(".", "").lstrip("0")
    return len(digits.rstrip("0"))


def _rounded(value: float, about: float) -> bool:
    """Whether what is said to be about so much is the value with fewer digits."""
    if not about or not math.isclose(value, about, rel_tol=0.06):
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
    return math.isclose(first, second, abs_tol=tolerance)


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
    if not whole.digits or not whole.values or not 100 <= whole.values[0] < 1e6:
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
