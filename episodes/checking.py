"""Checks of working copies: run where something changed, their findings kept across runs.

``ask`` leaves a row in the caller's transaction and asks for a job; the episodes are shared out over
``LANES`` jobs, so that as many workers can take part. ``check_now`` is the same in this process, for
the gate and the command.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from episodes import jobs, pages, wording
from episodes.checks import every  # noqa: F401 - registers the checks
from episodes.checks.incremental import Digests, digests_of, run
from episodes.checks.registry import Finding as Found
from episodes.checks.registry import Severity, all_checks
from episodes.known import Known, known_now
from episodes.models import CheckAsked, CheckedEpisode, Episode, Finding
from episodes.models.checks import FindingState
from episodes.subjects import subject_of
from episodes.transcripts.messages import fill, gettext_noop

__all__ = [
    "KIND",
    "LANES",
    "ask",
    "ask_all",
    "check_now",
    "dismiss",
    "reopen",
    "standing",
]

KIND = "check"
LANES = 4
PART = 500


def ask(episode: Episode) -> None:
    """Have an episode checked by a job, once the caller's transaction commits."""
    _mark([episode.pk])
    jobs.request(KIND, f"lane {episode.pk % LANES}")


def ask_all(episode_ids: Iterable[int], by: User | None = None) -> int:
    """Have episodes checked by jobs; return how many."""
    ids = sorted(set(episode_ids))
    with transaction.atomic():
        for start in range(0, len(ids), PART):
            _mark(ids[start : start + PART])
        jobs.request_all(KIND, {f"lane {pk % LANES}" for pk in ids}, by=by)
    return len(ids)


def _mark(ids: list[int]) -> None:
    CheckAsked.objects.bulk_create(
        [CheckAsked(episode_id=pk, token=uuid.uuid4()) for pk in ids],
        update_conflicts=True,
        unique_fields=["episode"],
        update_fields=["token"],
    )


@jobs.register(KIND, label=gettext_lazy("Check episodes"))
def work(job: jobs.Run) -> str:
    """Check what was asked for in this lane; each episode in a transaction of its own."""
    lane = int(job.key.removeprefix("lane ") or 0)
    found = CheckAsked.objects.order_by("pk").values_list("pk", "episode_id", "token")
    asked = [row for row in found.iterator() if row[1] % LANES == lane]
    names = known_now()  # read after what is asked for: a name that changes later asks once more
    counted: Counter[str] = Counter()
    for done, (pk, episode_id, token) in enumerate(asked, start=1):

        def ended(pk: int = pk, token: uuid.UUID = token) -> None:
            CheckAsked.objects.filter(pk=pk, token=token).delete()
            job.still_mine()

        with suppress(Episode.DoesNotExist):
            counted += _check(episode_id, names, ended)
        job.heartbeat(done, len(asked), gettext_noop("Checking episodes"))
    template = gettext_noop("Checked: {episodes}. New findings: {new}; gone: {gone}.")
    return fill(template, episodes=len(asked), new=counted["new"], gone=counted["gone"])


def check_now(episode: Episode, *, anew: bool = False) -> Counter[str]:
    """Bring an episode's findings up to date; return how many are ``new`` and ``gone``.

    Does nothing where nothing has changed since; ``anew`` looks at everything again.
    """
    return _check(episode.pk, known_now(), lambda: None, anew=anew)


def _check(
    episode_id: int, names: Known, ended: Callable[[], None], *, anew: bool = False
) -> Counter[str]:
    """Check an episode; ``ended`` is called at the end of the transaction that writes what was found.

    Where another run wrote meanwhile, it may have seen less than this one: it is done once more.
    """
    while True:
        episode = Episode.objects.get(pk=episode_id)
        known, _made = CheckedEpisode.objects.get_or_create(episode=episode)
        subject = subject_of(episode, names)
        now = digests_of(subject, {**names.digests, "release": pages.release()})
        outcome = run(all_checks(), subject, now, None if anew else _restored(known.digests, now))
        with transaction.atomic():
            checked = CheckedEpisode.objects.select_for_update().get(pk=known.pk)
            if checked.digests != known.digests:
                continue
            uids = {turn.uid for turn in subject.turns}
            counted = _write(episode, outcome.findings, outcome.looked, uids)
            checked.revision, checked.digests = episode.revision, _stored(now)
            checked.checked_at = timezone.now()
            checked.save(update_fields=["revision", "digests", "checked_at"])
            ended()
        return counted


def _write(
    episode: Episode,
    findings: Iterable[Found],
    looked: frozenset[tuple[str, str | None]],
    uids: set[str],
) -> Counter[str]:
    """Make the rows what was found, where it was looked for; return how many came and went."""
    wanted = {(each.check, each.uid, each.fingerprint): each for each in reversed([*findings])}
    severities = {check.code: check.severity for check in all_checks()}
    counted: Counter[str] = Counter()
    for row in Finding.objects.filter(episode=episode).order_by("pk"):
        key = (row.code, row.uid, row.fingerprint)
        found = wanted.pop(key, None)
        if found is not None:
            _update(row, found, severities[row.code])
        elif _is_gone(row, looked, uids, severities):
            counted["gone"] += row.stands
            if row.state == FindingState.OPEN:
                row.delete()
            elif row.stands:
                row.stands = False
                row.save(update_fields=["stands"])
    new = [_row(episode, found, severities[found.check]) for found in wanted.values()]
    new.sort(key=lambda row: (row.code, row.uid, row.fingerprint))
    Finding.objects.bulk_create(new, batch_size=200)
    counted["new"] += len(new)
    return counted


def _is_gone(
    row: Finding,
    looked: frozenset[tuple[str, str | None]],
    uids: set[str],
    severities: Mapping[str, Severity],
) -> bool:
    return (
        (row.code, None) in looked
        or (row.code, row.uid) in looked
        or (bool(row.uid) and row.uid not in uids)
        or row.code not in severities
    )


def _values(found: Found, severity: Severity) -> dict[str, Any]:
    return {
        "severity": str(severity),
        "field": found.field,
        "start": found.start if found.start >= 0 else None,
        "end": found.end if found.end >= 0 else None,
        "message": str(found.message),
        "wording": wording.store(found.message),
        "fix": {"field": found.fix.field, "value": found.fix.value} if found.fix else None,
        "stands": True,
    }


def _row(episode: Episode, found: Found, severity: Severity) -> Finding:
    return Finding(
        episode=episode,
        uid=found.uid,
        code=found.check,
        fingerprint=found.fingerprint,
        **_values(found, severity),
    )


def _update(row: Finding, found: Found, severity: Severity) -> None:
    different = {
        name: value
        for name, value in _values(found, severity).items()
        if getattr(row, name) != value
    }
    for name, value in different.items():
        setattr(row, name, value)
    if different:
        row.save(update_fields=[*different])


def _stored(digests: Digests) -> dict[str, Any]:
    return {
        "turns": [list(pair) for pair in digests.turns],
        "beside": dict(digests.beside),
        "whole": digests.whole,
    }


def _restored(stored: Mapping[str, Any], now: Digests) -> Digests | None:
    """Return what was stored; None where the checks themselves are others since."""
    if not stored or stored["beside"].get("release") != now.beside["release"]:
        return None
    turns = tuple((uid, digest) for uid, digest in stored["turns"])
    return Digests(turns, stored["beside"], stored["whole"])


# What people say to it.


def standing(episode: Episode, places: Mapping[str, int] | None = None) -> list[Finding]:
    """Return the open findings that stand, errors first, then in the order of the turns.

    ``places`` are theirs by uid, where they are known.
    """
    order = {severity: place for place, severity in enumerate(Severity)}
    if places is None:
        places = dict(episode.turns.values_list("uid", "position"))
    found = episode.findings.filter(stands=True, state=FindingState.OPEN)
    return sorted(
        found,
        key=lambda row: (order[Severity(row.severity)], places.get(row.uid, -1), row.code, row.pk),
    )


def dismiss(finding: Finding, *, by: User, why: str = "") -> bool:
    """Put a finding away as long as its text is the same; false if it is not open any more.

    :raises PermissionDenied: without ``dismiss_finding``, for an error ``dismiss_error``.
    """
    error = finding.severity == Severity.ERROR
    if not by.has_perm("episodes.dismiss_error" if error else "episodes.dismiss_finding"):
        raise PermissionDenied
    still = Finding.objects.filter(pk=finding.pk, state=FindingState.OPEN, stands=True)
    return bool(
        still.update(
            state=FindingState.DISMISSED, decided_by=by, decided_at=timezone.now(), why=why.strip()
        )
    )


def reopen(finding: Finding, *, by: User) -> bool:
    """Take a dismissal back; false if it is not dismissed, or stands no more.

    :raises PermissionDenied: as ``dismiss`` does.
    """
    error = finding.severity == Severity.ERROR
    if not by.has_perm("episodes.dismiss_error" if error else "episodes.dismiss_finding"):
        raise PermissionDenied
    dismissed = Finding.objects.filter(pk=finding.pk, state=FindingState.DISMISSED, stands=True)
    return bool(
        dismissed.update(state=FindingState.OPEN, decided_by=by, decided_at=timezone.now(), why="")
    )
