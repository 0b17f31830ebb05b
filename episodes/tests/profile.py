"""Hypothesis without deadlines, which mean nothing on a busy machine; each app's conftest loads it."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "oddlots",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("oddlots")
