"""The captions of a video on YouTube, by yt-dlp, entirely in memory.

YouTube often refuses: that is an ordinary outcome here, with a sentence and a way out. yt-dlp is given
nothing but the address of a video, made of its id; it has no other site's extractor, no cookies, no
configuration, no cache. It uses the machine's proxy (``HTTPS_PROXY``) if there is one: where YouTube
is not reachable otherwise, that is the way to it.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from episodes import recordings
from episodes.sources.answers import Answer, Metadata, State, TrackKind
from episodes.sources.connections import CHUNK
from episodes.sources.youtube_refusals import Trouble, code_of_warnings, trouble_of
from episodes.transcripts.characters import strip_controls
from episodes.transcripts.messages import fill, gettext_noop

__all__ = ["MakeYdl", "Track", "choose_track", "fetch_captions"]

logger = logging.getLogger(__name__)

MakeYdl = Callable[[dict[str, Any]], Any]  # options in, a yt_dlp.YoutubeDL out

MAX_BYTES = 16 * 1024 * 1024  # of a track: json3 with the times of words takes some 2 MB an hour
MAX_SECONDS = 30.0  # to read a track
SOCKET_TIMEOUT = 15.0  # seconds of silence
MOST_WARNINGS = 50


@dataclass(frozen=True, slots=True)
class Track:
    """One file of captions that YouTube offers."""

    kind: TrackKind
    language: str
    ext: str
    url: str


class _Warnings:
    """Takes what yt-dlp would print, and keeps the warnings: they tell why tracks are missing."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def debug(self, text: str) -> None:
        """Nobody reads it."""

    def warning(self, text: str) -> None:
        if len(self.texts) < MOST_WARNINGS:
            self.texts.append(text[:1000])

    def error(self, text: str) -> None:
        """It is raised as well."""


def fetch_captions(address: str, *, make_ydl: MakeYdl | None = None) -> Answer:
    """Return the captions of the video that ``address`` names: json3, or else VTT.

    Manual captions before automatic ones, always in the language that is spoken; never a translation
    by machine. Raises nothing for what YouTube does. ``make_ydl`` makes another ``YoutubeDL`` of the
    same options.
    """
    identity = recordings.identify(address).identity
    if not identity:
        message = gettext_noop("{url} is not the address of a video on YouTube. Correct it.")
        return Answer(State.FAILED, fill(message, url=address[:200]))
    video_id = identity.removeprefix("youtube:")
    url = f"https://www.youtube.com/watch?v={video_id}"
    try:
        return _read_video(video_id, url, make_ydl or _make_ydl)
    except Trouble as trouble:
        return trouble.answer(url)


def _make_ydl(options: dict[str, Any]) -> Any:
    from yt_dlp import YoutubeDL  # noqa: PLC0415 - takes a second and 50 MB: only where needed

    return YoutubeDL(options)


def _options(warnings: _Warnings) -> dict[str, Any]:
    return {
        "allowed_extractors": ["youtube"],
        "logger": warnings,
        "quiet": True,
        "noprogress": True,
        "color": "no_color",
        "noplaylist": True,
        "skip_download": True,
        "format": "bestaudio/best",  # its language is the one spoken; and it looks for no ffmpeg
        "cachedir": False,
        "socket_timeout": SOCKET_TIMEOUT,
        "extractor_retries": 1,
        "sleep_interval_requests": 1,  # between the requests for one video
        "geo_bypass": False,  # it would invent an address of another country
        # A video whose pictures cannot be played may have captions all the same; what is wrong with
        # it becomes a warning.
        "ignore_no_formats_error": True,
        "writesubtitles": True,  # writes nothing here, but warns of tracks that are withheld
        "extractor_args": {"youtube": {"skip": ["hls", "dash", "translated_subs"]}},
        # For YouTube's puzzles, where one is installed. yt-dlp runs both without rights to files or
        # to other programs.
        "js_runtimes": {"deno": {}, "node": {}},
    }


def _read_video(video_id: str, url: str, make_ydl: MakeYdl) -> Answer:
    """The answer with content; raises Trouble with everything else."""
    from yt_dlp.utils import YoutubeDLError  # noqa: PLC0415 - as above

    warnings = _Warnings()
    try:
        with make_ydl(_options(warnings)) as ydl:
            info = ydl.extract_info(url, download=False)
            track = _wanted_track(info, video_id, warnings)
            data = _read_track(ydl, track.url)
    except Trouble:
        raise
    except YoutubeDLError as error:
        raise trouble_of(error, warnings.texts) from error
    except Exception as error:
        # An extractor that meets a page it was not written for raises whatever it likes.
        logger.exception("yt-dlp failed on %s", url)
        raise Trouble("broken", {}) from error
    begins = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not begins:
        raise Trouble("withheld", {})
    if not begins.startswith(b"{" if track.ext == "json3" else b"WEBVTT"):
        raise Trouble("odd_answer", {})
    return Answer(
        State.CONTENT,
        data=data,
        name=f"{video_id}.{track.ext}",
        content_type="application/json" if track.ext == "json3" else "text/vtt",
        url=url,
        metadata=_metadata(info, track),
    )


# --- Which track ------------------------------------------------------------------------------


def _wanted_track(info: Any, video_id: str, warnings: _Warnings) -> Track:
    if not isinstance(info, Mapping):
        raise Trouble("broken", {})
    if info.get("id") != video_id or info.get("_type", "video") != "video":
        raise Trouble("other_video", {})  # a trailer in place of what must be paid for
    track = choose_track(info)
    if track is not None:
        return track
    if info.get("live_status") in {"is_live", "is_upcoming"}:
        raise Trouble("not_yet", {})
    code = code_of_warnings(warnings.texts)
    if code:
        raise Trouble(code, {})
    others = sorted(key for key in info.get("subtitles") or {} if key != "live_chat")
    if others:
        facts = {"language": _spoken(info), "others": ", ".join(others[:10])}
        raise Trouble("other_languages", facts)
    raise Trouble("no_captions", {})


def choose_track(info: Mapping[str, Any]) -> Track | None:
    """Return the captions to take from yt-dlp's ``info``: in the language spoken, as people wrote
    them or else as they were recognised; None where there are none."""
    spoken = _spoken(info)
    for kind, key in (
        (TrackKind.MANUAL, "subtitles"),
        (TrackKind.AUTOMATIC, "automatic_captions"),
    ):
        offered: Mapping[str, Any] = info.get(key) or {}
        fitting = sorted((_closeness(language, spoken), language) for language in offered)
        for closeness, language in fitting:
            if closeness is not _FOREIGN:
                for ext, url in _files(offered[language], kind):
                    return Track(kind, language.removesuffix("-orig"), ext, url)
    return None


_FOREIGN = (9, 9)


def _closeness(language: str, spoken: str) -> tuple[int, int]:
    """How well a track's language fits: the least is best. ``-orig`` marks what was recognised."""
    base = language.removesuffix("-orig").casefold()
    wanted = spoken.casefold()
    marked = 0 if language.endswith("-orig") else 1
    if base == wanted:
        return 0, marked
    if base.startswith(f"{wanted}-"):
        return 1, marked
    if base.partition("-")[0] == wanted.partition("-")[0]:
        return 2, marked
    return _FOREIGN


def _files(offered: Any, kind: TrackKind) -> Iterator[tuple[str, str]]:
    """Ending and address of the files that are of use, the best first."""
    for ext in ("json3", "vtt"):
        for file in offered:
            url = file.get("url") or ""
            translated = kind is TrackKind.AUTOMATIC and re.search(r"[?&]tlang=", url)
            if (
                file.get("ext") == ext
                and url.startswith(("https://", "http://"))
                and not translated
            ):
                yield ext, url


def _spoken(info: Mapping[str, Any]) -> str:
    """The language of the recording; where nothing tells, English."""
    language = info.get("language") or ""
    if language and language not in {"und", "mul", "zxx"}:
        return str(language)
    for key in info.get("automatic_captions") or {}:
        if key.endswith("-orig"):
            return str(key.removesuffix("-orig"))
    return "en"


def _metadata(info: Mapping[str, Any], track: Track) -> Metadata:
    day = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", str(info.get("upload_date") or ""))
    duration = info.get("duration")
    return Metadata(
        title=_line(info.get("title")),
        channel=_line(info.get("channel") or info.get("uploader")),
        date="-".join(day.groups()) if day else "",
        duration=round(duration * 1000) if isinstance(duration, int | float) else None,
        language=track.language,
        track=track.kind,
    )


def _line(value: object) -> str:
    return " ".join(strip_controls(str(value or "")).split())[:1000]


# --- Reading it -------------------------------------------------------------------------------


def _read_track(ydl: Any, url: str) -> bytes:
    """The bytes behind ``url``, decompressed; raises Trouble and yt-dlp's errors."""
    ends = time.monotonic() + MAX_SECONDS
    pieces: list[bytes] = []
    total = 0
    with closing(ydl.urlopen(url)) as response:
        while piece := response.read(CHUNK):
            pieces.append(piece)
            total += len(piece)
            if total > MAX_BYTES:
                raise Trouble("too_large", {"limit": MAX_BYTES})
            if time.monotonic() > ends:
                raise Trouble("unreachable", {})
    return b"".join(pieces)
