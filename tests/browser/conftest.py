"""A real browser against the real web server and worker, on the test database.

`open_page(rita)` gives a page on which Rita is signed in. At the end of each test nothing may stand on any page's
console: script errors, violations of the content policy, failed loads. `axe(page)` lists what keeps people out.
"""

import email
import email.policy
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.test import Client, TransactionTestCase
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser import estate as estates
from tests.browser.estate import Estate
from tests.factories import PASSWORD
from tests.servers import celery_worker, database_url, free_port, web_server
from users.models import User

# Playwright's loop runs in this thread, and Django would take each query for one of its coroutines.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]
AXE = Axe()
# Style sheets are ours and need not be fetched once more.
AXE_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test and sees what other processes have committed."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@dataclass
class Worker:
    """The Celery worker, which a test may stop and start again."""

    env: dict[str, str]
    log: Path
    running: ExitStack = field(default_factory=ExitStack)
    is_running: bool = False

    def start(self) -> None:
        """Return when it takes tasks, which may be at once."""
        if not self.is_running:
            self.running.enter_context(celery_worker(env=self.env, log=self.log))
            self.is_running = True

    def stop(self) -> None:
        """Return when it is gone."""
        self.is_running = False
        self.running.close()


@dataclass
class Web:
    """The web server, which a test may kill and start again on the same port."""

    env: dict[str, str]
    log: Path
    port: int
    running: ExitStack = field(default_factory=ExitStack)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers, which may be at once."""
        if self.process is None:
            self.process = self.running.enter_context(web_server(env=self.env, log=self.log, port=self.port))

    def kill(self) -> None:
        """End it and its workers as a power cut would: nothing is finished, nothing is said."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process = None
            self.running.close()


@dataclass(frozen=True)
class Site:
    """The running product."""

    url: str
    mail_folder: Path
    web_log: Path
    worker_log: Path
    web: Web
    worker: Worker

    def errors(self) -> list[str]:
        """What web server and worker logged as an error: the last line of each traceback, or the message."""
        found = []
        for line in (self.web_log.read_text() + self.worker_log.read_text()).splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and entry.get("level") == "error":
                found.append((entry.get("exception") or entry.get("event", "")).strip().splitlines()[-1])
        return found

    def mails(self, to: str | None = None) -> list[EmailMessage]:
        """Mails that were sent, oldest first; all, or those to one address."""
        found = []
        for path in sorted(self.mail_folder.glob("*.log"), key=lambda each: (each.stat().st_mtime_ns, each.name)):
            for part in re.split(rb"^-{79}\n", path.read_bytes(), flags=re.MULTILINE):
                if part.strip():
                    found.append(email.message_from_bytes(part, policy=email.policy.default))
        return [mail for mail in found if to is None or to in mail["To"]]


@pytest.fixture(scope="session")
def server_environment(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the other processes need in order to work on the same database, files and broker as the tests."""
    folder = tmp_path_factory.mktemp("mail")
    return {
        "DATABASE_URL": database_url(connection.settings_dict),
        "DATA_DIR": str(settings.DATA_DIR),
        "STATIC_ROOT": str(settings.STATIC_ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "EMAIL_URL": f"file://{folder}",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="session")
def _site(
    server_environment: dict[str, str], static_files: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    port = free_port()
    logs = tmp_path_factory.mktemp("logs")
    url = f"http://localhost:{port}"
    env = {**server_environment, "SITE_URL": url}
    site = Site(
        url=url,
        mail_folder=Path(server_environment["EMAIL_URL"].removeprefix("file://")),
        web_log=logs / "web",
        worker_log=logs / "worker",
        web=Web(env=env, log=logs / "web", port=port),
        worker=Worker(env=env, log=logs / "worker"),
    )
    with site.web.running, site.worker.running:
        site.web.start()
        site.worker.start()
        yield site


@pytest.fixture(scope="session", autouse=True)
def _patient_flush() -> Iterator[None]:
    """Empty the tables again after a deadlock: the worker may still be writing when a test ends."""
    once = TransactionTestCase._fixture_teardown

    def flush(case: TransactionTestCase, attempts: int = 5) -> None:
        try:
            once(case)
        except CommandError as error:
            if attempts == 1 or not isinstance(error.__cause__, OperationalError):
                raise
            flush(case, attempts - 1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        yield


@pytest.fixture
def site(_site: Site, transactional_db: None) -> Site:
    """The web server and the worker, running. No mails yet."""
    for path in _site.mail_folder.glob("*"):
        path.unlink()
    return _site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    wanted = os.environ.get("CHROMIUM") or "chromium"
    program = shutil.which(wanted)
    assert program, f"{wanted} was not found; bin/test installs it."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Console:
    """What the browser complained about, on any page of one test."""

    lines: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """A complaint that this test provokes: a 409 shows as a failed load, for example."""
        self.expected.append(pattern)

    def watch(self, page: Page, site: Site) -> None:
        """Listen to this page."""

        def message(entry: ConsoleMessage) -> None:
            if entry.type in {"error", "warning"}:
                self.lines.append(f"{entry.type}: {entry.text} ({entry.location.get('url')})")

        def request(address: str) -> None:
            if not address.startswith((site.url, "data:", "blob:", "about:")):
                self.lines.append(f"request to another host: {address}")

        page.on("console", message)
        page.on("pageerror", lambda error: self.lines.append(f"script error: {error}"))
        page.on("request", lambda each: request(each.url))

    def unexpected(self) -> list[str]:
        """What no `expect` covers."""
        return [line for line in self.lines if not any(re.search(pattern, line) for pattern in self.expected)]


@pytest.fixture
def console(site: Site) -> Iterator[Console]:
    """Fails the test when a page complained about something the test did not expect, with what the server logged."""
    before = len(site.errors())
    collected = Console()
    yield collected
    assert collected.unexpected() == [], "\n".join(site.errors()[before:])


def session_cookie(user: User) -> dict[str, str]:
    """A session of this person, as signing in would make it."""
    client = Client()
    client.force_login(user)
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


@pytest.fixture
def estate(site: Site) -> Estate:
    """Vendors in every state, with people, files, results and reports."""
    return estates.build()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Site, console: Console) -> Iterator[OpenPage]:
    """Make a page in a browser profile of its own: `open_page(rita, "/assessments/", width=390)`.

    Without a person nobody is signed in. `dark` sets the person's theme; `script=False` switches JavaScript off.
    """
    contexts: list[BrowserContext] = []

    def make(
        person: User | None = None,
        path: str | None = None,
        *,
        width: int = 1440,
        height: int = 900,
        script: bool = True,
        dark: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if person is not None:
            if dark:
                User.objects.filter(pk=person.pk).update(theme="dark")
            context.add_cookies([{**session_cookie(person), "url": site.url}])
        page = context.new_page()
        console.watch(page, site)
        if path is not None:
            page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(open_page: OpenPage) -> Callable[..., Page]:
    """Sign in by the form, as a person does, and return the page that follows."""

    def by_form(person: User, **options: object) -> Page:
        page = open_page(None, "/accounts/login/", **options)
        page.get_by_label("Email").fill(person.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda address: "/accounts/login/" not in address)
        return page

    return by_form


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """`assert axe(page) == []`: rule and place of everything that axe finds wrong on a page."""

    def check(page: Page) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.axe_script)
        return [
            f"{violation['id']}: {violation['help']} at {' '.join(map(str, node['target']))}"
            for violation in page.evaluate(
                "options => axe.run(options).then(({ violations }) => violations)", AXE_RULES
            )
            for node in violation["nodes"]
        ]

    return check
