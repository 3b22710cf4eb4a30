"""`manage.py seed`: sample data."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from desk.seed.companies import LOGINS, PASSWORD
from desk.seed.run import holds_data, seed
from desk.seed.sizes import Sizes, Unseedable


class Command(BaseCommand):
    """Fill an empty database with sample data."""

    help = (
        "Fills an empty database with sample data that looks real: the same for the same arguments "
        "on the same day. It is for demonstrations and tests; its logins have a published password."
    )

    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare how much of it."""
        parser.add_argument("--resellers", type=int, default=6, metavar="R")
        parser.add_argument("--orders", type=int, default=400, metavar="N", help="of all resellers")
        parser.add_argument(
            "--licenses-per-order", type=int, default=10, metavar="L", help="on average"
        )
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="another, other data")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing on a database that holds data"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, or say why not."""
        try:
            sizes = Sizes(
                resellers=options["resellers"],
                orders=options["orders"],
                licenses_per_order=options["licenses_per_order"],
                seed=options["seed"],
            )
            if options["if_empty"] and holds_data():
                return
            seed(sizes, now=timezone.now(), say=self._say)
        except Unseedable as refusal:
            raise CommandError(str(refusal)) from refusal
        self._say(f"Sign in with {', '.join(LOGINS)}; the password is {PASSWORD}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
