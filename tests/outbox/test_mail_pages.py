"""The log of mails for administrators, and the page that shows the demo's mail."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from outbox.models import Mail
from users.models import User

pytestmark = pytest.mark.django_db
QUERIES = 5  # session, person, states, count, rows
LETTER = "Subject: Assay: a report is ready\nFrom: a@alder.example\nTo: max@alder.example\n{date}\nHello, http://localhost/x\n"


@pytest.mark.parametrize(
    ("header", "at"),
    [
        ("Date: Wed, 25 Nov 2026 01:23:05 -0000\n", datetime(2026, 11, 25, 1, 23, 5, tzinfo=UTC)),
        ("Date: some day\n", None),
        ("", None),
    ],
)
def test_letters_show_when_they_were_written(
    header: str, at: datetime | None, client: Client, ana: User, settings: LazySettings, tmp_path: Path
) -> None:
    settings.DEMO, settings.EMAIL_FILE_PATH = True, str(tmp_path)
    (tmp_path / "one.log").write_text(LETTER.format(date=header))
    client.force_login(ana)
    page = client.get(reverse("outbox:mail-list"))
    assert [(letter.to, letter.at) for letter in page.context["letters"]] == [("max@alder.example", at)]
    assert ("25 Nov 2026, 01:23" in page.content.decode()) == (at is not None)
    assert client.get(reverse("outbox:mail-detail", args=[1])).status_code == 200


# --- The log -------------------------------------------------------------------------------------------------------


def make_mail(number: int, state: str = "queued", **more: object) -> Mail:
    """A row of the log; the details are those of any state."""
    at = datetime(2026, 11, 25, 8, number % 60, tzinfo=UTC)
    values = {"to": f"lea{number}@acme.example", "params": {"invitation": number}, "attempts": 1, "due_at": at, **more}
    return Mail.objects.create(kind="vendor.invitation", state=state, sent_at=at if state == "sent" else None, **values)


def rows(page: str) -> list[list[str]]:
    """The cells of the table, in words."""
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL):
        cells = re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        found.append([" ".join(re.sub(r"<.*?>", " ", cell).split()) for cell in cells])
    return found


def test_the_log_says_what_became_of_each_mail(client: Client, ada: User) -> None:
    make_mail(1, "sent")
    make_mail(2, attempts=0)
    make_mail(3, problem="TimeoutError: the mail server did not take it", attempts=2)
    make_mail(4, "failed", problem="TimeoutError: the mail server did not take it", attempts=7)
    make_mail(5, "dropped", problem="The person has muted mail of this kind.")
    Mail.objects.update(created_at=datetime(2026, 11, 25, 7, tzinfo=UTC))
    Mail.objects.filter(to="lea5@acme.example").update(kind="gone.kind")
    client.force_login(ada)
    page = client.get(reverse("outbox:mail-log")).content.decode()
    asked, not_taken = "25 Nov 2026, 07:00", "TimeoutError: the mail server did not take it"
    assert rows(page) == [
        ["gone.kind", "lea5@acme.example", asked, "No longer needed The person has muted mail of this kind.", "1", ""],
        ["Invitation", "lea4@acme.example", asked, f"Not sent {not_taken}", "7", ""],
        ["Invitation", "lea3@acme.example", asked, f"Waiting {not_taken}", "2", "25 Nov 2026, 08:03"],
        ["Invitation", "lea2@acme.example", asked, "Waiting", "0", "25 Nov 2026, 08:02"],
        ["Invitation", "lea1@acme.example", asked, "Sent", "1", "25 Nov 2026, 08:01"],
    ]
    chips = re.search(r'<ul class="chips.*?</ul>', page, re.DOTALL).group()
    assert " ".join(re.sub(r"<.*?>", " ", chips).split()) == "All 5 Waiting 2 Sent 1 Not sent 1 No longer needed 1"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?state=failed", ["2"]),
        ("?state=dropped", []),
        ("?state=nonsense", ["3", "2", "1"]),
        ("?page=x", ["3", "2", "1"]),
    ],
)
def test_the_log_is_filtered_by_state(client: Client, ada: User, query: str, shown: list[str]) -> None:
    for number, state in enumerate(("sent", "failed", "queued"), 1):
        make_mail(number, state)
    client.force_login(ada)
    page = client.get(reverse("outbox:mail-log") + query).content.decode()
    assert [row[1] for row in rows(page)] == [f"lea{number}@acme.example" for number in shown]
    assert ("No mail has this status." in page) == (shown == [])


def test_the_log_has_pages_that_keep_the_filter(client: Client, ada: User) -> None:
    for number in range(52):
        make_mail(number)
    client.force_login(ada)
    page = client.get(reverse("outbox:mail-log") + "?state=queued").content.decode()
    assert len(rows(page)) == 50
    assert 'href="?state=queued&amp;page=2"' in page
    assert len(rows(client.get(reverse("outbox:mail-log") + "?state=queued&page=2").content.decode())) == 2


@pytest.mark.parametrize("count", [1, 30])
def test_the_log_costs_the_same_for_all(
    client: Client, ada: User, count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(count):
        make_mail(number)
    client.force_login(ada)
    with django_assert_num_queries(QUERIES):
        client.get(reverse("outbox:mail-log"))


def test_the_log_holds_no_words_and_no_link_of_a_mail(client: Client, ada: User, rita: User) -> None:
    Mail.objects.create(
        kind="account.reset_password", to=rita.email, params={"user": rita.pk}, due_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    client.force_login(ada)
    page = client.get(reverse("outbox:mail-log")).content.decode()
    assert [row[:2] for row in rows(page)] == [["Password reset", "rita@acme.example"]]
    assert "/accounts/password/reset/key/" not in page


@pytest.mark.parametrize(
    ("who", "demo", "link"),
    [
        ("ada", False, "/mail/log/"),
        ("ana", False, None),
        ("rita", False, None),
        ("ada", True, "/mail/"),
        ("ana", True, "/mail/"),
        ("rita", True, None),
    ],
)
def test_the_way_to_the_mails(
    client: Client, request: pytest.FixtureRequest, settings: LazySettings, who: str, demo: bool, link: str | None
) -> None:
    settings.DEMO = demo
    client.force_login(request.getfixturevalue(who))
    page = client.get(reverse("assessments:list")).content.decode()
    # Drawn twice: in the bar, and for narrow screens in the menu.
    assert re.findall(r'href="(/mail/[^"]*)"', page) == ([link, link] if link else [])


@pytest.mark.parametrize(("who", "has_link"), [("ada", True), ("ana", False)])
def test_the_demos_mails_lead_administrators_to_the_log(
    client: Client,
    request: pytest.FixtureRequest,
    settings: LazySettings,
    tmp_path: Path,
    who: str,
    has_link: bool,
) -> None:
    settings.DEMO, settings.EMAIL_FILE_PATH = True, str(tmp_path)
    client.force_login(request.getfixturevalue(who))
    page = client.get(reverse("outbox:mail-list")).content.decode()
    assert ('href="/mail/log/"' in page) is has_link
