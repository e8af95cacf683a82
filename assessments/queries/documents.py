"""The documents of one assessment, or of the portfolio: what can be made, and what was made before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator

from assessments.models import Assessment, Report
from assessments.reports.kinds import ABOUT, About, Kind
from assessments.reports.makers import MAKERS

if TYPE_CHECKING:
    from users.models import User

PAGE_SIZE = 25


@dataclass(frozen=True)
class Choice:
    """A kind of document, and the newest one of it."""

    kind: Kind
    about: About
    newest: Report | None


@dataclass(frozen=True)
class Documents:
    """What the page of documents shows."""

    choices: Sequence[Choice]
    page: Page[Report]


def documents_of(user: User, assessment: Assessment, page: object) -> Documents:
    """Of one assessment that came through the door. Three queries."""
    return _documents(user, assessment, [kind for kind in MAKERS if kind is not Kind.PORTFOLIO], page)


def portfolio_documents(user: User, page: object) -> Documents:
    """Of all vendors together. Three queries."""
    return _documents(user, None, [Kind.PORTFOLIO], page)


def _documents(user: User, assessment: Assessment | None, kinds: Iterable[Kind], page: object) -> Documents:
    found = Report.objects.visible_to(user).filter(assessment=assessment).defer("snapshot")
    found = found.select_related("requested_by")
    newest = {report.kind: report for report in found.newest_of_each_kind()}
    choices = [Choice(kind, ABOUT[kind], newest.get(kind)) for kind in kinds]
    return Documents(choices, Paginator(found, PAGE_SIZE).get_page(page))
