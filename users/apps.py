"""People."""

from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added  # noqa: PLC0415 -- models are not loaded before ready()

        from users.actions import end_other_sessions  # noqa: PLC0415
        from users.letters import register_letters  # noqa: PLC0415
        from users.trail import listen  # noqa: PLC0415

        register_letters()
        listen()
        authenticator_added.connect(end_other_sessions, dispatch_uid="users.end_other_sessions")
