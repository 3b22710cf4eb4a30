"""A card payment's life: what each answer of the gateway leads to, and what repeats change."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from billing.gateway import Answer, Hint, Outcome
from billing.models import Account, BalanceEntry, Card, CardPayment, EntryKind, PaymentState
from billing.payments import charge, confirm, look_again, settle
from billing.payments.hints import hear
from billing.purposes import Purpose, _purposes, register_purpose
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.billing.cards import begin, checked, make_card, pass_time, pay
from tests.gateway import Gateway

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY = 3600, 24 * 3600


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)


@pytest.fixture
def card(gateway: Gateway, acme: Reseller) -> Card:
    return make_card(gateway, acme)


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    """A purpose `test` that notes what it is told, and in which state the payment is then."""
    heard: list[tuple[str, str]] = []

    def note(what: str) -> Any:
        return lambda payment, _account, _now: heard.append((what, payment.state))

    handlers = {what: note(what) for what in ("succeeded", "failed", "pending")}
    register_purpose(Purpose("test", "Test", **handlers, page=lambda _payment: ""))
    yield heard
    del _purposes["test"]


def balance(reseller: Reseller) -> Any:
    return Account.objects.get(reseller=reseller).balance


def fresh(payment: CardPayment) -> CardPayment:
    return CardPayment.objects.get(pk=payment.pk)


def test_a_deposit_that_is_paid_is_in_the_ledger(
    gateway: Gateway, card: Card, alice: User, acme: Reseller
) -> None:
    payment = pay(card, "50.00", actor=alice)
    assert (payment.state, payment.is_paid, payment.reason) == (PaymentState.SUCCEEDED, True, "")
    [charged] = gateway.charges()
    assert (charged["amount"], charged["currency"], charged["key"]) == (5000, "eur", payment.key)
    entry = BalanceEntry.objects.get()
    assert (entry.kind, entry.amount, entry.actor) == (EntryKind.DEPOSIT, Decimal("50.00"), alice)
    assert (entry.key, entry.reference) == (f"deposit/{payment.uuid}", "Visa •••• 4242")
    assert balance(acme) == 50
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", "actor__name")
    assert list(verbs) == [
        ("payment.started", "Alice Arnold"),
        ("payment.settled", "Alice Arnold"),
    ]


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        ("declined", PaymentState.DECLINED, "The card was declined. Use another one"),
        ("insufficient_funds", PaymentState.DECLINED, "not enough funds"),
        ("expired", PaymentState.DECLINED, "has expired"),
        ("stolen", PaymentState.REFUSED, "declined for good"),
    ],
)
def test_a_card_that_is_declined_pays_nothing(
    gateway: Gateway, acme: Reseller, kind: str, state: str, reason: str
) -> None:
    payment = pay(make_card(gateway, acme, kind))
    assert payment.state == state
    assert reason in payment.reason
    assert "stolen" not in payment.reason
    assert (balance(acme), gateway.charges()) == (0, [])


def test_a_gateway_that_cannot_be_reached_has_charged_nothing(
    gateway: Gateway, card: Card, settings: Any, told: list[tuple[str, str]]
) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    payment = pay(card, purpose="test")
    assert payment.state == PaymentState.NOT_SENT
    assert "nothing was charged" in payment.reason
    assert told == [("failed", "not_sent")]


def test_only_of_the_very_first_request_a_refused_connection_proves_anything(
    gateway: Gateway, card: Card, settings: Any, acme: Reseller
) -> None:
    gateway.fault("timeout_after", seconds=2)
    payment = pay(card)
    assert payment.state == PaymentState.UNKNOWN
    base, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, "http://127.0.0.1:1"
    assert checked(payment).state == PaymentState.UNKNOWN
    settings.STRIPE_API_BASE = base
    assert checked(payment).state == PaymentState.SUCCEEDED
    assert (balance(acme), len(gateway.charges())) == (50, 1)


@pytest.mark.parametrize(
    "fault",
    [
        "timeout_before",
        "timeout_after",
        "error_before",
        "error_after",
        "reset_before",
        "reset_after",
    ],
)
def test_what_is_unknown_is_asked_again_with_the_same_key(
    gateway: Gateway, card: Card, acme: Reseller, fault: str
) -> None:
    gateway.fault(fault, seconds=2)
    payment = pay(card)
    assert (payment.state, balance(acme)) == (PaymentState.UNKNOWN, 0)
    assert "has not answered yet" in payment.reason
    assert checked(payment).state == PaymentState.SUCCEEDED
    assert (balance(acme), len(gateway.charges())) == (50, 1)
    asked = gateway.requests("/v1/payment_intents")
    assert [request["key"] for request in asked] == [payment.key] * 2


def test_the_dates_on_which_it_is_asked_again(gateway: Gateway, card: Card) -> None:
    gateway.fault("error_before", "/v1/*", times=20, method="*")
    payment = pay(card)
    waits = []
    for _check in range(7):
        waits.append(round((payment.next_check_at - timezone.now()).total_seconds() / 60))  # type: ignore[operator]
        pass_time(payment, (payment.next_check_at - timezone.now()).total_seconds())  # type: ignore[operator]
        payment = checked(payment)
    assert waits == [5, 60, *[24 * 60] * 5]
    assert (payment.state, payment.next_check_at) == (PaymentState.PARKED, None)
    assert "The vendor's staff find out" in payment.reason
    asked = gateway.requests("/v1/payment_intents")
    assert len(asked) == 3, "after a day the key may be forgotten"
    assert len(gateway.requests("/v1/payment_intents", "GET")) == 5


def test_after_a_day_it_is_looked_for_and_never_charged_again(
    gateway: Gateway, card: Card, acme: Reseller
) -> None:
    gateway.fault("timeout_after", seconds=2)
    payment = pay(card)
    pass_time(payment, DAY)
    gateway.advance(25 * HOUR)
    assert checked(payment).state == PaymentState.SUCCEEDED
    assert (balance(acme), len(gateway.charges())) == (50, 1)
    assert len(gateway.requests("/v1/payment_intents")) == 1


def test_twin_after_a_day_the_same_request_would_charge_twice(
    gateway: Gateway, card: Card, settings: Any
) -> None:
    settings.CARD_KEY_LIFE_SECONDS = 10 * DAY
    gateway.fault("timeout_after", seconds=2)
    payment = pay(card)
    pass_time(payment, DAY)
    gateway.advance(25 * HOUR)
    checked(payment)
    assert len(gateway.charges()) == 2


def test_after_a_day_one_that_is_not_there_was_never_made(
    gateway: Gateway, card: Card, told: list[tuple[str, str]]
) -> None:
    gateway.fault("timeout_before", seconds=2)
    payment = pay(card, purpose="test")
    pass_time(payment, DAY)
    assert checked(payment).state == PaymentState.NOT_SENT
    assert told == [("pending", "unknown"), ("failed", "not_sent")]
    assert gateway.charges() == []


def test_another_payments_key_is_not_taken_for_ours(gateway: Gateway, card: Card) -> None:
    pay(card, "50.00")
    gateway.fault("timeout_before", seconds=2)
    payment = pay(card, "50.00")
    pass_time(payment, DAY)
    assert checked(payment).state == PaymentState.NOT_SENT


def test_one_whose_process_died_before_it_asked_is_charged_once(
    gateway: Gateway, card: Card, acme: Reseller
) -> None:
    payment = begin(card)
    assert gateway.charges() == []
    assert checked(payment).state == PaymentState.SUCCEEDED
    assert charge(payment).state == PaymentState.SUCCEEDED
    assert (balance(acme), len(gateway.charges())) == (50, 1)


def test_a_worker_leaves_a_payment_alone_that_is_just_being_sent(
    gateway: Gateway, card: Card
) -> None:
    from billing.payments.watching import sweep

    payment = begin(card)
    assert sweep() == 0
    assert fresh(payment).state == PaymentState.SENDING


def test_a_second_caller_does_not_ask(gateway: Gateway, card: Card) -> None:
    payment = begin(card)
    CardPayment.objects.update(sent_at=timezone.now())
    assert charge(payment).state == PaymentState.SENDING
    assert gateway.requests("/v1/payment_intents") == []


def test_one_key_is_one_payment(gateway: Gateway, card: Card, globex: Reseller) -> None:
    first, second = begin(card, key="deposit/1"), begin(card, key="deposit/1")
    assert first == second
    with pytest.raises(Refusal, match="out of date"):
        begin(make_card(gateway, globex), key="deposit/1")


def test_repeated_and_late_answers_change_nothing(
    gateway: Gateway, card: Card, acme: Reseller, told: list[tuple[str, str]]
) -> None:
    payment = pay(card, purpose="test")
    for outcome in Outcome:
        settle(payment.pk, Answer(outcome, "pi_other"), timezone.now())
    after = fresh(payment)
    assert (after.state, after.gateway_id) == (payment.state, payment.gateway_id)
    assert told == [("succeeded", "succeeded")]


def test_one_that_was_paid_after_all_is_noted_for_staff(gateway: Gateway, acme: Reseller) -> None:
    payment = pay(make_card(gateway, acme, "declined"))
    settle(payment.pk, Answer(Outcome.SUCCEEDED, payment.gateway_id), timezone.now())
    after = fresh(payment)
    assert (after.state, balance(acme)) == (PaymentState.DECLINED, 0)
    assert after.contradicted_at is not None
    assert AuditEvent.objects.filter(verb="payment.contradicted").count() == 1


def test_what_follows_is_recorded_with_the_outcome_or_not_at_all(
    gateway: Gateway, card: Card, told: list[tuple[str, str]], acme: Reseller
) -> None:
    def fail(_payment: CardPayment, _account: Account, _now: Any) -> None:
        raise ZeroDivisionError

    broken = Purpose("test", "Test", fail, fail, fail, page=lambda _payment: "")
    working, _purposes["test"] = _purposes["test"], broken
    payment = pay(card, purpose="test")
    assert payment.state == PaymentState.SENDING
    _purposes["test"] = working
    assert checked(payment).state == PaymentState.SUCCEEDED
    assert told == [("succeeded", "succeeded")]
    assert len(gateway.charges()) == 1


def test_what_never_can_be_recorded_is_handed_to_staff(
    gateway: Gateway, card: Card, told: list[tuple[str, str]]
) -> None:
    def fail(_payment: CardPayment, _account: Account, _now: Any) -> None:
        raise ZeroDivisionError

    _purposes["test"] = Purpose("test", "Test", fail, fail, fail, page=lambda _payment: "")
    payment = pay(card, purpose="test")
    for _check in range(8):
        payment = checked(payment)
    assert payment.state == PaymentState.PARKED
    assert len(gateway.charges()) == 1


def test_the_gateway_is_not_called_within_a_transaction(gateway: Gateway, card: Card) -> None:
    payment = begin(card)
    with transaction.atomic():
        for ask in (charge, look_again, confirm):
            with pytest.raises(RuntimeError, match="durable"):
                ask(payment)
    assert gateway.requests("/v1/payment_intents") == []


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"expires_on": timezone.now().date() - timedelta(days=40)}, "expired on"),
        ({"removed_at": timezone.now(), "is_default": False}, "was removed"),
    ],
)
def test_a_card_that_cannot_be_charged_is_refused(
    gateway: Gateway, acme: Reseller, changes: dict[str, Any], match: str
) -> None:
    with pytest.raises(Refusal, match=match):
        begin(make_card(gateway, acme, **changes))
    assert CardPayment.objects.count() == 0


def test_without_a_key_of_the_gateway_there_are_no_cards(card: Card, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(Refusal, match="switched off"):
        begin(card)


def test_word_of_the_gateway_is_only_a_reason_to_ask(
    gateway: Gateway, card: Card, acme: Reseller
) -> None:
    gateway.fault("timeout_before", seconds=2)
    payment = pay(card)
    hear(Hint(gateway_id="pi_nothing", key=payment.key), timezone.now())
    assert fresh(payment).state == PaymentState.UNKNOWN
    assert checked(payment).state == PaymentState.UNKNOWN
    assert balance(acme) == 0
