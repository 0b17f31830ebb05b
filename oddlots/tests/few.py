"""``pytest -p oddlots.tests.few --few 3``: of each parametrized test so many cases, spread evenly.

For a second database: what differs there shows in some cases of each test, and all cases have been
tried on the first one. Tests that commit (``transaction=True``) keep all their cases.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

__all__ = ["pytest_addoption", "pytest_collection_modifyitems", "spread"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--few``."""
    parser.addoption("--few", type=int, default=0, help="so many cases of each test; 0 for all")


def spread(count: int, few: int) -> set[int]:
    """Return ``few`` places of 0 … count-1, the first and the last among them; all if there are fewer."""
    if count <= few or few < 1:
        return set(range(count))
    if few == 1:
        return {0}
    return {round(step * (count - 1) / (few - 1)) for step in range(few)}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the rest, and say so."""
    few = config.getoption("--few")
    cases: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is None or not marker.kwargs.get("transaction"):
            cases[item.nodeid.partition("[")[0]].append(item)
    left = {
        id(item)
        for of_one in cases.values()
        for place, item in enumerate(of_one)
        if place not in spread(len(of_one), few)
    }
    config.hook.pytest_deselected(items=[item for item in items if id(item) in left])
    items[:] = [item for item in items if id(item) not in left]
