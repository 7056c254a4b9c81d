"""Details of many tokens at once, in as many queries as for one token."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from server.domain.actor import Actor
from server.domain.tokens.lifecycle import Milestone
from server.models.tokens import Token, TokenMilestone, TokenSecret
from server.services.clock import Clock
from server.services.tokens.reader import actor_view, find_tokens, token_views
from server.services.tokens.secrets import old_secret_view
from server.services.tokens.views import MilestoneView, OldSecretView, TokenView
from server.services.usage.report import callers_of, hours_between, module_uses_of, points_of
from server.services.usage.views import CallerView, ModuleUse, UsagePoint, UsageStep

Detail = TypeVar("Detail")


class TokenBatchReader:
    """Reads details of the tokens that the actor may see, by token id.

    Deleted tokens, tokens of other accounts and unknown ids are left out.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def tokens(self, actor: Actor, token_ids: Iterable[str]) -> dict[str, TokenView]:
        """Return the tokens. A program without Access management only finds its own."""
        actor.require_authenticated()
        found = await find_tokens(actor, token_ids)
        return {info.id: info for info in await token_views(list(found.values()), self._clock())}

    async def milestones(
        self, actor: Actor, token_ids: Iterable[str]
    ) -> dict[str, dict[Milestone, MilestoneView]]:
        """Return when each token last reached each milestone, and who caused it."""
        actor.must_read_account()
        tokens = await find_tokens(actor, token_ids)
        found: dict[str, dict[Milestone, MilestoneView]] = {token_id: {} for token_id in tokens}
        for row in await TokenMilestone.filter(token_id__in=list(tokens)):
            by = actor_view(row.by_id, row.by_name)
            found[row.token_id][row.kind] = MilestoneView(row.at, by)
        return found

    async def old_secrets(
        self, actor: Actor, token_ids: Iterable[str]
    ) -> dict[str, list[OldSecretView]]:
        """Return each token's rotated-out secrets, the latest to end first."""
        actor.must_read_account()
        tokens, now = await find_tokens(actor, token_ids), self._clock()
        found: dict[str, list[OldSecretView]] = {token_id: [] for token_id in tokens}
        rows = TokenSecret.filter(token_id__in=list(tokens), accepted_until__isnull=False)
        for row in await rows.order_by("-id"):
            found[row.token_id].append(old_secret_view(row, tokens[row.token_id].expires_at, now))
        return found

    async def usage(
        self,
        actor: Actor,
        token_ids: Iterable[str],
        since: datetime | None = None,
        until: datetime | None = None,
        step: UsageStep = UsageStep.DAY,
    ) -> dict[str, list[UsagePoint]]:
        """Return each token's calls, with the same points as `UsageRecorder.for_token`."""
        actor.must_read_account()
        hours = hours_between(since, until, step, self._clock())
        return await self._of(actor, token_ids, lambda ids: points_of(ids, hours))

    async def callers(self, actor: Actor, token_ids: Iterable[str]) -> dict[str, list[CallerView]]:
        """Return each token's last call of each outcome, latest first."""
        return await self._of(actor, token_ids, callers_of)

    async def module_uses(
        self, actor: Actor, token_ids: Iterable[str]
    ) -> dict[str, list[ModuleUse]]:
        """Return when each granted module was last asked for, by name; withdrawn modules last."""
        actor.must_read_account()
        return await module_uses_of(list((await self.tokens(actor, token_ids)).values()))

    async def _of(
        self,
        actor: Actor,
        token_ids: Iterable[str],
        read: Callable[[Sequence[str]], Awaitable[dict[str, Detail]]],
    ) -> dict[str, Detail]:
        actor.must_read_account()
        tokens: dict[str, Token] = await find_tokens(actor, token_ids)
        return await read(list(tokens))
