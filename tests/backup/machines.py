"""Machines of their own: a folder, a database and the commands that run there. As a program it fills one with work."""

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tests.test_layering import ROOT


@dataclass
class Machine:
    """A database and the folder of its files."""

    folder: Path
    database: str = ""

    @property
    def files(self) -> Path:
        """Where the stored files are."""
        return self.folder / "files"

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """manage.py with these arguments."""
        return self.python("manage.py", *map(str, arguments))

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Python with these arguments, as the machine's own processes run."""
        self.folder.mkdir(exist_ok=True)
        names = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment = names | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.database or f"sqlite://{self.folder}/assay.sqlite3",
            "PYTHONPATH": str(ROOT),
        }
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )


def fill() -> None:
    """A vendor that submitted with evidence of three kinds, a person with a second factor, a session."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: PLC0415 -- after django.setup()
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415
    from django.db.models import JSONField, Value  # noqa: PLC0415

    from assessments import intake  # noqa: PLC0415
    from assessments.actions import evidence, page_images, workflow  # noqa: PLC0415
    from assessments.models import Answer, PageImages  # noqa: PLC0415
    from audit.anchors import anchor  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415
    from tests.intake import samples  # noqa: PLC0415
    from vendors.actions.vendors import DeclaredAccount, declare_accounts  # noqa: PLC0415
    from vendors.models import Stage  # noqa: PLC0415

    assessment = factories.make_assessment(state="in_progress")
    lead = factories.lead_of(assessment.vendor)
    asked = assessment.answers.first()
    report = samples.report(samples.root())
    for name, data in {"shot.png": samples.png(), "policy.pdf": samples.pdf(), "report.csv": report}.items():
        accepted = intake.examine(io.BytesIO(data), name)
        evidence.attach(assessment=assessment, accepted=accepted, upload_id=uuid4(), asked_at=asked, by=lead)
    page_images.draw_now(pages_id=PageImages.objects.get().pk)
    account = DeclaredAccount(account_id="111122223333", name="Production \u2013 \u6771", stage=Stage.PRODUCTION)
    declare_accounts(vendor=assessment.vendor, accounts=[account], by=lead)
    workflow.submit(assessment=factories.answer_all(assessment, by=lead), attested_name=lead.name, by=lead)
    factories.make_assessment(vendor=factories.make_vendor("Dune Hosting"), state="closed")
    Answer.objects.filter(pk=asked.pk).update(statements=Value(None, JSONField()))  # odd, but a database may hold it
    factories.make_vendor("Birch Analytics").delete()  # its number must not be given again
    anchor()
    TOTP.activate(lead, generate_totp_secret())
    SessionStore().create()


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    fill()
