"""What has to be kept of an editor's act on the turns, so that it can be taken back exactly.

``difference`` says, as JSON, how the working copy was otherwise before an act; ``taken_back`` makes it
so again. A turn that the act brought keeps its row and its address: it is withdrawn. Conflicts are
left as they are, for no act on the turns decides one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from episodes.transcripts.statejson import turn_from_json, turn_json
from episodes.transcripts.working import Element, Gone, Heading, Working, WorkingTurn

__all__ = ["Memory", "difference", "taken_back"]

Patch = Mapping[str, Any]


@dataclass
class Memory:
    """What an act leaves for its undo: filled by the function that acts.

    ``was`` and ``versions`` are the versions of the turns it concerned before and after it;
    ``revision`` is the episode's after it, 0 where nothing was changed.
    """

    revision: int = 0
    patch: dict[str, Any] = field(default_factory=dict)
    was: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)


def _name(element: Element) -> str:
    return f"heading:{element.key}" if isinstance(element, Heading) else element.uid


def _known(working: Working) -> dict[str, WorkingTurn]:
    return {turn.uid: turn for turn in working.turns()} | dict(working.withdrawn)


def difference(before: Working, after: Working, *, gone: Gone = Gone.REMOVED) -> dict[str, Any]:
    """Return how ``before`` was otherwise, as JSON; empty where nothing differs.

    ``gone``: why a turn that the act brought no longer stands once it is taken back.
    """
    old, new = _known(before), _known(after)
    turns = {}
    for uid, turn in old.items():
        was, now = turn_json(turn), turn_json(new.get(uid, turn))
        if was != now:
            names = sorted(was.keys() | now.keys())
            turns[uid] = {name: was.get(name) for name in names if was.get(name) != now.get(name)}
    brought = {uid: [gone.value, _near(before, after, uid)] for uid in new if uid not in old}
    names, order = [list(map(_name, working.elements)) for working in (before, after)]
    headings = {heading.key: heading for heading in after.headings()}
    titles = {
        str(each.key): [each.title, headings[each.key].title]
        for each in before.headings()
        if each.key in headings and each.title != headings[each.key].title
    }
    uids = before.redirects.keys() | after.redirects.keys()
    redirects = {
        uid: before.redirects.get(uid)
        for uid in sorted(uids - brought.keys())
        if before.redirects.get(uid) != after.redirects.get(uid)
    }
    found: dict[str, Any] = {
        "turns": turns,
        "brought": brought,
        "titles": titles,
        "order": names if names != order else [],
        "redirects": redirects,
    }
    return {name: value for name, value in found.items() if value}


def _near(before: Working, after: Working, uid: str) -> str:
    """The turn that an address leads to when its turn is taken away again: the one before, or after."""
    stood = {turn.uid for turn in before.turns()}
    uids = [turn.uid for turn in after.turns()]
    at = uids.index(uid)
    return next((each for each in (*reversed(uids[:at]), *uids[at:]) if each in stood), "")


def taken_back(now: Working, patch: Patch) -> Working:
    """Return the working copy without the act that ``patch`` tells of.

    What the act did not concern stays as it is now. Where it changed the order, the order must be
    the one it left.
    """
    turns = _known(now)
    redirects: dict[str, str] = dict(now.redirects)
    for uid, values in patch.get("turns", {}).items():
        merged = turn_json(turns[uid]) | values
        turns[uid] = turn_from_json(
            {name: value for name, value in merged.items() if value is not None}
        )
    for uid, (gone, near) in patch.get("brought", {}).items():
        turns[uid] = replace(turns[uid], gone=gone)
        redirects[uid] = near
    for uid, to in patch.get("redirects", {}).items():
        redirects[uid] = to or ""
    titles = patch.get("titles", {})
    headings = {
        _name(each): replace(each, title=titles.get(str(each.key), [each.title])[0])
        for each in now.headings()
    }
    names = patch.get("order") or list(map(_name, now.elements))
    standing = {uid: turn for uid, turn in turns.items() if not turn.gone}
    known: dict[str, Element] = {**headings, **standing}
    return replace(
        now,
        elements=tuple(known[name] for name in names if name in known),
        withdrawn={uid: turn for uid, turn in turns.items() if turn.gone},
        redirects={uid: to for uid, to in redirects.items() if to and uid not in standing},
    )
