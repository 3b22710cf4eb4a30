"""Holding a claimed job while its work runs longer than a lease, and telling how far it is."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from reseller_portal.jobs import Job, LeaseLostError

log = structlog.get_logger(__name__)


class Keeper(threading.Thread):
    """Renews a job's lease every JOB_PROGRESS_SECONDS, on a database connection of its own.

    `progress` returns the fields to store; `stop_work` is called, from this thread, once another
    worker has taken the job over.
    """

    def __init__(
        self,
        job: Job,
        progress: Callable[[], Mapping[str, object]],
        stop_work: Callable[[], None],
    ) -> None:
        super().__init__(name=f"keeper-{job.pk}", daemon=True)
        self.job, self.progress, self.stop_work = job, progress, stop_work
        self.finished = threading.Event()
        self.lost = False

    def run(self) -> None:
        """Renew until the work is finished or the job is lost."""
        try:
            while not self.lost and not self.finished.wait(settings.JOB_PROGRESS_SECONDS):
                self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        try:
            self.job.renew_lease(timezone.now(), **self.progress())
        except LeaseLostError:
            self.lost = True
            self.stop_work()
        except DatabaseError as error:
            log.warning("lease_not_renewed", id=self.job.pk, error=type(error).__name__)
            connection.close()


@contextmanager
def kept(
    job: Job,
    progress: Callable[[], Mapping[str, object]],
    stop_work: Callable[[], None],
) -> Iterator[None]:
    """Keep the job's lease within the block. Raises LeaseLostError if it was lost there."""
    keeper = Keeper(job, progress, stop_work)
    keeper.start()
    try:
        yield
    except Exception as error:
        if keeper.lost:
            raise LeaseLostError from error
        raise
    finally:
        keeper.finished.set()
        keeper.join()
    if keeper.lost:
        raise LeaseLostError
