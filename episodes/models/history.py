"""The history: append-only. Written by the functions that change things, never by signals."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from episodes.models.working import Episode, Status

__all__ = ["Act", "Change", "ChangeSet", "Transition"]


class Act(models.TextChoices):
    """What kind of act a change set was."""

    IMPORT = "import", _("Import")
    SAVE = "save", _("Save")
    BATCH = "batch", _("Batch")
    MERGE = "merge", _("Merge of two records")
    READER = "reader", _("Read anew")
    UNDO = "undo", _("Undo of an import")
    DECISION = "decision", _("Decision of a conflict")


class ChangeSet(models.Model):
    """One act: a save, an import, a batch. A first import is one without Changes."""

    episode = models.ForeignKey(
        Episode, models.CASCADE, null=True, related_name="change_sets", verbose_name=_("episode")
    )
    act = models.CharField(_("act"), max_length=20, choices=Act)
    by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    why = models.TextField(_("why"), blank=True)
    revision = models.PositiveIntegerField(
        default=0, help_text=_("The episode's revision after this act.")
    )
    run = models.ForeignKey(
        "episodes.ImportRun", models.SET_NULL, null=True, related_name="change_sets"
    )

    class Meta:
        verbose_name = _("change set")
        verbose_name_plural = _("change sets")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.at:%Y-%m-%d %H:%M}"


class Change(models.Model):
    """One field's old and new value. ``target`` names the row: ``turn:<uid>``, ``episode:<id>``."""

    change_set = models.ForeignKey(ChangeSet, models.CASCADE, related_name="changes")
    target = models.CharField(max_length=60, db_index=True)
    field = models.CharField(max_length=40)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.target}.{self.field}"


class Transition(models.Model):
    """The trail of status: who moved an episode from where to where, when and why."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="transitions")
    from_status = models.CharField(_("from"), max_length=20, choices=Status)
    to_status = models.CharField(_("to"), max_length=20, choices=Status)
    edition = models.ForeignKey(
        "episodes.Edition", models.SET_NULL, null=True, related_name="+", verbose_name=_("edition")
    )
    by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.from_status} > {self.to_status}"
