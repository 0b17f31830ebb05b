"""What all tests of this app share."""

from episodes.tests import profile  # noqa: F401 - loading it is its effect
from episodes.tests.serving import site  # noqa: F401 - a fixture
