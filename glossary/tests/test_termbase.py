"""The term base as checks ask it: all names at once, whole names first, plurals, two with one name."""

from __future__ import annotations

from glossary.termbase import Term, TermBase

LAKE = Term(1, "数据湖", ("data lake", "资料池"), ("资料湖", "数据湖泊"))
CENTRE = Term(2, "数据中心", ("data center", "DC"), ("资料中心",))
FACILITY = Term(3, "设施", ("facility",))
AGENT = Term(4, "智能体", ("agent",), ("代理",))
PROXY = Term(5, "代理", ("proxy",))
BASE = TermBase([LAKE, CENTRE, FACILITY, AGENT, PROXY])


def mentioned(text: str) -> list[tuple[str, list[int]]]:
    return [
        (text[one.start : one.end], [term.key for term in one.terms])
        for one in BASE.mentioned(text)
    ]


def test_foreign_names_are_found_with_their_plurals_whatever_their_case():
    assert mentioned("Data Centers are no data lakes; facilities, a DC, dc, metadata center") == [
        ("Data Centers", [2]),
        ("data lakes", [1]),
        ("facilities", [3]),
        ("DC", [2]),
    ]


def test_a_spelling_of_two_terms_is_both_of_theirs():
    base = TermBase([Term(1, "芯片", ("chip",)), Term(2, "薯片", ("Chip",))])
    (found,) = base.mentioned("a chip")
    assert [term.key for term in found.terms] == [1, 2]
    assert base.has_name("一片薯片", found.terms)
    assert not base.has_name("一片面包", found.terms)


def test_forbidden_renderings_are_found_but_not_as_parts_of_names():
    base = TermBase([Term(9, "仓库", (), ("数据",)), LAKE])
    text = "数据湖里有数据，也有资料湖。"
    found = [(text[one.start : one.end], one.start) for one in base.forbidden(text)]
    assert found == [("数据", 5), ("资料湖", 10)]
    (both,) = BASE.forbidden("这个代理很快")
    assert [term.key for term in both.terms] == [4]
    assert [term.key for term in both.approved] == [5]


def test_a_name_is_said_in_chinese_or_as_it_is_abroad():
    assert BASE.has_name("我们建了數據中心。", [CENTRE])
    assert BASE.has_name("我们建了 DC。", [CENTRE])
    assert not BASE.has_name("我们建了机房。", [CENTRE])
