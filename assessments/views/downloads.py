"""What is made to be taken away: always a download, never a page."""

from django.http import HttpResponse

from assessments.views.evidence import DOWNLOAD_POLICY

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def attachment(content: bytes, name: str) -> HttpResponse:
    """A file of our own making. `name` is plain ASCII; its ending says what it is."""
    response = HttpResponse(content, content_type=TYPES[name.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
