"""What resolvers know of their request: the desk and who asks."""

from dataclasses import dataclass, field, replace

from strawberry.types import Info as StrawberryInfo
from strawberry.types.graphql import OperationType

from schema.base.loaders import Loaders
from server.desk import Desk
from server.domain.actor import Actor
from server.domain.errors import ConfirmPassword, SignInNeeded
from server.services.rate_limits.rate_limit import RateLimitResult
from server.services.sign_in.sessions import SignedIn


@dataclass
class Context:
    """One operation's context: people have a session and its cookie, programs a bearer."""

    desk: Desk
    actor: Actor
    signed_in: SignedIn | None = None
    cookie: str = field(default="", repr=False)
    bearer: str = field(default="", repr=False)
    kind: OperationType | None = None
    """What is executed for it; None until then."""
    rate_limit: RateLimitResult | None = None
    """What the caller has left of its points; None where there is no limit."""
    reports_cost: bool = False
    """Whether the caller asked for the cost."""
    loaders: Loaders = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.loaders = Loaders(lambda: self.actor)

    async def confirm_password(self, password: str) -> None:
        """Make a person's sign-in fresh for all that follows. A program has none to confirm."""
        if self.signed_in is None:
            return
        sessions = self.desk.sessions
        try:
            await sessions.confirm_password(self.cookie, self.signed_in, password)
        except SignInNeeded as wrong:
            raise ConfirmPassword(wrong.message, path=("password",)) from None
        fresh = await sessions.resume(self.cookie, self.actor.origin)
        if fresh is None:
            raise SignInNeeded("Your session has ended. Sign in again.")
        self.signed_in, self.actor = fresh, fresh.actor

    async def recheck(self) -> "Context | None":
        """The same caller as things stand now; None when their token or session has ended.

        It is no use of the token and no sign of life of the session. The context is a new one,
        as every operation of a socket needs it.
        """
        if self.bearer:
            verdict = await self.desk.verifier.verify(self.bearer)
            if not verdict.valid or verdict.grant is None:
                return None
            grant = verdict.grant
            actor = replace(self.actor, name=grant.token_name, module_ids=grant.module_ids)
            return Context(self.desk, actor, bearer=self.bearer)
        if self.signed_in is None:
            return Context(self.desk, self.actor)
        session = await self.desk.sessions.resume(self.cookie, self.actor.origin, seen=False)
        if session is None:
            return None
        return Context(self.desk, session.actor, session, self.cookie)

    def renew(self, fresh: "Context") -> None:
        """Be the caller as of now: a subscription's next event remembers nothing of the last."""
        self.actor, self.signed_in = fresh.actor, fresh.signed_in

    def sign_in_url(self, link: str) -> str:
        """Where a one-time link leads."""
        return f"{self.desk.settings.origin}/sign-in/link/{link}"


Info = StrawberryInfo[Context, None]
