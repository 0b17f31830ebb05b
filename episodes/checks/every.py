"""All checks of this package: importing it registers them (``registry.all_checks``)."""

from episodes.checks import (
    corrections,
    languages,
    marks,
    metadata,
    names,
    pairing,
    quantities,
    residue,
    slips,
    speakers,
    standing,
    voices,
)

__all__ = [
    "corrections",
    "languages",
    "marks",
    "metadata",
    "names",
    "pairing",
    "quantities",
    "residue",
    "slips",
    "speakers",
    "standing",
    "voices",
]
