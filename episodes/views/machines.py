"""What machines ask for: whether the site is well, and what they may read."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from episodes import jobs, pages
from episodes.addresses import absolute

__all__ = ["healthz", "robots"]

logger = logging.getLogger(__name__)


@pages.public
def healthz(_request: HttpRequest) -> HttpResponse:
    """Return whether the database answers (503 if not) and for how long no worker does."""
    state: dict[str, Any] = {"status": "ok", "database": "ok", "worker": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        silence = jobs.silence()
    except DatabaseError:
        logger.exception("The database does not answer")
        state = {"status": "error", "database": "does not answer", "worker": "not known"}
    else:
        if silence is not None:
            state["worker"] = "does not answer"
            state["job_waiting_seconds"] = int(silence.total_seconds())
    response = JsonResponse(state, status=200 if state["status"] == "ok" else 503)
    response["Cache-Control"] = "no-store"
    return response


@pages.public
def robots(request: HttpRequest) -> HttpResponse:
    """Return robots.txt."""
    lines = ["User-agent: *", "Disallow: /admin/", "", f"Sitemap: {absolute('/sitemap.xml')}", ""]
    return pages.respond(
        request, "robots", lambda: "\n".join(lines), content_type="text/plain; charset=utf-8"
    )
