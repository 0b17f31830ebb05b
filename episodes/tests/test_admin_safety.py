"""Who may do what in the admin, by which method, and that imported text does nothing there."""

from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from episodes import workflow
from episodes.editing import save_episode, save_turn
from episodes.imports import Incoming, import_document
from episodes.models import Episode, ImportRun, Job, Person, Status
from episodes.models.jobs import JobState
from episodes.tests.factories import make_episode, make_user, publish_episode, transcript

pytestmark = pytest.mark.django_db


def logged_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def people():
    viewer = make_user("")
    viewer.user_permissions.add(Permission.objects.get(codename="view_episode"))
    return {
        "stranger": Client(headers={"accept-language": "en"}),
        "nobody": logged_in(make_user("")),
        "viewer": logged_in(viewer),
        "editor": logged_in(make_user("Editors")),
        "publisher": logged_in(make_user("Publishers")),
    }


def answers(people, address, method="get", data=None) -> list[int]:
    """Of the stranger, staff without permissions, who may look, an editor, a publisher."""
    return [getattr(client, method)(address, data or {}).status_code for client in people.values()]


def of(episode, name, *more) -> str:
    return reverse(f"admin:episodes_episode_{name}", args=[episode.pk, *more])


def test_reading_pages_are_for_who_may_look(people):
    episode = make_episode()
    for name in ("turns", "preview", "history", "change"):
        assert (name, answers(people, of(episode, name))) == (name, [302, 403, 200, 200, 200])


def test_a_stranger_is_led_to_the_login(people):
    episode = make_episode()
    answer = people["stranger"].get(of(episode, "turns"))
    assert answer.headers["location"] == f"/admin/login/?next={of(episode, 'turns')}"


def test_a_turn_is_saved_by_who_may_change_episodes(people):
    turn = make_episode().turns.first()
    address = of(turn.episode, "turn", turn.uid)
    data = {"version": 1, "kind": "speech", "speaker": turn.speaker_id, "text": turn.text}
    assert answers(people, address, "post", data) == [401, 403, 403, 302, 302]
    assert answers(people, address) == [302, 403, 403, 302, 302]


def test_a_chapter_is_saved_by_who_may_change_episodes(people):
    episode = make_episode()
    address = of(episode, "chapter", episode.chapters.get().pk)
    assert answers(people, address, "post", {"title": "港口"}) == [302, 403, 403, 302, 302]
    assert answers(people, address) == [302, 405, 405, 405, 405]


def test_importing_is_for_who_may_import(people):
    for name in ("import", "import_confirm"):
        address = reverse(f"admin:episodes_episode_{name}")
        assert answers(people, address, "post") == [302, 403, 403, 422, 422]
    assert answers(people, reverse("admin:episodes_episode_import")) == [302, 403, 403, 200, 200]
    assert answers(people, reverse("admin:episodes_episode_import_confirm")) == [302] + [405] * 4


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("submit", [302, 403, 403, 200, 200]),
        ("send_back", [302, 403, 403, 200, 200]),
        ("publish", [302, 403, 403, 403, 200]),
        ("publish_next", [302, 403, 403, 403, 200]),
        ("archive", [302, 403, 403, 403, 200]),
        ("restore", [302, 403, 403, 403, 200]),
    ],
)
def test_each_step_asks_for_its_permission(people, action, expected):
    step = next(step for step in workflow.TRANSITIONS if step.action == action)
    episode = make_episode()
    if step.from_status != Status.DRAFT:
        workflow.transition(episode, Status.REVIEW, make_user("Editors"), "")
    if step.from_status in {Status.EVERGREEN, Status.ARCHIVED}:
        publish_episode(episode)
        save_episode(episode, revision=1, values={"area": "x"}, by=None)
    if step.from_status == Status.ARCHIVED:
        workflow.transition(
            Episode.objects.get(pk=episode.pk), Status.ARCHIVED, make_user("Publishers"), ""
        )
    assert answers(people, of(episode, "move", action)) == expected
    refused = [code if code != 200 else 409 for code in expected]
    assert answers(people, of(episode, "move", action), "post", {"revision": "99"}) == refused
    assert Episode.objects.get(pk=episode.pk).status == step.from_status


def test_wrong_methods_are_405(people):
    episode = make_episode()
    editor = people["editor"]
    for name in ("turns", "preview", "history"):
        assert (name, editor.post(of(episode, name)).status_code) == (name, 405)
    assert editor.put(of(episode, "move", "submit")).status_code == 405
    assert editor.delete(of(episode, "turn", episode.turns.first().uid)).status_code == 405


def test_an_episode_that_is_not_there_is_404_for_staff_only(people):
    address = reverse("admin:episodes_episode_turns", args=[99999])
    assert answers(people, address) == [302, 403, 404, 404, 404]


def test_a_job_is_cancelled_by_a_publisher(people):
    job = Job.objects.create(kind="rebuild")
    address = reverse("admin:episodes_job_cancel", args=[job.pk])
    assert answers(people, address) == [302, 405, 405, 405, 405]
    assert answers(people, address, "post") == [302, 403, 403, 403, 302]
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_jobs_and_imports_are_read_only(people):
    make_episode()
    job = Job.objects.create(
        kind="rebuild", state=JobState.RUNNING, claim="0" * 32, lease_until="2030-01-01T00:00Z"
    )
    editor = people["editor"]
    for name, pk in (("job", job.pk), ("importrun", 1)):
        assert editor.get(f"/admin/episodes/{name}/").status_code == 200
        assert editor.get(f"/admin/episodes/{name}/add/").status_code == 403
        assert editor.post(f"/admin/episodes/{name}/{pk}/delete/").status_code in {403, 302}
    assert Job.objects.filter(kind="rebuild", pk=job.pk).exists()


# --- the Markdown preview

PREVIEW = settings.MARKDOWNX_URLS_PATH


def test_the_markdown_preview_is_for_who_may_write_such_texts(people):
    assert answers(people, PREVIEW, "post", {"content": "**x**"}) == [403, 403, 403, 200, 200]
    assert answers(people, PREVIEW) == [405] * 5


def test_the_markdown_preview_asks_for_the_csrf_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("Editors"))
    assert client.post(PREVIEW, {"content": "x"}).status_code == 403


def test_the_markdown_preview_is_sanitised(people):
    text = "**a** <script>alert(1)</script> <img src=x onerror=alert(1)> [b](javascript:alert(1))"
    body = people["editor"].post(PREVIEW, {"content": text}).content.decode()
    assert "<strong>a</strong>" in body
    assert "<script" not in body
    assert "<img" not in body
    assert "href" not in body


def test_there_is_no_upload(people):
    for address in (
        settings.MARKDOWNX_UPLOAD_URLS_PATH,
        "/markdownx/upload/",
        "/markdownx/markdownify/",
    ):
        assert people["publisher"].post(address, {"content": "x"}).status_code == 404


# --- what imported text could do

BAD = '"><script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">x</a>'


class Harm(HTMLParser):
    """What a browser would run, load or colour by itself, as it parses a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attributes) -> None:
        values = dict(attributes)
        if (tag == "script" and not values.get("src")) or tag in {"style", "iframe", "object"}:
            self.found.append(tag)
        if tag == "img" and not values["src"].startswith("/static/"):
            self.found.append("img")
        for name, value in attributes:
            leads = name in {"href", "src", "action", "formaction"}
            runs = leads and (value or "").strip().lower().startswith(("javascript:", "data:"))
            if name.startswith("on") or name == "style" or runs:
                self.found.append(f"{tag} {name}")


def harm(body: str) -> list[str]:
    parser = Harm()
    parser.feed(body)
    return parser.found


@pytest.fixture
def bad_episode():
    md = f"[link](javascript:alert(4)) {BAD}"
    episode = make_episode(
        transcript(
            [("Eve Adams", md, md), ("Bo Li", md, md), ("Eve Adams", md, md)],
            chapter=f"章 {BAD}",
            title=f"题 {BAD}",
            summary=md,
            insight=md,
            tags=[BAD],
            projects=[BAD],
            organisations=[BAD],
            people=["Eve Adams", BAD],
            area=BAD[:90],
            category=BAD[:90],
            source=f"javascript:alert(5)//{BAD}",
        ),
        address=f"{BAD}.md",
    )
    Person.objects.update(note=md, translated_name=BAD[:150], aliases=BAD)
    save_episode(
        episode, revision=1, values={"original_title": BAD, "rights": BAD}, by=None, why=BAD
    )
    return Episode.objects.get(pk=episode.pk)


def test_imported_text_does_nothing_on_any_page_of_the_admin(people, bad_episode):
    episode, editor = bad_episode, people["editor"]
    person, uid = Person.objects.first(), bad_episode.turns.first().uid
    run = episode.runs.get()
    pages = {
        "index": "/admin/",
        "list": "/admin/episodes/episode/",
        "turns": of(episode, "turns"),
        "edit": f"{of(episode, 'turns')}?edit={uid}",
        "chapter": f"{of(episode, 'turns')}?chapter={episode.chapters.first().pk}",
        "metadata": of(episode, "change"),
        "preview": of(episode, "preview"),
        "side": f"{of(episode, 'preview')}?view=side",
        "history": of(episode, "history"),
        "submit": of(episode, "move", "submit"),
        "people": "/admin/episodes/person/",
        "person": f"/admin/episodes/person/{person.pk}/change/",
        "organisations": "/admin/episodes/organisation/",
        "tags": "/admin/episodes/tag/",
        "imports": "/admin/episodes/importrun/",
        "import": f"/admin/episodes/importrun/{run.pk}/change/",
        "search": f"/admin/episodes/episode/?q={BAD}",
    }
    for name, address in pages.items():
        answer = editor.get(address)
        assert (name, answer.status_code) == (name, 200)
        assert (name, harm(answer.content.decode())) == (name, [])


def test_a_preview_of_an_import_does_nothing_with_what_it_shows(people):
    text = transcript(
        [("Eve Adams", BAD, BAD), ("Bo Li", BAD, ""), ("Eve Adams", BAD, "")], title=BAD
    )
    body = (
        people["editor"]
        .post("/admin/episodes/episode/import/", {"text": text, "name": BAD})
        .content.decode()
    )
    assert "What was read" in body
    assert harm(body) == []


def test_what_a_source_changes_does_nothing_where_it_is_shown(people, bad_episode):
    episode, editor = bad_episode, people["editor"]
    md = f"[link](javascript:alert(4)) {BAD}"
    first = episode.turns.first()
    save_turn(first, version=first.version, values={"text": f"{md} mine"}, by=None)
    workflow.transition(Episode.objects.get(pk=episode.pk), Status.REVIEW, make_user("Editors"), "")
    theirs = [(f"Eve {BAD}"[:90], f"{md} theirs", md), ("Bo Li", f"{md} x", f"{md} y")]
    data = transcript([*theirs, ("Eve Adams", md, md), ("Bo Li", BAD * 2, BAD)], title=f"新 {BAD}")
    result = import_document(Incoming(data=data.encode(), address=f"{BAD}.md"))
    run = ImportRun.objects.get(pk=result.run_id)
    proposal = of(episode, "proposal", run.pk)
    pages = [proposal, f"/admin/episodes/importrun/{run.pk}/change/"]
    sent = {"apply": "1", "reason": BAD, "revision": Episode.objects.get(pk=episode.pk).revision}
    for address in pages:
        answer = editor.get(address)
        assert (answer.status_code, harm(answer.content.decode())) == (200, [])
    shown = editor.get(proposal).context
    take = [row["each"].entry.mark for group in shown["groups"] for row in group["rows"]]
    assert editor.post(proposal, {**sent, "take": take, "shown": shown["shown"]}).status_code == 302
    for address in (
        of(episode, "conflicts"),
        of(episode, "history"),
        proposal,
        f"/admin/episodes/importrun/{run.pk}/undo/",
    ):
        answer = editor.get(address)
        assert (answer.status_code, harm(answer.content.decode())) == (200, [])


def test_every_page_of_the_admin_has_the_strict_policy(people):
    episode = make_episode()
    for address in ("/admin/", "/admin/login/", of(episode, "turns"), of(episode, "change")):
        policy = people["editor"].get(address).headers["Content-Security-Policy"]
        assert "script-src 'self';" in f"{policy};"
        assert "style-src 'self';" in f"{policy};"
        assert "unsafe" not in policy
