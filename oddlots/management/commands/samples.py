"""``manage.py samples [--remove]``: the sample episodes, one command in, one command out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from oddlots import samples


class Command(BaseCommand):
    help = "Load the sample episodes into an empty database, or remove them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="remove what was loaded")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["remove"]:
            count = samples.remove()
            self.stdout.write(f"Removed {count} sample episodes.")
            return
        try:
            count = samples.load()
        except samples.NotEmpty as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Loaded {count} sample episodes.")
