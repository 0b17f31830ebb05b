"""The episodes that a decision on terms concerns: those whose texts have a name that a term has or had."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User

from episodes import concerned
from episodes.history import FieldChange
from episodes.models import ChangeSet
from glossary.entries import values_from
from glossary.grouping import names_of
from glossary.models import Entry, State, lines_of

__all__ = ["ask", "ask_for_act"]

NAMES = ("term", "foreign_term", "abbreviation", "expansion")
LISTS = ("aliases", "forbidden")
LOOKED_AT = frozenset({*NAMES, *LISTS, "definition", "state"})
"""What of an entry checks look at."""

CHUNK = 500


def ask(changes: Iterable[FieldChange], by: User | None) -> None:
    """Have the episodes checked that these changes of entries concern, within their transaction.

    That is nobody unless one of the entries is approved, or was.
    """
    had: dict[int, set[str]] = {}
    unapproved: set[int] = set()
    for target, name, old, new in changes:
        if not target.startswith("entry:") or name not in LOOKED_AT:
            continue
        pk = int(target.removeprefix("entry:"))
        words = had.setdefault(pk, set())
        if name == "state" and old == State.APPROVED:
            unapproved.add(pk)
        for value in (old, new):
            if value and name in NAMES:
                words.add(value)
            elif value and name in LISTS:
                words.update(lines_of(value))
    spellings: set[str] = set()
    pks = sorted(had)
    for start in range(0, len(pks), CHUNK):
        for entry in Entry.objects.filter(pk__in=pks[start : start + CHUNK]):
            if entry.state == State.APPROVED or entry.pk in unapproved:
                spellings |= {*had[entry.pk], *names_of(values_from(entry)), *entry.forbidden_list}
    concerned.ask(spellings, by=by)


def ask_for_act(act: ChangeSet) -> None:
    """Have the episodes checked that an act concerns, all its changes at once."""
    ask(act.changes.order_by("pk").values_list("target", "field", "old", "new"), act.by)
