"""Pages of findings: ours, the vendor's, and that neither sees what is not theirs."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import findings, reviews, workflow
from assessments.models import Assessment, Evidence, Finding
from assessments.scoring import Result
from tests import factories
from tests.assessments.findings import closed_with, late, raised
from tests.assessments.staff.pages import count_queries, said, texts
from tests.assessments.vendor.helpers import png
from tests.test_access_table import ask, client_of
from users.models import User
from vendors.models import MemberRole, Vendor

pytestmark = pytest.mark.django_db
LIST = "/findings/"


def at(finding: Finding, act: str = "") -> str:
    return f"/findings/{finding.pk}/{act}"


def client_for(person: User) -> Client:
    return client_of(person)


def shown(client: Client, **query: str) -> list[str]:
    """Titles of the list, in its order."""
    return [row.finding.title for row in client.get(f"{LIST}?{urlencode(query)}").context["sheet"].rows]


def titled(finding: Finding, title: str, **values: object) -> Finding:
    """The finding with another title, to be told from others."""
    Finding.objects.filter(pk=finding.pk).update(title=title, **values)
    finding.refresh_from_db()
    return finding


# --- Raising ---------------------------------------------------------------------------------------------------


def test_one_click_on_the_workbench_raises_a_finding(submitted: Assessment, ana: User) -> None:
    client, page = client_for(ana), reverse("assessments:score-edit", args=[submitted.pk, 13])
    assert "Raise a finding" not in texts(client.get(page))
    answer = submitted.answers.select_related("criterion").get(criterion__number=13)
    factories.review_with(answer, Result.NOT_VERIFIED, by=ana)
    assert "Raise a finding" in texts(client.get(page))
    done = client.post(f"{page}finding", follow=True)
    finding = Finding.objects.get()
    assert done.redirect_chain == [(at(finding), 302)]
    assert said(done) == ["The finding was raised. Go over its words: the vendor reads them."]
    again = texts(client.get(page))
    assert "Raise a finding" not in again
    assert finding.title in again


def test_the_overview_leads_to_each_finding_or_raises_it(submitted: Assessment, ana: User, max: User) -> None:
    finding = raised(submitted, 13, by=ana)
    factories.review_with(submitted.answers.get(criterion__number=14), Result.NOT_MET, by=ana)
    page = reverse("assessments:detail", args=[submitted.pk])
    html = client_for(ana).get(page).content.decode()
    assert html.count(f'href="{at(finding)}"') == 1
    assert html.count("/score/14/finding") == 1
    assert "/score/13/finding" not in html
    assert "/score/14/finding" not in client_for(max).get(page).content.decode()  # a manager reads


def test_a_met_question_says_what_is_missing(submitted: Assessment, ana: User) -> None:
    reply = client_for(ana).post(reverse("assessments:finding-raise", args=[submitted.pk, 13]), follow=True)
    assert said(reply) == ["Save a result first: not met, partly met or not verified."]


# --- Our page --------------------------------------------------------------------------------------------------


def fields(finding: Finding, **changes: object) -> dict[str, object]:
    names = ("title", "what_we_saw", "why_it_matters", "what_to_do", "severity", "priority")
    due_on = finding.due_on.isoformat() if finding.due_on else ""
    return {name: getattr(finding, name) for name in names} | {
        "due_on": due_on,
        "base_version": finding.version,
        **changes,
    }


def test_a_change_is_saved_and_a_late_one_shown_beside_what_is_stored(submitted: Assessment, ana: User) -> None:
    finding, client = raised(submitted, 13, by=ana), client_for(ana)
    done = client.post(at(finding), fields(finding, title="Old keys", due_on=""), follow=True)
    assert said(done) == ["The finding was saved."]
    finding.refresh_from_db()
    assert (finding.title, finding.due_on) == ("Old keys", None)
    stale = client.post(at(finding), fields(finding, title="Mine", base_version=1))
    assert stale.status_code == 409
    words = texts(stale)
    assert "This finding was changed meanwhile." in words
    assert 'value="Mine"' in stale.content.decode()
    finding.refresh_from_db()
    assert finding.title == "Old keys"
    assert client.post(at(finding), fields(finding, title="Mine")).status_code == 302  # knowingly, over it


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("title", "", "Title is missing"),
        ("title", "x" * 121, "Title must be 120 characters or less"),
        ("due_on", "2020-01-01", "Choose a day that is not past"),
        ("due_on", "soon", "Enter a date with day, month and year"),
        ("severity", "awful", "Select a valid choice"),
    ],
)
def test_bad_input_is_named_and_kept(submitted: Assessment, ana: User, field: str, value: str, problem: str) -> None:
    finding = raised(submitted, 13, by=ana)
    reply = client_for(ana).post(at(finding), fields(finding, **{field: value}, what_to_do="Kept."))
    assert reply.status_code == 422
    assert problem in texts(reply)
    assert "Kept." in texts(reply)
    assert Finding.objects.get().version == 1


def test_a_finding_the_vendor_has_not_seen_can_be_removed(submitted: Assessment, ana: User) -> None:
    finding, client = raised(submitted, 13, by=ana), client_for(ana)
    assert "Remove this finding" in texts(client.get(at(finding)))
    reply = client.post(at(finding, "remove"), follow=True)
    assert said(reply) == ["The finding was removed."]
    assert not Finding.objects.exists()


# --- Our list --------------------------------------------------------------------------------------------------


@pytest.fixture
def many(acme: Vendor, birch: Vendor, ana: User, rita: User) -> list[Finding]:
    """Acme's and Birch's findings: one late, one planned, one fixed, one verified."""
    one, two, three = closed_with(acme, 11, 12, 13, by=ana)
    four = closed_with(birch, 14, by=factories.make_staff("Ines Vogel"))
    late(titled(one, "Late", priority="P1"))
    day = timezone.localdate() + timedelta(days=5)
    titled(two, "Planned", priority="P2", due_on=day)
    findings.plan_fix(finding=two, plan="Later.", plan_due_on=day, base_version=1, by=rita)
    titled(three, "Fixed", priority="P3", due_on=day + timedelta(days=1))
    findings.mark_fixed(finding=three, words="Done.", by=rita)
    titled(four, "Verified", priority="P4", due_on=None)
    findings.verify(finding=four, words="Seen.", base_version=1, by=ana)
    return [one, two, three, four]


def test_filters_of_the_list(many: list[Finding], ana: User) -> None:
    client, ines = client_for(ana), User.objects.get(name="Ines Vogel")
    assert shown(client) == ["Late", "Planned", "Fixed"]
    assert shown(client, state="all") == ["Late", "Planned", "Fixed", "Verified"]
    assert shown(client, state="verified") == ["Verified"]
    assert shown(client, priority="P2") == ["Planned"]
    assert shown(client, overdue="on") == ["Late"]
    assert shown(client, q="acme") == ["Late", "Planned", "Fixed"]
    assert shown(client, q="birch", state="all") == ["Verified"]
    assert shown(client, owner=str(ines.pk), state="all") == ["Verified"]
    assert shown(client, owner="nobody", state="all") == []
    assert shown(client, state="nonsense", priority="P9", owner="x") == ["Late", "Planned", "Fixed"]


def test_filters_stay_in_the_address_of_the_next_page(
    many: list[Finding], ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessments.queries.findings.PAGE_SIZE", 2)
    client = client_for(ana)
    first = client.get(f"{LIST}?q=acme&state=all&page=1").content.decode()
    assert 'href="?q=acme&amp;state=all&amp;page=2"' in first
    assert shown(client, q="acme", state="all", page="2") == ["Fixed"]
    assert shown(client, q="acme", state="all", page="99") == ["Fixed"]


def test_the_list_says_how_late(many: list[Finding], ana: User) -> None:
    words = texts(client_for(ana).get(LIST))
    assert "Open, overdue" in words
    assert "3 days overdue" in words
    assert "Showing 1 to 3 of 3 findings" in words


def test_the_worklist_has_fixes_to_check_and_what_is_overdue(many: list[Finding], ana: User) -> None:
    work = client_for(ana).get("/reviews/").context["findings"]
    assert [row.finding.title for row in work.to_check] == ["Fixed"]
    assert [row.finding.title for row in work.overdue] == ["Late"]


@pytest.mark.parametrize("count", [1, 5])
def test_query_counts(acme: Vendor, ana: User, rita: User, count: int) -> None:
    made = closed_with(acme, *range(10, 10 + count), by=ana)
    first = made if count == 1 else made[0]
    assert count_queries(client_for(ana), LIST) == 5
    assert count_queries(client_for(rita), LIST) == 4
    assert count_queries(client_for(ana), at(first)) == 8
    assert count_queries(client_for(rita), at(first)) == 10


# --- The vendor ------------------------------------------------------------------------------------------------


def test_the_vendor_sees_none_before_the_assessment_is_closed(
    submitted: Assessment, ana: User, rita: User, max: User
) -> None:
    finding, client = raised(submitted, 13, by=ana), client_for(rita)
    assert shown(client) == []
    assert client.get(at(finding)).status_code == 404
    workflow.close(assessment=factories.review_all(submitted, by=ana), by=ana)
    assert shown(client) == [finding.title]
    assert client.get(at(finding)).status_code == 200
    workflow.reopen(assessment=submitted, reason="A file came late.", by=max)
    assert shown(client) == []
    assert client.get(at(finding)).status_code == 404


def test_who_gets_what_once_it_is_closed(
    acme: Vendor, rita: User, tom: User, sam: User, ana: User, max: User, ada: User
) -> None:
    hana = factories.make_user("Hana Brandt", email="hana@acme.example")
    factories.make_member(acme, hana, role=MemberRole.HELPER)
    finding = closed_with(acme, 13, by=ana)
    people = [client_of(person) for person in (None, sam, hana, tom, rita, ana, max, ada)]
    got = {
        f"{method} {act}": " ".join(str(ask(method, at(finding, act), client)) for client in people)
        for method, act in [
            ("get", ""), ("post", ""), ("post", "plan"), ("post", "proof"), ("post", "fixed"), ("post", "recheck"),
            ("post", "remove"),
        ]
    }  # fmt: skip
    assert got == {
        "get ": "302 404 404 200 200 200 200 403",
        "post ": "302 404 404 403 403 422 403 403",
        "post plan": "302 404 404 422 422 403 403 403",
        "post proof": "302 404 404 302 302 403 403 403",
        "post fixed": "302 404 404 422 422 403 403 403",
        "post recheck": "302 404 404 404 404 422 403 403",
        "post remove": "302 404 404 404 404 302 403 403",
    }


def test_nothing_of_one_vendor_reaches_another(acme: Vendor, birch: Vendor, rita: User, sam: User, ana: User) -> None:
    theirs = titled(closed_with(acme, 13, by=ana), "CANARY-13")
    findings.plan_fix(finding=theirs, plan="CANARY-PLAN", plan_due_on=timezone.localdate(), base_version=1, by=rita)
    client_for(rita).post(at(theirs, "proof"), {"file": png("canary.png")})
    proof = Evidence.objects.get(finding=theirs)
    own = closed_with(birch, 13, by=ana)
    client = client_for(sam)
    for address in (LIST, at(own), "/assessments/", reverse("assessments:answer-list", args=[own.assessment.pk])):
        page = client.get(address).content.decode()
        assert "canary" not in page.lower(), address
        assert "Acme" not in page, address
    for name in ("evidence-view", "evidence-preview", "evidence-download"):
        assert client.get(reverse(f"assessments:{name}", args=[theirs.assessment.pk, proof.pk])).status_code == 404
    foreign, unknown = client.get(at(theirs)), client.get("/findings/999999/")
    assert (foreign.status_code, foreign.content) == (404, unknown.content)


def test_the_vendor_reads_no_score_no_name_of_ours_and_no_inner_word(
    acme: Vendor, rita: User, ana: User, max: User
) -> None:
    finding = closed_with(acme, 13, by=ana)
    Finding.objects.filter(pk=finding.pk).update(
        accepted_reason="INNER WORDS", accepted_until=timezone.localdate() + timedelta(days=9), accepted_by=max,
        state="accepted",
    )  # fmt: skip
    client = client_for(rita)
    for address in (LIST, at(finding)):
        words = texts(client.get(address))
        for secret in ("INNER WORDS", "Ana Moreau", "Max Weber", "Score", "Grade", "P1"):
            assert secret not in words, (address, secret)
    assert "Alder Mutual raised the finding" in texts(client.get(at(finding)))
    assert "INNER WORDS" in texts(client_for(ana).get(at(finding)))


def test_the_round_trip(acme: Vendor, rita: User, ana: User) -> None:
    finding, vendor, analyst = closed_with(acme, 13, by=ana), client_for(rita), client_for(ana)
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    plan = {"plan": "We delete them.", "plan_due_on": day, "base_version": 1}
    assert said(vendor.post(at(finding, "plan"), plan, follow=True)) == ["Your plan was saved."]
    empty = vendor.post(at(finding, "fixed"), {"words": ""})
    assert (empty.status_code, "Add a file that shows it, or write what was done." in texts(empty)) == (422, True)
    reply = vendor.post(at(finding, "proof"), {"file": png("none-left.png")}, follow=True)
    assert said(reply) == ["none-left.png was added."]
    assert vendor.post(at(finding, "fixed"), {"words": ""}).status_code == 302
    page = texts(analyst.get(at(finding)))
    assert "none-left.png" in page
    assert "We delete them." in page
    check = {"result": "reopen", "words": "One is left.", "base_version": 3}
    assert said(analyst.post(at(finding, "recheck"), check, follow=True)) == ["Saved."]
    assert "One is left." in texts(vendor.get(at(finding)))
    vendor.post(at(finding, "fixed"), {"words": "Now the last one."})
    analyst.post(at(finding, "recheck"), {"result": "verify", "words": "", "base_version": 5})
    words = texts(vendor.get(at(finding)))
    assert "Verified. Nothing more is to be done." in words
    assert "Mark as fixed" not in words
    history = vendor.get(at(finding)).context["sheet"].history
    assert [(line.who, line.words, line.text) for line in history] == [
        ("Alder Mutual", "verified that it is fixed", ""),
        ("Rita Lindqvist", "marked it as fixed", "Now the last one."),
        ("Alder Mutual", "opened it again", "One is left."),
        ("Rita Lindqvist", "marked it as fixed", ""),
        ("Rita Lindqvist", "added a file", "none-left.png"),
        ("Rita Lindqvist", "planned the fix", "We delete them."),
        ("Alder Mutual", "raised the finding", ""),
    ]


def test_a_plan_needs_words_and_a_day_to_come(acme: Vendor, rita: User, ana: User) -> None:
    finding, client = closed_with(acme, 13, by=ana), client_for(rita)
    reply = client.post(at(finding, "plan"), {"plan": "", "plan_due_on": "2020-01-01", "base_version": 1})
    assert reply.status_code == 422
    assert "Write what you will do about it" in texts(reply)
    assert "Choose a day that is not past" in texts(reply)
    day = timezone.localdate().isoformat()
    stale = client.post(at(finding, "plan"), {"plan": "We delete them.", "plan_due_on": day, "base_version": 9})
    assert (stale.status_code, "We delete them." in texts(stale)) == (409, True)


# --- Proof -----------------------------------------------------------------------------------------------------


def test_a_proof_comes_in_by_the_door_of_all_evidence(acme: Vendor, rita: User, ana: User) -> None:
    finding, client = closed_with(acme, 13, by=ana), client_for(rita)
    page = SimpleUploadedFile("note.png", b"<html></html>", "image/png")
    (refusal,) = said(client.post(at(finding, "proof"), {"file": page}, follow=True))
    assert refusal.startswith("note.png: ")
    assert not Evidence.objects.exists()
    assert said(client.post(at(finding, "proof"), follow=True)) == ["Choose a file first."]


def test_a_proof_stays_out_of_the_questionnaire_and_in_sight_of_both(acme: Vendor, rita: User, ana: User) -> None:
    finding, client = closed_with(acme, 13, by=ana), client_for(rita)
    client.post(at(finding, "proof"), {"file": png("none-left.png")}, follow=True)
    proof = Evidence.objects.get()
    assert (proof.finding, proof.answers.count(), len(proof.sha256)) == (finding, 0, 64)
    assert "none-left.png" not in texts(client.get(reverse("assessments:evidence-list", args=[proof.assessment_id])))
    for person in (rita, ana):
        address = reverse("assessments:evidence-view", args=[proof.assessment_id, proof.pk])
        assert "Proof that a finding was fixed" in texts(client_for(person).get(address))
    overview = client_for(ana).get(reverse("assessments:detail", args=[proof.assessment_id]))
    assert overview.context["sheet"].file_count == 0


def test_a_proof_stays_when_the_assessment_goes_back(acme: Vendor, rita: User, ana: User, max: User) -> None:
    finding, client = closed_with(acme, 13, by=ana), client_for(rita)
    client.post(at(finding, "proof"), {"file": png("none-left.png")}, follow=True)
    proof = Evidence.objects.get()
    opened = workflow.reopen(assessment=finding.assessment, reason="A file came late.", by=max)
    reviews.ask(answer=opened.answers.get(criterion__number=13), text="Which keys?", by=ana)
    workflow.request_changes(assessment=opened, by=ana)
    back = {"back": reverse("assessments:evidence-list", args=[opened.pk])}
    address = reverse("assessments:evidence-withdraw", args=[opened.pk, proof.pk])
    reply = client.post(address, back, follow=True)
    assert said(reply) == ["This file proves that a finding was fixed, so it stays. Add a newer one beside it."]
    proof.refresh_from_db()
    assert proof.withdrawn_at is None


def test_the_vendor_is_led_to_its_findings(acme: Vendor, rita: User, ana: User) -> None:
    finding, client = closed_with(acme, 13, by=ana), client_for(rita)
    listed = texts(client.get(reverse("assessments:answer-list", args=[finding.assessment.pk])))
    assert "Alder Mutual found 1 thing to fix." in listed
    assert "Nothing is left for you to do" not in listed
    home = client.get("/assessments/")
    assert "There is something to fix" in texts(home)
    assert home.content.decode().count('<a href="/findings/">Findings</a>') == 2  # in the bar and in the menu
    findings.mark_fixed(finding=finding, words="Done.", by=rita)
    assert "There is something to fix" not in texts(client.get("/assessments/"))


def test_the_worklist_counts_overdue_findings_and_leads_to_them(acme: Vendor, ana: User) -> None:
    finding, client = closed_with(acme, 13, by=ana), client_for(ana)
    chip = '<a href="/findings/?overdue=on">Overdue findings {}</a>'
    assert chip.format(0) in client.get("/reviews/").content.decode()
    Finding.objects.filter(pk=finding.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert chip.format(1) in client.get("/reviews/").content.decode()
    assert "Showing 1 to 1 of 1 finding" in texts(client.get("/findings/?overdue=on"))


def test_a_finding_of_last_year_says_so_and_leads_on(acme: Vendor, rita: User, ana: User) -> None:
    old = closed_with(acme, 13, by=ana, period="2025")
    new = closed_with(acme, 13, by=ana)
    for person in (rita, ana):
        client = client_for(person)
        words = texts(client.get(at(new)))
        assert "Carried over. The finding of 2025 about the same question was never verified as fixed." in words
        assert f'href="{at(new)}"' in client.get(at(old)).content.decode()
        assert shown(client) == [new.title]
