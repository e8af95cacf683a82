"""AWS accounts in scope: rows, pasted lines, and errors that name where they are."""

import re

import pytest
from django.test import Client

from assessments.models import Assessment
from tests.assessments.vendor.helpers import at
from tests.factories import make_assessment
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import Vendor

ONE = ("111122223333", "payments-prod", "production")
TWO = ("444455556666", "", "staging")


def stored(vendor: Vendor) -> list[tuple[str, str, str]]:
    return list(vendor.aws_accounts.values_list("account_id", "name", "stage"))


def form(client: Client, assessment: Assessment, rows: list[tuple[str, str, str]], lines: str = "") -> dict[str, str]:
    """The form as the page would send it with these rows."""
    page = client.get(at("accounts", assessment)).content.decode()
    seen = re.search(r'name="seen" value="(\w*)"', page).group(1)
    fields = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0", "seen": seen, "lines": lines}
    for number, values in enumerate(rows):
        for name, value in zip(("account_id", "name", "stage"), values, strict=True):
            fields[f"form-{number}-{name}"] = value
    return fields


def declare(client: Client, assessment: Assessment, rows: list[tuple[str, str, str]], lines: str = "") -> object:
    return client.post(at("accounts", assessment), form(client, assessment, rows, lines))


def test_rows_are_stored(client: Client, rita: User, acme: Vendor, in_progress: Assessment) -> None:
    client.force_login(rita)
    response = declare(client, in_progress, [ONE, ("4444-5555-6666", "", "staging"), ("", "", "")])
    assert response.headers["Location"] == at("answer-list", in_progress)
    assert stored(acme) == [ONE, TWO]
    assert "2 AWS accounts in scope saved." in client.get(at("answer-list", in_progress)).content.decode()


def test_stored_accounts_come_back_and_an_emptied_row_goes(
    client: Client, rita: User, acme: Vendor, in_progress: Assessment
) -> None:
    declare_accounts(vendor=acme, accounts=[DeclaredAccount(*ONE), DeclaredAccount(*TWO)], by=rita)
    client.force_login(rita)
    page = client.get(at("accounts", in_progress)).content.decode()
    assert 'value="111122223333"' in page
    assert '<option value="production" selected>' in page
    declare(client, in_progress, [("", "", ""), TWO])
    assert stored(acme) == [TWO]


def test_pasted_lines_are_stored(client: Client, rita: User, acme: Vendor, in_progress: Assessment) -> None:
    client.force_login(rita)
    lines = (
        "111122223333, payments-prod, production\r\n\r\n4444 5555 6666;;test\r\n555555555555\tlogs, all\tSecurity\r\n"
    )
    declare(client, in_progress, [], lines)
    assert stored(acme) == [ONE, TWO, ("555555555555", "logs, all", "logging")]


def test_rows_and_lines_add_up(client: Client, rita: User, acme: Vendor, in_progress: Assessment) -> None:
    client.force_login(rita)
    declare(client, in_progress, [ONE], "444455556666, , staging")
    assert stored(acme) == [ONE, TWO]


@pytest.mark.parametrize(
    ("rows", "lines", "words"),
    [
        ([ONE, ("123", "x", "staging")], "", "Row 2: An AWS account ID has 12 digits, for example 111122223333"),
        ([("", "x", "staging")], "", "Row 1: An AWS account ID has 12 digits, for example 111122223333"),
        ([("111122223333", "x", "")], "", "Row 1: Choose a stage"),
        ([ONE, ONE], "", "Row 2: 111122223333 is in row 1 already"),
        ([ONE], "111122223333, x, production", "Line 1: 111122223333 is in row 1 already"),
        ([], "\n12, x, production", "Line 2: An AWS account ID has 12 digits, for example 111122223333"),
        ([], "111122223333, x", "Line 1: Say the stage at the end: production, staging, development"),
        ([], f"111122223333, {'n' * 61}, production", "Line 1: The name must be 60 characters or less"),
        ([], "", "Declare at least one AWS account"),
        ([("１１１１２２２２３３３３", "x", "staging")], "", "Row 1: An AWS account ID has 12 digits"),
    ],
)
def test_errors_name_the_place_and_keep_what_was_typed(
    client: Client,
    rita: User,
    acme: Vendor,
    in_progress: Assessment,
    rows: list[tuple[str, str, str]],
    lines: str,
    words: str,
) -> None:
    client.force_login(rita)
    response = declare(client, in_progress, rows, lines)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    for number, _, _ in rows:
        assert number in page
    assert lines.strip() in page
    assert stored(acme) == []


def test_more_than_the_limit_is_refused(client: Client, rita: User, acme: Vendor, in_progress: Assessment) -> None:
    client.force_login(rita)
    lines = "\n".join(f"{number:012d}, , other" for number in range(501))
    response = declare(client, in_progress, [], lines)
    assert "At most 500 accounts can be declared" in response.content.decode()
    assert stored(acme) == []


def test_many_accounts_are_lines(client: Client, rita: User, acme: Vendor, in_progress: Assessment) -> None:
    many = [DeclaredAccount(f"{number:012d}", "x", "other") for number in range(60)]
    declare_accounts(vendor=acme, accounts=many, by=rita)
    client.force_login(rita)
    page = client.get(at("accounts", in_progress)).content.decode()
    assert "000000000059, x, other</textarea>" in page
    assert 'value="000000000059"' not in page


def test_a_newer_list_is_not_overwritten_unseen(
    client: Client, rita: User, acme: Vendor, in_progress: Assessment, ana: User
) -> None:
    client.force_login(rita)
    mine = form(client, in_progress, [ONE])
    declare_accounts(vendor=acme, accounts=[DeclaredAccount(*TWO)], by=ana)
    response = client.post(at("accounts", in_progress), mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody changed the accounts while this page was open." in page
    assert "111122223333" in page
    assert "444455556666" in page
    assert stored(acme) == [TWO]
    seen = re.search(r'name="seen" value="(\w*)"', page).group(1)
    assert client.post(at("accounts", in_progress), mine | {"seen": seen}).status_code == 302
    assert stored(acme) == [ONE]


def test_respondents_read_and_cannot_declare(
    client: Client, tom: User, acme: Vendor, in_progress: Assessment, rita: User
) -> None:
    declare_accounts(vendor=acme, accounts=[DeclaredAccount(*ONE)], by=rita)
    client.force_login(tom)
    page = client.get(at("accounts", in_progress)).content.decode()
    assert "A lead can change this list." in page
    assert "data-formset" not in page
    assert client.post(at("accounts", in_progress), {"seen": ""}).status_code == 403
    assert stored(acme) == [ONE]


@pytest.mark.parametrize("who", ["ana", "max"])
def test_our_people_may_declare(
    client: Client, request: pytest.FixtureRequest, who: str, acme: Vendor, in_progress: Assessment
) -> None:
    client.force_login(request.getfixturevalue(who))
    response = declare(client, in_progress, [ONE])
    assert response.headers["Location"] == at("detail", in_progress)
    assert stored(acme) == [ONE]


def test_strangers_get_404(client: Client, sam: User, in_progress: Assessment) -> None:
    client.force_login(sam)
    assert client.get(at("accounts", in_progress)).status_code == 404
    assert client.post(at("accounts", in_progress), {}).status_code == 404


def test_closed_is_read_only(client: Client, rita: User, acme: Vendor) -> None:
    assessment = make_assessment(vendor=acme, state="closed")
    client.force_login(rita)
    assert "This list can only be read now." in client.get(at("accounts", assessment)).content.decode()
    assert client.post(at("accounts", assessment), {}).status_code == 403


def test_a_form_without_its_frame_is_said(client: Client, rita: User, acme: Vendor, in_progress: Assessment) -> None:
    client.force_login(rita)
    assert client.post(at("accounts", in_progress), {"lines": "x"}).status_code == 422
    assert stored(acme) == []
