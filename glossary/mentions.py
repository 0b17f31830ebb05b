"""What an episode's page shows of terms: where they are mentioned, and what their entries say."""

from __future__ import annotations

from collections import defaultdict

from django.urls import reverse

from episodes.extensions import Mention, Mentions, Term
from episodes.models import PublishedEpisode
from glossary.models import HeadingUse, Occurrence, PublishedEntry
from glossary.publishing import current_generation

__all__ = ["of_episode"]


def of_episode(published: PublishedEpisode) -> Mentions:
    """Return the mentions of public terms in the text and the headings of a live edition.

    Of the generation of uses that counts now. Three queries; if it is another at the end
    (``Extension.era``) they may be of both.
    """
    generation = current_generation()
    turns: dict[str, list[Mention]] = defaultdict(list)
    headings: dict[int, list[Mention]] = defaultdict(list)
    uses = Occurrence.objects.filter(turn__published=published, generation=generation)
    for uid, *where in uses.order_by("turn__position", "start").values_list(
        "turn__uid", "entry", "start", "end"
    ):
        turns[uid].append(Mention(*where))
    marked = HeadingUse.objects.filter(published=published, generation=generation)
    for position, *where in marked.order_by("chapter_position", "start").values_list(
        "chapter_position", "entry", "start", "end"
    ):
        headings[position].append(Mention(*where))
    entries = {mention.term for found in (*turns.values(), *headings.values()) for mention in found}
    return Mentions(_terms(entries), dict(turns), dict(headings))


def _terms(entries: set[int]) -> dict[int, Term]:
    names = ("foreign_term", "abbreviation", "expansion", "definition")
    public = PublishedEntry.objects.filter(entry__in=entries)
    rows = public.values_list("entry", "entry__slug", "term", *names)
    return {
        pk: Term(
            {
                "head": term,
                "foreign": foreign if foreign != term else "",
                "abbreviation": abbreviation if abbreviation != term else "",
                "expansion": expansion,
                "definition": definition,
            },
            reverse("glossary:entry", args=[slug]),
        )
        for pk, slug, term, foreign, abbreviation, expansion, definition in rows
    }
