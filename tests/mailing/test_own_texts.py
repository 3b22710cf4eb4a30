"""A company's own text is what its mails say, at each try; and never stops one."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from activation.actions import activate_for_existing, send_link
from activation.sending import Recipient
from licenses.codes import new_activation_code
from mailing.delivery import as_message, write
from mailing.kinds import MailKind, MailText, kind_named
from mailing.models import EmailText, Mail
from mailing.texts.mistakes import in_body, in_subject
from mailing.texts.trying import beginning, changeable_kinds, sampled
from orders.models import Order
from reseller_portal.secrets import CODE
from resellers.models import Reseller, User
from tests.factories import CustomerFactory, ProductFactory, make_order
from tests.mailing.texts import own_text

LISTS = {
    "renewals_ahead": "ahead",
    "renewals_paid": "paid",
    "renewals_failed": "failed",
    "licenses_ending": "ends_15",
    "licenses_ended": "ended",
}
PARAMS: dict[str, dict[str, Any]] = {
    **{kind: {"kind": noticed, "day": "2026-11-24"} for kind, noticed in LISTS.items()},
    "renewals_not_covered": {"day": "2026-11-24", "cost": "20.00", "missing": "5.00"},
    "balance_low": {"since": "2026-11-24T10:00:00+00:00", "below": "50.00"},
}
WITH_CODES = {"activation_link", "order_confirmation"}
MakeMail = Callable[[str], Mail]
each_kind = pytest.mark.parametrize("kind", changeable_kinds(), ids=lambda kind: kind.name)


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    return make_order(
        acme, user=alice, quantity=2, product=ProductFactory.create(name="Guard & {reseller}")
    )


@pytest.fixture
def mail_of(acme: Reseller, alice: User, order: Order) -> MakeMail:
    """Return a mail of a kind to Alice, or to a customer whom she activated for."""

    def made(kind: str) -> Mail:
        about = order.number
        license = order.licenses.order_by("id")[0]
        if kind == "activation_link":
            to = Recipient("nina@nova.example", "")
            send_link(license.uuid, to, "My words", actor=alice, now=timezone.now())
            return Mail.objects.get(kind=kind)
        if kind == "license_activated":
            customer = CustomerFactory.create(reseller=acme, name="Nina {to}", company="Nova <i>")
            activate_for_existing(license.uuid, customer.email, actor=alice, now=timezone.now())
            return Mail.objects.get(kind=kind)
        params = PARAMS.get(kind, {})
        return Mail(kind=kind, about=about, reseller=acme, to=alice.email, params=params, key=kind)

    return made


def everything(kind: MailKind) -> str:
    """Return a body with each placeholder of a kind."""
    assert kind.changeable
    return "\n\n".join(f"{one.name}: {one.written}" for one in kind.changeable.placeholders)


@each_kind
def test_every_placeholder_stands_for_something(
    kind: MailKind, mail_of: MakeMail, acme: Reseller
) -> None:
    own_text(acme, kind.name, "Own {reseller}", everything(kind))
    text = write(mail_of(kind.name))
    assert text.subject == "Own Acme"
    assert f"<h1>{text.subject}</h1>" in text.html
    assert "reseller: Acme" in text.text
    assert "<p>reseller: Acme</p>" in text.html
    assert bool(CODE.search(text.text)) is (kind.name in WITH_CODES)


@each_kind
def test_a_text_begins_near_to_the_standard_one_and_can_be_previewed(
    kind: MailKind, acme: Reseller
) -> None:
    of, (subject, body) = kind.changeable, beginning(kind)
    assert of
    assert in_subject(subject, of) + in_body(body, of) == []
    own = sampled(of, subject, everything(kind), acme)
    for text in (own.subject, own.text, own.html):
        assert text
        assert "{" not in text
        assert not CODE.search(text), "a sample must not look like a code that works"


def test_every_mail_that_a_company_reads_or_sends_can_be_changed() -> None:
    names = {kind.name for kind in changeable_kinds()}
    assert names >= {"order_confirmation", "activation_link", "license_activated", *PARAMS}
    assert not names & {"password_reset", "invitation", "sign_in_changed"}


def test_what_data_hold_is_neither_markup_nor_placeholder(
    mail_of: MakeMail, acme: Reseller
) -> None:
    body = "Hi {customer} of {customer_company} {product}"
    own_text(acme, "license_activated", "{product}", body)
    text = write(mail_of("license_activated"))
    assert text.subject == "Guard & {reseller}"
    assert "Hi Nina {to} of Nova <i> Guard & {reseller}" in text.text
    assert "Hi Nina {to} of Nova &lt;i&gt; Guard &amp; {reseller}" in text.html


def test_the_frame_and_who_gets_it_stay(mail_of: MakeMail, acme: Reseller) -> None:
    own_text(acme, "order_confirmation", "Own", "{licenses}")
    text = write(mail_of("order_confirmation"))
    for body in (text.text, text.html):
        assert "Whoever has a code can use its license" in body
        assert "this is the confirmation" not in body
    assert '<p class="sender">Acme</p>' in text.html


def test_it_is_read_at_each_try(mail_of: MakeMail, acme: Reseller) -> None:
    mail = mail_of("balance_low")
    assert write(mail).subject.startswith("The balance is below")
    own = own_text(acme, "balance_low", "First", "{balance}")
    assert write(mail).subject == "First"
    own.subject = "Second"
    own.save()
    assert write(mail).subject == "Second"
    own.delete()
    assert write(mail).subject.startswith("The balance is below")


def test_another_companys_text_is_not_read(
    mail_of: MakeMail, globex: Reseller, charlie: User
) -> None:
    own_text(globex, "balance_low", "Globex", "{balance}")
    assert write(mail_of("balance_low")).subject.startswith("The balance is below")


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Own", "{balance} {retired}"),
        ("Own {retired}", "{balance}"),
        ("Own", "lacks what is needed"),
        ("Own", "{balance} {"),
        ("Own {balance_link}", "{balance}"),
    ],
)
def test_what_cannot_be_used_any_more_gives_way_to_the_standard(
    subject: str,
    body: str,
    mail_of: MakeMail,
    acme: Reseller,
    caplog: pytest.LogCaptureFixture,
) -> None:
    own_text(acme, "balance_low", subject, body)
    with caplog.at_level(logging.WARNING):
        text = write(mail_of("balance_low"))
    assert text.subject.startswith("The balance is below")
    assert "own_text_not_used" in caplog.text
    assert "retired" not in caplog.text, "what was typed is not logged"


def test_a_placeholder_that_this_version_gives_no_value_gives_way_too(
    mail_of: MakeMail, acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_text(acme, "balance_low", "Own", "{balance} {since}")
    monkeypatch.setattr("billing.emails.moment_text", str)
    monkeypatch.setattr("billing.emails.account_words", lambda *_: {"balance": "1"})
    assert write(mail_of("balance_low")).subject == "Own"
    monkeypatch.setattr("billing.emails.account_words", lambda *_: {})
    assert write(mail_of("balance_low")).subject.startswith("The balance is below")


def test_a_subject_that_comes_out_empty_is_the_standard_one(
    mail_of: MakeMail, acme: Reseller
) -> None:
    own_text(acme, "order_confirmation", "{distribution_company}", "Own {licenses}")
    text = write(mail_of("order_confirmation"))
    assert text.subject.startswith("Order ")
    assert "Own" in text.text


def test_a_line_break_in_data_does_not_reach_the_header(acme: Reseller, order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(reference="a\r\nBcc: x@y.example")
    own_text(acme, "order_confirmation", "Ref {reference}", "{licenses}")
    mail = Mail(kind="order_confirmation", about=order.number, reseller=acme, to=order.user.email)
    text: MailText = write(mail)
    assert as_message(mail, text).message()["Subject"] == "Ref a Bcc: x@y.example"


def test_codes_stay_out_of_rows_and_texts(acme: Reseller, mail_of: MakeMail) -> None:
    of = kind_named("order_confirmation").changeable
    assert of
    assert in_body(f"{{licenses}} {new_activation_code()}", of)
    own_text(acme, "order_confirmation", "Own", "{licenses}")
    assert CODE.search(write(mail_of("order_confirmation")).text)
    stored = [*EmailText.objects.values_list("body"), *Mail.objects.values_list("params")]
    assert not CODE.search(str(stored))
