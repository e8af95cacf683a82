"""What pages and other parts of the product read of playbooks."""

from collections.abc import Sequence
from dataclasses import dataclass

from playbook.mappings import Mappings, Sure, for_playbook
from playbook.models import Criterion, Domain, EvidenceKind, Playbook, ResponseOption, Severity, Side


def newest_published(slug: str = "aws-core") -> Playbook | None:
    """The version published last, which new assessments use; None before any was published."""
    return Playbook.objects.filter(slug=slug).order_by("-published_at", "-pk").first()


def newest_of_all() -> Playbook | None:
    """The version of any playbook that was published last; None before any was published."""
    return Playbook.objects.order_by("-published_at", "-pk").first()


def find(slug: str, version: str) -> Playbook | None:
    """One version; None when there is no such version."""
    return Playbook.objects.filter(slug=slug, version=version).first()


@dataclass(frozen=True, kw_only=True)
class CriterionList:
    """Everything the list page shows."""

    playbook: Playbook
    # Each with `criteria` fetched, by number.
    domains: Sequence[Domain]
    # Every published version of every playbook, newest first within a playbook.
    versions: Sequence[Playbook]

    @property
    def criteria(self) -> list[Criterion]:
        """All criteria by number."""
        return sorted((row for domain in self.domains for row in domain.criteria.all()), key=lambda row: row.number)

    @property
    def reconstructed(self) -> list[Criterion]:
        """Criteria whose question was rebuilt because its heading was lost."""
        return [row for row in self.criteria if row.is_reconstructed]

    @property
    def errata(self) -> list[tuple[Criterion, dict[str, str]]]:
        """Every mistake of the source, with its criterion."""
        return [(row, erratum) for row in self.criteria for erratum in row.errata]

    @property
    def severities(self) -> list[tuple[str, str]]:
        """Severity and its meaning, most serious first."""
        return [(level.label, self.playbook.severity_scale[level]) for level in Severity]

    @property
    def evidence_kinds(self) -> list[tuple[str, str]]:
        """Kind of evidence in words and what it is, always in the same order; the database keeps none."""
        return [(kind.label, self.playbook.evidence_kinds[kind]) for kind in EvidenceKind]

    @property
    def mappings(self) -> Mappings:
        """What other frameworks ask for the same; without frameworks where none is mapped."""
        return for_playbook(self.playbook.slug)

    @property
    def marks(self) -> list[Sure]:
        """How sure a mapping can be, surest first."""
        return list(Sure)


def criterion_list(playbook: Playbook) -> CriterionList:
    """The list page of one version: 3 queries, however many criteria there are."""
    return CriterionList(
        playbook=playbook,
        domains=list(playbook.domains.prefetch_related("criteria")),
        versions=list(Playbook.objects.only("slug", "version", "title", "published_at")),
    )


def short_titles(playbook: Playbook) -> dict[int, str]:
    """The short title of each criterion by its number: 1 query."""
    return dict(playbook.criteria.values_list("number", "short_title"))


@dataclass(frozen=True, kw_only=True)
class CriterionSheet:
    """Everything the page of one criterion shows."""

    playbook: Playbook
    criterion: Criterion
    # Titles and numbers of the neighbours; None at either end.
    previous: Criterion | None
    next: Criterion | None

    @property
    def acceptable(self) -> list[ResponseOption]:
        """Responses that speak for meeting the criterion."""
        return [option for option in self.criterion.options.all() if option.side == Side.ACCEPTABLE]

    @property
    def failures(self) -> list[ResponseOption]:
        """Responses that speak against it."""
        return [option for option in self.criterion.options.all() if option.side == Side.FAILURE]

    @property
    def has_required_evidence(self) -> bool:
        """Whether some evidence must be supplied; otherwise any one of the items is enough."""
        return any(request.required for request in self.criterion.evidence_requests.all())

    @property
    def severity_meaning(self) -> str:
        """What the criterion's severity means in this playbook."""
        return str(self.playbook.severity_scale[self.criterion.severity])


def criterion_sheet(playbook: Playbook, number: int) -> CriterionSheet | None:
    """The page of one criterion: 4 queries. None when the version has no such number."""
    criterion = (
        playbook.criteria.filter(number=number)
        .select_related("domain")
        .prefetch_related("options", "evidence_requests")
        .first()
    )
    if criterion is None:
        return None
    beside = {
        row.number: row
        for row in playbook.criteria.filter(number__in=(number - 1, number + 1)).only(
            "playbook", "number", "short_title"
        )
    }
    return CriterionSheet(
        playbook=playbook,
        criterion=criterion,
        previous=beside.get(number - 1),
        next=beside.get(number + 1),
    )
