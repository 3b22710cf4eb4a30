"""`manage.py bench`: how fast it is. `make bench` gives it servers of its own."""

import logging
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.bench.ground import NAMED, Ground, NoSuchSize, orders_of
from desk.bench.report import summary, table, write
from desk.bench.rows import Figure, Row
from desk.bench.run import measure
from desk.seed.sizes import Unseedable


class Command(BaseCommand):
    """Seed databases of its own, measure, and write the figures."""

    help = (
        "Measures the speed of what the portal does most, on databases of its own (bench_…) beside "
        "the one that DATABASE_URL names, and writes the figures as JSON."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare how much, how often, and where to."""
        sizes = f"orders in the full database: {', '.join(NAMED)}, or a number"
        parser.add_argument("--size", default="small", help=sizes)
        parser.add_argument("--rounds", type=int, default=25, help="times that each is measured")
        parser.add_argument("--only", default="", help="rows whose name begins with this")
        parser.add_argument(
            "--keep", action="store_true", help="seed once: keep the databases for later runs"
        )
        parser.add_argument("--output", type=Path, default=Path("bench.json"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure all rows."""
        logging.disable(logging.INFO)  # thousands of requests, each with its line
        call_command("collectstatic", interactive=False, verbosity=0)
        try:
            orders = orders_of(options["size"])
            ground = Ground(orders, options["rounds"], self._say, keep=options["keep"])
            measured = self._measured(ground, options["only"])
        except (NoSuchSize, Unseedable) as refusal:
            raise CommandError(str(refusal)) from refusal
        write(measured, options["output"])
        for line in (*table(measured), "", summary(measured)):
            self._say(line)

    def _measured(self, ground: Ground, only: str) -> list[tuple[Row, Figure]]:
        measured = []
        try:
            ground.lay()
            for row, figure in measure(ground, only):
                measured.append((row, figure))
                self._say(f"{row.name}: {figure.value:.4g} {row.unit}")
        finally:
            ground.clear()
        return measured

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
