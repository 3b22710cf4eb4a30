"""`manage.py renew`, and what the scheduler calls."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Account, BalanceEntry
from licenses.models import License, Notice, Renewal, RenewalAttempt
from licenses.renewing.due import resellers_due
from licenses.renewing.engine import renew_reseller
from licenses.tasks import renew_for
from reseller_portal.scheduler import SCHEDULE
from resellers.models import AuditEvent, Reseller
from tests.billing.cards import make_card
from tests.factories import make_entry
from tests.gateway import Gateway
from tests.licenses.renewals import TODAY, make_anchored, make_due, states

DAY = timedelta(days=1)
AS_OF = f"--as-of={TODAY}"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("renew", *arguments, stdout=out)
    return out.getvalue().replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def rich(acme: Reseller) -> Reseller:
    """Acme, with 25.00."""
    make_entry(acme, "25.00")
    return acme


def everything() -> list[object]:
    rows = [License, Renewal, RenewalAttempt, BalanceEntry, Account, Notice, AuditEvent]
    return [list(model._default_manager.order_by("pk").values()) for model in rows]


def test_it_says_what_it_paid_from_what(rich: Reseller) -> None:
    make_due(rich, 1, 2, 3)
    make_due(rich, 4, amount="")
    assert run(AS_OF) == (
        "Acme: 1 without a price, 1 not covered, 2 from the balance (EUR 20.00)\n"
    )
    assert run(AS_OF) == "Nothing is due.\n"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("card", "said"),
    [
        ("succeeds", "1 by card (EUR 10.00)"),
        ("declined", "1 declined by the card"),
        ("stolen", "1 declined by the card for good"),
        ("needs_authentication", "1 to be confirmed by the cardholder"),
    ],
)
def test_it_says_what_the_card_came_to(
    gateway: Gateway, rich: Reseller, card: str, said: str
) -> None:
    make_card(gateway, rich, card)
    make_due(rich, 1, 2, 3)
    from_balance = "Acme: 2 from the balance (EUR 20.00)"
    rehearsed = run("--dry-run", AS_OF).splitlines()[0]
    assert rehearsed == f"{from_balance}, 1 by card (EUR 10.00)"
    assert run(AS_OF) == f"{from_balance}, {said}\n"


@pytest.mark.django_db(transaction=True)
def test_it_says_what_nobody_knows_yet(gateway: Gateway, acme: Reseller) -> None:
    make_card(gateway, acme)
    make_due(acme, 1)
    gateway.fault("error_before", times=9)
    assert run(AS_OF) == "Acme: 1 by card, not known yet\n"


def test_a_rehearsal_says_the_same_and_writes_nothing(rich: Reseller) -> None:
    make_due(rich, 1, 2, 3)
    make_anchored(rich, TODAY - 100 * DAY)
    before = everything()
    said = run("--dry-run", AS_OF)
    assert everything() == before
    assert said.splitlines()[-1] == "This was a rehearsal: nothing was written."
    assert run(AS_OF) == said.splitlines()[0] + "\n"
    assert everything() != before


def test_the_day_is_each_resellers_own(rich: Reseller, globex: Reseller) -> None:
    make_entry(globex)
    licenses = [*make_due(rich, 7), *make_due(globex, 7)]
    run(f"--as-of={TODAY - DAY}")
    assert states(licenses) == ["", ""]
    run(AS_OF)
    assert states(licenses) == ["paid", "paid"]


def test_a_parked_account_is_not_due(rich: Reseller) -> None:
    make_due(rich, 1)
    Account.objects.update(parked_at=timezone.now(), parked_because="It is odd.")
    assert run(AS_OF) == "Nothing is due.\n"


def test_a_day_that_is_none_is_refused(db: None) -> None:
    with pytest.raises(CommandError):
        run("--as-of=2026-02-30")


def test_the_scheduler_renews_at_least_every_quarter_of_an_hour() -> None:
    assert SCHEDULE["licenses.renew"]["schedule"] <= timedelta(minutes=15)


def test_a_worker_renews_what_is_due_today(rich: Reseller) -> None:
    today = rich.day_of(timezone.now())
    licenses = make_due(rich, (today - TODAY).days)
    renew_for(rich.pk)
    assert states(licenses) == ["paid"]


def test_looking_costs_the_same_however_many_are_due(rich: Reseller, globex: Reseller) -> None:
    now = rich.day_begins(TODAY) + timedelta(hours=12)
    make_due(rich, 1)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert resellers_due(now) == [rich]
    make_due(globex, *range(5))
    make_due(rich, *range(5))
    with CaptureQueriesContext(connection) as many:
        assert resellers_due(now) == [rich, globex]
    assert len(few) == len(many) == 2


def test_due_is_the_same_word_for_a_queryset(rich: Reseller, globex: Reseller) -> None:
    early, _later = make_due(rich, 7, 8)
    [failed] = make_due(rich, 0, amount="")
    make_due(globex, 1)
    now = rich.day_begins(TODAY)
    due = License.objects.for_reseller(rich).due
    assert set(due(TODAY)) == {early, failed}
    renew_reseller(rich, TODAY, now=now)
    assert list(due(TODAY)) == []
    assert set(due(TODAY + DAY)) == {failed, _later}
