"""What the note of an annotation says: its names, and its definition.

Here a note is plain text: :func:`plain` has taken the Markdown out.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from itertools import pairwise

from episodes.transcripts.annotation_marks import DESTINATION, LONGEST_HEAD, PUNCTUATION, TAG

__all__ = [
    "HAN",
    "LETTER_OR_DIGIT",
    "PEEK",
    "ROLE",
    "Note",
    "is_abbreviation",
    "is_expansion",
    "plain",
    "read_note",
]

_NAME = 120  # longest foreign name, in characters
PEEK = 240  # how much of a note may be read before it is accepted

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_MARKUP = re.compile(
    rf"\\({PUNCTUATION})|!?\[([^\[\]]*)\]{DESTINATION}"
    rf"|\*([^*\s](?:[^*\n]*[^*\s])?)\*(?!\*)|\*\*+|`+|{TAG}"
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z0-9]{1,31});")


@dataclass(frozen=True, slots=True)
class Note:
    foreign: str = ""
    abbreviation: str = ""
    expansion: str = ""
    definition: str = ""
    renderings: tuple[str, ...] = ()

    @property
    def named(self) -> bool:
        return bool(self.foreign or self.abbreviation or self.renderings)


def plain(raw: str) -> str:
    """Markdown as it reads: no marks, links as their text, a folded line joined again."""
    text = _MARKUP.sub(lambda m: m[1] or m[3] or (plain(m[2]) if m[2] else ""), raw)
    text = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
    lines = [line.strip() for line in text.split("\n")]
    for index, (line, following) in enumerate(pairwise(lines)):
        if line and following and line[-1] < "\u2e80" and following[0] < "\u2e80":
            lines[index] += " "
    return "".join(lines)


_SIGN = re.compile(r"[（(\[【“《「『）)\]】”》」』：:，,、]")


def _separator(text: str, signs: str) -> int:
    """Where the first of ``signs`` stands outside brackets and quotation marks; -1 if nowhere.

    ``10:30``, ``https://`` and ``std::map`` hold no colon that separates.
    """
    depth = 0
    for found in _SIGN.finditer(text):
        char, index = found[0], found.start()
        if char in "（([【“《「『":
            depth += 1
        elif char in "）)]】”》」』":
            depth = max(0, depth - 1)
        elif char in signs and depth == 0:
            before, after = text[index - 1 : index], text[index + 1 : index + 2]
            if char != ":" or not (
                (before.isdigit() and after.isdigit()) or after in ("/", ":") or before == ":"
            ):
                return index
    return -1


def is_abbreviation(name: str, longest: int = 5) -> bool:
    """AI, OEMs, R&D, 5G, GPT-4, SaaS, LiDAR; not Acme, OpenAI, or capitals longer than ``longest``.

    ``longest`` counts letters: in a note with one name only NVIDIA is a name, HVAC is not.
    """
    letters = [char for char in name.removesuffix("s") if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    if not letters or " " in name or len(name) > 12 or len(letters) > longest:
        return False
    if len(letters) == 1:
        return capitals == 1 and len(name) > 1
    small = len(letters) - capitals
    return capitals >= 2 and (
        small < capitals or (small == capitals == 2 and letters[-1].isupper())
    )


def is_expansion(short: str, name: str) -> bool:
    """Whether ``name`` spells ``short`` out (ROI: Return on X; Unitree: Unitree Robotics)."""
    if len(name.split()) < 2 and "-" not in name:
        return False
    if is_abbreviation(short, 10):
        return name[0].isupper() and name[0] == short[0].upper()
    return name.startswith(short + " ")


_FIGURE = re.compile(
    r"(?:[\d\s.,，、:：/~～+\-–—−%‰$€£¥￥°×≈=<>'′″约近超过至到第年月日号周天小时钟分秒点世纪代"
    r"零〇一二三四五六七八九十两几百千万亿兆吉瓦美元欧英镑人民币港公里米尺吨磅度个倍台岁章节页图表]"
    r"|(?<![A-Za-z])(?:million|billion|trillion|thousand|bn|mn|[kMGT]?Wh?|[kmc]?m|k?g|[KMGTP]B"
    r"|US|USD|EUR|GBP|RMB|CNY|[ap]\.?m\.?|[AP]M|AD|B?CE?|percent|Q|FY|c\.?|ca\.?"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6})(?![A-Za-z]))++"
)
_NUMERAL = re.compile(r".*\d|[〇一二三四五六七八九十两几百千万亿].*[年月日号元倍台岁吨米点]$")
_STAGE = re.compile(
    r"(?:.{0,2}笑.{0,2}|掌声|鼓掌|音乐|停顿|沉默|叹气|咳嗽|听不清楚?|无法辨认|插话"
    r"|点头|摇头|原文如此|音译|直译|意译|略|下同|同上|待续|续|完|重要|laugh(?:s|ter|ing)?|chuckles?"
    r"|applause|music|pauses?|inaudible|cross-?talk|sic|sighs?|ibid\.?)(?:[，、,。.！!\s]|$)",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"译者?[注按]|编[者辑]?[注按]|[校作]者?注|注[：:]|原文[为是如：:]|此处|这里|本段|应[为是该作]|疑[为似]"
    r"|口误|参[见看考照]|详见|见[图表上下前后第附]|同[上前]|[上下]文|see (?:also|above|below|page|note)\b"
    r"|(?:translator|editor)(?:'s|’s)? note|speaker \d"
    r"|例如|比如|譬如|诸如|如[：:A-Za-z]|包括|比方|尤其|特别是|such as\b|e\.g\.|including\b|for example",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[a-z]+://|www\.|@|[#/]\w*$|[\w.+-]+@\w|[\w-]+\.[\w.-]+/", re.I | re.A)
_EXPLAINS = re.compile(
    r"一[家种个位款项类套组名部本批座条间支场段]|[指是即由某均都皆属]|[两二三四]者|分别|同|用[于来]|通过|来自|位于|能够|可以"
    r"|.*(?:[的了，。；！？]|公司|企业|平台|机构|旗下|之一|创始人|总裁|说|称|表示|如下)"
)
_LABEL = re.compile(
    r"(?:英文|英语|外文|英文名称?|原名|全称|简称|缩写|又称|又名|也称|即)[为是：:]?\s*"
)
ROLE = re.compile(
    r"主持人|主播|嘉宾|记者|听众|观众|旁白|画外音|host|guest|speaker\b.*", re.IGNORECASE
)
_POINTS = "这那此该其它他她你我您咱某"


def _is_list(note: str) -> bool:
    if note.endswith(("等", "等等", "etc", "etc.")):
        return True
    items = note.split("、")
    if len(items) > 1:
        return all(len(i) <= 12 and not re.search(r"[的是指，：:]|等\S", i) for i in items)
    return note.count(", ") > 1 and not re.search(r"\b(?:and|or)\b|&|[一-鿿]", note)


def _is_no_note(note: str, head: str) -> bool:
    """Laughter, a translator's remark, a figure, a date, an address, a list of examples."""
    return bool(
        not LETTER_OR_DIGIT.search(note)
        or (len(note) == 1 and note.islower())  # the k of 401(k)
        or (len(note) <= 12 and _STAGE.match(note))
        or _REMARK.match(note)
        or _ADDRESS.match(note[:LONGEST_HEAD])
        or ROLE.fullmatch(note)
        or (len(note) <= 60 and _NUMERAL.match(note) and _FIGURE.fullmatch(note))
        or (len(note) <= PEEK and _separator(note, "：:") < 0 and _is_list(note))
        or (head[0] in _POINTS and note[0] in "指即")
    )


def _pair(first: str, second: str) -> Note | None:
    """Two names of one thing, in either order; None if neither is short for the other."""
    if not first or not second:
        return None
    if (
        is_abbreviation(second, 10)
        and not is_abbreviation(first, 10)
        and second[0].upper() == first[0].upper()
    ):
        return Note(foreign=first, abbreviation=second)
    if is_expansion(first, second):
        return Note(abbreviation=first, expansion=second)
    return None


def _foreign(slot: str) -> Note | None:
    """A slot without Chinese as one name or two; None if it is no name."""
    slot = slot.strip(" \t\r\n/,，;-—")
    if not any(map(str.isalpha, slot)) or len(slot) > _NAME or re.search("[。！？；、]", slot):
        return None
    if len(slot) == 1 and not slot.isupper():
        return None
    if slot[-1] in "）)":
        outer, _, inner = slot.replace("（", "(").partition("(")
        if pair := _pair(outer.strip(), inner[:-1].strip()):
            return pair
    for sign in ("/", "／", ",", "，"):
        first, found, second = slot.partition(sign)
        if found and (pair := _pair(first.strip(), second.strip())):
            return pair
    return Note(abbreviation=slot) if is_abbreviation(slot) else Note(foreign=slot)


def _names(slot: str, foreign_head: bool, defined: bool) -> Note | None:
    """What stands before the colon (``defined``), or the whole note, as names; None if it isn't."""
    slot = slot.strip()
    if not HAN.search(slot):
        return _foreign(slot)
    if label := _LABEL.match(slot):
        rest = slot[label.end() :]
        return None if HAN.search(rest) else _foreign(rest)
    signs = "[/／，,]" if defined and foreign_head and HAN.match(slot) else "[/／]"
    parts = [part.strip() for part in re.split(signs, slot)]
    chinese = tuple(dict.fromkeys(part for part in parts if HAN.search(part)))
    others = [part for part in parts if part and part not in chinese]
    longest = 16 if defined else 8
    if any(len(part) > longest or _EXPLAINS.match(part) for part in chinese):
        return None
    if not (foreign_head or others) or (not others and _separator(slot, "，,、") >= 0):
        return None
    named = _foreign("/".join(others)) if others else Note()
    return replace(named, renderings=chinese) if named else None


def _with_rest(names: Note, rest: str) -> Note:
    """What follows the first name: another name, the definition, or both."""
    rest = rest.strip()
    first = names.foreign or names.abbreviation
    if names.expansion or (names.foreign and names.abbreviation):
        return replace(names, definition=rest)
    colon = _separator(rest, "：:")
    slot = rest[:colon].strip() if colon > 0 else ""
    if slot and not HAN.search(slot) and (second := _foreign(slot)):
        definition = rest[colon + 1 :].strip()
        if not first:
            return replace(second, renderings=names.renderings, definition=definition)
        if pair := _pair(first, slot):
            return replace(pair, definition=definition)
        if slot[0].isupper() or is_abbreviation(first, 10):
            return Note(abbreviation=first, expansion=slot, definition=definition)
    if not first:
        return replace(names, definition=rest)
    han = HAN.search(rest)
    if han is None:
        pair = _pair(first, rest) if len(rest) <= _NAME else None
        return pair or replace(names, definition=rest)
    cut = max(rest.rfind(sign, 0, han.start()) for sign in "，,；;—。")
    if cut > 0 and (pair := _pair(first, rest[:cut].strip(" ，,；;—"))):
        return replace(pair, definition=rest[cut + 1 :].strip())
    return replace(names, definition=rest)


def read_note(note: str, head: str) -> Note | None:
    """The slots of a note (plain text) for this head (plain text); None if it is no annotation."""
    note = note.strip().lstrip(" ：:/，,")
    if not note or _is_no_note(note, head):
        return None
    foreign_head = not HAN.search(head) and any(map(str.isalpha, head))
    colon = _separator(note, "：:")
    read: Note | None = None
    if colon > 0:
        if _LABEL.fullmatch(note[:colon]):
            read = read_note(note[colon + 1 :], head) if len(note) < PEEK else None
        elif names := _names(note[:colon], foreign_head, True):
            read = _with_rest(names, note[colon + 1 :])
    elif names := _names(note, foreign_head, False):
        read = names
    if read is None and (han := HAN.search(note)):
        cut = max(note.rfind(sign, 0, han.start()) for sign in "，,；—。")
        if cut > 0 and (names := _foreign(note[:cut])):
            read = replace(names, definition=note[cut + 1 :].strip())
    if read is None or (foreign_head and re.match(r"(?:an?|the) \w+ \w+ \w", note)):
        read = Note(definition=note)
    return _complete(read, head) if foreign_head else read


def _complete(note: Note, head: str) -> Note:
    """A foreign head is itself the abbreviation or the foreign term that the note leaves out."""
    if not note.named or note.expansion:
        return note
    if is_abbreviation(head, 10):
        return note if note.abbreviation else replace(note, abbreviation=head)
    return note if note.foreign else replace(note, foreign=head)
