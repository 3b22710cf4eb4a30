"""What is left of a person's address in the corners, and who corrects it while it is erased."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from activation.actions import correct_email, erase_person, move_to_existing
from activation.models import Customer
from licenses.models import License
from mailing.delivery import write
from mailing.models import Mail
from people.actions import disable_user
from reseller_portal.running import PermanentError
from resellers.models import AuditEvent, Reseller, User
from tests.activation.desk import SignedIn, activated
from tests.activation.test_erasing import everything
from tests.factories import CustomerFactory, make_cancelled
from tests.races import both_at_once, in_turn, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "it@nova.example"


@pytest.fixture
def nova(acme: Reseller) -> Customer:
    return CustomerFactory.create(reseller=acme, company="Nova", email="Info@nova.example")


@pytest.fixture
def license(acme: Reseller, nova: Customer) -> License:
    """Nova's license, about which a mail waits."""
    license = activated(acme, customer=nova)
    mailed(license, "INFO@nova.example")
    return license


def mailed(license: License, to: str) -> Mail:
    return Mail.objects.create(
        reseller=license.reseller, kind="x", key=f"x/{uuid4()}", to=to, about=str(license.uuid)
    )


def erase(nova: Customer, sam: User) -> Customer:
    return erase_person(nova.uuid, actor=sam, now=timezone.now())


def resent(license: License, to: str) -> AuditEvent:
    return AuditEvent.objects.create(
        reseller=license.reseller, verb="mail.resent", about=str(license.uuid), changes={"to": to}
    )


def test_an_address_is_erased_whatever_its_case(
    license: License, nova: Customer, sam: User
) -> None:
    Mail.objects.create(
        reseller=nova.reseller, kind="x", key="other", to="INFO@nova.example", about="x"
    )
    resent(license, "INFO@NOVA.example")
    erase(nova, sam)
    assert "nova.example" not in everything().lower()


def test_mails_of_colleagues_and_of_the_vendors_staff_stay(
    license: License, nova: Customer, ann: User, sam: User
) -> None:
    for person in (ann, sam):
        mailed(license, person.email)
        resent(license, person.email)
    erase(nova, sam)
    for person in (ann, sam):
        assert Mail.objects.filter(to=person.email).exists()
        assert AuditEvent.objects.filter(changes__to=person.email).exists()


def test_what_a_mail_says_in_their_own_words_is_erased_and_other_companies_records_stay(
    license: License, nova: Customer, globex: Reseller, sam: User
) -> None:
    Mail.objects.update(params={"note": "Nina was here"})
    theirs = resent(license, nova.email)
    AuditEvent.objects.filter(pk=theirs.pk).update(reseller=globex)
    erase(nova, sam)
    assert "Nina" not in everything()
    theirs.refresh_from_db()
    assert theirs.changes == {"to": "Info@nova.example"}


def test_who_is_erased_gets_no_mail_of_a_move(
    license: License, nova: Customer, ann: User, sam: User
) -> None:
    vega = CustomerFactory.create(reseller=nova.reseller)
    erase(nova, sam)
    move_to_existing(license.uuid, vega.email, actor=ann, now=timezone.now())
    assert [mail.to for mail in Mail.objects.unfinished()] == [vega.email]


def test_a_mail_about_a_license_that_was_cancelled_meanwhile_is_not_sent(
    license: License, nova: Customer, ann: User
) -> None:
    vega = CustomerFactory.create(reseller=nova.reseller)
    moved = move_to_existing(license.uuid, vega.email, actor=ann, now=timezone.now())
    make_cancelled(moved)
    with pytest.raises(PermanentError, match="cancelled since"):
        write(Mail.objects.get(kind="license_moved_here"))


def test_nothing_is_written_to_who_was_erased_meanwhile(
    nova: Customer, ann: User, sam: User
) -> None:
    correct_email(nova.uuid, NEW, actor=ann, now=timezone.now())
    gone = Mail.objects.get(kind="customer_email_gone")
    erase(nova, sam)
    with pytest.raises(PermanentError, match="data were erased"):
        write(gone)


def test_answers_reach_nobody_who_has_left(nova: Customer, ann: User, alice: User) -> None:
    correct_email(nova.uuid, NEW, actor=ann, now=timezone.now())
    disable_user(ann.pk, actor=alice)
    assert {write(mail).reply_to for mail in Mail.objects.all()} == {""}


def test_the_dialog_says_that_there_is_no_address_any_more(
    as_: SignedIn, nova: Customer, ann: User, bob: User, sam: User
) -> None:
    erase(nova, sam)
    address = f"/customers/{nova.uuid}/email/"
    assert "there is no address any more" in as_(ann).get(address).text
    assert as_(ann).post(address, {"email": NEW}).status_code == 422
    assert as_(bob).post(address, {"email": NEW}).status_code == 403


def test_a_license_of_another_customer_is_not_led_back_to(
    as_: SignedIn, nova: Customer, ann: User, acme: Reseller
) -> None:
    other = activated(acme)
    address = f"/customers/{nova.uuid}/email/?license={other.uuid}"
    assert as_(ann).get(address).status_code == 404


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def corrected_while_it_is_erased(nova: Customer, ann: User, sam: User) -> list[str]:
    """Correct the address when its erasure, begun before, has come as far as the mails."""
    correct = partial(correct_email, nova.uuid, NEW, actor=ann, now=timezone.now())
    hold = partial(Mail.objects.update, reason="held")
    return kinds(in_turn(partial(erase, nova, sam), correct, hold=hold))


@pytest.mark.usefixtures("license")
def test_an_address_that_is_being_erased_is_not_corrected(
    nova: Customer, ann: User, sam: User
) -> None:
    assert corrected_while_it_is_erased(nova, ann, sam) == ["Customer", "Refusal"]
    assert NEW not in everything()


@pytest.mark.usefixtures("license")
def test_twin_without_the_lock_the_new_address_is_left_in_a_mail(
    nova: Customer, ann: User, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert corrected_while_it_is_erased(nova, ann, sam) == ["Customer", "Customer"]
    assert NEW in everything()


def test_twin_without_the_savepoint_the_second_of_two_gets_an_error(
    nova: Customer, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activation.actions.customers.IntegrityError", ZeroDivisionError)
    both = (nova, CustomerFactory.create(reseller=nova.reseller))
    deeds = [
        partial(correct_email, one.uuid, "same@x.example", actor=ann, now=timezone.now())
        for one in both
    ]
    outcomes = both_at_once(*deeds, about_to_change=Customer)
    assert {type(outcome) for outcome in outcomes} == {Customer, IntegrityError}
