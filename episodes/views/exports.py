"""A live edition as a file: the formats of ``exports.FORMATS`` by the ending of the address."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from episodes import pages
from episodes.exports import FORMATS
from episodes.views.found import find

__all__ = ["export"]

TYPES = {".md": "text/markdown", ".json": "application/json", ".vtt": "text/vtt"}


@pages.public
def export(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """Return the live edition in a format; 404, 410 and 301 as its page does."""
    found = next((one for one in FORMATS.values() if one.suffix == f".{format}"), None)
    if found is None:
        raise Http404
    published = find(request, slug, "episodes_plain:export", format=format)
    if isinstance(published, HttpResponse):
        return published
    return pages.respond(
        request,
        ("export", found.suffix, published.edition_id),
        lambda: found.edition(published.edition),
        content_type=f"{TYPES.get(found.suffix, 'text/plain')}; charset=utf-8",
        headers={
            "X-Robots-Tag": "noindex",
            "Content-Disposition": f'inline; filename="{published.slug}{found.suffix}"',
        },
    )
