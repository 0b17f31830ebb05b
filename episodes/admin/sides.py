"""Turns and values side by side as people compare them: who speaks, both languages, what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from episodes.admin.differences import as_html, compare, difference, shorten, spread
from episodes.admin.forms import clock
from episodes.admin.history import as_text, field_label, shown
from episodes.beside import LABELS
from episodes.conflicts import live_value
from episodes.models import Organisation, Person, Product, Work
from episodes.models.working import Kind
from episodes.readings import NEW, Reading
from episodes.transcripts.document import Turn
from episodes.transcripts.plans import spoken_from_json
from episodes.transcripts.working import Clash, ClashKind, Spoken, Working, WorkingTurn

__all__ = [
    "LONGEST",
    "Names",
    "Said",
    "Sides",
    "keys_in",
    "label_of",
    "sides_of",
    "spoken",
    "three",
    "whole",
    "written",
]

WHOLE = frozenset({"speaker", "times", "kind", "date"})
"""Fields whose values are shown as they are: a person's name does not differ by its characters."""

LONGEST = 1500
"""Characters of a text that is shown without anything to compare it with."""

MODELS: dict[str, Any] = {
    "appearances": Person,
    "organisations": Organisation,
    "products": Product,
    "works": Work,
}


@dataclass(frozen=True, slots=True)
class Said:
    """A turn, or one value, ready to be shown; ``plain`` is a value in no language."""

    name: str = ""
    text: SafeString | str = ""
    original: SafeString | str = ""
    plain: SafeString | str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """What a conflict is about: the value both sides began with, ours, the source's, a proposal.

    In ``mine`` and ``theirs`` is marked what each changed of ``base``.
    """

    label: str
    base: tuple[Said, ...] = ()
    mine: tuple[Said, ...] = ()
    theirs: tuple[Said, ...] = ()
    proposal: tuple[Said, ...] = ()


class Names:
    """Whom the keys of people and of members of sets mean: ids as text, or new in a reading."""

    def __init__(self, keys: Mapping[str, Iterable[str]], reading: Reading | None = None) -> None:
        self.people = reading.people if reading else ()
        self.known: dict[str, dict[int, Any]] = {}
        for name, model in MODELS.items():
            ids = {int(key) for key in keys.get(name, ()) if key.isdecimal()}
            self.known[name] = model._default_manager.in_bulk(ids) if ids else {}

    def member(self, name: str, key: str) -> str:
        """Return a member of a set by its name."""
        if name in LABELS:
            return key
        if key.startswith(NEW):
            number = key.removeprefix(NEW)
            if name != "appearances":
                return number
            place = int(number) if number.isdecimal() else len(self.people)
            return self.people[place].name if place < len(self.people) else number
        record = self.known[name].get(int(key)) if key.isdecimal() else None
        return str(record) if record is not None else _("(no longer on record)")

    def speaker(self, spoken: Spoken) -> str:
        """Return who speaks: the person's name, else the label, else what kind of turn it is."""
        if spoken.speaker:
            return self.member("appearances", spoken.speaker)
        value = spoken.value
        return value.label or value.original_label or str(Kind(str(value.kind)).label)


def speakers_in(value: object) -> Iterable[str]:
    """Yield the keys of the people who speak in a conflict's JSON."""
    if isinstance(value, list):
        for each in value:
            yield from speakers_in(each)
    elif isinstance(value, dict) and value.get("speaker"):
        yield str(value["speaker"])


def keys_in(clashes: Iterable[Clash]) -> Iterable[str]:
    """Yield the keys of people that conflicts name."""
    for clash in clashes:
        for value in (clash.base, clash.theirs, clash.proposal):
            if clash.field == "speaker":
                yield str(value or "")
            else:
                yield from speakers_in(value)


# --- Turns ----------------------------------------------------------------------------------------


def spoken(turn: WorkingTurn) -> Spoken:
    """Return a turn of the working copy with who speaks."""
    return Spoken(turn.value, turn.speaker)


def whole(each: Spoken, names: Names) -> Said:
    """Return a turn as it is."""
    text, original = (Truncator(value).chars(LONGEST) for value in _texts(each.value))
    return Said(names.speaker(each), escape(text), escape(original))


def _texts(value: Turn) -> tuple[str, str]:
    return value.text, value.original


def three(
    base: Sequence[Spoken], others: Sequence[Spoken], names: Names, *, side: str = "ins"
) -> tuple[Said, ...]:
    """Return turns (``side`` ``ins``: ``others``, ``del``: ``base``) with what differs marked,
    whatever the cuts between them."""
    columns: list[list[SafeString]] = []
    mine = others if side == "ins" else base
    for number in (0, 1):
        old = [_texts(each.value)[number] for each in base]
        new = [_texts(each.value)[number] for each in others]
        lengths = [len(text) for text in (new if side == "ins" else old)]
        pieces = compare("".join(old), "".join(new))
        columns.append([as_html(shorten(part)) for part in spread(pieces, lengths, side)])
    return tuple(
        Said(names.speaker(each), text, original)
        for each, text, original in zip(mine, *columns, strict=True)
    )


# --- A conflict -----------------------------------------------------------------------------------


LIVE: Any = object()


def sides_of(clash: Clash, working: Working, names: Names, mine: Any = LIVE) -> Sides:
    """Return a conflict with all its sides; ours as it stands in ``working``, or as it was
    (``mine``, in the form of ``conflicts.live_value``)."""
    here = live_value(working, clash) if mine is LIVE else mine
    if clash.kind is ClashKind.FIELD:
        sides = _field(clash, here, names)
        return sides if here is not None else replace(sides, mine=(Said(plain=_("(not there)")),))
    if clash.kind is ClashKind.PLACE:
        places = (_after(str(where or ""), working) for where in (here, clash.theirs))
        return Sides(_("Place"), (), *places)
    base, ours = _listed(clash.base), _listed(here)
    kept = tuple(whole(each, names) for each in base)
    stands = three(base, ours, names) if ours else (Said(plain=_("(it no longer stands)")),)
    if clash.kind is ClashKind.GONE:
        there = (Said(plain=_("(the source has taken it out)")),)
        return Sides(_("Gone in the source, edited here"), kept, stands, there)
    theirs, proposal = _listed(clash.theirs), _listed(clash.proposal)
    return Sides(
        _("Turns that both sides changed"),
        kept,
        stands,
        three(base, theirs, names),
        three(base, proposal, names) if proposal else (),
    )


def _listed(value: object) -> list[Spoken]:
    return [spoken_from_json(each) for each in value] if isinstance(value, list) else []


def written(clash: Clash, value: Any, names: Names) -> str:
    """Return a value of a conflict's field as an editor reads it."""
    if clash.field == "speaker":
        return names.member("appearances", str(value)) if value else _("nobody")
    if clash.field == "times":
        start, end = value or (None, None)
        return f"{clock(start) or '—'} – {clock(end) or '—'}"
    if clash.field == "extra":
        return "\n".join(f"{key}: {as_text(each)}" for key, each in value or ())
    return shown(clash.target, clash.field, value)


def label_of(clash: Clash) -> str:
    """Return what a conflict's field is called."""
    if clash.target.startswith("heading:"):
        return _("Heading")
    if clash.field == "times":
        return _("Times")
    label = field_label(clash.target, clash.field)
    return label[:1].upper() + label[1:]


def _field(clash: Clash, mine: Any, names: Names) -> Sides:
    base, here, theirs = (
        "" if value is None else written(clash, value, names)
        for value in (clash.base, mine, clash.theirs)
    )
    empty = Said(plain=_("(empty)"))
    if clash.field in WHOLE:
        sides = [Said(plain=text) if text else empty for text in (base, here, theirs)]
    else:
        shown_sides = (escape(base), difference(base, here), difference(base, theirs))
        original = clash.field.startswith("original")
        sides = [
            empty if not html else Said(original=html) if original else Said(text=html)
            for html in shown_sides
        ]
    return Sides(label_of(clash), *((each,) for each in sides))


def _after(uid: str, working: Working) -> tuple[Said, ...]:
    """Where a turn stands: after which one."""
    turns = {turn.uid: number for number, turn in enumerate(working.turns(), start=1)}
    there = working.lands(uid) if uid else ""
    if not there:
        return (Said(plain=_("at the beginning")),)
    turn = working.turn(there)
    words = Truncator(turn.value.text or turn.value.original).chars(90)
    place = _("after turn %(number)s: “%(words)s”")
    return (Said(plain=place % {"number": turns[there], "words": words}),)
