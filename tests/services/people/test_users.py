"""People: made by Operations, told apart by e-mail, let in by one-time links."""

from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, Role
from server.domain.errors import FieldErrors, Invalid, NotAllowed, NotFound, Taken
from server.models.accounts import SignInLink, User
from server.services.people.users import email_key, validate_email_address
from server.services.people.views import MembershipView, UserView
from tests.support.evidence import dump, holds, last_record, records
from tests.support.world import World

ADMINISTRATOR = Role.ADMINISTRATOR


async def test_create(desk: Desk, world: World) -> None:
    user = await desk.users.create(
        world.operations_admin, " Eve@Client.EXAMPLE ", " Eve ", world.client.id, Role.VIEWER
    )
    membership = MembershipView(world.client, Role.VIEWER)
    assert user == UserView(
        user.id, "Eve@client.example", "Eve", active=True, memberships=(membership,)
    )
    [record] = await records(desk, of=user.id)
    assert (record.event, record.chain, record.object_name) == (
        "user.created",
        world.client.id,
        "Eve",
    )
    assert (record.before, record.after) == (
        None,
        {"email": "Eve@client.example", "name": "Eve", "role": "viewer"},
    )
    assert (await User.get(id=user.id)).password_hash is None


async def test_a_password_is_kept_as_argon2id_alone(desk: Desk, world: World) -> None:
    user = await User.get(email_key=world.admin_email)
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$v=19$")
    assert not holds(await dump(desk), world.password)


@pytest.mark.parametrize("password", ["", "x" * 11, "x" * 1_001])
async def test_a_password_has_12_to_1000_characters(
    desk: Desk, world: World, password: str
) -> None:
    before = await dump(desk)
    with pytest.raises(Invalid, match="A password needs 12 to 1,000 characters") as refusal:
        await desk.users.create(
            OPERATOR, "eve@client.example", "Eve", world.client.id, Role.VIEWER, password
        )
    assert refusal.value.path == ("password",)
    assert await dump(desk) == before


@pytest.mark.parametrize("password", ["x" * 12, "é" * 1_000, "nul\x00" * 3, "\ud83d" * 12])
async def test_any_password_of_that_length_works(desk: Desk, world: World, password: str) -> None:
    email = "eve@client.example"
    await desk.users.create(OPERATOR, email, "Eve", world.client.id, Role.VIEWER, password)
    assert await desk.sessions.sign_in(email, password, world.admin.origin)


@pytest.mark.parametrize(
    "email",
    [
        *("", "eve", "eve@", "@client.example", "a b@c.example", "eve@client..example"),
        *("eve@\x00.example", "e\x00ve@client.example", "\ud800@client.example"),
        "eve@" + "x" * 260,
    ],
)
async def test_what_is_no_email_is_refused(desk: Desk, world: World, email: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await desk.users.create(OPERATOR, email, "", world.client.id, ADMINISTRATOR)
    assert [complaint.path for complaint in refusal.value.field_errors] == [("email",), ("name",)]


async def test_only_operations_makes_people(desk: Desk, world: World) -> None:
    before = await dump(desk)
    for actor in (world.admin, world.viewer, world.other_admin):
        with pytest.raises(NotAllowed):
            await desk.users.create(actor, "eve@x.example", "Eve", world.client.id, Role.VIEWER)
        with pytest.raises(NotAllowed):
            await desk.users.create_sign_in_link(actor, world.admin_email)
    with pytest.raises(NotFound, match="There is no account ACC-0000-0000"):
        await desk.users.create(OPERATOR, "eve@x.example", "Eve", "ACC-0000-0000", Role.VIEWER)
    assert await dump(desk) == before


@pytest.mark.parametrize(
    "spelling", ["ada@client.example", "ADA@CLIENT.EXAMPLE", " Ada@client.Example "]
)
async def test_a_known_email_joins_a_further_account_unchanged(
    desk: Desk, world: World, spelling: str
) -> None:
    user = await desk.users.create(
        OPERATOR, spelling, "Somebody", world.vendor.id, Role.VIEWER, "another password"
    )
    assert (user.id, user.name, user.email) == (world.admin.id, "Ada Admin", world.admin_email)
    assert user.memberships == (MembershipView(world.vendor, Role.VIEWER),)
    record = await last_record(desk, world.vendor.id)
    assert (record.event, record.object_id, record.after) == (
        "user.joined",
        world.admin.id,
        {"email": world.admin_email, "role": "viewer"},
    )
    assert await desk.sessions.sign_in(world.admin_email, world.password, world.admin.origin)
    joined = await dump(desk)
    with pytest.raises(Taken, match=r"ada@client\.example belongs to Violet Vendor already"):
        await desk.users.create(OPERATOR, spelling, "Ada", world.vendor.id, ADMINISTRATOR)
    assert await dump(desk) == joined


async def test_a_link_is_kept_only_as_a_digest(desk: Desk, world: World) -> None:
    link, expires_at = await desk.users.create_sign_in_link(
        world.operations_admin, world.admin_email.upper()
    )
    assert expires_at == desk.clock() + timedelta(minutes=10)
    assert len(link) == 32
    assert not holds(await dump(desk), link)
    record = await last_record(desk, "platform")
    assert (record.event, record.object_id, record.before, record.after) == (
        "user.sign_in_link_created",
        world.admin.id,
        None,
        None,
    )


async def test_a_newer_link_ends_older_ones_of_the_same_person(desk: Desk, world: World) -> None:
    await desk.users.create_sign_in_link(OPERATOR, world.viewer_email)
    await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    owners = await SignInLink.all().order_by("user_id").values_list("user_id", flat=True)
    assert list(map(str, owners)) == sorted([world.viewer.id, world.admin.id])


@pytest.mark.parametrize("email", ["nobody@client.example", "", "\x00", "\ud800", "x" * 9_999])
async def test_a_link_is_for_active_people_alone(desk: Desk, world: World, email: str) -> None:
    await User.filter(id=world.viewer.id).update(active=False)
    before = await dump(desk)
    for wanted in (email, world.viewer_email):
        with pytest.raises(NotFound, match="There is no active user"):
            await desk.users.create_sign_in_link(OPERATOR, wanted)
    assert await dump(desk) == before


def test_an_address_that_is_too_long_is_wrong_unlooked_at() -> None:
    field_errors = FieldErrors()
    assert (
        validate_email_address("a" + "\u0301\u0323" * 500_000 + "@example.com", field_errors) == ""
    )
    assert [each.message for each in field_errors.found] == [
        "Enter an e-mail address: It has more than 320 characters."
    ]
    assert email_key("a" * 321) == ""
    assert email_key("a" + "\u0301\u0323" * 500_000) == ""
