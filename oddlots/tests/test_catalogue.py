"""The Simplified Chinese catalogue: whole, current, and with every placeholder in its place."""

from __future__ import annotations

import ast
import gettext
import json
import re
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.utils import translation

from episodes import jobs, wording
from episodes.imports import Incoming, import_document
from episodes.models import ImportRun
from episodes.remarks import REMARKS
from episodes.sources.http import normalise_url
from episodes.sources.refusals import REFUSALS, FetchError
from episodes.transcripts import markdown
from episodes.transcripts.document import Diagnostic, ReadError
from episodes.transcripts.messages import Message, fill, gettext_noop
from episodes.transcripts.notes import DIAGNOSTICS

FOLDER = settings.LOCALE_PATHS[0] / "zh_Hans" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|\{\w+(?::\w+)?\}")
LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[\d+\])?\s+)?(".*")')


@dataclass
class Entry:
    """An entry of the .po: its flags, and the texts by keyword."""

    flags: str = ""
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What the compiled catalogue knows it by."""
        context = f"{self.texts['msgctxt']}\x04" if "msgctxt" in self.texts else ""
        return context + self.texts["msgid"]


def read_catalogue() -> list[Entry]:
    """The entries without the header; one plural form, so ``msgstr`` is ``msgstr[0]``."""
    entries = []
    for block in (FOLDER / "django.po").read_text("utf-8").strip().split("\n\n"):
        entry, keyword = Entry(), ""
        for line in block.splitlines():
            if line.startswith("#"):
                entry.flags += line if line.startswith("#,") else ""
                continue
            found = LINE.fullmatch(line)
            assert found, line
            keyword = found[1] or keyword
            entry.texts[keyword] = entry.texts.get(keyword, "") + ast.literal_eval(found[2])
        entries.append(entry)
    return entries[1:]


def compiled() -> dict[str, str]:
    """The compiled catalogue as message to translation, without the header."""
    with (FOLDER / "django.mo").open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key[0] if isinstance(key, tuple) else key: text for key, text in known.items() if key}


def placeholders(text: str) -> set[str]:
    """What is filled in: ``%(name)s`` and ``{name}``."""
    return set(PLACEHOLDER.findall(text))


ENTRIES = read_catalogue()


def test_every_message_is_translated_and_none_is_fuzzy():
    assert [e.key for e in ENTRIES if not e.texts["msgstr"].strip() or "fuzzy" in e.flags] == []


def test_the_compiled_catalogue_holds_what_the_written_one_says():
    assert compiled() == {entry.key: entry.texts["msgstr"] for entry in ENTRIES}


def test_a_translation_has_the_placeholders_of_its_message():
    wrong = [
        entry.key
        for entry in ENTRIES
        if placeholders(entry.texts["msgstr"])
        != placeholders(entry.texts.get("msgid_plural") or entry.texts["msgid"])
    ]
    assert wrong == []


def test_what_pure_code_says_is_translated():
    refusals = [template for template, _transient in REFUSALS.values()]
    said = [*DIAGNOSTICS.values(), *REMARKS.values(), *refusals]
    known = {entry.key for entry in ENTRIES}
    assert [template for template in said if template not in known] == []


def test_chinese_sentences_end_and_quote_as_chinese_does():
    wrong = [
        entry.texts["msgstr"]
        for entry in ENTRIES
        if re.search(r"[\u4e00-\u9fff][,;:?!.](?![\w/])|[\u4e00-\u9fff]\"", entry.texts["msgstr"])
    ]
    assert wrong == []


# --- Sentences in the language of whoever reads them ------------------------------------------


def test_a_diagnostic_is_english_by_itself_and_chinese_where_a_page_is():
    remark = next(
        item
        for item in markdown.read(b"# A\n\ntext").diagnostics
        if item.code == "front_matter_missing"
    )
    with translation.override("zh-hans"):
        assert wording.sentence(remark) == "文档没有文首元数据。"
    with translation.override("en"):
        assert wording.sentence(remark) == remark.message == "The document has no front matter."


def test_a_read_error_names_what_is_wrong_in_both_languages():
    with pytest.raises(ReadError) as caught:
        markdown.read(b"---\ntitle: a\ntitle: b\n---\ntext")
    message = caught.value.message
    with translation.override("zh-hans"):
        assert wording.translate(message) == "文首元数据中键“title”出现了两次。"
    assert message == "The key “title” stands twice in the front matter."


def test_a_refusal_is_translated_with_its_reason():
    with pytest.raises(FetchError) as caught:
        normalise_url("http://")
    with translation.override("zh-hans"):
        said = wording.translate(caught.value.message)
    assert said == "http:// 不是有效网址：没有主机名。请更正网址。"


def test_text_without_a_template_stays_as_it_is():
    with translation.override("zh-hans"):
        assert wording.translate("Somebody’s own words {x}") == "Somebody’s own words {x}"
        assert wording.translate("") == wording.translate(gettext_noop("")) == ""
        assert wording.sentence(Diagnostic(1, "other", "{braces}")) == "{braces}"


def test_a_sentence_comes_back_from_a_row_with_its_parts():
    inner = fill(gettext_noop("it is not {coding}"), coding="gzip\x00")
    said = fill(
        gettext_noop("{url} is not a web address: {why}. Correct the address."), url="x", why=inner
    )
    stored = json.loads(json.dumps(wording.store(said)))
    with translation.override("zh-hans"):
        back = wording.translate(wording.restore(stored, str(said)))
    assert back == "x 不是有效网址：并非gzip。请更正网址。"
    assert wording.store("plain") == {}
    assert wording.restore({}, "plain") == wording.restore(None, "plain") == "plain"


def test_braces_in_what_is_filled_in_are_kept():
    said = fill("“{key}”", key="{other}")
    assert (str(said), isinstance(said, Message)) == ("“{other}”", True)
    with translation.override("zh-hans"):
        assert wording.translate(said) == "“{other}”"


@pytest.mark.django_db
def test_a_failed_import_is_kept_in_english_and_told_in_the_language_of_the_page():
    with translation.override("zh-hans"):
        result = import_document(Incoming(b"---\ntitle: a\n", "a.md"))
        run = ImportRun.objects.get(pk=result.run_id)
        assert run.message == result.message == "The front matter is never closed by a line “---”."
        assert wording.outcome_sentence(run) == "文首元数据没有以“---”行结束。"
        assert [wording.sentence(item) for item in run.diagnostics] == [
            wording.outcome_sentence(run)
        ]


@pytest.mark.django_db
def test_a_held_import_says_why_in_the_language_of_the_page():
    text = "---\ntitle: a\nsource: https://youtu.be/abcdefghijk\n---\n\n**A:** {}\n"
    import_document(Incoming(text.format("one").encode(), "a.md"))
    held = import_document(Incoming(text.format("two").encode(), "b.md"))
    run = ImportRun.objects.get(pk=held.run_id)
    with translation.override("zh-hans"):
        assert (held.outcome, wording.outcome_sentence(run)) == (
            "held",
            "录音youtube:abcdefghijk已属于“a”。请说明这是同一单集（--as a）还是另一单集（--as new）。",
        )


@pytest.mark.django_db
def test_a_job_says_how_it_ended_in_the_language_of_the_page():
    job = jobs.request("nonsense")
    jobs.work(job.pk)
    job.refresh_from_db()
    assert job.message == "No worker knows the kind “nonsense”."
    with translation.override("zh-hans"):
        assert wording.outcome_sentence(job) == "没有工作进程能处理“nonsense”类任务。"
    with translation.override("en"):
        assert wording.outcome_sentence(job) == job.message
