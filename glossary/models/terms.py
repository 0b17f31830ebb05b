"""The register that editors decide on, and what readers see of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

__all__ = [
    "KEY_LENGTH",
    "NAME_LENGTH",
    "VALUE_FIELDS",
    "Entry",
    "EntryAddress",
    "EntryKey",
    "PublishedEntry",
    "State",
    "Values",
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
    MERGED = "merged", _("Merged")


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
    it (G7). A rejected entry stays as a tombstone: its keys keep the evidence from coming back. So
    does a merged one; its keys and its addresses are those of ``merged_into`` then.
    """

    forbidden = models.TextField(
        _("forbidden renderings"), blank=True, help_text=_("One a line: how not to say it.")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.CANDIDATE, editable=False
    )
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )
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
                name="entry_state_is_one_of_the_four",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="a_merged_entry_and_no_other_says_into_which",
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
