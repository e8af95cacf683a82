"""A vendor: add, look, change, archive."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vendors import access, pages, queries
from vendors.actions.vendors import NameTaken, archive_vendor, change_vendor, create_vendor
from vendors.forms import VendorForm


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new vendor."""
    if not request.user.staff_role:
        raise Http404
    if request.user.staff_role not in access.WRITERS:
        raise PermissionDenied
    form = VendorForm(request.POST or None, button=_("Add vendor"))
    if request.method == "POST" and form.is_valid():
        try:
            vendor = create_vendor(**form.cleaned_data, by=request.user)
        except NameTaken as error:
            form.add_error("name", str(error))
        else:
            words = _("%(name)s is added. Invite a lead, then make an assessment.")
            messages.success(request, words % {"name": vendor.name})
            return redirect("vendors:detail", vendor.pk)
    return render(request, "vendors/vendor_form.html", {"form": form})


def _staff_only(request: HttpRequest) -> None:
    """These pages are ours: a vendor's person need not know they exist."""
    if not request.user.staff_role:
        raise Http404


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One vendor: its people and AWS accounts, and what other rooms have to show."""
    _staff_only(request)
    vendor = access.vendor_for(request.user, pk)
    context = {
        "vendor": vendor,
        "people": queries.people(vendor, request.user),
        "accounts": list(vendor.aws_accounts.all()),
        **pages.shown(request.user, vendor, request.GET.get("page", 1)),
    }
    return render(request, "vendors/vendor_detail.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, service and tier."""
    _staff_only(request)
    vendor = access.vendor_to_change(request.user, pk)
    initial = {"name": vendor.name, "service": vendor.service, "tier": vendor.tier, "form_key": vendor.form_key}
    form = VendorForm(request.POST or None, initial=initial, button=_("Save vendor"))
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "service", "tier")}
        try:
            change_vendor(vendor=vendor, **values, by=request.user)
        except NameTaken as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("The vendor is saved."))
            return redirect("vendors:detail", vendor.pk)
    return render(request, "vendors/vendor_form.html", {"form": form, "vendor": vendor})


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the vendor out of use."""
    _staff_only(request)
    vendor = access.vendor_to_change(request.user, pk)
    archive_vendor(vendor=vendor, by=request.user)
    words = _("%(name)s is archived. Its people can no longer see anything.")
    messages.success(request, words % {"name": vendor.name})
    return redirect("assessments:portfolio")
