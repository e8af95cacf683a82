"""What the vendor sees of the evaluation before submitting: what the files show, which rows, and what is missing."""

import html
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessments.actions import evaluations
from assessments.actions.accounts import declare
from assessments.actions.assignments import assign
from assessments.actions.evidence import withdraw
from assessments.evaluators.formats.aws_cli import from_name
from assessments.models import Assessment, Evaluation, EvaluationRun, Evidence
from assessments.queries.vendor_findings import Missing
from playbook.models import Side
from tests.assessments.vendor.helpers import add, answer_to, at, keys_of, png, report
from tests.evaluators.shared import FIXTURES
from tests.factories import answer_with, evaluate, make_assessment, make_member, make_user
from users.models import User
from vendors.actions.vendors import DeclaredAccount
from vendors.models import MemberRole, Stage, Vendor

OTHERWISE = "Your files say otherwise."


def text(page: str) -> str:
    """The words of a page as a person reads them."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))).replace(" ,", ",").replace(" :", ":")


def read(client: Client, name: str, assessment: Assessment, *more: int) -> str:
    return client.get(at(name, assessment, *more)).content.decode()


def bundle(folder: str = "acme-bad") -> SimpleUploadedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((FIXTURES / folder).rglob("*")):
            if path.is_file() and path.name != "expected.json":
                archive.write(path, path.relative_to(FIXTURES / folder).as_posix())
    return SimpleUploadedFile("acme.zip", out.getvalue(), "application/zip")


def scope(assessment: Assessment, *accounts: str, by: User) -> None:
    declared = [DeclaredAccount(account, f"acme-{account[0]}", Stage.PRODUCTION) for account in accounts]
    declare(assessment=assessment, accounts=declared, known=list(assessment.vendor.aws_accounts.all()), by=by)


def answered(assessment: Assessment, number: int, side: str, by: User) -> None:
    answer = answer_to(assessment, number)
    answer_with(answer, keys_of(answer, side)[0], by=by)


@pytest.fixture
def checked(client: Client, rita: User, in_progress: Assessment) -> Assessment:
    """Acme's bundle of two accounts, dropped on question 13 and evaluated; a third account is in scope as well."""
    scope(in_progress, "999999999999", "555555555555", "111122223333", by=rita)
    client.force_login(rita)
    assert add(client, in_progress, bundle(), 13)["status"] == 201
    return evaluate(in_progress)


# --- The question -----------------------------------------------------------------------------------------------


def test_the_question_names_verdict_rows_and_coverage(client: Client, checked: Assessment) -> None:
    page = read(client, "answer-shown", checked, 13)
    words = text(page)
    assert "What your files show" in words
    assert "Your files show a problem" in words
    assert "3 active access keys were never used, or not in the 90 days before the report." in words
    assert "2 of 3 accounts seen" in words
    assert [text(each) for each in re.findall(r'<th scope="row" class="cell-all">(.*?)</th>', page)] == [
        "root Access key 1 ",
        "bob User, access key 1 ",
        "old-integration User, access key 1 ",
    ]
    assert "The key was never used. It is 39 days old." in words
    assert OTHERWISE not in words  # nothing is answered yet


def test_what_is_missing_stands_there_with_the_command(client: Client, checked: Assessment) -> None:
    page = read(client, "answer-shown", checked, 13)
    assert "In account 111122223333" in text(page)
    assert (
        '<code id="missing-1">aws iam generate-credential-report &amp;&amp; sleep 10\n'
        "aws iam get-credential-report --output json &gt; iam.get-credential-report.json</code>"
    ) in page
    assert 'data-copy="missing-1" data-copy-name="commands for account 111122223333"' in page


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("aws ec2 describe-regions", "ec2.describe-regions"),
        ("aws ec2 describe-vpcs --region eu-west-1", "ec2.describe-vpcs.eu-west-1"),
        ("aws s3api get-bucket-acl --bucket acme_a --region us-east-1", "s3api.get-bucket-acl.acme_a"),
        ("aws ec2 describe-images --image-ids ami-1 ami-2 --region eu-west-1", "ec2.describe-images.used-eu-west-1"),
        ("aws cloudtrail get-trail-status --name arn:x:trail/main --region x", "cloudtrail.get-trail-status.main"),
    ],
)
def test_a_command_writes_a_file_whose_name_is_read_again(command: str, file: str) -> None:
    script = Missing(accounts="", commands=[command], notes=[]).script
    assert script == f"{command} --output json > {file}.json"
    read_again = from_name(f"{file}.json")
    assert read_again.call is not None
    assert read_again.call.name == " ".join(command.split()[1:3])


def test_the_contradiction_follows_the_answer(client: Client, rita: User, checked: Assessment) -> None:
    answered(checked, 13, Side.ACCEPTABLE, rita)
    words = text(read(client, "answer-edit", checked, 13))
    assert (
        f"{OTHERWISE} root (access key 1) in 999999999999: The key was last used 330 days ago. "
        "bob (access key 1) in 999999999999: The key was never used. It is 39 days old."
    ) in words
    assert "Correct the answer, replace the file with a newer one, or explain in the notes why both are right." in words
    assert "Nothing was changed for you" in words
    answered(checked, 13, Side.FAILURE, rita)
    assert OTHERWISE not in text(read(client, "answer-edit", checked, 13))


def test_the_contradiction_follows_the_evidence(client: Client, rita: User, checked: Assessment) -> None:
    answered(checked, 13, Side.ACCEPTABLE, rita)
    withdraw(evidence=Evidence.objects.get(), by=rita)
    words = text(read(client, "answer-edit", checked, 13))
    assert OTHERWISE not in words
    assert "Assay reads an IAM credential report by itself, and shows here what that says." in words


def test_more_than_three_are_counted_in_the_notice(client: Client, rita: User, checked: Assessment) -> None:
    answered(checked, 12, Side.ACCEPTABLE, rita)
    notice = read(client, "answer-shown", checked, 12)
    notice = notice[notice.index('id="otherwise"') : notice.index('class="panel shown"')]
    assert notice.count("<li>") == 4
    assert "<li>and 2 more</li>" in notice


def test_of_many_rows_the_first_twenty_are_open(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, report(users=23), 13)
    scope(in_progress, "111122223333", by=rita)
    evaluate(in_progress)
    page = read(client, "answer-shown", in_progress, 13)
    first, rest = page.split("<details", 1)
    assert first.count('<th scope="row"') == 20
    assert "Show all 23" in rest
    assert rest.count('<th scope="row"') == 3


def test_files_that_show_the_opposite_of_a_bad_answer_say_so(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    accounts = ("111122223333", "123456789012", "222222222222", "333333333333", "444455556666", "777788889999")
    scope(in_progress, *accounts, by=rita)
    client.force_login(rita)
    add(client, in_progress, bundle("acme-good"), 13)
    evaluate(in_progress)
    answered(in_progress, 13, Side.FAILURE, rita)
    shown = Evaluation.objects.get(run=in_progress.working_run, answer__criterion__number=13)
    words = text(read(client, "answer-shown", in_progress, 13))
    assert shown.state == "acceptable"
    assert "Shown by your files" in words
    assert f"{OTHERWISE} {shown.summary}" in words


def test_a_question_that_no_file_concerns_says_only_that(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, report(), 13)
    evaluate(in_progress)
    words = text(read(client, "answer-shown", in_progress, 19))
    assert "None of your files says anything about this question yet." in words
    assert "Not settled by your files" not in words


def test_without_machine_evidence_one_line_says_what_can_be_checked(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    add(client, in_progress, png(), 19)
    words = text(read(client, "answer-edit", in_progress, 19))
    line = (
        "What your files show Assay reads the output of the commands above, as JSON files or as one evidence bundle "
        "by itself, and shows here what that says."
    )
    assert line in words


def test_names_are_escaped(client: Client, rita: User, in_progress: Assessment) -> None:
    file = report(users=1)
    evil = file.read().replace(b"user0", b"<img src=x>")
    client.force_login(rita)
    add(client, in_progress, SimpleUploadedFile("users.csv", evil), 13)
    scope(in_progress, "111122223333", by=rita)
    answered(in_progress, 13, Side.ACCEPTABLE, rita)
    evaluate(in_progress)
    page = read(client, "answer-edit", in_progress, 13)
    assert "&lt;img src=x&gt; (access key 1)" in page
    assert "<img src=x>" not in page


# --- Waiting and failing ----------------------------------------------------------------------------------------


def test_a_part_asks_for_itself_until_the_files_are_checked(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    add(client, in_progress, report(), 13)
    address = at("answer-shown", in_progress, 13)
    page = read(client, "answer-edit", in_progress, 13)
    assert f'hx-get="{address}?waited=1" hx-trigger="every 2s, refresh"' in page
    assert "Your files are being checked. This takes a few seconds, and this page updates by itself." in page
    assert "being checked</div>" in page  # in the row of the file
    assert "<template" not in client.get(address).content.decode()
    evaluate(in_progress)
    part = client.get(f"{address}?waited=1").content.decode()
    assert f'hx-get="{address}" hx-trigger="refresh"' in part
    assert 'data-announce="Your files were checked"' in part
    rows = part[part.index("<template data-fresh-rows>") :]
    assert "also used in questions 5, 6, 10, 11, 12 and 14" in rows
    assert "data-announce" not in client.get(address).content.decode()


def test_a_failed_run_says_so_with_its_reference(client: Client, checked: Assessment) -> None:
    EvaluationRun.objects.update(
        state="failed", problem="Something in the evidence could not be read.", reference="ab12cd34"
    )
    sentence = "Your files could not be checked. Something in the evidence could not be read. Reference ab12cd34."
    for name, more in (("answer-edit", [13]), ("evidence-list", []), ("submit-check", [])):
        page = read(client, name, checked, *more)
        assert sentence in text(page)
        assert "you can go on answering and submit" in page
        assert "every 2s" not in page


def test_the_library_and_the_check_page_wait_too(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, report())
    library = read(client, "evidence-list", in_progress)
    assert f'hx-get="{at("evidence-shown", in_progress)}?waited=1" hx-trigger="every 2s, refresh"' in library
    check = read(client, "submit-check", in_progress)
    assert "Your files are still being checked." in check
    assert "This page updates by itself." in check
    assert f'hx-get="{at("check-shown", in_progress)}?waited=1" hx-trigger="every 2s"' in check
    evaluate(in_progress)
    part = read(client, "check-shown", in_progress)
    assert "every 2s" not in part
    assert "still being checked" not in part
    part = read(client, "evidence-shown", in_progress)
    assert "every 2s" not in part
    assert part.count('<li class="file"') == 1


# --- The list, and the page before submitting --------------------------------------------------------------------


def test_the_list_marks_questions_whose_files_say_otherwise(client: Client, rita: User, checked: Assessment) -> None:
    mark = "Files say otherwise</span>"
    assert mark not in read(client, "answer-list", checked)
    for number in (5, 13):
        answered(checked, number, Side.ACCEPTABLE, rita)
    answered(checked, 14, Side.FAILURE, rita)
    page = read(client, "answer-list", checked)
    assert page.count(mark) == 2
    assert '<a href="?show=otherwise">Files say otherwise 2</a>' in page
    filtered = client.get(at("answer-list", checked) + "?show=otherwise").content.decode()
    assert re.findall(r'<li class="task" id="q(\d+)">', filtered) == ["5", "13"]


def test_the_check_page_lists_them_and_blocks_nothing(client: Client, rita: User, checked: Assessment) -> None:
    answered(checked, 13, Side.ACCEPTABLE, rita)
    page = read(client, "submit-check", checked)
    words = text(page)
    assert "Where your files say otherwise 1 question" in words
    assert f'<a href="{at("answer-edit", checked, 13)}#shown">No unused access keys</a>' in page
    assert "3 active access keys were never used, or not in the 90 days before the report." in words
    assert "You can submit without doing so." in words
    assert "Accounts without a file that Assay can check 1 of 3" in words
    assert "<li>111122223333 acme-1</li>" in page
    assert "Submit 33 answers" in page


def test_without_any_file_the_check_page_names_every_account(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    scope(in_progress, "111122223333", "444455556666", by=rita)
    client.force_login(rita)
    assert "No account has a file that Assay can check 2 of 2" in text(read(client, "submit-check", in_progress))


def test_the_library_says_what_each_file_proves(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, report())
    evaluate(in_progress)
    page = read(client, "evidence-list", in_progress)
    assert "Evidence for questions question 5 question 6 question 10" in text(page)
    assert f'<a href="{at("answer-edit", in_progress, 14)}#shown">' in page
    assert "Your files were checked on" in page


# --- Who sees it --------------------------------------------------------------------------------------------------

PARTS = (("answer-shown", [13]), ("evidence-shown", []), ("check-shown", []))


def test_a_respondent_sees_what_a_lead_sees(client: Client, tom: User, checked: Assessment) -> None:
    strip = re.compile(r'value="\w{64}"|added by [^·<]+')
    for name, more in PARTS:
        rita_sees = strip.sub("", read(client, name, checked, *more))
        other = Client()
        other.force_login(tom)
        assert strip.sub("", read(other, name, checked, *more)) == rita_sees


def test_a_helper_sees_only_what_is_about_their_questions(
    client: Client, acme: Vendor, rita: User, checked: Assessment
) -> None:
    hana = make_user("Hana Brandt", email="hana@acme.example")
    make_member(acme, hana, role=MemberRole.HELPER)
    assign(assessment=checked, numbers=[13], to=hana, by=rita)
    for number in (5, 13):
        answered(checked, number, Side.ACCEPTABLE, rita)
    client.force_login(hana)
    assert OTHERWISE in text(read(client, "answer-shown", checked, 13))
    assert client.get(at("answer-shown", checked, 5)).status_code == 404
    library = read(client, "evidence-list", checked)
    assert set(re.findall(r'questions/(\d+)/#shown"', library)) == {"13"}
    assert "Your files say otherwise than 1 of your answers." in library
    assert read(client, "answer-list", checked).count("Files say otherwise</span>") == 1
    assert client.get(at("check-shown", checked)).status_code == 403


def test_nobody_else_sees_any_of_it(client: Client, sam: User, tom: User, checked: Assessment, birch: Vendor) -> None:
    theirs = make_assessment(vendor=birch, state="in_progress")
    client.force_login(sam)
    for name, more in PARTS:
        assert client.get(at(name, checked, *more)).status_code == 404
        assert "999999999999" not in read(client, name, theirs, *more)
    tom.memberships.update(is_active=False)
    client.force_login(tom)
    for name, more in PARTS:
        assert client.get(at(name, checked, *more)).status_code == 404


def test_a_draft_is_nobodys(client: Client, acme: Vendor, rita: User) -> None:
    draft = make_assessment(vendor=acme, state="draft")
    client.force_login(rita)
    for name, more in PARTS:
        assert client.get(at(name, draft, *more)).status_code == 404


def test_after_submitting_the_vendor_reads_it_and_changes_nothing(client: Client, acme: Vendor, rita: User) -> None:
    assessment = make_assessment(vendor=acme, state="submitted")
    client.force_login(rita)
    page = read(client, "answer-shown", assessment, 13)
    assert "Assay reads" not in page
    assert "every 2s" not in page


@pytest.mark.parametrize(
    ("name", "more", "queries"), [("answer-edit", [13], 17), ("evidence-list", [], 11), ("answer-list", [], 14)]
)
@pytest.mark.parametrize("files", [1, 3])
def test_findings_cost_three_queries(
    client: Client,
    rita: User,
    in_progress: Assessment,
    django_assert_num_queries: object,
    name: str,
    more: list[int],
    queries: int,
    files: int,
) -> None:
    client.force_login(rita)
    for number in range(files):
        add(client, in_progress, report(name=f"{number}.csv"), 13)
    evaluate(in_progress)
    with django_assert_num_queries(queries):
        client.get(at(name, in_progress, *more))


def test_evaluating_changes_no_answer(client: Client, rita: User, checked: Assessment) -> None:
    answered(checked, 13, Side.ACCEPTABLE, rita)
    before = list(checked.answers.values("kind", "statements", "version", "is_complete", "updated_at"))
    evaluations.reevaluate(assessment=checked)
    for name, more in PARTS:
        read(client, name, checked, *more)
    assert list(checked.answers.values("kind", "statements", "version", "is_complete", "updated_at")) == before
