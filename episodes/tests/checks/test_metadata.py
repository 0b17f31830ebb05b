"""What stands beside an episode: missing, in the wrong language, not going with what is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from episodes.checks import metadata as _metadata  # noqa: F401 - registers
from episodes.checks.nameindex import NameIndex
from episodes.checks.registry import Finding, Fix, check
from episodes.checks.subject import Name, Subject, Turn
from episodes.tests.checks.harbour import NAMES, TERMS, harbour
from episodes.tests.checks.subjects import ODD_LOTS, sample
from episodes.tests.transcripts.samples import needs_sample

CODES = (
    "guest_missing",
    "listed_not_mentioned",
    "mentioned_not_listed",
    "metadata_language",
    "metadata_missing",
    "same_recording",
)


def found(subject: Subject) -> list[Finding]:
    return list(check(subject, CODES))


def brief(subject: Subject) -> list[tuple[str, str, str]]:
    return [(one.check, one.field, str(one.message)) for one in found(subject)]


def test_an_episode_in_good_order_yields_nothing():
    assert found(harbour()) == []
    assert found(harbour(register=None)) == []


@pytest.mark.parametrize(
    ("roles", "listed"),
    [
        ({1: "host", 2: "host", 3: "guest"}, {1, 2, 3, 4}),
        ({1: "host", 2: "host"}, {1, 2, 4}),
        ({1: "host", 2: "host", 3: "mentioned"}, {1, 2, 3, 4}),
        ({}, {1, 2, 4}),
    ],
)
def test_who_speaks_and_is_no_host_is_the_missing_guest(roles, listed):
    subject = harbour(guest="", roles=roles, listed={"person": frozenset(listed)})
    (finding,) = [one for one in found(subject) if one.check == "guest_missing"]
    assert finding.message.params == {"names": "Marta Van Geelen", "turns": 16}
    assert (finding.uid, finding.field) == ("", "guest")
    assert finding.fix == Fix("guest", "Marta Van Geelen")


def test_two_hosts_who_talk_to_each_other_miss_no_guest():
    before = harbour()
    turns = tuple(turn for turn in before.turns if turn.speaker != 3)
    findings = found(harbour(turns=turns, guest=""))
    assert [one for one in findings if one.check == "guest_missing"] == []
    # who is a producer, says one sentence, or is one of people of whom nothing is known
    once = replace(turns[3], speaker=3, label="Marta Van Geelen")
    listed = {"person": frozenset({1, 2, 4})}
    roles = {1: "host", 2: "host"}
    subject = harbour(turns=(*turns, once), guest="", roles=roles, listed=listed)
    assert [one for one in found(subject) if one.check == "guest_missing"] == []
    unknown = harbour(guest="", roles={}, listed={})
    assert [one for one in found(unknown) if one.check == "guest_missing"] == []


def test_a_guest_of_whom_only_the_label_is_known():
    before = harbour()
    turns = tuple(
        replace(turn, speaker=0, label="Ann Lee") if turn.speaker == 3 else turn
        for turn in before.turns
    )
    subject = harbour(turns=turns, guest="", roles={1: "host", 2: "host"})
    assert [one.message.params["names"] for one in found(subject)] == ["Ann Lee"]


def test_summary_date_and_source():
    subject = harbour(summary="  ", date="", source="")
    assert [(one.check, one.field) for one in found(subject)] == [
        ("metadata_missing", "summary"),
        ("metadata_missing", "date"),
        ("metadata_missing", "source"),
    ]
    assert len({one.fingerprint for one in found(subject)}) == 3


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "How a steel box changed the world"}, "title"),
        ({"summary": "The guest tells how it all began."}, "summary"),
        ({"original_title": "一个铁盒子如何改变了世界"}, "original_title"),
    ],
)
def test_title_and_summary_in_the_wrong_language(fields, field):
    assert [(one.check, one.field) for one in found(harbour(**fields))] == [
        ("metadata_language", field)
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "OpenAI"},
        {"title": "AI Agent 与 RAG：从 prompt 到 production"},
        {"title": "OpenAI DevDay 2025 Keynote 全记录"},
        {"summary": "与 Ann Lee 谈 Meta AI、OpenAI 和 Sora 2 的未来，以及谁来付钱。"},
        {"original_title": "How a steel box changed the world"},
        {"title": ""},
        {"title": "一个盒子", "language": "ja"},
    ],
)
def test_titles_that_may_be_so(fields):
    assert [one for one in found(harbour(**fields)) if one.check == "metadata_language"] == []


def test_another_episode_of_the_recording():
    subject = harbour(same_recording=("一个盒子", "两个盒子"))
    assert [one.message.params for one in found(subject)] == [
        {"title": "一个盒子"},
        {"title": "两个盒子"},
    ]


def with_names(*names: Name, listed: dict[str, set[int]] | None = None) -> Subject:
    base = harbour()
    merged = {kind: frozenset(keys) for kind, keys in base.listed.items()}
    for kind, keys in (listed or {}).items():
        merged[kind] = merged.get(kind, frozenset()) | keys
    return replace(base, register=NameIndex([*NAMES, *names], TERMS), listed=merged)


def test_a_listed_name_that_nobody_says():
    subject = with_names(
        Name(50, "organisation", "Blackstone", "黑石"),
        Name(51, "person", "Ann Lee", "李安"),
        listed={"organisation": {50}, "person": {51}},
    )
    assert brief(subject) == [
        ("listed_not_mentioned", "person", "“Ann Lee” is listed and never mentioned."),
        ("listed_not_mentioned", "organisation", "“Blackstone” is listed and never mentioned."),
    ]


@pytest.mark.parametrize(
    "name",
    [
        Name(50, "organisation", "A.P. Moller", "马士基"),  # in Chinese only
        Name(50, "organisation", "Los Angeles Port", "", ("Los Angeles",)),  # by an alias
        Name(50, "organisation", "rotter-dam"),  # whatever its spaces
        Name(50, "organisation", "Seagate Technology"),
        Name(50, "organisation", "Stargate-Lines Inc"),
    ],
)
def test_a_listed_name_is_mentioned_in_either_language_by_any_spelling(name):
    assert found(with_names(name, listed={"organisation": {50}})) == []


def test_a_part_of_a_persons_name_is_a_mention_unless_it_is_somebody_elses():
    mention = Turn("x", text="提到塔尔博特。", original="Ask Talbot.", speaker=1)
    for name, codes in [
        (Name(50, "person", "Ann Talbot"), []),
        (Name(50, "person", "Ann Galloway"), ["listed_not_mentioned"]),  # Scott Galloway is said
        (Name(50, "person", "Peter Lund", "彼得·伦德"), ["listed_not_mentioned"]),  # Peter speaks
        (Name(50, "person", "Galloway"), []),
    ]:
        subject = with_names(name, listed={"person": {50}})
        subject = replace(subject, turns=(*subject.turns, mention))
        assert [one.check for one in found(subject)] == codes, name


@pytest.mark.parametrize("nothing", ["N/A", "-", "待补充", "无", "TBD", "unknown", " ... "])
def test_what_says_that_there_is_nothing_is_nothing(nothing):
    subject = harbour(summary=nothing, source=nothing, guest=nothing)
    assert [(one.check, one.field) for one in found(subject)] == [
        ("guest_missing", "guest"),
        ("metadata_missing", "summary"),
        ("metadata_missing", "source"),
    ]


def test_a_known_name_that_is_said_twice_or_in_both_languages_and_not_listed():
    names = [
        Name(50, "organisation", "Los Angeles", "洛杉矶"),  # in one turn, in both languages
        Name(51, "organisation", "Rotterdam", "鹿特丹"),
        Name(52, "organisation", "Box", ""),  # "box" is another word
    ]
    subject = with_names(*names)
    more = Turn(
        "x", text="鹿特丹很大。", original="It is large.", speaker=1, label="Gillian Alloway"
    )
    subject = replace(subject, turns=(*subject.turns, more))
    assert brief(subject) == [
        (
            "mentioned_not_listed",
            "organisation",
            "“Rotterdam” is mentioned in 2 turns and is not listed.",
        ),
        (
            "mentioned_not_listed",
            "organisation",
            "“Los Angeles” is mentioned and is not listed.",
        ),
    ]


def test_what_is_listed_under_another_kind_or_is_a_part_of_it_is_listed():
    names = [Name(50, "organisation", "Harbour Talk"), Name(51, "product", "Maersk")]
    assert found(with_names(*names)) == []


def test_a_speaker_who_is_not_listed():
    subject = harbour(roles={1: "host"}, listed={"person": frozenset({1, 3, 4}), "work": {1}})
    assert brief(subject)[0] == (
        "mentioned_not_listed",
        "person",
        "“Peter Weisenthal” speaks and is not listed.",
    )


@needs_sample
def test_the_guest_of_the_sample():
    findings = found(replace(sample(), roles={1: "host", 2: "host"}))
    assert [(one.check, one.message.params["names"]) for one in findings] == [
        ("guest_missing", "James Van Geelen")
    ]
    register = NameIndex(ODD_LOTS)
    assert [one.check for one in found(replace(sample(), register=register))] == ["guest_missing"]
