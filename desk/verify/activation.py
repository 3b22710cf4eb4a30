"""Activations and customers."""

from collections.abc import Iterable

from desk.verify.registry import invariant, offending


@invariant("A license is activated if an activation says so, for the same customer.")
def activations_match_licenses() -> Iterable[str]:
    """Return the UUIDs of licenses that the activations contradict."""
    return offending("""
        SELECT uuid
        FROM licenses_license AS license
        FULL JOIN activation_activation AS activation ON activation.license_id = license.id
        WHERE (license.activated_at IS NOT NULL) <> (activation.id IS NOT NULL)
            OR license.customer_id <> activation.customer_id
        ORDER BY uuid
    """)
