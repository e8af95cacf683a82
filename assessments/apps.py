"""Assessments."""

from django.apps import AppConfig
from django.core import checks


class AssessmentsConfig(AppConfig):
    name = "assessments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assessments.checks import check_brand  # noqa: PLC0415 -- reads settings, which are ready by now
        from assessments.finding_letters import register_finding_letters  # noqa: PLC0415 -- as below
        from assessments.letters import register_letters  # noqa: PLC0415 -- models are not loaded before ready()
        from assessments.queries.vendor_page import vendor_page  # noqa: PLC0415 -- as above
        from assessments.staff_letters import register_staff_letters  # noqa: PLC0415 -- as above
        from vendors.pages import register as register_page  # noqa: PLC0415 -- as above

        register_letters()
        register_page(vendor_page)
        register_finding_letters()
        register_staff_letters()
        checks.register(check_brand)
