"""``manage.py login_link USERNAME``: print an address that logs in once."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from oddlots.one_time import make_link


class Command(BaseCommand):
    help = "Print an address that logs a user in, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            names = ", ".join(User.objects.order_by("username").values_list("username", flat=True))
            raise CommandError(
                f"There is no active user {options['username']!r}. Users: {names or 'none yet'}."
            )
        self.stdout.write(make_link(user))
