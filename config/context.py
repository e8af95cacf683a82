"""What every page template may use."""

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    """Organisation, demo notice and the person's look."""
    user = getattr(request, "user", None)
    return {
        "organisation": settings.ORGANISATION_NAME,
        "demo": settings.DEMO,
        "theme": getattr(user, "theme", "light"),
    }
