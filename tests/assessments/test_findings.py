"""A finding from the result it is made of until it is verified: what is stored, refused, told and kept."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from assessments.actions import findings, workflow
from assessments.actions.findings import FindingContent, FindingRefused, StaleFinding
from assessments.models import Assessment, Finding
from assessments.scoring import Result, fix_by
from audit.models import Event
from outbox.actions import deliver_due
from tests import factories
from tests.assessments.findings import closed_with, raised, verified
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db
DAYS = {"P1": 30, "P2": 60, "P3": 90}


def kinds(finding: Finding) -> list[str]:
    """What happened to a finding, in order."""
    return list(Event.objects.filter(target=f"finding:{finding.pk}").order_by("pk").values_list("kind", flat=True))


def content(finding: Finding, **changes: object) -> FindingContent:
    names = FindingContent.__dataclass_fields__
    return FindingContent(**{name: getattr(finding, name) for name in names} | changes)


@pytest.mark.parametrize(
    ("priority", "due_on"),
    [("P1", date(2026, 3, 3)), ("P2", date(2026, 4, 2)), ("P3", date(2026, 5, 2)), ("P4", None)],
)
def test_the_day_of_each_priority(priority: str, due_on: date | None) -> None:
    assert fix_by(priority=priority, start=date(2026, 2, 1), days=DAYS) == due_on


def test_a_finding_begins_with_the_words_of_the_playbook_and_of_the_result(submitted: Assessment, ana: User) -> None:
    # Question 13 is critical and so is Acme: 4 + 4 is P1
    finding = raised(submitted, 13, by=ana, note="Three keys are older than 90 days.")
    criterion = finding.answer.criterion
    assert (finding.title, finding.what_we_saw) == (criterion.short_title, "Three keys are older than 90 days.")
    assert finding.why_it_matters == (criterion.severity_rationale or criterion.why_important)
    assert finding.what_to_do == "\n".join(criterion.remediation)
    today = timezone.localdate()
    rule = {"critical": ("P1", 30), "high": ("P1", 30), "medium": ("P2", 60), "low": ("P3", 90)}
    priority, days = rule[criterion.severity]
    assert (finding.severity, finding.priority) == (criterion.severity, priority)
    assert (finding.due_on, finding.state) == (today + timedelta(days=days), "open")
    assert kinds(finding) == ["finding.raised"]


def test_the_days_are_a_setting(submitted: Assessment, ana: User) -> None:
    with override_settings(FINDING_DUE_DAYS={}):
        assert raised(submitted, 13, by=ana).due_on is None


def test_a_second_click_makes_no_second_one(submitted: Assessment, ana: User) -> None:
    first = raised(submitted, 13, by=ana)
    assert findings.raise_finding(answer=first.answer, by=ana) == first
    assert kinds(first) == ["finding.raised"]


@pytest.mark.parametrize("result", [Result.MET, None])
def test_what_is_no_gap_makes_no_finding(submitted: Assessment, ana: User, result: str | None) -> None:
    answer = submitted.answers.select_related("criterion").get(criterion__number=13)
    if result:
        factories.review_with(answer, result, by=ana)
    with pytest.raises(FindingRefused, match="Save a result first: not met, partly met or not verified."):
        findings.raise_finding(answer=answer, by=ana)
    assert not Finding.objects.exists()


def test_none_is_raised_while_the_vendor_has_the_questions(in_progress: Assessment, ana: User) -> None:
    with pytest.raises(FindingRefused, match="The vendor has the questions now."):
        findings.raise_finding(answer=in_progress.answers.get(criterion__number=13), by=ana)


def test_a_change_is_stored_once_and_never_over_another_one(submitted: Assessment, ana: User, max: User) -> None:
    finding = raised(submitted, 13, by=ana)
    changed = content(finding, title="Old keys", priority="P3", due_on=None)
    saved = findings.edit_finding(finding=finding, content=changed, base_version=1, by=ana)
    assert (saved.title, saved.priority, saved.due_on, saved.version) == ("Old keys", "P3", None, 2)
    findings.edit_finding(finding=finding, content=changed, base_version=1, by=ana)  # the same again
    with pytest.raises(StaleFinding) as stale:
        findings.edit_finding(finding=finding, content=content(saved, title="Other"), base_version=1, by=max)
    assert stale.value.current.title == "Old keys"
    assert kinds(finding) == ["finding.raised", "finding.changed"]


def test_the_way_to_verified(acme: Vendor, ana: User, rita: User) -> None:
    finding = closed_with(acme, 13, by=ana)
    soon = timezone.localdate() + timedelta(days=10)
    finding = findings.plan_fix(finding=finding, plan="Delete them.", plan_due_on=soon, base_version=1, by=rita)
    assert (finding.state, finding.plan, finding.plan_due_on) == ("planned", "Delete them.", soon)
    findings.plan_fix(finding=finding, plan="Delete them.", plan_due_on=soon, base_version=1, by=rita)  # again
    with pytest.raises(FindingRefused, match="Add a file that shows it, or write what was done."):
        findings.mark_fixed(finding=finding, words=" ", by=rita)
    finding = findings.mark_fixed(finding=finding, words="All deleted.", by=rita)
    findings.mark_fixed(finding=finding, words="All deleted.", by=rita)  # a second click
    assert (finding.state, finding.fixed_at is not None) == ("fixed", True)
    with pytest.raises(FindingRefused, match="Write what is still missing. The vendor reads it."):
        findings.reopen(finding=finding, words="", base_version=3, by=ana)
    finding = findings.reopen(finding=finding, words="One is left.", base_version=3, by=ana)
    assert (finding.state, finding.fixed_at) == ("open", None)
    findings.mark_fixed(finding=finding, words="The last one too.", by=rita)
    finding = findings.verify(finding=finding, words="", base_version=5, by=ana)
    assert (finding.state, finding.verified_at is not None) == ("verified", True)
    assert kinds(finding) == [
        f"finding.{word}" for word in ("raised", "planned", "fixed", "reopened", "fixed", "verified")
    ]
    with pytest.raises(FindingRefused, match="can only be read"):
        findings.edit_finding(finding=finding, content=content(finding, title="x"), base_version=6, by=ana)


def test_what_the_vendor_has_not_called_fixed_is_verified_with_words_alone(acme: Vendor, ana: User) -> None:
    finding = closed_with(acme, 13, by=ana)
    with pytest.raises(FindingRefused, match="The vendor has not said that this is fixed. Write how you know."):
        findings.verify(finding=finding, words="", base_version=1, by=ana)
    assert findings.verify(finding=finding, words="Seen in a call.", base_version=1, by=ana).state == "verified"


def test_nobody_checks_what_was_changed_meanwhile(acme: Vendor, ana: User, rita: User) -> None:
    finding = closed_with(acme, 13, by=ana)
    findings.mark_fixed(finding=finding, words="Done.", by=rita)
    with pytest.raises(StaleFinding):
        findings.verify(finding=finding, words="Seen.", base_version=1, by=ana)


def test_the_vendor_writes_to_none_while_the_assessment_is_in_review(
    submitted: Assessment, ana: User, rita: User
) -> None:
    finding = raised(submitted, 13, by=ana)
    words = "The assessment was opened again meanwhile. Nothing was changed."
    with pytest.raises(FindingRefused, match=words):
        findings.plan_fix(finding=finding, plan="x", plan_due_on=date(2027, 1, 1), base_version=1, by=rita)
    with pytest.raises(FindingRefused, match=words):
        findings.mark_fixed(finding=finding, words="x", by=rita)


def test_one_the_vendor_never_saw_can_be_removed(submitted: Assessment, ana: User) -> None:
    finding = raised(submitted, 13, by=ana)
    findings.remove_finding(finding=finding, by=ana)
    findings.remove_finding(finding=finding, by=ana)  # a second click
    assert not Finding.objects.exists()
    (event,) = Event.objects.filter(kind="finding.removed")
    assert event.target == f"answer:{finding.answer_id}"


def test_one_the_vendor_sees_stays(acme: Vendor, ana: User) -> None:
    finding = closed_with(acme, 13, by=ana)
    with pytest.raises(FindingRefused, match="The vendor sees this finding already, so it stays."):
        findings.remove_finding(finding=finding, by=ana)


def test_one_that_was_answered_stays_when_the_assessment_is_opened_again(
    acme: Vendor, ana: User, max: User, rita: User
) -> None:
    finding = closed_with(acme, 13, by=ana)
    day = timezone.localdate()
    findings.plan_fix(finding=finding, plan="Delete them.", plan_due_on=day, base_version=1, by=rita)
    other = factories.make_staff("Mia Stern", "manager")
    workflow.reopen(assessment=finding.assessment, reason="A file came late.", by=other)
    with pytest.raises(FindingRefused, match="The vendor has answered this finding, so it stays."):
        findings.remove_finding(finding=finding, by=ana)


# --- Last year's -----------------------------------------------------------------------------------------------


def test_what_was_not_verified_last_year_is_carried_over(acme: Vendor, ana: User, rita: User) -> None:
    old, other = closed_with(acme, 13, 14, by=ana, period="2025")
    verified(other, by=ana)
    now = factories.make_assessment(vendor=acme, state="submitted")
    again, fresh = raised(now, 13, by=ana), raised(now, 14, by=ana)
    assert (again.carried_from, fresh.carried_from) == (old, None)
    # until the new one is closed the vendor goes on with the old one, and then with the new one alone
    assert set(Finding.objects.current()) == {old, other, again, fresh}
    factories.review_all(now, by=ana)
    workflow.close(assessment=now, by=ana)
    assert set(Finding.objects.current()) == {other, again, fresh}
    with pytest.raises(FindingRefused, match="This finding was carried over to a newer assessment."):
        findings.mark_fixed(finding=old, words="Done.", by=rita)


def test_what_another_vendor_left_open_is_not_carried_over(acme: Vendor, birch: Vendor, ana: User) -> None:
    closed_with(birch, 13, by=ana, period="2025")
    assert raised(factories.make_assessment(vendor=acme, state="submitted"), 13, by=ana).carried_from is None


# --- Who is told -----------------------------------------------------------------------------------------------


def sent() -> list[tuple[str, str]]:
    """To whom and with which subject mails really went out since the last look."""
    deliver_due()
    found = [(message.to[0], message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return found


def test_closing_tells_leads_of_findings_in_place_of_good_news(acme: Vendor, rita: User, ana: User) -> None:
    submitted = factories.make_assessment(vendor=acme, state="submitted")
    raised(submitted, 13, by=ana)
    factories.review_all(submitted, by=ana)
    sent()
    workflow.close(assessment=submitted, by=ana)
    assert sent() == [(rita.email, "Alder Mutual has found something to fix")]


def test_each_step_tells_the_other_side(acme: Vendor, rita: User, ana: User) -> None:
    finding = closed_with(acme, 13, by=ana)
    assert sent() != []
    findings.mark_fixed(finding=finding, words="Done.", by=rita)
    assert sent() == [(ana.email, "Assay: a fix is to be checked")]
    findings.reopen(finding=finding, words="One is left.", base_version=2, by=ana)
    assert sent() == [(rita.email, "Alder Mutual asks for more on a finding")]
    findings.mark_fixed(finding=finding, words="Done now.", by=rita)
    sent()
    findings.verify(finding=finding, words="", base_version=4, by=ana)
    assert sent() == [(rita.email, "Alder Mutual has verified a fix")]


def test_a_mail_that_is_overtaken_is_not_sent(acme: Vendor, rita: User, ana: User) -> None:
    finding = closed_with(acme, 13, by=ana)
    sent()
    findings.mark_fixed(finding=finding, words="Done.", by=rita)
    findings.verify(finding=finding, words="", base_version=2, by=ana)
    assert sent() == [(rita.email, "Alder Mutual has verified a fix")]
