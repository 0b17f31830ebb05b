"""Approving, rejecting and taking back, adding a name and forbidding one: shown, then done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from glossary import decisions, effects
from glossary.admin.columns import LABELS, with_facts
from glossary.admin.showing import DONE, base, entry_or_404, rehearsed, say_done, shown, who
from glossary.models import Entry, State

__all__ = ["confirm_save", "decide_many", "tell", "urls"]

WHY = 5000

NAMES = ("term", "aliases", "abbreviation", "foreign_term", "expansion")
"""The fields by which published text is searched."""


def urls(desk: ModelAdmin[Entry]) -> list[URLPattern]:
    """Return the addresses of deciding one entry, and of a word that is added or forbidden."""

    @require_POST
    def decide(request: HttpRequest, pk: int) -> HttpResponse:
        return _decide(desk, request, pk)

    @require_http_methods(["GET", "HEAD", "POST"])
    def alias(request: HttpRequest, pk: int) -> HttpResponse:
        return _word(desk, request, pk, "alias")

    @require_http_methods(["GET", "HEAD", "POST"])
    def forbid(request: HttpRequest, pk: int) -> HttpResponse:
        return _word(desk, request, pk, "forbid")

    wrap = desk.admin_site.admin_view
    return [
        path("<int:pk>/decide/", wrap(decide), name="glossary_entry_decide"),
        path("<int:pk>/alias/", wrap(alias), name="glossary_entry_alias"),
        path("<int:pk>/forbid/", wrap(forbid), name="glossary_entry_forbid"),
    ]


# Approve, reject, take back.


def _decide(desk: ModelAdmin[Entry], request: HttpRequest, pk: int) -> HttpResponse:
    """Decide one entry from the list: at once where readers see no difference, else shown before."""
    to, filters = request.POST.get("to", ""), request.POST.get("filters", "")
    if not request.user.has_perm("glossary.decide_entry"):
        raise PermissionDenied
    chosen = list(with_facts(Entry.objects.filter(pk=pk)))
    if not chosen or to not in LABELS:
        raise Http404(_("There is no such term."))
    place = reverse("admin:glossary_entry_changelist")
    back = f"{place}?{filters}" if filters else place
    hidden = [("to", to), ("filters", filters)]
    page = decide_many(desk, request, chosen, State(to), hidden, back)
    return page or redirect(back)


def decide_many(
    desk: ModelAdmin[Entry],
    request: HttpRequest,
    chosen: Sequence[Any],
    to: State,
    hidden: Sequence[tuple[str, str]],
    back: str,
) -> HttpResponse | None:
    """Decide entries ``with_facts``, or return the page that shows first what that would change.

    One entry whose decision readers see nothing of is decided at once. ``hidden`` is what the page's
    form sends beside ``confirmed`` and ``why``.
    """
    able = [each for each in chosen if to in decisions.STEPS[each.state]]
    act = partial(decisions.decide, [each.pk for each in able], to, by=who(request))
    effect = None
    if able and "confirmed" not in request.POST:
        effect = effects.rehearse(act)
    if "confirmed" in request.POST or (
        len(chosen) == 1 and (effect is None or not effect.changes_readers_see)
    ):
        decided = act(why=request.POST.get("why", "").strip()[:WHY])
        tell(request, to, decided, len(chosen))
        return None
    context = base(
        desk,
        request,
        str(LABELS[to]),
        to=to,
        able=able,
        others=[each for each in chosen if each not in able],
        public=sum(each.is_public for each in able),
        effect=shown(effect) if effect is not None else None,
        hidden=hidden,
        back=back,
    )
    return render(request, "admin/glossary/decide.html", context)


def tell(request: HttpRequest, to: str, decided: Sequence[Entry], asked: int) -> None:
    """Say how many entries were decided, and how many somebody decided before."""
    if decided:
        count = len(decided)
        say_done(request, DONE[to](count) % {"n": count}, decided[0].pk)
    if len(decided) < asked:
        left = asked - len(decided)
        messages.warning(
            request,
            ngettext(
                "%(n)d was left as it is: somebody decided it before.",
                "%(n)d were left as they are: somebody decided them before.",
                left,
            )
            % {"n": left},
        )


# A word that is added or forbidden.

WORDS: dict[str, dict[str, Any]] = {
    "alias": {
        "title": gettext_lazy("Add an alias"),
        "label": gettext_lazy("Another name or spelling of the term"),
        "done": gettext_lazy("“%(word)s” is an alias now."),
        "act": decisions.add_alias,
    },
    "forbid": {
        "title": gettext_lazy("Forbid a rendering"),
        "label": gettext_lazy("How the term is not to be rendered"),
        "done": gettext_lazy("“%(word)s” is forbidden now."),
        "act": decisions.forbid,
    },
}


def _word(desk: ModelAdmin[Entry], request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Show what a word (``?word=``) would change, or do it."""
    entry = entry_or_404(desk, request, pk)
    if entry.state == State.MERGED:
        return redirect("admin:glossary_entry_change", pk)
    if not desk.has_change_permission(request, entry):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else request.GET
    word = " ".join(sent.get("word", "").replace("\x00", "").split())[:300]
    act: Callable[..., object] = WORDS[kind]["act"]
    refused: dict[str, Any] = {}
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        entry.version = int(seen) if seen.isdecimal() else entry.version
        try:
            act(entry, word, by=who(request))
        except decisions.Stale:
            refused = {"again": _("Somebody changed this term meanwhile. Look at it again.")}
            entry.refresh_from_db()
        except decisions.Refused:
            pass  # the page says so
        else:
            say_done(request, WORDS[kind]["done"] % {"word": word}, pk)
            return redirect("admin:glossary_entry_change", pk)
    context = base(
        desk,
        request,
        str(WORDS[kind]["title"]),
        entry=entry,
        kind=kind,
        label=WORDS[kind]["label"],
        word=word,
        seen=str(entry.version),
        **refused,
    )
    if word:
        context |= rehearsed(lambda: act(entry, word, by=who(request)), word)
    elif "word" in sent:
        context["refused"] = _("Type a word.")
    return render(request, "admin/glossary/word.html", context)


# A form that gives a term other names, or decides it.


def confirm_save(desk: Any, request: HttpRequest, pk: int) -> HttpResponse | None:
    """Return the page that shows what saving a form would change; none if it can be saved at once.

    That is so where it changes no name and decides nothing, where published text stays marked as it
    is, and where the form has errors of its own.
    """
    entry = Entry.objects.filter(pk=pk).first()
    if entry is None or not desk.has_change_permission(request, entry):
        return None
    to = request.POST.get("_to", "")
    before = {name: getattr(entry, name) for name in NAMES}
    form = desk.get_form(request, entry, change=True)(request.POST, instance=entry)
    with transaction.atomic():  # the form locks the row that it compares with
        if not form.is_valid():
            return None
    values = {name: form.cleaned_data[name] for name in decisions.EDITABLE}
    renamed = any(values[name] != before[name] for name in NAMES)
    if not renamed and to not in LABELS:
        return None

    def act() -> None:
        decisions.save(entry, values, version=form.cleaned_data["seen"], by=who(request))
        if to in LABELS:
            decisions.decide([pk], to, by=who(request))

    try:
        effect = effects.rehearse(act)
    except (decisions.Stale, decisions.Refused):
        return None  # the form says so
    if not (effect.changes_readers_see if to in LABELS else effect.changes_marks):
        return None
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    context = base(
        desk,
        request,
        str(LABELS[State(to)]) if to in LABELS else _("Save"),
        entry=entry,
        effect=shown(effect),
        hidden=[(name, value) for name, value in sent if name != "csrfmiddlewaretoken"],
    )
    return render(request, "admin/glossary/effect_of_saving.html", context)
