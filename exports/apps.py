"""CSV exports: jobs, progress, download."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """CSV exports: jobs, progress, download."""

    name = "exports"
