"""Work in the background: mails and exports."""

from collections.abc import Iterable

from django.conf import settings

from desk.verify.registry import invariant, offending


@invariant("A mail has a time of sending if it was sent, and only then.")
def sent_mails_say_when() -> Iterable[str]:
    """Return the keys of mails where one is there without the other."""
    return offending("""
        SELECT key FROM mailing_mail WHERE (state = 'done') <> (sent_at IS NOT NULL) ORDER BY key
    """)


@invariant("A mail or export that failed or was dropped says why.")
def failures_have_a_reason() -> Iterable[str]:
    """Return the keys of mails and UUIDs of exports that were given up without a word."""
    return offending("""
        SELECT key FROM mailing_mail
        WHERE state IN ('failed', 'stuck', 'dropped') AND reason = ''
        UNION ALL
        SELECT uuid::text FROM exports_export WHERE state IN ('failed', 'stuck') AND reason = ''
        ORDER BY key
    """)


@invariant("A job runs under one worker's lease, and no other job has one.")
def only_running_jobs_are_leased() -> Iterable[str]:
    """Return the keys of mails and UUIDs of exports where one is there without the other."""
    return offending("""
        SELECT key FROM mailing_mail
        WHERE (state = 'running') <> (claim IS NOT NULL AND leased_until IS NOT NULL)
        UNION ALL
        SELECT uuid::text FROM exports_export
        WHERE (state = 'running') <> (claim IS NOT NULL AND leased_until IS NOT NULL)
        ORDER BY key
    """)


@invariant("No job was tried more often than jobs are tried.")
def jobs_keep_to_their_attempts() -> Iterable[str]:
    """Return the keys of mails and UUIDs of exports with more attempts."""
    query = """
        SELECT key FROM mailing_mail WHERE attempts > %(most)s
        UNION ALL
        SELECT uuid::text FROM exports_export WHERE attempts > %(most)s
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
