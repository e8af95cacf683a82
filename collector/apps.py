"""Registration of the collector."""

from django.apps import AppConfig


class CollectorConfig(AppConfig):
    """A page and files to download; knows nothing of vendors, assessments or evidence, and has no tables."""

    name = "collector"
