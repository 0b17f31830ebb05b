"""Why YouTube gave no captions: what it and yt-dlp write, and what a person is told instead."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from episodes.sources.answers import Answer, State
from episodes.sources.manners import retry_after
from episodes.transcripts.characters import strip_controls
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = ["OUTCOMES", "Trouble", "code_of_warnings", "trouble_of"]

_WAY_OUT = gettext_noop(
    "Download the captions yourself in a browser and upload them: VTT, SRT or json3."
)

# what happened: (the sentence, the state, how long to leave YouTube alone)
OUTCOMES: dict[str, tuple[Message, State, float | None]] = {
    "rate_limited": (
        gettext_noop("YouTube lets this machine ask no more for a while (asked for {url})."),
        State.PASSING,
        3600.0,  # “for up to an hour”
    ),
    "bot_check": (
        gettext_noop("YouTube takes this machine for a robot and does not answer for {url}."),
        State.PASSING,
        900.0,
    ),
    "withheld": (
        gettext_noop("YouTube keeps the captions of {url} to its own player at the moment."),
        State.PASSING,
        None,
    ),
    "unreachable": (
        gettext_noop("YouTube could not be reached for {url}. Try again later."),
        State.PASSING,
        None,
    ),
    "odd_answer": (
        gettext_noop("YouTube sent something else than captions for {url}. Try again later."),
        State.PASSING,
        None,
    ),
    "not_yet": (
        gettext_noop(
            "The broadcast {url} has not begun or is not over: its captions come some hours later."
        ),
        State.PASSING,
        None,
    ),
    "private": (gettext_noop("The video {url} is private."), State.GONE, None),
    "removed": (gettext_noop("The video {url} is no longer on YouTube."), State.GONE, None),
    "age": (
        gettext_noop("YouTube shows {url} only to people who sign in and prove their age."),
        State.FAILED,
        None,
    ),
    "country": (
        gettext_noop("YouTube does not show {url} in the country this machine is in."),
        State.FAILED,
        None,
    ),
    "members": (
        gettext_noop("YouTube shows {url} only to members or for money."),
        State.FAILED,
        None,
    ),
    "no_captions": (gettext_noop("The video {url} has no captions."), State.FAILED, None),
    "other_languages": (
        gettext_noop(
            "The video {url} has no captions in the language that is spoken ({language}), only in "
            "{others}."
        ),
        State.FAILED,
        None,
    ),
    "too_large": (
        gettext_noop("The captions of {url} are larger than {limit} bytes, the most that is read."),
        State.FAILED,
        None,
    ),
    "other_video": (
        gettext_noop("YouTube led from {url} to something else than this video."),
        State.FAILED,
        None,
    ),
    "refused": (gettext_noop("YouTube refused {url}: “{said}”."), State.FAILED, None),
    "broken": (
        gettext_noop(
            "What YouTube answered for {url} was not understood. If this is so for every video, "
            "yt-dlp needs an update on the server."
        ),
        State.FAILED,
        None,
    ),
}

# What YouTube and yt-dlp write; the first match decides, so the narrower stand first.
_SIGNS = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"rate.limited|HTTP Error 429|too many requests|try again later", "rate_limited"),
        (r"not a bot|captcha|IP is likely being blocked|HTTP Error 403", "bot_check"),
        (r"confirm your age|age.restricted|age.verification|for some users", "age"),
        (r"your country|your location|geo.?restrict|blocked it|use a VPN", "country"),
        (r"members|join this channel|requires? payment|premium|\brent\b|purchase", "members"),
        (r"private video|video is private", "private"),
        (r"will begin|premieres|is upcoming|live event|not currently live|is offline", "not_yet"),
        (r"removed|terminated|no longer available|does not exist|deleted", "removed"),
        (r"video (?:is )?unavailable|isn.t available any ?more", "removed"),
        (r"HTTP Error (?:404|410|5\d\d)|timed? ?out|network|resolve|unreachable", "unreachable"),
        (r"connection|incomplete|more expected|\bSSL|certificate|to proxy", "unreachable"),
        (r"PO.token", "withheld"),
    )
)


class Trouble(Exception):
    """The captions were not read.

    ``code`` is a key of ``OUTCOMES``, ``facts`` fill its sentence; ``rest`` are the seconds for which
    YouTube wants to be left alone, where it said so itself.
    """

    def __init__(self, code: str, facts: Mapping[str, object], rest: float | None = None) -> None:
        super().__init__(code, facts, rest)
        self.code = code
        self.facts = facts
        self.rest = rest

    def answer(self, url: str) -> Answer:
        """What is answered for the video at ``url``: the sentence, with the way out behind it."""
        what, state, rest = OUTCOMES[self.code]
        message = fill(
            gettext_noop("{what} {way_out}"),
            what=fill(what, url=url, **self.facts),
            way_out=_WAY_OUT,
        )
        rest = rest if self.rest is None else self.rest
        return Answer(state, message, url=url, retry_after=rest)


_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_PREFIX = re.compile(r"\A(?:ERROR:\s*)?(?:\[[\w:]+\]\s*)?(?:[\w-]{11}:\s*)?")
# From here on yt-dlp speaks of itself, or repeats the exception.
_ADVICE = re.compile(r"\(caused by|[;,.]?\s*please report|\bUse --|\bSee |\bAlso see|https?://|\n")
_OF_FORMATS = re.compile(r"\bformats?\b", re.IGNORECASE)


def trouble_of(error: Exception, warnings: Sequence[str]) -> Trouble:
    """What an error of yt-dlp's means; ``warnings`` are what it remarked before."""
    said = _COLOURS.sub("", str(error))
    rest = None
    for cause in _causes(error):
        response = getattr(cause, "response", None)
        if response is not None:  # yt-dlp's HTTPError
            if getattr(cause, "status", 0) in (429, 503):
                written = response.headers.get("Retry-After", "")
                rest = retry_after(written, response.headers.get("Date", ""), time.time())
            with suppress(Exception):
                response.close()
    code = _code_of(said) or code_of_warnings(warnings)
    if code:
        return Trouble(code, {}, rest)
    words = _ADVICE.split(_PREFIX.sub("", said), maxsplit=1)[0].strip(" .;,")
    if not words or "please report" in said.lower() or "yt-dlp" in words or "--" in words:
        return Trouble("broken", {})
    return Trouble("refused", {"said": strip_controls(words[:150])})


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was made of; yt-dlp hangs that on attributes of its own."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(seen) < 20:
        found = waiting.pop()
        if isinstance(found, BaseException) and found not in seen:
            seen.append(found)
            yield found
            inner = getattr(found, "exc_info", None) or (None, None, None)
            waiting += [inner[1], getattr(found, "cause", None), found.__cause__, found.__context__]


def code_of_warnings(warnings: Sequence[str]) -> str:
    """The key of ``OUTCOMES`` for why captions are missing; "" if no warning tells.

    What is said of formats is about pictures and sound: “… may yield HTTP Error 403” is no refusal.
    """
    return _code_of("\n".join(text for text in warnings if not _OF_FORMATS.search(text)))


def _code_of(said: str) -> str:
    text = _COLOURS.sub("", said)
    return next((code for sign, code in _SIGNS if sign.search(text)), "")
