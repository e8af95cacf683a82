"""Markup in every text that a file can bring, odd addresses, and what the vendor does after it has submitted."""

import html
import io
import json
import re
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments.actions import reviews, workflow
from assessments.models import Assessment, Evaluation, Evidence
from playbook.models import Side
from tests import factories
from tests.assessments.vendor.helpers import add, answer_to, at, keys_of, report
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts

MARKUP = "<img/src=x/onerror=alert(1)>"
ACCOUNT = "111122223333"
QUESTIONS = range(1, 34)
ODD = (
    {"mark": MARKUP},
    {"mark": "\x00"},
    {"mark": "(" * 500},
    {"mark": "x" * 100_000},
    {"member": MARKUP},
    {"member": "../../etc/passwd"},
    {"member": "a\x00b"},
    {"member": "manifest.json", "mark": MARKUP},
    {"page": "9" * 5_000},
    {"page": "٣"},
)


def hostile_bundle() -> SimpleUploadedFile:
    """Markup as manifest fields, identifiers, names and policies."""
    policy = {"PolicyName": MARKUP, "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "*"}}}
    user = {"UserName": MARKUP, "Arn": MARKUP, "UserPolicyList": [policy]}
    database = {"DBInstanceIdentifier": MARKUP, "DBInstanceArn": MARKUP, "PubliclyAccessible": True}
    parts = {
        "manifest.json": {"collected_at": MARKUP, "account": MARKUP, "version": MARKUP, "calls": [{"error": MARKUP}]},
        f"{ACCOUNT}/global/iam.get-account-authorization-details.json": {"UserDetailList": [user]},
        f"{ACCOUNT}/us-east-1/rds.describe-db-instances.json": {"DBInstances": [database]},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in parts.items():
            archive.writestr(path, json.dumps(content))
    return SimpleUploadedFile("bundle.zip", out.getvalue())


def hostile_report() -> SimpleUploadedFile:
    return SimpleUploadedFile(
        f"{MARKUP}.csv", re.sub(rb"(?m)^user(\d)", MARKUP.encode() + rb"\1", report(users=3).read())
    )


def submitted_with(client: Client, assessment: Assessment, rita: User) -> Assessment:
    """The hostile files, evaluated and submitted."""
    declare_accounts(
        vendor=assessment.vendor, accounts=[DeclaredAccount(ACCOUNT, MARKUP, "production")], known=None, by=rita
    )
    client.force_login(rita)
    for file in (hostile_report(), hostile_bundle()):
        assert add(client, assessment, file)["status"] == 201
    factories.answer_all(factories.evaluate(assessment), by=rita)
    workflow.submit(assessment=Assessment.objects.get(pk=assessment.pk), attested_name=rita.name, by=rita)
    return factories.evaluate(assessment)


def test_no_page_has_markup_of_a_file(client: Client, in_progress: Assessment, rita: User, ana: User) -> None:
    assessment = submitted_with(client, in_progress, rita)
    names = ("evidence-list", "evidence-shown", "submit-check", "check-shown", "answer-list", "accounts")
    theirs = [at(name, assessment) for name in names]
    theirs += [at(name, assessment, number) for name in ("answer-edit", "answer-shown") for number in QUESTIONS]
    ours = [at(name, assessment) for name in ("detail", "event-list")]
    ours += [at("score-edit", assessment, number) for number in QUESTIONS]
    for person, addresses in ((rita, theirs), (ana, ours)):
        client.force_login(person)
        pages = {address: client.get(address).content.decode() for address in addresses}
        assert [address for address, page in pages.items() if MARKUP in page] == []
        assert any(html.escape(MARKUP) in page for page in pages.values())  # it is shown, as text


def test_a_file_is_looked_at_by_any_address(client: Client, in_progress: Assessment, rita: User, ana: User) -> None:
    assessment = submitted_with(client, in_progress, rita)
    for person in (rita, ana):
        client.force_login(person)
        for item in Evidence.objects.filter(assessment=assessment):
            for query in ODD:
                page = client.get(at("evidence-view", assessment, item.pk), query)
                assert page.status_code in {200, 404}, query
                assert MARKUP not in page.content.decode(), query
    for ref in ("x" * 100_000, "\x00", MARKUP):
        assert client.get(at("score-source", assessment, 13), {"ref": ref}).status_code == 404
    named = [one["ref"] for row in Evaluation.objects.filter(run=assessment.submitted_run) for one in row.resources]
    assert any(MARKUP in ref for ref in named)


def test_we_see_nothing_of_what_is_added_after_submitting(
    client: Client, in_progress: Assessment, rita: User, ana: User
) -> None:
    assessment = submitted_with(client, in_progress, rita)
    reviews.ask(answer=answer_to(assessment, 13), text="Which one?", by=ana)
    back = workflow.request_changes(assessment=Assessment.objects.get(pk=assessment.pk), by=ana)
    addresses = [at("score-edit", back, number) for number in QUESTIONS]
    addresses += [at("score-evaluation", back, number) for number in QUESTIONS]
    # How far they are is no secret of theirs: counts, and that somebody added a file or completed a question.
    lists = [
        at("detail", back),
        at("event-list", back),
        reverse("assessments:portfolio"),
        reverse("assessments:worklist"),
    ]
    token = re.compile(r'value="\w{64}"')
    client.force_login(ana)
    before = {address: token.sub("", client.get(address).content.decode()) for address in addresses}
    client.force_login(rita)
    more = SimpleUploadedFile("canary.csv", report(users=2).read().replace(b"user0", b"canary-user"))
    assert add(client, back, more, 13)["status"] == 201
    factories.evaluate(back)
    answer = answer_to(back, 13)
    factories.answer_with(answer, keys_of(answer, Side.FAILURE)[0], by=rita, notes="A canary")
    client.force_login(ana)
    assert {address: token.sub("", client.get(address).content.decode()) for address in addresses} == before
    item = Evidence.objects.get(name="canary.csv")
    for name in ("evidence-view", "evidence-download", "evidence-preview"):
        assert client.get(at(name, back, item.pk)).status_code == 404
    ref = f"{ACCOUNT}/global/user/canary-user"
    assert client.get(at("score-source", back, 13), {"ref": ref}).status_code == 404
    assert [address for address in lists if "canary" in client.get(address).content.decode()] == []
