"""What is there when a run begins: companies with money, cards, and licenses that will be due."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone

from billing.actions import adjust_balance
from billing.models import Account, Card
from desk.bench.due import lay_due
from desk.bench.ground import alice, staff
from licenses.models import License
from resellers.models import Reseller, User
from tests.chaos.ground import Ground
from tests.chaos.journal import Journal

SEED = ("--resellers", "3", "--orders", "150", "--licenses-per-order", "4")
TIDE, CARD_TIDE = 1600, 120
EVERY_SECONDS, AT_ONCE = 4.0, 60
MONEY = Decimal(2_000_000)


def lay(ground: Ground) -> None:
    """Make the tables and all that the people of a run need."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("seed", *SEED, verbosity=0)
    for account in Account.objects.order_by("pk"):
        _give(account.reseller_id, MONEY)
    lay_due("Tide", TIDE)
    by_card = lay_due("Cards", CARD_TIDE)
    for reseller in by_card.resellers:
        _give(reseller.pk, -Account.objects.get(reseller=reseller).balance)
        _give_card(ground, reseller)
    tide = [*Reseller.objects.filter(name__startswith="Tide"), *by_card.resellers]
    License.objects.filter(reseller__in=tide).update(recurrent=False)
    _let_in(User.objects.filter(email__in=bench_people()))
    connection.close()


def bench_people() -> list[str]:
    """Return the addresses of those whose companies' licenses fall due, the oldest first."""
    people = User.objects.filter(email__startswith="tide").order_by("pk")
    return list(people.values_list("email", flat=True))


def _let_in(people: QuerySet[User]) -> None:
    people.update(password=alice().password)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in people
    )


def _give(reseller_id: int, amount: Decimal) -> None:
    now = timezone.now()
    adjust_balance(reseller_id, amount, "For the run.", key=uuid4(), actor=staff(), now=now)


def _give_card(ground: Ground, reseller: Reseller) -> None:
    customer = ground.gateway.customer(reseller.name)
    Account.objects.filter(reseller=reseller).update(gateway_customer=customer)
    Card.objects.create(
        reseller=reseller,
        token=ground.gateway.card(customer),
        brand="visa",
        last4="4242",
        expires_on=date(timezone.now().year + 3, 12, 31),
        is_default=True,
    )


class Tide(threading.Thread):
    """Lets a few more licenses fall due every few seconds, as the days do."""

    def __init__(self, journal: Journal, over: threading.Event) -> None:
        super().__init__(name="tide", daemon=True)
        self.journal, self.over = journal, over

    def run(self) -> None:
        """Turn the next few on."""
        while not self.over.wait(EVERY_SECONDS):
            try:
                self._rise()
            except DatabaseError:
                continue
            finally:
                connection.close()

    def _rise(self) -> None:
        dry = License.objects.filter(
            recurrent=False, reseller__users__email__endswith="@bench.example"
        )
        keys = list(dry.order_by("uuid").values_list("pk", flat=True)[:AT_ONCE])
        License.objects.filter(pk__in=keys, in_renewal=False).update(recurrent=True)
        self.journal.done["fell due"] += len(keys)


@contextmanager
def rising(journal: Journal) -> Iterator[None]:
    """Let licenses fall due within the block."""
    over = threading.Event()
    tide = Tide(journal, over)
    tide.start()
    try:
        yield
    finally:
        over.set()
        tide.join(20)
