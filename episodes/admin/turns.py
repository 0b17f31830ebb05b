"""An episode as one page of all its turns, each editable in place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
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
from episodes.admin import findings
from episodes.admin.asking import conflicts_of
from episodes.admin.conflicts import turn_conflict
from episodes.admin.differences import Piece, compare
from episodes.admin.findings import Shown
from episodes.admin.forms import ChapterForm, TurnForm, clock
from episodes.admin.marks import marked
from episodes.admin.staff import who
from episodes.models import Chapter, Episode, Person, Turn, TurnRedirect

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = [
    "VOICES",
    "Row",
    "address_of",
    "chapter",
    "expired",
    "follow",
    "landing",
    "page",
    "redirects_of",
    "row_of",
    "speaker_of",
    "speakers_of",
    "turn",
]

VOICES = 6
"""How many speakers the style sheet tells apart; the name stands beside every turn anyway."""


@dataclass(frozen=True, slots=True)
class Row:
    """One turn as the page shows it; ``since`` is how the original of a stale one has changed."""

    turn: Turn
    number: int
    name: str
    voice: int
    text: SafeString
    original: SafeString
    start: str
    since: tuple[Piece, ...] = ()
    conflict: int = 0  # the id of one that waits for a decision
    findings: tuple[Shown, ...] = ()


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


def row_of(
    turn: Turn,
    number: int,
    people: Mapping[int, Person],
    voice: int,
    conflict: int = 0,
    findings: Iterable[Shown] = (),
) -> Row:
    """Return a turn ready to be shown; ``people`` holds at least its speaker."""
    person = people.get(turn.speaker_id) if turn.speaker_id else None
    name = str(person) if person else turn.label or str(turn.get_kind_display())
    return Row(
        turn,
        number,
        name,
        voice,
        marked(turn.text),
        marked(turn.original),
        clock(turn.start),
        tuple(compare(turn.made_for, turn.original)) if turn.stale else (),
        conflict,
        tuple(findings),
    )


def people_of(episode: Episode, turns: Iterable[Turn]) -> dict[int, Person]:
    """Return who speaks in an episode, then who appears beside it, by id: two queries."""
    speaking = Person.objects.in_bulk({each.speaker_id for each in turns if each.speaker_id})
    beside = Person.objects.filter(appearances__episode=episode).order_by("appearances__position")
    return speaking | {person.pk: person for person in beside}


def sections_of(
    episode: Episode,
    turns: list[Turn],
    people: dict[int, Person],
    conflicts: Mapping[str, int],
    found: Mapping[str, list[Shown]],
) -> Iterator[Section]:
    """Yield the chapters with their turns, in order."""
    voices = voices_of(turns)
    rows: dict[int, list[Row]] = {}
    for number, each in enumerate(turns, start=1):
        conflict = conflicts.get(each.uid, 0)
        here = found.get(each.uid, ())
        row = row_of(each, number, people, voices[each.speaker_id], conflict, here)
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
    frame = model_admin.frame(request, episode, "turns")
    found = findings.of_episode(episode, turns)
    sections = sections_of(episode, turns, people, frame["waits"]["conflicts"], found)
    return render(
        request,
        "admin/desk/turns.html",
        {
            **frame,
            "sections": list(sections),
            "beside": found.get("", []),
            "found_count": sum(map(len, found.values())),
            "found_first": next((each.uid for each in turns if each.uid in found), ""),
            "turns_count": len(turns),
            "to_read": [each for each in turns if each.stale or each.unread],
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
    seen: set[str] = set()
    while uid not in standing:
        if uid in seen or uid not in redirects:
            return ""
        seen.add(uid)
        uid = redirects[uid]
    return uid


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
        for name, label in (("text", _("Translation")), ("original", _("Original")))
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


def speakers_of(episode: Episode) -> dict[int, Person]:
    """Return the people to choose a turn's speaker from, by id: three queries."""
    speaking = episode.turns.exclude(speaker=None).order_by("position")
    return people_of(episode, speaking.only("speaker_id", "episode_id"))


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
        "row": row_of(
            found,
            number,
            people,
            voices.get(found.speaker_id, 0),
            conflicts_of(found.episode).get(found.uid, 0),
            findings.of_turn(found),
        ),
        "episode": found.episode,
        "may_change": True,
    }
    html = render_to_string(template, context, request)
    return JsonResponse({"html": html, "uid": found.uid, "version": found.version}, status=status)


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


def speaker_of(form: TurnForm, user: User) -> Person | None:
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
