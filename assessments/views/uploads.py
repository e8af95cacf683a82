"""Files that come with a form: each is stored by itself, so that one refused does not take the others with it."""

from collections.abc import Sequence
from time import monotonic
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import intake
from assessments.actions.evidence import EvidenceRefused, attach
from assessments.limits import UPLOAD_SECONDS
from assessments.models import Answer, Assessment, Evidence, Finding
from assessments.wording import spoken
from users.models import User

TOO_LARGE = gettext_lazy(
    "That is too much at once. Add the files one by one; a ZIP may have 100 MB, an image or a PDF 20 MB."
)

LATER = gettext_lazy("There was no time left for this file, because those before it took long. Add it again by itself.")


def keep(
    sent: Sequence[UploadedFile],
    ids: Sequence[UUID],
    *,
    assessment: Assessment,
    asked_at: Answer | None,
    by: User,
    finding: Finding | None = None,
) -> tuple[list[Evidence], list[tuple[str, str]]]:
    """What was stored, and (name, sentence) of each file that was refused. `ids` has one id for each file.

    None is begun too late for the request to end in time, or all of them would be lost; the first always is.
    """
    stored, refusals, started = [], [], monotonic()
    for file, upload_id in zip(sent, ids, strict=True):
        if file is not sent[0] and monotonic() - started > UPLOAD_SECONDS:
            refusals.append((file.name, str(LATER)))
            continue
        try:
            accepted = intake.examine(file.file, file.name)
            item = attach(
                assessment=assessment,
                accepted=accepted,
                upload_id=upload_id,
                asked_at=asked_at,
                finding=finding,
                by=by,
            )
        except (intake.Refused, EvidenceRefused) as refused:
            refusals.append((file.name, spoken(refused)))
        else:
            stored.append(item)
    return stored, refusals


def tell(request: HttpRequest, stored: Sequence[Evidence], refusals: Sequence[tuple[str, str]]) -> None:
    """Say on the next page what became of each file."""
    for name, sentence in refusals:
        messages.error(request, f"{name}: {sentence}")
    for item in stored:
        messages.success(request, _("%(name)s was added.") % {"name": item.name})
