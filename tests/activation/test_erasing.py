"""Erasing a customer's person: name and address are gone, the company's history stays."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from activation.actions import activate_for_existing, correct_email, erase_person
from activation.models import Customer
from licenses.models import License
from mailing.actions import resend
from mailing.models import Mail, MailState
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.activation.desk import SignedIn
from tests.activation.test_exports import exported
from tests.factories import CustomerFactory, make_order

EMAIL, EARLIER = "info@nova.example", "old@nova.example"


@pytest.fixture
def license(acme: Reseller, ann: User, sam: User) -> License:
    """Activated by a customer whose address was corrected; one mail went out, and once more."""
    now = timezone.now()
    nova = CustomerFactory.create(reseller=acme, company="Nova", email=EARLIER, name="Nina")
    license: License = make_order(acme, quantity=1).licenses.get()
    activate_for_existing(license.uuid, EARLIER, actor=ann, now=now)
    correct_email(nova.uuid, EMAIL, actor=ann, now=now)
    done = Mail.objects.get(kind="customer_email_new")
    Mail.objects.filter(pk=done.pk).update(state=MailState.DONE, sent_at=now)
    resend(done.pk, actor=sam, now=now)
    license.refresh_from_db()
    return license


def everything() -> str:
    """Return what the tables hold of anybody."""
    rows = [*Customer.objects.values(), *Mail.objects.values(), *AuditEvent.objects.values()]
    return repr(rows)


def test_nothing_of_the_person_is_left(license: License, sam: User) -> None:
    assert license.customer
    assert all(text in everything() for text in (EMAIL, EARLIER, "Nina"))
    erase_person(license.customer.uuid, actor=sam, now=timezone.now())
    assert not any(text in everything() for text in (EMAIL, EARLIER, "Nina"))
    event = AuditEvent.objects.get(verb="customer.erased")
    assert (event.actor, event.changes) == (sam, {})


def test_the_company_and_its_history_stay(
    license: License, sam: User, ann: User, as_: SignedIn
) -> None:
    assert license.customer
    erase_person(license.customer.uuid, actor=sam, now=timezone.now())
    page = as_(ann).get(f"/customers/{license.customer.uuid}/").text
    for text in ("Nova", "Activated for Nova", "personal data erased on", "erased by the vendor"):
        assert text in page
    assert "License activated to an erased address" in page
    assert "erased-" not in page
    assert exported("customers", ann, "")[1][:3] == ["Nova", "", ""]
    assert exported("activations", ann, "date_from=")[1][3:6] == ["Nova", "", ""]


def test_what_was_not_sent_yet_is_dropped(license: License, sam: User) -> None:
    assert license.customer
    erase_person(license.customer.uuid, actor=sam, now=timezone.now())
    assert not Mail.objects.unfinished().exists()
    assert set(Mail.objects.values_list("state", flat=True)) == {"done", "dropped"}


def test_others_keep_theirs(license: License, sam: User, ann: User, globex: Reseller) -> None:
    assert license.customer
    other = CustomerFactory.create(reseller=globex, email=EMAIL)
    Mail.objects.create(reseller=globex, kind="license_activated", key="g", to=EMAIL, about="x")
    mine = Mail.objects.create(
        reseller=license.reseller, kind="x", key="a", to=ann.email, about=str(license.uuid)
    )
    erase_person(license.customer.uuid, actor=sam, now=timezone.now())
    other.refresh_from_db()
    mine.refresh_from_db()
    assert (other.email, mine.to) == (EMAIL, ann.email)
    assert Mail.objects.filter(key="g", to=EMAIL).exists()


def test_the_address_is_free_again_and_the_erased_is_not_found(
    license: License, sam: User, ann: User
) -> None:
    customer = license.customer
    assert customer
    erase_person(customer.uuid, actor=sam, now=timezone.now())
    assert not Customer.objects.with_email(EMAIL).exists()
    assert not Customer.objects.with_email(f"erased-{customer.uuid}@erased.invalid").exists()
    CustomerFactory.create(reseller=license.reseller, email=EMAIL)
    with pytest.raises(Refusal, match="are erased"):
        correct_email(customer.uuid, "x@y.example", actor=ann, now=timezone.now())


def test_sam_erases_in_the_admin_once(
    license: License, sam: User, as_: Callable[[User], Client]
) -> None:
    customer, client = license.customer, as_(sam)
    assert customer
    address = f"/admin/activation/customer/{customer.pk}/erase/"
    page = client.get(address).text
    assert "This cannot be undone" in page
    assert EMAIL in page
    assert client.post(address).status_code == 302
    customer.refresh_from_db()
    assert customer.is_erased
    assert client.post(address).status_code == 422


def test_nobody_else_can(license: License, alice: User, as_: Callable[[User], Client]) -> None:
    assert license.customer
    answer = as_(alice).post(f"/admin/activation/customer/{license.customer.pk}/erase/")
    license.customer.refresh_from_db()
    assert answer.status_code in {302, 403}
    assert not license.customer.is_erased
