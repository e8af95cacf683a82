"""The only writer of playbooks: a checked file becomes rows, all of them or none."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.trail import record
from playbook import schema
from playbook.models import Criterion, Domain, EvidenceRequest, Playbook, ResponseOption, Side
from playbook.problems import PlaybookInvalid, Problem
from playbook.translations import Translations, by_row
from users.models import User


def load(source: bytes, name: str, *, by: User | None = None) -> tuple[Playbook, bool]:
    """Publish the playbook in `source` (YAML) and return it, and whether it is new.

    Loading the same content again changes nothing. Raises PlaybookInvalid, before anything is written, for a file that
    is not valid and for other content under a version that is published already. `name` is for its message.
    """
    document = schema.read(source, name)
    digest = schema.content_sha256(document)
    header = document["playbook"]
    found = Playbook.objects.filter(slug=header["slug"], version=header["version"]).first()
    if found is None:
        try:
            return _publish(document, digest, by), True
        except IntegrityError:
            # Somebody else published this version a moment ago, or the rows are refused for a reason of their own.
            found = Playbook.objects.filter(slug=header["slug"], version=header["version"]).first()
            if found is None:
                raise
    if found.content_sha256 != digest:
        reason = (
            f"{found.slug} {found.version} is published already with other content. "
            "A published version never changes; give the changed file a new version."
        )
        raise PlaybookInvalid([Problem("playbook.version", reason)], name)
    return found, False


@transaction.atomic
def _publish(document: schema.Document, digest: str, by: User | None) -> Playbook:
    header = document["playbook"]
    playbook = Playbook.objects.create(
        slug=header["slug"],
        version=header["version"],
        title=header["title"],
        data=header,
        evidence_kinds=document["evidence_kinds"],
        evidence_rules=document["evidence_rules"],
        severity_scale=document["severity_scale"],
        content_sha256=digest,
        published_at=timezone.now(),
    )
    texts = by_row(document, "domains", "slug")
    rows = [Domain(playbook=playbook, translations=texts[item["slug"]], **item) for item in document["domains"]]
    domains = {domain.slug: domain for domain in Domain.objects.bulk_create(rows)}
    items, texts = document["criteria"], by_row(document, "criteria", "id")
    criteria = Criterion.objects.bulk_create(
        _criterion(item, playbook, domains[item["domain"]], texts[item["id"]]) for item in items
    )
    pairs = list(zip(items, criteria, strict=True))
    ResponseOption.objects.bulk_create(option for item, criterion in pairs for option in _options(item, criterion))
    EvidenceRequest.objects.bulk_create(
        EvidenceRequest(
            criterion=criterion,
            order=order,
            kind=request["kind"],
            required=request["required"],
            must_show=request["must_show"],
            commands=request.get("commands", []),
        )
        for item, criterion in pairs
        for order, request in enumerate(item["evidence_expected"], start=1)
    )
    record(
        kind="playbook.published",
        by=by,
        vendor=None,
        target=f"playbook:{playbook.pk}",
        details={"slug": playbook.slug, "version": playbook.version, "content_sha256": digest},
    )
    return playbook


def _criterion(item: dict[str, Any], playbook: Playbook, domain: Domain, translations: Translations) -> Criterion:
    return Criterion(
        playbook=playbook,
        domain=domain,
        code=item["id"],
        number=item["number"],
        short_title=item["short_title"],
        question=item["question"],
        question_source=item["question_source"],
        secure_answer=item["secure_answer"],
        answer_type=item["answer_type"],
        why_important=item["why_important"],
        severity=item["severity"]["level"],
        severity_rationale=item["severity"]["rationale"],
        not_applicable_allowed=item["applicability"]["not_applicable_allowed"],
        assessor_note=item["assessor_note"] or "",
        validation_source=item["validation_source"],
        validation_steps=item["validation_steps"],
        validation_additions=item["validation_additions"],
        console_urls=item["console_urls"],
        more_info=item["more_info"],
        figures=item["figures"],
        thresholds=item["thresholds"],
        errata=item["erratum"],
        remediation=item["remediation"],
        applicability=item["applicability"],
        translations=translations,
    )


def _options(item: dict[str, Any], criterion: Criterion) -> list[ResponseOption]:
    sides = ((Side.ACCEPTABLE, item["acceptable_responses"]), (Side.FAILURE, item["failure_responses"]))
    return [
        ResponseOption(
            criterion=criterion,
            key=option["key"],
            side=side,
            order=order,
            text=option["text"],
            literal_answer=option.get("literal_answer"),
        )
        for side, options in sides
        for order, option in enumerate(options, start=1)
    ]
