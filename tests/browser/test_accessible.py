"""No page keeps anybody out: axe finds nothing, wide and narrow, light and dark, and no page moves sideways."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page, expect

from assessments.models import Assessment
from tests.browser import estate as estates
from tests.browser.conftest import Console, OpenPage, Site
from tests.browser.estate import Estate
from tests.browser.looking import PHONE, WIDE, Address, Axe, visit
from tests.servers import free_port, wait_for, web_server
from users.mail import mute_link
from users.models import User
from vendors.actions.invitations import issue_token


def one(name: str, state: str, *more: int, query: str = "") -> Address:
    """A page of the assessment in this state."""
    return Address(f"assessments:{name}", lambda estate: (estate.by_state[state].pk, *more), query)


def file(place: int, name: str = "evidence-view") -> Address:
    """A page of one file: picture, credential report, PDF, bundle, text."""
    return Address(f"assessments:{name}", lambda estate: (estate.answering.pk, estate.files[place].pk))


NOBODY = [
    Address("account_login"),
    Address("account_signup"),
    Address("account_inactive"),
    Address("account_reset_password"),
    Address("account_reset_password_done"),
    Address("account_reset_password_from_key", lambda _: ("1", "set-password")),
    Address(
        "account_reset_password_from_key",
        lambda e: (user_pk_to_url_str(e.tom), default_token_generator.make_token(e.tom)),
        leads_to="-set-password/",
    ),
    Address("account_reset_password_from_key_done"),
    Address("account_email_verification_sent"),
    Address("account_confirm_email", lambda _: ("nonsense",)),
    Address("vendors:invitation-accept"),
    Address("vendors:invitation-open", lambda e: (issue_token(invitation=e.invitation),), leads_to="/join/"),
    Address("users:mute"),
    Address("users:mute-open", lambda e: (mute_link(e.rita).split("/")[-2],), leads_to="/accounts/mail/"),
]
ACCOUNT = [
    Address("users:profile"),
    Address("account_email"),
    Address("account_change_password"),
    Address("account_reauthenticate"),
    Address("account_logout"),
    Address("usersessions_list"),
    Address("mfa_index"),
    Address("mfa_activate_totp"),
    Address("mfa_list_webauthn"),
    Address("mfa_add_webauthn"),
]
LEAD = [
    Address("assessments:list"),
    one("answer-list", "in_progress"),
    one("answer-list", "in_progress", query="?show=evidence"),
    one("answer-list", "submitted"),
    one("answer-list", "changes_requested"),
    one("answer-list", "closed"),
    one("answer-list", "cancelled"),
    one("assign", "in_progress"),
    one("assign", "submitted"),
    one("answer-edit", "in_progress", 1),
    one("answer-edit", "in_progress", 2),
    one("answer-edit", "in_progress", 3),
    one("answer-edit", "changes_requested", 1),
    one("answer-edit", "changes_requested", 2),
    one("answer-edit", "submitted", 2),
    one("accounts", "in_progress"),
    one("accounts", "closed"),
    one("spreadsheet", "in_progress"),
    one("submit-check", "in_progress"),
    one("submit-check", "closed"),
    one("receipt", "submitted"),
    Address("assessments:verify"),
    one("evidence-list", "in_progress"),
    one("evidence-list", "closed"),
    *[file(place) for place in range(5)],
    Address("vendors:people", lambda e: (e.answering.vendor_id,)),
    Address("assessments:finding-list"),
    Address("assessments:finding", lambda e: (e.finding.pk,)),
    Address("collector:page"),
]
STAFF = [
    Address("assessments:portfolio"),
    Address("assessments:portfolio", query="?q=nobody"),
    Address("assessments:worklist"),
    Address("assessments:list"),
    Address("assessments:list", query="?state=cancelled"),
    *[one("detail", state) for state in estates.STATES.values()],
    Address("assessments:compare"),
    Address("assessments:calendar"),
    Address("assessments:calendar", query="?from=2031-02"),
    Address("assessments:campaign-list"),
    Address("assessments:campaign-new"),
    Address("assessments:campaign", lambda e: (e.campaign.pk,)),
    Address("assessments:campaign", lambda e: (e.campaign.pk,), query="?state=cancelled"),
    one("against", "submitted"),
    one("event-list", "submitted"),
    one("documents", "submitted"),
    one("documents", "closed"),
    one("receipt", "changes_requested"),
    Address("assessments:verify"),
    one("edit", "submitted"),
    one("reviewers", "in_progress"),
    one("reviewers", "submitted"),
    Address("assessments:open"),
    one("accounts", "submitted"),
    one("score-edit", "submitted", 1),
    one("score-edit", "submitted", 2),
    one("score-edit", "submitted", 3),
    one("score-edit", "closed", 1),
    one("score-edit", "changes_requested", 1),
    one("score-edit", "closed", 13),
    Address("assessments:finding-list"),
    Address("assessments:finding-list", query="?q=nobody&overdue=on"),
    Address("assessments:finding", lambda e: (e.finding.pk,)),
    Address("vendors:create"),
    Address("vendors:detail", lambda e: (e.answering.vendor_id,)),
    Address("vendors:detail", lambda e: (e.lonely.pk,)),
    Address("vendors:edit", lambda e: (e.answering.vendor_id,)),
    Address("vendors:people", lambda e: (e.answering.vendor_id,)),
    Address("vendors:people", lambda e: (e.lonely.pk,)),
    Address("playbook:criterion-list"),
    Address("playbook:version", lambda e: (e.answering.playbook.slug, e.answering.playbook.version)),
    Address("playbook:criterion-detail", lambda e: (e.answering.playbook.slug, e.answering.playbook.version, 13)),
]
DEMO = [
    Address("outbox:mail-list"),
    Address("outbox:mail-detail", lambda _: (1,)),
    Address("assessments:portfolio"),
]
RESPONDENT = [
    one("submit-check", "in_progress"),
    one("accounts", "in_progress"),
    Address("vendors:people", lambda e: (e.answering.vendor_id,)),
]
SECOND_ANALYST = [
    Address("assessments:worklist"),
    one("second-list", "submitted"),
    one("second-edit", "submitted", 1),
    one("second-edit", "submitted", 2),
]
MANAGER = [
    one("second-list", "submitted"),
    one("second-list", "closed"),
    one("second-list", "changes_requested"),
    one("score-edit", "submitted", 1),
    one("detail", "closed"),
    one("decide", "closed"),
    Address("assessments:worklist"),
    Address("assessments:condition", lambda e: (e.closed.pk, e.decision.pk, 1)),
    Address("assessments:condition", lambda e: (e.closed.pk, e.decision.pk, 2)),
    Address("assessments:finding-accept", lambda e: (e.finding.pk,)),
    Address("assessments:portfolio"),
    Address("assessments:portfolio-documents"),
]
ADMINISTRATOR = [
    Address("outbox:mail-log"),
    Address("outbox:mail-log", query="?state=failed"),
    Address("users:staff-list"),
    Address("users:staff-edit", lambda e: (e.ana.pk,)),
    Address("assessments:vendor-erase", lambda e: (e.lonely.pk,)),
    Address("assessments:portfolio"),
    one("detail", "submitted"),
]
DARK = [
    Address("assessments:portfolio"),
    one("detail", "submitted"),
    one("score-edit", "submitted", 1),
    one("score-edit", "submitted", 2),
    Address("assessments:list"),
    Address("playbook:criterion-detail", lambda e: (e.answering.playbook.slug, e.answering.playbook.version, 13)),
    Address("vendors:people", lambda e: (e.answering.vendor_id,)),
    Address("users:profile"),
]
DARK_LEAD = [
    one("answer-list", "changes_requested"),
    one("answer-edit", "in_progress", 1),
    one("answer-edit", "changes_requested", 1),
    one("submit-check", "in_progress"),
    one("evidence-list", "in_progress"),
    file(1),
]
# Addresses that show no page of their own: they redirect, take a form, or answer a script.
NO_PAGE = set(
    """
    home health session-check words account_set_password account_confirm_login_code mfa_download_recovery_codes
    mfa_login_webauthn mfa_reauthenticate_webauthn
    vendors:archive vendors:invitation-revoke vendors:invitation-resend vendors:member-remove
    assessments:forward assessments:confirm assessments:receipt-download
    assessments:spreadsheet-download assessments:spreadsheet-upload assessments:spreadsheet-confirm
    assessments:answer-draft assessments:submit assessments:evidence-upload assessments:evidence-preview
    assessments:evidence-download assessments:evidence-link assessments:evidence-unlink assessments:evidence-withdraw
    assessments:evidence-date assessments:evidence-place assessments:answer-shown assessments:evidence-shown
    assessments:check-shown assessments:send assessments:cancel assessments:close assessments:reopen
    assessments:send-back assessments:query-add assessments:query-remove assessments:report-create
    assessments:finding-raise assessments:finding-plan assessments:finding-proof assessments:finding-fixed
    assessments:finding-recheck assessments:finding-remove assessments:portfolio-export assessments:note-add
    assessments:score-source assessments:score-evaluation
    assessments:report-status assessments:report-download playbook:mappings-download playbook:oscal-download
    collector:download assessments:campaign-confirm
    assessments:second-ask assessments:second-finish assessments:second-call-off assessments:second-settle
    """.split()
)
# These are shown only with a second factor, which test_accessible_moments.py sets up.
SECOND_FACTOR = set(
    """
    mfa_authenticate mfa_reauthenticate mfa_deactivate_totp mfa_view_recovery_codes mfa_generate_recovery_codes
    mfa_edit_webauthn mfa_remove_webauthn
    """.split()
)


def named(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Every name in the address table."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}"
        else:
            yield from named(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)


@pytest.mark.django_db(transaction=False)
def test_every_page_is_on_a_list() -> None:
    listed = {
        address.name for address in [*NOBODY, *ACCOUNT, *LEAD, *STAFF, *SECOND_ANALYST, *MANAGER, *DEMO, *ADMINISTRATOR]
    }
    assert listed | NO_PAGE | SECOND_FACTOR == set(named(get_resolver()))
    assert listed & NO_PAGE == set()


def test_pages_of_whoever_comes_and_of_ones_own_account(
    open_page: OpenPage, sign_in: Callable[..., Page], console: Console, axe: Axe, estate: Estate
) -> None:
    console.expect("status of 410")  # a link that does not work any more
    assert visit(open_page(), axe, estate, NOBODY) == {}
    assert visit(sign_in(estate.rita), axe, estate, ACCOUNT) == {}


def test_pages_of_a_lead_and_a_respondent(open_page: OpenPage, axe: Axe, estate: Estate) -> None:
    assert visit(open_page(estate.rita), axe, estate, LEAD) == {}
    assert visit(open_page(estate.tom), axe, estate, RESPONDENT) == {}


def test_pages_of_staff(open_page: OpenPage, axe: Axe, estate: Estate) -> None:
    assert visit(open_page(estate.ana), axe, estate, STAFF) == {}
    assert visit(open_page(estate.ines), axe, estate, SECOND_ANALYST) == {}
    assert visit(open_page(estate.max), axe, estate, MANAGER) == {}
    assert visit(open_page(estate.ada), axe, estate, ADMINISTRATOR) == {}


def test_dark(open_page: OpenPage, axe: Axe, estate: Estate) -> None:
    page = open_page(estate.ana, dark=True)
    assert visit(page, axe, estate, DARK, sizes=[WIDE]) == {}
    assert visit(page, axe, estate, DARK[:1], sizes=[PHONE]) == {}  # the portfolio has cards there
    assert visit(open_page(estate.rita, dark=True), axe, estate, DARK_LEAD, sizes=[WIDE]) == {}


def test_pages_of_the_demo(
    open_page: OpenPage,
    console: Console,
    site: Site,
    server_environment: dict[str, str],
    tmp_path: Path,
    axe: Axe,
    in_progress: Assessment,
    ana: User,
) -> None:
    wait_for(lambda: site.mails() != [], what="a mail is sent")
    port = free_port()
    here = f"http://localhost:{port}"
    console.expect(f"request to another host: {here}")
    with web_server(env={**server_environment, "SITE_URL": here, "DEMO": "1"}, log=tmp_path / "log", port=port):
        page = open_page(ana)
        assert visit(page, axe, None, DEMO, site=here) == {}
        expect(page.get_by_text("This is a demo with invented companies.")).to_be_visible()
