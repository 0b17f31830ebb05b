"""The episode in the admin: its list, and the addresses of everything one does with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, NoReturn

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from episodes import gate
from episodes.admin import (
    asking,
    claiming,
    cutting,
    decisions,
    fieldpasts,
    history,
    importing,
    inplace,
    moves,
    notes,
    preview,
    proposals,
    publish_many,
    queue,
    reassign,
    removed,
    replaced,
    replacing,
    turnpasts,
    turns,
    undo,
    versions,
)
from episodes.admin.filters import ByFindings, ByMine, BySchedule
from episodes.admin.lists import (
    ByPerson,
    ByProject,
    BySource,
    ByTag,
    ByUnpublished,
    ByWord,
    EpisodeList,
    badge,
    matching,
    waits_of,
    with_facts,
    with_waits,
)
from episodes.admin.metadata import MetadataAdmin
from episodes.admin.staff import who
from episodes.dashboard import may_see_schedules
from episodes.models import Edition, Episode, PublishedEpisode, Role, Source, Status

__all__ = ["EpisodeAdmin"]

View = Callable[..., HttpResponse]


@admin.register(Episode)
class EpisodeAdmin(MetadataAdmin):
    """A list whose rows open the turns; the metadata form is Django's change form."""

    list_display = (
        "shown_title",
        "shown_status",
        "date",
        "channel",
        "speakers",
        "shown_turns",
        "changed",
        "readers_see",
    )
    list_filter = (
        "status",
        BySource,
        ByMine,
        ("people", ByPerson),
        ByUnpublished,
        BySchedule,
        ByFindings,
        ("area", ByWord),
        ("category", ByWord),
        ByTag,
        ByProject,
    )
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/episodes/list.html"
    search_fields = ("title",)  # shows the field; get_search_results does the work
    search_help_text = gettext_lazy("Titles, slugs, turns in both languages, names and aliases.")
    actions = ("submit_for_review", "publish", "reimport")

    # --- addresses -------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """The desk's own pages before Django's."""
        number = "<int:pk>"

        def route(place: str, view: View, name: str, *methods: str) -> URLPattern:
            return path(place, self.guarded(view, *methods), name=f"episodes_episode_{name}")

        own = [
            route("import/", importing.start, "import", "GET", "POST"),
            route("import/confirm/", importing.confirm, "import_confirm", "POST"),
            route(f"{number}/turns/", turns.page, "turns", "GET"),
            path(
                f"{number}/turns/<str:uid>/",
                self.open_turn,  # answers an expired session itself: what was typed stays
                name="episodes_episode_turn",
            ),
            *(
                route(f"{number}/turns/<str:uid>/{name}/", view, f"turn_{name}", "GET", "POST")
                for name, view in {**cutting.FORMS, "reassign": reassign.page}.items()
            ),
            route(f"{number}/turns/<str:uid>/read/", cutting.read, "turn_read", "POST"),
            route(
                f"{number}/turns/<str:uid>/history/", turnpasts.page, "turn_history", "GET", "POST"
            ),
            route(f"{number}/read/", cutting.read_all, "read", "POST"),
            path(f"{number}/insert/", self.open_insert, name="episodes_episode_insert"),
            route(f"{number}/removed/", removed.removed, "removed", "GET", "POST"),
            route(f"{number}/chapters/<int:number>/", turns.chapter, "chapter", "POST"),
            route(f"{number}/turns/<str:uid>/back/", inplace.back, "turn_back", "POST"),
            route(
                f"{number}/turns/<str:uid>/proofread/", inplace.proofread, "turn_proofread", "POST"
            ),
            route(f"{number}/findings/", inplace.check, "check", "POST"),
            route(f"{number}/findings/<int:number>/", inplace.finding, "finding", "POST"),
            route(f"{number}/change/<slug:field>/back/", inplace.field_back, "field_back", "POST"),
            route(f"{number}/undo/", undo.act, "undo", "POST"),
            route(f"{number}/claim/", claiming.act, "claim", "POST"),
            route(f"{number}/notes/", notes.page, "notes", "GET"),
            path(f"{number}/notes/leave/", self.open_note, name="episodes_episode_note_leave"),
            path(
                f"{number}/notes/<int:number>/",
                self.open_note,  # as open_turn
                name="episodes_episode_note",
            ),
            route(f"{number}/move/<slug:to>/", moves.page, "move", "GET", "POST"),
            route(f"{number}/preview/", preview.page, "preview", "GET"),
            route(f"{number}/preview/links/", preview.links, "links", "GET", "POST"),
            route(f"{number}/history/", history.page, "history", "GET"),
            route(
                f"{number}/history/<slug:field>/", fieldpasts.page, "field_history", "GET", "POST"
            ),
            route(f"{number}/compare/", versions.page, "compare", "GET"),
            route("replace/", replacing.everywhere, "replace_all", "GET", "POST"),
            route("replace/<int:job>/", replaced.outcome, "replaced", "GET", "POST"),
            route(f"{number}/replace/", replacing.in_episode, "replace", "GET", "POST"),
            route(f"{number}/corrections/", replacing.known, "corrections", "GET", "POST"),
            route(f"{number}/reimport/", asking.reimport, "reimport", "POST"),
            route(f"{number}/conflicts/", decisions.page, "conflicts", "GET", "POST"),
            route(f"{number}/proposals/<int:run>/", proposals.page, "proposal", "GET", "POST"),
            route("queue/", queue.page, "queue", "GET"),
            route("queue/batch/<int:pk>/", queue.batch, "queue_batch", "GET", "POST"),
            route("queue/<str:key>/", queue.group, "queue_group", "GET", "POST"),
        ]
        return own + super().get_urls()

    def guarded(self, view: View, *methods: str) -> View:
        """Return a view of the desk: for staff, with these methods only (405)."""

        def call(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(self, request, *args, **kwargs)

        update_wrapper(call, view)
        allowed = [*methods, *(["HEAD"] if "GET" in methods else [])]
        return self.admin_site.admin_view(require_http_methods(allowed)(call))

    def open_turn(self, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
        """Show or save one turn; see ``turns.turn``."""
        if request.method == "POST" and not self.admin_site.has_permission(request):
            return turns.expired(request)
        return self.guarded(turns.turn, "GET", "POST")(request, pk=pk, uid=uid)

    def open_insert(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write a new turn; what was typed outlives the session. See ``cutting.insert``."""
        if request.method == "POST" and not self.admin_site.has_permission(request):
            return turns.expired(request)
        return self.guarded(cutting.insert, "GET", "POST")(request, pk=pk)

    def open_note(self, request: HttpRequest, pk: int, **number: int) -> HttpResponse:
        """Leave or answer a note; what was typed outlives the session. See ``notes``."""
        if request.method == "POST" and not self.admin_site.has_permission(request):
            return turns.expired(request)
        view = notes.act if number else notes.leave
        return self.guarded(view, "POST")(request, pk=pk, **number)

    # --- what every page of an episode needs -------------------------------------------------

    def find(self, request: HttpRequest, pk: int, *, change: bool = False) -> Episode:
        """Return an episode; raise PermissionDenied, then Http404."""
        allowed = self.has_change_permission if change else self.has_view_permission
        if not allowed(request):
            raise PermissionDenied
        episode = Episode.objects.filter(pk=pk).first()
        if episode is None:
            self.missing()
        return episode

    def missing(self) -> NoReturn:
        """Raise Http404 with a sentence."""
        raise Http404(_("There is no such episode."))

    def frame(self, request: HttpRequest, episode: Episode, here: str) -> dict[str, Any]:
        """Return what the head of an episode's pages shows: six queries and the workflow's."""
        edition = (
            PublishedEpisode.objects.filter(episode=episode)
            .values("slug", "live", "edition__number", "edition__revision")
            .first()
        )
        seen = edition["edition__revision"] if edition and edition["live"] else None
        names = {
            "turns": _("Turns"),
            "change": _("Metadata"),
            "preview": _("Preview"),
            "notes": _("Notes"),
            "history": _("History"),
        }
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(episode),
            "episode": episode,
            "here": here,
            "tabs": [
                {
                    "name": name,
                    "label": label,
                    "url": reverse(f"admin:episodes_episode_{name}", args=[episode.pk]),
                }
                for name, label in names.items()
            ],
            "edition": edition
            and {
                "slug": edition["slug"],
                "live": edition["live"],
                "number": edition["edition__number"],
                "revision": edition["edition__revision"],
            },
            **moves.head(episode, request, unchanged=seen == episode.revision),
            "waits": asking.waiting(episode, request.user),
        }

    # --- the list ----------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[EpisodeList]:  # noqa: ARG002
        """A list whose rows lead to the turns."""
        return EpisodeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Episode]:
        """Episodes with what a row shows, and who speaks: two queries more, whatever their number."""
        episodes = with_waits(with_facts(super().get_queryset(request)))
        if may_see_schedules(who(request)):
            set_for = {"timed_at": F("schedule__at"), "timed_refused": F("schedule__refused_at")}
            episodes = episodes.annotate(**set_for)
        return episodes.prefetch_related("appearances__person")

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search everywhere an editor remembers words from."""
        return matching(queryset, search_term), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the way to import above it."""
        may_import = request.user.has_perm("episodes.import_episode")
        context = {"title": _("Episodes"), "may_import": may_import, "more_media": ByPerson.media()}
        return super().changelist_view(request, context | (extra_context or {}))

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Episodes come by import."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Episode | None = None) -> bool:
        """What was ever published is archived, not deleted; its editions stay."""
        if obj is not None and Edition.objects.filter(episode=obj).exists():
            return False
        return super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Episodes are deleted one by one, if at all."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def shown_title(self, episode: Episode) -> str:
        """The title, never empty."""
        return str(episode)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def shown_status(self, episode: Any) -> SafeString:
        """The status, as a word; below it what waits for a person, each a link to where it does."""
        place = reverse("admin:episodes_episode_turns", args=[episode.pk])
        conflicts = reverse("admin:episodes_episode_conflicts", args=[episode.pk])
        rows = (
            (conflicts if case == "conflicts" else place, case, word)
            for word, case in waits_of(episode)
        )
        waits = format_html_join("", '<br><a class="badge badge-{1}" href="{0}">{2}</a>', rows)
        return badge(episode.status, episode.get_status_display()) + waits + _timed(episode)

    @admin.display(description=gettext_lazy("speakers"))
    def speakers(self, episode: Episode) -> str:
        """Hosts and guests."""
        heard = {Role.HOST, Role.GUEST}
        return ", ".join(
            str(each.person) for each in episode.appearances.all() if each.role in heard
        )

    @admin.display(description=gettext_lazy("turns"), ordering="turns_count")
    def shown_turns(self, episode: Any) -> str:
        """How many of the turns are read as they stand."""
        return _("%(read)s of %(total)s read") % {
            "read": episode.progress.read,
            "total": episode.progress.total,
        }

    @admin.display(description=gettext_lazy("last change"), ordering="changed_at")
    def changed(self, episode: Any) -> SafeString:
        """When, and by whom."""
        at = formats.date_format(timezone.localtime(episode.changed_at), "Y-m-d H:i")
        row = format_html("{}<br>{}", at, episode.changed_by or "")
        if not episode.editing_by:
            return row
        sentence = _("%(name)s is editing") % {"name": episode.editing_by}
        return row + format_html('<br><span class="badge badge-running">{}</span>', sentence)

    @admin.display(description=gettext_lazy("readers see"))
    def readers_see(self, episode: Any) -> SafeString:
        """The edition that is live, and whether the working copy has gone on."""
        if not episode.edition_live:
            return format_html("{}", "—")
        edition = _("edition %(number)s") % {"number": episode.edition_number}
        if episode.edition_revision == episode.revision:
            return format_html("{}", edition)
        return format_html(
            '{}<br><a class="behind" href="{}?left=v{}&amp;right=working">{}</a>',
            edition,
            reverse("admin:episodes_episode_compare", args=[episode.pk]),
            episode.edition_number,
            _("unpublished changes"),
        )

    @admin.action(description=gettext_lazy("Submit for review"), permissions=["submit"])
    def submit_for_review(
        self, request: HttpRequest, queryset: QuerySet[Episode]
    ) -> HttpResponse | None:
        """Ask first, then submit each draft by the workflow."""
        chosen = list(queryset)
        drafts = [episode for episode in chosen if episode.status == Status.DRAFT]
        if "confirmed" in request.POST:
            moves.submit_many(request, drafts)
            return None
        for episode in drafts:
            episode.in_the_way = len(gate.obstacles(episode))  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Submit for review"),
            "drafts": drafts,
            "others": [episode for episode in chosen if episode.status != Status.DRAFT],
        }
        return render(request, "admin/episodes/submit.html", context)

    @admin.action(description=gettext_lazy("Publish"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Episode]) -> HttpResponse:
        """Ask first, then have a batch publish what can be published; see ``publish_many``."""
        return publish_many.act(self, request, queryset)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Who may use the action."""
        return request.user.has_perm("episodes.publish_episode")

    def has_submit_permission(self, request: HttpRequest) -> bool:
        """Who may use the action."""
        return request.user.has_perm("episodes.submit_episode")

    @admin.action(description=gettext_lazy("Ask the sources again"), permissions=["import"])
    def reimport(self, request: HttpRequest, queryset: QuerySet[Episode]) -> HttpResponse | None:
        """Ask for all sources of the episodes chosen."""
        chosen = list(queryset.values_list("pk", flat=True))
        sources = Source.objects.filter(episode__in=chosen).select_related("episode")
        return asking.ask(request, sources.order_by("pk"))

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Who may use the action."""
        return request.user.has_perm("episodes.import_episode")


def _timed(episode: Any) -> SafeString:
    """Return when an episode is to be published, or that it could not be; empty without a time."""
    at = getattr(episode, "timed_at", None)
    if at is None:
        return format_html("{}", "")
    refused = episode.timed_refused is not None
    sentence = _("was to be published %(at)s") if refused else _("to be published %(at)s")
    return format_html(
        '<br><a class="badge badge-{}" href="{}">{}</a>',
        "failed" if refused else "waiting",
        reverse("admin:episodes_episode_turns", args=[episode.pk]),
        sentence % {"at": formats.date_format(timezone.localtime(at), "Y-m-d H:i")},
    )
