"""A job asked for, as a row: the truth of which the broker's message is only the bell (G8)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

__all__ = ["Batch", "Job", "JobState"]


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Batch(models.Model):
    """Many jobs asked for as one, or many proposals decided as one: one total, one line."""

    class Kind(models.TextChoices):
        REIMPORT = "reimport", _("Re-import")
        ACCEPT = "accept", _("Accept proposals")
        REFUSE = "refuse", _("Refuse proposals")
        UNDO = "undo", _("Undo imports")
        PUBLISH = "publish", _("Publish")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    items = models.JSONField(default=list, editable=False)  # ids of what is to be done
    total = models.PositiveIntegerField(_("total"), default=0)
    refusals = models.JSONField(default=list, editable=False)  # [slug, sentence (``wording``)] each
    of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="followed_by",
        help_text=_("The batch that this one undoes or publishes."),
    )

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class Job(models.Model):
    """Something a worker has to do.

    ``kind`` names the function (``jobs.register``), ``key`` what it is about: one active job a kind
    and key, by constraint. A second request while one waits is that one; while one runs it sets
    ``again``, and the job is queued once more when it ends. ``claim`` and ``lease_until`` belong to
    the worker that holds it; a heartbeat extends the lease, an expired one may be taken over.
    """

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("about"), max_length=200, blank=True)
    arguments = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=20, choices=JobState, default=JobState.QUEUED, db_index=True
    )
    again = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    run_after = models.DateTimeField(default=timezone.now)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    message = models.TextField(_("message"), blank=True)
    wording = models.JSONField(default=dict)  # how the message was made, to translate it
    batch = models.ForeignKey(
        Batch, models.SET_NULL, null=True, related_name="jobs", verbose_name=_("batch")
    )
    requested_by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("asked for by")
    )
    requested_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-requested_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=["queued", "running"]),
                name="one_active_job_for_a_kind_and_key",
            ),
            models.CheckConstraint(
                condition=Q(state="running", claim__isnull=False, lease_until__isnull=False)
                | (~Q(state="running") & Q(claim__isnull=True)),
                name="a_running_job_and_no_other_has_a_claim",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}".strip()
