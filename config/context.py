"""What every page template may use."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import ResolverMatch

PORTFOLIO = ("portfolio", "compare", "campaign", "calendar")  # how the names of the pages begin that start there
REVIEWS = ("worklist", "score", "second-edit")


def page(request: HttpRequest) -> dict[str, object]:
    """Organisation, demo notice and the person's look."""
    user = getattr(request, "user", None)
    return {
        "organisation": settings.ORGANISATION_NAME,
        "demo": settings.DEMO,
        "theme": getattr(user, "theme", "light"),
        "section": section(request.resolver_match),
    }


def section(match: ResolverMatch | None) -> str:
    """The part of our navigation that a page belongs to; "" for one that belongs to none."""
    if match is None:
        return ""
    name = match.url_name or ""
    if match.namespace == "vendors" or name.startswith(PORTFOLIO):
        return "portfolio"
    if match.namespace != "assessments":
        return match.namespace
    if name.startswith(REVIEWS):
        return "reviews"
    if name.startswith("finding"):
        return "findings"
    return "" if name == "verify" else "assessments"
