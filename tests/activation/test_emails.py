"""What the customer is told by mail."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from activation.actions import activate_by_link, activate_for_existing
from activation.steps import CustomerDetails
from licenses.models import License
from mailing.delivery import write
from mailing.kinds import MailText
from mailing.models import Mail
from reseller_portal.running import PermanentError
from resellers.models import Reseller, User
from tests.factories import CustomerFactory, ProductFactory, make_cancelled, make_order

Deed = Callable[[License], object]


@pytest.fixture
def license(acme: Reseller) -> License:
    """An available license of Acme, of a product with a name that HTML must escape."""
    product = ProductFactory.create(name="Guard <Pro> & Son")
    return make_order(acme, quantity=1, product=product).licenses.get()


def by_link(license: License) -> MailText:
    details = CustomerDetails("Nova & Söhne", "Nina Noß", "nina@nova.example", "FR")
    activate_by_link(license.activation_code, details, terms_version="", now=timezone.now())
    return write(Mail.objects.get())


def by_ann(license: License, ann: User) -> MailText:
    customer = CustomerFactory.create(reseller=license.reseller, company="Known", name="Kim")
    activate_for_existing(license.uuid, customer.email, actor=ann, now=timezone.now())
    return write(Mail.objects.get())


def test_the_mail_names_product_company_reseller_and_days(license: License) -> None:
    mail = by_link(license)
    license.refresh_from_db()
    assert mail.subject == "Guard <Pro> & Son is active"
    for said in ("Hello Nina Noß,", "Guard <Pro> & Son", "Nova & Söhne", "Ask Acme"):
        assert said in mail.text
    first, last = license.anchor_on, license.ends_on
    assert first is not None
    assert last is not None
    assert f"From: {first.day} {first:%b %Y}" in mail.text
    assert f"To: {last.day} {last:%b %Y}" in mail.text


def test_an_answer_reaches_who_activated_or_else_who_ordered(license: License, ann: User) -> None:
    orderer = license.order.user
    mail = by_ann(license, ann)
    assert mail.reply_to == ann.email
    assert "An answer to this mail reaches them." in mail.text
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert write(Mail.objects.get()).reply_to == orderer.email


def test_an_answer_reaches_nobody_who_has_left(license: License) -> None:
    User.objects.update(is_active=False)
    mail = by_link(license)
    assert mail.reply_to == ""
    assert "An answer to this mail" not in mail.text + mail.html


def test_the_html_says_the_same_and_is_escaped(license: License) -> None:
    mail = by_link(license)
    for said in ("Guard &lt;Pro&gt; &amp; Son", "Nova &amp; Söhne", "Hello Nina Noß,"):
        assert said in mail.html
    assert "<Pro>" not in mail.html


def test_who_used_the_link_is_reminded_of_the_terms(license: License) -> None:
    text = by_link(license).text
    assert "You have activated your license" in text
    assert "You accepted the terms, version 2026-01." in text


def test_whom_the_reseller_activated_for_is_told_so(license: License, ann: User) -> None:
    text = by_ann(license, ann).text
    assert "Acme has activated your license of Guard <Pro> & Son." in text
    assert "terms" not in text


def test_the_mail_names_the_license_by_the_last_group_only(license: License) -> None:
    mail = by_link(license)
    for body in (mail.text, mail.html):
        assert f"…-{license.activation_code[-5:]}" in body
        assert license.activation_code not in body


def test_once_the_license_is_cancelled_the_mail_has_lost_its_sense(license: License) -> None:
    by_link(license)
    license.refresh_from_db()
    make_cancelled(license)
    with pytest.raises(PermanentError, match="cancelled"):
        write(Mail.objects.get())
