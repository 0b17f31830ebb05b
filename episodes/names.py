"""Names: when two spellings are one name, how a name is found, made, merged and re-addressed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils.translation import gettext as _

from episodes import concerned, slugs
from episodes.history import FieldChange, record
from episodes.models import ChangeSet, Named, Role
from episodes.models.history import Act

__all__ = [
    "MergeRefused",
    "NewName",
    "SlugRefused",
    "add_aliases",
    "channel_is_not_a_person",
    "create_many",
    "create_named",
    "find",
    "free_slug",
    "index_spellings",
    "merge_named",
    "name_key",
    "rename_slug",
    "resolve",
    "spelling_keys",
    "spellings_of",
]

N = TypeVar("N", bound=Named)

KEY_LENGTH = 250
KEYS_AT_ONCE = 5000  # SQLite takes at most 250,000 values in one statement
NAME_LENGTH = 200
_SIGNS_THAT_COUNT = "+#"  # C, C++ and C# are three things
_BRACKETED = re.compile(r"([^()（）]+?)\s*[(（]([^()（）]+)[)）]")
_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9&.-]{1,7}")
_ACCENT = re.compile("[\u0300-\u036f]")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RANK: dict[str, int] = {
    str(Role.HOST): 0,
    str(Role.GUEST): 1,
    str(Role.PRODUCER): 2,
    str(Role.MENTIONED): 3,
}


class SlugRefused(ValueError):
    """A slug that cannot be given; ``str(error)`` is a sentence for the person who asked."""


class MergeRefused(ValueError):
    """Two records that cannot become one; ``str(error)`` is a sentence."""


@dataclass(frozen=True, slots=True)
class NewName:
    """A name that is to become a record."""

    name: str
    translated_name: str = ""
    aliases: tuple[str, ...] = ()


# --- Spellings --------------------------------------------------------------------------------


def name_key(text: str) -> str:
    """Return one key for all spellings of a name: at most 250 characters, never empty for a name.

    Width, case, accents, spaces, hyphens and other punctuation are nothing ("vertex-ai" is
    "Vertex AI"), and so is an abbreviation in brackets after the full name ("Full Name (FN)").
    ``+`` and ``#`` count. A name of nothing but signs is its own key.
    """
    match = _BRACKETED.fullmatch(text.strip())
    if match and _ABBREVIATION.fullmatch(match[2].strip()):
        text = match[1]
    if text.isascii():
        folded = text.casefold()
    else:
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        folded = unicodedata.normalize("NFC", _ACCENT.sub("", folded))
    key = "".join(c for c in folded if c.isalnum() or c in _SIGNS_THAT_COUNT)
    bare = key or "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return bare[:KEY_LENGTH]


def spellings_of(name: str) -> tuple[str, ...]:
    """Return a name and, of "Full Name (FN)", its two parts, the longest first."""
    match = _BRACKETED.fullmatch(name.strip())
    return (name, match[1].strip(), match[2].strip()) if match else (name,)


def channel_is_not_a_person(name: str, channel: str, people: Iterable[str]) -> bool:
    """Whether a speaker's name is the channel's: no person, unless ``people`` lists it."""
    key = name_key(name)
    return bool(key) and key == name_key(channel) and key not in {name_key(p) for p in people}


def spelling_keys(named: Named) -> list[str]:
    """Return the key of every spelling of a record, each once."""
    written = [named.name, named.translated_name, *named.alias_list]
    match = _BRACKETED.fullmatch(named.name.strip())
    if match:
        written.extend((match[1], match[2]))
    return list(dict.fromkeys(key for text in written if (key := name_key(text))))


def _spelling(model: type[Named]) -> type[models.Model]:
    related = model._meta.get_field("spellings").related_model  # type: ignore[misc]
    assert isinstance(related, type)
    return related


def index_spellings(named: Named) -> None:
    """Write the spellings and the sort key of a record whose name, translation or aliases changed.

    Call it after every such change; it writes nothing where nothing differs.
    """
    spelling = _spelling(type(named))._default_manager
    wanted = set(spelling_keys(named))
    stored = set(spelling.filter(target=named).values_list("key", flat=True))
    if stored - wanted:
        spelling.filter(target=named, key__in=stored - wanted).delete()
    missing = sorted(wanted - stored)
    spelling.bulk_create(
        [spelling.model(key=key, target=named) for key in missing], ignore_conflicts=True
    )
    sort_key = slugs.sort_key(named.translated_name or named.name)
    if named.sort_key != sort_key:
        named.sort_key = sort_key
        named.save(update_fields=["sort_key"])


def find(model: type[N], keys: Iterable[str]) -> dict[str, list[N]]:
    """Return the records known under each of the keys, the oldest first; one query for 5,000."""
    wanted = list(dict.fromkeys(keys))
    found: dict[str, list[N]] = {}
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        rows = (
            _spelling(model)
            ._default_manager.filter(key__in=wanted[start : start + KEYS_AT_ONCE])
            .select_related("target")
            .order_by("target_id")
        )
        for row in rows:
            found.setdefault(row.key, []).append(row.target)  # type: ignore[attr-defined]
    return found


def resolve(model: type[N], names: Iterable[str]) -> dict[str, N]:
    """Return the record of each name that is known, by the name as given.

    A spelling that two records share means the one whose own name it is, else the older.
    """
    by_key = {name: name_key(name) for name in names}
    found = find(model, by_key.values())
    answer: dict[str, N] = {}
    for name, key in by_key.items():
        if records := found.get(key):
            own = [record for record in records if name_key(record.name) == key]
            answer[name] = (own or records)[0]
    return answer


# --- Slugs ------------------------------------------------------------------------------------


def free_slug(base: str, taken: Callable[[list[str]], Iterable[str]]) -> str:
    """Return ``base``, or with ``-2``, ``-3`` … the first slug that ``taken`` does not give back.

    ``taken`` answers which of some slugs are in use; it is asked in growing batches, so that the
    thousandth namesake takes four questions.
    """
    first, size = 2, 8
    candidates = [base]
    while True:
        used = set(taken(candidates))
        for candidate in candidates:
            if candidate not in used:
                return candidate
        candidates = [f"{base}-{number}" for number in range(first, first + size)]
        first, size = first + size, size * 8


def _taken(model: type[Named], wanted: Sequence[str]) -> set[str]:
    old = model._meta.get_field("old_slugs").related_model  # type: ignore[misc]
    assert isinstance(old, type)
    live = model._default_manager.filter(slug__in=wanted).values_list("slug", flat=True)
    gone = old._default_manager.filter(slug__in=wanted).values_list("slug", flat=True)  # type: ignore[attr-defined]
    return set(live) | set(gone)


def rename_slug(named: Named, slug: str) -> None:
    """Give a record another slug; the old one redirects. Raises SlugRefused."""
    if slug == named.slug:
        return
    if len(slug) > 80 or not _SLUG.fullmatch(slug):
        raise SlugRefused(_("A slug is made of a–z, 0–9 and single hyphens, at most 80 in all."))
    model = type(named)
    with transaction.atomic():
        old_slugs = named.old_slugs  # type: ignore[attr-defined]
        if model._default_manager.filter(slug=slug).exists() or (
            slug in _taken(model, [slug]) and not old_slugs.filter(slug=slug).exists()
        ):
            raise SlugRefused(_("The slug “%(slug)s” is in use already.") % {"slug": slug})
        old_slugs.filter(slug=slug).delete()
        old_slugs.create(slug=named.slug)
        named.slug = slug
        named.save(update_fields=["slug"])


# --- Making -----------------------------------------------------------------------------------


def create_many(model: type[N], new: Sequence[NewName]) -> list[N]:
    """Make records with free slugs and their spellings, in a fixed number of statements."""
    if not new:
        return []
    bases = [slugs.from_text(item.name[:NAME_LENGTH], model.kind) for item in new]
    near = [slug for base in dict.fromkeys(bases) for slug in (base, f"{base}-2", f"{base}-3")]
    used = _taken(model, near)
    asked = set(near)
    records = []
    for item, base in zip(new, bases, strict=True):

        def taken(candidates: list[str]) -> set[str]:
            unasked = [slug for slug in candidates if slug not in asked]
            if unasked:
                asked.update(unasked)
                used.update(_taken(model, unasked))
            return used

        slug = free_slug(base, taken)
        used.add(slug)
        records.append(
            model(
                name=item.name[:NAME_LENGTH],
                translated_name=item.translated_name[:NAME_LENGTH],
                aliases="\n".join(item.aliases),
                slug=slug,
                sort_key=slugs.sort_key(item.translated_name or item.name[:NAME_LENGTH]),
            )
        )
    records = model._default_manager.bulk_create(records)
    spelling = _spelling(model)
    spelling._default_manager.bulk_create(
        [spelling(key=key, target=record) for record in records for key in spelling_keys(record)]
    )
    return records


def create_named(
    model: type[N], name: str, *, translated_name: str = "", aliases: Sequence[str] = ()
) -> N:
    """Make one record with a free slug and its spellings."""
    with transaction.atomic():
        return create_many(model, [NewName(name, translated_name, tuple(aliases))])[0]


def add_aliases(
    named: Named, aliases: Iterable[str], *, act: ChangeSet | None = None, why: str = ""
) -> list[str]:
    """Add the spellings that a record does not know yet; return those added.

    The history has it as part of ``act``, else as an import of its own with this reason; then the
    episodes that it concerns are checked.
    """
    known = set(spelling_keys(named))
    added = []
    for alias in aliases:
        line = " ".join(alias.split())
        if (key := name_key(line)) and key not in known:
            known.add(key)
            added.append(line)
    if added:
        before = named.aliases
        named.aliases = "\n".join([*named.alias_list, *added])
        named.save(update_fields=["aliases"])
        index_spellings(named)
        alone = act is None
        act = act or ChangeSet.objects.create(act=Act.IMPORT, why=why)
        record(act, [(f"{named.kind}:{named.pk}", "aliases", before, named.aliases)])
        if alone:
            concerned.ask(added, named=named)
    return added


# --- Merging ----------------------------------------------------------------------------------


def merge_named(keep: N, lose: N, *, by: User | None) -> N:
    """Make two records of one kind one; return ``keep`` as it is now.

    All that points to ``lose`` points to ``keep`` afterwards, published links included; where an
    episode has both, the row of ``keep`` stays. The names of ``lose`` become aliases, its slugs
    redirect. One transaction; ``lose`` is deleted. Raises MergeRefused.
    """
    model = type(keep)
    if type(lose) is not model:
        raise MergeRefused(_("Only two records of the same kind can be merged."))
    if keep.pk == lose.pk:
        raise MergeRefused(_("A record cannot be merged into itself."))
    with transaction.atomic():
        pair = {keep.pk, lose.pk}
        rows = model._default_manager.select_for_update().filter(pk__in=pair).in_bulk()
        if set(rows) != pair:
            raise MergeRefused(_("One of the two records no longer exists."))
        kept, lost = rows[keep.pk], rows[lose.pk]
        before = {
            field: getattr(lost, field)
            for field in ("name", "translated_name", "slug", "aliases", "note", "link")
        }
        moved = _move_references(kept, lost)
        kept.old_slugs.create(slug=lost.slug)  # type: ignore[attr-defined]
        filled = [
            field
            for field in ("translated_name", "note", "link")
            if getattr(lost, field) and not getattr(kept, field)
        ]
        target = f"{model.kind}:{kept.pk}"
        changes: list[FieldChange] = [
            (
                target,
                "merged",
                {"id": lose.pk, **before},
                {"id": kept.pk, "name": kept.name, "moved": moved},
            )
        ]
        for field in filled:
            changes.append((target, field, getattr(kept, field), getattr(lost, field)))
            setattr(kept, field, getattr(lost, field))
        kept.save(update_fields=filled)
        lost.delete()
        change_set = ChangeSet.objects.create(act=Act.MERGE, by=by)
        record(change_set, changes)
        add_aliases(kept, [lost.name, lost.translated_name, *lost.alias_list], act=change_set)
        index_spellings(kept)
        concerned.ask_for_name(kept, by=by)
    return kept


def _move_references(keep: Named, lose: Named) -> dict[str, int]:
    """Point every row that points to ``lose`` at ``keep``; return how many rows of each table."""
    moved: dict[str, int] = {}
    spelling = _spelling(type(keep))
    for relation in keep._meta.related_objects:
        model, field = relation.related_model, relation.field.name
        if model is spelling or relation.many_to_many:
            continue
        rows = model._base_manager.filter(**{field: lose})  # turns that are gone as well
        clashing = _partner(model, field)
        if clashing:
            _settle_clashes(model, field, clashing, keep, lose)
        if count := rows.update(**{field: keep}):
            moved[model._meta.db_table] = count
    return moved


def _partner(model: type[models.Model], field: str) -> str:
    """The field that together with ``field`` is unique in a table; empty where none is."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and field in constraint.fields:
            others = [name for name in constraint.fields if name != field]
            if len(others) == 1:
                return others[0]
    return ""


def _settle_clashes(
    model: type[models.Model], field: str, partner: str, keep: Named, lose: Named
) -> None:
    """Where both stand beside one episode: keep's row takes what lose's knows, lose's row goes."""
    column = f"{partner}_id"
    kept = {getattr(row, column): row for row in model._default_manager.filter(**{field: keep})}
    for row in model._default_manager.filter(**{field: lose, f"{column}__in": list(kept)}):
        stays = kept[getattr(row, column)]
        changed = []
        if hasattr(row, "written") and row.written and not stays.written:  # type: ignore[attr-defined]
            stays.written, stays.origin, stays.position = row.written, row.origin, row.position  # type: ignore[attr-defined]
            changed += ["written", "origin", "position"]
        role = getattr(row, "role", "")
        if role and (_RANK.get(role, 9) < _RANK.get(getattr(stays, "role", ""), 9)):
            stays.role = role  # type: ignore[attr-defined]
            changed.append("role")
        if changed:
            stays.save(update_fields=changed)
        row.delete()
