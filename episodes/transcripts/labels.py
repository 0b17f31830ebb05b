"""Speaker labels: their forms, and which of them a document means.

A label is believed when it is known, recurs, or is written the way the document labels its turns
and has the shape of a name. Two passes: :class:`Evidence` collects every candidate, then decides.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from episodes.transcripts.characters import HAN, has_han, name_key

_NAME = r"[^\s:：*<>|#\[\]`\"“”。！？!?；;，、…\\-][^:：*<>|`\"“”。！？!?；;，、…\n\\]{0,47}?"
_PLAIN = re.compile(rf"\[?({_NAME})\]?\s{{0,2}}(?:[:：]|\]\s{{0,2}}[:：])(?!//)\s*")
_BOLD = re.compile(
    r"\*\*\s{0,2}\[?([^*\n:：\[\]]{1,60}?)\]?\s{0,2}"
    r"(?:([:：])\s{0,2}\]?\s{0,2}\*\*\s{0,2}[:：]?|\*\*\s{0,2}[:：])\s*"
)
_CAPTION = re.compile(r"(?:>|&gt;){2}(?:>|&gt;|\s)*")
_LEADING_TIME = re.compile(r"\[((?:\d{1,2}:)?\d{1,2}:\d{2})(?:[.,]\d{1,3})?\]\s*")

_HAN_ROLE = (
    "主持人?|主播|嘉宾|来宾|旁白|解说|采访者|受访者|采访人|受访人|提问者|提问|记者|发言人|讲者|讲师|演讲者|"
    "说话人|观众|听众|学生|参与者|男声|女声|画外音|翻译|问|答"
)
_LATIN_ROLE = (
    "speaker|host|co-?host|guest|interviewer|interviewee|moderator|narrator|audience(?: member)?|"
    "questioner|panelist|reporter|announcer|caller|unknown(?: speaker)?|analyst|voice ?over|"
    "operator|participant|student|presenter|anchor"
)
_IS_ROLE = re.compile(
    rf"(?:{_HAN_ROLE})\s{{0,2}}(?:[A-Za-z]|\d{{1,3}}|[一二三四五六七八九十甲乙丙丁])?"
    rf"|(?:{_LATIN_ROLE})(?:\s{{0,2}}[-#]?\d{{1,3}}|\s{{1,2}}[A-Za-z])?|[qa]\d{{0,2}}",
    re.I,
)
_ROLE_AND_NAME = re.compile(
    rf"(?:{_HAN_ROLE}|{_LATIN_ROLE})\s+\S.{{0,30}}|\S.{{0,30}}\s+(?:{_HAN_ROLE}|{_LATIN_ROLE})",
    re.I,
)
_IN_BRACKETS = re.compile(r"(.{1,50}?)\s{0,2}[(（]([^()（）]{1,40})[)）]")

_NEVER = re.compile(
    r"他|她|它|我|你|我们|他们|她们|注|注意|备注|例如|比如|譬如|例|总结|小结|结论|来源|链接|网址|时间|日期|编者按|编者注"
    r"|译者注|译注|提示|警告|定义|其一|其二|其三|首先|其次|最后|第一|第二|第三|一方面"
    r"|另一方面|换句话说|也就是说|事实上|简单来说|结果|原因|答案|问题|目标|背景|摘要|标题"
    r"|优点|缺点|成本|方法|方案|步骤|关键|重点|案例|数据|建议|优势|劣势|note|notes|nb|ps"
    r"|e\.g|i\.e|example|examples|source|sources|summary|conclusion|definition|tip|tips"
    r"|warning|http|https|ftp|date|time|title|link|links|url|step|steps|answer"
    r"|question|answers|questions|goal|background|pros|cons|result|results|reason|first"
    r"|second|third|finally|translator'snote|editor'snote"
    r"|exactly|right|yes|yeah|no|nope|well|so|look|listen|now|ok|okay|again|true|remember|meaning|plus"
    r"|also|but|and|because|then|here|today|indeed|clearly|bottomline|thinkaboutit|mypoint|thepoint"
    r"|对|没错|是的|好|好的|不|不是|不对|当然|确实|听着|你看|看|所以|但是|因此|而且|另外|此外|此时|今天"
)
_NUMBERED = re.compile(
    r"(?:step|part|chapter|figure|table|day|week|section|episode|lesson|phase|plan|option|rule|"
    r"question|point|note|example|level|stage|tip|act|version)\s?[\dA-Z一二三四五六七八九十]{1,4}"
    r"|第?[\d一二三四五六七八九十]{1,3}(?:步|章|节|点|条|个|部分|阶段|天|周|集|问|次|轮|层|类|种)?",
    re.I,
)
_SAYS = re.compile(
    r".*(?:说|问道|说道|道|表示|认为|写道|回答|回应|指出|称|提到|强调|补充|解释|所谓|就是|是"
    r"|问题|[一二三四五六几两]点|来说|来讲|而言|如下|包括|例如|比如|意味着|想法|观点|意思|感觉|问一下)"
)
_PARTICLE = re.compile(
    r"of|d[aeiou]|van|von|de[rnl]|l[aeo]|el|al|bin|ibn|bint|y|and|&|the|d[ao]s|te[nr]|zu[mr]?|af|av"
    r"|(?:d|l|al|el)[-'’][^\W\d_].*",
    re.I,
)
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马苗方俞任袁柳"
    "唐费薛雷贺倪汤罗郝安常于傅齐康伍余顾孟黄穆萧尹姚邵汪毛戴宋熊纪舒项董梁杜阮季江童郭林钟徐邱"
    "骆高夏蔡田胡凌霍万柯卢莫房解应丁邓洪包左石崔龚程陆翁曲段侯宁武刘景叶龙白黎易温庄史尚"
)
_TITLED = re.compile(
    r"(.{1,8})(?:先生|女士|小姐|太太|老师|教授|博士|医生|院士|律师|记者|主任|部长|参议员|议员|将军|总裁?)"
)
_TRANSLITERATION = frozenset(
    "阿艾安奥巴贝比布查达戴德迪蒂杜尔弗福盖格哈汉赫霍基吉加杰卡凯康科克肯库拉莱兰劳勒雷里利莉列林琳卢"
    "鲁罗洛马玛迈麦曼梅米莫姆穆娜纳南内尼诺努帕佩皮普奇乔琼萨赛塞瑟森山舍史斯斯塔泰特蒂汤托瓦万威维温"
    "文沃乌西希夏谢辛休雅亚扬伊因英尤约泽詹珍芝朱兹佐丝妮黛露茜玛鲍伯博彼得保弗兰姆埃隆姬妲顿逊恩波菲朗伦芬桑索坦廷昆柯柏蒙丹翰杰敦滕缪耶芙蓓琪娅玫芭薇凡葛沙什厄婕珊碧黎贾"
)


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of a line that may be a label: the name as written, and what follows it.

    ``form``: ``plain``, ``inside`` or ``outside`` (where the colon stands of the bold), ``caption``
    (behind ``>>``; the label may be empty then). ``said``: what is said if the label is none, as
    written, without mark and time.
    """

    label: str
    rest: str
    form: str
    time: int | None = None
    said: str = ""


def start_of(line: str) -> Start | None:
    """What a line begins with, if that has one of the forms of a label."""
    line = line.strip()
    time = None
    if line[:1] == "[":
        found = _LEADING_TIME.match(line)
        if found and found.end() < len(line):
            time = milliseconds(found[1])
            line = line[found.end() :]
    if line[:1] in ">&":
        mark = _CAPTION.match(line)
        if mark:
            inner = start_of(line[mark.end() :])
            if inner and inner.form != "caption":
                return Start(inner.label, inner.rest, "caption", time or inner.time, inner.said)
            said = line[mark.end() :].strip()
            return Start("", said, "caption", time, said)
    if line[:2] == "**":
        match = _BOLD.match(line)
        form = "inside" if match and match[2] else "outside"
    else:
        match = _PLAIN.match(line)
        form = "plain"
    if not match:
        return Start("", line, "time", time, line) if time is not None else None
    label = _as_written(match[1])
    if not _possible(label, line[match.end() :]):
        return Start("", line, "time", time, line) if time is not None else None
    return Start(label, line[match.end() :].strip(), form, time, line)


def milliseconds(clock: str) -> int:
    """``[hh:]mm:ss`` as milliseconds."""
    total = 0
    for part in clock.split(":"):
        total = total * 60 + int(part)
    return total * 1000


def _as_written(name: str) -> str:
    name = " ".join(name.split())
    if name[:1] == "[" and name[-1:] == "]":
        name = name[1:-1].strip()
    return name


def _possible(label: str, rest: str) -> bool:
    if not any(c.isalpha() for c in label):
        return False
    return not (label[-1].isdigit() and rest[:1].isdigit() and not _IS_ROLE.fullmatch(label))


def shape(label: str) -> int:
    """How much a label looks like somebody: 3 a role, 2 a name, 1 perhaps a name, 0 neither."""
    match = _IN_BRACKETS.fullmatch(label)
    base, inner = (match[1], match[2]) if match else (label, "")
    if _IS_ROLE.fullmatch(base) or (inner and _IS_ROLE.fullmatch(inner)):
        return 3
    if _ROLE_AND_NAME.fullmatch(base) and len(base.split()) <= 4:
        return 3
    if _rejected(base):
        return 0
    if has_han(base):
        return _han_shape(base)
    words = base.split()
    if len(words) > 5 or (base.isupper() and base.isalpha() and len(base) <= 5):
        return 0
    capital = all(w[0].isupper() or w[0].isdigit() or _PARTICLE.fullmatch(w) for w in words)
    return 2 if capital and words[0][0].isupper() else 0


def _han_shape(name: str) -> int:
    titled = _TITLED.fullmatch(name)
    if titled and re.fullmatch(f"[{HAN}·•・‧]+", name):
        return 2 if _han_shape(titled[1]) or titled[1][0] in _SURNAMES else 1
    parts = [part for part in re.split(r"[·•・‧\s]", name) if part]
    if len(parts) > 1 and len(name) <= 16 and re.search("[·•・‧]", name):
        return 2
    if not re.fullmatch(f"[{HAN}]+", name) or len(name) > 8:
        return 1 if len(parts) > 1 and len(name) <= 16 else 0
    if len(name) <= 6 and all(c in _TRANSLITERATION for c in name):
        return 2
    if len(name) in (2, 3) and name[0] in "老小阿":
        return 1
    return 1 if len(name) == 1 or (len(name) <= 4 and name[0] in _SURNAMES) else 0


def _rejected(label: str) -> bool:
    return (
        _NEVER.fullmatch(name_key(label)) is not None
        or _NEVER.fullmatch(label.lower()) is not None
        or _NUMBERED.fullmatch(label) is not None
        or _SAYS.fullmatch(label) is not None
    )


def _knowable(names: Iterable[str]) -> set[str]:
    """The keys of names, of what stands in their brackets, and of their parts."""
    keys: set[str] = set()
    for name in names:
        match = _IN_BRACKETS.fullmatch(name.strip())
        for whole in (match[1], match[2]) if match else (name.strip(),):
            slug = whole.islower() and "-" in whole
            parts = re.split("-" if slug else r"[\s·•・‧]+", whole)
            long = [p for p in parts if len(p) > 1 and (has_han(p) or p[0].isupper() or slug)]
            keys.update(name_key(part) for part in (whole, *(long if len(parts) > 1 else ())))
    keys.discard("")
    return keys


@dataclass(slots=True)
class _Candidate:
    label: str
    forms: set[str] = field(default_factory=set)
    count: int = 0
    with_block: int = 0
    quoting: int = 0
    heads: int = 0  # how often it begins a paragraph


class Evidence:
    """What a document says about its labels."""

    def __init__(self, known_names: Collection[str], channel: str = "") -> None:
        self._known = _knowable(known_names)
        if channel:
            self._known.add(name_key(channel))
        self._candidates: dict[str, _Candidate] = {}
        self._believed: dict[str, bool] = {}
        self._by_shape: set[str] = set()
        self.cautious = False  # a plain name has to recur more than once
        self._recurring = 0  # how many paragraphs begin with something that recurs
        self.paragraphs = 0
        self.blocks = 0

    def saw(self, start: Start, *, head: bool) -> str:
        """Count an occurrence; gives the key under which it is counted."""
        key = name_key(start.label)
        candidate = self._candidates.setdefault(key, _Candidate(start.label))
        candidate.forms.add(start.form)
        candidate.count += 1
        candidate.quoting += start.rest[:1] in ("“", "「", '"', "‘")
        candidate.heads += head
        return key

    def has_block(self, key: str) -> None:
        self._candidates[key].with_block += 1

    def knows(self, label: str) -> bool:
        if name_key(label) in self._known:
            return True
        match = _IN_BRACKETS.fullmatch(label)
        if match:
            return any(name_key(part) in self._known for part in match.groups())
        return self.cautious and self._continues(label, self._known)

    def _continues(self, label: str, keys: Collection[str]) -> bool:
        """Whether a full name begins or ends with one of the names."""
        parts = re.split(r"[\s·•・‧]+", label)
        ends = {name_key(parts[0]), name_key(parts[-1])}
        return len(parts) > 1 and shape(label) == 2 and not ends.isdisjoint(keys)

    def believes(self, label: str) -> bool:
        return self._believed.get(name_key(label), False)

    def believed(self) -> list[str]:
        """The labels believed, each in one spelling."""
        return [self._candidates[key].label for key, yes in self._believed.items() if yes]

    def is_by_shape(self, label: str) -> bool:
        """Whether a label is believed for nothing but its form and shape."""
        return name_key(label) in self._by_shape

    def decide(self) -> None:
        """Believe or not; to be called when everything has been seen."""
        counted = sum(c.count for c in self._candidates.values())
        per_turn = sum(c.with_block for c in self._candidates.values()) * 5 >= counted * 4 > 0
        later: list[tuple[str, _Candidate, int]] = []
        aside: list[str] = []  # recur, but never before a block
        for key, candidate in self._candidates.items():
            looks = shape(candidate.label)
            if self.knows(candidate.label):
                self._believed[key] = True
            elif looks < 2 and (candidate.quoting * 2 > candidate.count or _rejected(key)):
                self._believed[key] = False
            elif (
                self.cautious
                and looks < 3
                and candidate.forms == {"plain"}
                and candidate.count < (2 if looks == 2 and " " in candidate.label else 3)
            ):
                later.append((key, candidate, looks))
            elif looks and candidate.count > 1:
                alone = per_turn and looks < 3 and not candidate.with_block
                self._believed[key] = not alone or "·" in candidate.label
                if alone and looks == 2:
                    aside.append(key)
            elif looks == 3 and candidate.forms != {"plain"}:
                self._believed[key] = True
            else:
                later.append((key, candidate, looks))
        self._recurring = sum(c.heads for c in self._candidates.values() if c.count > 1)
        named = {k for k, yes in self._believed.items() if yes}
        parts = _knowable(self._candidates[key].label for key in named)
        for key in aside:
            label = self._candidates[key].label
            self._believed[key] = (
                self._believed[key] or key in parts or self._continues(label, parts)
            )
        covered = sum(c.heads for _, c, looks in later if looks >= 2)
        covered += sum(self._candidates[k].heads for k in named)
        forms = {form for key in named for form in self._candidates[key].forms}
        for key, candidate, shaped in later:
            looks = 2 if not shaped and key in parts and not _rejected(key) else shaped
            believed = self._later(candidate, looks, forms, covered, per_turn)
            self._believed[key] = believed
            if believed and looks < 3:
                self._by_shape.add(key)

    def _later(
        self, candidate: _Candidate, looks: int, forms: set[str], covered: int, per_turn: bool
    ) -> bool:
        same = bool(forms & candidate.forms) or candidate.forms == {"caption"}
        if candidate.count > 1 and not looks:  # recurs, but looks like nobody
            most = self._recurring * 10 >= self.paragraphs * 6
            blocks = candidate.with_block
            often = candidate.heads * 12 >= self.paragraphs
            return (candidate.count > 2 and most) or (
                often and blocks > 1 and blocks * 2 >= candidate.count
            )
        if looks == 3:
            return bool(forms) or covered * 2 >= self.paragraphs
        if per_turn and not candidate.with_block:
            return False
        if looks == 2:
            return (
                covered * 2 >= self.paragraphs
                or (same and candidate.forms != {"plain"})
                or (same and candidate.with_block > 0)
            )
        if looks == 1:
            enough = candidate.with_block > 0 if self.blocks else covered * 2 >= self.paragraphs
            return same and enough
        return False
