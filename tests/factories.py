"""Make people, vendors and assessments for a test, through the product's own actions.

No surprises inside: what a test does not ask for is the plainest value that is allowed.
"""

import pickle
from datetime import date, timedelta
from functools import cache
from itertools import count
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.utils import timezone

from assessments.actions import evaluations, reviews, workflow
from assessments.actions.answers import AnswerContent
from assessments.actions.answers import save as save_answer
from assessments.actions.reviews import ReviewContent
from assessments.models import Answer, AnswerKind, AnswerVersion, Assessment, Review
from assessments.scoring import Result
from assessments.states import WITH_VENDOR, State
from playbook import loading, schema
from playbook.models import Criterion, Playbook, ResponseOption, Side
from tests import bulk
from users.models import StaffRole, User
from vendors.actions.vendors import DeclaredAccount, create_vendor, declare_accounts
from vendors.models import Member, MemberRole, Stage, Vendor

PASSWORD = "correct horse battery staple"
_numbers = count(1)


@cache
def _packaged() -> tuple[bytes, str]:
    document = schema.read(schema.PACKAGED.read_bytes())
    return pickle.dumps(document), schema.content_sha256(document)


def make_playbook() -> Playbook:
    """The packaged playbook; read and checked once, since that takes seconds. Each test has a copy of its own."""
    pickled, digest = _packaged()
    found = Playbook.objects.filter(content_sha256=digest).first()
    return found or loading._publish(pickle.loads(pickled), digest, None)  # noqa: S301 -- pickled a moment ago


def make_user(name: str, *, email: str | None = None, staff_role: str = "") -> User:
    """A person who can sign in with PASSWORD; their address is verified."""
    email = email or f"{name.split()[0].lower()}@{'staff' if staff_role else 'vendor'}.example"
    user = User.objects.create_user(email=email, name=name, password=PASSWORD, staff_role=staff_role)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_staff(name: str, role: str = StaffRole.ANALYST) -> User:
    """One of our own people."""
    return make_user(name, staff_role=role)


def any_manager() -> User:
    """Whoever does what a test does not care about."""
    found = User.objects.filter(staff_role=StaffRole.MANAGER).order_by("pk").first()
    return found or make_staff("Max Weber", StaffRole.MANAGER)


def make_vendor(
    name: str = "Acme Payments", *, tier: str = "high", service: str = "", by: User | None = None
) -> Vendor:
    """A vendor without people, accounts or assessments."""
    return create_vendor(name=name, service=service, tier=tier, form_key=uuid4(), by=by or any_manager())


def make_member(vendor: Vendor, user: User | None = None, *, role: str = MemberRole.LEAD) -> Member:
    """A person's right to act for the vendor; without `user` a new person is made."""
    if user is None:
        user = make_user(f"Lea Person{(number := next(_numbers))}", email=f"lea{number}@vendor.example")
    return Member.objects.create(vendor=vendor, user=user, role=role)


def lead_of(vendor: Vendor) -> User:
    """A lead of this vendor; made where there is none."""
    member = Member.objects.filter(vendor=vendor, role=MemberRole.LEAD, is_active=True).order_by("pk").first()
    return (member or make_member(vendor)).user


def option_key(criterion: Criterion, side: str = Side.ACCEPTABLE) -> str:
    """The first response option of one side."""
    return criterion.options.filter(side=side).order_by("order").first().key


def _with_first_option(answers: QuerySet[Answer], side: str) -> list[tuple[Answer, str]]:
    """Each answer with the first response option of one side, in two queries."""
    rows = ResponseOption.objects.filter(criterion__in=answers.values("criterion"), side=side).order_by("-order")
    first = dict(rows.values_list("criterion", "key"))  # the last one put in stays
    return [(answer, first[answer.criterion_id]) for answer in answers]


def _choosing(*keys: str, notes: str = "See the console.") -> AnswerContent:
    return AnswerContent(kind=AnswerKind.STATEMENTS, statements=list(keys), notes=notes)


def answer_with(answer: Answer, *keys: str, by: User, notes: str = "See the console.", complete: bool = True) -> Answer:
    """Choose these statements; completed with a note, so that no file is needed."""
    content = _choosing(*keys, notes=notes)
    return save_answer(answer=answer, content=content, base_version=answer.version, complete=complete, by=by)


def evaluate(assessment: Assessment) -> Assessment:
    """Do what the worker does with the evidence of an assessment; returns it as it is stored then."""
    assessment.refresh_from_db()
    for run_id in {assessment.working_run_id, assessment.submitted_run_id} - {None}:
        evaluations.evaluate_now(run_id=run_id)
    assessment.refresh_from_db()
    return assessment


def answer_all(assessment: Assessment, *, by: User | None = None) -> Assessment:
    """Complete every open answer with the first acceptable statement."""
    by = by or lead_of(assessment.vendor)
    assessment = Assessment.objects.get(pk=assessment.pk)
    answers = assessment.answers.filter(is_complete=False).select_related("criterion")
    contents = {answer: _choosing(first) for answer, first in _with_first_option(answers, Side.ACCEPTABLE)}
    if assessment.state in WITH_VENDOR and not AnswerVersion.objects.filter(answer__in=contents).exists():
        bulk.complete(assessment, contents, by=by)
    else:
        for answer, content in contents.items():
            save_answer(answer=answer, content=content, base_version=answer.version, complete=True, by=by)
    return Assessment.objects.get(pk=assessment.pk)


def review_with(answer: Answer, result: str = Result.MET, *, by: User, note: str = "") -> Review:
    """Give one answer a result, resting on the first statement of the side that fits it."""
    content = _finding(result, option_key(answer.criterion, _side_of(result)), note)
    return reviews.review_answer(answer=answer, content=content, base_version=0, by=by)


def _side_of(result: str) -> str:
    return Side.ACCEPTABLE if result == Result.MET else Side.FAILURE


def _finding(result: str, key: str, note: str) -> ReviewContent:
    deviation = "Half of it is in place." if result == Result.PARTLY_MET else ""
    return ReviewContent(result=result, matched=[key], deviation=deviation, note=note)


def review_all(assessment: Assessment, *, by: User, result: str = Result.MET, note: str = "") -> Assessment:
    """Give every answer without a result this one."""
    assessment = Assessment.objects.get(pk=assessment.pk)
    unscored = assessment.answers.filter(review=None).select_related("criterion")
    pairs = [(answer, _finding(result, key, note)) for answer, key in _with_first_option(unscored, _side_of(result))]
    if bulk.plainly_scored(assessment, by=by):
        bulk.score(assessment, pairs, by=by)
    else:
        for answer, content in pairs:
            reviews.review_answer(answer=answer, content=content, base_version=0, by=by)
    return Assessment.objects.get(pk=assessment.pk)


def make_assessment(
    *,
    vendor: Vendor | None = None,
    state: str = State.DRAFT,
    period: str = "2026",
    due_on: date | None = None,
    analyst: User | None = None,
    by: User | None = None,
) -> Assessment:
    """An assessment in `state`, brought there by the same actions that people use.

    In progress nothing is answered; from submitted on all is answered; closed means all met. Changes requested has one
    question back to the vendor, on the first answer.
    """
    vendor, by = vendor or make_vendor(), by or any_manager()
    assessment = workflow.open_assessment(
        vendor=vendor,
        playbook=make_playbook(),
        period=period,
        due_on=due_on or timezone.localdate() + timedelta(days=30),
        analyst=analyst,
        form_key=uuid4(),
        by=by,
    )
    return _bring_to(assessment, State(state), by)


def _bring_to(assessment: Assessment, state: State, by: User) -> Assessment:
    if state == State.DRAFT:
        return assessment
    if state == State.CANCELLED:
        return workflow.cancel(assessment=assessment, by=by)
    lead = lead_of(assessment.vendor)
    assessment = workflow.send(assessment=assessment, by=by)
    if state == State.IN_PROGRESS:
        return assessment
    account = DeclaredAccount(account_id="111122223333", name="Production", stage=Stage.PRODUCTION)
    declare_accounts(vendor=assessment.vendor, accounts=[account], by=lead)
    assessment = workflow.submit(assessment=answer_all(assessment, by=lead), attested_name=lead.name, by=lead)
    if state == State.CHANGES_REQUESTED:
        reviews.ask(answer=assessment.answers.first(), text="Which accounts does this cover?", by=by)
        return workflow.request_changes(assessment=assessment, by=by)
    if state == State.CLOSED:
        return workflow.close(assessment=review_all(assessment, by=by), by=by)
    return assessment
