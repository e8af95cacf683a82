"""Accept an invitation. The token leaves the address at once; only a POST accepts."""

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from vendors import queries
from vendors.actions import invitations
from vendors.actions.invitations import InvitationRefused
from vendors.forms import JoinForm
from vendors.models import Invitation

SESSION_KEY = "invitation"


@login_not_required
@require_GET
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail: keep the token's hash in the session and go to an address that shows no secret.

    Opening it changes nothing, so that a scanner that reads mails uses nothing up.
    """
    request.session[SESSION_KEY] = invitations.hash_token(token)
    return redirect("vendors:invitation-accept")


def _refused(request: HttpRequest, words: str) -> HttpResponse:
    return render(request, "vendors/invitation_refused.html", {"words": words}, status=410)


@login_not_required
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Show who invites to what, and accept."""
    token_hash = request.session.get(SESSION_KEY)
    try:
        invitation = invitations.find_usable(token_hash) if token_hash else None
    except InvitationRefused as error:
        return _refused(request, str(error))
    if invitation is None:
        return _refused(request, _("Open the link in the mail again, in this browser."))
    if request.user.is_authenticated:
        return _accept_as_member(request, invitation, token_hash)
    if queries.has_account(invitation.email):
        return render(request, "vendors/invitation_sign_in.html", {"invitation": invitation})
    form = JoinForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            _invitation, user = invitations.accept(token_hash=token_hash, user=None, **form.cleaned_data)
        except InvitationRefused as error:
            return _refused(request, str(error))
        del request.session[SESSION_KEY]
        return perform_login(request, user, redirect_url="/")
    return render(request, "vendors/invitation_accept.html", {"invitation": invitation, "form": form})


def _accept_as_member(request: HttpRequest, invitation: Invitation, token_hash: str) -> HttpResponse:
    """Somebody is signed in: it has to be the person who was invited."""
    if request.user.email.lower() != invitation.email:
        return render(request, "vendors/invitation_other.html", {"invitation": invitation}, status=409)
    if request.method == "POST":
        try:
            invitations.accept(token_hash=token_hash, user=request.user)
        except InvitationRefused as error:
            return _refused(request, str(error))
        del request.session[SESSION_KEY]
        return redirect("home")
    return render(request, "vendors/invitation_accept.html", {"invitation": invitation})
