"""Which recording an address leads to.

Only what names one recording is an identity: a video's address. A web page is none (a show's home
page stands in many transcripts), nor is a playlist or a channel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from episodes.remarks import say
from episodes.transcripts.document import Diagnostic

__all__ = ["Recording", "identify"]

_HOSTS = {"youtube.com", "youtube-nocookie.com", "youtu.be"}
_PREFIXES = ("www.", "m.", "music.", "gaming.")
_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_BY_PATH = {"shorts", "embed", "live", "v", "e", "watch"}
_NOT_AN_ID = {"videoseries", "live_stream"}


@dataclass(frozen=True, slots=True)
class Recording:
    """``identity`` is ``youtube:`` and the video's id, or empty; the diagnostic says what is wrong."""

    identity: str = ""
    diagnostic: Diagnostic | None = None


def identify(address: str) -> Recording:
    """Return the recording that an address names, whatever form the address has.

    A video's address whose id is cut short or overlong names nothing and gets the diagnostic
    ``recording_id_broken``.
    """
    found = _video_id(address.strip())
    if found is None:
        return Recording()
    if _ID.fullmatch(found):
        return Recording(f"youtube:{found}")
    message = say("recording_id_broken", address=address.strip()[:200], count=len(found))
    return Recording("", Diagnostic(0, "recording_id_broken", message))


def _video_id(address: str) -> str | None:
    """The video's id as written; None where the address is not a video's."""
    if "://" not in address:
        address = "https://" + address.removeprefix("//")
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    for prefix in _PREFIXES:
        host = host.removeprefix(prefix)
    if parts.scheme.lower() not in ("http", "https") or host not in _HOSTS:
        return None
    steps = [step for step in parts.path.split("/") if step]
    if host == "youtu.be":
        return steps[0] if steps else None
    if steps[:1] == ["watch"] and len(steps) == 1:
        values = parse_qs(parts.query, keep_blank_values=True).get("v")
        return values[0].strip() if values else None
    if len(steps) >= 2 and steps[0] in _BY_PATH and steps[1] not in _NOT_AN_ID:
        return steps[1]
    return None
