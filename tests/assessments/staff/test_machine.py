"""What the workbench shows of the evaluation: verdict, offenders, proposal, contradiction, and the way to the row."""

import json
import re

import pytest
from django.http import HttpResponse
from django.test import Client

from assessments.actions import reviews, workflow
from assessments.evaluators import VERSION
from assessments.models import Assessment, Evaluation, EvaluationRun, Review
from tests import factories
from tests.assessments.staff.machine import BUNDLE, REPORT, hand_in_with
from tests.assessments.staff.pages import address, count_queries, said, texts
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


@pytest.fixture
def failing(in_progress: Assessment, rita: User) -> Assessment:
    """In review with a credential report that breaks several questions; all was answered as acceptable."""
    return factories.evaluate(hand_in_with(in_progress, 13, REPORT, by=rita))


def bench(client: Client, assessment: Assessment, number: int = 13) -> HttpResponse:
    page = client.get(address("score-edit", assessment.pk, number))
    assert page.status_code == 200
    return page


def part(page: HttpResponse, start: str, end: str) -> str:
    """The words between two marks of the page."""
    html = page.content.decode().partition(start)[2].partition(end)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def shows(page: HttpResponse) -> str:
    """The words of the part "What the evidence shows"."""
    return part(page, '<section class="panel" id="shows" aria-labelledby="mh">', "</section>")


def change(assessment: Assessment, number: int, **values: object) -> None:
    """Let the evaluation of one question say something else."""
    rows = Evaluation.objects.filter(run=assessment.submitted_run, answer__criterion__number=number)
    assert rows.update(**values) == 1


# --- What it shows --------------------------------------------------------------------------------------------


def test_verdict_offenders_coverage_and_gaps_stand_beside_the_evidence(signed_in: Client, failing: Assessment) -> None:
    words = shows(bench(signed_in, failing))
    for expected in (
        f"Evaluator version {VERSION}, ",
        "The evidence shows a failure 3 active access keys were never used, or not in the 90 days before the report.",
        "Matches Some IAM access keys were never used, or have not been used for more than 90 days.",
        "Coverage 1 of 2 accounts seen in full; missing: 111122223333",
        "Read from credential-report.csv",
        "Found in 3 places Account Resource What was found",
        "999999999999 root access key 1 The key was last used at least 330 days ago.",
        "999999999999 bob user, access key 1 The key was never used. It is at least 39 days old.",
        "What is missing: 1 111122223333 : aws iam get-credential-report is missing",
    ):
        assert expected in words


def test_rows_of_the_report_that_break_the_question_come_first_and_are_marked(
    signed_in: Client, failing: Assessment
) -> None:
    page = bench(signed_in, failing)
    (file,) = page.context["sheet"].files
    assert [(row.user, bool(row.marks)) for row in file.excerpt.rows] == [
        ("<root_account>", True), ("bob", True), ("old-integration", True), ("alice", False), ("ci-deploy", False),
    ]  # fmt: skip
    html = page.content.decode()
    offender = page.context["sheet"].machine.offenders[1]
    assert f'<tr id="{offender.id}" class="bad">' in html
    assert f'href="#{offender.row}" data-row' in html
    row = part(page, f'<tr id="{offender.row}" class="bad"', "</tr>")
    assert row.partition("> ")[2].startswith("bob Access key 1: The key was never used. It is at least 39 days old.")
    assert f'class="why-bad" href="#{offender.id}"' in html
    assert "3 rows break this question" in texts(page)
    assert "Days are counted to the date of the report." in texts(page)


def test_a_json_is_a_table_of_the_resources_concerned(signed_in: Client, in_progress: Assessment, rita: User) -> None:
    ledger = {
        "DBInstanceIdentifier": "ledger",
        "DBInstanceArn": "arn:aws:rds:eu-west-1:111122223333:db:ledger",
        "PubliclyAccessible": True,
        "DBInstanceStatus": "available",
    }
    other = ledger | {
        "DBInstanceIdentifier": "cards",
        "DBInstanceArn": "arn:aws:rds:eu-west-1:111122223333:db:cards",
        "PubliclyAccessible": False,
    }
    file = ("databases.json", json.dumps({"DBInstances": [ledger, other]}).encode())
    handed_in = factories.evaluate(hand_in_with(in_progress, 21, file, by=rita))
    html = bench(signed_in, handed_in, 21).content.decode()
    table = html.partition('<table class="grid grid-stack num offenders">')[2].partition("</table>")[0]
    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in table.split("<tr")[2:]]
    assert len(rows) == 1
    assert "111122223333 eu-west-1" in rows[0]
    assert "ledger" in rows[0]
    assert "cards" not in rows[0]


def test_flag_stands_at_the_matched_statement_and_nothing_is_ticked(signed_in: Client, failing: Assessment) -> None:
    page = bench(signed_in, failing)
    label = part(page, 'value="aws-core-13-f1"', "</li>")
    assert label.endswith("for more than 90 days. Credential report shows this")
    assert page.content.decode().count("shows this</span>") == 1
    assert page.context["form"].chosen() == []
    assert page.context["form"]["result"].value() is None


def test_a_bundle_is_called_evidence(signed_in: Client, in_progress: Assessment, rita: User) -> None:
    assessment = factories.evaluate(hand_in_with(in_progress, 20, BUNDLE, by=rita))
    page = bench(signed_in, assessment, 20)
    assert "The evidence shows this" in part(page, 'value="aws-core-20-f1"', "</li>")
    words = shows(page)
    assert "999999999999 us-east-1 orders-db database" in words
    assert "Worth a look: 3" in words
    assert "999999999999 us-east-1 i-62cdf194dbd945b22 instance" in words


def test_all_but_the_first_twenty_offenders_are_folded_away(signed_in: Client, failing: Assessment) -> None:
    many = [{"ref": f"999999999999/us-east-1/db/db-{n:02}", "reason": "It is open."} for n in range(25)]
    change(failing, 13, resources=many, resource_count=5000)
    page = bench(signed_in, failing)
    words = shows(page)
    assert "Found in 5000 places, the first 20 here" in words
    assert "The other 5 " in words
    assert "25 of 5000 are kept with an evaluation. The files name them all." in words
    assert page.context["sheet"].machine.first == ("db-00, db-01, db-02 and 4,997 more")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("queued", "The evidence waits to be evaluated. You can score meanwhile."),
        ("running", "The evidence is being evaluated. You can score meanwhile."),
        ("failed", "The evidence could not be evaluated. It was too much. Reference ABCD1234. Score from the files"),
    ],
)
def test_review_is_not_held_back_while_there_is_no_evaluation(
    signed_in: Client, failing: Assessment, state: str, expected: str
) -> None:
    problem = "It was too much." if state == "failed" else ""
    EvaluationRun.objects.update(state=state, problem=problem, reference="ABCD1234")
    page = bench(signed_in, failing)
    assert expected in shows(page)
    assert ("every 2s" in page.content.decode()) == (state != "failed")
    assert "as the evidence proposes" not in part(page, '<form id="score"', "</form>")
    assert "Save and next" in texts(page)
    asked = signed_in.get(address("score-evaluation", failing.pk, 13))
    assert expected in texts(asked)
    EvaluationRun.objects.update(state="ready")
    done = signed_in.get(address("score-evaluation", failing.pk, 13))
    assert texts(done).strip() == "The evidence was evaluated. Show what it shows"
    assert "every 2s" not in done.content.decode()


def test_without_machine_evidence_nothing_is_said(signed_in: Client, submitted: Assessment) -> None:
    page = bench(signed_in, submitted)
    assert 'id="shows"' not in page.content.decode()
    assert "as the evidence proposes" not in part(page, '<form id="score"', "</form>")


def test_queries_do_not_grow_with_files_or_offenders(
    signed_in: Client, failing: Assessment, rita: User, in_progress: Assessment
) -> None:
    path = address("score-edit", failing.pk, 13)
    assert count_queries(signed_in, path) == 21
    many = [{"ref": f"999999999999/global/user/u{n}#mfa", "reason": "It is open."} for n in range(200)]
    change(failing, 13, resources=many, resource_count=200)
    assert count_queries(signed_in, path) == 21


# --- The proposal ---------------------------------------------------------------------------------------------


def accept(client: Client, assessment: Assessment, number: int, **values: object) -> HttpResponse:
    """Press "Accept" on the page as it is shown."""
    offered = bench(client, assessment, number).context["sheet"].machine.proposal
    data = {"accept": offered.token, "base_version": 0, "deviation": "", "note": "", **values}
    return client.post(address("score-edit", assessment.pk, number), data)


def stored(assessment: Assessment, number: int) -> tuple[object, ...] | None:
    review = Review.objects.filter(answer__assessment=assessment, answer__criterion__number=number).first()
    return review and (review.result, review.matched, review.deviation, review.note)


def test_a_failure_proposes_not_met_with_its_statement_and_goes_on(signed_in: Client, failing: Assessment) -> None:
    response = accept(signed_in, failing, 13, note="Seen.", result="met", matched=["aws-core-13-a1"])
    assert response.url == address("score-edit", failing.pk, 14)
    assert stored(failing, 13) == ("not_met", ["aws-core-13-f1"], "", "Seen.")


def test_acceptable_proposes_met(signed_in: Client, failing: Assessment) -> None:
    change(failing, 13, state="acceptable", responses=["aws-core-13-a1"], resources=[], resource_count=0)
    page = bench(signed_in, failing)
    assert "The evidence proposes Met." in texts(page)
    assert accept(signed_in, failing, 13).status_code == 302
    assert stored(failing, 13) == ("met", ["aws-core-13-a1"], "", "")


def test_a_failure_that_no_statement_fits_is_written_out(signed_in: Client, failing: Assessment) -> None:
    change(failing, 13, responses=[], summary="Root was used 1 day before the report.")
    assert "Matches No statement of the playbook" in shows(bench(signed_in, failing))
    assert accept(signed_in, failing, 13).status_code == 302
    assert stored(failing, 13) == ("not_met", [], "Root was used 1 day before the report.", "")


def test_what_the_analyst_wrote_is_not_overwritten(signed_in: Client, failing: Assessment) -> None:
    change(failing, 13, responses=[], summary="Root was used.")
    accept(signed_in, failing, 13, deviation="My own words.")
    assert stored(failing, 13) == ("not_met", [], "My own words.", "")


def test_undetermined_proposes_nothing(signed_in: Client, failing: Assessment) -> None:
    change(failing, 13, state="undetermined", responses=[], resources=[], resource_count=0)
    page = bench(signed_in, failing)
    assert page.context["sheet"].machine.proposal is None
    assert "The evidence does not settle it" in shows(page)
    assert 'name="accept"' not in page.content.decode()
    forged = signed_in.post(address("score-edit", failing.pk, 13), {"accept": "x" * 16, "base_version": 0})
    assert forged.status_code == 422
    assert stored(failing, 13) is None


def test_a_proposal_that_changed_meanwhile_is_shown_and_not_saved(signed_in: Client, failing: Assessment) -> None:
    token = bench(signed_in, failing).context["sheet"].machine.proposal.token
    change(failing, 13, state="acceptable", responses=["aws-core-13-a1"])
    response = signed_in.post(
        address("score-edit", failing.pk, 13), {"accept": token, "base_version": 0, "note": "Typed by Ana"}
    )
    assert response.status_code == 422
    assert "The evidence was evaluated again meanwhile. Look at what it shows now." in texts(response)
    assert "Typed by Ana" in texts(response)
    assert stored(failing, 13) is None


def test_a_proposal_that_rests_on_nothing_gets_the_ordinary_error(signed_in: Client, failing: Assessment) -> None:
    change(failing, 13, state="acceptable", responses=[], resources=[])
    response = accept(signed_in, failing, 13)
    assert response.status_code == 422
    assert "Choose a statement, or write what you saw" in texts(response)
    assert response.context["form"]["result"].value() == "met"


def test_nothing_is_proposed_against_a_result_given_in_its_sight(
    signed_in: Client, failing: Assessment, ana: User
) -> None:
    factories.review_with(failing.answers.get(criterion__number=13), by=ana, note="It was fixed since.")
    assert bench(signed_in, failing).context["sheet"].machine.proposal is None
    EvaluationRun.objects.update(finished_at=Review.objects.get().at.replace(year=2100))
    assert bench(signed_in, failing).context["sheet"].machine.proposal.result == "not_met"


def test_a_manager_sees_it_and_cannot_accept_it(client: Client, failing: Assessment, max: User) -> None:
    client.force_login(max)
    page = bench(client, failing)
    assert "The evidence shows a failure" in shows(page)
    assert "Credential report shows this" in texts(page)
    assert 'name="accept"' not in page.content.decode()


def test_the_report_whose_rows_break_it_comes_first(signed_in: Client, in_progress: Assessment, rita: User) -> None:
    clean = "\n".join(REPORT[1].decode().replace("999999999999", "444455556666").splitlines()[:1]).encode()
    clean += b"\n<root_account>,arn:aws:iam::444455556666:root" + b",N/A" * (clean.count(b",") - 1)
    assessment = factories.evaluate(hand_in_with(in_progress, 13, ("clean.csv", clean), REPORT, by=rita))
    files = bench(signed_in, assessment).context["sheet"].files
    assert [file.evidence.name for file in files] == ["credential-report.csv", "clean.csv"]


# --- The contradiction ----------------------------------------------------------------------------------------


def against(page: HttpResponse) -> list[tuple[int, str]]:
    """Questions marked in the list beside, with their result."""
    rail = page.context["sheet"].rail
    return [(item.number, item.result) for domain in rail for item in domain.items if item.is_contradicted]


def test_contradiction_is_said_at_the_top_of_the_result_and_stays_when_resolved(
    signed_in: Client, failing: Assessment, ana: User
) -> None:
    page = bench(signed_in, failing)
    notice = part(page, 'id="contradiction">', "<form")
    assert notice == (
        "The evidence contradicts the answer. It proposes Not met: details "
        "The vendor says: “Every access key has been used within the last 90 days.” The evidence shows: "
        "3 active access keys were never used, or not in the 90 days before the report. Among them: "
        "root (access key 1), bob (access key 1), old-integration (access key 1) . All of it"
    )
    assert (13, "") in against(page)
    mark = ", the evidence shows otherwise than the vendor says"
    assert f"(not scored{mark})" in texts(page)
    factories.review_with(failing.answers.get(criterion__number=13), "not_met", by=ana, note="As the report shows.")
    page = bench(signed_in, failing)
    resolved = "The evidence contradicts the answer. Resolved as Not met: details "
    assert part(page, 'id="contradiction">', "<form").startswith(resolved)
    assert (13, "not_met") in against(page)
    assert f"(not met{mark}, resolved)" in texts(page)


def test_an_answer_that_agrees_is_no_contradiction(signed_in: Client, in_progress: Assessment, rita: User) -> None:
    answer = in_progress.answers.get(criterion__number=13)
    factories.answer_with(answer, factories.option_key(answer.criterion, "failure"), by=rita)
    assessment = factories.evaluate(hand_in_with(in_progress, 13, REPORT, by=rita))
    page = bench(signed_in, assessment)
    assert 13 not in [number for number, _ in against(page)]
    assert 'id="contradiction"' not in page.content.decode()
    assert "The evidence proposes Not met." in texts(page)


def test_drafts_of_the_next_round_do_not_move_the_marks(
    signed_in: Client, failing: Assessment, rita: User, ana: User
) -> None:
    before = against(bench(signed_in, failing))
    answer = failing.answers.get(criterion__number=13)
    reviews.ask(answer=answer, text="Are you sure?", by=ana)
    workflow.request_changes(assessment=failing, by=ana)
    untouched = against(bench(signed_in, failing))
    assert untouched == [one for one in before if one[0] != 13]
    answer.refresh_from_db()
    factories.answer_with(answer, factories.option_key(answer.criterion, "failure"), by=rita)
    page = bench(signed_in, failing)
    assert against(page) == untouched
    assert "The evidence contradicts" in part(page, 'id="contradiction">', "</aside>")  # than what was submitted


def test_vendor_gets_none_of_it(client: Client, failing: Assessment, rita: User) -> None:
    client.force_login(rita)
    for name in ("score-edit", "score-evaluation", "score-source"):
        assert client.get(address(name, failing.pk, 13)).status_code == 404
    page = texts(client.get(address("answer-edit", failing.pk, 13)))
    for words in ("proposes", "The evidence shows a failure", "The evidence contradicts"):
        assert words not in page


def test_messages_of_a_source_that_no_file_names(signed_in: Client, failing: Assessment) -> None:
    change(failing, 13, resources=[{"ref": "999999999999/us-east-1/db/nowhere", "reason": "It is open."}])
    path = address("score-source", failing.pk, 13)
    response = signed_in.get(path, {"ref": "999999999999/us-east-1/db/nowhere"}, follow=True)
    assert response.redirect_chain == [(f"{address('score-edit', failing.pk, 13)}#shows", 302)]
    assert said(response) == ["No single file names this resource. What it was decided from is listed below."]
