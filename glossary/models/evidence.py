"""What texts say of terms, and where that disagrees.

``Annotation`` is evidence: what a working turn's author wrote inline; ``PublishedAnnotation`` that
of live editions. All of it is derived, but for what people decided (``state``).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from episodes.models import PublishedEpisode, Turn
from glossary.models.terms import KEY_LENGTH, VALUE_FIELDS, Entry

__all__ = [
    "Annotation",
    "Likeness",
    "Note",
    "PublishedAnnotation",
    "Reason",
    "Suggestion",
    "SuggestionState",
]


class SuggestionState(models.TextChoices):
    OPEN = "open", _("Open")
    DISMISSED = "dismissed", _("Dismissed")


class Reason(models.TextChoices):
    """Why two entries may be one, or say what only one of them should."""

    SAME_NAME = "same_name", _("They share a name")
    SPELLING = "spelling", _("They are spelt almost alike")
    SHORT_FORM = "short_form", _("One is the abbreviation or the expansion of the other")
    SAME_DEFINITION = "same_definition", _("They share a definition")


class Note(models.Model):
    """What one inline note says; plain text."""

    key = models.CharField(max_length=KEY_LENGTH, db_index=True)
    position = models.PositiveSmallIntegerField()
    head = models.TextField(_("term"))
    foreign = models.TextField(_("foreign term"), blank=True)
    abbreviation = models.TextField(_("abbreviation"), blank=True)
    expansion = models.TextField(_("expansion"), blank=True)
    definition = models.TextField(_("definition"), blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.head


class Annotation(Note):
    """Evidence: what a working turn's author wrote inline about one head.

    ``start`` and ``end`` are code points of the turn's Markdown as it was when it was last read;
    ``renderings`` (one a line) the Chinese names that the note gives.
    """

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="annotations")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    renderings = models.TextField(blank=True)
    entry = models.ForeignKey(Entry, models.SET_NULL, null=True, related_name="annotations")

    class Meta:
        verbose_name = _("annotation")
        verbose_name_plural = _("annotations")
        ordering = ("turn_id", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["turn", "position"], name="annotation_position_unique_in_turn"
            ),
            models.CheckConstraint(
                condition=Q(start__lt=models.F("end")), name="annotation_starts_before_it_ends"
            ),
        ]


class PublishedAnnotation(Note):
    """Evidence that stands in a live edition: a note of a published turn (``uid``).

    Written when an edition goes live and removed when it is withdrawn, in the same transaction.
    """

    published = models.ForeignKey(PublishedEpisode, models.CASCADE, related_name="annotations")
    uid = models.CharField(max_length=9)
    entry = models.ForeignKey(
        Entry, models.SET_NULL, null=True, related_name="published_annotations"
    )

    class Meta:
        ordering = ("published_id", "uid", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["published", "uid", "position"],
                name="published_annotation_position_unique_in_turn",
            )
        ]


class Suggestion(models.Model):
    """What evidence says otherwise than an entry: a disagreement that waits for an editor.

    Of a candidate nobody has touched those are the values that lost the vote of its notes.
    ``uses`` counts the annotations that say so. Accepting one changes the entry and removes the
    row; a dismissed one stays, so that no rebuild brings it back.
    """

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="suggestions")
    field = models.CharField(
        _("field"),
        max_length=20,
        choices=[(name, name) for name in VALUE_FIELDS if name != "term"],
    )
    value = models.TextField(_("value"))
    uses = models.PositiveIntegerField(_("uses"), default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=SuggestionState, default=SuggestionState.OPEN
    )
    decided_by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering = ("field", "-uses", "value")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "field", "value"], name="suggestion_unique_in_entry_and_field"
            )
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"


class Likeness(models.Model):
    """Two entries that may be one (``entry`` has the lower key). ``detail`` is what they share.

    Derived from what the entries say; a dismissed one stays, so that it is not asked again.
    """

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="likenesses")
    other = models.ForeignKey(Entry, models.CASCADE, related_name="likenesses_back")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    detail = models.TextField(_("what they share"), blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=SuggestionState, default=SuggestionState.OPEN
    )
    decided_by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        ordering = ("entry_id", "other_id", "reason")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "other", "reason"], name="likeness_unique_in_pair_and_reason"
            ),
            models.CheckConstraint(
                condition=Q(entry__lt=models.F("other")), name="likeness_names_the_lower_key_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}~{self.other_id}: {self.reason}"
