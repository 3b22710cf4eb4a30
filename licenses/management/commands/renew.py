"""`manage.py renew`: one pass of the renewal engine."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from licenses.models import AttemptOutcome, Source
from licenses.notices.rounds import notify
from licenses.renewing.due import resellers_due
from licenses.renewing.engine import Tally, rehearse, renew_reseller
from reseller_portal.display import money_text

BY_CARD = {
    AttemptOutcome.DECLINED: "declined by the card",
    AttemptOutcome.REFUSED: "declined by the card for good",
    AttemptOutcome.NEEDS_AUTHENTICATION: "to be confirmed by the cardholder",
    AttemptOutcome.NOT_SENT: "not sent to the card",
    AttemptOutcome.UNKNOWN: "by card, not known yet",
}


class Command(BaseCommand):
    """Do one pass, as the scheduler does it, and tell the resellers about it."""

    help = (
        "Renews what is due: from the balance, then from the default card, earliest To first. It "
        "may run at any time and as often as one likes: nothing is charged twice."
    )

    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the day, and whether it is only a rehearsal."""
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="this day in each reseller's own calendar, instead of today",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be paid from what; write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it for every reseller that has something due."""
        now, as_of = timezone.now(), options["as_of"]
        work = rehearse if options["dry_run"] else renew_reseller
        resellers = resellers_due(now, as_of)
        for reseller in resellers:
            self.stdout.write(_in_words(work(reseller, as_of or reseller.day_of(now), now=now)))
        if not resellers:
            self.stdout.write("Nothing is due.")
        if options["dry_run"]:
            self.stdout.write("This was a rehearsal: nothing was written.")
        else:
            notify(now, as_of)


def _in_words(tally: Tally) -> str:
    if tally.parked:
        return f"{tally.reseller}: parked, passed over"
    parts = [_part(tally, source, outcome) for source, outcome in sorted(tally.outcomes)]
    return f"{tally.reseller}: {', '.join(parts) or 'nothing left to do'}"


def _part(tally: Tally, source: Source, outcome: AttemptOutcome) -> str:
    count = tally.outcomes[source, outcome]
    match source, outcome:
        case Source.BALANCE, AttemptOutcome.PAID:
            amount = money_text(tally.amounts[source], tally.reseller.currency)
            return f"{count:,} from the balance ({amount})"
        case Source.CARD, AttemptOutcome.PAID:
            amount = money_text(tally.amounts[source], tally.reseller.currency)
            return f"{count:,} by card ({amount})"
        case Source.CARD, _:
            return f"{count:,} {BY_CARD[outcome]}"
        case _, AttemptOutcome.NO_PRICE:
            return f"{count:,} without a price"
    return f"{count:,} not covered"
