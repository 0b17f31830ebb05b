"""The groups Editors and Publishers with their permissions.

The permissions themselves are made by ``post_migrate``, after all migrations; so they are made here
for the models as this migration knows them. Other apps add theirs in migrations of their own.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

TEXT = ("episode", "chapter", "turn")
NAMED = ("person", "organisation", "product", "work", "tag", "project")
BESIDE = ("appearance", "organisationmention", "productmention", "workmention")
READ = ("source", "snapshot", "importrun", "changeset", "change", "transition", "edition", "job")

EDITORS = [
    *(f"{verb}_{model}" for model in (*TEXT, *NAMED) for verb in ("view", "add", "change")),
    *(f"{verb}_{model}" for model in BESIDE for verb in ("view", "add", "change", "delete")),
    *(f"view_{model}" for model in READ),
    "add_source",
    "change_source",
    "delete_turn",
    "import_episode",
    "submit_episode",
]
PUBLISHERS = [
    *EDITORS,
    *(f"delete_{model}" for model in ("episode", "chapter", "source", *NAMED)),
    "archive_episode",
    "change_job",
    "publish_episode",
]
GROUPS = {"Editors": EDITORS, "Publishers": PUBLISHERS}


def add_groups(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("episodes")
    config.models_module = True  # else nothing is made
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    known = {
        permission.codename: permission
        for permission in Permission.objects.using(alias).filter(
            content_type__app_label="episodes"
        )
    }
    for name, codenames in GROUPS.items():
        group, _created = Group.objects.using(alias).get_or_create(name=name)
        group.permissions.add(*(known[codename] for codename in codenames))


def remove_groups(apps, schema_editor):
    alias = schema_editor.connection.alias
    apps.get_model("auth", "Group").objects.using(alias).filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("episodes", "0001_working_and_published_tables"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(add_groups, remove_groups)]
