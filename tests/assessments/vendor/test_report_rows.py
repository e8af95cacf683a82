"""The table of a stored credential report: only what a page shows is read again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessments.evaluators.formats import credential_report
from assessments.models import Assessment, Evidence
from assessments.queries import contents
from tests.assessments.vendor.helpers import HEADER, add
from tests.evaluators.shared import FIXTURES
from users.models import User

AMBIGUOUS = (FIXTURES / "credential-reports" / "05-excel-us-ambiguous.csv").read_bytes()


def stored(client: Client, user: User, assessment: Assessment, data: bytes) -> Evidence:
    client.force_login(user)
    add(client, assessment, SimpleUploadedFile("credential-report.csv", data))
    return Evidence.objects.get(assessment=assessment)


def shown(evidence: Evidence, page: str = "1") -> list[tuple[str, str, str]]:
    content = contents.readable(evidence, page)
    assert content.problem == ""
    return [(row.user, row.keys[0].rotated, row.keys[0].used) for row in content.page.object_list]


def test_dates_that_read_in_two_ways_are_found_once(
    client: Client, rita: User, in_progress: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which it is was found when the file came in; a page reads no more than its own rows."""
    item = stored(client, rita, in_progress, AMBIGUOUS)
    monkeypatch.setattr(contents, "ROWS", 2)
    monkeypatch.delattr(credential_report, "parse")
    assert item.facts["date_order"] == "ambiguous"
    assert shown(item) == [("<root_account>", "–", "–"), ("erin", "10 Sep 2026", "11 Oct 2026")]
    assert shown(item, "2") == [("frank", "3 Feb 2026", "11 Aug 2026")]


def test_a_file_that_came_before_this_was_noted_is_read_whole(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    item = stored(client, rita, in_progress, AMBIGUOUS)
    rows = shown(item)
    del item.facts["date_order"]
    assert shown(item) == rows
    assert len(rows) == 3


def test_a_report_of_damaged_rows_alone_has_an_empty_table(client: Client, rita: User, in_progress: Assessment) -> None:
    assert shown(stored(client, rita, in_progress, HEADER.encode() + b"\nbob,arn:aws:iam::1111\n")) == []
