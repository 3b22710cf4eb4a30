"""What the actions on orders share; the caller's transaction is open."""

from orders.models import Order
from resellers.models import User


def lock_order(order_number: str, actor: User) -> Order:
    """Lock the order that a person means and return it as it is now, with its parts.

    Vendor staff may mean any reseller's. Raises Order.DoesNotExist alike for another reseller's
    order and for none.
    """
    orders = Order.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "reseller", "user", "product"
    )
    if not actor.is_staff:
        orders = orders.filter(reseller=actor.reseller_id)
    return orders.get(number=order_number)
