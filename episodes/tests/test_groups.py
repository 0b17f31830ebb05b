"""The groups and their permissions, as the migration makes them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = pytest.mark.django_db

PUBLISHERS_ONLY = {
    "archive_episode",
    "add_schedule",
    "change_batch",
    "change_job",
    "change_schedule",
    "delete_chapter",
    "delete_episode",
    "delete_organisation",
    "delete_person",
    "delete_product",
    "delete_project",
    "delete_schedule",
    "delete_source",
    "delete_tag",
    "delete_work",
    "dismiss_error",
    "publish_episode",
}


def permissions(group: str) -> set[str]:
    found = Permission.objects.filter(group__name=group, content_type__app_label="episodes")
    return set(found.values_list("codename", flat=True))


def test_publishers_may_all_that_editors_may_and_publish() -> None:
    assert permissions("Publishers") - permissions("Editors") == PUBLISHERS_ONLY
    assert permissions("Editors") - permissions("Publishers") == set()


@pytest.mark.parametrize(
    ("codename", "editor", "publisher"),
    [
        ("submit_episode", True, True),
        ("import_episode", True, True),
        ("change_turn", True, True),
        ("view_job", True, True),
        ("publish_episode", False, True),
        ("archive_episode", False, True),
        ("change_publishedepisode", False, False),
        ("change_edition", False, False),
        ("delete_changeset", False, False),
        ("change_transition", False, False),
    ],
)
def test_a_member_has_the_permission(codename: str, editor: bool, publisher: bool) -> None:
    for group, expected in (("Editors", editor), ("Publishers", publisher)):
        member = User.objects.create_user(group)
        member.groups.add(Group.objects.get(name=group))
        assert member.has_perm(f"episodes.{codename}") is expected


def test_nobody_may_change_what_only_functions_write() -> None:
    machine = (
        "edition",
        "publishedepisode",
        "publishedturn",
        "publishedlink",
        "changeset",
        "change",
    )
    machine += ("transition", "snapshot", "importrun", "sourceturn")
    written = {f"{verb}_{model}" for model in machine for verb in ("add", "change", "delete")}
    assert permissions("Publishers") & written == set()


def test_a_later_migrate_finds_every_permission_there_already() -> None:
    before = set(Permission.objects.values_list("pk", flat=True))
    call_command("migrate", verbosity=0)
    assert set(Permission.objects.values_list("pk", flat=True)) == before


@pytest.mark.django_db(transaction=True)
def test_the_migration_can_be_undone_and_done_again() -> None:
    last = ("episodes", "0009_who_works_at_the_desk")
    before = [name for app, name in MigrationExecutor(connection).loader.applied_migrations]
    try:
        MigrationExecutor(connection).migrate([("episodes", "0001_working_and_published_tables")])
        assert not Group.objects.filter(name__in=("Editors", "Publishers")).exists()
        MigrationExecutor(connection).migrate([last])
        assert permissions("Publishers") - permissions("Editors") == PUBLISHERS_ONLY
    finally:
        call_command("migrate", verbosity=0)
    after = [name for app, name in MigrationExecutor(connection).loader.applied_migrations]
    assert sorted(after) == sorted(before)
