"""Examples written from the rules as data (`fixtures/own/*.yaml`), made into the files a vendor would send."""

import base64
import csv
import io
import json
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import yaml

from assessments.evaluators import Source
from tests.evaluators.shared import FIXTURES, manifest

GLOBAL: Final = {"account", "iam", "organizations", "s3api", "s3control", "sts"}
HOME: Final = "111122223333"
COLLECTED: Final = "2026-11-20T08:00:00Z"
NONE_OF: Final[dict[str, dict[str, list[object]]]] = {
    "cloudtrail.describe-trails": {"trailList": []},
    "dax.describe-clusters": {"Clusters": []},
    "dynamodb.list-tables": {"TableNames": []},
    "ec2.describe-instances": {"Reservations": []},
    "ec2.describe-snapshots": {"Snapshots": []},
    "ec2.describe-volumes": {"Volumes": []},
    "efs.describe-file-systems": {"FileSystems": []},
    "elasticache.describe-cache-clusters": {"CacheClusters": []},
    "elasticache.describe-replication-groups": {"ReplicationGroups": []},
    "iam.get-account-authorization-details": {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": []},
    "iam.list-saml-providers": {"SAMLProviderList": []},
    "identitystore.list-users": {"Users": []},
    "imagebuilder.list-image-pipelines": {"imagePipelineList": []},
    "kinesis.list-streams": {"StreamNames": []},
    "lambda.list-functions": {"Functions": []},
    "opensearch.list-domain-names": {"DomainNames": []},
    "rds.describe-db-clusters": {"DBClusters": []},
    "rds.describe-db-instances": {"DBInstances": []},
    "rds.describe-db-proxies": {"DBProxies": []},
    "redshift.describe-clusters": {"Clusters": []},
    "resourcegroupstaggingapi.get-resources": {"ResourceTagMappingList": []},
    "s3api.list-buckets": {"Buckets": []},
    "secretsmanager.list-secrets": {"SecretList": []},
    "ssm.describe-parameters": {"Parameters": []},
    "sso-admin.list-instances": {"Instances": []},
}
"""What each call prints where there is nothing."""
KEY: Final = [f"access_key_{{}}_{part}" for part in ("active", "last_rotated", "last_used_date")]
KEY_COLUMNS: Final = [*KEY, "access_key_{}_last_used_region", "access_key_{}_last_used_service"]
COLUMNS: Final = [
    *("user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed"),
    *("password_next_rotation", "mfa_active"),
    *(name.format(slot) for slot in (1, 2) for name in KEY_COLUMNS),
    *("cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"),
]
STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Example:
    """One example: its files, what is stated about them, and the verdicts written by hand."""

    name: str
    why: str
    files: tuple[Source, ...]
    as_of: datetime | None
    scope: tuple[str, ...]
    expect: Mapping[int, list[Any]]
    tolerate: Mapping[int, list[str]]
    missing: Mapping[int, list[str]]
    status: tuple[str, ...] = ()
    problem: tuple[str, ...] = ()


class _Loader(yaml.SafeLoader):
    """YAML whose times stay text, as they are in files."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:timestamp"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def examples(kind: str) -> list[Example]:
    """All examples of a kind: `credential-reports`, `bundles` or `prowler`."""
    make = {"credential-reports": _reports, "bundles": _bundle, "prowler": _prowler}[kind]
    found = []
    for path in sorted((FIXTURES / "own").glob(f"{kind}*.yaml")):
        for row in yaml.load(path.read_bytes(), Loader=_Loader):  # noqa: S506  a safe loader all the same
            found += make(row)
    return found


def _example(row: Mapping[str, Any], files: Iterable[Source], name: str = "", **more: Any) -> Example:
    as_of = row.get("as_of")
    return Example(
        name=name or row["name"],
        why=row["why"],
        files=tuple(files),
        as_of=datetime.fromisoformat(as_of) if as_of else None,
        scope=tuple(row.get("scope", ())),
        expect=row["expect"],
        tolerate=row.get("tolerate", {}),
        missing=row.get("missing", {}),
        **more,
    )


def _reports(row: Mapping[str, Any]) -> list[Example]:
    if "text" in row:
        return [_example(row, [Source("report.csv", row["text"].encode())])]
    parts = row.get("files", [row])
    files = [
        Source(f"report-{number}", saved(part["rows"], part.get("form", {}))) for number, part in enumerate(parts, 1)
    ]
    return [_example(row, files)]


def saved(rows: Iterable[Mapping[str, Any]], form: Mapping[str, Any], account: str = HOME) -> bytes:
    """The bytes of a credential report in one of the forms people save them in."""
    cells = [_cells(row, form, account) for row in rows]
    columns = list(COLUMNS)
    if extra := form.get("extra_column"):
        columns.insert(3, extra[0])
        cells = [{**row, extra[0]: "x" * 70_000 if extra[1] == "HUGE" else extra[1]} for row in cells]
    if form.get("shuffle"):
        random.Random(5).shuffle(columns)
    text = _table(columns, cells, form)
    if form.get("repeat"):
        text = f"{text}\n{text}"
    return _packed(text, form)


def _cells(row: Mapping[str, Any], form: Mapping[str, Any], account: str) -> dict[str, str]:
    name, path = str(row["user"]), row.get("path", "")
    is_root = name == "root"
    arn = f"arn:{form.get('partition', 'aws')}:iam::{account}:" + ("root" if is_root else f"user/{path}{name}")
    cells = dict.fromkeys(COLUMNS, "N/A") | {
        "user": form.get("root_name", "<root_account>") if is_root else name,
        "arn": arn,
        "user_creation_time": "2020-01-01T08:00:00Z",
        "password_enabled": "true" if is_root else "false",
        "password_last_used": "2026-10-01T08:00:00Z" if is_root else "N/A",
        "password_last_changed": "2020-01-01T08:00:00Z" if is_root else "N/A",
        "password_next_rotation": "not_supported" if is_root else "N/A",
        "mfa_active": "true" if is_root else "false",
    }
    cells |= {name: "false" for name in COLUMNS if re.fullmatch(r"(access_key|cert)_\d_active", name)}
    for slot in (1, 2):
        if key := row.get(f"k{slot}"):
            cells |= zip((name.format(slot) for name in KEY), key.split("|" if "|" in key else None), strict=True)
    cells |= {name: _word(value) for name, value in row.items() if name in COLUMNS and name != "user"}
    return {name: _worded(value, form) for name, value in cells.items()}


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _worded(value: str, form: Mapping[str, Any]) -> str:
    """Booleans and dates as the program wrote them that saved the file."""
    if "dates" in form and STAMP.fullmatch(value):
        return datetime.fromisoformat(value).strftime(form["dates"])
    return str(form.get(value, value))


def _table(columns: list[str], rows: list[dict[str, str]], form: Mapping[str, Any]) -> str:
    out = io.StringIO()
    delimiter, newline = form.get("delimiter", ","), form.get("newline", "\n")
    quoting = csv.QUOTE_ALL if form.get("quote_all") else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting)  # type: ignore[arg-type]
    if form.get("sep_line"):
        out.write(f"sep={delimiter}{newline}")
    writer.writerow([name.upper().replace("_", " ") for name in columns] if form.get("header") else columns)
    for row in rows:
        cells = [row[name] for name in columns]
        if form.get("damage_user") == row["user"]:
            cells = cells[:11]
        elif form.get("widen_user") == row["user"]:
            cells.insert(4, "stray")
        writer.writerow(cells)
        if form.get("blank_lines"):
            out.write(newline + delimiter * (len(columns) - 1) + newline)
    return out.getvalue().removesuffix(newline)


def _packed(text: str, form: Mapping[str, Any]) -> bytes:
    if "wrapper" in form:
        content = base64.b64encode(text.encode()).decode()
        record = {"Content": content, "ReportFormat": "text/csv", "GeneratedTime": form["wrapper"]}
        return json.dumps(record).encode()
    if form.get("base64"):
        return base64.encodebytes(text.encode())
    encoding = form.get("encoding", "utf-8")
    return b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-bom" else text.encode(encoding)


def _bundle(row: Mapping[str, Any]) -> list[Example]:
    accounts = {str(account): more for account, more in row["accounts"].items()}
    active = {account: more.get("active", ["us-east-1"]) for account, more in accounts.items()}
    first = next(iter(accounts))

    def path(name: str) -> str:
        if "/" in name:
            return name
        return f"{first}/{'global' if name.split('.')[0] in GLOBAL else active[first][0]}/{name}"

    files: dict[str, bytes] = {}
    for call in row.get("empty", ()):
        for account, regions in active.items():
            for region in ["global"] if call.split(".")[0] in GLOBAL else regions:
                files[f"{account}/{region}/{call}"] = json.dumps(NONE_OF[call]).encode()
    for name, answer in row.get("files", {}).items():
        files.pop(path(name), None)
        if answer is not None:
            encoding = row.get("encode", {}).get(name, "utf-8")
            files[path(name)] = json.dumps(answer, indent=4).encode(encoding)
    for name, code in row.get("refused", {}).items():
        record = {"error": {"code": code, "operation": "Operation", "message": "not now"}}
        files[f"{path(name)}.error"] = json.dumps(record).encode()
    for account, people in row.get("reports", {}).items():
        form = {"wrapper": COLLECTED}
        files[f"{account}/global/iam.get-credential-report"] = saved(people, form, str(account))
    sources = [Source(f"{name}.json", data) for name, data in files.items()]
    head = manifest(
        sources,
        partition=row.get("partition", "aws"),
        accounts=[
            {
                "id": account,
                "management": more.get("management", False),
                "regions_active": active[account],
                "regions_enabled": more.get("enabled", active[account]),
            }
            for account, more in accounts.items()
        ],
    )
    for name in row.get("tamper", ()):
        files[path(name)] = files[path(name)].replace(b"true", b"true ")
    for name in row.get("cut", ()):
        files[path(name)] = files[path(name)][:-20]
    return [_example(row, [head, *(Source(f"{name}.json", data) for name, data in files.items())])]


def _prowler(row: Mapping[str, Any]) -> list[Example]:
    if "text" in row:
        status = [row["status"]] if isinstance(row["status"], str) else row["status"]
        files = [Source("prowler-output.csv", row["text"].encode())]
        return [_example(row, files, status=tuple(status), problem=tuple(row.get("problem", ())))]
    write = {"csv": _findings_csv, "ocsf": _findings_ocsf, "asff": _findings_asff}
    suffix = {"csv": "csv", "ocsf": "ocsf.json", "asff": "asff.json"}
    return [
        _example(
            row,
            [Source(f"prowler-output.{suffix[form]}", write[form](list(map(_finding, row["findings"]))))],
            name=f"{row['name']}-{form}",
        )
        for form in row["formats"]
    ]


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    common = {"muted": False, "region": "us-east-1", "account": "999999999999", "time": "2026-11-23 14:26:36"}
    return common | dict(row)


def _findings_csv(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    columns: dict[str, Callable[[dict[str, Any]], object]] = {
        "AUTH_METHOD": lambda row: "profile: None",
        "TIMESTAMP": lambda row: f"{row['time']}.858537",
        "ACCOUNT_UID": lambda row: row["account"],
        "PROVIDER": lambda row: "aws",
        "CHECK_ID": lambda row: row["check"],
        "STATUS": lambda row: row["status"],
        "STATUS_EXTENDED": lambda row: row["text"],
        "MUTED": lambda row: row["muted"],
        "RESOURCE_UID": lambda row: row["resource"],
        "RESOURCE_NAME": lambda row: re.split("[:/]", row["resource"])[-1],
        "REGION": lambda row: row["region"],
        "DESCRIPTION": lambda row: "A text; with a\nsecond line.",
        "PROWLER_VERSION": lambda row: "5.46.0",
    }
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(row) for cell in columns.values()] for row in rows)
    return out.getvalue().encode()


def _findings_ocsf(rows: list[dict[str, Any]]) -> bytes:
    found = [
        {
            "metadata": {"event_code": row["check"], "product": {"name": "Prowler", "version": "5.46.0"}},
            "status": "Suppressed" if row["muted"] else "New",
            "status_code": row["status"],
            "status_detail": row["text"],
            "message": row["text"],
            "finding_info": {"analytic": {"uid": row["check"]}},
            "resources": [{"uid": row["resource"], "region": row["region"]}],
            "class_uid": 2004,
            "cloud": {"account": {"uid": row["account"]}, "region": row["region"], "provider": "aws"},
            "time": int(datetime.fromisoformat(row["time"]).replace(tzinfo=UTC).timestamp()),
        }
        for row in rows
    ]
    return json.dumps(found).encode()


def _findings_asff(rows: list[dict[str, Any]]) -> bytes:
    words = {"PASS": "PASSED", "FAIL": "FAILED", "MANUAL": "NOT_AVAILABLE"}
    found = [
        {
            "SchemaVersion": "2018-10-08",
            "ProductFields": {"ProviderName": "Prowler", "ProviderVersion": "5.46.0"},
            "GeneratorId": f"prowler-{row['check']}",
            "AwsAccountId": row["account"],
            "CreatedAt": row["time"].replace(" ", "T") + "Z",
            "UpdatedAt": row["time"].replace(" ", "T") + "Z",
            "Description": row["text"],
            "Resources": [{"Type": "Other", "Id": row["resource"], "Region": row["region"]}],
            "Compliance": {"Status": "WARNING" if row["muted"] else words[row["status"]]},
        }
        for row in rows
    ]
    return json.dumps(found).encode()
