"""A spreadsheet made to hurt: what a program would never write, and a few kilobytes that cost minutes."""

import io
import re
import zipfile

import pytest
from django.test import Client

from assessments.actions import assignments
from assessments.models import Assessment
from tests import factories
from tests.assessments.spreadsheet.helpers import confirm, fetched, fill, refusal, upload, would_change
from tests.assessments.vendor.helpers import answer_to, at
from users.models import User
from vendors.actions import invitations
from vendors.models import Member, MemberRole, Vendor

_SHEET = "xl/worksheets/sheet1.xml"


def with_merged(data: bytes, count: int) -> bytes:
    """The questionnaire with so many merged ranges far from its questions."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == _SHEET:
                ranges = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (900 + n, 900 + n) for n in range(count))
                part = re.sub(rb"<mergeCells.*?</mergeCells>", b"", part)
                assert part.count(b"</sheetData>") == 1
                part = part.replace(b"</sheetData>", b"</sheetData><mergeCells>" + ranges + b"</mergeCells>")
            new.writestr(name, part)
    return out.getvalue()


def test_merged_ranges_are_counted_before_cells_are_held_against_them(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    data = fetched(client, in_progress)
    assert upload(client, in_progress, with_merged(data, 90)).status_code == 200
    assert refusal(upload(client, in_progress, with_merged(data, 2_000))).startswith(
        "The spreadsheet holds more than a questionnaire may."
    )


@pytest.mark.parametrize("text", ["a_xD800_b", "a_x0000_b", "_x0000_", "a_xFFFF_b", "=1+1", "a_x005F_x0000_b"])
def test_a_text_that_no_database_stores_is_refused_or_taken_without_it(
    client: Client, rita: User, in_progress: Assessment, text: str
) -> None:
    client.force_login(rita)
    page = upload(client, in_progress, fill(fetched(client, in_progress), ("Notes", 13, text)))
    assert page.status_code in {200, 422}
    if would_change(page):
        assert confirm(client, in_progress, page).status_code == 200
    notes = answer_to(in_progress, 13).notes
    assert "\x00" not in notes
    assert not re.search("[\ud800-\udfff]", notes)


def test_what_a_lead_looked_at_is_held_against_what_they_may_do_by_now(
    client: Client, acme: Vendor, rita: User, in_progress: Assessment
) -> None:
    other = factories.make_user("Olga Ruiz", email="olga@acme.example")
    member = factories.make_member(acme, other, role=MemberRole.LEAD)
    client.force_login(other)
    page = upload(client, in_progress, fill(fetched(client, in_progress), ("Notes", 12, "x"), ("Notes", 13, "y")))
    assert set(would_change(page)) == {12, 13}
    Member.objects.filter(pk=member.pk).update(role=MemberRole.HELPER)
    assignments.assign(assessment=in_progress, numbers=[13], to=other, by=rita)
    late = confirm(client, in_progress, page)
    assert (late.status_code, list(would_change(late))) == (409, [13])
    assert "question 12" not in late.content.decode().lower()
    assert (answer_to(in_progress, 12).notes, answer_to(in_progress, 13).notes) == ("", "")
    invitations.remove_member(member=Member.objects.get(pk=member.pk), by=rita)
    gone = client.post(at("spreadsheet-confirm", in_progress), {"changes": page.context["packed"]})
    assert (gone.status_code, answer_to(in_progress, 13).notes) == (404, "")
