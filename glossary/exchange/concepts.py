"""An entry as a value that files can hold, and what reading a file gives.

All formats agree on one form (:func:`tidy`): what differs from it in nothing but white space and
characters that no text may hold is the same, whichever file it came through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from episodes.transcripts.characters import strip_controls
from episodes.transcripts.messages import fill, gettext_noop

__all__ = [
    "FIELDS",
    "LISTS",
    "MAX_BYTES",
    "MAX_ROWS",
    "NAMES",
    "STATES",
    "Concept",
    "Fault",
    "Reading",
    "Remarks",
    "Row",
    "lines",
    "made",
    "one_line",
    "refused",
    "tidy",
    "too_large",
]

STATES = ("candidate", "approved", "rejected")
NAMES = ("term", "foreign_term", "abbreviation", "expansion")
LISTS = ("aliases", "forbidden")
FIELDS = ("slug", *NAMES, "definition", *LISTS, "state")
"""The fields of a :class:`Concept`, in the order in which files give them."""

MAX_BYTES = 8_000_000
MAX_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Concept:
    """What an entry says, as plain text. Names are of one line, a definition may have several."""

    slug: str = ""
    term: str = ""
    foreign_term: str = ""
    abbreviation: str = ""
    expansion: str = ""
    definition: str = ""
    aliases: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    state: str = "candidate"


@dataclass(frozen=True, slots=True)
class Row:
    """A concept, and the line of the file where it begins."""

    line: int
    concept: Concept


@dataclass(frozen=True, slots=True)
class Fault:
    """What a file holds and the reader could not take; line 0: the whole file.

    ``message`` is English, as a rule a ``Message``, to be translated.
    """

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: its terms, what could not be taken, and the fields that it can give.

    A field that is not in ``fields`` is one of which the file says nothing. Where the file cannot
    be read at all there is one fault and no row.
    """

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    fields: frozenset[str] = frozenset(FIELDS)

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """The terms alone."""
        return tuple(row.concept for row in self.rows)


_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,80}")


def tidy(concept: Concept) -> Concept:
    """Return a concept in the form that every file keeps and gives back.

    Names are put on one line with single blanks; the lines of a definition lose the blanks around
    them, and those before the first and after the last line go. Characters that no text may hold
    (controls, lone surrogates: XML forbids most of them, tables some) are dropped. An alias that
    repeats another or the term is dropped, too; so is a slug that is none.
    """
    names = {name: one_line(getattr(concept, name)) for name in NAMES}
    return replace(
        concept,
        **names,
        slug=concept.slug if _SLUG.fullmatch(concept.slug) else "",
        definition=lines(concept.definition),
        aliases=tuple(name for name in _each_once(concept.aliases) if name != names["term"]),
        forbidden=tuple(_each_once(concept.forbidden)),
        state=concept.state if concept.state in STATES else STATES[0],
    )


def one_line(text: str) -> str:
    """Return text on one line, with single blanks and without what no text may hold."""
    return " ".join(strip_controls(text).split())


def lines(text: str) -> str:
    """Return a text of several lines without blanks around each, and no empty line at its ends."""
    return "\n".join(one_line(line) for line in strip_controls(text).splitlines()).strip("\n")


def _each_once(names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(map(one_line, names)) if name]


class Remarks:
    """The faults of a file: those that may be many are told once, with their number."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._counts: dict[tuple[str, str], list[int]] = {}

    def add(self, line: int, message: str) -> None:
        """Note one fault."""
        self._faults.append(Fault(line, message))

    def count(self, line: int, template: str, what: str) -> None:
        """Note one of a kind; ``template`` has ``{what}`` and ``{count}``, the first line stays."""
        self._counts.setdefault((template, what), [line, 0])[1] += 1

    def told(self) -> tuple[Fault, ...]:
        """Return all faults in the order of their lines."""
        counted = [
            Fault(line, fill(template, what=what, count=count))
            for (template, what), (line, count) in self._counts.items()
        ]
        return tuple(sorted((*self._faults, *counted), key=lambda fault: fault.line))


def refused(line: int, message: str) -> Reading:
    """Return the reading of a file that cannot be read."""
    return Reading((), (Fault(line, message),))


def too_large(data: bytes) -> Reading | None:
    """Return the reading of a file that is too large or empty; none of any other."""
    if len(data) > MAX_BYTES:
        template = gettext_noop("The file has more than {size} MB.")
        return refused(0, fill(template, size=MAX_BYTES // 1_000_000))
    if not data.strip():
        return refused(0, gettext_noop("The file is empty."))
    return None


def made(rows: Iterable[Row], remarks: Remarks, fields: Iterable[str] = FIELDS) -> Reading:
    """Return the reading of these rows, tidied; a row without a term is a fault, too many are none."""
    kept: list[Row] = []
    for row in rows:
        concept = tidy(row.concept)
        if row.concept.slug and not concept.slug:
            said = gettext_noop("“{slug}” is no address: letters, digits and hyphens, at most 80.")
            remarks.add(row.line, fill(said, slug=row.concept.slug[:100]))
        if row.concept.state and row.concept.state not in STATES:
            said = gettext_noop("“{state}” is no state: candidate, approved or rejected.")
            remarks.add(row.line, fill(said, state=row.concept.state[:100]))
        if not concept.term:
            remarks.add(row.line, gettext_noop("There is no term here; it was left out."))
            continue
        kept.append(Row(row.line, concept))
        if len(kept) > MAX_ROWS:
            template = gettext_noop("The file has more than {count} terms: import it in parts.")
            return refused(row.line, fill(template, count=MAX_ROWS))
    if not kept:
        remarks.add(0, gettext_noop("The file holds no terms."))
    return Reading(tuple(kept), remarks.told(), frozenset(fields))
