"""People, organisations, products and works: one admin for all four, and their merging."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from episodes import concerned, names, naming, slugs
from episodes.admin import fieldpasts, latenames
from episodes.admin.forms import Address
from episodes.admin.lists import Listed, count_of
from episodes.admin.markdown import MarkdownWidget
from episodes.admin.staff import who
from episodes.models import (
    NAMED_MODELS,
    Appearance,
    Named,
    Organisation,
    OrganisationMention,
    Person,
    Product,
    ProductMention,
    PublishedLink,
    Turn,
    Work,
    WorkMention,
)
from episodes.names import MergeRefused, SlugRefused

__all__ = ["NamedAdmin", "NamedForm"]

BESIDE: dict[type[Named], tuple[type[Any], str]] = {
    Person: (Appearance, "person"),
    Organisation: (OrganisationMention, "target"),
    Product: (ProductMention, "target"),
    Work: (WorkMention, "target"),
}


class NamedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name with its spellings; the slug is checked here, ``naming.save_named`` saves it all."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)  # ``naming.last_act``
    why = forms.CharField(
        label=gettext_lazy("Why (for the history)"), required=False, max_length=500
    )

    too_late = False

    class Meta:
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {"link": Address}
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "aliases": forms.Textarea(attrs={"rows": 6, "cols": 50}),
            "note": MarkdownWidget(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = naming.last_act(self.instance)
        if "slug" in self.fields and not self.instance.pk:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Empty: made from the name.")
        elif "slug" in self.fields:
            self.fields["slug"].help_text = _("When you change it, the old address redirects.")
        self.slug_before = self.instance.slug

    def clean(self) -> dict[str, Any]:
        """A form that came too late is not saved but shown again."""
        values = super().clean() or {}
        if self.too_late:
            self.add_error(None, _("Somebody else changed this record while you were writing."))
        return values

    def clean_aliases(self) -> str:
        """One a line, with the line ends of Unix, each once."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["aliases"].splitlines()]
        return "\n".join(dict.fromkeys(line for line in lines if line))

    def clean_slug(self) -> str:
        """Free, or the record's own old one; a new record may leave it empty."""
        slug: str = self.cleaned_data["slug"]
        if slug:
            if slug != self.slug_before and slug in taken(self._meta.model, [slug], self.instance):
                message = _("The slug “%(slug)s” is in use already.") % {"slug": slug}
                raise forms.ValidationError(message)
            return slug
        base = slugs.from_text(self.data.get("name", ""), self._meta.model.kind)
        return names.free_slug(base, lambda some: taken(self._meta.model, some))


def taken(model: type[Named], some: list[str], but: Named | None = None) -> set[str]:
    """Return which of some slugs another record than ``but`` has, or had."""
    others = model._default_manager.exclude(pk=but.pk if but else None)
    live = others.filter(slug__in=some).values_list("slug", flat=True)
    former = cast(QuerySet[Any], others)  # every kind has old slugs; the abstract base has not
    gone = former.filter(old_slugs__slug__in=some).values_list("old_slugs__slug", flat=True)
    return set(live) | set(gone)


class NamedAdmin(Listed):
    """List, form and merge; registered for each of the four models."""

    form = NamedForm
    change_form_template = "admin/episodes/named.html"
    list_display = ("name", "translated_name", "shown_aliases", "shown_episodes", "shown_public")
    list_per_page = 100
    show_full_result_count = False
    search_fields = ("name", "translated_name", "aliases", "slug")
    search_help_text = gettext_lazy("Names, translated names, aliases.")
    fields = ("name", "translated_name", "slug", "aliases", "note", "link")
    actions = ("merge",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Records with the episodes they stand beside, and whether readers see them."""
        beside, field = BESIDE[self.model]
        links = PublishedLink.objects.filter(**{self.model.kind: OuterRef("pk")})
        records: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = records.annotate(
            episodes_count=count_of(beside.objects.all(), field), is_public=Exists(links)
        )
        return counted

    @admin.display(description=gettext_lazy("aliases"))
    def shown_aliases(self, named: Named) -> str:
        """The first aliases."""
        return ", ".join(named.alias_list[:4])

    @admin.display(description=gettext_lazy("episodes"), ordering="episodes_count")
    def shown_episodes(self, named: Any) -> SafeString | int:
        """How many episodes; for people a link to them."""
        count: int = named.episodes_count
        if self.model is not Person or not count:
            return count
        place = reverse("admin:episodes_episode_changelist")
        return format_html('<a href="{}?person={}">{}</a>', place, named.pk, count)

    @admin.display(description=gettext_lazy("has a page"), boolean=True, ordering="is_public")
    def shown_public(self, named: Any) -> bool:
        """Whether a live edition links to it."""
        return bool(named.is_public)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A new record needs no reason, and has not changed since it was shown."""
        changes = obj is not None and self.has_change_permission(request, obj)
        return ("seen", *self.fields, "why") if changes else self.fields

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show or save the form; one that came too late is shown again with what others saved."""
        context = dict(extra_context or {})
        try:
            return super().change_view(request, object_id, form_url, context)
        except naming.Changed as changed:
            late = latenames.late(changed.current, request.POST, int(request.POST["seen"]))
        request.POST = late.post  # type: ignore[assignment]
        request.too_late = True  # type: ignore[attr-defined]
        context["late"] = late
        response = super().change_view(request, object_id, form_url, context)
        response.status_code = 409
        return response

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[Any]:
        """The form, told that its values were not saved."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.too_late = getattr(request, "too_late", False)
        return form  # type: ignore[no-any-return]

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002 - Django's name
    ) -> HttpResponse:
        """What the record was, and the way back; in place of Django's own log."""
        return fieldpasts.named_page(self, request, object_id)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Nothing: the history has it."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save what changed as one act of the history; a slug that cannot be had is left as it was."""
        if not change:
            with transaction.atomic():
                obj.save()
                names.index_spellings(obj)
                concerned.ask_for_name(obj, by=who(request))
            return
        values = {name: getattr(obj, name) for name in form.changed_data if name in naming.FIELDS}
        if not values:
            return
        by, why = who(request), form.cleaned_data.get("why", "")
        seen = form.cleaned_data.get("seen")
        try:
            naming.save_named(obj, values=values, by=by, why=why, seen=seen)
        except SlugRefused as refused:
            values["slug"] = obj.slug = form.slug_before
            naming.save_named(obj, values=values, by=by, why=why, seen=seen)
            messages.error(
                request, _("The slug was left as it was: %(why)s") % {"why": str(refused)}
            )

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """Publishers merge (DESIGN §5)."""
        return request.user.has_perm("episodes.publish_episode") and self.has_change_permission(
            request
        )

    @admin.action(description=gettext_lazy("Merge into one …"), permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Choose which record stays, see what moves, then merge the others into it."""
        chosen = list(queryset.order_by("pk"))
        if len(chosen) < 2:
            messages.warning(request, _("Choose two or more records that are one."))
            return None
        keep = next((each for each in chosen if str(each.pk) == request.POST.get("keep")), None)
        if "confirmed" in request.POST and keep is not None:
            return self._merge(request, keep, [each for each in chosen if each.pk != keep.pk])
        for each in chosen:
            each.facts = self.facts(each)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Merge into one"),
            "chosen": chosen,
            "suggested": max(chosen, key=lambda each: (each.is_public, each.episodes_count)),
            "unchosen": "confirmed" in request.POST,
        }
        return render(request, "admin/episodes/merge.html", context)

    def facts(self, named: Any) -> list[str]:
        """Return what points to a record and would move, in words."""
        beside, field = BESIDE[self.model]
        counts = [
            (
                ngettext("beside %(count)s episode", "beside %(count)s episodes", n),
                n,
            )
            for n in [beside.objects.filter(**{field: named}).count()]
        ]
        if isinstance(named, Person):
            n = Turn.objects.filter(speaker=named).count()
            counts.append((ngettext("speaks in %(count)s turn", "speaks in %(count)s turns", n), n))
        n = PublishedLink.objects.filter(**{named.kind: named}).count()
        counts.append((ngettext("on %(count)s public page", "on %(count)s public pages", n), n))
        return [text % {"count": n} for text, n in counts]

    def _merge(self, request: HttpRequest, keep: Any, others: list[Any]) -> HttpResponse:
        if not self.has_merge_permission(request):
            raise PermissionDenied
        try:
            with transaction.atomic():
                for lose in others:
                    keep = names.merge_named(keep, lose, by=who(request))
        except MergeRefused as refused:
            messages.error(request, str(refused))
            return redirect(f"admin:episodes_{self.opts.model_name}_changelist")
        messages.success(
            request,
            _("Merged into “%(name)s”. The other names are aliases now, old addresses redirect.")
            % {"name": keep},
        )
        return redirect(f"admin:episodes_{self.opts.model_name}_change", keep.pk)


for _model in NAMED_MODELS.values():
    admin.site.register(_model, NamedAdmin)
