"""Where transcripts come from: sources, what they gave, and the base for merging."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from episodes.models.working import Episode

__all__ = ["ImportRun", "Outcome", "Snapshot", "Source", "SourceTurn"]


class SourceKind(models.TextChoices):
    MARKDOWN = "markdown", _("Annotated Markdown")
    CAPTIONS = "captions", _("Captions")


class Source(models.Model):
    """One address that an episode is imported from.

    ``address`` is the normalised URL, or the path or name given at upload. ``fields`` holds the
    episode's fields as last accepted from this source (the base of MERGING §1; the keys are those of
    ``transcripts.document.FrontMatter``, and ``chapters``: [title, level] of each heading).
    """

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="sources")
    kind = models.CharField(
        _("kind"), max_length=20, choices=SourceKind, default=SourceKind.MARKDOWN
    )
    address = models.CharField(_("address"), max_length=2000, unique=True)
    folder = models.CharField(
        max_length=200,
        blank=True,
        editable=False,
        help_text=_("The name of the folder that import_transcripts read it from."),
    )
    fields = models.JSONField(default=dict, editable=False)
    reader_version = models.PositiveIntegerField(default=0, editable=False)
    accepted = models.ForeignKey(
        "Snapshot",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        help_text=_("The snapshot whose values the base holds."),
    )
    etag = models.CharField(max_length=300, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    checked_at = models.DateTimeField(_("last checked"), null=True, editable=False)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.address


class Snapshot(models.Model):
    """What a source gave, byte for byte. Evidence: never changed, never deleted."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="snapshots")
    sha256 = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField()
    fetched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "sha256"], name="snapshot_bytes_unique_in_source"
            )
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class SourceTurn(models.Model):
    """A turn of a source with the values last accepted: the base of a merge."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="turns")
    position = models.PositiveIntegerField()
    chapter_position = models.PositiveIntegerField()
    chapter_title = models.CharField(max_length=1000, blank=True)
    chapter_level = models.PositiveSmallIntegerField(default=3)
    kind = models.CharField(max_length=10)
    label = models.CharField(max_length=300, blank=True)
    original_label = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    original = models.TextField(blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("position",)
        indexes = [models.Index(fields=["source", "position"], name="source_turn_in_order")]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.position}"


class Outcome(models.TextChoices):
    """How an import ended, for one document (DESIGN §8)."""

    CREATED = "created", _("Created")
    UPDATED = "updated", _("Updated")
    UNCHANGED = "unchanged", _("Unchanged")
    PROPOSED = "proposed", _("Proposed")
    HELD = "held", _("Held")
    FAILED = "failed", _("Failed")


class ImportRun(models.Model):
    """One import of one document: who asked, what was read, how it ended."""

    address = models.CharField(_("address"), max_length=2000)
    source = models.ForeignKey(
        Source, models.SET_NULL, null=True, related_name="runs", verbose_name=_("source")
    )
    episode = models.ForeignKey(
        Episode, models.SET_NULL, null=True, related_name="runs", verbose_name=_("episode")
    )
    snapshot = models.ForeignKey(Snapshot, models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    message = models.TextField(_("what happened"), blank=True)
    wording = models.JSONField(default=dict)  # how the message was made, to translate it
    counts = models.JSONField(default=dict)
    diagnostics = models.JSONField(default=list)
    by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.address}: {self.get_outcome_display()}"
