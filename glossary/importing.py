"""Terms of a file into the register: looked at, then written as one act.

What is written is what was shown: each row is planned anew under a lock, and where its outcome is
another by now (``planning.Item.digest``) it is left alone. Up to ``AT_ONCE`` terms are written in
one transaction, all or nothing; more by a job, some at a time, so that nobody waits for long. A job
that is killed goes on: what it has written is planned as the same.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from episodes import jobs
from episodes.history import FieldChange, record
from episodes.models import ChangeSet, Job
from episodes.models.history import Act
from episodes.slugs import sort_key
from episodes.transcripts.messages import fill, gettext_noop
from glossary import publishing, rebuild, rechecking
from glossary.addresses import taken
from glossary.decisions.writing import EDITABLE, Stale, lock, may, target_of, write
from glossary.entries import follow_evidence
from glossary.exchange.concepts import LISTS, Concept, Row
from glossary.exchange.planning import Item, Kind, Options, Plan, plan
from glossary.exchanging import known_of
from glossary.grouping import Values, key_of, plan_slugs, slug_base
from glossary.models import Entry, EntryKey, State
from glossary.pacing import short_transaction

__all__ = ["AT_ONCE", "KIND", "PERMISSIONS", "Done", "Stale", "carry_out", "look", "options_for"]

KIND = "glossary.import"
PERMISSIONS = ("glossary.add_entry", "glossary.change_entry")

AT_ONCE = 200
"""So many terms are written within the request; more by a job."""

CHUNK = 25  # terms that a job writes in one transaction


@dataclass(frozen=True, slots=True)
class Done:
    """What an import came to: terms written, and the act; or the job that does it."""

    written: int = 0
    change_set: int | None = None
    job: Job | None = None


def options_for(by: User, fields: frozenset[str], exact: bool) -> Options:
    """Return how a file that can give these fields is taken when this person imports it."""
    return Options(fields, exact, by.has_perm("glossary.decide_entry"))


def look(rows: Sequence[Row], options: Options) -> Plan:
    """Return what importing these rows would do now. Four queries, more for over 500 names."""
    return plan(known_of(rows), rows, options)


def carry_out(
    rows: Sequence[Row], work: Sequence[Item], options: Options, *, by: User, why: str = ""
) -> Done:
    """Write the items ``work`` of a plan of ``rows``, or ask for the job that does.

    :raises PermissionDenied: without ``PERMISSIONS``; who may not decide has no plan that decides.
    :raises Stale: if one of them would be another by now; nothing is written then.
    """
    for permission in PERMISSIONS:
        may(by, permission)
    if not work:
        return Done()
    wishes = [(rows[item.number - 1], item.digest) for item in work]
    if len(wishes) > AT_ONCE:
        return Done(job=_ask(wishes, options, by, why))
    with transaction.atomic():
        act = ChangeSet.objects.create(act=Act.BATCH, by=by, why=why)
        if _write(wishes, options, by, act) < len(wishes):
            raise Stale
        rebuild.ask_for_matching(by)
        rechecking.ask_for_act(act)
    return Done(len(wishes), act.pk)


# The job.


def _ask(wishes: Sequence[tuple[Row, str]], options: Options, by: User, why: str) -> Job:
    """Ask for a job of its own; its key is what it writes, so that asking twice is once."""
    arguments = {
        "why": why,
        "fields": sorted(options.fields),
        "exact": options.exact,
        "rows": [[row.line, asdict(row.concept), digest] for row, digest in wishes],
        "act": None,
    }
    digest = hashlib.sha256("".join(digest for _row, digest in wishes).encode()).hexdigest()
    return jobs.request(KIND, key=f"{by.pk}:{digest[:20]}", arguments=arguments, by=by)


@jobs.register(KIND, label=gettext_lazy("Import terms"))
def import_terms(run: jobs.Run) -> str:
    """Write what was asked for, some terms at a time."""
    by = User.objects.filter(pk=run.requested_by_id or 0).first()
    if by is None or not all(map(by.has_perm, PERMISSIONS)):
        return gettext_noop("Stopped: who asked for it may not change terms any more.")
    asked = run.arguments
    options = options_for(by, frozenset(asked["fields"]), asked["exact"])
    wishes = [(Row(line, _concept(said)), digest) for line, said, digest in asked["rows"]]
    done = 0
    for start in range(0, len(wishes), CHUNK):
        run.heartbeat(start, len(wishes), gettext_noop("Writing terms"))
        try:
            with short_transaction():
                act = _act(run, by)
                done += _write(wishes[start : start + CHUNK], options, by, act)
                run.still_mine()
        except Stale:
            again = gettext_noop("Somebody added one of the terms at the same moment; once more.")
            raise jobs.TryLater(again) from None
    with short_transaction():
        rebuild.ask_for_matching(by)
        rechecking.ask_for_act(_act(run, by))
        # the rows are in the register; a list of jobs need not carry them
        run.mine().filter(again=False).update(
            arguments={"act": run.arguments["act"], "why": asked["why"]}
        )
        run.finish(_said(done, len(wishes)))
    return _said(done, len(wishes))


def _said(done: int, asked: int) -> str:
    if done == asked:
        return fill(gettext_noop("Terms written: {done}."), done=done)
    template = gettext_noop(
        "Terms written: {done}. Left as they are, because they changed meanwhile: {left}."
    )
    return fill(template, done=done, left=asked - done)


def _act(run: jobs.Run, by: User) -> ChangeSet:
    """Return the act of a job: made with its first terms, found again by a later attempt."""
    if run.arguments["act"] is not None:
        return ChangeSet.objects.get(pk=run.arguments["act"])
    act = ChangeSet.objects.create(act=Act.BATCH, by=by, why=run.arguments["why"])
    run.arguments["act"] = act.pk
    run.mine().update(arguments=run.arguments)
    return act


def _concept(said: dict[str, Any]) -> Concept:
    return Concept(**{**said, **{name: tuple(said[name]) for name in LISTS}})


# Writing; the caller holds the transaction.


def _write(wishes: Sequence[tuple[Row, str]], options: Options, by: User, act: ChangeSet) -> int:
    """Write rows whose outcome is still the one that was seen; return how many say so now."""
    rows = [row for row, _digest in wishes]
    locked = lock(known.pk for known in known_of(rows))
    planned = plan(known_of(rows), rows, options).items
    work = [
        item
        for item, (_row, digest) in zip(planned, wishes, strict=True)
        if item.kind in (Kind.NEW, Kind.CHANGED)
        and item.digest == digest
        and (item.pk is None or item.pk in locked)
    ]
    if work:
        names: dict[int, Concept] = {}
        changes = _change(work, locked, by, names)
        changed = set(names)
        changes += _add(work, by, names)
        record(act, changes + _claim(names, names.keys() - changed))
        ids = set(names)
        keys = EntryKey.objects.filter(entry__in=ids).values_list("key", flat=True)
        followed = follow_evidence(set(keys), _nothing)
        publishing.publish(ids | followed.entries)
    return len(work) + sum(item.kind == Kind.SAME for item in planned)


def _change(
    work: Sequence[Item], locked: dict[int, Entry], by: User, names: dict[int, Concept]
) -> list[FieldChange]:
    changes: list[FieldChange] = []
    for item in work:
        if item.pk is None:
            continue
        values: dict[str, Any] = {change.field: change.new for change in item.changes}
        if "state" in values:
            values |= {"decided_by_id": by.pk, "decided_at": timezone.now()}
        changes += write(locked[item.pk], values)
        names[item.pk] = item.concept
    return changes


def _add(work: Sequence[Item], by: User, names: dict[int, Concept]) -> list[FieldChange]:
    """Make the entries of new terms, each a person's; one that is decided says by whom."""
    new = [item.concept for item in work if item.pk is None]
    if not new:
        return []
    bases = {
        key_of(concept.term): slug_base(
            Values(concept.term, concept.foreign_term, concept.abbreviation, concept.expansion)
        )
        for concept in new
        if not concept.slug
    }
    given = {concept.slug for concept in new}
    planned = plan_slugs(bases.items(), given | (taken(bases.values()) if bases else set()))
    now = timezone.now()
    fields = [_fields(concept, planned) for concept in new]
    made = Entry.objects.bulk_create(
        [
            Entry(
                **values,
                sort_key=sort_key(values["term"]),
                version=1,
                state=concept.state,
                decided_by=by if concept.state != State.CANDIDATE else None,
                decided_at=now if concept.state != State.CANDIDATE else None,
            )
            for concept, values in zip(new, fields, strict=True)
        ]
    )
    changes: list[FieldChange] = []
    for entry, concept, values in zip(made, new, fields, strict=True):
        names[entry.pk] = concept
        changes += [
            (target_of(entry.pk), name, None, text) for name, text in values.items() if text
        ]
        if concept.state != State.CANDIDATE:
            changes.append((target_of(entry.pk), "state", None, concept.state))
    return changes


def _fields(concept: Concept, slugs: dict[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name in EDITABLE:
        value = getattr(concept, name)
        values[name] = value if isinstance(value, str) else "\n".join(value)
    values["slug"] = concept.slug or slugs[key_of(concept.term)]
    return values


def _claim(names: dict[int, Concept], new: Set[int]) -> list[FieldChange]:
    """Let evidence of the names be these entries' where it is nobody's; return that as changes.

    :raises Stale: if the term of a new one became another's at this very moment.
    """
    before = _keys(names)
    owners: dict[str, int] = {key_of(concept.term): pk for pk, concept in names.items()}
    for pk, concept in names.items():
        for alias in concept.aliases:
            owners.setdefault(key_of(alias), pk)
    EntryKey.objects.bulk_create(
        [EntryKey(key=key, entry_id=pk) for key, pk in owners.items() if key],
        ignore_conflicts=True,
    )
    after = _keys(names)
    if any(key_of(names[pk].term) not in after[pk] for pk in new):
        raise Stale
    return [
        (target_of(pk), "keys", before[pk], after[pk]) for pk in names if before[pk] != after[pk]
    ]


def _keys(names: dict[int, Concept]) -> defaultdict[int, list[str]]:
    keys: defaultdict[int, list[str]] = defaultdict(list)
    rows = EntryKey.objects.filter(entry__in=list(names)).order_by("key")
    for pk, key in rows.values_list("entry", "key"):
        keys[pk].append(key)
    return keys


def _nothing() -> None:
    """Hold nothing: the caller checks its claim as the transaction's last step."""
