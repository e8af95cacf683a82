"""Addresses, forms and files that the tests of the vendor's pages share."""

import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from assessments.forms.answers import token
from assessments.models import Answer, Assessment
from playbook.models import Side

JSON = {"headers": {"accept": "application/json"}}


def at(name: str, assessment: Assessment, *more: int) -> str:
    """The address of a page of this assessment."""
    return reverse(f"assessments:{name}", args=[assessment.pk, *more])


def answer_to(assessment: Assessment, number: int) -> Answer:
    """The answer to one question, fresh from the database."""
    return Answer.objects.select_related("criterion").get(assessment=assessment, criterion__number=number)


def keys_of(answer: Answer, side: str) -> list[str]:
    """Keys of the statements of one side."""
    return list(answer.criterion.options.filter(side=side).order_by("order").values_list("key", flat=True))


def good(answer: Answer) -> str:
    """What the page sends for the first statement that meets the criterion."""
    return token(keys_of(answer, Side.ACCEPTABLE)[0])


def bad(answer: Answer) -> str:
    """What the page sends for the first statement that does not."""
    return token(keys_of(answer, Side.FAILURE)[0])


def sent(answer: Answer, **fields: object) -> dict[str, object]:
    """A form as the page sends it, from the version the person has on the page."""
    return {
        "base_version": answer.version,
        "choice": "",
        "reason": "",
        "notes": "",
        "plan": "",
        "plan_due_on": "",
    } | fields


def png(name: str = "users.png") -> SimpleUploadedFile:
    """A small picture."""
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(data, "PNG")
    return SimpleUploadedFile(name, data.getvalue(), "image/png")


HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)


def report(users: int = 1, account: str = "111122223333", name: str = "credential-report.csv") -> SimpleUploadedFile:
    """A credential report with its root row and some users, each with one key that was never used."""
    made = (datetime.now(UTC) - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    rows = [
        HEADER,
        f"<root_account>,arn:aws:iam::{account}:root,{made},not_supported,{made},not_supported,not_supported,true,"
        "false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A",
    ]
    rows += [
        f"user{n},arn:aws:iam::{account}:user/user{n},{made},false,N/A,N/A,N/A,false,true,{made},N/A,N/A,N/A,false,N/A,"
        "N/A,N/A,N/A,false,N/A,false,N/A"
        for n in range(users)
    ]
    return SimpleUploadedFile(name, "\n".join([*rows, ""]).encode(), "text/csv")


def add(
    client: Client, assessment: Assessment, file: SimpleUploadedFile, number: int | None = None
) -> dict[str, object]:
    """Upload as the page's script does; returns the reply."""
    fields = {"file": file, "upload_id": str(uuid4())} | ({"number": number} if number else {})
    response = client.post(at("evidence-upload", assessment), fields, **JSON)
    return {"status": response.status_code, **response.json()}
