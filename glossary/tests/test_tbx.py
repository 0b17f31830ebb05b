"""TBX: it is what the standard says, everything comes back, and nothing hostile does harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree
from translate.storage.tbx import tbxfile

from glossary.exchange import tbx
from glossary.exchange.concepts import MAX_BYTES, Concept
from glossary.tests.made_concepts import glossaries

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "schemas" / "tbx-basic-dca.rng"))
T = {"t": tbx.NAMESPACE}
DRAFT_NAMESPACE = "urn:iso:std:iso:30042:ed:3.0"  # before the standard was published

# What the dialect demands beyond its grammar: each finds what breaks a rule.
STATUSES = ("preferredTerm-admn-sts", "admittedTerm-admn-sts", "deprecatedTerm-admn-sts")
RULES = {
    "a termNote stands at a term": "//t:termNote[not(parent::t:termSec)]",
    "a category has a name": "//t:*[@type = '']",
    "the dialect is TBX-Basic": "/t:tbx[@type != 'TBX-Basic']",
    "the style is dca": "/t:tbx[@style != 'dca']",
    "nothing is of another namespace": f"//*[namespace-uri() != '{tbx.NAMESPACE}']",
    "a status is one of the four": "//t:termNote[@type = 'administrativeStatus'][not("
    + " or ".join(f". = '{status}'" for status in (*STATUSES, "supersededTerm-admn-sts"))
    + ")]",
    "a term's type is one of the six": "//t:termNote[@type = 'termType'][not(. = 'fullForm' or "
    ". = 'acronym' or . = 'abbreviation' or . = 'shortForm' or . = 'variant' or . = 'phrase')]",
    "a definition stands at a language": "//t:descrip[@type = 'definition']"
    "[not(parent::t:langSec)]",
}

LAKE = Concept(
    slug="data-lake",
    term="数据湖",
    foreign_term="Data Lake",
    abbreviation="DL",
    expansion="Data Lake Storage",
    definition="存放\n原始数据的仓库",
    aliases=("數據湖", "lake", "湖"),
    forbidden=("data pond", "数据池"),
    state="approved",
)


def faults(data: bytes) -> list[tuple[int, str]]:
    return [(fault.line, str(fault.message)) for fault in tbx.read(data).faults]


def valid(data: bytes) -> None:
    """Assert that a file is TBX-Basic in DCA style."""
    root = etree.fromstring(data)
    SCHEMA.assertValid(root)
    assert {name: root.xpath(rule, namespaces=T) for name, rule in RULES.items()} == {
        name: [] for name in RULES
    }


# What is written.


@given(glossaries())
def test_every_glossary_is_valid_and_comes_back_the_same(made):
    data = tbx.write(made)
    valid(data)
    read = tbx.read(data)
    assert (read.concepts, read.faults) == (tuple(made), ())


@given(glossaries())
def test_version_2_comes_back_the_same_too(made):
    read = tbx.read(tbx.write(made, version=2))
    assert (read.concepts, read.faults) == (tuple(made), ())


def test_an_entry_is_written_with_its_languages_statuses_and_types():
    root = etree.fromstring(tbx.write([LAKE]))
    terms = [
        (
            each.getparent().getparent().get("{http://www.w3.org/XML/1998/namespace}lang"),
            each.text,
            each.xpath("string(../t:termNote[@type = 'administrativeStatus'])", namespaces=T),
            each.xpath("string(../t:termNote[@type = 'termType'])", namespaces=T),
        )
        for each in root.iterfind(".//t:term", T)
    ]
    preferred, admitted, deprecated = STATUSES
    assert terms == [
        ("zh-Hans", "数据湖", preferred, ""),
        ("zh-Hans", "數據湖", admitted, ""),
        ("zh-Hans", "湖", admitted, ""),
        ("zh-Hans", "数据池", deprecated, ""),
        ("en", "Data Lake", preferred, ""),
        ("en", "DL", admitted, "abbreviation"),
        ("en", "Data Lake Storage", admitted, "fullForm"),
        ("en", "lake", admitted, ""),
        ("en", "data pond", deprecated, ""),
    ]
    assert root.findtext(".//t:descrip", namespaces=T) == "存放\n原始数据的仓库"


def test_control_characters_are_dropped_and_white_space_is_made_plain():
    odd = Concept(
        term=" 数据\x00 湖\x07 ", definition="一\r\n 二\u2028三\x0b ", aliases=("a\ufffe", "a", " ")
    )
    data = tbx.write([odd])
    valid(data)
    assert tbx.read(data).concepts == (
        Concept(term="数据 湖", definition="一\n二\n三", aliases=("a",)),
    )


def test_the_schema_refuses_what_the_standard_does():
    good = tbx.write([LAKE]).decode()
    for old, new in (
        ('type="definition"', 'type="remark"'),
        ("<note>state: approved</note>", "<state>approved</state>"),
        ('style="dca"', 'style="plain"'),
        (' xml:lang="zh-Hans">\n   <desc', ">\n   <desc"),
        ("<term>Data Lake</term>", ""),
        (' id="entry.data-lake"', ""),
        (tbx.NAMESPACE, DRAFT_NAMESPACE),
    ):
        assert old in good or old.replace("\n   ", "\n     ") in good
        broken = good.replace(old, new).replace(old.replace("\n   ", "\n     "), new)
        assert not SCHEMA.validate(etree.fromstring(broken.encode())), new


def test_translate_toolkit_reads_the_terms_of_both_languages():
    latin = Concept(slug="sora", term="Sora", definition="一种模型")
    store = tbxfile.parsestring(
        tbx.write([LAKE, latin], version=2), sourcelanguage="zh-Hans", targetlanguage="en"
    )
    assert [(unit.getid(), unit.source, unit.target) for unit in store.units] == [
        ("entry.data-lake", "数据湖", "Data Lake"),
        ("entry.sora", "Sora", None),
    ]
    lake = store.units[0]
    assert [(term.text, term.deprecated) for term in lake.get_source_terms()] == [
        ("数据湖", False),
        ("數據湖", False),
        ("湖", False),
        ("数据池", True),
    ]
    assert [(term.text, term.deprecated) for term in lake.get_target_terms()] == [
        ("Data Lake", False),
        ("DL", False),
        ("Data Lake Storage", False),
        ("lake", False),
        ("data pond", True),
    ]
    assert lake.getnotes("definition") == "存放\n原始数据的仓库"
    with pytest.raises(AssertionError):  # the form of 2019 is none that it knows
        tbxfile.parsestring(tbx.write([LAKE]))


# What others write.


def test_the_namespace_of_the_drafts_is_read():
    draft = tbx.write([LAKE]).replace(tbx.NAMESPACE.encode(), DRAFT_NAMESPACE.encode())
    read = tbx.read(draft)
    assert (read.concepts, read.faults) == ((LAKE,), ())


DCT = """<?xml version="1.0" encoding="utf-8"?>
<tbx type="TBX-Basic" style="dct" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"
     xmlns:min="http://www.tbxinfo.net/ns/min" xmlns:basic="http://www.tbxinfo.net/ns/basic">
<tbxHeader><fileDesc><sourceDesc><p>x</p></sourceDesc></fileDesc></tbxHeader><text><body>
<conceptEntry id="c1">
  <transacGrp><basic:transactionType>origination</basic:transactionType><date>2020-01-01</date></transacGrp>
  <min:subjectField>Energy</min:subjectField>
  <langSec xml:lang="en">
    <descripGrp><basic:definition>A house full
        of <hi>machines</hi>.</basic:definition><basic:source>Book</basic:source></descripGrp>
    <termSec><term>data centre</term><min:administrativeStatus>admittedTerm-admn-sts</min:administrativeStatus></termSec>
    <termSec><term>data center</term><min:partOfSpeech>noun</min:partOfSpeech>
      <min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus></termSec>
    <termSec><term>DC</term><basic:termType>acronym</basic:termType></termSec>
    <termSec><term>server hall</term><min:administrativeStatus>supersededTerm-admn-sts</min:administrativeStatus></termSec>
  </langSec>
  <langSec xml:lang="zh-CN"><termSec><term>数据中心</term></termSec><termSec><term>资料中心</term></termSec></langSec>
  <langSec xml:lang="de"><termSec><term>Rechenzentrum</term></termSec></langSec>
</conceptEntry></body></text></tbx>"""

MARTIF = """<?xml version='1.0'?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en"><martifHeader><fileDesc><sourceDesc><p>x</p></sourceDesc></fileDesc></martifHeader>
<text><body>
<termEntry id="7"><descrip type="definition">存放原始
   数据的仓库</descrip>
<langSet xml:lang="en"><ntig><termGrp><term>Data Lake</term><termNote type="termType">fullForm</termNote></termGrp></ntig></langSet>
<langSet xml:lang="zh"><tig><term>数据湖</term></tig><tig><term></term></tig></langSet></termEntry>
<termEntry><langSet xml:lang="fr"><tig><term>lac</term></tig></langSet></termEntry>
<termEntry><langSet xml:lang="zh"/></termEntry>
</body></text></martif>"""


def test_the_other_style_is_read_with_what_it_says_besides():
    assert tbx.read(DCT.encode()).concepts == (
        Concept(
            term="数据中心",
            foreign_term="data center",
            abbreviation="DC",
            definition="A house full of machines.",
            aliases=("资料中心", "data centre"),
            forbidden=("server hall",),
        ),
    )
    assert faults(DCT.encode()) == [
        (7, "“subjectField” is nothing that a term holds here; left out (1 in all)."),
        (10, "“source” is nothing that a term holds here; left out (1 in all)."),
        (12, "“partOfSpeech” is nothing that a term holds here; left out (1 in all)."),
        (18, "The language “de” is not kept here; left out (1 in all)."),
    ]


def test_version_2_of_other_tools_is_read():
    read = tbx.read(MARTIF.encode())
    assert read.concepts == (
        Concept(term="数据湖", foreign_term="Data Lake", definition="存放原始数据的仓库"),
        Concept(term="lac"),
    )
    assert faults(MARTIF.encode()) == [
        (8, "A term is empty; it was left out."),
        (10, "There is no term here; it was left out."),
    ]
    assert [row.line for row in read.rows] == [5, 9]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5"])
def test_other_encodings_are_read(encoding):
    declared = encoding.removesuffix("-sig")
    text = MARTIF.replace("<?xml version='1.0'?>", f'<?xml version="1.0" encoding="{declared}"?>')
    if encoding == "big5":
        text = text.replace("数据湖", "兆瓦").replace("存放原始", "").replace("数据的仓库", "")
    read = tbx.read(text.encode(encoding))
    assert read.concepts[0].term == ("兆瓦" if encoding == "big5" else "数据湖")


# What does harm.

BOMB = """<?xml version="1.0"?><!DOCTYPE tbx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;">]><tbx><text><body>&c;</body></text></tbx>"""
OUTSIDE = '<!DOCTYPE tbx [<!ENTITY x SYSTEM "file:///etc/hostname">]><tbx>&x;</tbx>'


@pytest.mark.parametrize(
    ("data", "line", "sentence"),
    [
        (b"", 0, "The file is empty."),
        (b" \n ", 0, "The file is empty."),
        (b"x" * (MAX_BYTES + 1), 0, "The file has more than 8 MB."),
        (b"no xml", 1, "This is no proper XML: Start tag expected, '<' not found"),
        (b"PK\x03\x04\xff\xfe", 0, "The file’s encoding is none that can be read: use UTF-8."),
        (b'<?xml version="1.0" encoding="ebcdic"?><tbx/>', 0, "The file’s encoding is none"),
        (b"<html><body/></html>", 1, "This is no TBX: its first element is “html”, not “tbx”."),
        (b"<tbx>\n<text>\n</tbx>", 3, "This is no proper XML: Opening and ending tag mismatch"),
        (b"<tbx>\n\x07</tbx>", 2, "This is no proper XML: "),
        (b"<tbx>&nothing;</tbx>", 1, "This is no proper XML: Entity 'nothing' not defined"),
        (b"<tbx/>", 0, "The file holds no terms."),
        (BOMB.encode(), 1, "The file declares entities; such files are refused."),
        (BOMB.encode("utf-16"), 1, "The file declares entities; such files are refused."),
        (OUTSIDE.encode(), 1, "The file declares entities; such files are refused."),
        (
            b"<tbx>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</tbx>",
            1,
            "This is no proper XML: Excessive depth",
        ),
    ],
)
def test_what_is_no_tbx_ends_in_a_sentence(data, line, sentence):
    read = tbx.read(data)
    (fault,) = read.faults
    assert read.rows == ()
    assert (fault.line, str(fault.message)[: len(sentence)]) == (line, sentence)


def test_a_large_glossary_is_written_and_read():
    many = [Concept(slug=f"t{n}", term=f"词{n}", foreign_term=f"Term {n}") for n in range(12_000)]
    data = tbx.write(many)
    read = tbx.read(data)
    assert read.concepts == tuple(many)
