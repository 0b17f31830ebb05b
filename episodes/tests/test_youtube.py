"""Captions from YouTube, through yt-dlp itself: only its extractor is one of the test's own.

That extractor gives addresses on 127.0.0.1, where a server of the test's answers.
"""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from yt_dlp import YoutubeDL
from yt_dlp.extractor.common import InfoExtractor
from yt_dlp.utils import ExtractorError, GeoRestrictedError, UserNotLive

from episodes.sources import youtube
from episodes.sources.answers import Answer, Metadata, State, TrackKind
from episodes.sources.manners import Manners
from episodes.sources.registry import ask
from episodes.sources.youtube import Track, choose_track, fetch_captions
from episodes.sources.youtube_refusals import OUTCOMES
from episodes.tests.test_fetching import Server, answer
from episodes.transcripts.messages import Message

ID = "abcdefghijk"
WATCH = f"https://www.youtube.com/watch?v={ID}"
JSON3 = json.dumps({"wireMagic": "pb3", "events": [{"segs": [{"utf8": "你好"}]}]}).encode()
VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"
WAY_OUT = "Download the captions yourself in a browser and upload them: VTT, SRT or json3."

Extract = Callable[[InfoExtractor, str], Any]


class LocalIE(InfoExtractor):
    """YouTube's extractor, if YouTube were the test."""

    IE_NAME = "youtube"
    _VALID_URL = r"https://www\.youtube\.com/watch\?v=(?P<id>[\w-]{11})$"

    def __init__(self, extract: Extract) -> None:
        super().__init__()
        self.extract_info = extract
        self.asked: list[str] = []

    def _real_extract(self, url: str) -> Any:
        self.asked.append(url)
        return self.extract_info(self, url)


class Desk:
    """A server on 127.0.0.1 and what YouTube would say, to be asked for captions."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.extractors: list[LocalIE] = []
        self.info: dict[str, Any] = {
            "id": ID,
            "title": "A  talk\n",
            "channel": "The channel",
            "upload_date": "20240102",
            "duration": 61.5,
            "description": "…",
            "formats": [
                {
                    "url": f"{server.url}/sound.m4a",
                    "ext": "m4a",
                    "acodec": "aac",
                    "vcodec": "none",
                    "language": "zh-Hans",
                }
            ],
            "subtitles": {},
            "automatic_captions": {},
        }
        self.extract: Extract = lambda extractor, url: self.info

    def make_ydl(self, options: dict[str, Any]) -> YoutubeDL:
        ydl = YoutubeDL({**options, "proxy": "", "socket_timeout": 0.3}, auto_init=False)
        self.extractors.append(LocalIE(self.extract))
        ydl.add_info_extractor(self.extractors[-1])
        return ydl

    def track(self, path: str, ext: str = "json3") -> dict[str, str]:
        return {"ext": ext, "url": self.server.url + path}

    def serve(self, reply: bytes | Callable[[socket.socket], None], ext: str = "json3") -> None:
        """One manual track in the language spoken, that the server answers so."""
        self.info["subtitles"] = {"zh-Hans": [self.track("/track", ext)]}
        self.server.answers["/track"] = reply

    def fetch(self, address: str = WATCH) -> Answer:
        return fetch_captions(address, make_ydl=self.make_ydl)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    server = Server()
    yield Desk(server)
    server.closing.set()
    server.listener.close()


def said(code: str, url: str = WATCH, **facts: object) -> str:
    return f"{OUTCOMES[code][0].format(url=url, **facts)} {WAY_OUT}"


# --- What it brings ---------------------------------------------------------------------------


def test_captions_arrive_with_what_youtube_says_about_the_video(desk, tmp_path, capfd):
    desk.serve(answer(JSON3))

    given = desk.fetch()

    assert given == Answer(
        State.CONTENT,
        "",
        data=JSON3,
        name=f"{ID}.json3",
        content_type="application/json",
        url=WATCH,
        metadata=Metadata(
            title="A talk",
            channel="The channel",
            date="2024-01-02",
            duration=61_500,
            language="zh-Hans",
            track=TrackKind.MANUAL,
        ),
    )
    assert [request.split(" ")[1] for request in desk.server.requests] == ["/track"]
    assert "Cookie" not in desk.server.headers()
    assert (list(tmp_path.iterdir()), capfd.readouterr()) == ([], ("", ""))


def test_what_youtube_does_not_say_is_left_empty(desk):
    for key in ("channel", "upload_date", "duration", "title"):
        del desk.info[key]
    desk.info["automatic_captions"] = {"en-orig": [desk.track("/track", "vtt")]}
    desk.info["formats"] = []
    desk.server.answers["/track"] = answer(VTT)

    given = desk.fetch()

    assert (given.state, given.data, given.name) == ("content", VTT, f"{ID}.vtt")
    assert given.content_type == "text/vtt"
    assert given.metadata == Metadata(
        title=f"youtube video #{ID}", language="en", track=TrackKind.AUTOMATIC
    )


def test_a_compressed_track_is_read_as_it_is(desk):
    desk.serve(answer(gzip.compress(b"\xef\xbb\xbf" + VTT), Content_Encoding="gzip"), "vtt")

    assert desk.fetch().data == b"\xef\xbb\xbf" + VTT


@pytest.mark.parametrize(
    "address",
    [
        WATCH,
        f"https://youtu.be/{ID}?t=10&list=PL1",
        f"youtube.com/shorts/{ID}",
        f"https://m.youtube.com/watch?list=PL1&v={ID}#t=3",
    ],
)
def test_ytdlp_is_given_the_address_made_of_the_id_and_never_the_one_typed(desk, address):
    desk.serve(answer(JSON3))

    assert desk.fetch(address).url == WATCH
    assert [extractor.asked for extractor in desk.extractors] == [[WATCH]]


@pytest.mark.parametrize("address", ["https://example.com/a", "a.md", "https://youtu.be/short"])
def test_what_names_no_video_is_not_given_to_ytdlp(desk, address):
    given = desk.fetch(address)

    assert given.state == "failed"
    assert given.message == f"{address} is not the address of a video on YouTube. Correct it."
    assert desk.extractors == []


def test_the_registry_asks_by_the_same_way(desk, tmp_path):
    desk.serve(answer(JSON3))
    manners = Manners(tmp_path / "visits")

    given = ask(f"https://youtu.be/{ID} (2)", manners=manners, make_ydl=desk.make_ydl)

    assert (given.state, given.data) == ("content", JSON3)


# --- Which track ------------------------------------------------------------------------------


def files(*names: str) -> list[dict[str, str]]:
    return [{"ext": name.rpartition(".")[2], "url": f"https://y/{name}"} for name in names]


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        # people's before the machine's
        (
            {"subtitles": {"en": files("m.json3")}, "automatic_captions": {"en": files("a.json3")}},
            ("manual", "en", "m.json3"),
        ),
        ({"automatic_captions": {"en": files("a.json3")}}, ("automatic", "en", "a.json3")),
        # json3 before VTT before what is not read
        ({"subtitles": {"en": files("m.srv1", "m.vtt", "m.json3")}}, ("manual", "en", "m.json3")),
        ({"subtitles": {"en": files("m.ttml", "m.vtt")}}, ("manual", "en", "m.vtt")),
        ({"subtitles": {"en": files("m.ttml")}}, None),
        # the original before its copy, and never a translation
        (
            {
                "language": "en",
                "automatic_captions": {
                    "de": files("t.json3?tlang=de"),
                    "en": files("a.json3"),
                    "en-orig": files("o.json3"),
                },
            },
            ("automatic", "en", "o.json3"),
        ),
        ({"language": "en", "automatic_captions": {"en": files("a.json3?tlang=en")}}, None),
        ({"language": "en", "automatic_captions": {"de": files("a.json3")}}, None),
        # the language spoken: said, or told by what was recognised, or English
        (
            {"language": "de", "subtitles": {"en": files("e.vtt"), "de": files("d.vtt")}},
            ("manual", "de", "d.vtt"),
        ),
        (
            {
                "subtitles": {"en": files("e.vtt")},
                "automatic_captions": {"ja-orig": files("j.vtt"), "en": files("t.vtt?tlang=en")},
            },
            ("automatic", "ja", "j.vtt"),
        ),
        (
            {"language": "und", "subtitles": {"de": files("d.vtt"), "en": files("e.vtt")}},
            ("manual", "en", "e.vtt"),
        ),
        # the nearest spelling of a language
        (
            {"language": "en", "subtitles": {"en-GB": files("g.vtt"), "en": files("e.vtt")}},
            ("manual", "en", "e.vtt"),
        ),
        (
            {"language": "zh-CN", "subtitles": {"zh-TW": files("t.vtt"), "zh": files("z.vtt")}},
            ("manual", "zh", "z.vtt"),
        ),
        (
            {"language": "en-US", "subtitles": {"en-nP7-2PuUl7o": files("n.vtt")}},
            ("manual", "en-nP7-2PuUl7o", "n.vtt"),
        ),
        ({"language": "e", "subtitles": {"en": files("e.vtt")}}, None),
        # no captions at all
        ({"subtitles": {"live_chat": [{"ext": "json", "url": "https://y/c.json"}]}}, None),
        ({"subtitles": {"en": [{"ext": "vtt", "url": "file:///etc/passwd"}]}}, None),
        ({"subtitles": {"en": [{"ext": "vtt"}]}}, None),
        ({"subtitles": None, "automatic_captions": None}, None),
        ({}, None),
    ],
)
def test_the_track_is_the_best_in_the_language_that_is_spoken(
    info: Mapping[str, Any], expected: tuple[str, str, str] | None
):
    track = expected and Track(
        TrackKind(expected[0]),
        expected[1],
        expected[2].rpartition(".")[2],
        f"https://y/{expected[2]}",
    )

    assert choose_track(info) == track


# --- A track that cannot be read --------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "code", "state", "rest"),
    [
        (answer(b""), "withheld", "passing", None),
        (answer(b"\n \n"), "withheld", "passing", None),
        (answer(b"<!doctype html>"), "odd_answer", "passing", None),
        (answer(VTT), "odd_answer", "passing", None),
        (answer(status="429 Too Many Requests"), "rate_limited", "passing", 3600.0),
        (answer(status="429 Slow Down", Retry_After="120"), "rate_limited", "passing", 120.0),
        (answer(status="503 Busy", Retry_After="30"), "unreachable", "passing", 30.0),
        (answer(status="500 Oops"), "unreachable", "passing", None),
        (answer(status="404 Not Found"), "unreachable", "passing", None),
        (answer(status="403 Forbidden"), "bot_check", "passing", 900.0),
        (answer(JSON3, Content_Length="9999"), "unreachable", "passing", None),
        (b"", "unreachable", "passing", None),
    ],
)
def test_a_track_that_cannot_be_read_is_told_with_the_way_out(desk, reply, code, state, rest):
    desk.serve(reply)

    given = desk.fetch()

    assert given == Answer(State(state), said(code), url=WATCH, retry_after=rest)
    assert isinstance(given.message, Message)


def test_silence_ends_with_the_timeout(desk):
    desk.serve(lambda sock: desk.server.closing.wait(10))

    assert desk.fetch().message == said("unreachable")


def test_a_host_that_refuses_the_connection(desk):
    with socket.socket() as deaf:  # holds its port, and does not listen
        deaf.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/track"
        desk.info["subtitles"] = {"zh-Hans": [{"ext": "json3", "url": url}]}

        assert desk.fetch().message == said("unreachable")


def test_a_track_that_does_not_end_in_time(desk, monkeypatch):
    monkeypatch.setattr(youtube, "MAX_SECONDS", 0.0)
    desk.serve(answer(JSON3))

    assert desk.fetch().message == said("unreachable")


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_track_beyond_the_limit_is_not_kept(desk, monkeypatch, coding):
    monkeypatch.setattr(youtube, "MAX_BYTES", 100_000)
    body = b"{" + b" " * 100_000
    desk.serve(answer(gzip.compress(body) if coding else body, Content_Encoding=coding))

    given = desk.fetch()

    assert (given.state, given.message) == ("failed", said("too_large", limit=100_000))


# --- No track ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("info", "code", "state"),
    [
        ({}, "no_captions", "failed"),
        ({"subtitles": {"live_chat": [{"ext": "json", "url": "x"}]}}, "no_captions", "failed"),
        ({"live_status": "is_live", "is_live": True}, "not_yet", "passing"),
        ({"live_status": "is_upcoming", "formats": []}, "not_yet", "passing"),
        ({"id": "other_video"}, "other_video", "failed"),
        ({"_type": "playlist", "entries": []}, "other_video", "failed"),
    ],
)
def test_a_video_without_captions_is_told_why(desk, info, code, state):
    desk.info.update(info)

    given = desk.fetch()

    assert (given.state, given.message) == (state, said(code))
    assert desk.server.requests == []


def test_captions_in_other_languages_only_are_named(desk):
    chat = [{"ext": "json", "url": "https://y/chat"}]
    desk.info["subtitles"] = {"fr": files("f.vtt"), "de": files("d.vtt"), "live_chat": chat}

    given = desk.fetch()

    assert given == Answer(
        State.FAILED, said("other_languages", language="zh-Hans", others="de, fr"), url=WATCH
    )


def test_an_answer_that_leads_to_another_site_is_not_followed(desk):
    desk.extract = lambda extractor, url: extractor.url_result(f"{desk.server.url}/a", "Generic")

    assert desk.fetch().state == "failed"
    assert desk.server.requests == []


# --- What YouTube refuses ---------------------------------------------------------------------

ADVICE = (
    ". Use --cookies-from-browser or --cookies for the authentication. "
    "See  https://github.com/yt-dlp/yt-dlp/wiki/FAQ  for how to manually pass cookies"
)
REFUSALS = [
    ("Sign in to confirm you’re not a bot" + ADVICE, "bot_check", "passing"),
    ("All player responses are invalid. Your IP is likely being blocked", "bot_check", "passing"),
    (
        "Video unavailable. This content isn't available, try again later. The current session has "
        "been rate-limited by YouTube for up to an hour. It is recommended to use `-t sleep`",
        "rate_limited",
        "passing",
    ),
    ("Unable to download API page: HTTP Error 429: Too Many Requests", "rate_limited", "passing"),
    ("Private video. Sign in if you've been granted access" + ADVICE, "private", "gone"),
    ("This video is private", "private", "gone"),
    ("Video unavailable", "removed", "gone"),
    ("Video unavailable. This video has been removed by the uploader", "removed", "gone"),
    (
        "Video unavailable. This video is no longer available because the account … was terminated",
        "removed",
        "gone",
    ),
    (
        "Sign in to confirm your age. This video may be inappropriate for some users" + ADVICE,
        "age",
        "failed",
    ),
    (
        "The uploader has not made this video available in your country",
        "country",
        "failed",
    ),
    (
        "Video unavailable. It contains content from X, who has blocked it on copyright grounds",
        "country",
        "failed",
    ),
    ("Join this channel to get access to members-only content", "members", "failed"),
    ("This live event will begin in 3 hours.", "not_yet", "passing"),
    ("Premieres in 2 days", "not_yet", "passing"),
    ("Unable to download webpage: timed out", "unreachable", "passing"),
    ("Unable to download webpage: Failed to resolve 'www.youtube.com'", "unreachable", "passing"),
]


@pytest.mark.parametrize(("words", "code", "state"), REFUSALS, ids=[row[0] for row in REFUSALS])
@pytest.mark.parametrize("raised", [True, False], ids=["raised", "remarked"])
def test_a_refusal_is_told_in_our_words_with_the_way_out(desk, raised, words, code, state):
    """yt-dlp raises it, or remarks it where only the pictures are missing."""

    def extract(extractor: InfoExtractor, url: str) -> Any:
        if raised:
            raise ExtractorError(f"\x1b[0;31m{words}\x1b[0m", expected=True)
        extractor.raise_no_formats(words, expected=True, video_id=ID)
        return {**desk.info, "formats": []}

    desk.extract = extract

    given = desk.fetch()

    assert given == Answer(State(state), said(code), url=WATCH, retry_after=OUTCOMES[code][2])
    assert desk.server.requests == []


def test_a_remark_is_nothing_where_there_are_captions(desk):
    def extract(extractor: InfoExtractor, url: str) -> Any:
        extractor.raise_no_formats("Video unavailable", expected=True, video_id=ID)
        return {**desk.info, "formats": [], "language": "zh-Hans"}

    desk.serve(answer(JSON3))
    desk.extract = extract

    assert desk.fetch().data == JSON3


@pytest.mark.parametrize(
    ("error", "code", "facts"),
    [
        (GeoRestrictedError("Not here.", countries=["DE"]), "country", {}),
        (UserNotLive(), "not_yet", {}),
        (
            ExtractorError("The \x1b[1mcircus\x1b[0m is in town. Use --magic", expected=True),
            "refused",
            {"said": "The circus is in town"},
        ),
        (ExtractorError("Oh no", expected=True), "refused", {"said": "Oh no"}),
        (ExtractorError("Failed to extract any player response"), "broken", {}),
        (ExtractorError("", expected=True), "broken", {}),
        (KeyError("streamingData"), "broken", {}),
    ],
)
def test_a_refusal_nobody_foresaw_is_quoted_without_advice_for_the_command_line(
    desk, error, code, facts
):
    def extract(extractor: InfoExtractor, url: str) -> Any:
        raise error

    desk.extract = extract

    given = desk.fetch()

    assert (given.message, given.retry_after) == (said(code, **facts), None)
    assert given.state == OUTCOMES[code][1]


def test_what_is_remarked_on_pictures_says_nothing_about_captions(desk):
    def extract(extractor: InfoExtractor, url: str) -> Any:
        extractor.report_warning(
            "web client https formats require a GVS PO Token which was not provided. They will be "
            "skipped as they may yield HTTP Error 403."
        )
        return desk.info

    desk.extract = extract

    assert desk.fetch().message == said("no_captions")


def test_tracks_that_are_withheld_are_not_taken_for_none(desk):
    def extract(extractor: InfoExtractor, url: str) -> Any:
        extractor.report_warning(
            "There are missing subtitles languages because a PO token was not provided."
        )
        return desk.info

    desk.extract = extract

    given = desk.fetch()

    assert (given.state, given.message) == ("passing", said("withheld"))


def test_an_extractor_that_breaks_is_logged_and_told(desk, caplog):
    def extract(extractor: InfoExtractor, url: str) -> Any:
        raise AttributeError("'NoneType' object has no attribute 'group'")

    desk.extract = extract

    given = desk.fetch()

    assert (given.state, given.message) == ("failed", said("broken"))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", f"yt-dlp failed on {WATCH}")
    ]


def test_every_sentence_names_the_video_and_ends():
    for sentence, _, _ in OUTCOMES.values():
        assert "{url}" in sentence
        assert sentence.endswith(".")


# --- How yt-dlp is set up ---------------------------------------------------------------------


def test_ytdlp_knows_youtube_and_no_other_site():
    with youtube._make_ydl(youtube._options(youtube._Warnings())) as ydl:
        assert list(ydl._ies) == ["Youtube"]
        assert ydl.params.get("cookiefile") is ydl.params.get("cookiesfrombrowser") is None
        assert ydl.cache.enabled is False


def test_ytdlp_is_loaded_only_to_fetch():
    code = "import sys, episodes.sources.registry; print('yt_dlp' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "False\n"
