"""What resellers were told."""

from collections.abc import Iterable

from desk.verify.registry import invariant, offending


@invariant("A reseller was told that a license was renewed only if that period was paid.")
def told_as_renewed_means_paid() -> Iterable[str]:
    """Return the UUIDs of licenses with such a notice, and no paid renewal of that number."""
    return offending("""
        SELECT DISTINCT uuid
        FROM licenses_notice AS notice
        JOIN licenses_license AS license ON license.id = notice.license_id
        LEFT JOIN licenses_renewal AS renewal
            ON renewal.license_id = notice.license_id AND renewal.number = notice.period
            AND renewal.state = 'paid'
        WHERE notice.kind = 'paid' AND renewal.id IS NULL
        ORDER BY uuid
    """)
