"""The Celery application: what wakes the workers. PostgreSQL rows are the jobs."""

import os
from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun
from celery.worker.consumer import Consumer as CeleryConsumer
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseller_portal.settings")

log = structlog.get_logger(__name__)

REQUEST_ID = "request_id"  # the header of a message that names the request

app = Celery("reseller_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Consumer(CeleryConsumer):
    """A worker's connection to the broker that outlives the broker.

    Celery 5.7 ends with AttributeError when the broker goes away while messages are not yet
    acknowledged: it asks the connection that is gone to give them back, and later to acknowledge
    them. The broker delivers them again anyway, and the rows know what is done.
    """

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Drop the connection; the consumer then connects anew."""
        try:
            super().on_connection_error_after_connected(exc)
        except AttributeError:
            self.connection = None

    def call_soon_ack(self, p: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Acknowledge a message, unless the connection that it came by is gone."""

        def acknowledge(*more: Any, **options: Any) -> None:
            try:
                p(*more, **options)
            except AttributeError:
                log.warning("message_not_acknowledged")

        consumer: Any = super()
        return consumer.call_soon_ack(acknowledge, *args, **kwargs)


@setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Leave logging as the settings have it: Celery configures its own unless somebody listens."""


@task_prerun.connect
def check_connections(**_: Any) -> None:
    """Look whether the database connection is alive, as Django does before each request.

    Celery keeps it for CELERY_DB_REUSE_MAX tasks; all would fail after the database restarted.
    """
    close_old_connections()


@task_prerun.connect
def name_the_task(task_id: str, task: Any, **_: Any) -> None:
    """Give every line of the log the task, and the request that woke the worker if one did."""
    structlog.contextvars.bind_contextvars(
        task=task.name, task_id=task_id, request_id=task.request.get(REQUEST_ID)
    )


@task_postrun.connect
def forget_the_task(**_: Any) -> None:
    """Take them off again."""
    structlog.contextvars.unbind_contextvars("task", "task_id", "request_id")
