"""Find and replace at the desk: what would change, chosen text by text, and what became of it.

The choices are carried from page to page as one field (the texts that are left out), so that a
replacement in thousands of turns sends no more than those of the page that is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from episodes import corrections, replacing, rewrites
from episodes.admin.forms import integer
from episodes.admin.replaced import groups_of, hits_of, places_of, shown_page
from episodes.admin.staff import who
from episodes.checks.corrections import CODE
from episodes.models import NAMED_MODELS, Correction, Episode, Job, Named, PublishedEpisode
from episodes.replacing import Plan, Wish
from episodes.transcripts.characters import strip_controls
from episodes.transcripts.replacing import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["everywhere", "in_episode", "known", "known_count"]

LISTED = 100
"""So many texts that are left are listed; the rest are counted."""


EARLIER = 8
"""So many replacements of late are listed below the form."""


class ReplaceForm(forms.Form):
    """What is looked for and what it becomes, in which texts."""

    wrong = forms.CharField(label=gettext_lazy("Find"), max_length=300, strip=False)
    right = forms.CharField(
        label=gettext_lazy("Replace with"), max_length=300, strip=False, required=False
    )
    side = forms.ChoiceField(
        label=gettext_lazy("Where"),
        choices=[("", gettext_lazy("Translation and original")), *Correction.Side.choices],
        required=False,
    )
    match_case = forms.BooleanField(
        label=gettext_lazy("Tell upper and lower case apart"), required=False
    )
    whole_words = forms.BooleanField(label=gettext_lazy("Whole words only"), required=False)

    def clean(self) -> dict[str, Any]:
        """Two texts of one line that differ."""
        said = super().clean() or self.cleaned_data
        wrong, right = said.get("wrong", ""), said.get("right", "")
        for name, text in (("wrong", wrong), ("right", right)):
            if "\n" in text or "\r" in text or strip_controls(text) != text:
                self.add_error(name, _("One line of text, without line breaks."))
        if wrong and not wrong.strip():
            self.add_error("wrong", _("Spaces alone cannot be looked for."))
        if wrong and wrong == right:
            self.add_error("right", _("That is what is looked for: nothing would change."))
        return said

    def pattern(self) -> Pattern:
        """Return what is asked for."""
        said = self.cleaned_data
        return Pattern(
            said["wrong"], said["right"], said["match_case"], said["whole_words"], said["side"]
        )


# What would change.


def everywhere(model_admin: EpisodeAdmin, request: HttpRequest) -> HttpResponse:
    """GET: the form, or with ``?wrong=`` what would change in all working copies. POST: do it."""
    _may(model_admin, request)
    return _page(model_admin, request, None)


def in_episode(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The same in one episode."""
    episode = model_admin.find(request, pk, change=True)
    _may(model_admin, request)
    return _page(model_admin, request, episode)


def known(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """GET: what the remembered corrections would change in an episode. POST: do it."""
    episode = model_admin.find(request, pk, change=True)
    _may(model_admin, request)
    planned = replacing.plan_known(episode)
    frame = {
        **_frame(model_admin, request, episode, _("Known corrections")),
        "known": True,
    }
    step = _Step(request, planned, _without(request))
    if not step.confirmed:
        return _review(request, frame, planned, step)
    if problem := _problem(request, planned):
        return _review(request, frame, planned, step, problem)
    why = _("Known corrections mended.")
    job = replacing.do(planned, without=step.without, by=who(request), why=why)
    return _done(request, job, episode)


def known_count(found: Mapping[str, Iterable[Any]]) -> int:
    """Return how many findings of a page (``findings.of_episode``) are known corrections."""
    return sum(each.finding.code == CODE for rows in found.values() for each in rows)


def _may(model_admin: EpisodeAdmin, request: HttpRequest) -> None:
    if not model_admin.has_change_permission(request) or not rewrites.permitted(who(request)):
        raise PermissionDenied


def _frame(
    model_admin: EpisodeAdmin, request: HttpRequest, episode: Episode | None, title: str
) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "episode": episode,
    }


def _page(model_admin: EpisodeAdmin, request: HttpRequest, episode: Episode | None) -> HttpResponse:
    frame = _frame(model_admin, request, episode, _("Find and replace"))
    sent = request.POST if request.method == "POST" else request.GET
    if "wrong" not in sent:
        form = ReplaceForm(initial={"match_case": True, "whole_words": True})
        return _shown(request, {**frame, "form": form, "earlier": _earlier()})
    form = ReplaceForm(sent)
    if not form.is_valid():
        return _shown(request, {**frame, "form": form}, 422)
    pattern = form.pattern()
    planned = replacing.plan(Wish(pattern, episode.pk if episode else None))
    offered = _offered(request, pattern)
    frame |= {
        "form": form,
        "pattern": pattern,
        "everywhere": urlencode(
            {name: sent[name] for name in ReplaceForm.base_fields if name in sent}
        ),
        "offered": list(offered.values()),
        "may_remember": request.user.has_perm("episodes.add_correction"),
        "alias_of": sent.get("alias_of", ""),
        "remember": "remember" in sent,
        "why": sent.get("why", "")[:500],
    }
    step = _Step(request, planned, _without(request))
    if not step.confirmed:
        return _review(request, frame, planned, step)
    if problem := _problem(request, planned):
        return _review(request, frame, planned, step, problem)
    alias_of = _chosen(sent.get("alias_of", ""), offered)
    job = replacing.replace(
        planned,
        pattern,
        without=step.without,
        by=who(request),
        why=frame["why"],
        remember=frame["remember"],
        alias_of=alias_of,
    )
    return _done(request, job, episode)


def _earlier() -> list[tuple[str, Job]]:
    """Return the latest replacements with what they are about. One query."""
    found = Job.objects.filter(kind=rewrites.KIND).defer("arguments").select_related("requested_by")
    return [(job.key.rpartition(" ")[0], job) for job in found.order_by("-pk")[:EARLIER]]


class _Step:
    """What a form's button asks for: a page, all or none of an episode, or to do it."""

    def __init__(self, request: HttpRequest, planned: Plan, without: set[str]) -> None:
        step, _colon, which = request.POST.get("step", "").partition(":")
        number = integer(which)
        if step in ("all", "none"):
            of_it = {item.key for item in planned.items if item.episode == number}
            without = without - of_it if step == "all" else without | of_it
        self.confirmed = step == "confirm"
        self.without = without & {item.key for item in planned.items}
        self.page = number if step == "page" else integer(request.POST.get("page", ""))


def _without(request: HttpRequest) -> set[str]:
    """Return what is left out: on earlier pages, and what is unticked on this one."""
    shown, taken = _words([request.POST.get("shown", "")]), _words(request.POST.getlist("take"))
    return (_words([request.POST.get("without", "")]) - shown) | (shown - taken)


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in text.split()}


def _offered(request: HttpRequest, pattern: Pattern) -> dict[str, dict[str, Any]]:
    """Return the names whose aliases the wrong spelling may join, by the form's value."""
    found = corrections.suggestions(pattern.right) if pattern.right else []
    return {
        f"{named.kind}:{named.pk}": {
            "value": f"{named.kind}:{named.pk}",
            "named": named,
            "kind": named._meta.verbose_name,
        }
        for named in found
        if request.user.has_perm(corrections.permission_for(named))
    }


def _chosen(value: str, offered: dict[str, dict[str, Any]]) -> Named | None:
    """Return the name that was chosen: one that is offered, or, crafted, any that the acting
    function then refuses where this person may not change it."""
    if value in offered:
        named: Named = offered[value]["named"]
        return named
    kind, _colon, pk = value.partition(":")
    model = NAMED_MODELS.get(kind)
    return model._default_manager.filter(pk=integer(pk)).first() if model else None


def _problem(request: HttpRequest, planned: Plan) -> str:
    """Return why what was shown cannot be done; empty where it can."""
    if planned.too_many:
        return _("These are more turns than one replacement rewrites.")
    if request.POST.get("digest", "") != planned.digest:
        return _("Texts have changed since this was shown. Nothing was done; look at it again.")
    return ""


def _done(request: HttpRequest, job: Job | None, episode: Episode | None) -> HttpResponse:
    if job is not None:
        return redirect("admin:episodes_episode_replaced", job.pk)
    messages.info(request, _("No text was changed."))
    if episode is not None:
        return redirect("admin:episodes_episode_turns", episode.pk)
    return redirect("admin:episodes_episode_changelist")


def _review(
    request: HttpRequest, frame: dict[str, Any], planned: Plan, step: _Step, problem: str = ""
) -> HttpResponse:
    """Show a page of what would change. Five queries, whatever there is."""
    at, pages, shown = shown_page(planned, step.page)
    left_out = [*planned.by_hand[:LISTED], *planned.to_read[:LISTED]]
    among = {item.episode for item in planned.items}
    live = set(
        PublishedEpisode.objects.filter(episode__in=among, live=True).values_list(
            "episode_id", flat=True
        )
    )
    needed = {item.episode for item in shown} | {each.episode for each in left_out}
    episodes = Episode.objects.in_bulk(needed)
    context = {
        **frame,
        "planned": planned,
        "groups": groups_of(planned, shown, episodes, live, step.without),
        "hits": hits_of(planned),
        "texts_count": len(planned.items),
        "episodes_count": len(among),
        "live_count": len(among & live),
        "taken_count": len(planned.items) - len(step.without),
        "shown": " ".join(item.key for item in shown),
        "without": " ".join(sorted(step.without)),
        "page": at,
        "pages": pages,
        "problem": problem,
        "by_hand": places_of(planned.by_hand, episodes, LISTED),
        "to_read": places_of(planned.to_read, episodes, LISTED),
    }
    return _shown(request, context, 409 if problem else 200)


def _shown(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "admin/desk/replace.html", context, status=status)
