"""Read what the AWS command line prints: which call it answers, for which account and region, and whether it is all.

Both versions of the command line, as people save them: evidence contract, section 0 ("CLI output") and section 3.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from assessments.evaluators.formats import fields
from assessments.evaluators.formats.calls import CALLS, GLOBAL, Call, named
from assessments.evaluators.formats.errors import Unreadable
from assessments.evaluators.formats.facts import CliFact

_FOLDERS: Final = re.compile(r"(?:^|/)(\d{12})/(global|[a-z]{2,4}(?:-[a-z]+)+-\d{1,2})/[^/]+$")
_ARN: Final = re.compile(r"arn:aws[a-z-]*:[^:]*:([^:]*):(\d{12})?:")
_ACCOUNT: Final = re.compile(r"\d{12}")
_ZONE: Final = re.compile(r"([a-z]{2,4}(?:-[a-z]+)+-\d{1,2})[a-z]?")
_HASH: Final = re.compile(r"[0-9a-f]{16}")
# Members that say that there is more, or that this is not the first page.
_MORE: Final = (
    "NextToken",
    "nextToken",
    "NextMarker",
    "Marker",
    "IsTruncated",
    "Truncated",
    "PaginationToken",
    "ContinuationToken",
    "NextContinuationToken",
    "LastEvaluatedTableName",
    "HasMoreStreams",
)
# Options that narrow an answer down, so that what is not in it may be there all the same.
_NARROW: Final = re.compile(
    r"--(query|filters?|max-items|starting-token|[a-z-]+-ids?|[a-z-]+-identifiers?|[a-z-]*names?|[a-z-]+-name-list)"
)
# The calls by the first member of their answers.
_BY_MEMBER: Final = {
    key: [call for call in CALLS if call.key.split()[0] == key] for key in {call.key.split()[0] for call in CALLS}
}
# Calls that never speak of another account's things.
_OWN: Final = frozenset({"sts get-caller-identity", "iam get-account-authorization-details"})
_DETAILS: Final = {"User": "UserDetailList", "Role": "RoleDetailList", "Group": "GroupDetailList"}


class Named(NamedTuple):
    """What the place and name of a file say of its content."""

    call: Call | None
    argument: str
    is_error: bool
    account: str
    region: str


def from_name(path: str) -> Named:
    """Read `<account>/<region|global>/<service>.<command>[.<argument>][.error].json`, as far as it is there."""
    folders = _FOLDERS.search(path)
    account, region = (folders[1], folders[2]) if folders else ("", "")
    stem = path.rpartition("/")[2]
    stem = stem[:-5] if stem.lower().endswith(".json") else stem
    is_error = stem.endswith(".error")
    service, _, rest = stem.removesuffix(".error").partition(".")
    command, _, argument = rest.partition(".")
    call = named(service, command)
    if call is None:  # "aws-ec2-describe-volumes (1).json"
        words = re.sub(r"[\s_.]+", "-", stem.lower())
        found = [one for one in CALLS if one.name.replace(" ", "-") in words] or [
            one for one in CALLS if re.search(rf"(^|-){one.name.split()[1]}(-|$)", words)
        ]
        longest = max(found, key=lambda one: len(one.name), default=None)
        same = [one for one in found if longest and one.name.split()[1] == longest.name.split()[1]]
        call, argument = (longest, "") if len(same) == 1 else (None, "")
    return Named(call, argument, is_error, account, region)


def is_error(value: Any) -> bool:
    """Whether a JSON value is the record of a refusal: {"error": {"code", "operation", "message"}}."""
    return isinstance(fields.dig(value, "error", "code"), str)


def recognise(value: Any, path: str = "") -> Call | None:
    """The call that a JSON value answers, by its members; the name decides only where they leave it open."""
    if not isinstance(value, dict):
        return None
    fitting = [call for key in _BY_MEMBER.keys() & value.keys() for call in _BY_MEMBER[key] if _fits(call, value)]
    hint = from_name(path).call
    if hint in fitting or (hint and hint.name == "s3api get-bucket-logging" and not value):
        return hint  # a bucket without logging has an empty answer
    if hint and not fitting and _fits(hint._replace(item=""), value):
        return hint  # the top-level member is there; a member of its objects only tells it from other calls
    most = max((len(call.key.split()) for call in fitting), default=0)
    fitting = [call for call in fitting if len(call.key.split()) == most]
    if len(fitting) > 1:  # the same members: what the shorter name alone would say
        fitting = [call for call in fitting if not call.asked and call.name != "s3control get-public-access-block"]
    return fitting[0] if len(fitting) == 1 else None


def _fits(call: Call, value: fields.Item) -> bool:
    if not all(key in value for key in call.key.split()):
        return False
    found = value[call.key.split()[0]]
    if call.shape == "objects":
        listed = found if isinstance(found, list) else []
        told = not call.item or all(isinstance(item, dict) and call.item in item for item in listed[:3])
        return isinstance(found, list) and told
    if call.shape == "strings":
        return isinstance(found, list)
    if call.shape == "object":
        return isinstance(found, dict) and (not call.item or call.item in found)
    return True


def parse(value: Any, path: str, command: Sequence[str] = (), collected_at: datetime | None = None) -> CliFact:
    """The fact in a JSON value. `command` and `collected_at` come from the manifest, where there is one.

    Raises Unreadable for what is no answer of a call we read, and for a `--query` projection.
    """
    hint = from_name(path)
    if is_error(value):
        return _refusal(value, hint, command, collected_at)
    call = recognise(value, path)
    if call is None:
        raise Unreadable(unknown(value, hint))
    body = dict(value)
    _check_items(call, body)
    account, region = _place(call, body, hint)
    is_narrow = _narrow(call, body, command)
    return CliFact(
        call=call.name,
        account=account,
        region=region,
        arguments=_arguments(call, body, hint, command),
        body=body,
        is_incomplete=is_narrow or any(body.get(key) for key in _MORE),
        collected_at=collected_at,
    )


def unknown(value: Any, hint: Named) -> str:
    """Why a JSON value is no answer that can be read, as a sentence for the person who added it."""
    if hint.call:
        keys = " and ".join(hint.call.key.split())
        return (
            f"The answer of `aws {hint.call.name}` has {keys} at its top, this file has not; perhaps it was made with "
            "--query. Run the command without --query and add its output."
        )
    if isinstance(value, dict) and set(value) & {key for call in CALLS for key in call.key.split()}:
        return (
            "This looks like the output of an AWS command, but several print the same. Name the file like the command: "
            "`<service>.<command>.<bucket or id>.json`."
        )
    return "This is not the output of an AWS command that we read."


def _refusal(value: Any, hint: Named, command: Sequence[str], collected_at: datetime | None) -> CliFact:
    call = hint.call or (named(command[1], command[2]) if len(command) > 2 else None)
    if call is None:
        raise Unreadable("The file says that a command was refused, but not which one. Name it like the command.")
    return CliFact(
        call=call.name,
        account=hint.account,
        region=GLOBAL if call.zone == GLOBAL else hint.region,
        arguments=_arguments(call, {}, hint, command),
        body=None,
        code=fields.text(value, "error", "code"),
        collected_at=collected_at,
    )


def _check_items(call: Call, body: fields.Item) -> None:
    """What is listed has to be what the call lists: a list of something else was made by --query, or by hand."""
    kind: type[Any] = str if call.shape == "strings" else dict
    for key in call.key.split() if call.shape in ("objects", "strings") else ():
        if not isinstance(body[key], list) or not all(isinstance(item, kind) for item in body[key]):
            raise Unreadable(
                f"{key} does not hold what `aws {call.name}` prints; perhaps it was made with --query. Run the command "
                "without --query and add its output."
            )


def _narrow(call: Call, body: fields.Item, command: Sequence[str]) -> bool:
    """Whether the command asked for a part only. The filter of account details is read: it leaves out whole lists."""
    options = [part.partition("=")[0] for part in command if part.startswith("--")]
    if call.name == "iam get-account-authorization-details":
        if "--filter" in options:
            for kind in set(_DETAILS) - set(command):
                body.pop(_DETAILS[kind], None)
        return False
    if call.asked or call.name in ("ec2 describe-images", "opensearch describe-domains"):
        return False
    own = {part for part in call.options.split() if part.startswith("--")}
    regions = {"--filters"} if call.name == "ec2 describe-regions" else set()
    patches = {"--instance-ids"} if call.name == "ssm describe-instance-patch-states" else set()
    allowed = own | regions | patches | {"--account-id"}
    return any(_NARROW.fullmatch(option) and option not in allowed for option in options)


def _arguments(call: Call, body: fields.Item, hint: Named, command: Sequence[str]) -> tuple[str, ...]:
    """The names of what the answer is about: from the file name, the answer itself and the command."""
    if call.name == "ec2 describe-images":
        return ("used",) if hint.argument.startswith("used") or "--image-ids" in command else ()
    if not call.asked:
        return ()
    found = [hint.argument] if hint.argument and not _HASH.fullmatch(hint.argument) else []
    found.append(fields.text(body, *call.argument.split(".")) if call.argument else "")
    found += [after for option, after in zip(command, command[1:], strict=False) if option == call.asked]
    found += [name.rpartition("/")[2] for name in found if name.startswith("arn:")]
    return tuple(dict.fromkeys(filter(None, found)))


def _place(call: Call, body: fields.Item, hint: Named) -> tuple[str, str]:
    """Account and region: from the folders of a bundle, else from the answer itself; "" where nothing says it."""
    owners = {account for account in map(_account_in, _values(call, body, call.owner)) if account}
    if hint.account:
        if call.name in _OWN and owners - {hint.account}:
            raise Unreadable(
                f"The file lies in the folder of account {hint.account} and speaks of {min(owners - {hint.account})}. "
                "Put it where it belongs, or run the collector again."
            )
        return hint.account, GLOBAL if call.zone == GLOBAL else hint.region
    account = owners.pop() if len(owners) == 1 else ""
    if call.zone == GLOBAL:
        return account, GLOBAL
    zones = {region for region in map(_region_in, _values(call, body, call.zone)) if region}
    return account, zones.pop() if len(zones) == 1 else ""


def _values(call: Call, body: fields.Item, path: str) -> Iterator[str]:
    """All strings at the end of a dotted path, in the answer itself or in each object it lists."""
    if not path or path == GLOBAL:
        return
    lists = [body[key] for key in call.key.split() if isinstance(body.get(key), list)]
    level: list[Any] = [item for listed in lists for item in listed] or [body]
    for name in path.split("."):
        level = [fields.dig(item, name) for item in level]
        level = [inner for item in level for inner in (item if isinstance(item, list) else [item])]
    yield from (item for item in level if isinstance(item, str))


def _account_in(text: str) -> str:
    if _ACCOUNT.fullmatch(text):
        return text
    found = _ARN.match(text)
    return (found[2] or "") if found else ""


def _region_in(text: str) -> str:
    if found := _ARN.match(text):
        return found[1]
    zone = _ZONE.fullmatch(text)
    return zone[1] if zone else ""
