"""What editors leave each other at the desk: claims, notes, corrections to remember, wishes, notices."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from episodes.models.published import Edition
from episodes.models.working import Episode

__all__ = [
    "CLAIM_LASTS",
    "Claim",
    "Correction",
    "EditionNote",
    "Notice",
    "NoticeWish",
    "ReviewNote",
    "Schedule",
]

CLAIM_LASTS = datetime.timedelta(minutes=5)
"""How long a claim stands after the last sign of life of whoever holds it."""


class Claim(models.Model):
    """Somebody works on an episode. It keeps others out of the way, it does not keep them out: what
    two people save at the same time is told apart by versions, whoever holds the claim."""

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="claim")
    user = models.ForeignKey("auth.User", models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return f"{self.user}: {self.episode}"


class ReviewNote(models.Model):
    """What a reader of the working copy asks whoever edits it, at a turn (``uid``) or at the whole
    episode (""). It is a finding until it is answered (check ``review_note``)."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="review_notes")
    uid = models.CharField(max_length=9, blank=True)
    text = models.TextField(_("note"))
    by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("review note")
        verbose_name_plural = _("review notes")
        ordering = ("at", "id")
        permissions = [("answer_reviewnote", _("Can answer review notes"))]
        indexes = [
            models.Index(
                fields=["episode"],
                condition=Q(answered_at__isnull=True),
                name="review_notes_to_answer",
            )
        ]

    def __str__(self) -> str:
        return self.text


class Correction(models.Model):
    """A replacement worth remembering: where ``wrong`` stands in a working copy, ``right`` is offered.

    ``side`` says in which texts: the translation, the original, or both where it is empty.
    """

    class Side(models.TextChoices):
        TEXT = "text", _("Translation")
        ORIGINAL = "original", _("Original")

    wrong = models.CharField(_("wrong"), max_length=300)
    right = models.CharField(_("right"), max_length=300, blank=True)
    side = models.CharField(_("where"), max_length=10, choices=Side, blank=True, default="")
    match_case = models.BooleanField(_("upper and lower case are told apart"), default=True)
    whole_words = models.BooleanField(_("whole words only"), default=True)
    by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    why = models.TextField(_("why"), blank=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("wrong", "id")
        constraints = [
            models.UniqueConstraint(fields=["wrong", "side"], name="one_correction_of_a_spelling"),
            models.CheckConstraint(
                condition=~Q(wrong="") & ~Q(wrong=F("right")),
                name="a_correction_changes_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wrong} → {self.right}"


class Schedule(models.Model):
    """An episode that is to be published at a time, as it was when that was asked for.

    ``refused`` is why it was not (as ``wording`` stores a sentence); then it waits for a person.
    """

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="schedule")
    at = models.DateTimeField(_("to be published at"), db_index=True)
    revision = models.PositiveIntegerField()
    note = models.TextField(_("note"), blank=True)
    correction = models.TextField(_("correction that readers see"), blank=True)
    by = models.ForeignKey(
        "auth.User", models.CASCADE, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(default=timezone.now)
    refused = models.JSONField(default=dict)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("scheduled publication")
        verbose_name_plural = _("scheduled publications")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.episode} {self.at:%Y-%m-%d %H:%M}"


class EditionNote(models.Model):
    """What readers are told under “corrections” that an edition changed. Written with the edition."""

    edition = models.OneToOneField(Edition, models.CASCADE, related_name="correction")
    text = models.TextField(_("correction that readers see"))

    class Meta:
        verbose_name = _("correction note")
        verbose_name_plural = _("correction notes")

    def __str__(self) -> str:
        return self.text


class Notice(models.Model):
    """Something that a person asked to be told. ``wording`` is how the sentence was made."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("An episode was submitted for review")
        SENT_BACK = "sent_back", _("An episode I submitted was sent back")
        PUBLISHED = "published", _("An episode I submitted was published")
        SCHEDULED = "scheduled", _("A publication I scheduled took place, or could not")
        NOTED = "noted", _("Somebody answered my note, or left one at an episode I work on")
        SOURCE = "source", _("A source changed or is gone")
        JOB = "job", _("A job I asked for has failed")

    user = models.ForeignKey("auth.User", models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    episode = models.ForeignKey(Episode, models.CASCADE, null=True, related_name="+")
    message = models.TextField(_("message"))
    wording = models.JSONField(default=dict)
    place = models.CharField(max_length=300, blank=True)  # path and fragment, within the site
    at = models.DateTimeField(_("at"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=["user", "read_at"], name="notices_of_a_person")]

    def __str__(self) -> str:
        return self.message


class NoticeWish(models.Model):
    """What a person wants to be told, in the admin and, with ``by_mail``, by mail as well."""

    user = models.OneToOneField("auth.User", models.CASCADE, related_name="notice_wish")
    kinds = models.JSONField(default=list)
    by_mail = models.BooleanField(_("by mail as well"), default=False)

    class Meta:
        verbose_name = _("wish for notices")
        verbose_name_plural = _("wishes for notices")

    def __str__(self) -> str:
        return str(self.user)
