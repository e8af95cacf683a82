"""Assessments."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assessments.finding_letters import register_finding_letters  # noqa: PLC0415 -- as below
        from assessments.letters import register_letters  # noqa: PLC0415 -- models are not loaded before ready()

        register_letters()
        register_finding_letters()
