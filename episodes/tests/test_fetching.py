"""The guarded fetch: what it brings home, and the code of every refusal.

All traffic stays on 127.0.0.1: names are answered by a resolver of the test's, and a connection to
anywhere else fails it.
"""

from __future__ import annotations

import gzip
import pickle
import shutil
import socket
import ssl
import subprocess
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.sources import http
from episodes.sources.connections import tls_context
from episodes.sources.http import (
    REFUSALS,
    Fetched,
    FetchError,
    Limits,
    fetch,
    is_public,
    looks_like_html,
    normalise_url,
    require_text,
)

MARKDOWN = "---\ntitle: 数据中心\n---\n\nAlice: Hello.\n".encode()
PUBLIC = "93.184.215.14"

gzipped = partial(gzip.compress, mtime=0)  # the same bytes, and test names, in every process

Answer = bytes | Callable[[socket.socket], None]


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole response; ``Content-Length`` is right unless the test says otherwise."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Content-Length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def chunked(*pieces: bytes, **headers: str) -> bytes:
    head = answer(Content_Length="", Transfer_Encoding="chunked", **headers)
    return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))


def moved(to: str, status: int = 302) -> bytes:
    return answer(b"gone", f"{status} Moved", Location=to)


def endless(head: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    """Sends ``piece`` until the other side has had enough."""

    def send(sock: socket.socket) -> None:
        sock.sendall(head)
        while True:
            sock.sendall(piece)

    return send


class Server:
    """Answers on 127.0.0.1 by path, one connection a request, and keeps the requests."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[str] = []
        self.context = context
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self.closing = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=[sock], daemon=True).start()

    def serve(self, sock: socket.socket) -> None:
        # OSError: the client has hung up, as it should in half of the tests.
        with sock, suppress(OSError):
            sock.settimeout(10)
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            with sock:
                request = b""
                while not request.endswith(b"\r\n\r\n"):
                    part = sock.recv(4096)
                    if not part:
                        return
                    request += part
                self.requests.append(request.decode())
                reply = self.answers[self.requests[-1].split(" ")[1]]
                reply(sock) if callable(reply) else sock.sendall(reply)

    def headers(self, index: int = -1) -> dict[str, str]:
        lines = self.requests[index].split("\r\n")[1:-2]
        return dict(line.split(": ", 1) for line in lines)

    def get(self, path: str = "/a.md", **kwargs: object) -> Fetched:
        return fetch(self.url + path, allowed_hosts=[self.host], **kwargs)

    def refusal(self, path: str = "/a.md", **kwargs: object) -> FetchError:
        return refusal(self.url + path, allowed_hosts=[self.host], **kwargs)


class Resolver:
    """Answers each look-up with the next list of addresses, the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int, family: int, kind: int) -> list[tuple[object, ...]]:
        self.asked.append((host, port))
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(None, kind, 6, "", (address, port)) for address in found]


def no_resolver(*args: object) -> list[tuple[object, ...]]:
    raise AssertionError(f"looked up {args}")


class SteppingClock:
    """A clock on which every look takes a second."""

    def __init__(self) -> None:
        self.seconds = count()

    def __call__(self) -> float:
        return float(next(self.seconds))


def refusal(url: str, **kwargs: object) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, **{"resolver": no_resolver, **kwargs})
    return caught.value


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.closing.set()
    server.listener.close()


@pytest.fixture(autouse=True)
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where connections went; none leaves the machine."""
    connect, tried = socket.socket.connect, []

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        tried.append(address[:2])
        if address[0] != "127.0.0.1":
            raise ConnectionRefusedError(111, "Connection refused")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    return tried


# --- What it brings ---------------------------------------------------------------------------


def test_a_document_arrives_with_what_the_server_said_about_it(server):
    server.answers["/a.md?b=1"] = answer(
        MARKDOWN,
        Content_Type='Text/Markdown; Charset="UTF-8"',
        ETag='W/"abc"',
        Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT",
    )

    assert server.get("/a.md?b=1#t") == Fetched(
        url=f"{server.url}/a.md?b=1",
        requested=f"{server.url}/a.md?b=1",
        redirects=(),
        permanent=False,
        status=200,
        body=MARKDOWN,
        content_type="text/markdown",
        charset="utf-8",
        etag='W/"abc"',
        last_modified="Mon, 01 Jan 2024 00:00:00 GMT",
        not_modified=False,
    )


def test_the_request_says_who_asks_and_which_compressions_it_takes(server):
    server.answers["/a.md"] = answer(MARKDOWN)

    server.get(user_agent="Desk/2")

    assert server.requests[0].startswith("GET /a.md HTTP/1.1\r\n")
    assert server.headers() == {
        "Host": server.host,
        "User-Agent": "Desk/2",
        "Accept": "text/markdown, text/vtt, text/plain;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }


def test_proxies_of_the_environment_are_not_used(server, monkeypatch, dialled):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    server.answers["/a.md"] = answer(MARKDOWN)

    assert server.get().body == MARKDOWN
    assert dialled == [("127.0.0.1", server.port)]


@pytest.mark.parametrize(
    "reply",
    [
        chunked(MARKDOWN[:5], MARKDOWN[5:]),
        answer(MARKDOWN, Content_Length=""),  # until the connection ends
        b"HTTP/1.0 200 OK\r\n\r\n" + MARKDOWN,
        b"HTTP/1.1 100 Continue\r\n\r\n" + answer(MARKDOWN),
        answer(MARKDOWN, "203 Non-Authoritative Information"),
        answer(gzipped(MARKDOWN), Content_Encoding="gzip"),
        answer(gzipped(MARKDOWN), Content_Encoding="X-GZip"),
        answer(zlib.compress(MARKDOWN), Content_Encoding="deflate"),
        answer(zlib.compress(MARKDOWN)[2:-4], Content_Encoding="deflate"),  # the naked stream
        answer(MARKDOWN, Content_Encoding="identity"),
        answer(gzipped(zlib.compress(MARKDOWN)), Content_Encoding="deflate, gzip"),
        chunked(*(bytes([b]) for b in gzipped(MARKDOWN)), Content_Encoding="gzip"),
        chunked(*(bytes([b]) for b in zlib.compress(MARKDOWN)), Content_Encoding="deflate"),
    ],
)
def test_every_framing_and_compression_gives_the_same_bytes(server, reply):
    server.answers["/a.md"] = reply

    assert server.get().body == MARKDOWN


def test_an_empty_document_is_empty_whatever_its_compression(server):
    server.answers["/a.md"] = answer(b"", Content_Encoding="gzip")

    assert server.get().body == b""


def test_a_body_of_exactly_the_limit_is_read_and_one_byte_more_is_not(server):
    server.answers["/a.md"] = answer(b"x" * 1000, Content_Length="")

    assert server.get(limits=Limits(max_bytes=1000)).body == b"x" * 1000
    assert server.refusal(limits=Limits(max_bytes=999)).code == "too_large"


def test_a_large_body_whose_header_comes_in_pieces_is_whole(server):
    body = bytes(range(1, 256)) * 8000

    def reply(sock: socket.socket) -> None:
        whole = answer(body)
        for start in range(0, 60):
            sock.sendall(whole[start : start + 1])
        sock.sendall(whole[60:])

    server.answers["/a.md"] = reply

    assert server.get().body == body


# --- Not modified -----------------------------------------------------------------------------


def test_validators_are_sent_and_304_says_not_modified(server):
    server.answers["/a.md"] = answer(status="304 Not Modified", Content_Length="")

    fetched = server.get(etag='"1"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT")

    assert server.headers()["If-None-Match"] == '"1"'
    assert server.headers()["If-Modified-Since"] == "Mon, 01 Jan 2024 00:00:00 GMT"
    assert (fetched.not_modified, fetched.status, fetched.body) == (True, 304, b"")
    assert (fetched.etag, fetched.last_modified) == ('"1"', "Mon, 01 Jan 2024 00:00:00 GMT")


def test_304_may_bring_a_new_validator(server):
    server.answers["/a.md"] = answer(status="304 Not Modified", ETag='"2"')

    fetched = server.get(etag='"1"')

    assert (fetched.etag, fetched.last_modified) == ('"2"', "")


def test_a_changed_document_does_not_keep_the_old_validators(server):
    server.answers["/a.md"] = answer(MARKDOWN)

    fetched = server.get(etag='"1"', last_modified="x")

    assert (fetched.etag, fetched.last_modified, fetched.not_modified) == ("", "", False)


def test_304_without_having_asked_is_refused(server):
    server.answers["/a.md"] = answer(status="304 Not Modified")

    assert server.refusal().code == "http_304"


@pytest.mark.parametrize("value", ['"1"\r\nX-Evil: 1', '"é"', "x" * 501])
def test_a_validator_that_would_break_the_header_is_left_out(server, value):
    server.answers["/a.md"] = answer(MARKDOWN)

    server.get(etag=value, last_modified=value)

    assert {"If-None-Match", "If-Modified-Since", "X-Evil"}.isdisjoint(server.headers())


def test_a_user_agent_that_would_break_the_header_is_a_programming_error(server):
    with pytest.raises(ValueError, match="user_agent"):
        server.get(user_agent="a\r\nb: c")


# --- Addresses of documents -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("HTTPS://Example.COM", "https://example.com/"),
        ("https://example.com:443/a.md#t1", "https://example.com/a.md"),
        ("http://example.com:80/", "http://example.com/"),
        ("http://example.com:/", "http://example.com/"),
        ("http://example.com:0443/", "http://example.com:443/"),
        ("https://例子.测试/文.md", "https://xn--fsqu00a.xn--0zwm56d/%E6%96%87.md"),
        ("https://ｅｘａｍｐｌｅ。com/", "https://example.com/"),
        ("https://example.com/%7ea/%e6%96%87", "https://example.com/~a/%E6%96%87"),
        ("https://example.com/a/./b/../c/..", "https://example.com/a/"),
        ("https://example.com/%2e%2E/../a", "https://example.com/a"),
        ("https://example.com/100%/%zz", "https://example.com/100%25/%25zz"),
        ('https://example.com/"<a>"|{b}', "https://example.com/%22%3Ca%3E%22%7C%7Bb%7D"),
        ("https://example.com/a?b=/?c&d=ü", "https://example.com/a?b=/?c&d=%C3%BC"),
        ("https://example.com?b", "https://example.com/?b"),
        ("https://example.com//a//b", "https://example.com//a//b"),
        ("https://[2001:DB8:0::1]:8443/", "https://[2001:db8::1]:8443/"),
        ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/"),
        ("http://127。0．0｡1/", "http://127.0.0.1/"),
        ("http://127.0.0.\N{SOFT HYPHEN}1/", "http://127.0.0.1/"),
    ],
)
def test_the_normal_form_of_an_address(written, normal):
    assert normalise_url(written) == normal
    assert normalise_url(normal) == normal


@given(
    st.builds(
        "{}://{}{}/{}".format,
        st.sampled_from(["http", "HTTPS"]),
        st.text(st.sampled_from("aB7.-x⑦ü。:[]%"), min_size=1, max_size=12),
        st.sampled_from(["", ":80", ":8001"]),
        st.text(st.sampled_from("ab./%2eEé?&=#;:@'文"), max_size=20),
    )
)
def test_the_normal_form_is_its_own_normal_form(url):
    with suppress(FetchError):
        normal = normalise_url(url)
        assert normal.isascii()
        assert normalise_url(normal) == normal


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "bad_scheme"),
        ("example.com/a.md", "bad_scheme"),
        ("//example.com/a.md", "bad_scheme"),
        ("file:///etc/passwd", "bad_scheme"),
        ("ftp://example.com/a.md", "bad_scheme"),
        ("gopher://example.com/", "bad_scheme"),
        ("javascript:alert(1)", "bad_scheme"),
        ("data:text/plain,a", "bad_scheme"),
        ("unix:///run/docker.sock", "bad_scheme"),
        ("http://user:secret@example.com/", "credentials"),
        ("http://user@example.com/", "credentials"),
        ("http://@example.com/", "credentials"),
        ("http://example.com@127.0.0.1/", "credentials"),
        ("http://", "bad_url"),
        ("http:///a.md", "bad_url"),
        ("http:example.com/a.md", "bad_url"),
        ("http://:80/", "bad_url"),
        ("http://example.com:0/", "bad_url"),
        ("http://example.com:65536/", "bad_url"),
        ("http://example.com:-1/", "bad_url"),
        ("http://example.com:8a/", "bad_url"),
        ("http://example.com:８０/", "bad_url"),
        ("http://example.com:80:80/", "bad_url"),
        ("http://[::1/", "bad_url"),
        ("http://[::1]x/", "bad_url"),
        (" http://example.com/", "bad_url"),
        ("http://example.com/a b", "bad_url"),
        ("http://example.com/\r\nHost: evil", "bad_url"),
        ("http://exam\tple.com/", "bad_url"),
        ("http://example.com/\x00", "bad_url"),
        ("http://example.com/\x7f", "bad_url"),
        ("http://example.com/\x85", "bad_url"),
        ("http://example.com/\u2028", "bad_url"),
        ("http://example.com/\u3000", "bad_url"),
        ("http://example.com/\ud800", "bad_url"),
        ("http://example.com\\@127.0.0.1/", "bad_url"),
        ("http:\\\\127.0.0.1/", "bad_url"),
        ("http://example.com／a/", "bad_url"),
        ("http://example.com/" + "a" * 2000, "bad_url"),
        ("http://example.com/" + "文" * 500, "bad_url"),
        ("http://example.com./", "bad_host"),
        ("http://127.0.0.1./", "bad_host"),
        ("http://localhost./", "bad_host"),
        ("http://example.com。/", "bad_host"),
        ("http://./", "bad_host"),
        ("http://a..b/", "bad_host"),
        ("http://.a/", "bad_host"),
        ("http://127%2e0.0.1/", "bad_host"),
        ("http://127.0.0.1%00.example.com/", "bad_host"),
        ("http://exa$mple.com/", "bad_host"),
        ("http://straße.de/", "bad_host"),
        ("http://" + "a" * 64 + ".com/", "bad_host"),
        ("http://" + "a." * 127 + "com/", "bad_host"),
        ("http://[fe80::1%25eth0]/", "bad_host"),
        ("http://[fe80::1%eth0]/", "bad_host"),
        ("http://[127.0.0.1]/", "bad_url"),
        ("http://[v1.a]/", "bad_host"),
        ("http://2130706433/", "odd_address"),
        ("http://0177.0.0.1/", "odd_address"),
        ("http://0x7f.0.0.1/", "odd_address"),
        ("http://0x7f000001/", "odd_address"),
        ("http://0X7F000001/", "odd_address"),
        ("http://127.1/", "odd_address"),
        ("http://127.0.1/", "odd_address"),
        ("http://0/", "odd_address"),
        ("http://127.0.0.01/", "odd_address"),
        ("http://127.0.0.0x1/", "odd_address"),
        ("http://256.0.0.1/", "odd_address"),
        ("http://1.2.3.4.5/", "odd_address"),
        ("http://⑫⑦.①/", "odd_address"),
        ("http://⒈27/", "odd_address"),
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_looked_up(url, code):
    error = refusal(url)

    assert error.code == code
    assert (error.transient, error.status) == (False, None)
    with pytest.raises(FetchError) as caught:
        normalise_url(url)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@example.com/a.md",
        "http://user:secret@example.com/a b",
        " http:\\\\user:secret@example.com/a",
    ],
)
def test_a_password_does_not_reach_the_message(url):
    error = refusal(url)

    assert "secret" not in error.message + error.url
    assert "http://example.com/a" in error.message


def test_an_at_sign_further_on_is_no_password():
    url = "http://10.0.0.1/http://user@example.com/?a=//b@c"

    assert refusal(url).url == normalise_url(url) == url


def test_what_an_address_contains_cannot_pass_for_our_words():
    error = refusal("http://example.com/\r\n" + "a" * 1000)

    assert error.message == (
        "http://example.com/\ufffd\ufffd" + "a" * 179 + "… is not a web address: "
        "it contains a control character (U+000D). Correct the address."
    )


# --- Addresses of hosts -----------------------------------------------------------------------

NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1",
    "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
    "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "168.63.129.16", "100.100.100.200",
    "::", "::1", "::2", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:db8::1",
    "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00::1",
    "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
ARE_PUBLIC = [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
    "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.17", PUBLIC,
    "2001:200::1", "2001:4860:4860::8888", "2400::1", "2606:4700::1111", "64:ff9b::808:808",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_refused_however_it_is_reached(address, dialled):
    assert not is_public(address)

    resolver = Resolver([address])
    named = refusal("http://podcast.example/a.md", resolver=resolver)
    assert (named.code, named.url) == ("private_address", "http://podcast.example/a.md")
    assert resolver.asked == [("podcast.example", 80)]

    host = f"[{address}]" if ":" in address else address
    if "%" not in address:
        assert refusal(f"http://{host}/a.md").code == "private_address"
    assert dialled == []


@pytest.mark.parametrize("address", ARE_PUBLIC)
def test_a_public_address_is_dialled_on_the_port_of_the_url(address, dialled):
    assert is_public(address)

    resolver = Resolver([address])
    error = refusal("https://podcast.example:8443/a.md", resolver=resolver)

    assert (error.code, error.transient) == ("connect_failed", True)
    assert dialled == [(address, 8443)]


@given(st.ip_addresses())
def test_nothing_is_public_that_python_knows_to_be_special(address):
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4), st.sampled_from(["{:d}", "{:#x}", "0{:o}"]))
def test_no_spelling_of_a_number_reaches_the_resolver(address, spelling):
    assert refusal(f"http://{spelling.format(int(address))}/").code == "odd_address"
    tail = int(address) & 0xFFFFFF
    assert refusal(f"http://127.{spelling.format(tail)}/").code == "odd_address"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://127。0。0。1/",
        "http://localhost/",
        "http://LOCALHOST:8000/",
        "http://ｌｏｃａｌｈｏｓｔ/",
        "http://a.localhost/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
def test_this_machine_by_any_other_name_is_refused_without_a_look_up(url):
    assert refusal(url).code == "private_address"


def test_one_private_address_among_public_ones_is_enough(dialled):
    resolver = Resolver([PUBLIC, "10.0.0.1"])

    assert refusal("http://podcast.example/", resolver=resolver).code == "private_address"
    assert dialled == []


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_dialled(monkeypatch, dialled):
    monkeypatch.setattr(socket, "getaddrinfo", no_resolver)
    resolver = Resolver([PUBLIC], ["127.0.0.1"])

    assert refusal("http://rebinding.example/", resolver=resolver).code == "connect_failed"
    assert resolver.asked == [("rebinding.example", 80)]
    assert dialled == [(PUBLIC, 80)]


def test_the_next_address_is_tried_when_one_does_not_answer(server, dialled):
    server.answers["/a.md"] = answer(MARKDOWN)
    resolver = Resolver(["10.0.0.1", "10.0.0.1", "127.0.0.1"])

    fetched = fetch(
        f"http://wiki.example:{server.port}/a.md", allowed_hosts=["wiki.example"], resolver=resolver
    )

    assert fetched.body == MARKDOWN
    assert dialled == [("10.0.0.1", server.port), ("127.0.0.1", server.port)]
    assert server.headers()["Host"] == f"wiki.example:{server.port}"


@pytest.mark.parametrize(
    ("fault", "code", "transient"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), "unknown_host", False),
        (socket.gaierror(socket.EAI_AGAIN, "later"), "dns_failed", True),
        (TimeoutError(), "dns_failed", True),
    ],
)
def test_a_look_up_that_fails(fault, code, transient):
    def resolver(*args: object) -> list[tuple[object, ...]]:
        raise fault

    error = refusal("http://podcast.example/", resolver=resolver)

    assert (error.code, error.transient) == (code, transient)


def test_a_look_up_without_an_answer():
    assert refusal("http://podcast.example/", resolver=Resolver([])).code == "unknown_host"


def test_a_look_up_that_takes_too_long_is_given_up():
    done = threading.Event()

    def resolver(*args: object) -> list[tuple[object, ...]]:
        done.wait(10)
        return []

    error = refusal("http://podcast.example/", resolver=resolver, limits=Limits(total_timeout=0.05))
    done.set()

    assert error.code == "dns_failed"


# --- SOURCE_ALLOWED_HOSTS ---------------------------------------------------------------------


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.1:{port}", " 127.0.0.1:{port} "])
def test_an_allowed_host_may_be_private(server, entry):
    server.answers["/a.md"] = answer(MARKDOWN)

    fetched = fetch(server.url + "/a.md", allowed_hosts=[entry.format(port=server.port)])

    assert fetched.body == MARKDOWN


@pytest.mark.parametrize("entry", ["127.0.0.1:1", "127.0.0.2", "wiki.example", "127.0.0", ""])
def test_another_entry_does_not_allow_it(server, entry):
    assert refusal(server.url, allowed_hosts=[entry]).code == "private_address"


def test_an_entry_is_matched_with_the_name_and_not_with_its_address(server):
    error = refusal(
        f"http://podcast.example:{server.port}/",
        allowed_hosts=["127.0.0.1"],
        resolver=Resolver(["127.0.0.1"]),
    )

    assert error.code == "private_address"
    assert server.requests == []


def test_localhost_can_be_allowed(server):
    server.answers["/a.md"] = answer(MARKDOWN)

    fetched = fetch(
        f"http://localhost:{server.port}/a.md",
        allowed_hosts=["Localhost"],
        resolver=Resolver(["127.0.0.1"]),
    )

    assert fetched.body == MARKDOWN


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "fd00:ec2::254", "::ffff:10.0.0.1"]
)
def test_an_allowed_name_still_cannot_lead_to_metadata_or_nonsense(address, dialled):
    error = refusal(
        "http://wiki.example/", allowed_hosts=["wiki.example"], resolver=Resolver([address])
    )

    assert error.code == "private_address"
    assert dialled == []


@pytest.mark.parametrize("entry", ["::1", "[::1]", "[::1]:8001"])
def test_an_ipv6_address_is_allowed_in_either_spelling(entry, dialled):
    assert refusal("http://[::1]:8001/", allowed_hosts=[entry]).code == "connect_failed"
    assert dialled == [("::1", 8001)]


# --- Redirects --------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(server, status):
    server.answers["/a.md"] = moved("../b%2emd#top", status)
    server.answers["/b.md"] = answer(MARKDOWN)

    fetched = server.get()

    assert fetched.body == MARKDOWN
    assert fetched.requested == f"{server.url}/a.md"
    assert fetched.redirects == (f"{server.url}/b.md",)
    assert fetched.url == f"{server.url}/b.md"
    assert fetched.permanent is (status in (301, 308))


def test_a_move_is_permanent_only_if_every_step_is(server):
    server.answers |= {"/a.md": moved("/b", 301), "/b": moved("/c", 302), "/c": answer(MARKDOWN)}

    fetched = server.get()

    assert fetched.redirects == (f"{server.url}/b", f"{server.url}/c")
    assert not fetched.permanent


def test_a_redirect_may_write_utf_8(server):
    server.answers |= {"/a.md": moved("/文.md"), "/%E6%96%87.md": answer(MARKDOWN)}

    assert server.get().body == MARKDOWN


def test_each_hop_is_looked_up_once_and_dialled_where_it_was_checked(server, dialled):
    to = f"http://b.example:{server.port}/b"
    server.answers |= {"/a.md": moved(to), "/b": answer(MARKDOWN)}
    resolver = Resolver(["127.0.0.1"])

    fetched = fetch(
        f"http://a.example:{server.port}/a.md",
        allowed_hosts=["a.example", "b.example"],
        resolver=resolver,
    )

    assert fetched.redirects == (to,)
    assert resolver.asked == [("a.example", server.port), ("b.example", server.port)]
    assert dialled == [("127.0.0.1", server.port)] * 2
    assert server.headers()["Host"] == f"b.example:{server.port}"


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("http://127.0.0.1:1/", "private_address"),
        ("http://127.0.0.2/", "private_address"),
        ("http://169.254.169.254/latest/", "private_address"),
        ("http://inner.example/", "private_address"),
        ("//inner.example/", "private_address"),
        ("http://[::1]/", "private_address"),
        ("http://[::ffff:127.0.0.1]/", "private_address"),
        ("http://localhost/", "private_address"),
        ("http://①②⑦.⓪.⓪.①/", "private_address"),
        ("http://2130706433/", "odd_address"),
        ("http://0177.0.0.1/", "odd_address"),
        ("file:///etc/passwd", "bad_scheme"),
        ("ftp://example.com/", "bad_scheme"),
        ("http://user:secret@example.com/", "credentials"),
        ("/a b", "bad_url"),
        ("\\\\127.0.0.1\\", "bad_url"),
        ("http://[::1/", "bad_url"),
        ("http://127.0.0.1./", "bad_host"),
        ("", "no_redirect_target"),
    ],
)
def test_a_redirect_is_held_to_the_same_rules(server, to, code):
    server.answers["/a.md"] = moved(to)

    error = server.refusal(resolver=Resolver(["10.0.0.1"]))

    assert error.code == code
    assert len(server.requests) == 1
    assert "secret" not in error.message
    if code != "no_redirect_target":
        assert error.url != f"{server.url}/a.md"
        assert error.message.endswith(f" ({server.url}/a.md redirected there.)")


@pytest.mark.parametrize("to", ["/a.md", "/A/../a%2Emd#x", "/b"])
def test_a_circle_is_left(server, to):
    server.answers |= {"/a.md": moved(to), "/b": moved("/a.md")}

    assert server.refusal().code == "redirect_loop"


def test_redirects_are_counted(server):
    server.answers |= {f"/{n}": moved(f"/{n + 1}") for n in range(9)}
    server.answers["/3"] = answer(MARKDOWN)

    assert server.get("/0", limits=Limits(max_redirects=3)).body == MARKDOWN
    assert server.refusal("/0", limits=Limits(max_redirects=2)).code == "too_many_redirects"
    assert server.refusal("/2", limits=Limits(max_redirects=0)).code == "too_many_redirects"


def test_the_deadline_is_one_for_all_hops(server):
    server.answers |= {f"/{n}": moved(f"/{n + 1}") for n in range(99)}

    error = server.refusal("/0", clock=SteppingClock(), limits=Limits(max_redirects=90))

    assert error.code == "too_slow"


# --- Statuses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "transient"),
    [
        (201, "http_201", False),
        (204, "no_content", False),
        (205, "no_content", False),
        (206, "partial_content", False),
        (300, "http_300", False),
        (400, "http_400", False),
        (401, "http_401", False),
        (403, "http_403", False),
        (404, "http_404", False),
        (408, "http_408", True),
        (410, "http_410", False),
        (418, "http_418", False),
        (425, "http_425", True),
        (429, "http_429", True),
        (500, "http_500", True),
        (502, "http_502", True),
        (503, "http_503", True),
        (999, "http_999", True),
    ],
)
def test_any_other_status_has_its_code(server, status, code, transient):
    server.answers["/a.md"] = answer(b"<html>", f"{status} Whatever")

    error = server.refusal()

    assert (error.code, error.status, error.transient) == (code, status, transient)
    assert error.url == f"{server.url}/a.md"


def test_the_sentence_says_what_where_and_what_to_do(server):
    server.answers["/a.md"] = answer(b"", "404 Not Found")

    error = server.refusal()

    assert str(error) == f"Nothing stands at {server.url}/a.md (HTTP 404). Check the address."
    assert refusal("http://wiki.example/", resolver=Resolver(["10.0.0.1"])).message == (
        "http://wiki.example/ leads to 10.0.0.1, a private network. Only public addresses are "
        "read; if the host is one of yours, have wiki.example added to SOURCE_ALLOWED_HOSTS."
    )


def test_an_error_survives_the_way_between_processes(server):
    server.answers["/a.md"] = answer(b"", "503 Busy")
    error = server.refusal()

    again = pickle.loads(pickle.dumps(error))

    assert vars(again) == vars(error)


# --- Size -------------------------------------------------------------------------------------


def test_a_gigabyte_that_is_announced_is_refused_at_once(server):
    server.answers["/a.md"] = answer(b"", Content_Length=str(1 << 30))

    assert server.refusal().code == "too_large"


@pytest.mark.parametrize(
    "reply",
    [
        endless(answer(Content_Length=""), b"x" * 65536),
        endless(answer(Content_Length="", Transfer_Encoding="chunked"), b"1000\r\n" + b"x" * 4098),
        # All framing and no content: each chunk's length comes with 4 kB of extension.
        endless(
            answer(Content_Length="", Transfer_Encoding="chunked"),
            b"1;" + b"x" * 4096 + b"\r\nx\r\n",
        ),
        endless(
            answer(Content_Length="", Transfer_Encoding="chunked") + b"0\r\n", b"A: b\r\n" * 999
        ),
    ],
)
def test_an_endless_body_is_cut_off(server, reply):
    server.answers["/a.md"] = reply

    assert server.refusal(limits=Limits(max_bytes=1 << 20)).code == "too_large"


def bomb(size: int, compressor: object) -> bytes:
    block = bytes(1 << 20)
    return b"".join([*(compressor.compress(block) for _ in range(size >> 20)), compressor.flush()])


BOMBS = {
    "gzip": bomb(1 << 28, zlib.compressobj(9, wbits=31)),
    "deflate": bomb(1 << 28, zlib.compressobj(9)),
    "gzip, gzip": gzipped(bomb(1 << 28, zlib.compressobj(9, wbits=31))),
    "deflate, gzip": gzipped(bomb(1 << 28, zlib.compressobj(9))),
}


@pytest.mark.parametrize("coding", BOMBS)
def test_a_bomb_is_refused_without_being_unpacked(server, coding):
    server.answers["/a.md"] = answer(BOMBS[coding], Content_Encoding=coding)

    tracemalloc.start()
    try:
        error = server.refusal(limits=Limits(max_bytes=1 << 20))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert error.code == "too_large"
    assert peak < 6 << 20  # of 256 MiB


@pytest.mark.parametrize("rest", range(-3, 4))
def test_nothing_is_left_inside_the_decompressor(server, rest):
    body = b"ab" * (http.CHUNK + rest)
    server.answers["/a.md"] = answer(gzipped(body), Content_Encoding="gzip")

    assert server.get().body == body


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer(MARKDOWN, Content_Encoding="gzip"), "bad_encoding"),
        (answer(MARKDOWN, Content_Encoding="br"), "bad_encoding"),
        (answer(MARKDOWN, Content_Encoding="deflate"), "bad_encoding"),
        (answer(gzipped(MARKDOWN) * 2, Content_Encoding="gzip"), "bad_encoding"),
        (answer(MARKDOWN, Content_Encoding="gzip, " * 4), "bad_encoding"),
        (answer(gzipped(MARKDOWN)[:-9], Content_Encoding="gzip"), "truncated"),
        (answer(b"\x1f", Content_Encoding="gzip"), "truncated"),
        (answer(MARKDOWN, Content_Length="9999"), "truncated"),
        (chunked(MARKDOWN)[:-9], "truncated"),
        (chunked(MARKDOWN)[:-5] + b"x\r\n", "truncated"),
        (b"HTTP/1.1 200 OK\r\nContent-Ty", "truncated"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n", "truncated"),
        (answer(MARKDOWN, Content_Length="-1"), "bad_response"),
        (answer(MARKDOWN, Content_Length="+5"), "bad_response"),
        (answer(MARKDOWN, Content_Length="5, 5"), "bad_response"),
        (answer(MARKDOWN, Content_Length="5\r\nContent-Length: 6"), "bad_response"),
        (answer(MARKDOWN, Content_Length="9" * 5000), "bad_response"),
        (answer(MARKDOWN, Content_Length="", Transfer_Encoding="gzip, chunked"), "bad_response"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "bad_response"),
        (b"HTTP/2 200 OK\r\n\r\n", "bad_response"),
        (b"HTTP/1.1 abc OK\r\n\r\n", "bad_response"),
        (b"<html>" + b"x" * 99999, "bad_response"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\n", "bad_response"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70000 + b"\r\n\r\n", "bad_response"),
        (b"HTTP/1.1 200 OK\r\n" + (b"A: " + b"b" * 5000 + b"\r\n") * 20 + b"\r\n", "bad_response"),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "bad_response"),
        (b"", "connection_lost"),
    ],
)
def test_a_broken_answer_has_its_code(server, reply, code):
    server.answers["/a.md"] = reply

    error = server.refusal()

    assert error.code == code
    assert error.transient is (code in {"truncated", "connection_lost"})


# --- Time -------------------------------------------------------------------------------------


def drip(server: Server, head: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    def send(sock: socket.socket) -> None:
        sock.sendall(head)
        while not server.closing.wait(0.005):
            sock.sendall(piece)

    return send


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        answer(Content_Length="1000000"),
        answer(Content_Length=""),
        answer(Content_Length="", Transfer_Encoding="chunked"),
        answer(Content_Length="", Transfer_Encoding="chunked") + b"0\r\nX-Slow: ",
    ],
)
def test_a_slow_drip_ends_at_the_deadline_wherever_it_drips(server, head):
    server.answers["/a.md"] = drip(server, head, b"0")

    by_the_test = server.refusal(clock=SteppingClock())
    by_the_real_clock = server.refusal(limits=Limits(total_timeout=0.1))

    assert (by_the_test.code, by_the_test.transient) == ("too_slow", True)
    assert by_the_real_clock.code == "too_slow"


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n", answer(Content_Length="10")])
def test_silence_ends_with_the_read_timeout(server, head):
    def reply(sock: socket.socket) -> None:
        sock.sendall(head)
        server.closing.wait(10)

    server.answers["/a.md"] = reply

    error = server.refusal(limits=Limits(read_timeout=0.05))

    assert (error.code, error.transient) == ("timeout", True)


def test_an_address_that_does_not_answer(monkeypatch):
    def connect(self: socket.socket, address: object) -> None:
        assert self.gettimeout() == 0.5
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket.socket, "connect", connect)

    error = refusal(
        "http://podcast.example/", resolver=Resolver([PUBLIC]), limits=Limits(connect_timeout=0.5)
    )

    assert (error.code, error.transient) == ("timeout", True)


# --- TLS --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A self-signed certificate for podcast.example, with its key in the same file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=podcast.example"),
            *("-addext", "subjectAltName=DNS:podcast.example"),
            *("-keyout", str(path), "-out", str(path.with_suffix(".crt"))),
        ],
        check=True,
        capture_output=True,
    )
    with path.open("a") as both:
        both.write(path.with_suffix(".crt").read_text())
    return str(path)


@pytest.fixture
def secure(certificate: str) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Server(context)
    server.names = []
    context.sni_callback = lambda sock, name, context: server.names.append(name)
    server.answers["/a.md"] = answer(MARKDOWN)
    yield server
    server.listener.close()


def over_tls(server: Server, host: str) -> dict[str, object]:
    return {
        "url": f"https://{host}:{server.port}/a.md",
        "allowed_hosts": [host],
        "resolver": Resolver(["127.0.0.1"]),
    }


def test_a_certificate_is_verified_against_the_name_although_the_address_is_pinned(
    secure, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", certificate)

    fetched = fetch(**over_tls(secure, "podcast.example"))

    assert fetched.body == MARKDOWN
    assert secure.names == ["podcast.example"]
    assert secure.headers()["Host"] == f"podcast.example:{secure.port}"


def test_a_certificate_that_nobody_vouches_for_is_refused(secure):
    error = refusal(**over_tls(secure, "podcast.example"))

    assert (error.code, error.transient) == ("tls_untrusted", False)
    assert secure.requests == []


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_certificate_for_another_name_is_refused(secure, certificate, monkeypatch, host):
    monkeypatch.setenv("SSL_CERT_FILE", certificate)

    assert refusal(**over_tls(secure, host)).code == "tls_untrusted"
    assert secure.requests == []


def test_a_redirect_from_https_to_http_is_refused(secure, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    secure.answers["/a.md"] = moved(f"http://podcast.example:{secure.port}/b")

    assert refusal(**over_tls(secure, "podcast.example")).code == "insecure_redirect"


def test_a_tls_stream_that_just_stops_is_not_taken_for_the_whole(secure, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    secure.answers["/a.md"] = answer(MARKDOWN, Content_Length="")  # no close_notify follows

    assert refusal(**over_tls(secure, "podcast.example")).code == "truncated"


@pytest.mark.parametrize("reply", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_a_server_that_does_not_speak_tls(reply):
    listener = socket.create_server(("127.0.0.1", 0))

    def speak() -> None:
        sock, _ = listener.accept()
        with sock:
            sock.recv(4096)
            sock.sendall(reply)

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    host = f"127.0.0.1:{listener.getsockname()[1]}"

    error = refusal(f"https://{host}/", allowed_hosts=[host])
    thread.join(10)
    listener.close()

    assert (error.code, error.transient) == ("tls_failed", True)


def test_the_context_requires_certificate_and_name():
    context = tls_context()

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname is True
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


# --- What came --------------------------------------------------------------------------------


def came(body: bytes, content_type: str = "text/plain") -> Fetched:
    return Fetched(
        url="https://example.com/a",
        requested="https://example.com/a",
        redirects=(),
        permanent=False,
        status=200,
        body=body,
        content_type=content_type,
        charset="",
        etag="",
        last_modified="",
        not_modified=False,
    )


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (MARKDOWN, "text/markdown"),
        (MARKDOWN, "text/html"),
        (MARKDOWN, "application/octet-stream"),
        (b"\xef\xbb\xbf" + MARKDOWN, "text/html"),
        (b"# Title\n\n<html>", "text/html"),
        (b"<details>\n<summary>a</summary>\n</details>\n", "text/plain"),
        (b"<!-- a note -->\n# Title\n", "text/plain"),
        (b"<header>a</header>", ""),
        (b"<htmlish>", ""),
        (b"<!-- never closed", ""),
        (b"GIF is a format", ""),
        (b"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Alice>Hello\n", "text/vtt"),
        (b'{"events": []}', "application/json"),
        ("文".encode("gb18030"), "text/plain"),
        (b"", ""),
    ],
)
def test_text_passes(body, content_type):
    require_text(came(body, content_type))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<!DOCTYPE html><title>a</title>", "text/html"),
        (b"<!doctype HTML>", "text/plain"),
        (b"\n\n <HTML lang=zh>", ""),
        (b"<head>", "text/markdown"),
        (b"<body class='a'>", ""),
        (b"\xef\xbb\xbf<!DOCTYPE html>", ""),
        (b"<!-- a -->\n<!-- b -->\n<!doctype html>", ""),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html>', "application/xhtml+xml"),
        (b"<div>a</div>", "text/html"),
        (b"<!-- a --><script>", "text/html"),
    ],
)
def test_a_web_page_is_refused(body, content_type):
    assert looks_like_html(content_type, body)
    with pytest.raises(FetchError) as caught:
        require_text(came(body, content_type))
    assert (caught.value.code, caught.value.transient) == ("html_page", False)
    assert caught.value.url == "https://example.com/a"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a\0b", "text/plain"),
        ("a".encode("utf-16"), "text/plain"),
        (b"\x89PNG\r\n\x1a\n", ""),
        (b"GIF89a", ""),
        (b"\xff\xd8\xff\xe0", ""),
        (b"%PDF-1.7", ""),
        (b"PK\x03\x04", "text/markdown"),
        (gzipped(MARKDOWN), "application/octet-stream"),
        (b"a", "image/svg+xml"),
        (b"a", "audio/mpeg"),
        (b"a", "application/pdf"),
    ],
)
def test_what_is_not_text_is_refused(body, content_type):
    with pytest.raises(FetchError) as caught:
        require_text(came(body, content_type))
    assert (caught.value.code, caught.value.transient) == ("binary", False)


def test_a_prologue_of_a_million_comments_is_read_once():
    assert not looks_like_html("", b"<!---->" * 1_000_000 + b"<!--" * 1000)


def test_every_sentence_names_the_address_and_ends():
    for sentence, _ in REFUSALS.values():
        assert "{url}" in sentence
        assert sentence.endswith(".")
