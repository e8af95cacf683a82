"""A manager accepts the risk of a finding until a day. After it the finding counts as open again by itself."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions import findings
from assessments.actions.findings import FindingRefused, StaleFinding
from assessments.models import Assessment, Finding
from assessments.states import State
from users.models import User


@transaction.atomic
def accept_risk(*, finding: Finding, reason: str, until: date, base_version: int, by: User) -> Finding:
    """Ask nothing of the vendor about this finding up to and including `until`; accepting anew replaces that day.

    Raises FindingRefused without a reason, for a day that is past, for a finding that is verified and while the
    assessment is not closed; StaleFinding where the finding was changed since `base_version`.
    """
    assessment = Assessment.objects.select_for_update().get(pk=finding.answer.assessment_id)
    current = Finding.objects.select_for_update().get(pk=finding.pk)
    if assessment.state != State.CLOSED:
        raise FindingRefused(_("The assessment was opened again meanwhile. Nothing was changed."))
    if current.version != base_version:
        raise StaleFinding(current)
    if not reason.strip():
        raise FindingRefused(_("Write the reason"))
    if until < timezone.localdate():
        raise FindingRefused(_("Choose a day that is not past"))
    return findings.move(
        finding=current,
        name="accept",
        by=by,
        facts={"reason": reason.strip(), "until": until.isoformat()},
        accepted_reason=reason.strip(),
        accepted_until=until,
        accepted_by=by,
    )
