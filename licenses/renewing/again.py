"""Trying a renewal today that waits for tomorrow: staff know that what kept it is mended."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import Account
from licenses.models import Renewal, RenewalState
from licenses.tasks import renew_for
from reseller_portal.display import day_text
from reseller_portal.refusals import Refusal
from reseller_portal.wake import wake
from resellers.models import User
from resellers.steps import record


@transaction.atomic(durable=True)
def try_today(renewal_id: int, *, actor: User, now: datetime) -> Renewal:
    """Let the engine's next pass try a renewal that waits for a later day, and wake the engine.

    The renewal's own lock is enough: nothing of the license is changed, and whoever ends a renewal
    or tries it changes or locks its row, too. Raises Refusal if there is nothing to bring forward.
    """
    locked = Renewal.objects.select_for_update(no_key=True, of=("self",))
    renewal = locked.select_related("license__reseller").get(pk=renewal_id)
    license = renewal.license
    today = license.reseller.day_of(now)
    reason = why_not_today(renewal, today)
    if reason:
        raise Refusal(reason)
    renewal.next_attempt_on = today
    renewal.save(update_fields=["next_attempt_on"])
    about = str(license.uuid)
    record("license.renewal_brought_forward", about, reseller=license.reseller, actor=actor)
    wake(renew_for, license.reseller_id)
    return renewal


def why_not_today(renewal: Renewal, today: date) -> str | None:
    """Say why a renewal cannot be tried on the reseller's day `today`."""
    if renewal.state != RenewalState.WAITING or renewal.next_attempt_on is None:
        said = _("Only a renewal that waits for its next attempt can be tried: %(state)s.")
        return said % {"state": renewal.get_state_display()}
    if Account.objects.filter(reseller=renewal.reseller_id, parked_at__isnull=False).exists():
        return _("The account is parked: nothing is renewed. Release it first.")
    if renewal.next_attempt_on <= today:
        said = _("It is due on %(day)s already: the engine's next pass tries it.")
        return said % {"day": day_text(renewal.next_attempt_on)}
    return None
