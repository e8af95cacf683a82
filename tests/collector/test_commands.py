"""What the script runs, what the policy allows and what the evaluators read are the same."""

import json
import re

import pytest
import yaml

from assessments.evaluators.formats.calls import CALLS
from collector.published import POLICY, SCRIPT, STACK_SET, actions_of, published
from tests.collector.running import SCRIPT_PATH, Desk

# Read where somebody adds them by hand, and outside the policy: they need rights that few would give.
BY_HAND = {
    "account get-primary-email",
    "cloudformation list-resource-scans",
    "cloudformation list-resource-scan-resources",
    "ssm-incidents list-response-plans",
}
# Services whose actions have another prefix than the service of the command line, and actions with another name.
PREFIXES = {
    "configservice": "config",
    "efs": "elasticfilesystem",
    "opensearch": "es",
    "resourcegroupstaggingapi": "tag",
    "s3api": "s3",
    "s3control": "s3",
    "sso-admin": "sso",
}
ACTIONS = {
    "s3api list-buckets": "s3:ListAllMyBuckets",
    "s3api get-public-access-block": "s3:GetBucketPublicAccessBlock",
    "s3api get-bucket-encryption": "s3:GetEncryptionConfiguration",
    "s3api get-bucket-replication": "s3:GetReplicationConfiguration",
    "s3control get-public-access-block": "s3:GetAccountPublicAccessBlock",
}


def action_of(command: str) -> str:
    """The IAM action that a command needs, in small letters: "ec2:describevolumes"."""
    service, call = command.split()
    action = ACTIONS.get(command) or f"{PREFIXES.get(service, service)}:{call.replace('-', '')}"
    return action.casefold()


def shown(desk: Desk, *options: str) -> list[str]:
    """The commands of the plan, without "aws"."""
    return [line.removeprefix("aws ") for line in desk.run("--dry-run", *options).commands]


def allowed() -> list[str]:
    return actions_of(published(POLICY))


def test_the_policy_allows_what_the_script_runs_and_nothing_else(desk: Desk) -> None:
    commands = {" ".join(line.split()[:2]) for line in shown(desk)}
    assert {action.casefold() for action in allowed()} == {action_of(command) for command in commands}
    assert len(allowed()) == len(set(allowed())) == 77
    # Nothing but reading, in the words of AWS; one command renews a report.
    assert {re.match(r"\w+:(Get|List|Describe|Generate)", action)[1] for action in allowed()} == {
        "Get",
        "List",
        "Describe",
        "Generate",
    }
    assert [action for action in allowed() if ":Generate" in action] == ["iam:GenerateCredentialReport"]
    forbidden = {"s3:GetObject", "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters"}
    assert [action for action in allowed() if action in forbidden or action.startswith("kms:") or "*" in action] == []


def test_the_plan_shows_every_command_that_the_text_of_the_script_asks(desk: Desk) -> None:
    """Nothing is asked in a place that the plan does not reach."""
    text = published(SCRIPT).text
    asked = re.findall(r"""^\s*(?:\[.*\|\|\n?\s*)?ask \S+ (?:''|"[^"]*") (\S+) (\S+)""", text, re.MULTILINE)
    in_loop = set(re.findall(r"get-bucket-[a-z-]+|get-public-access-block", text[text.index("for command in") :][:400]))
    commands = {tuple(line.split()[:2]) for line in shown(desk)}
    assert commands == {pair for pair in asked if pair[1] != '"$command"'} | {("s3api", name) for name in in_loop}
    # And there is one more way to AWS: the role of another account, shown where it is needed.
    shell = text[: text.index("<<'PYTHON'")]
    assert re.findall(r"\baws (?!configure get region)(\S+ \S+) --", shell) == ["sts assume-role"] * 3


def test_the_script_brings_every_answer_that_the_evaluators_read(desk: Desk) -> None:
    commands = {" ".join(line.split()[:2]) for line in shown(desk)}
    assert {call.name for call in CALLS} - commands == BY_HAND
    assert commands - {call.name for call in CALLS} == {"iam generate-credential-report"}
    for call in CALLS:
        lines = [line for line in shown(desk) if line.startswith(f"{call.name} ")] if call.options or call.asked else []
        for option in filter(None, (call.options, call.asked)):
            assert call.name in BY_HAND or any(option in line for line in lines), call.name


def test_the_role_of_the_stack_set_has_the_same_policy() -> None:
    class Loader(yaml.SafeLoader):
        """YAML with CloudFormation's short forms."""

    for tag in ("!Ref", "!GetAtt"):
        Loader.add_constructor(tag, lambda loader, node: {node.tag: loader.construct_scalar(node)})
    template = yaml.load(published(STACK_SET).content, Loader)  # noqa: S506 -- a SafeLoader with two more tags
    (role,) = template["Resources"].values()
    assert role["Type"] == "AWS::IAM::Role"
    (policy,) = role["Properties"]["Policies"]
    assert policy["PolicyDocument"] == json.loads(published(POLICY).content)
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust == {
        "Effect": "Allow",
        "Principal": {"AWS": {"!Ref": "TrustedPrincipal"}},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": {"!Ref": "ExternalId"}}},
    }
    assert set(template["Parameters"]) == {"TrustedPrincipal", "ExternalId", "RoleName"}
    pattern = template["Parameters"]["TrustedPrincipal"]["AllowedPattern"]
    assert re.fullmatch(pattern, "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/Audit")
    assert not re.fullmatch(pattern, "*")
    assert not re.fullmatch(pattern, "arn:aws:iam::111122223333:root")


@pytest.mark.parametrize("shell", ["sh", "dash", "bash", "busybox"])
def test_every_shell_shows_the_same_plan_and_runs_nothing(desk: Desk, shell: str) -> None:
    """Without --yes and without anybody to ask, too; not even an AWS CLI is needed for it."""
    from_sh = desk.run("--dry-run").out
    if not desk.find(shell):
        pytest.skip(f"{shell} is not installed")
    assert desk.run("--dry-run", interpreter=shell) == (0, from_sh, "")
    assert desk.run(interpreter=shell) == (0, f"{from_sh}Nothing was run. Add --yes to run these commands.\n", "")
    assert desk.leftovers == []


def test_the_plan_shows_how_other_accounts_are_reached(desk: Desk) -> None:
    (line,) = [
        line
        for line in shown(desk, "--accounts=all", "--role-name=Reader", "--external-id=abc-123")
        if "sts ass" in line
    ]
    role = "arn:aws:iam::ACCOUNT:role/Reader"
    assert line == f"sts assume-role --role-arn {role} --role-session-name assay-collector --external-id EXTERNAL_ID"


def test_the_script_is_plain_sh() -> None:
    """No word that only some shells know."""
    text = SCRIPT_PATH.read_text(encoding="utf-8")
    shell = text[: text.index("<<'PYTHON'")]
    assert text.startswith("#!/bin/sh\n")
    assert re.findall(r"\[\[|\blocal\b|\bfunction\b|\$'|<<<|&>|\bsource\b|\bdeclare\b|\bpipefail\b|<\(", shell) == []
