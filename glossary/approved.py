"""The approved entries as checks look at them: read and made ready once a process and state.

An approved entry is changed by people alone, each time with a new version (``decisions``); so one
small query tells whether anything has changed.
"""

from __future__ import annotations

import hashlib
from threading import Lock
from typing import Any

from django.db.models import Count, Max, Sum

from episodes.extensions import CheckTerms
from glossary.checks import TERMS
from glossary.entries import values_from
from glossary.grouping import key_of, names_of
from glossary.models import Entry, State
from glossary.termbase import Term, TermBase

__all__ = ["terms_now"]

_latest: list[tuple[tuple[Any, ...], CheckTerms]] = []
_lock = Lock()


def terms_now() -> CheckTerms:
    """Return the approved terms as they are now. One query while they are the same as before."""
    with _lock:
        version = _version()
        if _latest and _latest[0][0] == version:
            return _latest[0][1]
        terms = _read()
        digest = _digest(terms)
        if _latest and _latest[0][1].digest == digest:
            given = _latest[0][1]
        else:
            forms = tuple((term.key, term.names) for term in terms)
            given = CheckTerms(TERMS, digest, forms, TermBase(terms))
        _latest[:] = [(version, given)]
        return given


def _version() -> tuple[Any, ...]:
    """Return what is another whenever an approved entry came, changed or went."""
    entries = Entry.objects.filter(state=State.APPROVED).order_by()
    counted = entries.aggregate(
        rows=Count("pk"),
        keys=Sum("pk"),
        changes=Sum("version"),
        made=Max("created_at"),
        decided=Max("decided_at"),
    )
    return tuple(counted.values())


def _read() -> list[Term]:
    return [
        Term(
            entry.pk,
            entry.term,
            names_of(values_from(entry))[1:],
            tuple(entry.forbidden_list),
            entry.definition,
            tuple(dict.fromkeys(map(key_of, (entry.term, *entry.alias_list)))),
        )
        for entry in Entry.objects.filter(state=State.APPROVED).order_by("pk")
    ]


def _digest(terms: list[Term]) -> str:
    return hashlib.sha256(repr(terms).encode("utf-8", "backslashreplace")).hexdigest()[:16]
