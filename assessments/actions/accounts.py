"""The AWS accounts in scope of an assessment."""

from collections.abc import Sequence

from django.db import transaction

from assessments.actions import evaluations
from assessments.models import Assessment
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import AwsAccount


@transaction.atomic
def declare(
    *, assessment: Assessment, accounts: Sequence[DeclaredAccount], known: Sequence[AwsAccount], by: User
) -> list[AwsAccount]:
    """Replace the accounts of the vendor, and hold the evidence against the new list.

    `known` are the accounts the person started from; raises AccountsChanged where others are stored by now.
    """
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    declared = declare_accounts(vendor=locked.vendor, accounts=accounts, by=by, known=known)
    evaluations.request(assessment=locked)
    return declared
