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
from assessments.evaluators.estate import Estate
from assessments.evaluators.result import Evaluation

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
CRITERIA: Final = dict(sorted(_OF_DOMAINS.items(), key=lambda item: int(item[0].rpartition("-")[2])))
"""All 33, in the order of their numbers."""
