"""The people of the tests, and what holds for every test: no network, static files in place, a fresh limiter."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from assessments.models import Assessment
from playbook.models import Playbook
from tests import factories
from users.models import StaffRole, User
from vendors.models import MemberRole, Vendor

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class NetworkUsed(Exception):
    """A test tried to reach another machine."""


def pytest_configure(config: pytest.Config) -> None:
    """End like Ctrl-C when told to stop, so that fixtures stop the servers they have started."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    signal.signal(signal.SIGTERM, interrupt)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """The test database can be dropped at the end: a server that was killed may hold its session a little longer."""
    yield
    if connection.vendor == "postgresql":
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(others, [connection.settings_dict["NAME"]])


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Only this machine can be reached. Tests that need another one would depend on the weather."""
    original = socket.socket.connect
    original_ex = socket.socket.connect_ex

    def refuse(address: object) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise NetworkUsed(f"connection to {address[0]}:{address[1]}")

    def connect(self: socket.socket, address: object) -> None:
        refuse(address)
        original(self, address)

    def connect_ex(self: socket.socket, address: object) -> int:
        refuse(address)
        return original_ex(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", connect)
    patch.setattr(socket.socket, "connect_ex", connect_ex)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def static_files() -> Path:
    """Collected once, because pages name static files by their hash."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    return root


@pytest.fixture(autouse=True)
def fresh_limits(request: pytest.FixtureRequest) -> None:
    """The sign-in limiter counts in the cache; what one test did must not refuse the next one."""
    if {"db", "transactional_db", "django_db_setup"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
        cache.clear()


@pytest.fixture
def playbook(db: None) -> Playbook:
    """The packaged playbook, published."""
    return factories.make_playbook()


@pytest.fixture
def acme(db: None) -> Vendor:
    """The vendor that Rita and Tom answer for."""
    return factories.make_vendor("Acme Payments", tier="critical", service="Card settlement")


@pytest.fixture
def birch(db: None) -> Vendor:
    """Another vendor, perhaps a competitor; nothing of Acme may reach it."""
    return factories.make_vendor("Birch Analytics", tier="medium", service="Web statistics")


@pytest.fixture
def rita(acme: Vendor) -> User:
    """Lead at Acme."""
    user = factories.make_user("Rita Lindqvist", email="rita@acme.example")
    factories.make_member(acme, user, role=MemberRole.LEAD)
    return user


@pytest.fixture
def tom(acme: Vendor) -> User:
    """Respondent at Acme."""
    user = factories.make_user("Tom Adeyemi", email="tom@acme.example")
    factories.make_member(acme, user, role=MemberRole.RESPONDENT)
    return user


@pytest.fixture
def sam(birch: Vendor) -> User:
    """Lead at Birch: a stranger to everything of Acme."""
    user = factories.make_user("Sam Okafor", email="sam@birch.example")
    factories.make_member(birch, user, role=MemberRole.LEAD)
    return user


@pytest.fixture
def ana(db: None) -> User:
    """Our analyst."""
    return factories.make_staff("Ana Moreau", StaffRole.ANALYST)


@pytest.fixture(name="max")
def _max(db: None) -> User:
    """Our manager."""
    return factories.any_manager()


@pytest.fixture
def ada(db: None) -> User:
    """Our administrator."""
    return factories.make_staff("Ada Novak", StaffRole.ADMINISTRATOR)


@pytest.fixture
def draft(acme: Vendor, rita: User) -> Assessment:
    """Acme's assessment, not sent."""
    return factories.make_assessment(vendor=acme, state="draft")


@pytest.fixture
def in_progress(acme: Vendor, rita: User) -> Assessment:
    """Acme's assessment with the vendor, nothing answered."""
    return factories.make_assessment(vendor=acme, state="in_progress")


@pytest.fixture
def submitted(acme: Vendor, rita: User) -> Assessment:
    """Acme's assessment in review, all answered, nothing scored."""
    return factories.make_assessment(vendor=acme, state="submitted")
