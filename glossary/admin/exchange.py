"""Import and export of terms at the desk: files out; a file in, looked at before it is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from episodes.admin.differences import difference
from episodes.admin.importing import Carried
from episodes.wording import translate
from glossary import exchanging, importing
from glossary.admin.showing import base, who
from glossary.exchange import csvfile, jsonfile, tbx
from glossary.exchange.concepts import FIELDS, MAX_BYTES, Concept, Fault, Reading
from glossary.exchange.planning import Item, Kind, Plan
from glossary.models import Entry, State

__all__ = ["urls"]

SALT = "glossary.admin.exchange"
CARRIED_FOR = 24 * 3600  # seconds
TEMPLATE = "admin/glossary/exchange.html"
PREVIEW = "admin/glossary/exchange_preview.html"

NEW, CHANGED, TICKED, SAID = 50, 100, 200, 300
"""So many of new, changed, decided terms and of remarks are shown; the rest are counted."""

WHAT = {
    "all": gettext_lazy("All terms, rejected ones too"),
    "approved": gettext_lazy("Approved terms"),
    "public": gettext_lazy("What readers see"),
}
FORMATS = {
    "tbx": ("TBX", "application/xml"),
    "tbx2": (gettext_lazy("TBX of 2008, for older tools"), "application/xml"),
    "csv": ("CSV", "text/csv"),
    "json": ("JSON", "application/json"),
}


def urls(desk: ModelAdmin[Entry]) -> list[URLPattern]:
    """Return the addresses of import and export."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def page(request: HttpRequest) -> HttpResponse:
        return _page(desk, request)

    @require_POST
    def confirm(request: HttpRequest) -> HttpResponse:
        return _confirm(desk, request)

    @require_safe
    def download(request: HttpRequest, what: str, form: str) -> HttpResponse:
        return _download(desk, request, what, form)

    wrap = desk.admin_site.admin_view
    return [
        path("exchange/", wrap(page), name="glossary_entry_exchange"),
        path("exchange/confirm/", wrap(confirm), name="glossary_entry_exchange_confirm"),
        path("exchange/<str:what>.<str:form>", wrap(download), name="glossary_entry_download"),
    ]


# Out.


def _download(desk: ModelAdmin[Entry], request: HttpRequest, what: str, form: str) -> HttpResponse:
    """Return terms as a file."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    if what not in WHAT or form not in FORMATS:
        raise Http404
    if what == "public":
        concepts, columns = exchanging.public(), exchanging.PUBLIC_FIELDS
    else:
        states = [State.APPROVED] if what == "approved" else []
        concepts, columns = exchanging.register(states), FIELDS
    if form == "csv":
        data = csvfile.write(concepts, columns)
    elif form == "json":
        data = jsonfile.write(concepts)
    else:
        data = tbx.write(concepts, title=str(WHAT[what]), version=2 if form == "tbx2" else 3)
    name = f"glossary-{what}.{form.removesuffix('2')}"
    return HttpResponse(
        data,
        content_type=f"{FORMATS[form][1]}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


# In.


class UploadForm(forms.Form):
    """A file, and how it is taken."""

    file = forms.FileField(
        label=gettext_lazy("A file"),
        help_text=gettext_lazy("TBX (of 2019 or 2008), CSV or JSON; at most 8 MB."),
    )
    exact = forms.BooleanField(
        label=gettext_lazy("Take out of a term what its row leaves out"),
        required=False,
        help_text=gettext_lazy(
            "Without it an empty cell changes nothing, and aliases are added to those that are "
            "there. Terms that are not in the file stay in any case."
        ),
    )

    def clean_file(self) -> Any:
        """Not too large to travel through the next page."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 8 MB."))
        return file


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way from the preview to its confirmation, and what was shown of each row."""

    name: str
    exact: bool
    data: bytes
    seen: tuple[str, ...] = ()


def _carry(upload: Upload, user_id: int) -> str:
    """Return an upload as a signed field, good for a day and for this person only."""
    head = {
        "name": upload.name,
        "exact": "1" if upload.exact else "",
        "seen": json.dumps(upload.seen),
        "user": str(user_id),
    }
    return signing.dumps((head, upload.data), salt=SALT, serializer=Carried, compress=True)


def _uncarry(field: str, user_id: int) -> Upload:
    """Return the upload of a signed field; raise ``signing.BadSignature``."""
    head, data = signing.loads(field, salt=SALT, serializer=Carried, max_age=CARRIED_FOR)
    if head["user"] != str(user_id):
        raise signing.BadSignature("somebody else's")
    return Upload(head["name"], bool(head["exact"]), data, tuple(json.loads(head["seen"])))


def _may_import(request: HttpRequest) -> bool:
    return all(map(request.user.has_perm, importing.PERMISSIONS))


def _page(desk: ModelAdmin[Entry], request: HttpRequest) -> HttpResponse:
    """GET: files to take and a field for one to bring. POST: what a file would do."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return _start(desk, request, UploadForm())
    if not _may_import(request):
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _start(desk, request, form, 422)
    file = form.cleaned_data["file"]
    upload = Upload(file.name[:200], form.cleaned_data["exact"], file.read())
    reading = exchanging.read(upload.name, upload.data)
    if not reading.rows:
        for fault in reading.faults[:1]:
            form.add_error("file", _fault(fault))
        return _start(desk, request, form, 422)
    return _preview(desk, request, upload, reading)


def _start(
    desk: ModelAdmin[Entry], request: HttpRequest, form: UploadForm, status: int = 200
) -> HttpResponse:
    downloads = [
        {
            "label": label,
            "links": [
                (name, reverse("admin:glossary_entry_download", args=[what, form_]), str(label))
                for form_, (name, _type) in FORMATS.items()
            ],
        }
        for what, label in WHAT.items()
    ]
    context = base(
        desk,
        request,
        _("Import and export"),
        form=form,
        downloads=downloads,
        may_import=_may_import(request),
    )
    return render(request, TEMPLATE, context, status=status)


def _confirm(desk: ModelAdmin[Entry], request: HttpRequest) -> HttpResponse:
    """Write exactly what was shown; where that is something else by now, show it again."""
    if not _may_import(request):
        raise PermissionDenied
    by = who(request)
    try:
        upload = _uncarry(request.POST.get("carried", ""), by.pk)
    except signing.BadSignature:
        said = _("The preview is too old or is not yours. Nothing was imported; begin again.")
        messages.error(request, said)
        return _start(desk, request, UploadForm(), 422)
    reading = exchanging.read(upload.name, upload.data)
    options = importing.options_for(by, reading.fields, upload.exact)
    plan = importing.look(reading.rows, options)
    ticked = None if "every" in request.POST else _numbers(request.POST.getlist("tick"))
    moved = [
        item for item, seen in zip(plan.items, upload.seen, strict=False) if item.digest != seen
    ]
    if moved:
        return _preview(desk, request, upload, reading, moved=moved, ticked=ticked)
    why = _("Import of “%(name)s”") % {"name": upload.name}
    try:
        done = importing.carry_out(reading.rows, plan.work(ticked), options, by=by, why=why)
    except importing.Stale:
        return _preview(desk, request, upload, reading, stale=True, ticked=ticked)
    _tell(request, done)
    return redirect("admin:glossary_entry_exchange")


def _tell(request: HttpRequest, done: importing.Done) -> None:
    linked = '{} <a href="{}">{}</a>'
    if done.job is not None:
        sentence = _("Asked for: the worker writes the terms now.")
        if request.user.has_perm("episodes.view_job"):
            link = reverse("admin:episodes_job_change", args=[done.job.pk])
            sentence = format_html(linked, sentence, link, _("How far it is"))
        messages.success(request, sentence)
    elif done.change_set is not None:
        words = ngettext("%(n)d term written.", "%(n)d terms written.", done.written)
        link = reverse("admin:glossary_entry_undo", args=[done.change_set])
        messages.success(request, format_html(linked, words % {"n": done.written}, link, _("Undo")))
    else:
        messages.info(request, _("Nothing was to be changed."))


def _numbers(texts: Sequence[str]) -> frozenset[int]:
    return frozenset(int(text) for text in texts if text.isascii() and text.isdigit())


# The preview.


def _preview(
    desk: ModelAdmin[Entry],
    request: HttpRequest,
    upload: Upload,
    reading: Reading,
    *,
    moved: Sequence[Item] = (),
    stale: bool = False,
    ticked: frozenset[int] | None = frozenset(),
) -> HttpResponse:
    """Show what a file would do; with ``moved``, the rows that would do another thing by now."""
    by = who(request)
    options = importing.options_for(by, reading.fields, upload.exact)
    plan = importing.look(reading.rows, options)
    carried = Upload(
        upload.name, upload.exact, upload.data, tuple(item.digest for item in plan.items)
    )
    new, changed, refused = (plan.of(kind) for kind in (Kind.NEW, Kind.CHANGED, Kind.REFUSED))
    decided = [item for item in changed if item.decided]
    free = [item for item in changed if not item.decided]
    context = base(
        desk,
        request,
        _("What “%(name)s” would do") % {"name": upload.name},
        counts=_counts(plan),
        exact=upload.exact,
        new=[_shown(item) for item in new[:NEW]],
        new_left=max(0, len(new) - NEW),
        changed=[_shown(item) for item in free[:CHANGED]],
        changed_left=max(0, len(free) - CHANGED),
        decided=[_shown(item, ticked) for item in decided[:TICKED]],
        decided_left=max(0, len(decided) - TICKED),
        decided_count=len(decided),
        every=ticked is None,
        refused=[(item.line, item.concept.term, translate(item.reason)) for item in refused[:SAID]],
        refused_left=max(0, len(refused) - SAID),
        faults=[(fault.line, translate(fault.message)) for fault in reading.faults[:SAID]],
        faults_left=max(0, len(reading.faults) - SAID),
        nothing=not (new or changed),
        states_ignored=not options.may_decide
        and any(row.concept.state != State.CANDIDATE for row in reading.rows),
        by_job=len(new) + len(changed) > importing.AT_ONCE,
        moved=[(item.line, item.concept.term) for item in moved[:SAID]],
        moved_left=max(0, len(moved) - SAID),
        stale=stale,
        carried=_carry(carried, by.pk),
    )
    status = 409 if moved or stale else 200
    return render(request, PREVIEW, context, status=status)


def _counts(plan: Plan) -> list[str]:
    new, changed, same, refused = (len(plan.of(kind)) for kind in Kind)
    return [
        ngettext("%(n)d new term", "%(n)d new terms", new) % {"n": new},
        ngettext("%(n)d changed", "%(n)d changed", changed) % {"n": changed},
        ngettext("%(n)d as it is here", "%(n)d as they are here", same) % {"n": same},
        ngettext("%(n)d refused", "%(n)d refused", refused) % {"n": refused},
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A field that changes, or that a new term has."""

    label: str
    html: SafeString
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the preview."""

    number: int
    line: int
    pk: int | None
    term: str
    state: str
    lines: list[Line]
    ticked: bool


def _shown(item: Item, ticked: frozenset[int] | None = frozenset()) -> Shown:
    if item.kind == Kind.NEW:
        values = [(name, "", _text(item.concept, name)) for name in FIELDS if name != "state"]
        lines = [
            Line(_label(name), escape(new), new)
            for name, _old, new in values
            if new and name != "term"
        ]
    else:
        lines = [
            Line(
                _label(change.field),
                difference(*_worded(change.field, change.old, change.new)),
                change.new or change.old,
            )
            for change in item.changes
        ]
    stands = {change.field: change.old for change in item.changes}.get("state", item.concept.state)
    return Shown(
        item.number,
        item.line,
        item.pk,
        item.concept.term,
        str(State(stands).label),
        lines,
        ticked is None or item.number in ticked,
    )


def _label(name: str) -> str:
    return str(Entry._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _text(concept: Concept, name: str) -> str:
    value = getattr(concept, name)
    return value if isinstance(value, str) else " · ".join(value)


def _worded(name: str, old: str, new: str) -> tuple[str, str]:
    if name == "state":
        return str(State(old).label), str(State(new).label)
    return old, new


def _fault(fault: Fault) -> str:
    said = translate(fault.message)
    return _("Line %(line)s: %(said)s") % {"line": fault.line, "said": said} if fault.line else said
