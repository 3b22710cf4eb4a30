"""Cards and payments are seen by the admins of their own company only."""

from collections.abc import Callable

import pytest
from django.test import Client

from billing.models import CardPayment
from resellers.models import Reseller, User
from tests.billing.cards import make_card_rows
from tests.gateway import Gateway

As = Callable[[User], Client]
PAGE = "/settings/payment/"


@pytest.fixture
def payment(gateway: Gateway, acme: Reseller) -> CardPayment:
    """Acme's, by Visa •••• 4242."""
    return make_card_rows(acme)


def test_a_stranger_sees_neither_cards_nor_payments(
    as_: As, payment: CardPayment, alice: User, charlie: User
) -> None:
    assert as_(alice).get(PAGE).text.count("4242") > 1
    assert str(payment.uuid) in as_(alice).get(PAGE).text
    page = as_(charlie).get(PAGE)
    assert (page.context["cards"], page.context["payments"]) == ([], [])
    listed = as_(charlie).get("/payments/").context
    assert (listed["rows"], listed["pages"].counted) == ([], "0")


def test_a_strangers_payment_is_like_none(
    as_: As, payment: CardPayment, alice: User, charlie: User
) -> None:
    address = f"/payments/{payment.uuid}/"
    assert as_(alice).get(address).status_code == 200
    assert as_(charlie).get(address).status_code == 404
    assert as_(charlie).post(address).status_code == 404


def test_only_admins_see_a_payment(as_: As, payment: CardPayment, ann: User, bob: User) -> None:
    for person in (ann, bob):
        assert as_(person).get("/payments/").status_code == 403
        assert as_(person).get(f"/payments/{payment.uuid}/").status_code == 403
        assert as_(person).post(f"/payments/{payment.uuid}/").status_code == 403
        for what in ("default", "remove"):
            address = f"{PAGE}{payment.card.uuid}/{what}/"
            assert as_(person).post(address).status_code == 403
