"""An administrator erases a vendor, having seen what goes and shown a moment ago who they are."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.actions.erasure import ErasureRefused, erase
from assessments.forms.erasure import ErasureForm
from assessments.queries import holdings
from assessments.views.staff import staff_only
from vendors.access import vendor_to_erase
from vendors.models import Vendor


@require_http_methods(["GET", "POST"])
@staff_only
def vendor_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """The door, then the password or second factor, where it was not asked for in the last minutes."""
    return _erase(request, vendor_to_erase(request.user, pk))


@reauthentication_required
def _erase(request: HttpRequest, vendor: Vendor) -> HttpResponse:
    if request.method == "GET":
        return _page(request, vendor, ErasureForm(vendor_name=vendor.name))
    form = ErasureForm(request.POST, vendor_name=vendor.name)
    if not form.is_valid():
        return _page(request, vendor, form, status=422)
    try:
        erase(vendor_id=vendor.pk, reason=form.cleaned_data["reason"], by=request.user)
    except ErasureRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, vendor, form, status=422)
    # No name: what waits in the session to be shown is stored.
    messages.success(request, _("The vendor is erased. Its files are being deleted."))
    return redirect("assessments:portfolio")


def _page(request: HttpRequest, vendor: Vendor, form: ErasureForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "vendor": vendor, "plan": holdings.plan(vendor)}
    return render(request, "assessments/staff/vendor_erase.html", context, status=status)
