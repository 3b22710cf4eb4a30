"""Buying: the page, what is refused at which field, and what a purchase is."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from billing.actions import park_account
from billing.models import Account, BalanceEntry, EntryKind
from catalog.models import Price, Product
from desk.verify.registry import check_all
from mailing.kinds import kind_named
from mailing.models import Mail
from orders.actions import buy
from orders.models import Order
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.factories import DistributionCompanyFactory, PriceFactory, ProductFactory, make_order
from tests.orders.shop import BuyPage, bought, now, open_shop, purchase

As = Callable[[User], Client]


@pytest.fixture
def guard(acme: Reseller) -> Product:
    """Guard is on sale, and Acme has 10,000.00."""
    return open_shop(acme)


def balance(reseller: Reseller) -> Decimal:
    return Account.objects.get(reseller=reseller).balance


def test_ann_sees_the_total_before_she_buys(as_: As, ann: User, guard: Product) -> None:
    page = BuyPage.open(as_(ann))
    first = page.press(quantity="12")
    assert first.status_code == 422
    assert "1,200.00" in first.text
    assert "8,800.00" in first.text
    assert not Order.objects.exists()
    order = bought(page.press(quantity="12"))
    assert (order.amount, order.unit_amount) == (Decimal("1200.00"), Decimal("100.00"))


def test_a_purchase_is_order_licenses_entry_mail_and_record(
    as_: As, ann: User, acme: Reseller, guard: Product
) -> None:
    company = DistributionCompanyFactory.create(reseller=acme)
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="3")
    order = bought(
        page.press(
            quantity="3",
            distribution_company=str(company.pk),
            recurrent="true",
            reference=" PO-7 ",
        )
    )
    assert (order.user, order.quantity, order.available, order.state) == (ann, 3, 3, "processed")
    assert (order.distribution_company, order.reference) == (company, "PO-7")
    assert order.licenses.filter(recurrent=True, product=guard, reseller=acme).count() == 3
    entry = BalanceEntry.objects.get(kind=EntryKind.PURCHASE)
    assert (str(entry.amount), entry.reference, entry.actor) == ("-360.00", order.number, ann)
    assert entry.at == order.placed_at
    assert AuditEvent.objects.get(verb="order.placed").changes["amount"] == "360.00"
    assert not any(result.rows for result in check_all())


def test_the_buyer_gets_the_codes_by_mail(as_: As, ann: User, guard: Product) -> None:
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="2")
    order = bought(page.press(quantity="2"))
    mail = Mail.objects.get()
    assert (mail.to, mail.kind, mail.about) == (ann.email, "order_confirmation", order.number)
    text = kind_named(mail.kind).write(mail).text
    assert all(license.activation_code in text for license in order.licenses.all())


@pytest.mark.parametrize(
    "expected", ["", "119.99", "1.2e2x", "NaN", "Infinity", "-120", "1E+30", "\0"]
)
def test_another_total_than_todays_is_asked_again(
    as_: As, ann: User, guard: Product, expected: str
) -> None:
    page = BuyPage.open(as_(ann))
    key = page.hidden["key"]
    answer = page.press(expected_amount=expected)
    assert answer.status_code == 422
    assert page.hidden == {"key": key, "expected_amount": "120.00"}
    assert not Order.objects.exists()
    bought(page.press())


def test_a_price_that_changed_since_is_said_and_confirmed_anew(
    as_: As, ann: User, acme: Reseller, guard: Product
) -> None:
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="1")
    PriceFactory.create(product=guard, amount=Decimal("130.00"), valid_from=acme.day_of(now()))
    answer = page.press()
    assert answer.status_code == 422
    assert "130.00" in answer.text
    assert "120.00" in answer.text
    assert bought(page.press()).amount == 130


def test_large_totals_are_plain_numbers_in_the_form(as_: As, ann: User, guard: Product) -> None:
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="90")
    assert page.hidden["expected_amount"] == "9000.00"


def test_a_used_key_leads_to_its_order(as_: As, ann: User, alice: User, guard: Product) -> None:
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="1")
    order = bought(page.press())
    for again in (page.press(), page.press(quantity="x"), BuyPage(as_(alice), page.hidden).press()):
        assert bought(again) == order
    assert Order.objects.count() == 1
    assert Mail.objects.count() == 1


def test_a_used_key_of_another_company_is_out_of_date(
    as_: As, ann: User, charlie: User, globex: Reseller, guard: Product
) -> None:
    PriceFactory.create(product=guard, currency="USD")
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="1")
    order = bought(page.press())
    stranger = BuyPage(as_(charlie), dict(page.hidden))
    answer = stranger.press()
    assert answer.status_code == 422
    assert "out of date" in answer.text
    assert order.number not in answer.text
    assert stranger.hidden["key"] != page.hidden["key"]


@pytest.mark.parametrize("key", ["", "x", "\0", "1" * 10_000])
def test_a_form_without_a_right_key_gets_a_new_one(
    as_: As, ann: User, guard: Product, key: str
) -> None:
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="1")
    answer = page.press(key=key)
    assert answer.status_code == 422
    assert "out of date" in answer.text
    bought(page.press())


@pytest.mark.parametrize(
    "quantity", ["", "0", "-1", "1.5", "501", "NaN", "1e2", "9" * 40, "ten", "\0", "١٢٣٤"]
)
def test_a_quantity_is_a_whole_number_from_1_to_500(
    as_: As, ann: User, guard: Product, quantity: str
) -> None:
    answer = BuyPage.open(as_(ann)).press(quantity=quantity, expected_amount="120.00")
    assert answer.status_code == 422
    assert "quantity" in answer.context["form"].errors
    assert not Order.objects.exists()


def test_five_hundred_licenses_can_be_bought(
    as_: As, ann: User, acme: Reseller, guard: Product
) -> None:
    Account.objects.filter(reseller=acme).update(credit_limit=100_000)
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="500")
    assert bought(page.press(quantity="500")).licenses.count() == 500


def retire(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(retired_at=timezone.now() - timedelta(days=1))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("product", ""),
        ("product", "nothing"),
        ("product", "\0"),
        ("product", "x" * 10_000),
        ("term", ""),
        ("term", "1"),
        ("term", "x"),
        ("term", "-12"),
        ("distribution_company", "0"),
        ("distribution_company", "x"),
        ("distribution_company", "9" * 40),
        ("payment_type", ""),
        ("payment_type", "card"),
        ("payment_type", "cash"),
        ("reference", "x" * 101),
        ("reference", "\0"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    as_: As, ann: User, guard: Product, field: str, value: str
) -> None:
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="1")
    answer = page.press(**{field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Order.objects.exists()


def test_a_retired_product_is_not_offered_and_refused_at_the_field(
    as_: As, ann: User, guard: Product
) -> None:
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="1")
    retire(guard)
    answer = page.press()
    assert "product" in answer.context["form"].errors
    with pytest.raises(Refusal, match="no longer sold") as refused:
        buy(purchase(guard), actor=ann, now=now())
    assert refused.value.field == "product"


def test_a_product_that_will_be_retired_is_still_sold(ann: User, guard: Product) -> None:
    Product.objects.filter(pk=guard.pk).update(retired_at=timezone.now() + timedelta(days=1))
    assert buy(purchase(guard), actor=ann, now=now()).quantity == 1


def test_a_retired_or_strange_distributor_is_refused_at_the_field(
    as_: As, ann: User, acme: Reseller, globex: Reseller, guard: Product
) -> None:
    retired = DistributionCompanyFactory.create(reseller=acme, retired_at=timezone.now())
    stranger = DistributionCompanyFactory.create(reseller=globex)
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="1")
    for company in (retired, stranger):
        answer = page.press(distribution_company=str(company.pk))
        assert "distribution_company" in answer.context["form"].errors
        assert company.name not in answer.text
    with pytest.raises(Refusal, match="no longer in use"):
        buy(purchase(guard, distribution_company=retired), actor=ann, now=now())


def test_a_term_without_a_price_says_which_there_are(as_: As, ann: User, guard: Product) -> None:
    PriceFactory.create(product=ProductFactory.create(), term_months=36)
    answer = BuyPage.open(as_(ann)).press(term="36")
    assert "Guard is not sold for 36 months. Choose 12 months." in answer.text


def test_prices_of_other_currencies_and_days_to_come_do_not_count(
    as_: As, ann: User, acme: Reseller, guard: Product
) -> None:
    soon = acme.day_of(now()) + timedelta(days=1)
    PriceFactory.create(product=guard, amount=1, valid_from=soon)
    PriceFactory.create(product=guard, amount=2, currency="USD", valid_from=date(2026, 1, 1))
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="1")
    assert page.hidden["expected_amount"] == "120.00"
    Price.objects.filter(currency="EUR", valid_from__lt=soon).delete()
    with pytest.raises(Refusal, match="no price in EUR today"):
        buy(purchase(guard), actor=ann, now=now())


def test_what_is_missing_is_shown_before_and_refused_after(
    as_: As, ann: User, acme: Reseller
) -> None:
    open_shop(acme, "100.00")
    shown = as_(ann).get("/orders/buy/", {"product": "guard", "term": "12", "quantity": "1"})
    assert "20.00\n" not in shown.text
    assert "EUR\N{NO-BREAK SPACE}20.00 is missing" in shown.text
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="1")
    answer = page.press()
    assert answer.status_code == 422
    assert "Deposit the missing amount first" in answer.text
    assert balance(acme) == 100
    assert not Order.objects.exists()


def test_a_credit_limit_can_be_spent(ann: User, acme: Reseller) -> None:
    guard = open_shop(acme, "100.00")
    Account.objects.filter(reseller=acme).update(credit_limit=20)
    buy(purchase(guard), actor=ann, now=now())
    assert balance(acme) == -20


def test_a_parked_account_buys_nothing_and_says_so(
    as_: As, ann: User, acme: Reseller, sam: User, guard: Product
) -> None:
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="1")
    order = bought(page.press())
    park_account(acme.pk, "Odd", actor=sam, now=now())
    assert bought(page.press()) == order
    answer = BuyPage.open(as_(ann), product="guard", term="12", quantity="1").press()
    assert answer.status_code == 422
    assert "parked while the vendor checks it" in answer.text


def test_the_tax_rate_of_the_day_is_kept(ann: User, acme: Reseller, guard: Product) -> None:
    Reseller.objects.filter(pk=acme.pk).update(tax_rate=Decimal("19.00"))
    ann.reseller = Reseller.objects.get(pk=acme.pk)
    order = buy(purchase(guard), actor=ann, now=now())
    entry = BalanceEntry.objects.get(kind=EntryKind.PURCHASE)
    assert order.tax_rate == entry.tax_rate == 19
    assert entry.amount == -120


def test_buy_more_fills_the_page_in(as_: As, ann: User, acme: Reseller, guard: Product) -> None:
    company = DistributionCompanyFactory.create(reseller=acme)
    like = make_order(
        acme, product=guard, quantity=12, distribution_company=company, recurrent=True
    )
    page = as_(ann).get("/orders/buy/", {"again": like.number})
    form = page.context["form"]
    assert form["product"].value() == "guard"
    assert (form["term"].value(), form["quantity"].value()) == ("12", 12)
    assert (form["distribution_company"].value(), form["recurrent"].value()) == (company.pk, True)
    assert page.context["quote"].amount == 1200
    body = as_(ann).get(f"/orders/{like.number}/").text
    assert f'href="/orders/buy/?again={like.number}"' in body


def test_buy_more_leaves_out_what_is_no_longer_offered(
    as_: As, ann: User, acme: Reseller, guard: Product
) -> None:
    company = DistributionCompanyFactory.create(reseller=acme, retired_at=timezone.now())
    like = make_order(acme, product=guard, distribution_company=company)
    retire(guard)
    page = as_(ann).get("/orders/buy/", {"again": like.number})
    assert page.context["form"]["distribution_company"].value() == ""
    assert page.context["quote"] is None


@pytest.mark.parametrize("number", ["0000000000", "x", "", "\0", "9" * 5000])
def test_buy_more_of_what_is_none_is_missing(
    as_: As, ann: User, charlie: User, number: str
) -> None:
    assert as_(ann).get("/orders/buy/", {"again": number}).status_code == 404


def test_buy_more_of_a_strangers_order_is_missing(
    as_: As, charlie: User, acme: Reseller, ann: User
) -> None:
    order = make_order(acme)
    assert as_(charlie).get("/orders/buy/", {"again": order.number}).status_code == 404


def test_viewers_see_buy_more_but_cannot_press_it(as_: As, bob: User, acme: Reseller) -> None:
    order = make_order(acme)
    text = as_(bob).get(f"/orders/{order.number}/").text
    assert "Buy More" in text
    assert "/orders/buy/" not in text


@pytest.mark.parametrize(
    "query", [{"product": "\0"}, {"term": "x"}, {"quantity": "NaN"}, {"nonsense": "1"}]
)
def test_a_strange_address_shows_the_page(
    as_: As, ann: User, guard: Product, query: dict[str, str]
) -> None:
    assert as_(ann).get("/orders/buy/", query).status_code == 200


def test_the_page_asks_as_much_for_many_products_as_for_one(
    as_: As, ann: User, guard: Product, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client = as_(ann)
    for _ in range(2):
        with django_assert_num_queries(10):
            client.get("/orders/buy/", {"product": "guard", "term": "12", "quantity": "1"})
        PriceFactory.create_batch(5)


def test_the_browser_may_keep_the_form_for_its_back_button_and_nobody_else(
    as_: As, ann: User, guard: Product
) -> None:
    assert as_(ann).get("/orders/buy/").headers["Cache-Control"] == "private, no-cache"
    assert "no-store" in as_(ann).get("/balance/").headers["Cache-Control"]


def test_two_orders_never_share_a_number(
    ann: User, guard: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = make_order(ann.reseller).number if ann.reseller else ""
    drawn = iter([taken, taken, "1234567890"])
    monkeypatch.setattr("orders.steps.new_order_number", lambda: next(drawn))
    assert buy(purchase(guard), actor=ann, now=now()).number == "1234567890"


def test_nothing_is_left_of_a_purchase_that_fails_in_the_middle(
    ann: User, acme: Reseller, guard: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("orders.steps.queue_mail", broken)
    with pytest.raises(ZeroDivisionError):
        buy(purchase(guard, key=uuid4()), actor=ann, now=now())
    assert balance(acme) == 10_000
    assert not Order.objects.exists()
