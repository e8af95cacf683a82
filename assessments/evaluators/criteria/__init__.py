"""The criteria of the playbook, each one function from what is known to what it shows."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from assessments.evaluators.criteria import (
    account_management,
    encryption,
    identity,
    identity_roles,
    identity_secrets,
    monitoring,
    network,
    processes,
    sign_on,
    storage,
    subnets,
)
from assessments.evaluators.criteria.common import Case
from assessments.evaluators.estate import Estate
from assessments.evaluators.result import Evaluation, State

Criterion = Callable[[Estate, datetime | None], Evaluation]

# A domain names its own.
_OF_DOMAINS: Final[dict[str, Criterion]] = {
    **account_management.CRITERIA,
    **encryption.CRITERIA,
    **identity.CRITERIA,
    **sign_on.CRITERIA,
    **identity_roles.CRITERIA,
    **identity_secrets.CRITERIA,
    **network.CRITERIA,
    **subnets.CRITERIA,
    **storage.CRITERIA,
    **monitoring.CRITERIA,
    **processes.CRITERIA,
}
IMPLEMENTED: Final = frozenset(_OF_DOMAINS)
NUMBERS: Final = range(1, 34)


def _unread(name: str) -> Criterion:
    """A criterion that nothing decides yet."""

    def evaluate(estate: Estate, as_of: datetime | None) -> Evaluation:
        says = {State.UNDETERMINED: "Machine evidence is not read for this question."}
        return Case(estate, name).decide(acceptable={}, failure={}, says=says)

    return evaluate


CRITERIA: Final[dict[str, Criterion]] = {
    name: _OF_DOMAINS.get(name) or _unread(name) for name in (f"aws-core-{number}" for number in NUMBERS)
}
