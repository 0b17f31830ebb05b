"""A web server of this machine whose pages a test sets, and sources that stand there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from episodes.imports import Incoming, import_document
from episodes.models import Source
from episodes.tests.factories import TURNS, transcript

__all__ = ["CHANGED", "Page", "Site", "change", "imported", "serving", "site"]

CHANGED = (*TURNS[:2], ("Mara Quill", "究竟为什么？", "Why indeed?"))


@dataclass
class Page:
    """What stands at a path; ``before`` is called before it is answered."""

    body: bytes = b""
    status: int = 200
    etag: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None


@dataclass
class Site:
    """Pages by path, and each request: its path and its ``If-None-Match``."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def serve(self, path: str, text: str, *, etag: str = "") -> str:
        """Put a text at a path; return its address."""
        self.pages[path] = Page(text.encode(), etag=etag)
        return self.url + path


@contextmanager
def serving() -> Iterator[Site]:
    """A server on 127.0.0.1, in threads of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen = self.headers.get("If-None-Match", "")
            site.asked.append((self.path, seen))
            page = site.pages.get(self.path, Page(status=404))
            page.before()
            same = bool(page.etag) and seen == page.etag
            body = b"" if same else page.body
            self.send_response(304 if same else page.status)
            if page.etag:
                self.send_header("ETag", page.etag)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def site(settings: Any, tmp_path: Path) -> Iterator[Site]:
    """A server that may be asked although it stands on this machine."""
    settings.SOURCE_ALLOWED_HOSTS = ["127.0.0.1"]
    settings.DATA_DIR = tmp_path
    with serving() as found:
        yield found


def imported(site: Site, path: str = "/ports.md", *, etag: str = '"1"', **front: Any) -> Source:
    """Return the source of a new draft of what stands at a path from now on."""
    text = transcript(extra=(("path", path),), **front)
    address = site.serve(path, text, etag=etag)
    result = import_document(Incoming(text.encode(), address, etag=etag))
    return Source.objects.get(episode_id=result.episode_id)


def change(
    site: Site, turns: Any = CHANGED, path: str = "/ports.md", *, etag: str = '"2"', **front: Any
) -> None:
    """Let other turns stand at a path."""
    site.serve(path, transcript(turns, extra=(("path", path),), **front), etag=etag)
