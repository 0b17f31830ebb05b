"""What can still be done about an import: take it back, or say which episode a held one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from episodes import reimports
from episodes.admin.staff import who
from episodes.models import Change, ImportRun
from episodes.models.sources import Outcome, RunState
from episodes.placing import is_unplaced, place
from episodes.reimports import Unusable
from episodes.wording import translate

if TYPE_CHECKING:
    from episodes.admin.registers import ImportRunAdmin

__all__ = ["can_undo", "find", "is_waiting", "undo", "which"]


def find(pk: int) -> ImportRun:
    """Return an import without its bytes; raise Http404."""
    runs = ImportRun.objects.select_related("episode", "source", "by", "decided_by", "snapshot")
    light = runs.defer("plan", "undo", "content", "snapshot__content", "source__fields")
    run = light.filter(pk=pk).first()
    if run is None:
        raise Http404(_("There is no such import."))
    return run


def is_waiting(run: ImportRun) -> bool:
    """Whether there is a proposal to look at."""
    return run.state == RunState.WAITING and run.source_id is not None and run.episode is not None


def can_undo(run: ImportRun) -> bool:
    """Whether an import is applied, with what undoing it needs: one query."""
    kept = ImportRun.objects.filter(pk=run.pk, state=RunState.APPLIED, undo__isnull=False)
    return run.episode is not None and run.source_id is not None and kept.exists()


def undo(model_admin: ImportRunAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """GET: say what taking an import back will do. POST: take it back."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    run = find(pk)
    if run.episode is None or not reimports.may_apply(run.episode, who(request)):
        raise PermissionDenied(_("Imports are undone by whoever may apply them."))
    reason = request.POST.get("reason", "").replace("\r\n", "\n").strip()[:5000]
    refused = ""
    if request.method == "POST":
        try:
            reimports.take_back(run, by=who(request), reason=reason)
        except Unusable as error:
            refused = translate(error.message)
        else:
            messages.success(
                request, _("Taken back. The same state is not applied again by itself.")
            )
            return redirect("admin:episodes_episode_turns", run.episode_id)
    changes = Change.objects.filter(change_set__run=run)
    since = run.episode.change_sets.filter(at__gt=run.decided_at) if run.decided_at else None
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Undo this import"),
        "run": run,
        "possible": can_undo(run),
        "changes": changes.count(),
        "turns": changes.filter(target__startswith="turn:").values("target").distinct().count(),
        "since": since.exclude(run=run).count() if since is not None else 0,
        "reason": reason,
        "refused": refused,
    }
    return render(request, "admin/episodes/undo.html", context, status=409 if refused else 200)


def which(model_admin: ImportRunAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Say which episode a held document is: ``same`` or ``new``."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if not request.user.has_perm("episodes.import_episode"):
        raise PermissionDenied
    run = find(pk)
    if request.POST.get("as") not in ("same", "new"):
        messages.warning(request, _("Choose one of the two."))
        return redirect("admin:episodes_importrun_change", pk)
    try:
        result = place(run, same=request.POST["as"] == "same", by=who(request))
    except Unusable as error:
        messages.warning(request, translate(error.message))
        return redirect("admin:episodes_importrun_change", pk)
    said = translate(result.message) or str(Outcome(result.outcome).label)
    if result.outcome == Outcome.FAILED or result.episode_id is None:
        messages.error(request, said)
        return redirect("admin:episodes_importrun_change", pk)
    messages.success(request, said)
    if result.outcome in (Outcome.PROPOSED, Outcome.HELD) and result.run_id:
        return redirect("admin:episodes_episode_proposal", result.episode_id, result.run_id)
    return redirect("admin:episodes_episode_turns", result.episode_id)


def may_place(run: ImportRun, request: HttpRequest) -> bool:
    """Whether this person may say which episode a held document is."""
    return is_unplaced(run) and request.user.has_perm("episodes.import_episode")
