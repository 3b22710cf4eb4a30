"""What vendor staff find and do about orders and licenses."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activation.models import Activation
from licenses.actions import replace_code
from licenses.models import License
from mailing.models import Mail
from orders.admin.finding import licenses_for, orders_for
from orders.models import Order, OrderState
from resellers.models import AuditEvent, Reseller, User
from tests.factories import CustomerFactory, OrderFactory, PriceFactory, make_active, make_order

As = Callable[[User], Client]
ORDERS, LICENSES = "orders_order", "licenses_license"
BIG = ("orders_order", "licenses_license", "activation_customer", "mailing_mail")


def listed(client: Client, table: str, term: str) -> list[Any]:
    """Return what a search finds."""
    page = client.get(reverse(f"admin:{table}_changelist"), {"q": term})
    return list(page.context["cl"].result_list)


def button(table: str, slug: str, obj: Any) -> str:
    """Return the address of a button."""
    return reverse(f"admin:{table}_{slug}", args=[obj.pk])


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    """An order of Alice's: one license active for a customer, two available."""
    order = make_order(acme, user=alice, number="4711000001", quantity=3)
    customer = CustomerFactory.create(reseller=acme, email="Maria@Muster.example")
    make_active(order.licenses.all()[0], customer=customer)
    return order


@pytest.fixture
def elsewhere(globex: Reseller, charlie: User) -> Order:
    """An order of a stranger to Alice."""
    return make_order(globex, user=charlie, number="4712000002", quantity=1)


@pytest.mark.parametrize("term", ["4711000001", "4711", " 4711000001 ", "maria@muster", "acme"])
def test_sam_finds_an_order(as_: As, sam: User, order: Order, elsewhere: Order, term: str) -> None:
    assert listed(as_(sam), ORDERS, term) == [order]


def test_sam_finds_orders_of_every_reseller(
    as_: As, sam: User, order: Order, elsewhere: Order
) -> None:
    assert set(listed(as_(sam), ORDERS, "471")) == {order, elsewhere}


@pytest.mark.parametrize("dash", ["-", " ", ""])
def test_sam_finds_order_and_license_by_a_code_however_it_is_typed(
    as_: As, sam: User, order: Order, elsewhere: Order, dash: str
) -> None:
    license = order.licenses.all()[1]
    typed = license.activation_code.lower().replace("-", dash)
    client = as_(sam)
    assert listed(client, ORDERS, typed) == [order]
    assert listed(client, LICENSES, typed) == [license]


@pytest.mark.parametrize(
    "table", [ORDERS, LICENSES, "licenses_notice", "licenses_renewal", "licenses_renewalattempt"]
)
def test_that_a_code_led_to_its_license_is_on_record(
    as_: As, sam: User, order: Order, table: str
) -> None:
    license = order.licenses.all()[1]
    client = as_(sam)
    listed(client, table, license.activation_code.lower())
    event = AuditEvent.objects.get()
    assert (event.verb, event.about, event.actor) == ("license.looked_up", str(license.uuid), sam)
    assert license.activation_code not in str(event.changes)
    for term in (license.activation_code[:-1], license.activation_code[::-1], "4711", "acme"):
        listed(client, table, term)
    assert AuditEvent.objects.count() == 1


def test_a_code_that_was_replaced_leads_to_its_license(
    as_: As, sam: User, alice: User, order: Order
) -> None:
    license = order.licenses.all()[1]
    old = license.activation_code
    replace_code(license.uuid, actor=alice, now=timezone.now())
    assert listed(as_(sam), LICENSES, old) == [license]
    assert AuditEvent.objects.filter(verb="license.looked_up", actor=sam).count() == 1


@pytest.mark.parametrize("cut", [slice(4), slice(5), slice(34), slice(1, 35), slice(30, 35)])
def test_a_part_of_a_code_finds_nothing(as_: As, sam: User, order: Order, cut: slice) -> None:
    part = order.licenses.all()[1].activation_code[cut]
    assert listed(as_(sam), ORDERS, part) == []
    assert listed(as_(sam), LICENSES, part) == []


def test_sam_finds_licenses_by_order_customer_and_uuid(
    as_: As, sam: User, order: Order, elsewhere: Order
) -> None:
    client, active = as_(sam), order.licenses.get(activated_at__isnull=False)
    assert set(listed(client, LICENSES, "4711000001")) == set(order.licenses.all())
    assert listed(client, LICENSES, "MARIA@muster.example") == [active]
    assert listed(client, LICENSES, str(active.uuid)) == [active]
    assert listed(client, LICENSES, "Globex") == list(elsewhere.licenses.all())


@pytest.mark.parametrize("term", ["4713", "nobody@", "ZZZZZ", "I0O1", "9" * 11])
def test_what_is_not_there_is_not_found(as_: As, sam: User, order: Order, term: str) -> None:
    assert listed(as_(sam), ORDERS, term) == []
    assert listed(as_(sam), LICENSES, term) == []


@pytest.mark.parametrize("table", [ORDERS, LICENSES, "activation_customer", "mailing_mail"])
def test_a_search_reads_no_big_table_from_end_to_end(
    as_: As, sam: User, order: Order, table: str
) -> None:
    client, code = as_(sam), order.licenses.all()[1].activation_code
    for term in ("4711000001", "4711", code, "maria@muster", "acme"):
        with CaptureQueriesContext(connection) as queries:
            listed(client, table, term)
        for query in queries:
            if query["sql"].startswith("SELECT"):
                assert "Seq Scan" not in scans(query["sql"]), query["sql"]


@pytest.fixture
def many(order: Order) -> None:
    """Enough rows around the order, and counted, for the planner to weigh a place in an index."""
    reseller = order.reseller
    CustomerFactory.create_batch(300, reseller=reseller)
    OrderFactory.create_batch(300, reseller=reseller, user=order.user, product=order.product)
    make_order(reseller, user=order.user, quantity=300)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE activation_customer, orders_order, licenses_license")


@pytest.mark.parametrize("find", [orders_for, licenses_for])
def test_what_was_typed_is_looked_up_in_an_index(
    order: Order, many: None, find: Callable[[str], Q]
) -> None:
    code = order.licenses.all()[1].activation_code
    for term in ("4711000001", "4711", code, "maria@muster"):
        with CaptureQueriesContext(connection) as queries:
            find(term)
        for query in queries:
            assert scans(query["sql"]) <= {"Index Cond"}, query["sql"]


def scans(sql: str) -> set[str]:
    """Return how a query reads the big tables although the planner shuns reading them whole."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        (((plan,),),) = cursor.fetchall()
        cursor.execute("SET LOCAL enable_seqscan = on")
    return {way for node in nodes(plan["Plan"]) for way in ways(node)}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return a plan's nodes."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def ways(node: dict[str, Any]) -> list[str]:
    """Return how a node reads a big table: whole, by a whole index, or by a place in one."""
    if node.get("Relation Name") not in BIG or node["Node Type"] == "Bitmap Heap Scan":
        return []
    return [node["Node Type"] if "Index Cond" not in node else "Index Cond"]


def test_no_page_shows_a_whole_code(as_: As, sam: User, order: Order) -> None:
    client = as_(sam)
    codes = [license.activation_code for license in order.licenses.all()]
    pages = [reverse(f"admin:{name}_changelist") for name in (ORDERS, LICENSES, "licenses_period")]
    pages += [reverse("admin:activation_activation_changelist")]
    pages += [reverse(f"admin:{LICENSES}_change", args=[row.pk]) for row in order.licenses.all()]
    for page in pages:
        content = client.get(page).content.decode()
        assert not any(code in content for code in codes), page


def test_seeing_a_code_takes_a_button_and_is_on_record(as_: As, sam: User, order: Order) -> None:
    license = order.licenses.all()[1]
    path = button(LICENSES, "show-code", license)
    assert license.activation_code not in as_(sam).get(path).content.decode()
    page = as_(sam).post(path)
    assert f"/activate/{license.activation_code}/" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    event = AuditEvent.objects.get()
    assert (event.verb, event.about, event.actor) == ("license.code_shown", str(license.uuid), sam)
    assert license.activation_code not in str(event.changes)


def test_sam_resends_the_confirmation_to_alice(as_: As, sam: User, order: Order) -> None:
    path = button(ORDERS, "resend-email", order)
    assert "alice@acme.example" in as_(sam).get(path).content.decode()
    page = as_(sam).post(path, follow=True).content.decode()
    assert "is queued for alice@acme.example" in page
    mail = Mail.objects.get()
    assert (mail.to, mail.about, mail.reseller) == (
        "alice@acme.example",
        order.number,
        order.reseller,
    )
    assert AuditEvent.objects.get(verb="order.mail_resent").actor == sam
    refused = as_(sam).post(path)
    assert (refused.status_code, b"can be sent again in" in refused.content) == (422, True)


def test_an_order_without_licenses_has_nothing_to_resend(
    as_: As, sam: User, acme: Reseller
) -> None:
    order = make_order(acme, state=OrderState.CHECKING, available=0)
    path = button(ORDERS, "resend-email", order)
    assert b"still being checked" in as_(sam).get(path).content
    assert as_(sam).post(path).status_code == 422
    assert not Mail.objects.exists()


def test_sam_activates_for_a_customer_of_the_reseller(as_: As, sam: User, order: Order) -> None:
    license = order.licenses.all()[1]
    path = button(LICENSES, "activate-existing", license)
    unknown = as_(sam).post(path, {"email": "who@muster.example"})
    assert (unknown.status_code, b"is registered with" in unknown.content) == (422, True)
    as_(sam).post(path, {"email": "MARIA@muster.example"})
    activation = Activation.objects.get(license=license)
    assert (activation.by, activation.customer.email) == (sam, "Maria@Muster.example")
    order.refresh_from_db()
    assert order.available == 1
    assert AuditEvent.objects.get(verb="license.activated").actor == sam


def test_a_customer_of_another_reseller_is_unknown(
    as_: As, sam: User, order: Order, elsewhere: Order
) -> None:
    path = button(LICENSES, "activate-existing", elsewhere.licenses.get())
    assert as_(sam).post(path, {"email": "maria@muster.example"}).status_code == 422


def test_sam_activates_for_a_new_customer(as_: As, sam: User, order: Order) -> None:
    license = order.licenses.all()[1]
    path = button(LICENSES, "activate-new", license)
    details = {"company": "Neu", "name": "Nora", "email": "nora@neu.example", "country": "AT"}
    assert as_(sam).post(path, {**details, "country": "XX"}).status_code == 422
    as_(sam).post(path, details)
    assert Activation.objects.get(license=license).customer.company == "Neu"
    assert Mail.objects.get(kind="license_activated").to == "nora@neu.example"
    again = as_(sam).get(path)
    assert b"Used since" in again.content
    assert as_(sam).post(path, details).status_code == 422


def test_sam_turns_auto_renew_on_and_off(as_: As, sam: User, order: Order) -> None:
    license = order.licenses.get(activated_at__isnull=False)
    PriceFactory.create(product=order.product)
    path = button(LICENSES, "billing-state", license)
    for recurrent in (True, False):
        page = as_(sam).get(path).content.decode()
        assert "120.00" in page
        found = re.search(r'name="recurrent" value="(\w+)"', page)
        assert found
        assert found[1] == str(recurrent).lower()
        as_(sam).post(path, {"recurrent": found[1]})
        license.refresh_from_db()
        assert license.recurrent is recurrent
    assert set(AuditEvent.objects.values_list("verb", "actor")) == {
        ("license.billing_state_changed", sam.pk)
    }


def test_auto_renew_of_an_available_license_stays(as_: As, sam: User, order: Order) -> None:
    license = order.licenses.all()[1]
    path = button(LICENSES, "billing-state", license)
    assert b"Not activated yet" in as_(sam).get(path).content
    assert as_(sam).post(path, {"recurrent": "true"}).status_code == 422
    license.refresh_from_db()
    assert license.recurrent is False


@pytest.mark.django_db(transaction=True)
def test_buttons_act_in_transactions_of_their_own(as_: As, sam: User, order: Order) -> None:
    license = order.licenses.all()[1]
    path = button(LICENSES, "activate-existing", license)
    assert as_(sam).post(path, {"email": "maria@muster.example"}).status_code == 302
    assert as_(sam).post(button(ORDERS, "resend-email", order)).status_code == 302
    assert as_(sam).post(button(LICENSES, "show-code", license)).status_code == 200


def test_no_button_exists_for_alice(as_: As, alice: User, order: Order) -> None:
    license = order.licenses.all()[1]
    for slug in ("show-code", "activate-existing", "activate-new", "billing-state"):
        assert as_(alice).post(button(LICENSES, slug, license)).status_code == 403
    assert as_(alice).post(button(ORDERS, "resend-email", order)).status_code == 403
    assert License.objects.activated().count() == 1


def test_the_record_of_an_order_is_one_click_away(as_: As, sam: User, order: Order) -> None:
    as_(sam).post(button(ORDERS, "resend-email", order))
    path = reverse("admin:orders_order_history", args=[order.pk])
    page = as_(sam).get(path, follow=True)
    assert [event.about for event in page.context["cl"].result_list] == [order.number]


def test_the_licenses_of_an_order_are_one_click_away(
    as_: As, sam: User, order: Order, elsewhere: Order
) -> None:
    page = as_(sam).get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    found = re.search(r'href="(/admin/licenses/license/\?[^"]+)"', page)
    assert found
    rows = as_(sam).get(found[1].replace("&amp;", "&")).context["cl"].result_list
    assert set(rows) == set(order.licenses.all())


def test_a_list_of_many_says_so(
    as_: As, sam: User, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resellers.staff.pages.CountedPaginator.LIMIT", 2)
    page = as_(sam).get(reverse("admin:licenses_license_changelist")).content.decode()
    assert "2+ licenses" in page


def test_a_list_is_narrowed_to_a_reseller_and_keeps_its_other_filters(
    as_: As, sam: User, order: Order, elsewhere: Order
) -> None:
    path = reverse("admin:orders_order_changelist")
    page = as_(sam).get(path, {"of": "glo", "state__exact": "processed", "q": "471"})
    assert list(page.context["cl"].result_list) == [elsewhere]
    content = page.content.decode()
    assert '<input type="hidden" name="state__exact" value="processed">' in content
    assert '<input type="hidden" name="q" value="471">' in content
