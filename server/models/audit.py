"""The audit trail: chained records, and the head of each chain."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.models.moments import Moment


class ChainHead(Model):
    """The newest link of a chain. Every write updates the head of its chain first.

    Its seal proves, to anyone with the key ring, that the chain ends here, and from which position
    on its records have their own seals.
    """

    chain = fields.CharField(max_length=16, primary_key=True)
    position = fields.BigIntField(default=0)
    hash = fields.CharField(max_length=64, default="")
    sealed_from = fields.BigIntField(default=0, db_default=0)
    seal = fields.CharField(max_length=72, default="", db_default="")

    class Meta:
        table = "chain_heads"


class AuditRecord(Model):
    """Who did what to which object, when, from where. The hash covers it and its predecessor."""

    id = fields.CharField(max_length=23, primary_key=True)
    chain = fields.CharField(max_length=16)
    position = fields.BigIntField()
    at = Moment()
    event = fields.CharField(max_length=64)
    actor_kind = fields.CharField(max_length=16)
    actor_id = fields.CharField(max_length=32)
    actor_name = fields.CharField(max_length=255)
    object_id = fields.CharField(max_length=32)
    object_name = fields.CharField(max_length=255)
    before: dict[str, Any] | None = fields.JSONField(null=True)
    after: dict[str, Any] | None = fields.JSONField(null=True)
    address = fields.CharField(max_length=64)
    user_agent = fields.CharField(max_length=255)
    previous_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)
    seal = fields.CharField(max_length=72, default="", db_default="")

    class Meta:
        table = "audit_records"
        unique_together = (("chain", "position"),)
        indexes = (
            Index(fields=("chain", "at"), name="audit_records_by_time"),
            Index(fields=("object_id", "at"), name="audit_records_by_object"),
            Index(fields=("chain", "actor_id", "at"), name="audit_records_by_actor"),
        )


class EventDescription(Model):
    """What Operations says of a type of events, in place of the desk's own words."""

    event = fields.CharField(max_length=64, primary_key=True)
    description = fields.TextField()

    class Meta:
        table = "event_descriptions"
