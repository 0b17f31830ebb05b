"""What the pages of decisions share: effects in words, the words after an act, and how to undo it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from glossary import acts, decisions, effects
from glossary.effects import CHANGED, GAINED, LOST, Count, Effect, Example
from glossary.models import Entry, State

__all__ = ["base", "counted", "entry_or_404", "rehearsed", "say_done", "shown", "who"]


def who(request: HttpRequest) -> User:
    """Return who asks: at the desk nobody is anonymous."""
    return cast(User, request.user)


def entry_or_404(desk_: ModelAdmin[Entry], request: HttpRequest, pk: int) -> Entry:
    """Return an entry that the one who asks may see.

    :raises Http404: if there is none; PermissionDenied for who may not see terms.
    """
    if not desk_.has_view_permission(request):
        raise PermissionDenied
    entry = Entry.objects.select_related("merged_into").filter(pk=pk).first()
    if entry is None:
        raise Http404(_("There is no such term."))
    return entry


def base(desk_: ModelAdmin[Entry], request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
    """Return the context of a page of the admin."""
    return {**desk_.admin_site.each_context(request), "opts": desk_.opts, "title": title, **more}


def rehearsed(act: Callable[[], object], *words: str) -> dict[str, Any]:
    """Return the context that says what an act would do: ``effect``, or why it cannot be done."""
    try:
        return {"effect": shown(effects.rehearse(act, words))}
    except decisions.Refused as refused:
        return {"refused": str(refused), "in_the_way": refused.entry}
    except decisions.Stale:
        return {"refused": _("Somebody changed this meanwhile. Look at it again.")}


def counted(count: Count) -> str:
    """Return "3 turns in 2 episodes"."""
    return _("%(turns)s in %(episodes)s") % {
        "turns": ngettext("%(n)d turn", "%(n)d turns", count.turns) % {"n": count.turns},
        "episodes": ngettext("%(n)d episode", "%(n)d episodes", count.episodes)
        % {"n": count.episodes},
    }


def shown(effect: Effect) -> dict[str, Any]:
    """Return an effect as sentences, each with turns for which it is so."""
    sentences = {
        GAINED: _("Marked from now on, and not before: %(count)s."),
        LOST: _("Not marked any more: %(count)s."),
        CHANGED: _("Marked as before, but leading to another term: %(count)s."),
    }
    lines = [
        {
            "text": sentences[kind] % {"count": counted(count)},
            "examples": [_linked(example) for example in effect.examples[kind]],
        }
        for kind, count in effect.marks.items()
    ]
    for terms, sentence in (
        (effect.appearing, _("Readers see a page of %(terms)s from now on.")),
        (effect.vanishing, _("Readers see no page of %(terms)s any more.")),
        (effect.rewritten, _("The public page of %(terms)s says something else.")),
    ):
        if terms:
            lines.append({"text": sentence % {"terms": _listed(terms)}, "examples": []})
    for held in effect.holding:
        text = _("“%(word)s” stands in working copies: %(working)s; published: %(published)s.")
        lines.append(
            {
                "text": text
                % {
                    "word": held.word,
                    "working": counted(held.working),
                    "published": counted(held.published),
                },
                "examples": [_linked(example) for example in held.examples],
            }
        )
    return {
        "lines": lines,
        "at_least": effects.EXAMINED if effect.at_least else 0,
        "nothing": not effect.changes_readers_see,
    }


def _listed(terms: tuple[str, ...], most: int = 5) -> str:
    between = pgettext("between quoted terms", ", ")
    quoted = between.join(_("“%(term)s”") % {"term": term} for term in terms[:most])
    more = len(terms) - most
    if more <= 0:
        return quoted
    return ngettext("%(terms)s and %(n)d more", "%(terms)s and %(n)d more", more) % {
        "terms": quoted,
        "n": more,
    }


def _linked(example: Example) -> dict[str, Any]:
    if example.slug:
        place = reverse("episodes:episode", args=[example.slug])
    else:
        place = reverse("admin:episodes_episode_turns", args=[example.episode])
    return {
        "title": example.title,
        "uid": example.uid,
        "language": example.language,
        "pieces": example.pieces,
        "published": bool(example.slug),
        "url": f"{place}#{example.uid}",
    }


DONE: dict[str, Callable[[int], str]] = {
    State.APPROVED: lambda n: ngettext("%(n)d term approved.", "%(n)d terms approved.", n),
    State.REJECTED: lambda n: ngettext("%(n)d term rejected.", "%(n)d terms rejected.", n),
    State.CANDIDATE: lambda n: ngettext(
        "%(n)d term is a candidate again.", "%(n)d terms are candidates again.", n
    ),
}


def say_done(request: HttpRequest, sentence: str, pk: int) -> None:
    """Say that an act on an entry was done, with the link that undoes it."""
    act = acts.last_act(pk, who(request))
    if act is None:
        messages.success(request, sentence)
        return
    link = reverse("admin:glossary_entry_undo", args=[act.pk])
    messages.success(request, format_html('{} <a href="{}">{}</a>', sentence, link, _("Undo")))
