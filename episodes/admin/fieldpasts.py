"""The history of one field of an episode, and of a person, an organisation, a product or a work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from episodes import editing, naming, restoring
from episodes.admin.history import as_text, field_label
from episodes.admin.history import shown as choice_or_text
from episodes.admin.late import BESIDE, as_written
from episodes.admin.pasts import (
    Line,
    Note,
    Reader,
    chosen,
    compared,
    leaf_of,
    number_in,
    shown,
)
from episodes.admin.staff import who
from episodes.beside import SETS
from episodes.models import Episode, Named
from episodes.names import SlugRefused
from episodes.pasts import (
    EPISODE_PAST,
    Past,
    changed_fields,
    field_now,
    past_of_field,
    past_of_named,
)
from episodes.transcripts.tracing import State

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["label_of", "named_page", "page"]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def label_of(name: str) -> str:
    """Return what a field or set of an episode is called."""
    if name in BESIDE:
        return _capital(str(BESIDE[name]._meta.verbose_name_plural))
    return _capital(field_label("episode:", name))


class FieldReader(Reader):
    """A field of an episode as an editor reads it; of a set, each member a line."""

    whole = frozenset(
        {
            "date",
            "slug",
            "language",
            "original_language",
            "original_provenance",
            "translation_provenance",
        }
    )

    def __init__(self, episode: Episode) -> None:
        self.episode = episode

    def label(self, field: str) -> str:
        """The form's name of it."""
        return label_of(field)

    def words(self, field: str, value: Any) -> str:
        """People with their roles, choices by their names."""
        if field in SETS:
            return as_written(value)
        if field == "extra":
            return "\n".join(f"{key}: {as_text(each)}" for key, each in value or ())
        return choice_or_text("episode:", field, value)

    def language(self, field: str) -> str:
        """The original's title is in the original's language, the other words are not."""
        if field == "original_title":
            return self.episode.original_language
        return self.episode.language if field in ("title", "summary", "insight") else ""


class NamedReader(Reader):
    """A record's fields; names are shown whole."""

    whole = frozenset({"name", "translated_name", "slug", "link"})

    def __init__(self, model: type[Named]) -> None:
        self.model = model

    def label(self, field: str) -> str:
        """The model's name of a field."""
        return _capital(str(self.model._meta.get_field(field).verbose_name))  # type: ignore[union-attr]

    def words(self, _field: str, value: Any) -> str:
        """As it is written."""
        return str(value or "")

    def language(self, _field: str) -> str:
        """A name is in any."""
        return ""


def _late(reader: Reader, field: str, now: Any, state: State) -> list[tuple[str, tuple[Line, ...]]]:
    """What stands now beside what was to be restored."""
    wanted = {field: state.values[field]}
    return [
        (_("Stands now"), tuple(reader.all({field: now}))),
        (_("To be restored"), tuple(reader.all(wanted))),
        (_("What restoring would change"), tuple(reader.lines({field: now}, wanted))),
    ]


# --- An episode's field ---------------------------------------------------------------------------


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """GET: the states of one field; ``?left=1&right=3`` compares two. POST: restore it alone."""
    posted = request.method == "POST"
    episode = model_admin.find(request, pk, change=posted)
    if field not in EPISODE_PAST:
        raise Http404(_("An episode has no such field."))
    if posted:
        return restore(model_admin, request, episode, field)
    return show(model_admin, request, episode, field)


def show(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    episode: Episode,
    field: str,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Show the page."""
    past, reader = past_of_field(episode, field), FieldReader(episode)
    leaf = leaf_of(request, past)
    parts = {field: ((field,), label_of(field))} if field in editing.EPISODE_FIELDS else {}
    context = {
        **model_admin.frame(request, episode, "history"),
        "field": field,
        "label": label_of(field),
        "others": [(name, label_of(name)) for name in changed_fields(episode) if name != field],
        "states": list(shown(leaf, past, reader, parts=parts)),
        "page": leaf,
        "latest": len(past.states),
        "compared": compared(chosen(request, past), past, reader),
        "may_change": model_admin.has_change_permission(request, episode),
        "seen": episode.revision,
        **context,
    }
    return render(request, "admin/desk/field_history.html", context, status=status)


def restore(
    model_admin: EpisodeAdmin, request: HttpRequest, episode: Episode, field: str
) -> HttpResponse:
    """Restore the field as a state had it: one call, then back to its history."""
    past = past_of_field(episode, field)
    number, why = request.POST.get("state", ""), request.POST.get("why", "")[:500]
    state, seen = number_in(number, past), request.POST.get("seen", "")
    if not seen.isdecimal():
        return show(
            model_admin, request, episode, field, status=422, error=_("Look at the state again.")
        )
    try:
        restoring.restore_field(
            episode, field, act=state.act, revision=int(seen), by=who(request), why=why
        )
    except editing.Stale as stale:
        current = stale.current
        assert isinstance(current, Episode)
        sides = _late(FieldReader(episode), field, field_now(current, field), state)
        late = {"state": number, "part": field, "why": why, "sides": sides}
        return show(model_admin, request, current, field, status=409, late=late)
    except restoring.NoState as missing:
        raise Http404(_("This field cannot be restored by itself.")) from missing
    except (editing.Invalid, SlugRefused) as refused:
        return show(model_admin, request, episode, field, status=422, error=str(refused))
    messages.success(request, _("Restored. The history has it as a change of its own."))
    return redirect("admin:episodes_episode_field_history", episode.pk, field)


# --- A person and the like ------------------------------------------------------------------------


def named_page(
    model_admin: admin.ModelAdmin[Any], request: HttpRequest, object_id: str
) -> HttpResponse:
    """GET: the states of a record; ``?left=1&right=3`` compares two. POST: restore one field."""
    model = model_admin.model
    found = model._default_manager.filter(pk=object_id).first() if object_id.isdecimal() else None
    posted = request.method == "POST"
    allowed = model_admin.has_change_permission if posted else model_admin.has_view_permission
    if not allowed(request, found):
        raise PermissionDenied
    if found is None:
        raise Http404(_("There is no such record."))
    if posted:
        return restore_named(model_admin, request, found)
    return show_named(model_admin, request, found)


def notes_of(past: Past) -> Mapping[int, tuple[Note, ...]]:
    """Say which record was merged into this one."""
    sentence = _("“%(name)s” was merged into it.")
    return {
        act: tuple(
            Note(sentence % {"name": old["name"]})
            for name, old, _new in step.changes
            if name == "merged"
        )
        for act, step in past.steps.items()
    }


def show_named(
    model_admin: admin.ModelAdmin[Any],
    request: HttpRequest,
    named: Named,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Show the page."""
    past, reader = past_of_named(named), NamedReader(type(named))
    leaf = leaf_of(request, past)
    parts = {name: ((name,), reader.label(name)) for name in naming.FIELDS}
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("History of “%(name)s”") % {"name": named},
        "named": named,
        "states": list(shown(leaf, past, reader, notes=notes_of(past), parts=parts)),
        "page": leaf,
        "latest": len(past.states),
        "compared": compared(chosen(request, past), past, reader),
        "may_change": model_admin.has_change_permission(request, named),
        "seen": past.now.act,
        **context,
    }
    return render(request, "admin/desk/record_history.html", context, status=status)


def restore_named(
    model_admin: admin.ModelAdmin[Any], request: HttpRequest, named: Named
) -> HttpResponse:
    """Restore one field as a state had it."""
    past = past_of_named(named)
    number, why = request.POST.get("state", ""), request.POST.get("why", "")[:500]
    state, seen = number_in(number, past), request.POST.get("seen", "")
    field = request.POST.get("part", "")
    if not seen.isdecimal() or field not in naming.FIELDS:
        error = _("Choose what to restore of that state.")
        return show_named(model_admin, request, named, status=422, error=error)
    try:
        restoring.restore_named(
            named, field, act=state.act, seen=int(seen), by=who(request), why=why
        )
    except naming.Changed as changed:
        sides = _late(NamedReader(type(named)), field, getattr(changed.current, field), state)
        late = {"state": number, "part": field, "why": why, "sides": sides}
        return show_named(model_admin, request, changed.current, status=409, late=late)
    except SlugRefused as refused:
        return show_named(model_admin, request, named, status=422, error=str(refused))
    messages.success(request, _("Restored. The history has it as a change of its own."))
    return redirect(request.path)
