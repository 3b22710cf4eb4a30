"""The Celery application: what wakes the workers. PostgreSQL rows are the jobs."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from celery.worker.consumer import Consumer as CeleryConsumer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseller_portal.settings")

app = Celery("reseller_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Consumer(CeleryConsumer):
    """A worker's connection to the broker that outlives the broker.

    Celery 5.7 gives up with AttributeError when the broker goes away while messages are not yet
    acknowledged; the broker delivers them again, so there is nothing to give up for.
    """

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Drop the connection; the consumer then connects anew."""
        try:
            super().on_connection_error_after_connected(exc)
        except AttributeError:
            self.connection = None


@setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Leave logging as the settings have it: Celery configures its own unless somebody listens."""
