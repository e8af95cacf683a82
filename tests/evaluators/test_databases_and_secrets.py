"""Criteria 17 and 18: how databases are signed in to, and where secrets are kept."""

from typing import Any

import pytest

from assessments.evaluators import Evaluation, Source, State
from tests.evaluators.shared import ONE, TWO, cli, found, listed, manifest, prowler, refs

FAILURE, UNDETERMINED = State.FAILURE, State.UNDETERMINED
HERE = "us-east-1"
Rows = list[dict[str, Any]]
CALLS = ("rds describe-db-instances", "rds describe-db-clusters", "rds describe-db-proxies")
STORES = ("secretsmanager list-secrets", "ssm describe-parameters", "lambda list-functions")


def database(name: str, is_on: object, engine: str = "postgres", **more: object) -> dict[str, Any]:
    return {"DBInstanceIdentifier": name, "Engine": engine, "IAMDatabaseAuthenticationEnabled": is_on, **more}


def cluster(name: str, is_on: object, engine: str = "aurora-mysql") -> dict[str, Any]:
    return {"DBClusterIdentifier": name, "Engine": engine, "IAMDatabaseAuthenticationEnabled": is_on}


def proxy(family: str = "POSTGRESQL", **more: object) -> dict[str, Any]:
    return {"DBProxyName": "p", "EngineFamily": family, "Auth": [{"IAMAuth": "REQUIRED"}], **more}


def databases(
    *rows: dict[str, Any], clusters: Rows | None = None, proxies: object = None, of: str = ONE
) -> list[Source]:
    asked = proxies if isinstance(proxies, str) else {"DBProxies": proxies or []}
    bodies = [{"DBInstances": list(rows)}, {"DBClusters": clusters or []}, asked]
    return [cli(of, HERE, call, body) for call, body in zip(CALLS, bodies, strict=True)]


def judged(number: int, *files: Source) -> Evaluation:
    return found(number, *files, manifest(list(files)))


def db(name: str, kind: str = "db") -> str:
    return f"{ONE}/{HERE}/{kind}/{name}"


SIGN_IN: dict[str, tuple[list[Source], list[str]]] = {
    "none": (databases(), []),
    "on": (databases(database("a", True)), []),
    "off": (databases(database("a", False), database("b", True)), [db("a")]),
    "MariaDB": (databases(database("a", False, "mariadb")), [db("a")]),
    "a cluster": (databases(clusters=[cluster("c", False)]), [db("c", "db-cluster")]),
    "a member is its cluster": (
        databases(database("m", False, "aurora-mysql", DBClusterIdentifier="c"), clusters=[cluster("c", True)]),
        [],
    ),
    "an engine without it": (databases(database("a", False, "sqlserver-se")), []),
    "no RDS database": (databases(database("a", False, "docdb"), clusters=[cluster("c", False, "neptune")]), []),
    "a proxy that asks for it": (databases(database("a", False), proxies=[proxy()]), []),
    "a proxy that asks by default": (
        databases(database("a", False), proxies=[proxy(Auth=[], DefaultAuthScheme="IAM_AUTH")]),
        [],
    ),
    "a proxy that does not ask": (
        databases(database("a", False), proxies=[proxy(Auth=[{"IAMAuth": "DISABLED"}])]),
        [db("a")],
    ),
    "a proxy for others": (databases(database("a", False), proxies=[proxy("MYSQL")]), [db("a")]),
    "a flag that is none": (databases(database("a", None)), []),
    "proxies refused": (databases(database("a", False), proxies="AccessDenied"), []),
    "proxies missing": (databases(database("a", False))[:2], []),
}


@pytest.mark.parametrize(("files", "named"), SIGN_IN.values(), ids=SIGN_IN)
def test_database_sign_in(files: list[Source], named: list[str]) -> None:
    evaluation = judged(17, *files)
    assert refs(evaluation) == named
    assert evaluation.state is (FAILURE if named else UNDETERMINED)
    assert evaluation.responses == (("aws-core-17-f1",) if named else ())


def test_what_is_said_of_sign_in() -> None:
    off = judged(17, *databases(database("a", False)))
    assert off.explanation == "1 database has IAM authentication off, and no RDS proxy asks for it."
    assert off.resources[0].reason == "IAM authentication is off, and no RDS proxy in the region asks for it."
    on = judged(17, *databases(database("a", True)))
    assert on.explanation == (
        "IAM authentication is on wherever it was seen, which does not show that all use it. Show that all users and "
        "applications sign in with IAM or through a proxy."
    )
    none = judged(17, *databases())
    assert none.explanation == (
        "No database was proven to do without IAM authentication. No RDS database was found. The vendor may say that "
        "the question is not applicable."
    )


def test_missing_databases_are_asked_for_and_never_none() -> None:
    evaluation = judged(17, *databases()[1:])
    assert evaluation.coverage.missing == (f"{ONE}/{HERE}",)
    assert evaluation.explanation == (
        "No database was proven to do without IAM authentication. "
        f"Still missing: {ONE}/{HERE}: `aws rds describe-db-instances --region {HERE}` is missing."
    )


def test_one_bad_account_of_six() -> None:
    ids = [ONE, TWO, "333333333333", "666666666666", "777788889999", "123456789012"]
    good = [file for one in ids[1:] for file in databases(database("a", True), of=one)]
    evaluation = judged(17, listed(*ids), *good, *databases(database("a", False)))
    assert (refs(evaluation), evaluation.coverage.seen) == ([db("a")], 6)


def test_prowler_finds_databases_without_it_unless_a_proxy_is_known() -> None:
    uid = f"arn:aws:rds:{HERE}:{ONE}:db:a"
    finding = prowler("rds_instance_iam_authentication_enabled", uid)
    assert refs(found(17, finding)) == [uid]
    assert refs(found(17, finding, *databases(proxies=[proxy()]))) == []
    assert refs(found(17, prowler("neptune_cluster_iam_authentication_enabled", uid))) == []


def secrets(
    *names: str, parameters: tuple[tuple[str, str], ...] = (), variables: tuple[str, ...] = (), of: str = ONE
) -> list[Source]:
    function = {"FunctionName": "f", "Environment": {"Variables": dict.fromkeys(variables, "REDACTED")}}
    bodies: list[dict[str, object]] = [
        {"SecretList": [{"Name": name} for name in names]},
        {"Parameters": [{"Name": name, "Type": kind} for name, kind in parameters]},
        {"Functions": [function]},
    ]
    return [cli(of, HERE, call, body) for call, body in zip(STORES, bodies, strict=True)]


ASK = " Say where secrets are kept, and how it is made sure that none is kept in plaintext."
STORED: dict[str, tuple[list[Source], str, list[str]]] = {
    "a secret": (secrets("s"), "1 secret is kept in a store; that all are, nothing shows.", []),
    "a secure parameter": (
        secrets(parameters=(("/app/password", "SecureString"),)),
        "1 secret is kept in a store; that all are, nothing shows.",
        [],
    ),
    "none and no sign": (
        secrets(parameters=(("/app/log_level", "String"),), variables=("MONKEY", "KEYCLOAK_URL")),
        "No secrets store was seen in use.",
        [],
    ),
    "none and signs against": (
        secrets(parameters=(("/app/db_password", "String"),), variables=("API_KEY", "LEVEL")),
        "No secrets store is in use, and 2 plain parameters or variables are named like secrets: this points to "
        "the failure response.",
        [f"{ONE}/{HERE}/function/f#API_KEY", f"{ONE}/{HERE}/parameter/app/db_password"],
    ),
    "a store and a sign against": (
        secrets("s", "t", variables=("authToken",)),
        "2 secrets are kept in a store, but 1 plain parameter or variable is named like a secret too; that all "
        "are, nothing shows.",
        [f"{ONE}/{HERE}/function/f#authToken"],
    ),
}


@pytest.mark.parametrize(("files", "sentence", "leads"), STORED.values(), ids=STORED)
def test_secrets_stores(files: list[Source], sentence: str, leads: list[str]) -> None:
    evaluation = judged(18, *files)
    assert (evaluation.state, evaluation.responses, refs(evaluation)) == (UNDETERMINED, (), [])
    assert evaluation.explanation == sentence + ASK
    assert [lead.ref for lead in evaluation.leads] == leads


@pytest.mark.parametrize("call", STORES)
def test_what_was_refused_shows_no_absence(call: str) -> None:
    kept = [file for file in secrets(variables=("PASSWORD",)) if call.replace(" ", ".") not in file.path]
    evaluation = judged(18, *kept, cli(ONE, HERE, call, "AccessDeniedException"))
    assert evaluation.coverage.missing == (f"{ONE}/{HERE}",)
    assert "points to the failure response" not in evaluation.explanation
    assert f"`aws {call} --region {HERE}` was refused (AccessDeniedException)." in evaluation.explanation


def test_a_secret_that_prowler_found_in_plaintext_breaks_it() -> None:
    uid = f"arn:aws:lambda:{HERE}:{ONE}:function:f"
    finding = prowler("awslambda_function_no_secrets_in_variables", uid, "Potential secret found.", is_muted=True)
    alone = found(18, finding)
    assert (alone.state, alone.responses, refs(alone)) == (FAILURE, (), [uid])
    assert alone.resources[0].reason == "Prowler: Potential secret found. Muted in Prowler."
    files = secrets()
    without = found(18, finding, *files, manifest(files))
    assert without.responses == ("aws-core-18-f1",)
    assert without.explanation == "1 secret was found in plaintext."
    files = secrets("s")
    assert found(18, finding, *files, manifest(files)).responses == ()
    passed = prowler("awslambda_function_no_secrets_in_variables", uid, result="PASS")
    assert found(18, passed).state is UNDETERMINED
