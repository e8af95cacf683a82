"""Who gets what at every address: each named URL, each method, each kind of person.

The table is compared with the URL resolver, so a new address without a row fails the build. "Other" is the lead of
another vendor, perhaps a competitor: wherever Acme's objects are concerned they get the 404 of an unknown address.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assessments.models import (
    Answer,
    Assessment,
    Campaign,
    Decision,
    Evidence,
    EvidenceLink,
    Finding,
    Query,
    Report,
    Review,
)
from audit.models import Event
from tests import factories
from users.models import User
from vendors.actions import invitations
from vendors.models import Member, MemberRole, Vendor

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "other", "respondent", "lead", "analyst", "manager", "administrator")

# name: state of Acme's assessment (* where it makes no difference): GET by ROLES, POST with an empty form by ROLES.
# 302 of anonymous is the way to the sign-in page; 302 of others goes on after an act, or back with a message.
# A vendor's person never reaches our side: 404 there. 403 is not your role or not now, 422 a form with problems.
ACCESS: dict[str, dict[str, tuple[str, str]]] = {
    "assessments:accounts": {
        "in_progress": ("302 404 200 200 200 200 200", "302 404 403 422 422 422 403"),
        "submitted": ("302 404 200 200 200 200 200", "302 404 403 403 422 422 403"),
    },
    "assessments:answer-draft": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 422 422 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 423 423 403 403 403"),
    },
    "assessments:answer-edit": {
        "in_progress": ("302 404 200 200 403 403 403", "302 404 422 422 403 403 403"),
        "submitted": ("302 404 200 200 403 403 403", "302 404 403 403 403 403 403"),
    },
    "assessments:answer-list": {"*": ("302 404 200 200 403 403 403", "302 405 405 405 405 405 405")},
    "assessments:answer-shown": {"*": ("302 404 200 200 403 403 403", "302 405 405 405 405 405 405")},
    "assessments:assign": {
        "in_progress": ("302 404 200 200 403 403 403", "302 404 422 422 403 403 403"),
        "submitted": ("302 404 200 200 403 403 403", "302 404 403 403 403 403 403"),
    },
    "assessments:calendar": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "assessments:campaign": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "assessments:campaign-confirm": {"*": ("302 405 405 405 405 405 405", "302 404 404 404 422 422 403")},
    "assessments:campaign-list": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "assessments:campaign-new": {"*": ("302 404 404 404 200 200 403", "302 404 404 404 422 422 403")},
    "assessments:cancel": {"*": ("302 405 405 405 405 405 405", "302 404 404 404 302 302 403")},
    "assessments:check-shown": {"*": ("302 404 200 200 403 403 403", "302 405 405 405 405 405 405")},
    "assessments:close": {"*": ("302 405 405 405 405 405 405", "302 404 404 404 302 403 403")},
    "assessments:compare": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "assessments:condition": {"*": ("302 404 404 404 403 403 403", "302 404 404 404 403 403 403")},
    "assessments:confirm": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 302 302 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 403 403 403 403 403"),
    },
    "assessments:decide": {"*": ("302 404 404 404 403 403 403", "302 404 404 404 403 403 403")},
    "assessments:detail": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "assessments:documents": {"*": ("302 404 404 404 200 200 403", "302 405 405 405 405 405 405")},
    "assessments:edit": {"*": ("302 404 404 404 200 200 403", "302 404 404 404 422 422 403")},
    "assessments:against": {
        "in_progress": ("302 404 404 404 403 403 403", "302 405 405 405 405 405 405"),
        "submitted": ("302 404 404 404 200 200 403", "302 405 405 405 405 405 405"),
    },
    "assessments:event-list": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "assessments:evidence-date": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 302 302 404 404 404"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 403 403 403 403 403"),
    },
    "assessments:evidence-download": {
        "in_progress": ("302 404 200 200 404 404 404", "302 405 405 405 405 405 405"),
        "submitted": ("302 404 200 200 200 200 403", "302 405 405 405 405 405 405"),
    },
    "assessments:evidence-link": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 404 404 404"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 403 403 403 403 403"),
    },
    "assessments:evidence-list": {"*": ("302 404 200 200 403 403 403", "302 405 405 405 405 405 405")},
    "assessments:evidence-place": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 422 422 404 404 404"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 403 403 403 403 403"),
    },
    "assessments:evidence-preview": {
        "in_progress": ("302 404 200 200 404 404 404", "302 405 405 405 405 405 405"),
        "submitted": ("302 404 200 200 200 200 403", "302 405 405 405 405 405 405"),
    },
    "assessments:evidence-shown": {"*": ("302 404 200 200 403 403 403", "302 405 405 405 405 405 405")},
    "assessments:evidence-unlink": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 404 404 404"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 403 403 403 403 403"),
    },
    "assessments:evidence-upload": {"*": ("302 405 405 405 405 405 405", "302 404 302 302 403 403 403")},
    "assessments:evidence-view": {
        "in_progress": ("302 404 200 200 404 404 404", "302 405 405 405 405 405 405"),
        "submitted": ("302 404 200 200 200 200 403", "302 405 405 405 405 405 405"),
    },
    "assessments:evidence-withdraw": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 302 302 404 404 404"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 403 403 403 403 403"),
    },
    "assessments:finding": {
        "in_progress": ("302 404 404 404 403 403 403", "302 404 404 404 403 403 403"),
        "submitted": ("302 404 404 404 200 200 403", "302 404 404 404 422 403 403"),
    },
    "assessments:finding-accept": {"*": ("302 404 404 404 403 403 403", "302 404 404 404 403 403 403")},
    "assessments:finding-fixed": {"*": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403")},
    "assessments:finding-list": {"*": ("302 200 200 200 200 200 403", "302 405 405 405 405 405 405")},
    "assessments:finding-plan": {"*": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403")},
    "assessments:finding-proof": {"*": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403")},
    "assessments:finding-raise": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 404 404 302 403 403"),
    },
    "assessments:finding-recheck": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 404 404 422 403 403"),
    },
    "assessments:finding-remove": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 404 404 302 403 403"),
    },
    "assessments:forward": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 403 422 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 403 403 403 403 403"),
    },
    "assessments:list": {"*": ("302 200 200 200 200 200 200", "302 405 405 405 405 405 405")},
    "assessments:open": {"*": ("302 404 404 404 200 200 403", "302 404 404 404 422 422 403")},
    "assessments:note-add": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 404 404 422 422 403"),
    },
    "assessments:portfolio": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "assessments:portfolio-documents": {"*": ("302 404 404 404 403 200 403", "302 404 404 404 403 302 403")},
    "assessments:portfolio-export": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "assessments:query-add": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 404 404 422 403 403"),
    },
    "assessments:query-remove": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 404 404 302 403 403"),
    },
    "assessments:reopen": {"*": ("302 405 405 405 405 405 405", "302 404 404 404 403 302 403")},
    "assessments:receipt": {"*": ("302 404 200 200 200 200 403", "302 404 302 302 302 302 403")},
    "assessments:receipt-download": {
        "in_progress": ("302 404 404 404 404 404 403", "302 405 405 405 405 405 405"),
        "submitted": ("302 404 302 302 302 302 403", "302 405 405 405 405 405 405"),
    },
    "assessments:report-create": {"*": ("302 405 405 405 405 405 405", "302 404 404 404 302 302 403")},
    "assessments:report-download": {"*": ("302 404 404 404 302 302 404", "302 405 405 405 405 405 405")},
    "assessments:report-status": {"*": ("302 404 404 404 200 200 404", "302 405 405 405 405 405 405")},
    "assessments:reviewers": {"*": ("302 404 404 404 200 200 403", "302 404 404 404 422 422 403")},
    "assessments:score-edit": {
        "in_progress": ("302 404 404 404 403 403 403", "302 404 404 404 403 403 403"),
        "submitted": ("302 404 404 404 200 200 403", "302 404 404 404 422 403 403"),
    },
    "assessments:score-evaluation": {
        "in_progress": ("302 404 404 404 403 403 403", "302 405 405 405 405 405 405"),
        "submitted": ("302 404 404 404 200 200 403", "302 405 405 405 405 405 405"),
    },
    # Without the name of a resource there is nothing to lead to.
    "assessments:score-source": {
        "in_progress": ("302 404 404 404 403 403 403", "302 405 405 405 405 405 405"),
        "submitted": ("302 404 404 404 404 404 403", "302 405 405 405 405 405 405"),
    },
    # Nobody has taken a second look, so there is nothing to score, finish or settle.
    "assessments:second-ask": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 404 404 422 422 403"),
    },
    "assessments:second-call-off": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 404 404 404 404 403"),
    },
    "assessments:second-edit": {
        "in_progress": ("302 404 404 404 403 403 403", "302 404 404 404 403 403 403"),
        "submitted": ("302 404 404 404 404 403 403", "302 404 404 404 404 403 403"),
    },
    "assessments:second-finish": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 404 404 404 403 403"),
    },
    "assessments:second-list": {
        "in_progress": ("302 404 404 404 403 403 403", "302 405 405 405 405 405 405"),
        "submitted": ("302 404 404 404 200 200 403", "302 405 405 405 405 405 405"),
    },
    "assessments:second-settle": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 404 404 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 404 404 404 404 403"),
    },
    "assessments:send": {"*": ("302 405 405 405 405 405 405", "302 404 404 404 302 302 403")},
    "assessments:send-back": {"*": ("302 405 405 405 405 405 405", "302 404 404 404 302 403 403")},
    "assessments:spreadsheet": {
        "in_progress": ("302 404 200 200 403 403 403", "302 405 405 405 405 405 405"),
        "submitted": ("302 404 403 403 403 403 403", "302 405 405 405 405 405 405"),
    },
    "assessments:spreadsheet-confirm": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 422 422 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 403 403 403 403 403"),
    },
    "assessments:spreadsheet-download": {
        "in_progress": ("302 404 200 200 403 403 403", "302 405 405 405 405 405 405"),
        "submitted": ("302 404 403 403 403 403 403", "302 405 405 405 405 405 405"),
    },
    "assessments:spreadsheet-upload": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 422 422 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 403 403 403 403 403"),
    },
    "assessments:submit": {
        "in_progress": ("302 405 405 405 405 405 405", "302 404 403 422 403 403 403"),
        "submitted": ("302 405 405 405 405 405 405", "302 404 403 302 403 403 403"),
    },
    "assessments:submit-check": {"*": ("302 404 200 200 403 403 403", "302 405 405 405 405 405 405")},
    "assessments:vendor-erase": {"*": ("302 404 404 404 403 403 302", "302 404 404 404 403 403 302")},
    "assessments:verify": {"*": ("302 200 200 200 200 200 200", "302 422 422 422 422 422 422")},
    "assessments:worklist": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "collector:download": {"*": ("302 200 200 200 200 200 200", "302 405 405 405 405 405 405")},
    "collector:page": {"*": ("302 200 200 200 200 200 200", "302 405 405 405 405 405 405")},
    "health": {"*": ("200 200 200 200 200 200 200", "405 405 405 405 405 405 405")},
    "home": {"*": ("302 302 302 302 302 302 302", "302 405 405 405 405 405 405")},
    "outbox:mail-detail": {"*": ("302 404 404 404 404 404 404", "302 405 405 405 405 405 405")},
    "outbox:mail-list": {"*": ("302 404 404 404 404 404 404", "302 405 405 405 405 405 405")},
    "outbox:mail-log": {"*": ("302 404 404 404 403 403 200", "302 405 405 405 405 405 405")},
    "playbook:criterion-detail": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "playbook:criterion-list": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "playbook:mappings-download": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "playbook:oscal-download": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "playbook:version": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "session-check": {"*": ("200 200 200 200 200 200 200", "405 405 405 405 405 405 405")},
    "users:mute": {"*": ("410 410 410 410 410 410 410", "410 410 410 410 410 410 410")},
    "users:mute-open": {"*": ("302 302 302 302 302 302 302", "405 405 405 405 405 405 405")},
    "users:profile": {"*": ("302 200 200 200 200 200 200", "302 200 200 200 200 200 200")},
    "users:staff-edit": {"*": ("302 404 404 404 403 403 200", "302 404 404 404 403 403 200")},
    "users:staff-list": {"*": ("302 404 404 404 403 403 200", "302 404 404 404 403 403 200")},
    "vendors:archive": {"*": ("302 405 405 405 405 405 405", "302 404 404 404 302 302 302")},
    "vendors:create": {"*": ("302 404 404 404 200 200 200", "302 404 404 404 200 200 200")},
    "vendors:detail": {"*": ("302 404 404 404 200 200 200", "302 405 405 405 405 405 405")},
    "vendors:edit": {"*": ("302 404 404 404 200 200 200", "302 404 404 404 200 200 200")},
    "vendors:invitation-accept": {"*": ("410 410 410 410 410 410 410", "410 410 410 410 410 410 410")},
    "vendors:invitation-open": {"*": ("302 302 302 302 302 302 302", "405 405 405 405 405 405 405")},
    "vendors:invitation-resend": {"*": ("302 405 405 405 405 405 405", "302 404 404 302 302 302 302")},
    "vendors:invitation-revoke": {"*": ("302 405 405 405 405 405 405", "302 404 404 302 302 302 302")},
    "vendors:member-remove": {"*": ("302 405 405 405 405 405 405", "302 404 403 302 302 302 302")},
    "vendors:people": {"*": ("302 404 200 200 200 200 200", "302 404 403 200 200 200 200")},
    "words": {"*": ("200 200 200 200 200 200 200", "405 405 405 405 405 405 405")},
}

# Pages of allauth, as a stranger gets them; what it asks to be signed in for sends them to the sign-in page.
SIGN_IN = {
    "account_login": 200,
    "account_logout": 302,
    "account_signup": 200,
    "account_inactive": 200,
    "account_reset_password": 200,
    "account_reset_password_done": 200,
    "account_reset_password_from_key": 200,
    "account_reset_password_from_key_done": 200,
    "account_confirm_email": 200,
    "account_email_verification_sent": 200,
    "account_change_password": 302,
    "account_set_password": 302,
    "account_email": 302,
    "account_reauthenticate": 302,
}


def named_urls(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every name of the URL conf, with its namespace."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from named_urls(entry, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            yield prefix + entry.name


class Estate:
    """Acme's objects in one state, and the address of each page about them."""

    def __init__(self, vendor: Vendor, lead: User, respondent: User, analyst: User, state: str) -> None:
        self.vendor = vendor
        self.assessment = factories.make_assessment(vendor=vendor, state=state)
        answer = Answer.objects.select_related("criterion").get(assessment=self.assessment, criterion__number=13)
        self.evidence = self._evidence(lead, answer)
        self.report = Report.objects.create(
            assessment=self.assessment,
            snapshot={},
            snapshot_sha256="0" * 64,
            requested_at=self.assessment.created_at,
            requested_by=analyst,
            touched_at=self.assessment.created_at,
        )
        # A row, as for the report: nobody can ask in every state, but an address has an answer in every state.
        self.query = Query.objects.create(answer=answer, text="Which keys?", by=analyst, at=self.assessment.created_at)
        self.finding = self._finding(answer, analyst)
        self.decision = self._decision(analyst)
        self.invitation = invitations.invite(
            vendor=vendor, email="lena@acme.example", name="", role=MemberRole.LEAD, by=analyst
        )
        self.member = Member.objects.get(user=respondent)
        self.campaign = Campaign.objects.create(
            name="Spring",
            playbook=self.assessment.playbook,
            period="2026",
            due_on=self.assessment.due_on,
            created_by=analyst,
        )

    def _evidence(self, by: User, answer: Answer) -> Evidence:
        received_at = self.assessment.submitted_at or self.assessment.created_at
        evidence = Evidence.objects.create(
            assessment=self.assessment,
            name="users.png",
            kind="image",
            content_type="image/png",
            size=3,
            sha256="1" * 64,
            received_at=received_at,
            received_by=by,
            preview_width=1,
            preview_height=1,
            upload_id=uuid4(),
        )
        evidence.file.save("x", ContentFile(b"png"))
        evidence.preview.save("x", ContentFile(b"jpg"))
        EvidenceLink.objects.create(evidence=evidence, answer=answer, by=by)
        return evidence

    def _decision(self, by: User) -> Decision:
        """A row for the same reason."""
        conditions = [{"text": "Remove the keys.", "due_on": "2027-01-31"}]
        return Decision.objects.create(
            assessment=self.assessment,
            kind="conditions",
            reason="Nearly there.",
            conditions=conditions,
            expires_on="2027-12-31",
            at=self.assessment.created_at,
            by=by,
        )

    def _finding(self, answer: Answer, by: User) -> Finding:
        """A row as well, since none is raised in every state."""
        Review.objects.get_or_create(
            answer=answer,
            defaults={"result": "not_met", "deviation": "Seen.", "at": self.assessment.created_at, "by": by},
        )
        return Finding.objects.create(
            answer=answer,
            title="Old keys",
            what_we_saw="Three keys.",
            why_it_matters="They leak.",
            what_to_do="Delete them.",
            severity="critical",
            priority="P1",
            raised_at=self.assessment.created_at,
            raised_by=by,
        )

    def address(self, name: str) -> str:
        one = [self.assessment.pk]
        arguments: dict[str, list[object]] = {
            "users:staff-edit": [self.vendor.created_by_id],
            "collector:download": ["assay-collect.sh"],
            "words": ["de"],
            "playbook:version": ["aws-core", "2020-06"],
            "playbook:mappings-download": ["aws-core", "2020-06"],
            "playbook:oscal-download": ["aws-core", "2020-06"],
            "playbook:criterion-detail": ["aws-core", "2020-06", 13],
            "outbox:mail-detail": [1],
            "vendors:invitation-revoke": [self.invitation.pk],
            "vendors:invitation-resend": [self.invitation.pk],
            "vendors:member-remove": [self.member.pk],
            "vendors:invitation-open": ["no-such-token"],
            "users:mute-open": ["no-such-token"],
            "assessments:campaign": [self.campaign.pk],
            "assessments:query-remove": [self.query.pk],
            **{
                f"assessments:{each}": [self.finding.pk]
                for each in ("finding", "finding-plan", "finding-proof", "finding-fixed", "finding-recheck")
            },
            "assessments:finding-remove": [self.finding.pk],
            "assessments:finding-accept": [self.finding.pk],
            "assessments:finding-raise": [self.assessment.pk, 13],
            "assessments:condition": [self.assessment.pk, self.decision.pk, 1],
            "assessments:receipt-download": [self.assessment.pk, 1],
            "assessments:portfolio-export": ["csv"],
            "assessments:report-status": [self.report.pk],
            "assessments:report-download": [self.report.pk],
        }
        if name in arguments:
            return reverse(name, args=arguments[name])
        if name in {"vendors:detail", "vendors:edit", "vendors:archive", "vendors:people", "assessments:vendor-erase"}:
            return reverse(name, args=[self.vendor.pk])
        is_evidence = "evidence-" in name and name not in {
            "assessments:evidence-list",
            "assessments:evidence-shown",
            "assessments:evidence-upload",
        }
        for more in ([], one, [*one, self.evidence.pk if is_evidence else 13]):
            try:
                return reverse(name, args=more)
            except Exception:  # noqa: S112 -- the next number of arguments is tried
                continue
        raise AssertionError(f"no address for {name}")


@pytest.fixture
def people(rita: User, tom: User, sam: User, ana: User, max: User, ada: User) -> dict[str, User | None]:
    """One person of each kind."""
    return dict(zip(ROLES, (None, sam, tom, rita, ana, max, ada), strict=True))


def client_of(person: User | None) -> Client:
    """A browser, signed in as this person."""
    client = Client(raise_request_exception=True)
    if person is not None:
        client.force_login(person)
    return client


def ask(method: str, address: str, client: Client) -> int:
    response = getattr(client, method)(address)
    if response.streaming:
        # Read to the end, which closes the file. response.close() would end the test's own database session as well.
        for _ in response.streaming_content:
            pass
    return response.status_code


def test_every_address_of_ours_is_in_the_table() -> None:
    ours = {name for name in named_urls() if ":" in name or name in {"home", "health", "session-check", "words"}}
    assert ours == ACCESS.keys()


@pytest.mark.parametrize("state", ["in_progress", "submitted"])
def test_who_gets_what(state: str, acme: Vendor, people: dict[str, User | None]) -> None:
    # One estate for all addresses, since making it takes a second; each request is undone.
    estate = Estate(acme, people["lead"], people["respondent"], people["analyst"], state)
    clients = [client_of(person) for person in people.values()]
    got = {}
    for name in ACCESS:
        address, rows = estate.address(name), []
        for method in ("get", "post"):
            statuses = []
            for client in clients:
                undo = transaction.savepoint()
                statuses.append(str(ask(method, address, client)))
                transaction.savepoint_rollback(undo)
            rows.append(" ".join(statuses))
        got[name] = tuple(rows)
    assert got == {name: row.get(state, row.get("*")) for name, row in ACCESS.items()}


@pytest.mark.parametrize("name", ["assessments:detail", "assessments:answer-list", "vendors:people", "vendors:detail"])
def test_a_foreign_object_looks_like_an_unknown_one(name: str, in_progress: Assessment, sam: User) -> None:
    foreign_pk = in_progress.vendor_id if name.startswith("vendors:") else in_progress.pk
    client = Client()
    client.force_login(sam)
    foreign, unknown = client.get(reverse(name, args=[foreign_pk])), client.get(reverse(name, args=[10**9]))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.content == unknown.content


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_unknown_methods_are_refused_everywhere(method: str, acme: Vendor, people: dict[str, User | None]) -> None:
    estate = Estate(acme, people["lead"], people["respondent"], people["analyst"], "submitted")
    client = client_of(people["analyst"])
    statuses = {ask(method, estate.address(name), client) for name in ACCESS}
    assert statuses == {405}


def test_get_changes_nothing(acme: Vendor, people: dict[str, User | None]) -> None:
    estate = Estate(acme, people["lead"], people["respondent"], people["analyst"], "submitted")

    def counted() -> list[tuple[str, int]]:
        ignored = {"session", "usersession"}
        models = [m for m in apps.get_models() if m._meta.model_name not in ignored]
        return [(m.__name__, m._default_manager.count()) for m in models] + [("events", Event.objects.count())]

    clients = [client_of(person) for person in people.values()]
    before = counted()
    for name in ACCESS:
        for client in clients:
            ask("get", estate.address(name), client)
    assert counted() == before


@pytest.mark.parametrize(("name", "status"), SIGN_IN.items())
def test_sign_in_pages_for_a_stranger(name: str, status: int) -> None:
    arguments = {"account_reset_password_from_key": ["x", "x-y"], "account_confirm_email": ["x"]}
    assert ask("get", reverse(name, args=arguments.get(name, [])), Client()) == status
