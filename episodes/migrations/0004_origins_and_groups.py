"""Headings learn which of their source's they are; the groups may see and decide conflicts."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

EDITORS = ("view_conflict", "change_conflict", "view_batch")
GROUPS = {"Editors": EDITORS, "Publishers": (*EDITORS, "change_batch")}


def add_origins(apps, schema_editor):
    alias = schema_editor.connection.alias
    Source = apps.get_model("episodes", "Source")
    Chapter = apps.get_model("episodes", "Chapter")
    sources = Source.objects.using(alias).filter(accepted__isnull=False)
    for source in sources.only("pk", "episode_id", "fields").iterator(chunk_size=200):
        headings = [heading for heading in source.fields.get("chapters", []) if heading[1]]
        chapters = Chapter.objects.using(alias).filter(episode=source.episode_id, level__gt=0)
        for place, chapter in enumerate(chapters.order_by("position")[: len(headings)]):
            chapter.origins = [*chapter.origins, [source.pk, place]]
            chapter.save(update_fields=["origins"])


def forget_origins(apps, schema_editor):
    Chapter = apps.get_model("episodes", "Chapter")
    Chapter.objects.using(schema_editor.connection.alias).update(origins=[])


def add_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("episodes")
    config.models_module = True  # else nothing is made
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _created = Group.objects.using(alias).get_or_create(name=name)
        known = Permission.objects.using(alias).filter(
            content_type__app_label="episodes", codename__in=codenames
        )
        group.permissions.add(*known)


def remove_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        for group in Group.objects.using(alias).filter(name=name):
            known = Permission.objects.using(alias).filter(
                content_type__app_label="episodes", codename__in=codenames
            )
            group.permissions.remove(*known)


class Migration(migrations.Migration):
    dependencies = [
        ("episodes", "0003_reimports"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunPython(add_origins, forget_origins),
        migrations.RunPython(add_permissions, remove_permissions),
    ]
