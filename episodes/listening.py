"""Where a recording can be heard from a certain moment on. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from episodes.recordings import identify

__all__ = ["Recorded", "recorded"]

_BILIBILI = ("bilibili.com", "www.bilibili.com", "m.bilibili.com")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording: ``audio`` is the address of a sound file that a page may play, ``page`` that of a
    page which takes a moment (``t=``, seconds); either may be empty."""

    audio: str = ""
    page: str = ""

    def at(self, milliseconds: int | None) -> str:
        """Return the address that leads to a moment, "" where none does."""
        if milliseconds is None:
            return ""
        if self.audio:
            return f"{self.audio.partition('#')[0]}#t={milliseconds / 1000:g}"
        if not self.page:
            return ""
        parts = urlsplit(self.page)
        query = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("t", "start")]
        query.append(("t", str(milliseconds // 1000)))
        return urlunsplit(parts._replace(query=urlencode(query), fragment=""))


def recorded(audio_url: str, source_address: str) -> Recorded:
    """Return how an episode's recording can be heard.

    Pages may play what comes over https (as their Content-Security-Policy says); of videos the ones
    of YouTube and Bilibili can be opened at a moment.
    """
    if audio_url.lower().startswith("https://"):
        return Recorded(audio=audio_url)
    found = identify(source_address).identity
    if found:
        video = found.removeprefix("youtube:")
        return Recorded(page=f"https://www.youtube.com/watch?v={video}")
    try:
        host = urlsplit(source_address).hostname or ""
    except ValueError:
        return Recorded()
    if host in _BILIBILI and source_address.lower().startswith(("https://", "http://")):
        return Recorded(page=source_address)
    return Recorded()
