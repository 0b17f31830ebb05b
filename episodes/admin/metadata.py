"""The metadata form: Django's change form, whose saving is ``editing.save_episode``."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db.models import Field
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from episodes import editing, names
from episodes.admin import late
from episodes.admin.forms import Address, is_key
from episodes.admin.late import ROLE_FIELDS
from episodes.admin.markdown import MarkdownWidget
from episodes.admin.staff import who
from episodes.models import (
    Appearance,
    Episode,
    Named,
    Organisation,
    OrganisationMention,
    Person,
    Product,
    ProductMention,
    Role,
    Work,
    WorkMention,
)
from episodes.tagging import parse_tags

__all__ = ["MetadataAdmin", "MetadataForm"]

OWN = (
    "title",
    "original_title",
    "slug",
    "date",
    "source_address",
    "audio_url",
    "channel",
    "author",
    "guest",
    "area",
    "category",
    "series",
    "summary",
    "insight",
    "language",
    "original_language",
    "original_provenance",
    "translation_provenance",
    "revised_by",
    "rights",
)
ROLES: dict[str, tuple[str, Any]] = {
    name: (ROLE_FIELDS[name], label)
    for name, label in {
        "hosts": gettext_lazy("Hosts"),
        "guests": gettext_lazy("Guests"),
        "producers": gettext_lazy("Producers"),
        "mentioned": gettext_lazy("Spoken of"),
    }.items()
}
SETS: dict[str, tuple[type[Named], type[Any], Any]] = {
    "organisations": (Organisation, OrganisationMention, gettext_lazy("Organisations")),
    "products": (Product, ProductMention, gettext_lazy("Products")),
    "works": (Work, WorkMention, gettext_lazy("Books, shows, newsletters")),
}
BY_NAME = {**dict.fromkeys(ROLES, Person), **{name: row[0] for name, row in SETS.items()}}


class Chooser(AutocompleteSelectMultiple):
    """Records found by typing; what cannot be a record's key is sent on as 0, which is none's."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """The keys that were chosen."""
        sent = super().value_from_datadict(data, files, name) or []
        return [key if is_key(key) else "0" for key in sent]


def choose(model: type[Named], through: Field[Any, Any], label: Any) -> forms.Field:
    """Return a field for several records of one kind, found by typing."""
    return forms.ModelMultipleChoiceField(
        queryset=model._default_manager.all(),
        required=False,
        label=label,
        widget=Chooser(through, admin.site),
    )


class MetadataForm(forms.ModelForm):  # type: ignore[type-arg]
    """An episode's own fields, and who and what stands beside it.

    ``seen`` is the revision that the editor saw; a form that comes too late is not saved but shown
    again with both sides (``admin.conflicts``). Names that are not in the list are typed below it.
    ``refused`` holds why ``editing`` did not save it: (field, sentence).
    """

    seen = forms.IntegerField(widget=forms.HiddenInput)
    hosts = choose(Person, Appearance._meta.get_field("person"), ROLES["hosts"][1])
    guests = choose(Person, Appearance._meta.get_field("person"), ROLES["guests"][1])
    producers = choose(Person, Appearance._meta.get_field("person"), ROLES["producers"][1])
    mentioned = choose(Person, Appearance._meta.get_field("person"), ROLES["mentioned"][1])
    organisations = choose(
        Organisation, OrganisationMention._meta.get_field("target"), SETS["organisations"][2]
    )
    products = choose(Product, ProductMention._meta.get_field("target"), SETS["products"][2])
    works = choose(Work, WorkMention._meta.get_field("target"), SETS["works"][2])
    more_people = forms.CharField(
        label=gettext_lazy("More people, by name"), required=False, max_length=2000
    )
    more_people_as = forms.ChoiceField(
        label=gettext_lazy("as"), choices=Role.choices, initial=Role.GUEST, required=False
    )
    more_organisations = forms.CharField(
        label=gettext_lazy("More organisations, by name"), required=False, max_length=2000
    )
    more_products = forms.CharField(
        label=gettext_lazy("More products, by name"), required=False, max_length=2000
    )
    more_works = forms.CharField(
        label=gettext_lazy("More books, shows, newsletters, by name"),
        required=False,
        max_length=2000,
    )
    why = forms.CharField(
        label=gettext_lazy("Why (for the history)"), required=False, max_length=500
    )
    refused: tuple[tuple[str, str], ...] = ()

    class Meta:
        model = Episode
        fields = (*OWN, "tags", "projects")
        field_classes = {"audio_url": Address}
        widgets = {
            "title": forms.TextInput(attrs={"class": "vTextField"}),
            "summary": MarkdownWidget(),
            "insight": MarkdownWidget(),
            "rights": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beside = beside(self.instance)
        for name, found in self.beside.items():
            self.initial[name] = [each.pk for each in found]
        self.initial["seen"] = self.instance.revision
        if self.instance.pk:
            for name, items in (("tags", "tag_items"), ("projects", "project_items")):
                rows = getattr(self.instance, items).select_related("tag").order_by("pk")
                self.initial[name] = [row.tag for row in rows]
        separated = gettext_lazy("Separated by commas; a name nobody has becomes a new record.")
        for name in ("tags", "projects"):
            if name in self.fields:
                self.fields[name].help_text = _("Separated by commas.")
        for name in ("more_people", "more_organisations", "more_products", "more_works"):
            if name in self.fields:
                self.fields[name].help_text = separated

    def clean_slug(self) -> str:
        """Not one that means an edition; the rest is for ``editing.save_episode`` to say."""
        slug: str = self.cleaned_data["slug"]
        if re.fullmatch(r"v[0-9]+", slug):
            raise forms.ValidationError(_("A slug is not “v” and a number: that is an edition."))
        return slug

    def clean(self) -> dict[str, Any]:
        """Nobody appears twice; a stale form is shown again."""
        values = super().clean() or {}
        seen: set[int] = set()
        for name in ROLES:
            for person in values.get(name) or ():
                if person.pk in seen:
                    self.add_error(
                        name, _("%(name)s is in two of the lists of people.") % {"name": person}
                    )
                seen.add(person.pk)
        for name, sentence in self.refused:
            self.add_error(name if name in self.fields else None, sentence)
        return values

    def chosen(self, name: str) -> list[Any]:
        """Return the records of a set in their order: those that were there, then the new ones."""
        picked = {each.pk: each for each in self.cleaned_data.get(name) or ()}
        kept = [each for each in self.beside[name] if each.pk in picked]
        known = {each.pk for each in kept}
        return kept + [each for pk, each in picked.items() if pk not in known]


def beside(episode: Episode) -> dict[str, list[Any]]:
    """Return who and what stands beside an episode, by the form's field, in order: four queries."""
    found: dict[str, list[Any]] = {name: [] for name in BY_NAME}
    if not episode.pk:
        return found
    fields = {role: name for name, (role, _label) in ROLES.items()}
    for each in episode.appearances.select_related("person"):
        found[fields[Role(each.role)]].append(each.person)
    for name, (_model, through, _label) in SETS.items():
        rows = through._default_manager.filter(episode=episode).select_related("target")
        found[name] = [row.target for row in rows]
    return found


class MetadataAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The change form; one call saves it, and the history has it."""

    form = MetadataForm
    change_form_template = "admin/episodes/metadata.html"
    fieldsets = (
        (None, {"fields": ("seen", "title", "original_title", ("date", "slug"))}),
        (
            gettext_lazy("Recording"),
            {"fields": ("source_address", "audio_url", ("channel", "series"), "author")},
        ),
        (
            gettext_lazy("Where it belongs"),
            {"fields": (("area", "category"), "tags", "projects")},
        ),
        (
            gettext_lazy("People"),
            {
                "fields": (
                    *ROLES,
                    ("more_people", "more_people_as"),
                    "guest",
                )
            },
        ),
        (
            gettext_lazy("Organisations, products, works"),
            {
                "fields": (
                    "organisations",
                    "more_organisations",
                    "products",
                    "more_products",
                    "works",
                    "more_works",
                )
            },
        ),
        (gettext_lazy("Summary and insight"), {"fields": ("summary", "insight")}),
        (
            gettext_lazy("Languages, provenance, rights"),
            {
                "fields": (
                    ("language", "translation_provenance"),
                    ("original_language", "original_provenance"),
                    "revised_by",
                    "rights",
                )
            },
        ),
        (None, {"fields": ("why",)}),
    )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[Any]:
        """The form, told why its values were not saved."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refused = getattr(request, "refused", ())
        return form  # type: ignore[no-any-return]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show or save the form; what came too late or cannot be is shown with what was typed."""
        context = dict(extra_context or {})
        if object_id.isdecimal() and self.has_view_permission(request):
            episode = Episode.objects.filter(pk=object_id).first()
            if episode is not None:
                context |= self.frame(request, episode, "change")  # type: ignore[attr-defined]
        try:
            return super().change_view(request, object_id, form_url, context)
        except editing.Stale as stale:
            request.POST = late.post_again(request.POST, stale)  # type: ignore[assignment]
            context["clashes"] = late.both_sides(stale)
            refused = ("", _("Somebody else changed this episode while you were writing."))
            status = 409
        except editing.Invalid as invalid:
            refused, status = (invalid.field, str(invalid)), 422
        except names.SlugRefused as refusal:
            refused, status = ("slug", str(refusal)), 422
        request.refused = (refused,)  # type: ignore[attr-defined]
        response = super().change_view(request, object_id, form_url, context)
        response.status_code = status
        return response

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Nothing: the history has it."""

    def response_post_save_change(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's name
        obj: Any,
    ) -> HttpResponseRedirect:
        """From the metadata back to the turns."""
        return redirect("admin:episodes_episode_turns", obj.pk)

    def save_model(self, request: HttpRequest, _obj: Any, form: Any, _change: bool) -> None:
        """Save the form as one act by ``editing.save_episode``; raises Stale, Invalid, SlugRefused."""
        values = {name: form.cleaned_data[name] for name in OWN}
        values |= {name: form.cleaned_data[name] for name in ("tags", "projects")}
        values["appearances"] = appearances_of(form)
        for name, (model, _through, _label) in SETS.items():
            values[name] = with_names(form.chosen(name), model, form.cleaned_data[f"more_{name}"])
        editing.save_episode(
            Episode.objects.get(pk=form.instance.pk),
            revision=form.cleaned_data["seen"],
            values=values,
            by=who(request),
            why=form.cleaned_data["why"],
        )

    def save_related(self, *_args: Any) -> None:
        """Nothing: ``save_model`` has saved the sets too."""


def with_names(chosen: list[Any], model: type[Named], typed: str) -> list[Any]:
    """Add the records of typed names; names that nobody has become new ones."""
    written = parse_tags(typed)
    known = names.resolve(model, written)
    for name in written:
        record = known.get(name) or names.create_named(model, name)
        if record not in chosen:
            chosen.append(record)
    return chosen


def appearances_of(form: MetadataForm) -> list[tuple[Person, str]]:
    """Return people with their roles: those that were there in their order, then the new ones."""
    roles: dict[int, str] = {}
    people: dict[int, Person] = {}
    for name, (role, _label) in ROLES.items():
        for person in form.chosen(name):
            roles[person.pk], people[person.pk] = role, person
    before = form.instance.appearances.values_list("person_id", flat=True)
    ordered = [pk for pk in before if pk in roles]
    ordered += [pk for pk in roles if pk not in set(ordered)]
    found: list[tuple[Person, str]] = [(people[pk], roles[pk]) for pk in ordered]
    typed = with_names(list(people.values()), Person, form.cleaned_data["more_people"])
    as_ = form.cleaned_data["more_people_as"] or Role.GUEST
    return found + [(person, as_) for person in typed if person.pk not in roles]
