"""Check a receipt or a report that somebody kept. What is uploaded is looked at and not stored."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from assessments import intake
from assessments.limits import VERIFY_BODY_BYTES
from assessments.queries.receipts import CheckedDocument, checked
from assessments.reports.manifest import Found, NotAManifest
from assessments.views.bodies import at_most
from assessments.wording import spoken

TOO_LARGE = gettext_lazy("That is too much at once. The document and the files may have 100 MB together.")


def _too_large(request: HttpRequest) -> HttpResponse:
    return _page(request, error=TOO_LARGE, status=413)


@require_http_methods(["GET", "POST"])
@at_most(VERIFY_BODY_BYTES, _too_large)
def verify(request: HttpRequest) -> HttpResponse:
    """Say of a receipt or report, or of its manifest, whether it is unchanged and whether it is ours."""
    if request.method == "GET":
        return _page(request)
    sent = request.FILES.get("file")
    if sent is None:
        return _page(request, error=_("Choose a file first."), status=422)
    try:
        found = checked(request.user, intake.examine_manifest(sent.file), _compared(request))
    except (intake.Refused, NotAManifest) as refused:
        return _page(request, error=spoken(refused), status=422)
    return _page(request, found=found)


def _compared(request: HttpRequest) -> list[Found]:
    """The files that came with the document, by their hashes."""
    files = request.FILES.getlist("files")
    return [Found(one.name, one.name, hashlib.file_digest(one.file, "sha256").hexdigest()) for one in files]


def _page(
    request: HttpRequest, *, found: CheckedDocument | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "found": found,
        "error": error,
        "problems": [{"href": "#receipt-file", "text": error}] if error else [],
    }
    return render(request, "assessments/verify.html", context, status=status)
