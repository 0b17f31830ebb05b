"""What the tests of all apps share; each app's conftest loads it.

Hypothesis has no deadlines, which mean nothing on a busy machine. And each test begins in the language
of the desk: what a request of an earlier one had set stays with the thread.
"""

from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import HealthCheck, settings

settings.register_profile(
    "oddlots",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("oddlots")


@pytest.fixture(autouse=True)
def fresh_language() -> Iterator[None]:
    """Begin in the language of the settings, whatever an earlier test left active."""
    translation.deactivate()
    yield
    translation.deactivate()
