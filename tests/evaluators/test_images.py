"""Images that instances are started from: criterion 29."""

from datetime import UTC, datetime
from typing import Any

import pytest

from assessments.evaluators import Evaluation, Source
from assessments.evaluators.criteria.images import months_before
from tests.evaluators.shared import ONE, TWO, cli, found, manifest, refs

HERE = "us-east-1"


def image(name: str = "ami-1", created: str = "2026-10-01T06:00:00.000Z", owner: str = ONE, **more: Any) -> Any:
    return {"ImageId": name, "CreationDate": created, "OwnerId": owner, **more}


def instance(name: str = "ami-1", launched: str | None = "2026-11-01T06:00:00Z", **more: Any) -> Any:
    attachment = {"DeviceIndex": 0, **({"AttachTime": launched} if launched else {})}
    return {
        "InstanceId": "i-1",
        "ImageId": name,
        "LaunchTime": "2026-11-19T06:00:00Z",
        "State": {"Name": "running"},
        "NetworkInterfaces": [{"Attachment": {"DeviceIndex": 1}}, {"Attachment": attachment}],
        **more,
    }


def place(own: list[Any], used: Any, *instances: Any, pipelines: Any = (), account: str = ONE) -> list[Source]:
    files = [
        cli(account, HERE, "ec2 describe-images", {"Images": own}),
        cli(account, HERE, "ec2 describe-instances", {"Reservations": [{"Instances": list(instances)}]}),
        cli(account, HERE, "imagebuilder list-image-pipelines", {"imagePipelineList": list(pipelines)}),
    ]
    body = used if isinstance(used, str) else {"Images": used}
    return files if used is None else [*files, cli(account, HERE, "ec2 describe-images", body, "used")]


def judged(files: list[Source]) -> Evaluation:
    return found(29, *files, manifest(files))


LIVE = {"arn": "a", "status": "ENABLED", "dateLastRun": "2026-11-15T00:00:00Z"}
AMAZON = image("ami-2", "2020-01-01T00:00:00.000Z", "137112412989", ImageOwnerAlias="amazon")
MARKET = image("ami-2", "2020-01-01T00:00:00.000Z", "679593333241", ImageOwnerAlias="aws-marketplace")


@pytest.mark.parametrize(
    "files", [place([], [AMAZON], instance("ami-2")), place([], [MARKET], instance("ami-2")), place([], None)]
)
def test_no_own_image(files: list[Source]) -> None:
    evaluation = judged(files)
    assert (evaluation.state, evaluation.responses) == ("acceptable", ("aws-core-29-a2",))
    assert evaluation.explanation == (
        "No account has images of its own: every instance comes from one of Amazon or the marketplace."
    )


def test_young_images_and_a_live_pipeline() -> None:
    evaluation = judged(place([image()], [image()], instance(), pipelines=[LIVE]))
    assert (evaluation.state, evaluation.responses) == ("acceptable", ("aws-core-29-a1",))
    unused = judged(place([image()], [AMAZON], instance("ami-2"), pipelines=[LIVE]))
    assert unused.responses == ("aws-core-29-a1",)


@pytest.mark.parametrize(
    "files",
    [
        place([image()], None, instance()),
        place([image()], None, instance(), pipelines=[{**LIVE, "status": "DISABLED"}]),
        place([image()], None, instance(), pipelines=[{**LIVE, "dateLastRun": "2026-05-01T00:00:00Z"}]),
        place(
            [image(created="2026-05-01T00:00:00.000Z")],
            None,
            instance(launched="2026-09-01T06:00:00Z"),
            pipelines=[LIVE],
        ),
        place([image()], [AMAZON], instance("ami-2")),
        place([], [image("ami-2", owner="099720109477")], instance("ami-2")),
        place([], [], instance("ami-9")),
        place([], None, instance("ami-9")),
        place([], "InvalidAMIID.NotFound", instance("ami-9")),
        place([], [AMAZON], instance("ami-2"))[1:],
        place([], [AMAZON])[:1],
    ],
)
def test_what_is_neither_young_with_a_pipeline_nor_old(files: list[Source]) -> None:
    evaluation = judged(files)
    assert (evaluation.state, evaluation.resources) == ("undetermined", ())


@pytest.mark.parametrize(
    ("created", "launched", "state"),
    [
        ("2026-02-27T23:59:59.000Z", "2026-08-31T00:00:00Z", "failure"),
        ("2026-02-28T00:00:00.000Z", "2026-08-31T00:00:00Z", "undetermined"),  # six months to the day
        ("2025-01-01T00:00:00.000Z", "2026-05-20T08:00:00Z", "failure"),  # six months ago exactly
        ("2025-01-01T00:00:00.000Z", "2026-05-20T07:59:59Z", "undetermined"),  # before, whatever LaunchTime says
        ("2025-01-01T00:00:00.000Z", None, "undetermined"),
    ],
)
def test_six_months(created: str, launched: str | None, state: str) -> None:
    evaluation = judged(place([image(created=created)], None, instance(launched=launched)))
    assert evaluation.state == state


def test_the_offender_is_the_image() -> None:
    old = image(created="2025-09-01T06:00:00.000Z")
    evaluation = judged([*place([old], None, instance()), *place([], [old], instance(), account=TWO)])
    assert (evaluation.responses, refs(evaluation)) == (
        ("aws-core-29-f1",),
        [f"{ONE}/{HERE}/image/ami-1", f"{TWO}/{HERE}/image/ami-1"],
    )
    assert evaluation.resources[0].reason == (
        "Made on 1 September 2025, 06:00 UTC; i-1 was first started on 1 November 2026, 06:00 UTC, when the image was "
        "more than six months old."
    )


def test_an_old_image_of_nobody_known_is_no_offender() -> None:
    old = image("ami-2", "2025-09-01T06:00:00.000Z", "999999999999")
    evaluation = judged(place([], [old], instance("ami-2")))
    assert (evaluation.state, [lead.ref for lead in evaluation.leads]) == (
        "undetermined",
        [f"{ONE}/{HERE}/image/ami-2"],
    )


def test_instances_that_were_ended_do_not_count() -> None:
    old = image(created="2025-09-01T06:00:00.000Z")
    ended = judged(place([old], None, instance(State={"Name": "terminated"})))
    assert ended.state == "undetermined"


def test_without_a_time_nothing_is_recent() -> None:
    files = place([image(created="2025-09-01T06:00:00.000Z")], None, instance())
    assert found(29, *files, as_of=None).state == "undetermined"
    assert found(29, *files).state == "failure"


def test_the_images_in_use_are_asked_for() -> None:
    evaluation = judged(place([], None, instance("ami-9")))
    assert f"`aws ec2 describe-images --image-ids ami-9 --region {HERE}` is missing." in evaluation.explanation
    assert evaluation.coverage.missing == (f"{ONE}/{HERE}",)


def test_what_updates_own_images_is_asked_for() -> None:
    request = "Show how own images are updated, and how often: `aws imagebuilder list-image-pipelines`, or Packer's."
    assert request in judged(place([image()], None, instance())).explanation
    old = image(created="2026-05-01T00:00:00.000Z")
    assert (
        request
        not in judged(place([old], None, instance(launched="2026-09-01T06:00:00Z"), pipelines=[LIVE])).explanation
    )


def test_calendar_months() -> None:
    assert months_before(datetime(2026, 8, 31, tzinfo=UTC)) == datetime(2026, 2, 28, tzinfo=UTC)
    assert months_before(datetime(2026, 6, 30, 8, tzinfo=UTC)) == datetime(2025, 12, 30, 8, tzinfo=UTC)
    assert months_before(datetime(1, 3, 1, tzinfo=UTC)) == datetime(1, 9, 1, tzinfo=UTC)  # nothing is before year 1
