"""What a lead signs is kept as a manifest, and its receipt is made once and never lost."""

import hashlib
import io
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pikepdf
import pytest
from django.utils import timezone

from assessments import intake
from assessments.actions import answers, evidence, jobs, receipts, reviews, workflow
from assessments.actions.answers import AnswerContent
from assessments.actions.workflow import MoveRefused
from assessments.models import Answer, Assessment, Evidence, Submission
from assessments.reports import box, manifest, seal
from assessments.reports.submission import STATEMENT
from assessments.tasks import render_receipt, requeue_reports
from audit.models import Event
from tests.assessments.vendor.helpers import answer_to, png, report
from tests.factories import answer_all, answer_with, option_key
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts


def say(answer: Answer, *, by: User, **content: object) -> None:
    """Answer one question and complete it."""
    answers.save(answer=answer, content=AnswerContent(**content), base_version=answer.version, complete=True, by=by)


def pdf_text(data: bytes) -> str:
    """The words of a PDF line by line, single blanks between them."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def add(assessment: Assessment, upload: object, number: int, by: User) -> Evidence:
    """One file, added at a question."""
    accepted = intake.examine(io.BytesIO(upload.read()), upload.name)
    return evidence.attach(
        assessment=assessment, accepted=accepted, upload_id=uuid4(), asked_at=answer_to(assessment, number), by=by
    )


@pytest.fixture
def full(in_progress: Assessment, rita: User, tom: User) -> Assessment:
    """An assessment that can be submitted, with every kind of answer, a picture and a credential report."""
    accounts = [
        DeclaredAccount("444455556666", "", "staging"),
        DeclaredAccount("111122223333", "Core", "production"),
    ]
    declare_accounts(vendor=in_progress.vendor, accounts=accounts, by=rita)
    one, two, three = (answer_to(in_progress, number) for number in (1, 2, 17))
    failure = option_key(one.criterion, "failure")
    plan = {"plan": "Add them.", "plan_due_on": date(2027, 1, 31)}
    say(one, by=tom, kind="statements", statements=[failure], notes="Two are missing.", **plan)
    say(two, by=rita, kind="none_fits", reason="We have one stage only.", notes="Since 2019.")
    say(three, by=rita, kind="not_applicable", reason="We use no Elasticsearch.")
    picture = add(in_progress, png(), 13, rita)
    evidence.state_date(evidence=picture, day=datetime(2026, 11, 3, tzinfo=UTC), by=rita)
    table = add(in_progress, report(), 13, tom)
    evidence.link(evidence=table, answer=three, by=tom)
    return answer_all(in_progress, by=rita)


@pytest.fixture
def handed_in(full: Assessment, rita: User) -> Submission:
    """The same, submitted."""
    workflow.submit(assessment=full, attested_name=" Rita M. Lindqvist ", by=rita)
    return Submission.objects.get()


def said(submission: Submission) -> dict[str, object]:
    """What the manifest says."""
    return json.loads(submission.manifest)


def test_the_manifest_says_who_handed_in_what(handed_in: Submission, rita: User) -> None:
    facts = said(handed_in)
    assert (handed_in.by, handed_in.name, handed_in.statement, handed_in.round) == (
        rita,
        "Rita M. Lindqvist",
        STATEMENT,
        1,
    )
    assert set(facts) == {
        "schema", "kind", "organisation", "vendor", "assessment", "playbook", "round", "submitted", "accounts",
        "answers", "files", "audit", "sha256",
    }  # fmt: skip
    assert (facts["kind"], facts["organisation"], facts["round"]) == ("submission", "Alder Mutual", 1)
    assert facts["vendor"] == {"name": "Acme Payments"}
    assert facts["submitted"] == {
        "at": handed_in.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": "Rita Lindqvist",
        "signed_as": "Rita M. Lindqvist",
        "statement": STATEMENT,
    }
    assert facts["accounts"] == [
        {"id": "111122223333", "name": "Core", "stage": "Production"},
        {"id": "444455556666", "name": "", "stage": "Staging or test"},
    ]


def test_the_manifest_holds_the_answers_as_given(handed_in: Submission) -> None:
    rows = said(handed_in)["answers"]
    assert [row["number"] for row in rows] == list(range(1, 34))
    one, two, three = rows[0], rows[1], rows[16]
    assert set(one) == {
        "number", "domain", "title", "question", "kind", "statements", "reason", "notes", "plan", "plan_due_on",
        "answered_by", "answered_at", "files",
    }  # fmt: skip
    chosen = answer_to(handed_in.assessment, 1).criterion.options.get(key="aws-core-1-f1").text
    assert (one["kind"], one["statements"], one["notes"]) == ("statements", [chosen], "Two are missing.")
    assert (one["plan"], one["plan_due_on"], one["answered_by"]) == ("Add them.", "2027-01-31", "Tom Adeyemi")
    assert (two["kind"], two["reason"], two["statements"]) == ("none_fits", "We have one stage only.", [])
    assert (three["kind"], three["reason"]) == ("not_applicable", "We use no Elasticsearch.")
    assert rows[12]["files"] == [1, 2]


def test_the_manifest_holds_the_files_with_their_hashes(handed_in: Submission) -> None:
    first, second = said(handed_in)["files"]
    picture, table = Evidence.objects.order_by("pk")
    assert first == {
        "number": 1,
        "name": "users.png",
        "kind": "image",
        "size": len(png().read()),
        "sha256": hashlib.sha256(png().read()).hexdigest(),
        "received_at": picture.received_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "received_by": "Rita Lindqvist",
        "effective_at": "2026-11-03T00:00:00Z",
        "effective_source": "stated",
        "accounts": [],
        "questions": [13],
    }
    assert (second["sha256"], second["accounts"]) == (table.sha256, ["111122223333"])
    assert second["questions"] == [13, 17]


def test_the_trail_holds_the_hash_and_the_manifest_the_trail(handed_in: Submission) -> None:
    event = Event.objects.get(kind="assessment.submit")
    assert event.detail.data["manifest_sha256"] == handed_in.manifest_sha256 == said(handed_in)["sha256"]
    assert said(handed_in)["audit"] == {"position": event.position - 1, "hash": event.previous}


def test_no_word_tells_what_we_make_of_an_answer(handed_in: Submission) -> None:
    """A vendor reads it: no key of a statement, no side, no severity, no result."""
    for word in ("-a1", "-f1", "acceptable", "failure", "critical", "severity", "verdict", "review", "score", '"side"'):
        assert word not in handed_in.manifest, word


def test_nobody_submits_without_signing(full: Assessment, rita: User) -> None:
    with pytest.raises(MoveRefused, match="Type your name to sign"):
        workflow.submit(assessment=full, attested_name=" ", by=rita)
    assert not Submission.objects.exists()
    assert Assessment.objects.get().state == "in_progress"


def test_each_round_has_its_own_receipt(handed_in: Submission, rita: User, ana: User) -> None:
    before = handed_in.manifest
    receipts.render_now(submission_id=handed_in.pk)
    handed_in.refresh_from_db()
    reviews.ask(answer=answer_to(handed_in.assessment, 1), text="Which accounts?", by=ana)
    back = workflow.request_changes(assessment=handed_in.assessment, by=ana)
    answer = answer_to(back, 1)
    answer_with(answer, option_key(answer.criterion), by=rita, notes="All of them by now.")
    workflow.submit(assessment=back, attested_name="R. Lindqvist", by=rita)
    second, first = Submission.objects.all()
    assert (first.round, first.manifest, first.sha256) == (1, before, handed_in.sha256)
    assert (second.round, second.name, second.state) == (2, "R. Lindqvist", "queued")
    assert said(second)["answers"][0]["notes"] == "All of them by now."
    assert said(first)["answers"][0]["notes"] == "Two are missing."


# --- The PDF ----------------------------------------------------------------------------------------------------


@pytest.fixture
def pdf(handed_in: Submission) -> bytes:
    """The receipt as the worker stores it."""
    receipts.render_now(submission_id=handed_in.pk)
    handed_in.refresh_from_db()
    with handed_in.file.open() as file:
        return file.read()


def test_the_receipt_says_it_to_people(pdf: bytes, handed_in: Submission) -> None:
    words = pdf_text(pdf)
    at = handed_in.at
    day = f"{at.day} {at:%B} {at.year}, {at:%H:%M} UTC"
    for text in (
        "Submitted to Alder Mutual",
        "Submitted by Rita Lindqvist, for Acme Payments",
        f"Submitted on {day}",
        "Round 1",
        f"“{STATEMENT}”",
        f"Signed by typing the name: Rita M. Lindqvist, {day}",
        handed_in.manifest_sha256,
        "111122223333 Core Production",
        "Notes Two are missing. Plan to fix Add them. By 31 January 2027 By Tom Adeyemi; no file",
        "None of the statements fits",
        "Reason We have one stage only.",
        "Reason We use no Elasticsearch.",
        "By Rita Lindqvist; files E1, E2",
        hashlib.sha256(png().read()).hexdigest(),
        "3 Nov 2026",
    ):
        assert text in words, text
    for word in ("severity", "acceptable response", "aws-core-", "Met", "Grade", "Score"):
        assert word not in words, word


def test_the_receipt_is_tagged_and_carries_its_manifest(pdf: bytes, handed_in: Submission) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.docinfo["/Title"]) == "Receipt: AWS assessment 2026, round 1"
        assert 2 <= len(document.pages) <= 6
        (spec,) = document.attachments.values()
        assert spec.filename == "manifest.json"
        assert spec.get_file().read_bytes() == handed_in.manifest.encode()
    assert seal.is_whole(pdf)


def test_the_same_submission_gives_the_same_bytes(pdf: bytes, handed_in: Submission) -> None:
    assert receipts.render_receipt(handed_in.manifest) == pdf
    assert (handed_in.state, handed_in.sha256, handed_in.size) == ("ready", hashlib.sha256(pdf).hexdigest(), len(pdf))


def test_nothing_that_was_typed_is_markup(full: Assessment, rita: User) -> None:
    say(answer_to(full, 2), by=rita, kind="none_fits", reason="<img src='file:///etc/passwd'> & <b>bold</b>", notes="n")
    workflow.submit(assessment=full, attested_name="Rita <script>", by=rita)
    text = pdf_text(receipts.render_receipt(Submission.objects.get().manifest))
    assert "Rita <script>" in text
    assert "<img src='file:///etc/passwd'> & <b>bold</b>" in text


# --- The job ----------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Rendering takes no time; what was rendered."""
    rendered: list[str] = []
    monkeypatch.setattr(receipts, "_laid_out", lambda text: rendered.append(text) or b"%PDF-1.7 tiny")
    return rendered


@pytest.fixture
def job(submitted: Assessment) -> Submission:
    """A submission whose receipt is not made."""
    return submitted.submissions.get()


def test_submitting_tells_the_worker(
    full: Assessment, rita: User, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:  # fmt: skip
    told: list[dict[str, int]] = []
    monkeypatch.setattr(render_receipt, "apply_async", lambda kwargs: told.append(kwargs))
    with django_capture_on_commit_callbacks(execute=True):
        workflow.submit(assessment=full, attested_name=rita.name, by=rita)
    assert told == [{"submission_id": Submission.objects.get().pk}]


def test_a_message_delivered_twice_makes_one_receipt(job: Submission, quick: list[str]) -> None:
    for _ in range(2):
        receipts.render_now(submission_id=job.pk)
    assert quick == [job.manifest]
    assert Event.objects.filter(kind="receipt.rendered").count() == 1


def test_a_lost_job_is_published_again(
    job: Submission, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    told: list[int] = []
    monkeypatch.setattr(render_receipt, "apply_async", lambda kwargs: told.append(kwargs["submission_id"]))

    def requeued(state: str, minutes: int) -> list[int]:
        Submission.objects.update(state=state, touched_at=timezone.now() - timedelta(minutes=minutes))
        told.clear()
        with django_capture_on_commit_callbacks(execute=True):
            requeue_reports()
        return list(told)

    assert requeued("queued", 0) == []
    assert requeued("queued", 2) == [job.pk]
    assert requeued("rendering", 2) == []
    assert requeued("rendering", 7) == [job.pk]
    assert requeued("failed", 60) == []


def test_a_killed_workers_job_is_given_up_after_three_times(job: Submission, quick: list[str]) -> None:
    long_ago = timezone.now() - jobs.LOST_AFTER - timedelta(seconds=1)
    Submission.objects.update(state="rendering", attempts=3, touched_at=long_ago)
    receipts.render_now(submission_id=job.pk)
    job.refresh_from_db()
    assert (job.state, quick) == ("failed", [])


def test_a_failed_receipt_can_be_tried_again(
    job: Submission, rita: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(receipts, "render_receipt", lambda text: 1 / 0)
    receipts.render_now(submission_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem, len(job.reference)) == ("failed", "Something in it could not be laid out.", 4)
    receipts.try_again(submission=job, by=rita)
    monkeypatch.setattr(receipts, "render_receipt", lambda text: b"%PDF-1.7 tiny")
    receipts.render_now(submission_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("ready", "")
    receipts.try_again(submission=job, by=rita)
    job.refresh_from_db()
    assert job.state == "ready"


def test_a_receipt_that_needs_too_much_says_so(job: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(text: str) -> bytes:
        held = []
        while True:
            held.append(bytearray(10_000_000))

    monkeypatch.setattr(box, "REPORT_MEMORY_BYTES", 100_000_000)
    monkeypatch.setattr(receipts, "render_receipt", greedy)
    receipts.render_now(submission_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", box.TOO_LARGE)


def test_a_manifest_changed_in_the_database_gives_no_receipt(job: Submission) -> None:
    Submission.objects.update(manifest=job.manifest.replace("See the console.", "See the record.", 1))
    receipts.render_now(submission_id=job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    with pytest.raises(manifest.Changed):
        receipts.render_receipt(job.manifest)
