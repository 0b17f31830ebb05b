"""What was corrected once and is remembered, where it stands again. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from episodes.checks.registry import Around, Finding, Fix, Severity, TurnCheck, register
from episodes.checks.subject import Turn
from episodes.transcripts.messages import Message, fill, gettext_noop
from episodes.transcripts.replacing import (
    Pattern,
    Replacement,
    Unsafe,
    applied,
    find,
    replacements,
)

__all__ = ["CODE", "KnownCorrection", "count", "mended"]

CODE = "known_correction"
FIELDS = ("text", "original")


def mended(
    uid: str,
    field: str,
    text: str,
    corrections: Iterable[Pattern],
    put_away: Container[str] = (),
) -> tuple[Replacement, ...]:
    """Return what all corrections replace in a text of a turn, in order, none overlapping.

    Left out is what is unsafe, what overlaps with an earlier correction, and those whose finding
    (``Finding.fingerprint``) is put away.
    """
    found: list[Replacement] = []
    for correction in corrections:
        about = _about(field, text, correction)
        if correction.concerns(field) and _fingerprint(uid, about) not in put_away:
            try:
                changes = replacements(text, correction)
            except Unsafe:
                continue
            found += [each for each in changes if not any(_meet(each, one) for one in found)]
    return tuple(sorted(found, key=lambda each: each.start))


def _meet(one: Replacement, other: Replacement) -> bool:
    return one.start < other.end and other.start < one.end


def count(field: str, text: str, corrections: Iterable[Pattern]) -> int:
    """Return how many places of a text the corrections concern."""
    return sum(len(find(text, each)) for each in corrections if each.concerns(field))


@register
class KnownCorrection(TurnCheck):
    """A spelling that an editor replaced once, and had remembered."""

    code = CODE
    severity = Severity.WARNING
    title = gettext_noop("A known misspelling")
    depends = frozenset({"text", "original", "corrections"})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:
        for field in FIELDS:
            text: str = getattr(turn, field)
            for correction in around.subject.corrections if text else ():
                if correction.concerns(field) and (hits := find(text, correction)):
                    yield Finding(
                        check=CODE,
                        message=_message(correction),
                        uid=turn.uid,
                        field=field,
                        start=hits[0][0],
                        end=hits[0][1],
                        fix=_fix(field, text, correction),
                        about=_about(field, text, correction),
                    )


def _about(field: str, text: str, correction: Pattern) -> tuple[str, ...]:
    return (field, correction.wrong, correction.right, text)


def _fingerprint(uid: str, about: tuple[str, ...]) -> str:
    return Finding(check=CODE, message=Message("", {}), uid=uid, about=about).fingerprint


def _message(correction: Pattern) -> Message:
    if not correction.right:
        template = gettext_noop("“{wrong}” is known to be taken out.")
        return fill(template, wrong=correction.wrong)
    template = gettext_noop("“{wrong}” is known to be “{right}”.")
    return fill(template, wrong=correction.wrong, right=correction.right)


def _fix(field: str, text: str, correction: Pattern) -> Fix | None:
    try:
        after = applied(text, replacements(text, correction))
    except Unsafe:
        return None
    return Fix(field, after) if after.strip() else None
