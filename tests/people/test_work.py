"""All that waits for staff, on one page, and what stands out at the start of the admin site."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions import park_account
from billing.models import CardPayment, CardRefund, PaymentState, VendorDetails
from exports.models import Export
from licenses.models import AttemptOutcome, Renewal
from mailing.models import Mail
from orders.models import Order, Refund
from resellers.models import AuditEvent, Reseller, User
from resellers.staff.work import Standing, attention, work
from tests.billing.cards import make_card_rows
from tests.factories import make_active, make_order
from tests.licenses.renewing import make_tried
from tests.mailing.test_log import make_mail

As = Callable[[User], Client]


def waiting(reseller: Reseller | None = None) -> dict[str, int]:
    """Return what waits for a person, with how much of it."""
    found = attention(timezone.now(), reseller)
    return {str(standing.pile.attention): standing.found for standing in found}


def standing(queue: str, pile: str) -> Standing:
    """Return what one line of the page says."""
    lines = {
        (str(each.label), str(one.pile.label)): one
        for each, standings in work(timezone.now())
        for one in standings
    }
    return lines[queue, pile]


def listed(client: Client, url: str) -> list[Any]:
    """Return what the list at an address shows."""
    return list(client.get(url).context["cl"].result_list)


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    """An order of two licenses."""
    return make_order(acme, user=alice, quantity=2)


def trouble(order: Order) -> None:
    """Let everything go wrong at the order's reseller."""
    reseller, long_ago = order.reseller, timezone.now() - timedelta(days=3)
    used, other = order.licenses.all()
    make_mail(reseller, state="stuck", reason="550", next_attempt_at=long_ago)
    make_mail(reseller, state="queued", next_attempt_at=long_ago)
    values = {"reseller": reseller, "by": order.user, "kind": "orders", "query": ""}
    Export.objects.create(**values, state="failed", reason="The disk was full.")
    Refund.objects.create(reseller=reseller, order=order, license=other, amount=1)
    renewal = make_tried(make_active(used), AttemptOutcome.NOT_COVERED)
    Renewal.objects.filter(pk=renewal.pk).update(next_attempt_on=long_ago.date())
    make_card_rows(reseller)
    CardPayment.objects.update(state=PaymentState.PARKED, settled_at=None, next_check_at=None)
    CardRefund.objects.update(contradicted_at=long_ago)


def test_what_waits_for_a_person_is_counted(order: Order, globex: Reseller) -> None:
    assert waiting() == {}
    trouble(order)
    assert waiting() == {
        "Refunds wait for your decision": 1,
        "Card payments to settle": 1,
        "Refunds to cards that did not arrive": 1,
        "Refunds to cards went back after all": 1,
        "Renewals are late": 1,
        "Mails are late": 1,
        "Mails were given up": 1,
        "Exports were given up": 1,
    }
    assert waiting(globex) == {}
    assert waiting(order.reseller) == waiting()


def test_a_parked_account_waits_and_its_renewals_do_not(order: Order, sam: User) -> None:
    trouble(order)
    park_account(order.reseller_id, "Look at it.", actor=sam, now=timezone.now())
    assert waiting()["Accounts are parked"] == 1
    assert "Renewals are late" not in waiting()


def test_a_renewal_that_a_card_may_still_pay_is_not_late(order: Order) -> None:
    trouble(order)
    used = order.licenses.get(activated_at__isnull=False)
    CardPayment.objects.update(purpose="renewal", about=str(used.uuid))
    assert "Renewals are late" not in waiting()


def test_every_count_leads_to_its_rows(as_: As, sam: User, order: Order) -> None:
    trouble(order)
    client = as_(sam)
    for one in attention(timezone.now()) + attention(timezone.now(), order.reseller):
        assert len(listed(client, one.url)) == one.found, one.url


def test_every_line_of_the_page_leads_to_its_rows(as_: As, sam: User, order: Order) -> None:
    trouble(order)
    client = as_(sam)
    for _queue, standings in work(timezone.now()):
        for one in standings:
            assert len(listed(client, one.url)) == one.found, one.url


def test_the_page_says_since_when_the_oldest_waits(as_: As, sam: User, order: Order) -> None:
    assert standing("Mails", "Given up").oldest == ""
    make_mail(order.reseller, state="stuck", next_attempt_at=timezone.now() - timedelta(days=400))
    make_mail(order.reseller, state="failed", next_attempt_at=timezone.now())
    found = standing("Mails", "Given up")
    assert (found.number, found.is_urgent) == ("2", True)
    assert found.oldest in as_(sam).get("/admin/work/").content.decode()


def test_the_start_shows_what_needs_attention_first(as_: As, sam: User, order: Order) -> None:
    VendorDetails.objects.create(name="Rampart", address="Quay 2", bank_details="IBAN 1")
    assert "Nothing waits for you." in as_(sam).get("/admin/").content.decode()
    trouble(order)
    page = as_(sam).get("/admin/").content.decode()
    assert page.index("Card payments to settle") < page.index("Open a new reseller")
    assert "Nothing waits for you." not in page


def test_the_start_asks_for_the_vendors_details(as_: As, sam: User) -> None:
    client = as_(sam)
    assert "Say who sells, and where transfers go" in client.get("/admin/").content.decode()
    VendorDetails.objects.create(name="Rampart", address="Quay 2")
    assert "Say where transfers go" in client.get("/admin/").content.decode()
    VendorDetails.objects.update(bank_details="IBAN DE00")
    assert "where transfers go" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("path", ["/admin/", "/admin/work/"])
def test_it_takes_as_many_queries_however_much_waits(
    as_: As, sam: User, order: Order, path: str
) -> None:
    client, counts = as_(sam), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
        trouble(make_order(order.reseller, user=order.user, quantity=2))
    assert counts[0] == counts[1] <= 40


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_is_only_looked_at(as_: As, sam: User, method: str) -> None:
    assert getattr(as_(sam), method)("/admin/work/").status_code == 405


@pytest.mark.parametrize(
    ("table", "state"), [("mailing_mail", "stuck"), ("exports_export", "failed")]
)
def test_sam_tries_all_again_that_were_given_up(
    as_: As, sam: User, order: Order, table: str, state: str
) -> None:
    model: Any = Mail if table == "mailing_mail" else Export
    path = f"/admin/{table.replace('_', '/')}/retry-all/"
    client = as_(sam)
    assert "Nothing was given up." in client.get(path).content.decode()
    trouble(order)
    model.objects.filter(state__in=["stuck", "failed"]).update(state=state, attempts=5)
    assert "1 of them is tried again" in client.get(path).content.decode()
    assert client.post(path).status_code == 302
    assert not model.objects.given_up().exists()
    assert AuditEvent.objects.filter(verb__endswith=".retried", actor=sam).count() == 1
