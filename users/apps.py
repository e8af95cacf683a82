"""People."""

from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from users.letters import register_letters  # noqa: PLC0415 -- models are not loaded before ready()

        register_letters()
