"""Notices: who is told what, in the admin and by mail; the pages and the bell."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from episodes import imports, jobs, mailing, notices, reviewing, visits, workflow
from episodes.imports import Incoming
from episodes.models import Job, Notice, NoticeWish, Schedule, Status
from episodes.models.jobs import JobState
from episodes.tests.factories import TURNS, make_episode, make_user, publish_episode, transcript
from episodes.transcripts.messages import fill, gettext_noop

pytestmark = pytest.mark.django_db
Kind = Notice.Kind


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "ring", lambda _job: True)


@pytest.fixture
def ann() -> User:
    return wishing(make_user("Editors", "ann", email="ann@example.org"))


@pytest.fixture
def pia() -> User:
    return wishing(make_user("Publishers", "pia", email="pia@example.org"))


def wishing(user: User, *kinds: str, by_mail: bool = False) -> User:
    notices.wish(user, kinds or Kind.values, by_mail=by_mail)
    return user


def told(user: User) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", "message"))


def logged_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


SENTENCE = gettext_noop("Something happened to {what}.")


def tell(*to: User, what: str = "a port", place: str = "/admin/", **more: Any) -> int:
    message = fill(SENTENCE, what=what)
    return notices.tell(Kind.NOTED, to=to, episode=None, message=message, place=place, **more)


# Wishes.


def test_nobody_is_told_anything_by_default() -> None:
    user = make_user("Editors")
    assert notices.kinds_of(user) == (frozenset(), False)
    assert tell(user) == 0
    assert not Notice.objects.exists()


def test_only_what_is_wished_for_is_told(ann: User, pia: User) -> None:
    wishing(ann, Kind.JOB)
    assert tell(ann, pia) == 1
    assert told(pia) == [("noted", "Something happened to a port.")]


def test_nobody_is_told_of_his_own_act(ann: User, pia: User) -> None:
    assert tell(ann, pia, by=ann) == 1
    assert (told(ann), len(told(pia))) == ([], 1)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_who_may_not_come_in_any_more_is_told_nothing(ann: User, change: dict[str, bool]) -> None:
    User.objects.filter(pk=ann.pk).update(**change)
    assert tell(ann) == 0


def test_who_may_not_look_at_episodes_is_told_nothing() -> None:
    assert tell(wishing(make_user(""))) == 0
    assert tell(wishing(make_user("", is_superuser=True))) == 1


def test_what_is_said_and_not_read_is_not_said_again(ann: User) -> None:
    assert [tell(ann), tell(ann), tell(ann, what="a crane")] == [1, 0, 1]
    notices.mark_read(ann)
    assert tell(ann) == 1


def test_telling_takes_one_query_where_nobody_wishes(
    ann: User, django_assert_num_queries: Any
) -> None:
    NoticeWish.objects.all().delete()
    with django_assert_num_queries(1):
        notices.tell(Kind.SUBMITTED, to=notices.publishers(), episode=None, message="x")


# What happens, and who is told.


def test_a_submission_is_told_to_publishers(ann: User, pia: User) -> None:
    other = wishing(make_user("Editors"))
    episode = make_episode(title="Ports")
    workflow.transition(episode, Status.REVIEW, ann, "Please look.")
    assert told(pia) == [("submitted", "ann submitted “Ports” for review: Please look.")]
    assert told(ann) == told(other) == []
    [notice] = Notice.objects.all()
    place = reverse("admin:episodes_episode_turns", args=[episode.pk])
    assert (notice.episode, notice.place) == (episode, place)


def test_who_submitted_is_told_what_became_of_it(ann: User, pia: User) -> None:
    episode = make_episode(title="Ports")
    workflow.transition(episode, Status.REVIEW, ann)
    workflow.transition(episode, Status.DRAFT, pia, "The names are wrong.")
    workflow.transition(episode, Status.REVIEW, ann)
    workflow.publish(episode, pia)
    assert told(ann) == [
        ("sent_back", "pia sent “Ports” back to draft: The names are wrong."),
        ("published", "pia published “Ports” as edition 1."),
    ]


def test_a_refused_step_tells_nobody(ann: User, pia: User) -> None:
    episode = make_episode()
    workflow.transition(episode, Status.REVIEW, pia)
    Notice.objects.all().delete()
    with pytest.raises(workflow.Refused):
        workflow.publish(episode, pia)
    assert not Notice.objects.exists()


def test_a_note_and_its_answer_are_told_to_the_other_side(ann: User, pia: User) -> None:
    episode = make_episode(title="Ports", by=ann)
    uid = episode.turns.first().uid
    note = reviewing.leave(episode, uid, "Who says this?", by=pia)
    assert told(ann) == [("noted", "pia left a note at “Ports”: Who says this?")]
    assert Notice.objects.get().place.endswith(f"/turns/#{uid}")
    reviewing.answer(note, "Mara.", by=ann)
    assert told(pia) == [("noted", "ann answered your note at “Ports”: Mara.")]


def test_a_schedule_tells_whoever_set_it(pia: User) -> None:
    episode = make_episode(title="Ports")
    schedule = Schedule(episode=episode, at=timezone.now(), revision=1, by=pia)
    notices.scheduled(schedule)
    notices.scheduled(schedule, why=gettext_noop("The source was removed meanwhile."))
    assert told(pia) == [
        ("scheduled", "“Ports” was published at the time that you set."),
        (
            "scheduled",
            "“Ports” could not be published at the time that you set: "
            "The source was removed meanwhile.",
        ),
    ]


def test_a_changed_source_is_told_to_who_published_and_who_edited_last(
    ann: User, pia: User
) -> None:
    other = wishing(make_user("Editors"))
    episode = make_episode(title="Ports", address="ports.md", by=ann, extra=())
    publish_episode(episode, publisher=pia)
    Notice.objects.all().delete()
    turns = [*TURNS[:2], ("Mara Quill", "到底为什么？", "But why?")]
    data = transcript(turns, title="Ports", extra=()).encode()
    imports.import_document(Incoming(data=data, address="ports.md"))
    sentence = ("source", "The source of “Ports” has changed: a proposal waits.")
    assert (told(ann), told(pia), told(other)) == ([sentence], [sentence], [])


def test_a_source_that_is_gone_is_told_once(ann: User) -> None:
    source = make_episode(title="Ports", by=ann).sources.get()
    why = gettext_noop("The source is gone.")
    for _visit in range(2):
        visits.gone(source, why)
        notices.mark_read(ann)
    assert told(ann) == [("source", "The source of “Ports” is gone: The source is gone.")]


def test_a_source_that_cannot_be_read_is_told_when_it_is_flagged(ann: User) -> None:
    source = make_episode(title="Ports", by=ann).sources.get()
    counts = []
    for _visit in range(visits.FAILING + 1):
        visits.failed(source, "No answer.")
        counts.append(Notice.objects.count())
    assert counts == [0] * (visits.FAILING - 1) + [1, 1]


def fail(user: User | None, **values: Any) -> Job:
    kind = "test.fails"

    @jobs.register(kind, label="Rebuild the glossary")
    def _fails(_run: jobs.Run) -> str:
        raise ValueError("the disk is full")

    job = Job.objects.create(kind=kind, requested_by=user, **values)
    jobs.work(job.pk)
    return Job.objects.get(pk=job.pk)


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_kinds", dict(jobs._kinds))


@pytest.mark.usefixtures("kinds")
def test_a_failed_job_is_told_to_whoever_asked_for_it(ann: User, pia: User) -> None:
    job = fail(ann)
    fail(None, key="of nobody")
    assert job.state == JobState.FAILED
    [(kind, message)] = told(ann)
    assert (kind, told(pia)) == ("job", [])
    assert message.startswith("The job “Rebuild the glossary” has failed: It stopped with")
    assert Notice.objects.get().place == reverse("admin:episodes_job_change", args=[job.pk])


def test_a_notice_is_said_in_the_language_of_whoever_reads_it(ann: User, pia: User) -> None:
    workflow.transition(make_episode(title="Ports"), Status.REVIEW, ann)
    notice = Notice.objects.get(user=pia)
    assert notice.wording["template"] == "{who} submitted “{episode}” for review."
    assert notice.wording["params"]["episode"] == "Ports"


# By mail.


def do(user: User) -> Job:
    """Do the job that mails a person's notices, and return its row."""
    job = Job.objects.get(kind=notices.MAIL, key=str(user.pk), state=JobState.QUEUED)
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    jobs.work(job.pk)
    return Job.objects.get(pk=job.pk)


def test_one_letter_tells_all(ann: User, settings: Any) -> None:
    settings.SITE_URL, settings.SITE_NAME = "https://desk.example", "Oddlots"
    settings.LANGUAGE_CODE = "en"
    wishing(ann, by_mail=True)
    tell(ann, place="/admin/episodes/episode/1/turns/#tabc")
    tell(ann, what="a crane\nInjected: header")
    assert do(ann).state == JobState.DONE
    [letter] = mail.outbox
    assert (letter.subject, letter.to) == ("Oddlots: 2 notices", ["ann@example.org"])
    assert "Something happened to a port.\nhttps://desk.example/admin/episodes/" in letter.body
    assert "https://desk.example/admin/notices/wishes/" in letter.body
    assert not Notice.objects.filter(mailed_at=None).exists()


def test_no_mail_is_asked_for_unless_it_is_wished_for(ann: User) -> None:
    tell(ann)
    assert not Job.objects.filter(kind=notices.MAIL).exists()


def test_a_mail_server_that_is_broken_loses_nothing(
    ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishing(ann, by_mail=True)
    tell(ann)

    def broken(_letter: Any) -> int:
        raise SMTPServerDisconnected("closed")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", broken)
        for attempt in range(1, jobs.ATTEMPTS + 1):
            job = do(ann)
            assert job.attempts == attempt
    assert (job.state, mail.outbox) == (JobState.FAILED, [])
    assert "closed" in job.message
    tell(ann, what="a crane")
    assert do(ann).state == JobState.DONE
    assert "a port" in mail.outbox[0].body
    assert "a crane" in mail.outbox[0].body
    assert Notice.objects.filter(mailed_at=None).count() == 0


def test_what_was_read_or_is_old_is_not_sent(ann: User) -> None:
    wishing(ann, by_mail=True)
    tell(ann)
    notices.mark_read(ann)
    tell(ann, what="the old one")
    Notice.objects.filter(read_at=None).update(at=timezone.now() - mailing.NEWS - timedelta(days=1))
    assert do(ann).message == "Nothing is left to be sent."
    assert mail.outbox == []


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}])
def test_who_cannot_get_letters_gets_none(ann: User, change: dict[str, Any]) -> None:
    wishing(ann, by_mail=True)
    tell(ann)
    User.objects.filter(pk=ann.pk).update(**change)
    assert do(ann).state == JobState.DONE
    assert mail.outbox == []


# The pages.


def test_the_list_tells_new_ones_by_a_word_and_each_leads_to_its_place(
    ann: User, pia: User
) -> None:
    tell(ann, place="/admin/episodes/episode/")
    tell(pia, what="of others")
    client = logged_in(ann)
    body = client.get(reverse("admin:notices")).content.decode()
    assert "Something happened to a port." in body
    assert ">new</span>" in body
    assert "of others" not in body
    notice = Notice.objects.get(user=ann)
    answer = client.post(reverse("admin:notice_open", args=[notice.pk]))
    assert (answer.status_code, answer.headers["location"]) == (302, "/admin/episodes/episode/")
    assert notices.unread(ann) == 0
    assert ">new</span>" not in client.get(reverse("admin:notices")).content.decode()


def test_somebody_else_s_notice_is_not_found(ann: User, pia: User) -> None:
    tell(pia)
    place = reverse("admin:notice_open", args=[Notice.objects.get().pk])
    assert logged_in(ann).post(place).status_code == 404
    assert notices.unread(pia) == 1


@pytest.mark.parametrize("place", ["", "//elsewhere.example/", "https://elsewhere.example/"])
def test_a_notice_leads_nowhere_outside(ann: User, place: str) -> None:
    tell(ann, place=place)
    answer = logged_in(ann).post(reverse("admin:notice_open", args=[Notice.objects.get().pk]))
    assert answer.headers["location"] == reverse("admin:notices")


def test_reading_is_a_post(ann: User) -> None:
    tell(ann)
    client = logged_in(ann)
    for name, args in (("notice_open", [Notice.objects.get().pk]), ("notices_read", [])):
        assert client.get(reverse(f"admin:{name}", args=args)).status_code == 405
    assert notices.unread(ann) == 1
    client.post(reverse("admin:notices_read"))
    assert notices.unread(ann) == 0


@pytest.mark.parametrize("name", ["notices", "notice_wishes"])
def test_the_pages_are_for_staff(name: str) -> None:
    place = reverse(f"admin:{name}")
    answer = Client().get(place)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (302, "/admin/login/")


def test_a_person_chooses_what_to_be_told() -> None:
    user = make_user("Editors", email="ed@example.org")
    client = logged_in(user)
    place = reverse("admin:notice_wishes")
    assert 'type="checkbox"' in client.get(place).content.decode()
    chosen = {"kinds": ["job", "noted"], "by_mail": "on"}
    assert client.post(place, chosen).headers["location"] == place
    assert notices.kinds_of(user) == (frozenset({"noted", "job"}), True)
    assert client.post(place, {"kinds": ["nonsense"]}).status_code == 200
    assert notices.kinds_of(user) == (frozenset({"noted", "job"}), True)
    client.post(place, {})
    assert notices.kinds_of(user) == (frozenset(), False)


def test_without_an_address_there_is_no_mail_to_choose() -> None:
    user = make_user("Editors")
    logged_in(user).post(reverse("admin:notice_wishes"), {"kinds": ["job"], "by_mail": "on"})
    assert notices.kinds_of(user) == (frozenset({"job"}), False)


def test_the_bell_counts_for_who_wishes_and_asks_for_nobody_else(
    ann: User, django_assert_num_queries: Any
) -> None:
    tell(ann)
    client = logged_in(ann)
    assert "1 new" in client.get(reverse("admin:index")).content.decode()
    place = reverse("admin:episodes_episode_import")
    with django_assert_num_queries(5):  # session, user, permissions twice, bell
        assert "1 new" in client.get(place).content.decode()
    other = logged_in(make_user("Editors"))
    other.get(reverse("admin:index"))
    with django_assert_num_queries(4):
        assert 'class="bell-count"' not in other.get(place).content.decode()


def test_the_login_page_has_no_bell() -> None:
    assert 'class="bell"' not in Client().get("/admin/login/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_there_is(
    count: int, ann: User, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        tell(ann, what=str(number))
    client = logged_in(ann)
    client.get(reverse("admin:notices"))
    with django_assert_num_queries(9):
        client.get(reverse("admin:notices"))
