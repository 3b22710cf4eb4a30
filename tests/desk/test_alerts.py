"""What waits for staff is told to each of them by mail: each matter once a day, with its list."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.actions import park_account
from billing.models import CardPayment, CardRefund
from desk.alerts import tell_of_waiting_work
from desk.tasks import tell_staff
from exports.models import Export
from licenses.models import BulkChange
from mailing.kinds import MailText, kind_named
from mailing.models import Mail
from orders.models import Refund
from resellers.models import Reseller, User
from tests.billing.cards import make_card_rows
from tests.factories import make_order
from tests.licenses.bulk import make_change
from tests.mailing.test_log import make_mail
from tests.races import all_at_once

As = Callable[[User], Client]
Trouble = Callable[[Reseller, User], None]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now() -> datetime:
    """Noon, so that an hour later is the same day."""
    return timezone.now().replace(hour=12)


def told() -> dict[str, MailText]:
    """Return what staff were told, by its subject."""
    mails = Mail.objects.filter(kind="work_waits").order_by("pk")
    texts = [kind_named(mail.kind).write(mail) for mail in mails]
    return {text.subject: text for text in texts}


def park_one(acme: Reseller, alice: User) -> None:
    park_account(acme.pk, "Odd.", actor=None, now=timezone.now())


def let_a_payment_be_unknown(acme: Reseller, alice: User) -> None:
    make_card_rows(acme)
    CardRefund.objects.all().delete()
    later = timezone.now() + timedelta(days=1)
    CardPayment.objects.update(state="unknown", next_check_at=later)


def contradict_a_payment(acme: Reseller, alice: User) -> None:
    payment = make_card_rows(acme)
    payment.refunds.all().delete()
    ago = timezone.now() - timedelta(hours=3)
    CardPayment.objects.update(state="declined", settled_at=ago, contradicted_at=ago)


def let_mails_pile_up(acme: Reseller, alice: User) -> None:
    make_mail(acme, state="failed", reason="550")
    make_mail(acme, state="stuck", reason="451")


def let_an_export_be_stuck(acme: Reseller, alice: User) -> None:
    Export.objects.create(reseller=acme, by=alice, kind="orders", state="stuck", reason="broke")


def let_a_bulk_change_be_stuck(acme: Reseller, alice: User) -> None:
    make_change(make_order(acme, user=alice).licenses.all()[0], alice)
    BulkChange.objects.update(state="stuck", reason="broke")


MATTERS: dict[Trouble, tuple[str, str]] = {
    park_one: ("Accounts are parked: 1", "billing/account/?parked=yes"),
    let_a_payment_be_unknown: (
        "Card payments whose outcome is unknown: 1",
        "billing/cardpayment/?state__exact=unknown",
    ),
    contradict_a_payment: (
        "Card payments that failed were paid after all: 1",
        "billing/cardpayment/?contradicted=open",
    ),
    let_mails_pile_up: ("Mails were given up: 2", "mailing/mail/?given_up=yes"),
    let_an_export_be_stuck: ("Exports were given up: 1", "exports/export/?given_up=yes"),
    let_a_bulk_change_be_stuck: (
        "Bulk changes were given up: 1",
        "licenses/bulkchange/?given_up=yes",
    ),
}


@pytest.mark.parametrize("trouble", MATTERS, ids=lambda trouble: trouble.__name__)
def test_sam_is_told_and_led_to_the_list(
    acme: Reseller, alice: User, sam: User, as_: As, trouble: Trouble
) -> None:
    trouble(acme, alice)
    tell_staff()
    subject, path = MATTERS[trouble]
    [(heard, text)] = told().items()
    assert heard == subject
    assert f"/admin/{path}\n" in text.text
    assert f'/admin/{path}"' in text.html
    listed = as_(sam).get(f"/admin/{path}").context["cl"].result_list
    assert len(listed) == int(subject.rpartition(" ")[2])


def test_nobody_is_told_while_nothing_waits(sam: User, now: datetime) -> None:
    assert tell_of_waiting_work(now) == 0
    assert not Mail.objects.exists()


def test_of_one_matter_once_a_day_of_another_at_once(
    acme: Reseller, alice: User, sam: User, now: datetime
) -> None:
    park_one(acme, alice)
    for minutes in (0, 15, 30):
        tell_of_waiting_work(now + timedelta(minutes=minutes))
        Mail.objects.update(state="done", sent_at=now)
    assert list(told()) == ["Accounts are parked: 1"]
    let_an_export_be_stuck(acme, alice)
    tell_of_waiting_work(now + timedelta(minutes=45))
    assert list(told()) == ["Accounts are parked: 1", "Exports were given up: 1"]
    Mail.objects.update(state="done", sent_at=now)
    tell_of_waiting_work(now + timedelta(days=1))
    assert Mail.objects.filter(kind="work_waits").count() == 4


def test_only_staff_who_may_sign_in_are_told(
    acme: Reseller, alice: User, sam: User, now: datetime
) -> None:
    User.objects.create_superuser("gone@vendor.example", "x", name="Gone", is_active=False)
    park_one(acme, alice)
    tell_of_waiting_work(now)
    assert [mail.to for mail in Mail.objects.filter(kind="work_waits")] == [sam.email]


def test_that_a_refund_is_asked_for_had_a_mail_of_its_own(
    acme: Reseller, alice: User, sam: User, now: datetime
) -> None:
    license = make_order(acme, user=alice, quantity=1).licenses.get()
    Refund.objects.create(reseller=acme, order=license.order, license=license, amount=1)
    assert tell_of_waiting_work(now) == 0


def test_two_who_tell_at_once_tell_it_once(
    acme: Reseller, alice: User, sam: User, now: datetime
) -> None:
    park_one(acme, alice)
    assert all_at_once(*[lambda: tell_of_waiting_work(now)] * 4) == [1] * 4
    assert Mail.objects.filter(kind="work_waits").count() == 1
