"""How databases are signed in to, and where secrets are kept: criteria 17 and 18."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import Truth
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.criteria.internet import CLUSTERS, DATABASES
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import Evaluation, State

PROXIES: Final = "rds describe-db-proxies"
SECRETS: Final = "secretsmanager list-secrets"
PARAMETERS: Final = "ssm describe-parameters"
FUNCTIONS: Final = "lambda list-functions"
# The engines that support IAM authentication, and the family a proxy calls them by.
_FAMILIES: Final = {
    "postgres": "POSTGRESQL",
    "aurora-postgresql": "POSTGRESQL",
    "mysql": "MYSQL",
    "mariadb": "MYSQL",
    "aurora": "MYSQL",
    "aurora-mysql": "MYSQL",
}
_OTHER_SERVICES: Final = ("neptune", "docdb")  # described by the same calls, and not RDS
_SECRET: Final = re.compile(
    r"password|passwd|secret|token|(?<![a-z])(api|access|private)?[_-]?key(?![a-z])", re.IGNORECASE
)
_PLAINTEXT: Final = (
    "awslambda_function_no_secrets_in_variables",
    "awslambda_function_no_secrets_in_code",
    "ec2_instance_secrets_user_data",
    "ec2_launch_template_no_secrets",
    "ecs_task_definitions_no_environment_secrets",
    "cloudformation_stack_outputs_find_secrets",
    "codebuild_project_no_secrets_in_variables",
    "ssm_document_secrets",
)


def database_sign_in(estate: Estate, as_of: datetime | None) -> Evaluation:
    """17. Databases are reached with IAM authentication or a proxy: evidence contract, section 2, criterion 17.

    Where it is on everywhere, that everybody uses it is still not shown.
    """
    case = Case(estate, "aws-core-17")
    is_used = False
    for place in case.places(DATABASES, CLUSTERS, PROXIES):
        for cluster in place.items(CLUSTERS, "DBClusters"):
            is_used |= _judge_sign_in(place, cluster, "db-cluster", "DBClusterIdentifier")
        for database in place.items(DATABASES, "DBInstances"):
            if not fields.text(database, "DBClusterIdentifier"):  # else it is its cluster
                is_used |= _judge_sign_in(place, database, "db", "DBInstanceIdentifier")
    case.prowler(
        "rds_instance_iam_authentication_enabled",
        "rds_cluster_iam_authentication_enabled",
        when=lambda finding: not _proxies(Place(case, finding.account, finding.region)),
    )
    if is_used and not case.offenders:
        case.ask("Show that all users and applications sign in with IAM or through a proxy.")
    elif not is_used and case.coverage.is_complete:
        case.ask("No RDS database was found. The vendor may say that the question is not applicable.")
    number = counted(len(case.offenders), "database has", "databases have")
    return case.decide(
        acceptable={"a1": False if case.offenders else None, "a2": None},
        failure={"f1": bool(case.offenders)},
        says={
            State.FAILURE: f"{number} IAM authentication off, and no RDS proxy asks for it.",
            State.UNDETERMINED: "IAM authentication is on wherever it was seen, which does not show that all use it."
            if is_used and case.clean
            else "No database was proven to do without IAM authentication.",
        },
    )


def _judge_sign_in(place: Place, item: Item, kind: str, name: str) -> bool:
    """Name a database without IAM authentication; False for what is no RDS database."""
    engine = fields.text(item, "Engine").lower()
    if engine in _OTHER_SERVICES:
        return False
    ref = place.ref(kind, fields.text(item, name))
    family = _FAMILIES.get(engine, "")
    is_on = fields.flag(item, "IAMDatabaseAuthenticationEnabled")
    if not family and engine:
        place.case.lead(ref, f"The engine {engine} does not offer IAM authentication.")
    elif is_on is None or not engine:
        place.case.doubt(ref, "Whether IAM authentication is on is not known.")
    elif not is_on and _proxies(place, family):
        place.case.doubt(
            ref, "IAM authentication is off; an RDS proxy in the region asks for it, perhaps for this one."
        )
    elif not is_on and not place.call(PROXIES).is_known:
        place.case.doubt(ref, "IAM authentication is off; whether an RDS proxy asks for it is not known.")
    elif not is_on:
        place.case.offend(ref, "IAM authentication is off, and no RDS proxy in the region asks for it.")
    return True


def _proxies(place: Place, family: str = "") -> bool:
    """Whether there is a proxy that asks for IAM authentication, for a family of engines or any."""
    return any(
        fields.text(proxy, "EngineFamily").upper() in ("", family or fields.text(proxy, "EngineFamily").upper())
        and (
            any(fields.text(one, "IAMAuth").upper() == "REQUIRED" for one in fields.items(proxy, "Auth"))
            or fields.text(proxy, "DefaultAuthScheme").upper() == "IAM_AUTH"
        )
        for proxy in place.call(PROXIES).items("DBProxies")
    )


def secrets_store(estate: Estate, as_of: datetime | None) -> Evaluation:
    """18. Secrets are kept in a store: evidence contract, section 2, criterion 18.

    A store in use does not show that nothing is kept in plaintext, and names are signs only. Prowler's finding of a
    secret in plaintext is proof.
    """
    case = Case(estate, "aws-core-18")
    stored, signs = 0, 0
    for place in case.places(SECRETS, PARAMETERS, FUNCTIONS):
        parameters = place.items(PARAMETERS, "Parameters")
        stored += len(place.items(SECRETS, "SecretList"))
        stored += sum(fields.text(one, "Type") == "SecureString" for one in parameters)
        signs += _plain_parameters(place, parameters) + _variables(place)
    found = case.prowler(*_PLAINTEXT)
    no_store: Truth = False if stored else True if case.coverage.is_complete else None
    case.ask("Say where secrets are kept, and how it is made sure that none is kept in plaintext.")
    return case.decide(
        acceptable={"a1": False if found else None},
        failure={"f1": bool(found and no_store)},
        says={
            State.FAILURE: f"{counted(len(case.offenders), 'secret was', 'secrets were')} found in plaintext."
            + ("" if no_store else " A secrets store may be in use all the same, so no response of the playbook fits."),
            State.UNDETERMINED: _signs(stored, signs, no_store),
        },
    )


def _signs(stored: int, signs: int, no_store: Truth) -> str:
    many = "plain parameters or variables are named like secrets"
    names = "1 plain parameter or variable is named like a secret" if signs == 1 else f"{signs:,} {many}"
    if no_store and signs:
        return f"No secrets store is in use, and {names}: this points to the failure response."
    if stored:
        against = f", but {names} too" if signs else ""
        return f"{counted(stored, 'secret is', 'secrets are')} kept in a store{against}; that all are, nothing shows."
    return f"No secrets store was seen in use{f'; {names}' if signs else ''}."


def _plain_parameters(place: Place, parameters: list[Item]) -> int:
    names = [fields.text(one, "Name") for one in parameters if fields.text(one, "Type") in ("String", "StringList")]
    suspects = [name for name in names if _SECRET.search(name)]
    for name in suspects:
        place.case.lead(place.ref("parameter", name.lstrip("/")), "A plain parameter with a name like a secret's.")
    return len(suspects)


def _variables(place: Place) -> int:
    """Names only: values are left out by the collector, and are never read here."""
    number = 0
    for function in place.items(FUNCTIONS, "Functions"):
        variables = fields.dig(function, "Environment", "Variables")
        for name in filter(_SECRET.search, variables if isinstance(variables, dict) else ()):
            ref = place.ref("function", fields.text(function, "FunctionName"), name)
            place.case.lead(ref, "A variable with a name like a secret's.")
            number += 1
    return number


CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {
    "aws-core-17": database_sign_in,
    "aws-core-18": secrets_store,
}
