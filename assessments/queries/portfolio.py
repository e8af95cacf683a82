"""All vendors with where each of them stands: what the portfolio shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.models import Assessment, Report, SecondLook
from assessments.queries import decisions, open_findings
from assessments.queries.decisions import Standing
from assessments.queries.open_findings import NONE_LEFT, ByPriority
from assessments.queries.sparks import Spark, sparks
from assessments.scoring import GRADES, grade_for
from assessments.states import WITH_VENDOR, State
from playbook.queries import newest_published
from users.models import User
from vendors.models import Tier, Vendor

PAGE_SIZE = 25
BELOW_C = ("D", "F")
NO_ASSESSMENT = "none"

# Domains are named in full on other pages; a column has room for one word.
SHORT_NAMES = {
    "account-management": gettext_lazy("Accounts"),
    "encryption": gettext_lazy("Encryption"),
    "identity-and-access-management": gettext_lazy("Identity"),
    "network-security": gettext_lazy("Network"),
    "detection-and-monitoring": gettext_lazy("Detection"),
    "processes": gettext_lazy("Processes"),
}
_STATE_ORDER = Case(
    *[When(latest__state=state, then=Value(place)) for place, state in enumerate(State)],
    default=Value(len(State)),
    output_field=IntegerField(),
)
# What a person may sort by, and the column behind it. Unscored and undated rows stand at the end either way, and so do
# those that this person scores blind.
SORTS = {
    "vendor": F("name"),
    "score": Case(When(is_blind=False, then=F("latest__score"))),
    "state": _STATE_ORDER,
    "due": F("latest__due_on"),
    "tier": F("tier_rank"),
    "findings": F("findings_left"),
}
# Besides these, by the score of one domain.
DOMAIN_SORTS = tuple(SHORT_NAMES)
DEFAULT_SORT = "-tier"
_COLUMNS = (
    "id", "name", "service", "tier", "latest__id", "latest__state", "latest__due_on", "latest__period", "latest__score",
    "latest__grade", "latest__is_provisional", "latest__domain_scores", "latest__submitted_at", "latest__closed_at",
    "latest__reviewed_count", "latest__question_count", "latest__finding_count", "latest__analyst__name", "is_blind",
)  # fmt: skip


@dataclass(frozen=True)
class PortfolioFilter:
    """What to show; "" and False leave a filter out."""

    q: str = ""
    state: str = ""
    tier: str = ""
    grade: str = ""
    owner: int = 0  # id of the analyst
    decision: str = ""  # a DecisionKind, "renew" or "none"
    overdue: bool = False
    sort: str = DEFAULT_SORT

    @property
    def is_narrow(self) -> bool:
        """Whether any filter is set."""
        chosen = (self.q, self.state, self.tier, self.grade, self.owner, self.decision, self.overdue)
        return any(chosen)


@dataclass(frozen=True)
class Due:
    """A due date and how far it is. `is_overdue` only while the vendor still has to answer."""

    on: date
    words: str
    is_overdue: bool


@dataclass(frozen=True)
class Heat:
    """The score of one domain; `grade` picks the tint, "" where nothing is scored."""

    name: str
    full_name: str
    score: str
    grade: str


@dataclass(frozen=True)
class Kpis:
    """The figures on top: over all vendors, whatever the filter."""

    vendors: int
    tiers: str
    below_c: int
    below_c_critical: int
    overdue: int
    oldest_overdue: int  # days
    findings: ByPriority


@dataclass
class PortfolioRow:
    """One vendor with its latest assessment, if it has one."""

    vendor: int
    name: str
    service: str
    tier: str
    assessment: int | None
    state: str
    period: str
    due: Due | None
    score: Decimal | None
    grade: str
    is_provisional: bool
    gaps: int  # questions that are not met, or partly
    analyst: str
    heat: list[Heat]
    is_blind: bool  # this person takes a second look at it, so nothing of its results is here
    submitted_on: date | None
    closed_on: date | None
    report: Mapping[str, Any] | None = None
    earlier: Mapping[str, Any] | None = None  # the last report of an assessment before, where this one has none
    spark: Spark | None = None  # the scores so far
    decision: Standing | None = None
    findings: ByPriority = NONE_LEFT

    @property
    def has_result(self) -> bool:
        """Whether a report can be made of it."""
        return self.state in {State.SUBMITTED, State.CLOSED}

    @property
    def is_over(self) -> bool:
        """Whether the vendor can get a new assessment."""
        return self.state in {"", State.CLOSED, State.CANCELLED}


@dataclass(frozen=True)
class PortfolioPage:
    """Everything the page shows."""

    filter: PortfolioFilter
    kpis: Kpis
    domains: Sequence[tuple[str, str, str]]  # slug, one word, full name
    page: Page
    rows: list[PortfolioRow] = field(default_factory=list)
    legend: Sequence[tuple[str, str]] = ()  # each grade and its range of scores


def _legend() -> list[tuple[str, str]]:
    """Each grade with its range: scores have one decimal, so a band ends a tenth below the next."""
    bounds, most = [*GRADES, ("F", Decimal(0))], Decimal(10)
    legend = []
    for letter, least in bounds:
        legend.append((letter, _("%(least)s to %(most)s") % {"least": _short(least), "most": _short(most)}))
        most = least - Decimal("0.1")
    return legend


def _short(score: Decimal) -> str:
    return f"{score:f}".removesuffix(".0")


def distance(day: date, today: date) -> str:
    """How far a day is: "4 days", "today", "10 days overdue"."""
    days = (day - today).days
    if days == 0:
        return _("today")
    count = f"{abs(days):,}"
    if days > 0:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": count}
    return ngettext("%(count)s day overdue", "%(count)s days overdue", -days) % {"count": count}


def due(day: date | None, state: str, today: date) -> Due | None:
    """When answers are due, with the distance while they are not in."""
    if day is None:
        return None
    is_open = state in WITH_VENDOR
    return Due(on=day, words=distance(day, today) if is_open else "", is_overdue=is_open and day < today)


def _domains() -> list[tuple[str, str, str]]:
    """Slug, one word and full name of each domain."""
    playbook = newest_published()
    names = list(playbook.domains.values_list("slug", "name")) if playbook else []
    return [(slug, str(SHORT_NAMES.get(slug, name)), name) for slug, name in names]


def assigned_analysts() -> list[tuple[int, str]]:
    """Id and name of everybody who has been assigned an assessment that the portfolio shows."""
    found = User.objects.filter(pk__in=Assessment.objects.filter(is_latest=True).values("analyst"))
    return list(found.order_by("name", "pk").values_list("pk", "name"))


def every_row(user: User, chosen: PortfolioFilter) -> tuple[list[tuple[str, str, str]], list[PortfolioRow]]:
    """The domains, and all vendors that the filters leave, without their reports."""
    today, domains = timezone.localdate(), _domains()
    found = _sorted(_narrowed(_vendors(user), chosen, today), chosen.sort)
    rows = [_row(values, domains, today) for values in found.values(*_COLUMNS)]
    _add_decisions(user, rows)
    _add_findings(user, rows)
    return domains, rows


def portfolio(user: User, chosen: PortfolioFilter, page: str | int) -> PortfolioPage:
    """One page of vendors for this person; a page that does not exist gives the nearest one."""
    today = timezone.localdate()
    everything, domains = _vendors(user), _domains()
    found = _sorted(_narrowed(everything, chosen, today), chosen.sort)
    shown = Paginator(found.values(*_COLUMNS), PAGE_SIZE).get_page(page)
    rows = [_row(values, domains, today) for values in shown.object_list]
    _add_reports(user, rows)
    lines = sparks(user, [row.vendor for row in rows])
    for row in rows:
        row.spark = lines.get(row.vendor)
    _add_decisions(user, rows)
    _add_findings(user, rows)
    return PortfolioPage(
        filter=chosen, kpis=_kpis(user, everything, today), domains=domains, page=shown, rows=rows, legend=_legend()
    )


def _vendors(user: User) -> QuerySet[Vendor]:
    """Vendors in use, joined with their latest assessment; the database holds that there is one at most."""
    latest = FilteredRelation("assessments", condition=Q(assessments__is_latest=True))
    blinding = SecondLook.objects.blinding(user).filter(assessment=OuterRef("latest__id"))
    found = Vendor.objects.visible_to(user).filter(archived_at=None).annotate(latest=latest)
    return found.annotate(is_blind=Exists(blinding), findings_left=open_findings.count_of_vendor(user))


def _late(today: date) -> Q:
    return Q(latest__state__in=WITH_VENDOR, latest__due_on__lt=today)


def _narrowed(vendors: QuerySet[Vendor], chosen: PortfolioFilter, today: date) -> QuerySet[Vendor]:
    for word in chosen.q.split():
        vendors = vendors.filter(Q(name__icontains=word) | Q(service__icontains=word))
    if chosen.state == NO_ASSESSMENT:
        vendors = vendors.filter(latest__id=None)
    elif chosen.state:
        vendors = vendors.filter(latest__state=chosen.state)
    if chosen.tier:
        vendors = vendors.filter(tier=chosen.tier)
    if chosen.grade == "below_c":
        vendors = vendors.filter(latest__grade__in=BELOW_C, is_blind=False)
    elif chosen.grade:
        vendors = vendors.filter(latest__grade=chosen.grade, is_blind=False)
    if chosen.decision:
        vendors = decisions.narrowed(vendors, chosen.decision)
    if chosen.owner:
        vendors = vendors.filter(latest__analyst=chosen.owner)
    return vendors.filter(_late(today)) if chosen.overdue else vendors


def _sorted(vendors: QuerySet[Vendor], sort: str) -> QuerySet[Vendor]:
    key = sort.removeprefix("-")
    column = SORTS.get(key) or _by_domain(key)
    first = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    return vendors.order_by(first, "name", "id")


def _by_domain(slug: str) -> Case:
    score = KeyTextTransform(slug, F("latest__domain_scores"))
    return Case(When(is_blind=False, then=Cast(score, DecimalField(max_digits=3, decimal_places=1))))


def _row(values: Mapping[str, Any], domains: Iterable[tuple[str, str, str]], today: date) -> PortfolioRow:
    state = values["latest__state"] or ""
    is_blind = values["is_blind"]
    scores = {} if is_blind else values["latest__domain_scores"] or {}
    submitted, closed = values["latest__submitted_at"], values["latest__closed_at"]
    return PortfolioRow(
        vendor=values["id"],
        name=values["name"],
        service=values["service"],
        tier=str(Tier(values["tier"]).label),
        assessment=values["latest__id"],
        state=state,
        period=values["latest__period"] or "",
        due=due(values["latest__due_on"], state, today),
        score=None if is_blind else values["latest__score"],
        grade="" if is_blind else values["latest__grade"] or "",
        is_provisional=bool(values["latest__is_provisional"]) or state != State.CLOSED,
        gaps=0 if is_blind else values["latest__finding_count"] or 0,
        analyst=values["latest__analyst__name"] or "",
        heat=[_heat(scores.get(slug), name, full_name) for slug, name, full_name in domains],
        is_blind=is_blind,
        submitted_on=timezone.localdate(submitted) if submitted else None,
        closed_on=timezone.localdate(closed) if closed else None,
    )


def _heat(score: str | None, name: str, full_name: str) -> Heat:
    return Heat(name, full_name, score or "–", grade_for(Decimal(score)) if score else "")


def _add_decisions(user: User, rows: Iterable[PortfolioRow]) -> None:
    """The one of each that counts; one query."""
    newest = decisions.of_vendors(user, [row.vendor for row in rows])
    for row in rows:
        row.decision = newest.get(row.vendor)


def _add_findings(user: User, rows: Iterable[PortfolioRow]) -> None:
    """What is left of each, by priority; one query."""
    left = open_findings.of_vendors(user, [row.vendor for row in rows])
    for row in rows:
        row.findings = left.get(row.vendor, NONE_LEFT)


def _add_reports(user: User, rows: list[PortfolioRow]) -> None:
    """The newest report of each, and where it has none the last one of an earlier assessment. One query.

    None for people who may not read reports.
    """
    ids = [row.assessment for row in rows if row.assessment]
    made = Q(state=Report.State.READY, assessment__vendor__in=[row.vendor for row in rows])
    reports = Report.objects.visible_to(user).full().filter(made | Q(assessment__in=ids))
    values = ("id", "assessment_id", "state", "step", "steps", "size", "finished_at")
    newest, of_vendor = {}, {}
    for report in reports.order_by("assessment", "id").values(
        *values, vendor=F("assessment__vendor"), period=F("assessment__period")
    ):
        newest[report["assessment_id"]] = report
        of_vendor[report["vendor"]] = report
    for row in rows:
        row.report = newest.get(row.assessment)
        row.earlier = None if row.report else of_vendor.get(row.vendor)


def _kpis(user: User, vendors: QuerySet[Vendor], today: date) -> Kpis:
    below = Q(latest__grade__in=BELOW_C, is_blind=False)
    found = vendors.aggregate(
        vendors=Count("id"),
        **{tier.value: Count("id", filter=Q(tier=tier)) for tier in Tier},
        below_c=Count("id", filter=below),
        below_c_critical=Count("id", filter=below & Q(tier=Tier.CRITICAL)),
        overdue=Count("id", filter=_late(today)),
    )
    oldest = vendors.filter(_late(today)).order_by("latest__due_on").values_list("latest__due_on", flat=True).first()
    return Kpis(
        vendors=found["vendors"],
        tiers=", ".join(f"{found[tier.value]} {tier.label.lower()}" for tier in Tier if found[tier.value]),
        below_c=found["below_c"],
        below_c_critical=found["below_c_critical"],
        overdue=found["overdue"],
        oldest_overdue=(today - oldest).days if oldest else 0,
        findings=open_findings.of_all(user),
    )
