"""The Celery application: what wakes the workers. PostgreSQL rows are the jobs."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseller_portal.settings")

app = Celery("reseller_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
