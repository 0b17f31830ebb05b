"""Names that are nearly known ones: what is found, where, with which fix, and what is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.checks import names as _names  # noqa: F401 - registers
from episodes.checks.nameindex import NameIndex, key_of
from episodes.checks.nearness import are_forms, bases, by_ear, by_letters
from episodes.checks.registry import Finding, check
from episodes.checks.subject import Name, Subject, Turn
from episodes.tests.checks.cipher_room import cipher_room
from episodes.tests.checks.harbour import NAMES, TERMS, harbour
from episodes.tests.checks.subjects import sample
from episodes.tests.transcripts.samples import needs_sample

ALLOWAY, WEISENTHAL, GEELEN = NAMES[:3]


def found(subject: Subject, code: str = "name_near") -> list[Finding]:
    return list(check(subject, [code]))


def said(text: str, original: str, speaker: int = 1, **fields: object) -> Subject:
    """The conversation with one more turn."""
    before = harbour()
    turn = Turn("new", text=text, original=original, speaker=speaker, label="Gillian Alloway")
    return replace(before, turns=(*before.turns, turn), **fields)  # type: ignore[arg-type]


def brief(finding: Finding) -> tuple[str, str, str, str]:
    """Where, what is said, what it should be, and the mended text."""
    params = finding.message.params
    fix = finding.fix.value if finding.fix else ""
    return finding.field, str(params["said"]), str(params["known"]), fix


@pytest.mark.parametrize(
    ("text", "original", "wrong", "right"),
    [
        ("我是主持人。", "I'm Gillian Aloway.", "Aloway", "Alloway"),
        ("我是主持人。", "I'm Gilian Alloway.", "Gilian", "Gillian"),
        ("我们请来了Marta Van Geelen。", "We have Marta Van Gilan.", "Gilan", "Geelen"),
        ("我们请来了玛尔塔·范·海伦。", "We have Gilan here.", "Gilan", "Geelen"),
        ("他是彼得。", "He is Peter Wiesenthal of course.", "Wiesenthal", "Weisenthal"),
        ("问问他。", "You should ask Weizenthal about it.", "Weizenthal", "Weisenthal"),
        ("问问他。", "Peter Weisenthall's idea was that.", "Weisenthall", "Weisenthal"),
        ("我问了Weisentahl先生。", "I asked him.", "Weisentahl", "Weisenthal"),
        ("马士基又涨了。", "So Mersk is up again.", "Mersk", "Maersk"),
        ("我喜欢希捷。", "I like Seagaet a lot.", "Seagaet", "Seagate"),
        ("星门航运又来了。", "And Stargate Lynes is back.", "Lynes", "Lines"),
    ],
)
def test_a_misspelt_name_of_the_episode_is_found_and_mended(text, original, wrong, right):
    (finding,) = found(said(text, original))
    field = "text" if wrong in text else "original"
    value = text if field == "text" else original
    assert brief(finding) == (field, wrong, right, value.replace(wrong, right))
    assert finding.uid == "new"
    assert value[finding.start : finding.end] == wrong


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("我是Gillian Alloway。", "I'm Gillian Alloway's colleague."),
        ("我读过斯科特·加洛韦。", "I read Galloway, and Scott Galloway read me."),
        ("合金。", "It's an alloy. Alloys are light."),
        ("不行。", "That was always so. Always was."),
        ("是的。", "Jill Weissman and Peter Weissman came."),
        ("金属。", "He went to Galway. In Galway it rains."),
        ("我喜欢他们。", "I like Petra and Peters and Pete."),
        ("他们。", "The Alloways came."),
        ("人。", "It was Tom Allaway who said so."),
        ("英国。", "The harbour, the harbor; long term charters, demurrage's."),
        ("公司。", "Open AI, open-ai, Maersk's and MAERSK."),
        ("在@GillianAloway关注我，或者上aloway.com。", "Follow me at https://aloway.com/Aloway."),
        ("门。", "Seagates and the Stargate lines."),
        ("吞吐量。", "The throughputs are high."),
        ("Marta 说了。", "Martha Stewart said so."),
    ],
)
def test_other_words_and_other_people_are_left_alone(text, original):
    assert found(said(text, original)) == []


def test_all_places_of_a_misspelling_are_mended_by_one_fix_and_each_misspelling_by_its_own():
    original = "I'm Gillian Aloway. Follow me at Gillian Aloway. He is Peter Wiesenthal."
    first, second = found(said("你好。", original))
    assert brief(first)[1:] == ("Aloway", "Alloway", original.replace("Aloway", "Alloway"))
    assert brief(second)[1:3] == ("Wiesenthal", "Weisenthal")
    assert second.fix is not None
    assert second.fix.value == original.replace("Wiesenthal", "Weisenthal")
    assert first.fingerprint != second.fingerprint


def test_a_dismissal_holds_while_the_words_are_the_same():
    one, other = (
        found(said("你好。", original))[0]
        for original in ("I'm Gillian Aloway.", "Hello, I'm Gillian Aloway.")
    )
    assert one.fingerprint == other.fingerprint


def test_a_given_name_heard_wrong_is_found_where_the_bearer_says_it():
    (finding,) = found(said("我是Gillian Alloway。", "And I'm Gail Alloway."))
    assert brief(finding)[1:3] == ("Gail", "Gillian")
    # somebody else of that family is somebody else
    assert found(said("他是她的父亲。", "Her father is Bob Alloway.")) == []


def test_small_letters_stay_small_where_a_caption_knows_no_others():
    (finding,) = found(said("你好。", "i'm gillian aloway and welcome"))
    assert brief(finding)[1:] == ("aloway", "alloway", "i'm gillian alloway and welcome")


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("我是吉莉安·阿洛维。", "吉莉安·阿洛维", "吉莉安·阿洛韦"),
        ("这位是彼德·维森塔尔。", "彼德·维森塔尔", "彼得·维森塔尔"),
        ("维森特尔先生来了。", "维森特尔", "维森塔尔"),
        ("我们看长期租船和同。", "长期租船和同", "长期租船合同"),
    ],
)
def test_characters_of_the_same_sound_or_one_other_in_a_transliteration(text, wrong, right):
    (finding,) = found(said(text, ""))
    assert brief(finding) == ("text", wrong, right, text.replace(wrong, right))
    assert text[finding.start : finding.end] == wrong


@pytest.mark.parametrize(
    "text", ["吉莉安·阿洛韦和斯科特·加洛韦。", "短期租船合同。", "阿洛说过。", "港口夜话，甲骨文。"]
)
def test_other_characters_are_left_alone(text):
    assert found(said(text, "")) == []


def test_of_all_other_names_only_one_letter_may_differ_and_the_word_is_nothing_else():
    others = [
        Name(90, "organisation", "Blackstone"),
        Name(91, "organisation", "Stripe"),
        Name(92, "person", "Matthew Griffin"),
        Name(93, "organisation", "America First"),
        Name(94, "organisation", "Korea"),
    ]
    register = NameIndex([*NAMES, *others], TERMS)
    for text, wrong in [
        ("We asked Blakstone about it.", "Blakstone"),
        ("By Mathew Griffin, by the way.", "Mathew Griffin"),
        ("They use Strippe a lot.", "Strippe"),
    ]:
        (finding,) = found(said("好。", text, register=register))
        assert brief(finding)[1] == wrong
    for text in [
        "We asked Blockston about it.",  # two letters
        "Blakstone is a name at the beginning.",
        "They use a Strike, and strike again.",
        "Griffen, or Griffins, or a Korean.",
        "Alan Blakstone said so.",  # part of another name
        "We met Mathew Griffith there.",
        "A stripe here, some Strips there, strips of it.",
    ]:
        assert found(said("好。", text, register=register)) == [], text


@pytest.mark.parametrize(
    ("place", "field", "right", "wrong"),
    [
        (21, "original", "", ""),  # nothing is wrong
        (34, "original", "Whitfield Diffie", "Witfield Diffie"),  # begins a sentence
        (34, "original", "Whitfield Diffie", "Whitfield Diffee"),
        (34, "original", "public key", "publick key"),  # a term in small letters
        (15, "original", "plaintext", "plantext"),
        (23, "original", "Colossus", "Kolossus"),  # begins as it sounds
        (40, "text", "Siemens", "Siemems"),
        (36, "original", "Diffie", "Diffee"),
        (28, "original", "Bell Labs", "BellLabs"),
        (28, "text", "Bell Labs", "Bell-Labs"),
        (42, "original", "QuantaCrypt", "Quanta Crypt"),
        (0, "original", "Cipher Room", "CipherRoom"),  # it is known as a podcast
        (5, "original", "Miriam", "Miriem"),
        (50, "text", "米丽娅姆", "米丽亚姆"),
        (8, "text", "琼·克拉克", "琼·克莱克"),
    ],
)
def test_the_other_language_tells_what_is_meant(place, field, right, wrong):
    subject = cipher_room()
    turns = [*subject.turns]
    value = getattr(turns[place], field).replace(right, wrong, 1)
    turns[place] = replace(turns[place], **{field: value})
    findings = found(replace(subject, turns=tuple(turns)))
    assert [(one.uid, one.field) for one in findings] == ([(f"t{place}", field)] if right else [])
    if right:
        (finding,) = findings
        start, end = finding.start, finding.end
        assert value.index(wrong) <= start < end <= value.index(wrong) + len(wrong)


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("我想到了彼得·卡尔森。", "I thought of Peter Carlson."),
        ("卡尔森来了。", "And then Carlson came."),
        ("西蒙斯来了。", "And then Simmons came."),
        ("公钥钥匙。", "The public keys are plain text here."),
        ("熵。", "They siemense and enigmatic."),
        ("她是克拉克太太。", "She is Mrs. Clark, and I'm Clara."),
    ],
)
def test_names_that_many_have_are_somebody_elses(text, original):
    names = [Name(60, "person", "Peter Carson", "彼得·卡森"), Name(61, "organisation", "Siemens")]
    names += [Name(62, "person", "Joan Clarke", "琼·克拉克")]
    index = NameIndex([*NAMES, *names], [*TERMS, (9, ("公钥", "public key"))])
    listed = {**harbour().listed, "person": frozenset({1, 2, 3, 4, 60})}
    assert found(said(text, original, register=index, listed=listed)) == []


def test_another_way_to_space_a_name_is_told_once():
    known = NameIndex(
        [*NAMES, Name(60, "organisation", "OpenAI"), Name(61, "product", "vertex-ai")]
    )
    subject = said("好。", "Open AI and Vertex AI, and JP Morgan.", register=known)
    again = replace(subject.turns[-1], uid="again")
    subject = replace(subject, turns=(*subject.turns, again))
    assert [(one.uid, brief(one)[1:3]) for one in found(subject)] == [
        ("new", ("Open AI", "OpenAI"))
    ]


def test_a_label_that_is_nearly_somebody():
    before = harbour()
    turns = [*before.turns]
    turns[2] = replace(turns[2], speaker=0, label="Gillian Aloway")
    turns[4] = replace(turns[4], speaker=0, label="Gillian Aloway")
    (finding,) = found(replace(before, turns=tuple(turns)))
    assert (finding.uid, finding.field, finding.start, finding.end) == ("t2", "label", 0, 14)
    assert finding.fix is None


def test_without_a_register_the_speakers_are_known_by_their_labels():
    subject = said("你好。", "I'm Gillian Aloway.", register=None)
    assert [brief(finding)[1] for finding in found(subject)] == ["Aloway"]


def test_a_name_that_nobody_knows_is_spelt_in_two_ways():
    subject = said("我们在Abilene和Eaton谈过。", "We spoke in Abeline to eaten, and so on.")
    one, two = found(subject, "name_differs")
    assert [dict(one.message.params), dict(two.message.params)] == [
        {"here": "Abilene", "there": "Abeline"},
        {"here": "Eaton", "there": "eaten"},
    ]
    assert (two.field, two.fix) == ("original", None)
    assert subject.turns[-1].original[two.start : two.end] == "eaten"
    assert found(said("我们用Actuators。", "We use an actuator."), "name_differs") == []


def test_an_episode_in_good_order_yields_nothing():
    assert found(harbour()) == []
    assert found(harbour(), "name_differs") == []


@needs_sample
def test_hosts_and_guest_of_the_sample():
    wrong = [brief(finding)[:3] for finding in found(sample())]
    uids = [finding.uid for finding in found(sample())]
    people = [
        (uid, *one)
        for uid, one in zip(uids, wrong, strict=True)
        if one[2] in ("Alloway", "Geelen", "Joe")
    ]
    assert people == [
        ("t2", "original", "Aloway", "Alloway"),
        ("t26", "original", "Gilan", "Geelen"),
        ("t187", "original", "Aloway", "Alloway"),
        ("t188", "original", "Jill", "Joe"),
        ("t188", "original", "Gilan", "Geelen"),
    ]
    assert len(wrong) < 16


LETTERS = st.text(alphabet="abcdefghij", min_size=6, max_size=14)


@given(LETTERS, st.integers(0, 13), st.sampled_from("klm"), st.sampled_from(["add", "cut", "put"]))
def test_the_index_finds_whatever_differs_in_one_letter(name, at, letter, how):
    at %= len(name)
    index = NameIndex([Name(1, "organisation", name.title())])
    wrong = {
        "add": name[:at] + letter + name[at:],
        "cut": name[:at] + name[at + 1 :],
        "put": name[:at] + letter + name[at + 1 :],
    }[how]
    assert [known.spelling for known in index.near(wrong)] == [name.title()]
    assert index.near(name) == []


@given(st.text(alphabet="Gil ianAl·owy阿洛韦维吉莉安。", max_size=60))
def test_places_lie_within_the_text_and_the_fix_changes_nothing_else(text):
    for finding in found(said(text, text)):
        if finding.uid != "new":
            continue
        value = text
        assert 0 <= finding.start < finding.end <= len(value)
        assert value[finding.start : finding.end] == finding.message.params["said"]
        assert finding.fix is not None
        known = str(finding.message.params["known"])
        assert known in finding.fix.value


def test_mentions_are_the_longest_names_with_their_places():
    index = NameIndex(
        [Name(1, "organisation", "Meta"), Name(2, "product", "Meta AI", "元人工智能")], TERMS
    )
    text = "Meta 做 Meta-AI 和元人工智能，看吞吐量。"
    assert [
        (text[one.start : one.end], one.known[0].kind, one.known[0].key)
        for one in index.mentions(text)
    ] == [
        ("Meta", "organisation", 1),
        ("Meta-AI", "product", 2),
        ("元人工智能", "product", 2),
        ("吞吐量", "term", 1),
    ]
    assert NameIndex(()).mentions(text) == ()
    assert list(NameIndex(()).sounding(text)) == []


def test_nearness():
    assert by_letters("aloway", "alloway")
    assert not by_letters("alloy", "alloway")
    assert not by_letters("galloway", "alloway")
    assert by_ear("gilan", "geelen")
    assert not by_ear("gone", "geelen")
    assert are_forms("centre", "center")
    assert are_forms("company", "companies")
    assert are_forms("baked", "baker")
    assert not are_forms("aloway", "alloway")
    assert not any(are_forms(*pair) for pair in [("covr", "cover"), ("zeisss", "zeiss")])
    assert bases("koreans") == ["korean"]
    assert bases("zeiss") == bases("jacksonn") == []
    assert key_of("Open-AI") == key_of("open ai") == "openai"
