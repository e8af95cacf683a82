"""`manage.py create_admin EMAIL`: the first administrator. There is no default account."""

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from users.actions import StaffRefused, add_staff
from users.letters import password_link
from users.models import StaffRole


class Command(BaseCommand):
    """Make an administrator and print a link, good once and for three days, to choose a password."""

    help = "Create an administrator and print a one-time link to choose a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="Name shown on screen; the part before the @ unless given.")

    def handle(self, *args: object, email: str, name: str, **options: object) -> None:
        try:
            validate_email(email)
            user = add_staff(email=email, name=name or email.split("@")[0], role=StaffRole.ADMINISTRATOR, by=None)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        except StaffRefused as error:
            raise CommandError(str(error)) from error
        if user.has_usable_password():
            raise CommandError(
                f"{user.email} has an account already. Use “Forgotten your password?” on the sign-in page."
            )
        self.stdout.write(f"Open this link to choose a password. It works once, for three days:\n{password_link(user)}")
