"""The confirmation mail: what it says, to whom it may go, and that it stays readable."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from django.test import override_settings
from django.utils import timezone

from licenses.codes import new_activation_code
from licenses.models import License
from mailing.kinds import MailText, UndeliverableError
from mailing.models import Mail
from orders.confirmation import KIND
from orders.emails import order_confirmation
from orders.models import Order
from resellers.models import Reseller, User
from resellers.roles import Role
from tests.factories import (
    DistributionCompanyFactory,
    OrderFactory,
    ProductFactory,
    make_active,
    make_cancelled,
    make_order,
)

SITE = "https://portal.example"


@pytest.fixture(autouse=True)
def _at_the_readers(settings: object) -> object:
    """Write as the worker does: in Berlin, for a site of our own."""
    with override_settings(SITE_URL=SITE), timezone.override("Europe/Berlin"):
        yield


def written(order: Order, to: str = "alice@acme.example") -> MailText:
    """Write the confirmation of an order."""
    mail = Mail(kind=KIND, about=order.number, reseller=order.reseller, to=to)
    return order_confirmation(mail)


class Seen(HTMLParser):
    """What a reader of HTML sees, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.links = "", set[str]()
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links |= {value for name, value in attrs if name == "href" and value}


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    """Three licenses of a product whose name needs care in HTML."""
    return make_order(
        acme,
        user=alice,
        product=ProductFactory.create(name="Guard & <Shield>"),
        reference='"7"',
        distribution_company=DistributionCompanyFactory.create(reseller=acme, name="Nørd & Søn"),
        placed_at=datetime(2026, 11, 24, 13, 10, tzinfo=UTC),
    )


def test_both_bodies_hold_the_order(order: Order) -> None:
    mail = written(order)
    seen = " ".join(Seen(mail.html).text.split())
    text = " ".join(mail.text.split())
    assert mail.subject == f"Order {order.number}: 3 × Guard & <Shield>"
    for fact in (
        "Hello Alice Arnold",
        "an order of Acme",
        order.number,
        "24 Nov 2026, 14:10 CET",
        "Guard & <Shield>, 12 months",
        "EUR\u00a0360.00 (EUR\u00a0120.00 a license)",
        "CSS balance",
        "Processed",
        "Nørd & Søn",
        '"7"',
    ):
        assert " ".join(fact.split()) in seen
        assert " ".join(fact.split()) in text


def test_both_bodies_hold_every_code_and_link(order: Order) -> None:
    mail = written(order)
    seen = Seen(mail.html)
    for license in order.licenses.all():
        link = f"{SITE}/activate/{license.activation_code}/"
        assert license.activation_code in mail.text
        assert license.activation_code in seen.text
        assert link in mail.text
        assert link in seen.text
        assert link in seen.links


def test_a_used_license_is_marked_and_a_cancelled_one_left_out(order: Order) -> None:
    used, cancelled, _available = order.licenses.all()
    make_active(used, activated_at=order.reseller.day_begins(date(2026, 11, 24)))
    make_cancelled(cancelled)
    mail = written(order)
    for body in (mail.text, Seen(mail.html).text):
        assert used.activation_code in body
        assert "used since 24 Nov 2026" in body
        assert cancelled.activation_code not in body
        assert "1 cancelled license is left out." in body
        assert "1 of 3 refunded" in body


def test_when_all_is_cancelled_it_says_so(acme: Reseller, alice: User) -> None:
    order = make_order(acme, user=alice, quantity=1)
    make_cancelled(order.licenses.get())
    assert "No license of this order can be used any more." in written(order).text


def test_it_leads_to_the_order_and_to_the_file(order: Order) -> None:
    mail = written(order)
    for address in ("", "activation-codes/?format=csv"):
        assert f"{SITE}/orders/{order.number}/{address}" in mail.text
        assert f"{SITE}/orders/{order.number}/{address}" in Seen(mail.html).links


def test_ten_thousand_licenses_fit(acme: Reseller, alice: User) -> None:
    order = OrderFactory.create(reseller=acme, user=alice, quantity=10_000)
    codes = [new_activation_code() for _ in range(10_000)]
    License.objects.bulk_create(
        License(reseller=acme, order=order, product=order.product, activation_code=code)
        for code in codes
    )
    mail = written(order)
    seen = Seen(mail.html)
    assert set(codes) <= set(mail.text.split())
    assert set(codes) <= set(seen.text.split())
    assert f"{SITE}/activate/{codes[-1]}/" in seen.links
    assert "9901–10000" in mail.text.replace(",", "")
    assert len(mail.text) + len(mail.html) < 4_000_000
    assert max(map(len, mail.text.splitlines())) < 200


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.VIEWER}])
def test_it_does_not_go_to_who_may_not_see_codes_any_more(
    order: Order, alice: User, change: dict[str, object]
) -> None:
    User.objects.filter(pk=alice.pk).update(**change)
    with pytest.raises(UndeliverableError, match="may no longer be sent activation codes"):
        written(order)


def test_nor_to_somebody_of_another_company(order: Order, charlie: User) -> None:
    with pytest.raises(UndeliverableError):
        written(order, to=charlie.email)


def test_it_is_read_by_staff_who_asked(order: Order, sam: User) -> None:
    assert "Hello Sam Staff" in written(order, to=sam.email).text
