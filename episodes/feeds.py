"""The newest editions as Atom and as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, get_tag_uri
from django.utils.html import escape
from django.utils.translation import gettext as _

from episodes import pages, querysets, rendering
from episodes.addresses import absolute
from episodes.models import PublishedEpisode, PublishedLink

__all__ = ["atom", "json_feed"]

ITEMS = 30
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0 §2.2


@pages.public
def atom(request: HttpRequest) -> HttpResponse:
    """Return the feed as Atom."""
    items = _items()
    return pages.respond(
        request,
        ("atom", items),
        lambda: _atom(items),
        content_type="application/atom+xml; charset=utf-8",
    )


@pages.public
def json_feed(request: HttpRequest) -> HttpResponse:
    """Return the feed as JSON Feed 1.1."""
    items = _items()
    return pages.respond(
        request,
        ("json feed", items),
        lambda: _json(items),
        content_type="application/feed+json; charset=utf-8",
    )


def _items() -> list[dict[str, Any]]:
    """Return the episodes last published, each with its first and its latest publishing.

    An episode keeps its row from its first publishing on; an item's ``id`` stays through new editions
    and new slugs. Two queries.
    """
    found = querysets.live().select_related("edition__correction").defer("edition__document")
    episodes = list(found.order_by("-id")[:ITEMS])
    tags: dict[int, list[str]] = {}
    links = PublishedLink.objects.filter(published__in=episodes, tag__isnull=False)
    for link in links.select_related("tag").order_by("position", "id"):
        tags.setdefault(link.published_id, []).append(str(link.tag))
    return [_item(episode, tags.get(episode.pk, [])) for episode in episodes]


def _item(episode: PublishedEpisode, tags: list[str]) -> dict[str, Any]:
    path = f"/episodes/{episode.episode_id}"
    return {
        "id": get_tag_uri(absolute(path), episode.first_published_at),
        "url": absolute(reverse("episodes:episode", args=[episode.slug])),
        "title": _clean(episode.title),
        "html": _clean(episode.summary_html + _corrected(episode)),
        "channel": _clean(episode.channel),
        "language": episode.language,
        "tags": [_clean(tag) for tag in tags],
        "published": episode.first_published_at,
        "updated": episode.published_at,
    }


def _corrected(episode: PublishedEpisode) -> str:
    """Return what the live edition puts right, as HTML; nothing where it says nothing of that."""
    note = getattr(episode.edition, "correction", None)
    if note is None:
        return ""
    return f"<p><strong>{escape(_('Correction'))}</strong></p>{rendering.render(note.text)}"


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


def _about() -> str:
    return _("Conversations in two languages, read and corrected by editors.")


def _atom(items: list[dict[str, Any]]) -> str:
    feed = Atom1Feed(
        title=settings.SITE_NAME,
        link=absolute("/"),
        description=_about(),
        subtitle=_about(),
        language="zh-Hans",
        feed_url=absolute("/feed.xml"),
    )
    for item in items:
        feed.add_item(
            title=item["title"],
            link=item["url"],
            description=item["html"],
            author_name=item["channel"] or None,
            categories=item["tags"],
            unique_id=item["id"],
            pubdate=item["published"],
            updateddate=item["updated"],
        )
    return feed.writeString("utf-8")


def _json(items: list[dict[str, Any]]) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": settings.SITE_NAME,
        "home_page_url": absolute("/"),
        "feed_url": absolute("/feed.json"),
        "description": _about(),
        "language": "zh-Hans",
        "items": [
            {
                "id": item["id"],
                "url": item["url"],
                "title": item["title"],
                "content_html": item["html"],
                "date_published": item["published"].isoformat(),
                "date_modified": item["updated"].isoformat(),
                "language": item["language"],
                **({"authors": [{"name": item["channel"]}]} if item["channel"] else {}),
                **({"tags": item["tags"]} if item["tags"] else {}),
            }
            for item in items
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"
