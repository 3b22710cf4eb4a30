"""The addresses of staff's lists: what may narrow a list, and that nothing else tells anything."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from activation.models import Customer
from catalog.models import Price
from licenses.models import License
from orders.models import Order
from resellers.models import AuditEvent, Reseller, User
from resellers.staff.lookups import lookups_of
from resellers.steps import record
from tests.factories import PriceFactory, make_active, make_order

As = Callable[[User], Client]
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
LINKS = {"reseller__id__exact", "order__id__exact", "customer__id__exact", "about__exact"}
HOWS = ("", "__exact", "__startswith", "__contains", "__regex", "__iregex", "__gt", "__in")
SECRETS = ("password", "activation_code", "query", "session_epoch", "license__activation_code")
MORE = ("reseller__users__password", "user__password", "by__password", "params", "changes")
ODD = {
    "placed_at__year": "9999999999",
    "email__regex": "*",
    "activation_code__regex": "(",
    **dict.fromkeys(("id", "id__exact", "pk", "o", "nonsense", "_facets"), "1"),
}
VALUES = ("x", "1", "(", "*", "0", "9" * 40, "-1", "", "[]", "\ufffd", "True")


def changelist(model: type[Model]) -> str:
    """Return the address of a table's list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def fields_of(model: type[Model]) -> Iterator[str]:
    """Return every lookup of a table's own fields, and those of secrets near it."""
    names = [field.name for field in model._meta.get_fields()]
    yield from (f"{name}{how}" for name in (*names, *SECRETS, *MORE) for how in HOWS)
    yield from ODD


def listed(client: Client, path: str, query: dict[str, Any] | None = None) -> list[Any]:
    """Return what a list shows."""
    return list(client.get(path, query or {}).context["cl"].result_list)


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    """An order of two licenses, one of them active."""
    order = make_order(acme, user=alice, quantity=2)
    make_active(order.licenses.all()[0])
    return order


@pytest.mark.parametrize("model", MODELS)
def test_an_address_tells_nothing_of_a_field_that_is_no_filter(
    as_: As, sam: User, order: Order, model: type[Model]
) -> None:
    client, path = as_(sam), changelist(model)
    declared = LINKS | lookups_of(admin.site._registry[model].list_filter)
    for lookup in set(fields_of(model)) - declared:
        answer = client.get(path, {"e": "1", lookup: ODD.get(lookup, "x")})
        assert (answer.status_code, answer.headers.get("Location")) == (302, f"{path}?e=1"), lookup


@pytest.mark.parametrize("model", MODELS)
def test_filters_name_no_secret(model: type[Model]) -> None:
    page = admin.site._registry[model]
    for lookup in (f"{name}{how}" for name in (*SECRETS, *MORE) for how in HOWS):
        assert not page.lookup_allowed(lookup, "x")  # type: ignore[call-arg]
    assert not any("regex" in name for name in lookups_of(page.list_filter))


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("model", MODELS)
def test_no_value_of_a_filter_is_an_error(
    as_: As, sam: User, order: Order, model: type[Model], value: str
) -> None:
    client = as_(sam)
    for lookup in LINKS | lookups_of(admin.site._registry[model].list_filter):
        answer = client.get(changelist(model), {lookup: value})
        assert answer.status_code in {200, 302}, lookup


@pytest.mark.parametrize("model", MODELS)
def test_every_choice_of_every_filter_leads_somewhere(
    as_: As, sam: User, order: Order, model: type[Model]
) -> None:
    client, path = as_(sam), changelist(model)
    shown = client.get(path).context["cl"]
    for choice in (one for spec in shown.filter_specs for one in spec.choices(shown)):
        query = choice.get("query_string")
        assert query is None or client.get(f"{path}{query}").status_code == 200, query


def test_the_lists_own_links_narrow_them(
    as_: As, sam: User, order: Order, globex: Reseller, charlie: User
) -> None:
    make_order(globex, user=charlie, quantity=1)
    client, path = as_(sam), changelist(License)
    of_reseller = {"reseller__id__exact": order.reseller_id}
    active = order.licenses.get(activated_at__isnull=False)
    assert listed(client, changelist(Order), of_reseller) == [order]
    assert len(listed(client, path, {**of_reseller, "order__id__exact": order.pk})) == 2
    customer = {**of_reseller, "customer__id__exact": active.customer_id}
    assert listed(client, path, customer) == [active]
    assert listed(client, changelist(Customer), of_reseller) == [active.customer]


def test_the_record_of_one_order_is_that_of_no_other(as_: As, sam: User, order: Order) -> None:
    values: dict[str, Any] = {"reseller": order.reseller, "actor": sam}
    events = [record("order.placed", about, **values) for about in (order.number, "1")]
    query = {"about__exact": order.number, "reseller__id__exact": order.reseller_id}
    assert listed(as_(sam), changelist(AuditEvent), query) == events[:1]


def test_sam_is_told_that_a_list_is_whole(as_: As, sam: User) -> None:
    query = {"password__startswith": "argon2"}
    page = as_(sam).get(changelist(User), query, follow=True)
    assert "The list cannot be narrowed in this way." in page.content.decode()
    assert page.context["cl"].result_count == 1


@pytest.mark.parametrize("ticked", ["on", "", "-1", "1.5", "9" * 40, "\0", "٣"])
def test_what_is_no_row_of_a_list_is_not_acted_on(as_: As, sam: User, ticked: str) -> None:
    price = PriceFactory.create()
    values = {"action": "delete_selected", "_selected_action": [str(price.pk), ticked]}
    answer = as_(sam).post(changelist(Price), {**values, "post": "yes"}, follow=True)
    assert "Tick rows of this list" in answer.text
    assert Price.objects.exists()
