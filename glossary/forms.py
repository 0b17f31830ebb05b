"""The forms of an entry, and of one that is split off."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from glossary.decisions import EDITABLE, owner_of
from glossary.grouping import key_of, same_saying
from glossary.models import VALUE_FIELDS, Entry, EntryAddress, EntryKey, lines_of

__all__ = ["EntryForm", "SplitForm"]


class EntryForm(forms.ModelForm):  # type: ignore[type-arg]
    """An entry as it was at a version (``seen``).

    When somebody changed it meanwhile, nothing is written: the form keeps what was typed and says
    what the fields hold now; sent once more, it counts.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Entry
        fields = EDITABLE
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "definition": forms.Textarea(attrs={"rows": 4, "cols": 80}),
            "aliases": forms.Textarea(attrs={"rows": 3, "cols": 50}),
            "forbidden": forms.Textarea(attrs={"rows": 2, "cols": 50}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.version
        if "slug" not in self.fields:
            return
        if self.instance.pk is None:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Empty: made from the foreign term or the pinyin.")
        else:
            self.fields["slug"].help_text = _(
                "When you change it, an address that readers know redirects."
            )

    def clean_term(self) -> str:
        """A term has letters, and is one entry's."""
        term = " ".join(self.cleaned_data["term"].split())
        if not key_of(term):
            raise forms.ValidationError(_("A term needs a letter or a digit."))
        owner = owner_of(term)
        if owner is not None and owner.pk != self.instance.pk:
            raise forms.ValidationError(
                _("“%(term)s” is a term already (%(state)s)."),
                params={"term": owner, "state": owner.get_state_display()},
            )
        return term

    def clean_aliases(self) -> str:
        """One a line, each once; none that is new here and another entry's name."""
        aliases = _lines(self.cleaned_data["aliases"])
        had = set(lines_of(self.initial.get("aliases") or ""))
        keys = {key_of(name): name for name in lines_of(aliases) if name not in had}
        rows = EntryKey.objects.filter(key__in=keys).exclude(entry=self.instance.pk)
        if taken := rows.select_related("entry").order_by("key").first():
            raise forms.ValidationError(
                _("“%(word)s” is a name of the term “%(other)s”: merge the two instead."),
                params={"word": keys[taken.key], "other": taken.entry},
            )
        return aliases

    def clean_forbidden(self) -> str:
        """One a line, each once; none that is new here and a name of the entry."""
        forbidden = _lines(self.cleaned_data["forbidden"])
        had = set(lines_of(self.initial.get("forbidden") or ""))
        names = {
            same_saying("aliases", name)
            for field in ("term", "foreign_term", "abbreviation", "expansion", "aliases")
            for name in lines_of(self.cleaned_data.get(field) or "")
        }
        for word in lines_of(forbidden):
            if word not in had and same_saying("aliases", word) in names:
                raise forms.ValidationError(
                    _("“%(word)s” is a name of this term: take it out of its names first."),
                    params={"word": word},
                )
        return forbidden

    def clean_definition(self) -> str:
        """With the line ends of Unix."""
        return str(self.cleaned_data["definition"]).replace("\r\n", "\n").strip()

    def clean_slug(self) -> str:
        """Nobody else's, now or before."""
        slug = str(self.cleaned_data["slug"])
        if slug and EntryAddress.objects.filter(slug=slug).exclude(entry=self.instance.pk).exists():
            raise forms.ValidationError(_("Readers know another term under this address."))
        return slug

    def clean(self) -> dict[str, Any]:
        """Compare the version that was seen with the one that stands, and lock it."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk is None:
            return cleaned
        current = Entry.objects.select_for_update().get(pk=self.instance.pk)
        if cleaned.get("seen") == current.version:
            return cleaned
        different = [
            (self.fields[name].label, getattr(current, name) or "—")
            for name in EDITABLE
            if name in cleaned and cleaned[name] != getattr(current, name)
        ]
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix("seen")] = str(current.version)
        self.data = data
        raise forms.ValidationError(
            format_html(
                "{} {}",
                _(
                    "Somebody changed this term since you opened it. Nothing was saved; what you "
                    "typed stands below. Saving again overwrites what these fields hold now:"
                ),
                format_html_join("; ", "<strong>{}</strong>: {}", different) or "—",
            )
        )


class SplitForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a new term says that is made of some spellings of another one."""

    class Meta:
        model = Entry
        fields = VALUE_FIELDS
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "definition": forms.Textarea(attrs={"rows": 4, "cols": 80}),
            "aliases": forms.Textarea(attrs={"rows": 3, "cols": 50}),
        }

    def clean_term(self) -> str:
        """Without needless blanks."""
        return " ".join(self.cleaned_data["term"].split())

    def clean_aliases(self) -> str:
        """One a line, each once."""
        return _lines(self.cleaned_data["aliases"])

    def clean_definition(self) -> str:
        """With the line ends of Unix."""
        return str(self.cleaned_data["definition"]).replace("\r\n", "\n").strip()


def _lines(text: str) -> str:
    return "\n".join(dict.fromkeys(" ".join(line.split()) for line in lines_of(text)))
