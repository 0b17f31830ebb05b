"""Tags and projects of an episode, in their order; the same one whatever its case and width."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.db.models import Q
from taggit.models import TagBase

from episodes.models import Episode, EpisodeProject, EpisodeTag, Project, Tag
from episodes.names import free_slug
from episodes.tagging import slug_for

__all__ = ["known_names", "label_key", "labels_for", "set_labels"]

LENGTH = 100
_THROUGH: dict[type[TagBase], type[EpisodeTag] | type[EpisodeProject]] = {
    Tag: EpisodeTag,
    Project: EpisodeProject,
}


def label_key(name: str) -> str:
    """Return what two spellings of one tag have in common."""
    return unicodedata.normalize("NFKC", name).casefold()


def labels_for(model: type[TagBase], names: Iterable[str]) -> list[TagBase]:
    """Return the tags or projects of these names in order, once each; make those that are missing."""
    wanted = {label_key(name): name for name in reversed([n[:LENGTH] for n in names if n.strip()])}
    wanted = dict(reversed(wanted.items()))
    if not wanted:
        return []
    bases = {key: slug_for(name)[: LENGTH - 10] for key, name in wanted.items()}
    rows = model._default_manager.filter(
        Q(slug__in=set(bases.values())) | Q(name__in=wanted.values())
    )
    known = {label_key(row.name): row for row in rows}
    used = {row.slug for row in known.values()}
    clashing = {base for key, base in bases.items() if key not in known and base in used}
    for base in clashing:  # "C#" and "C++": the second one's slug has a number
        for row in model._default_manager.filter(slug__startswith=f"{base}-"):
            known.setdefault(label_key(row.name), row)
            used.add(row.slug)
    new = []
    for key, name in wanted.items():
        if key not in known:
            slug = free_slug(bases[key], lambda _candidates: used)
            used.add(slug)
            known[key] = model(name=name, slug=slug)
            new.append(known[key])
    model._default_manager.bulk_create(new)
    return [known[key] for key in wanted]


def known_names(model: type[TagBase], names: Iterable[str]) -> list[str]:
    """Return the names as the registry spells those that it knows, each once, in order."""
    wanted = {label_key(name[:LENGTH]): name[:LENGTH] for name in names if name.strip()}
    slugs = {slug_for(name)[: LENGTH - 10] for name in wanted.values()}
    rows = model._default_manager.filter(Q(slug__in=slugs) | Q(name__in=wanted.values()))
    known = {label_key(row.name): row.name for row in rows}
    return [known.get(key, name) for key, name in wanted.items()]


def set_labels(episode: Episode, model: type[TagBase], names: Iterable[str]) -> bool:
    """Give an episode exactly these tags or projects in this order; whether anything changed."""
    through = _THROUGH[model]
    wanted = labels_for(model, names)
    rows = through.objects.filter(content_object=episode)
    stored = list(rows.order_by("pk").values_list("tag_id", flat=True))
    if stored == [label.pk for label in wanted]:
        return False
    if stored:
        rows.delete()
    through.objects.bulk_create([through(content_object=episode, tag=label) for label in wanted])
    return True
