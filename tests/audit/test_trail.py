"""The trail: one chain a vendor, whole or broken at a named event, and closed to changes by the database."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from audit.models import Chain, Event, EventDetail
from audit.trail import ChainBroken, ChainErased, erase_details, record, verify_chain
from users.models import User

pytestmark = pytest.mark.django_db


def three_events(by: User | None = None, vendor: int | None = 7) -> list[Event]:
    return [
        record(kind="answer.saved", by=by, vendor=vendor, target=f"answer:{n}", details={"version": n, "word": "ä"})
        for n in (1, 2, 3)
    ]


def without_triggers(*statements: str) -> None:
    """What somebody with the rights of the database's owner could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            for table in ("event", "eventdetail"):
                for act in ("update", "delete"):
                    cursor.execute(f"DROP TRIGGER audit_{table}_no_{act}")
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")


def test_events_chain_and_verify(ana: User) -> None:
    chains_before = Chain.objects.count()
    first, second, third = three_events(by=ana)
    assert [e.position for e in (first, second, third)] == [1, 2, 3]
    assert (first.previous, second.previous, third.previous) == ("0" * 64, first.hash, second.hash)
    chain = Chain.objects.get(name="vendor-7")
    assert (chain.length, chain.head, verify_chain(chain)) == (3, third.hash, 3)
    assert Chain.objects.count() == chains_before + 1
    assert (first.actor, first.detail.data) == (ana.pk, {"version": 1, "word": "ä"})


def test_each_vendor_has_a_chain_of_its_own() -> None:
    three_events(vendor=7)
    event = record(kind="playbook.published", by=None, vendor=None, target="playbook:1")
    assert (event.chain.name, event.actor) == ("site", None)
    assert verify_chain(Chain.objects.get(name="vendor-7")) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET kind = 'nothing.happened'",
        "DELETE FROM audit_event",
        "UPDATE audit_eventdetail SET data = '{}'",
        "DELETE FROM audit_eventdetail",
        "UPDATE audit_erasure SET name = 'vendor-8'",
        "DELETE FROM audit_erasure",
    ],
)
def test_the_database_refuses_changes(statement: str) -> None:
    three_events()
    erase_details(vendor=9, users=[])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify_chain(Chain.objects.get(name="vendor-7")) == 3


@pytest.mark.parametrize(
    ("statement", "position", "reason"),
    [
        ("UPDATE audit_event SET kind = 'x' WHERE position = 2", 2, "it was altered"),
        ("UPDATE audit_event SET previous = hash WHERE position = 3", 3, "it does not follow the event before it"),
        ("UPDATE audit_eventdetail SET data = '{\"version\": 9}'", 1, "its details were altered"),
        ("UPDATE audit_chain SET length = 4 WHERE name = 'vendor-7'", 4, "events at the end are missing"),
    ],
)
def test_the_first_broken_event_is_named(statement: str, position: int, reason: str) -> None:
    three_events()
    without_triggers(statement)
    with pytest.raises(ChainBroken) as broken:
        verify_chain(Chain.objects.get(name="vendor-7"))
    assert (broken.value.position, broken.value.reason) == (position, reason)


def test_an_event_taken_out_of_the_middle_is_missed() -> None:
    three_events()
    without_triggers(
        "DELETE FROM audit_eventdetail WHERE event_id IN (SELECT id FROM audit_event WHERE position = 2)",
        "DELETE FROM audit_event WHERE position = 2",
    )
    with pytest.raises(ChainBroken, match="event 2: an event is missing"):
        verify_chain(Chain.objects.get(name="vendor-7"))


def test_erased_details_leave_the_chain_whole() -> None:
    three_events()
    record(kind="profile.changed", by=None, vendor=None, target="user:5", details={"name": "Tom"})
    kept = record(kind="profile.changed", by=None, vendor=None, target="user:55", details={"name": "Ann"})
    assert erase_details(vendor=7, users=[5]) == 4
    for name in ("vendor-7", "site"):
        chain = Chain.objects.get(name=name)
        assert verify_chain(chain) == chain.length
    left = EventDetail.objects.filter(Q(event__chain__name="vendor-7") | Q(event__target__startswith="user:"))
    assert list(left) == [kept.detail]


def test_an_erased_vendor_is_written_about_no_more() -> None:
    three_events()
    erase_details(vendor=7, users=[])
    with pytest.raises(ChainErased, match="vendor-7"):
        three_events()
    assert Chain.objects.get(name="vendor-7").length == 3
    assert erase_details(vendor=7, users=[]) == 0  # a second time does nothing


def test_a_write_that_fails_leaves_no_event() -> None:
    def write_and_fail() -> None:
        with transaction.atomic():
            three_events()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert not Event.objects.filter(chain__name="vendor-7").exists()


def test_the_command_says_how_many_or_where_it_broke() -> None:
    three_events()
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue() == "3 events and 0 anchors verified.\n"
    without_triggers("UPDATE audit_event SET target = 'answer:9' WHERE position = 1")
    with pytest.raises(CommandError, match="vendor-7, event 1: it was altered"):
        call_command("verify_audit", stdout=StringIO())
