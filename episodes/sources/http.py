"""The one guarded fetch: every byte that comes from somebody else's server comes through here.

:func:`fetch` takes an address that a person or a redirect supplied and gives what stands there,
or raises :class:`FetchError` with a code and a sentence. What it holds to:

* The host is resolved once for each hop, every address of the answer is checked, and the socket
  is opened to one of those that were checked, so a name that answers differently the second time
  (DNS rebinding) has no second time. TLS is verified against the name in the URL.
* No address of this machine, this network or a cloud's inner services, however it is spelled;
  after a redirect the same again. ``allowed_hosts`` lifts this for the hosts named.
* Bytes are counted on the wire and after decompression, and every wait ends at one deadline.

No proxy variable, cookie or ``.netrc`` is read. Ports are not restricted: what is sent is one GET
whose every character was checked.

RFC 3986 (URLs), RFC 3490 (IDNA), RFC 9110 and 9112 (HTTP), the IANA special-purpose registries.
"""

from __future__ import annotations

import http.client
import re
import socket
import time
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urljoin

from episodes.sources.addresses import (
    Location,
    check_characters,
    is_public,
    locate,
    normalise_url,
)
from episodes.sources.connections import (
    CHUNK,
    Clock,
    Deadline,
    Limits,
    Resolver,
    addresses_of,
    exchange,
)
from episodes.sources.manners import retry_after
from episodes.sources.refusals import REFUSALS, FetchError, refusal_of
from episodes.transcripts.messages import fill, gettext_noop

__all__ = [
    "REFUSALS",
    "FetchError",
    "Fetched",
    "Limits",
    "fetch",
    "is_public",
    "looks_binary",
    "looks_like_html",
    "normalise_url",
    "require_text",
]

USER_AGENT = "Oddlots/0.1 (transcript import)"
MAX_CODINGS = 3
ORDINARY = Limits()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stood at an address; addresses in normal form, validators as the server wrote them."""

    url: str  # where the body came from
    requested: str
    redirects: tuple[str, ...]  # where each redirect led; the last is ``url``
    permanent: bool  # it moved, and every redirect said for good (301, 308)
    status: int
    body: bytes  # decompressed
    content_type: str  # lower case, without parameters; "" if not said
    charset: str  # lower case; "" if not said
    etag: str
    last_modified: str
    not_modified: bool  # 304: the body is empty, what was read before still stands


# --- Reading ----------------------------------------------------------------------------------

_HEADER_VALUE = re.compile(r"[\x20-\x7e]{1,500}")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)


def fetch(
    url: str,
    *,
    allowed_hosts: Collection[str] = (),
    limits: Limits = ORDINARY,
    etag: str = "",
    last_modified: str = "",
    resolver: Resolver = socket.getaddrinfo,
    clock: Clock = time.monotonic,
    user_agent: str = USER_AGENT,
) -> Fetched:
    """What stands at ``url``, within ``limits``; raises FetchError with everything else.

    ``allowed_hosts``: ``host`` or ``host:port``, as the URL writes them (ASCII, lower case); such
    a host may have an address of this machine or a private network. Never a link-local, metadata,
    multicast or reserved one. ``etag`` and ``last_modified`` are those of the last
    :class:`Fetched` for this URL: if nothing changed since, the result says ``not_modified``.
    They are sent with every hop, for it is the last one's that count.
    """
    at = start = locate(url)
    deadline = Deadline(clock, limits.total_timeout)
    etag, last_modified = _validator(etag), _validator(last_modified)
    trail: list[str] = []
    permanent = True
    try:
        while True:
            deadline.url = at.url
            addresses = addresses_of(at, allowed_hosts, resolver, deadline)
            request = _request(at, etag, last_modified, user_agent)
            with exchange(at, request, addresses, limits, deadline) as response:
                status, headers = response.status, response.headers
                not_modified = status == 304 and bool(etag or last_modified)
                if status in (200, 203) or not_modified:
                    kind = headers.get("Content-Type", "")
                    charset = _CHARSET.search(kind)
                    kept = (etag, last_modified) if not_modified else ("", "")
                    return Fetched(
                        url=at.url,
                        requested=start.url,
                        redirects=tuple(trail),
                        permanent=bool(trail) and permanent,
                        status=status,
                        body=b"" if not_modified else _body(response, at, limits),
                        content_type=kind.partition(";")[0].strip().lower()[:100],
                        charset=charset[1].lower() if charset else "",
                        etag=_validator(headers.get("ETag", "")) or kept[0],
                        last_modified=_validator(headers.get("Last-Modified", "")) or kept[1],
                        not_modified=not_modified,
                    )
                if status not in (301, 302, 303, 307, 308):
                    raise _status_refusal(status, at, headers)
                following = _redirect_target(at, headers)
            if following.url in {start.url, *trail}:
                raise refusal_of("redirect_loop", at.url)
            if len(trail) == limits.max_redirects:
                raise refusal_of("too_many_redirects", at.url, limit=limits.max_redirects)
            permanent = permanent and status in (301, 308)
            trail.append(following.url)
            at = following
    except FetchError as error:
        if error.url == start.url:
            raise
        template = gettext_noop("{message} ({url} redirected there.)")
        message = fill(template, message=error.message, url=start.url)
        raise FetchError(
            error.code, message, error.url, error.transient, error.status, error.retry_after
        ) from error


def _validator(value: str) -> str:
    """A validator fit to be stored and sent back; "" for anything that could break a header."""
    return value if _HEADER_VALUE.fullmatch(value) else ""


def _request(at: Location, etag: str, last_modified: str, user_agent: str) -> bytes:
    if not _HEADER_VALUE.fullmatch(user_agent):
        raise ValueError("user_agent must be a line of printable ASCII")
    lines = [
        f"GET {at.target} HTTP/1.1",
        f"Host: {at.authority}",
        f"User-Agent: {user_agent}",
        "Accept: text/markdown, text/vtt, text/plain;q=0.9, */*;q=0.5",
        "Accept-Encoding: gzip, deflate",
        "Connection: close",
    ]
    if etag:
        lines.append(f"If-None-Match: {etag}")
    if last_modified:
        lines.append(f"If-Modified-Since: {last_modified}")
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("ascii")


def _status_refusal(status: int, at: Location, headers: http.client.HTTPMessage) -> FetchError:
    code = {204: "no_content", 205: "no_content", 206: "partial_content"}.get(status)
    rest = None
    if status in (429, 503):
        written, sent = headers.get("Retry-After", ""), headers.get("Date", "")
        rest = retry_after(written, sent, time.time())
    return refusal_of(
        code or f"http_{status}", at.url, status=status, retry_after=rest, host=at.host
    )


def _redirect_target(at: Location, headers: http.client.HTTPMessage) -> Location:
    written = headers.get("Location", "")
    with suppress(UnicodeError):  # then it is Latin-1, as http.client read it
        written = written.encode("latin-1").decode()  # servers do send UTF-8 here
    if not written:
        raise refusal_of("no_redirect_target", at.url)
    check_characters(written)
    try:
        target = locate(urljoin(at.url, written))
    except ValueError as error:
        raise refusal_of("bad_url", written, why=gettext_noop("the host is malformed")) from error
    if at.scheme == "https" and target.scheme == "http":
        raise refusal_of("insecure_redirect", at.url, target=target.url)
    return target


def _body(response: http.client.HTTPResponse, at: Location, limits: Limits) -> bytes:
    headers = response.headers
    if not response.chunked and headers.get("Transfer-Encoding"):
        raise refusal_of(
            "bad_response", at.url, host=at.host, why=gettext_noop("an unknown transfer encoding")
        )
    declared = {value.strip() for value in headers.get_all("Content-Length", [])}
    if declared and not response.chunked:
        length = declared.pop()
        if declared or not re.fullmatch(r"[0-9]{1,18}", length):
            raise refusal_of(
                "bad_response", at.url, host=at.host, why=gettext_noop("a false Content-Length")
            )
        if int(length) > limits.max_bytes:
            raise refusal_of("too_large", at.url, limit=limits.max_bytes)
    written = ",".join(headers.get_all("Content-Encoding", [])).lower().split(",")
    codings = [coding for coding in map(str.strip, written) if coding not in {"", "identity"}]
    if len(codings) > MAX_CODINGS:
        raise refusal_of(
            "bad_encoding",
            at.url,
            why=fill(gettext_noop("{count} layers of it"), count=len(codings)),
        )
    pieces = _capped(_raw(response), at, limits)
    for coding in reversed(codings):
        if coding not in {"gzip", "x-gzip", "deflate"}:
            why = fill(
                gettext_noop("{coding}, which we did not ask for"), coding=ascii(coding[:20])
            )
            raise refusal_of("bad_encoding", at.url, why=why)
        pieces = _capped(_decompressed(pieces, coding, at), at, limits)
    return b"".join(pieces)


def _raw(response: http.client.HTTPResponse) -> Iterator[bytes]:
    while piece := response.read(CHUNK):
        yield piece
    if response.length:  # http.client takes an early end for the end
        raise http.client.IncompleteRead(b"", response.length)


def _capped(pieces: Iterable[bytes], at: Location, limits: Limits) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limits.max_bytes:
            raise refusal_of("too_large", at.url, limit=limits.max_bytes)
        yield piece


def _decompressed(pieces: Iterable[bytes], coding: str, at: Location) -> Iterator[bytes]:
    """The content of one compressed stream, never more than CHUNK bytes of it at a time."""
    stream = None
    begun = b""
    for piece in pieces:
        if stream is None:
            begun += piece
            if len(begun) < 2:
                continue
            stream, piece = zlib.decompressobj(_window(coding, begun)), begun
        while True:
            try:
                content = stream.decompress(piece, CHUNK)
            except zlib.error as error:
                why = fill(gettext_noop("it is not {coding}"), coding=coding)
                raise refusal_of("bad_encoding", at.url, why=why) from error
            if content:
                yield content
            if stream.unused_data:
                raise refusal_of(
                    "bad_encoding", at.url, why=gettext_noop("something follows its end")
                )
            piece = stream.unconsumed_tail
            if not piece and len(content) < CHUNK:  # a full chunk: more may wait inside
                break
    if begun and (stream is None or not stream.eof):
        raise refusal_of("truncated", at.url)


def _window(coding: str, begun: bytes) -> int:
    """zlib's ``wbits``: *deflate* means zlib's format, but some servers send the naked stream."""
    if coding != "deflate":
        return 16 + zlib.MAX_WBITS
    wrapped = begun[0] & 15 == zlib.DEFLATED and int.from_bytes(begun[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


# --- What came ---------------------------------------------------------------------------------

_PROLOGUE = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_MAGIC = (b"\x89PNG", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"%PDF-", b"PK\x03\x04", b"\x1f\x8b")
_BINARY_TYPE = re.compile(r"(?:image|audio|video|font)/.*|application/(?:pdf|zip|gzip)")


def looks_like_html(content_type: str, body: bytes) -> bool:
    """Whether this is a web page and not Markdown that holds some HTML.

    A page opens with its doctype, ``<html>``, ``<head>`` or ``<body>``, after comments at most.
    Raw Markdown served as ``text/html`` passes unless it opens with any tag.
    """
    prologue = _PROLOGUE.match(body)
    start = prologue.end() if prologue else 0
    if _PAGE.match(body, start):
        return True
    return content_type in {"text/html", "application/xhtml+xml"} and body.startswith(b"<", start)


def looks_binary(content_type: str, body: bytes) -> bool:
    """Whether this is a picture, a recording, an archive or the like: no text in UTF-8 has a NUL."""
    return b"\0" in body or body.startswith(_MAGIC) or bool(_BINARY_TYPE.fullmatch(content_type))


def require_text(fetched: Fetched) -> None:
    """Raise FetchError (``binary``, ``html_page``) for what cannot be a transcript."""
    if looks_binary(fetched.content_type, fetched.body):
        what = f" ({fetched.content_type})" if fetched.content_type else ""
        raise refusal_of("binary", fetched.url, what=what)
    if looks_like_html(fetched.content_type, fetched.body):
        raise refusal_of("html_page", fetched.url)
