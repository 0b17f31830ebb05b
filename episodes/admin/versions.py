"""Two versions of an episode beside each other: editions, the working copy, what a source says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext

from episodes.admin.differences import (
    Piece,
    as_html,
    compare,
    difference,
    replaced,
    shorten,
    spread,
)
from episodes.admin.fieldpasts import FieldReader, label_of
from episodes.admin.forms import clock
from episodes.admin.late import BESIDE
from episodes.models import Episode, Person, TurnRedirect
from episodes.models.working import Kind
from episodes.naming import successors
from episodes.transcripts.contrast import Item, Row, headings_of, rows_of
from episodes.versions import SETS, WORKING, Choice, Side, choices_of, read

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["latest_pair", "page"]

COUNTED = {
    "changed": ngettext_lazy("%(n)s turn changed", "%(n)s turns changed", "n"),
    "added": ngettext_lazy("%(n)s turn added", "%(n)s turns added", "n"),
    "removed": ngettext_lazy("%(n)s turn removed", "%(n)s turns removed", "n"),
    "moved": ngettext_lazy("%(n)s turn moved", "%(n)s turns moved", "n"),
    "cut": ngettext_lazy("%(n)s place cut otherwise", "%(n)s places cut otherwise", "n"),
}

WORDS = {
    "changed": gettext_lazy("changed"),
    "added": gettext_lazy("added"),
    "removed": gettext_lazy("removed"),
    "moved": gettext_lazy("moved"),
    "cut": gettext_lazy("cut otherwise"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is no text: its name, and how it differs."""

    label: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Said:
    """A turn of a row: which one on which side, who speaks, both languages."""

    number: str
    name: str
    text: SafeString
    original: SafeString


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as the page shows it; ``kinds`` are words of what became of it, none where it is alike.

    ``chapter`` is the heading that it stands under, where that is another than the row before's.
    """

    number: str
    uid: str
    kinds: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    values: tuple[Value, ...]
    said: tuple[Said, ...]
    chapter: str = ""


def named(choice: Choice) -> str:
    """Return what a version is called."""
    if choice.edition is not None:
        at = formats.date_format(timezone.localtime(choice.edition.published_at), "Y-m-d H:i")
        return _("Edition %(number)s (%(at)s)") % {"number": choice.edition.number, "at": at}
    if choice.source is not None:
        return _("Source: %(address)s") % {"address": choice.source.address}
    return _("Working copy")


def latest_pair(choices: dict[str, Choice]) -> tuple[str, str]:
    """Return what is compared where nothing was chosen: the last edition, else the source."""
    others = [key for key in choices if key != WORKING]
    return (others[0] if others else WORKING), WORKING


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show how ``?left=v1&right=working`` differ; ``&all=1`` shows what is alike as well."""
    episode = model_admin.find(request, pk)
    choices = choices_of(episode)
    first, second = latest_pair(choices)
    keys = request.GET.get("left") or first, request.GET.get("right") or second
    if not all(key in choices for key in keys):
        raise Http404(_("This episode has no such version."))
    left, right = (read(episode, choices[key]) for key in keys)
    comparison = Comparison(episode, left, right)
    show_all = "all" in request.GET
    rows = list(comparison.shown(show_all=show_all))
    context = {
        **model_admin.frame(request, episode, "history"),
        "choices": [(key, named(choice)) for key, choice in choices.items()],
        "left": keys[0],
        "right": keys[1],
        "names": [named(side.choice) for side in (left, right)],
        "all": show_all,
        "fields": list(comparison.fields()),
        "headings": list(comparison.headings()),
        "rows": rows,
        "counts": comparison.counts(),
        "alike": sum(row.same for row in comparison.rows),
    }
    return render(request, "admin/desk/compare.html", context)


class Comparison:
    """Two versions with what differs between them. Two queries: people, and redirects."""

    def __init__(self, episode: Episode, left: Side, right: Side) -> None:
        self.episode = episode
        self.left, self.right = left, right
        self.rows = rows_of(left.version, right.version)
        ids = {item.speaker for side in (left, right) for item in side.version.items}
        self.people = successors(Person, {int(each) for each in ids if each})
        self.numbers = {
            item.uid: place for place, item in enumerate(right.version.items, start=1) if item.uid
        }
        redirects = TurnRedirect.objects.filter(episode=episode).order_by("pk")
        self.redirects = dict(redirects.values_list("old_uid", "new_uid"))

    # --- What is beside the turns ----------------------------------------------------------------

    def fields(self) -> Iterator[tuple[str, SafeString, str]]:
        """Yield the fields and lists that differ: label, difference, language of the words."""
        reader = FieldReader(self.episode)
        for name in self.right.fields:
            if name in self.left.fields:
                old, new = (
                    reader.words(name, side.fields[name]) for side in (self.left, self.right)
                )
                if old != new:
                    mark = replaced if name in reader.whole else difference
                    yield label_of(name), mark(old, new), reader.language(name)
        for name in SETS:
            if name not in self.left.sets or name not in self.right.sets:
                continue
            members, wanted = self.left.sets[name], self.right.sets[name]
            if members != wanted:
                label = str(
                    BESIDE["appearances" if name == "people" else name]._meta.verbose_name_plural
                )
                yield label[:1].upper() + label[1:], _members(members, wanted), ""

    def headings(self) -> Iterator[tuple[str, SafeString]]:
        """Yield the headings that differ: what became of each, and its words."""
        mine, theirs = self.left.version.headings, self.right.version.headings
        for row in headings_of(self.left.version, self.right.version, self.rows):
            if row.left is None and row.right is not None:
                yield _("New heading"), replaced("", theirs[row.right].title)
            elif row.right is None and row.left is not None:
                yield _("Heading gone"), replaced(mine[row.left].title, "")
            elif row.left is not None and row.right is not None:
                old, new = mine[row.left], theirs[row.right]
                if old.title != new.title:
                    yield _("Heading renamed"), difference(old.title, new.title)
                if old.level != new.level:
                    levels = replaced(str(old.level), str(new.level))
                    yield _("Level of “%(title)s”") % {"title": new.title}, levels
                if row.moved:
                    yield _("Heading moved: it stands before another turn"), escape(new.title)

    # --- The turns -------------------------------------------------------------------------------

    def kinds(self, row: Row) -> list[str]:
        """Return what became of a row, in codes."""
        if row.same:
            return []
        if not row.left:
            return ["added"]
        if not row.right:
            return ["removed"]
        kinds = ["moved"] if row.moved else []
        if len(row.left) != 1 or len(row.right) != 1:
            kinds.append("cut")
        else:
            old, new = self.left.version.items[row.left[0]], self.right.version.items[row.right[0]]
            if (old.value, old.speaker) != (new.value, new.speaker):
                kinds.append("changed")
        return kinds

    def counts(self) -> list[str]:
        """Return how many turns differ in which way, in words."""
        found = Counter(kind for row in self.rows for kind in self.kinds(row))
        return [str(COUNTED[kind] % {"n": found[kind]}) for kind in COUNTED if found[kind]]

    def shown(self, *, show_all: bool) -> Iterator[Shown]:
        """Yield the rows ready to be shown: those that differ, or all."""
        last = None
        for row in self.rows:
            if row.same and not show_all:
                continue
            side, places = (self.right, row.right) if row.right else (self.left, row.left)
            heading = side.version.heading_before(places[0])
            title = "" if heading is None else side.version.headings[heading].title
            yield self._shown(row, title if title != last else "")
            last = title

    def _shown(self, row: Row, chapter: str) -> Shown:
        lefts = [self.left.version.items[place] for place in row.left]
        rights = [self.right.version.items[place] for place in row.right]
        kinds = tuple((kind, str(WORDS[kind])) for kind in self.kinds(row))
        number = _numbers(row)
        uid = next((item.uid for item in (*rights, *lefts) if item.uid), "")
        notes = tuple(self._notes(row, lefts))
        if len(lefts) == len(rights) == 1:
            old, new = lefts[0], rights[0]
            said = (
                Said(
                    "",
                    self.speaker(new, self.right),
                    difference(old.value.text, new.value.text),
                    difference(old.value.original, new.value.original),
                ),
            )
            values = tuple(self._values(old, new))
            return Shown(number, uid, kinds, notes, values, said, chapter)
        cut = (*self._cut(lefts, rights, "del"), *self._cut(lefts, rights, "ins"))
        return Shown(number, uid, kinds, notes, (), cut, chapter)

    def _notes(self, row: Row, lefts: list[Item]) -> Iterator[str]:
        if row.moved:
            where = {"old": row.left[0] + 1, "new": row.right[0] + 1}
            yield _("It was number %(old)s and is number %(new)s.") % where
        if len(row.left) > 1 or len(row.right) > 1:
            yield ngettext(
                "%(count)s turn on the left", "%(count)s turns on the left", len(row.left)
            ) % {"count": len(row.left)}
            yield ngettext(
                "%(count)s turn on the right", "%(count)s turns on the right", len(row.right)
            ) % {"count": len(row.right)}
        for item in lefts if not row.right else ():
            there = self._lands(item.uid)
            if there:
                yield _("Its address leads to turn %(number)s now.") % {"number": there}

    def _lands(self, uid: str) -> int:
        """The number of the right's turn that an address leads to, or 0."""
        seen: set[str] = set()
        while uid not in self.numbers:
            if uid in seen or uid not in self.redirects:
                return 0
            seen.add(uid)
            uid = self.redirects[uid]
        return self.numbers[uid]

    def _cut(self, lefts: list[Item], rights: list[Item], side: str) -> Iterator[Said]:
        """One side's turns with what differs marked, whatever the cuts between them."""
        items = lefts if side == "del" else rights
        columns = []
        for name in ("text", "original"):
            old = [getattr(item.value, name) for item in lefts]
            new = [getattr(item.value, name) for item in rights]
            lengths = [len(text) for text in (old if side == "del" else new)]
            pieces = compare("".join(old), "".join(new))
            columns.append([as_html(shorten(part)) for part in spread(pieces, lengths, side)])
        where = (
            ""
            if not lefts or not rights
            else pgettext("side of a comparison", "left")
            if side == "del"
            else pgettext("side of a comparison", "right")
        )
        of = self.left if side == "del" else self.right
        for item, text, original in zip(items, *columns, strict=True):
            yield Said(where, self.speaker(item, of), text, original)

    def _values(self, old: Item, new: Item) -> Iterator[Value]:
        names = self.speaker(old, self.left), self.speaker(new, self.right)
        if old.speaker != new.speaker:
            yield Value(_("Speaker"), replaced(*names))
        was, now = old.value, new.value
        pairs = [
            (_("Kind"), str(Kind(str(was.kind)).label), str(Kind(str(now.kind)).label)),
            (_("Label"), was.label, now.label),
            (_("Label of the original"), was.original_label, now.original_label),
            (_("Start"), clock(was.start), clock(now.start)),
            (_("End"), clock(was.end), clock(now.end)),
        ]
        for label, before, after in pairs:
            if before != after:
                yield Value(label, replaced(before, after))

    def speaker(self, item: Item, side: Side) -> str:
        """Return who speaks, by the name of today, else as the version has it."""
        person = self.people.get(int(item.speaker)) if item.speaker else None
        if person is not None:
            return str(person)
        value = item.value
        known = side.names.get(item.speaker) if item.speaker else ""
        return known or value.label or value.original_label or str(Kind(str(value.kind)).label)


def _numbers(row: Row) -> str:
    """The places of a row on both sides: ``12``, ``12 → 14``, ``3, 4 → 3``."""
    left, right = (", ".join(str(place + 1) for place in side) for side in (row.left, row.right))
    if not left or not right or left == right:
        return right or left
    return f"{left} → {right}"


def _members(old: tuple[str, ...], new: tuple[str, ...]) -> SafeString:
    """What was put into a list and taken out of it; where only the order differs, that."""
    pieces: list[Piece] = []
    if set(old) == set(new):
        pieces = [Piece("del", ", ".join(old)), Piece("ins", ", ".join(new))]
        return as_html(pieces)
    for name in dict.fromkeys((*new, *old)):
        tag = "same" if name in old and name in new else "ins" if name in new else "del"
        if pieces:
            pieces.append(Piece("same", ", "))
        pieces.append(Piece(tag, name))
    return as_html(pieces)
