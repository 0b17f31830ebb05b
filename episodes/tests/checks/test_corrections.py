"""What was corrected once, where it stands again."""

from __future__ import annotations

from episodes.checks.corrections import CODE, count, mended
from episodes.checks.incremental import digests_of, run
from episodes.checks.registry import Finding, all_checks, check
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.replacing import Pattern, Replacement, applied

NAME = Pattern("Aloway", "Alloway")
LONG = Pattern("Tracy Aloway", "Tracy A.")
ONE_SIDE = Pattern("Gilan", "Geelen", side="original")


def found(*turns: Turn, corrections: tuple[Pattern, ...] = (NAME,)) -> list[Finding]:
    return list(check(Subject(turns=turns, corrections=corrections), only=[CODE]))


def test_a_known_spelling_is_found_in_both_languages_with_its_place_and_a_fix():
    one, other = found(
        Turn("t1", text="谢谢**Aloway**，Aloway", original="I'm Aloway."), Turn("t2", text="好")
    )
    assert (one.uid, one.field, one.start, one.end) == ("t1", "text", 4, 10)
    assert one.fix is not None
    assert (one.fix.field, one.fix.value) == ("text", "谢谢**Alloway**，Alloway")
    assert (other.field, other.start, str(other.message)) == (
        "original", 4, "“Aloway” is known to be “Alloway”.",
    )  # fmt: skip


def test_a_correction_of_one_language_is_found_in_that_alone():
    turn = Turn("t1", text="Gilan", original="Gilan")
    assert [each.field for each in found(turn, corrections=(ONE_SIDE,))] == ["original"]


def test_there_is_no_fix_where_the_text_would_be_read_otherwise_or_be_empty():
    starred = Pattern("*a", "a", whole_words=False)
    assert [each.fix for each in found(Turn("t1", text="**a**"), corrections=(starred,))] == [None]
    gone = Pattern("um", "")
    one, other = found(Turn("t1", text="um"), Turn("t2", text="um, ja"), corrections=(gone,))
    assert (one.fix, other.fix.value if other.fix else "") == (None, ", ja")
    assert str(one.message) == "“um” is known to be taken out."


def test_all_are_mended_at_once_the_longer_first_but_what_is_put_away():
    text = "Tracy Aloway, Aloway, Gilan"
    known = (LONG, NAME, ONE_SIDE)
    changes = mended("t1", "original", text, known)
    assert changes == (
        Replacement(0, 12, "Tracy Aloway", "Tracy A."),
        Replacement(14, 20, "Aloway", "Alloway"),
        Replacement(22, 27, "Gilan", "Geelen"),
    )
    assert applied(text, changes) == "Tracy A., Alloway, Geelen"
    away = {each.fingerprint for each in found(Turn("t1", original=text), corrections=(NAME,))}
    kept = mended("t1", "original", text, known, away)
    assert applied(text, kept) == "Tracy A., Aloway, Geelen"
    assert mended("t2", "original", text, known, away) == changes
    assert count("original", text, known) == 4
    assert count("text", text, known) == 3


def test_it_is_looked_for_again_when_a_correction_or_the_turn_changes():
    checks = [each for each in all_checks() if each.code == CODE]
    turns = (Turn("t1", text="Aloway"), Turn("t2", text="好"))
    without, with_it = Subject(turns=turns), Subject(turns=turns, corrections=(NAME,))
    edited = Subject(turns=(turns[0], Turn("t2", text="Aloway")), corrections=(NAME,))
    before = digests_of(without, {})
    now = digests_of(with_it, {})
    known = run(checks, with_it, now, before)
    assert ([each.uid for each in known.findings], len(known.looked)) == (["t1"], 2)
    after = run(checks, edited, digests_of(edited, {}), now)
    assert ([each.uid for each in after.findings], after.looked) == (["t2"], {(CODE, "t2")})
