"""CSV and JSON: what is written comes back the same, what others write is read or told."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given

from glossary.exchange import csvfile, jsonfile
from glossary.exchange.concepts import FIELDS, MAX_BYTES, MAX_ROWS, Concept
from glossary.tests.made_concepts import glossaries

LAKE = Concept(
    slug="data-lake",
    term="数据湖",
    foreign_term="Data Lake",
    definition="存放\n原始数据，的仓库",
    aliases=("數據湖", "lake|湖"),
    forbidden=("数据池",),
    state="approved",
)


def faults(reading) -> list[tuple[int, str]]:
    return [(fault.line, str(fault.message)) for fault in reading.faults]


@given(glossaries())
def test_every_glossary_comes_back_the_same(made):
    for form in (csvfile, jsonfile):
        read = form.read(form.write(made))
        assert (read.concepts, read.faults, read.fields) == (tuple(made), (), set(FIELDS))


def test_a_file_begins_with_the_mark_and_the_names_of_its_columns():
    assert csvfile.write([LAKE]).decode() == (
        "\ufeffslug,term,foreign_term,abbreviation,expansion,definition,aliases,forbidden,state\r\n"
        'data-lake,数据湖,Data Lake,,,"存放\n原始数据，的仓库","數據湖\nlake|湖",数据池,approved\r\n'
    )


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("''@", "'''@"),
        ("'abc", "'abc"),
        ("'", "'"),
        ("a=1", "a=1"),
    ],
)
def test_no_cell_is_calculated_and_each_comes_back(text, cell):
    data = csvfile.write([Concept(term="词", definition=text)])
    _header, row = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert row[FIELDS.index("definition")] == cell
    assert csvfile.read(data).concepts == (Concept(term="词", definition=text),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_delimiters_and_the_order_of_columns_are_free(encoding, delimiter):
    lines = [
        ["Definition", "Foreign term", "TERM", "State"],
        ["存放原始数据的仓库", "Data Lake", "数据湖", "Approved"],
        ["", "", "", ""],
        ["一种交付电力的单位", "Megawatt", "兆瓦", ""],
    ]
    text = "\r\n".join(delimiter.join(cells) for cells in lines)
    read = csvfile.read(text.encode(encoding))
    assert read.concepts == (
        Concept(
            term="数据湖",
            foreign_term="Data Lake",
            definition="存放原始数据的仓库",
            state="approved",
        ),
        Concept(term="兆瓦", foreign_term="Megawatt", definition="一种交付电力的单位"),
    )
    assert [row.line for row in read.rows] == [2, 4]
    assert read.fields == {"term", "foreign_term", "definition", "state"}
    guessed = [(0, "")] if encoding == "gb18030" else []
    assert len(faults(read)) == len(guessed)


def test_what_a_row_cannot_say_is_told_with_its_line():
    text = (
        'term,remark,state,slug,aliases\n数据湖,x,approved,data-lake,"甲\n乙\n甲"\n'
        ",y,,,\n兆瓦,z,wrong,no slug,,more\n"
    )
    read = csvfile.read(text.encode())
    assert read.concepts == (
        Concept(slug="data-lake", term="数据湖", aliases=("甲", "乙"), state="approved"),
        Concept(term="兆瓦"),
    )
    assert faults(read) == [
        (1, "The column “remark” is none of ours; it was left out."),
        (5, "There is no term here; it was left out."),
        (6, "There are more cells than columns; the last ones were left out."),
        (6, "“no slug” is no address: letters, digits and hyphens, at most 80."),
        (6, "“wrong” is no state: candidate, approved or rejected."),
    ]


@pytest.mark.parametrize(
    ("data", "line", "sentence"),
    [
        (b"", 0, "The file is empty."),
        (b"\xef\xbb\xbf", 1, "No column is called “term”."),
        (b"x" * (MAX_BYTES + 1), 0, "The file has more than 8 MB."),
        (b"PK\x03\x04...", 0, "This is no text file in UTF-8, UTF-16 or GB18030."),
        (b"word,meaning\na,b\n", 1, "No column is called “term”. The first line names"),
        (b"term,Term\na,b\n", 1, "Two columns are called “term”."),
        (b"term\n", 0, "The file holds no terms."),
        (b'term,definition\na,"b\n', 2, "This is no proper CSV: unexpected end of data"),
        (b'term\n"a"b\n', 2, "This is no proper CSV: "),
        (b'term\n"' + b"x" * 200_000 + b'"\n', 2, "This is no proper CSV: field larger than"),
        (
            b"term\n" + b"a\n" * (MAX_ROWS + 1),
            MAX_ROWS + 2,
            "The file has more than 20000 terms: import it in parts.",
        ),
    ],
)
def test_what_is_no_csv_of_ours_ends_in_a_sentence(data, line, sentence):
    read = csvfile.read(data)
    (fault,) = read.faults
    assert read.rows == ()
    assert (fault.line, str(fault.message)[: len(sentence)]) == (line, sentence)


# JSON.


def test_json_is_a_list_with_an_object_a_line():
    data = jsonfile.write([LAKE, Concept(term="兆瓦")])
    assert [item["term"] for item in json.loads(data)] == ["数据湖", "兆瓦"]
    assert data.decode().count("\n") == 4
    assert jsonfile.write([]) == b"[]\n"


def test_json_of_others_is_read_and_what_is_none_of_ours_told():
    text = """[
 {"term": "数据湖", "aliases": "甲\\n乙", "uses": 3, "note": "x"},
 {"term": "兆瓦", "aliases": ["a", "b"], "definition": null, "expansion": ["x"], "note": 1},
 "词", {"definition": "x"}]"""
    read = jsonfile.read(text.encode())
    assert read.concepts == (
        Concept(term="数据湖", aliases=("甲", "乙")),
        Concept(term="兆瓦", aliases=("a", "b")),
    )
    assert read.fields == {"term", "aliases", "definition", "expansion"}
    assert faults(read) == [
        (2, "“note” is none of our fields; left out (2 in all)."),
        (3, "“expansion” is no text; it was left out."),
        (4, "This is no term: an object is expected."),
        (4, "There is no term here; it was left out."),
    ]


@pytest.mark.parametrize(
    ("data", "line", "sentence"),
    [
        (b"{}", 1, "This is no proper JSON: a list of terms, [ … ], is expected"),
        (b'[\n{"term": "a"}\n', 3, "This is no proper JSON: “,” or “]” is expected"),
        (b"[] x", 1, "This is no proper JSON: something stands behind the list"),
        (b'[\n{"term": }]', 2, "This is no proper JSON: Expecting value"),
        (b"[]", 0, "The file holds no terms."),
        (b"[" * 100_000, 0, "This JSON is nested too deep, or has too large a number."),
        (b'[{"term": ' + b"9" * 5000 + b"}]", 0, "This JSON is nested too deep, or has"),
        (b"[\xff]", 0, "The file’s encoding is none that can be read: use UTF-8."),
    ],
)
def test_what_is_no_json_of_ours_ends_in_a_sentence(data, line, sentence):
    read = jsonfile.read(data)
    (fault,) = read.faults
    assert read.rows == ()
    assert (fault.line, str(fault.message)[: len(sentence)]) == (line, sentence)
