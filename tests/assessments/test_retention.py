"""How long data is kept: each class goes when its days are over, and not before."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from assessments.actions import retention
from assessments.models import Answer, Assessment, Report
from assessments.reports.kinds import Kind
from assessments.tasks import apply_retention
from outbox.models import Mail
from tests import factories
from users.models import User
from vendors.models import Invitation, Vendor

pytestmark = pytest.mark.django_db
OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
SETTINGS = ("RETAIN_MAIL_DAYS", "RETAIN_INVITATION_DAYS", "RETAIN_EXPORT_DAYS")


def ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def mail(state: str, days: float, occasion: str | None = None) -> Mail:
    made = Mail.objects.create(
        kind="x", to="rita@acme.example", params={"a": 1}, state=state, due_at=ago(days), occasion=occasion,
        sent_at=ago(days) if state == "sent" else None,
    )  # fmt: skip
    Mail.objects.filter(pk=made.pk).update(created_at=ago(days))
    return made


def test_mail_goes_after_ninety_days_unless_it_still_waits() -> None:
    old = [mail(state, 91) for state in ("sent", "failed", "dropped")]
    kept = [mail("queued", 91), mail("sent", 89)]
    apply_retention()
    assert list(Mail.objects.order_by("pk")) == kept
    assert not Mail.objects.filter(pk__in=[one.pk for one in old]).exists()


def test_of_a_mail_with_an_occasion_the_occasion_alone_is_kept() -> None:
    told = mail("sent", 91, occasion="due/1/2026-01-01/2/-7")
    assert [retention.apply()[retention.CLASSES[0].what] for _ in range(2)] == [1, 0]
    told.refresh_from_db()
    assert (told.to, told.params, told.occasion) == ("", {}, "due/1/2026-01-01/2/-7")


def invitation(vendor: Vendor, by: User, **values: object) -> Invitation:
    return Invitation.objects.create(
        vendor=vendor, email=f"{uuid4().hex}@acme.example", role="lead", created_by=by, **values
    )


def test_invitations_nobody_took_go_and_others_stay(acme: Vendor, ana: User, rita: User) -> None:
    long, over, fresh = ago(200), ago(181), ago(179)
    gone = [
        invitation(acme, ana, sent_at=long, expires_at=over),
        invitation(acme, ana, sent_at=long, expires_at=ago(190), revoked_at=over, revoked_by=ana),
        invitation(acme, ana, revoked_at=over, revoked_by=ana),
    ]
    kept = [
        invitation(acme, ana, sent_at=long, expires_at=fresh),
        invitation(acme, ana, sent_at=long, expires_at=over, accepted_at=over, accepted_by=rita),
        invitation(acme, ana, sent_at=long, expires_at=over, revoked_at=fresh, revoked_by=ana),
        invitation(acme, ana),  # not sent yet
    ]
    answer = factories.make_assessment(vendor=acme).answers.first()
    Answer.objects.filter(pk=answer.pk).update(assignee_invitation=gone[0])
    apply_retention()
    assert set(Invitation.objects.values_list("pk", flat=True)) == {one.pk for one in kept}
    answer.refresh_from_db()
    assert answer.assignee_invitation is None


def document(assessment: Assessment, by: User, kind: str, days: float) -> Report:
    key = default_storage.save(f"reports/{uuid4().hex}", ContentFile(b"x"))
    return Report.objects.create(
        assessment=assessment, kind=kind, snapshot="{}", snapshot_sha256=uuid4().hex, state="ready", file=key, size=1,
        sha256="1", requested_at=ago(days), touched_at=ago(days), requested_by=by,
    )  # fmt: skip


def test_exports_go_with_their_files_and_what_was_handed_out_stays(acme: Vendor, ana: User) -> None:
    assessment = factories.make_assessment(vendor=acme, state="closed", by=ana)
    gone = [document(assessment, ana, kind, 91) for kind in retention.EXPORTS]
    kept = [document(assessment, ana, kind, 900) for kind in (Kind.REPORT, Kind.SUMMARY, Kind.LETTER)]
    kept.append(document(assessment, ana, Kind.ARCHIVE, 89))
    apply_retention()
    assert set(Report.objects.values_list("pk", flat=True)) == {one.pk for one in kept}
    assert not any(default_storage.exists(one.file.name) for one in gone)
    assert all(default_storage.exists(one.file.name) for one in kept)


def test_expired_sessions_go() -> None:
    for name, days in (("old", 0.01), ("new", -0.01)):
        Session.objects.create(session_key=name, session_data="", expire_date=ago(days))
    apply_retention()
    assert [one.pk for one in Session.objects.all()] == ["new"]


def test_nothing_goes_by_a_setting_of_zero(
    acme: Vendor, ana: User, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SETTINGS:
        setattr(settings, name, 0)
    mail("sent", 5000)
    invitation(acme, ana, sent_at=ago(5001), expires_at=ago(5000))
    document(factories.make_assessment(vendor=acme), ana, Kind.ARCHIVE, 5000)
    assert set(retention.apply().values()) == {0}
    assert (Mail.objects.count(), Invitation.objects.count(), Report.objects.count()) == (1, 1, 1)


def test_it_goes_on_in_batches_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "BATCHES", 2)
    for _ in range(5):
        mail("sent", 91)
    assert [retention.apply()[retention.CLASSES[0].what] for _ in range(3)] == [4, 1, 0]


def test_the_operations_page_has_the_table_and_the_settings_their_days(settings: LazySettings) -> None:
    page = OPERATIONS.read_text(encoding="utf-8")
    assert retention.as_markdown() in page
    named = [one for one in retention.CLASSES if one.setting]
    assert tuple(one.setting for one in named) == SETTINGS
    for one in named:
        days = getattr(settings, one.setting)
        assert one.kept.startswith(f"{days} days")
        assert f"| `{one.setting}` | `{days}` |" in page
