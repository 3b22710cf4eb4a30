"""Work in the background: mails, exports and bulk changes."""

from collections.abc import Iterable

from django.conf import settings

from desk.verify.registry import account_invariant, invariant, offending, offending_accounts


@invariant("A mail has a time of sending if it was sent, and only then.")
def sent_mails_say_when() -> Iterable[str]:
    """Return the keys of mails where one is there without the other."""
    return offending("""
        SELECT key FROM mailing_mail WHERE (state = 'done') <> (sent_at IS NOT NULL) ORDER BY key
    """)


@invariant("A mail, export or bulk change that failed or was dropped says why.")
def failures_have_a_reason() -> Iterable[str]:
    """Return the keys of mails and UUIDs of other jobs that were given up without a word."""
    return offending("""
        SELECT key FROM mailing_mail
        WHERE state IN ('failed', 'stuck', 'dropped') AND reason = ''
        UNION ALL
        SELECT uuid::text FROM exports_export WHERE state IN ('failed', 'stuck') AND reason = ''
        UNION ALL
        SELECT uuid::text FROM licenses_bulkchange
        WHERE state IN ('failed', 'stuck') AND reason = ''
        ORDER BY key
    """)


@invariant("A job runs under one worker's lease, and no other job has one.")
def only_running_jobs_are_leased() -> Iterable[str]:
    """Return the keys of mails and UUIDs of other jobs where one is there without the other."""
    return offending("""
        SELECT key FROM mailing_mail
        WHERE (state = 'running') <> (claim IS NOT NULL AND leased_until IS NOT NULL)
        UNION ALL
        SELECT uuid::text FROM exports_export
        WHERE (state = 'running') <> (claim IS NOT NULL AND leased_until IS NOT NULL)
        UNION ALL
        SELECT uuid::text FROM licenses_bulkchange
        WHERE (state = 'running') <> (claim IS NOT NULL AND leased_until IS NOT NULL)
        ORDER BY key
    """)


@invariant("No job was tried more often than jobs are tried.")
def jobs_keep_to_their_attempts() -> Iterable[str]:
    """Return the keys of mails and UUIDs of other jobs with more attempts."""
    query = """
        SELECT key FROM mailing_mail WHERE attempts > %(most)s
        UNION ALL
        SELECT uuid::text FROM exports_export WHERE attempts > %(most)s
        UNION ALL
        SELECT uuid::text FROM licenses_bulkchange WHERE attempts > %(most)s
        ORDER BY key
    """
    return offending(query, most=settings.JOB_ATTEMPTS)


@invariant("An export that is ready has all rows of its snapshot, a size and a time to expire.")
def finished_exports_are_whole() -> Iterable[str]:
    """Return the UUIDs of finished exports that lack something."""
    return offending("""
        SELECT uuid
        FROM exports_export
        WHERE state = 'done'
            AND (rows IS DISTINCT FROM total OR size IS NULL OR expires_at IS NULL)
        ORDER BY uuid
    """)


@invariant("A bulk change has all of its licenses, and counts those that are settled.")
def bulk_changes_count_their_licenses() -> Iterable[str]:
    """Return the UUIDs of bulk changes with other counts."""
    return offending("""
        SELECT change.uuid
        FROM licenses_bulkchange AS change
        LEFT JOIN licenses_bulkitem AS item ON item.change_id = change.id
        GROUP BY change.id
        HAVING count(item.id) <> total
            OR count(item.id) FILTER (WHERE item.outcome <> 'waiting') <> done
        ORDER BY change.uuid
    """)


@account_invariant("What a bulk change has renewed was paid.")
def renewed_in_bulk_means_paid() -> Iterable[tuple[int, str]]:
    """Return reseller and UUID of licenses that a bulk change only calls renewed."""
    return offending_accounts("""
        SELECT item.reseller_id, license.uuid
        FROM licenses_bulkitem AS item
        JOIN licenses_bulkchange AS change ON change.id = item.change_id
        JOIN licenses_license AS license ON license.id = item.license_id
        LEFT JOIN licenses_renewal AS renewal
            ON renewal.id = item.renewal_id AND renewal.state = 'paid'
                AND renewal.license_id = item.license_id AND renewal.number = item.number
        WHERE change.verb = 'renew' AND item.outcome = 'done' AND renewal.id IS NULL
        ORDER BY license.uuid
    """)
