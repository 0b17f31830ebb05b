"""What a speaker's label says: a role, a name, or both. Pure; ``speakers`` decides with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from episodes.models import Person
from episodes.names import name_key, spelling_keys
from episodes.transcripts.characters import has_han
from episodes.transcripts.document import FrontMatter

__all__ = [
    "SpeakerLabel",
    "display_rank",
    "following_label",
    "guests_of",
    "is_full",
    "is_short_for",
    "is_slug",
    "looks_like_a_name",
    "read_label",
]

HOST_WORDS = (
    "主持人|主持|主播|采访者|采访人|提问者|记者|host|co-?host|interviewer|moderator|presenter|"
    "anchor|reporter"
)
GUEST_WORDS = "嘉宾|来宾|受访者|受访人|被采访者|guest(?: speaker)?|interviewee|panell?ist"
OTHER_WORDS = (
    "旁白|解说|发言人|发言者|讲者|讲师|演讲者|演讲人|说话人|说话者|观众|听众|听众来电|学生|参与者|男声|女声|男|女|"
    "画外音|翻译|问|答|提问|未知|未知说话人|众人|全体|合唱|广告|"
    "speaker[a-z]?|narrator|narration|audience(?: member| question)?|questioner|question|answer|"
    "announcer|announcement|caller|unknown|unidentified|"
    "(?:unknown|unidentified|male|female)(?: speaker| voice)?|voice ?over|voice|operator|"
    "participant|attendee|student|analyst|man|woman|all|both|everyone|crowd|person|translator|"
    "interpreter|advertisement|ad|q|a"
)
# "Speaker A", "嘉宾A", "Guest2"; but "Alla" is no "All A"
_NUMBER = (
    r"(?:\s{0,2}[-#_]?\s{0,2}\d{1,3}"
    r"|[\s#_-]{1,3}[A-Za-z一二三四五六七八九十甲乙丙丁]"
    r"|(?<=[\u4e00-\u9fff])[A-Za-z一二三四五六七八九十甲乙丙丁])?"
)
_HOST = re.compile(rf"(?:{HOST_WORDS}){_NUMBER}", re.I)
_GUEST = re.compile(rf"(?:{GUEST_WORDS}){_NUMBER}", re.I)
_OTHER = re.compile(rf"(?:{OTHER_WORDS}){_NUMBER}", re.I)
_ROLE_THEN_NAME = re.compile(
    rf"(?P<role>{HOST_WORDS}|{GUEST_WORDS})\s{{0,2}}(?:[-–—·/|,，]\s{{0,2}}|\s)(?P<name>\S.*)", re.I
)
_NAME_THEN_ROLE = re.compile(
    rf"(?P<name>.*\S)\s{{0,2}}[-–—/|,，]\s{{0,2}}(?P<role>{HOST_WORDS}|{GUEST_WORDS})", re.I
)
_BRACKETED = re.compile(r"(.+?)\s*[(（]([^()（）]+)[)）]")
_SEPARATORS = re.compile(r"[\s·•・‧]+")
_GUESTS = re.compile(r"\s*(?:[、;；,，&/\n]|\band\b)\s*")
_TITLES = re.compile(r"(?:dr|mr|mrs|ms|prof|professor|sir|dame)\.?\s+", re.I)
_NOT_IN_A_NAME = {
    "of",
    "at",
    "the",
    "for",
    "with",
    "ceo",
    "cto",
    "cfo",
    "coo",
    "founder",
    "co-founder",
}


@dataclass(frozen=True, slots=True)
class SpeakerLabel:
    """A label read: ``name`` is empty where it only tells a role, ``role`` host, guest or empty.

    ``also`` is what stands in brackets after a name and may be another form of it.
    """

    name: str = ""
    role: str = ""
    also: str = ""


def read_label(label: str) -> SpeakerLabel:
    """Return what a label says, whatever its brackets ("主持人（安）", "Ann Lee (Host)")."""
    text = label.strip().strip("[]【】").strip()
    role = _role(text)
    if role is not None:
        return SpeakerLabel(role=role)
    match = _BRACKETED.fullmatch(text)
    if match:
        outer, inner = match[1].strip(), match[2].strip()
        outer_role, inner_role = _role(outer), _role(inner)
        if outer_role is not None and inner_role is not None:
            return SpeakerLabel(role=outer_role or inner_role)
        if outer_role is not None:
            return SpeakerLabel(inner, outer_role)
        if inner_role is not None:
            return SpeakerLabel(outer, inner_role)
        return SpeakerLabel(outer, also=inner)
    found = _ROLE_THEN_NAME.fullmatch(text) or _NAME_THEN_ROLE.fullmatch(text)
    if found and _role(found["name"]) is None:
        return SpeakerLabel(found["name"].strip(), _role(found["role"]) or "")
    return SpeakerLabel(text)


def following_label(label: str, before: Person | None, after: Person | None) -> str:
    """Return the label of a turn whose speaker was ``before`` and is ``after``.

    A label that names whoever speaks now stays as written, so does one that never named the speaker.
    """
    key = name_key(read_label(label).name)
    if after is not None:
        return label if key in spelling_keys(after) else after.name
    return "" if label and before is not None and key in spelling_keys(before) else label


def _role(text: str) -> str | None:
    """host, guest or "" for a word that names a role, None for anything else."""
    if _HOST.fullmatch(text):
        return "host"
    if _GUEST.fullmatch(text):
        return "guest"
    if _OTHER.fullmatch(text) or not name_key(text) or text.isdigit():
        return ""
    return None


def parts_of(name: str) -> list[str]:
    """Return the keys of a name's parts, titles such as "Dr." left out; a slug's are its words."""
    if is_slug(name):
        return name.split("-")
    parts = (name_key(part) for part in _SEPARATORS.split(_TITLES.sub("", name.strip())))
    return [part for part in parts if part]


def is_full(name: str) -> bool:
    """Whether a name has a first and a last part (a Chinese name is whole without a separator)."""
    return len(parts_of(name)) > 1


def initials(name: str) -> str:
    """Return a full name's initials in lower case; empty for a name of one part."""
    parts = parts_of(name)
    return "".join(part[0] for part in parts) if len(parts) > 1 else ""


def looks_like_a_name(text: str) -> bool:
    """Whether a text has the shape of one person's name, and not of a description."""
    if not 0 < len(text) <= 60 or any(c.isdigit() for c in text):
        return False
    if has_han(text):
        return len(text) <= 16 and not re.search(r"[。，、：:；;！？的]", text)
    words = text.split()
    capitals = sum(word[0].isupper() for word in words)
    return (
        len(words) <= 5
        and capitals * 2 >= len(words)
        and not any(word.casefold().strip(".,") in _NOT_IN_A_NAME for word in words)
    )


def guests_of(front: FrontMatter) -> tuple[list[str], list[str]]:
    """The names in ``guest``, and what is in there besides."""
    parts = [part for part in _GUESTS.split(front.guest) if part]
    names = [part for part in parts if looks_like_a_name(part) and read_label(part).name]
    return names, [part for part in parts if part not in names]


def is_short_for(short: str, full: str) -> bool:
    """Whether a name is the first or the last part of a full one, or its initials."""
    parts, mine = parts_of(full), parts_of(short)
    if len(parts) < 2 or len(mine) != 1:
        return False
    if mine[0] in (parts[0], parts[-1]):
        return True
    return 2 <= len(short) <= 4 and short.isupper() and initials(full) == mine[0]


def display_rank(name: str) -> tuple[bool, bool, bool]:
    """How well a spelling stands as the name: Latin letters first, full ones, no slugs."""
    return not has_han(name), is_full(name), not is_slug(name) and name != name.casefold()


def is_slug(name: str) -> bool:
    """Whether a name is written as a slug ("ann-lee")."""
    return re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+", name) is not None
