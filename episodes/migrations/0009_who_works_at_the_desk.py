"""Who may leave notes and answer them, remember corrections and see what is scheduled."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

EDITORS = [
    "view_reviewnote",
    "add_reviewnote",
    "answer_reviewnote",
    "view_correction",
    "add_correction",
    "change_correction",
    "delete_correction",
    "view_schedule",
]
PUBLISHERS = [*EDITORS, "add_schedule", "change_schedule", "delete_schedule"]
GROUPS = {"Editors": EDITORS, "Publishers": PUBLISHERS}


def add_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("episodes")
    config.models_module = True  # else nothing is made
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _created = apps.get_model("auth", "Group").objects.using(alias).get_or_create(
            name=name
        )
        found = Permission.objects.using(alias).filter(
            content_type__app_label="episodes", codename__in=codenames
        )
        group.permissions.add(*found)


def remove_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    for name, codenames in GROUPS.items():
        for group in apps.get_model("auth", "Group").objects.using(alias).filter(name=name):
            group.permissions.remove(*group.permissions.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("episodes", "0008_the_desk"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add_permissions, remove_permissions)]
