"""The sitemap: every public address in both languages (https://www.sitemaps.org/protocol.html).

Up to ``PER_FILE`` addresses one file, beyond that an index of ``/sitemap.xml?page=N``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import override

from episodes import extensions, pages, querysets
from episodes.addresses import absolute, in_language
from episodes.models import NAMED_MODELS, Project, PublishedLink, Tag

__all__ = ["PER_FILE", "sitemap"]

PER_FILE = 10_000  # the protocol allows 50,000
LANGUAGES = (("zh-Hans", "zh-hans"), ("en", "en"))
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@pages.public
def sitemap(request: HttpRequest) -> HttpResponse:
    """Return the sitemap, its index, or one page of it; made anew with each edition and each day."""
    asked = request.GET.get("page", "")
    state = (querysets.generation(), extensions.page_generation(), timezone.localdate(), PER_FILE)
    return pages.respond(
        request,
        ("sitemap", asked, state),
        lambda: _made(asked),
        content_type="application/xml; charset=utf-8",
    )


def _made(asked: str) -> str:
    entries = list(_entries())
    size = PER_FILE // len(LANGUAGES)
    parts = [entries[start : start + size] for start in range(0, len(entries), size)]
    if not asked:
        return _urls(entries) if len(parts) == 1 else _index(len(parts))
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= len(parts)):
        raise Http404
    return _urls(parts[int(asked) - 1])


def _entries() -> Iterator[tuple[str, str]]:
    """Yield each public page's Chinese path and when it was last published, if known. 7 queries."""
    with override("zh-hans"):
        yield reverse("episodes:home"), ""
        yield reverse("episodes:episodes"), ""
        pattern = reverse("episodes:episode", args=["SLUG"])
        for slug, at in querysets.live().order_by("-id").values_list("slug", "published_at"):
            yield pattern.replace("SLUG", slug), at.isoformat(timespec="seconds")
        models: dict[str, Any] = {**NAMED_MODELS, "tag": Tag, "project": Project}
        for kind, model in models.items():
            pattern = reverse(f"episodes:{kind}", args=["SLUG"])
            links = PublishedLink.objects.filter(published__live=True, **{f"{kind}__isnull": False})
            linked = model._default_manager.filter(pk__in=links.order_by().values(kind))
            for slug in linked.order_by("slug").values_list("slug", flat=True):
                yield pattern.replace("SLUG", iri_to_uri(slug)), ""
        for path in extensions.public_paths():
            yield path, ""


def _urls(entries: list[tuple[str, str]]) -> str:
    lines = [f'{_HEAD}<urlset {_NAMESPACE} xmlns:xhtml="http://www.w3.org/1999/xhtml">']
    for path, at in entries:
        found = {tag: escape(absolute(in_language(path, code))) for tag, code in LANGUAGES}
        alternates = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{address}"/>'
            for tag, address in (*found.items(), ("x-default", found["zh-Hans"]))
        )
        changed = f"<lastmod>{at}</lastmod>" if at else ""
        lines += [
            f"<url><loc>{address}</loc>{changed}{alternates}</url>" for address in found.values()
        ]
    lines.append("</urlset>\n")
    return "\n".join(lines)


def _index(count: int) -> str:
    files = "\n".join(
        f"<sitemap><loc>{absolute('/sitemap.xml')}?page={number}</loc></sitemap>"
        for number in range(1, count + 1)
    )
    return f"{_HEAD}<sitemapindex {_NAMESPACE}>\n{files}\n</sitemapindex>\n"
