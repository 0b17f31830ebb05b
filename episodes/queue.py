"""Proposals of many episodes, decided as one act: grouped by what changes, sampled, then accepted,
refused, undone or published together.

``groups`` and ``sample`` read. ``decide``, ``undo`` and ``publish`` write a ``Batch`` whose items are
frozen at that moment, each with the revision of the episode that its plan (or what is to be
published) belongs to, and ask for one job in the caller's transaction: ``batches`` does it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet

from episodes import batches, jobs, wording
from episodes.models import Batch, Episode, ImportRun, Status
from episodes.models.sources import RunState
from episodes.reimports import Unusable
from episodes.transcripts.messages import Message, fill, gettext_noop
from episodes.transcripts.sorts import SORTS

__all__ = [
    "SAMPLE",
    "Group",
    "decide",
    "group_of",
    "groups",
    "publish",
    "publish_episodes",
    "sample",
    "undo",
    "waiting",
]

SAMPLE = 5
HELD = "held-"  # how the key of a group of held proposals begins
OTHER = "other"  # the key of those that have no sort

NOTHING_WAITS = gettext_noop("Nothing of this kind waits any more.")
AT_WORK = gettext_noop("These proposals are being decided already, in another batch.")
NOT_ENDED = gettext_noop("This batch is still at work. Wait until it has ended.")
NOTHING_APPLIED = gettext_noop("Nothing of this batch is applied: there is nothing to undo.")
NONE_PUBLISHED = gettext_noop(
    "None of these episodes is published: there is no next edition to publish."
)
NONE_TO_PUBLISH = gettext_noop("None of these episodes is in review or published.")
NEEDS_REASON = gettext_noop("Held proposals are among these. Say why they are applied.")


@dataclass(frozen=True, slots=True)
class Group:
    """Proposals that change the same sorts of things, or are held for the same reasons.

    ``statuses`` counts them by the status of their episodes. ``behind`` are those whose episode has
    changed since they were worked out: a batch leaves them. ``latest`` is the newest one's id.
    """

    key: str
    label: Message
    count: int
    statuses: dict[str, int]
    oldest: datetime
    newest: datetime
    behind: int
    latest: int

    @property
    def held(self) -> bool:
        """Whether a person has to give a reason."""
        return self.key.startswith(HELD)

    @property
    def conflicts(self) -> bool:
        """Whether accepting leaves conflicts to be decided."""
        return not self.held and "conflict" in self.key.split("+")


# --- What waits -----------------------------------------------------------------------------------


def waiting() -> QuerySet[ImportRun]:
    """Return the proposals that somebody has to decide; of those without an episode nobody has
    said yet which it is."""
    return ImportRun.objects.filter(
        state=RunState.WAITING, source__isnull=False, episode__isnull=False
    ).order_by()


def groups() -> list[Group]:
    """Return what waits, grouped: the largest first, then those with conflicts, then the held ones.

    Two queries, whatever waits; no plan is read.
    """
    plain = (
        waiting()
        .filter(held=[])
        .values_list("sorts", "episode__status")
        .annotate(
            number=Count("pk"),
            oldest=Min("at"),
            newest=Max("at"),
            behind=Count("pk", filter=~Q(plan_revision=F("episode__revision"))),
            latest=Max("pk"),
        )
    )
    found: dict[str, list[Group]] = {}
    for sorts, status, *numbers in plain:
        key = sorts or OTHER
        found.setdefault(key, []).append(_part(key, _label(sorts), status, *numbers))
    columns = ("held", "episode__status", "at", "plan_revision", "episode__revision", "pk")
    for reasons, status, at, planned, revision, pk in _held().values_list(*columns):
        key, label = _reasons(reasons)
        part = _part(key, label, status, 1, at, at, int(planned != revision), pk)
        found.setdefault(key, []).append(part)
    made = [_whole(parts) for parts in found.values()]
    return sorted(made, key=lambda each: (each.held, each.conflicts, -each.count, each.key))


def group_of(key: str) -> Group | None:
    """Return a group by its key; None where nothing of it waits."""
    return next((group for group in groups() if group.key == key), None)


def _held() -> QuerySet[ImportRun]:
    return waiting().exclude(held=[])


def _part(
    key: str,
    label: Message,
    status: str,
    count: int,
    oldest: datetime,
    newest: datetime,
    behind: int,
    latest: int,
) -> Group:
    return Group(key, label, count, {status: count}, oldest, newest, behind, latest)


def _whole(parts: list[Group]) -> Group:
    """Return the parts of one group as one."""
    statuses: Counter[str] = Counter()
    for part in parts:
        statuses.update(part.statuses)
    return Group(
        parts[0].key,
        parts[0].label,
        sum(part.count for part in parts),
        {status: statuses[status] for status in Status.values if status in statuses},
        min(part.oldest for part in parts),
        max(part.newest for part in parts),
        sum(part.behind for part in parts),
        max(part.latest for part in parts),
    )


def _label(sorts: str) -> Message:
    """Return what changes, in words."""
    words = [SORTS.get(each, gettext_noop("something else")) for each in sorts.split("+")]
    label = words[0]
    for word in words[1:]:
        label = fill(gettext_noop("{one}, {other}"), one=label, other=word)
    return label


def _reasons(held: Iterable[dict[str, Any]]) -> tuple[str, Message]:
    """Return the key and the label of those held for these reasons, whatever the numbers in them."""
    words = [_without_numbers(wording.restore(each, "")) for each in held]
    label = words[0]
    for word in words[1:]:
        label = fill(gettext_noop("{one}; {other}"), one=label, other=word)
    digest = hashlib.blake2b(str(label).encode(), digest_size=4).hexdigest()
    return f"{HELD}{digest}", fill(gettext_noop("held: {why}"), why=label)


def _without_numbers(sentence: str) -> Message:
    if not isinstance(sentence, Message):
        return Message(sentence, {})
    params = {
        name: value if isinstance(value, str) else "…" for name, value in sentence.params.items()
    }
    return Message(sentence.template, params)


def _members(key: str) -> QuerySet[ImportRun]:
    """Return the proposals of a group; none for what is no key (it may come from an address)."""
    if key == OTHER:
        return waiting().filter(held=[], sorts="")
    if not key.startswith(HELD):
        known = set(key.split("+")) <= set(SORTS)
        return waiting().filter(held=[], sorts=key) if known else waiting().none()
    held = _held().values_list("pk", "held")
    return waiting().filter(pk__in=[pk for pk, reasons in held if _reasons(reasons)[0] == key])


def sample(group: Group, size: int = SAMPLE, *, seed: str = "") -> list[ImportRun]:
    """Return some proposals of a group at random, with episode and source; the same for a seed.

    What is decided meanwhile leaves the sample and another comes in; the rest stays. Those whose
    episode has moved on are not among them.
    """
    fresh = _members(group.key).filter(plan_revision=F("episode__revision"))
    drawn = sorted(fresh.values_list("pk", flat=True), key=lambda pk: _lot(seed, pk))[:size]
    runs = ImportRun.objects.select_related("episode", "source").defer("undo", "content")
    found = runs.in_bulk(drawn)
    return [found[pk] for pk in drawn if pk in found]


def _lot(seed: str, pk: int) -> bytes:
    return hashlib.blake2b(f"{seed}:{pk}".encode(), digest_size=8).digest()


# --- Asking for it --------------------------------------------------------------------------------


def decide(
    what: str | Collection[int],
    kind: str,
    by: User,
    note: str = "",
    reason: str = "",
    *,
    until: int | None = None,
) -> Batch:
    """Ask that a group (its key), or the runs with these ids, be accepted or refused as one.

    ``kind``: ``Batch.Kind.ACCEPT`` or ``REFUSE``. ``until``: the id of the newest that was shown;
    what came after it waits on. ``reason``: why held ones are applied all the same; without it the
    note is each import's reason. Raises ``Unusable`` (``not_waiting``, ``reason_missing``).
    """
    with transaction.atomic():
        members = _members(what) if isinstance(what, str) else waiting().filter(pk__in=list(what))
        if until is not None:
            members = members.filter(pk__lte=until)
        rows = list(members.order_by("pk").values_list("pk", "plan_revision", "held"))
        if not rows:
            raise Unusable("not_waiting", NOTHING_WAITS)
        taken = _being_decided()
        rows = [row for row in rows if row[0] not in taken]
        if not rows:
            raise Unusable("not_waiting", AT_WORK)
        if kind == Batch.Kind.ACCEPT and not reason.strip() and any(held for *_ids, held in rows):
            raise Unusable("reason_missing", NEEDS_REASON)
        items = [(pk, revision) for pk, revision, _held in rows]
        return _ask(kind, items, by, note.strip() or reason.strip(), reason=reason.strip())


def undo(batch: Batch, by: User, note: str = "") -> Batch:
    """Ask that all that a batch applied be taken back, the newest first.

    Asked for again while it is at work it is that batch. Raises ``Unusable`` (``not_applied``).
    """
    with transaction.atomic():
        asked = _asked_already(batch, Batch.Kind.UNDO)
        if asked is not None:
            return asked
        applied = batch.decided_runs.filter(state=RunState.APPLIED).order_by("-decided_at", "-pk")
        items = list(applied.values_list("pk", "plan_revision"))
        if not items:
            raise Unusable("not_applied", NOTHING_APPLIED)
        return _ask(Batch.Kind.UNDO, items, by, note.strip(), of=batch)


def publish(batch: Batch, by: User, note: str = "") -> Batch:
    """Ask that the evergreen episodes whose proposals a batch applied be published as they are now.

    Those that are no longer, or not yet, published are left alone. Raises ``Unusable``
    (``not_applied``, ``permission``).
    """
    if not by.has_perm("episodes.publish_episode"):
        raise Unusable("permission", batches.REFUSED["permission"])
    with transaction.atomic():
        asked = _asked_already(batch, Batch.Kind.PUBLISH)
        if asked is not None:
            return asked
        of_it = Episode.objects.filter(runs__decided_in=batch, runs__state=RunState.APPLIED)
        live = of_it.filter(status=Status.EVERGREEN).order_by("pk").distinct()
        items = list(live.values_list("pk", "revision"))
        if not items:
            raise Unusable("not_applied", NONE_PUBLISHED)
        alone = of_it.exclude(status=Status.EVERGREEN).distinct().count()
        return _ask(Batch.Kind.PUBLISH, items, by, note.strip(), of=batch, alone=alone)


def publish_episodes(
    episodes: Collection[int],
    by: User,
    note: str = "",
    *,
    first: bool = False,
    seen: Mapping[int, int] | None = None,
    correction: str = "",
) -> Batch:
    """Ask that episodes (their ids) be published as they are now, those of them that are evergreen;
    with ``first`` those in review, too.

    ``seen``: the revisions that were looked at, where not those of this moment. ``correction`` is what
    readers of the next editions are told; a first edition says nothing. Raises ``Unusable``
    (``not_applied``, ``permission``).
    """
    if not by.has_perm("episodes.publish_episode"):
        raise Unusable("permission", batches.REFUSED["permission"])
    statuses = [Status.EVERGREEN, *([Status.REVIEW] if first else [])]
    with transaction.atomic():
        chosen = Episode.objects.filter(pk__in=episodes, status__in=statuses).order_by("pk")
        rows = list(chosen.values_list("pk", "revision", "status"))
        if not rows:
            raise Unusable("not_applied", NONE_TO_PUBLISH if first else NONE_PUBLISHED)
        items = [(pk, (seen or {}).get(pk, revision)) for pk, revision, _status in rows]
        return _ask(
            Batch.Kind.PUBLISH,
            items,
            by,
            note.strip(),
            first=[pk for pk, _revision, status in rows if status == Status.REVIEW],
            correction=correction.strip(),
        )


def _being_decided() -> set[int]:
    """Return the runs that batches at work are about."""
    at_work = Batch.objects.filter(
        kind__in=(Batch.Kind.ACCEPT, Batch.Kind.REFUSE),
        jobs__kind=batches.KIND,
        jobs__state__in=jobs.ACTIVE,
    )
    return {pk for items in at_work.values_list("items", flat=True) for pk in items}


def _asked_already(batch: Batch, kind: str) -> Batch | None:
    """Return the batch at work that does the same to a batch; raise where that one is at work."""
    if batch.jobs.filter(kind=batches.KIND, state__in=jobs.ACTIVE).exists():
        raise Unusable("not_applied", NOT_ENDED)
    same = Batch.objects.filter(of=batch, kind=kind, jobs__state__in=jobs.ACTIVE)
    return same.order_by("pk").first()


def _ask(
    kind: str,
    items: list[tuple[int, int]],
    by: User,
    note: str,
    *,
    of: Batch | None = None,
    **arguments: Any,
) -> Batch:
    batch = Batch.objects.create(
        kind=kind, by=by, note=note, of=of, items=[pk for pk, _seen in items], total=len(items)
    )
    arguments["revisions"] = [seen for _pk, seen in items]
    jobs.request(batches.KIND, batches.key_of(batch), arguments, by, batch)
    return batch
