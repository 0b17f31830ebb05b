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
from typing import ClassVar

from episodes.checks.agreement import factors, fits, is_short_for, significant, written_together
from episodes.checks.amounts import Amount, Kind, Weight, amounts
from episodes.checks.distinct import distinct
from episodes.checks.registry import Around, Finding, Fix, Severity, TurnCheck, register
from episodes.checks.subject import Turn
from episodes.checks.units import PERCENT, Unit
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
    ours, theirs = _lonely(here, there), _lonely(there, here)
    if not _in_each_others_place(here, there, ours, theirs):
        left = _not_beside(ours, beside[1]), _not_beside(theirs, beside[0])
        if not (any(left) and _only_two(ours, theirs)):
            ours, theirs = left
    theirs = [one for one in theirs if not _corrected(original, there, theirs, one)]
    found: list[Difference] = []
    ours, theirs, small = _by_weight(ours, theirs)
    for one in ours:
        partner = min(
            (other for other in theirs if _alike(one, other)),
            key=lambda other: _distance(one, other),
            default=None,
        )
        if partner is None:
            if one.weight is Weight.ALONE:
                found.append(Difference(Sort.NUMBER, one, None))
            elif not one.units:
                small[0].append(one)
            continue
        theirs.remove(partner)
        found.append(Difference(_sort(one, partner), one, partner))
    shortened = len(text) * 8 < len(original)
    for other in theirs:
        if other.weight is Weight.ALONE and not shortened:
            found.append(Difference(Sort.NUMBER, None, other))
        elif other.weight is Weight.PAIRED and not other.units:
            small[1].append(other)
    if len(small[0]) == len(small[1]) == 1 and small[0][0].kind is small[1][0].kind:
        found.append(Difference(Sort.NUMBER, small[0][0], small[1][0]))  # 四大 for “five of them”
    return tuple(found)


def _by_weight(
    ours: list[Amount], theirs: list[Amount]
) -> tuple[list[Amount], list[Amount], tuple[list[Amount], list[Amount]]]:
    """The lonely amounts of both sides, those below ten by themselves."""
    parted = [[one for one in side if one.weight > Weight.SMALL] for side in (ours, theirs)]
    small = [[one for one in side if one.weight is Weight.SMALL] for side in (ours, theirs)]
    return parted[0], parted[1], (small[0], small[1])


def _in_each_others_place(
    here: Sequence[Amount],
    there: Sequence[Amount],
    ours: Sequence[Amount],
    theirs: Sequence[Amount],
) -> bool:
    """Whether one amount stands instead of another, so that what the turns next door say is no excuse:
    one of each side is left, and all others have their partners."""
    if not _only_two(ours, theirs):
        return False
    said = [sum(one.weight > Weight.SMALL for one in side) for side in (here, there)]
    return said[0] == said[1]


def _only_two(ours: Sequence[Amount], theirs: Sequence[Amount]) -> bool:
    """Whether one amount of each side is left, and they can be meant for each other."""
    return len(ours) == len(theirs) == 1 and _alike(ours[0], theirs[0])


def _lonely(side: Sequence[Amount], other: Sequence[Amount]) -> list[Amount]:
    """The amounts of a side that nothing on the other one answers to."""
    lonely = [
        amount
        for amount in side
        if amount.weight
        and not _answered(amount, other)
        and not written_together(amount, side, other)
    ]
    ours, theirs = (any(one.scaled >= 1e4 for one in each) for each in (side, other))
    return [
        amount
        for amount in lonely
        if not any(
            (theirs and is_short_for(one, amount)) or (ours and is_short_for(amount, one))
            for one in other
        )
    ]


def _answered(amount: Amount, others: Sequence[Amount], *, exact: bool = False) -> bool:
    """Whether one of the others says the same; to 一毫米 not any 1."""
    measure = _a_measure(amount)
    return any(fits(amount, one, exact=exact) for one in others if one.units or not measure)


def _not_beside(lonely: list[Amount], beside: str) -> list[Amount]:
    """Those of them that have not gone into the turns next door."""
    if not lonely or not beside:
        return lonely
    near = amounts(beside)
    return [one for one in lonely if not _answered(one, near, exact=True)]


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
    if one.units and following.units and original[one.end : following.start].isspace():
        return False  # six days a week
    return _CORRECTS.fullmatch(original, one.end, following.start) is not None


# What belongs together although it differs


def _alike(one: Amount, other: Amount) -> bool:
    """Whether an amount without partner can be meant for another one without."""
    alone = one.weight is Weight.ALONE or other.weight is Weight.ALONE
    if {one.kind, other.kind} == {Kind.YEAR, Kind.NUMBER}:
        return not (one.units or other.units) or one.values == other.values  # 1900 people
    if {one.kind, other.kind} == {Kind.FRACTION, Kind.NUMBER}:
        return all(
            each.kind is Kind.FRACTION or each.units[:1] == (PERCENT,) for each in (one, other)
        )
    if one.kind is not other.kind:
        return False
    if one.kind is not Kind.NUMBER:
        return True
    dimensions = {unit.dimension for unit in one.units}, {unit.dimension for unit in other.units}
    if _a_measure(one) or _a_measure(other):  # a mile is no two kilometres, but often 两公里
        return dimensions[0] == dimensions[1] and one.size == other.size
    if dimensions[0] and dimensions[1]:
        return bool(dimensions[0] & dimensions[1]) or one.size == other.size
    return alone or dimensions[0] == dimensions[1]


def _a_measure(amount: Amount) -> bool:
    """Whether it is one of something (a mile, an ounce, 每桶) other than time, money or shares."""
    if amount.size != 1 or amount.digits or not amount.units:
        return False
    return amount.units[0].dimension not in ("time", "money", "percent", "times")


def _distance(one: Amount, other: Amount) -> tuple[bool, float]:
    first, second = one.size, other.size
    if first <= 0 or second <= 0:
        return True, 0.0
    return not (one.units and other.units), abs(math.log(first / second))


def _sort(one: Amount, other: Amount) -> str:
    if one.kind is not Kind.NUMBER:
        return Sort.NUMBER
    if math.isclose(one.size, other.size, rel_tol=1e-9) and one.units and other.units:
        money = all(_is_money(amount.units) for amount in (one, other))
        return Sort.CURRENCY if money else Sort.UNIT
    if any(_power_of_ten(*pair) for pair in _pairs(one, other)):
        return Sort.MAGNITUDE
    return Sort.NUMBER


def _is_money(units: Sequence[Unit]) -> bool:
    return any(unit.dimension == "money" for unit in units)


def _pairs(one: Amount, other: Amount) -> Iterator[tuple[float, float]]:
    for factor, _ in factors(one.units, other.units):
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
        if value >= size and significant(value) <= 4 + (value >= size * 10) + (value >= size * 100):
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
