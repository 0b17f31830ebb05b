"""One registry decides by the address what kind of source it is, and how it is asked."""

from __future__ import annotations

import re
import socket
from collections.abc import Collection
from enum import StrEnum
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from episodes import recordings
from episodes.sources.addresses import Location, locate
from episodes.sources.answers import Answer, Metadata, State, TrackKind
from episodes.sources.connections import Limits, Resolver
from episodes.sources.http import ORDINARY, FetchError, fetch, require_text
from episodes.sources.manners import YOUTUBE, Delay, Manners
from episodes.sources.youtube import MakeYdl, fetch_captions
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = ["Answer", "Kind", "Metadata", "State", "TrackKind", "ask", "kind_of"]


class Kind(StrEnum):
    WEB = "web"
    YOUTUBE = "youtube"
    UPLOAD = "upload"  # a file's name, a path below a folder, or pasted text


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_COPY = re.compile(r" \([0-9]+\)\Z")  # ``deciding`` tells a second source of one address so
_GONE = (404, 410)


def kind_of(address: str) -> Kind:
    """Return what ``address`` is the address of.

    YouTube's are those of a video, even if its id is cut short: a channel or a playlist is a page of
    the web. An unknown scheme is one of the web too, where asking says that it is not read.
    """
    address = _asked(address)
    recording = recordings.identify(address)
    if recording.identity or recording.diagnostic:
        return Kind.YOUTUBE
    return Kind.WEB if _SCHEME.match(address) else Kind.UPLOAD


def ask(
    address: str,
    *,
    manners: Manners,
    etag: str = "",
    last_modified: str = "",
    allowed_hosts: Collection[str] = (),
    pause_at_loopback: bool = False,
    limits: Limits = ORDINARY,
    resolver: Resolver = socket.getaddrinfo,
    make_ydl: MakeYdl | None = None,
) -> Answer:
    """Ask the source for what stands there now; nothing that the other side does raises.

    ``etag`` and ``last_modified`` are those of the last answer; ``allowed_hosts`` as in
    :func:`episodes.sources.http.fetch`. ``manners`` may make it wait for its turn. One visit is one
    turn, whatever redirects it follows. Where a host asked to be left alone, the answer is ``passing``
    without a request. An allowed host of this very machine has no pauses unless
    ``pause_at_loopback``. ``make_ydl``: see :func:`episodes.sources.youtube.fetch_captions`.
    """
    kind = kind_of(address)
    if kind == Kind.UPLOAD:
        message = gettext_noop(
            "“{address}” was uploaded and cannot be asked for again. Upload the file again."
        )
        return Answer(State.CANNOT_ASK, fill(message, address=address[:200]))
    address = _asked(address)
    if kind == Kind.YOUTUBE:
        return _ask_youtube(address, manners, make_ydl)
    try:
        at = locate(address)
        pausing = pause_at_loopback or not _is_own(at, allowed_hosts)
        delay = manners.wait(at.authority, pausing=pausing)
        if delay is not None:
            return Answer(
                State.PASSING,
                _delay_sentence(at.authority, delay),
                url=at.url,
                retry_after=delay.seconds,
            )
        fetched = fetch(
            at.url,
            allowed_hosts=allowed_hosts,
            limits=limits,
            etag=etag,
            last_modified=last_modified,
            resolver=resolver,
        )
        if not fetched.not_modified:
            require_text(fetched)
    except FetchError as error:
        if error.retry_after is not None:
            manners.leave_alone(locate(error.url).authority, error.retry_after)
        passing = State.PASSING if error.transient else State.FAILED
        state = State.GONE if error.status in _GONE else passing
        return Answer(state, error.message, url=error.url, retry_after=error.retry_after)
    return Answer(
        State.NOT_MODIFIED if fetched.not_modified else State.CONTENT,
        data=fetched.body,
        name=PurePosixPath(unquote(urlsplit(fetched.requested).path)).name,
        content_type=fetched.content_type,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        url=fetched.url,
        redirects=fetched.redirects,
        permanent=fetched.permanent,
    )


def _ask_youtube(address: str, manners: Manners, make_ydl: MakeYdl | None) -> Answer:
    diagnostic = recordings.identify(address).diagnostic
    if diagnostic is not None:
        return Answer(State.FAILED, diagnostic.message, url=address)
    delay = manners.wait(YOUTUBE)
    if delay is not None:
        message = _delay_sentence(YOUTUBE, delay)
        return Answer(State.PASSING, message, url=address, retry_after=delay.seconds)
    answer = fetch_captions(address, make_ydl=make_ydl)
    if answer.retry_after is not None:
        manners.leave_alone(YOUTUBE, answer.retry_after)
    return answer


def _asked(address: str) -> str:
    """The address without the number that a second source of one URL carries: no URL has a space."""
    return _COPY.sub("", address.strip())


def _is_own(at: Location, allowed_hosts: Collection[str]) -> bool:
    """Whether this is an allowed address of this very machine."""
    literal = at.literal
    own = at.host == "localhost" or (literal is not None and literal.is_loopback)
    return own and not {at.host, at.host.strip("[]"), f"{at.host}:{at.port}"}.isdisjoint(
        entry.strip().lower() for entry in allowed_hosts
    )


def _delay_sentence(host: str, delay: Delay) -> Message:
    minutes = max(1, round(delay.seconds / 60))
    if delay.asked_for:
        template = gettext_noop(
            "{host} asked to be left alone for another {minutes} min. Try again then."
        )
    else:
        template = gettext_noop(
            "Too many requests to {host} wait their turn. Try again in {minutes} min."
        )
    return fill(template, host=host, minutes=minutes)
