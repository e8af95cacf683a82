"""The log of mails, for administrators; and the mail itself where it goes into a folder, which only the demo does."""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from outbox import queries

SHOWN = 100  # newest letters on the page
LINK = re.compile(r"https?://[^\s<>]+")


@dataclass(frozen=True)
class Piece:
    """A stretch of a letter's text; `url` is set where it is a link."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class ReadLetter:
    """One letter of the folder."""

    number: int
    to: str
    subject: str
    at: datetime | None
    pieces: tuple[Piece, ...] = ()


def _folder(request: HttpRequest) -> Path:
    """The mail folder; 404 unless mail goes into one and a member of staff asks."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if not (request.user.staff_role and settings.DEMO and folder):
        raise Http404
    return Path(folder)


def _files(folder: Path) -> list[Path]:
    return (
        sorted(folder.glob("*.log"), key=lambda path: (path.stat().st_mtime_ns, path.name)) if folder.exists() else []
    )


def _read(path: Path, number: int, *, with_text: bool) -> ReadLetter:
    message = email.message_from_bytes(path.read_bytes().split(b"\n" + b"-" * 79)[0], policy=email.policy.default)
    pieces: list[Piece] = []
    if with_text:
        body = message.get_body(("plain",))
        text, end = (body.get_content() if body else ""), 0
        for match in LINK.finditer(text):
            pieces += [Piece(text[end : match.start()]), Piece(match.group(), match.group())]
            end = match.end()
        pieces.append(Piece(text[end:]))
    at = message["Date"].datetime if message["Date"] else None
    if at and at.tzinfo is None:  # the header says -0000: the time is UTC
        at = at.replace(tzinfo=UTC)
    return ReadLetter(number, str(message["To"]), str(message["Subject"]), at, tuple(pieces))


@require_GET
def mail_list(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    files = _files(_folder(request))
    letters = [_read(path, number, with_text=False) for number, path in enumerate(files, 1)]
    return render(request, "outbox/mail_list.html", {"letters": letters[::-1][:SHOWN]})


@require_GET
def mail_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One letter with its links."""
    files = _files(_folder(request))
    if not 1 <= number <= len(files):
        raise Http404
    return render(request, "outbox/mail_detail.html", {"letter": _read(files[number - 1], number, with_text=True)})


@require_GET
def mail_log(request: HttpRequest) -> HttpResponse:
    """What became of every mail: kind, address, state, tries. Nothing of what a mail says."""
    role = request.user.staff_role
    if not role:
        raise Http404
    if role != "administrator":
        raise PermissionDenied(_("Only an administrator can do this."))
    state = request.GET.get("state", "")
    log = queries.mail_log(state, request.GET.get("page", 1))
    context = {"log": log, "chosen": state, "query": f"state={state}" if log.is_filtered else ""}
    return render(request, "outbox/mail_log.html", context)
