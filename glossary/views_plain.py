"""The public glossary as files, and the feed of new terms: addresses without a language.

They say what readers see (``exchanging.public``) and nothing else (G1).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, get_tag_uri
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from episodes import pages
from episodes.addresses import absolute
from episodes.transcripts.characters import strip_controls
from glossary import exchanging, moment
from glossary.exchange import csvfile, jsonfile, tbx
from glossary.models import PublishedEntry

__all__ = ["csv", "feed", "json", "tbx_file"]

ITEMS = 30
TYPES = {  # no media type is registered for TBX
    "tbx": "application/xml",
    "csv": "text/csv",
    "json": "application/json",
}


def _file(request: HttpRequest, form: str, version: str, make: Callable[[], str]) -> HttpResponse:
    """Return a file of the state of the glossary that counts; nothing is read if it is known."""
    way = "inline" if form == "json" else "attachment"
    return pages.respond(
        request,
        ("glossary file", form, version, moment.now()),
        make,
        content_type=f"{TYPES[form]}; charset=utf-8",
        headers={
            "Content-Disposition": f'{way}; filename="glossary.{form}"',
            "X-Robots-Tag": "noindex",
        },
    )


@pages.public
@pages.steady(moment.now)
def tbx_file(request: HttpRequest) -> HttpResponse:
    """Return the glossary as TBX; ``?version=2`` in the form of 2008, for older tools."""
    version = 2 if request.GET.get("version") == "2" else 3

    def make() -> str:
        title = f"{settings.SITE_NAME}: {_('Glossary')}"
        return tbx.write(exchanging.public(), title=title, version=version).decode()

    return _file(request, "tbx", str(version), make)


@pages.public
@pages.steady(moment.now)
def csv(request: HttpRequest) -> HttpResponse:
    """Return the glossary as CSV, without the column of forbidden renderings."""

    def make() -> str:
        return csvfile.write(exchanging.public(), exchanging.PUBLIC_FIELDS).decode()

    return _file(request, "csv", "", make)


@pages.public
@pages.steady(moment.now)
def json(request: HttpRequest) -> HttpResponse:
    """Return the glossary as JSON: a list of terms, each with its address and its uses."""
    return _file(request, "json", "", lambda: jsonfile.dumps(exchanging.public_terms()))


# The feed.


@pages.public
@pages.steady(moment.now)
def feed(request: HttpRequest) -> HttpResponse:
    """Return the terms that readers have known for the shortest time, as Atom."""
    return pages.respond(
        request,
        ("glossary feed", moment.now()),
        lambda: _atom(_items()),
        content_type="application/atom+xml; charset=utf-8",
    )


def _items() -> list[tuple[PublishedEntry, datetime]]:
    """Return the newest entries, each with when readers first knew it. One query."""
    rows = PublishedEntry.objects.select_related("entry").annotate(
        known=Min("entry__addresses__created_at")
    )
    found = rows.filter(known__isnull=False).order_by("-known", "-entry_id")[:ITEMS]
    return [(row, row.known) for row in found]


def _atom(items: list[tuple[PublishedEntry, datetime]]) -> str:
    about = _("Terms that the transcripts explain, the newest first.")
    made = Atom1Feed(
        title=f"{settings.SITE_NAME}: {_('New terms')}",
        link=absolute(reverse("glossary:index")),
        description=about,
        subtitle=about,
        language="zh-Hans",
        feed_url=absolute(reverse("glossary_plain:feed")),
    )
    for row, known in items:
        made.add_item(
            title=strip_controls(row.term),
            link=absolute(reverse("glossary:entry", args=[row.entry.slug])),
            description=_said(row),
            unique_id=get_tag_uri(absolute(f"/glossary/{row.entry_id}"), row.entry.created_at),
            pubdate=known,
            updateddate=known,
        )
    return made.writeString("utf-8")


def _said(row: PublishedEntry) -> SafeString:
    """Return what an entry says as HTML: its other names, then its definition."""
    names = (row.foreign_term, row.abbreviation, row.expansion)
    lines: list[Any] = [strip_controls(" · ".join(name for name in names if name))]
    lines += strip_controls(row.definition).splitlines()
    html = format_html_join("", "<p>{}</p>", ((line,) for line in lines if line.strip()))
    return html or format_html("<p>{}</p>", strip_controls(row.term))
