"""A right world for the invariants, and a way to break what the database itself would refuse."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from activation.models import Activation
from billing.models import Card, CardNotice, CardPayment, CardRefund, EntryKind, PaymentState
from exports.models import Export, ExportState
from licenses.actions import replace_code
from licenses.calendar import period_days
from licenses.models import (
    BulkChange,
    BulkItem,
    License,
    Notice,
    Period,
    Renewal,
    RenewalAttempt,
)
from mailing.models import Mail
from orders.models import Order, OrderState, Refund, RefundPart
from people.models import Invitation
from resellers.models import Reseller, User
from resellers.steps import record
from tests.factories import (
    DistributionCompanyFactory,
    OrderFactory,
    make_active,
    make_cancelled,
    make_entry,
    make_order,
)
from tests.mailing.texts import own_text

AHEAD = Decimal(90)
RENEWED = (
    """
    INSERT INTO licenses_period (reseller_id, license_id, number, starts_on, ends_on)
    SELECT reseller_id, license_id, 1, ends_on + 1,
        (starts_on + make_interval(months => 2))::date - 1
    FROM licenses_period
    """,
    """
    UPDATE licenses_license
    SET ends_on = (SELECT max(ends_on) FROM licenses_period)
    WHERE ends_on IS NOT NULL
    """,
)


def alter(*statements: str) -> None:
    """Change rows behind the back of foreign keys; the test's transaction is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def make_world(acme: Reseller, alice: User, globex: Reseller, charlie: User) -> License:
    """Make every kind of row at two resellers; returns Acme's active license with two periods."""
    order = make_order(
        acme,
        user=alice,
        quantity=3,
        term_months=1,
        distribution_company=DistributionCompanyFactory.create(reseller=acme),
    )
    pay(order, alice)
    active, cancelled, available = order.licenses.all()
    make_active(active)
    Activation.objects.update(by=alice)
    replace_code(available.uuid, actor=alice, now=timezone.now())
    alter(*RENEWED)
    make_bulk_change(make_renewal(active, alice), alice)
    cancelled.order = Order.objects.get(pk=order.pk)
    make_cancelled(cancelled)
    make_refunds(order, alice)
    strangers = make_order(globex, user=charlie, currency="USD", quantity=1)
    make_active(strangers.licenses.get())
    make_jobs(acme, alice)
    card = make_cards(acme, alice)
    CardNotice.objects.create(reseller=acme, card=card, days=30, on=acme.day_of(timezone.now()))
    make_unpaid(card)
    make_paid_back(card, alice)
    record("order.seen", order.number, reseller=acme, actor=alice)
    return License.objects.get(pk=active.pk)


def make_renewal(license: License, alice: User) -> Renewal:
    """What paid the second period of a license, and that Acme was told."""
    order, reseller = license.order, license.reseller
    renewal = Renewal.objects.create(
        reseller=reseller,
        license=license,
        number=1,
        state="paid",
        amount=order.unit_amount,
        source="balance",
        actor=alice,
        settled_at=timezone.now(),
    )
    Period.objects.filter(license=license, number=1).update(renewal=renewal)
    facts = {"amount": renewal.amount, "source": "balance", "actor": alice}
    day = reseller.day_of(timezone.now())
    RenewalAttempt.objects.create(
        reseller=reseller, renewal=renewal, on=day, outcome="paid", **facts
    )
    Notice.objects.create(reseller=reseller, license=license, period=1, kind="paid", on=day)
    make_entry(
        reseller,
        -order.unit_amount,
        EntryKind.RENEWAL,
        key=f"renewal/{license.uuid}/1",
        reference=f"{order.number}/{license.uuid}",
        actor=alice,
    )
    return renewal


def make_bulk_change(renewal: Renewal, by: User, payment: CardPayment | None = None) -> None:
    """The job that renewed one license, from the balance or by card, with its result."""
    change = BulkChange.objects.create(
        reseller=renewal.reseller,
        by=by,
        card=payment.card if payment else None,
        verb="renew",
        chosen_from="renewals",
        key=uuid4(),
        amount=renewal.amount or 0,
        total=1,
        done=1,
        state="done",
        finished_at=timezone.now(),
    )
    BulkItem.objects.create(
        reseller=renewal.reseller,
        change=change,
        license=renewal.license,
        place=0,
        number=renewal.number,
        amount=renewal.amount,
        confirmed_source=renewal.source,
        outcome="checking" if payment else "done",
        source=renewal.source,
        renewal=renewal,
        payment=payment,
    )


def pay(order: Order, buyer: User) -> None:
    """Two deposits, and between them what the order cost."""
    make_entry(order.reseller, "2000.00", at=order.placed_at)
    make_entry(
        order.reseller,
        -order.amount,
        EntryKind.PURCHASE,
        key=f"purchase/{order.number}",
        reference=order.number,
        actor=buyer,
    )
    make_entry(order.reseller, "500.00")


def make_refunds(order: Order, alice: User) -> None:
    """A refund that was approved for each license that was cancelled, and one that waits."""
    for license in order.licenses.all():
        cancelled = license.cancelled_at
        refund = Refund.objects.create(
            reseller=order.reseller,
            order=order,
            license=license,
            amount=order.unit_amount,
            asked_by=alice,
            state="approved" if cancelled else "asked",
            decided_by=alice if cancelled else None,
            decided_at=cancelled,
        )
        if cancelled:
            RefundPart.objects.create(reseller=order.reseller, refund=refund, amount=refund.amount)
            make_entry(
                order.reseller,
                order.unit_amount,
                EntryKind.REFUND,
                key=f"refund/{license.uuid}",
                reference=order.number,
                at=cancelled,
            )


def make_paid_back(card: Card, alice: User) -> None:
    """A license that a card paid, and its renewal ahead: both went back to the card."""
    order = make_order(
        card.reseller, user=alice, quantity=1, payment_type="card", unit_amount=120, amount=120
    )
    order.card_payment = make_paid(card, order.amount, "purchase", order.number)
    order.save()
    license = make_active(order.licenses.get())
    attempt = make_card_renewal(license)
    payment = make_paid(card, AHEAD, "renewal", str(license.uuid), attempt=attempt.pk)
    make_bulk_change(attempt.renewal, alice, payment)
    make_cancelled(license)
    refund = Refund.objects.create(
        reseller=order.reseller,
        order=order,
        license=license,
        amount=order.unit_amount + AHEAD,
        state="approved",
        decided_by=alice,
        decided_at=license.cancelled_at,
    )
    for paid, renewal in ((order.card_payment, None), (payment, attempt.renewal)):
        back = CardRefund.objects.create(
            reseller=order.reseller,
            payment=paid,
            key=f"refund/{paid.key}",
            amount=paid.amount,
            state="succeeded",
            gateway_id=f"re_{paid.purpose}",
            actor=alice,
            settled_at=license.cancelled_at,
        )
        RefundPart.objects.create(
            reseller=order.reseller,
            refund=refund,
            renewal=renewal,
            amount=paid.amount,
            card_refund=back,
        )


def make_paid(card: Card, amount: Decimal, purpose: str, about: str, **data: object) -> CardPayment:
    """What a card has paid."""
    return CardPayment.objects.create(
        reseller=card.reseller,
        key=f"{purpose}/{about}",
        purpose=purpose,
        about=about,
        card=card,
        amount=amount,
        currency=card.reseller.currency,
        state=PaymentState.SUCCEEDED,
        gateway_id=f"pi_of_{purpose}",
        data=data,
        settled_at=timezone.now(),
    )


def make_card_renewal(license: License) -> RenewalAttempt:
    """The next period of a license, which a card has paid."""
    period, reseller = license.periods.get(), license.reseller
    facts = {"reseller": reseller, "source": "card", "amount": AHEAD}
    renewal = Renewal.objects.create(
        license=license, number=1, state="paid", settled_at=timezone.now(), **facts
    )
    starts_on, ends_on = period_days(period.starts_on, license.order.term_months, 1)
    Period.objects.create(
        reseller=reseller,
        license=license,
        number=1,
        starts_on=starts_on,
        ends_on=ends_on,
        renewal=renewal,
    )
    license.ends_on = ends_on
    license.save()
    return RenewalAttempt.objects.create(
        renewal=renewal, on=reseller.day_of(timezone.now()), outcome="paid", **facts
    )


def make_unpaid(card: Card) -> None:
    """An order by card whose outcome is not known: the vendor's staff find out."""
    by = {"reseller": card.reseller, "user": card.added_by}
    by_card = {"state": OrderState.CHECKING, "payment_type": "card", "available": 0}
    order = OrderFactory.create(**by, **by_card)
    order.card_payment = CardPayment.objects.create(
        reseller=card.reseller,
        key="purchase/1",
        purpose="purchase",
        about=order.number,
        card=card,
        amount=order.amount,
        currency=order.currency,
        state=PaymentState.PARKED,
        actor=card.added_by,
    )
    order.save()


def make_cards(acme: Reseller, alice: User) -> Card:
    """A card, and a payment that it declined."""
    now = timezone.now()
    card = Card.objects.create(
        reseller=acme,
        token="pm_of_acme",
        brand="visa",
        last4="0341",
        expires_on=(now + timedelta(days=400)).date(),
        is_default=True,
        added_by=alice,
    )
    CardPayment.objects.create(
        reseller=acme,
        key="deposit/1",
        purpose="deposit",
        card=card,
        amount=50,
        currency="EUR",
        state=PaymentState.DECLINED,
        reason="The card was declined.",
        actor=alice,
        settled_at=now,
    )
    return card


def make_jobs(acme: Reseller, alice: User) -> None:
    """Mails that wait and that were given up, a text, an export, an accepted invitation."""
    now = timezone.now()
    given_up = {
        "state": "failed",
        "reason": "No such mailbox",
        "set_aside_at": now,
        "set_aside_by": alice,
    }
    Mail.objects.create(
        reseller=acme, kind="order_confirmation", key="given-up", to=alice.email, **given_up
    )
    Mail.objects.create(
        reseller=acme, kind="order_confirmation", key="a-mail", to=alice.email, actor=alice
    )
    own_text(acme, "balance_low", "Low", "{balance}")
    export = Export.objects.create(reseller=acme, by=alice, kind="orders", total=7, rows=7)
    done = {"state": ExportState.DONE, "size": 99, "finished_at": now, "expires_at": now}
    Export.objects.filter(pk=export.pk).update(**done)
    Invitation.objects.create(
        reseller=acme,
        email=alice.email,
        name=alice.name,
        role=alice.role,
        invited_by=alice,
        expires_at=now + timedelta(days=7),
        accepted_at=now,
        user=alice,
    )
