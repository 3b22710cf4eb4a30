"""What the actions on licenses share; the caller's transaction is open."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from licenses.models import License
from licenses.renewing.following import let_wait, stop_waiting
from resellers.models import User
from resellers.steps import record_each

if TYPE_CHECKING:
    from orders.models import Order


def issue_licenses(order: "Order", *, recurrent: bool) -> None:
    """Make the licenses of an order that has just been paid for; the order is locked, or new."""
    License.objects.bulk_create(
        License(
            reseller_id=order.reseller_id,
            order=order,
            product_id=order.product_id,
            recurrent=recurrent,
        )
        for _ in range(order.quantity)
    )


def cancel_licenses(licenses: Sequence[License], now: datetime) -> int:
    """Cancel locked licenses for good: their links are dead and they renew no more.

    Returns how many of them were available for resale.
    """
    for license in licenses:
        license.cancelled_at, license.recurrent = now, False
    License.objects.filter(pk__in=[license.pk for license in licenses]).update(
        cancelled_at=now, recurrent=False
    )
    stop_waiting(licenses)
    return sum(license.activated_at is None for license in licenses)


def set_recurrent(
    licenses: Sequence[License], recurrent: bool, *, actor: User, today: date
) -> None:
    """Turn auto-renew of locked licenses of one company on or off, and write down who did it.

    The number of queries does not depend on how many they are.
    """
    if not licenses:
        return
    for license in licenses:
        license.recurrent = recurrent
    keys = [license.pk for license in licenses]
    License.objects.filter(pk__in=keys).update(recurrent=recurrent)
    if recurrent:
        let_wait(licenses, today)
    else:
        stop_waiting(licenses)
    record_each(
        "license.billing_state_changed",
        [str(license.uuid) for license in licenses],
        reseller=licenses[0].reseller,
        actor=actor,
        recurrent=recurrent,
    )


def lock_order_of(license: License) -> None:
    """Lock the license's order and put it, as it is now, on the license.

    Always before the license itself, and in a query of its own: one join would take the two locks
    in whatever order the plan has.
    """
    orders = License.order.get_queryset(instance=license).select_for_update(no_key=True)
    license.order = orders.get(pk=license.order_id)


def lock_license(license: License) -> License:
    """Lock a license and return it as it is now, with its product and its reseller."""
    locked = License.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("product", "reseller").get(pk=license.pk)


def license_for(actor: User, license_uuid: UUID) -> License:
    """Return the license that a person means; vendor staff may mean any reseller's.

    Raises License.DoesNotExist alike for another reseller's license and for none.
    """
    licenses = License.objects.all()
    if not actor.is_staff:
        licenses = licenses.filter(reseller=actor.reseller_id)
    return licenses.get(uuid=license_uuid)
