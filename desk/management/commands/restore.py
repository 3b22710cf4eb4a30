"""`manage.py restore`: back to a copy of the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from desk.recovery.programs import RecoveryError
from desk.recovery.restoring import restore


class Command(BaseCommand):
    """Replace everything in the database by a copy."""

    help = (
        "Replaces everything in the database by a copy that `backup` wrote, in one transaction, "
        "and migrates it. Web, workers and scheduler have to be stopped."
    )

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where from."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or say why not."""
        try:
            restore(options["file"], timezone.now())
        except RecoveryError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Restored {options['file']}. Everybody has to sign in again.")
