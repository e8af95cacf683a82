"""`manage.py erase_vendor ID --reason "…" [--by EMAIL] [--dry-run]`"""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from assessments.actions.erasure import ErasureRefused, delete_files, erase
from assessments.queries.holdings import plan
from users.models import StaffRole, User
from vendors.models import Tombstone, Vendor


class Command(BaseCommand):
    """Erase one vendor for good, rows and files, and leave a tombstone. With --dry-run only say what would go.

    Exit status 0 when nothing of it is left; 1 when it was refused, or files remain that the store did not delete yet.
    """

    help = "Erase one vendor with everything that is stored about it, or say how much that is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("vendor", type=int, metavar="ID", help="Of the vendor, as in the address of its page.")
        parser.add_argument("--dry-run", action="store_true", help="Count, and delete nothing.")
        parser.add_argument("--reason", default="", help="Why; it is kept, so it must not name the vendor.")
        parser.add_argument("--by", default="", metavar="EMAIL", help="Address of the administrator who orders it.")

    def handle(self, *args: object, vendor: int, dry_run: bool, reason: str, by: str, **options: object) -> None:
        if dry_run:
            self._dry_run(vendor)
            return
        administrators = User.objects.filter(staff_role=StaffRole.ADMINISTRATOR, is_active=True)
        administrator = administrators.filter(email__iexact=by).first()
        if administrator is None:
            raise CommandError("--by must be the address of an administrator.")
        try:
            tombstone = erase(vendor_id=vendor, reason=reason, by=administrator)
        except ErasureRefused as refused:
            raise CommandError(f"{refused} Nothing was erased.") from refused
        delete_files(tombstone_id=tombstone.pk)
        tombstone.refresh_from_db()
        self._print(tombstone.counts, tombstone.file_count, tombstone.file_bytes)
        if tombstone.state != Tombstone.State.DONE:
            raise CommandError(f"{len(tombstone.files)} files could not be deleted yet. The worker tries again.")
        self.stdout.write(f"Vendor {vendor} is erased: tombstone {tombstone.pk}.")

    def _dry_run(self, pk: int) -> None:
        vendor = Vendor.objects.filter(pk=pk).first()
        if vendor is None:
            raise CommandError("There is no such vendor.")
        found = plan(vendor)
        self._print(found.counts, found.file_count, found.file_bytes)
        self.stdout.write(f"Nothing was erased. {vendor.name} would be.")

    def _print(self, counts: dict[str, int], files: int, size: int) -> None:
        for table, count in counts.items():
            self.stdout.write(f"{count:>8} {table}")
        self.stdout.write(f"{files:>8} files ({filesizeformat(size)} of evidence and documents)")
