"""json3, in which YouTube gives its captions: events of segments, a word each (FORMATS §8)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from episodes.transcripts.captionnotes import CaptionNotes
from episodes.transcripts.characters import strip_controls
from episodes.transcripts.document import ReadError
from episodes.transcripts.messages import gettext_noop
from episodes.transcripts.timed import MOST_TIME, Piece, Row, Shown

__all__ = ["MOST_UNREAD", "read_events"]

MOST_UNREAD = 10_000  # events: a file with more is nothing that YouTube wrote


def read_events(text: str, notes: CaptionNotes) -> tuple[list[Shown], bool]:
    """The captions of a file in its order, and whether speech recognition wrote them.

    A caption ends where the next one begins; ``line`` is the number of the event.

    :raises ReadError: if the text is no JSON, or holds no list of events that are of captions.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = gettext_noop("The file is no JSON, or was cut off.")
        raise ReadError("json_unread", message, getattr(error, "lineno", 0)) from None
    events = whole.get("events") if isinstance(whole, dict) else None
    if not isinstance(events, list):
        message = gettext_noop("The JSON holds no list of “events”: these are no captions.")
        raise ReadError("no_events", message)
    found: list[Shown] = []
    automatic = False
    unread = 0
    for number, event in enumerate(events, 1):
        if isinstance(event, dict) and event.get("segs") is None:
            continue  # a window or a style
        cue = _shown(event, number)
        if cue is None:
            unread += 1
            if unread > MOST_UNREAD:
                message = gettext_noop("The “events” of the JSON are not those of captions.")
                raise ReadError("no_events", message, number)
            notes.leave(number, _written(event), "event_unread", number=number)
            continue
        automatic = automatic or _is_recognised(event)
        if any(row.text for row in cue.rows):
            found.append(cue)
    for cue, after in pairwise(found):
        if cue.start <= after.start < cue.end:
            cue.end = after.start
    return found, automatic


def _written(event: object) -> str:
    try:
        return strip_controls(json.dumps(event, ensure_ascii=False))
    except RecursionError:  # deeper than it may be written, and than sense
        return "[…]"


def _shown(event: Any, number: int) -> Shown | None:
    """An event as a caption; None if it is none that can be read whole."""
    if not isinstance(event, dict) or not isinstance(event["segs"], list):
        return None
    start = _time(event.get("tStartMs"))
    length = _time(event.get("dDurationMs", 0))
    if start is None or length is None or start + length > MOST_TIME:
        return None
    cue = Shown(start, start + length, number, [Row(number)])
    for segment in event["segs"]:
        if not isinstance(segment, dict) or not isinstance(segment.get("utf8", ""), str):
            return None
        offset = _time(segment.get("tOffsetMs", 0))
        if offset is None:
            return None
        known = "tOffsetMs" in segment
        for break_, line in _lines(strip_controls(segment.get("utf8", ""))):
            if break_:
                cue.rows.append(Row(number))
            if line:
                cue.rows[-1].pieces.append(Piece(line, start + offset if known else None))
            known = known and not line.strip()
    return cue


def _lines(text: str) -> Iterator[tuple[bool, str]]:
    for place, line in enumerate(text.split("\n")):
        yield place > 0, line


def _time(value: object) -> int | None:
    """A number of milliseconds; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= MOST_TIME else None


def _is_recognised(event: dict[str, Any]) -> bool:
    """Recognised words come one by one, with the line breaks in events of their own."""
    return bool(event.get("aAppend")) or any("acAsrConf" in part for part in event["segs"])
