"""Reading TBX of any edition and style. Pure; :mod:`glossary.exchange.tbx` tells the form.

Lenient about what other tools write, strict about what could do harm: no entity is expanded, no
file is fetched, and the file's size and depth are bounded. What cannot be taken is a fault with its
line; nothing is raised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from episodes.transcripts.characters import join_pieces
from episodes.transcripts.messages import fill, gettext_noop
from glossary.exchange.concepts import (
    Concept,
    Reading,
    Remarks,
    Row,
    made,
    one_line,
    refused,
    too_large,
)

__all__ = ["read"]

_ENTRIES = {"conceptEntry", "termEntry"}
_LANGUAGES = {"langSec", "langSet"}
_TERMS = {"termSec", "tig", "ntig"}
_GROUPS = {"termGrp", "termNoteGrp", "descripGrp", "adminGrp"}
_CATEGORIES = {"termNote", "descrip", "admin", "xref", "ref"}
_SILENT = {"transacGrp", "transac", "date", "change"}
"""Who changed what when in the other tool is nothing that a term says."""

_STATUSES = {
    "preferred": "preferred",
    "standardized": "preferred",
    "admitted": "admitted",
    "deprecated": "deprecated",
    "superseded": "deprecated",
}
_SHORT = {"abbreviation", "acronym", "initialism", "abbreviatedForm"}

_BOMS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
_CODECS = {
    "utf-8": "utf-8",
    "utf-16": "utf-16",
    "us-ascii": "ascii",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "iso-8859-1": "latin-1",
    "windows-1252": "cp1252",
}
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_STATE = re.compile(r"state: ([a-z]+)")
_WRAPPED = re.compile(r"\n[ \t]+")

_NOT_KEPT = gettext_noop("“{what}” is nothing that a term holds here; left out ({count} in all).")
_ONE_DEFINITION = gettext_noop("Only one definition is kept ({count} more).")
_LANGUAGE = gettext_noop("The language “{what}” is not kept here; left out ({count} in all).")


def read(data: bytes) -> Reading:
    """Return the terms of a TBX file, in its order, and what could not be taken."""
    if (nothing := too_large(data)) is not None:
        return nothing
    try:
        text = _decoded(data)
    except (UnicodeError, LookupError):
        return refused(0, gettext_noop("The file’s encoding is none that can be read: use UTF-8."))
    if "<!ENTITY" in text:
        line = text.count("\n", 0, text.index("<!ENTITY")) + 1
        return refused(line, gettext_noop("The file declares entities; such files are refused."))
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        template = gettext_noop("This is no proper XML: {fault}")
        line = getattr(error, "lineno", None) or 0
        return refused(line, fill(template, fault=one_line(str(error))[:200]))
    if _name(root) not in ("tbx", "martif"):
        template = gettext_noop("This is no TBX: its first element is “{name}”, not “tbx”.")
        return refused(_line(root), fill(template, name=_name(root)[:60]))
    remarks = Remarks()
    rows = (_row(each, remarks) for each in root.iter() if _name(each) in _ENTRIES)
    return made(rows, remarks)


def _decoded(data: bytes) -> str:
    """Return the file's text. Raises UnicodeError or LookupError."""
    for codec, bom in _BOMS:
        if data.startswith(bom):
            return _undeclared(data.decode(codec))
    if data[:4] in (b"<\0?\0", b"\0<\0?"):
        return _undeclared(data.decode("utf-16-le" if data[:1] == b"<" else "utf-16-be"))
    declared = _DECLARED.match(data.lstrip())
    codec = declared.group(1).decode().lower() if declared else "utf-8"
    return _undeclared(data.decode(_CODECS[codec]))


def _undeclared(text: str) -> str:
    """Return the text without its XML declaration, on as many lines."""
    text = text.lstrip("\ufeff").lstrip() if not text.startswith("<") else text
    if not text.startswith("<?xml") or "?>" not in text[:300]:
        return text
    head, _end, rest = text.partition("?>")
    return "\n" * head.count("\n") + rest if rest.strip() else text


@dataclass(slots=True)
class _Term:
    """A term as the file has it."""

    text: str
    status: str
    kind: str
    place: int
    """Its place among the aliases, or the forbidden renderings; 0 where the file does not say."""


@dataclass(slots=True)
class _Entry:
    """What an entry says, slot by slot."""

    values: dict[str, str] = field(default_factory=dict)
    aliases: list[tuple[int, str]] = field(default_factory=list)
    forbidden: list[tuple[int, str]] = field(default_factory=list)

    def fill(self, slot: str, term: _Term) -> None:
        """Put a term into its slot, or where that is taken among the aliases."""
        if slot and not self.values.get(slot):
            self.values[slot] = term.text
        else:
            self.aliases.append((term.place, term.text))


def _row(element: etree._Element, remarks: Remarks) -> Row:
    sections: list[tuple[str, etree._Element]] = []
    definitions: list[str] = []
    state = ""
    for kind, each in _categories(element):
        if kind in _LANGUAGES:
            language = each.get("{http://www.w3.org/XML/1998/namespace}lang") or each.get("lang")
            sections.append(((language or "").lower(), each))
        elif kind == "definition":
            definitions.append(_prose(each))
        elif kind == "note" and (said := _STATE.fullmatch(_text(each))):
            state = said.group(1)
        else:
            remarks.count(_line(each), _NOT_KEPT, kind)
    entry = _Entry()
    own, foreign, rest = _sides(sections)
    said_there: list[str] = []
    _Slots(entry).chinese(_terms(own, said_there, remarks))
    definitions = said_there + definitions
    _Slots(entry).foreign(_terms(foreign, definitions, remarks))
    for language, each in rest:
        if language[:2] in ("zh", "en"):
            for term in _terms(each, definitions, remarks):
                listed = entry.forbidden if term.status == "deprecated" else entry.aliases
                listed.append((term.place, term.text))
        else:
            remarks.count(_line(each), _LANGUAGE, language or "—")
    for _other in dict.fromkeys(definitions[1:]):
        remarks.count(_line(element), _ONE_DEFINITION, "")
    concept = Concept(
        slug=_slug(element),
        definition=definitions[0] if definitions else "",
        aliases=_ordered(entry.aliases),
        forbidden=_ordered(entry.forbidden),
        state=state or "candidate",
        **entry.values,
    )
    return Row(_line(element), concept)


def _sides(
    sections: list[tuple[str, etree._Element]],
) -> tuple[etree._Element | None, etree._Element | None, list[tuple[str, etree._Element]]]:
    """Return the section of the term, that of the foreign term, and the others.

    Simplified Chinese before other Chinese; where there is none, the first section has the term.
    """

    def first(*codes: str) -> etree._Element | None:
        for code in codes:
            for language, element in sections:
                if language == code or (code.endswith("*") and language.startswith(code[:-1])):
                    return element
        return None

    own = first("zh-hans", "zh-cn", "zh", "zh-hans*", "zh*", "cmn*")
    foreign = first("en", "en-us", "en*")
    if own is None:
        own = sections[0][1] if sections else None
        foreign = None if foreign is own else foreign
    rest = [(code, each) for code, each in sections if each is not own and each is not foreign]
    return own, foreign, rest


class _Slots:
    """Which term of a section goes where."""

    def __init__(self, entry: _Entry) -> None:
        self.entry = entry

    def chinese(self, terms: list[_Term]) -> None:
        """The preferred one is the term; without one the first that is not deprecated."""
        self._take(terms, "term", lambda term: "" if term.status == "admitted" else "term")

    def foreign(self, terms: list[_Term]) -> None:
        """The preferred one is the foreign term; short and full forms have their own places."""
        short = any(term.kind in _SHORT for term in terms if term.status != "deprecated")

        def slot(term: _Term) -> str:
            if term.kind in _SHORT:
                return "abbreviation"
            if term.kind == "fullForm" and (term.status == "admitted" or short):
                return "expansion"
            return "" if term.status == "admitted" else "foreign_term"

        self._take(terms, "foreign_term", slot)

    def _take(self, terms: list[_Term], main: str, slot: Callable[[_Term], str]) -> None:
        good = [term for term in terms if term.status != "deprecated"]
        self.entry.forbidden += [(t.place, t.text) for t in terms if t.status == "deprecated"]
        slots = [slot(term) for term in good]
        if main not in slots:  # another tool's: it prefers none
            unmarked = [n for n, term in enumerate(good) if not slots[n] and not term.place]
            for number in unmarked[:1]:
                slots[number] = main
        for term, name in zip(good, slots, strict=True):
            self.entry.fill(name, term)


def _terms(section: etree._Element | None, definitions: list[str], remarks: Remarks) -> list[_Term]:
    """Return the terms of a section, the preferred ones first; its definitions are added."""
    found: list[_Term] = []
    for kind, each in _categories(section) if section is not None else ():
        if kind in _TERMS:
            found += _term(each, definitions, remarks)
        elif kind == "definition":
            definitions.append(_prose(each))
        else:
            remarks.count(_line(each), _NOT_KEPT, kind)
    return sorted(found, key=lambda term: term.status != "preferred")


def _term(section: etree._Element, definitions: list[str], remarks: Remarks) -> list[_Term]:
    text = status = form = ""
    for kind, each in _categories(section):
        if kind == "term":
            text = text or one_line(_text(each))
        elif kind in ("administrativeStatus", "normativeAuthorization"):
            word = _text(each).strip().partition("Term")[0]
            status = _STATUSES.get(word, "")
            if not status:
                remarks.count(_line(each), _NOT_KEPT, _text(each).strip()[:60])
        elif kind == "termType":
            form = _text(each).strip()
        elif kind == "definition":
            definitions.append(_prose(each))
        else:
            remarks.count(_line(each), _NOT_KEPT, kind)
    if not text:
        remarks.add(_line(section), gettext_noop("A term is empty; it was left out."))
        return []
    return [_Term(text, status, form, _place(section))]


def _categories(parent: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Yield what stands in an element, each with its data category or else its name.

    In DCA style an attribute tells the category, in DCT the element's name. Groups are opened.
    """
    for child in parent:
        name = _name(child)
        if not name or name in _SILENT:
            continue
        if name in _GROUPS:
            yield from _categories(child)
        else:
            yield (child.get("type") or name if name in _CATEGORIES else name), child


def _name(element: etree._Element) -> str:
    """Return an element's name without its namespace; "" for a comment and the like."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _line(element: etree._Element) -> int:
    return element.sourceline or 0


def _text(element: etree._Element) -> str:
    return str(element.xpath("string()"))


def _prose(element: etree._Element) -> str:
    """Return a text of several lines; a line that goes on with an indent was broken by a tool."""
    return "\n".join(
        join_pieces(_WRAPPED.split(part)) for part in re.split(r"\n(?![ \t])", _text(element))
    )


def _slug(element: etree._Element) -> str:
    identifier = element.get("id") or ""
    return identifier.removeprefix("entry.") if identifier.startswith("entry.") else ""


_PLACE = re.compile(r"t[0-9]+\.(?:alias|forbidden)\.([0-9]{1,9})")


def _place(element: etree._Element) -> int:
    place = _PLACE.fullmatch(element.get("id") or "")
    return int(place.group(1)) if place else 0


def _ordered(names: list[tuple[int, str]]) -> tuple[str, ...]:
    """Return names in the order the file tells, then those of no place as they came."""
    return tuple(text for _place, text in sorted(names, key=lambda each: each[0] or 10**9))
