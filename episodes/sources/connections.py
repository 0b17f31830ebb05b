"""One request and the head of its answer, over a socket to an address that was checked.

The response is parsed by ``http.client`` over a socket of our own, because the timeouts of
urllib3 start anew with each ``recv``: a header that comes byte by byte outlives them all.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, cast

from episodes.sources.addresses import THIS_MACHINE, Address, Location, special_kind
from episodes.sources.refusals import FetchError, refusal_of
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = [
    "CHUNK",
    "Clock",
    "Deadline",
    "Limits",
    "Resolver",
    "addresses_of",
    "exchange",
    "tls_context",
]

CHUNK = 64 * 1024  # bytes taken from the wire, or out of a decompressor, at a time
MAX_HEAD = 64 * 1024  # bytes of status line and headers, any number of 100 Continue included

Resolver = Callable[..., Iterable[tuple[Any, ...]]]  # as socket.getaddrinfo
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a server's answer is borne; times in seconds."""

    max_bytes: int = 8 * 1024 * 1024  # of the body, before and after decompression
    max_redirects: int = 5
    connect_timeout: float = 5.0  # for each address tried
    read_timeout: float = 10.0  # of silence
    total_timeout: float = 20.0  # for everything: look-up, redirects, headers and body


class Deadline:
    """The one moment by which everything is done."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.clock = clock
        self.seconds = seconds
        self.ends = clock() + seconds
        self.url = ""  # the hop at work, for the message

    @property
    def passed(self) -> bool:
        return self.clock() >= self.ends

    def refusal(self) -> FetchError:
        return refusal_of("too_slow", self.url, seconds=self.seconds)

    def patience(self, most: float) -> float:
        """How long the next wait may take; raises FetchError when the time is up."""
        left = self.ends - self.clock()
        if left <= 0:
            raise self.refusal()
        return min(most, left)


def addresses_of(
    at: Location, allowed: Collection[str], resolver: Resolver, deadline: Deadline
) -> list[Address]:
    """Every address of the host, looked up once, all of them checked."""
    bare = at.host.strip("[]")
    lifted = not {at.host, bare, f"{at.host}:{at.port}"}.isdisjoint(
        entry.strip().lower() for entry in allowed
    )
    if (bare == "localhost" or bare.endswith(".localhost")) and not lifted:
        raise _private(at, "localhost", THIS_MACHINE, liftable=True)
    found = _resolve(at, resolver, deadline) if at.literal is None else [at.literal]
    for address in found:
        special = special_kind(address)
        if special is not None and not (lifted and special[1]):
            raise _private(at, address, *special)
    return found


def _private(at: Location, address: object, kind: Message, liftable: bool) -> FetchError:
    remedy = ""
    if liftable:
        remedy = fill(
            gettext_noop(
                "; if the host is one of yours, have {host} added to SOURCE_ALLOWED_HOSTS"
            ),
            host=at.host,
        )
    return refusal_of("private_address", at.url, address=address, kind=kind, remedy=remedy)


def _resolve(at: Location, resolver: Resolver, deadline: Deadline) -> list[Address]:
    # getaddrinfo takes no timeout and may wait for half a minute: wait for it, but not for ever.
    answer: Future[list[Address]] = Future()

    def ask() -> None:
        try:
            rows = resolver(at.host, at.port, 0, socket.SOCK_STREAM)
            answer.set_result(list(dict.fromkeys(ipaddress.ip_address(row[4][0]) for row in rows)))
        except BaseException as error:
            answer.set_exception(error)  # raised again below, in the caller's thread

    threading.Thread(target=ask, name="oddlots-resolver", daemon=True).start()
    try:
        found = answer.result(timeout=deadline.patience(deadline.seconds))
    except TimeoutError as error:
        raise refusal_of("dns_failed", at.url, host=at.host) from error
    except OSError as error:
        passing = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
        code = "dns_failed" if passing else "unknown_host"
        raise refusal_of(code, at.url, host=at.host) from error
    if not found:
        raise refusal_of("unknown_host", at.url, host=at.host)
    return found


def _dial(address: Address, port: int, timeout: float) -> socket.socket:
    """A connection to a numeric address: nothing is looked up again."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect((str(address), port))
    except BaseException:
        sock.close()
        raise
    return sock


def _connect(
    at: Location, addresses: list[Address], limits: Limits, deadline: Deadline
) -> socket.socket:
    fault = OSError("it has no address")
    for address in addresses:
        try:
            sock = _dial(address, at.port, deadline.patience(limits.connect_timeout))
            break
        except OSError as error:
            fault = error
    else:
        if isinstance(fault, TimeoutError):
            raise fault
        why = fault.strerror or gettext_noop("no answer")
        raise refusal_of("connect_failed", at.url, host=at.host, why=why) from fault
    if at.scheme == "http":
        return sock
    try:
        sock.settimeout(deadline.patience(limits.read_timeout))
        # A TLS stream that just stops is a body cut short, not its end.
        return tls_context().wrap_socket(
            sock, server_hostname=at.host.strip("[]"), suppress_ragged_eofs=False
        )
    except ssl.SSLEOFError as error:
        sock.close()
        why = gettext_noop("it hung up")
        raise refusal_of("tls_failed", at.url, host=at.host, why=why) from error
    except BaseException:
        sock.close()
        raise


def tls_context() -> ssl.SSLContext:
    context = ssl.create_default_context()  # certificate and host name required, TLS 1.2 or later
    context.set_alpn_protocols(["http/1.1"])
    return context


class _Wire(io.RawIOBase):
    """A socket for ``http.client`` to read from, whose bytes are counted and whose time ends.

    Before each ``recv`` the timeout is set to what is left of the deadline, so neither a header
    nor a body that comes byte by byte outlives it.
    """

    def __init__(self, sock: socket.socket, limits: Limits, deadline: Deadline) -> None:
        self.sock = sock
        self.limits = limits
        self.deadline = deadline
        self.left = MAX_HEAD
        self.in_body = False

    def readable(self) -> bool:
        return True

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self, CHUNK)

    def readinto(self, buffer: Any) -> int:
        self.sock.settimeout(self.deadline.patience(self.limits.read_timeout))
        # Small steps in the head, so that little of the body is counted with it.
        count = self.sock.recv_into(memoryview(buffer)[: CHUNK if self.in_body else 2048])
        if not count and not self.in_body and self.left < MAX_HEAD:
            raise http.client.IncompleteRead(b"")  # http.client takes it for the head's end
        self.left -= count
        if self.left < 0:
            if self.in_body:
                raise refusal_of("too_large", self.deadline.url, limit=self.limits.max_bytes)
            raise http.client.LineTooLong("header")
        return count

    def begin_body(self) -> None:
        """From here the body counts, with as much again for the framing of its chunks."""
        self.in_body = True
        self.left = 2 * self.limits.max_bytes + MAX_HEAD


@contextmanager
def exchange(
    at: Location,
    request: bytes,
    addresses: list[Address],
    limits: Limits,
    deadline: Deadline,
) -> Iterator[http.client.HTTPResponse]:
    """One request and the head of its answer; whatever breaks meanwhile is a FetchError."""
    try:
        with closing(_connect(at, addresses, limits, deadline)) as sock:
            sock.settimeout(deadline.patience(limits.read_timeout))
            sock.sendall(request)
            wire = _Wire(sock, limits, deadline)
            with closing(http.client.HTTPResponse(cast(socket.socket, wire), method="GET")) as got:
                got.begin()
                wire.begin_body()
                yield got
    except FetchError:
        raise
    except TimeoutError as error:
        if deadline.passed:
            raise deadline.refusal() from error
        raise refusal_of("timeout", at.url, host=at.host) from error
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message
        raise refusal_of("tls_untrusted", at.url, host=at.host, why=why) from error
    except (http.client.IncompleteRead, ssl.SSLEOFError) as error:
        raise refusal_of("truncated", at.url) from error
    except ssl.SSLError as error:
        why = error.reason or gettext_noop("the handshake failed")
        raise refusal_of("tls_failed", at.url, host=at.host, why=why) from error
    except OSError as error:
        why = error.strerror or gettext_noop("no answer")
        raise refusal_of("connection_lost", at.url, host=at.host, why=why) from error
    except (http.client.HTTPException, ValueError) as error:
        why = type(error).__name__
        raise refusal_of("bad_response", at.url, host=at.host, why=why) from error
