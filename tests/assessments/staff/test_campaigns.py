"""One playbook sent to many vendors from a list: what is looked at, what is refused, and what is done."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from assessments.actions import campaigns, workflow
from assessments.intake.vendor_lists import read_list
from assessments.models import Assessment, Campaign
from assessments.queries.campaign_plan import plan
from audit.models import Event, EventDetail
from outbox.models import Mail
from tests import factories
from tests.assessments.staff.pages import address, count_queries, said, texts
from users.models import User
from vendors.actions.invitations import invite
from vendors.models import Invitation, MemberRole, Vendor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("playbook")]
HEAD = "vendor,tier,service,lead name,lead email\n"


@pytest.fixture
def signed_in(client: Client, max: User) -> Client:
    client.force_login(max)
    return client


def typed(vendors: str = "", **values: object) -> dict[str, Any]:
    """What a manager sends."""
    due_on = timezone.localdate() + timedelta(days=30)
    plain = {"name": "Spring 2026", "period": "2026", "due_on": f"{due_on}", "form_key": f"{uuid4()}"}
    return {**plain, "vendors": vendors, **values}


def wrong(page: HttpResponse) -> list[tuple[int, str, str]]:
    """Line, column and reason of each problem on the page."""
    assert page.status_code == 422
    return [(one.line, one.column, one.reason) for one in page.context["wrong"].problems]


def looked_at(client: Client, sent: dict[str, Any]) -> dict[str, Any]:
    """The same with what the preview adds for its button."""
    page = client.post(address("campaign-new"), sent)
    assert page.status_code == 200, texts(page)
    return {**sent, "looked_at": page.context["plan"].fingerprint}


def counts() -> list[int]:
    return [model.objects.count() for model in (Campaign, Assessment, Vendor, Invitation, Mail, Event)]


# --- What would happen ---------------------------------------------------------------------------------------------


def test_the_preview_says_what_would_happen_and_writes_nothing(signed_in: Client, acme: Vendor, rita: User) -> None:
    before = counts()
    sent = typed(
        "lead email; TIER;vendor;Lead_Name;service\n"
        f"{rita.email.upper()};;ACME payments;Whoever;Invoices\n"
        "\n"
        '"kim@brook.example";High;=Brook, Hosting;Kim Larsen;"+Web hosting"\n'
    )
    page = signed_in.post(address("campaign-new"), sent)
    words = texts(page)
    assert page.status_code == 200
    assert (
        "Assessments 2 To be opened and sent New vendors 1 To be made from the list Invitations 1 Mails to new leads"
        in words
    )
    assert "2 Acme Payments Is here already · its service stays “Card settlement” Critical Rita Lindqvist" in words
    assert "Rita Lindqvist Is lead or invited already To be opened and sent" in words
    assert "4 =Brook, Hosting New · +Web hosting High Kim Larsen An invitation goes to kim@brook.example" in words
    assert "Send to 2 vendors" in words
    assert counts() == before


def test_the_button_makes_opens_invites_and_sends(signed_in: Client, acme: Vendor, rita: User, ana: User) -> None:
    sent = typed(
        f"{HEAD}Acme Payments,Critical,,,\nBrook Hosting,low,Web hosting,Kim Larsen,Kim@Brook.example", analyst=ana.pk
    )
    page = signed_in.post(address("campaign-confirm"), looked_at(signed_in, sent), follow=True)
    assert said(page) == ["Sent to 2 vendors."]
    campaign = Campaign.objects.get()
    brook = Vendor.objects.get(name="Brook Hosting")
    assert (brook.tier, brook.service, brook.created_by.name) == ("low", "Web hosting", "Max Weber")
    invitation = Invitation.objects.get()
    assert (invitation.vendor, invitation.email, invitation.name, invitation.role) == (
        brook,
        "kim@brook.example",
        "Kim Larsen",
        "lead",
    )
    made = Assessment.objects.filter(campaign=campaign).order_by("vendor__name")
    assert [(one.vendor.name, one.state, one.period, one.analyst, one.sent_by.name) for one in made] == [
        ("Acme Payments", "in_progress", "2026", ana, "Max Weber"),
        ("Brook Hosting", "in_progress", "2026", ana, "Max Weber"),
    ]
    assert {one.due_on for one in made} == {campaign.due_on}
    mails = sorted(Mail.objects.values_list("kind", "to"))
    assert mails == [("assessment.sent", rita.email), ("vendor.invitation", "kim@brook.example")]
    event = Event.objects.get(kind="campaign.started")
    assert EventDetail.objects.get(event=event).data == {
        "name": "Spring 2026",
        "playbook": "aws-core 2020-06",
        "vendors": 2,
        "new_vendors": 1,
        "invitations": 1,
    }


def test_a_second_click_makes_nothing_twice(signed_in: Client, acme: Vendor, rita: User) -> None:
    sent = looked_at(signed_in, typed(f"{HEAD}Acme Payments,,,,\nBrook,low,,,kim@brook.example"))
    first = signed_in.post(address("campaign-confirm"), sent)
    made = counts()
    second = signed_in.post(address("campaign-confirm"), sent)
    assert (first.status_code, second.status_code, second.url) == (302, 302, first.url)
    assert counts() == made


def test_what_changed_meanwhile_is_looked_at_again(signed_in: Client, acme: Vendor, rita: User) -> None:
    sent = looked_at(signed_in, typed(f"{HEAD}Brook,low,,,kim@brook.example"))
    factories.make_vendor("Brook", tier="low")
    before = counts()
    page = signed_in.post(address("campaign-confirm"), sent)
    assert page.status_code == 409
    assert "Not sent. Something changed here while you were looking at this page." in texts(page)
    assert "2 Brook Is here already" in texts(page)
    assert counts() == before
    again = {**sent, "looked_at": page.context["plan"].fingerprint}
    assert signed_in.post(address("campaign-confirm"), again).status_code == 302


def test_an_assessment_opened_meanwhile_is_a_line_to_mend(signed_in: Client, acme: Vendor, rita: User) -> None:
    sent = looked_at(signed_in, typed(f"{HEAD}Acme Payments,,,,\nBrook,low,,,kim@brook.example"))
    factories.make_assessment(vendor=acme, period="2025")
    page = signed_in.post(address("campaign-confirm"), sent)
    reason = "This vendor has an assessment that is not sent yet (AWS assessment 2025). Send or cancel it first"
    assert wrong(page) == [(2, "vendor", reason)]
    assert not Campaign.objects.exists()


def test_one_refusal_undoes_all(acme: Vendor, max: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the plan cannot foresee is refused by an action; its line is named, and nothing is left of the others."""
    found = read_list(f"{HEAD}Brook,low,,,kim@brook.example\nCove,low,,,lou@cove.example")
    real = workflow.send

    def refusing(*, assessment: Assessment, by: User) -> Assessment:
        if assessment.vendor.name == "Cove":
            raise workflow.MoveRefused("Not today.")
        return real(assessment=assessment, by=by)

    monkeypatch.setattr(campaigns, "send", refusing)
    before = counts()
    content = campaigns.CampaignContent("Spring", "2026", timezone.localdate(), None)
    with pytest.raises(campaigns.CampaignRefused, match=r"^Line 3, Cove: Not today\. Nothing was sent\.$"):
        campaigns.start(
            content=content,
            playbook=factories.make_playbook(),
            found=found,
            looked_at=plan(max, found).fingerprint,
            form_key=uuid4(),
            by=max,
        )
    assert counts() == before


# --- What is refused -----------------------------------------------------------------------------------------------


def test_every_wrong_cell_is_named_and_nothing_is_written(
    signed_in: Client, acme: Vendor, rita: User, tom: User, ana: User
) -> None:
    factories.make_assessment(vendor=acme, state="submitted")
    dune = factories.make_vendor("Dune", tier="high")
    invite(vendor=dune, email="help@dune.example", name="", role=MemberRole.HELPER, by=ana)
    before = counts()
    sent = typed(
        f"{HEAD}"
        "Acme Payments,,,,\n"
        "Brook,,,,\n"
        "brook,urgent,,,not-an-address\n"
        ",low,,,kim@cove.example\n"
        f"Cove,low,,,{ana.email}\n"
        "Dune,low,,,help@dune.example\n"
        f"{'x' * 121},low,{'y' * 121},{'z' * 121},kim@x.example\n"
        "E\u202egg,low,,,kim@egg.example\n"
        "Fir,low,,,kim@fir.example,more\n"
    )
    page = signed_in.post(address("campaign-new"), sent)
    assert wrong(page) == [
        (
            2,
            "vendor",
            "The assessment of this vendor is still running (AWS assessment 2026: In review). Close or cancel it first",
        ),
        (3, "tier", "Write one of these: critical, high, medium, low"),
        (3, "lead email", "Write the address of a lead: this vendor has none yet"),
        (4, "tier", "Write one of these: critical, high, medium, low"),
        (4, "lead email", "This is not an email address"),
        (4, "vendor", "This vendor stands in line 3 already"),
        (5, "vendor", "Write the name of the vendor"),
        (6, "lead email", "This address cannot be invited. Use the person's address at the vendor"),
        (7, "tier", "This vendor is “high” here. Change the list, or the vendor first"),
        (7, "lead email", "This person is invited in another role. Withdraw that invitation first"),
        (8, "vendor", "Write 120 characters or fewer"),
        (8, "service", "Write 120 characters or fewer"),
        (8, "lead name", "Write 120 characters or fewer"),
        (9, "vendor", "Type this with visible characters only, without line breaks"),
        (10, "", "This line has more cells than there are columns. Put quotes around a comma"),
    ]
    assert counts() == before
    assert "urgent" in page.context["form"]["vendors"].value()


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        (MemberRole.LEAD, ""),
        (MemberRole.RESPONDENT, "This person is a member already, but not a lead who can sign in"),
    ],
)
def test_the_lead_of_the_list_has_to_be_a_lead_here(acme: Vendor, max: User, role: str, reason: str) -> None:
    factories.make_member(acme, factories.make_user("Kim Larsen"), role=role)
    found = plan(max, read_list(f"{HEAD}Acme Payments,,,,kim@vendor.example"))
    assert [one.reason for one in found.problems] == ([reason] if reason else [])
    assert found.invitations == 0


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("Acme,high\nBrook,low", [(1, "", "The first line has to name the columns: {names}")]),
        (
            "vendor,tier,rank,tier\nAcme,high,1,high",
            [
                (1, "rank", "There is no such column. The columns are: {names}"),
                (1, "tier", "This column stands here twice"),
                (1, "lead email", "This column is missing"),
            ],
        ),
    ],
)
def test_a_header_that_names_other_columns(signed_in: Client, text: str, problems: list[tuple[int, str, str]]) -> None:
    names = "vendor, tier, service, lead name, lead email"
    page = signed_in.post(address("campaign-new"), typed(text))
    assert wrong(page) == [(line, column, reason.format(names=names)) for line, column, reason in problems]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "Choose a file, or paste the list here."),
        (b"\x00\x01\x02" * 50, None),
        (b"x" * 200_001, "The list is too large. It may have 200 kB: make two campaigns of it."),
        (HEAD.encode(), "The list names no vendor. Write one a line, under the names of the columns."),
        (
            HEAD.encode() + b"a,low,,,a@b.example\n" * 101,
            "The list names 101 vendors. A campaign may have 100: make two of it.",
        ),
        (HEAD.encode() + b"a" * 70_000, None),
    ],
)
def test_files_that_are_no_list(signed_in: Client, content: bytes, problem: str | None) -> None:
    page = signed_in.post(address("campaign-new"), typed(file=SimpleUploadedFile("list.csv", content)))
    errors = page.context["form"].errors
    assert (page.status_code, set(errors)) == (422, {"file"})
    assert problem is None or errors["file"] == [problem]
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_as_spreadsheet_programs_write_it(signed_in: Client, encoding: str) -> None:
    text = "sep=;\r\nvendor;tier;lead email\r\nMüller Söhne;low;kim@mueller.example\r\n"
    file = SimpleUploadedFile("list.csv", text.encode(encoding))
    page = signed_in.post(address("campaign-new"), typed("ignored", file=file))
    assert [(one.row.line, one.row.vendor) for one in page.context["plan"].rows] == [(3, "Müller Söhne")]


def test_what_all_have_in_common_is_checked_and_kept(signed_in: Client) -> None:
    past = timezone.localdate() - timedelta(days=1)
    page = signed_in.post(address("campaign-new"), typed("a,b", name="", due_on=f"{past}"))
    assert page.status_code == 422
    assert page.context["form"].errors == {
        "name": ["Name the campaign"],
        "due_on": ["Choose a due date that is not past"],
    }
    page = signed_in.post(address("campaign-new"), typed("typed text", change="1", name="Autumn"))
    assert (page.status_code, page.context["form"]["vendors"].value()) == (200, "typed text")
    assert page.context["form"]["name"].value() == "Autumn"


def test_an_announced_body_that_is_too_large_is_not_read(signed_in: Client) -> None:
    page = signed_in.post(address("campaign-new"), typed("x" * 1_000_001))
    assert page.status_code == 413
    assert "The list may have 200 kB" in texts(page)


def test_an_administrator_reads_and_does_not_send(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert "New campaign" not in texts(client.get(address("campaign-list")))
    assert client.post(address("campaign-confirm"), typed(f"{HEAD}B,low,,,k@b.example")).status_code == 403
    assert not Campaign.objects.exists()


# --- How far it has come -------------------------------------------------------------------------------------------


def test_progress_and_its_queries(signed_in: Client) -> None:
    body = "".join(f"Vendor {n:02},low,,,kim@v{n}.example\n" for n in range(30))
    signed_in.post(address("campaign-confirm"), looked_at(signed_in, typed(HEAD + body)))
    campaign = Campaign.objects.get()
    many = count_queries(signed_in, address("campaign", campaign.pk))
    list_of_one = count_queries(signed_in, address("campaign-list"))
    workflow.cancel(assessment=Assessment.objects.get(vendor__name="Vendor 03"), by=factories.any_manager())
    page = signed_in.get(address("campaign", campaign.pk))
    assert "All 30 Vendor answering 29 Cancelled 1" in texts(page)
    assert "0 of 30 closed" in texts(page)
    assert (len(page.context["sheet"].rows), "Page 1 of 2" in texts(page)) == (25, True)
    page = signed_in.get(address("campaign", campaign.pk), {"state": "cancelled"})
    assert [row.assessment.vendor.name for row in page.context["sheet"].rows] == ["Vendor 03"]

    few = looked_at(signed_in, typed(f"{HEAD}Zinc,low,,,kim@zinc.example"))
    signed_in.post(address("campaign-confirm"), few)
    assert count_queries(signed_in, address("campaign", Campaign.objects.latest("pk").pk)) == many
    assert count_queries(signed_in, address("campaign-list")) == list_of_one
    assert "0 of 30 closed 1 cancelled" in texts(signed_in.get(address("campaign-list")))


def test_the_plan_of_a_long_list_takes_as_many_queries_as_of_a_short_one(
    acme: Vendor, rita: User, django_assert_num_queries: Any
) -> None:
    manager = factories.any_manager()
    short = read_list(f"{HEAD}Acme Payments,,,,\n")
    long = read_list(HEAD + "Acme Payments,,,,\n" + "".join(f"V{n},low,,,kim@v{n}.example\n" for n in range(99)))
    for each in (short, long):
        with django_assert_num_queries(5):
            plan(manager, each)
