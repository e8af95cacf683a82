"""Registration of the backup."""

from django.apps import AppConfig


class BackupConfig(AppConfig):
    """Two commands; no tables, no pages. It reads the others' tables through Django alone."""

    name = "backup"
