"""Vendors."""

from django.apps import AppConfig


class VendorsConfig(AppConfig):
    name = "vendors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from vendors.letters import register_letters  # noqa: PLC0415 -- models are not loaded before ready()

        register_letters()
