"""The pages for what went wrong: they say what happened and where to go on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

__all__ = ["forbidden", "not_found", "server_error"]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 404: there is nothing at this address, or nothing that is published."""
    return render(request, "404.html", _home(), status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 403: the person is known, and may not do this."""
    return render(request, "403.html", _home(), status=403)


def _home() -> dict[str, str]:
    """Let the switch of languages lead home: the page does not repeat what was asked for."""
    return {"canonical": reverse("episodes:home")}


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer 500 without the request, the database or anything else that may be broken."""
    site = {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL}
    return HttpResponse(render_to_string("500.html", site), status=500)
