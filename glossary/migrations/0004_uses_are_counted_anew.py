"""Ask for a rebuild: what it writes has changed."""

from django.db import migrations
from django.db.models import F


def ask(apps, schema_editor):
    """Where there is a glossary, let the next job read and match everything."""
    if not apps.get_model("glossary", "GlossaryState").objects.update(wanted=F("wanted") + 1):
        return
    jobs = apps.get_model("episodes", "Job").objects
    if not jobs.filter(kind="glossary.rebuild", state__in=["queued", "running"]).exists():
        jobs.create(kind="glossary.rebuild")


class Migration(migrations.Migration):
    dependencies = [
        ("glossary", "0003_uses_and_likenesses"),
        ("episodes", "0005_decided_in"),
    ]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
