"""Pages on which the turns themselves are changed: split, merge, move, insert, remove.

Each is a form that says what it will do and one call of ``episodes.cuts``. A refusal keeps what was
typed: 409 where something else stands there now, 422 where it cannot be. What was done can be taken
back on the page it leads to (``undo``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from episodes import claims, cuts, editing
from episodes.admin import turns, undo
from episodes.admin.cutforms import (
    CutForm,
    InsertForm,
    MergeForm,
    MoveForm,
    SplitForm,
    places_of,
)
from episodes.admin.rows import Row
from episodes.admin.staff import who
from episodes.models import Episode, Turn
from episodes.models.working import Kind
from episodes.transcripts.undoing import Memory

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["FORMS", "STATUS", "done", "find_episode", "insert", "page", "read", "read_all"]

STATUS = {"stale": 409, "impossible": 422}

NEEDED = {
    "split": ("change_turn", "add_turn"),
    "merge": ("change_turn",),
    "move": ("change_turn",),
    "insert": ("add_turn",),
    "remove": ("delete_turn",),
    "restore": ("change_turn", "add_turn"),
    "reassign": ("change_turn",),
}
"""The permissions that each act takes, besides changing the episode."""


# --- What the pages share -------------------------------------------------------------------------


def find(
    model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str, *permissions: str
) -> Turn:
    """Return a turn by its own address, gone or not; raise PermissionDenied, then Http404."""
    episode = find_episode(model_admin, request, pk, *permissions)
    found = Turn.everything.select_related("speaker", "chapter").filter(episode=episode, uid=uid)
    turn = found.first()
    if turn is None:
        raise Http404(_("There is no such turn."))
    turn.episode = episode
    return turn


def find_episode(
    model_admin: EpisodeAdmin, request: HttpRequest, pk: int, *permissions: str
) -> Episode:
    """Return an episode whose turns this person may change in these ways."""
    if not request.user.has_perms([f"episodes.{name}" for name in permissions]):
        raise PermissionDenied
    return model_admin.find(request, pk, change=True)


def page(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    episode: Episode,
    name: str,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Show ``cut_<name>.html``."""
    frame = model_admin.frame(request, episode, "turns")
    return render(request, f"admin/desk/cut_{name}.html", {**frame, **context}, status=status)


def gone(model_admin: EpisodeAdmin, request: HttpRequest, turn: Turn) -> HttpResponse:
    """Where a turn no longer stands: lead to where its address leads; what was typed is shown."""
    near = turns.landing(turn.episode, turn.uid)
    place = reverse("admin:episodes_episode_turns", args=[turn.episode_id])
    back = f"{place}#{near}" if near else place
    if request.method != "POST":
        return redirect(back)
    sentence = _("The turn is no longer there: somebody took it out or merged it meanwhile.")
    return refuse(model_admin, request, turn.episode, sentence, back)


def refuse(
    model_admin: EpisodeAdmin, request: HttpRequest, episode: Episode, sentence: str, back: str
) -> HttpResponse:
    """Say why nothing was done, where there is no form to show again."""
    context = {"refusal": sentence, "back": back, "why": request.POST.get("why", "")}
    return page(model_admin, request, episode, "refused", status=409, **context)


def row(turn: Turn) -> Row:
    """Return a turn ready to be shown by itself."""
    number = turn.episode.turns.filter(position__lte=turn.position).count()
    return turns.row_of(turn, number, {turn.speaker.pk: turn.speaker} if turn.speaker else {}, 0)


def next_of(turn: Turn) -> Turn | None:
    """Return the turn that follows in the same chapter."""
    after = turn.episode.turns.filter(chapter=turn.chapter_id, position__gt=turn.position)
    following = after.select_related("speaker").order_by("position").first()
    if following is not None:
        following.episode = turn.episode
    return following


def offered(episode: Episode, without: str = "") -> list[tuple[str, str]]:
    """Return the places where a turn can stand: two queries."""
    standing = episode.turns.select_related("speaker").order_by("position")
    return list(places_of(episode.chapters.all(), standing, without))


def done(request: HttpRequest, episode: Episode, what: str, memory: Memory) -> None:
    """Something was done: it can be taken back, and the episode is this person's to work on."""
    undo.keep(request, episode, what, memory, *NEEDED[what])
    claims.take(episode, who(request))


# --- Split, merge, remove -------------------------------------------------------------------------


def split(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """Cut a turn in two, after a sentence of each language."""
    turn = find(model_admin, request, pk, uid, *NEEDED["split"])
    if turn.gone:
        return gone(model_admin, request, turn)

    def show(form: SplitForm, status: int = 200, refusal: str = "") -> HttpResponse:
        context = {"form": form, "row": row(form.turn), "refusal": refusal}
        return page(model_admin, request, turn.episode, "split", status=status, **context)

    if request.method != "POST":
        return show(SplitForm(turn=turn))
    form = SplitForm(request.POST, turn=turn)
    if not form.is_valid():
        return show(form, 422)
    memory = Memory()
    try:
        second = cuts.split(
            turn,
            version=form.cleaned_data["version"],
            text_at=form.cleaned_data["text_at"],
            original_at=form.cleaned_data["original_at"],
            by=who(request),
            why=form.cleaned_data["why"],
            memory=memory,
        )
    except cuts.Refused as refused:
        turn = find(model_admin, request, pk, uid)
        if turn.gone:
            return gone(model_admin, request, turn)
        again = SplitForm(turn=turn, initial=typed(request, SplitForm(turn=turn)))
        return show(again, STATUS[refused.code], refused.message)
    done(request, turn.episode, "split", memory)
    return redirect(turns.address_of(second, saved=True))


def typed(request: HttpRequest, fresh: forms.Form) -> dict[str, Any]:
    """Return what was typed or chosen, but for what is shown: versions, and choices not offered."""
    kept = {}
    for name, field in fresh.fields.items():
        choices = getattr(field, "choices", None)
        sent = request.POST.get(name, "")
        is_offered = choices is None or any(str(value) == sent for value, _label in choices)
        if name in request.POST and not field.widget.is_hidden and is_offered:
            kept[name] = sent
    return kept


def merge(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """Make a turn and the next one of its chapter one."""
    turn = find(model_admin, request, pk, uid, "change_turn")
    if turn.gone:
        return gone(model_admin, request, turn)

    def show(status: int = 200, refusal: str = "") -> HttpResponse:
        fresh = find(model_admin, request, pk, uid)
        if fresh.gone:
            return gone(model_admin, request, fresh)
        following = next_of(fresh)
        initial: dict[str, Any] = {
            "version": fresh.version,
            "why": request.POST.get("why", ""),
            "following": following.uid if following else "",
            "following_version": following.version if following else "",
        }
        return page(
            model_admin,
            request,
            fresh.episode,
            "merge",
            status=status,
            form=MergeForm(initial=initial),
            row=row(fresh),
            following=row(following) if following else None,
            refusal=refusal,
        )

    if request.method != "POST":
        return show()
    form = MergeForm(request.POST)
    if not form.is_valid():
        return show(422, _("Nothing was merged. Look at both turns again."))
    memory = Memory()
    try:
        merged = cuts.merge(turn, by=who(request), memory=memory, **form.cleaned_data)
    except cuts.Refused as refused:
        return show(STATUS[refused.code], refused.message)
    done(request, turn.episode, "merge", memory)
    return redirect(turns.address_of(merged, saved=True))


def remove(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """Take a turn out; it can be restored."""
    turn = find(model_admin, request, pk, uid, "delete_turn")
    if turn.gone:
        return gone(model_admin, request, turn)

    def show(status: int = 200, refusal: str = "") -> HttpResponse:
        fresh = find(model_admin, request, pk, uid)
        if fresh.gone:
            return gone(model_admin, request, fresh)
        form = CutForm(initial={"version": fresh.version, "why": request.POST.get("why", "")})
        context = {"form": form, "row": row(fresh), "refusal": refusal}
        return page(model_admin, request, fresh.episode, "remove", status=status, **context)

    if request.method != "POST":
        return show()
    form = CutForm(request.POST)
    if not form.is_valid():
        return show(422, _("Nothing was taken out. Look at the turn again."))
    memory = Memory()
    try:
        near = cuts.remove(turn, by=who(request), memory=memory, **form.cleaned_data)
    except cuts.Refused as refused:
        return show(STATUS[refused.code], refused.message)
    done(request, turn.episode, "remove", memory)
    messages.success(request, _("The turn was taken out. It is kept among the removed turns."))
    place = reverse("admin:episodes_episode_turns", args=[pk])
    return redirect(f"{place}#{near}")


# --- Move, insert ---------------------------------------------------------------------------------


def move(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """Put a turn somewhere else."""
    turn = find(model_admin, request, pk, uid, "change_turn")
    if turn.gone:
        return gone(model_admin, request, turn)

    def show(form: MoveForm | None = None, status: int = 200, refusal: str = "") -> HttpResponse:
        fresh = find(model_admin, request, pk, uid)
        if fresh.gone:
            return gone(model_admin, request, fresh)
        places = offered(fresh.episode, uid)
        if form is None:
            initial = {
                "revision": fresh.episode.revision,
                "after": before(fresh),
                "why": "",
                **typed(request, MoveForm(episode=fresh.episode, places=places)),
            }
            form = MoveForm(initial=initial, episode=fresh.episode, places=places)
        context = {"form": form, "row": row(fresh), "refusal": refusal}
        return page(model_admin, request, fresh.episode, "move", status=status, **context)

    if request.method != "POST":
        return show()
    form = MoveForm(request.POST, episode=turn.episode, places=offered(turn.episode, uid))
    if not form.is_valid():
        return show(form, 422)
    memory = Memory()
    try:
        moved = cuts.move(turn, by=who(request), memory=memory, **form.cleaned_data)
    except cuts.Refused as refused:
        return show(None, STATUS[refused.code], refused.message)
    done(request, turn.episode, "move", memory)
    return redirect(turns.address_of(moved, saved=True))


def before(turn: Turn) -> str:
    """Return what stands before a turn, as a place."""
    earlier = turn.episode.turns.filter(chapter=turn.chapter_id, position__lt=turn.position)
    uid = earlier.order_by("-position").values_list("uid", flat=True).first()
    return uid or (f"heading:{turn.chapter_id}" if turn.chapter.level else "")


def insert(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Write a turn that no source has; ``?after=`` says where."""
    episode = find_episode(model_admin, request, pk, "add_turn")
    places = offered(episode)
    speakers = list(turns.speakers_of(episode).values())

    def show(form: InsertForm, status: int = 200, refusal: str = "") -> HttpResponse:
        context = {"form": form, "refusal": refusal}
        return page(model_admin, request, episode, "insert", status=status, **context)

    def made(*args: Any, **kwargs: Any) -> InsertForm:
        return InsertForm(*args, episode=episode, places=places, speakers=speakers, **kwargs)

    if request.method != "POST":
        initial = {"revision": episode.revision, "kind": Kind.SPEECH.value}
        return show(made(initial=initial | {"after": request.GET.get("after", "")}))
    form = made(request.POST)
    if form.is_valid():
        speaker = turns.speaker_of(form, who(request))
    if not form.is_valid():
        return show(form, 422)
    names = ("kind", "text", "original", "start", "end")
    values = {name: form.cleaned_data[name] for name in names}
    memory = Memory()
    try:
        new = cuts.insert(
            episode,
            revision=form.cleaned_data["revision"],
            after=form.cleaned_data["after"],
            values=values | {"speaker": speaker},
            by=who(request),
            why=form.cleaned_data["why"],
            memory=memory,
        )
    except editing.Invalid as invalid:
        form.add_error(invalid.field if invalid.field in form.fields else None, str(invalid))
        return show(form, 422)
    except cuts.Refused as refused:
        now = Episode.objects.values_list("revision", flat=True).get(pk=pk)
        again = made(initial=request.POST.dict() | {"revision": now})
        return show(again, STATUS[refused.code], refused.message)
    done(request, episode, "insert", memory)
    return redirect(turns.address_of(new, saved=True))


FORMS = {"split": split, "merge": merge, "move": move, "remove": remove}
"""What is done to one turn; the names are those of the addresses."""


# --- Reading --------------------------------------------------------------------------------------


def read(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """A person has read a turn as it stands."""
    turn = find(model_admin, request, pk, uid, "change_turn")
    if turn.gone:
        return gone(model_admin, request, turn)
    version = request.POST.get("version", "")
    try:
        cuts.mark_read(turn, who(request), version=int(version) if version.isdecimal() else 0)
    except cuts.Refused as refused:
        back = turns.address_of(turn)
        return refuse(model_admin, request, turn.episode, refused.message, back)
    return redirect(turns.address_of(turn, saved=True))


def read_all(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """A person has read all turns that were marked on the page, as they stood there."""
    episode = find_episode(model_admin, request, pk, "change_turn")
    seen = {}
    for each in request.POST.get("seen", "").split():
        uid, _colon, version = each.partition(":")
        if version.isdecimal():
            seen[uid] = int(version)
    cuts.mark_all_read(episode, who(request), seen=seen)
    return redirect("admin:episodes_episode_turns", episode.pk)
