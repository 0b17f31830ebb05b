"""An episode as one page of all its turns, each editable in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from episodes import editing, names
from episodes.admin.conflicts import turn_conflict
from episodes.admin.forms import ChapterForm, TurnForm, clock
from episodes.admin.marks import marked
from episodes.admin.staff import who
from episodes.models import Chapter, Episode, Person, Turn, TurnRedirect

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["VOICES", "Row", "chapter", "expired", "page", "turn"]

VOICES = 6
"""How many speakers the style sheet tells apart; the name stands beside every turn anyway."""


@dataclass(frozen=True, slots=True)
class Row:
    """One turn as the page shows it."""

    turn: Turn
    number: int
    name: str
    voice: int
    text: SafeString
    original: SafeString
    start: str


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter with its rows; ``turns`` counts them."""

    chapter: Chapter
    rows: tuple[Row, ...]


def voices_of(turns: Iterable[Turn]) -> dict[int | None, int]:
    """Number the speakers in the order in which they first speak, from 1; nobody is 0."""
    voices: dict[int | None, int] = {None: 0}
    for each in turns:
        if each.speaker_id not in voices:
            voices[each.speaker_id] = (len(voices) - 1) % VOICES + 1
    return voices


def row_of(turn: Turn, number: int, people: Mapping[int, Person], voice: int) -> Row:
    """Return a turn ready to be shown; ``people`` holds at least its speaker."""
    person = people.get(turn.speaker_id) if turn.speaker_id else None
    name = str(person) if person else turn.label or str(turn.get_kind_display())
    return Row(
        turn, number, name, voice, marked(turn.text), marked(turn.original), clock(turn.start)
    )


def people_of(episode: Episode, turns: Iterable[Turn]) -> dict[int, Person]:
    """Return who speaks in an episode, then who appears beside it, by id: two queries."""
    speaking = Person.objects.in_bulk({each.speaker_id for each in turns if each.speaker_id})
    beside = Person.objects.filter(appearances__episode=episode).order_by("appearances__position")
    return speaking | {person.pk: person for person in beside}


def sections_of(
    episode: Episode, turns: list[Turn], people: dict[int, Person]
) -> Iterator[Section]:
    """Yield the chapters with their turns, in order."""
    voices = voices_of(turns)
    rows: dict[int, list[Row]] = {}
    for number, each in enumerate(turns, start=1):
        row = row_of(each, number, people, voices[each.speaker_id])
        rows.setdefault(each.chapter_id, []).append(row)
    for chapter in episode.chapters.all():
        yield Section(chapter, tuple(rows.get(chapter.pk, ())))


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
    return render(
        request,
        "admin/desk/turns.html",
        {
            **model_admin.frame(request, episode, "turns"),
            "sections": list(sections_of(episode, turns, people)),
            "turns_count": len(turns),
            "facts": facts_of(episode),
            "may_change": may_change,
            "opened": opened if form else "",
            "form": form,
            "saved": request.GET.get("saved", ""),
            "chapter_opened": request.GET.get("chapter", "") if may_change else "",
        },
    )


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the desk's script asks, rather than a form."""
    return request.headers.get("X-Requested-With") == "desk"


def find_turn(episode: Episode, uid: str) -> Turn:
    """Return a turn of the episode by its address, following a merge; raise Http404."""
    found = episode.turns.select_related("speaker").filter(uid=uid).first()
    if found is None:
        moved = TurnRedirect.objects.filter(episode=episode, old_uid=uid).first()
        if moved is None:
            raise Http404(_("There is no such turn."))
        found = get_object_or_404(episode.turns.select_related("speaker"), uid=moved.new_uid)
    found.episode = episode
    return found


def expired(request: HttpRequest) -> HttpResponse:
    """Say that the session is over without throwing away what was typed."""
    if wants_json(request):
        login = reverse("admin:login")
        message = _("Your session has ended. Log in again in another tab, then save once more.")
        return JsonResponse({"message": message, "login": login}, status=401)
    kept = [
        (label, request.POST[name])
        for name, label in (("text", _("Translation")), ("original", _("Original")))
        if request.POST.get(name)
    ]
    context = {"kept": kept, "back": request.path, "title": _("Your session has ended")}
    return render(request, "admin/desk/expired.html", context, status=401)


def turn(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """GET: the turn's form (the script's fragment, else the page with it open). POST: save it.

    A form answers with a redirect to the turn; the script gets JSON: ``html`` of the row (200), of
    the form with its errors (422), or of both texts (409).
    """
    episode = model_admin.find(request, pk, change=True)
    found = find_turn(episode, uid)
    if request.method == "POST":
        return save(model_admin, request, found)
    if not wants_json(request):
        return redirect(address_of(found, edit=True))
    if "close" in request.GET:
        return fragment(request, "admin/desk/turn_row.html", found)
    form = TurnForm(
        initial=TurnForm.values_of(found), turn=found, speakers=speakers_of(found).values()
    )
    return fragment(request, "admin/desk/turn_form.html", found, form=form)


def speakers_of(found: Turn) -> dict[int, Person]:
    """Return the people to choose a turn's speaker from: those of its whole episode."""
    speaking = found.episode.turns.exclude(speaker=None).order_by("position")
    return people_of(found.episode, speaking.only("speaker_id"))


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
    **context: Any,
) -> HttpResponse:
    """Answer the script with the HTML of one row."""
    voices = voices_of(found.episode.turns.only("speaker_id", "episode_id").order_by("position"))
    number = found.episode.turns.filter(position__lte=found.position).count()
    people = {found.speaker.pk: found.speaker} if found.speaker else {}
    context |= {
        "row": row_of(found, number, people, voices.get(found.speaker_id, 0)),
        "episode": found.episode,
        "may_change": True,
    }
    html = render_to_string(template, context, request)
    return JsonResponse({"html": html, "uid": found.uid, "version": found.version}, status=status)


def save(model_admin: EpisodeAdmin, request: HttpRequest, found: Turn) -> HttpResponse:
    """Save a turn's form: validate, one call, answer."""
    form = TurnForm(request.POST, turn=found, speakers=speakers_of(found).values())
    if form.is_valid():
        speaker = _speaker(form, who(request))
    if not form.is_valid():
        return _again(request, model_admin, found, "turn_form", 422, form=form)
    values: dict[str, object] = {
        name: form.cleaned_data[name] for name in ("kind", "text", "original", "start", "end")
    }
    values["speaker"] = speaker
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
    except editing.Invalid as invalid:
        form.add_error(invalid.field if invalid.field in form.fields else None, str(invalid))
        return _again(request, model_admin, found, "turn_form", 422, form=form)
    if wants_json(request):
        return fragment(request, "admin/desk/turn_row.html", found, saved=found.uid)
    return redirect(address_of(found, saved=True))


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


def _speaker(form: TurnForm, user: User) -> Person | None:
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
        editing.save_chapter(found, title=form.cleaned_data["title"], by=who(request))
    except editing.Invalid as invalid:
        form.add_error("title", str(invalid))
        return _chapter_again(model_admin, request, found, form)
    place = reverse("admin:episodes_episode_turns", args=[episode.pk])
    return redirect(f"{place}#chapter-{found.pk}")


def _chapter_again(
    model_admin: EpisodeAdmin, request: HttpRequest, found: Chapter, form: ChapterForm
) -> HttpResponse:
    frame = model_admin.frame(request, found.episode, "turns")
    context = {**frame, "form": form, "chapter": found}
    return render(request, "admin/desk/chapter_again.html", context, status=422)
