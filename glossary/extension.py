"""What the glossary adds to episodes (``episodes.extensions``)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from episodes.extensions import CheckTerms, Extension, Mentions
from episodes.models import Episode, PublishedEpisode
from glossary import approved, evidence, mentions, occurrences, publishing, rebuild
from glossary.grouping import key_of
from glossary.models import EntryKey, GlossaryState, PublishedEntry

__all__ = ["GlossaryExtension"]


class GlossaryExtension(Extension):
    """Evidence goes live and leaves with its edition, at once; all else follows by a job."""

    def after_import(self, episode: Episode) -> None:
        """Leave a row: the job reads the text."""
        rebuild.touch(episode)

    def after_edition(self, published: PublishedEpisode) -> None:
        """Write the edition's notes, and what they make public."""
        occurrences.forget_headings(published.pk)
        self._publish(evidence.read_published([published.pk]))
        rebuild.touch(published.episode, published=True)

    def after_withdrawal(self, published: PublishedEpisode) -> None:
        """Take the notes off the public side with what only they made public."""
        used = occurrences.forget_episode(published.pk)
        keys = evidence.forget_published(published)
        publishing.publish(used | set(evidence.entries_of_keys(keys).values()))
        rebuild.touch(published.episode, published=True)

    def _publish(self, keys: set[str]) -> None:
        publishing.publish(evidence.entries_of_keys(keys).values())

    def note_links(self, notes: list[dict[str, Any]]) -> list[str | None]:
        """Return the address of each note's entry, if it is public. One query."""
        keys = [key_of(note["head"]) for note in notes]
        public = EntryKey.objects.filter(key__in=set(keys), entry__published__isnull=False)
        slugs = dict(public.values_list("key", "entry__slug")) if keys else {}
        return [
            reverse("glossary:entry", args=[slugs[key]]) if key in slugs else None for key in keys
        ]

    def after_change(self, episode: Episode) -> None:
        """Leave a row: the job reads the text."""
        rebuild.touch(episode)

    def mentions(self, published: PublishedEpisode) -> Mentions:
        """Return the uses of the generation that counts, of terms that are public. Three queries."""
        return mentions.of_episode(published)

    def check_terms(self) -> CheckTerms:
        """Return the approved terms. One query while they are the same as before."""
        return approved.terms_now()

    def era(self) -> str:
        """Return the generation of the uses that count. One query."""
        return str(GlossaryState.objects.values_list("generation", flat=True).first() or 0)

    def page_generation(self) -> str:
        """Return the revision of what is public. One query."""
        return str(GlossaryState.objects.values_list("revision", flat=True).first() or 0)

    def public_paths(self) -> list[str]:
        """Return the paths of the glossary's pages, for the sitemap."""
        slugs = PublishedEntry.objects.order_by("entry__slug").values_list("entry__slug", flat=True)
        return [
            reverse("glossary:index"),
            *(reverse("glossary:entry", args=[slug]) for slug in slugs),
        ]
