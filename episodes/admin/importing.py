"""Importing one transcript by upload, paste or URL, with a look at it before anything is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from episodes import imports
from episodes.admin.changes import count_sentences as count_sentences_of
from episodes.admin.forms import Address, Text
from episodes.admin.staff import who
from episodes.imports import Incoming, Preview, Result
from episodes.models import NAMED_MODELS, ImportRun
from episodes.models.sources import Outcome, RunState
from episodes.sources.http import FetchError
from episodes.transcripts.decoding import MAX_BYTES
from episodes.wording import sentence, translate

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["ConfirmForm", "StartForm", "carry", "confirm", "start", "uncarry"]

SALT = "episodes.admin.importing"
CARRIED_FOR = 24 * 3600  # seconds
LINE = 400  # characters of a line that a remark shows
REMARKS = 300  # so many are shown; a broken file can have one at each line


class Carried:
    """How what was previewed travels through the form: a line of JSON, then the bytes.

    ``signing`` compresses, encodes and signs it, so that the confirmation imports exactly the bytes
    that were shown, whichever process answers and whether or not the web was restarted meanwhile.
    """

    def dumps(self, value: tuple[dict[str, str], bytes]) -> bytes:
        """Return what is signed."""
        head, data = value
        return json.dumps(head).encode() + b"\n" + data

    def loads(self, packed: bytes) -> tuple[dict[str, str], bytes]:
        """Return what was signed."""
        head, _newline, data = packed.partition(b"\n")
        return json.loads(head), data


def carry(incoming: Incoming, user_id: int) -> str:
    """Return an incoming document as a signed field, good for a day and for this person only."""
    head = {
        "address": incoming.address,
        "name": incoming.name,
        "etag": incoming.etag,
        "last_modified": incoming.last_modified,
        "user": str(user_id),
    }
    return signing.dumps((head, incoming.data), salt=SALT, serializer=Carried, compress=True)


def uncarry(field: str, user_id: int) -> Incoming:
    """Return the document of a signed field; raise ``signing.BadSignature``."""
    head, data = signing.loads(field, salt=SALT, serializer=Carried, max_age=CARRIED_FOR)
    if head.pop("user") != str(user_id):
        raise signing.BadSignature("somebody else's")
    return Incoming(data=data, **head)


class StartForm(forms.Form):
    """One of three: a file, a text, an address."""

    file = forms.FileField(label=gettext_lazy("A file"), required=False, allow_empty_file=True)
    url = Address(
        label=gettext_lazy("An address (http or https)"),
        required=False,
        max_length=2000,
    )
    text = Text(label=gettext_lazy("A text"), widget=forms.Textarea(attrs={"rows": 12, "cols": 60}))
    name = forms.CharField(
        label=gettext_lazy("Name of the text"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Under which it is known as a source, such as a file's name; pasting under the same name "
            "again updates that episode."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Exactly one of the three is given."""
        values = super().clean() or {}
        given = [name for name in ("file", "url", "text") if values.get(name)]
        if self.errors:
            return values
        if not given:
            raise forms.ValidationError(_("Choose a file, write an address or paste a text."))
        if len(given) > 1:
            raise forms.ValidationError(_("Only one of file, address and text, please."))
        if given == ["file"] and values["file"].size > MAX_BYTES:
            self.add_error("file", _("The file is larger than 8 MB."))
        return values

    def incoming(self) -> Incoming:
        """Return what is to be imported; an address is fetched (raises FetchError)."""
        values = self.cleaned_data
        if values["file"]:
            name = values["file"].name
            return Incoming(data=values["file"].read(), address=name, name=name)
        if values["url"]:
            return imports.fetch_incoming(values["url"])
        data = values["text"].encode()
        return Incoming(data=data, address=values["name"], name=values["name"])


class ConfirmForm(forms.Form):
    """What can still be decided when the document is known."""

    carried = forms.CharField(widget=forms.HiddenInput)
    slug = forms.SlugField(
        label=gettext_lazy("Slug"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("The address will be /episodes/SLUG/. Old slugs redirect."),
    )
    as_ = forms.CharField(required=False, max_length=80, label=gettext_lazy("Which episode is it?"))
    reason = Text(label=gettext_lazy("Why is it applied all the same?"), max_length=5000)


def _may(request: HttpRequest) -> None:
    if not request.user.has_perm("episodes.import_episode"):
        raise PermissionDenied


def start(model_admin: EpisodeAdmin, request: HttpRequest) -> HttpResponse:
    """GET: the three ways. POST: read the document and show what was read; nothing is written."""
    _may(request)
    if request.method != "POST":
        return _start_page(model_admin, request, StartForm())
    form = StartForm(request.POST, request.FILES)
    if not form.is_valid():
        return _start_page(model_admin, request, form, 422)
    try:
        incoming = form.incoming()
    except FetchError as error:
        form.add_error("url", translate(error.message))
        return _start_page(model_admin, request, form, 422)
    read = imports.preview(incoming)
    if read.outcome == Outcome.FAILED:
        way = next(name for name in ("file", "url", "text") if form.cleaned_data[name])
        form.add_error(way, failure(read))
        return _start_page(model_admin, request, form, 422)
    return _preview_page(model_admin, request, incoming, read)


def confirm(model_admin: EpisodeAdmin, request: HttpRequest) -> HttpResponse:
    """Import exactly what was shown (``import``), or look at it again with other choices."""
    _may(request)
    form = ConfirmForm(request.POST)
    try:
        incoming = uncarry(request.POST.get("carried", ""), who(request).pk)
    except signing.BadSignature:
        start_form = StartForm()
        messages.error(
            request,
            _("The preview is too old or is not yours. Nothing was imported; begin again."),
        )
        return _start_page(model_admin, request, start_form, 422)
    if not form.is_valid():
        read = imports.preview(incoming)
        return _preview_page(model_admin, request, incoming, read, form, 422)
    slug, as_ = form.cleaned_data["slug"], form.cleaned_data["as_"]
    if "import" not in request.POST:
        read = imports.preview(incoming, as_=as_, slug=slug)
        return _preview_page(model_admin, request, incoming, read, form)
    reason = form.cleaned_data["reason"]
    result = imports.import_document(incoming, by=who(request), as_=as_, slug=slug, reason=reason)
    proposed = _proposal_of(result)
    if proposed is not None:
        messages.info(request, translate(result.message))
        return redirect("admin:episodes_episode_proposal", result.episode_id, proposed)
    if result.outcome in {Outcome.FAILED, Outcome.HELD} or result.episode_id is None:
        read = imports.preview(incoming, as_=as_, slug=slug)
        form.add_error(None, translate(result.message))
        return _preview_page(model_admin, request, incoming, read, form, 409)
    say = messages.success if result.outcome != Outcome.UNCHANGED else messages.info
    say(request, translate(result.message) or Outcome(result.outcome).label)
    return redirect("admin:episodes_episode_turns", result.episode_id)


def _proposal_of(result: Result) -> int | None:
    """Return the import whose proposal waits now: the one just made, or an earlier one of the same
    bytes; None where nothing waits."""
    if result.outcome not in {Outcome.PROPOSED, Outcome.HELD} or result.episode_id is None:
        return None
    waiting = ImportRun.objects.filter(episode=result.episode_id, state=RunState.WAITING)
    runs = waiting.filter(source__runs=result.run_id).order_by("-pk")
    return runs.values_list("pk", flat=True).first()


def _frame(model_admin: EpisodeAdmin, request: HttpRequest) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Import a transcript"),
    }


def _start_page(
    model_admin: EpisodeAdmin, request: HttpRequest, form: StartForm, status: int = 200
) -> HttpResponse:
    context = {**_frame(model_admin, request), "form": form}
    return render(request, "admin/desk/import.html", context, status=status)


def _preview_page(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    incoming: Incoming,
    read: Preview,
    form: ConfirmForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_frame(model_admin, request),
        "title": _("What was read"),
        "read": read,
        "incoming": incoming,
        "size": len(incoming.data),
        "form": form,
        "carried": carry(incoming, who(request).pk),
        "slug": form["slug"].value() if form else read.slug,
        "as_": form["as_"].value() if form else "",
        "reason": form["reason"].value() if form else "",
        "changes": count_sentences_of(read.proposal) if read.proposal else [],
        "held": [translate(each) for each in read.proposal.plan.held] if read.proposal else [],
        "which": read.outcome == Outcome.HELD and read.proposal is None,
        "chapters": read.document.chapters if read.document else (),
        "remarks": remarks(read, incoming.data),
        "remarks_count": len(read.diagnostics),
        "remarks_left": max(0, len(read.diagnostics) - REMARKS),
        "outcome": Outcome(read.outcome).label,
        "kinds": [
            {"label": NAMED_MODELS[kind]._meta.verbose_name_plural, "names": found}
            for kind, found in read.names.items()
            if found
        ],
        "counts": count_sentences(read),
    }
    return render(request, "admin/desk/import_preview.html", context, status=status)


def failure(read: Preview) -> str:
    """Return why a document could not be read, with the line."""
    line = read.diagnostics[0].line if read.diagnostics else 0
    said = translate(read.message)
    return _("Line %(line)s: %(said)s") % {"line": line, "said": said} if line else said


def count_sentences(read: Preview) -> list[str]:
    """Return what the document holds, in words."""
    counts = read.counts
    sentences = [
        ngettext("%(n)s chapter", "%(n)s chapters", counts.get("chapters", 0))
        % {"n": counts.get("chapters", 0)},
        ngettext("%(n)s turn", "%(n)s turns", counts.get("turns", 0))
        % {"n": counts.get("turns", 0)},
        ngettext("%(n)s of speech", "%(n)s of speech", counts.get("speech", 0))
        % {"n": counts.get("speech", 0)},
        ngettext("%(n)s with an original", "%(n)s with an original", counts.get("originals", 0))
        % {"n": counts.get("originals", 0)},
        ngettext("%(n)s cue", "%(n)s cues", counts.get("cue", 0)) % {"n": counts.get("cue", 0)},
        ngettext("%(n)s glossary term", "%(n)s glossary terms", read.terms) % {"n": read.terms},
    ]
    return sentences


def remarks(read: Preview, data: bytes) -> list[dict[str, Any]]:
    """Return what the reader noticed, the first ``REMARKS`` with the text of their lines."""
    lines = (
        data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )
    return [
        {
            "line": each.line,
            "severity": str(each.severity),
            "code": each.code,
            "message": sentence(each),
            "text": lines[each.line - 1][:LINE] if 0 < each.line <= len(lines) else "",
        }
        for each in read.diagnostics[:REMARKS]
    ]
