"""Which checks have to look at which turns again, when something changed. Pure.

A finding of a turn's check depends on the turn, its neighbours within ``reach`` and what the check
says it depends on besides (:class:`~episodes.checks.registry.TurnCheck`); a finding about the whole
episode on nothing but what the check names. So the digests of these tell what need not be looked for
again; the findings are those of a full run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from episodes.checks.registry import (
    Around,
    Check,
    EpisodeCheck,
    Finding,
    TurnCheck,
)
from episodes.checks.subject import Subject, Turn

__all__ = ["Digests", "Outcome", "digests_of", "run"]

OF_TURN = frozenset(item.name for item in fields(Turn))
OF_EPISODE = frozenset(item.name for item in fields(Subject)) - {"turns", "register", "added"}


@dataclass(frozen=True, slots=True)
class Digests:
    """What an episode was like: its turns in order, and all that checks depend on, by name.

    Under the name of a turn's field stands that field of all turns. ``whole`` stands for all of it.
    Digests are 16 hexadecimal digits.
    """

    turns: tuple[tuple[str, str], ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found, and for which (check, uid) it was looked: of all else the old findings stand.

    ``uid`` is None where a check looked at the whole episode.
    """

    findings: tuple[Finding, ...]
    looked: frozenset[tuple[str, str | None]]


def digests_of(subject: Subject, shared: Mapping[str, str]) -> Digests:
    """Return the digests of an episode; ``shared`` are those of what lies outside it (``people``,
    ``terms``, the release of the checks), by the names that checks give in ``depends``."""
    turns = tuple(
        (turn.uid, _digest([getattr(turn, name) for name in sorted(OF_TURN)]))
        for turn in subject.turns
    )
    beside = {name: _digest(_plain(getattr(subject, name))) for name in sorted(OF_EPISODE)}
    for name in sorted(OF_TURN):
        beside[name] = _digest([(turn.uid, getattr(turn, name)) for turn in subject.turns])
    beside |= shared
    return Digests(turns, beside, _digest([turns, sorted(beside.items())]))


def run(checks: Iterable[Check], subject: Subject, now: Digests, before: Digests | None) -> Outcome:
    """Look for what may have changed since ``before``; for everything if that is None."""
    findings: list[Finding] = []
    looked: set[tuple[str, str | None]] = set()
    if before is not None and before.whole == now.whole:
        return Outcome((), frozenset())
    for check in checks:
        if isinstance(check, EpisodeCheck):
            if not _differs(check.depends, now, before):
                continue
            findings += check.find(subject)
            looked.add((check.code, None))
        elif isinstance(check, TurnCheck):
            places = _places(check, subject, now, before)
            if not places:
                continue
            shared = {check.code: check.prepare(subject)}
            for place in places:
                turn = subject.turns[place]
                findings += check.find(turn, Around(subject, place, shared))
                looked.add((check.code, turn.uid))
    return Outcome(tuple(findings), frozenset(looked))


def _places(check: TurnCheck, subject: Subject, now: Digests, before: Digests | None) -> list[int]:
    every = list(range(len(subject.turns)))
    if before is None or _differs(check.depends - OF_TURN, now, before):
        return every
    if not _differs(check.depends, now, before):
        return []
    if type(check).prepare is not TurnCheck.prepare:
        return every  # what it prepares is made of the whole episode
    old = _around(before.turns, check.reach)
    new = _around(now.turns, check.reach)
    return [place for place in every if new[now.turns[place][0]] != old.get(now.turns[place][0])]


def _differs(names: Iterable[str], now: Digests, before: Digests | None) -> bool:
    """Whether any of what a check depends on is not as it was."""
    return before is None or any(now.beside.get(name) != before.beside.get(name) for name in names)


def _around(turns: tuple[tuple[str, str], ...], reach: int) -> dict[str, tuple[object, ...]]:
    """Return for each uid its digest and those of its neighbours, with their distance."""
    return {
        uid: (
            min(place, reach),  # so that the first and the last turns are told from others
            *(digest for _uid, digest in turns[max(0, place - reach) : place + reach + 1]),
        )
        for place, (uid, _own) in enumerate(turns)
    }


def _plain(value: object) -> object:
    """Return a value whose ``repr`` is the same whenever the value is."""
    if isinstance(value, Mapping):
        return sorted((str(key), _plain(each)) for key, each in value.items())
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    return value


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "backslashreplace")).hexdigest()[:16]
