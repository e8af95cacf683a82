"""Send one playbook to many vendors: all of them, or none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.workflow import MoveRefused, open_assessment, send
from assessments.intake.vendor_lists import VendorList
from assessments.models import Campaign
from assessments.queries.campaign_plan import Plan, Planned, plan
from audit.trail import record
from playbook.models import Playbook
from users.models import User
from vendors.actions.invitations import InvitationRefused, invite
from vendors.actions.vendors import NameTaken, create_vendor
from vendors.models import MemberRole, Vendor


@dataclass(frozen=True)
class CampaignContent:
    """What all assessments of a campaign have in common."""

    name: str
    period: str
    due_on: date
    analyst: User | None


class CampaignRefused(Exception):
    """Nothing was done. The message says why, and with which line of the list where it is one."""


class PlanChanged(Exception):
    """What would happen now is not what the person looked at: `plan` is what would. Nothing was done."""

    def __init__(self, changed: Plan) -> None:
        super().__init__(changed.fingerprint)
        self.plan = changed


@transaction.atomic
def start(
    *, content: CampaignContent, playbook: Playbook, found: VendorList, looked_at: str, form_key: UUID, by: User
) -> Campaign:
    """Make missing vendors, invite missing leads, open and send an assessment to each vendor of the list.

    The same form sent twice makes one campaign. `looked_at` is the fingerprint of the plan that was confirmed.
    Raises PlanChanged where the list would do something else by now, CampaignRefused for a due date that is past and
    whatever else an action behind it refuses. Nothing is written then.
    """
    # One start at a time, so that two lists cannot both make the same vendor.
    Playbook.objects.select_for_update(no_key=True).get(pk=playbook.pk)
    made = Campaign.objects.filter(form_key=form_key).first()
    if made is not None:
        return made
    if content.due_on < timezone.localdate():
        raise CampaignRefused(_("Choose a due date that is not past. Nothing was sent."))
    current = _locked(plan(by, found), found, by)
    if current.problems or current.fingerprint != looked_at:
        raise PlanChanged(current)
    campaign = Campaign.objects.create(
        name=content.name.strip(),
        playbook=playbook,
        period=content.period,
        due_on=content.due_on,
        created_by=by,
        form_key=form_key,
    )
    for planned in current.rows:
        try:
            _send_to(planned, campaign, content, by)
        except (NameTaken, InvitationRefused, MoveRefused) as refused:
            words = _("Line %(line)s, %(vendor)s: %(reason)s Nothing was sent.")
            said = {"line": planned.row.line, "vendor": planned.row.vendor, "reason": str(refused)}
            raise CampaignRefused(words % said) from refused
    record(
        kind="campaign.started",
        by=by,
        vendor=None,
        target=f"campaign:{campaign.pk}",
        details={
            "name": campaign.name,
            "playbook": f"{playbook.slug} {playbook.version}",
            "vendors": len(current.rows),
            "new_vendors": current.new,
            "invitations": current.invitations,
        },
    )
    return campaign


def _locked(first: Plan, found: VendorList, by: User) -> Plan:
    """The plan made again while nobody else can write to its vendors."""
    ids: Iterable[int] = [one.vendor.pk for one in first.rows if one.vendor is not None]
    list(Vendor.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    return plan(by, found)


def _send_to(planned: Planned, campaign: Campaign, content: CampaignContent, by: User) -> None:
    """One vendor, by the actions a person would take one after the other."""
    row = planned.row
    vendor = planned.vendor or create_vendor(
        name=row.vendor,
        service=row.service,
        tier=planned.tier,
        form_key=uuid5(campaign.form_key, f"vendor {row.line}"),
        by=by,
    )
    if planned.invites:
        invite(vendor=vendor, email=row.lead_email, name=row.lead_name, role=MemberRole.LEAD, by=by)
    assessment = open_assessment(
        vendor=vendor,
        playbook=campaign.playbook,
        period=campaign.period,
        due_on=campaign.due_on,
        analyst=content.analyst,
        form_key=uuid5(campaign.form_key, f"assessment {row.line}"),
        campaign=campaign,
        by=by,
    )
    send(assessment=assessment, by=by)
