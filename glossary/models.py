"""The tables of the glossary.

``Entry`` is the register that editors decide on. ``Annotation`` is evidence: what a working turn's
author wrote inline. ``PublishedAnnotation``, ``PublishedEntry`` and ``Occurrence`` are the public
side (G1): public pages read nothing else of this app. All but the register and what people decided
is derived and can be made anew by ``rebuild``.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from episodes.models import Episode, PublishedEpisode, PublishedTurn, Turn

__all__ = [
    "KEY_LENGTH",
    "VALUE_FIELDS",
    "Annotation",
    "Entry",
    "EntryAddress",
    "EntryKey",
    "GlossaryState",
    "Occurrence",
    "PublishedAnnotation",
    "PublishedEntry",
    "State",
    "Suggestion",
    "SuggestionState",
    "TouchedEpisode",
    "lines_of",
]

KEY_LENGTH = 250
NAME_LENGTH = 300
VALUE_FIELDS = ("term", "foreign_term", "abbreviation", "expansion", "definition", "aliases")
"""What an entry says; the same fields on :class:`Entry` and :class:`PublishedEntry`."""


def lines_of(text: str) -> list[str]:
    """Return a field of one value a line as a list, without blanks and empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class State(models.TextChoices):
    """Where an entry stands; only ``decisions`` writes it."""

    CANDIDATE = "candidate", _("Candidate")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class SuggestionState(models.TextChoices):
    OPEN = "open", _("Open")
    DISMISSED = "dismissed", _("Dismissed")


class Values(models.Model):
    """What an entry says of a term."""

    term = models.CharField(_("term"), max_length=NAME_LENGTH)
    foreign_term = models.CharField(_("foreign term"), max_length=NAME_LENGTH, blank=True)
    abbreviation = models.CharField(_("abbreviation"), max_length=NAME_LENGTH, blank=True)
    expansion = models.CharField(
        _("expansion"),
        max_length=NAME_LENGTH,
        blank=True,
        help_text=_("What the abbreviation stands for."),
    )
    definition = models.TextField(_("definition"), blank=True)
    aliases = models.TextField(
        _("aliases"), blank=True, help_text=_("One a line: other spellings of the term.")
    )
    sort_key = models.CharField(max_length=300, editable=False, default="", db_index=True)

    class Meta:
        abstract = True

    @property
    def alias_list(self) -> list[str]:
        """The aliases, without blanks and empty lines."""
        return lines_of(self.aliases)


class Entry(Values):
    """A term, and what an editor decided about it.

    ``version`` counts the changes people made: an entry of version 0 is what the evidence says and
    is written by rebuilds; from 1 on, and always when approved or rejected, a rebuild never changes
    it (G7). A rejected entry stays as a tombstone: its keys keep the evidence from coming back.
    """

    forbidden = models.TextField(
        _("forbidden renderings"), blank=True, help_text=_("One a line: how not to say it.")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.CANDIDATE, editable=False
    )
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        "auth.User",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ("sort_key", "term")
        permissions = [
            ("decide_entry", _("Can approve and reject terms")),
            ("rebuild_glossary", _("Can rebuild the glossary")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[value for value, _label in State.choices]),
                name="entry_state_is_one_of_the_three",
            ),
            models.CheckConstraint(
                condition=Q(state="candidate") | Q(decided_at__isnull=False, version__gte=1),
                name="a_decided_entry_says_when_and_is_a_persons",
            ),
        ]
        indexes = [models.Index(fields=["state", "sort_key"], name="entries_of_a_state_in_order")]

    def __str__(self) -> str:
        return self.term

    def get_absolute_url(self) -> str:
        """The public address, in the language that is active; 404 unless it is public."""
        return reverse("glossary:entry", args=[self.slug])

    @property
    def forbidden_list(self) -> list[str]:
        """The forbidden renderings, without blanks and empty lines."""
        return lines_of(self.forbidden)


class EntryKey(models.Model):
    """A normal form (``annotations.term_key``) under which evidence is this entry's."""

    key = models.CharField(max_length=KEY_LENGTH, unique=True)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="keys")

    def __str__(self) -> str:
        return self.key


class EntryAddress(models.Model):
    """A slug under which readers have known an entry: it leads to it as long as it is public."""

    slug = models.SlugField(max_length=80, unique=True)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="addresses")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.slug


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


class PublishedEntry(Values):
    """What readers see of an entry; an entry without this row has no public page.

    Of an approved entry that is what the editor approved; of a candidate what the notes of live
    editions say, and nothing that only a working copy says. Written by ``publishing`` alone.
    """

    entry = models.OneToOneField(Entry, models.CASCADE, related_name="published")

    class Meta:
        ordering = ("sort_key", "term")

    def __str__(self) -> str:
        return self.term


class Suggestion(models.Model):
    """What evidence says otherwise than an entry that a person has changed or approved.

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


class Occurrence(models.Model):
    """Where a published turn uses a public term: ``text_plain[start:end]``, in code points.

    Rows of ``GlossaryState.generation`` count; those of the next one are being written.
    """

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="occurrences", db_index=False)
    turn = models.ForeignKey(
        PublishedTurn, models.CASCADE, related_name="occurrences", db_index=False
    )
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    generation = models.PositiveIntegerField()

    class Meta:
        ordering = ("turn_id", "start")
        constraints = [
            models.UniqueConstraint(
                fields=["turn", "generation", "start"],
                name="occurrence_start_unique_in_turn_and_generation",
            ),
            models.CheckConstraint(
                condition=Q(start__lt=models.F("end")), name="occurrence_starts_before_it_ends"
            ),
        ]
        indexes = [
            models.Index(fields=["entry", "generation", "turn"], name="occurrences_of_an_entry"),
            models.Index(fields=["generation"], name="occurrences_of_a_generation"),
        ]

    def __str__(self) -> str:
        return f"{self.turn_id}:{self.start}-{self.end}"


class TouchedEpisode(models.Model):
    """An episode whose text changed since the glossary last read it; ``token`` tells when again."""

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="+")
    token = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.episode_id)


class GlossaryState(models.Model):
    """One row: which occurrences count, and what was asked for and done.

    ``revision`` changes with all that public pages show of the glossary; ``matched`` is the digest
    of the forms that ``generation`` was matched with. A full rebuild is due while ``wanted`` is
    more than ``done``.
    """

    generation = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    matched = models.CharField(max_length=64, blank=True)
    wanted = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_state_of_the_glossary")
        ]

    def __str__(self) -> str:
        return f"{self.generation}.{self.revision}"
