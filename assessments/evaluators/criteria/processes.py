"""Deployment, images, plans, backups, patches and access: criteria 28 to 33; most have a file of their own."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import Truth, all_of
from assessments.evaluators.answers import canonical
from assessments.evaluators.criteria.backups import backups
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.criteria.images import images
from assessments.evaluators.criteria.instances import management_access, patching
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import Evaluation, State

_STACKS: Final = "cloudformation list-stacks"
_TAGS: Final = "resourcegroupstaggingapi get-resources"
_SCANNED: Final = "cloudformation list-resource-scan-resources"
_STACK_TAG: Final = "aws:cloudformation:stack-name"
_STATE_NAMES: Final = ("terraform", "tfstate", "tf-state")


def infrastructure_as_code(estate: Estate, as_of: datetime | None) -> Evaluation:
    """28. Most resources come from code: evidence contract, section 2, criterion 28. Never a failure.

    Tags name only what was ever tagged, so they show a share and prove nothing; a resource scan names everything.
    """
    case = Case(estate, "aws-core-28")
    places = case.places(_STACKS, _TAGS)
    tagged = [item for place in places for item in place.items(_TAGS, "ResourceTagMappingList")]
    marked = sum(map(_is_marked, tagged))
    stacks = [
        stack
        for place in places
        for stack in place.items(_STACKS, "StackSummaries")
        if fields.text(stack, "StackStatus") not in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
    ]
    shares = _scanned_shares(places)
    for place in [*case.accounts(), *places]:
        _show_state(case, place)
    case.ask(
        "Show the code and the deployments of production, or scan: `aws cloudformation start-resource-scan`, then "
        f"`aws {_SCANNED} --resource-scan-id ...`, in every active region."
    )
    return case.decide(
        acceptable={"a1": all_of(shares.values()) or None if shares else None},
        failure={"f1": None},
        says={
            State.ACCEPTABLE: "In every account, CloudFormation manages more than half of all resources it scanned.",
            State.UNDETERMINED: f"{marked:,} of the {counted(len(tagged), 'tagged resource')} bear a mark of "
            f"CloudFormation or Terraform, and there {'is' if len(stacks) == 1 else 'are'} "
            f"{counted(len(stacks), 'CloudFormation stack')}; what has no tags cannot be seen, so most is not proven.",
        },
    )


def _is_marked(item: Item) -> bool:
    """Whether tags say that a stack of CloudFormation, or Terraform, made a resource."""
    return any(
        fields.text(tag, "Key") == _STACK_TAG
        or "terraform" in f"{fields.text(tag, 'Key')} {fields.text(tag, 'Value')}".casefold()
        for tag in fields.items(item, "Tags")
    )


def _scanned_shares(places: list[Place]) -> dict[str, Truth]:
    """Account: whether stacks manage more than half of what scans found; unknown where a region has no whole scan."""
    counts: dict[str, list[int]] = {}
    unknown = set()
    for place in places:
        scans = place.case.estate.answers(place.account, place.region, _SCANNED).values()
        if place.is_active and not any(answer.is_known for answer in scans):
            unknown.add(place.account)
        for answer in scans:
            once = {
                canonical(item) if "ResourceIdentifier" in item else number: item
                for number, item in enumerate(answer.items("Resources"))
            }
            managed = [bool(fields.flag(item, "ManagedByStack")) for item in once.values()]
            counts.setdefault(place.account, []).extend(managed)
    found: dict[str, Truth] = {name: sum(managed) * 2 > len(managed) for name, managed in counts.items() if managed}
    return {**found, **dict.fromkeys(unknown)}


def _show_state(case: Case, place: Place) -> None:
    """Where Terraform seems to keep its state: signs that code is in use."""
    for bucket in place.call("s3api list-buckets").items("Buckets"):
        name = fields.text(bucket, "Name")
        if any(word in name.casefold() for word in _STATE_NAMES):
            case.lead(place.ref("bucket", name), "By its name, this bucket holds the state of Terraform.")
    for name in place.call("dynamodb list-tables").strings("TableNames"):
        if any(word in name.casefold() for word in _STATE_NAMES):
            case.lead(place.ref("table", name), "By its name, this table guards the state of Terraform.")


def incident_response(estate: Estate, as_of: datetime | None) -> Evaluation:
    """30. Nothing in AWS shows a plan or its test: it is always undetermined, and the document is asked for."""
    case = Case(estate, "aws-core-30")
    for account in estate.accounts:
        for region in estate.regions_with(account, "ssm-incidents list-response-plans"):
            answer = estate.call(account, region, "ssm-incidents list-response-plans")
            for plan in answer.items("responsePlanSummaries"):
                name = fields.text(plan, "name")
                case.lead(
                    f"{account}/{region}/response-plan/{name}", "Incident Manager of AWS holds this response plan."
                )
    return case.decide(
        acceptable={"a1": None},
        failure={"f1": None, "f2": None},
        says={
            State.UNDETERMINED: "Nothing in AWS shows whether there is a tested plan. Add the incident response plan "
            "with its steps for AWS, and the record of its last test or exercise with the date.",
        },
    )


CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {
    "aws-core-28": infrastructure_as_code,
    "aws-core-29": images,
    "aws-core-30": incident_response,
    "aws-core-31": backups,
    "aws-core-32": patching,
    "aws-core-33": management_access,
}
