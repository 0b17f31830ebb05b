"""Tags as editors type them: split on Latin and Chinese separators, slugs in any script."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from django.utils.text import slugify

__all__ = ["format_tags", "parse_tags", "slug_for"]

_SEPARATORS = re.compile(r"[,，、;；\n]")


def parse_tags(text: str | None) -> list[str]:
    """Return the tags of a typed line, in order, once each (by case and width)."""
    seen: dict[str, str] = {}
    for part in _SEPARATORS.split(text or ""):
        name = " ".join(part.strip().strip("\"'“”").split())
        if name:
            seen.setdefault(unicodedata.normalize("NFKC", name).casefold(), name)
    return list(seen.values())


def format_tags(tags: Iterable[object]) -> str:
    """Return tags as the line that ``parse_tags`` reads back."""
    return ", ".join(str(tag) for tag in tags)


def slug_for(name: str, number: int | None = None) -> str:
    """Return a Unicode slug; a name of nothing but signs (``#``, ``+++``) gets one of its digest."""
    slug = (
        slugify(unicodedata.normalize("NFKC", name), allow_unicode=True)
        .replace("_", "-")
        .strip("-")
    )
    if not slug:
        slug = "tag-" + hashlib.sha256(name.casefold().encode()).hexdigest()[:6]
    return f"{slug}-{number}" if number is not None else slug
