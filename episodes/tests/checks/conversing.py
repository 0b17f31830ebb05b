"""Conversations written as plain lines, for episodes of our own that are in good order."""

from __future__ import annotations

from collections.abc import Sequence

from episodes.checks.nameindex import NameIndex
from episodes.checks.subject import Name, Subject, Turn

__all__ = ["conversation"]


def conversation(lines: str, speakers: Sequence[tuple[str, str, str]], **fields: object) -> Subject:
    """An episode of lines in twos: the speaker's number and the translation, then the original.

    ``speakers`` are the name, its translation and the role of each, numbered from 1 on. The turns are
    called t0, t1 …
    """
    names = [
        Name(key, "person", name, translated)
        for key, (name, translated, _role) in enumerate(speakers, 1)
    ]
    rows = [line.strip() for line in lines.strip().split("\n") if line.strip()]
    turns = []
    for place, (said, original) in enumerate(zip(rows[::2], rows[1::2], strict=True)):
        number, text = said.split(" ", 1)
        speaker = int(number)
        label = names[speaker - 1].name
        turns.append(Turn(f"t{place}", text=text, original=original, speaker=speaker, label=label))
    values: dict[str, object] = {
        "slug": "conversation",
        "title": "一次谈话",
        "date": "2025-04-03",
        "source": "https://example.org/conversation",
        "channel": "Example Media",
        "guest": "、".join(name for name, _translated, role in speakers if role == "guest"),
        "summary": "一次很长的谈话，讲了许多事情，也问了许多问题。",
        "turns": tuple(turns),
        "listed": {"person": frozenset(name.key for name in names)},
        "roles": {key: role for key, (_name, _translated, role) in enumerate(speakers, 1)},
        "register": NameIndex(names),
    }
    return Subject(**{**values, **fields})  # type: ignore[arg-type]
