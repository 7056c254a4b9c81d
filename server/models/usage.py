"""Usage of tokens: counts by hour, last callers, and the modules asked for."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.models.accounts import Module
from server.models.tokens import Token


class UsageCount(Model):
    """How many calls of a token ended in one way within an hour.

    The hour is counted from 1970 in UTC. Old hours are rolled up to days: the first hour of such a
    day then holds the whole day.
    """

    id = fields.BigIntField(primary_key=True)
    token: fields.ForeignKeyRelation[Token] = fields.ForeignKeyField(
        "tokendesk.Token", related_name="usage_counts", on_delete=fields.RESTRICT
    )
    hour = fields.IntField()
    outcome = fields.CharField(max_length=32)
    calls = fields.BigIntField()
    token_id: str

    class Meta:
        table = "usage_counts"
        unique_together = (("token", "hour", "outcome"),)
        indexes = (Index(fields=("hour",), name="usage_counts_by_hour"),)


class UsageCaller(Model):
    """The last call of a token that ended in one way: when, from where, by which program."""

    id = fields.BigIntField(primary_key=True)
    token: fields.ForeignKeyRelation[Token] = fields.ForeignKeyField(
        "tokendesk.Token", related_name="usage_callers", on_delete=fields.RESTRICT
    )
    outcome = fields.CharField(max_length=32)
    at = fields.DatetimeField()
    address = fields.CharField(max_length=64)
    user_agent = fields.CharField(max_length=255)
    token_id: str

    class Meta:
        table = "usage_callers"
        unique_together = (("token", "outcome"),)


class ModuleRequest(Model):
    """When a service last asked whether a token may enter a module that it is granted."""

    id = fields.BigIntField(primary_key=True)
    token: fields.ForeignKeyRelation[Token] = fields.ForeignKeyField(
        "tokendesk.Token", related_name="module_requests", on_delete=fields.RESTRICT
    )
    module: fields.ForeignKeyRelation[Module] = fields.ForeignKeyField(
        "tokendesk.Module", related_name="requests", on_delete=fields.RESTRICT
    )
    asked_at = fields.DatetimeField()
    token_id: str
    module_id: str

    class Meta:
        table = "module_requests"
        unique_together = (("token", "module"),)
