"""Documents: what is in none of them, who gets none of them, and what no text in them can do."""

import io
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO
from uuid import uuid4

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse

from assessments.actions import decisions, notes, reports, second_looks, workflow
from assessments.actions import reviews as review_actions
from assessments.actions.decisions import DecisionContent
from assessments.actions.reviews import ReviewContent
from assessments.actions.second_looks import Sample
from assessments.models import Answer, Assessment, Evidence, Finding, Query, Report, Review
from assessments.queries.portfolio import PortfolioFilter
from assessments.reports import makers, manifest
from assessments.reports.kinds import Kind
from assessments.reports.material import Material, RenderFailed
from assessments.reports.snapshot import Snapshot
from assessments.scoring import Result
from audit.models import Event
from outbox.models import Mail
from tests import factories
from tests.assessments.findings import raised
from tests.reports import samples
from tests.reports.test_build import add_evidence
from users.models import User
from vendors.models import AwsAccount, Vendor

pytestmark = pytest.mark.django_db
INNER = "SEENBYUSALONE"
OTHER = "OFANOTHERVENDOR"
OF_ONE = [kind for kind in Kind if kind is not Kind.PORTFOLIO]


def made(assessment: Assessment, kind: Kind, by: User) -> Report:
    """The job, after the worker has been at it."""
    job = reports.request(assessment=assessment, by=by, kind=kind)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    return job


def content_of(job: Report) -> bytes:
    """The document."""
    assert job.state == Report.State.READY, job.problem
    with job.file.open() as file:
        return bytes(file.read())


def everything_in(document: bytes) -> str:
    """All that can be read out of a document by whatever means: its bytes, unpacked, and its text."""
    if document.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            return "\n".join([*archive.namelist(), *(everything_in(archive.read(name)) for name in archive.namelist())])
    if not document.startswith(b"%PDF-"):
        return document.decode("utf-8", "replace")
    printed = subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True).stdout
    parts = [document, printed.replace("\u200b".encode(), b"")]
    with pikepdf.open(io.BytesIO(document)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                is_picture = "/DCTDecode" in repr(thing.get("/Filter"))
                parts.append(thing.read_raw_bytes() if is_picture else thing.read_bytes())
            parts.append(strings_in(thing).encode())
    return "\n".join(part.decode("utf-8", "replace") for part in parts)


def strings_in(thing: object) -> str:
    """Texts of an object of a PDF, which may stand in it as UTF-16."""
    if isinstance(thing, pikepdf.String):
        return str(thing)
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return "\n".join(strings_in(value) for _key, value in thing.items() if not getattr(value, "is_indirect", False))
    if isinstance(thing, pikepdf.Array):
        return "\n".join(strings_in(value) for value in thing if not getattr(value, "is_indirect", False))
    return ""


def fill(rows: Iterable[object], word: str) -> None:
    """Put the word into every text of these rows that people type."""
    for row in rows:
        for field in row._meta.concrete_fields:  # type: ignore[attr-defined]
            if isinstance(field, CharField | TextField) and not field.choices and field.unique is False:
                setattr(row, field.attname, word)
        row.save()  # type: ignore[attr-defined]


def seen(text: str, word: str) -> str:
    """Where the word stands, for the message of a failure."""
    at = text.find(word)
    return "" if at < 0 else text[max(0, at - 80) : at + 80]


def all_with(word: str, vendor: Vendor, lead: User, ana: User) -> Assessment:
    """A closed assessment of this vendor with the word wherever a person can type, in its files and in their names."""
    assessment = factories.make_assessment(vendor=vendor, state="submitted", analyst=ana)
    content = word.encode()
    add_evidence(assessment, lead, 13, name=f"{word}.csv", kind="csv", content=content, facts={"seen": word})
    raised(assessment, 13, by=ana, note=word)
    assessment = workflow.close(assessment=factories.review_all(assessment, by=ana, note=word), by=ana)
    fill(Answer.objects.filter(assessment=assessment), word)
    fill(Review.objects.filter(answer__assessment=assessment), word)
    fill(Finding.objects.filter(answer__assessment=assessment), word)
    AwsAccount.objects.filter(vendor=vendor).update(name=word)
    User.objects.filter(pk=lead.pk).update(name=word)
    Vendor.objects.filter(pk=vendor.pk).update(name=word, service=word)
    Assessment.objects.filter(pk=assessment.pk).update(period=word)
    return Assessment.objects.get(pk=assessment.pk)


def scored_by_two(acme: Vendor, rita: User, ana: User, max: User) -> Assessment:
    """Acme's closed assessment, with all that only our own people may read, and under keys and addresses that tell."""
    ines = factories.make_staff("Ines Duarte")
    assessment = factories.make_assessment(vendor=acme, state="submitted", analyst=ana)
    key = default_storage.save(f"evidence/{INNER}", io.BytesIO(b"a,b\n1,2\n"))
    picture = default_storage.save(f"previews/{INNER}", io.BytesIO(samples.bitmap("JPEG", (700, 400))))
    values = {"kind": "image", "name": "users.png", "preview_width": 700, "preview_height": 400}
    evidence = add_evidence(assessment, rita, 13, 14, **values)
    Evidence.objects.filter(pk=evidence.pk).update(file=key, preview=picture)
    answer = assessment.answers.get(criterion__number=13)
    notes.add_note(answer=answer, text=INNER, by=ana)
    review_actions.ask(answer=answer, text=INNER, by=ana)
    raised(assessment, 13, by=ana, note="Three keys.")
    factories.review_all(assessment, by=ana)
    look = second_looks.ask(assessment=assessment, analyst=ines, sample=Sample(None, (14,)), form_key=uuid4(), by=max)
    seen_again = ReviewContent(Result.MET, (), INNER)
    of_look = assessment.answers.select_related("criterion").get(criterion__number=14)
    second_looks.score(look=look, answer=of_look, content=seen_again, base_version=0, by=ines)
    second_looks.finish(look=look, by=ines)
    Query.objects.update(round=1)  # sent, and answered since
    closed = workflow.close(assessment=Assessment.objects.get(pk=assessment.pk), by=ana)
    for person in User.objects.all():
        User.objects.filter(pk=person.pk).update(email=f"{INNER.lower()}{person.pk}@people.example")
    return closed


@pytest.mark.parametrize("kind", OF_ONE)
def test_no_document_holds_a_word_of_another_vendor_or_of_ours_alone(
    kind: Kind, acme: Vendor, birch: Vendor, rita: User, sam: User, ana: User, max: User
) -> None:
    all_with(OTHER, birch, sam, ana)
    assessment = scored_by_two(acme, rita, ana, max)
    text = everything_in(content_of(made(assessment, kind, ana)))
    assert "Acme Payments" in text
    assert seen(text, OTHER) == ""
    assert seen(text.upper(), INNER) == ""


@pytest.mark.parametrize("who", ["blind", "administrator", "lead", "stranger"])
def test_who_may_not_see_results_reaches_no_document(
    client: Client, acme: Vendor, rita: User, sam: User, ana: User, ada: User, max: User, who: str
) -> None:
    """Nor one that was made before the second look began, nor any mention of it."""
    ines = factories.make_staff("Ines Duarte")
    assessment = factories.make_assessment(vendor=acme, state="submitted", analyst=ana)
    factories.review_all(assessment, by=ana)
    jobs = [made(assessment, kind, ana) for kind in (Kind.TABLE, Kind.DATA)]
    Report.objects.filter(pk=jobs[0].pk).update(state="failed", problem=INNER)
    portfolio = reports.request_portfolio(chosen=PortfolioFilter(), by=max)
    second_looks.ask(assessment=assessment, analyst=ines, sample=Sample(5, ()), form_key=uuid4(), by=max)
    client.force_login({"blind": ines, "administrator": ada, "lead": rita, "stranger": sam}[who])
    for job in (*jobs, portfolio):
        for what in ("status", "download"):
            assert client.get(reverse(f"assessments:report-{what}", args=[job.pk])).status_code in {403, 404}
    assert client.get(reverse("assessments:portfolio-documents")).status_code in {403, 404}
    for address in (
        reverse("assessments:documents", args=[assessment.pk]),
        reverse("assessments:detail", args=[assessment.pk]),
        reverse("vendors:detail", args=[acme.pk]),
    ):
        page = client.get(address, follow=True).content.decode()
        assert [word for word in (INNER, jobs[0].snapshot_sha256, *map(link_to, jobs)) if word in page] == []
    before = Report.objects.count()
    for kind in OF_ONE:
        client.post(reverse("assessments:report-create", args=[assessment.pk]), {"kind": kind})
    assert Report.objects.count() == before


def link_to(job: Report) -> str:
    """What a page says where it offers it."""
    return reverse("assessments:report-download", args=[job.pk])


def stored() -> list[str]:
    """Every document in the store."""
    return default_storage.listdir("reports")[1] if default_storage.exists("reports") else []


def test_a_job_that_is_deleted_while_its_document_is_made_leaves_no_file(
    submitted: Assessment, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = reports.request(assessment=submitted, by=ana, kind=Kind.TABLE)
    before = stored()

    def write(snapshot: object, material: Material, out: BinaryIO) -> None:
        Report.objects.filter(pk=job.pk).delete()
        out.write(b"late")

    monkeypatch.setitem(makers.MAKERS, Kind.TABLE, write)
    reports.render_now(report_id=job.pk)
    assert stored() == before
    assert not Report.objects.exists()


def test_a_job_that_is_deleted_and_fails_is_no_error(
    submitted: Assessment, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = reports.request(assessment=submitted, by=ana, kind=Kind.TABLE)

    def write(snapshot: object, material: Material, out: BinaryIO) -> None:
        Report.objects.filter(pk=job.pk).delete()
        raise RenderFailed("Too late.")

    monkeypatch.setitem(makers.MAKERS, Kind.TABLE, write)
    reports.render_now(report_id=job.pk)
    assert not Report.objects.exists()


def test_the_letter_says_nothing_of_what_we_think_by_whatever_way_it_is_read(
    acme: Vendor, rita: User, ana: User, max: User
) -> None:
    """Whole, with its manifest, its properties and its bookmarks: no grade, score, result, weight or note of ours."""
    assessment = factories.make_assessment(vendor=acme, state="submitted", analyst=ana)
    add_evidence(assessment, rita, 13, name="keys.csv", kind="csv")
    raised(assessment, 13, by=ana, note="Three keys.")
    factories.review_all(assessment, by=ana, note=INNER)
    Review.objects.filter(answer__assessment=assessment).update(deviation=INNER)
    closed = workflow.close(assessment=Assessment.objects.get(pk=assessment.pk), by=ana)
    rejected = DecisionContent(kind="rejected", reason=INNER)
    decisions.decide(assessment=closed, content=rejected, form_key=uuid4(), by=max)
    job = made(closed, Kind.LETTER, ana)
    text = everything_in(content_of(job))
    assert ("Three keys." in text, "keys.csv" in text) == (True, True)
    ours = [INNER, "Not met", "not_met", "Critical", '"P1"', "severity", "priority", "assurance", "score", "Rejected"]
    score = Snapshot.from_json(job.snapshot).score
    ours += [f'"{score.value}"', f"{score.value} of 10", f"Grade {score.grade}"]
    assert [word for word in ours if word in text] == []


FILE = {"number": 1, "name": "a.csv", "size": 1, "sha256": "a" * 64}


def carrying(text: bytes) -> bytes:
    """A PDF of a stranger's with this as its manifest."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments[manifest.FILE_NAME] = text
        pdf.save(out)
    return out.getvalue()


def forged(**facts: object) -> bytes:
    """A manifest that is whole, and says whatever a stranger likes."""
    return manifest.seal(kind="report", files=[FILE], facts={"document": "report", **facts}).encode("ascii")


def never_sealed(number: str) -> bytes:
    """A manifest with a number in it that is none."""
    return forged().replace(b'"size":1', b'"size":' + number.encode())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (never_sealed("NaN"), "This is not a manifest of Assay."),
        (never_sealed("Infinity"), "This is not a manifest of Assay."),
        (never_sealed("1e999"), "This is not a manifest of Assay."),
        (never_sealed("9" * 5_000), "This is not a manifest of Assay."),
        (b"[" * 100_000, "This is not a manifest of Assay."),
        (manifest.seal(kind="report", files=[FILE | {"name": "\ud800"}], facts={}).encode(), "not a manifest of Assay"),
        (manifest.seal(kind="report", files=[FILE | {"name": "a\x00"}], facts={}).encode(), "not a manifest of Assay"),
        (forged(snapshot_sha256="\x00"), "Whether it was issued here cannot be said to you."),
        (forged(snapshot_sha256="\ud800"), "Whether it was issued here cannot be said to you."),
        (forged(snapshot_sha256=["b" * 64]), "Whether it was issued here cannot be said to you."),
        (forged(snapshot_sha256="b" * 64, document="portfolio"), "Whether it was issued here cannot be said to you."),
        (forged(document={"a": 1}, audit="<script>"), "Whether it was issued here cannot be said to you."),
    ],
)
def test_whatever_a_manifest_says_the_page_that_checks_answers(
    client: Client, ana: User, text: bytes, words: str
) -> None:
    client.force_login(ana)
    sent = SimpleUploadedFile("report.pdf", carrying(text))
    response = client.post(reverse("assessments:verify"), {"file": sent})
    assert response.status_code in {200, 422}
    assert words in response.content.decode()


def test_a_report_of_a_newer_version_is_not_said_to_be_ours(submitted: Assessment, ana: User, client: Client) -> None:
    job = made(submitted, Kind.ARCHIVE, ana)
    with zipfile.ZipFile(io.BytesIO(content_of(job))) as archive:
        text = archive.read(manifest.FILE_NAME)
    Report.objects.update(snapshot='{"schema_version": 99}')
    client.force_login(ana)
    page = client.post(reverse("assessments:verify"), {"file": SimpleUploadedFile("manifest.json", text)})
    assert "Whether it was issued here cannot be said to you." in page.content.decode()


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each gives, all called at the same moment, each with a connection of its own."""
    together = threading.Barrier(len(calls))

    def one(call: Callable[[], object]) -> object:
        try:
            together.wait(10)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(one, call) for call in calls]]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one after the other")
@pytest.mark.django_db(transaction=True)
def test_clicks_and_deliveries_at_the_same_moment_make_one_row_and_one_file(
    submitted: Assessment, ana: User, max: User
) -> None:
    for kind in (Kind.TABLE, Kind.REPORT):
        asked = at_once(*[lambda kind=kind: reports.request(assessment=submitted, by=ana, kind=kind).pk] * 4)
        assert len(set(asked)) == 1
    asked = at_once(*[lambda: reports.request_portfolio(chosen=PortfolioFilter(), by=max).pk] * 4)
    assert len(set(asked)) == 1
    assert Event.objects.filter(kind="report.requested").count() == 3
    job, before = Report.objects.get(kind=Kind.TABLE), set(stored())
    at_once(*[lambda: reports.render_now(report_id=job.pk)] * 3, reports.requeue_lost)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Report.State.READY, 1)
    assert len(set(stored()) - before) == 1
    assert Event.objects.filter(kind="report.rendered", target=f"report:{job.pk}").count() == 1
    assert Mail.objects.filter(kind="report.ready").count() == 1
