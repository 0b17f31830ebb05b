"""Markdown to HTML that may stand on a page: rendered without raw HTML, tamed, then sanitised.

CommonMark with tables and strikethrough, less what would surprise in a transcript: no indented
code, no underlined headings, no link definitions (``[Ann]: Hello.`` is a sentence). Links are
http(s) only, images become links (the Content-Security-Policy shows our own only), headings move
below the page's own.

An inline glossary note never interrupts the sentence: its head becomes ``<dfn>``, the note itself a
row beside the HTML. The heads are marked in the source with private-use characters which an inline
rule of the parser turns into tokens. The same characters in the text itself are replaced before, a
character reference (``&#xE0F0;``) is decoded by another rule and never reaches ours, so a text
cannot forge a mark.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import NotRequired, TypedDict

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.common.utils import isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline, emphasis
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from episodes.transcripts.annotations import Annotation, scan

__all__ = [
    "Note",
    "Rendered",
    "markdownify",
    "render",
    "render_original",
    "render_turn",
    "trusted",
]


class Note(TypedDict):
    """What a head's inline note says; plain text throughout."""

    head: str
    foreign: str
    abbreviation: str
    expansion: str
    definition: str
    others: NotRequired[list[str]]  # further heads that the same note is about


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as a page shows it and as it is read aloud.

    ``html`` is sanitised; in it ``<dfn class="term" data-note="K">`` stands around the head of
    ``notes[K]``. ``plain`` has no marks and no notes, paragraphs joined by a newline. But for
    white space it is the text content of ``html``.
    """

    html: str
    plain: str
    notes: tuple[Note, ...] = ()


def render(text: str) -> str:
    """Return Markdown as sanitised HTML; whatever the text, nothing is raised."""
    return _render(_presentable(text))[0]


def render_original(text: str) -> tuple[str, str]:
    """Return an original-language text as sanitised HTML and as plain text."""
    return _render(_presentable(text))[:2]


def render_turn(text: str) -> Rendered:
    """Return a translation with its certain inline notes lifted out (see :class:`Rendered`).

    A note that turns out to stand in code or in a link is left in the text as it was written.
    """
    text = _presentable(text)
    annotations = [found for found in scan(text) if found.certain]
    html, plain, marked = _render(_mark(text, annotations))
    whole = {number for number in range(len(annotations)) if marked[number] == 1}
    if len(whole) < len(annotations):
        annotations = [annotations[number] for number in sorted(whole)]
        html, plain, marked = _render(_mark(text, annotations))
        if any(marked[number] != 1 for number in range(len(annotations))):
            annotations = []
            html, plain, _marked = _render(text)
    return Rendered(html, plain, tuple(_note(annotation) for annotation in annotations))


def markdownify(text: str) -> str:
    """Return the preview of a text in the admin (markdownx): the same HTML as a page's."""
    return render(text)


def trusted(html: str) -> SafeString:
    """Let stored HTML of this module pass a template's escaping; the only such place."""
    return mark_safe(html)


# The source: what is replaced in it, and how the heads of notes are marked.

OPEN, NUMBER_END, CLOSE = "\ue0f0", "\ue0f1", "\ue0f2"
_UNWANTED = re.compile(r"[\ud800-\udfff\ue0f0-\ue0f2\x00]")
_MARK = re.compile(f"{OPEN}([0-9]{{1,6}}){NUMBER_END}|{CLOSE}([0-9]{{1,6}}){NUMBER_END}")


def _presentable(text: str) -> str:
    """Replace lone surrogates, NUL and our own marks one for one, so that offsets stay."""
    return _UNWANTED.sub("\ufffd", text)


def _mark(text: str, annotations: Sequence[Annotation]) -> str:
    """Put marks around each head, take its note out, and the bold that stood for the mark."""
    parts: list[str] = []
    pos = 0
    for number, found in enumerate(annotations):
        lead = text[found.start : found.head_start]
        head = text[found.head_start : found.head_end]
        rest, behind = "", found.head_end
        for start, end in found.notes:
            rest, behind = rest + text[behind:start], end
        rest += text[behind : found.end]
        if "**" in lead and "**" in rest:
            before, _bold, after = lead.rpartition("**")
            lead, rest = before + after, rest.replace("**", "", 1)
        parts += [text[pos : found.start], lead, OPEN, str(number), NUMBER_END, head]
        parts += [CLOSE, str(number), NUMBER_END, rest]
        pos = found.end
    parts.append(text[pos:])
    return "".join(parts)


def _note(found: Annotation) -> Note:
    note: Note = {
        "head": found.term,
        "foreign": found.foreign,
        "abbreviation": found.abbreviation,
        "expansion": found.expansion,
        "definition": found.definition,
    }
    if others := [head for head in found.heads if head != found.term]:
        note["others"] = others
    return note


# The parser's own rules.


def _term_rule(state: StateInline, silent: bool) -> bool:
    """Inline rule: a mark of ours becomes a ``dfn`` token; ``meta`` holds the note's number."""
    mark = _MARK.match(state.src, state.pos)
    if mark is None:
        return False
    if not silent:
        opens = mark[1] is not None
        token = state.push("dfn_open" if opens else "dfn_close", "dfn", 0)
        token.nesting = 1 if opens else -1  # not in push(): a mark is no border for emphasis
        token.meta = {"note": int(mark[1] if opens else mark[2])}
        if opens:
            token.attrs = {"class": "term", "data-note": mark[1]}
    state.pos = mark.end()
    return True


_WIDE = re.compile(  # Han, kana, hangul and their punctuation, full-width forms
    "[\u1100-\u11ff\u2e80-\u2fff\u3001-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\ufe30-\ufe4f\uff01-\uffef\U00020000-\U0003ffff]"
)


def _emphasis_rule(state: StateInline, silent: bool) -> bool:
    """Inline rule: ``*`` as CommonMark has it, but for text without spaces between words.

    There ``**《某书》**是`` is bold: a mark beside a Chinese character may open or close although
    punctuation stands on its other side, and Chinese punctuation counts as a letter.
    """
    if silent or state.src[state.pos] != "*":
        return emphasis.tokenize(state, silent)
    start, end = state.pos, state.pos
    while end < state.posMax and state.src[end] == "*":
        end += 1
    before = state.src[start - 1] if start else " "
    after = state.src[end] if end < state.posMax else " "
    wide_before, wide_after = bool(_WIDE.match(before)), bool(_WIDE.match(after))
    space_before, space_after = _is_space(before), _is_space(after)
    sign_before = not wide_before and _is_sign(before)
    sign_after = not wide_after and _is_sign(after)
    opens = not space_after and (not sign_after or space_before or sign_before or wide_before)
    closes = not space_before and (not sign_before or space_after or sign_after or wide_after)
    for _star in range(end - start):
        token = state.push("text", "", 0)
        token.content = "*"
        state.delimiters.append(
            Delimiter(
                marker=ord("*"),
                length=end - start,
                token=len(state.tokens) - 1,
                end=-1,
                open=opens,
                close=closes,
            )
        )
    state.pos = end
    return True


def _is_space(char: str) -> bool:
    return isWhiteSpace(ord(char))


def _is_sign(char: str) -> bool:
    return isPunctChar(char) or (char.isascii() and not char.isalnum() and not char.isspace())


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 40})
    parser.enable(["table", "strikethrough"]).disable(["code", "lheading", "reference"])
    parser.inline.ruler.before("emphasis", "term", _term_rule)
    parser.inline.ruler.at("emphasis", _emphasis_rule)
    for char in (OPEN, CLOSE):
        parser.inline.add_terminator_char(char)
    parser.validateLink = lambda url: True  # type: ignore[method-assign] # noqa: ARG005 - _tame judges
    return parser


_PARSER = _parser()
TAGS = {
    "p",
    "br",
    "hr",
    "em",
    "strong",
    "s",
    "ul",
    "ol",
    "li",
    "blockquote",
    "code",
    "pre",
    "a",
} | {*("dfn", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")}
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=set(),
    attributes={"a": {"href"}, "dfn": {"data-note"}, "ol": {"start"}},
    allowed_classes={"dfn": {"term"}},
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel="nofollow noopener noreferrer",
)
_HTTP = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)


def _render(source: str) -> tuple[str, str, Counter[int]]:
    """Return HTML, plain text and how often each note's head came out whole, in a place for one."""
    tokens = _PARSER.parse(source)
    if any(token.level + 1 >= _PARSER.options.maxNesting for token in tokens):
        return _verbatim(source)
    lines: list[str] = []
    row: list[str] | None = None
    marked: Counter[int] = Counter()
    for token in tokens:
        if token.type == "inline":
            token.children, plain = _tame(token.children or [], marked)
            (lines if row is None else row).append(plain)
        elif token.type == "fence":
            lines.append(token.content.rstrip("\n"))
        elif token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 3)}"
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            lines.append(" ".join(row or []))
            row = None
    html = _CLEANER.clean(_PARSER.renderer.render(tokens, _PARSER.options, {})).strip()
    return html, "\n".join(line for line in lines if line), marked


def _verbatim(source: str) -> tuple[str, str, Counter[int]]:
    """Return the text as it was written: nested deeper than the parser follows, and than sense."""
    text = _MARK.sub("", source)
    html = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    return _CLEANER.clean(html), text, Counter()


def _tame(children: Iterable[Token], marked: Counter[int]) -> tuple[list[Token], str]:
    """Return the children fit for a page, and their text; count the whole heads in ``marked``.

    Links that are not http(s) leave their text, images become links, a line break between two
    Chinese characters joins them, any other is a blank.
    """
    kept: list[Token] = []
    plain: list[str] = []
    links: list[bool] = []  # for each link that is open: is it kept?
    heads: list[int] = []  # the notes whose marks are open
    todo = list(children)[::-1]
    while todo:
        token = todo.pop()
        if token.type == "link_open":
            links.append(bool(_HTTP.match(str(token.attrs.get("href", "")))) and not any(links))
            if links[-1]:
                kept.append(Token("link_open", "a", 1, attrs={"href": token.attrs["href"]}))
        elif token.type == "link_close":
            if links.pop():
                kept.append(token)
        elif token.type == "image":
            address = str(token.attrs.get("src", ""))
            todo += [
                Token("link_close", "a", -1),
                *reversed(token.children or [_text(address)]),
                Token("link_open", "a", 1, attrs={"href": address}),
            ]
        elif token.type in ("dfn_open", "dfn_close"):
            kept.append(token)
            number = token.meta["note"]
            if token.nesting == 1:
                heads.append(number)
            elif heads and heads.pop() == number and not links:
                marked[number] += 1
        elif token.type == "softbreak":
            joined = _WIDE.match(_last(plain)) and _WIDE.match(_first(reversed(todo)))
            kept.append(_text("" if joined else " "))
            plain.append(kept[-1].content)
        elif token.type == "hardbreak":
            kept.append(token)
            plain.append("\n")
        else:
            kept.append(token)
            plain.append(token.content)  # nothing in the tokens that only open and close
    return kept, "".join(plain).strip()


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _last(parts: Sequence[str]) -> str:
    return next((part[-1] for part in reversed(parts) if part), "")


def _first(tokens: Iterable[Token]) -> str:
    return next((token.content[0] for token in tokens if token.content), "")
