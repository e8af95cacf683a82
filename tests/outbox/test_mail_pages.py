"""The page that shows the demo's mail."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from users.models import User

pytestmark = pytest.mark.django_db
LETTER = "Subject: Assay: a report is ready\nFrom: a@alder.example\nTo: max@alder.example\n{date}\nHello, http://localhost/x\n"


@pytest.mark.parametrize(
    ("header", "at"),
    [
        ("Date: Wed, 25 Nov 2026 01:23:05 -0000\n", datetime(2026, 11, 25, 1, 23, 5, tzinfo=UTC)),
        ("Date: some day\n", None),
        ("", None),
    ],
)
def test_letters_show_when_they_were_written(
    header: str, at: datetime | None, client: Client, ana: User, settings: LazySettings, tmp_path: Path
) -> None:
    settings.DEMO, settings.EMAIL_FILE_PATH = True, str(tmp_path)
    (tmp_path / "one.log").write_text(LETTER.format(date=header))
    client.force_login(ana)
    page = client.get(reverse("outbox:mail-list"))
    assert [(letter.to, letter.at) for letter in page.context["letters"]] == [("max@alder.example", at)]
    assert ("25 Nov 2026, 01:23" in page.content.decode()) == (at is not None)
    assert client.get(reverse("outbox:mail-detail", args=[1])).status_code == 200
