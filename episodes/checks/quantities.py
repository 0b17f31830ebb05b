"""Numbers, percentages, money, dates and units that disagree between the languages (FORMATS §6).

Both sides are read as amounts; one that has no partner among *all* amounts of the other side is
looked at. A number said twice, summed up, rounded with 约, left vague (几十) or moved into the turn next
door is none of our business, and small numbers count only where another stands in their place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar

from episodes.checks.amounts import Amount, Kind, Weight, amounts
from episodes.checks.distinct import distinct
from episodes.checks.registry import Around, Finding, Fix, Severity, TurnCheck, register
from episodes.checks.subject import Turn
from episodes.checks.units import Unit
from episodes.transcripts.messages import fill, gettext_noop

__all__ = ["Currencies", "Difference", "Magnitudes", "Numbers", "Sort", "Units", "differences"]


MANY = 200
"""So many numbers in one turn are a table, and each is compared with each."""


class Sort:
    """What is wrong with two amounts."""

    NUMBER = "number"
    MAGNITUDE = "magnitude"
    CURRENCY = "currency"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Difference:
    """An amount of the translation, one of the original, or both, that do not agree."""

    sort: str
    text: Amount | None
    original: Amount | None


@lru_cache(maxsize=4096)
def differences(
    text: str, original: str, beside: tuple[str, str] = ("", "")
) -> tuple[Difference, ...]:
    """The amounts that disagree between a translation and its original.

    ``beside`` are translation and original of the turns next door, where a number may have gone.
    """
    if not text.strip() or not original.strip():
        return ()
    here, there = amounts(text), amounts(original)
    if not (here or there) or max(len(here), len(there)) > MANY:
        return ()
    ours = _lonely(here, there, beside[1])
    theirs = _lonely(there, here, beside[0])
    theirs = [one for one in theirs if not _corrected(original, there, theirs, one)]
    found: list[Difference] = []
    for one in ours:
        partner = min(
            (other for other in theirs if _alike(one, other)),
            key=lambda other: _distance(one, other),
            default=None,
        )
        if partner is None:
            if one.weight is Weight.ALONE:
                found.append(Difference(Sort.NUMBER, one, None))
            continue
        theirs.remove(partner)
        found.append(Difference(_sort(one, partner), one, partner))
    shortened = len(text) * 8 < len(original)
    for other in theirs:
        if other.weight is Weight.ALONE and not shortened:
            found.append(Difference(Sort.NUMBER, None, other))
    return tuple(found)


def _lonely(side: Sequence[Amount], other: Sequence[Amount], beside: str) -> list[Amount]:
    """The amounts of a side that nothing on the other one answers to."""
    lonely = [
        amount
        for amount in side
        if amount.weight
        and not any(_fits(amount, one) for one in other)
        and not _written_together(amount, side, other)
    ]
    if lonely and beside:
        near = amounts(beside)
        lonely = [a for a in lonely if not any(_fits(a, one, exact=True) for one in near)]
    return lonely


# Whether two amounts can be one


def _fits(amount: Amount, other: Amount, *, exact: bool = False) -> bool:
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
    for factor, own in _factors(amount.units, other.units):
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


def _factors(units: tuple[Unit, ...], others: tuple[Unit, ...]) -> Iterator[tuple[float, bool]]:
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


def _significant(value: float) -> int:
    digits = f"{value:.9g}".split("e")[0].replace(".", "").lstrip("0")
    return len(digits.rstrip("0"))


def _rounded(value: float, about: float) -> bool:
    """Whether what is said to be about so much is the value with fewer digits."""
    if not about or not math.isclose(value, about, rel_tol=0.06):
        return False
    step = 10.0 ** (math.floor(math.log10(abs(about))) - _significant(about) + 1)
    return _significant(value) > _significant(about) and abs(value - about) < step


def _shortened(value: float, other: float) -> bool:
    """1,234,567 and 123 万: rounded to a scale, to no less than two digits."""
    longer, shorter = sorted((value, other), key=_significant, reverse=True)
    kept = _significant(shorter)
    if not 2 <= kept < _significant(longer) or _significant(longer) < 4:
        return False
    return math.isclose(longer, shorter, rel_tol=0.5001 * 10.0 ** -(kept - 1)) and math.isclose(
        float(f"{longer:.{kept - 1}e}"), shorter, rel_tol=1e-9
    )


def _same_year(amount: Amount, other: Amount) -> bool:
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


def _written_together(amount: Amount, side: Sequence[Amount], other: Sequence[Amount]) -> bool:
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


_CORRECTS = re.compile(
    r"[\s,.…-]*(?:(?:u[hm]|sorry|no|I mean|or|actually|well)[\s,.…-]*){0,3}", re.IGNORECASE
)


def _corrected(
    original: str, side: Sequence[Amount], lonely: Sequence[Amount], one: Amount
) -> bool:
    """Whether a speaker corrects himself at once: 14, uh 15 billion."""
    following = next((other for other in side if other.start >= one.end), None)
    if following is None or following in lonely or not following.values:
        return False
    if following.start - one.end > 20 or one.kind is not following.kind:
        return False
    return _CORRECTS.fullmatch(original, one.end, following.start) is not None


# What belongs together although it differs


def _alike(one: Amount, other: Amount) -> bool:
    """Whether an amount without partner can be meant for another one without."""
    alone = one.weight is Weight.ALONE or other.weight is Weight.ALONE
    if {one.kind, other.kind} == {Kind.YEAR, Kind.NUMBER}:
        return not (one.units or other.units)  # 1900 people
    if one.kind is not other.kind:
        return False
    if one.kind is not Kind.NUMBER:
        return True
    dimensions = {unit.dimension for unit in one.units}, {unit.dimension for unit in other.units}
    if dimensions[0] and dimensions[1]:
        return bool(dimensions[0] & dimensions[1]) or one.values[0] == other.values[0]
    return alone or dimensions[0] == dimensions[1]


def _distance(one: Amount, other: Amount) -> tuple[bool, float]:
    first, second = one.values[0], other.values[0]
    if first <= 0 or second <= 0:
        return True, 0.0
    return not (one.units and other.units), abs(math.log(first / second))


def _sort(one: Amount, other: Amount) -> str:
    if one.kind is not Kind.NUMBER:
        return Sort.NUMBER
    if math.isclose(one.values[0], other.values[0], rel_tol=1e-9) and one.units and other.units:
        money = all(_is_money(amount.units) for amount in (one, other))
        return Sort.CURRENCY if money else Sort.UNIT
    if any(_power_of_ten(*pair) for pair in _pairs(one, other)):
        return Sort.MAGNITUDE
    return Sort.NUMBER


def _is_money(units: Sequence[Unit]) -> bool:
    return any(unit.dimension == "money" for unit in units)


def _pairs(one: Amount, other: Amount) -> Iterator[tuple[float, float]]:
    for factor, _ in _factors(one.units, other.units):
        for value in one.values:
            for its in other.values:
                yield value * factor, its


def _power_of_ten(value: float, other: float) -> bool:
    if value <= 0 or other <= 0:
        return False
    power = math.log10(value / other)
    return abs(power) > 0.5 and abs(power - round(power)) < 1e-6


# The checks

_CHINESE = re.compile(r"(\D*?)([\d.,]+)\s?(万亿|亿|万)")


def chinese(value: float) -> str:
    """A value as Chinese writes it: 5000亿, 1.5万亿, 3200."""
    for size, name in ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")):
        if value >= size and _significant(value) <= 4 + (value >= size * 10) + (
            value >= size * 100
        ):
            return f"{value / size:.12g}{name}"
    return f"{value:.12g}"


class _Disagreement(TurnCheck):
    """An amount of one language that is another one in the other."""

    depends = frozenset({"text", "original"})
    reach = 1
    sort: ClassVar[str]

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:
        beside = [other for _, other in around.neighbours(self.reach)]
        places = (
            "\n".join(other.text for other in beside),
            "\n".join(other.original for other in beside),
        )
        found = differences(turn.text, turn.original, places)
        yield from distinct(self._finding(turn, one) for one in found if one.sort == self.sort)

    def _finding(self, turn: Turn, one: Difference) -> Finding:
        place = one.text or one.original
        if place is None:
            raise ValueError("a difference of nothing")
        says = one.text.words if one.text else ""
        said = one.original.words if one.original else ""
        message = self.sentence
        if not one.original:
            message = gettext_noop("“{text}” stands in the translation only.")
        elif not one.text:
            message = gettext_noop("“{original}” stands in the original only.")
        return Finding(
            check=self.code,
            message=fill(message, original=said, text=says),
            uid=turn.uid,
            field="text" if one.text else "original",
            start=place.start,
            end=place.end,
            fix=self.fix(turn, one),
            about=(says, said),
        )

    def fix(self, turn: Turn, one: Difference) -> Fix | None:  # noqa: ARG002 - for others to use
        return None

    sentence: ClassVar[str]


@register
class Numbers(_Disagreement):
    """Numbers, percentages, dates and times that differ, or stand on one side only."""

    code = "number"
    severity = Severity.WARNING
    title = gettext_noop("A number differs from the original")
    sort = Sort.NUMBER
    sentence = gettext_noop("The original says “{original}”, the translation “{text}”.")


@register
class Magnitudes(_Disagreement):
    """50 billion as 50 亿: the digits agree, the size does not."""

    code = "number_magnitude"
    severity = Severity.WARNING
    title = gettext_noop("A number is out by a power of ten")
    sort = Sort.MAGNITUDE
    sentence = gettext_noop(
        "The original says “{original}”, the translation “{text}”: a power of ten lies between them."
    )

    def fix(self, turn: Turn, one: Difference) -> Fix | None:
        """Where 万, 亿 or 万亿 stand after digits, the value of the original."""
        if one.text is None or one.original is None or one.original.scaled == 1:
            return None
        wrong = turn.text[one.text.start : one.text.end]
        written = _CHINESE.match(wrong)
        if written is None or written[1].strip() or one.text.low:
            return None
        right = chinese(one.original.values[0]) + wrong[written.end() :]
        return Fix("text", turn.text[: one.text.start] + right + turn.text[one.text.end :])


@register
class Currencies(_Disagreement):
    """$50 as 50 元."""

    code = "number_currency"
    severity = Severity.WARNING
    title = gettext_noop("An amount is in another currency")
    sort = Sort.CURRENCY
    sentence = gettext_noop(
        "The original says “{original}”, the translation “{text}”: these are different currencies."
    )


@register
class Units(_Disagreement):
    """35 megawatts as 35 吉瓦."""

    code = "number_unit"
    severity = Severity.WARNING
    title = gettext_noop("A number is counted in another unit")
    sort = Sort.UNIT
    sentence = gettext_noop(
        "The original says “{original}”, the translation “{text}”: these are different units."
    )
