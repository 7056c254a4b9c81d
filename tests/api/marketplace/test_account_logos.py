"""Logos of accounts: sent with the form, kept as all logos are, and shown to everybody."""

import io

import pytest
from PIL import Image

from server.services.media.logos import LARGEST_BYTES
from tests.api.marketplace.conftest import ACCOUNTS, TOKENS, Market
from tests.api.marketplace.wire import READS
from tests.support.evidence import dump, last_record
from tests.support.pictures import SVG, picture

VENDOR = {"name": "Violet Vendor", "type": "Vendor"}


async def test_a_new_account_has_the_logo_that_was_sent(market: Market) -> None:
    answer = await market.operations.wire.send_form("POST", ACCOUNTS, VENDOR, picture())
    assert answer.status == 201
    account_id = answer.json["id"]
    assert answer.json["icon"] == f"/v1/accounts/accounts/{account_id}/icon"
    record = await last_record(market.desk, account_id)
    assert record.event == "account.created"
    assert record.after == VENDOR | {"type": "vendor", "logo": await logo(market, account_id)}


async def test_everybody_sees_the_picture(market: Market) -> None:
    account_id = market.world.vendor.id
    await put(market, account_id, VENDOR, picture("JPEG"))
    answer = await market.nobody.get(f"/public/v1/accounts/accounts/{account_id}/icon")
    assert (answer.status, answer.body) == (307, b"")
    assert answer.headers["cache-control"] == "no-store"
    shown = await market.nobody.get(answer.headers["location"])
    assert (shown.status, shown.headers["content-type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(shown.body)) as image:
        assert image.format == "JPEG"


async def test_the_logo_is_named_wherever_the_account_is(market: Market) -> None:
    account_id = market.world.vendor.id
    await put(market, account_id, {}, picture())
    icon = f"/v1/accounts/accounts/{account_id}/icon"
    token = await market.vendor.wire.get(f"{TOKENS}/{market.vendor.id}")
    assert token.json["account"]["icon"] == icon
    listed = await market.operations.wire.get(f"{ACCOUNTS}?ne(icon,null())")
    assert [(each["id"], each["icon"]) for each in listed.json["data"]] == [(account_id, icon)]
    without = await market.operations.wire.get(f"{ACCOUNTS}?eq(icon,empty())")
    assert account_id not in without.ids
    assert len(without.ids) == 2


async def test_a_logo_is_replaced_kept_and_removed(market: Market) -> None:
    account_id = market.world.vendor.id
    await put(market, account_id, VENDOR, picture())
    first = await logo(market, account_id)
    await put(market, account_id, {"name": "Violet Vendor"})
    assert await logo(market, account_id) == first

    await put(market, account_id, {"name": "Other", "icon": None}, picture("JPEG"))
    second = await logo(market, account_id)
    assert second.endswith(".jpg")
    record = await last_record(market.desk, account_id)
    assert (record.event, record.actor_id) == ("account.updated", market.operations.id)
    assert record.before == {"name": "Violet Vendor", "logo": first}
    assert record.after == {"name": "Other", "logo": second}

    removed = {"name": "Other", "icon": ""}
    assert await put(market, account_id, removed) is None
    answer = await market.nobody.get(f"{ACCOUNTS}/{account_id}/icon")
    assert (answer.status, answer.json["title"]) == (404, "Not Found")
    before = await dump(market.desk)
    assert await put(market, account_id, removed) is None
    assert await dump(market.desk) == before


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (SVG, "not a JPEG or PNG"),
        (picture()[:60], "damaged or incomplete"),
        (b"", "empty"),
        (b"x" * (LARGEST_BYTES + 1), "larger than 5 MB"),
    ],
    ids=["script", "cut", "nothing", "large"],
)
async def test_what_is_no_logo_is_refused_with_all_else(
    market: Market, sent: bytes, said: str
) -> None:
    wire, vendor = market.operations.wire, f"{ACCOUNTS}/{market.world.vendor.id}"
    before = await dump(market.desk)
    for method, target in (("POST", ACCOUNTS), ("PUT", vendor)):
        answer = await wire.send_form(method, target, VENDOR | {"name": ""}, sent)
        assert list(answer.errors) == ["name", "logo"]
        assert said in answer.errors["logo"][0]
    assert await dump(market.desk) == before


async def test_two_logos_are_one_too_many(market: Market) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a"\r\n\r\n%s\r\n'
    logos = part % (b"logo", picture()) * 2
    for body, field in (
        (logos, "account"),
        (logos + part.replace(b"; filename", b"; other") % (b"account", b"{}"), "logo"),
    ):
        kind = READS | {"Content-Type": "multipart/form-data; boundary=x"}
        answer = await market.operations.wire.send(
            "PUT", f"{ACCOUNTS}/{market.world.vendor.id}", body + b"--x--\r\n", kind
        )
        assert list(answer.errors) == [field]


async def put(
    market: Market, account_id: str, account: object, sent: bytes | None = None
) -> str | None:
    """What the answer to a change says of the account's icon."""
    answer = await market.operations.wire.send_form(
        "PUT", f"{ACCOUNTS}/{account_id}", account, sent
    )
    assert answer.status == 200, answer.body
    icon: str | None = answer.json["icon"]
    return icon


async def logo(market: Market, account_id: str) -> str:
    """The name of the kept file."""
    return await market.desk.accounts.logo(account_id)
