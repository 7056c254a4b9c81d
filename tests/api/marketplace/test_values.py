"""A token's value: told when it is made, and to whoever has just sent it; to nobody else."""

from server.domain.actor import OPERATOR
from server.domain.tokens.secret_policy import Grace
from tests.api.marketplace.conftest import ACCOUNTS, RECORDS, TOKENS, Market
from tests.api.marketplace.wire import Wire


async def test_a_token_reads_its_own_value(market: Market) -> None:
    for caller in (market.client, market.vendor, market.operations, market.reader):
        answer = (await caller.wire.get(f"{TOKENS}/{caller.id}")).json
        assert answer["token"] == caller.value
        assert answer["$meta"]["omitted"] == []


async def test_in_lists_too_and_only_its_own(market: Market) -> None:
    answer = (await market.client.wire.get(TOKENS)).json
    values = {each["id"]: each.get("token") for each in answer["data"]}
    assert values == {market.client.id: market.client.value, market.reader.id: None}
    assert "token" in answer["$meta"]["omitted"]
    sent = f"{TOKENS}?eq(id,'{market.client.id}')"
    assert "token" not in (await market.client.wire.get(sent)).json["$meta"]["omitted"]


async def test_nobody_else_reads_it(market: Market) -> None:
    for wire in (market.operations.wire, market.client.wire):
        answer = await wire.get(f"{TOKENS}/{market.reader.id}?select=%2Btoken")
        assert "token" not in answer.json
        assert "token" in answer.json["$meta"]["omitted"]
        assert b"idt:" not in answer.body
    for path in (TOKENS, ACCOUNTS, f"{RECORDS}?select=*"):
        body = (await market.operations.wire.get(path)).body
        for caller in (market.client, market.vendor, market.reader):
            assert caller.value.encode() not in body


async def test_it_can_be_left_out(market: Market) -> None:
    answer = (await market.client.wire.get(f"{TOKENS}/{market.client.id}?select=-token")).json
    assert "token" not in answer
    assert answer["$meta"]["omitted"] == ["token"]


async def test_after_a_rotation_each_reads_what_it_sent(market: Market) -> None:
    old = market.client.wire
    minted = await market.desk.secrets.rotate(market.world.admin, market.client.id, Grace.ONE_DAY)
    assert minted.secret is not None
    new = Wire(market.url, minted.secret.reveal())
    for wire in (old, new):
        answer = await wire.get(f"{TOKENS}/{market.client.id}")
        assert answer.json["token"] == wire.token
    await market.desk.secrets.end_grace(OPERATOR, market.client.id)
    assert (await old.get(f"{TOKENS}/{market.client.id}")).status == 401


async def test_changes_of_itself_tell_it_too(market: Market) -> None:
    path = f"{TOKENS}/{market.client.id}"
    assert (await market.client.wire.put(path, {"name": "Other"})).json["token"] == (
        market.client.value
    )
    assert (await market.client.wire.post(f"{path}/disable")).json["status"] == "Disabled"
    assert (await market.client.wire.get(path)).status == 401
