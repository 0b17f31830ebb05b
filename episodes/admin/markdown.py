"""The preview beside a Markdown field: our renderer, for staff, and no upload anywhere.

django-markdownx as shipped lets anyone call its two endpoints and stores uploaded HTML and SVG; its
addresses are never included. Only this view stands at ``MARKDOWNX_URLS_PATH``; nothing stands at
``MARKDOWNX_UPLOAD_URLS_PATH``, and ``desk.js`` keeps files from being dropped into a field.
"""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST
from markdownx.widgets import AdminMarkdownxWidget

from episodes.rendering import markdownify

__all__ = ["LIMIT", "MarkdownWidget", "preview"]

LIMIT = 200_000
"""The longest text a preview is made of, in characters."""

EDITORS = (
    "episodes.change_episode",
    "episodes.change_person",
    "episodes.change_organisation",
    "episodes.change_product",
    "episodes.change_work",
    "glossary.change_entry",
)


class MarkdownWidget(AdminMarkdownxWidget):  # type: ignore[misc]
    """A text area with a preview below it."""

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__({"rows": 6, **(attrs or {})})


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Return the sanitised HTML of ``content``, for whoever may write such a text."""
    user = request.user
    if not user.is_active or not user.is_staff:
        raise PermissionDenied  # not a redirect: its answer would be shown as the preview
    if not any(user.has_perm(permission) for permission in EDITORS):
        raise PermissionDenied
    return HttpResponse(markdownify(request.POST.get("content", "")[:LIMIT]))


admin.site.routes.append(  # type: ignore[attr-defined]
    path("markdown/preview/", preview, name="markdown_preview")
)
