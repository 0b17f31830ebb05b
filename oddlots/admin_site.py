"""The admin site: Django's own, with the desk's first page and a place for other apps on it."""

from collections.abc import Callable
from typing import Any, TypeAlias

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _
from django.views.i18n import set_language

__all__ = ["Box", "DeskConfig", "DeskSite"]

Box: TypeAlias = Callable[[HttpRequest], dict[str, Any] | None]


class DeskConfig(AdminConfig):
    default_site = "oddlots.admin_site.DeskSite"


class DeskSite(AdminSite):
    """The editors' desk.

    ``boxes`` holds what the first page shows, in this order: each is called with the request and
    answers ``None`` (nothing for this person) or the context of ``"template"``, which the page
    includes with it as ``box`` (default ``admin/desk/box.html``: ``title``, ``text``, ``rows`` of
    ``{label, url, note}``, ``empty``, ``actions`` of ``{label, url, primary}``, each a POST unless
    ``method`` is ``"get"``). ``routes`` holds views of other apps below ``/admin/``; whoever adds
    one wraps it in ``admin_view``.
    """

    site_header = _("Oddlots desk")
    site_title = _("Oddlots desk")
    index_title = _("Work")
    enable_nav_sidebar = False
    boxes: list[Box] = []
    routes: list[URLPattern] = []

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's addresses with the desk's own before them (the last of Django's takes all)."""
        language = path("i18n/setlang/", set_language, name="set_language")
        return [language, *self.routes, *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The first page: the work before the tables."""
        answers = (box(request) for box in self.boxes)
        shown = [{"template": "admin/desk/box.html", **box} for box in answers if box]
        return super().index(request, {"boxes": shown, **(extra_context or {})})
