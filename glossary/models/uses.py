"""Where published text uses terms, and how far the rebuild is. All of it is derived."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from episodes.models import Episode, PublishedEpisode, PublishedTurn
from glossary.models.terms import NAME_LENGTH, Entry

__all__ = [
    "EntryUse",
    "GlossaryState",
    "HeadingUse",
    "MatchedForm",
    "Occurrence",
    "TouchedEpisode",
]


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
        ]

    def __str__(self) -> str:
        return f"{self.turn_id}:{self.start}-{self.end}"


class EntryUse(models.Model):
    """How often a live episode uses a term: the sum of its occurrences, of the same generation."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="uses", db_index=False)
    published = models.ForeignKey(PublishedEpisode, models.CASCADE, related_name="uses")
    generation = models.PositiveIntegerField()
    uses = models.PositiveIntegerField()
    turns = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "generation", "published"],
                name="entry_use_unique_in_episode_and_generation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.published_id}: {self.uses}"


class HeadingUse(models.Model):
    """Where the heading of a live chapter names a term: marked on the page, but not counted."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="+")
    published = models.ForeignKey(PublishedEpisode, models.CASCADE, related_name="heading_uses")
    chapter_position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    generation = models.PositiveIntegerField()

    class Meta:
        ordering = ("published_id", "chapter_position", "start")
        constraints = [
            models.UniqueConstraint(
                fields=["published", "generation", "chapter_position", "start"],
                name="heading_use_start_unique_in_chapter_and_generation",
            ),
            models.CheckConstraint(
                condition=Q(start__lt=models.F("end")), name="heading_use_starts_before_it_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.published_id}/{self.chapter_position}:{self.start}-{self.end}"


class MatchedForm(models.Model):
    """A spelling that a generation of occurrences was matched with, and whose it is.

    What of the generation that counts differs from what should be looked for now tells which turns have to be matched anew.
    ``exact`` is how an abbreviation has to be written, else empty.
    """

    generation = models.PositiveIntegerField(default=0)
    spelling = models.CharField(max_length=NAME_LENGTH)
    exact = models.CharField(max_length=NAME_LENGTH, blank=True)
    entry_id = models.BigIntegerField()  # of an entry that may be gone by now

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "spelling", "exact"],
                name="matched_form_unique_in_generation",
            )
        ]

    def __str__(self) -> str:
        return self.spelling


class TouchedEpisode(models.Model):
    """An episode whose text changed since the glossary last read it; ``token`` tells when again.

    ``published``: what readers see of it did, not only the working copy.
    """

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="+")
    published = models.BooleanField(default=False)
    token = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.episode_id)


class GlossaryState(models.Model):
    """One row: which occurrences count, and what was asked for and done.

    ``revision`` changes with all that public pages show of the glossary. While the rows of the next
    generation are written, ``next_matched`` is the digest of the forms that they are matched with
    and ``next_reached`` the last live episode that has all of its own: a run that was killed or
    cancelled is gone on with from there. A full rebuild is due while ``wanted`` is more than
    ``done``.
    """

    generation = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    next_matched = models.CharField(max_length=64, blank=True)
    next_reached = models.BigIntegerField(default=0)
    wanted = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_state_of_the_glossary")
        ]

    def __str__(self) -> str:
        return f"{self.generation}.{self.revision}"
