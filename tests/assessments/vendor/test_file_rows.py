"""What a row says of a file: the account of a report, and that the same file is there already."""

import re

from django.test import Client

from assessments.models import Assessment, Evidence
from tests.assessments.vendor.helpers import add, at, png, report
from tests.factories import make_assessment
from users.models import User
from vendors.models import Vendor

SAME = "This is the same file as first.png, which was added before. You can remove one of them."


def test_a_report_names_its_account(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    assert "9 rows read, account 444455556666" in add(client, in_progress, report(8, "444455556666"), 13)["html"]


def test_the_same_file_again_says_so_until_one_is_taken_back(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    assert SAME not in add(client, in_progress, png("first.png"), 13)["html"]
    assert SAME in add(client, in_progress, png("second.png"), 14)["html"]
    library = at("evidence-list", in_progress)
    assert client.get(library).content.decode().count(SAME) == 1
    first = Evidence.objects.get(name="first.png")
    client.post(at("evidence-withdraw", in_progress, first.pk))
    assert SAME not in client.get(library).content.decode()


def test_the_same_file_in_another_assessment_is_not_named(
    client: Client, rita: User, sam: User, in_progress: Assessment, birch: Vendor
) -> None:
    theirs = make_assessment(vendor=birch, state="in_progress")
    client.force_login(rita)
    add(client, in_progress, png("first.png"), 13)
    client.force_login(sam)
    assert "first.png" not in add(client, theirs, png("second.png"), 13)["html"]


def test_only_questions_that_were_sent_back_are_offered_for_a_file(client: Client, acme: Vendor, rita: User) -> None:
    assessment = make_assessment(vendor=acme, state="changes_requested")
    client.force_login(rita)
    html = add(client, assessment, png())["html"]
    assert re.findall(r'<option value="(\d+)"', html) == ["1"]
