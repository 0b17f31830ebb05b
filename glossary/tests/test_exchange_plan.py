"""What an import would do, on values: new, changed, the same, refused; and once is enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.exchange.concepts import FIELDS, Concept, Row, tidy
from glossary.exchange.planning import Change, Item, Kind, Known, Options, Plan, plan
from glossary.grouping import key_of
from glossary.tests.made_concepts import concepts

LAKE = Concept(
    slug="data-lake",
    term="数据湖",
    foreign_term="Data Lake",
    definition="仓库",
    aliases=("湖",),
    forbidden=("池",),
)
DECIDES = Options(may_decide=True)


def known(concept: Concept, pk: int = 1, into: str = "", addresses: tuple[str, ...] = ()) -> Known:
    """An entry whose evidence is that of its names."""
    keys = {key_of(name) for name in (concept.term, *concept.aliases)} - {""}
    return Known(
        pk, 7, concept, frozenset() if into else frozenset(keys), frozenset(addresses), into
    )


def planned(existing: list[Known], *said: Concept, options: Options | None = None) -> list[Item]:
    rows = [Row(line, concept) for line, concept in enumerate(said, 2)]
    return list(plan(existing, rows, options).items)


def only(existing: list[Known], *said: Concept, options: Options | None = None) -> Item:
    return planned(existing, *said, options=options)[-1]


# What a row is.


def test_a_row_of_nothing_known_is_new_and_a_candidate():
    item = only([known(LAKE)], Concept(term="兆瓦", state="approved"))
    assert (item.kind, item.pk, item.concept) == (Kind.NEW, None, Concept(term="兆瓦"))
    decided = only([], Concept(term="兆瓦", state="approved"), options=DECIDES)
    assert decided.concept.state == "approved"


def test_a_row_is_the_entry_of_its_slug_or_of_its_key():
    renamed = replace(LAKE, slug="", term="數據湖", definition="另一个仓库", aliases=())
    for said in (renamed, replace(renamed, slug="data-lake"), replace(renamed, slug="other")):
        item = only([known(LAKE)], said)
        assert (item.kind, item.pk, item.version, item.concept.slug) == (
            Kind.CHANGED,
            1,
            7,
            "data-lake",
        )
        assert item.changes == (
            Change("term", "数据湖", "數據湖"),
            Change("definition", "仓库", "另一个仓库"),
        )


def test_what_a_file_leaves_out_stays_unless_it_is_exact():
    said = Concept(term="数据湖", foreign_term="Lake", aliases=("大湖",))
    assert only([known(LAKE)], said).changes == (
        Change("foreign_term", "Data Lake", "Lake"),
        Change("aliases", "湖", "湖\n大湖"),
    )
    assert only([known(LAKE)], said, options=Options(exact=True)).changes == (
        Change("foreign_term", "Data Lake", "Lake"),
        Change("definition", "仓库", ""),
        Change("aliases", "湖", "大湖"),
        Change("forbidden", "池", ""),
    )
    column = Options(exact=True, fields=frozenset({"term", "definition"}))
    assert only([known(LAKE)], said, options=column).changes == (Change("definition", "仓库", ""),)


def test_the_order_of_aliases_and_odd_white_space_change_nothing():
    entry = replace(LAKE, aliases=("甲", "乙"), term=" 数据湖", definition="仓库\r\n二")
    said = replace(LAKE, aliases=("乙", "甲"), definition="仓库\n二")
    assert only([known(entry)], said, options=Options(exact=True)).kind == Kind.SAME


@pytest.mark.parametrize(
    ("stands", "says", "may", "kind", "decided", "changes"),
    [
        ("candidate", "candidate", True, Kind.SAME, False, ()),
        ("candidate", "approved", False, Kind.SAME, False, ()),
        (
            "candidate",
            "approved",
            True,
            Kind.CHANGED,
            False,
            (Change("state", "candidate", "approved"),),
        ),
        (
            "candidate",
            "rejected",
            True,
            Kind.CHANGED,
            False,
            (Change("state", "candidate", "rejected"),),
        ),
        ("approved", "candidate", True, Kind.SAME, False, ()),
        ("approved", "approved", False, Kind.SAME, False, ()),
        (
            "approved",
            "rejected",
            True,
            Kind.CHANGED,
            True,
            (Change("state", "approved", "rejected"),),
        ),
        ("rejected", "rejected", True, Kind.SAME, False, ()),
    ],
)
def test_the_state_is_moved_by_who_may_decide(stands, says, may, kind, decided, changes):
    entry = known(replace(LAKE, state=stands))
    item = only([entry], replace(LAKE, state=says), options=Options(may_decide=may))
    assert (item.kind, item.decided, item.changes) == (kind, decided, changes)


def test_a_decided_entry_changes_where_it_was_ticked():
    entries = [known(replace(LAKE, state="approved")), known(Concept(slug="mw", term="兆瓦"), 2)]
    said = [
        replace(LAKE, definition="新"),
        Concept(term="兆瓦", definition="新"),
        Concept(term="新词"),
    ]
    made = Plan(tuple(planned(entries, *said, options=DECIDES)))
    numbers = {
        ticked: [item.number for item in made.work(ticked)] for ticked in ((), (1,), (2,), None)
    }
    assert numbers == {(): [2, 3], (1,): [1, 2, 3], (2,): [2, 3], None: [1, 2, 3]}
    assert [item.kind for item in made.items] == [Kind.CHANGED, Kind.CHANGED, Kind.NEW]


# What is refused.


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Concept(term="…！"), "A term needs a letter or a digit."),
        (Concept(term="湖"), "“湖” is another name of the term “数据湖”."),
        (Concept(term="x" * 301), f"“{'x' * 40}…” is too long: a name has at most 300 characters."),
        (
            Concept(term="词", aliases=("x" * 301,)),
            f"“{'x' * 40}…” is too long: a name has at most 300 characters.",
        ),
        (
            Concept(term="词", definition="x" * 20_001),
            "The definition is too long: at most 20000 characters.",
        ),
        (
            Concept(term="词", slug="data-lake"),
            "The address “data-lake” is that of the term “数据湖”.",
        ),
        (Concept(term="词", slug="once"), "The address “once” is that of the term “数据湖”."),
        (
            Concept(term="词", aliases=("数据湖",)),
            "Its alias “数据湖” is a name of the term “数据湖”.",
        ),
        (Concept(term="词", aliases=("湖",)), "Its alias “湖” is a name of the term “数据湖”."),
        (Concept(term="词", aliases=("，",)), "An alias needs a letter or a digit."),
        (
            Concept(term="词", aliases=("甲",), forbidden=("甲",)),
            "“甲” would be a name of the term and forbidden.",
        ),
        (Concept(term="词", forbidden=("词",)), "“词” would be a name of the term and forbidden."),
        (
            Concept(term="数据湖", aliases=("池",)),
            "“池” would be a name of the term and forbidden.",
        ),
        (Concept(term="没了"), "“没了” was rejected here."),
        (Concept(term="水库", slug="reservoir"), "It was merged into “数据湖”."),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(said, reason):
    entries = [
        known(LAKE, addresses=("data-lake", "once")),
        known(Concept(slug="gone", term="没了", state="rejected"), 2),
        known(Concept(slug="reservoir", term="水库", state="merged"), 3, into="数据湖"),
    ]
    item = only(entries, said)
    assert (item.kind, str(item.reason)) == (Kind.REFUSED, reason)


def test_rows_of_one_file_are_compared_with_each_other():
    items = planned(
        [],
        Concept(term="数据湖", slug="lake", aliases=("兆瓦",)),
        Concept(term="數據湖"),
        Concept(term="兆瓦", slug="mw"),
        Concept(term="瓦", slug="mw"),
    )
    assert [(item.kind, str(item.reason)) for item in items] == [
        (Kind.REFUSED, "Its alias “兆瓦” is the term of line 4."),
        (Kind.REFUSED, "The same term as in line 2."),
        (Kind.NEW, ""),
        (Kind.REFUSED, "The address “mw” is given in line 4, too."),
    ]


def test_a_decided_entry_is_refused_to_who_may_not_decide():
    item = only([known(replace(LAKE, state="approved"))], replace(LAKE, definition="新"))
    assert str(item.reason) == "“数据湖” is decided; who may decide on terms may change it."


# Laws.


def carried_out(existing: list[Known], work: list[Item]) -> list[Known]:
    """The register after a plan was carried out, as ``importing`` writes it."""
    entries = {entry.pk: entry for entry in existing}
    owned = {key for entry in existing for key in entry.keys}
    slugs = {entry.concept.slug for entry in existing}
    for item in work:
        pk = item.pk or max([0, *entries]) + 1
        old = entries.get(pk)
        concept = item.concept
        if old is None and not concept.slug:
            concept = replace(concept, slug=f"made-{pk}")
        slugs.add(concept.slug)
        keys = {key_of(name) for name in (concept.term, *concept.aliases)} - {""} - owned
        owned |= keys
        entries[pk] = Known(pk, 8, concept, (old.keys if old else frozenset()) | keys)
    return list(entries.values())


@st.composite
def registers(draw) -> list[Known]:
    """Entries that an import has made; so what hangs on keys and slugs is as it has to be."""
    said = [Row(n, each) for n, each in enumerate(draw(st.lists(concepts(), max_size=4)))]
    return carried_out([], plan([], said, DECIDES).work(None))


@given(registers(), st.lists(concepts(), max_size=5), st.booleans(), st.booleans())
def test_a_second_import_of_the_same_file_plans_nothing(existing, said, exact, may):
    rows = [Row(line, concept) for line, concept in enumerate(said)]
    options = Options(exact=exact, may_decide=may)
    first = plan(existing, rows, options)
    after = carried_out(existing, first.work(None))
    second = plan(after, rows, options)
    assert second.work(None) == []
    assert [item.kind for item in second.items] == [
        Kind.SAME if item.kind in (Kind.NEW, Kind.CHANGED) else item.kind for item in first.items
    ]


@given(registers(), st.booleans())
def test_a_register_that_is_written_and_read_changes_nothing(existing, exact):
    rows = [Row(n, tidy(entry.concept)) for n, entry in enumerate(existing)]
    options = Options(exact=exact, may_decide=True, fields=frozenset(FIELDS))
    assert {item.kind for item in plan(existing, rows, options).items} <= {Kind.SAME}
