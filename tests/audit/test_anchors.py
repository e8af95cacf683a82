"""Anchors: a digest kept outside tells that the trail behind it was rewritten, hashes and all."""

import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audit.anchors import anchor, digest_of
from audit.models import Anchor, Chain, Event
from audit.trail import START, record
from outbox.models import Mail
from tests import factories
from tests.audit.test_trail import three_events
from users.anchors import mail_anchor
from users.models import StaffRole

pytestmark = pytest.mark.django_db


def verified(*options: str) -> str:
    out = StringIO()
    call_command("verify_audit", *options, stdout=out)
    return out.getvalue()


def rewritten(*statements: str) -> None:
    """What the owner of the database could do."""
    tables = dict.fromkeys(("audit_event", "audit_eventdetail", "audit_anchor"), ("no_update", "no_delete"))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            for table, rules in tables.items():
                for rule in rules:
                    cursor.execute(f"DROP TRIGGER {table}_{rule}")
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")


def test_an_anchor_holds_what_came_since_the_one_before(caplog: pytest.LogCaptureFixture) -> None:
    anchor()  # what the fixtures wrote
    first, _, third = three_events(vendor=7)
    with caplog.at_level(logging.INFO, logger="assay.audit"):
        made = anchor()
    assert made is not None
    assert made.heads == {"vendor-7": [3, third.hash]}
    assert made.digest == digest_of(made.previous, made.position, made.heads)
    assert [(r.getMessage(), r.digest) for r in caplog.records] == [("audit trail anchored", made.digest)]
    assert anchor() is None
    other = record(kind="playbook.published", by=None, vendor=None, target="playbook:1")
    following = anchor()
    assert following is not None
    assert (following.position, following.previous) == (made.position + 1, made.digest)
    assert following.heads["site"][1] == other.hash
    assert f" and {following.position} anchors verified." in verified()


def test_the_first_anchor_follows_nothing() -> None:
    three_events(vendor=7)
    made = anchor()
    assert made is not None
    assert (made.position, made.previous) == (1, START)


def test_a_chain_rewritten_with_new_hashes_no_longer_fits() -> None:
    three_events(vendor=7)
    made = anchor()
    assert made is not None
    last = Event.objects.get(chain__name="vendor-7", position=3)
    forged = "f" * 64
    rewritten(
        f"DELETE FROM audit_eventdetail WHERE event_id = {last.pk}",
        f"UPDATE audit_event SET hash = '{forged}' WHERE id = {last.pk}",
    )
    Chain.objects.filter(name="vendor-7").update(head=forged)
    with pytest.raises(CommandError, match="it was altered"):  # a whole forgery would pass the chain ...
        verified()
    from audit.anchors import AnchorBroken, verify_anchors  # noqa: PLC0415 -- the second half of the same check

    with pytest.raises(AnchorBroken, match=f"vendor-7 was rewritten after anchor {made.position} of"):
        verify_anchors()  # ... and does not pass the anchor


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit_anchor SET heads = '{}' WHERE position = 1", "Anchor 1 was altered"),
        ("DELETE FROM audit_anchor WHERE position = 1", "Anchor 1 is missing, or does not follow the one before it"),
    ],
)
def test_an_altered_anchor_is_named(statement: str, words: str) -> None:
    three_events(vendor=7)
    anchor()
    three_events(vendor=8)
    anchor()
    rewritten(statement)
    with pytest.raises(CommandError, match=words):
        verified()


@pytest.mark.parametrize("statement", ["UPDATE audit_anchor SET digest = '0'", "DELETE FROM audit_anchor"])
def test_the_database_refuses_changes(statement: str) -> None:
    three_events()
    anchor()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Anchor.objects.count() == 1


def test_a_digest_kept_outside_is_looked_up() -> None:
    three_events()
    made = anchor()
    assert made is not None
    assert f"(anchor {made.position})." in verified("--anchor", made.digest.upper())
    with pytest.raises(CommandError, match="no anchor with this digest"):
        verified("--anchor", "0" * 64)


def test_administrators_get_the_newest_anchor_once(mailoutbox: list[object]) -> None:
    ada = factories.make_staff("Ada Kern", StaffRole.ADMINISTRATOR)
    factories.make_staff("Ana Moreau")
    assert mail_anchor() == 0
    three_events()
    made = anchor()
    assert made is not None
    assert (mail_anchor(), mail_anchor()) == (1, 0)
    row = Mail.objects.get(kind="trail.anchored")
    assert (row.to, row.params) == (ada.email, {"anchor": made.pk})
