"""What the gathered mails say."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from billing.models import VendorDetails
from licenses.models import AttemptOutcome, License, Source
from licenses.notices.rounds import notify
from mailing.delivery import write
from mailing.kinds import MailText
from mailing.models import Mail
from resellers.models import Reseller, User
from tests.factories import CustomerFactory, make_active, make_entry, make_order
from tests.licenses.notices import DAY, MORNING, TODAY, ending, failed, paid, product_with_price

pytestmark = pytest.mark.usefixtures("alice")


@pytest.fixture(autouse=True)
def _at_nine() -> Iterator[None]:
    with time_machine.travel(MORNING, tick=False):
        yield


def mail(kind: str = "") -> MailText:
    """Hold the round and write its mail."""
    notify(MORNING)
    mails = Mail.objects.of_kind(kind) if kind else Mail.objects.exclude(key__contains="covered")
    return write(mails.get())


def test_ahead_says_what_it_costs_when_and_how_to_stop_it(acme: Reseller) -> None:
    make_entry(acme, "500.00")
    for reference in ("PO 7", "PO 8"):
        ending(acme, 9, recurrent=True, reference=reference)
    text = mail("renewals_ahead")
    assert text.subject == "2 licenses renew soon"
    for body in (text.text, text.html):
        for said in (
            "Hello Alice Arnold,",
            "2 licenses of Acme renew in the next days, for EUR\xa0240.00 in all.",
            "EUR\xa0500.00 can be spent today",
            "PO 7",
            "3 Dec 2026",
            "It will be paid on 26 Nov 2026.",
            "change its billing state before that day, here:",
        ):
            assert said in body


def test_paid_says_what_it_cost_and_until_when_it_runs_now(acme: Reseller) -> None:
    make_entry(acme, "500.00")
    paid(ending(acme, 7), "100.00")
    paid(ending(acme, 7), "110.00", source=Source.CARD)
    text = mail("renewals_paid").text
    for said in (
        "for EUR\xa0210.00 in all",
        "To 1 Dec 2027",
        "Paid by credit card.",
        "EUR\xa0100.00",
    ):
        assert said in text


def test_failed_says_why_when_it_is_tried_again_and_what_helps(acme: Reseller) -> None:
    failed(ending(acme, 7, recurrent=True), "The balance does not cover EUR 120.00.")
    text = mail("renewals_failed").text
    assert "The balance does not cover EUR 120.00. Next try on 25 Nov 2026." in text
    assert "One more period costs EUR\xa0120.00 in all today, and EUR\xa00.00 can be spent." in text
    assert "Deposit what is missing before the next try" in text
    assert "/settings/payment/" not in text


def test_what_needs_confirmation_says_how_to_confirm_it(acme: Reseller) -> None:
    outcome = AttemptOutcome.NEEDS_AUTHENTICATION
    failed(ending(acme, 7, recurrent=True), "The bank asks.", outcome=outcome, source=Source.CARD)
    text = mail("renewals_failed").text
    assert "The bank asks. To confirm the payment, renew the license by hand" in text
    assert "Next try on 25 Nov 2026." in text


def test_failed_for_good_says_that_it_is_not_tried_again(acme: Reseller) -> None:
    reason = "The card was reported stolen; automatic renewal was turned off."
    license = ending(acme, 7)
    failed(license, reason, outcome=AttemptOutcome.REFUSED, source=Source.CARD, again_on=None)
    notify(MORNING)
    text = write(Mail.objects.of_kind("renewals_failed").get()).text
    assert "/settings/payment/" in text
    assert f"{reason} It is not tried again." in text


def test_what_does_not_renew_any_more_has_no_next_try(acme: Reseller) -> None:
    license = ending(acme, 5, recurrent=True)
    failed(license)
    License.objects.filter(pk=license.pk).update(recurrent=False)
    notify(MORNING)
    text = write(Mail.objects.of_kind("renewals_failed").get()).text
    assert "Next try" not in text
    assert "It is not tried again." in text


def test_what_was_paid_since_it_failed_says_so(acme: Reseller) -> None:
    license = ending(acme, 7, recurrent=True)
    notice = failed(license)
    notify(MORNING)
    license.renewals.update(
        state="paid", next_attempt_on=None, amount=1, source="balance", settled_at=MORNING
    )
    assert notice.period == 1
    assert "It was paid since." in write(Mail.objects.of_kind("renewals_failed").get()).text


@pytest.mark.parametrize(("days", "day"), [(15, "9 Dec"), (7, "1 Dec"), (1, "25 Nov")])
def test_ending_says_by_when(acme: Reseller, days: int, day: str) -> None:
    ending(acme, days)
    text = mail()
    assert text.subject == f"1 license ends by {day} 2026 and does not renew"
    assert f"To {day} 2026" in text.text


@pytest.mark.parametrize(
    ("grace", "said"), [(14, "It can be renewed until 7 Dec 2026."), (0, "It has expired")]
)
def test_ended_says_until_when_it_can_still_be_renewed(
    acme: Reseller, grace: int, said: str
) -> None:
    license = ending(acme, -1)
    license.product.grace_days = grace
    license.product.save()
    text = mail()
    assert text.subject == "1 license has ended"
    assert said in text.text


def test_who_and_what_is_named_and_escaped_in_html_only(acme: Reseller) -> None:
    product = product_with_price(acme)
    product.name = "Guard <Pro> & Son"
    product.save()
    license = make_order(acme, quantity=1, product=product, reference="<b>7</b>").licenses.get()
    customer = CustomerFactory.create(reseller=acme, company="Nova & Söhne")
    make_active(license, customer=customer, ends_on=TODAY + 7 * DAY)
    text = mail()
    for said in ("Guard <Pro> & Son", "Nova & Söhne", "<b>7</b>", license.order.number):
        assert said in text.text
    for said in ("Guard &lt;Pro&gt; &amp; Son", "Nova &amp; Söhne", "&lt;b&gt;7&lt;/b&gt;"):
        assert said in text.html
    assert "<b>" not in text.html


def test_no_mail_holds_a_code(acme: Reseller) -> None:
    make_entry(acme, "500.00")
    for days in (15, 7, 1, -1):
        ending(acme, days)
    ending(acme, 9, recurrent=True)
    paid(ending(acme, 3))
    failed(ending(acme, 3, recurrent=True))
    notify(MORNING)
    bodies = "".join(text.text + text.html for text in map(write, Mail.objects.all()))
    for code in License.objects.values_list("activation_code", flat=True):
        assert code not in bodies
        assert code[-5:] not in bodies


def test_twenty_one_are_twenty_and_the_way_to_all(
    acme: Reseller, alice: User, as_: Callable[[User], Client]
) -> None:
    licenses = [ending(acme, 7) for _each in range(21)]
    text = mail()
    assert text.subject.startswith("21 licenses end")
    assert text.text.count("· order") == 20
    assert "… and 1 more." in text.text
    [link] = re.findall(r"http://[^/]*(/renewals/notices/\S+)", text.text)
    page = as_(alice).get(link).content.decode()
    assert "21 notices" in page
    assert all(license.order.number in page for license in licenses)


def test_a_page_of_many_costs_as_many_queries_as_one_of_few(
    acme: Reseller, django_assert_num_queries: Any
) -> None:
    ending(acme, 7)
    notify(MORNING)
    one = Mail.objects.get()
    with django_assert_num_queries(8):
        write(one)
    for _each in range(5):
        ending(acme, 6)
    notify(MORNING + DAY, TODAY + DAY)
    many = Mail.objects.latest("pk")
    with django_assert_num_queries(8):
        write(many)


def test_not_covered_says_what_is_missing_and_how_to_deposit(acme: Reseller) -> None:
    VendorDetails.objects.create(name="Vendor", address="Street 1", bank_details="IBAN DE00 1234")
    make_entry(acme, "50.00")
    ending(acme, 30, recurrent=True)
    notify(MORNING)
    text = write(Mail.objects.get())
    assert text.subject == "The balance does not cover the next renewals"
    for body in (text.text, text.html):
        for said in (
            "EUR\xa0120.00",
            "EUR\xa070.00",
            "EUR\xa050.00",
            "IBAN DE00 1234",
            "24 Nov 2026",
        ):
            assert said in body


def test_a_price_that_is_gone_is_said(acme: Reseller) -> None:
    license = ending(acme, 7)
    license.product.prices.all().delete()
    assert "no price" in mail().text
