"""Prowler's three formats: the same findings, and what is no finding."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from assessments.evaluators import Source, estate_of, evaluate
from assessments.evaluators.arns import plain_ref
from assessments.evaluators.formats import PROWLER_ASFF, PROWLER_CSV, PROWLER_OCSF, detect
from assessments.evaluators.reading import harvest
from tests.evaluators.own import saved
from tests.evaluators.shared import FIXTURES, ONE, prowler, refs
from tests.evaluators.shared import found as judged

FILES = {path.suffixes[-2]: path for path in (FIXTURES / "prowler").glob("prowler-output*.json")}
CSV = next((FIXTURES / "prowler").glob("*.csv"))
FORMATS = {CSV: PROWLER_CSV, FILES[".ocsf"]: PROWLER_OCSF, FILES[".asff"]: PROWLER_ASFF}


@pytest.mark.parametrize("path", FORMATS)
def test_all_findings_are_read(path: object) -> None:
    data = (FIXTURES / str(path)).read_bytes()
    assert detect(data) == FORMATS[path]  # type: ignore[index]  # the parameter is a key
    found = harvest([Source("x", data)])
    assert len(found.findings) == 74
    assert (found.files["x"].status, found.files["x"].problem) == ("read", None)


def test_three_formats_say_the_same() -> None:
    said = [
        {(f.check, f.status, f.account, f.region, f.uid) for f, _ in harvest([Source("x", path.read_bytes())]).findings}
        for path in FORMATS
    ]
    assert said[0] == said[1] == said[2]
    together = estate_of(harvest([Source(path.name, path.read_bytes()) for path in FORMATS]))
    assert len(together.findings()) == 74


def ocsf(result: str, seconds: int, **more: object) -> dict[str, object]:
    return {
        "metadata": {"event_code": "ec2_ebs_volume_encryption", "product": {"name": "Prowler"}},
        "finding_info": {},
        "status_code": result,
        "status": "New",
        "status_detail": "It is so.",
        "cloud": {"account": {"uid": ONE}, "region": "us-east-1"},
        "resources": [{"uid": "arn:aws:ec2:us-east-1:111122223333:volume/vol-1", "region": "us-east-1"}],
        "time": seconds,
        **more,
    }


def findings(*rows: dict[str, object]) -> list[tuple[str, bool, datetime | None]]:
    estate = estate_of(harvest([Source(f"{n}.json", json.dumps([row]).encode()) for n, row in enumerate(rows)]))
    return [(finding.status, finding.is_muted, finding.at) for finding in estate.findings()]


def test_the_newest_scan_counts_whatever_the_order() -> None:
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    now = int(at.timestamp())
    old, new = ocsf("FAIL", now - 86_400), ocsf("PASS", now)
    assert findings(old, new) == findings(new, old) == [("PASS", False, at)]


def test_of_two_at_the_same_time_the_failure_counts() -> None:
    assert [status for status, *_ in findings(ocsf("FAIL", 1_795_161_600), ocsf("PASS", 1_795_161_600))] == ["FAIL"]


def test_times_may_be_in_milliseconds() -> None:
    (found,) = findings(ocsf("PASS", 1_795_161_600_000))
    assert found[2] == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_a_time_without_zone_is_not_held_against_one_with_it() -> None:
    """The CSV's clock may be fourteen hours off, so its failure stands beside a later pass."""
    text = CSV.read_bytes().decode()
    head, _, row = text.partition("\r\n")
    cells = dict(zip(head.split(";"), [""] * 44, strict=False))
    cells.update(CHECK_ID="ec2_ebs_volume_encryption", STATUS="FAIL", ACCOUNT_UID=ONE, REGION="us-east-1")
    cells.update(RESOURCE_UID="arn:aws:ec2:us-east-1:111122223333:volume/vol-1", TIMESTAMP="2026-11-20 01:00:00.5")
    local = Source("a.csv", f"{head}\r\n{';'.join(cells.values())}\r\n".encode())
    for hours, status in ((7, "FAIL"), (15, "PASS")):
        at = datetime(2026, 11, 20, 1, tzinfo=UTC) + timedelta(hours=hours)
        passed = Source("b.json", json.dumps([ocsf("PASS", int(at.timestamp()))]).encode())
        assert [finding.status for finding in estate_of(harvest([local, passed])).findings()] == [status]


def test_muted_findings_keep_their_result_or_say_that_it_is_lost() -> None:
    assert findings(ocsf("FAIL", 1, status="Suppressed"))[0][:2] == ("FAIL", True)
    row = {
        "SchemaVersion": "2018-10-08",
        "GeneratorId": "prowler-ec2_ebs_volume_encryption",
        "AwsAccountId": ONE,
        "Compliance": {"Status": "WARNING"},
        "Resources": [],
    }
    assert findings(row)[0][:2] == ("MUTED", True)
    (file,) = evaluate([Source("x.json", json.dumps([row]).encode())]).files
    assert file.problem == "Muted findings, whose result this format does not keep: 1."


@pytest.mark.parametrize(
    "data",
    [
        b"ASSESSMENT_START_TIME;STATUS_EXTENDED;RESOURCE_ARN;CHECK_ID\n",
        b'[{"AssessmentStartTime": "x", "FindingUniqueId": "y", "CheckID": "z"}]',
    ],
)
def test_older_versions_are_named(data: bytes) -> None:
    (file,) = evaluate([Source("x.json" if data.startswith(b"[") else "x.csv", data)]).files
    assert (file.status, file.problem) == (
        "refused",
        "This is the output of Prowler 3 or older. Run Prowler 5 and add its CSV or JSON-OCSF file.",
    )


def test_a_cut_row_is_counted_and_the_others_are_read() -> None:
    lines = CSV.read_bytes()[:-40]
    found = harvest([Source("x.csv", lines)])
    assert len(found.findings) == 73
    assert (found.files["x.csv"].status, found.files["x.csv"].problem) == (
        "partial",
        "Damaged findings, left out: 1. Run Prowler again.",
    )


def test_a_pass_never_makes_anything_acceptable() -> None:
    outcome = evaluate([Source("x.json", json.dumps([ocsf("PASS", 1)]).encode())])
    assert {evaluation.state.value for evaluation in outcome.criteria.values()} == {"undetermined"}


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:ec2:us-east-1:111122223333:volume/vol-1", "111122223333/us-east-1/volume/vol-1"),
        ("arn:aws-cn:rds:cn-north-1:111122223333:db:shop", "111122223333/cn-north-1/db/shop"),
        ("arn:aws:rds:us-east-1:111122223333:cluster:shop", "111122223333/us-east-1/db-cluster/shop"),
        ("arn:aws:redshift:us-east-1:111122223333:cluster:dwh", "111122223333/us-east-1/redshift-cluster/dwh"),
        ("arn:aws:es:us-east-1:111122223333:domain/logs", "111122223333/us-east-1/domain/logs"),
        ("arn:aws:iam::111122223333:user/team/blue/ann", "111122223333/global/user/ann"),
        ("arn:aws:iam::111122223333:root", "111122223333/global/root"),
        ("arn:aws:s3:::data", "111122223333/global/bucket/data"),
        ("arn:aws:s3:us-east-1:111122223333:account", ""),
        ("arn:aws:iam::111122223333:mfa", ""),
        ("arn:aws:ec2:us-east-1:111122223333:volume/", ""),
        ("arn:aws:lambda:us-east-1:111122223333:function:x", ""),
        ("111122223333/us-east-1", ""),
    ],
)
def test_an_arn_as_the_contract_names_it(arn: str, name: str) -> None:
    assert plain_ref(arn, ONE) == name


def test_one_key_owner_found_in_two_ways_is_named_once() -> None:
    """The report names the key, Prowler its user: the key is what an engineer can act on."""
    report = Source(
        "report.csv", saved([{"user": "root"}, {"user": "ann", "k1": f"true {'2026-01-01T08:00:00Z ' * 2}"}], {})
    )
    finding = prowler("iam_rotate_access_key_90_days", f"arn:aws:iam::{ONE}:user/ann", "Not rotated (300 days).")
    other = prowler("iam_rotate_access_key_90_days", f"arn:aws:iam::{ONE}:user/bob", "Not rotated (300 days).")
    assert refs(judged(14, report, finding)) == [f"{ONE}/global/user/ann#access_key_1"]
    assert refs(judged(14, report, other)) == [f"{ONE}/global/user/ann#access_key_1", f"arn:aws:iam::{ONE}:user/bob"]
