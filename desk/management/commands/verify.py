"""`manage.py verify`: does everything hold that must?"""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from desk.verify.registry import MOST_ROWS, Result, check_all

SHOWN = 10


class Command(BaseCommand):
    """Check every invariant."""

    help = "Checks every invariant of the data; exit 1 and a list if any is broken."

    requires_migrations_checks = True

    def handle(self, *args: Any, **options: Any) -> None:
        """Check them on one snapshot, and say what was found."""
        began, checked, broken = monotonic(), 0, 0
        for result in check_all():
            checked += 1
            if options["verbosity"] > 1:
                self.stdout.write(f"{result.seconds:6.2f} s  {result.name}")
            if result.rows:
                broken += 1
                self.stdout.write(_in_words(result))
        summary = f"{checked} rules in {monotonic() - began:.1f} s"
        if broken:
            raise CommandError(f"{broken} of {summary} are broken.")
        self.stdout.write(f"Checked {summary}: everything holds.")


def _in_words(result: Result) -> str:
    lines = [f"Broken: {result.name}", f"  {result.sentence}"]
    lines += [f"    {row}" for row in result.rows[:SHOWN]]
    more = len(result.rows) - SHOWN
    if more > 0:
        least = "at least " if len(result.rows) == MOST_ROWS else ""
        lines.append(f"    and {least}{more:,} more")
    return "\n".join(lines)
