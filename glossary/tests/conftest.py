"""What all tests of this app share."""

from episodes.tests.profile import fresh_language  # noqa: F401 - a fixture for all tests
