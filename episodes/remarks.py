"""What an import remarks on, besides what the reader does (``transcripts.notes``). Pure."""

from __future__ import annotations

from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = ["REMARKS", "say"]

# the diagnostic's code, where needed with a word more -> template
REMARKS: dict[str, str] = {
    # what does not fit into its column
    "value_too_long": gettext_noop(
        "“{key}” is longer than {limit} characters: it stands whole under “{name}”."
    ),
    "heading_too_long": gettext_noop(
        "A heading is longer than {limit} characters: its rest stands below it."
    ),
    "turn_fitted": gettext_noop("A label is too long, or a time makes no sense: see the turn."),
    # the recording
    "recording_id_broken": gettext_noop(
        "The video's id in “{address}” has {count} characters instead of 11: the recording is not "
        "known. Correct the source."
    ),
    # organisations, products, works
    "name_twice": gettext_noop("“{name}” is {other}, which is listed already."),
    # who speaks
    "guest_unread": gettext_noop("“{text}” in “guest” is not read as a name."),
    "channel_as_speaker": gettext_noop("“{label}” is the channel: its turns have no speaker."),
    "organisation_as_speaker": gettext_noop(
        "“{label}” is an organisation: its turns have no speaker."
    ),
    "label_too_long": gettext_noop("“{label}…” is too long for a name: its turns have no speaker."),
    "people_conflict": gettext_noop(
        "“{name}” and “{other}” are two people on record; are they one?"
    ),
    "person_ambiguous": gettext_noop("“{label}” may be {names}: its turns have no speaker."),
    "person_ambiguous_first": gettext_noop("“{label}” may be {names}; the first is taken."),
    "labels_disagree": gettext_noop(
        "{count} turns are labelled “{label}” in the translation and “{other}” in the original; "
        "the translation's label is taken."
    ),
    "first_name": gettext_noop("“{label}” is taken for {name}."),
    "first_name_regular": gettext_noop(
        "“{label}” is taken for {name}, who is known from this channel."
    ),
    "person_twice": gettext_noop("“{name}” in “people” is {other}, who is listed already."),
    # who hosts
    "roles_unknown": gettext_noop("Who hosts is not known: {names} stand as guests."),
    "guest_unknown": gettext_noop("No guest is found: everybody who speaks is listed in “people”."),
    "guest_by_record": gettext_noop("{names} never hosted in this channel: taken for a guest."),
    "names_alike": gettext_noop("{name} speaks, {other} is listed: if they are one, merge them."),
}


def say(code: str, **values: object) -> Message:
    """Return the sentence for ``code``, a key of :data:`REMARKS`."""
    return fill(REMARKS[code], **values)
