"""A person's profile, and the list of our own people."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from users import mail
from users.actions import StaffRefused, add_staff, change_profile, change_staff, mute_mail
from users.forms import ProfileForm, StaffChangeForm, StaffForm
from users.models import StaffRole, User

MUTES = "mutes"  # whose mail this session may mute: their id, since no row holds a link that works


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, colours, shortcuts, mail."""
    # A copy, because a form writes what was typed onto its object even where it is refused.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        change_profile(user=request.user, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("users:profile")
    return render(request, "users/profile.html", {"form": form})


@login_not_required
@require_GET
def mute_open(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail: keep whose link it is and go to an address that shows no secret. Opening it changes nothing."""
    person = mail.person_behind(token)
    request.session[MUTES] = person.pk if person else None
    return redirect("users:mute")


@login_not_required
@require_http_methods(["GET", "POST"])
def mute(request: HttpRequest) -> HttpResponse:
    """Ask whether to mute reminders and news, and do so. Who has the link of a mail need not sign in."""
    person = mail.person(request.session.get(MUTES))
    if person is None:
        return render(request, "users/mute_refused.html", status=410)
    if request.method == "POST":
        mute_mail(user=person, by=person)
        return redirect("users:mute")
    return render(request, "users/mute.html", {"person": person})


def _administrators_only(request: HttpRequest) -> None:
    """404 for vendors' people, who need not know that the page exists; 403 for other staff."""
    if not request.user.staff_role:
        raise Http404
    if request.user.staff_role != StaffRole.ADMINISTRATOR:
        raise PermissionDenied(_("Only an administrator can do this."))


@require_http_methods(["GET", "POST"])
def staff_list(request: HttpRequest) -> HttpResponse:
    """Our own people, and a form for one more."""
    _administrators_only(request)
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = add_staff(**form.cleaned_data, by=request.user)
        except StaffRefused as error:
            form.add_error("email", str(error))
        else:
            words = _("%(name)s has an account. A mail with a link to choose a password is on its way.")
            messages.success(request, words % {"name": user.name})
            return redirect("users:staff-list")
    people = User.objects.staff().order_by("name", "id")
    return render(request, "users/staff_list.html", {"form": form, "people": people})


@require_http_methods(["GET", "POST"])
def staff_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Role, and whether they may sign in."""
    _administrators_only(request)
    person = get_object_or_404(User.objects.staff(), pk=pk)
    form = StaffChangeForm(request.POST or None, initial={"role": person.staff_role, "is_active": person.is_active})
    if request.method == "POST" and form.is_valid():
        try:
            change_staff(user=person, **form.cleaned_data, by=request.user)
        except StaffRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The rights of %(name)s are saved.") % {"name": person.name})
            return redirect("users:staff-list")
    return render(request, "users/staff_edit.html", {"form": form, "person": person})
