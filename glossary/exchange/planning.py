"""What an import would do, row by row. Pure: the register and the file as values, a plan out.

A row is the entry of its slug where their terms are one (``grouping.key_of``), else the entry that
has the key of its term. What a row says replaces what the entry says; where it says nothing, and
aliases and forbidden renderings that it does not repeat, stay, unless the import is ``exact``. The
state moves candidates only: a file that says ``candidate`` says nothing of it.

Carried out, the same file plans nothing more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from episodes.transcripts.messages import fill, gettext_noop
from glossary.exchange.concepts import FIELDS, LISTS, NAMES, Concept, Row, tidy
from glossary.grouping import NAME_LENGTH, key_of, same_saying

__all__ = ["DEFINITION_LENGTH", "Change", "Item", "Kind", "Known", "Options", "Plan", "plan"]

DEFINITION_LENGTH = 20_000
MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Known:
    """An entry of the register. ``concept.state`` may be ``merged``; ``into`` is the other then.

    ``keys`` are those whose evidence is its own, ``addresses`` the slugs that lead to it.
    """

    pk: int
    version: int
    concept: Concept
    keys: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    into: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is taken: the fields it can give, whether it is exact, who imports."""

    fields: frozenset[str] = frozenset(FIELDS)
    exact: bool = False
    may_decide: bool = False


class Kind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """A field's old and new text; of several values one a line."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Item:
    """What becomes of a row, the ``number``-th of the file; several may stand on one line.

    ``concept`` is what the entry says then; ``pk`` and ``version`` are of the entry that it is now.
    ``decided``: somebody approved or rejected it, so that it changes only where the person who
    imports ticked it.
    """

    kind: Kind
    number: int
    line: int
    concept: Concept
    pk: int | None = None
    version: int | None = None
    decided: bool = False
    changes: tuple[Change, ...] = ()
    reason: str = ""

    @property
    def digest(self) -> str:
        """What stands for the outcome, to tell whether another plan has the same."""
        told: tuple[object, ...] = (self.kind, self.pk, self.reason)
        if self.kind in (Kind.NEW, Kind.CHANGED):
            told += (self.decided, self.changes, self.concept)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of a file in its order, each with what becomes of it."""

    items: tuple[Item, ...]

    def of(self, kind: Kind | str) -> list[Item]:
        """Return the items of a kind."""
        return [item for item in self.items if item.kind == kind]

    def work(self, ticked: Iterable[int] | None = ()) -> list[Item]:
        """Return what is to be written: of decided entries those of the ticked numbers, None: all."""
        numbers = None if ticked is None else set(ticked)
        return [
            item
            for item in self.items
            if item.kind == Kind.NEW
            or (
                item.kind == Kind.CHANGED
                and (not item.decided or numbers is None or item.number in numbers)
            )
        ]


def plan(existing: Iterable[Known], rows: Sequence[Row], options: Options | None = None) -> Plan:
    """Return what importing these rows would do to the register.

    ``existing`` holds at least the entries that have a key or a slug of the rows.
    """
    return _Planner(existing, rows, options or Options()).plan()


@dataclass
class _Refusal(Exception):
    """Why a row cannot be taken."""

    reason: str


@dataclass(slots=True)
class _Seen:
    """What rows before have taken."""

    terms: dict[str, int] = field(default_factory=dict)
    slugs: dict[str, int] = field(default_factory=dict)


class _Planner:
    def __init__(self, existing: Iterable[Known], rows: Sequence[Row], options: Options) -> None:
        self.rows = rows
        self.options = options
        self.by_key: dict[str, Known] = {}
        self.by_slug: dict[str, Known] = {}
        self.addresses: dict[str, Known] = {}
        for known in existing:
            self.by_key |= dict.fromkeys(known.keys, known)
            self.by_slug[known.concept.slug] = known
            self.addresses |= dict.fromkeys(known.addresses, known)
        self.terms: dict[str, Row] = {}
        for row in rows:
            self.terms.setdefault(key_of(row.concept.term), row)
        self.seen = _Seen()

    def plan(self) -> Plan:
        items = []
        for number, row in enumerate(self.rows, 1):
            concept = tidy(row.concept)
            try:
                item = self._item(number, row.line, concept)
            except _Refusal as refusal:
                item = Item(Kind.REFUSED, number, row.line, concept, reason=refusal.reason)
            items.append(item)
        return Plan(tuple(items))

    def _item(self, number: int, line: int, concept: Concept) -> Item:
        key = key_of(concept.term)
        if not _says(concept.term):
            raise _Refusal(gettext_noop("A term needs a letter or a digit."))
        if key in self.seen.terms:
            said = gettext_noop("The same term as in line {line}.")
            raise _Refusal(fill(said, line=self.seen.terms[key]))
        self.seen.terms[key] = line
        for name in (
            *(getattr(concept, name) for name in NAMES),
            *concept.aliases,
            *concept.forbidden,
        ):
            if len(name) > NAME_LENGTH:
                said = gettext_noop("“{name}” is too long: a name has at most {count} characters.")
                raise _Refusal(fill(said, name=f"{name[:40]}…", count=NAME_LENGTH))
        if len(concept.definition) > DEFINITION_LENGTH:
            said = gettext_noop("The definition is too long: at most {count} characters.")
            raise _Refusal(fill(said, count=DEFINITION_LENGTH))
        known = self._known(key, concept)
        if known is None:
            return self._new(number, line, concept)
        return self._changed(number, line, concept, known)

    def _known(self, key: str, concept: Concept) -> Known | None:
        """Return the entry that a row is, if there is one."""
        named = self.by_slug.get(concept.slug) if concept.slug else None
        if named is not None and key_of(named.concept.term) == key:
            if named.concept.state != MERGED:
                return named
            if key not in self.by_key:
                said = gettext_noop("It was merged into “{term}”.")
                raise _Refusal(fill(said, term=named.into))
        owner = self.by_key.get(key)
        if owner is not None and key_of(owner.concept.term) != key:
            said = gettext_noop("“{name}” is another name of the term “{term}”.")
            raise _Refusal(fill(said, name=concept.term, term=owner.concept.term))
        return owner

    def _new(self, number: int, line: int, concept: Concept) -> Item:
        self._check_names(concept, concept.aliases, concept.forbidden, None)
        if concept.slug:
            other = self.by_slug.get(concept.slug) or self.addresses.get(concept.slug)
            if other is not None:
                said = gettext_noop("The address “{slug}” is that of the term “{term}”.")
                raise _Refusal(fill(said, slug=concept.slug, term=other.concept.term))
            if concept.slug in self.seen.slugs:
                said = gettext_noop("The address “{slug}” is given in line {line}, too.")
                raise _Refusal(fill(said, slug=concept.slug, line=self.seen.slugs[concept.slug]))
            self.seen.slugs[concept.slug] = line
        state = concept.state if self.options.may_decide else "candidate"
        return Item(Kind.NEW, number, line, _with(concept, state=state))

    def _changed(self, number: int, line: int, concept: Concept, known: Known) -> Item:
        before = tidy(known.concept)
        if before.state == "rejected" and concept.state != "rejected":
            said = gettext_noop("“{term}” was rejected here.")
            raise _Refusal(fill(said, term=before.term))
        after = self._merged(concept, before)
        changes = tuple(
            Change(name, old, new)
            for name in FIELDS
            if (old := _text(before, name)) != (new := _text(after, name))
        )
        if not changes:
            return Item(Kind.SAME, number, line, after, known.pk, known.version)
        self._check_names(
            after,
            [name for name in after.aliases if name not in before.aliases],
            [name for name in after.forbidden if name not in before.forbidden],
            known,
        )
        decided = before.state != "candidate"
        if decided and not self.options.may_decide:
            said = gettext_noop("“{term}” is decided; who may decide on terms may change it.")
            raise _Refusal(fill(said, term=before.term))
        return Item(Kind.CHANGED, number, line, after, known.pk, known.version, decided, changes)

    def _merged(self, concept: Concept, before: Concept) -> Concept:
        """Return what an entry says with a row's values."""
        given, exact = self.options.fields, self.options.exact
        values: dict[str, str | tuple[str, ...]] = {}
        for name in (*NAMES, "definition"):
            said = getattr(concept, name)
            if name in given and (said or exact):
                values[name] = said
        for name in LISTS:
            old, said = getattr(before, name), getattr(concept, name)
            if name not in given:
                continue
            # the order of names means nothing: what is there stays where it is
            kept = [each for each in old if each in said] if exact else list(old)
            values[name] = (*kept, *(each for each in said if each not in old))
        if self.options.may_decide and concept.state in _NEXT.get(before.state, ()):
            values["state"] = concept.state
        return tidy(_with(before, **values))

    def _check_names(
        self,
        concept: Concept,
        aliases: Iterable[str],
        forbidden: Iterable[str],
        known: Known | None,
    ) -> None:
        """Refuse names that a row adds where they are others', or both a name and forbidden."""
        for alias in aliases:
            key = key_of(alias)
            if not _says(alias):
                raise _Refusal(gettext_noop("An alias needs a letter or a digit."))
            owner = self.by_key.get(key)
            if owner is not None and (known is None or owner.pk != known.pk):
                said = gettext_noop("Its alias “{name}” is a name of the term “{term}”.")
                raise _Refusal(fill(said, name=alias, term=owner.concept.term))
            there = self.terms.get(key)
            if there is not None and key != key_of(concept.term):
                said = gettext_noop("Its alias “{name}” is the term of line {line}.")
                raise _Refusal(fill(said, name=alias, line=there.line))
        added = {same_saying("aliases", name): name for name in (*aliases, *forbidden)}
        names = (*(getattr(concept, name) for name in NAMES), *concept.aliases)
        both = {same_saying("aliases", name) for name in names if name} & {
            same_saying("aliases", name) for name in concept.forbidden
        }
        for same in sorted(both):
            if same in added:
                said = gettext_noop("“{name}” would be a name of the term and forbidden.")
                raise _Refusal(fill(said, name=added[same]))


_NEXT = {"candidate": ("approved", "rejected"), "approved": ("rejected",)}


def _says(name: str) -> bool:
    return bool(key_of(name)) and any(map(str.isalnum, name))


def _with(concept: Concept, **values: str | tuple[str, ...]) -> Concept:
    return replace(concept, **values)  # type: ignore[arg-type]


def _text(concept: Concept, name: str) -> str:
    value = getattr(concept, name)
    return value if isinstance(value, str) else "\n".join(value)
