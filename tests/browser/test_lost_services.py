"""The worker is away: the report waits, the page says so, and nothing has to be done when it comes back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from assessments.models import Assessment, Report
from tests import factories
from tests.browser.acts import at
from tests.browser.conftest import OpenPage, Site, Worker
from users.models import User


@pytest.fixture
def stopped_worker(site: Site) -> Iterator[Worker]:
    """The worker, not running; afterwards it runs again for the next test."""
    site.worker.stop()
    yield site.worker
    site.worker.start()


def test_a_report_waits_for_the_worker_and_the_page_tells_when_it_is_ready(
    open_page: OpenPage, stopped_worker: Worker, submitted: Assessment, ana: User
) -> None:
    factories.review_all(submitted, by=ana)
    page = open_page(ana, at("detail", submitted))
    page.get_by_role("button", name="Prepare draft report").click()
    report = page.get_by_role("region", name="Report")
    expect(report).to_contain_text("Waiting to be prepared")
    expect(report).to_contain_text("You can leave this page. We will email you.")
    with page.expect_response(lambda reply: reply.url.endswith("/status")):
        pass  # the page has asked again, and still waits
    expect(report).to_contain_text("Waiting to be prepared")
    page.get_by_role("button", name="Prepare draft report").click()  # a second click is the same job
    assert list(Report.objects.values_list("state", flat=True)) == ["queued"]

    stopped_worker.start()
    expect(report.get_by_role("link", name="Download PDF")).to_be_visible(timeout=60_000)
    expect(page.locator("#live-polite")).to_have_text("The report is ready")
    with page.expect_download() as waiting:
        report.get_by_role("link", name="Download PDF").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")
