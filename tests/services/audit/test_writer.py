"""The audit trail: complete, chained, readable by those it belongs to."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR, ActorKind, ActorView, Origin, Role
from server.domain.audit.events import EVENTS, summary
from server.domain.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from server.models.audit import AuditRecord, ChainHead
from server.services.audit.trail import AuditFilter
from server.services.audit.views import AuditRecordView
from server.services.audit.writer import record_hash
from tests.support.clock import TurnableClock
from tests.support.drafting import ready_draft
from tests.support.evidence import dump, last_record, records
from tests.support.factories import chain_of_tokens
from tests.support.world import ORIGIN, World


async def test_every_write_leaves_exactly_its_record(desk: Desk, world: World) -> None:
    async def sign_out() -> None:
        signed_in = await desk.sessions.resume(cookie, ORIGIN)
        assert signed_in is not None
        await desk.sessions.sign_out(cookie, signed_in)

    cookie = await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)
    draft = await ready_draft(desk, world.admin)
    token = (await desk.tokens.create(world.admin, name="x", module_ids=["MOD-1756"])).token
    everyone, client = world.operations_admin, world.client.id
    writes: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        ("token.created", lambda: desk.drafts.commit(world.admin, draft.id, 1)),
        ("token.secret_revealed", lambda: desk.secrets.reveal(world.admin, token.id)),
        ("account.module_enabled", lambda: desk.modules.enable(everyone, "MOD-2004", client)),
        ("account.module_disabled", lambda: desk.modules.disable(everyone, "MOD-2004", client)),
        (
            "user.created",
            lambda: desk.users.create(everyone, "e@x.example", "Eve", client, Role.VIEWER),
        ),
        ("user.signed_out", sign_out),
    ]
    for event, write in writes:
        before = await records(desk)
        await write()
        after = await records(desk)
        [new] = [record for record in after if record.id not in {old.id for old in before}]
        assert (new.event, new.at) == (event, desk.clock())
        assert new.hash == record_hash(new)
        assert await desk.audit_trail.verify(OPERATOR) == []


async def test_a_refused_action_leaves_no_record_and_no_change(desk: Desk, world: World) -> None:
    before = await dump(desk)
    with pytest.raises(RuntimeError, match="after the write"):  # noqa: PT012
        async with desk.audit.change(
            world.admin, "token.created", "TKN-1234-5678", chain=world.client.id
        ):
            await ChainHead.create(chain="ACC-0000-0000")
            raise RuntimeError("after the write")
    with pytest.raises(ValueError, match="unknown event"):
        async with desk.audit.change(world.admin, "token.eaten", "TKN-1", chain=world.client.id):
            pass
    assert await dump(desk) == before


async def test_what_a_request_says_of_itself_is_cut_and_cleaned(desk: Desk, world: World) -> None:
    noisy = replace(world.admin, origin=Origin("9" * 100, "Evil\r\n\x00\ud800" + "x" * 500))
    await desk.tokens.create(noisy, name="x", module_ids=["MOD-1756"])
    record = await last_record(desk, world.client.id)
    assert record.address == "9" * 64
    assert record.user_agent == "Evil    " + "x" * 247
    assert await desk.audit_trail.verify(OPERATOR) == []


async def test_window_shows_the_own_account_newest_first(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    before = await last_record(desk, world.client.id)
    clock.advance(timedelta(minutes=1))
    token = (await desk.tokens.create(world.admin, name="Export", module_ids=["MOD-1756"])).token
    window = await desk.audit_trail.cursor_page(world.viewer, first=1)
    [record] = window.items
    assert record == AuditRecordView(
        id=record.id,
        at=clock(),
        event="token.created",
        summary="API token created",
        actor=ActorView(world.admin.id, "Ada Admin", ActorKind.USER),
        object_id=token.id,
        object_name="Export",
        before=None,
        after={
            "name": "Export",
            "description": "",
            "modules": ["MOD-1756"],
            "expires_at": None,
            "logo": None,
        },
        address="203.0.113.7",
        user_agent="Tests/1.0",
        account_id=world.client.id,
        position=7,
        previous_hash=before.hash,
        hash=record.hash,
    )
    assert await desk.audit_trail.get(world.viewer, record.id) == record
    assert (window.has_next, window.total) == (True, 7)
    rest = await desk.audit_trail.cursor_page(world.viewer, first=100, after=window.cursors[0])
    assert len(rest.items) == 6
    assert {item.object_id for item in rest.items} == {
        world.client.id,
        world.admin.id,
        world.viewer.id,
    }


async def test_window_keeps_to_the_account_whatever_is_asked(desk: Desk, world: World) -> None:
    [foreign] = (await desk.audit_trail.cursor_page(world.other_admin, first=1)).items
    vendors_alone = AuditFilter(account_id=world.vendor.id)
    for wanted in (vendors_alone, AuditFilter(object_id=foreign.object_id)):
        assert (await desk.audit_trail.cursor_page(world.admin, wanted=wanted)).total == 0
        assert (
            await desk.audit_trail.page(world.admin, number=1, size=9, wanted=wanted)
        ).total == 0
        assert [each async for each in desk.audit_trail.export(world.admin, wanted)] == []
    with pytest.raises(NotFound):
        await desk.audit_trail.get(world.admin, foreign.id)
    assert await desk.audit_trail.get(world.operations_admin, foreign.id) == foreign
    everything = await desk.audit_trail.cursor_page(world.operations_admin, first=100)
    assert everything.total == await AuditRecord.all().count()
    vendors = await desk.audit_trail.cursor_page(world.operations_admin, wanted=vendors_alone)
    assert vendors.total == await AuditRecord.filter(chain=world.vendor.id).count()
    for call in (desk.audit_trail.cursor_page(NOBODY), desk.audit_trail.get(NOBODY, foreign.id)):
        with pytest.raises(SignInNeeded):
            await call


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "x" * 10_000, "' OR 1=1 --", "%"])
async def test_made_up_filters_find_nothing(desk: Desk, world: World, text: str) -> None:
    everything = (await desk.audit_trail.cursor_page(world.operations_admin)).total
    for name in ("event", "object_id", "actor_id", "account_id"):
        wanted = AuditFilter(**{name: text})  # type: ignore[arg-type]
        found = await desk.audit_trail.cursor_page(world.operations_admin, wanted=wanted)
        assert found.total == (0 if text else everything)
    with pytest.raises(NotFound):
        await desk.audit_trail.get(world.operations_admin, text)
    if text:
        with pytest.raises(Invalid):
            await desk.audit_trail.cursor_page(world.operations_admin, after=text)


async def test_window_filters(desk: Desk, world: World) -> None:
    await chain_of_tokens(desk, world, 3)
    found = await desk.audit_trail.cursor_page(
        world.admin, wanted=AuditFilter(event="token.created")
    )
    assert [record.object_name for record in found.items] != []
    assert found.total == 3
    one = await desk.audit_trail.cursor_page(
        world.admin, wanted=AuditFilter(object_id=found.items[0].object_id)
    )
    assert [record.id for record in one.items] == [found.items[0].id]


async def test_verifying_is_for_operations(desk: Desk, world: World) -> None:
    for actor in (world.admin, world.viewer):
        with pytest.raises(NotAllowed):
            await desk.audit_trail.verify(actor)
    assert await desk.audit_trail.verify(world.operations_admin, account_id=world.client.id) == []


def test_every_event_has_a_sentence() -> None:
    assert all(summary(event) == sentence for event, sentence in EVENTS.items())
    assert summary("token.of_a_later_release") == "token.of_a_later_release"
