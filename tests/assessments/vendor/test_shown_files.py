"""What a row says of its file once it was checked: what was not read, and where a lone answer of a command is from."""

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessments.models import Assessment, Evidence
from tests.assessments.vendor.helpers import add, at, report
from tests.assessments.vendor.test_shown import bundle, read, scope
from tests.factories import evaluate
from users.models import User

CLUSTERS = b'{"DBClusters": []}'


def test_a_bundle_names_the_files_in_it_that_were_not_read(client: Client, rita: User, in_progress: Assessment) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("manifest.json", "{}")
        for call in ("addresses", "images", "instances", "volumes", "vpcs"):
            archive.writestr(f"111122223333/us-east-1/ec2.describe-{call}.json", "{broken")
    client.force_login(rita)
    add(client, in_progress, SimpleUploadedFile("half.zip", out.getvalue()))
    evaluate(in_progress)
    page = read(client, "evidence-list", in_progress)
    inside = page[page.index('<ul class="file-inside">') :]
    assert inside[: inside.index("</ul>")].count("<li>") == 4
    assert "All 6 files in it with a problem" in page
    view = read(client, "evidence-view", in_progress, Evidence.objects.get().pk)
    assert "Files in it that were not read, or not whole" in view
    for call in ("addresses", "images", "instances", "volumes", "vpcs"):
        assert f'<span class="mono text-break">111122223333/us-east-1/ec2.describe-{call}.json</span>: ' in view


def test_a_row_says_what_is_kept_and_what_was_read_in_part(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, SimpleUploadedFile("owners.csv", b"name,owner\nledger,Rita\n"))
    rows = report(users=2).read().splitlines()
    add(client, in_progress, SimpleUploadedFile("users.csv", b"\n".join([*rows, b"bob,arn:aws:iam::1111"])))
    evaluate(in_progress)
    page = read(client, "evidence-list", in_progress)
    owners = page[page.index("owners.csv</div>") : page.index("View<", page.index("owners.csv</div>"))]
    assert "not checked by itself, but kept for a person to read" in owners
    assert "This table is no credential report and no output of Prowler: their columns are not there." in owners
    assert "file-bad" not in owners
    users = page[page.index("users.csv</div>") : page.index("View<", page.index("users.csv</div>"))]
    assert "read in part" in users
    assert '<div class="file-state file-bad" lang="en">1 row is damaged' in users


def test_a_stated_date_has_the_files_checked_again(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, report(), 13)
    evaluate(in_progress)
    client.post(at("evidence-date", in_progress, Evidence.objects.get().pk), {"day": f"{datetime.now(UTC):%Y-%m-%d}"})
    assert "Your files are being checked." in read(client, "answer-edit", in_progress, 13)


def place(client: Client, assessment: Assessment, item: Evidence, **fields: str) -> object:
    back = at("answer-edit", assessment, 8) + "#evidence"
    return client.post(at("evidence-place", assessment, item.pk), {"back": back} | fields)


@pytest.fixture
def clusters(client: Client, rita: User, in_progress: Assessment) -> Evidence:
    """The output of a command that says nothing of its account."""
    scope(in_progress, "111122223333", "444455556666", by=rita)
    client.force_login(rita)
    add(client, in_progress, SimpleUploadedFile("clusters.json", CLUSTERS), 8)
    evaluate(in_progress)
    return Evidence.objects.get()


def test_a_file_that_does_not_say_where_it_is_from_is_asked_for_it(
    client: Client, in_progress: Assessment, clusters: Evidence
) -> None:
    page = read(client, "answer-edit", in_progress, 8)
    assert "It does not say which account and region it is from, so it is not used yet." in page
    assert "Which account and region is this from?" in page
    assert re.findall(r'<option value="(\d{12})">(.*?)</option>', page) == [
        ("111122223333", "111122223333 acme-1"),
        ("444455556666", "444455556666 acme-4"),
    ]
    response = place(client, in_progress, clusters, account="444455556666", region=" EU-West-1 ")
    assert response.status_code == 302
    clusters.refresh_from_db()
    assert (clusters.stated_account, clusters.stated_region) == ("444455556666", "eu-west-1")
    evaluate(in_progress)
    page = read(client, "answer-edit", in_progress, 8)
    assert "account 444455556666, eu-west-1" in page
    assert "Which account and region is this from?" not in page
    assert "clusters.json is from account 444455556666, eu-west-1." in page


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("rds.describe-db-clusters.eu-west-1.json", "eu-west-1"),
        ("clusters-us-gov-east-1 (2).json", "us-gov-east-1"),
        ("clusters-thus-far-1.json", ""),
        ("clusters.json", ""),
    ],
)
def test_the_region_in_the_name_of_a_file_is_offered(
    client: Client, rita: User, in_progress: Assessment, name: str, region: str
) -> None:
    client.force_login(rita)
    scope(in_progress, "111122223333", by=rita)
    add(client, in_progress, SimpleUploadedFile(name, CLUSTERS))
    evaluate(in_progress)
    assert f'size="22" value="{region}" placeholder' in read(client, "evidence-list", in_progress)


@pytest.mark.parametrize(
    ("account", "region", "sentence"),
    [
        ("", "eu-west-1", "Choose the account the file is from"),
        ("999999999999", "eu-west-1", "Choose one of the accounts in scope"),
        ("111122223333", "", "Enter the region the file is from, or global"),
        ("111122223333", "Frankfurt", "Enter the region as AWS writes it, for example eu-west-1, or global"),
        ("111122223333", "x" * 26, "Enter the region as AWS writes it, for example eu-west-1, or global"),
    ],
)
def test_what_was_typed_stays_when_it_cannot_be_stored(
    client: Client, in_progress: Assessment, clusters: Evidence, account: str, region: str, sentence: str
) -> None:
    response = place(client, in_progress, clusters, account=account, region=region)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(sentence) == 2  # in the summary and at the field
    if region:
        assert f'name="region" value="{region}"' in page
    if account == "111122223333":
        assert '<option value="111122223333" selected>' in page
    assert Evidence.objects.get().stated_account == ""


def test_without_accounts_in_scope_they_are_declared_first(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, SimpleUploadedFile("clusters.json", CLUSTERS), 8)
    evaluate(in_progress)
    assert "Declare the AWS accounts in scope</a> first, then say it here" in read(
        client, "answer-edit", in_progress, 8
    )


def test_a_file_that_says_where_it_is_from_cannot_be_placed(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    scope(in_progress, "999999999999", by=rita)
    client.force_login(rita)
    add(client, in_progress, bundle(), 13)
    evaluate(in_progress)
    response = place(client, in_progress, Evidence.objects.get(), account="999999999999", region="global")
    assert response.status_code == 422
    assert "The file itself says which account it is from." in response.content.decode()


def test_a_file_from_an_account_that_is_not_in_scope_says_so(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    add(client, in_progress, bundle(), 13)
    evaluate(in_progress)
    assert "in scope. <a" not in read(client, "evidence-list", in_progress)  # nothing is declared yet
    scope(in_progress, "111122223333", by=rita)
    accounts = f'<a href="{at("accounts", in_progress)}">Change the AWS accounts in scope</a>, or remove the file.'
    for page in (read(client, "evidence-list", in_progress), read(client, "answer-edit", in_progress, 13)):
        assert f"Accounts 555555555555 and 999999999999 are not in scope. {accounts}" in page
    scope(in_progress, "999999999999", "111122223333", by=rita)
    assert f"Account 555555555555 is not in scope. {accounts}" in read(client, "evidence-list", in_progress)
    scope(in_progress, "999999999999", "555555555555", by=rita)
    assert "in scope. <a" not in read(client, "evidence-list", in_progress)
