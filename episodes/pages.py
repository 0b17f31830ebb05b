"""Public answers: made once, kept as long as nothing they show has changed, asked again for free.

A public page is a function of its *key*: everything it shows, or numbers that change whenever that
does. The key, the page's language and the release give the ETag. A client that has that page is
answered 304 before anything is rendered; else the cache is asked, which may lose pages at any time;
only then the page is made. Pages are kept compressed and sent so to whoever accepts it; the ETag is
weak because one page has these two forms.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from functools import cache as remembered
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

__all__ = ["CACHE_CONTROL", "digest", "page", "public", "release", "respond", "steady"]

# A withdrawn episode and a corrected name must show at once: every use is asked for, most are 304.
CACHE_CONTROL = "public, max-age=0, must-revalidate"
TRIES = 3
KEPT_FOR = 24 * 60 * 60  # seconds
View = Callable[..., HttpResponse]
_GZIP = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0+)?\s*(?:,|$)))?", re.IGNORECASE)
_REFUSED = re.compile(r"gzip\s*;\s*q=0(?:\.0+)?\s*(?:,|$)", re.IGNORECASE)


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view as read only and the same for everybody: GET and HEAD, anything else is 405."""
    return csrf_exempt(require_safe(view))


def steady(stamp: Callable[[], object]) -> Callable[[View], View]:
    """Have a view answer again when ``stamp()`` has changed while it did: its answer may be of both.

    After ``TRIES`` it stands as it is.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> HttpResponse:
            before = stamp()
            for _again in range(TRIES):
                response = view(*args, **kwargs)
                after = stamp()
                if after == before:
                    break
                before = after
            return response

        return answer

    return decorate


def digest(key: object) -> str:
    """Return 24 hexadecimal characters that stand for ``key``, whose ``repr`` says all of it."""
    return hashlib.sha256(repr(key).encode("utf-8", "backslashreplace")).hexdigest()[:24]


def release() -> str:
    """Return what changes with the code, the templates, the catalogues and the site's settings."""
    site = (settings.SITE_NAME, settings.SITE_URL, settings.TIME_ZONE)
    return digest((_files() if settings.DEBUG else _files_once(), site))


def respond(
    request: HttpRequest,
    key: object,
    make: Callable[[], str],
    *,
    content_type: str = "text/html; charset=utf-8",
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """Return the page of ``key``: 304, from the cache, or made now by ``make``.

    ``key`` tells the page from every other (its name stands in it) and changes with all it shows.
    """
    name = digest((release(), get_language(), content_type, key))
    etag = f'W/"{name}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        packed = cache.get(f"page:{name}")
        if packed is None:
            packed = gzip.compress(make().encode(), 6, mtime=0)
            cache.set(f"page:{name}", packed, KEPT_FOR)
        if _accepts_gzip(request):
            response = HttpResponse(packed, content_type=content_type)
            response["Content-Encoding"] = "gzip"
        else:
            response = HttpResponse(gzip.decompress(packed), content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, ["Accept-Encoding"])
    for header, value in (headers or {}).items():
        response[header] = value
    return response


def page(
    request: HttpRequest,
    template: str,
    canonical: str,
    key: object,
    context: Callable[[], dict[str, Any]],
    *,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """Return the page that ``template`` makes of ``context``; see :func:`respond`.

    ``canonical`` is its path in the active language with those parameters that it heeds.
    """

    def make() -> str:
        return render_to_string(template, {**context(), "canonical": canonical}, request)

    return respond(request, (template, canonical, key), make, headers=headers)


def _accepts_gzip(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept-Encoding", "")
    return bool(_GZIP.search(accepted)) and not _REFUSED.search(accepted)


def _files() -> str:
    base = Path(settings.BASE_DIR)
    found = [
        path
        for folder, pattern in (
            ("templates", "**/*.html"),
            ("oddlots/static", "**/*.*"),
            ("oddlots/locale", "**/*.mo"),
            ("episodes", "**/*.py"),
            ("glossary", "**/*.py"),
        )
        for path in sorted((base / folder).glob(pattern))
        if "tests" not in path.parts
    ]
    state = hashlib.sha256()
    for path in found:
        state.update(str(path.relative_to(base)).encode())
        state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


_files_once = remembered(_files)
