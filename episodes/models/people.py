"""People, organisations, products and works: what transcripts name, one abstract base for all."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = [
    "NAMED_MODELS",
    "Named",
    "OldSlug",
    "Organisation",
    "OrganisationOldSlug",
    "OrganisationSpelling",
    "Person",
    "PersonOldSlug",
    "PersonSpelling",
    "Product",
    "ProductOldSlug",
    "ProductSpelling",
    "Spelling",
    "Work",
    "WorkOldSlug",
    "WorkSpelling",
]


class Named(models.Model):
    """Somebody or something that transcripts name.

    These rows are registry data: a change of name or note shows at once on public pages, but only
    what a live edition links to has a page at all (``PublishedLink``).
    """

    kind: ClassVar[str]
    name = models.CharField(_("name"), max_length=200)
    translated_name = models.CharField(_("translated name"), max_length=200, blank=True)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    aliases = models.TextField(
        _("aliases"),
        blank=True,
        help_text=_("One a line: other spellings, transliterations, names as misheard."),
    )
    note = models.TextField(_("note"), blank=True, help_text=_("Markdown; shown to readers."))
    link = models.URLField(_("link"), blank=True)
    sort_key = models.CharField(max_length=300, editable=False, default="", db_index=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        abstract = True
        ordering = ("sort_key", "name")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The public address, in the language that is active."""
        return reverse(f"episodes:{self.kind}", args=[self.slug])

    @property
    def alias_list(self) -> list[str]:
        """The aliases, without blanks and empty lines."""
        return [line.strip() for line in self.aliases.splitlines() if line.strip()]


class Person(Named):
    """A host, a guest, a producer, or someone who is only spoken of."""

    kind = "person"

    class Meta(Named.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")


class Organisation(Named):
    """A company, an agency, a university."""

    kind = "organisation"

    class Meta(Named.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")


class Product(Named):
    """A product or a model."""

    kind = "product"

    class Meta(Named.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")


class Work(Named):
    """A book, a show, a newsletter: what the front matter calls ``media_books``."""

    kind = "work"

    class Meta(Named.Meta):
        verbose_name = pgettext_lazy("book, show, newsletter", "work")
        verbose_name_plural = pgettext_lazy("books, shows, newsletters", "works")


NAMED_MODELS: dict[str, type[Named]] = {
    model.kind: model for model in (Person, Organisation, Product, Work)
}


class Spelling(models.Model):
    """A normalised spelling (``names.name_key``) under which a name is found; derived data.

    Written by ``names.index_spellings`` whenever the name, its translation or aliases change.
    """

    key = models.CharField(max_length=250)
    target: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.key


class OldSlug(models.Model):
    """A slug that something had once; its address redirects to where the thing is now."""

    slug = models.SlugField(max_length=80, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    target: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.slug


class PersonSpelling(Spelling):
    target = models.ForeignKey(Person, models.CASCADE, related_name="spellings")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "target"], name="person_spelling_key_unique_in_person"
            )
        ]


class OrganisationSpelling(Spelling):
    target = models.ForeignKey(Organisation, models.CASCADE, related_name="spellings")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "target"], name="organisation_spelling_key_unique_in_organisation"
            )
        ]


class ProductSpelling(Spelling):
    target = models.ForeignKey(Product, models.CASCADE, related_name="spellings")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "target"], name="product_spelling_key_unique_in_product"
            )
        ]


class WorkSpelling(Spelling):
    target = models.ForeignKey(Work, models.CASCADE, related_name="spellings")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "target"], name="work_spelling_key_unique_in_work"
            )
        ]


class PersonOldSlug(OldSlug):
    target = models.ForeignKey(Person, models.CASCADE, related_name="old_slugs")


class OrganisationOldSlug(OldSlug):
    target = models.ForeignKey(Organisation, models.CASCADE, related_name="old_slugs")


class ProductOldSlug(OldSlug):
    target = models.ForeignKey(Product, models.CASCADE, related_name="old_slugs")


class WorkOldSlug(OldSlug):
    target = models.ForeignKey(Work, models.CASCADE, related_name="old_slugs")
