"""Public addresses: the same page in the other language, absolute addresses, queries in order."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.conf import settings

__all__ = ["LANGUAGES", "absolute", "in_language", "with_query"]

LANGUAGES = ("zh-hans", "en")


def in_language(path: str, language: str) -> str:
    """Return a public path in ``zh-hans`` (no prefix) or ``en`` (under ``/en/``).

    The answer begins with one slash, whatever the path: never an address of another host.
    """
    if path == "/en" or path.startswith("/en/"):
        path = path[3:]
    path = "/" + path.lstrip("/\\")
    return f"/en{path}" if language == "en" else path


def absolute(path: str) -> str:
    """Return the whole address of a path on this site (``SITE_URL``, not the request's host)."""
    return f"{settings.SITE_URL}{path}"


def with_query(path: str, pairs: Iterable[tuple[str, object]]) -> str:
    """Return ``path`` with the pairs that have a value as its query."""
    query = urlencode([(key, value) for key, value in pairs if value])
    return f"{path}?{query}" if query else path
