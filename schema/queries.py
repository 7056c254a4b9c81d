"""What clients can ask."""

import strawberry

from schema.connections import Connection, audit_connection, token_connection
from schema.context import Info
from schema.inputs import ApiTokenFilter, ApiTokenOrder, AuditTrailFilter
from schema.types import Account, ApiToken, AuditRecord, Module, Node, TokenDraft, Viewer
from server.domain.errors import Expired, NotAllowed, NotFound
from server.domain.ids import IdKind, kind_of
from server.services.audit_trail import AuditFilter
from server.services.token_grid import TokenFilter


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

    @strawberry.field(description="Any object by its id; null where you see none.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002
        """Relay's look-up."""
        desk, actor = info.context.desk, info.context.actor
        actor.must_be_known()
        try:
            match kind_of(id):
                case IdKind.TOKEN:
                    return ApiToken.of(await desk.tokens.get(actor, id))
                case IdKind.DRAFT:
                    return TokenDraft.of(await desk.drafts.get(actor, id))
                case IdKind.ACCOUNT:
                    return Account.of(await desk.accounts.get(actor, id))
                case IdKind.MODULE:
                    return Module.of(await desk.modules.get(actor, id))
                case IdKind.AUDIT_RECORD:
                    return AuditRecord.of(await desk.audit_trail.get(actor, id))
        except (NotFound, Expired, NotAllowed):
            return None
        return None

    @strawberry.field(description="The modules that may be granted in this account, by name.")
    async def enabled_modules(self, info: Info, search: str = "") -> list[Module]:
        """The account's modules."""
        found = await info.context.desk.modules.enabled(info.context.actor, search)
        return [Module.of(module) for module in found]

    @strawberry.field(description="A token; null where you see none of this id.")
    async def api_token(self, info: Info, id: strawberry.ID) -> ApiToken | None:  # noqa: A002
        """One token."""
        try:
            return ApiToken.of(await info.context.desk.tokens.get(info.context.actor, id))
        except NotFound:
            return None

    @strawberry.field(description="Tokens, newest first unless ordered otherwise; at most 100.")
    async def api_tokens(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: ApiTokenFilter | None = None,  # noqa: A002
        order_by: ApiTokenOrder | None = None,
    ) -> Connection[ApiToken]:
        """A window over the tokens."""
        wanted, order = filter or ApiTokenFilter(), order_by or ApiTokenOrder()
        window = await info.context.desk.token_grid.window(
            info.context.actor,
            first=first,
            after=after,
            last=last,
            before=before,
            wanted=TokenFilter(
                search=wanted.search, statuses=[wanted.status] if wanted.status else []
            ),
            order=order.field,
            descending=order.descending,
        )
        return token_connection(window)

    @strawberry.field(description="A draft of your account; null where there is none.")
    async def token_draft(self, info: Info, id: strawberry.ID) -> TokenDraft | None:  # noqa: A002
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
        first: int | None = None,
        after: str | None = None,
        filter: AuditTrailFilter | None = None,  # noqa: A002
    ) -> Connection[AuditRecord]:
        """A window over the records."""
        wanted = filter or AuditTrailFilter()
        window = await info.context.desk.audit_trail.window(
            info.context.actor,
            first=first,
            after=after,
            wanted=AuditFilter(event=wanted.event, object_id=wanted.object_id),
        )
        return audit_connection(window)
