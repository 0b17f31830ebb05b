"""From the working tables to the published ones, and out of them again: nothing else writes them.

``workflow`` calls these inside its transaction. An edition's document is frozen JSON from which
``/vN/`` and its exports are made without looking at the working copy::

    {"slug", "status": "evergreen", "edition": N, "title", "date", "source",
     "original_title", "audio_url", "language", "original_language", "original_provenance",
     "translation_provenance", "revised_by", "rights",
     "front": the fields of transcripts.document.FrontMatter ("extra" as [key, value] pairs),
     "summary_html", "insight_html",
     "chapters": [{"position", "title", "level"}],
     "turns": [{"uid", "chapter" (a chapter's position), "kind", "speaker" (name or ""),
                "speaker_id", "label", "original_label", "text", "original", "start", "end",
                "text_html", "text_plain", "original_html", "original_plain", "notes"}]}
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from episodes import extensions, rendering
from episodes.documents import front_json, front_of
from episodes.models import (
    Chapter,
    Edition,
    EditionNote,
    Episode,
    EpisodeOldSlug,
    PublishedEpisode,
    PublishedLink,
    PublishedTurn,
    Turn,
    TurnRedirect,
)
from episodes.models.published import LINK_FIELDS

__all__ = ["anchors", "build", "publish_edition", "withdraw"]

COPIED = (
    "slug",
    "title",
    "original_title",
    "source_address",
    "audio_url",
    "channel",
    "area",
    "category",
    "series",
    "summary",
    "language",
    "original_language",
    "original_provenance",
    "translation_provenance",
    "revised_by",
    "rights",
)
KEPT_AFTER_WITHDRAWAL = ("slug", "title", "language", "original_language")


def publish_edition(
    episode: Episode, *, by: User | None, note: str, at: datetime, correction: str = ""
) -> Edition:
    """Freeze the working copy as the next edition and make it the live one.

    ``note`` stays at the desk; ``correction`` (Markdown) is what readers are told that it puts right.

    ``episode`` must be fresh from the database and its row locked or about to be checked by the
    caller (``workflow.publish``). All in one transaction; extensions hear of it within.
    """
    with transaction.atomic():
        turns = list(episode.turns.select_related("speaker").order_by("position"))
        chapters = list(episode.chapters.order_by("position"))
        last = Edition.objects.filter(episode=episode).aggregate(number=Max("number"))["number"]
        number = (last or 0) + 1
        document = _document(episode, number, chapters, turns)
        edition = Edition.objects.create(
            episode=episode,
            number=number,
            revision=episode.revision,
            document=document,
            published_at=at,
            published_by=by,
            note=note,
        )
        if correction.strip():
            EditionNote.objects.create(edition=edition, text=correction.strip())
        _keep_old_address(episode)
        values = {
            **{field: getattr(episode, field) for field in COPIED},
            "edition": edition,
            "live": True,
            "date": episode.date,
            "summary_html": document["summary_html"],
            "insight_html": document["insight_html"],
            "turn_count": len(turns),
            "published_at": at,
        }
        published, _created = PublishedEpisode.objects.update_or_create(
            episode=episode,
            defaults=values,
            create_defaults={**values, "first_published_at": at},
        )
        _clear(published)
        PublishedTurn.objects.bulk_create(_turns(published, document), batch_size=500)
        PublishedLink.objects.bulk_create(_links(published, episode, turns), batch_size=500)
        extensions.after_edition(published)
    return edition


def build(episode: Episode, at: datetime) -> Edition:
    """Return the edition that publishing would make of the working copy now; writes nothing."""
    turns = list(episode.turns.select_related("speaker").order_by("position"))
    chapters = list(episode.chapters.order_by("position"))
    last = Edition.objects.filter(episode=episode).aggregate(number=Max("number"))["number"]
    number = (last or 0) + 1
    document = _document(episode, number, chapters, turns)
    return Edition(
        episode=episode,
        number=number,
        revision=episode.revision,
        document=document,
        published_at=at,
    )


def withdraw(episode: Episode) -> None:
    """Take an episode off the public side: of its live edition only title and slug stay, for 410.

    Its editions stay as they are. In one transaction; extensions hear of it within.
    """
    with transaction.atomic():
        published = PublishedEpisode.objects.get(episode=episode)
        words = (*COPIED, "summary_html", "insight_html")
        emptied = [field for field in words if field not in KEPT_AFTER_WITHDRAWAL]
        for field in emptied:
            setattr(published, field, "")
        published.live, published.date, published.turn_count = False, None, 0
        published.save(update_fields=[*emptied, "live", "date", "turn_count"])
        _clear(published)
        extensions.after_withdrawal(published)


def anchors(published: PublishedEpisode) -> dict[str, list[str]]:
    """Return for each live turn the old uids whose addresses lead to it, in order of their end.

    Chains are followed (a turn merged into one that was merged later); turns without an old uid
    are not in the answer. Two queries.
    """
    live = set(published.turns.values_list("uid", flat=True))
    after = dict(
        TurnRedirect.objects.filter(episode_id=published.episode_id)
        .order_by("pk")
        .values_list("old_uid", "new_uid")
    )
    answer: dict[str, list[str]] = {}
    for old in after:
        uid, seen = old, {old}
        while uid not in live and uid in after and after[uid] not in seen:
            uid = after[uid]
            seen.add(uid)
        if uid in live and uid != old:
            answer.setdefault(uid, []).append(old)
    return answer


def _keep_old_address(episode: Episode) -> None:
    """Let the slug under which readers know the episode lead to the one it is published under."""
    known = PublishedEpisode.objects.filter(episode=episode).exclude(slug=episode.slug).first()
    if known is not None:
        EpisodeOldSlug.objects.update_or_create(slug=known.slug, defaults={"target": episode})


def _clear(published: PublishedEpisode) -> None:
    PublishedTurn.objects.filter(published=published).delete()
    PublishedLink.objects.filter(published=published).delete()


def _document(
    episode: Episode, number: int, chapters: list[Chapter], turns: list[Turn]
) -> dict[str, Any]:
    positions = {chapter.pk: chapter.position for chapter in chapters}
    return {
        "slug": episode.slug,
        "status": "evergreen",
        "edition": number,
        "title": episode.title,
        "date": episode.date.isoformat() if episode.date else "",
        "source": episode.source_address,
        "original_title": episode.original_title,
        "audio_url": episode.audio_url,
        "language": episode.language,
        "original_language": episode.original_language,
        "original_provenance": episode.original_provenance,
        "translation_provenance": episode.translation_provenance,
        "revised_by": episode.revised_by,
        "rights": episode.rights,
        "front": front_json(front_of(episode)),
        "summary_html": rendering.render(episode.summary),
        "insight_html": rendering.render(episode.insight),
        "chapters": [
            {"position": chapter.position, "title": chapter.title, "level": chapter.level}
            for chapter in chapters
        ],
        "turns": [_frozen_turn(turn, positions[turn.chapter_id]) for turn in turns],
    }


def _frozen_turn(turn: Turn, chapter: int) -> dict[str, Any]:
    text = rendering.render_turn(turn.text)
    original_html, original_plain = rendering.render_original(turn.original)
    return {
        "uid": turn.uid,
        "chapter": chapter,
        "kind": turn.kind,
        "speaker": turn.speaker.name if turn.speaker else "",
        "speaker_id": turn.speaker_id,
        "label": turn.label,
        "original_label": turn.original_label,
        "text": turn.text,
        "original": turn.original,
        "start": turn.start,
        "end": turn.end,
        "text_html": text.html,
        "text_plain": text.plain,
        "original_html": original_html,
        "original_plain": original_plain,
        "notes": list(text.notes),
    }


def _turns(published: PublishedEpisode, document: dict[str, Any]) -> Iterator[PublishedTurn]:
    chapters = {chapter["position"]: chapter for chapter in document["chapters"]}
    same = ("uid", "kind", "speaker_id", "label", "start", "end", "notes")
    words = ("text_html", "text_plain", "original_html", "original_plain")
    for position, turn in enumerate(document["turns"]):
        chapter = chapters[turn["chapter"]]
        yield PublishedTurn(
            published=published,
            position=position,
            chapter_position=chapter["position"],
            chapter_title=chapter["title"],
            chapter_level=chapter["level"],
            **{field: turn[field] for field in (*same, *words)},
        )


def _links(
    published: PublishedEpisode, episode: Episode, turns: list[Turn]
) -> Iterator[PublishedLink]:
    """Yield what the edition links to: once each, people first, in the order of the episode."""
    people = {item.person_id: item.role for item in episode.appearances.order_by("position", "id")}
    for turn in turns:
        if turn.speaker_id is not None:
            people.setdefault(turn.speaker_id, "")
    kinds: dict[str, list[int]] = {
        "person": list(people),
        "organisation": list(_targets(episode.organisation_mentions)),
        "product": list(_targets(episode.product_mentions)),
        "work": list(_targets(episode.work_mentions)),
        "tag": list(episode.tag_items.order_by("pk").values_list("tag_id", flat=True)),
        "project": list(episode.project_items.order_by("pk").values_list("tag_id", flat=True)),
    }
    position = 0
    for kind in LINK_FIELDS:
        for target in kinds[kind]:
            yield PublishedLink(
                published=published,
                position=position,
                role=people[target] if kind == "person" else "",
                **{f"{kind}_id": target},
            )
            position += 1


def _targets(mentions: Any) -> list[int]:
    return list(mentions.order_by("position", "id").values_list("target_id", flat=True))
