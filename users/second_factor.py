"""Who has to use a second factor, and what they reach before they have one: the pages to set it up, and sign-out."""

from collections.abc import Callable

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from users.models import User

NONE, STAFF_AND_LEADS, ALL = "none", "staff_and_leads", "all"
CHOICES = {NONE, STAFF_AND_LEADS, ALL}

# Names of addresses that stay open: setting up a factor, proving who one is, signing out.
_OPEN = {"account_logout", "account_login", "account_reauthenticate", "session-check", "health"}
WORDS = gettext_noop("Set up a second factor to go on. It protects what is stored here if your password becomes known.")


def is_required_of(user: User) -> bool:
    """Whether the setting SECOND_FACTOR asks it of this person."""
    if settings.SECOND_FACTOR == ALL:
        return True
    if settings.SECOND_FACTOR == NONE:
        return False
    return bool(user.staff_role) or user.memberships.filter(role="lead", is_active=True).exists()


def has_one(user: User) -> bool:
    """Whether a code app or a passkey is set up; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def _was_used(request: HttpRequest) -> bool:
    """Whether this session was begun with one; spares a query on every request."""
    methods = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return any(entry.get("method") == "mfa" for entry in methods)


class SecondFactorRequired:
    """Stops a signed-in person without a second factor where one is asked of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        name = request.resolver_match.url_name or ""
        if settings.SECOND_FACTOR == NONE or name in _OPEN or name.startswith("mfa_"):
            return None
        if not request.user.is_authenticated or _was_used(request):
            return None
        if has_one(request.user) or not is_required_of(request.user):
            return None
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"error": _(WORDS)}, status=403)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=403, headers={"HX-Redirect": reverse("mfa_index")})
        messages.warning(request, _(WORDS))
        return redirect("mfa_index")
