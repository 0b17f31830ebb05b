"""Front matter: what is refused, what is tolerated, how it is written."""

from __future__ import annotations

import pytest

from episodes.transcripts.document import Document, FrontMatter, ReadError
from episodes.transcripts.frontmatter import unique
from episodes.transcripts.markdown import read, write


def front(text: str) -> FrontMatter:
    return read(f"---\n{text}\n---\n正文。\n".encode()).front


def refused(text: str) -> tuple[str, int]:
    with pytest.raises(ReadError) as caught:
        read(text.encode())
    return caught.value.code, caught.value.line


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("---\ntitle: a\ntitle: b\n---\nx", "front_matter_duplicate_key", 3),
        ("---\ntitle: a\nx: {y: 1, y: 2}\n---\nx", "front_matter_duplicate_key", 3),
        ("---\ntitle: a\nx: &b [1]\n---\nx", "front_matter_invalid", 3),
        ("---\ntitle: a\nx: *b\n---\nx", "front_matter_invalid", 3),
        ("---\ntitle: a\nx: !!python/name:os.system y\n---\nx", "front_matter_invalid", 3),
        ("\n\n---\ntitle: a\nx: [1\n---\nx", "front_matter_invalid", 6),
        ("---\ntitle: a: b\n---\nx", "front_matter_invalid", 2),
        ("---\ntitle: a\n? [b]\n: c\n---\nx", "front_matter_invalid", 3),
        ("---\nx: " + "[" * 30 + "]" * 30 + "\n---\nx", "front_matter_invalid", 2),
        ("---\nx: " + "a" * 300_000 + "\n---\nx", "front_matter_too_large", 2),
        ("---\ntitle: a\n\nx", "front_matter_unclosed", 1),
    ],
)
def test_front_matter_that_cannot_be_trusted_is_refused_with_its_line(
    text: str, code: str, line: int
) -> None:
    assert refused(text) == (code, line)


def test_rules_around_a_paragraph_are_no_front_matter() -> None:
    document = read("---\n\n只是分隔线之间的一段。\n\n---\n\n再一段。\n".encode())
    assert [turn.text for turn in document.turns()] == ["只是分隔线之间的一段。", "再一段。"]
    assert [d.code for d in document.diagnostics] == ["front_matter_missing", "rule", "rule"]


def test_extra_values_keep_their_type() -> None:
    found = front(
        "a: 1\nb: 1.5\nc: true\nd: null\ne: 'true'\nf: 2024-01-02\ng: 010\nh: [1, x, {k: v}]\n"
        "i: yes\nj: 'null'\nk: .nan\n1: one\nl: -0\nm: 1:30\nn: 12345678901234567890"
    ).extra
    assert found == (
        ("a", 1),
        ("b", 1.5),
        ("c", True),
        ("d", None),
        ("e", "true"),
        ("f", "2024-01-02"),
        ("g", "010"),
        ("h", [1, "x", {"k": "v"}]),
        ("i", "yes"),
        ("j", "null"),
        ("k", ".nan"),
        ("1", "one"),
        ("l", 0),
        ("m", "1:30"),
        ("n", "12345678901234567890"),
    )
    assert [type(value) for _, value in found[:4]] == [int, float, bool, type(None)]


@pytest.mark.parametrize("value", ["", "null", "~", "[]", "''", '""'])
def test_missing_null_and_empty_are_one_and_the_same(value: str) -> None:
    assert front(f"people: {value}\nguest: {value}\ntitle: x") == FrontMatter(title="x")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("title: 好", "好"),
        ("title: '好: 再'", "好: 再"),
        ('title: "a\\tb"', "a b"),
        ("title: |-\n  前半\n  后半", "前半后半"),
        ("title: |-\n  前半 and\n  the rest", "前半 and the rest"),
        ("title: 折行的\n  标题", "折行的标题"),
        ("title: >\n  folded\n  title", "folded title"),
        ("title: 'it''s'", "it's"),
        ("title: 2024", "2024"),
        ("title: 1.10", "1.10"),
    ],
)
def test_titles_in_every_style(text: str, title: str) -> None:
    assert front(text).title == title


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024-03-09", "2024-03-09"),
        ("'2024-03-09'", "2024-03-09"),
        ("2024/3/9", "2024-03-09"),
        ("2024年3月9日", "2024-03-09"),
        ("2024-03-09T00:00:00Z", "2024-03-09"),
        ("2024-02-30", ""),
        ("soon", ""),
        ("2024-03-09 12:30", ""),
    ],
)
def test_dates(text: str, date: str) -> None:
    found = front(f"date: {text}")
    assert found.date == date
    assert found.extra == (() if date else (("date_unread", text),))


def test_a_key_of_another_name_counts_only_where_its_own_is_missing() -> None:
    assert front("companies: [Acme]\nchannel: Quay").organisations == ("Acme",)
    both = front("companies: [Acme]\ncompanies_orgs: []\nchannel: Quay\nspeaker: ''")
    assert both.organisations == ()
    assert both.extra == (("companies", ["Acme"]), ("channel", "Quay"))


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (["vertex-ai", "Vertex AI"], ("Vertex AI",)),
        (["Vertex AI", "vertex-ai", "other"], ("Vertex AI", "other")),
        (["ann", "ANN", "Ａｎｎ"], ("ANN",)),
        (["FN", "Full Name", "Full Name (FN)"], ("Full Name (FN)",)),
        (["Ann Lee", "Ann  Lee", ""], ("Ann Lee",)),
        (["C", "C++", "C#"], ("C", "C++", "C#")),
        (["安·李", "安李"], ("安·李",)),
        (["b", "a", "B"], ("B", "a")),
        (["Acme, Inc.", "acme-inc", "Acme & Co", "acme-co"], ("Acme, Inc.", "Acme & Co")),
    ],
)
def test_duplicates(values: list[str], kept: tuple[str, ...]) -> None:
    assert unique(values) == kept
    assert unique(kept) == kept


def test_the_front_matter_is_written_whole_and_in_one_order() -> None:
    written = write(
        Document(
            FrontMatter(
                title="好: #1",
                date="2024-03-09",
                people=("Ann Lee", "- x"),
                summary="一\n二",
                extra=(("draft", True), ("no", "1"), ("list", []), ("deep", [{"a": [1]}])),
            )
        )
    )
    assert written == (
        "---\ntitle: '好: #1'\ndate: '2024-03-09'\nsource: ''\nspeaker: ''\nauthor: ''\nguest: ''\n"
        "series: ''\narea: ''\ncategory: ''\nproject: []\ntags: []\npeople:\n- Ann Lee\n- '- x'\n"
        "companies_orgs: []\nproducts_models: []\nmedia_books: []\nsummary: \"一\\n二\"\ninsight: ''\n"
        "draft: true\n'no': '1'\nlist: []\ndeep: [{\"a\": [1]}]\n---\n\n<!-- oddlots transcript 1 -->\n"
    )
