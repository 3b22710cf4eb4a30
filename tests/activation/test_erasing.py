"""Erasing a customer's person: name and address are gone, the company's history stays."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from activation.actions import activate_for_existing, correct_email, erase_person, move_to_existing
from activation.models import Customer
from licenses.models import License
from mailing.actions import resend
from mailing.models import Mail, MailState
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.activation.desk import SignedIn
from tests.activation.test_exports import exported
from tests.factories import CustomerFactory, make_active, make_order

EMAIL, EARLIER = "info@nova.example", "old@nova.example"


@pytest.fixture
def license(acme: Reseller, ann: User, sam: User) -> License:
    """Activated by a customer whose address was corrected; one mail went out, and once more."""
    moment = now()
    nova = CustomerFactory.create(reseller=acme, company="Nova", email=EARLIER, name="Nina")
    license: License = make_order(acme, quantity=1).licenses.get()
    activate_for_existing(license.uuid, EARLIER, actor=ann, now=moment)
    correct_email(nova.uuid, EMAIL, actor=ann, now=moment)
    done = Mail.objects.get(kind="customer_email_new")
    Mail.objects.filter(pk=done.pk).update(state=MailState.DONE, sent_at=moment)
    resend(done.pk, actor=sam, now=moment)
    license.refresh_from_db()
    return license


def everything() -> str:
    """Return what the tables hold of anybody."""
    rows = [*Customer.objects.values(), *Mail.objects.values(), *AuditEvent.objects.values()]
    return repr(rows)


def test_nothing_of_the_person_is_left(license: License, sam: User) -> None:
    assert license.customer
    assert all(text in everything() for text in (EMAIL, EARLIER, "Nina"))
    erase_person(license.customer.uuid, actor=sam, now=now())
    assert not any(text in everything() for text in (EMAIL, EARLIER, "Nina"))
    event = AuditEvent.objects.get(verb="customer.erased")
    assert (event.actor, event.changes) == (sam, {})


def test_the_company_and_its_history_stay(
    license: License, sam: User, ann: User, alice: User, as_: SignedIn
) -> None:
    assert license.customer
    erase_person(license.customer.uuid, actor=sam, now=now())
    page = as_(ann).get(f"/customers/{license.customer.uuid}/").text
    for text in ("Nova", "Activated for Nova", "personal data erased on", "erased by the vendor"):
        assert text in page
    assert "License activated to an erased address" in page
    assert "erased-" not in page
    assert "erased-" not in as_(alice).get("/activity/").text
    assert exported("customers", ann, "")[1][:3] == ["Nova", "", ""]
    assert exported("activations", ann, "date_from=")[1][3:6] == ["Nova", "", ""]


def test_what_was_not_sent_yet_is_dropped(license: License, sam: User) -> None:
    assert license.customer
    erase_person(license.customer.uuid, actor=sam, now=now())
    assert not Mail.objects.unfinished().exists()
    assert set(Mail.objects.values_list("state", flat=True)) == {"done", "dropped"}


def test_others_keep_theirs(license: License, sam: User, ann: User, globex: Reseller) -> None:
    assert license.customer
    other = CustomerFactory.create(reseller=globex, email=EMAIL)
    Mail.objects.create(reseller=globex, kind="license_activated", key="g", to=EMAIL, about="x")
    mine = Mail.objects.create(
        reseller=license.reseller, kind="x", key="a", to=ann.email, about=str(license.uuid)
    )
    erase_person(license.customer.uuid, actor=sam, now=now())
    other.refresh_from_db()
    mine.refresh_from_db()
    assert (other.email, mine.to) == (EMAIL, ann.email)
    assert Mail.objects.filter(key="g", to=EMAIL).exists()


def test_an_earlier_address_goes_from_licenses_that_moved_away_too(
    license: License, acme: Reseller, ann: User, sam: User
) -> None:
    nova, other = license.customer, CustomerFactory.create(reseller=acme, email="o@else.example")
    assert nova
    moved = make_active(make_order(acme, quantity=1).licenses.get())
    move_to_existing(moved.uuid, nova.email, actor=ann, now=now())
    correct_email(nova.uuid, "third@nova.example", actor=ann, now=now())
    move_to_existing(moved.uuid, other.email, actor=ann, now=now())
    correct_email(nova.uuid, "fourth@nova.example", actor=ann, now=now())
    assert "third@nova.example" in everything()
    erase_person(nova.uuid, actor=sam, now=now())
    assert "nova.example" not in everything()


def test_who_had_the_license_before_keeps_their_mails(
    license: License, acme: Reseller, ann: User, sam: User
) -> None:
    former = CustomerFactory.create(reseller=acme, email="f@former.example")
    moved = make_active(make_order(acme, quantity=1).licenses.get(), customer=former)
    assert license.customer
    move_to_existing(moved.uuid, license.customer.email, actor=ann, now=now())
    away = Mail.objects.get(kind="license_moved_away")
    correct_email(former.uuid, "new@former.example", actor=ann, now=now())
    erase_person(license.customer.uuid, actor=sam, now=now())
    away.refresh_from_db()
    assert (away.to, away.state) == ("f@former.example", MailState.QUEUED)


def test_an_address_that_somebody_else_has_now_is_theirs(
    license: License, acme: Reseller, ann: User, sam: User
) -> None:
    heir = CustomerFactory.create(reseller=acme, email=EARLIER)
    theirs = make_active(make_order(acme, quantity=1).licenses.get(), customer=heir)
    mail = Mail.objects.create(
        reseller=acme, kind="license_activated", key="heir", to=EARLIER, about=str(theirs.uuid)
    )
    assert license.customer
    erase_person(license.customer.uuid, actor=sam, now=now())
    mail.refresh_from_db()
    assert mail.to == EARLIER


def test_what_was_given_up_is_dropped_and_nothing_is_sent_again(
    license: License, sam: User, alice: User, as_: SignedIn
) -> None:
    mail = Mail.objects.get(kind="license_activated")
    Mail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, reason="Refused.")
    assert license.customer
    erase_person(license.customer.uuid, actor=sam, now=now())
    mail.refresh_from_db()
    assert mail.state == MailState.DROPPED
    sent = Mail.objects.filter(state=MailState.DONE).earliest("pk")
    later = now() + timedelta(hours=1)
    with pytest.raises(Refusal, match="data were erased"):
        resend(sent.pk, actor=alice, now=later)
    assert "erased-" not in as_(alice).get(f"/mails/{sent.pk}/resend/").text


def test_the_address_is_free_again_and_the_erased_is_not_found(
    license: License, sam: User, ann: User
) -> None:
    customer = license.customer
    assert customer
    erase_person(customer.uuid, actor=sam, now=now())
    assert not Customer.objects.with_email(EMAIL).exists()
    assert not Customer.objects.with_email(f"erased-{customer.uuid}@erased.invalid").exists()
    CustomerFactory.create(reseller=license.reseller, email=EMAIL)
    with pytest.raises(Refusal, match="are erased"):
        correct_email(customer.uuid, "x@y.example", actor=ann, now=now())


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
