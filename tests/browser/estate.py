"""A little of everything at once, so that every page has something to show."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from assessments.actions import (
    decisions,
    evidence,
    findings,
    page_images,
    reviewers,
    reviews,
    second_looks,
    workflow,
)
from assessments.actions.reviews import ReviewContent
from assessments.actions.second_looks import Sample
from assessments.models import (
    Assessment,
    Campaign,
    Decision,
    Evidence,
    Finding,
    PageImages,
    Report,
    Review,
    SecondLook,
    SecondReview,
)
from assessments.scoring import Result
from assessments.states import State
from playbook.models import Side
from tests import factories
from tests.assessments.staff.pages import make_report
from tests.browser.acts import answer_to, attach, credential_report, hand_in, screenshot
from tests.intake import samples
from users.models import StaffRole, User
from vendors.actions import invitations
from vendors.models import Invitation, MemberRole, Vendor

STATES = {
    "Acme Payments": State.IN_PROGRESS,
    "Birch Analytics": State.DRAFT,
    "Cedar Freight": State.SUBMITTED,
    "Dune Hosting": State.CHANGES_REQUESTED,
    "Elm Insurance": State.CLOSED,
    "Fir Logistics": State.CANCELLED,
}


@dataclass
class Estate:
    """Vendors in every state. Rita leads all of them, Tom answers for the first."""

    rita: User
    tom: User
    ana: User
    max: User
    ada: User
    lonely: Vendor  # nobody, nothing
    invitation: Invitation
    campaign: Campaign
    ines: User  # takes a second look at the one that is being scored
    by_state: dict[str, Assessment] = field(default_factory=dict)
    files: list[Evidence] = field(default_factory=list)
    finding: Finding | None = None  # of the finished one, overdue, with a plan
    decision: Decision | None = None  # on the finished one, under conditions

    @property
    def answering(self) -> Assessment:
        """The one the vendor is working on."""
        return self.by_state[State.IN_PROGRESS]

    @property
    def submitted(self) -> Assessment:
        """The one that is being scored."""
        return self.by_state[State.SUBMITTED]

    @property
    def returned(self) -> Assessment:
        """The one that went back with a question about the first answer."""
        return self.by_state[State.CHANGES_REQUESTED]

    @property
    def closed(self) -> Assessment:
        """The one that is finished."""
        return self.by_state[State.CLOSED]


def build() -> Estate:
    """Make it all, by the product's own actions."""
    playbook = factories.make_playbook()
    assert playbook.criteria.count() == 33
    manager, analyst = factories.any_manager(), factories.make_staff("Ana Moreau")
    rita = factories.make_user("Rita Lindqvist", email="rita@acme.example")
    tom = factories.make_user("Tom Adeyemi", email="tom@acme.example")
    vendors = {name: factories.make_vendor(name, service="Card settlement", by=manager) for name in STATES}
    for vendor in vendors.values():
        factories.make_member(vendor, rita)
    acme = vendors["Acme Payments"]
    factories.make_member(acme, tom, role=MemberRole.RESPONDENT)
    estate = Estate(
        rita=rita,
        tom=tom,
        ana=analyst,
        max=manager,
        ada=factories.make_staff("Ada Novak", StaffRole.ADMINISTRATOR),
        lonely=factories.make_vendor("Grove Print", by=manager),
        invitation=invitations.invite(
            vendor=acme, email="new@acme.example", role=MemberRole.RESPONDENT, name="", by=manager
        ),
        ines=factories.make_staff("Ines Duarte"),
        campaign=Campaign.objects.create(
            name="Spring 2026", playbook=playbook, period="2026", due_on=timezone.localdate(), created_by=manager
        ),
    )
    for name, state in STATES.items():
        wanted = State.IN_PROGRESS if state in {State.SUBMITTED, State.CANCELLED} else state
        estate.by_state[state] = factories.make_assessment(vendor=vendors[name], state=wanted, by=analyst)
    Assessment.objects.update(campaign=estate.campaign)
    _answers(estate)
    _scores(estate)
    _finding(estate)
    _second_looks(estate)
    _reviewers(estate)
    _decision(estate)
    workflow.cancel(assessment=estate.by_state[State.CANCELLED], by=manager)
    return estate


def _decision(estate: Estate) -> None:
    """An approval with one condition past its date and one that is met."""
    today = timezone.localdate()
    late, later = today - timedelta(days=9), today + timedelta(days=60)
    estate.decision = Decision.objects.create(
        assessment=estate.closed,
        kind="conditions",
        reason="As seen.",
        conditions=[
            {"text": "Unused keys", "due_on": f"{late}"},
            {"text": "A plan for incidents", "due_on": f"{later}"},
        ],
        expires_on=today + timedelta(days=200),
        at=timezone.now(),
        by=estate.max,
    )
    decisions.meet_condition(decision=estate.decision, place=2, note="As seen.", by=estate.max)


def _answers(estate: Estate) -> None:
    """Files of every kind on the first question, and a draft with a plan on the second."""
    pdf = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()}
    bundle = {"name": "evidence.zip", "mimeType": "application/zip", "buffer": samples.bundle()}
    text = {"name": "users.json", "mimeType": "application/json", "buffer": b'{"Users": []}'}
    kinds = (screenshot(size=(1600, 900)), credential_report(), pdf, bundle, text)
    estate.files = attach(estate.answering, 1, *kinds, by=estate.rita)
    (gone,) = attach(estate.answering, 1, screenshot("wrong.png", color="beige"), by=estate.rita)
    evidence.withdraw(evidence=gone, by=estate.rita)
    second = answer_to(estate.answering, 2)
    key = factories.option_key(second.criterion, Side.FAILURE)
    factories.answer_with(second, key, by=estate.tom, complete=False)
    attach(estate.submitted, 1, *kinds, by=estate.rita)
    for pages in PageImages.objects.all():
        page_images.draw_now(pages_id=pages.pk)
    attach(
        estate.submitted, 2, screenshot("stages.png"), credential_report("again.csv", "444455556666"), by=estate.rita
    )
    estate.by_state[State.SUBMITTED] = hand_in(estate.submitted, by=estate.rita)


def _scores(estate: Estate) -> None:
    """Each result once, a question to send back, and a report at every stage."""
    for number, result in enumerate((Result.MET, Result.PARTLY_MET, Result.NOT_MET, Result.NOT_VERIFIED), 1):
        factories.review_with(answer_to(estate.submitted, number), result, by=estate.ana, note="As seen.")
    reviews.ask(answer=answer_to(estate.submitted, 3), text="Which trail is this?", by=estate.ana)
    make_report(estate.submitted, estate.ana, state=Report.State.QUEUED)
    failed = make_report(estate.returned, estate.ana, state=Report.State.FAILED, problem="It was too long.")
    done = {"file": "reports/one.pdf", "size": 200_000, "sha256": "ab" * 32, "finished_at": timezone.now()}
    ready = make_report(estate.closed, estate.max, state=Report.State.READY, **done)
    for report in (failed, ready):
        Assessment.objects.filter(pk=report.assessment_id).update(last_report=report)


def _finding(estate: Estate) -> None:
    """Something the vendor should have fixed by now, and plans to."""
    answer, today = answer_to(estate.closed, 13), timezone.localdate()
    Review.objects.filter(answer=answer).update(result=Result.NOT_MET)
    raised = findings.raise_finding(answer=answer, by=estate.ana)
    plan = findings.plan_fix(finding=raised, plan="Delete them.", plan_due_on=today, base_version=1, by=estate.rita)
    Finding.objects.filter(pk=plan.pk).update(due_on=today - timedelta(days=3))
    estate.finding = plan


def _reviewers(estate: Estate) -> None:
    """One question of the one that is being scored is assigned to its analyst."""
    reviewers.assign_reviewer(assessment=estate.submitted, numbers=[2], reviewer=estate.ana, by=estate.max)


def _second_looks(estate: Estate) -> None:
    """One that has begun; a finished one, with a difference that was settled."""
    sample = Sample(numbers=(1, 2, 3))
    look = second_looks.ask(
        assessment=estate.submitted, analyst=estate.ines, sample=sample, form_key=uuid4(), by=estate.max
    )
    content = ReviewContent(Result.MET, (), "Seen in the console.")
    second_looks.score(
        look=look, answer=answer_to(estate.submitted, 1), content=content, base_version=0, by=estate.ines
    )
    now = timezone.now()
    done = SecondLook.objects.create(
        assessment=estate.closed,
        analyst=estate.ines,
        sample=[1, 2],
        asked_by=estate.max,
        asked_at=now,
        finished_at=now,
    )
    for number, result in ((1, Result.MET), (2, Result.NOT_MET)):
        settled = {
            "settled_how": "first",
            "settled_result": Result.MET,
            "settled_reason": "Looked at it together.",
            "settled_at": now,
            "settled_by": estate.max,
        }
        SecondReview.objects.create(
            look=done,
            answer=answer_to(estate.closed, number),
            result=result,
            first_result=Result.MET,
            deviation="Seen.",
            by=estate.ines,
            at=now,
            **(settled if result != Result.MET else {}),
        )
