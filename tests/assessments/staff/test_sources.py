"""From a resource that breaks a question to the file, the file of the bundle, the row; and nowhere else."""

import io
import zipfile
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from assessments.models import Assessment, Evidence
from tests import factories
from tests.assessments.staff.machine import BUNDLE, REPORT, hand_in_with
from tests.assessments.staff.pages import address, texts
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

GROUP = "sg-52944920097b48cb3"


@pytest.fixture
def signed_in(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


@pytest.fixture
def bundled(in_progress: Assessment, rita: User) -> Assessment:
    """In review, with a bundle that breaks most questions."""
    return factories.evaluate(hand_in_with(in_progress, 20, BUNDLE, by=rita))


def follow(client: Client, assessment: Assessment, number: int, ref: str) -> dict[str, str]:
    """Where the link of an offender leads, as member and mark."""
    response = client.get(address("score-source", assessment.pk, number), {"ref": ref})
    assert response.status_code == 302
    parts = urlsplit(response.url)
    evidence = Evidence.objects.get(assessment=assessment)
    assert (parts.path, parts.fragment) == (address("evidence-view", assessment.pk, evidence.pk), "mark")
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def see(client: Client, assessment: Assessment, **query: str) -> HttpResponse:
    return client.get(address("evidence-view", assessment.pk, Evidence.objects.get(assessment=assessment).pk), query)


@pytest.mark.parametrize(
    ("number", "ref", "member", "mark"),
    [
        (
            20,
            "999999999999/us-east-1/db/orders-db",
            "999999999999/us-east-1/rds.describe-db-instances.json",
            "orders-db",
        ),
        (
            19,
            f"999999999999/us-east-1/security-group/{GROUP}",
            "999999999999/us-east-1/ec2.describe-network-interfaces.json",
            GROUP,
        ),
        # The name of a bucket stands in the name of the file.
        (
            23,
            "999999999999/global/bucket/acme-uploads",
            "999999999999/global/s3api.get-bucket-acl.acme-uploads.json",
            "acme-uploads",
        ),
        (
            13,
            "999999999999/global/user/bob#access_key_1",
            "999999999999/global/credential-report.csv",
            "bob",
        ),
        # A region is no resource: the file is of that region.
        (
            25,
            "999999999999/us-west-2",
            "999999999999/us-west-2/configservice.describe-configuration-recorder-status.json",
            "us-west-2",
        ),
    ],
)
def test_an_offender_leads_into_the_bundle(
    signed_in: Client, bundled: Assessment, number: int, ref: str, member: str, mark: str
) -> None:
    assert follow(signed_in, bundled, number, ref) == {"question": str(number), "member": member, "mark": mark}
    assert see(signed_in, bundled, member=member, mark=mark).status_code == 200


def test_the_lines_that_name_it_are_marked_and_numbered(signed_in: Client, bundled: Assessment) -> None:
    member = "999999999999/us-east-1/rds.describe-db-instances.json"
    page = see(signed_in, bundled, member=member, mark="orders-db", question="20")
    marked = [line for line in page.context["content"].marked.lines if line.is_marked]
    assert (marked[0].number, marked[0].text) == (4, '      "DBInstanceIdentifier": "orders-db",')
    assert '<li class="is-marked" id="mark">' in page.content.decode()
    assert "3 lines name orders-db ." in texts(page)
    assert f"Question 20, {bundled.vendor.name}" in texts(page)
    assert f'href="{address("score-edit", bundled.pk, 20)}#shows"' in page.content.decode()


def test_an_offender_of_a_report_leads_to_its_row(signed_in: Client, in_progress: Assessment, rita: User) -> None:
    assessment = factories.evaluate(hand_in_with(in_progress, 13, REPORT, by=rita))
    ref = "999999999999/global/root#access_key_1"
    query = follow(signed_in, assessment, 13, ref)
    assert query == {"question": "13", "mark": "<root_account>"}
    page = see(signed_in, assessment, **query)
    assert [row.user for row in page.context["content"].page if row.is_marked] == ["<root_account>"]
    assert page.content.decode().count('<tr class="is-marked" id="mark">') == 1


def test_a_marked_row_is_found_on_whatever_page_it_stands(
    signed_in: Client, in_progress: Assessment, rita: User
) -> None:
    head, *rows = REPORT[1].decode().splitlines()
    plain = next(row for row in rows if row.startswith("alice,"))
    many = [plain.replace("alice", f"user{n:03}") for n in range(250)]
    data = "\n".join([head, *rows[:1], *many, *rows[1:]]).encode()
    assessment = factories.evaluate(hand_in_with(in_progress, 13, ("long.csv", data), by=rita))
    page = see(signed_in, assessment, mark="bob")
    assert page.context["content"].page.number == 3
    assert [row.user for row in page.context["content"].page if row.is_marked] == ["bob"]
    bench = signed_in.get(address("score-edit", assessment.pk, 13)).context["sheet"].files[0].excerpt
    assert [row.user for row in bench.rows[:4]] == ["<root_account>", "bob", "old-integration", "user000"]
    assert (len(bench.rows), bench.row_count, bench.marked_count) == (50, 255, 3)


def test_loose_output_of_a_command_is_shown_with_its_lines_marked(
    signed_in: Client, in_progress: Assessment, rita: User
) -> None:
    with zipfile.ZipFile(io.BytesIO(BUNDLE[1])) as archive:
        data = archive.read("999999999999/us-east-1/rds.describe-db-instances.json")
    assessment = factories.evaluate(hand_in_with(in_progress, 20, ("databases.json", data), by=rita))
    ref = "999999999999/us-east-1/db/orders-db"
    query = follow(signed_in, assessment, 21, ref)
    assert query == {"question": "21", "mark": "orders-db"}
    assert "3 lines name orders-db ." in texts(see(signed_in, assessment, **query))


@pytest.mark.parametrize(
    "ref", ["", "999999999999/us-east-1/db/unnamed", "../../etc/passwd", "999999999999/us-east-1/db/orders-db\0"]
)
def test_what_the_evaluation_does_not_name_leads_nowhere(signed_in: Client, bundled: Assessment, ref: str) -> None:
    assert signed_in.get(address("score-source", bundled.pk, 20), {"ref": ref}).status_code == 404


@pytest.mark.parametrize(
    "member",
    [
        "999999999999/us-east-1/no-such-file.json",
        "../manifest.json",
        "/etc/passwd",
        "999999999999/../manifest.json",
        "./manifest.json",
        "manifest.json\0",
        "999999999999/us-east-1/",
        "MANIFEST.JSON",
    ],
)
def test_only_names_that_the_bundle_lists_are_opened(signed_in: Client, bundled: Assessment, member: str) -> None:
    assert see(signed_in, bundled, member="manifest.json").status_code == 200
    assert see(signed_in, bundled, member=member).status_code == 404


def test_a_file_that_is_no_bundle_has_no_members(signed_in: Client, in_progress: Assessment, rita: User) -> None:
    assessment = hand_in_with(in_progress, 13, REPORT, by=rita)
    assert see(signed_in, assessment, member="credential-report.csv").status_code == 404


def test_a_bundle_of_another_assessment_is_not_opened(signed_in: Client, bundled: Assessment, acme: Vendor) -> None:
    other = factories.make_assessment(vendor=factories.make_vendor("Birch Analytics"), state="submitted")
    evidence = Evidence.objects.get(assessment=bundled)
    path = address("evidence-view", other.pk, evidence.pk)
    assert signed_in.get(path, {"member": "manifest.json"}).status_code == 404


def test_a_stranger_gets_nothing_of_a_bundle(client: Client, bundled: Assessment) -> None:
    stranger = factories.lead_of(factories.make_vendor("Birch Analytics"))
    client.force_login(stranger)
    assert see(client, bundled, member="manifest.json").status_code == 404


def test_what_a_file_holds_is_never_markup(signed_in: Client, in_progress: Assessment, rita: User) -> None:
    out = io.BytesIO(BUNDLE[1])
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("999999999999/us-east-1/ec2.describe-hosts.json", b'{"a": "<script>alert(1)</script>"}')
    assessment = hand_in_with(in_progress, 20, ("odd.zip", out.getvalue()), by=rita)
    page = see(
        signed_in, assessment, member="999999999999/us-east-1/ec2.describe-hosts.json", mark="<i>"
    ).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<i>" not in page


def test_a_file_that_is_too_large_says_so(
    signed_in: Client, bundled: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessments.queries.contents.MARKED_BYTES", 10)
    page = see(signed_in, bundled, member="manifest.json")
    assert "This file is too large to show here. Download the bundle." in texts(page)


def test_root_leads_to_the_report_of_its_own_account(signed_in: Client, in_progress: Assessment, rita: User) -> None:
    other = ("other.csv", REPORT[1].replace(b"999999999999", b"444455556666"))
    assessment = factories.evaluate(hand_in_with(in_progress, 13, other, BUNDLE, by=rita))
    for account, name in (("999999999999", "acme-bad.zip"), ("444455556666", "other.csv")):
        ref = {"ref": f"{account}/global/root#access_key_1"}
        response = signed_in.get(address("score-source", assessment.pk, 13), ref)
        file = Evidence.objects.get(assessment=assessment, name=name)
        assert urlsplit(response.url).path == address("evidence-view", assessment.pk, file.pk)
