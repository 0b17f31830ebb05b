"""Who speaks, decided from labels, front matter and the people on record."""

from __future__ import annotations

import pytest

from episodes.names import name_key
from episodes.speaker_labels import SpeakerLabel, guests_of, read_label
from episodes.speakers import Known, plan_speakers, spoken_names
from episodes.transcripts.document import Chapter, Document, FrontMatter, Turn, TurnKind


def document(*labels: str | tuple[str, str], **front: object) -> Document:
    pairs = [(label, "") if isinstance(label, str) else label for label in labels]
    turns = tuple(
        Turn(TurnKind.SPEECH, label, "话", "word", original, line=number)
        for number, (label, original) in enumerate(pairs, 1)
    )
    return Document(FrontMatter(**front), (Chapter("", 0, turns),))


def plan(*labels, known=(), regulars=(), **front):
    by_key: dict[str, list[Known]] = {}
    for person in known:
        for name in (person.name, person.translated_name, *person.aliases):
            if name:
                by_key.setdefault(name_key(name), []).append(person)
    return plan_speakers(document(*labels, **front), by_key, regulars)


def cast(found):
    return [(person.name, person.role, person.turns) for person in found.people]


def who(found, label, original=""):
    index = found.speakers.get((label, original))
    return None if index is None else found.people[index].name


def codes(found):
    return [item.code for item in found.diagnostics]


@pytest.mark.parametrize(
    ("label", "read"),
    [
        ("Ann Lee", SpeakerLabel("Ann Lee")),
        ("[Ann]", SpeakerLabel("Ann")),
        ("主持人（安）", SpeakerLabel("安", "host")),
        ("主持人 (Ann)", SpeakerLabel("Ann", "host")),
        ("Ann Lee (Host)", SpeakerLabel("Ann Lee", "host")),
        ("Ann Lee（嘉宾）", SpeakerLabel("Ann Lee", "guest")),
        ("Host Ann", SpeakerLabel("Ann", "host")),
        ("嘉宾 安·李", SpeakerLabel("安·李", "guest")),
        ("安·李（Ann Lee）", SpeakerLabel("安·李", also="Ann Lee")),
        ("嘉宾", SpeakerLabel(role="guest")),
        ("嘉宾2", SpeakerLabel(role="guest")),
        ("主持人A", SpeakerLabel(role="host")),
        ("Interviewer", SpeakerLabel(role="host")),
        ("Speaker A", SpeakerLabel()),
        ("SPEAKER 1", SpeakerLabel()),
        ("Speaker_01", SpeakerLabel()),
        ("Unknown Speaker", SpeakerLabel()),
        ("旁白", SpeakerLabel()),
        ("Audience Member 3", SpeakerLabel()),
        ("Q", SpeakerLabel()),
        ("问", SpeakerLabel()),
    ],
)
def test_a_label_says_a_name_a_role_or_both(label, read):
    assert read_label(label) == read


def test_listed_people_who_speak_host_and_the_other_speaker_is_the_guest():
    found = plan(
        "Ann Lee", "Bo Berg", "Ann Lee", "Cy Dorn", people=("Ann Lee", "Bo Berg", "Di Silent")
    )
    assert cast(found) == [
        ("Ann Lee", "host", 2),
        ("Bo Berg", "host", 1),
        ("Di Silent", "mentioned", 0),
        ("Cy Dorn", "guest", 1),
    ]
    assert codes(found) == []
    assert [person.written for person in found.people] == ["Ann Lee", "Bo Berg", "Di Silent", ""]


def test_a_role_in_the_label_goes_before_the_list():
    found = plan("主持人（安·李）", "嘉宾 (Bo Berg)", people=("Bo Berg",))
    assert cast(found) == [("Bo Berg", "guest", 1), ("安·李", "host", 1)]


def test_the_guest_of_the_front_matter_makes_the_other_speaker_the_host():
    found = plan("Ann Lee", "Bo Berg", guest="Bo Berg")
    assert cast(found) == [("Bo Berg", "guest", 1), ("Ann Lee", "host", 1)]
    assert codes(found) == []


def test_two_guests_are_two_people_and_a_description_is_none():
    names, rest = guests_of(FrontMatter(guest="Ann Lee, Bo Berg and the founder of Acme"))
    assert (names, rest) == (["Ann Lee", "Bo Berg"], ["the founder of Acme"])


def test_who_hosts_is_reported_where_nothing_tells():
    found = plan("Ann Lee", "Bo Berg")
    assert cast(found) == [("Ann Lee", "guest", 1), ("Bo Berg", "guest", 1)]
    assert codes(found) == ["roles_unknown"]


def test_the_record_of_the_channel_tells_the_host():
    ann = Known(1, "Ann Lee", hosts=True)
    found = plan("Ann Lee", "Bo Berg", channel="Talk", known=[ann], regulars=[ann])
    assert cast(found) == [("Ann Lee", "host", 1), ("Bo Berg", "guest", 1)]
    found = plan(
        "Ann Lee",
        "Bo Berg",
        channel="Talk",
        people=("Ann Lee", "Bo Berg"),
        known=[ann],
        regulars=[ann],
    )
    assert cast(found) == [("Ann Lee", "host", 1), ("Bo Berg", "guest", 1)]
    assert codes(found) == ["guest_by_record"]


@pytest.mark.parametrize(
    "label", ["主持人", "嘉宾", "Host", "Guest", "Speaker A", "旁白", "Unknown"]
)
def test_a_role_alone_is_never_a_person(label):
    found = plan(label, "Ann Lee", people=("Ann Lee",))
    assert cast(found) == [("Ann Lee", "host", 1)]
    assert who(found, label) is None


def test_a_role_beside_a_named_original_is_that_person_in_that_role():
    found = plan(("嘉宾", "Ann Lee"), ("主持人", "[Speaker 0]"))
    assert cast(found) == [("Ann Lee", "guest", 1)]
    assert who(found, "嘉宾", "Ann Lee") == "Ann Lee"
    assert who(found, "主持人", "[Speaker 0]") is None


def test_the_channel_and_an_organisation_are_no_people_unless_listed():
    found = plan("Harbour Talk", "Acme", "Ann Lee", channel="Harbour-Talk", organisations=("ACME",))
    assert [person.name for person in found.people] == ["Ann Lee"]
    assert codes(found)[:2] == ["channel_as_speaker", "organisation_as_speaker"]
    assert [item.line for item in found.diagnostics[:2]] == [1, 2]
    listed = plan("Ann Lee", channel="Ann Lee", people=("Ann Lee",))
    assert cast(listed) == [("Ann Lee", "host", 1)]


def test_two_labels_of_one_turn_in_two_scripts_are_two_spellings_of_one_name():
    found = plan(
        ("安·李", "Ann Lee"), ("安·李", "Ann Lee"), ("博·伯格", "Bo Berg"), people=("ann-lee",)
    )
    ann, bo = found.people
    assert (ann.name, ann.translated_name, ann.written, ann.turns) == (
        "Ann Lee",
        "安·李",
        "ann-lee",
        2,
    )
    assert (bo.name, bo.translated_name, bo.turns) == ("Bo Berg", "博·伯格", 1)
    assert codes(found) == []


def test_labels_that_do_not_belong_together_are_reported_and_the_translation_is_believed():
    found = plan(("安·李", "Ann Lee"), ("安·李", "Bo Berg"), ("博·伯格", "Ann Lee"))
    assert who(found, "安·李", "Bo Berg") == "安·李"
    assert set(codes(found)) >= {"labels_disagree"}


def test_a_first_name_is_the_one_full_name_it_fits():
    found = plan("Ann", "Bo", "Ann", people=("Ann Lee", "Bo Berg"))
    assert cast(found) == [("Ann Lee", "host", 2), ("Bo Berg", "host", 1)]
    assert codes(found)[:2] == ["first_name", "first_name"]
    assert [person.aliases for person in found.people] == [(), ()]


def test_a_first_name_is_the_listed_slug_it_fits():
    found = plan("Ann", "Bo", people=("ann-lee", "Bo Berg"))
    assert [(person.name, person.turns) for person in found.people] == [
        ("Ann Lee", 1),
        ("Bo Berg", 1),
    ]
    assert codes(found)[:2] == ["first_name", "first_name"]


def test_a_first_name_that_fits_two_is_nobody_and_reported():
    found = plan("Ann", "Ann Lee", "Ann Berg", people=("Ann Lee",))
    assert who(found, "Ann") is None
    assert codes(found)[0] == "first_name_ambiguous"
    assert [person.name for person in found.people] == ["Ann Lee", "Ann Berg"]


def test_a_first_name_is_a_regular_of_the_channel_only_where_one_fits():
    regulars = [Known(7, "Ann Lee", hosts=True), Known(8, "Bo Berg"), Known(9, "Bo Dorn")]
    found = plan("Ann", "Bo", channel="Talk", regulars=regulars)
    assert [(person.name, person.known) for person in found.people] == [("Ann Lee", 7)]
    assert who(found, "Bo") is None
    assert codes(found)[:2] == ["first_name", "first_name_ambiguous"]


def test_initials_in_brackets_and_initials_as_label_are_the_full_name():
    found = plan("AL", "BB", people=("Ann Lee (AL)", "Bo Berg"))
    assert cast(found) == [("Ann Lee", "host", 1), ("Bo Berg", "host", 1)]
    assert [person.aliases for person in found.people] == [(), ()]
    assert [person.written for person in found.people] == ["Ann Lee (AL)", "Bo Berg"]


def test_the_same_person_twice_is_one_person_and_reported():
    found = plan("Ann Lee", people=("Ann Lee", "ann-berg", "Anne-Marie"))
    assert [person.written for person in found.people] == ["Ann Lee", "ann-berg", "Anne-Marie"]
    twice = plan("Ann Lee", people=("Ann", "Ann Lee"))
    assert [(person.name, person.written) for person in twice.people] == [("Ann Lee", "Ann Lee")]
    assert "person_twice" in codes(twice)


def test_an_alias_on_record_is_the_person_and_a_shared_one_is_nobody():
    ann = Known(1, "Ann Lee", "安·李", ("Anne Li",))
    bo = Known(2, "Bo Berg", aliases=("The Captain",))
    cy = Known(3, "Cy Dorn", aliases=("The Captain",))
    found = plan("Anne Li", "The Captain", known=[ann, bo, cy])
    assert [(person.name, person.known) for person in found.people] == [("Ann Lee", 1)]
    assert who(found, "The Captain") is None
    assert "person_ambiguous" in codes(found)


def test_a_new_spelling_of_somebody_on_record_is_only_what_is_new():
    ann = Known(1, "Ann Lee", aliases=("Anne Lee",))
    found = plan(("安·李", "Ann Lee"), known=[ann])
    assert [(p.name, p.known, p.translated_name, p.aliases) for p in found.people] == [
        ("Ann Lee", 1, "", ("安·李",))
    ]


def test_two_people_on_record_stay_two_whatever_the_labels_say():
    ann, other = Known(1, "Ann Lee"), Known(2, "安·李")
    found = plan(("安·李", "Ann Lee"), known=[ann, other])
    assert who(found, "安·李", "Ann Lee") == "安·李"
    assert codes(found)[0] == "people_conflict"


def test_a_misheard_name_in_the_list_is_reported_not_mended():
    found = plan("Joe Weissmann", "Ann Lee", people=("Joe Wiesmann", "Ann Lee"))
    assert cast(found) == [
        ("Joe Wiesmann", "mentioned", 0),
        ("Ann Lee", "host", 1),
        ("Joe Weissmann", "host", 1),
    ]
    assert codes(found)[0] == "names_alike"


def test_a_slug_becomes_a_name_only_for_people():
    found = plan("Ann Lee", people=("bo-van-berg",))
    assert found.people[0].name == "Bo Van Berg"
    assert found.people[0].written == "bo-van-berg"


def test_names_to_look_up_are_those_of_labels_and_front_matter():
    names = spoken_names(
        document(("主持人（安）", "Ann Lee"), people=("Bo Berg (BB)",), guest="Cy Dorn")
    )
    assert sorted(names) == sorted(["安", "Ann Lee", "Bo Berg (BB)", "Bo Berg", "BB", "Cy Dorn"])


def test_no_labels_no_people():
    found = plan("")
    assert (found.people, dict(found.speakers), found.diagnostics) == ((), {}, ())
