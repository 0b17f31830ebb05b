"""Tags as they are typed."""

import pytest

from episodes.models import Episode
from episodes.tagging import format_tags, parse_tags, slug_for


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("能源，电网、储能；shipping; ports", ["能源", "电网", "储能", "shipping", "ports"]),
        ("data center, Data Center ,ＤＡＴＡ center", ["data center"]),
        ("“引号”, 'x'", ["引号", "x"]),
        ("", []),
        (None, []),
        (" , ，;", []),
    ],
)
def test_a_line_is_split_on_separators_of_both_languages(
    typed: str | None, tags: list[str]
) -> None:
    assert parse_tags(typed) == tags


def test_what_is_shown_is_read_back() -> None:
    assert parse_tags(format_tags(["能源", "data center"])) == ["能源", "data center"]


def test_a_slug_keeps_its_script_and_signs_get_one_too() -> None:
    assert slug_for("数据 中心") == "数据-中心"
    assert slug_for("C++") == "c"
    assert slug_for("C++", 2) == "c-2"
    assert slug_for("+++").startswith("tag-")
    assert slug_for("+++") != slug_for("###")


@pytest.mark.django_db
def test_a_tag_in_another_case_is_the_same_tag() -> None:
    first = Episode.objects.create(slug="one")
    second = Episode.objects.create(slug="two")
    first.tags.add("Energy")
    second.tags.add("energy")
    assert [tag.name for tag in second.tags.all()] == ["Energy"]
