"""A stand-in for the AWS command line that answers from a folder of examples; written to a folder on PATH as `aws`.

STUB_FIXTURES is the folder, STUB_ACCOUNT the account of the caller. A role is taken by handing out its account as the
session token. STUB_ERRORS maps "<service>.<command>" to the code of a refusal or to what else the command line says,
STUB_ANSWERS to an answer, and STUB_STUCK names one call that never ends: its number goes to the file STUB_SIGN.
"""

import json
import os
import signal
import sys

GLOBAL = {"sts", "account", "iam", "organizations", "s3api", "s3control"}
ABOUT = (
    "--bucket",
    "--policy-id",
    "--parent-id",
    "--trail-name",
    "--name",
    "--detector-id",
    "--table-name",
    "--stream-name",
    "--backup-plan-id",
)
FIXTURES = os.environ["STUB_FIXTURES"]


def answer(text: str) -> None:
    sys.stdout.write(text)
    sys.exit(0)


def refuse(code: str, operation: str = "Operation", message: str = "no") -> None:
    if " " in code:
        sys.stderr.write(f"\n{code}\n")
        sys.exit(253)
    sys.stderr.write(f"\nAn error occurred ({code}) when calling the {operation} operation: {message}\n")
    sys.exit(254)


def content(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def enabled_regions(account: str) -> str:
    accounts = json.loads(content(f"{FIXTURES}/manifest.json"))["accounts"]
    names = next(one["regions_enabled"] for one in accounts if one["id"] == account)
    return json.dumps({"Regions": [{"RegionName": name, "Endpoint": name} for name in names]})


def main(words: list[str]) -> None:
    if words == ["--version"]:
        answer("aws-cli/2.31.0 (stub)\n")
    if words[:2] == ["configure", "get"]:
        sys.exit(1)
    service, command = words[:2]
    name = f"{service}.{command}"
    given = dict(zip(words, words[1:], strict=False))
    if name == os.environ.get("STUB_STUCK"):
        with open(os.environ["STUB_SIGN"], "w", encoding="utf-8") as sign:
            sign.write(str(os.getpid()))
        signal.pause()
    if name in (errors := json.loads(os.environ.get("STUB_ERRORS", "{}"))):
        refuse(errors[name])
    if name in (answers := json.loads(os.environ.get("STUB_ANSWERS", "{}"))):
        answer(json.dumps(answers[name]))
    if name == "sts.assume-role":
        taken = given["--role-arn"].split(":")[4]
        answer(f"ASIAIOSFODNN7EXAMPLE\twJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\t{taken}\n")
    if name == "iam.generate-credential-report":
        answer('{"State": "COMPLETE"}')
    account = os.environ.get("AWS_SESSION_TOKEN") or os.environ["STUB_ACCOUNT"]
    if name == "ec2.describe-regions":
        answer(enabled_regions(account))
    about = "".join("." + given[option].rpartition("/")[2] for option in ABOUT if option in given)
    if name == "ec2.describe-images" and "--owners" not in given:
        about = ".used"
    place = "/".join((FIXTURES, account, "global" if service in GLOBAL else given["--region"], name + about))
    if os.path.exists(f"{place}.json"):
        answer(content(f"{place}.json"))
    if os.path.exists(f"{place}.error.json"):
        refuse(*json.loads(content(f"{place}.error.json"))["error"].values())
    refuse("AccessDenied", "Operation", "not among the examples")


main(sys.argv[1:])
