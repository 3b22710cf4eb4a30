"""A web portal for software-license resellers."""

from reseller_portal.celery import app as celery_app

__all__ = ["celery_app"]
