"""Every filter of the list of orders finds what it should, and nothing else."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from orders.models import Order, OrderState, PaymentType
from resellers.models import Reseller, User
from tests.factories import (
    CustomerFactory,
    DistributionCompanyFactory,
    OrderFactory,
    ProductFactory,
    UserFactory,
    make_active,
    make_cancelled,
    make_order,
)
from tests.orders.conftest import Finds, SignedIn, first_license


@pytest.fixture
def other(acme: Reseller, alice: User) -> Order:
    """An order of today that none of the filters below asks for."""
    return make_order(acme, quantity=1, user=alice, number="9999999999")


def test_order_number_whole(finds: Finds, alice: User, acme: Reseller, other: Order) -> None:
    make_order(acme, number="1234567890")
    assert finds(alice, "order_number=1234567890") == ["1234567890"]


@pytest.mark.parametrize("beginning", ["1", "12345", "+12345+"])
def test_order_number_beginning(
    finds: Finds, alice: User, acme: Reseller, other: Order, beginning: str
) -> None:
    make_order(acme, number="1234567890")
    assert finds(alice, f"order_number={beginning}") == ["1234567890"]


@pytest.mark.parametrize("typed", ["12345+67890", "+1234567890+", "1234%C2%A0567"])
def test_order_number_with_blanks(finds: Finds, alice: User, acme: Reseller, typed: str) -> None:
    make_order(acme, number="1234567890")
    assert finds(alice, f"order_number={typed}") == ["1234567890"]


def test_order_number_is_not_found_in_its_middle(finds: Finds, alice: User, other: Order) -> None:
    make_order(other.reseller, number="1234567890")
    assert finds(alice, "order_number=234") == []


def test_product_by_slug(finds: Finds, alice: User, acme: Reseller, other: Order) -> None:
    wanted = make_order(acme, product=ProductFactory.create(slug="mail-guard"))
    assert finds(alice, "product=mail-guard") == [wanted.number]


@pytest.mark.parametrize("state", OrderState.values)
def test_state(finds: Finds, alice: User, acme: Reseller, state: str) -> None:
    orders = {
        each: OrderFactory.create(reseller=acme, user=alice, state=each, available=0)
        for each in OrderState.values
    }
    assert finds(alice, f"state={state}") == [orders[state].number]


@pytest.mark.parametrize("payment_type", PaymentType.values)
def test_payment_type(finds: Finds, alice: User, acme: Reseller, payment_type: str) -> None:
    orders = {each: make_order(acme, payment_type=each) for each in PaymentType.values}
    assert finds(alice, f"payment_type={payment_type}") == [orders[payment_type].number]


def test_distribution_company(finds: Finds, alice: User, acme: Reseller, other: Order) -> None:
    company = DistributionCompanyFactory.create(reseller=acme)
    wanted = make_order(acme, distribution_company=company)
    assert finds(alice, f"distribution_company={company.pk}") == [wanted.number]


def test_a_retired_distribution_company_is_still_part_of_the_history(
    finds: Finds, alice: User, acme: Reseller, other: Order
) -> None:
    company = DistributionCompanyFactory.create(reseller=acme, retired_at=timezone.now())
    wanted = make_order(acme, distribution_company=company)
    assert finds(alice, f"distribution_company={company.pk}") == [wanted.number]


def test_user(finds: Finds, alice: User, ann: User, acme: Reseller, other: Order) -> None:
    wanted = make_order(acme, user=ann)
    assert finds(alice, f"user={ann.pk}") == [wanted.number]


def test_a_disabled_user_is_still_part_of_the_history(
    finds: Finds, alice: User, acme: Reseller, other: Order
) -> None:
    gone = UserFactory.create(reseller=acme, is_active=False)
    assert finds(alice, f"user={gone.pk}") == []
    wanted = make_order(acme, user=gone)
    assert finds(alice, f"user={gone.pk}") == [wanted.number]


def test_available(finds: Finds, alice: User, acme: Reseller, other: Order) -> None:
    sold = make_order(acme, quantity=1)
    make_active(sold.licenses.get())
    make_cancelled(make_order(acme, quantity=1).licenses.get())
    assert finds(alice, "available=true") == [other.number]


def test_search_by_activation_code(finds: Finds, ann: User, other: Order) -> None:
    wanted = make_order(other.reseller, quantity=2)
    code = first_license(wanted).activation_code
    assert finds(ann, f"search={code}") == [wanted.number]


def test_search_by_code_as_people_type_it(finds: Finds, ann: User, other: Order) -> None:
    wanted = make_order(other.reseller, quantity=1)
    typed = wanted.licenses.get().activation_code.replace("-", "").lower()[:17]
    assert finds(ann, f"search=+{typed[:4]}+{typed[4:]}") == [wanted.number]


@pytest.mark.parametrize("typed", ["maria@nova.example", "maria@", "MARIA@Nova"])
def test_search_by_customer_email(
    finds: Finds, ann: User, acme: Reseller, other: Order, typed: str
) -> None:
    wanted = make_order(acme, quantity=1)
    customer = CustomerFactory.create(reseller=acme, email="Maria@nova.example")
    make_active(wanted.licenses.get(), customer=customer)
    assert finds(ann, f"search={typed}") == [wanted.number]


@pytest.mark.parametrize("typed", ["%25", "_", "---", "\\", "*"])
def test_search_takes_wildcards_as_letters(
    finds: Finds, ann: User, other: Order, typed: str
) -> None:
    make_active(make_order(other.reseller, quantity=1).licenses.get())
    assert finds(ann, f"search={typed}") == []


def test_an_order_with_many_hits_is_one_tile(finds: Finds, ann: User, acme: Reseller) -> None:
    wanted = make_order(acme, quantity=3)
    customer = CustomerFactory.create(reseller=acme, email="maria@nova.example")
    for license in wanted.licenses.all():
        make_active(license, customer=customer)
    assert finds(ann, "search=maria") == [wanted.number]


def test_a_viewer_searches_by_email_but_never_by_code(
    finds: Finds, bob: User, acme: Reseller
) -> None:
    order = make_order(acme, quantity=1)
    customer = CustomerFactory.create(reseller=acme, email="maria@nova.example")
    license = make_active(order.licenses.get(), customer=customer)
    assert finds(bob, "search=maria") == [order.number]
    assert finds(bob, f"search={license.activation_code}") == []


def test_activated_in_these_days(finds: Finds, alice: User, acme: Reseller, other: Order) -> None:
    wanted = make_order(acme, quantity=2)
    make_active(first_license(wanted), activated_at=acme.day_begins(date(2026, 3, 10)))
    assert finds(alice, "activated_from=2026-03-10&activated_to=2026-03-10") == [wanted.number]
    assert finds(alice, "activated_from=2026-03-11") == []
    assert finds(alice, "activated_to=2026-03-09") == []


def test_one_license_must_lie_within_both_days(finds: Finds, alice: User, acme: Reseller) -> None:
    order = make_order(acme, quantity=2)
    for license, day in zip(order.licenses.all(), (1, 30), strict=True):
        make_active(license, activated_at=acme.day_begins(date(2026, 3, day)))
    assert finds(alice, "activated_from=2026-03-10&activated_to=2026-03-20") == []


def test_expires_in_these_days(finds: Finds, alice: User, acme: Reseller, other: Order) -> None:
    wanted = make_order(acme, quantity=2)
    make_active(first_license(wanted), ends_on=date(2027, 2, 14))
    assert finds(alice, "expires_from=2027-02-14&expires_to=2027-02-14") == [wanted.number]
    assert finds(alice, "expires_from=2027-02-15") == []
    assert finds(alice, "expires_to=2027-02-13") == []


def test_filters_join_with_and(finds: Finds, alice: User, ann: User, acme: Reseller) -> None:
    wanted = make_order(acme, user=ann, payment_type="card")
    make_order(acme, user=ann, payment_type="balance")
    make_order(acme, user=alice, payment_type="card")
    assert finds(alice, f"user={ann.pk}&payment_type=card") == [wanted.number]


def test_charlie_finds_nothing_of_acme_by_any_filter(
    finds: Finds, charlie: User, acme: Reseller
) -> None:
    order = make_order(acme, quantity=1)
    license = make_active(
        order.licenses.get(), customer=CustomerFactory.create(reseller=acme, email="m@nova.example")
    )
    day = (timezone.now() - timedelta(days=400)).date()
    for query in (
        f"order_number={order.number}",
        f"search={license.activation_code}",
        "search=m@nova.example",
        f"product={order.product.slug}",
        f"date_from={day}",
        "expires_from=2020-01-01",
    ):
        assert finds(charlie, query) == []


def test_a_panel_shows_what_was_typed_into_it_and_not_into_another(
    as_: SignedIn, alice: User, bob: User
) -> None:
    label = "Activation code or e-mail</label>"
    for typed in ("", "first", "", "second"):
        html = as_(alice).get("/orders/", {"search": typed}).content.decode()
        assert re.findall(r'name="search" value="(\w*)"', html) == [typed] * bool(typed)
        assert label in html
    assert label not in as_(bob).get("/orders/", {"search": ""}).content.decode()
