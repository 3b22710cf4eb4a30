"""Telling a reseller that its balance is low: once for each time that it fell below its warning.

A trigger in the database marks the crossing, whatever moved the balance; this tells what it marked.
"""

from datetime import datetime

from django.db import transaction

from billing.models import Account
from billing.steps import about_account
from mailing.company import tell_company

KIND = "balance_low"


def tell_low_balances(now: datetime) -> int:
    """Queue the mails about every balance that is low and untold; returns how many balances."""
    waiting = list(Account.objects.low_and_untold().order_by("pk").values_list("pk", flat=True))
    return sum(tell(account_id, now) for account_id in waiting)


@transaction.atomic(durable=True)
def tell(account_id: int, now: datetime) -> bool:
    """Queue the mails about one balance; False if it was filled up, or told, in the meantime."""
    accounts = Account.objects.low_and_untold().select_for_update(no_key=True, of=("self",))
    account = accounts.select_related("reseller").filter(pk=account_id).first()
    if account is None or account.low_since is None:
        return False
    tell_company(
        KIND,
        account.reseller,
        key=f"{KIND}/{account.pk}/{account.low_since.isoformat()}",
        about=about_account(account),
        now=now,
        params={"since": account.low_since.isoformat(), "below": str(account.low_balance_below)},
    )
    account.low_told_at = now
    account.save(update_fields=["low_told_at"])
    return True
