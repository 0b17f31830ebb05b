"""Asking a source: what kind it is, how often it is asked, and how each asking ends.

All traffic stays on 127.0.0.1; the pauses are those of a clock that the test turns.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from episodes.sources import registry
from episodes.sources.answers import Answer, State
from episodes.sources.connections import Limits
from episodes.sources.manners import YOUTUBE, Delay, Manners, retry_after
from episodes.sources.registry import ask, kind_of
from episodes.tests.test_fetching import MARKDOWN, Server, answer, moved
from episodes.transcripts.messages import Message

VIDEO = "https://www.youtube.com/watch?v=abcdefghijk"


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def manners(tmp_path: Path, time: Time) -> Manners:
    return Manners(tmp_path / "visits", clock=time, sleep=time.sleep)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.closing.set()
    server.listener.close()


@pytest.fixture
def ask_server(server: Server, manners: Manners):
    def ask_it(path: str = "/a.md", **kwargs: object) -> Answer:
        return ask(server.url + path, manners=manners, allowed_hosts=[server.host], **kwargs)

    return ask_it


# --- Which kind -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (VIDEO, "youtube"),
        ("https://youtu.be/abcdefghijk?t=10", "youtube"),
        ("youtube.com/shorts/abcdefghijk", "youtube"),
        (f"{VIDEO} (2)", "youtube"),
        ("https://www.youtube.com/watch?v=short", "youtube"),
        ("https://www.youtube.com/@channel", "web"),
        ("https://www.youtube.com/playlist?list=PL1", "web"),
        ("https://example.com/a.md", "web"),
        ("HTTP://EXAMPLE.COM/a.md (2)", "web"),
        ("https://example.com/?u=youtube.com/watch?v=abcdefghijk", "web"),
        ("ftp://example.com/a.md", "web"),
        ("a.md", "upload"),
        ("folder/数据中心.md", "upload"),
        ("pasted/0123456789abcdef.md", "upload"),
        ("", "upload"),
    ],
)
def test_the_address_says_what_kind_of_source_it_is(address, kind):
    assert kind_of(address) == kind


def test_an_upload_is_not_asked_but_to_be_uploaded_again(manners):
    assert ask("folder/a.md", manners=manners) == Answer(
        State.CANNOT_ASK,
        "“folder/a.md” was uploaded and cannot be asked for again. Upload the file again.",
    )
    assert not manners.folder.exists()


# --- The web ----------------------------------------------------------------------------------


def test_a_document_arrives_with_its_name_and_validators(server, ask_server):
    server.answers["/dir/%E6%95%B0.md?raw=1"] = answer(
        MARKDOWN, Content_Type="text/markdown; charset=utf-8", ETag='"1"', Last_Modified="Monday"
    )

    assert ask_server("/dir/数.md?raw=1") == Answer(
        State.CONTENT,
        "",
        data=MARKDOWN,
        name="数.md",
        content_type="text/markdown",
        etag='"1"',
        last_modified="Monday",
        url=f"{server.url}/dir/%E6%95%B0.md?raw=1",
    )


def test_a_second_source_of_an_address_is_asked_at_that_address(server, ask_server):
    server.answers["/a.md"] = answer(MARKDOWN)

    assert ask_server("/a.md (2)").data == MARKDOWN


def test_the_validators_are_sent_along_and_304_says_that_nothing_changed(server, ask_server):
    server.answers["/a.md"] = answer(status="304 Not Modified", Content_Length="")

    given = ask_server(etag='"1"', last_modified="Monday")

    assert server.headers()["If-None-Match"] == '"1"'
    assert server.headers()["If-Modified-Since"] == "Monday"
    assert given == Answer(
        State.NOT_MODIFIED,
        "",
        name="a.md",
        etag='"1"',
        last_modified="Monday",
        url=f"{server.url}/a.md",
    )


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [([301], True), ([308, 301], True), ([302], False), ([301, 302], False)],
)
def test_a_redirect_is_followed_and_told_with_whether_it_is_for_good(
    server, ask_server, statuses, permanent
):
    for number, status in enumerate(statuses):
        server.answers[f"/{number}.md"] = moved(f"/{number + 1}.md", status)
    server.answers[f"/{len(statuses)}.md"] = answer(MARKDOWN)

    given = ask_server("/0.md")

    assert (given.state, given.data, given.name) == ("content", MARKDOWN, "0.md")
    assert given.redirects == tuple(
        f"{server.url}/{number + 1}.md" for number in range(len(statuses))
    )
    assert given.url == given.redirects[-1]
    assert given.permanent is permanent


@pytest.mark.parametrize(
    ("reply", "state", "said"),
    [
        (answer(status="404 Not Found"), "gone", "Nothing stands at"),
        (answer(status="410 Gone"), "gone", "was removed for good"),
        (answer(status="401 Unauthorized"), "failed", "asks for a login"),
        (answer(status="403 Forbidden"), "failed", "does not let us read"),
        (answer(status="418 Teapot"), "failed", "HTTP 418"),
        (answer(status="500 Oops"), "passing", "HTTP 500"),
        (answer(status="503 Busy"), "passing", "HTTP 503"),
        (answer(status="429 Slow Down"), "passing", "asks to be left alone for a while"),
        (b"", "passing", "broke off"),
        (answer(MARKDOWN, Content_Length="999"), "passing", "only in part"),
        (answer(b"<!doctype html><p>", Content_Type="text/html"), "failed", "is a web page"),
        (answer(b"\x89PNG\r\n\x1a\n\0"), "failed", "is not text"),
        (answer(b"x" * 2000, Content_Length=""), "failed", "is larger than 1000 bytes"),
        (answer(Content_Length="2000"), "failed", "is larger than 1000 bytes"),
        (moved("http://10.0.0.1/a.md"), "failed", "a private network"),
        (moved("/a.md"), "failed", "redirects in a circle"),
    ],
)
def test_whatever_else_is_there_has_its_state_and_a_sentence(
    server, ask_server, reply, state, said
):
    server.answers["/a.md"] = reply

    given = ask_server(limits=Limits(max_bytes=1000))

    assert (given.state, given.data, given.retry_after) == (state, b"", None)
    assert said in given.message
    assert isinstance(given.message, Message)


@pytest.mark.parametrize(
    "limits", [Limits(read_timeout=0.05), Limits(total_timeout=0.05)], ids=["silent", "slow"]
)
def test_a_host_that_does_not_get_on_is_tried_again_later(server, ask_server, limits):
    def reply(sock: socket.socket) -> None:
        sock.sendall(answer(Content_Length="10")[:-1])
        server.closing.wait(10)

    server.answers["/a.md"] = reply

    assert ask_server(limits=limits).state == "passing"


def test_a_host_that_refuses_the_connection_is_tried_again_later(manners):
    with socket.socket() as deaf:  # holds its port, and does not listen
        deaf.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{deaf.getsockname()[1]}"
        given = ask(f"http://{host}/a.md", manners=manners, allowed_hosts=[host])

    assert (given.state, given.url) == ("passing", f"http://{host}/a.md")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://[::1", "is not a web address"),
        ("ftp://example.com/a", "starts with neither http:// nor https://"),
        ("http://me:secret@example.com/a", "carries a user name or password"),
        ("http://127.0.0.1:9/a", "the server's own machine"),
    ],
)
def test_an_address_that_is_not_read_is_told_and_not_raised(manners, address, said):
    given = ask(address, manners=manners)

    assert (given.state, given.data) == ("failed", b"")
    assert said in given.message
    assert "secret" not in given.message + given.url


# --- Pauses -----------------------------------------------------------------------------------


def test_a_host_is_asked_once_a_second_and_other_hosts_meanwhile(manners, time):
    for host in ("a.example", "a.example", "b.example", "a.example"):
        assert manners.wait(host) is None

    assert time.slept == [1.0, 1.0]


def test_whoever_comes_later_does_not_wait(manners, time):
    manners.wait("a.example")
    time.now += 1.0
    manners.wait("a.example")

    assert time.slept == []


def test_youtube_has_a_longer_pause_and_any_pause_can_be_set(tmp_path, time, manners):
    other = Manners(tmp_path, pause=0.25, pauses={}, clock=time, sleep=time.sleep)

    for _ in range(2):
        manners.wait(YOUTUBE)
        other.wait(YOUTUBE)

    assert time.slept == [5.0]
    assert other.wait(YOUTUBE) is None
    assert time.slept == [5.0, 0.25]


def test_threads_that_come_together_get_a_second_each(tmp_path):
    slept: list[float] = []
    manners = Manners(tmp_path, clock=lambda: 1000.0, sleep=slept.append)
    threads = [threading.Thread(target=manners.wait, args=["a.example"]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert sorted(slept) == [float(seconds) for seconds in range(1, 8)]


def test_processes_share_the_pauses(tmp_path):
    code = (
        "import pathlib, sys\n"
        "from episodes.sources.manners import Manners\n"
        "manners = Manners(pathlib.Path(sys.argv[1]), clock=lambda: 1000.0, sleep=print)\n"
        "for _ in range(3): manners.wait('a.example')\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    slept = [line for process in processes for line in process.communicate(timeout=30)[0].split()]

    assert sorted(slept) == ["1.0", "2.0", "3.0", "4.0", "5.0"]  # the first of all does not sleep


def test_nobody_waits_longer_than_patience_nor_takes_a_turn_then(tmp_path, time):
    manners = Manners(tmp_path, pause=10, patience=15, clock=time, sleep=lambda seconds: None)

    assert [manners.wait("a.example") for _ in range(4)] == [
        None,
        None,
        Delay(20.0, asked_for=False),
        Delay(20.0, asked_for=False),
    ]


def test_the_impatient_leave_the_turns_of_the_patient_as_they_are(tmp_path, time):
    patient = Manners(tmp_path, clock=time, sleep=lambda seconds: None)
    impatient = Manners(tmp_path, patience=0, clock=time, sleep=lambda seconds: None)
    for _ in range(20):
        patient.wait("a.example")

    assert impatient.wait("a.example") == Delay(20.0, asked_for=False)
    assert patient.wait("a.example") is None
    assert impatient.wait("a.example") == Delay(21.0, asked_for=False)


def test_a_host_that_asked_for_a_rest_gets_it(manners, time):
    manners.leave_alone("a.example", 90)
    manners.leave_alone("a.example", 10)

    assert manners.wait("a.example") == Delay(90.0, asked_for=True)
    assert manners.wait("a.example", pausing=False) == Delay(90.0, asked_for=True)
    assert manners.wait("b.example") is None
    time.now += 90
    assert manners.wait("a.example") is None
    assert time.slept == []


def test_a_rest_that_begins_while_somebody_waits_sends_him_away(tmp_path):
    time = Time()

    def sleep(seconds: float) -> None:
        time.now += seconds
        manners.leave_alone("a.example", 60)

    manners = Manners(tmp_path, clock=time, sleep=sleep)
    manners.wait("a.example")

    assert manners.wait("a.example") == Delay(60.0, asked_for=True)


def test_a_rest_lasts_a_day_at_most(manners, time):
    manners.leave_alone("a.example", 1e9)

    assert manners.wait("a.example") == Delay(86400.0, asked_for=True)


def test_a_clock_that_was_set_back_does_not_lock_a_host(manners, time):
    manners.wait("a.example")
    manners.leave_alone("a.example", 60)
    time.now -= 1e7

    assert manners.wait("a.example") == Delay(86400.0, asked_for=True)
    time.now += 86400
    assert manners.wait("a.example") is None
    assert time.slept == []


@pytest.mark.parametrize("rubbish", ["", "1700000000.0", "nan nan", "a b\n", "1 2 3"])
def test_a_file_that_says_nothing_is_begun_anew(manners, time, rubbish):
    manners.wait("a.example")
    (file,) = manners.folder.iterdir()
    file.write_text(rubbish)

    assert manners.wait("a.example") is None
    assert (time.slept, file.read_text()) == ([], "1700000001.000000 0.000000\n")


def test_a_host_is_never_a_path(manners):
    for host in ("a.example:8080", "[::1]:80", "../../etc", "x" * 259):
        manners.wait(host)

    names = sorted(path.name for path in manners.folder.iterdir())
    assert len(names) == 4
    assert not any("/" in name or ":" in name or len(name) > 100 for name in names)


@pytest.mark.parametrize(
    ("written", "sent", "seconds"),
    [
        ("120", "", 120.0),
        (" 0 ", "", 0.0),
        ("Wed, 15 Nov 2023 00:02:00 GMT", "Wed, 15 Nov 2023 00:00:00 GMT", 120.0),
        ("Wed, 15 Nov 2023 00:02:00 -0000", "Wed, 15 Nov 2023 00:00:00 GMT", 120.0),
        ("Wed, 15 Nov 2023 00:02:00 GMT", "rubbish", 6520.0),
        ("Wed, 15 Nov 2023 00:00:00 GMT", "Wed, 15 Nov 2023 00:02:00 GMT", 0.0),
        ("", "", None),
        ("-5", "", None),
        ("soon", "", None),
        ("9" * 5000, "", None),
        ("Wed, 99 Nov 9999 00:00:00 GMT", "", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(written, sent, seconds):
    assert retry_after(written, sent, 1_700_000_000.0) == seconds


# --- Asking with manners ----------------------------------------------------------------------


def test_an_allowed_host_of_this_machine_has_no_pauses_unless_told(server, ask_server, time):
    server.answers["/a.md"] = answer(MARKDOWN)

    states = [ask_server().state for _ in range(3)]
    assert (states, time.slept) == (["content"] * 3, [])
    for _ in range(3):
        ask_server(pause_at_loopback=True)

    assert time.slept == [1.0, 1.0]
    assert len(server.requests) == 6


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_retry_after_is_kept_to_without_asking_again(server, ask_server, time, status):
    server.answers["/a.md"] = answer(status=status, Retry_After="120")
    first = ask_server()
    server.answers["/a.md"] = server.answers["/b.md"] = answer(MARKDOWN)
    time.now += 20
    second = ask_server("/b.md")
    time.now += 101
    third = ask_server()

    assert (first.state, first.retry_after) == ("passing", 120.0)
    assert second == Answer(
        State.PASSING,
        f"{server.host} asked to be left alone for another 2 min. Try again then.",
        url=f"{server.url}/b.md",
        retry_after=100.0,
    )
    assert third.state == "content"
    assert len(server.requests) == 2


def test_the_rest_is_that_of_the_host_that_asked_for_it(server, manners, ask_server):
    other = Server()
    server.answers["/a.md"] = moved(f"{other.url}/b.md")
    other.answers["/b.md"] = answer(status="429 Slow", Retry_After="60")
    allowed = [server.host, other.host]

    given = ask(f"{server.url}/a.md", manners=manners, allowed_hosts=allowed)
    other.listener.close()

    assert (given.state, given.retry_after, given.url) == ("passing", 60.0, f"{other.url}/b.md")
    assert manners.wait(server.host) is None
    assert manners.wait(other.host) == Delay(60.0, asked_for=True)


def test_retry_after_of_another_status_is_not_one(server, ask_server):
    server.answers["/a.md"] = answer(status="500 Oops", Retry_After="60")

    assert (ask_server().retry_after, ask_server().retry_after) == (None, None)
    assert len(server.requests) == 2


def test_too_long_a_queue_is_told(tmp_path, server, time):
    manners = Manners(tmp_path, pause=300, clock=time, sleep=time.sleep)
    server.answers["/a.md"] = answer(MARKDOWN)
    address, allowed = f"{server.url}/a.md", [server.host]
    for expected in ("content", "passing"):
        given = ask(address, manners=manners, allowed_hosts=allowed, pause_at_loopback=True)
        assert given.state == expected

    assert given.message == (
        f"Too many requests to {server.host} wait their turn. Try again in 5 min."
    )
    assert len(server.requests) == 1


# --- YouTube, as far as the registry goes -----------------------------------------------------


def test_a_broken_video_id_is_told_without_asking(manners):
    given = ask("https://www.youtube.com/watch?v=short", manners=manners)

    assert given.state == "failed"
    assert "has 5 characters instead of 11" in given.message
    assert not manners.folder.exists()


def test_youtube_is_asked_in_turn_and_left_alone_when_it_says_so(manners, time, monkeypatch):
    answers = [
        Answer(State.CONTENT, data=b"{}"),
        Answer(State.PASSING, "later", retry_after=900.0),
    ]
    asked: list[str] = []

    def fetch_captions(address: str, **kwargs: object) -> Answer:
        asked.append(address)
        return answers.pop(0)

    monkeypatch.setattr(registry, "fetch_captions", fetch_captions)

    given = [ask(f"{VIDEO} (2)", manners=manners) for _ in range(3)]

    assert [one.state for one in given] == ["content", "passing", "passing"]
    assert given[2].message == (
        "www.youtube.com asked to be left alone for another 15 min. Try again then."
    )
    assert (asked, time.slept) == ([VIDEO, VIDEO], [5.0])
