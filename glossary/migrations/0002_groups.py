"""What Editors and Publishers may do with the glossary.

The permissions themselves are made by ``post_migrate``, after all migrations; so they are made here
for the models as this migration knows them.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

EDITORS = ["view_entry", "add_entry", "change_entry", "rebuild_glossary"]
PUBLISHERS = [*EDITORS, "decide_entry"]
GROUPS = {"Editors": EDITORS, "Publishers": PUBLISHERS}


def permissions(apps, alias):
    found = apps.get_model("auth", "Permission").objects.using(alias)
    return {each.codename: each for each in found.filter(content_type__app_label="glossary")}


def add_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("glossary")
    config.models_module = True  # else nothing is made
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    known = permissions(apps, alias)
    for name, codenames in GROUPS.items():
        group, _created = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name=name)
        group.permissions.add(*(known[codename] for codename in codenames))


def remove_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    known = permissions(apps, alias)
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=GROUPS):
        group.permissions.remove(*known.values())


class Migration(migrations.Migration):
    dependencies = [
        ("glossary", "0001_terms_and_evidence"),
        ("episodes", "0002_groups"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(add_permissions, remove_permissions)]
