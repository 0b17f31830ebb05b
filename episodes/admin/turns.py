"""An episode as one page of all its turns, each editable in place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from episodes import checking, claims, editing, names, reviewing, undoing
from episodes.admin import findings, undo
from episodes.admin.asking import conflicts_of
from episodes.admin.conflicts import turn_conflict
from episodes.admin.forms import ChapterForm, TurnForm
from episodes.admin.replacing import known_count
from episodes.admin.rows import (
    Beside,
    head_of,
    is_read,
    people_of,
    readers_of,
    recorded_of,
    row_of,
    sections_of,
    speakers_of,
    voices_of,
)
from episodes.admin.staff import who
from episodes.models import Chapter, Episode, Person, ReviewNote, Turn, TurnRedirect
from episodes.transcripts import working

if TYPE_CHECKING:
    from episodes.admin.cutforms import ReassignForm
    from episodes.admin.episodes import EpisodeAdmin

__all__ = [
    "address_of",
    "chapter",
    "expired",
    "find_turn",
    "follow",
    "fragment",
    "landing",
    "page",
    "redirects_of",
    "row_of",
    "speaker_of",
    "speakers_of",
    "turn",
    "wants_json",
]


SCRIPTS = tuple(
    f"js/workbench/{name}.js" for name in ("asking", "drafts", "rows", "forms", "acts", "keys")
)
"""What the page of turns loads, each on top of those before it."""


def rights_of(request: HttpRequest) -> dict[str, bool]:
    """Return what this person may do in each row, asked once for all of them."""
    user = who(request)
    return {
        "may_read": user.has_perms(["episodes.change_episode", "episodes.change_turn"]),
        "may_note": user.has_perm("episodes.add_reviewnote"),
    }


def facts_of(episode: Episode) -> list[tuple[str, str]]:
    """Return the metadata worth a glance beside the turns, without what is empty: three queries."""
    people = [
        f"{each.person} ({each.get_role_display()})"
        for each in episode.appearances.select_related("person")
    ]
    tags = episode.tag_items.order_by("pk").values_list("tag__name", flat=True)
    about = episode.organisation_mentions.values_list("target__name", flat=True)
    facts = [
        (_("Original title"), episode.original_title),
        (_("Date"), str(episode.date or "")),
        (_("Channel"), episode.channel),
        (_("Source"), episode.source_address),
        (_("Area"), " · ".join(filter(None, (episode.area, episode.category, episode.series)))),
        (_("People"), ", ".join(people)),
        (_("Organisations"), ", ".join(about)),
        (_("Tags"), ", ".join(tags)),
        (_("Summary"), Truncator(episode.summary).chars(300)),
    ]
    return [(label, value) for label, value in facts if value]


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show all turns; ``?edit=<uid>`` opens one of them, ``?chapter=<id>`` a chapter's title."""
    episode = model_admin.find(request, pk)
    may_change = model_admin.has_change_permission(request, episode)
    turns = list(episode.turns.all())
    for each in turns:
        each.episode = episode
    people = people_of(episode, turns)
    form = None
    opened = request.GET.get("edit", "") if may_change else ""
    if opened:
        chosen = next((each for each in turns if each.uid == opened), None)
        if chosen is not None:
            form = TurnForm(
                initial=TurnForm.values_of(chosen), turn=chosen, speakers=people.values()
            )
    frame = model_admin.frame(request, episode, "turns")
    found = findings.of_episode(episode, turns)
    noted = reviewing.by_turn(episode, [each.uid for each in turns])
    recorded = recorded_of(episode)
    beside = Beside(frame["waits"]["conflicts"], found, noted, readers_of(turns), recorded)
    standing = [(each.uid, is_read(each)) for each in turns]
    return render(
        request,
        "admin/desk/turns.html",
        {
            **frame,
            "known_count": known_count(found),
            "sections": list(sections_of(episode, turns, people, beside)),
            "head": head_of(standing, found, findings.put_away(episode)),
            "recorded": recorded,
            "turns_count": len(turns),
            "to_read": [each for each in turns if each.stale or each.unread],
            "facts": facts_of(episode),
            "may_change": may_change,
            **rights_of(request),
            "scripts": SCRIPTS,
            "claim": claims.of_others([episode], who(request)).get(episode.pk),
            "undo": undo.offered(request, episode) if may_change else None,
            **_open_notes(turns, noted),
            "opened": opened if form else "",
            "opened_in": form.turn.chapter_id if form else 0,
            "form": form,
            "saved": request.GET.get("saved", ""),
            "chapter_opened": request.GET.get("chapter", "") if may_change else "",
        },
    )


def _open_notes(turns: Iterable[Turn], noted: Mapping[str, list[ReviewNote]]) -> dict[str, object]:
    """Return the notes that wait for an answer, and the first turn with one."""
    waiting = {
        uid: [note for note in rows if note.answered_at is None] for uid, rows in noted.items()
    }
    first = next((each.uid for each in turns if waiting.get(each.uid)), "")
    return {
        "notes_open": [note for rows in waiting.values() for note in rows],
        "notes_first": first,
    }


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the desk's script asks, rather than a form."""
    return request.headers.get("X-Requested-With") == "desk"


def find_turn(episode: Episode, uid: str) -> Turn:
    """Return the turn that an address leads to; raise Http404."""
    turns = episode.turns.select_related("speaker")
    found = turns.filter(uid=uid).first() or turns.filter(uid=landing(episode, uid)).first()
    if found is None:
        raise Http404(_("There is no such turn."))
    found.episode = episode
    return found


def redirects_of(episode: Episode) -> dict[str, str]:
    """Return where the addresses of turns that no longer stand lead: one query."""
    return dict(TurnRedirect.objects.filter(episode=episode).values_list("old_uid", "new_uid"))


def follow(redirects: Mapping[str, str], standing: Collection[str], uid: str) -> str:
    """Return the standing turn that an address leads to in the end, or ""."""
    return working.landing(redirects, standing, uid)


def landing(episode: Episode, uid: str) -> str:
    """Return the standing turn that an address leads to, or "": two queries."""
    standing = set(episode.turns.values_list("uid", flat=True))
    return follow(redirects_of(episode), standing, uid)


def expired(request: HttpRequest) -> HttpResponse:
    """Say that the session is over without throwing away what was typed."""
    if wants_json(request):
        login = reverse("admin:login")
        message = _("Your session has ended. Log in again in another tab, then save once more.")
        return JsonResponse({"message": message, "login": login}, status=401)
    kept = [
        (label, request.POST[name])
        for name, label in (
            ("text", _("Translation")),
            ("original", _("Original")),
            ("note", _("Note")),
            ("answer", _("Answer")),
        )
        if request.POST.get(name)
    ]
    context = {"kept": kept, "back": request.path, "title": _("Your session has ended")}
    return render(request, "admin/desk/expired.html", context, status=401)


def turn(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """GET: the turn's form (the script's fragment, else the page with it open). POST: save it.

    A form answers with a redirect to the turn; the script gets JSON: ``html`` of the row (200), of
    the form with its errors (422), or of both texts (409). What was typed in a turn that is no
    longer there is never saved in the one its address leads to: it is shown (409).
    """
    episode = model_admin.find(request, pk, change=True)
    if request.method == "POST":
        own = get_object_or_404(Turn.everything.select_related("speaker"), episode=episode, uid=uid)
        own.episode = episode
        return save(model_admin, request, own)
    found = find_turn(episode, uid)
    if not wants_json(request):
        return redirect(address_of(found, edit=True))
    if "close" in request.GET:
        return fragment(request, "admin/desk/turn_row.html", found)
    form = TurnForm(
        initial=TurnForm.values_of(found), turn=found, speakers=speakers_of(found.episode).values()
    )
    return fragment(request, "admin/desk/turn_form.html", found, form=form)


def address_of(found: Turn, *, edit: bool = False, saved: bool = False) -> str:
    """Return where a turn stands on its episode's page."""
    query = f"?edit={found.uid}" if edit else f"?saved={found.uid}" if saved else ""
    place = reverse("admin:episodes_episode_turns", args=[found.episode_id])
    return f"{place}{query}#{found.uid}"


def fragment(
    request: HttpRequest,
    template: str,
    found: Turn,
    *,
    status: int = 200,
    besides: Mapping[str, object] | None = None,
    **context: Any,
) -> HttpResponse:
    """Answer the script with the HTML of one row, and with what it has to know ``besides``."""
    voices = voices_of(found.episode.turns.only("speaker_id", "episode_id").order_by("position"))
    number = found.episode.turns.filter(position__lte=found.position).count()
    people = {found.speaker.pk: found.speaker} if found.speaker else {}
    standing = found.episode.turns.values_list("uid", flat=True)
    beside = Beside(
        conflicts_of(found.episode),
        {found.uid: findings.of_turn(found)},
        reviewing.by_turn(found.episode, list(standing)),
        readers_of([found]),
        recorded_of(found.episode),
    )
    context |= {
        "row": beside.row(found, number, people, voices.get(found.speaker_id, 0)),
        "episode": found.episode,
        "may_change": True,
        **rights_of(request),
    }
    html = render_to_string(template, context, request)
    data = {"html": html, "uid": found.uid, "version": found.version, **(besides or {})}
    return JsonResponse(data, status=status)


def save(model_admin: EpisodeAdmin, request: HttpRequest, found: Turn) -> HttpResponse:
    """Save a turn's form: validate, one call, answer."""
    form = TurnForm(request.POST, turn=found, speakers=speakers_of(found.episode).values())
    if form.is_valid():
        speaker = speaker_of(form, who(request))
    if not form.is_valid():
        return _again(request, model_admin, found, "turn_form", 422, form=form)
    values: dict[str, object] = {
        name: form.cleaned_data[name] for name in ("kind", "text", "original", "start", "end")
    }
    values["speaker"] = speaker
    if "show" in request.POST:
        return _shown(request, model_admin, found, form, values)
    before = found.version
    try:
        found = editing.save_turn(
            found,
            version=form.cleaned_data["version"],
            values=values,
            by=who(request),
            why=form.cleaned_data["why"],
        )
    except editing.Stale as stale:
        context = turn_conflict(stale, form)
        return _again(request, model_admin, found, "turn_conflict", 409, **context)
    except editing.Vanished:
        near = landing(found.episode, found.uid)
        return _again(request, model_admin, found, "turn_vanished", 409, form=form, near=near)
    except editing.Invalid as invalid:
        form.add_error(invalid.field if invalid.field in form.fields else None, str(invalid))
        return _again(request, model_admin, found, "turn_form", 422, form=form)
    claims.take(found.episode, who(request))
    if wants_json(request):
        context = {"saved": found.uid, "is_checked": found.version == before}
        besides = {"undo": undo_of(found) if found.version > before else None}
        return fragment(request, "admin/desk/turn_row.html", found, besides=besides, **context)
    checking.check_now(found.episode)
    return redirect(address_of(found, saved=True))


def undo_of(found: Turn) -> dict[str, object]:
    """Return what the script has to send to take back what has just been done to a turn."""
    place = reverse("admin:episodes_episode_turn_back", args=[found.episode_id, found.uid])
    return {"url": place, "data": {"version": found.version}}


def _shown(
    request: HttpRequest,
    model_admin: EpisodeAdmin,
    found: Turn,
    form: TurnForm,
    typed: dict[str, Any],
) -> HttpResponse:
    """Show what was typed once and never saved, beside what stands now; save nothing."""
    differing = tuple(name for name, value in typed.items() if value != getattr(found, name))
    if not differing:
        return _again(request, model_admin, found, "turn_form", 200, form=form)
    context = turn_conflict(editing.Stale(found, typed, None, differing), form)
    return _again(request, model_admin, found, "turn_conflict", 409, **context)


def _again(
    request: HttpRequest,
    model_admin: EpisodeAdmin,
    found: Turn,
    template: str,
    status: int,
    **context: Any,
) -> HttpResponse:
    """Show the form once more, alone: what was typed stays in it."""
    if wants_json(request):
        name = f"admin/desk/{template}.html"
        return fragment(request, name, found, status=status, **context)
    frame = model_admin.frame(request, found.episode, "turns")
    row = row_of(found, 0, {found.speaker.pk: found.speaker} if found.speaker else {}, 0)
    page_context = {**frame, **context, "row": row, "inner": f"admin/desk/{template}.html"}
    return render(request, "admin/desk/turn_again.html", page_context, status=status)


def speaker_of(form: TurnForm | ReassignForm, user: User) -> Person | None:
    """Return the speaker the form means; errors go to the form.

    A name that nobody has makes a person only when the editor says so.
    """
    name = form.cleaned_data["other"]
    if not name:
        return form.chosen
    known = names.resolve(Person, [name]).get(name)
    if known is not None:
        return known
    if not form.cleaned_data["create"]:
        form.add_error(
            "other",
            _(
                "Nobody is called %(name)s. Tick “a new person” to make one, or choose from the list."
            )
            % {"name": name},
        )
        return None
    if not user.has_perm("episodes.add_person"):
        form.add_error("create", _("You may not make new people."))
        return None
    return names.create_named(Person, name)


def chapter(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Save a chapter's title."""
    episode = model_admin.find(request, pk, change=True)
    found = get_object_or_404(episode.chapters, pk=number)
    found.episode = episode
    if not found.level:
        raise PermissionDenied(_("What stands before the first heading has no title."))
    form = ChapterForm(request.POST)
    if not form.is_valid():
        return _chapter_again(model_admin, request, found, form)
    try:
        saved = editing.save_chapter(found, title=form.cleaned_data["title"], by=who(request))
    except editing.Invalid as invalid:
        form.add_error("title", str(invalid))
        return _chapter_again(model_admin, request, found, form)
    memory = undoing.remember_title(saved, found.title)
    undo.keep(request, episode, "rename", memory, "change_episode")
    claims.take(episode, who(request))
    place = reverse("admin:episodes_episode_turns", args=[episode.pk])
    return redirect(f"{place}#chapter-{found.pk}")


def _chapter_again(
    model_admin: EpisodeAdmin, request: HttpRequest, found: Chapter, form: ChapterForm
) -> HttpResponse:
    frame = model_admin.frame(request, found.episode, "turns")
    context = {**frame, "form": form, "chapter": found}
    return render(request, "admin/desk/chapter_again.html", context, status=422)
