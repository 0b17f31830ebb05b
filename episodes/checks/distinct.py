"""Findings of one turn that would be taken for the same one are told apart by counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from episodes.checks.registry import Finding

__all__ = ["distinct"]


def distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; a second one about the same words of a turn rests on “2” as well, and so on.

    What rests on words rather than on the whole text stays dismissed when the text is mended
    elsewhere, and yet no two findings share a fingerprint.
    """
    seen: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    for finding in findings:
        key = (finding.uid, finding.field, finding.about)
        seen[key] += 1
        about = (finding.field, *finding.about)
        yield replace(finding, about=about if seen[key] == 1 else (*about, str(seen[key])))
