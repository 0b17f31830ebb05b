"""What checks found in working copies, and what people said to it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from episodes.models.working import Episode

__all__ = ["CheckAsked", "CheckedEpisode", "Finding", "FindingState", "Severity"]


class Severity(models.TextChoices):
    """As in ``checks.registry``; an error stands in the way of publishing."""

    ERROR = "error", _("Error")
    WARNING = "warning", _("Warning")
    HINT = "hint", _("Hint")


class FindingState(models.TextChoices):
    OPEN = "open", _("Open")
    DISMISSED = "dismissed", _("Put away")


class Finding(models.Model):
    """Something that a check found in an episode, or in the turn ``uid`` of it.

    ``fingerprint`` stands for the texts it is about: a dismissed one stays dismissed while these are
    the same. It keeps its row when they change (``stands`` is false then), so that it is dismissed
    again should they come back. ``start`` and ``end`` are code points of ``field``.
    """

    episode = models.ForeignKey(
        Episode, models.CASCADE, related_name="findings", verbose_name=_("episode")
    )
    uid = models.CharField(max_length=9, blank=True)
    code = models.CharField(_("check"), max_length=60)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    fingerprint = models.CharField(max_length=32)
    field = models.CharField(max_length=20, blank=True)
    start = models.IntegerField(null=True)
    end = models.IntegerField(null=True)
    message = models.TextField(_("message"))
    wording = models.JSONField(default=dict)  # how the message was made, to translate it
    fix = models.JSONField(null=True)  # {"field": …, "value": …}
    stands = models.BooleanField(default=True)
    state = models.CharField(
        _("state"), max_length=10, choices=FindingState, default=FindingState.OPEN
    )
    found_at = models.DateTimeField(_("found at"), default=timezone.now)
    decided_by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    why = models.TextField(_("why"), blank=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ("episode_id", "code", "pk")
        permissions = [
            ("dismiss_finding", _("Can dismiss findings")),
            ("dismiss_error", _("Can dismiss errors")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "code", "uid", "fingerprint"],
                name="finding_unique_in_episode_turn_and_text",
            ),
            models.CheckConstraint(
                condition=Q(state="dismissed") | Q(stands=True),
                name="only_a_dismissed_finding_is_kept_when_it_stands_no_more",
            ),
        ]
        indexes = [
            models.Index(fields=["stands", "state", "severity"], name="findings_that_stand"),
            models.Index(fields=["episode", "stands", "state"], name="findings_of_an_episode"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class CheckedEpisode(models.Model):
    """How an episode was when it was last checked; ``digests`` tells what has changed since."""

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="checked")
    revision = models.PositiveIntegerField(default=0)
    digests = models.JSONField(default=dict)
    checked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.episode_id} r{self.revision}"


class CheckAsked(models.Model):
    """An episode that is to be checked; ``token`` tells when it is asked for again."""

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="+")
    token = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.episode_id)
