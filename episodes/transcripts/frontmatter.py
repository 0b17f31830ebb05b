"""Front matter: where it ends, what its keys mean, and how it is written.

Decisions. Known keys in another case (``Title``) and ``companies``, ``projects``, ``channel`` stand
for ``companies_orgs``, ``project``, ``speaker`` only where that key itself is missing; else they
stay among the extra ones. A value that does not belong under its key is kept, as it was, as the
extra key ``<key>_unread``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from episodes.transcripts.characters import has_han, name_key, tidy_line, tidy_text
from episodes.transcripts.document import FrontMatter, ReadError
from episodes.transcripts.messages import gettext_noop
from episodes.transcripts.notes import Notes
from episodes.transcripts.yamlform import Node, parse, write_pair

# key of the file -> field of FrontMatter, in the order in which they are written
TEXTS = {
    "title": "title",
    "date": "date",
    "source": "source",
    "speaker": "channel",
    "author": "author",
    "guest": "guest",
    "series": "series",
    "area": "area",
    "category": "category",
}
LISTS = {
    "project": "projects",
    "tags": "tags",
    "people": "people",
    "companies_orgs": "organisations",
    "products_models": "products",
    "media_books": "works",
}
PROSE = {"summary": "summary", "insight": "insight"}
FIELDS = {**TEXTS, **LISTS, **PROSE}
ALIASES = {"companies": "companies_orgs", "projects": "project", "channel": "speaker"}

_KEY_LINE = re.compile(
    r"""(?:[A-Za-z_][\w-]{0,99}|"[^"\n]{1,99}"|'[^'\n]{1,99}')\s{0,9}:(?:\s|$)"""
)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]00:00(?::00)?(?:\.0+)?Z?)?")
_BRACKETED = re.compile(r"([^()（）]+?)\s{0,9}[(（]([^()（）]+)[)）]")
_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9&.-]{1,7}")
_SPLIT_TAGS = re.compile("[,，、;；\n]")
_SPLIT_NAMES = re.compile(r"[，、;；\n]|,(?! (?:Inc|Ltd|LLC|Jr|Sr|Corp|Co|LP|PhD)\b)")


def split(lines: list[str]) -> tuple[str, int, int] | None:
    """Text of the front matter, its first line, index of the first line of the body.

    None where the file has none. Lines count from 1. Raises :class:`ReadError`
    (``front_matter_unclosed``) where keys follow an opening ``---`` that is never closed.
    """
    start = 0
    while start < len(lines) and not lines[start].strip():
        start += 1
    if start == len(lines) or lines[start].rstrip() != "---":
        return None
    first = next((line for line in lines[start + 1 :] if line.strip()), "")
    glued = start + 1 < len(lines) and bool(lines[start + 1].strip())
    looks = bool(_KEY_LINE.match(first)) or first.startswith("#")
    for index in range(start + 1, len(lines)):
        if lines[index].rstrip() == "---":
            if not looks and first.rstrip() != "---":
                return None
            if not glued and first.rstrip() == "---":
                return None
            return "\n".join([*lines[start + 1 : index], ""]), start + 2, index + 1
    if glued and looks:
        message = gettext_noop("The front matter is never closed by a line “---”.")
        raise ReadError("front_matter_unclosed", message, start + 1)
    return None


def read(text: str, first_line: int, notes: Notes) -> FrontMatter:
    """The front matter of a file; ``first_line`` is the line on which ``text`` begins."""
    pairs, comments = parse(text, first_line)
    for line, comment in comments:
        notes.leave(line, comment, "yaml_comment")
    taken = {key for key, _ in pairs}
    texts: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    extra: list[tuple[str, object]] = []
    for key, node in pairs:
        known = _known(key, taken)
        if known is None:
            extra.append((key, node.value))
            continue
        if known != key:
            taken.add(known)
            notes.note(node.line, "key_alias", key=key, known=known)
        kept = f"{known}_unread"
        if isinstance(node.value, dict) or any(item.text is None for item in node.items):
            notes.note(node.line, "value_unread", key=key, kept=kept)
            extra.append((kept, node.value))
        elif known in LISTS:
            lists[LISTS[known]] = _list(known, node, notes)
        elif known == "date":
            texts["date"] = _date(node, notes)
            if not texts["date"] and _text(known, node, notes):
                notes.note(node.line, "date_unread", text=node.text)
                extra.append(("date_unread", _text(known, node, notes)))
        else:
            texts[FIELDS[known]] = _text(known, node, notes)
    return FrontMatter(**texts, **lists, extra=tuple(extra))  # type: ignore[arg-type]


def _known(key: str, taken: set[str]) -> str | None:
    if key in FIELDS:
        return key
    lower = key.strip().lower()
    known = ALIASES.get(lower, lower)
    return known if known in FIELDS and known not in taken else None


def _text(key: str, node: Node, notes: Notes) -> str:
    if node.items:
        values = [item.text or "" for item in node.items if item.value is not None]
        if len(values) > 1:
            notes.note(node.line, "list_for_text", key=key)
        return tidy_line(", ".join(values))
    if node.text is None or node.value is None:
        return ""
    if key in PROSE:
        return tidy_text(node.text)
    if key == "title" and "\n" in node.text.strip():
        notes.note(node.line, "title_broken")
    return tidy_line(node.text)


def _list(key: str, node: Node, notes: Notes) -> tuple[str, ...]:
    if node.text is not None:
        if node.value is None or not node.text.strip():
            return ()
        notes.note(node.line, "text_for_list", key=key)
        pattern = _SPLIT_TAGS if key in ("tags", "project") else _SPLIT_NAMES
        values = [(node.line, part) for part in pattern.split(node.text)]
    else:
        values = [(item.line, item.text or "") for item in node.items if item.value is not None]
    tidy = [(line, tidy_line(value)) for line, value in values]
    kept, dropped = _unique([value for _, value in tidy])
    for index, instead in dropped:
        line, value = tidy[index]
        if value:
            notes.leave(line, value, "duplicate_value", key=key, kept=instead)
    return kept


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """The values without empty ones and duplicates, each in its best spelling.

    Case, width, spacing and slug against display name do not count; ``Full Name (FN)`` stands for
    ``Full Name`` and for ``FN`` too. Idempotent.
    """
    return _unique([tidy_line(value) for value in values])[0]


def _unique(values: list[str]) -> tuple[tuple[str, ...], list[tuple[int, str]]]:
    """The values kept, and for each dropped one its index and what is kept instead."""
    groups: dict[str, int] = {}  # key -> index of the value kept
    order: list[int] = []
    dropped: list[int] = []
    for index in sorted(range(len(values)), key=lambda i: (-_rank(values[i]), i)):
        keys = _keys(values[index])
        known = next((groups[key] for key in keys if key in groups), None)
        if known is not None or not keys:
            dropped.append(index)
            continue
        order.append(index)
        for key in keys:
            groups[key] = index
    first: dict[int, int] = {}
    for index in range(len(values)):
        for key in _keys(values[index])[:1]:
            owner = groups[key]
            first[owner] = min(first.get(owner, index), index)
    kept = sorted(order, key=lambda i: (first.get(i, i), i))
    instead = [
        (i, values[groups[_keys(values[i])[0]]]) for i in sorted(dropped) if _keys(values[i])
    ]
    return tuple(values[i] for i in kept), instead


def _keys(value: str) -> list[str]:
    if not value:
        return []
    match = _BRACKETED.fullmatch(value)
    if not match:
        return [_key(value) or value]
    keys = [_key(match[1]) or value]
    if _ABBREVIATION.fullmatch(match[2]):
        keys.append(_key(match[2]) or value)
    return keys


def _key(name: str) -> str:
    """The name without the signs that a slug loses."""
    return "".join(c for c in name_key(name) if c.isalnum() or c in "+#")


def _rank(value: str) -> int:
    if _BRACKETED.fullmatch(value):
        return 2
    return int(any(c.isupper() or c.isspace() for c in value) or has_han(value))


def _date(node: Node, notes: Notes) -> str:
    text = (node.text or "").strip()
    match = _DATE.fullmatch(text)
    if not match:
        return ""
    try:
        found = date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return ""
    if found != text:
        notes.note(node.line, "date_rewritten", text=text, date=found)
    return found


def is_date(text: str) -> bool:
    """Whether the text is a date as a document holds it."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def write(front: FrontMatter) -> str:
    """The front matter with its fences: every known key in one order, then the extra ones."""
    out = ["---\n"]
    for key, field in FIELDS.items():
        value = getattr(front, field)
        out.append(f"{key}: '{value}'\n" if key == "date" and value else write_pair(key, value))
    out.extend(write_pair(key, value) for key, value in front.extra)
    out.append("---\n")
    return "".join(out)
