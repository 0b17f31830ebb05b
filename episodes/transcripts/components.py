"""What hangs together: turns of ours, of the base and of theirs that are decided as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from episodes.transcripts.alignment import Group, Match

__all__ = ["Component", "components"]


@dataclass
class Component:
    """Turns that hang together: indices of ours, the base and theirs, each rising."""

    ours: list[int] = field(default_factory=list)
    base: list[int] = field(default_factory=list)
    theirs: list[int] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    first: int = 0  # the number of its first group, in the order of both sides

    @property
    def links(self) -> list[tuple[int, int]]:
        return sorted(link for group in self.groups for link in group.links)

    @property
    def share(self) -> float:
        return min((group.share for group in self.groups if group.links), default=1.0)

    @property
    def doubtful(self) -> bool:
        return any(group.doubtful for group in self.groups)

    @property
    def moved(self) -> bool:
        return any(group.kind is Match.MOVED for group in self.groups)


def components(
    groups: Sequence[Group], origins: Sequence[Sequence[int]], base: int
) -> list[Component]:
    """Turns of the base and of theirs that belong together (``groups``), and of ours by what they
    come from (``origins``: places below ``base``); in the order of the groups."""
    roots: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        roots.setdefault(node, node)
        while roots[node] != node:
            roots[node] = roots[roots[node]]
            node = roots[node]
        return node

    for group in groups:
        nodes = [*(("b", i) for i in group.base), *(("t", j) for j in group.theirs)]
        for node in nodes:
            roots[root(node)] = root(nodes[0])
    for number, places in enumerate(origins):
        for place in places:
            if place < base:
                roots[root(("o", number))] = root(("b", place))
    found: dict[tuple[str, int], Component] = defaultdict(Component)
    for node in sorted(roots):
        component = found[root(node)]
        side = {"o": component.ours, "b": component.base, "t": component.theirs}[node[0]]
        side.append(node[1])
    for number, group in enumerate(groups):
        member = ("b", group.base[0]) if group.base else ("t", group.theirs[0])
        component = found[root(member)]
        component.first = component.first if component.groups else number
        component.groups.append(group)
    return sorted(found.values(), key=lambda part: part.first)
