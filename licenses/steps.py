"""What the actions on licenses share; the caller's transaction is open."""

from uuid import UUID

from licenses.models import License
from resellers.models import User


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
