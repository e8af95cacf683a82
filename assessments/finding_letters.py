"""Mail about findings: a link and no content, and no vendor's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.letters import leads_of
from assessments.states import FindingState, State
from outbox.actions import enqueue
from outbox.letters import Letter, register

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from assessments.models import Assessment, Finding


def tell_leads_of_findings(*, assessment: Assessment) -> None:
    """One mail to each active lead: there is something to fix. None while one about the same is on its way."""
    from outbox.queries import is_on_its_way  # noqa: PLC0415 -- letters are registered before models load

    for user in leads_of(assessment):
        params = {"assessment": assessment.pk, "user": user.pk}
        if not is_on_its_way(kind="findings.raised", params=params):
            enqueue(kind="findings.raised", to=user.email, params=params, vendor=assessment.vendor_id)


def tell_leads_of_check(*, finding: Finding) -> None:
    """One mail to each active lead: a fix was checked, and what became of it."""
    assessment = finding.answer.assessment
    kind = "finding.verified" if finding.state == FindingState.VERIFIED else "finding.reopened"
    for user in leads_of(assessment):
        params = {"finding": finding.pk, "user": user.pk, "version": finding.version}
        enqueue(kind=kind, to=user.email, params=params, vendor=assessment.vendor_id)


def tell_analyst_of_fix(*, finding: Finding) -> None:
    """One mail to the assigned analyst, or to who raised it where nobody is assigned."""
    assessment = finding.answer.assessment
    person = assessment.analyst or finding.raised_by
    if person.is_active:
        params = {"finding": finding.pk, "version": finding.version}
        enqueue(kind="finding.fixed", to=person.email, params=params, vendor=assessment.vendor_id)


def _as_lead(params: Mapping[str, object]) -> QuerySet[Finding]:
    """The findings of closed assessments that this person is told of as an active lead."""
    from assessments.models import Finding  # noqa: PLC0415 -- models are not loaded when the app registers
    from vendors.models import Member, MemberRole  # noqa: PLC0415 -- the same

    led = Member.objects.filter(user=params["user"], role=MemberRole.LEAD, is_active=True, user__is_active=True)
    return Finding.objects.current().filter(
        answer__assessment__state=State.CLOSED,
        answer__assessment__vendor__archived_at=None,
        answer__assessment__vendor__in=led.values("vendor"),
    )


def _letter(subject: str, words: str, *link: object) -> Letter:
    names = {"organisation": settings.ORGANISATION_NAME}
    address = settings.SITE_URL + reverse(link[0], args=link[1:])
    return Letter(subject % names, f"{words % names}\n\n{address}\n")


def _raised(params: Mapping[str, object]) -> Letter | None:
    if not _as_lead(params).filter(answer__assessment=params["assessment"]).exists():
        return None
    return _letter(
        _("%(organisation)s has found something to fix"),
        _(
            "%(organisation)s has finished its review of your answers about how you run AWS, and has found something "
            "to fix. Please answer each finding with a plan and a date. Read the findings:"
        ),
        "assessments:finding-list",
    )


def _checked(params: Mapping[str, object]) -> Finding | None:
    """The finding of a mail, if nothing has happened to it since."""
    return _as_lead(params).filter(pk=params["finding"], version=params["version"]).first()


def _reopened(params: Mapping[str, object]) -> Letter | None:
    found = _checked(params)
    return found and _letter(
        _("%(organisation)s asks for more on a finding"),
        _("%(organisation)s has looked at a finding again. It is not settled yet. Read what is missing:"),
        "assessments:finding",
        found.pk,
    )


def _verified(params: Mapping[str, object]) -> Letter | None:
    found = _checked(params)
    return found and _letter(
        _("%(organisation)s has verified a fix"),
        _("%(organisation)s has checked what you fixed. Nothing more is to be done about this finding:"),
        "assessments:finding",
        found.pk,
    )


def _overdue(params: Mapping[str, object]) -> Letter | None:
    if not _as_lead(params).overdue(timezone.localdate()).filter(answer__assessment__vendor=params["vendor"]).exists():
        return None
    return _letter(
        _("%(organisation)s waits for a fix: overdue"),
        _(
            "%(organisation)s has found something to fix in how you run AWS, and the day by which it should have been "
            "fixed is over. If it is fixed, mark it as fixed; if you need more time, ask for a later date. "
            "Read the findings:"
        ),
        "assessments:finding-list",
    )


def _fixed(params: Mapping[str, object]) -> Letter | None:
    from assessments.models import Finding  # noqa: PLC0415 -- models are not loaded when the app registers

    found = Finding.objects.filter(pk=params["finding"], version=params["version"]).first()
    return found and _letter(
        _("Assay: a fix is to be checked"),
        _("%(organisation)s has a finding to check: a vendor says that it is fixed. Open it:"),
        "assessments:finding",
        found.pk,
    )


def register_finding_letters() -> None:
    """Called once, when the app starts. What is optional can be muted."""
    register("findings.raised", _raised, name=gettext_lazy("Findings to fix"))
    register("finding.reopened", _reopened, name=gettext_lazy("Finding open again"))
    register("finding.verified", _verified, name=gettext_lazy("Fix verified"), is_optional=True)
    register("finding.overdue", _overdue, name=gettext_lazy("Reminder: findings overdue"), is_optional=True)
    register("finding.fixed", _fixed, name=gettext_lazy("Fix to be checked"), is_optional=True)
