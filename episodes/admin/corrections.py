"""The corrections that are remembered, as a register."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from episodes import corrections
from episodes.admin.lists import Listed
from episodes.admin.staff import who
from episodes.models import Correction

__all__ = ["CorrectionAdmin"]


@admin.register(Correction)
class CorrectionAdmin(Listed):
    """What was replaced once and is offered wherever it stands again.

    Whatever changes here has the episodes checked that hold the wrong spelling.
    """

    list_display = ("wrong", "right", "side", "match_case", "whole_words", "by", "at")
    list_filter = ("side",)
    list_select_related = ("by",)
    list_per_page = 100
    search_fields = ("wrong", "right", "why")
    show_full_result_count = False
    fields = ("wrong", "right", "side", "match_case", "whole_words", "why")

    def save_model(
        self,
        request: HttpRequest,
        obj: Correction,
        form: ModelForm[Correction],
        change: bool,
    ) -> None:
        """Save who changed it last, and have checked what the old and the new spelling concern."""
        obj.by = who(request)
        before = [str(form.initial["wrong"])] if change else []
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            corrections.changed([obj.wrong, *before], by=who(request))

    def delete_model(self, request: HttpRequest, obj: Correction) -> None:
        """Delete one; what it found is no finding any more."""
        with transaction.atomic():
            super().delete_model(request, obj)
            corrections.changed([obj.wrong], by=who(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete several."""
        with transaction.atomic():
            spellings = list(queryset.values_list("wrong", flat=True))
            super().delete_queryset(request, queryset)
            corrections.changed(spellings, by=who(request))
