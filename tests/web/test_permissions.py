"""Who may send which form: each has a row, and every refusal changes nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from server.desk import Desk
from server.domain.actor import Role
from server.domain.token_rules import Grace
from tests.services.evidence import dump
from tests.web.conftest import SignIn
from tests.web.pages import LIST
from tests.world import World

PEOPLE: Final = ("nobody", "viewer", "administrator", "other administrator", "operations")
DONE: Final = 303
SHOWN: Final = 200


@dataclass(frozen=True)
class Form:
    """A form, and the status that each of the five gets; a status below 400 is a permission."""

    answers: tuple[int, int, int, int, int]
    sent: dict[str, object] = field(default_factory=dict)


ROWS: Final[dict[str, Form]] = {
    f"{LIST}/search": Form((401, DONE, DONE, DONE, DONE), {"search": "x", "state": ""}),
    f"{LIST}/views": Form((401, DONE, DONE, DONE, DONE), {"name": "Mine", "state": ""}),
    LIST + "/views/{view:int}": Form((401, SHOWN, SHOWN, SHOWN, SHOWN), {"action": "standard"}),
    # What is not one's own is told of one by one, in a dialog.
    f"{LIST}/bulk": Form(
        (401, 403, DONE, SHOWN, DONE), {"action": "disable", "ids": "{token}", "confirmed": "1"}
    ),
    LIST + "/new/{draft}/general": Form((401, 403, 409, 404, 404), {"version": "7", "name": "x"}),
    LIST + "/new/{draft}/modules": Form(
        (401, 403, DONE, 404, 404), {"version": "1", "modules": "MOD-2001"}
    ),
    LIST + "/new/{draft}/overview": Form((401, 403, 422, 404, 404), {"version": "1"}),
    LIST + "/new/{draft}/keep": Form((401, 403, DONE, 404, 404)),
    LIST + "/new/{draft}/summary": Form((401, 403, 409, 404, 404)),
    LIST + "/new/{draft}/try": Form((401, 403, 409, 404, 404)),
    LIST + "/new/{draft}/discard": Form((401, 403, DONE, 404, 404)),
    LIST + "/{token}/secret": Form((401, 403, SHOWN, 404, 403)),
    LIST + "/{token}/edit": Form(
        (401, 403, DONE, 404, DONE), {"version": "2", "name": "New", "modules": "MOD-2001"}
    ),
    LIST + "/{token}/enable": Form((401, 403, 409, 404, 409)),
    LIST + "/{token}/disable": Form((401, 403, DONE, 404, DONE)),
    LIST + "/{token}/delete": Form((401, 403, DONE, 404, DONE), {"typed": "Robot"}),
    LIST + "/{token}/rotate": Form((401, 403, SHOWN, 404, 403), {"grace": "1h"}),
    LIST + "/{token}/end-grace": Form((401, 403, DONE, 404, DONE)),
    # These two are about the account one acts for, whichever it is.
    "/settings/account": Form((401, 403, DONE, DONE, DONE), {"name": "New name"}),
    "/settings/account/language": Form((401, 403, DONE, DONE, DONE), {"language": "de"}),
    "/settings/account/reveal/{policy}": Form((401, 403, DONE, 422, 422), {"typed": "Blue Client"}),
    "/settings/users/invite": Form(
        (401, 403, SHOWN, SHOWN, SHOWN), {"email": "n@x.example", "name": "N", "role": "viewer"}
    ),
    "/settings/users/{user}/role/{role}": Form((401, 403, DONE, 404, 404)),
    "/settings/users/{user}/link": Form((401, 403, 409, 404, 404)),
    "/settings/users/{user}/deactivate": Form((401, 403, DONE, 404, 404)),
    "/settings/users/{user}/activate": Form((401, 403, 409, 404, 404)),
    "/settings/invitations/{invitation}/accept": Form((401, 404, DONE, 404, 404)),
    "/settings/invitations/{invitation}/decline": Form((401, 404, DONE, 404, 404)),
    "/sign-in/link/{link}/accept": Form((401, 403, DONE, 403, 403)),
    "/administration/accounts/new": Form(
        (401, 403, 403, 403, DONE), {"name": "N", "type": "client"}
    ),
    "/administration/accounts/{account}/enable": Form((401, 403, 403, 403, 409)),
    "/administration/accounts/{account}/disable": Form((401, 403, 403, 403, DONE)),
    "/administration/accounts/{account}/modules": Form(
        (401, 403, 403, 403, DONE), {"module": "MOD-2001"}
    ),
    # These are there in demos alone: tests/web/test_design.py.
    "/design": Form((404,) * 5),
    "/design/ask/{kind}": Form((404,) * 5),
}
WITHOUT_SIGN_IN: Final = {
    "/sign-in",
    "/sign-in/again",
    "/sign-in/link/{link}",
    "/sign-out",
    "/switch-account",  # the account must be one of the person's own: tests/web/test_sign_in.py
}


def test_every_form_has_a_row(app: Starlette) -> None:
    forms = {
        route.path
        for route in app.routes
        if isinstance(route, Route) and "POST" in (route.methods or ())
    }
    assert forms - WITHOUT_SIGN_IN == set(ROWS)


Send = Callable[[str, str], Awaitable[httpx.Response]]


@pytest.fixture
async def send(
    desk: Desk, world: World, nobody: httpx.AsyncClient, sign_in: SignIn
) -> tuple[Desk, Send]:
    """Sends a form as one of the five; the token has an old secret that works."""
    made = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-2001"])
    await desk.secrets.rotate(world.admin, made.token.id, Grace.ONE_DAY)
    emails = (world.viewer_email, world.admin_email, world.other_admin_email)
    people = [nobody, *[await sign_in(email) for email in (*emails, world.operations_email)]]
    admin = people[2]
    draft = (await admin.get(f"{LIST}/new")).headers["location"].split("/")[-2]
    await admin.post(f"{LIST}/new/{draft}/general", data={"version": "0", "name": "Draft"})
    offer = await desk.members.invite(
        world.other_admin, world.admin_email, "Ada", Role.VIEWER, world.vendor.id
    )
    names = {
        "invitation": offer.member.user.id,
        "link": offer.link,
        "token": made.token.id,
        "draft": draft,
        "user": world.viewer.id,
        "account": world.vendor.id,
        "policy": "once",
        "role": "administrator",
        "kind": "typed",
    }

    async def send(person: str, path: str) -> httpx.Response:
        url = path.replace("{view:int}", "0").format(**names)
        sent = {
            key: text.format(**names) if isinstance(text, str) else text
            for key, text in ROWS[path].sent.items()
        }
        return await people[PEOPLE.index(person)].post(url, data=sent)

    return desk, send


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("path", ROWS)
async def test_who_may_send_it(send: tuple[Desk, Send], path: str, person: str) -> None:
    desk, post = send
    expected = ROWS[path].answers[PEOPLE.index(person)]
    before = await dump(desk)
    answer = await post(person, path)
    assert answer.status_code == expected, answer.text
    if expected >= 400:
        assert await dump(desk) == before
