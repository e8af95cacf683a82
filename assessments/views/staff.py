"""The outer door of our own pages: for anybody else they do not exist."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from assessments.access import Blind
from assessments.policy import Permission, Role, ever_allowed
from config.middleware import wants_json
from users.models import User

View = Callable[..., HttpResponse]


def staff_only(view: View) -> View:
    """404 for a vendor's person, whatever the address holds. What our own people may do is still asked at the door."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.staff_role:
            raise Http404
        try:
            return view(request, *args, **kwargs)
        except Blind as error:
            if wants_json(request):
                raise
            messages.info(request, str(error))
            return redirect("assessments:second-list", error.pk)

    return guarded


def may_ever(user: User, permission: Permission) -> bool:
    """Whether one of our people may do this in some state; for buttons of lists, never instead of the door."""
    return ever_allowed(Role(user.staff_role), permission)


def check_ever(user: User, permission: Permission) -> None:
    """Pass, or raise PermissionDenied; for what has no assessment yet."""
    if not may_ever(user, permission):
        raise PermissionDenied(_("Your role does not allow this. Nothing was changed."))


def back_to(request: HttpRequest, assessment: int) -> HttpResponse:
    """The page the form was on: the portfolio where it says so, else the overview."""
    if request.POST.get("back") == "portfolio":
        return redirect("assessments:portfolio")
    return redirect("assessments:detail", assessment)
