"""Putting a customer's address right, and moving a license: logged, and both sides are mailed."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from activation.actions import (
    KnownCustomer,
    UnknownCustomer,
    correct_email,
    move_to_existing,
    move_to_new,
)
from activation.models import Activation, Customer
from activation.steps import CustomerDetails
from licenses.models import License
from mailing.delivery import write
from mailing.kinds import MailText
from mailing.models import Mail
from reseller_portal.refusals import Refusal
from reseller_portal.running import PermanentError
from resellers.models import AuditEvent, Reseller, User
from tests.activation.desk import HTMX, SignedIn, activated
from tests.factories import CustomerFactory, make_cancelled, make_order
from tests.races import both_at_once, without_locks

NEW = CustomerDetails(company="Vega", name="Vera", email="vera@vega.example", country="FR")


@pytest.fixture
def nova(acme: Reseller) -> Customer:
    return CustomerFactory.create(reseller=acme, company="Nova", email="info@nova.example")


@pytest.fixture
def vega(acme: Reseller) -> Customer:
    return CustomerFactory.create(reseller=acme, company="Vega", email="info@vega.example")


@pytest.fixture
def license(acme: Reseller, nova: Customer) -> License:
    return activated(acme, customer=nova)


def letters() -> dict[str, MailText]:
    """Return what each queued mail says, by whom it goes to."""
    return {mail.to: write(mail) for mail in Mail.objects.all()}


def test_a_corrected_address_is_logged_and_both_are_told(nova: Customer, ann: User) -> None:
    correct_email(nova.uuid, "it@nova.example", actor=ann, now=timezone.now())
    nova.refresh_from_db()
    assert nova.email == "it@nova.example"
    event = AuditEvent.objects.get()
    assert (event.verb, event.about, event.actor) == (
        "customer.email_corrected",
        str(nova.uuid),
        ann,
    )
    assert event.changes == {}
    told = letters()
    assert set(told) == {"info@nova.example", "it@nova.example"}
    assert "it@nova.example" not in told["info@nova.example"].text
    assert all(text.reply_to == ann.email for text in told.values())


def test_an_address_of_another_customer_is_refused(
    nova: Customer, vega: Customer, ann: User
) -> None:
    for typed in ("info@vega.example", "INFO@vega.example"):
        with pytest.raises(Refusal, match="already registered for your customer Vega") as refused:
            correct_email(nova.uuid, typed, actor=ann, now=timezone.now())
        assert refused.value.field == "email"
    with pytest.raises(Refusal, match="registered address already"):
        correct_email(nova.uuid, "info@nova.example", actor=ann, now=timezone.now())
    assert not Mail.objects.exists()


def test_the_case_of_an_address_may_be_corrected(nova: Customer, ann: User) -> None:
    customer = correct_email(nova.uuid, "Info@nova.example", actor=ann, now=timezone.now())
    assert customer.email == "Info@nova.example"


def test_a_stranger_corrects_nothing(nova: Customer, charlie: User, as_: SignedIn) -> None:
    with pytest.raises(Customer.DoesNotExist):
        correct_email(nova.uuid, "x@y.example", actor=charlie, now=timezone.now())
    assert (
        as_(charlie).post(f"/customers/{nova.uuid}/email/", {"email": "x@y.example"}).status_code
        == 404
    )


def test_the_dialog_says_what_is_wrong_and_where_it_was_done(
    as_: SignedIn, ann: User, nova: Customer, vega: Customer, license: License
) -> None:
    client, address = as_(ann), f"/customers/{nova.uuid}/email/?license={license.uuid}"
    assert "info@nova.example" in client.get(address, headers=HTMX).text
    for typed in ("", "nonsense", "info@vega.example"):
        answer = client.post(address, {"email": typed})
        assert answer.status_code == 422
        assert "id_email_error" in answer.text
    answer = client.post(address, {"email": "it@nova.example"}, headers=HTMX)
    assert answer.headers["HX-Trigger"] == f"customer-{nova.uuid}-changed"
    assert f"#result-{license.uuid}" in answer.text
    answer = client.post(address, {"email": "new@nova.example"})
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/activations/{license.uuid}/",
    )


@pytest.mark.parametrize("named", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_license_that_is_not_the_customers_is_none(
    as_: SignedIn, ann: User, nova: Customer, named: str
) -> None:
    assert as_(ann).get(f"/customers/{nova.uuid}/email/?license={named}").status_code == 404


def test_a_license_moves_to_an_existing_customer(
    license: License, nova: Customer, vega: Customer, ann: User
) -> None:
    days = license.anchor_on, license.ends_on
    move_to_existing(license.uuid, "INFO@vega.example", actor=ann, now=timezone.now())
    license.refresh_from_db()
    assert license.customer == Activation.objects.get().customer == vega
    assert (license.anchor_on, license.ends_on) == days
    event = AuditEvent.objects.get()
    assert (event.verb, event.changes) == ("license.moved", {"from": "Nova", "to": "Vega"})
    told = letters()
    assert set(told) == {nova.email, vega.email}
    assert "moved a license" in told[vega.email].text
    assert "Vega" not in told[nova.email].text
    assert license.activation_code not in "".join(text.text + text.html for text in told.values())


def test_a_license_moves_to_a_new_customer(license: License, ann: User) -> None:
    move_to_new(license.uuid, NEW, actor=ann, now=timezone.now())
    license.refresh_from_db()
    assert license.customer
    assert license.customer.company == "Vega"


def test_whom_it_cannot_move_to(license: License, vega: Customer, ann: User) -> None:
    now = timezone.now()
    with pytest.raises(UnknownCustomer):
        move_to_existing(license.uuid, "nobody@x.example", actor=ann, now=now)
    with pytest.raises(Refusal, match="Nova's already"):
        move_to_existing(license.uuid, "info@nova.example", actor=ann, now=now)
    with pytest.raises(KnownCustomer):
        move_to_new(license.uuid, CustomerDetails("V", "V", vega.email, "FR"), actor=ann, now=now)


def test_a_customer_of_another_reseller_is_unknown(
    license: License, globex: Reseller, ann: User
) -> None:
    CustomerFactory.create(reseller=globex, email="info@else.example")
    with pytest.raises(UnknownCustomer):
        move_to_existing(license.uuid, "info@else.example", actor=ann, now=timezone.now())


def test_what_cannot_be_moved(acme: Reseller, vega: Customer, ann: User) -> None:
    today = acme.day_of(timezone.now())
    expired = activated(acme, ends_on=today - timedelta(days=15))
    cancelled = make_cancelled(activated(acme))
    available = make_order(acme).licenses.all()[0]
    for license in (expired, cancelled, available):
        with pytest.raises(Refusal):
            move_to_existing(license.uuid, vega.email, actor=ann, now=timezone.now())
    grace = activated(acme, ends_on=today - timedelta(days=14))
    assert move_to_existing(grace.uuid, vega.email, actor=ann, now=timezone.now()).customer == vega


def test_a_mail_that_has_lost_its_sense_is_not_sent(
    license: License, nova: Customer, vega: Customer, ann: User
) -> None:
    now = timezone.now()
    move_to_existing(license.uuid, vega.email, actor=ann, now=now)
    here = Mail.objects.get(kind="license_moved_here")
    move_to_existing(license.uuid, nova.email, actor=ann, now=now)
    with pytest.raises(PermanentError, match="somebody else's"):
        write(here)
    correct_email(nova.uuid, "a@nova.example", actor=ann, now=now)
    correct_email(nova.uuid, "b@nova.example", actor=ann, now=now)
    with pytest.raises(PermanentError, match="corrected again"):
        write(Mail.objects.get(to="a@nova.example", kind="customer_email_new"))


def test_the_form_moves_and_leads_back(
    as_: SignedIn, ann: User, bob: User, license: License, vega: Customer
) -> None:
    client, address = as_(ann), f"/licenses/{license.uuid}/customer/?in=activation"
    assert "Nova" in client.get(address).text
    assert (
        "Enter a new customer"
        in client.post(address, {"customer": "existing", "email": "x@y.zz"}).text
    )
    again = client.post(address, {"customer": "existing", "email": "info@nova.example"})
    assert again.status_code == 422
    assert "id_email_error" in again.text
    answer = client.post(address, {"customer": "existing", "email": vega.email}, headers=HTMX)
    assert answer.headers["HX-Trigger"] == f"license-{license.uuid}-changed"
    assert as_(bob).post(address, {"customer": "existing", "email": vega.email}).status_code == 403


class TestRaces:
    """Two at once; the twin shows that the lock does it."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def both_move(self, license: License, ann: User, alice: User) -> list[str]:
        emails = [CustomerFactory.create(reseller=license.reseller).email for _ in range(2)]
        deeds: list[Callable[[], Any]] = [
            partial(move_to_existing, license.uuid, email, actor=person, now=timezone.now())
            for email, person in zip(emails, (ann, alice), strict=True)
        ]
        assert {type(done) for done in both_at_once(*deeds, about_to_change=License)} == {License}
        return [event.changes["from"] for event in AuditEvent.objects.order_by("pk")]

    def test_two_moves_at_once_follow_each_other(
        self, license: License, nova: Customer, ann: User, alice: User
    ) -> None:
        first, second = self.both_move(license, ann, alice)
        assert (first, second == nova.company) == (nova.company, False)
        license.refresh_from_db()
        assert license.customer == Activation.objects.get().customer

    def test_twin_without_the_lock_both_move_it_from_the_first(
        self, license: License, nova: Customer, ann: User, alice: User, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
        assert self.both_move(license, ann, alice) == [nova.company, nova.company]

    def test_two_customers_get_one_address_once(
        self, nova: Customer, vega: Customer, ann: User
    ) -> None:
        deeds = [
            partial(correct_email, customer.uuid, "same@x.example", actor=ann, now=timezone.now())
            for customer in (nova, vega)
        ]
        outcomes = both_at_once(*deeds, about_to_change=Customer)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Customer", "Refusal"]
