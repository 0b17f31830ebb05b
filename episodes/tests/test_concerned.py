"""Which episodes a changed name concerns: those that list it, where it speaks, or that say it."""

from __future__ import annotations

import pytest

from episodes import checking, concerned, jobs, names, naming
from episodes.models import CheckAsked, Finding, Job, Organisation, Person
from episodes.models.jobs import JobState
from episodes.tests.factories import complete, make_episode, make_user

pytestmark = pytest.mark.django_db


def episode(slug: str, text: str, original: str = "We have it.", **front: object) -> None:
    turns = [("Mara Quill", text, original)]
    front = {**complete(extra=(("is", slug),)), "people": (), "guest": "", **front}
    checking.check_now(make_episode(**front, slug=slug, address=f"{slug}.md", turns=turns))


def asked() -> set[str]:
    """The slugs of the episodes that are to be checked once the jobs have looked for them."""
    for job in Job.objects.filter(kind=concerned.KIND, state=JobState.QUEUED).order_by("pk"):
        jobs.work(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE, job.message
    found = set(CheckAsked.objects.values_list("episode__slug", flat=True))
    CheckAsked.objects.all().delete()
    return found


@pytest.fixture
def board() -> Organisation:
    episode("listing", "这里。", organisations=("Harbour Board",))
    episode("chinese", "港口管理局在这里。")
    episode("english", "这里。", "the harbour board is here.")
    episode("misspelt", "这里。", "The Harbour Bord is here.")
    episode("other", "这里。")
    Job.objects.all().delete()
    CheckAsked.objects.all().delete()
    return Organisation.objects.get()


def test_a_changed_name_has_the_episodes_checked_that_list_or_say_it(board):
    naming.save_named(board, values={"note": "A board."}, by=None)
    assert asked() == set()
    naming.save_named(board, values={"translated_name": "港口管理局"}, by=None)
    assert asked() == {"listing", "chinese", "english"}
    naming.save_named(board, values={"aliases": "Harbour Bord"}, by=None)
    assert asked() == {"listing", "chinese", "english", "misspelt"}
    naming.save_named(board, values={"aliases": "", "translated_name": ""}, by=None)
    assert asked() == {"listing", "chinese", "english", "misspelt"}  # what it was called as well


def test_aliases_that_an_import_adds_and_merged_names_do(board):
    names.add_aliases(board, ["港口管理局"], why="test")
    assert asked() == {"listing", "chinese"}
    other = names.create_named(Organisation, "The Harbour Bord")
    names.merge_named(board, other, by=make_user())
    assert asked() == {"listing", "chinese", "english", "misspelt"}


def test_where_a_person_speaks_is_concerned(board):
    mara = Person.objects.get(name="Mara Quill")
    naming.save_named(mara, values={"aliases": "MQ"}, by=None)
    assert asked() == {"listing", "chinese", "english", "misspelt", "other"}


def test_many_spellings_are_looked_for_in_one_pass_with_the_same_answer(board, monkeypatch):
    spellings = ["harbour board", "港口管理局", "nowhere"]
    few = concerned.find(spellings)
    monkeypatch.setattr(concerned, "FEW", 1)
    assert concerned.find(spellings) == few
    assert len(few) == 2


def test_a_finding_comes_and_goes_with_the_name_although_no_text_changes(board):
    said = {"text": "Harbour Bord在这里。"}
    episode("near", said["text"], organisations=("Harbour Board",))
    do = Finding.objects.filter(episode__slug="near", code="name_near", stands=True)
    assert do.count() == 1
    CheckAsked.objects.all().delete()
    Job.objects.all().delete()
    naming.save_named(board, values={"aliases": "Harbour Bord"}, by=None)
    while job := Job.objects.filter(state=JobState.QUEUED).order_by("pk").first():
        jobs.work(job.pk)
    assert do.count() == 0
