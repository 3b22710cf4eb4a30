"""How a card payment of a renewal ends. Each may be told once more: then it changes nothing.

The caller may have a transaction open, which holds no lock on a license yet: the license is locked
here, as for every change of its renewals.
"""

from datetime import datetime

from django.db import transaction

from billing.models import Account
from licenses.models import AttemptOutcome, License, RenewalAttempt, RenewalState
from licenses.renewing.charging import common, run
from licenses.renewing.statements import JUDGED_BY_CARD, SETTLE
from licenses.steps import lock_license
from resellers.steps import record

# A decline ends what is under way, and nothing else; what was paid is paid, however late.
PAYABLE = (RenewalState.CHECKING, RenewalState.WAITING, RenewalState.ENDED)


def settle_paid(attempt: RenewalAttempt, *, now: datetime) -> bool:
    """Give the license the period that a card has paid.

    Returns False if it cannot have it, so that the money must go back: the license was cancelled,
    or the period was paid otherwise meanwhile.
    """
    with transaction.atomic():
        license, attempt = _locked(attempt)
        if attempt.outcome == AttemptOutcome.PAID:
            return True
        if attempt.renewal.state not in PAYABLE or license.cancelled_at is not None:
            return False
        _settle(license, attempt, AttemptOutcome.PAID, "", now=now)
        return True


def settle_declined(
    attempt: RenewalAttempt, outcome: AttemptOutcome, reason: str, *, now: datetime
) -> None:
    """Record that a card did not pay, with the reason for the reseller; the next try is tomorrow.

    `outcome` is declined, needs authentication, not sent, or refused: the last is final, turns
    auto-renew off and tells the reseller once more.
    """
    with transaction.atomic():
        license, attempt = _locked(attempt)
        if attempt.renewal.state != RenewalState.CHECKING or not attempt.is_under_way:
            return
        _settle(license, attempt, outcome, reason, now=now)
        if outcome == AttemptOutcome.REFUSED and license.recurrent:
            record(
                "license.billing_state_changed",
                str(license.uuid),
                reseller=license.reseller,
                actor=None,
                recurrent=False,
            )


def settle_unknown(attempt: RenewalAttempt, reason: str) -> None:
    """Record what is known of a payment that is still under way; nothing else may pay meanwhile."""
    with transaction.atomic():
        _license, attempt = _locked(attempt)
        if attempt.is_under_way:
            attempt.reason = reason
            attempt.save(update_fields=["reason"])


def _locked(attempt: RenewalAttempt) -> tuple[License, RenewalAttempt]:
    license = lock_license(attempt.renewal.license)
    return license, RenewalAttempt.objects.select_related("renewal").get(pk=attempt.pk)


def _settle(
    license: License,
    attempt: RenewalAttempt,
    outcome: AttemptOutcome,
    reason: str,
    *,
    now: datetime,
) -> None:
    reseller = license.reseller
    account = Account.objects.select_related("reseller").get(reseller=reseller)
    day = max(attempt.on, reseller.day_of(now))
    parameters = common(account, day, actor=attempt.actor, now=now)
    parameters |= {"attempt": attempt.pk, "outcome": outcome.value, "reason": reason}
    parameters |= {"upon": [state.value for state in PAYABLE]}
    parameters |= {"tell_again": outcome == AttemptOutcome.REFUSED}
    run(JUDGED_BY_CARD + SETTLE, parameters)
