"""The Celery application: settings with the prefix ``CELERY_``, tasks from each app's ``tasks``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oddlots.settings")
app = Celery("oddlots")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["episodes", "glossary"])
