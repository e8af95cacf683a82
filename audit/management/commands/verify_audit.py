"""`manage.py verify_audit`: exit status 0 only if every chain of the trail is whole and fits every anchor."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from audit.anchors import AnchorBroken, anchored, verify_anchors
from audit.models import Chain
from audit.trail import ChainBroken, verify_chain


class Command(BaseCommand):
    """Walk every chain and every anchor, and name the first that is broken."""

    help = "Check that no event of the audit trail was altered, removed or put in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor", metavar="DIGEST", help="a digest from a log or a mail, which the trail has to know"
        )

    def handle(self, *args: object, anchor: str | None = None, **options: object) -> None:
        total = 0
        for chain in Chain.objects.order_by("id"):
            try:
                total += verify_chain(chain)
            except ChainBroken as error:
                raise CommandError(f"The audit trail is broken. {error}.") from error
        try:
            anchors = verify_anchors()
        except AnchorBroken as error:
            raise CommandError(f"The audit trail is broken. {str(error).capitalize()}.") from error
        if anchor is not None:
            self._known(anchor.strip().lower())
        self.stdout.write(f"{total} events and {anchors} anchors verified.")

    def _known(self, digest: str) -> None:
        found = anchored(digest)
        if found is None:
            raise CommandError(
                "The audit trail has no anchor with this digest. Check it for mistakes; if it is right, the trail is "
                "not the one it was taken from, or was rewritten."
            )
        self.stdout.write(
            f"The trail holds what was anchored on {found.at:%d %B %Y, %H:%M} UTC (anchor {found.position})."
        )
