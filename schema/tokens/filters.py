"""How clients filter and order tokens."""

from datetime import datetime, timedelta

import strawberry

from schema.base.described import input_type
from schema.base.enums import TokenOrder, TokenStatus
from server.domain.errors import FieldErrors
from server.domain.tokens.expiry import LONGEST_LIFE
from server.services.search.token_list import TokenFilter

MOST_FILTER_MODULES = 100


@input_type
class ApiTokenFilter:
    """Which tokens to return. A token must match every field that is given."""

    search: str = strawberry.field(
        default="",
        description="Words to find in name, description or id. A pasted value finds its token.",
    )
    status: TokenStatus | None = strawberry.field(default=None, description="The status.")
    statuses: list[TokenStatus] | None = strawberry.field(
        default=None, description="One of these statuses, or of `status`."
    )
    module_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Has access to one of these modules; at most 100."
    )
    all_modules: bool = strawberry.field(
        default=False, description="Whether the token must have all of `moduleIds`, not just one."
    )
    created_by_id: strawberry.ID | None = strawberry.field(
        default=None, description="Created by this person or token; see `apiTokenCreators`."
    )
    created_since: datetime | None = strawberry.field(
        default=None, description="Created at this time or later."
    )
    created_until: datetime | None = strawberry.field(
        default=None, description="Created before this time."
    )
    never_used: bool = strawberry.field(default=False, description="Never accepted so far.")
    unused_since: datetime | None = strawberry.field(
        default=None, description="Not accepted at this time or later."
    )
    expiring_within_days: int | None = strawberry.field(
        default=None, description="Expires within this many days and has not expired yet."
    )
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Tokens of this account. Only for Operations, who see all."
    )

    def wanted(self) -> TokenFilter:
        """Return the filter as services take it."""
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


@input_type
class ApiTokenOrder:
    """The order of tokens."""

    field: TokenOrder = strawberry.field(
        default=TokenOrder.CREATED_AT, description="The field to order by."
    )
    descending: bool = strawberry.field(
        default=True, description="Whether the largest or latest comes first."
    )
