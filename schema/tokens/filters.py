"""Which tokens and records clients ask for, and in which order."""

from datetime import datetime, timedelta

import strawberry

from schema.base.enums import TokenOrder, TokenStatus
from server.domain.errors import FieldErrors
from server.domain.tokens.expiry import LONGEST_LIFE
from server.services.search.token_list import TokenFilter

MOST_FILTER_MODULES = 100


@strawberry.input(description="Which tokens: all that is given must hold.")
class ApiTokenFilter:
    """Every field narrows."""

    search: str = strawberry.field(
        default="", description="Words in name, description or id; of a pasted secret the id alone."
    )
    status: TokenStatus | None = strawberry.field(default=None, description="This status.")
    statuses: list[TokenStatus] | None = strawberry.field(
        default=None, description="Any of these, and of `status`."
    )
    module_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Granted any of these modules; at most 100."
    )
    all_modules: bool = strawberry.field(
        default=False, description="Granted all of `moduleIds`, not just any."
    )
    created_by_id: strawberry.ID | None = strawberry.field(
        default=None, description="Made by this user or token; see `apiTokenCreators`."
    )
    created_since: datetime | None = strawberry.field(
        default=None, description="Made at this moment or later."
    )
    created_until: datetime | None = strawberry.field(
        default=None, description="Made before this moment."
    )
    never_used: bool = strawberry.field(default=False, description="Not used so far.")
    unused_since: datetime | None = strawberry.field(
        default=None, description="Not used at this moment or later."
    )
    expiring_within_days: int | None = strawberry.field(
        default=None, description="Not expired yet, and expiring within so many days."
    )
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this account; for Operations, who see all."
    )

    def wanted(self) -> TokenFilter:
        """The filter as services take it."""
        field_errors = FieldErrors()
        days, module_ids = self.expiring_within_days, self.module_ids or []
        if days is not None and not 1 <= days <= LONGEST_LIFE.days:
            most = f"{LONGEST_LIFE.days:,}"
            field_errors.add(
                "expiring_within_days", f"expiringWithinDays must be between 1 and {most}."
            )
        if len(module_ids) > MOST_FILTER_MODULES:
            field_errors.add("modules", f"Name at most {MOST_FILTER_MODULES} modules in moduleIds.")
        field_errors.raise_if_any()
        return TokenFilter(
            search=self.search,
            statuses=[*(self.statuses or []), *([self.status] if self.status else [])],
            module_ids=module_ids,
            all_modules=self.all_modules,
            created_by_id=self.created_by_id,
            created_since=self.created_since,
            created_until=self.created_until,
            never_used=self.never_used,
            unused_since=self.unused_since,
            expiring_within=timedelta(days=days) if days is not None else None,
            account_id=self.account_id,
        )


@strawberry.input(description="In which order.")
class ApiTokenOrder:
    """A column and its direction."""

    field: TokenOrder = strawberry.field(default=TokenOrder.CREATED_AT, description="The column.")
    descending: bool = strawberry.field(default=True, description="The largest first.")
