"""What resolvers know of their request: the desk and who asks."""

from dataclasses import dataclass

from strawberry.types import Info as StrawberryInfo

from server.desk import Desk
from server.domain.actor import Actor
from server.domain.errors import ConfirmPassword, SignInNeeded
from server.services.sessions import SignedIn


@dataclass
class Context:
    """One request's context; `signed_in` and its `cookie` are there for people only."""

    desk: Desk
    actor: Actor
    signed_in: SignedIn | None = None
    cookie: str = ""

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

    def sign_in_url(self, link: str) -> str:
        """Where a one-time link leads."""
        return f"{self.desk.settings.origin}/sign-in/link/{link}"


Info = StrawberryInfo[Context, None]
