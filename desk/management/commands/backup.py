"""`manage.py backup`: a copy of the database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from desk.recovery.copying import back_up
from desk.recovery.programs import RecoveryError


class Command(BaseCommand):
    """Write a copy of the database to a file."""

    help = (
        "Writes a copy of the database while the portal works, for `restore`. It holds everything, "
        "activation codes too, but sessions: only its owner can read it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to."""
        parser.add_argument("file", nargs="?", type=Path, help="by default, in var/backups/")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, or say why not."""
        name = f"portal-{timezone.now():%Y-%m-%d-%H%M%S}.dump"
        file = options["file"] or settings.STATE / "backups" / name
        try:
            size = back_up(file)
        except (RecoveryError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{file}: {size:,} bytes")
