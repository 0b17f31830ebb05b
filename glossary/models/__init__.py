"""The tables of the glossary.

``Entry`` is the register that editors decide on. ``Annotation`` is evidence: what a working turn's
author wrote inline. ``PublishedAnnotation``, ``PublishedEntry`` and ``Occurrence`` are the public
side (G1): public pages read nothing else of this app. All but the register and what people decided
is derived and can be made anew by ``rebuild``.
"""

from glossary.models.evidence import (
    Annotation,
    Likeness,
    PublishedAnnotation,
    Reason,
    Suggestion,
    SuggestionState,
)
from glossary.models.terms import (
    KEY_LENGTH,
    NAME_LENGTH,
    VALUE_FIELDS,
    Entry,
    EntryAddress,
    EntryKey,
    PublishedEntry,
    State,
    Values,
    lines_of,
)
from glossary.models.uses import (
    EntryUse,
    GlossaryState,
    HeadingUse,
    MatchedForm,
    Occurrence,
    TouchedEpisode,
)

__all__ = [
    "KEY_LENGTH",
    "NAME_LENGTH",
    "VALUE_FIELDS",
    "Annotation",
    "Entry",
    "EntryAddress",
    "EntryKey",
    "EntryUse",
    "GlossaryState",
    "HeadingUse",
    "Likeness",
    "MatchedForm",
    "Occurrence",
    "PublishedAnnotation",
    "PublishedEntry",
    "Reason",
    "State",
    "Suggestion",
    "SuggestionState",
    "TouchedEpisode",
    "Values",
    "lines_of",
]
