"""Registration of the playbook application."""

from django.apps import AppConfig


class PlaybookConfig(AppConfig):
    """Playbooks; knows nothing of vendors or assessments."""

    name = "playbook"
    default_auto_field = "django.db.models.BigAutoField"
