"""The glossary as TBX: TermBase eXchange, ISO 30042. Pure.

:func:`write` gives TBX version 3 (ISO 30042:2019, the standard's second edition), dialect TBX-Basic,
style DCA (data categories as attributes); with ``version=2`` the form of ISO 30042:2008
(``martif``), which older tools read: translate-toolkit knows no other. :func:`read` takes both, and
DCT style.

A term is the preferred one of the section ``zh-Hans``, whatever letters it is written in; the
foreign term that of the section ``en``, beside which stand the abbreviation (``termType``
``abbreviation``) and the expansion (``fullForm``). Aliases are admitted, forbidden renderings
deprecated, each in the section of its letters. TBX-Basic has no category for the state of an
entry: a ``note`` says it. Identifiers, which every entry must have, tell the slug where there is
one, and the order of aliases that stand in two sections. See :mod:`glossary.exchange.concepts` for
what :func:`~.concepts.tidy` leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from episodes.transcripts.characters import HAN
from glossary.exchange.concepts import Concept, tidy
from glossary.exchange.tbxread import read

__all__ = ["NAMESPACE", "read", "write"]

NAMESPACE = "urn:iso:std:iso:30042:ed-2"
CHINESE, FOREIGN = "zh-Hans", "en"

PREFERRED = "preferredTerm-admn-sts"
ADMITTED = "admittedTerm-admn-sts"
DEPRECATED = "deprecatedTerm-admn-sts"

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_HAN_CHARACTER = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class _Names:
    """What the elements of a version are called."""

    root: dict[str, str]
    root_name: str
    header: str
    entry: str
    language: str
    term: str
    namespace: str | None = None


_VERSION_3 = _Names(
    {"type": "TBX-Basic", "style": "dca"},
    "tbx",
    "tbxHeader",
    "conceptEntry",
    "langSec",
    "termSec",
    NAMESPACE,
)
_VERSION_2 = _Names({"type": "TBX-Basic"}, "martif", "martifHeader", "termEntry", "langSet", "tig")


def write(concepts: Iterable[Concept], *, title: str = "Glossary", version: int = 3) -> bytes:
    """Return concepts as a TBX file in UTF-8; each with a term, their slugs all different.

    Reading it gives the same concepts, tidied. Of no concepts the file has an empty ``body``, which
    the schema does not allow: TBX has no form for an empty term base.
    """
    names = _VERSION_2 if version == 2 else _VERSION_3
    document = _Document(names, title)
    for number, concept in enumerate(concepts, 1):
        document.add(number, tidy(concept))
    return document.as_bytes()


class _Document:
    """A file in the making."""

    def __init__(self, names: _Names, title: str) -> None:
        self.names = names
        nsmap = {None: names.namespace} if names.namespace else None
        self.root = etree.Element(self._name(names.root_name), nsmap=nsmap, **names.root)
        self.root.set(_XML_LANG, CHINESE)
        described = self._in(self._in(self.root, names.header), "fileDesc")
        self._in(self._in(described, "titleStmt"), "title", tidy(Concept(term=title)).term)
        self._in(self._in(described, "sourceDesc"), "p", "Oddlots")
        self.body = self._in(self._in(self.root, "text"), "body")

    def as_bytes(self) -> bytes:
        etree.indent(self.root, " ")
        return bytes(etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")) + b"\n"

    def add(self, number: int, concept: Concept) -> None:
        """Add an entry; ``number`` makes its identifiers its own."""
        entry = self._in(self.body, self.names.entry)
        entry.set("id", f"entry.{concept.slug}" if concept.slug else f"t{number}")
        self._in(entry, "note", f"state: {concept.state}")
        others = [
            *self._marked(number, "alias", concept.aliases, ADMITTED),
            *self._marked(number, "forbidden", concept.forbidden, DEPRECATED),
        ]
        chinese = [(concept.term, PREFERRED, "", "")]
        foreign = [
            (concept.foreign_term, PREFERRED, "", ""),
            (concept.abbreviation, ADMITTED, "abbreviation", ""),
            (concept.expansion, ADMITTED, "fullForm", ""),
        ]
        chinese += [each for each in others if _is_chinese(each[0])]
        foreign += [each for each in others if not _is_chinese(each[0])]
        self._section(entry, CHINESE, chinese, concept.definition)
        if any(text for text, *_rest in foreign):
            self._section(entry, FOREIGN, foreign)

    @staticmethod
    def _marked(
        number: int, role: str, texts: Sequence[str], status: str
    ) -> list[tuple[str, str, str, str]]:
        return [
            (text, status, "", f"t{number}.{role}.{place}") for place, text in enumerate(texts, 1)
        ]

    def _section(
        self,
        entry: etree._Element,
        language: str,
        terms: Iterable[tuple[str, str, str, str]],
        definition: str = "",
    ) -> None:
        section = self._in(entry, self.names.language)
        section.set(_XML_LANG, language)
        if definition:
            said = self._in(section, "descrip", definition, type="definition")
            if not _is_chinese(definition):
                said.set(_XML_LANG, FOREIGN)
        for text, status, kind, identifier in terms:
            if not text:
                continue
            term = self._in(section, self.names.term)
            if identifier:
                term.set("id", identifier)
            self._in(term, "term", text)
            if kind:
                self._in(term, "termNote", kind, type="termType")
            self._in(term, "termNote", status, type="administrativeStatus")

    def _in(
        self, parent: etree._Element, name: str, text: str = "", **attributes: str
    ) -> etree._Element:
        made = etree.SubElement(parent, self._name(name), attributes)
        if text:
            made.text = text
        return made

    def _name(self, name: str) -> str:
        return f"{{{self.names.namespace}}}{name}" if self.names.namespace else name


def _is_chinese(text: str) -> bool:
    return _HAN_CHARACTER.search(text) is not None
