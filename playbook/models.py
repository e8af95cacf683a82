"""A playbook version as rows. Only playbook.loading writes them; a published version never changes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from playbook.language import CriterionWords, DomainWords
from playbook.mappings import Counterparts, for_playbook


class QuestionSource(models.TextChoices):
    """Where the words of a question come from."""

    ADAPTED = "adapted-from-heading", _("Adapted from the source's heading")
    RECONSTRUCTED = "reconstructed", _("Reconstructed")


class AnswerType(models.TextChoices):
    """How many response options may hold at once."""

    SINGLE = "single-response", _("One statement")
    MULTI = "multi-response", _("Several statements")


class Severity(models.TextChoices):
    """How much harm one unmet criterion can do; most serious first."""

    CRITICAL = "critical", _("Critical")
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class Side(models.TextChoices):
    """Whether a response option speaks for or against meeting the criterion."""

    ACCEPTABLE = "acceptable", _("Acceptable")
    FAILURE = "failure", _("Failure")


class EvidenceKind(models.TextChoices):
    """What would support an answer; the schema of playbook files allows the same kinds."""

    SCREENSHOT = "screenshot", _("Screenshot")
    CREDENTIAL_REPORT = "iam-credential-report", _("IAM credential report")
    CLI_JSON = "aws-cli-json", _("Output of the AWS command line (JSON)")
    DOCUMENT = "document", _("Document")
    ATTESTATION = "attestation", _("Signed statement")


class Playbook(models.Model):
    """One published version of a playbook. Assessments point to it for ever, so it is frozen."""

    slug = models.SlugField(max_length=50)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    # The file's whole "playbook" mapping: publisher, credits, licence, attribution, changes made, counts.
    data = models.JSONField()
    # Kind of evidence -> what such evidence is.
    evidence_kinds = models.JSONField()
    # Sentences that hold for the evidence of every criterion.
    evidence_rules = models.JSONField()
    # Severity -> what it means.
    severity_scale = models.JSONField()
    # SHA-256 of the whole content, translations too, as canonical JSON, in hex; comments and layout do not count.
    content_sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["slug", "-published_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["slug", "version"], name="playbook_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    def get_absolute_url(self) -> str:
        """The list of this version's criteria."""
        return reverse("playbook:version", args=[self.slug, self.version])


class Domain(models.Model):
    """A group of criteria that is scored together."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="domains")
    slug = models.SlugField(max_length=60)
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    what = models.TextField()
    why = models.TextField()
    # Language -> {name, what, why}.
    translations = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["playbook", "slug"], name="playbook_domain_slug_once"),
            models.UniqueConstraint(fields=["playbook", "order"], name="playbook_domain_order_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> DomainWords:
        """What a vendor reads of it, in the active language."""
        return DomainWords(self)


class Criterion(models.Model):
    """One question with everything that is needed to answer it, to check the answer and to mend a failure."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="criteria")
    domain = models.ForeignKey(Domain, on_delete=models.CASCADE, related_name="criteria")
    # The playbook's slug and the number, for example "aws-core-13".
    code = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    short_title = models.CharField(max_length=120)
    question = models.TextField()
    question_source = models.CharField(max_length=30, choices=QuestionSource.choices)
    # "yes" or "no": the short answer of a secure vendor. Grading is by response option, never by this.
    secure_answer = models.CharField(max_length=3)
    answer_type = models.CharField(max_length=20, choices=AnswerType.choices)
    why_important = models.TextField()
    severity = models.CharField(max_length=10, choices=Severity.choices)
    severity_rationale = models.TextField()
    not_applicable_allowed = models.BooleanField()
    # For the analyst, never shown to vendors; empty when there is none.
    assessor_note = models.TextField(blank=True)
    # "riskrecon" or "ours": whose validation steps these are.
    validation_source = models.CharField(max_length=20)
    validation_steps = models.JSONField(default=list)
    validation_additions = models.JSONField(default=list)
    # [{url, source, current_url?}]
    console_urls = models.JSONField(default=list)
    # [{title, url, original_url|null, status, checked}]
    more_info = models.JSONField(default=list)
    # [{number, caption}]
    figures = models.JSONField(default=list)
    # [{value, unit, meaning}]
    thresholds = models.JSONField(default=list)
    # [{where, source_problem, we_use}]
    errata = models.JSONField(default=list)
    remediation = models.JSONField(default=list)
    # {not_applicable_allowed, when, covered_by|null}; covered_by is the key of the option that covers the case.
    applicability = models.JSONField(default=dict)
    # Language -> every text that vendors read, as the file's translations have them; see playbook.language.
    translations = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["number"]
        verbose_name_plural = "criteria"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["playbook", "number"], name="playbook_criterion_number_once"),
            models.UniqueConstraint(fields=["playbook", "code"], name="playbook_criterion_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.short_title}"

    def get_absolute_url(self) -> str:
        """The page with every field, for our own people."""
        return reverse("playbook:criterion-detail", args=[self.playbook.slug, self.playbook.version, self.number])

    @property
    def is_reconstructed(self) -> bool:
        """Whether the source's heading was lost and the question was rebuilt from the criterion's body."""
        return self.question_source == QuestionSource.RECONSTRUCTED

    @property
    def words(self) -> CriterionWords:
        """What a vendor reads of it, in the active language."""
        return CriterionWords(self)

    @property
    def counterparts(self) -> tuple[Counterparts, ...]:
        """What other frameworks ask for the same, for our own people; needs no query."""
        return for_playbook(self.code.rpartition("-")[0]).of(self.number)


class ResponseOption(models.Model):
    """A statement that a vendor may choose as its answer."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="options")
    # Unique in its playbook version, for example "aws-core-13-a1".
    key = models.CharField(max_length=70)
    side = models.CharField(max_length=10, choices=Side.choices)
    # 1, 2, ... among the options of the same side.
    order = models.PositiveSmallIntegerField()
    text = models.TextField()
    # "yes" or "no" where this option's plain answer is not what its side suggests; otherwise null.
    literal_answer = models.CharField(max_length=3, null=True)

    class Meta:
        ordering: ClassVar = ["side", "order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["criterion", "key"], name="playbook_option_key_once"),
            models.UniqueConstraint(fields=["criterion", "side", "order"], name="playbook_option_order_once"),
        ]

    def __str__(self) -> str:
        return self.key


class EvidenceRequest(models.Model):
    """One kind of evidence that would support an answer; the most telling first."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="evidence_requests")
    order = models.PositiveSmallIntegerField()
    # A key of the playbook's evidence_kinds, which is a value of EvidenceKind.
    kind = models.CharField(max_length=40)
    required = models.BooleanField()
    must_show = models.TextField()
    # Shell commands that produce it; empty where none apply.
    commands = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["criterion", "order"], name="playbook_evidence_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.kind}"

    @property
    def kind_label(self) -> str:
        """The kind in words for a page."""
        return str(EvidenceKind(self.kind).label)
