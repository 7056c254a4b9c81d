"""What clients can ask."""

from typing import Annotated

import strawberry

from schema.accounts.types import Account, Module, Search
from schema.audit.filters import AuditTrailFilter
from schema.audit.types import AuditRecord, audit_connection
from schema.base.arguments import Id
from schema.base.connections import After, Before, Connection, First, Last
from schema.base.context import Info
from schema.base.enums import UsageStep
from schema.base.types import Actor, Node
from schema.drafts.types import TokenDraft
from schema.people.types import Member, Viewer
from schema.root.node import NodeIds, look_up, look_up_all
from schema.tokens.filters import ApiTokenFilter, ApiTokenOrder
from schema.tokens.types import ApiToken, token_connection
from schema.usage.types import From, Step, To, TokenUsage, token_usage
from server.domain.errors import Expired, NotFound

# ruff: noqa: A002 - `id` and `filter` are the conventions' names

AccountId = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The account; yours when unsaid. Operations may name any."),
]
UserId = Annotated[strawberry.ID, strawberry.argument(description="USR-1234-5678.")]
TokensWanted = Annotated[
    ApiTokenFilter | None, strawberry.argument(description="Which tokens; all when unsaid.")
]
TokensOrder = Annotated[
    ApiTokenOrder | None,
    strawberry.argument(description="In which order; newest first when unsaid."),
]
RecordsWanted = Annotated[
    AuditTrailFilter | None, strawberry.argument(description="Which records; all when unsaid.")
]


@strawberry.type(description="What clients can ask.")
class Query:
    """The roots of all questions."""

    @strawberry.field(description="Who asks; null for nobody.")
    def viewer(self, info: Info) -> Viewer | None:
        """The request's actor."""
        context = info.context
        return Viewer.of(context.actor, context.signed_in) if context.actor.id else None

    @strawberry.field(description="The account that the viewer acts for.")
    async def account(self, info: Info) -> Account:
        """The actor's account."""
        actor = info.context.actor
        return Account.of(await info.context.desk.accounts.get(actor, actor.account_id))

    @strawberry.field(description="The accounts that you see: your own, for Operations all.")
    async def accounts(self, info: Info) -> list[Account]:
        """By name."""
        found = await info.context.desk.accounts.all(info.context.actor)
        return [Account.of(account) for account in found]

    @strawberry.field(description="Everybody in an account, active or not, by name.")
    async def members(self, info: Info, account_id: AccountId = None) -> list[Member]:
        """The account's people."""
        found = await info.context.desk.members.all(info.context.actor, account_id)
        return [Member.of(member) for member in found]

    @strawberry.field(description="A person of an account, active or not; null where you see none.")
    async def member(
        self, info: Info, user_id: UserId, account_id: AccountId = None
    ) -> Member | None:
        """One member."""
        desk, actor = info.context.desk, info.context.actor
        try:
            return Member.of(await desk.members.get(actor, user_id, account_id))
        except NotFound:
            return None

    @strawberry.field(description="For Operations: every module there is, by name.")
    async def modules(self, info: Info) -> list[Module]:
        """The platform's modules."""
        found = await info.context.desk.modules.all(info.context.actor)
        return [Module.of(module) for module in found]

    @strawberry.field(description="Any object by its id; null where you see none.")
    async def node(self, info: Info, id: Id) -> Node | None:
        """Relay's look-up."""
        return await look_up(info.context, id)

    @strawberry.field(
        description="Objects by their ids, as many and in that order; null where you see none."
    )
    async def nodes(self, info: Info, ids: NodeIds) -> list[Node | None]:
        """Relay's look-up of many."""
        return await look_up_all(info.context, ids)

    @strawberry.field(description="The modules that may be granted in this account, by name.")
    async def enabled_modules(self, info: Info, search: Search = "") -> list[Module]:
        """The account's modules."""
        found = await info.context.desk.modules.enabled(info.context.actor, search)
        return [Module.of(module) for module in found]

    @strawberry.field(description="A token; null where you see none of this id.")
    async def api_token(self, info: Info, id: Id) -> ApiToken | None:
        """One token."""
        try:
            return ApiToken.of(await info.context.desk.tokens.get(info.context.actor, id))
        except NotFound:
            return None

    @strawberry.field(description="Tokens, newest first unless ordered otherwise; at most 100.")
    async def api_tokens(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: TokensWanted = None,
        order_by: TokensOrder = None,
    ) -> Connection[ApiToken]:
        """A window over the tokens."""
        order = order_by or ApiTokenOrder()
        window = await info.context.desk.token_list.cursor_page(
            info.context.actor,
            first=first,
            after=after,
            last=last,
            before=before,
            wanted=(filter or ApiTokenFilter()).wanted(),
            order=order.field,
            descending=order.descending,
        )
        return token_connection(window)

    @strawberry.field(description="Who made the tokens that you see, by name; the first 200.")
    async def api_token_creators(self, info: Info) -> list[Actor]:
        """For a filter to choose from."""
        found = await info.context.desk.token_list.creators(info.context.actor)
        return [Actor.of(creator) for creator in found]

    @strawberry.field(description="How a token is used; null where you see none of this id.")
    async def token_usage(
        self, info: Info, id: Id, since: From = None, to: To = None, step: Step = UsageStep.DAY
    ) -> TokenUsage | None:
        """One token's use."""
        try:
            return await token_usage(info, id, since, to, step)
        except NotFound:
            return None

    @strawberry.field(description="A draft of your account; null where there is none.")
    async def token_draft(self, info: Info, id: Id) -> TokenDraft | None:
        """One draft."""
        try:
            return TokenDraft.of(await info.context.desk.drafts.get(info.context.actor, id))
        except (NotFound, Expired):
            return None

    @strawberry.field(description="Your own open drafts, the latest changed first.")
    async def token_drafts(self, info: Info) -> list[TokenDraft]:
        """The actor's drafts."""
        drafts = await info.context.desk.drafts.all(info.context.actor)
        return [TokenDraft.of(draft) for draft in drafts]

    @strawberry.field(description="The audit trail, newest first; at most 100 at once.")
    async def audit_trail(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: RecordsWanted = None,
    ) -> Connection[AuditRecord]:
        """A window over the records."""
        window = await info.context.desk.audit_trail.cursor_page(
            info.context.actor,
            first=first,
            after=after,
            last=last,
            before=before,
            wanted=(filter or AuditTrailFilter()).wanted(),
        )
        return audit_connection(window)
