"""The changes of a plan one by one, grouped by what they are, ready to be looked at and chosen."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from episodes.admin.differences import Piece, as_html, difference, replaced
from episodes.admin.forms import clock
from episodes.admin.history import field_label
from episodes.admin.late import BESIDE
from episodes.admin.sides import (
    Names,
    Said,
    Sides,
    keys_in,
    label_of,
    sides_of,
    spoken,
    three,
    whole,
    written,
)
from episodes.models.working import Kind
from episodes.reimports import Proposal
from episodes.transcripts.plans import (
    Block,
    FieldChange,
    HeadingChange,
    Part,
    SetChange,
    Tag,
)
from episodes.transcripts.working import Clash, ClashKind, Spoken, Working, WorkingTurn

__all__ = ["KINDS", "Changes", "Entry", "count_of_kind", "count_sentences"]

Change = Block | HeadingChange | FieldChange | SetChange

SAME = 160
"""Characters of a text that stays as it is, to know the turn by."""


@dataclass(frozen=True, slots=True)
class KindOfChange:
    """A heading of the proposal's page, what its changes are, and how they are counted."""

    label: Any
    help: Any
    counted: Any


KINDS: dict[str, KindOfChange] = {
    "fields": KindOfChange(
        gettext_lazy("Metadata"),
        gettext_lazy("What the front matter says otherwise now."),
        ngettext_lazy("%(n)s field", "%(n)s fields", "n"),
    ),
    "sets": KindOfChange(
        gettext_lazy("People, names and tags"),
        gettext_lazy("What an editor took out here does not come back."),
        ngettext_lazy("%(n)s list of names", "%(n)s lists of names", "n"),
    ),
    "headings": KindOfChange(
        gettext_lazy("Headings"),
        gettext_lazy("Chapters that are new, renamed or gone."),
        ngettext_lazy("%(n)s heading", "%(n)s headings", "n"),
    ),
    "conflict": KindOfChange(
        gettext_lazy("Conflicts"),
        gettext_lazy(
            "Both sides changed these. Nothing is overwritten: what stands here stays live. Taken, "
            "each waits under “Conflicts” for a decision after applying; not taken, the source's "
            "version is put aside."
        ),
        ngettext_lazy("%(n)s conflict", "%(n)s conflicts", "n"),
    ),
    "added": KindOfChange(
        gettext_lazy("Turns added"),
        gettext_lazy("The source has them, this episode does not yet."),
        ngettext_lazy("%(n)s turn added", "%(n)s turns added", "n"),
    ),
    "changed": KindOfChange(
        gettext_lazy("Turns changed"),
        gettext_lazy("Changed in the source; corrections made here stay in them."),
        ngettext_lazy("%(n)s turn changed", "%(n)s turns changed", "n"),
    ),
    "stale": KindOfChange(
        gettext_lazy("Translations that fall behind"),
        gettext_lazy(
            "The original changes under a translation that stays. Each is marked stale until "
            "somebody has read it."
        ),
        ngettext_lazy("%(n)s translation falls behind", "%(n)s translations fall behind", "n"),
    ),
    "gone": KindOfChange(
        gettext_lazy("Turns gone"),
        gettext_lazy("The source took them out. Their addresses lead on to what stands before."),
        ngettext_lazy("%(n)s turn gone", "%(n)s turns gone", "n"),
    ),
    "moved": KindOfChange(
        gettext_lazy("Turns moved"),
        gettext_lazy("They stand elsewhere in the source."),
        ngettext_lazy("%(n)s turn moved", "%(n)s turns moved", "n"),
    ),
    "cut": KindOfChange(
        gettext_lazy("Turns cut anew"),
        gettext_lazy("The source splits or joins them otherwise: first as they are, then as cut."),
        ngettext_lazy("%(n)s place cut anew", "%(n)s places cut anew", "n"),
    ),
    "kept_out": KindOfChange(
        gettext_lazy("Kept as they are here"),
        gettext_lazy(
            "An editor took these out, or changed what the source dropped. Nothing is done about "
            "them."
        ),
        ngettext_lazy("%(n)s kept as it is", "%(n)s kept as they are", "n"),
    ),
}

NOTES = {  # what else happens to the turns of a block
    Tag.MERGED: gettext_lazy("of sentences of both sides: to be read"),
    Tag.DOUBTFUL: gettext_lazy("little in common: is it the same turn?"),
    Tag.STALE: gettext_lazy("the translation falls behind"),
    Tag.MOVED: gettext_lazy("moved"),
    Tag.CHANGED: gettext_lazy("changed"),
}


def count_of_kind(kind: str, number: int) -> str:
    """Return a number of changes of a kind, in words."""
    return str(KINDS[kind].counted % {"n": number})


@dataclass(frozen=True, slots=True)
class Line:
    """A value that is no text: its name and what becomes of it."""

    label: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Rows:
    """Turns under one heading (``label`` may be empty), each with what changes beside its text."""

    turns: tuple[Said, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A change; ``mark`` names what it is about in any plan of the same state, ``digest`` what it
    would do. ``key`` is the plan's own. ``number`` is the turn's, 0 for none."""

    key: str
    mark: str
    kind: str
    digest: str
    change: Change = field(repr=False)

    @property
    def can_choose(self) -> bool:
        """Whether there is anything to take or leave."""
        return self.kind != "kept_out"


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the page shows it."""

    entry: Entry
    title: str
    taken: bool
    uid: str = ""
    who: str = ""
    notes: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    rows: tuple[Rows, ...] = ()
    conflicts: tuple[Sides, ...] = ()


def kind_of(change: Change) -> str:
    """Return under which heading a change stands."""
    tags = set(change.tags)
    if tags == {Tag.KEPT_OUT}:
        return "kept_out"
    if Tag.CONFLICT in tags:
        return "conflict"
    if isinstance(change, FieldChange):
        return "fields"
    if isinstance(change, SetChange):
        return "sets"
    if isinstance(change, HeadingChange):
        return "headings"
    for tag in (Tag.CUT, Tag.GONE, Tag.ADDED, Tag.STALE, Tag.CHANGED, Tag.MOVED):
        if tag in tags:
            return tag.value
    return "changed"


def count_sentences(proposal: Proposal) -> list[str]:
    """Return what a proposal would change, counted in words."""
    found = Counter(kind_of(change) for change in proposal.plan.changes())
    return [count_of_kind(kind, found[kind]) for kind in KINDS if found[kind]]


class Changes:
    """The changes of a proposal beside the working copy that it was worked out on."""

    def __init__(self, proposal: Proposal, working: Working) -> None:
        self.plan = proposal.plan
        self.reading = proposal.reading
        self.working = working
        self.turns = {turn.uid: turn for turn in working.turns()}
        self.numbers = {uid: number for number, uid in enumerate(self.turns, start=1)}
        self.owners = self._owners()
        entries = map(self._entry, self.plan.changes())
        order = list(KINDS)
        self.entries = sorted(entries, key=lambda entry: order.index(entry.kind))

    def counts(self) -> dict[str, int]:
        """Return how many changes there are of each kind, in the order of the page."""
        found = Counter(entry.kind for entry in self.entries)
        return {kind: found[kind] for kind in KINDS if found[kind]}

    def _owners(self) -> dict[int, str]:
        """Which turn has each of the source's afterwards."""
        owners: dict[int, str] = {}
        for block in self.plan.blocks:
            for part in block.parts or ():
                owners.update(dict.fromkeys(part.theirs, part.uid))
            if block.parts is None:
                for uid, places in block.origins.items():
                    owners.update(dict.fromkeys(places, uid))
        return owners

    def _entry(self, change: Change) -> Entry:
        told: object
        if isinstance(change, Block):
            first = [str(min(places)) if places else "" for places in (change.base, change.theirs)]
            mark = f"b:{first[0]}:{len(change.base)}:{first[1]}:{len(change.theirs)}"
            if not change.base and not change.theirs:  # of captions that give times only
                mark = f"u:{change.uids[0]}"
            ours = [self.turns[uid] for uid in change.uids if uid in self.turns]
            parts = [
                (part.value, part.speaker, part.stale, part.unread) for part in change.parts or ()
            ]
            told = [change.tags, [(turn.value, turn.speaker) for turn in ours], parts]
        elif isinstance(change, HeadingChange):
            mark = f"h:{change.ours or ''}:{'' if change.theirs is None else change.theirs}"
            told = [change.tags, change.title, change.level]
        else:
            mark = change.key
            told = [change.tags, change.ours, change.result]
        digest = hashlib.blake2b(repr(told).encode(), digest_size=3).hexdigest()
        return Entry(change.key, mark, kind_of(change), digest, change)

    # --- Shown ----------------------------------------------------------------------------------

    def shown(self, entries: Iterable[Entry], refused: set[str]) -> Iterator[Shown]:
        """Yield entries ready to be shown; at most four queries for all the names in them."""
        names = Names(self._keys(), self.reading)
        for entry in entries:
            yield self._shown(entry, names, taken=entry.mark not in refused)

    def _keys(self) -> dict[str, list[str]]:
        keys: dict[str, list[str]] = {}
        for change in self.plan.sets:
            keys[change.name] = [*change.ours, *change.result]
        people = keys.setdefault("appearances", [])
        people += {turn.speaker for turn in self.turns.values()}
        people += {each.speaker for each in self.plan.theirs.turns}
        people += keys_in(self.plan.clashes())
        return keys

    def _shown(self, entry: Entry, names: Names, *, taken: bool) -> Shown:
        change = entry.change
        if isinstance(change, Block):
            return self._block(entry, change, names, taken=taken)
        if isinstance(change, SetChange):
            lines = (Line("", self._members(change, names)),)
            label = str(BESIDE[change.name]._meta.verbose_name_plural)
            return Shown(entry, _capital(label), taken, lines=lines)
        if isinstance(change, HeadingChange):
            return self._heading(entry, change, names, taken=taken)
        conflicts = (sides_of(change.clash, self.working, names),) if change.clash else ()
        about = Clash(ClashKind.FIELD, "episode", change.name)
        old, new = (written(about, value, names) for value in (change.ours, change.result))
        values = [Line("", difference(old, new))] if old != new else []
        return Shown(entry, label_of(about), taken, lines=tuple(values), conflicts=conflicts)

    def _heading(self, entry: Entry, change: HeadingChange, names: Names, *, taken: bool) -> Shown:
        mine = next((each for each in self.working.headings() if each.key == change.ours), None)
        old = mine.title if mine else ""
        new = "" if Tag.GONE in change.tags else change.title
        title = {Tag.ADDED: _("New heading"), Tag.GONE: _("Heading gone")}.get(
            change.tags[0], _("Heading")
        )
        lines = [Line("", difference(old, new))] if (old, new) != ("", "") else []
        if mine is not None and mine.level != change.level:
            lines.append(Line(_("Level"), replaced(str(mine.level), str(change.level))))
        conflicts = (sides_of(change.clash, self.working, names),) if change.clash else ()
        return Shown(entry, title, taken, lines=tuple(lines), conflicts=conflicts)

    def _members(self, change: SetChange, names: Names) -> SafeString:
        ours, result = set(change.ours), set(change.result)
        pieces: list[Piece] = []
        for key in dict.fromkeys((*change.result, *change.ours)):
            tag = "same" if key in ours and key in result else "ins" if key in result else "del"
            name = names.member(change.name, key)
            if key.startswith("+"):
                name = _("%(name)s (new)") % {"name": name}
            pieces += [Piece("same", ", "), Piece(tag, name)]
        html = as_html(pieces[1:])
        if ours == result:
            return format_html("{} {}", html, _("(in another order)"))
        return html

    # --- Turns ----------------------------------------------------------------------------------

    def _block(self, entry: Entry, block: Block, names: Names, *, taken: bool) -> Shown:
        notes = [str(NOTES[tag]) for tag in block.tags if tag in NOTES and tag.value != entry.kind]
        mine = [self.turns[uid] for uid in block.uids if uid in self.turns]
        theirs = [self.plan.theirs.turns[place] for place in block.theirs]
        lines: list[Line] = []
        rows: tuple[Rows, ...] = ()
        conflicts: tuple[Sides, ...] = ()
        if block.clashes:
            conflicts = tuple(sides_of(clash, self.working, names) for clash in block.clashes)
        if entry.kind == "kept_out":
            rows = (Rows(tuple(whole(each, names) for each in theirs)),)
        elif entry.kind == "added":
            new = [Spoken(part.value, part.speaker) for part in block.parts or ()]
            rows = (Rows(three((), new, names)),)
            notes.insert(0, self._after(block.theirs[0]))
        elif entry.kind == "gone":
            old = [spoken(turn) for turn in mine]
            rows = (Rows(three(old, (), names, side="del")),)
        elif Tag.CUT in block.tags and block.parts is not None:
            old = [spoken(turn) for turn in mine]
            new = [Spoken(part.value, part.speaker) for part in block.parts]
            rows = (
                Rows(three(old, new, names, side="del"), _("As it is here")),
                Rows(three(old, new, names), _("As the source has it")),
            )
        elif block.parts is not None:
            changed = [part for part in block.parts if self._differs(part)]
            lines = [line for part in changed for line in self._lines(part, names)]
            turns = tuple(self._compared(part, names) for part in changed)
            if not turns:
                turns = tuple(whole(spoken(turn), names) for turn in mine)
            rows = (Rows(turns),)
        if Tag.MOVED in block.tags and block.theirs:
            notes.append(self._after(block.theirs[0]))
        who = names.speaker(spoken(mine[0])) if mine else ""
        if not mine and theirs:
            who = names.speaker(theirs[0])
        return Shown(
            entry,
            self._title(mine),
            taken,
            mine[0].uid if mine else "",
            who,
            tuple(notes),
            tuple(lines),
            rows,
            conflicts,
        )

    def _title(self, mine: list[WorkingTurn]) -> str:
        if not mine:
            return _("New turn")
        first, last = self.numbers[mine[0].uid], self.numbers[mine[-1].uid]
        if first == last:
            return _("Turn %(number)s") % {"number": first}
        return _("Turns %(first)s–%(last)s") % {"first": first, "last": last}

    def _after(self, place: int) -> str:
        """After which turn the source has it."""
        for before in range(place - 1, -1, -1):
            number = self.numbers.get(self.owners.get(before, ""))
            if number is not None:
                return _("comes after turn %(number)s") % {"number": number}
        return _("comes first")

    def _differs(self, part: Part) -> bool:
        turn = self.turns.get(part.uid)
        return turn is None or (turn.value, turn.speaker) != (part.value, part.speaker)

    def _compared(self, part: Part, names: Names) -> Said:
        before, after = self.turns[part.uid].value, part.value
        text, original = (
            difference(old, new) if old != new else Truncator(old).chars(SAME)
            for old, new in ((before.text, after.text), (before.original, after.original))
        )
        return Said(names.speaker(Spoken(part.value, part.speaker)), text, original)

    def _lines(self, part: Part, names: Names) -> Iterator[Line]:
        """What changes of a turn besides its texts."""
        turn = self.turns[part.uid]
        old, new = turn.value, part.value
        if turn.speaker != part.speaker:
            one, other = (
                names.member("appearances", key) if key else _("nobody")
                for key in (turn.speaker, part.speaker)
            )
            yield Line(_("Speaker"), replaced(one, other))
        for name in ("label", "original_label"):
            if getattr(old, name) != getattr(new, name):
                label = field_label("turn:", name)
                yield Line(_capital(label), replaced(getattr(old, name), getattr(new, name)))
        if old.kind != new.kind:
            kinds = [str(Kind(str(each.kind)).label) for each in (old, new)]
            yield Line(_("Kind"), replaced(*kinds))
        times = [f"{clock(each.start)} – {clock(each.end)}" for each in (old, new)]
        if times[0] != times[1]:
            yield Line(_("Times"), replaced(*times))


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
