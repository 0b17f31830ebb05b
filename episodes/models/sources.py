"""Where transcripts come from: sources, what they gave, and the base for merging."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from episodes.models.working import Episode

__all__ = [
    "Conflict",
    "ImportRun",
    "Outcome",
    "RunState",
    "Snapshot",
    "Source",
    "SourceTurn",
    "Trouble",
]


class SourceKind(models.TextChoices):
    MARKDOWN = "markdown", _("Annotated Markdown")
    CAPTIONS = "captions", _("Captions")


class Trouble(models.TextChoices):
    """What is wrong with asking a source."""

    NONE = "", _("None")
    FAILING = "failing", _("Cannot be read")
    GONE = "gone", _("Gone")


class Gives(models.TextChoices):
    """What is taken from a source; what it does not give it never changes."""

    TEXT = "text", _("Text")
    TIMES = "times", _("Times only")


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
    gives = models.CharField(
        _("gives"), max_length=10, choices=Gives, default=Gives.TEXT, editable=False
    )
    refused = models.ForeignKey(
        "Snapshot",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        help_text=_("A state that was undone or refused: it is not applied again by itself."),
    )
    next_check_at = models.DateTimeField(
        _("next check"), default=timezone.now, db_index=True, editable=False
    )
    unchanged_checks = models.PositiveSmallIntegerField(default=0, editable=False)
    trouble = models.CharField(
        _("trouble"), max_length=10, choices=Trouble, default="", blank=True, editable=False
    )
    failures = models.PositiveSmallIntegerField(_("failures"), default=0, editable=False)
    message = models.TextField(_("what happened"), blank=True, editable=False)
    wording = models.JSONField(default=dict, editable=False)
    moved_to = models.CharField(_("moved to"), max_length=2000, blank=True, editable=False)

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
    speaker = models.ForeignKey(
        "episodes.Person",
        models.SET_NULL,
        null=True,
        related_name="source_turns",
        help_text=_("Who the label meant when it was accepted."),
    )

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


class RunState(models.TextChoices):
    """What became of what an import would change."""

    DONE = "done", _("Done")  # there was nothing to decide
    WAITING = "waiting", _("Waiting")  # a proposal, or held
    APPLIED = "applied", _("Applied")
    REFUSED = "refused", _("Refused")
    UNDONE = "undone", _("Undone")
    SUPERSEDED = "superseded", _("Superseded")  # by a newer state of the source


class ImportRun(models.Model):
    """One import of one document: who asked, what was read, how it ended.

    ``plan`` is what it would change (``proposals.pack``), worked out on the episode's revision
    ``plan_revision``; ``undo`` the states before and after, once applied. ``content`` keeps the
    bytes of a document that no source holds yet, because nobody has said which episode it is.
    """

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
    state = models.CharField(
        _("state"), max_length=12, choices=RunState, default=RunState.DONE, db_index=True
    )
    plan = models.BinaryField(null=True, editable=False)
    plan_revision = models.PositiveIntegerField(default=0, editable=False)
    sorts = models.CharField(max_length=100, blank=True, editable=False, db_index=True)
    held = models.JSONField(default=list, editable=False)  # the reasons, as ``wording`` stores them
    undo = models.BinaryField(null=True, editable=False)
    content = models.BinaryField(null=True, editable=False)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    batch = models.ForeignKey(
        "episodes.Batch", models.SET_NULL, null=True, related_name="runs", verbose_name=_("batch")
    )
    decided_in = models.ForeignKey(
        "episodes.Batch", models.SET_NULL, null=True, related_name="decided_runs"
    )
    by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(state="waiting", source__isnull=False),
                name="one_waiting_import_for_a_source",
            )
        ]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.address}: {self.get_outcome_display()}"


class Conflict(models.Model):
    """What both sides changed (``transcripts.working.Clash``): ours is live, theirs waits here.

    ``target`` is ``turn:<uid>``, ``chapter:<id>`` or ``episode``. Once decided the row stays, with
    both texts.
    """

    episode = models.ForeignKey(
        Episode, models.CASCADE, related_name="conflicts", verbose_name=_("episode")
    )
    source = models.ForeignKey(
        Source, models.CASCADE, related_name="conflicts", verbose_name=_("source")
    )
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="conflicts")
    kind = models.CharField(max_length=10)
    target = models.CharField(max_length=60)
    field = models.CharField(max_length=40, blank=True)
    base = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    proposal = models.JSONField(null=True)
    uids = models.JSONField(default=list)
    ours = models.JSONField(null=True)  # what was live when it was decided
    made_at = models.DateTimeField(_("at"), default=timezone.now)
    choice = models.CharField(_("decision"), max_length=12, blank=True)
    decided_by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "kind", "target", "field"],
                condition=models.Q(decided_at__isnull=True),
                name="one_open_conflict_about_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.field}".strip()
