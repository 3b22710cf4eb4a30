"""Licenses are chosen from the key table of an order, from activations and from renewals."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from licenses.models import BulkVerb, License
from orders.models import Order
from resellers.models import Reseller, User
from tests.factories import CustomerFactory, make_active, make_entry, make_order
from tests.licenses.bulk import address, changed, outcomes, recurrent_of
from tests.licenses.renewing import make_guard, make_renewing

As = Callable[[User], Client]
TODAYS = "/activations/bulk-change/"


@pytest.fixture
def order(acme: Reseller) -> Order:
    """Two active licenses that do not renew, and one that is available."""
    order = make_order(acme, product=make_guard(), quantity=3)
    customers = [CustomerFactory.create(reseller=acme, company=name) for name in ("Zeta", "Yota")]
    for license, customer in zip(order.licenses.order_by("pk"), customers, strict=False):
        make_active(license, customer=customer)
    return order


def licenses_of(order: Order) -> list[License]:
    return list(order.licenses.order_by("pk"))


def keys_of(order: Order) -> str:
    return f"/orders/{order.number}/license-keys/bulk-change/"


def test_the_key_table_has_boxes_and_a_bar_for_who_may_operate(
    as_: As, ann: User, bob: User, order: Order
) -> None:
    path = f"/orders/{order.number}/license-keys/"
    text = as_(ann).get(path).text
    assert text.count(f'form="many-{order.number}"') == 3
    assert f'action="{keys_of(order)}"' in text
    assert "all 3 that match" in text
    assert "many-" not in as_(bob).get(path).text


def test_ticked_keys_of_an_order_are_turned_on(as_: As, ann: User, order: Order) -> None:
    first, second, _unused = licenses_of(order)
    change = changed(as_(ann), address(first, do=BulkVerb.TURN_ON, to=keys_of(order)))
    assert recurrent_of([first, second]) == [True, False]
    page = as_(ann).get(f"/bulk-changes/{change.uuid}/").text
    assert f'href="/orders/{order.number}/"' in page


def test_all_keys_of_an_order_that_match_are_meant(as_: As, ann: User, order: Order) -> None:
    url = address(do=BulkVerb.TURN_ON, to=keys_of(order), which="all", search="Zeta")
    changed(as_(ann), url)
    assert recurrent_of(licenses_of(order)) == [True, False, False]
    change = changed(as_(ann), address(do=BulkVerb.TURN_ON, to=keys_of(order), which="all"))
    assert sorted(outcomes(change).values()) == ["done", "refused", "same"]


def test_another_orders_key_is_not_chosen_here(
    as_: As, ann: User, acme: Reseller, order: Order
) -> None:
    other = make_renewing(acme, order.product, 20)
    answer = as_(ann).get(address(other, to=keys_of(order)))
    assert "Choose at least one license" in answer.text


def test_the_activations_have_boxes_and_a_bar(as_: As, ann: User, bob: User, order: Order) -> None:
    text = as_(ann).get("/activations/").text
    assert text.count('form="many-activations"') == 2
    assert f'action="{TODAYS}"' in text
    assert "all 2 that match" in text
    assert "many-" not in as_(bob).get("/activations/").text


def test_activations_that_match_are_renewed(
    as_: As, ann: User, acme: Reseller, order: Order
) -> None:
    make_entry(acme)
    soon = acme.day_of(timezone.now()) + timedelta(days=10)
    first, second, _unused = licenses_of(order)
    order.licenses.filter(activated_at__isnull=False).update(ends_on=soon)
    url = address(do=BulkVerb.RENEW, to=TODAYS, which="all", customer="Yota")
    assert "Renew 1 license<" in as_(ann).get(url).text
    assert outcomes(changed(as_(ann), url)) == {second.pk: "done"}
    assert first.periods.count() == 1


def test_todays_activations_are_meant_where_nothing_else_is_said(
    as_: As, ann: User, acme: Reseller, order: Order
) -> None:
    make_renewing(acme, order.product, 20)  # activated long ago
    url = address(do=BulkVerb.TURN_ON, to=TODAYS, which="all")
    assert as_(ann).get(url).context["preview"].count == 2
    everything = address(do=BulkVerb.TURN_ON, to=TODAYS, which="all", date_from="")
    assert len(as_(ann).get(everything).context["preview"].lines) == 3


def test_cancel_leads_back_to_the_list_as_it_was(as_: As, ann: User, order: Order) -> None:
    first = licenses_of(order)[0]
    answer = as_(ann).get(address(first, to=TODAYS, status="active", customer="Z"))
    assert answer.context["back"] == "/activations/?status=active&customer=Z"


def test_the_renewals_offer_what_makes_sense_for_them(
    as_: As, ann: User, acme: Reseller, order: Order
) -> None:
    make_renewing(acme, order.product, 20)
    make_renewing(acme, order.product, 20, recurrent=False)
    renewing, ending = (as_(ann).get(f"/renewals/?show={show}").text for show in ("", "ending"))
    assert ('value="turn_off"' in renewing, 'value="turn_on"' in renewing) == (True, False)
    assert ('value="turn_off"' in ending, 'value="turn_on"' in ending) == (False, True)
    assert 'value="renew"' in renewing
    assert 'form="many-renewals"' in renewing
