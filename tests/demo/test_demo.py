"""The demo as it stands after loading. It is loaded once for this module, in a transaction that is rolled back."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from assessments.demo.cast import COMPANIES, PASSWORD, logins
from assessments.demo.load import load
from assessments.evaluators.formats import credential_report
from assessments.models import (
    Answer,
    AnswerVersion,
    Assessment,
    Campaign,
    Decision,
    Evidence,
    Finding,
    Query,
    Report,
    Review,
    SecondLook,
)
from assessments.queries.decisions import conditions_for, conditions_of, to_renew
from assessments.queries.second_looks import standing
from assessments.queries.sparks import sparks
from assessments.states import State
from audit.models import Chain, Event
from audit.trail import verify_chain
from outbox.models import Mail
from tests.reports.test_render import text_of
from users.models import User
from vendors.models import AwsAccount, Invitation, Vendor

# Each test in a transaction of its own, inside that of the module. Without it nobody would ask for a database.
pytestmark = pytest.mark.django_db

# Account ids as AWS's own documentation uses them.
DOCUMENTATION_IDS = {
    "111122223333",
    "444455556666",
    "777788889999",
    "123456789012",
    *(str(n) * 12 for n in range(1, 10)),
}
SECRETS = re.compile(
    rb"(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12}|PRIVATE KEY|aws_secret|SecretAccessKey|xox[bp]-|ghp_|eyJ[A-Za-z0-9_-]{20}"
)


@pytest.fixture(scope="module", autouse=True)
def demo(request: pytest.FixtureRequest) -> Iterator[list[Assessment]]:
    """The loaded demo; its rows and its files are gone afterwards."""
    request.getfixturevalue("django_db_setup")
    with request.getfixturevalue("django_db_blocker").unblock(), transaction.atomic():
        yield load()
        for evidence in Evidence.objects.all():
            default_storage.delete(evidence.file.name)
            if evidence.preview:
                default_storage.delete(evidence.preview.name)
        for report in Report.objects.exclude(file=""):
            default_storage.delete(report.file.name)
        transaction.set_rollback(True)


def assessment(vendor: str, state: State) -> Assessment:
    return Assessment.objects.get(vendor__name=vendor, state=state)


def closed(vendor: str, years_ago: int) -> Assessment:
    period = str(timezone.localdate().year - years_ago)
    return Assessment.objects.get(vendor__name=vendor, state=State.CLOSED, period=period)


def content(evidence: Evidence) -> bytes:
    with evidence.file.open() as file:
        return file.read()


def test_five_vendors_with_every_state() -> None:
    tiers = dict(Vendor.objects.values_list("name", "tier"))
    assert tiers == {
        "Halvorsen Payments": "critical",
        "Nordlys Hosting": "low",
        "Orchard Payroll": "high",
        "Quill Logistics": "medium",
        "Tarn Analytics": "low",
    }
    found = sorted(Assessment.objects.values_list("vendor__name", "state"))
    assert found == [
        ("Halvorsen Payments", "closed"),
        ("Halvorsen Payments", "closed"),
        ("Halvorsen Payments", "submitted"),
        ("Nordlys Hosting", "in_progress"),
        ("Orchard Payroll", "cancelled"),
        ("Orchard Payroll", "changes_requested"),
        ("Orchard Payroll", "closed"),
        ("Orchard Payroll", "draft"),
        ("Quill Logistics", "closed"),
        ("Quill Logistics", "closed"),
        ("Quill Logistics", "in_progress"),
        ("Tarn Analytics", "in_progress"),
    ]
    assert {state for _, state in found} == set(State)


def test_the_portfolio_shows_the_running_ones() -> None:
    latest = set(Assessment.objects.filter(is_latest=True).values_list("state", flat=True))
    assert latest == {"submitted", "changes_requested", "in_progress"}


def test_scores_tell_the_vendors_apart() -> None:
    now = assessment("Halvorsen Payments", State.SUBMITTED)
    assert (now.score, now.grade, now.is_provisional, now.reviewed_count) == (Decimal("7.8"), "B", True, 21)
    assert now.due_on < timezone.localdate()
    weak = assessment("Orchard Payroll", State.CHANGES_REQUESTED)
    assert (weak.score, weak.grade, weak.round, weak.reviewed_count) == (Decimal("4.2"), "D", 2, 33)


def test_two_years_of_history_in_which_the_vendors_got_better() -> None:
    year = timezone.localdate().year
    found = Assessment.objects.filter(state=State.CLOSED).order_by("vendor__name", "closed_at")
    assert list(found.values_list("vendor__name", "period", "score", "grade", "reviewed_count")) == [
        ("Halvorsen Payments", str(year - 2), Decimal("4.3"), "D", 33),
        ("Halvorsen Payments", str(year - 1), Decimal("5.8"), "C", 33),
        ("Orchard Payroll", str(year - 2), Decimal("3.0"), "F", 33),
        ("Quill Logistics", str(year - 2), Decimal("6.3"), "C", 33),
        ("Quill Logistics", str(year - 1), Decimal("8.4"), "B", 33),
    ]
    manager = User.objects.get(email="max@alder.example")
    vendors = dict(found.values_list("vendor", "vendor__name"))
    assert {vendors[vendor]: spark.words for vendor, spark in sparks(manager, list(vendors)).items()} == {
        "Halvorsen Payments": f"{year - 2}: 4.3, {year - 1}: 5.8",
        "Quill Logistics": f"{year - 2}: 6.3, {year - 1}: 8.4",
    }


def test_last_year_began_with_the_answers_of_the_year_before() -> None:
    last = closed("Quill Logistics", 1)
    assert last.answers.exclude(carried_from=None).count() == 33
    assert {one.carried_from.assessment_id for one in last.answers.select_related("carried_from")} == {
        closed("Quill Logistics", 2).pk
    }


def test_closed_ones_have_a_report_of_their_own_time() -> None:
    for one in Assessment.objects.filter(state=State.CLOSED).select_related("last_report"):
        report = one.last_report
        assert (report.state, report.requested_by.name) == ("ready", "Max Solheim")
        with report.file.open() as file:
            _cover, summary, following, *_rest = text_of(file.read())
        assert "Priority 1 actions" in summary  # on one page, whatever was decided
        assert "\nResults by domain" in following
        assert report.finished_at.date() >= one.closed_at.date()
        assert (timezone.now() - report.finished_at).days > 300


def test_the_manager_has_approved_with_conditions_rejected_and_let_expire() -> None:
    today = timezone.localdate()
    found = [
        (one.assessment.vendor.name, one.kind, one.expires_on and (one.expires_on - today).days, len(one.conditions))
        for one in Decision.objects.select_related("assessment__vendor").order_by("id")
    ]
    assert found == [
        ("Halvorsen Payments", "approved", -6, 0),
        ("Quill Logistics", "rejected", None, 0),
        ("Quill Logistics", "conditions", 34, 2),
    ]
    manager = User.objects.get(email="max@alder.example")
    assert [row.standing.decision.assessment.vendor.name for row in to_renew(manager)] == ["Halvorsen Payments"]
    one, two = conditions_of(Decision.objects.get(kind="conditions"))
    assert (one.met is None, one.is_overdue, two.met is None, two.is_overdue) == (False, False, True, True)
    assert [(today - row.due_on).days for row in conditions_for(manager)] == [12]


def test_questions_back_to_the_vendor() -> None:
    waiting = Query.objects.filter(round=None).values_list(
        "answer__assessment__vendor__name", "answer__criterion__number"
    )
    assert sorted(waiting) == [("Halvorsen Payments", 6), ("Halvorsen Payments", 13)]
    sent = Query.objects.filter(round=2).order_by("answer__criterion__number")
    assert [(query.answer.criterion.number, query.answer.is_complete) for query in sent] == [
        (5, False),
        (15, False),
        (26, True),
    ]


def test_findings_at_every_point_of_their_way() -> None:
    today = timezone.localdate()
    found = Finding.objects.order_by("answer__assessment__vendor__name", "-answer__assessment_id", "answer_id")
    assert [
        (one.assessment.vendor.name[:5], one.answer.criterion.number, one.state, one.is_overdue(today))
        for one in found.select_related("answer__assessment__vendor", "answer__criterion")
    ] == [
        ("Halvo", 7, "open", False),
        ("Halvo", 12, "open", False),
        ("Halvo", 7, "planned", True),
        ("Halvo", 9, "verified", False),
        ("Halvo", 12, "open", True),
        ("Halvo", 13, "open", True),
        ("Halvo", 21, "verified", False),
        ("Quill", 14, "verified", False),
        ("Quill", 22, "accepted", False),
        ("Quill", 26, "fixed", False),
        ("Quill", 31, "planned", False),
    ]
    carried = found.exclude(carried_from=None).values_list("answer__criterion__number", flat=True)
    assert list(carried) == [7, 12]
    assert Evidence.objects.get(finding__answer__criterion__number=21).name == "rds-databases-rebuilt.json"


def test_half_answered_questionnaire() -> None:
    running = assessment("Quill Logistics", State.IN_PROGRESS)
    assert (running.answered_count, (running.due_on - timezone.localdate()).days) == (20, 18)
    drafts = running.answers.filter(is_complete=False).exclude(version=0)
    assert [answer.criterion.number for answer in drafts] == [7, 14, 15, 31]
    assert [answer.criterion.number for answer in running.answers.filter(kind="unknown")] == [15]
    bare = running.answers.filter(is_complete=True, evidence=None, kind="statements")
    assert [answer.criterion.number for answer in bare] == [4, 18, 28]


@pytest.mark.parametrize("email", [person.email for _, person in logins()])
def test_everybody_can_sign_in(email: str) -> None:
    cache.clear()
    client = Client()
    with override_settings(DEMO=True):
        answer = client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(User.objects.get(email=email).pk)


def test_the_password_is_long_enough_for_the_product() -> None:
    assert len(PASSWORD) >= 15


def test_each_vendor_has_an_open_invitation_whose_mail_waits() -> None:
    for company in COMPANIES:
        (person,) = company.invited
        invitation = Invitation.objects.pending().get(vendor__name=company.name)
        assert (invitation.email, invitation.role, invitation.token_hash) == (person.email, person.role, None)
        assert Mail.objects.get(to=person.email, kind="vendor.invitation").state == Mail.State.QUEUED


def test_a_campaign_went_to_two_new_vendors_six_days_ago() -> None:
    campaign = Campaign.objects.get()
    assert (campaign.name, campaign.created_by.name) == (f"Smaller vendors {timezone.localdate().year}", "Max Solheim")
    assert (timezone.localdate() - timezone.localdate(campaign.created_at)).days == 6
    assert (campaign.due_on - timezone.localdate()).days == 22
    sent = campaign.assessments.order_by("pk")
    assert [(one.vendor.name, one.analyst.name) for one in sent] == [
        ("Nordlys Hosting", "Ines Duarte"),
        ("Tarn Analytics", "Ines Duarte"),
    ]
    invited = Invitation.objects.pending().filter(vendor__assessments__campaign=campaign)
    assert sorted(invited.values_list("email", flat=True)) == ["ingrid@nordlys.example", "owen@tarn.example"]


def test_the_trail_is_whole_and_in_order() -> None:
    assert Chain.objects.count() == 6
    for chain in Chain.objects.all():
        times = list(Event.objects.filter(chain=chain).order_by("position").values_list("at", flat=True))
        assert verify_chain(chain) == len(times) > 0
        assert times == sorted(times)


def test_every_answer_result_and_file_has_its_event() -> None:
    kinds = list(Event.objects.values_list("kind", flat=True))
    assert kinds.count("evidence.attached") == Evidence.objects.count()
    assert kinds.count("review.saved") == Review.objects.count() == 33 * 6 + 21
    assert kinds.count("answer.completed") == 33 * 7 + 5 + 20 + 1  # and the one that was answered again
    assert AnswerVersion.objects.count() >= kinds.count("answer.completed")


def test_nothing_happens_in_the_future() -> None:
    now = timezone.now()
    times = [
        *Event.objects.values_list("at", flat=True),
        *Answer.objects.exclude(updated_at=None).values_list("updated_at", flat=True),
        *Evidence.objects.values_list("received_at", flat=True),
        *Evidence.objects.for_answers().values_list("effective_at", flat=True),
        *Mail.objects.values_list("due_at", flat=True),
        *User.objects.values_list("joined_at", flat=True),
    ]
    assert max(times) < now
    assert None not in times


def test_credential_reports_are_recognised() -> None:
    reports = Evidence.objects.filter(format="iam-credential-report").order_by("pk")
    assert {name for name, kind in reports.values_list("name", "kind") if kind == "json"} == {
        "credential-report-payments-staging.json"
    }
    assert reports.count() == 7
    for report in reports:
        assert report.facts["problems"] == []
        assert [link.answer.criterion.number for link in report.links.order_by("answer__criterion__number")] == [
            5, 6, 10, 11, 12, 13, 14,
        ]  # fmt: skip


def test_the_report_contradicts_the_answer_to_question_13() -> None:
    submitted = assessment("Halvorsen Payments", State.SUBMITTED)
    assert submitted.answers.get(criterion__number=13).statements == ["aws-core-13-a1"]
    evidence = submitted.evidence.get(name="credential-report-payments-prod.csv")
    report = credential_report.parse(content(evidence), received_at=evidence.received_at)
    active, breaches = 0, {}
    for row in report.rows:
        for number, key in enumerate(row.keys, start=1):
            if key.active:
                active += 1
                used = (evidence.effective_at - key.last_used).days if isinstance(key.last_used, datetime) else None
                if used is None or used > 90:
                    breaches[row.user, number] = used
    assert active == 7
    assert breaches == {("j.moreau", 1): None, ("svc-legacy-sftp", 1): 214, ("t.lind", 2): 143}


def test_captures_are_large_enough_to_read() -> None:
    images = Evidence.objects.filter(kind="image")
    assert images.count() == 23
    for evidence in images:
        with Image.open(io.BytesIO(content(evidence))) as image:
            assert (image.format, image.size) == ("PNG", (1920, 1080))
        assert evidence.preview
        assert evidence.size < 300_000


def test_evidence_is_of_every_ordinary_kind() -> None:
    assert set(Evidence.objects.values_list("kind", flat=True)) == {"image", "csv", "json", "pdf", "text"}
    assert not Evidence.objects.for_answers().exclude(effective_source__in=["read", "stated"]).exists()


def words() -> list[str]:
    """Everything the demo's people wrote."""
    answers = Answer.objects.values_list("notes", "reason", "plan")
    reviews = Review.objects.values_list("note", "deviation")
    queries = Query.objects.values_list("text")
    return [text for row in (*answers, *reviews, *queries) for text in row if text]


def test_nothing_looks_like_a_secret() -> None:
    found = [evidence.name for evidence in Evidence.objects.all() if SECRETS.search(content(evidence))]
    assert found == []
    assert [text for text in words() if SECRETS.search(text.encode())] == []


def test_only_account_ids_of_the_documentation() -> None:
    numbers = set(AwsAccount.objects.values_list("account_id", flat=True))
    for evidence in Evidence.objects.filter(kind__in=["csv", "json", "text"]):
        numbers |= set(re.findall(r"(?<![\w.-])\d{12}(?!\w)", content(evidence).decode()))
        numbers |= set(evidence.accounts)
    for text in words():
        numbers |= set(re.findall(r"\b\d{12}\b", text))
    assert len(numbers) == 12
    assert numbers - DOCUMENTATION_IDS == set()


def test_no_filler() -> None:
    """Within one assessment no note stands twice, and no placeholder was left in."""
    for each in Assessment.objects.all():
        for model, lookup in ((Answer, "assessment"), (Review, "answer__assessment")):
            field = "notes" if model is Answer else "note"
            notes = [note for note in model.objects.filter(**{lookup: each}).values_list(field, flat=True) if note]
            assert len(notes) == len(set(notes)), each
    assert [text for text in words() if "{" in text or "lorem" in text.lower()] == []
    assert all(review.note for review in Review.objects.all())


@override_settings(DEMO=True)
def test_loading_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def rows() -> dict[str, int]:
        return {model._meta.label: model.objects.count() for model in apps.get_models()}

    before = rows()
    call_command("load_demo")
    assert rows() == before
    out = capsys.readouterr().out
    assert "There are vendors already, so the demo was not loaded. Nothing was changed." in out
    for _, person in logins():
        assert person.email in out
    assert PASSWORD in out


def test_a_second_look_is_finished_and_what_differed_is_settled() -> None:
    look = SecondLook.objects.select_related("assessment__vendor", "analyst").get()
    found = standing(look.assessment)
    assert found is not None
    assert (look.assessment.vendor.name, look.analyst.name) == ("Halvorsen Payments", "Ines Duarte")
    assert found.kappa is not None
    # First: 4 partly met, 4 not met, 1 met, 1 not verified; second 4, 5, 0, 1: (80 - 37) / (100 - 37).
    assert (found.kappa.agreed, found.kappa.count, found.kappa.rounded) == (8, 10, Decimal("0.68"))
    assert found.unsettled == 0
