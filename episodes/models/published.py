"""The published tables: all that public pages, feeds, the sitemap and exports read (G1).

Only ``publishing.publish_edition`` and ``.withdraw`` write them, in one transaction each.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from episodes.models.people import Organisation, Person, Product, Work
from episodes.models.working import Episode, Kind, Project, Role, Tag

__all__ = ["LINK_FIELDS", "Edition", "PublishedEpisode", "PublishedLink", "PublishedTurn"]

LINK_FIELDS = ("person", "organisation", "product", "work", "tag", "project")


def _exactly_one(fields: tuple[str, ...]) -> Q:
    """Return the condition that one of the fields is set and all others are null."""
    condition = Q()
    for chosen in fields:
        condition |= Q(**{f"{field}__isnull": field != chosen for field in fields})
    return condition


class Edition(models.Model):
    """A published state of an episode, frozen. ``document`` is the JSON of an episode (DESIGN §8)
    with what a page needs; it is never changed."""

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField(_("number"))
    revision = models.PositiveIntegerField(_("revision"))
    document = models.JSONField()
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("published by")
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "number"], name="edition_number_unique_in_episode"
            )
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class PublishedEpisode(models.Model):
    """What lists, filters and the head of a page need of the edition that is or was live.

    ``live`` is false once it was withdrawn: then only title and slug answer, with 410.
    """

    episode = models.OneToOneField(Episode, models.PROTECT, related_name="published")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    live = models.BooleanField(default=True)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=500)
    original_title = models.CharField(max_length=500, blank=True)
    date = models.DateField(null=True)
    source_address = models.CharField(max_length=2000, blank=True)
    audio_url = models.URLField(max_length=1000, blank=True)
    channel = models.CharField(max_length=200, blank=True)
    area = models.CharField(max_length=100, blank=True)
    category = models.CharField(max_length=100, blank=True)
    series = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True, help_text="Markdown")
    summary_html = models.TextField(blank=True)
    insight_html = models.TextField(blank=True)
    language = models.CharField(max_length=20)
    original_language = models.CharField(max_length=20)
    original_provenance = models.CharField(max_length=20, blank=True)
    translation_provenance = models.CharField(max_length=20, blank=True)
    revised_by = models.CharField(max_length=200, blank=True)
    rights = models.TextField(blank=True)
    turn_count = models.PositiveIntegerField(default=0)
    first_published_at = models.DateTimeField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("-date", "-first_published_at", "-id")
        indexes = [
            models.Index(fields=["live", "-date", "-id"], name="published_newest_first"),
            models.Index(fields=["live", "area", "-date"], name="published_by_area"),
            models.Index(fields=["live", "category", "-date"], name="published_by_category"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The public address, in the language that is active."""
        return reverse("episodes:episode", args=[self.slug])


class PublishedTurn(models.Model):
    """One turn of the live edition: sanitised HTML and plain text of both languages.

    ``text_html`` holds each inline note as ``<dfn class="term" data-note="K">head</dfn>``; ``notes``
    is the list of them ``{head, foreign, abbreviation, expansion, definition}``. ``text_plain`` is
    what is read aloud: without notes, without marks.
    """

    published = models.ForeignKey(PublishedEpisode, models.CASCADE, related_name="turns")
    uid = models.CharField(max_length=9)
    position = models.PositiveIntegerField()
    chapter_position = models.PositiveIntegerField()
    chapter_title = models.CharField(max_length=1000, blank=True)
    chapter_level = models.PositiveSmallIntegerField(default=3)
    kind = models.CharField(max_length=10, choices=Kind)
    speaker = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="published_turns")
    label = models.CharField(max_length=300, blank=True)
    text_html = models.TextField(blank=True)
    text_plain = models.TextField(blank=True)
    original_html = models.TextField(blank=True)
    original_plain = models.TextField(blank=True)
    notes = models.JSONField(default=list)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["published", "uid"], name="published_turn_uid_unique_in_episode"
            ),
            models.UniqueConstraint(
                fields=["published", "position"], name="published_turn_position_unique_in_episode"
            ),
        ]

    def __str__(self) -> str:
        return self.uid


class PublishedLink(models.Model):
    """What a live edition links to: exactly one person, organisation, product, work, tag, project.

    Whoever has no such row has no public page.
    """

    published = models.ForeignKey(PublishedEpisode, models.CASCADE, related_name="links")
    position = models.PositiveIntegerField(default=0)
    role = models.CharField(max_length=20, choices=Role, blank=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="published_links")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="published_links"
    )
    product = models.ForeignKey(Product, models.CASCADE, null=True, related_name="published_links")
    work = models.ForeignKey(Work, models.CASCADE, null=True, related_name="published_links")
    tag = models.ForeignKey(Tag, models.CASCADE, null=True, related_name="published_links")
    project = models.ForeignKey(Project, models.CASCADE, null=True, related_name="published_links")

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(
                condition=_exactly_one(LINK_FIELDS),
                name="published_link_names_exactly_one_thing",
            ),
            *(
                models.UniqueConstraint(
                    fields=["published", field], name=f"{field}_unique_in_published_episode"
                )
                for field in LINK_FIELDS
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
