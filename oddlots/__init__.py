"""The Django project: it composes the apps."""

from oddlots.celery import app as celery_app

__all__ = ["celery_app"]
