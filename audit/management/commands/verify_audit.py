"""`manage.py verify_audit`: exit status 0 only if every chain of the trail is whole."""

from django.core.management.base import BaseCommand, CommandError

from audit.models import Chain
from audit.trail import ChainBroken, verify_chain


class Command(BaseCommand):
    """Walk every chain and name the first broken event."""

    help = "Check that no event of the audit trail was altered, removed or put in."

    def handle(self, *args: object, **options: object) -> None:
        total = 0
        for chain in Chain.objects.order_by("id"):
            try:
                total += verify_chain(chain)
            except ChainBroken as error:
                raise CommandError(f"The audit trail is broken. {error}.") from error
        self.stdout.write(f"{total} events verified.")
