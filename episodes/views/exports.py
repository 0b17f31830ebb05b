"""A live edition as a file: the formats of ``exports.FORMATS`` by the ending of the address."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from episodes import addresses, pages
from episodes.exports import DEFAULT_LANGUAGE, FORMATS, Format, NoTimes
from episodes.views.found import find
from episodes.wording import translate

__all__ = ["export"]


@pages.public
def export(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """Return the live edition in a format; 404, 410 and 301 as its page does.

    Subtitles heed ``?language=zh|en|both``; an episode without times has none and answers 404.
    """
    found = next((one for one in FORMATS.values() if one.suffix == f".{format}"), None)
    if found is None:
        raise Http404
    language = _language(request, found)
    published = find(request, slug, "episodes_plain:export", format=format)
    if isinstance(published, HttpResponsePermanentRedirect):
        asked = "" if language == DEFAULT_LANGUAGE else language
        path = published.url.partition("?")[0]
        published["Location"] = addresses.with_query(path, [("language", asked)])
    if isinstance(published, HttpResponse):
        return published
    part = f".{language}" if language not in ("", DEFAULT_LANGUAGE) else ""
    try:
        return pages.respond(
            request,
            ("export", found.suffix, language, published.edition_id),
            lambda: found.edition(published.edition, language).content,
            content_type=f"{found.content_type}; charset=utf-8",
            headers={
                "X-Robots-Tag": "noindex",
                "Content-Disposition": f'inline; filename="{published.slug}{part}{found.suffix}"',
            },
        )
    except NoTimes as nothing:
        response = HttpResponse(
            f"{translate(nothing.args[0])}\n", "text/plain; charset=utf-8", status=404
        )
        response["Cache-Control"] = pages.CACHE_CONTROL
        return response


def _language(request: HttpRequest, form: Format) -> str:
    """The language asked for, if it is one of the format's; empty where there is no choice."""
    if not form.languages:
        return ""
    asked = request.GET.get("language", "")
    return asked if asked in form.languages else DEFAULT_LANGUAGE
