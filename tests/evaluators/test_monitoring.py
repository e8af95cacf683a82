"""AWS Config, the logging of S3 objects and GuardDuty: criteria 25 to 27."""

from typing import Any

import pytest

from assessments.evaluators import Source, evaluate
from tests.evaluators.shared import FIXTURES, ONE, TWO, cli, found, listed, manifest, member, outcome_of, refs

HERE, THERE = "us-east-1", "eu-west-1"
STATUS = "configservice describe-configuration-recorder-status"
RECORDERS = "configservice describe-configuration-recorders"
CHANNELS = "configservice describe-delivery-channels"
BUCKETS = {"Buckets": [{"Name": "data"}, {"Name": "logs"}]}
ARN = f"arn:aws:cloudtrail:{HERE}:{ONE}:trail/main"
SIX = tuple(str(number) * 12 for number in range(1, 7))


def recorder(
    account: str = ONE, region: str = HERE, *, status: object = None, globally: bool = True, **more: object
) -> list[Source]:
    row = {"name": "default", "recording": True, "lastStatus": "SUCCESS", "lastStartTime": 1795161600.5, **more}
    group = {"allSupported": True, "includeGlobalResourceTypes": globally}
    body = {"ConfigurationRecordersStatus": [row]} if status is None else status
    return [
        cli(account, region, STATUS, body),
        cli(account, region, RECORDERS, {"ConfigurationRecorders": [{"name": "default", "recordingGroup": group}]}),
        cli(account, region, CHANNELS, {"DeliveryChannels": [{"name": "default"}]}),
    ]


def whole(files: list[Source], *regions: str, active: tuple[str, ...] = (HERE,)) -> list[Source]:
    """The files with a manifest that says which regions are enabled and active."""
    accounts = [
        {"id": account, "regions_enabled": list(regions or (HERE,)), "regions_active": list(active)}
        for account in sorted({file.path[:12] for file in files})
    ]
    return [*files, manifest(files, accounts=accounts)]


def said(number: int, *files: Source) -> tuple[Any, ...]:
    evaluation = found(number, *files)
    return evaluation.state.value, tuple(key[-2:] for key in evaluation.responses), refs(evaluation)


# --- 25 ---------------------------------------------------------------------------------------------------------------


def test_config_in_all_regions_fits_both_responses() -> None:
    assert said(25, *whole(recorder())) == ("acceptable", ("a1", "a2"), [])


def test_config_in_the_active_regions_only() -> None:
    files = [*recorder(), *recorder(region=THERE, status={"ConfigurationRecordersStatus": []})]
    assert said(25, *whole(files, HERE, THERE)) == ("acceptable", ("a2",), [])


@pytest.mark.parametrize(
    "row",
    [{"recording": False}, {"lastStatus": "Failure"}, {"servicePrincipal": "securityhub.amazonaws.com"}],
)
def test_a_recorder_that_does_not_record(row: dict[str, Any]) -> None:
    evaluation = found(25, *whole(recorder(**row)))
    assert (evaluation.state, evaluation.responses) == ("failure", ("aws-core-25-f1",))
    assert [one.as_json() for one in evaluation.resources] == [
        {"ref": f"{ONE}/{HERE}", "reason": "AWS Config does not record."}
    ]
    assert evaluation.explanation == "AWS Config does not record in 1 active region."


def test_one_account_of_six_without_config() -> None:
    files = [file for account in SIX[:5] for file in recorder(account)]
    files += recorder(SIX[5], status={"ConfigurationRecordersStatus": []})
    assert said(25, *whole(files)) == ("failure", ("f1",), [f"{SIX[5]}/{HERE}"])


@pytest.mark.parametrize("call", [STATUS, RECORDERS, CHANNELS])
def test_config_needs_every_answer(call: str) -> None:
    files = [file for file in recorder() if call.replace(" ", ".") + ".json" not in file.path]
    evaluation = found(25, *whole(files))
    assert (evaluation.state, evaluation.coverage.missing) == ("undetermined", (f"{ONE}/{HERE}",))
    assert f"Still missing: {ONE}/{HERE}: `aws {call} --region {HERE}` is missing." in evaluation.explanation


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("AccessDenied", "was refused (AccessDenied)"),
        ({"ConfigurationRecordersStatus": [], "NextToken": "x"}, "is incomplete"),
    ],
)
def test_config_refused_or_in_part_is_not_off(status: object, why: str) -> None:
    evaluation = found(25, *whole(recorder(status=status)))
    assert (evaluation.state, evaluation.resources) == ("undetermined", ())
    assert f"`aws {STATUS} --region {HERE}` {why}." in evaluation.explanation


def test_config_off_where_nobody_knows_what_the_region_holds() -> None:
    evaluation = found(25, *recorder(status={"ConfigurationRecordersStatus": []}))
    assert (evaluation.state, [one.ref for one in evaluation.leads]) == ("undetermined", [f"{ONE}/{HERE}"])
    assert "Whether the region holds resources is not known." in evaluation.explanation


def test_a_bucket_makes_its_region_active() -> None:
    place = cli(ONE, "global", "s3api get-bucket-location", {"LocationConstraint": None}, "data")
    files = recorder(status={"ConfigurationRecordersStatus": []})
    assert said(25, place, *files) == ("failure", ("f1",), [f"{ONE}/{HERE}"])


def test_config_nowhere_and_no_active_region() -> None:
    files = whole(recorder(status={"ConfigurationRecordersStatus": []}), active=())
    assert said(25, *files) == ("undetermined", (), [])


def test_config_without_global_resources_is_noted_and_no_failure() -> None:
    evaluation = found(25, *whole(recorder(globally=False)))
    assert evaluation.state == "acceptable"
    assert evaluation.explanation.endswith(
        f"No recorder of {ONE} was seen to record global resources, such as IAM users."
    )


def test_a_listed_account_that_was_not_collected() -> None:
    evaluation = found(25, *whole([*recorder(), listed(ONE, TWO), member(ONE)]))
    assert (evaluation.state, evaluation.coverage.missing) == ("undetermined", (TWO,))


def test_nothing_at_all_asks_for_the_commands() -> None:
    assert (
        "Nothing that decides this was read. Add the output of `aws configservice describe-configuration-recorder"
        in (evaluate([], as_of=None).criteria["aws-core-25"].explanation)
    )


def prowler(*checks: str) -> Source:
    """The rows of Prowler's example for these checks."""
    path = FIXTURES / "prowler" / "prowler-output-999999999999-20261123142636.csv"
    head, *rows = path.read_bytes().split(b"\r\n")
    kept = [row for row in rows if any(check.encode() in row for check in checks)]
    return Source("prowler.csv", b"\r\n".join([head, *kept]))


def test_prowler_in_a_region_that_holds_nothing_known() -> None:
    alone = found(25, prowler("config_recorder_all_regions_enabled"))
    assert (alone.state, len(alone.leads)) == ("undetermined", 2)
    beside = found(25, prowler("config_recorder_all_regions_enabled", "ec2_instance_managed_by_ssm"))
    assert (beside.state, refs(beside)) == ("failure", ["999999999999/us-east-1", "999999999999/us-west-2"])


# --- 27 ---------------------------------------------------------------------------------------------------------------


def detector(account: str = ONE, region: str = HERE, status: object = "ENABLED") -> list[Source]:
    body = status if not isinstance(status, str) or status == "AccessDenied" else {"Status": status, "ServiceRole": "r"}
    return [
        cli(account, region, "guardduty list-detectors", {"DetectorIds": ["d1"]}),
        cli(account, region, "guardduty get-detector", body, "d1"),
    ]


NONE = cli(ONE, THERE, "guardduty list-detectors", {"DetectorIds": []})


def test_guardduty_is_on() -> None:
    assert said(27, *whole(detector())) == ("acceptable", ("a1",), [])


def test_guardduty_off_in_an_inactive_region_matters_to_nobody() -> None:
    assert said(27, *whole([*detector(), NONE], HERE, THERE)) == ("acceptable", ("a1",), [])


def test_guardduty_in_some_active_regions_only_fits_no_response() -> None:
    evaluation = found(27, *whole([*detector(), NONE], HERE, THERE, active=(HERE, THERE)))
    assert (evaluation.state, evaluation.responses, refs(evaluation)) == ("failure", (), [f"{ONE}/{THERE}"])
    assert evaluation.explanation == (
        "GuardDuty is not on in 1 active region. If another product watches for intrusions in these regions, name it "
        "and show that it is on."
    )


def test_guardduty_nowhere() -> None:
    files = whole([*detector(status="DISABLED"), NONE], HERE, THERE, active=(HERE, THERE))
    assert said(27, *files) == ("failure", ("f1",), [f"{ONE}/{THERE}", f"{ONE}/{HERE}"])


@pytest.mark.parametrize("files", [detector()[:1], detector(status="AccessDenied")])
def test_a_detector_that_was_not_read(files: list[Source]) -> None:
    evaluation = found(27, *whole(files))
    assert (evaluation.state, evaluation.coverage.missing) == ("undetermined", (f"{ONE}/{HERE}",))
    assert f"`aws guardduty get-detector --detector-id d1 --region {HERE}`" in evaluation.explanation


def test_an_account_that_was_not_read_may_have_guardduty() -> None:
    files = [*detector(status="DISABLED"), listed(ONE, TWO), member(ONE)]
    assert said(27, *whole(files)) == ("failure", (), [f"{ONE}/{HERE}"])


def test_two_lists_of_detectors_that_contradict() -> None:
    files = detector()
    empty = Source(f"again/{files[0].path}", NONE.content)
    volumes = cli(ONE, HERE, "ec2 describe-volumes", {"Volumes": [{"VolumeId": "vol-1"}]})
    evaluation = found(27, *files, empty, volumes)
    assert (evaluation.state, evaluation.resources) == ("undetermined", ())
    regions = cli(ONE, "global", "ec2 describe-regions", {"Regions": [{"RegionName": HERE, "Endpoint": "e"}]})
    assert found(27, *files, volumes, regions).state == "acceptable"
    assert found(27, *files, empty, volumes, regions).state == "undetermined"


def test_guardduty_refused_is_not_off() -> None:
    files = [cli(ONE, HERE, "guardduty list-detectors", "AccessDenied")]
    assert said(27, *whole(files)) == ("undetermined", (), [])


# --- 26 ---------------------------------------------------------------------------------------------------------------


def trail(
    selectors: dict[str, Any] | str, *, wide: bool = True, logs: bool = True, arn: str = ARN, organization: bool = False
) -> list[Source]:
    row = {"TrailARN": arn, "IsMultiRegionTrail": wide, "IsOrganizationTrail": organization, "HomeRegion": HERE}
    body = selectors if isinstance(selectors, str) else {"TrailARN": arn, **selectors}
    return [
        cli(ONE, HERE, "cloudtrail describe-trails", {"trailList": [row]}),
        cli(ONE, HERE, "cloudtrail get-trail-status", {"IsLogging": logs}, "main"),
        cli(ONE, HERE, "cloudtrail get-event-selectors", body, "main"),
    ]


def buckets(account: str = ONE, **logged: object) -> list[Source]:
    """Two buckets, and whether they have access logging."""
    return [
        cli(account, "global", "s3api list-buckets", BUCKETS),
        *(cli(account, "global", "s3api get-bucket-logging", body, name) for name, body in logged.items()),
    ]


ON = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}}
OFF: dict[str, object] = {}


def classic(*values: str, mode: str = "All") -> dict[str, Any]:
    resource = {"Type": "AWS::S3::Object", "Values": list(values)}
    return {"EventSelectors": [{"ReadWriteType": mode, "DataResources": [resource]}]}


def advanced(*more: dict[str, Any], kind: str = "AWS::S3::Object") -> dict[str, Any]:
    fields = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": [kind]}, *more]
    return {"AdvancedEventSelectors": [{"FieldSelectors": fields}]}


def starts(*values: str) -> dict[str, Any]:
    return {"Field": "resources.ARN", "StartsWith": list(values)}


@pytest.mark.parametrize(
    "selectors",
    [
        classic("arn:aws:s3"),
        classic("arn:aws:s3:::"),
        classic("arn:aws-cn:s3:::"),
        classic("arn:aws:s3:::data/", "arn:aws:s3:::logs/"),
        advanced(),
        advanced(starts("arn:aws:s3:::")),
        advanced(starts("arn:aws:s3:::data/", "arn:aws:s3:::logs/")),
    ],
)
def test_data_events_of_every_bucket(selectors: dict[str, Any]) -> None:
    assert said(26, *whole([*trail(selectors), *buckets()])) == ("acceptable", ("a1",), [])


@pytest.mark.parametrize(
    "selectors",
    [
        classic("arn:aws:s3", mode="WriteOnly"),
        classic("arn:aws:s3:::data/"),
        classic("arn:aws:s3:::data/folder"),
        advanced({"Field": "readOnly", "Equals": ["false"]}),
        advanced({"Field": "eventName", "Equals": ["PutObject"]}),
        advanced(starts("arn:aws:s3:::data/")),
        advanced({"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::logs/"]}),
    ],
)
def test_data_events_of_a_part_decide_nothing(selectors: dict[str, Any]) -> None:
    evaluation = found(26, *whole([*trail(selectors), *buckets(data=OFF, logs=OFF)]))
    assert (evaluation.state, evaluation.resources) == ("undetermined", ())


@pytest.mark.parametrize(
    "files",
    [
        trail(classic()),
        trail(advanced(kind="AWS::Lambda::Function")),
        trail(advanced(), logs=False),
        [cli(ONE, HERE, "cloudtrail describe-trails", {"trailList": []})],
    ],
)
def test_nothing_logs_any_bucket(files: list[Source]) -> None:
    evaluation = found(26, *whole([*files, *buckets(data=OFF, logs=OFF)]))
    assert (evaluation.state, evaluation.responses) == ("failure", ("aws-core-26-f1",))
    assert refs(evaluation) == [f"{ONE}/global/bucket/data", f"{ONE}/global/bucket/logs"]
    assert evaluation.explanation == (
        "Nothing records what happens to the objects of 2 buckets: no data events of CloudTrail and no access logging."
    )


def test_a_trail_of_one_region_is_not_enough_and_no_failure() -> None:
    files = whole([*trail(advanced(), wide=False), *buckets(data=OFF, logs=OFF)])
    assert said(26, *files) == ("undetermined", (), [])


def test_access_logging_of_every_bucket_and_of_one() -> None:
    both = whole([*trail(classic()), *buckets(data=ON, logs=ON)])
    assert said(26, *both) == ("acceptable", ("a2",), [])
    evaluation = found(26, *whole([*trail(classic()), *buckets(data=ON, logs=OFF)]))
    assert (evaluation.state, [one.ref for one in evaluation.leads]) == (
        "undetermined",
        [f"{ONE}/global/bucket/logs"],
    )
    assert evaluation.explanation.startswith("2 buckets were seen, 1 of them with a log of what happens")


@pytest.mark.parametrize(
    "files",
    [
        [*trail(classic()), *buckets(data=OFF)],
        [*trail(classic()), *buckets(data=OFF, logs="AccessDenied")],
        [*trail("AccessDenied"), *buckets(data=OFF, logs=OFF)],
        [*trail(classic())[:2], *buckets(data=OFF, logs=OFF)],
        buckets(data=OFF, logs=OFF),
        trail(classic()),
    ],
)
def test_what_was_not_read_proves_nothing(files: list[Source]) -> None:
    evaluation = found(26, *whole(files))
    assert (evaluation.state, evaluation.coverage.is_complete) == ("undetermined", False)


def test_no_bucket_fits_no_response() -> None:
    files = [*trail(advanced()), cli(ONE, "global", "s3api list-buckets", {"Buckets": []})]
    assert said(26, *whole(files)) == ("undetermined", (), [])


def test_the_trail_of_an_organization_covers_its_members() -> None:
    files = [
        listed(ONE, TWO),
        *trail(advanced(), organization=True),
        *buckets(),
        *buckets(TWO),
        cli(TWO, HERE, "cloudtrail describe-trails", {"trailList": []}),
    ]
    assert said(26, *whole(files)) == ("acceptable", ("a1",), [])
    assert found(26, *whole([listed(ONE, TWO), *trail(advanced()), *files[4:]])).state == "undetermined"


def test_one_bucket_for_prowler_proves_nothing() -> None:
    checks = ("cloudtrail_s3_dataevents_read_enabled", "cloudtrail_s3_dataevents_write_enabled")
    access = "s3_bucket_server_access_logging_enabled"
    assert found(26, prowler(access)).state == "undetermined"
    assert found(26, prowler(*checks)).state == "undetermined"
    whole_run = prowler(*checks, access)
    assert said(26, whole_run)[0] == "failure"
    rows = whole_run.read().split(b"\r\n")
    changed = [
        row.replace(b"FAIL", b"PASS") if b"acme-static" in row and access.encode() in row else row for row in rows
    ]
    assert changed != rows
    assert found(26, Source("prowler.csv", b"\r\n".join(changed))).state == "undetermined"


def test_the_examples_say_it_in_a_sentence() -> None:
    good, bad = outcome_of("acme-good").criteria, outcome_of("acme-bad").criteria
    assert good["aws-core-25"].explanation == "AWS Config records in every active region of every account."
    assert good["aws-core-27"].explanation == "GuardDuty is on in every active region of every account."
    assert good["aws-core-26"].explanation == "What happens to the objects of all 5 buckets is logged."
    assert bad["aws-core-25"].explanation == "AWS Config does not record in 3 active regions."
