"""Members and invitations of a vendor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vendors import access, queries
from vendors.actions import invitations
from vendors.actions.invitations import InvitationRefused
from vendors.forms import InviteForm


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who acts for the vendor; its leads and our people may invite more."""
    vendor = access.vendor_for(request.user, pk)
    may_invite = request.user.staff_role in access.WRITERS or queries.is_lead(request.user, vendor)
    form = InviteForm(request.POST or None)
    if request.method == "POST":
        access.vendor_to_invite_for(request.user, pk)
        if form.is_valid():
            try:
                invitation = invitations.invite(vendor=vendor, **form.cleaned_data, by=request.user)
            except InvitationRefused as error:
                form.add_error("email", str(error))
            else:
                words = _("An invitation is on its way to %(email)s.")
                messages.success(request, words % {"email": invitation.email})
                return redirect("vendors:people", vendor.pk)
    context = {"vendor": vendor, "people": queries.people(vendor, request.user), "form": form, "may_invite": may_invite}
    return render(request, "vendors/people.html", context)


def _do(request: HttpRequest, vendor: int, act: object, done: str, **what: object) -> HttpResponse:
    """Carry out one action, say what came of it, and go back to the list."""
    try:
        act(**what, by=request.user)
    except InvitationRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("vendors:people", vendor)


@require_POST
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an invitation."""
    found = access.invitation_for(request.user, pk)
    done = _("The invitation for %(email)s no longer works.") % {"email": found.email}
    return _do(request, found.vendor_id, invitations.revoke, done, invitation=found)


@require_POST
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a new link."""
    found = access.invitation_for(request.user, pk)
    done = _("A new link is on its way to %(email)s. The one before stops working.") % {"email": found.email}
    return _do(request, found.vendor_id, invitations.resend, done, invitation=found)


@require_POST
def member_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """End a person's right to act for the vendor."""
    member = access.member_for(request.user, pk)
    done = _("%(name)s can no longer see anything of this vendor.") % {"name": member.user.name}
    return _do(request, member.vendor_id, invitations.remove_member, done, member=member)
