"""Vendors and their AWS accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from users.models import User
from vendors.models import TIER_RANK, AwsAccount, Stage, Tier, Vendor


@dataclass(frozen=True)
class DeclaredAccount:
    """One AWS account as a person declares it."""

    account_id: str
    name: str
    stage: str


class NameTaken(Exception):
    """Another vendor in use has this name: the two could not be told apart in lists, mails and reports."""

    def __init__(self, name: str) -> None:
        words = _("There is a vendor called %(name)s already. Add what tells the two apart, such as a country.")
        super().__init__(words % {"name": name})


def _check_name(name: str, *, apart_from: Q) -> None:
    if Vendor.objects.filter(archived_at=None, name__iexact=name).exclude(apart_from).exists():
        raise NameTaken(name)


@transaction.atomic
def create_vendor(*, name: str, service: str, tier: str, form_key: UUID, by: User) -> Vendor:
    """Add a vendor. The same form sent twice gives the same vendor; the name of another one is NameTaken."""
    _check_name(name, apart_from=Q(form_key=form_key))
    vendor, created = Vendor.objects.get_or_create(
        form_key=form_key,
        defaults={"name": name, "service": service, "tier": tier, "tier_rank": TIER_RANK[Tier(tier)], "created_by": by},
    )
    if created:
        record(
            kind="vendor.created",
            by=by,
            vendor=vendor.pk,
            target=f"vendor:{vendor.pk}",
            details={"name": name, "tier": tier},
        )
    return vendor


@transaction.atomic
def change_vendor(*, vendor: Vendor, name: str, service: str, tier: str, by: User) -> Vendor:
    """Rename a vendor, or change what it does for us or how much it matters. The name of another one is NameTaken."""
    vendor = Vendor.objects.select_for_update().get(pk=vendor.pk)
    before = {"name": vendor.name, "service": vendor.service, "tier": vendor.tier}
    after = {"name": name, "service": service, "tier": tier}
    if before == after:
        return vendor
    if name != vendor.name:
        _check_name(name, apart_from=Q(pk=vendor.pk))
    vendor.name, vendor.service, vendor.tier, vendor.tier_rank = name, service, tier, TIER_RANK[Tier(tier)]
    vendor.save(update_fields=["name", "service", "tier", "tier_rank"])
    record(
        kind="vendor.changed",
        by=by,
        vendor=vendor.pk,
        target=f"vendor:{vendor.pk}",
        details={"before": before, "after": after},
    )
    return vendor


@transaction.atomic
def archive_vendor(*, vendor: Vendor, by: User) -> Vendor:
    """Take a vendor out of use. Its people see nothing from their next request on; nothing is deleted."""
    vendor = Vendor.objects.select_for_update().get(pk=vendor.pk)
    if vendor.archived_at is None:
        vendor.archived_at, vendor.archived_by = timezone.now(), by
        vendor.save(update_fields=["archived_at", "archived_by"])
        record(kind="vendor.archived", by=by, vendor=vendor.pk, target=f"vendor:{vendor.pk}")
    return vendor


class AccountsChanged(Exception):
    """Somebody declared other accounts meanwhile."""


def _as_values(accounts: Sequence[AwsAccount]) -> dict[str, list[str]]:
    return {one.account_id: [one.name, one.stage] for one in accounts}


@transaction.atomic
def declare_accounts(
    *, vendor: Vendor, accounts: Sequence[DeclaredAccount], by: User, known: Sequence[AwsAccount] | None = None
) -> list[AwsAccount]:
    """Replace the AWS accounts in scope by this list.

    Raises AccountsChanged when `known`, the accounts the person started from, are no longer those that are stored.
    """
    vendor = Vendor.objects.select_for_update().get(pk=vendor.pk)
    before = _as_values(vendor.aws_accounts.all())
    if known is not None and _as_values(known) != before:
        raise AccountsChanged
    after = {a.account_id: [a.name, str(Stage(a.stage))] for a in accounts}
    if before != after:
        vendor.aws_accounts.all().delete()
        AwsAccount.objects.bulk_create(
            AwsAccount(vendor=vendor, account_id=number, name=name, stage=stage)
            for number, (name, stage) in after.items()
        )
        record(
            kind="vendor.accounts_declared",
            by=by,
            vendor=vendor.pk,
            target=f"vendor:{vendor.pk}",
            details={"before": before, "after": after},
        )
    return list(vendor.aws_accounts.all())
