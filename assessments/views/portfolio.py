"""All vendors: who stands where, what is late, and the reports."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from assessments.forms.portfolio import PortfolioForm
from assessments.policy import Permission
from assessments.queries import portfolio as queries
from assessments.queries.portfolio import PortfolioFilter
from assessments.queries.portfolio_export import portfolio_table
from assessments.spreadsheets.tables import to_csv, to_xlsx
from assessments.views.downloads import attachment
from assessments.views.staff import may_ever, staff_only

# Column, the words of its heading, and the order a first click gives.
HEADINGS = (
    ("vendor", _("Vendor"), ""),
    ("score", _("Grade"), "-"),
    ("state", _("Status"), ""),
    ("due", _("Due"), ""),
    ("findings", _("Findings"), "-"),
)


def _query(chosen: PortfolioFilter, **changes: str) -> str:
    """The address of the same list, without what is not set."""
    values = {"q": chosen.q, "state": chosen.state, "tier": chosen.tier, "grade": chosen.grade}
    values |= {"owner": str(chosen.owner) if chosen.owner else "", "decision": chosen.decision}
    values |= {"overdue": "on" if chosen.overdue else "", "sort": chosen.sort, **changes}
    return urlencode({name: value for name, value in values.items() if value})


def _heading(column: str, words: str, first: str, chosen: PortfolioFilter) -> dict[str, str]:
    """One column heading as a link that sorts, or turns the order round."""
    is_by_this = chosen.sort.removeprefix("-") == column
    going_down = chosen.sort.startswith("-")
    following = column if going_down else f"-{column}"
    return {
        "words": words,
        "query": _query(chosen, sort=following if is_by_this else first + column),
        "order": ("descending" if going_down else "ascending") if is_by_this else "",
    }


@require_GET
@staff_only
def portfolio(request: HttpRequest) -> HttpResponse:
    """One row a vendor. htmx asks for the rows alone, so that the search field keeps its focus."""
    form = PortfolioForm(request.GET)
    chosen = form.chosen()
    sheet = queries.portfolio(request.user, chosen, request.GET.get("page", 1))
    context = {
        "sheet": sheet,
        "form": form,
        "sort": chosen.sort,
        "query": _query(chosen),
        "headings": {column: _heading(column, words, first, chosen) for column, words, first in HEADINGS},
        "domains": [(full, _heading(slug, short, "", chosen)) for slug, short, full in sheet.domains],
        "tier_heading": _heading("tier", "Importance", "-", chosen),
        "may_open": may_ever(request.user, Permission.SEND),
        "may_report": may_ever(request.user, Permission.REPORT),
    }
    is_part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    response = render(request, f"assessments/staff/{'portfolio_rows' if is_part else 'portfolio'}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
@staff_only
def portfolio_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The vendors that the filters leave, as CSV or XLSX."""
    table = portfolio_table(request.user, PortfolioForm(request.GET).chosen())
    content = to_xlsx([table], made_at=timezone.now()) if kind == "xlsx" else to_csv(table)
    return attachment(content, f"portfolio-{timezone.localdate():%Y-%m-%d}.{kind}")
