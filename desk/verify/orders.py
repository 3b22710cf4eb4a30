"""Orders: counts, states and amounts."""

from collections.abc import Iterable

from desk.verify.registry import invariant, offending


@invariant("An order's available licenses are those neither activated nor cancelled.")
def available_is_counted_right() -> Iterable[str]:
    """Return the numbers of orders whose kept count differs from the licenses."""
    return offending("""
        SELECT number
        FROM orders_order AS placed
        LEFT JOIN (
            SELECT order_id, count(*) AS available
            FROM licenses_license
            WHERE activated_at IS NULL AND cancelled_at IS NULL
            GROUP BY order_id
        ) AS counted ON counted.order_id = placed.id
        WHERE placed.available <> coalesce(counted.available, 0)
        ORDER BY number
    """)


@invariant("An order that was paid has as many licenses as it says, any other has none.")
def orders_have_their_licenses() -> Iterable[str]:
    """Return the numbers of orders with too few or too many licenses."""
    return offending("""
        SELECT number
        FROM orders_order AS placed
        LEFT JOIN (
            SELECT order_id, count(*) AS licenses FROM licenses_license GROUP BY order_id
        ) AS counted ON counted.order_id = placed.id
        WHERE coalesce(licenses, 0)
            <> CASE WHEN state IN ('processed', 'refunded') THEN quantity ELSE 0 END
        ORDER BY number
    """)


@invariant("An order is refunded if one of its licenses was cancelled, and only then.")
def refunded_means_cancelled() -> Iterable[str]:
    """Return the numbers of orders whose state and licenses contradict each other."""
    return offending("""
        SELECT number
        FROM orders_order AS placed
        LEFT JOIN (
            SELECT DISTINCT order_id FROM licenses_license WHERE cancelled_at IS NOT NULL
        ) AS cancelled ON cancelled.order_id = placed.id
        WHERE (state = 'refunded') <> (cancelled.order_id IS NOT NULL)
        ORDER BY number
    """)


@invariant("An order's amount is its quantity times the amount per license.")
def amounts_multiply() -> Iterable[str]:
    """Return the numbers of orders whose amount is another."""
    return offending("""
        SELECT number FROM orders_order WHERE amount <> unit_amount * quantity ORDER BY number
    """)


@invariant("An order is in its reseller's currency.")
def orders_are_in_the_resellers_currency() -> Iterable[str]:
    """Return the numbers of orders in another currency."""
    return offending("""
        SELECT number
        FROM orders_order AS placed
        JOIN resellers_reseller AS reseller ON reseller.id = reseller_id
        WHERE placed.currency <> reseller.currency
        ORDER BY number
    """)


@invariant("A license is for the product that its order names.")
def licenses_are_for_the_orders_product() -> Iterable[str]:
    """Return the UUIDs of licenses for another product."""
    return offending("""
        SELECT uuid
        FROM licenses_license AS license
        JOIN orders_order AS placed ON placed.id = order_id
        WHERE license.product_id <> placed.product_id
        ORDER BY uuid
    """)


@invariant("Only a card payment can be in doubt or have failed.")
def unpaid_orders_were_by_card() -> Iterable[str]:
    """Return the numbers of unpaid orders that claim to be paid by balance."""
    return offending("""
        SELECT number
        FROM orders_order
        WHERE state IN ('checking', 'failed') AND payment_type <> 'card'
        ORDER BY number
    """)


@invariant("What a card paid for is an order with licenses; while in doubt, one without.")
def card_purchases_have_their_orders() -> Iterable[str]:
    """Return the numbers of orders that card payments are for and that do not fit them."""
    return offending("""
        SELECT coalesce(number, about)
        FROM billing_cardpayment AS payment
        LEFT JOIN orders_order AS placed ON placed.card_payment_id = payment.id
        WHERE purpose = 'purchase' AND (
            placed.amount <> payment.amount OR placed.currency <> payment.currency
            OR CASE
                WHEN payment.state = 'succeeded'
                    THEN coalesce(placed.state, '') NOT IN ('processed', 'refunded')
                WHEN payment.state IN ('unknown', 'parked')
                    THEN coalesce(placed.state, '') <> 'checking'
                WHEN payment.state IN ('sending', 'confirming')
                    THEN placed.state <> 'checking'
                ELSE placed.state <> 'failed'
            END
        )
        ORDER BY 1
    """)
