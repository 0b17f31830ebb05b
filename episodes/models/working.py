"""The working tables: what editors and imports write. Public code never reads them (G1)."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

from episodes.models.choices import Gone, Kind, Origin, Provenance, Role, Status
from episodes.models.people import OldSlug, Organisation, Person, Product, Work
from episodes.tagging import slug_for

__all__ = [
    "Appearance",
    "Chapter",
    "Episode",
    "EpisodeOldSlug",
    "EpisodeProject",
    "EpisodeTag",
    "Gone",
    "Kind",
    "Mention",
    "OrganisationMention",
    "Origin",
    "ProductMention",
    "Project",
    "Provenance",
    "Role",
    "Status",
    "Tag",
    "Turn",
    "TurnOrigin",
    "TurnRedirect",
    "WorkMention",
    "draw_uid",
]

UID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648 base32, lower case


def draw_uid() -> str:
    """Return a new turn's address: ``t`` and eight base32 characters (40 bits)."""
    number = secrets.randbits(40)
    return "t" + "".join(UID_ALPHABET[(number >> shift) & 31] for shift in range(0, 40, 5))


class UnicodeTag(TagBase):
    """A taggit tag with a slug in any script."""

    class Meta:
        abstract = True
        ordering = ("name",)

    def slugify(self, tag: str, i: int | None = None) -> str:
        """Return the slug of a name; see ``episodes.tagging.slug_for``."""
        return slug_for(tag, i)


class Tag(UnicodeTag):
    """A tag, the same tag whatever its case."""

    class Meta(UnicodeTag.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")


class Project(UnicodeTag):
    """A research project that an episode belongs to."""

    class Meta(UnicodeTag.Meta):
        verbose_name = _("project")
        verbose_name_plural = _("projects")


class Episode(models.Model):
    """The working copy of one transcript with its metadata."""

    title = models.CharField(_("title"), max_length=500, blank=True)
    original_title = models.CharField(_("original title"), max_length=500, blank=True)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    date = models.DateField(_("date"), null=True, blank=True, db_index=True)
    source_address = models.CharField(
        _("source"), max_length=2000, blank=True, help_text=_("Where the recording is.")
    )
    recording = models.CharField(
        _("recording"), max_length=300, blank=True, db_index=True, editable=False
    )
    audio_url = models.URLField(_("audio address"), max_length=1000, blank=True)
    channel = models.CharField(_("channel"), max_length=200, blank=True)
    author = models.CharField(_("author"), max_length=200, blank=True)
    guest = models.CharField(
        _("guest"), max_length=500, blank=True, help_text=_("As the front matter gives it.")
    )
    area = models.CharField(_("area"), max_length=100, blank=True, db_index=True)
    category = models.CharField(_("category"), max_length=100, blank=True, db_index=True)
    series = models.CharField(_("series"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    insight = models.TextField(_("insight"), blank=True)
    language = models.CharField(_("language"), max_length=20, default="zh-Hans")
    original_language = models.CharField(_("original language"), max_length=20, default="en")
    original_provenance = models.CharField(
        _("how the original came about"),
        max_length=20,
        choices=Provenance,
        default="",
        blank=True,
    )
    translation_provenance = models.CharField(
        _("how the translation came about"),
        max_length=20,
        choices=Provenance,
        default="",
        blank=True,
    )
    revised_by = models.CharField(_("revised by"), max_length=200, blank=True)
    rights = models.TextField(_("rights note"), blank=True)
    extra = models.JSONField(_("other front matter"), default=list, blank=True, editable=False)
    removed = models.JSONField(default=dict, editable=False)  # set -> keys that never come back
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=Status,
        default=Status.DRAFT,
        db_index=True,
        editable=False,
    )
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    submitted_by = models.ForeignKey(
        "auth.User",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(
        _("changed at"), default=timezone.now, db_index=True, editable=False
    )

    tags = TaggableManager(_("tags"), through="episodes.EpisodeTag", blank=True)
    projects = TaggableManager(
        _("projects"), through="episodes.EpisodeProject", blank=True, related_name="episodes"
    )
    people = models.ManyToManyField(Person, through="Appearance", related_name="episodes")

    class Meta:
        verbose_name = _("episode")
        verbose_name_plural = _("episodes")
        ordering = ("-changed_at", "-id")
        permissions = [
            ("submit_episode", _("Can submit an episode for review and send it back")),
            ("publish_episode", _("Can publish an episode")),
            ("archive_episode", _("Can archive and restore an episode")),
            ("import_episode", _("Can import transcripts")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[value for value, _label in Status.choices]),
                name="episode_status_is_one_of_the_four",
            ),
            models.CheckConstraint(
                condition=~Q(slug__regex=r"^v[0-9]+$"), name="episode_slug_is_not_an_edition"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.slug


class EpisodeTag(ItemBase):
    """A tag on an episode; the row's id gives the order."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="items")
    content_object = models.ForeignKey(Episode, models.CASCADE, related_name="tag_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="tag_unique_in_episode")
        ]


class EpisodeProject(ItemBase):
    """A project of an episode; the row's id gives the order."""

    tag = models.ForeignKey(Project, models.CASCADE, related_name="items")
    content_object = models.ForeignKey(Episode, models.CASCADE, related_name="project_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "tag"], name="project_unique_in_episode"
            )
        ]


class EpisodeOldSlug(OldSlug):
    target = models.ForeignKey(Episode, models.CASCADE, related_name="old_slugs")


class Chapter(models.Model):
    """A heading; the turns before the first heading stand in one with no title and level 0."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="chapters")
    position = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=1000, blank=True)
    level = models.PositiveSmallIntegerField(default=3)
    origins = models.JSONField(default=list, editable=False)  # [source id, heading's place] each

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "position"], name="chapter_position_unique_in_episode"
            )
        ]

    def __str__(self) -> str:
        return self.title


class StandingTurns(models.Manager["Turn"]):
    """The turns that stand: what the working copy is made of."""

    def get_queryset(self) -> models.QuerySet[Turn]:
        """Without those that were withdrawn, removed or merged into another one."""
        return super().get_queryset().filter(gone="")


class Turn(models.Model):
    """One turn of the working copy, in both languages (see ``transcripts.document.Turn``).

    No row is ever deleted by an import: a turn that is ``gone`` keeps its row and its address.
    ``objects`` and ``episode.turns`` are the turns that stand, ``everything`` all of them.
    """

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="turns")
    chapter = models.ForeignKey(Chapter, models.RESTRICT, related_name="turns")
    uid = models.CharField(max_length=9, default=draw_uid, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    position = models.PositiveIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SPEECH)
    speaker = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="turns",
        verbose_name=_("speaker"),
    )
    label = models.CharField(_("label"), max_length=300, blank=True)
    original_label = models.CharField(_("label of the original"), max_length=300, blank=True)
    text = models.TextField(_("translation"), blank=True)
    original = models.TextField(_("original"), blank=True)
    start = models.PositiveIntegerField(_("start (ms)"), null=True, blank=True)
    end = models.PositiveIntegerField(_("end (ms)"), null=True, blank=True)
    stale = models.BooleanField(
        _("stale"),
        default=False,
        editable=False,
        help_text=_("The original has changed since the translation was made."),
    )
    made_for = models.TextField(
        _("original that the translation was made for"), blank=True, editable=False
    )
    unread = models.BooleanField(
        _("not read yet"),
        default=False,
        editable=False,
        help_text=_("Put together by an import; nobody has read it since."),
    )
    read_version = models.PositiveIntegerField(null=True, editable=False)
    """The version somebody has read in full (``proofreading``); any other one is to be read."""
    read_by = models.ForeignKey(
        "auth.User", models.SET_NULL, null=True, editable=False, related_name="+"
    )
    gone = models.CharField(max_length=10, choices=Gone, default="", blank=True, editable=False)

    objects = StandingTurns()
    everything = models.Manager()  # noqa: DJ012 (a manager as well)

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["uid"], name="turn_uid_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=[value for value, _label in Kind.choices]),
                name="turn_kind_is_one_of_the_three",
            ),
            models.CheckConstraint(
                condition=Q(gone__in=[value for value, _label in Gone.choices]),
                name="turn_is_gone_for_one_of_three_reasons",
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True)
                | Q(end__isnull=True)
                | Q(start__lte=models.F("end")),
                name="turn_starts_before_it_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["episode", "position"], name="turn_in_order"),
            models.Index(
                fields=["episode"],
                condition=Q(stale=True) | Q(unread=True),
                name="turn_to_be_read",
            ),
        ]

    def __str__(self) -> str:
        return self.uid


class TurnOrigin(models.Model):
    """Which base turns a working turn comes from, in which order (MERGING §1)."""

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="origins")
    source_turn = models.ForeignKey(
        "episodes.SourceTurn", models.CASCADE, related_name="working_turns"
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order",)
        constraints = [
            models.UniqueConstraint(fields=["turn", "source_turn"], name="origin_unique_in_turn")
        ]

    def __str__(self) -> str:
        return f"{self.turn_id} < {self.source_turn_id}"


class TurnRedirect(models.Model):
    """A turn's address that lives on in another turn's (merged away, or removed)."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="turn_redirects")
    old_uid = models.CharField(max_length=9, unique=True)
    new_uid = models.CharField(max_length=9)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.old_uid} > {self.new_uid}"


class Appearance(models.Model):
    """A person beside an episode, and as what.

    ``written`` is the name as the front matter gives it (a slug, a misspelling), so that an export
    writes it back; empty where the person was found in the turns.
    """

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="appearances")
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="appearances", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MENTIONED)
    origin = models.CharField(max_length=20, choices=Origin, default=Origin.EDITOR, editable=False)
    written = models.CharField(max_length=300, blank=True, editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("appearance")
        verbose_name_plural = _("appearances")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["episode", "person"], name="person_unique_in_episode")
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"


class Mention(models.Model):
    """Something an episode is about, in the order of the front matter."""

    target: Any
    origin = models.CharField(max_length=20, choices=Origin, default=Origin.EDITOR, editable=False)
    written = models.CharField(max_length=300, blank=True, editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True
        ordering = ("position", "id")

    def __str__(self) -> str:
        return str(self.target)


class OrganisationMention(Mention):
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="organisation_mentions")
    target = models.ForeignKey(
        Organisation, models.PROTECT, related_name="mentions", verbose_name=_("organisation")
    )

    class Meta(Mention.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "target"], name="organisation_unique_in_episode"
            )
        ]


class ProductMention(Mention):
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="product_mentions")
    target = models.ForeignKey(
        Product, models.PROTECT, related_name="mentions", verbose_name=_("product")
    )

    class Meta(Mention.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(fields=["episode", "target"], name="product_unique_in_episode")
        ]


class WorkMention(Mention):
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="work_mentions")
    target = models.ForeignKey(
        Work, models.PROTECT, related_name="mentions", verbose_name=_("work")
    )

    class Meta(Mention.Meta):
        verbose_name = _("work")
        verbose_name_plural = _("works")
        constraints = [
            models.UniqueConstraint(fields=["episode", "target"], name="work_unique_in_episode")
        ]
