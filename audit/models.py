"""Rows of the trail. Database triggers refuse to change or delete an Event or an Anchor (migrations 0002 to 0004)."""

from django.db import models


class Chain(models.Model):
    """One chain of events: one for each vendor, one more ("site") for what belongs to none.

    The row is the chain's head; it is locked while an event is added, so that two writers cannot fork the chain.
    """

    name = models.CharField(max_length=40, unique=True)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64)
    anchored = models.PositiveBigIntegerField(default=0, help_text="Events that the last anchor holds.")

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """One thing somebody did. Points at people and objects by value: it survives them and never blocks deletion."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="events")
    position = models.PositiveBigIntegerField(help_text="1 for the first event of the chain.")
    at = models.DateTimeField()
    actor = models.BigIntegerField(null=True, help_text="Id of the user; empty when the system itself acted.")
    kind = models.CharField(max_length=60)
    target = models.CharField(max_length=60, help_text="For example assessment:12.")
    details_hash = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="event_position_once")]
        indexes = [models.Index(fields=["target", "-id"], name="event_by_target")]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class EventDetail(models.Model):
    """What an event was about. Stands apart, so that erasing a vendor removes it while the chain still verifies.

    A trigger (migration 0004) refuses to delete one unless an Erasure says that this is what it goes with.
    """

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="detail")
    data = models.JSONField()

    def __str__(self) -> str:
        return f"details of {self.event_id}"


class Anchor(models.Model):
    """What the chains that grew since the last anchor end with. Its digest is also kept outside the database."""

    position = models.PositiveBigIntegerField(unique=True, help_text="1 for the first.")
    at = models.DateTimeField()
    heads = models.JSONField(help_text="Name of each chain to the number of its events and the hash of the last.")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"anchor {self.position}"


class Erasure(models.Model):
    """Says that the details of a chain ("vendor-12"), or of what was done to a person ("user:5"), were erased.

    It is the one thing that lets the database delete details, is never changed or deleted, and ends the chain.
    """

    name = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"erasure of {self.name}"
