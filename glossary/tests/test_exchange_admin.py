"""Import and export at the desk: files out; a file in, shown before it is written."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from episodes.admin.differences import difference
from episodes.models import ChangeSet, Job
from episodes.tests.factories import make_user
from glossary import decisions, importing
from glossary.admin import exchange
from glossary.exchange import csvfile, jsonfile, tbx
from glossary.models import Entry, State
from glossary.tests.made import LAKE, do_jobs, entry, episode, live_episode, rebuilt

pytestmark = pytest.mark.django_db

PAGE = "admin:glossary_entry_exchange"
CONFIRM = "admin:glossary_entry_exchange_confirm"


def logged_in(group: str, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_user(group, name))
    return client


@pytest.fixture
def editor() -> Client:
    return logged_in("Editors", "edith")


@pytest.fixture
def publisher() -> Client:
    return logged_in("Publishers", "paula")


def upload(client: Client, text: str | bytes, name: str = "terms.csv", **more: str) -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(reverse(PAGE), {"file": SimpleUploadedFile(name, data), **more})


def said(answer: Any) -> list[str]:
    """The words of a page's main part, tag by tag."""
    html = answer.content.decode().partition('id="content"')[2]
    return [" ".join(words.split()) for words in re.split(r"<[^>]*>", html) if words.strip()]


def confirm(client: Client, shown: Any, **more: Any) -> Any:
    return client.post(reverse(CONFIRM), {"carried": shown.context["carried"], **more}, follow=True)


def told(answer: Any) -> list[str]:
    return [re.sub(r"<[^>]*>", "", str(message)) for message in answer.context["messages"]]


# Out.


def test_every_choice_of_terms_is_downloaded_in_every_format(publisher, editor):
    live_episode("one", LAKE)
    episode("two", "**兆瓦**（Megawatt）**没了**（Gone）")
    rebuilt()
    by = make_user("Publishers", "pia")
    decisions.decide([entry("兆瓦").pk], State.APPROVED, by=by)
    decisions.decide([entry("没了").pk], State.REJECTED, by=by)
    readers = {"tbx": tbx.read, "tbx2": tbx.read, "csv": csvfile.read, "json": jsonfile.read}
    terms = {
        "all": ["没了", "数据湖", "兆瓦"],
        "approved": ["兆瓦"],
        "public": ["数据湖"],
    }
    links = re.findall(
        r'href="(/admin/glossary/entry/exchange/[^"]+)"', editor.get(reverse(PAGE)).content.decode()
    )
    assert links == [
        reverse("admin:glossary_entry_download", args=[what, form])
        for what in terms
        for form in readers
    ]
    for what, expected in terms.items():
        for form, read in readers.items():
            answer = editor.get(reverse("admin:glossary_entry_download", args=[what, form]))
            assert [each.term for each in read(answer.content).concepts] == expected
            name = f"glossary-{what}.{form.removesuffix('2')}"
            assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert editor.get("/admin/glossary/entry/exchange/none.csv").status_code == 404
    assert editor.get("/admin/glossary/entry/exchange/all.xls").status_code == 404


# Who may what.


def test_who_may_not_is_kept_out():
    stranger, nobody = Client(), Client()
    user = make_user("Publishers", "nobody")
    user.groups.clear()
    nobody.force_login(user)
    download = reverse("admin:glossary_entry_download", args=["all", "csv"])
    for place in (reverse(PAGE), download):
        assert stranger.get(place).status_code == 302
        assert nobody.get(place).status_code == 403
        assert nobody.post(place).status_code in (403, 405)
    assert nobody.post(reverse(CONFIRM)).status_code == 403
    assert Client().post(reverse(CONFIRM)).status_code == 302


def test_the_wrong_method_is_405(publisher):
    download = reverse("admin:glossary_entry_download", args=["all", "csv"])
    assert publisher.post(download).status_code == 405
    assert publisher.get(reverse(CONFIRM)).status_code == 405
    assert publisher.delete(reverse(PAGE)).status_code == 405


# In.


def test_a_file_is_shown_then_written_then_nothing_is_left_to_do(publisher):
    episode("one", LAKE)
    rebuilt()
    text = "term,definition,aliases,note\n数据湖,存放数据的仓库,湖,x\n兆瓦,单位,,\n…,,,\n"
    shown = upload(publisher, text)
    assert shown.status_code == 200
    words = said(shown)
    for expected in (
        "1 new term · 1 changed · 0 as they are here · 1 refused",
        "The column “note” is none of ours; it was left out.",
        "A term needs a letter or a digit.",
        "Candidates that change",
        "New terms",
    ):
        assert expected in words, expected
    html = shown.content.decode()
    with translation.override("en"):
        changed = difference("存放原始数据的仓库", "存放数据的仓库")
    assert f'lang="zh-Hans">{changed}</span>' in html
    assert Entry.objects.count() == 1
    done = confirm(publisher, shown)
    assert told(done) == ["2 terms written. Undo"]
    assert ChangeSet.objects.latest("pk").why == "Import of “terms.csv”"
    assert (entry("数据湖").definition, entry("兆瓦").definition) == ("存放数据的仓库", "单位")
    again = upload(publisher, text)
    assert "Nothing to change: the terms of this file are here as they stand in it." in said(again)
    assert ">Import</button>" not in again.content.decode()
    assert told(confirm(publisher, again)) == ["Nothing was to be changed."]


def test_the_act_can_be_undone_from_the_message(publisher):
    shown = upload(publisher, "term\n兆瓦\n")
    page = confirm(publisher, shown).content.decode()
    link = reverse("admin:glossary_entry_undo", args=[ChangeSet.objects.latest("pk").pk])
    assert f'<a href="{link}">Undo</a>' in page
    assert publisher.get(link).status_code == 200


def test_decided_terms_change_where_they_are_ticked(publisher):
    confirm(
        publisher, upload(publisher, "term,state\n甲词,approved\n乙词,approved\n丙词,approved\n")
    )
    text = "term,definition\n甲词,一\n乙词,二\n丙词,三\n"
    shown = upload(publisher, text)
    assert shown.content.decode().count('name="tick"') == 3
    assert told(confirm(publisher, shown)) == ["Nothing was to be changed."]
    assert told(confirm(publisher, upload(publisher, text), tick=["2"])) == ["1 term written. Undo"]
    assert [entry(f"{each}词").definition for each in "甲乙丙"] == ["", "二", ""]
    assert told(confirm(publisher, upload(publisher, text), every="1")) == ["2 terms written. Undo"]
    assert [entry(f"{each}词").definition for each in "甲乙丙"] == ["一", "二", "三"]


def test_an_editor_is_told_what_only_a_publisher_may(editor, publisher):
    confirm(publisher, upload(publisher, "term,state\n甲词,approved\n"))
    shown = upload(editor, "term,state,definition\n甲词,approved,新\n乙词,approved,\n")
    words = said(shown)
    assert "“甲词” is decided; who may decide on terms may change it." in words
    assert any(each.startswith("The file gives states; you may not decide") for each in words)
    confirm(editor, shown)
    assert (entry("甲词").definition, entry("乙词").state) == ("", "candidate")


def test_what_changed_since_the_preview_is_said_and_nothing_written(editor, publisher):
    confirm(editor, upload(editor, "term,definition\n甲词,一\n乙词,二\n"))
    shown = upload(editor, "term,definition\n甲词,新\n乙词,新\n丙词,新\n")
    found = entry("乙词")
    decisions.save(
        found, {"definition": "别人的"}, version=found.version, by=make_user("Publishers")
    )
    again = confirm(editor, shown)
    assert again.status_code == 409
    assert again.context["moved"] == [(3, "乙词")]
    assert [each.definition for each in Entry.objects.order_by("pk")] == ["一", "别人的"]
    assert told(confirm(editor, again)) == ["3 terms written. Undo"]


def test_leaving_out_counts_where_it_is_asked_for(editor):
    confirm(editor, upload(editor, "term,definition,aliases\n甲词,一,甲\n"))
    text = "term,definition,aliases\n甲词,,\n"
    assert upload(editor, text).context["nothing"] is True
    shown = upload(editor, text, exact="on")
    assert "What a row leaves out is taken out of its term." in said(shown)
    confirm(editor, shown)
    assert (entry("甲词").definition, entry("甲词").aliases) == ("", "")


def test_many_terms_go_to_the_worker(publisher, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    shown = upload(publisher, "term\n甲词\n乙词\n丙词\n")
    assert any(each.startswith("These are many: a job writes them") for each in said(shown))
    done = confirm(publisher, shown)
    assert told(done) == ["Asked for: the worker writes the terms now. How far it is"]
    job = Job.objects.get(kind=importing.KIND)
    assert f'href="{reverse("admin:episodes_job_change", args=[job.pk])}"' in done.content.decode()
    do_jobs()
    assert Entry.objects.count() == 3


@pytest.mark.parametrize("name", ["terms.tbx", "terms.xml", "terms.csv", "terms.json", "terms"])
def test_every_format_is_read_by_its_name_or_by_how_it_begins(editor, name):
    concept = [exchange.Concept(term="兆瓦", foreign_term="Megawatt")]
    form = {".csv": csvfile, ".json": jsonfile}.get(name[5:], tbx)
    shown = upload(editor, form.write(concept), name)
    assert "1 new term · 0 changed · 0 as they are here · 0 refused" in said(shown)


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        ("", "a.csv", "The submitted file is empty."),
        ("<html/>", "a.tbx", "Line 1: This is no TBX: its first element is “html”, not “tbx”."),
        ("{}", "a.json", "Line 1: This is no proper JSON: a list of terms, [ … ], is expected"),
        ("term\n", "a.csv", "The file holds no terms."),
    ],
)
def test_a_file_that_cannot_be_read_is_said_why(editor, text, name, sentence):
    answer = upload(editor, text, name)
    assert (answer.status_code, said(answer).count(sentence.replace("&", "&amp;"))) == (422, 1)


def test_a_preview_is_good_for_its_own_person_and_as_it_was(editor, publisher):
    shown = upload(editor, "term\n兆瓦\n")
    carried = shown.context["carried"]
    for client, field in ((publisher, carried), (editor, carried[:-2] + "xx"), (editor, "")):
        answer = client.post(reverse(CONFIRM), {"carried": field})
        assert answer.status_code == 422
        assert "begin again" in " ".join(told(answer))
    assert not Entry.objects.exists()


def test_what_stands_in_a_file_is_escaped(editor):
    shown = upload(editor, "term,definition,<b>x</b>\n<script>甲</script>,<i>x</i>,\n", "<u>.csv")
    html = shown.content.decode()
    assert "<script>甲" not in html
    assert "<i>x</i>" not in html
    assert "<b>x</b>" not in html
    assert "&lt;script&gt;甲&lt;/script&gt;" in html


@pytest.mark.parametrize("count", [1, 3])
def test_a_preview_takes_a_fixed_number_of_queries(publisher, django_assert_num_queries, count):
    confirm(publisher, upload(publisher, "term,state\n甲词,approved\n"))
    text = "term,definition\n甲词,新\n" + "".join(f"词{n},x\n" for n in range(count))
    upload(publisher, text)
    with django_assert_num_queries(6):
        upload(publisher, text)
