"""Erasing a vendor: afterwards no row and no file holds a word of it, and the trail still verifies."""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from assessments.actions import erasure, evidence, jobs, page_images, reports, second_looks, workflow
from assessments.actions.erasure import ErasureRefused, erase, name_mark
from assessments.actions.evaluations import record as record_run
from assessments.actions.evidence import EvidenceRefused
from assessments.actions.second_looks import Sample
from assessments.evaluators import evaluate
from assessments.intake import Accepted
from assessments.models import (
    Answer,
    Assessment,
    Campaign,
    ConditionMet,
    Decision,
    Evaluation,
    EvaluationRun,
    Evidence,
    EvidenceLink,
    InternalNote,
    PageImages,
    Query,
    Report,
    SecondReview,
    Submission,
)
from assessments.queries import holdings
from assessments.queries.portfolio import PortfolioFilter
from assessments.reports.kinds import Kind
from audit.models import Chain, Event, EventDetail
from audit.trail import ChainErased, record, verify_chain
from outbox.actions import deliver, enqueue
from outbox.models import Mail
from tests import factories
from tests.assessments.findings import raised
from users.models import User
from vendors.actions.invitations import invite
from vendors.actions.vendors import DeclaredAccount, change_vendor, declare_accounts
from vendors.models import Invitation, MemberRole, Stage, Tombstone, Vendor

pytestmark = pytest.mark.django_db
WORD = "kanarienvogel"
REASON = "The contract ended, and they asked for it."


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, settings: LazySettings) -> None:
    """Files of this test alone."""
    at = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": at}


def keep_file(folder: str) -> str:
    return default_storage.save(f"{folder}/{uuid4().hex}", ContentFile(f"%PDF {WORD}".encode()))


def fill(assessment: Assessment, by: User, lead: User) -> None:
    """One row at least of everything that can belong to an assessment, with files where there are files."""
    answer, now = assessment.answers.first(), timezone.now()
    item = Evidence.objects.create(
        assessment=assessment, file=keep_file("evidence"), preview=keep_file("previews"), name=WORD, kind="pdf",
        size=20, received_at=now, received_by=lead,
    )  # fmt: skip
    EvidenceLink.objects.create(evidence=item, answer=answer, by=lead)
    PageImages.objects.create(evidence=item, state="ready", pages=[[keep_file("pages"), 3, 4]], touched_at=now)
    run = EvaluationRun.objects.create(
        assessment=assessment, inputs={}, inputs_sha256="1", evaluator_version="1", requested_at=now, touched_at=now
    )
    Evaluation.objects.create(run=run, answer=answer)
    assessment.working_run = run
    assessment.save(update_fields=["working_run"])
    InternalNote.objects.create(answer=answer, text=WORD, by=by, at=now)
    Query.objects.create(answer=answer, text=WORD, by=by, at=now)
    look = second_looks.ask(
        assessment=assessment,
        analyst=factories.make_staff("Ines Duarte"),
        sample=Sample(1, ()),
        form_key=uuid4(),
        by=by,
    )
    SecondReview.objects.create(look=look, answer=answer, by=by, at=now)
    decision = Decision.objects.create(
        assessment=assessment, kind="approved", reason=WORD, expires_on=date(2030, 1, 1), at=now, by=by
    )
    ConditionMet.objects.create(decision=decision, place=1, note=WORD, at=now, by=by)
    finding = raised(assessment, 2, by=by)
    Evidence.objects.create(  # a proof, which the finding is restricted by
        assessment=assessment, finding=finding, file=keep_file("evidence"), name=WORD, kind="text", size=20,
        received_at=now, received_by=lead,
    )  # fmt: skip
    for kind in (Kind.REPORT, Kind.ARCHIVE):
        Report.objects.create(
            assessment=assessment, kind=kind, snapshot="{}", snapshot_sha256=kind, state="ready", sha256="1",
            file=keep_file("reports"), size=20, requested_at=now, requested_by=by, touched_at=now,
        )  # fmt: skip
    Submission.objects.filter(assessment=assessment).update(
        state="ready", sha256="1", file=keep_file("receipts"), size=20
    )


def say_everywhere(vendor: Vendor) -> None:
    """The word in every text and every free JSON value of the vendor's rows."""
    fixed = {"file", "preview", "token_hash", "email", "account_id", "manifest_sha256", "snapshot_sha256"}
    for model, queryset in holdings.rows(vendor).items():
        assert queryset.exists(), f"nothing of {model.__name__} to erase"
        values: dict[str, object] = {}
        for field in model._meta.concrete_fields:
            if field.choices or field.name in fixed or (model is PageImages and field.name == "pages"):
                continue
            if isinstance(field, models.JSONField):
                values[field.name] = {"said": [WORD]}
            elif isinstance(field, models.TextField) or (
                isinstance(field, models.CharField) and (field.max_length or 0) >= len(WORD)
            ):
                values[field.name] = WORD
        if values:
            pks = list(queryset.values_list("pk", flat=True))
            model._base_manager.filter(pk__in=pks[:1] if model is Submission else pks).update(**values)


@pytest.fixture
def canary(acme: Vendor, ana: User, max: User) -> Vendor:
    """A vendor with everything, the word wherever it can be, and nothing open."""
    change_vendor(vendor=acme, name=f"Old {WORD}", service=WORD, tier="high", by=ana)
    lead = factories.make_user(f"Lea {WORD}", email=f"lea@{WORD}.example")
    factories.make_member(acme, lead, role=MemberRole.LEAD)
    assessment = factories.make_assessment(vendor=acme, state="submitted", analyst=ana, by=ana)
    fill(assessment, ana, lead)
    account = DeclaredAccount(account_id="111122223333", name=WORD, stage=Stage.PRODUCTION)
    declare_accounts(vendor=acme, accounts=[account], by=lead)
    invite(vendor=acme, email=f"new@{WORD}.example", name=WORD, role=MemberRole.RESPONDENT, by=lead)
    record(kind="profile.changed", by=lead, vendor=None, target=f"user:{lead.pk}", details={"name": WORD})
    reports.request_portfolio(chosen=PortfolioFilter(), by=max)
    Report.objects.filter(assessment=None).update(file=keep_file("reports"), size=20, sha256="1", state="ready")
    campaign = Campaign.objects.create(
        name=WORD, playbook=assessment.playbook, period="2026", due_on=date(2026, 1, 1), created_by=ana
    )
    enqueue(kind="invitation", to=f"lea@{WORD}.example", params={"said": WORD}, vendor=None)
    say_everywhere(acme)
    Assessment.objects.filter(vendor=acme).update(state="cancelled", campaign=campaign)
    return Vendor.objects.get(pk=acme.pk)


def stored_files() -> Iterator[Path]:
    return (path for path in Path(default_storage.location).rglob("*") if path.is_file())


def tables_with(word: str) -> list[str]:
    """Every table of the database with a row that holds the word, sessions opened."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(word in repr(row).lower() for row in cursor.fetchall()):
                found.append(table)
        cursor.execute("SELECT cache_key, value FROM assay_cache")
        found += [f"cache {key}" for key, value in cursor.fetchall() if word.encode() in b64decode(value).lower()]
    found += [f"session {one.pk}" for one in Session.objects.all() if word in repr(one.get_decoded()).lower()]
    return found


def carried_out(vendor: Vendor, by: User, capture: Callable[..., object]) -> Tombstone:
    with capture(execute=True):
        tombstone = erase(vendor_id=vendor.pk, reason=REASON, by=by)
    erasure.finish()
    tombstone.refresh_from_db()
    return tombstone


def test_nothing_is_left_but_the_tombstone_and_the_hashes(
    canary: Vendor, ada: User, birch: Vendor, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    kept = factories.make_assessment(vendor=birch, state="closed")
    lead = User.objects.get(email=f"lea@{WORD}.example")
    Client().force_login(lead)
    Client().post("/accounts/login/", {"login": lead.email, "password": "wrong"})  # the limiter remembers it
    staff = Client()
    staff.force_login(ada)
    session = staff.session
    session["_messages"] = f'["{WORD} is saved."]'
    session.save()
    assert len(tables_with(WORD)) > 25
    assert sum(WORD.encode() in path.read_bytes() for path in stored_files()) == 8
    before, dry = Answer.objects.filter(assessment=kept).count(), holdings.plan(canary)
    heads = dict(Event.objects.filter(chain__name=f"vendor-{canary.pk}").values_list("position", "hash"))

    tombstone = carried_out(canary, ada, django_capture_on_commit_callbacks)

    assert tables_with(WORD) == []
    assert [path for path in stored_files() if WORD.encode() in path.read_bytes()] == []
    assert not User.objects.filter(pk=lead.pk).exists()
    assert not Event.objects.filter(chain__name=f"vendor-{canary.pk}", detail__isnull=False).exists()
    assert dict(Event.objects.filter(chain__name=f"vendor-{canary.pk}").values_list("position", "hash")) == heads
    for chain in Chain.objects.all():
        assert verify_chain(chain) == chain.length
    assert (tombstone.counts, tombstone.file_count, tombstone.file_bytes) == (dry.counts, 8, 120)
    assert (tombstone.state, tombstone.files, tombstone.erased_by, tombstone.reason) == ("done", [], ada, REASON)
    assert tombstone.name_mark == name_mark(f" {WORD.upper()} ")
    event = Event.objects.get(kind="vendor.erased")
    assert (event.chain.name, event.actor, event.target) == ("site", ada.pk, f"vendor:{canary.pk}")
    assert event.detail.data == {"tombstone": tombstone.pk, "rows": dry.counts, "files": 8}
    # Others lose nothing: staff stay signed in, Birch has its answers.
    assert staff.get("/accounts/profile/").status_code == 200
    assert Answer.objects.filter(assessment=kept).count() == before
    assert Vendor.objects.get() == birch


def test_the_dry_run_counts_what_goes_and_changes_nothing(canary: Vendor) -> None:
    out = StringIO()
    call_command("erase_vendor", str(canary.pk), "--dry-run", stdout=out)
    lines = out.getvalue().splitlines()
    assert f"{33:>8} assessments.answer" in lines
    assert f"{1:>8} vendors.vendor" in lines
    assert f"{3:>8} assessments.report" in lines
    assert f"{8:>8} files (120\xa0bytes of evidence and documents)" in lines
    assert lines[-1] == f"Nothing was erased. {WORD} would be."
    assert holdings.plan(canary).counts["assessments.answer"] == 33
    assert not Tombstone.objects.exists()


def test_the_command_erases_and_a_second_time_does_nothing(canary: Vendor, ada: User) -> None:
    told = [str(canary.pk), "--reason", REASON, "--by", ada.email.upper()]
    for _ in range(2):
        out = StringIO()
        call_command("erase_vendor", *told, stdout=out)
        tombstone = Tombstone.objects.get()
        assert out.getvalue().splitlines()[-1] == f"Vendor {canary.pk} is erased: tombstone {tombstone.pk}."
    assert (tombstone.state, Event.objects.filter(kind="vendor.erased").count()) == ("done", 1)


@pytest.mark.parametrize(
    ("reason", "state", "words"),
    [
        (" ", "cancelled", "Say why the vendor is erased."),
        (f"{WORD.upper()} asked for it", "cancelled", "The reason is kept, so it must not name the vendor"),
        ("Acme Payments asked for it", "cancelled", "The reason is kept, so it must not name the vendor"),
        (REASON, "draft", "An assessment of this vendor is still open. Cancel or close it first."),
        (REASON, "submitted", "An assessment of this vendor is still open. Cancel or close it first."),
    ],
)
def test_what_is_refused_erases_nothing(
    acme: Vendor, ana: User, ada: User, reason: str, state: str, words: str
) -> None:
    change_vendor(vendor=acme, name=WORD, service="", tier="high", by=ana)
    factories.make_assessment(vendor=acme, state=state)
    with pytest.raises(ErasureRefused, match=words):
        erase(vendor_id=acme.pk, reason=reason, by=ada)
    assert Vendor.objects.filter(pk=acme.pk).exists()
    assert not Tombstone.objects.exists()


def test_the_command_wants_an_administrator_and_a_vendor(acme: Vendor, ana: User, ada: User) -> None:
    with pytest.raises(CommandError, match="--by must be the address of an administrator"):
        call_command("erase_vendor", str(acme.pk), "--reason", REASON, "--by", ana.email)
    with pytest.raises(CommandError, match=r"There is no such vendor\. Nothing was erased\."):
        call_command("erase_vendor", "999999", "--reason", REASON, "--by", ada.email)


def test_who_belongs_to_another_vendor_stays(acme: Vendor, birch: Vendor, rita: User, tom: User, ada: User) -> None:
    factories.make_member(birch, rita, role=MemberRole.RESPONDENT)
    erase(vendor_id=acme.pk, reason=REASON, by=ada)
    assert [User.objects.filter(pk=one.pk).exists() for one in (rita, tom)] == [True, False]
    assert [member.vendor for member in rita.memberships.all()] == [birch]


def test_a_person_another_vendor_needs_is_nobody_afterwards(acme: Vendor, birch: Vendor, tom: User, ada: User) -> None:
    invited = invite(vendor=birch, email="new@birch.example", name="", role=MemberRole.LEAD, by=ada)
    Invitation.objects.filter(pk=invited.pk).update(created_by=tom)
    Client().force_login(tom)
    erase(vendor_id=acme.pk, reason=REASON, by=ada)
    tom.refresh_from_db()
    assert (tom.name, tom.email) == ("Removed person", f"removed-{tom.pk}@erased.invalid")
    assert (tom.is_active, tom.has_usable_password()) == (False, False)
    assert not UserSession.objects.filter(user=tom).exists()
    assert not Session.objects.exists()


def test_a_portfolio_report_without_the_vendor_stays(acme: Vendor, birch: Vendor, max: User, ada: User) -> None:
    both = reports.request_portfolio(chosen=PortfolioFilter(), by=max)
    other = reports.request_portfolio(chosen=PortfolioFilter(q="Birch"), by=max)
    erase(vendor_id=acme.pk, reason=REASON, by=ada)
    assert [Report.objects.filter(pk=one.pk).exists() for one in (both, other)] == [False, True]
    assert "Birch Analytics" in json.loads(Report.objects.get().snapshot)["vendors"][0]["name"]


def test_files_a_silent_store_keeps_are_deleted_later(
    canary: Vendor, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = FileSystemStorage.delete, []

    def delete(store: FileSystemStorage, key: str) -> None:
        calls.append(key)
        if len(calls) == 3:
            raise OSError
        real(store, key)

    monkeypatch.setattr(FileSystemStorage, "delete", delete)
    with pytest.raises(CommandError, match="8 files could not be deleted yet. The worker tries again."):
        call_command("erase_vendor", str(canary.pk), "--reason", REASON, "--by", ada.email, stdout=StringIO())
    assert Tombstone.objects.get().state == "files"
    erasure.finish()
    assert (Tombstone.objects.get().state, Tombstone.objects.get().files) == ("done", [])
    assert not [path for path in stored_files() if WORD.encode() in path.read_bytes()]


def test_work_under_way_stops_and_writes_nothing(
    acme: Vendor, ana: User, ada: User, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has read its row before the vendor was erased, and stores what it made after."""
    assessment = factories.make_assessment(vendor=acme, state="submitted", by=ana)
    fill(assessment, ana, rita)
    waiting = timezone.now()
    Report.objects.filter(kind=Kind.REPORT).update(state="rendering", file="", sha256="", touched_at=waiting)
    PageImages.objects.update(state="rendering")
    EvaluationRun.objects.update(state="running")
    mail = Mail.objects.filter(vendor=acme.pk).first() or enqueue(
        kind="x", to="a@acme.example", params={}, vendor=acme.pk
    )
    report, pages, run = Report.objects.get(kind=Kind.REPORT), PageImages.objects.get(), EvaluationRun.objects.get()
    workflow.cancel(assessment=assessment, by=ana)
    tombstone = erase(vendor_id=acme.pk, reason=REASON, by=ada)
    erasure.delete_files(tombstone_id=tombstone.pk)
    files, mails = set(stored_files()), Mail.objects.count()

    reports._keep(report, ContentFile(b"pdf"), {})
    page_images._keep(pages, [(b"jpeg", (3, 4))])
    record_run(run=run, outcome=evaluate([], as_of=timezone.now(), scope=[]))
    for job in (report, pages, run):
        jobs.fail(job, "It did not work.", erasure.log)
    accepted = Accepted.__new__(Accepted)
    object.__setattr__(accepted, "file", ContentFile(b"late"))
    object.__setattr__(accepted, "preview", None)
    with pytest.raises(EvidenceRefused):
        evidence.attach(assessment=assessment, accepted=accepted, upload_id=uuid4(), asked_at=None, by=rita)
    with pytest.raises(ChainErased):
        record(kind="answer.saved", by=rita, vendor=acme.pk, target="answer:1")
    deliver(mail_id=mail.pk)

    assert set(stored_files()) == files
    assert Mail.objects.count() == mails
    assert not any(queryset.exists() for queryset in holdings.rows(acme).values())
    assert not EventDetail.objects.filter(event__chain__name=f"vendor-{acme.pk}").exists()


def test_a_mail_being_sent_while_its_vendor_is_erased_brings_no_row_back(
    acme: Vendor, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = enqueue(kind="x", to="a@acme.example", params={}, vendor=acme.pk)

    def write(mail: Mail) -> object:
        erase(vendor_id=acme.pk, reason=REASON, by=ada)
        raise OSError

    monkeypatch.setattr("outbox.actions._compose", write)
    deliver(mail_id=mail.pk)
    assert not Mail.objects.exists()
