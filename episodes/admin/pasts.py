"""The states of a turn, a field or a name, ready to be shown, compared and chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from episodes.admin.differences import difference, replaced
from episodes.models import ChangeSet
from episodes.pasts import Past
from episodes.restoring import said_at
from episodes.transcripts.tracing import State

__all__ = [
    "PAGE",
    "Compared",
    "Line",
    "Note",
    "Reader",
    "Shown",
    "chosen",
    "compared",
    "leaf_of",
    "number_in",
    "shown",
]

PAGE = 30
"""States on one page."""


@dataclass(frozen=True, slots=True)
class Line:
    """A value, or how it differs: ``language`` is that of the words, empty for no language."""

    label: str
    html: SafeString
    language: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What an act was to the turn as a whole: a sentence, and where another turn's history is."""

    sentence: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A state as the page shows it; ``number`` counts from the first one.

    ``lines`` say how it differs from the state before, ``whole`` what it is.
    """

    number: int
    state: State
    change_set: ChangeSet | None
    lines: tuple[Line, ...]
    whole: tuple[Line, ...]
    notes: tuple[Note, ...] = ()
    is_now: bool = False
    parts: tuple[tuple[str, str], ...] = ()  # what could be restored: (part, its name)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two states that were chosen, and how the second differs."""

    left: str
    right: str
    lines: tuple[Line, ...]


class Reader:
    """How values are read: their labels, their words, their language."""

    whole: frozenset[str] = frozenset()
    """Fields whose values do not differ by their characters: a name, a date."""

    def label(self, field: str) -> str:
        """Return a field's name."""
        raise NotImplementedError

    def words(self, field: str, value: Any) -> str:
        """Return a value as an editor reads it."""
        raise NotImplementedError

    def language(self, field: str) -> str:
        """Return the language of a field's words."""
        raise NotImplementedError

    def lines(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Line]:
        """Yield how the values differ, in the order of ``new``."""
        for field, value in new.items():
            before, after = self.words(field, old[field]), self.words(field, value)
            if before != after:
                mark = replaced if field in self.whole else difference
                yield Line(self.label(field), mark(before, after), self.language(field))

    def all(self, values: Mapping[str, Any]) -> Iterator[Line]:
        """Yield the values themselves, without those that are empty."""
        for field, value in values.items():
            if text := self.words(field, value):
                yield Line(self.label(field), escape(text), self.language(field))


def leaf_of(request: HttpRequest, past: Past) -> Page[tuple[int, State]]:
    """Return a page of states with their numbers, the latest first."""
    numbered = list(enumerate(past.states, start=1))[::-1]
    return Paginator(numbered, PAGE).get_page(request.GET.get("p"))


def shown(
    leaf: Iterable[tuple[int, State]],
    past: Past,
    reader: Reader,
    *,
    notes: Mapping[int, tuple[Note, ...]] | None = None,
    parts: Mapping[str, tuple[tuple[str, ...], Any]] | None = None,
) -> Iterator[Shown]:
    """Yield states ready to be shown.

    ``parts`` are what can be restored: name -> (fields, label); a state offers those that differ
    from what stands now.
    """
    for number, state in leaf:
        before = past.states[number - 2] if number > 1 else None
        offered = tuple(
            (name, str(label))
            for name, (fields, label) in (parts or {}).items()
            if any(state.values[each] != past.now.values[each] for each in fields)
        )
        yield Shown(
            number,
            state,
            past.acts.get(state.act),
            tuple(reader.lines(before.values, state.values)) if before else (),
            tuple(reader.all(state.values)),
            (notes or {}).get(state.act, ()),
            number == len(past.states),
            offered,
        )


def number_in(text: str, past: Past) -> State:
    """Return the state that a number in an address or a form means; raise Http404."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
    if not 0 < number <= len(past.states):
        raise Http404(_("The history has no such state."))
    return past.states[number - 1]


def chosen(request: HttpRequest, past: Past) -> tuple[State, State] | None:
    """Return the two states that ``?left=…&right=…`` choose by their numbers; raise Http404."""
    left, right = request.GET.get("left", ""), request.GET.get("right", "")
    if not left or not right:
        return None
    return number_in(left, past), number_in(right, past)


def compared(pair: tuple[State, State] | None, past: Past, reader: Reader) -> Compared | None:
    """Return two states beside each other."""
    if pair is None:
        return None
    left, right = pair
    lines = tuple(reader.lines(left.values, right.values))
    return Compared(_name(past, left), _name(past, right), lines)


def _name(past: Past, state: State) -> str:
    number = past.states.index(state) + 1
    when = said_at(past, state)
    if not when:
        return _("State %(number)s") % {"number": number}
    return _("State %(number)s of %(when)s") % {"number": number, "when": when}
