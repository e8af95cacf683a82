"""Files become rows: all of them or none, once, and never again differently."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import Model

from audit.models import Event
from playbook import loading, schema
from playbook.exporting import ContentAltered, document_of
from playbook.loading import load
from playbook.models import Criterion, Domain, EvidenceRequest, Playbook, ResponseOption
from playbook.problems import PlaybookInvalid
from playbook.queries import find, newest_published
from tests.playbook.samples import SOURCE, changed, replaced, with_version
from users.models import User

TABLES: list[type[Model]] = [Playbook, Domain, Criterion, ResponseOption, EvidenceRequest]
pytestmark = pytest.mark.django_db


def row_counts() -> list[int]:
    return [table.objects.count() for table in TABLES]


def test_every_row_of_the_packaged_playbook() -> None:
    playbook, created = load(SOURCE, "aws-core.yaml")
    assert created
    assert row_counts() == [1, 6, 33, 94, 82]
    sides = playbook.criteria.values_list("options__side", flat=True)
    assert (list(sides).count("acceptable"), list(sides).count("failure")) == (52, 42)
    assert [domain.criteria.count() for domain in playbook.domains.all()] == [7, 2, 9, 6, 3, 6]
    assert list(playbook.criteria.values_list("number", flat=True)) == list(range(1, 34))
    assert newest_published() == playbook


def test_the_fields_of_one_criterion() -> None:
    playbook, _ = load(SOURCE, "aws-core.yaml")
    source = yaml.safe_load(SOURCE)["criteria"][14]
    criterion = playbook.criteria.get(number=15)
    assert {
        "id": criterion.code,
        "domain": criterion.domain.slug,
        "severity": criterion.severity,
        "rationale": criterion.severity_rationale,
        "thresholds": criterion.thresholds,
        "errata": criterion.errata,
        "na": criterion.not_applicable_allowed,
        "note": criterion.assessor_note,
        "applicability": criterion.applicability,
        "options": list(criterion.options.values_list("key", "side", "order", "literal_answer")),
        "evidence": list(criterion.evidence_requests.values_list("order", "kind", "required")),
    } == {
        "id": "aws-core-15",
        "domain": "identity-and-access-management",
        "severity": source["severity"]["level"],
        "rationale": source["severity"]["rationale"],
        "thresholds": [{"value": 90, "unit": "days", "meaning": "a custom role unused for this long fails"}],
        "errata": source["erratum"],
        "na": source["applicability"]["not_applicable_allowed"],
        "note": source["assessor_note"],
        "applicability": source["applicability"],
        "options": [
            ("aws-core-15-a1", "acceptable", 1, None),
            ("aws-core-15-a2", "acceptable", 2, "yes"),
            ("aws-core-15-f1", "failure", 1, None),
        ],
        "evidence": [
            (order, item["kind"], item["required"]) for order, item in enumerate(source["evidence_expected"], start=1)
        ],
    }


def test_loading_again_changes_nothing() -> None:
    first, _ = load(SOURCE, "aws-core.yaml")
    again, created = load(b"# layout does not count\n" + SOURCE, "copy.yaml")
    assert (again, created) == (first, False)
    assert row_counts() == [1, 6, 33, 94, 82]
    assert Event.objects.count() == 1


def test_publishing_leaves_one_event(ada: User) -> None:
    playbook, _ = load(SOURCE, "aws-core.yaml", by=ada)
    event = Event.objects.get(kind="playbook.published")
    assert (event.actor, event.target) == (ada.pk, f"playbook:{playbook.pk}")
    assert event.detail.data == {
        "slug": "aws-core",
        "version": "2020-06",
        "content_sha256": playbook.content_sha256,
    }


def test_other_content_under_a_published_version_is_refused() -> None:
    load(SOURCE, "aws-core.yaml")
    source = replaced(b"AWS Organizations manages every account", b"Organizations manages every account")
    with pytest.raises(PlaybookInvalid) as caught:
        load(source, "mine.yaml")
    assert str(caught.value) == (
        "mine.yaml: playbook.version: aws-core 2020-06 is published already with other content. "
        "A published version never changes; give the changed file a new version."
    )
    assert Criterion.objects.get(number=1).short_title == "AWS Organizations manages every account"
    assert (row_counts(), Event.objects.count()) == ([1, 6, 33, 94, 82], 1)


def test_a_new_version_stands_beside_the_old_one() -> None:
    old, _ = load(SOURCE, "aws-core.yaml")
    before = document_of(old)
    new, created = load(with_version("2021-01"), "aws-core.yaml")
    assert created
    assert row_counts() == [2, 12, 66, 188, 164]
    assert document_of(old) == before
    assert (newest_published(), find("aws-core", "2020-06"), find("aws-core", "2022-01")) == (new, old, None)


def test_somebody_else_publishes_the_same_version_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look finds nothing, the insert meets the unique constraint: the outcome is that of a second load."""
    original = loading._publish

    def overtaken(document: schema.Document, digest: str, by: User | None) -> Playbook:
        monkeypatch.setattr(loading, "_publish", original)
        original(copy.deepcopy(document), digest, by)
        return original(document, digest, by)

    monkeypatch.setattr(loading, "_publish", overtaken)
    playbook, created = load(SOURCE, "aws-core.yaml")
    assert (playbook, created) == (Playbook.objects.get(), False)
    assert (row_counts(), Event.objects.count()) == ([1, 6, 33, 94, 82], 1)


def test_a_failure_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**details: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(loading, "record", fail)
    with pytest.raises(RuntimeError, match="the disk is full"):
        load(SOURCE, "aws-core.yaml")
    assert row_counts() == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_to_change_a_published_row(table: type[Model]) -> None:
    playbook, _ = load(SOURCE, "aws-core.yaml")
    row = table.objects.order_by("pk")[0]
    with pytest.raises(IntegrityError, match="a published playbook never changes"), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError, match="a published playbook never changes"), transaction.atomic():
        table.objects.update(id=row.pk)
    assert document_of(playbook)["playbook"]["version"] == "2020-06"


# --- Commands ------------------------------------------------------------------------------------------------------


def seed(path: Path) -> None:
    call_command("seed_playbook", str(path))


def test_seed_takes_the_packaged_file(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_playbook")
    call_command("seed_playbook")
    assert capsys.readouterr().out.splitlines() == [
        "Published aws-core 2020-06 with 33 criteria.",
        "aws-core 2020-06 is published already with the same content.",
    ]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (changed(lambda it: it["criteria"][12].update(colour="x")), "criteria[12].colour: is not a known key"),
        (changed(lambda it: it["criteria"][12].pop("severity")), "criteria[12].severity: is missing"),
        (changed(lambda it: it["domains"][3].pop("why")), "domains[3].why: is missing"),
        (
            changed(lambda it: it["criteria"][12]["failure_responses"][0].update(key="aws-core-13-a1")),
            'criteria[12].failure_responses[0].key: must be "aws-core-13-f1", '
            'since it belongs to this criterion, not "aws-core-13-a1"',
        ),
        (
            replaced(b"    number: 1\n", b"    number: 1\n    number: 1\n"),
            "criteria[0].number: appears twice in the same mapping (line 174)",
        ),
        (b"#" * 2_000_000, "file: is larger than 1000000 bytes"),
    ],
)
def test_seed_refuses_with_file_path_and_reason(source: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(source)
    with pytest.raises(CommandError) as caught:
        seed(path)
    assert caught.value.returncode == 1
    assert str(caught.value).splitlines()[0] == f"{path}: {problem}"
    assert str(caught.value).splitlines()[-1] == "Nothing was written."
    assert (row_counts(), Event.objects.count()) == ([0, 0, 0, 0, 0], 0)


def test_seed_without_a_readable_file(tmp_path: Path) -> None:
    missing = tmp_path / "none.yaml"
    with pytest.raises(CommandError, match=f"^{missing}: cannot be read: No such file or directory$"):
        seed(missing)
    with pytest.raises(CommandError, match=f"^{tmp_path}: cannot be read: Is a directory$"):
        seed(tmp_path)


def exported(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("export_playbook", "aws-core", *arguments)
    return capsys.readouterr().out


def test_export_gives_the_content_back(capsys: pytest.CaptureFixture[str]) -> None:
    load(SOURCE, "aws-core.yaml")
    text = exported(capsys)
    assert yaml.safe_load(text) == yaml.safe_load(SOURCE)
    assert list(yaml.safe_load(text)["criteria"][0]) == list(yaml.safe_load(SOURCE)["criteria"][0])
    assert text.splitlines()[0] == "# RiskRecon AWS Assessment Playbook, version 2020-06"
    assert "# Licence: Creative Commons Attribution-ShareAlike 4.0 International, https://" in text
    assert load(text.encode(), "exported.yaml")[1] is False


def test_export_of_one_version(capsys: pytest.CaptureFixture[str]) -> None:
    load(SOURCE, "aws-core.yaml")
    load(with_version("2021-01"), "aws-core.yaml")
    versions: list[Any] = [
        yaml.safe_load(exported(capsys, *more))["playbook"]["version"] for more in ([], ["--version=2020-06"])
    ]
    assert versions == ["2021-01", "2020-06"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gcp-core"], "There is no published playbook gcp-core."),
        (["aws-core", "--version", "1999"], "There is no published playbook aws-core 1999."),
    ],
)
def test_export_of_what_is_not_there(arguments: list[str], message: str) -> None:
    load(SOURCE, "aws-core.yaml")
    with pytest.raises(CommandError) as caught:
        call_command("export_playbook", *arguments)
    assert str(caught.value) == message


def test_export_notices_rows_that_are_not_what_was_published() -> None:
    playbook, _ = load(SOURCE, "aws-core.yaml")
    EvidenceRequest.objects.filter(criterion__number=3)[0].delete()
    with pytest.raises(ContentAltered):
        document_of(playbook)
    with pytest.raises(CommandError, match="^aws-core 2020-06: the stored rows differ from what was published.$"):
        call_command("export_playbook", "aws-core")
