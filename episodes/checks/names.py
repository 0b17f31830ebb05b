"""Names that are nearly those of somebody or something known, and names spelt in two ways.

What is near is decided in ``namefinder``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from episodes.checks.namefinder import NameFinder, Near, blanked, finder_of
from episodes.checks.nameindex import Word, key_of, words
from episodes.checks.nearness import are_forms, by_ear, by_letters
from episodes.checks.people import CAST
from episodes.checks.registry import EpisodeCheck, Finding, Fix, Severity, register
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.messages import fill, gettext_noop

__all__ = ["NearNames", "UnlikeNames"]


def _findings(code: str, turn: Turn, name: str, nears: Sequence[Near]) -> Iterator[Finding]:
    """One finding for each misspelling, at its first place; the fix mends all of its places."""
    by_said: dict[str, list[Near]] = {}
    for near in nears:
        by_said.setdefault(near.said, []).append(near)
    for said, places in by_said.items():
        first = min(places, key=lambda near: near.start)
        value: str = getattr(turn, name)
        for near in sorted(places, key=lambda near: -near.start):
            value = value[: near.start] + near.known + value[near.end :]
        yield Finding(
            check=code,
            message=fill(
                gettext_noop("“{said}” is nearly “{known}”, but not quite."),
                said=said,
                known=first.known,
            ),
            uid=turn.uid,
            field=name,
            start=first.start,
            end=first.end,
            fix=Fix(name, value) if first.safe else None,
            about=(name, said, first.known),
        )


@register
class NearNames(EpisodeCheck):
    """A name that is nearly a known one, in either language or in a label: a misspelling."""

    code = "name_near"
    severity = Severity.WARNING
    title = gettext_noop("A name is nearly a known one")
    depends = frozenset(
        CAST | {"text", "original", "language"} | {"organisations", "products", "works", "terms"}
    )

    def find(self, subject: Subject) -> Iterator[Finding]:
        finder = finder_of(subject)
        told: set[str] = set()
        for turn, text, original in finder.pairs:
            nearly = finder.cast.misspelt.get(turn.label) if not turn.speaker else None
            if nearly and turn.label not in told:
                told.add(turn.label)
                yield Finding(
                    check=self.code,
                    message=fill(
                        gettext_noop("The speaker “{said}” is nearly “{known}”, but not quite."),
                        said=turn.label,
                        known=nearly.latin or nearly.han,
                    ),
                    uid=turn.uid,
                    field="label",
                    start=0,
                    end=len(turn.label),
                    about=("label", turn.label),
                )
            ours = [*finder.near(text, original, turn.speaker), *finder.sounding(turn, original)]
            theirs = finder.near(original, text, turn.speaker)
            for name, field, nears in (("text", text, ours), ("original", original, theirs)):
                for near in list(finder.spaced(field, nears)):
                    if near.said not in told:  # once in an episode: it may be its way to write it
                        nears.append(near)
                told.update(near.said for near in nears if key_of(near.said) == key_of(near.known))
                yield from _findings(self.code, turn, name, nears)


@register
class UnlikeNames(EpisodeCheck):
    """A Latin name of the translation that its original has nearly so, and that nobody knows."""

    code = "name_differs"
    severity = Severity.HINT
    title = gettext_noop("A name is spelt differently in the two languages")
    depends = NearNames.depends

    def find(self, subject: Subject) -> Iterator[Finding]:
        finder: NameFinder | None = None
        for turn in subject.turns:
            pairs = list(_alike(turn))
            if not pairs:
                continue
            finder = finder or finder_of(subject)
            _turn, text, original = finder.pairs[subject.positions[turn.uid]]
            known = finder.near(original, text, turn.speaker)
            told: set[str] = set()
            for here, there in pairs:
                if here.key in original.keys or there.key in text.keys or there.key in told:
                    continue
                if finder.is_right(there.key) or any(
                    there.start < near.end and near.start < there.end for near in known
                ):
                    continue
                told.add(there.key)
                yield Finding(
                    check=self.code,
                    message=fill(
                        gettext_noop("The translation writes “{here}”, the original “{there}”."),
                        here=here.text,
                        there=there.text,
                    ),
                    uid=turn.uid,
                    field="original",
                    start=there.start,
                    end=there.end,
                    about=(here.text, there.text),
                )


def _alike(turn: Turn) -> Iterator[tuple[Word, Word]]:
    """Latin names of a translation with words of its original that are nearly so."""
    said, written = words(blanked(turn.original)), words(blanked(turn.text))
    keys, others = {word.key for word in said}, {word.key for word in written}
    for word in written:
        if len(word.key) < 5 or word.key in keys or not word.text[:1].isupper():
            continue
        for other in said:
            key = other.key
            if key[:1] == word.key[:1] and len(key) >= 5 and key not in others:
                near = by_letters(key, word.key) or by_ear(key, word.key)
                if near and not are_forms(key, word.key):
                    yield word, other
