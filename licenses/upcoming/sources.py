"""Where the money of the next charge will come from, as things stand."""

from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from licenses.models import RenewalAttempt, RenewalState
from licenses.upcoming.forecast import Forecast, Limit


class PaidBy(TextChoices):
    """What will pay the next charge."""

    BALANCE = "balance", _("CSS balance")
    CARD = "card", _("Credit card")
    NOT_COVERED = "not_covered", _("Not covered")
    NO_PRICE = "no_price", _("No price")


class Standing(TextChoices):
    """How far the next renewal is."""

    WAITING = "waiting", _("Waiting")
    FAILING = "failing", _("Failing")
    CHECKING = "checking", _("Checking payment")


def paid_by_column(forecast: Forecast) -> Case:
    """Return what pays the next charge, as an expression over licenses that renew."""
    rest = Value(otherwise(forecast).value)
    cases = [
        When(pending_state=RenewalState.CHECKING, then=Value(PaidBy.CARD.value)),
        When(amount=None, then=Value(PaidBy.NO_PRICE.value)),
        When(_before(forecast.limit), then=Value(PaidBy.BALANCE.value)),
    ]
    return Case(*cases, default=rest, output_field=CharField())


def paid_by(forecast: Forecast, row: Any) -> PaidBy:
    """Return the same for one license as `renewing` found it; a test holds both equal."""
    if row.pending_state == RenewalState.CHECKING:
        return PaidBy.CARD
    if row.amount is None:
        return PaidBy.NO_PRICE
    limit = forecast.limit
    if limit is None or limit.comes_after(row.day, row.ends_on, row.pk):
        return PaidBy.BALANCE
    return otherwise(forecast)


def otherwise(forecast: Forecast) -> PaidBy:
    """Return what pays a charge that the balance does not."""
    return PaidBy.CARD if forecast.has_card else PaidBy.NOT_COVERED


def _before(limit: Limit | None) -> Q:
    if limit is None:
        return Q(pk__isnull=False)
    same_day = Q(day=limit.on)
    return (
        Q(day__lt=limit.on)
        | (same_day & Q(ends_on__lt=limit.ends_on))
        | (same_day & Q(ends_on=limit.ends_on, pk__lt=limit.license_id))
    )


def standing_column() -> Case:
    """Return how far the next renewal is, as an expression over licenses that renew."""
    cases = [
        When(pending_state=RenewalState.CHECKING, then=Value(Standing.CHECKING.value)),
        When(was_tried(), then=Value(Standing.FAILING.value)),
    ]
    return Case(*cases, default=Value(Standing.WAITING.value), output_field=CharField())


def was_tried() -> Exists:
    """Say, as a condition, whether the renewal that waits was tried before."""
    return Exists(
        RenewalAttempt.objects.filter(
            reseller=OuterRef("reseller"), renewal=OuterRef("pending__pk")
        )
    )


def standing(row: Any, attempt: RenewalAttempt | None) -> Standing:
    """Return the same for one license and its last attempt; a test holds both equal."""
    if row.pending_state == RenewalState.CHECKING:
        return Standing.CHECKING
    return Standing.FAILING if attempt else Standing.WAITING
