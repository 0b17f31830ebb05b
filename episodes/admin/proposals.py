"""A proposal: what a new state of a source would change, one by one; applied, refused, or left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from episodes import reimports, states
from episodes.admin.changes import KINDS, Changes, Entry, count_of_kind
from episodes.admin.staff import who
from episodes.models import Conflict, Episode, ImportRun, Status
from episodes.models.sources import RunState
from episodes.reimports import Unusable
from episodes.wording import translate

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["PAGE", "Decisions", "page", "rule_of"]

PAGE = 1000
"""Changes on one page; what is decided on the others travels along."""

LONGEST_REASON = 5000


@dataclass
class Decisions:
    """What a form says: which changes are left out, by their marks, and what was on the page.

    Only boxes that are ticked are sent; what was shown, with what it would have done then, is one
    field, and so are the marks that were left out on pages that are not shown.
    """

    refused: set[str] = field(default_factory=set)
    shown: dict[str, str] = field(default_factory=dict)  # mark -> digest
    kind: str = ""
    page: int = 1
    reason: str = ""

    @classmethod
    def read(cls, request: HttpRequest) -> Decisions:
        """Return what was sent; a page that is opened takes everything."""
        if request.method != "POST":
            kind = request.GET.get("kind", "")
            return cls(kind=kind if kind in KINDS else "")
        post = request.POST
        shown = dict(pair.rpartition(".")[::2] for pair in post.get("shown", "").split())
        taken = set(post.getlist("take"))
        refused = set(post.get("refused", "").split()) | (shown.keys() - taken)
        kind = post.get("kind", "")
        number = post.get("page", "")
        reason = post.get("reason", "").replace("\r\n", "\n")[:LONGEST_REASON]
        return cls(
            refused,
            shown,
            kind if kind in KINDS else "",
            int(number) if number.isdecimal() and len(number) < 6 else 1,
            reason,
        )

    def change(self, request: HttpRequest, entries: Iterable[Entry]) -> None:
        """Follow the buttons that only change what is ticked or shown."""
        post = request.POST
        for entry in entries:
            if entry.kind == post.get("all"):
                self.refused.discard(entry.mark)
            elif entry.kind == post.get("none") and entry.can_choose:
                self.refused.add(entry.mark)
        if "show" in post:
            self.kind, self.page = post["show"] if post["show"] in KINDS else "", 1
        if post.get("turn_to", "").isdecimal():
            self.page = int(post["turn_to"][:6])


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """GET: what the run would change. POST: apply it, refuse it, or show it again with what is
    ticked kept (other changes, all or none of a kind)."""
    episode = model_admin.find(request, pk)
    found = find_run(episode, run)
    if found.state != RunState.WAITING:
        return _closed(model_admin, request, episode, found, status=200)
    if request.method != "POST":
        return _open(model_admin, request, episode, found, Decisions.read(request))
    if not reimports.may_apply(episode, who(request)):
        raise PermissionDenied
    decisions = Decisions.read(request)
    if "refuse" not in request.POST and "apply" not in request.POST:
        return _open(model_admin, request, episode, found, decisions)
    try:
        return _decide(request, episode, found, decisions)
    except Unusable as refused:
        again = model_admin.find(request, pk)
        found = find_run(again, run)
        if found.state != RunState.WAITING:
            return _closed(model_admin, request, again, found, status=409)
        return _open(model_admin, request, again, found, decisions, refused)


def find_run(episode: Episode, pk: int) -> ImportRun:
    """Return a run that has a plan for this episode, with its source; raise Http404."""
    runs = ImportRun.objects.select_related("source", "by", "decided_by")
    run = runs.defer("undo", "content").filter(pk=pk, episode=episode).first()
    if run is None or run.plan is None or run.source is None:
        raise Http404(_("There is no such proposal."))
    run.episode = episode
    return run


def _decide(
    request: HttpRequest, episode: Episode, run: ImportRun, decisions: Decisions
) -> HttpResponse:
    """Apply or refuse; raises Unusable."""
    by = who(request)
    if "refuse" in request.POST:
        reimports.refuse(run, by=by, reason=decisions.reason)
        messages.success(
            request, _("Refused. What the source says now is not proposed again until it changes.")
        )
        return redirect("admin:episodes_importrun_change", run.pk)
    revision = request.POST.get("revision", "")
    changes = Changes(reimports.replan(run), states.load(episode))
    done = reimports.accept(
        run,
        by=by,
        refused=refused_keys(changes, decisions),
        reason=decisions.reason,
        revision=int(revision) if revision.isdecimal() else 0,
    )
    if done.state == RunState.REFUSED:
        messages.success(request, _("Nothing was taken: the proposal counts as refused."))
        return redirect("admin:episodes_importrun_change", run.pk)
    taken = sum(
        entry.can_choose and entry.mark not in decisions.refused for entry in changes.entries
    )
    sentence = ngettext("%(count)s change was applied.", "%(count)s changes were applied.", taken)
    messages.success(request, sentence % {"count": taken})
    if Conflict.objects.filter(episode=episode, decided_at=None).exists():
        return redirect("admin:episodes_episode_conflicts", episode.pk)
    return redirect("admin:episodes_episode_turns", episode.pk)


def refused_keys(changes: Changes, decisions: Decisions) -> set[str]:
    """Return the plan's keys of what was left out."""
    return {entry.key for entry in changes.entries if entry.mark in decisions.refused}


# --- The page -------------------------------------------------------------------------------------


def rule_of(episode: Episode, *, held: bool) -> str:
    """Return the sentence that tells what the episode's status means for a change of its source."""
    if held:
        return _("It is held because it would make things worse: a person has to say why first.")
    if episode.status == Status.DRAFT:
        return _("A draft follows its source by itself; this state waits all the same.")
    if episode.status == Status.REVIEW:
        return _("In review nothing changes by itself: an editor decides.")
    if episode.status == Status.ARCHIVED:
        return _("An archived episode does not change by itself: a publisher decides.")
    return _(
        "A published episode does not change by itself: a publisher decides, and readers see it "
        "with the next edition."
    )


def who_may(episode: Episode) -> str:
    """Return the sentence for somebody who may look only."""
    if episode.status in (Status.EVERGREEN, Status.ARCHIVED):
        return _("You may look at it. Proposals to a published episode are applied by publishers.")
    return _("You may look at it. Proposals are applied by editors and publishers.")


def _open(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    episode: Episode,
    run: ImportRun,
    decisions: Decisions,
    refused: Unusable | None = None,
) -> HttpResponse:
    proposal = reimports.replan(run)
    changes = Changes(proposal, states.load(episode))
    decisions.change(request, changes.entries)
    counts = changes.counts()
    listed = [entry for entry in changes.entries if decisions.kind in ("", entry.kind)]
    leaves = Paginator(listed, PAGE)
    leaf = leaves.get_page(decisions.page)
    here = {entry.mark for entry in leaf}
    known = {entry.mark for entry in changes.entries}
    choices = [entry for entry in changes.entries if entry.can_choose]
    again = refused is not None and refused.code == "stale"
    lost = len(decisions.refused - known)
    context = {
        **model_admin.frame(request, episode, "proposal"),
        "run": run,
        "fetched": _fetched(run),
        "held": [translate(each) for each in proposal.plan.held],
        "rule": rule_of(episode, held=bool(proposal.plan.held)),
        "may_apply": reimports.may_apply(episode, who(request)),
        "who_may": who_may(episode),
        "counts": [count_of_kind(kind, number) for kind, number in counts.items()],
        "kinds": [
            {"name": kind, "label": KINDS[kind].label, "count": number}
            for kind, number in counts.items()
        ],
        "groups": groups_of(changes, leaf, decisions, counts, again=again),
        "total": len(changes.entries),
        "left_out": sum(entry.mark in decisions.refused for entry in choices),
        "choices": len(choices),
        "decisions": decisions,
        "leaf": leaf,
        "shown": " ".join(f"{entry.mark}.{entry.digest}" for entry in leaf if entry.can_choose),
        "refused": " ".join(sorted((decisions.refused & known) - here)),
        "reason_needed": bool(proposal.plan.held),
        "error": translate(refused.message) if refused else "",
        "code": refused.code if refused else "",
        "lost": lost if again else 0,
    }
    status = 200 if refused is None else 422 if refused.code == "reason_missing" else 409
    return render(request, "admin/desk/proposal.html", context, status=status)


def groups_of(
    changes: Changes,
    entries: Iterable[Entry],
    decisions: Decisions,
    counts: dict[str, int],
    *,
    again: bool,
) -> list[dict[str, Any]]:
    """Return the changes to show by kind; ``again``: those that are not as they were shown are told
    from the others."""
    shown = changes.shown(entries, decisions.refused)
    groups = []
    for kind, found in groupby(shown, key=lambda each: each.entry.kind):
        rows = [{"each": each, "since": again and is_new(each.entry, decisions)} for each in found]
        groups.append(
            {
                "name": kind,
                "label": KINDS[kind].label,
                "help": KINDS[kind].help,
                "rows": rows,
                "count": counts[kind],
                "whole": len(rows) == counts[kind],
                "can_choose": kind != "kept_out",
            }
        )
    return groups


def is_new(entry: Entry, decisions: Decisions) -> bool:
    """Whether a change is not what was on the page when it was sent."""
    return decisions.shown.get(entry.mark, entry.digest) != entry.digest or (
        not decisions.kind and entry.mark not in decisions.shown | dict.fromkeys(decisions.refused)
    )


def _fetched(run: ImportRun) -> Any:
    """When the source said this."""
    snapshots = run.source.snapshots if run.source is not None else None
    if snapshots is None or run.snapshot_id is None:
        return run.at
    return snapshots.filter(pk=run.snapshot_id).values_list("fetched_at", flat=True).first()


def _closed(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    episode: Episode,
    run: ImportRun,
    *,
    status: int,
) -> HttpResponse:
    """Say what became of a run that no longer waits; a reason that was typed is not thrown away."""
    context = {
        **model_admin.frame(request, episode, "proposal"),
        "run": run,
        "reason": request.POST.get("reason", ""),
        "later": ImportRun.objects.filter(source=run.source_id, state=RunState.WAITING)
        .values_list("pk", flat=True)
        .first(),
    }
    return render(request, "admin/desk/proposal_closed.html", context, status=status)
