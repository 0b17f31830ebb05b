"""The forms of what is done to the turns themselves: split, merge, move, insert, remove, restore."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from episodes.admin.forms import TurnForm
from episodes.models import Chapter, Episode, Person, Turn
from episodes.transcripts.cutting import CutPlace, cut_places, pair_places

__all__ = [
    "CutForm",
    "InsertForm",
    "MergeForm",
    "MoveForm",
    "Offer",
    "ReassignForm",
    "RestoreForm",
    "SplitForm",
    "places_of",
]


@dataclass(frozen=True, slots=True)
class Offer:
    """A place to cut: after ``sentence``, or in ``words`` of the desk; ``beside`` is the end of what
    the other language would have before the cut."""

    sentence: str = ""
    words: str = ""
    beside: str = ""

    def __str__(self) -> str:
        return self.sentence or self.words


class CutForm(forms.Form):
    """What every form about one turn has: its version, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    why = forms.CharField(
        label=gettext_lazy("Why (for the history)"), required=False, max_length=500
    )


class MergeForm(CutForm):
    """``following`` and its version: the next turn as it was shown."""

    following = forms.CharField(widget=forms.HiddenInput, max_length=9)
    following_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class Place(forms.ChoiceField):
    """A place in a text, in code points. One that is not offered is judged by who cuts there: the
    text may have changed since it was, and that is for ``cuts`` to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.RadioSelect, **kwargs)

    def valid_value(self, value: Any) -> bool:
        """Any number is a place."""
        return str(value).isdecimal()


class SplitForm(CutForm):
    """Where to cut a turn, in both languages: after a sentence, or all of it to one side.

    A language that the turn does not have is not asked for. The original may be left to be cut as
    far in as the translation.
    """

    text_at = Place(label=gettext_lazy("Cut the translation after"))
    original_at = Place(label=gettext_lazy("Cut the original after"), required=False)

    def __init__(
        self, data: Any = None, *, turn: Turn, initial: dict[str, Any] | None = None
    ) -> None:
        self.turn = turn
        text, original = cut_places(turn.text), cut_places(turn.original)
        pairs = pair_places(turn.text, text, turn.original, original)
        self.pairs = dict(zip((place.at for place in text), pairs, strict=True))
        self.middle = _middle(turn.original, original)
        shown = {
            "version": turn.version,
            "text_at": str(_middle(turn.text, text)),
            "original_at": "" if turn.text else str(self.middle),
        }
        super().__init__(data, initial=shown | (initial or {}))
        self._offer("text_at", turn.text, text, pairs)
        self._offer("original_at", turn.original, original, ())

    def _offer(
        self, name: str, text: str, places: tuple[CutPlace, ...], pairs: tuple[int, ...]
    ) -> None:
        if not text:
            del self.fields[name]
            return
        offers: list[tuple[str, Offer]] = []
        if name == "original_at" and self.turn.text:
            words = _("as far in as the translation (as proposed beside its sentences)")
            offers.append(("", Offer(words=words)))
        offers.append(("0", Offer(words=_("nothing: all of it goes to the second part"))))
        for number, place in enumerate(places):
            beside = _tail(self.turn.original, pairs[number]) if pairs else ""
            offers.append((str(place.at), Offer(place.sentence, beside=beside)))
        offers.append(
            (str(len(text)), Offer(words=_("all of it: nothing goes to the second part")))
        )
        field: Any = self.fields[name]
        field.choices = offers

    def clean(self) -> dict[str, Any]:
        """The places as numbers."""
        values = super().clean() or {}
        at = int(values.get("text_at") or 0)
        other = values.get("original_at") or ""
        values["text_at"] = at
        values["original_at"] = int(other) if other else self.pairs.get(at, self.middle)
        return values


def _middle(text: str, places: tuple[CutPlace, ...]) -> int:
    """The place nearest to the middle; the end where there is none."""
    if not places:
        return len(text)
    return min((place.at for place in places), key=lambda at: abs(2 * at - len(text)))


def _tail(text: str, at: int) -> str:
    """The end of what stands before a place, as a person finds it again."""
    before = text[:at].strip()
    return f"… {before[-40:]}" if len(before) > 40 else before


# --- Places among the turns -----------------------------------------------------------------------


class PlaceSelect(forms.Select):
    """A list of places; what is quoted is in the language of the episode."""

    lang = ""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """One option."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["lang"] = self.lang
        return option


def places_of(
    chapters: Iterable[Chapter], turns: Iterable[Turn], without: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield where a turn can stand, as ``cuts.move`` takes it, with what stands there.

    ``turns`` are all in order, with their speakers; ``without`` is the one that is to be moved.
    """
    yield "", _("— at the very start —")
    rows: dict[int, list[tuple[str, str]]] = {}
    for number, turn in enumerate(turns, start=1):
        if turn.uid != without:
            name = str(turn.speaker) if turn.speaker else turn.label
            words = Truncator(turn.text or turn.original).chars(40)
            label = f"{number} {name}: {words}" if name else f"{number} {words}"
            rows.setdefault(turn.chapter_id, []).append((turn.uid, label))
    for chapter in chapters:
        if chapter.level:
            yield f"heading:{chapter.pk}", f"— {chapter.title or '…'} —"
        yield from rows.get(chapter.pk, ())


class _PlacedForm(forms.Form):
    """Where a turn is to stand, in the order that was shown."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    after = forms.ChoiceField(label=gettext_lazy("After"), required=False, widget=PlaceSelect)

    def offer(self, episode: Episode, places: Iterable[tuple[str, str]]) -> None:
        """Fill the list; a place that is no longer there is for ``cuts`` to refuse."""
        field: Any = self.fields["after"]
        field.choices = list(places)
        field.valid_value = lambda _value: True
        field.widget.lang = episode.language


class MoveForm(_PlacedForm):
    """Where a turn goes."""

    why = forms.CharField(
        label=gettext_lazy("Why (for the history)"), required=False, max_length=500
    )

    def __init__(
        self, *args: Any, episode: Episode, places: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer(episode, places)


class InsertForm(TurnForm, _PlacedForm):
    """A new turn and where it stands; ``turn`` is one that is not stored."""

    version = None  # type: ignore[assignment]
    field_order = ("revision", "after")

    def __init__(
        self,
        *args: Any,
        episode: Episode,
        places: Iterable[tuple[str, str]],
        speakers: Iterable[Person],
        **kwargs: Any,
    ) -> None:
        turn = Turn(episode=episode, uid="new")
        super().__init__(*args, turn=turn, speakers=speakers, **kwargs)
        self.offer(episode, places)

    def clean(self) -> dict[str, Any]:
        """A turn says something."""
        values = super().clean()
        if not self.errors and not values.get("text") and not values.get("original"):
            self.add_error("text", _("A turn needs a translation or an original."))
        return values


class RestoreForm(forms.Form):
    """A turn that was taken out, and where it goes back to."""

    revision = forms.IntegerField(min_value=1)
    uid = forms.CharField(max_length=9)
    after = forms.CharField(max_length=40, required=False)


class ReassignForm(forms.Form):
    """Who speaks from one turn to another; ``speaker``, ``other`` and ``create`` as in ``TurnForm``.

    ``seen`` are the turns that were shown with their versions, empty before they were.
    """

    EVERYBODY = "*"

    last = forms.ChoiceField(label=gettext_lazy("To which turn"), widget=PlaceSelect)
    only = forms.ChoiceField(label=gettext_lazy("Turns that are spoken now by"), required=False)
    speaker = forms.ChoiceField(label=gettext_lazy("Speaker from now on"), required=False)
    other = forms.CharField(
        label=gettext_lazy("or somebody else"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("A name or one of its aliases."),
    )
    create = forms.BooleanField(label=gettext_lazy("a new person"), required=False)
    why = forms.CharField(
        label=gettext_lazy("Why (for the history)"), required=False, max_length=500
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        episode: Episode,
        places: Iterable[tuple[str, str]],
        speakers: Iterable[Person],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in speakers}
        named = [(key, str(person)) for key, person in self.people.items()]
        last: Any = self.fields["last"]
        last.choices = list(places)
        last.widget.lang = episode.language
        only: Any = self.fields["only"]
        only.choices = [(self.EVERYBODY, _("anybody")), ("", _("nobody in particular")), *named]
        speaker: Any = self.fields["speaker"]
        speaker.choices = [("", _("— nobody in particular —")), *named]

    @property
    def chosen(self) -> Person | None:
        """The person chosen from the list (``other`` is for the view to look up)."""
        return self.people.get(self.cleaned_data.get("speaker", ""))

    @property
    def spoken_by(self) -> str | None:
        """Whose turns are meant, as ``reassigning.spoken_between`` takes it."""
        only: str = self.cleaned_data["only"]
        return None if only == self.EVERYBODY else only
