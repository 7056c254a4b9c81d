"""Pages in the reader's language: which one, where it is said, and that none gets another's."""

import asyncio
import json
import re
from collections.abc import Callable

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.i18n.language import Language
from tests.support.evidence import dump, last_record
from tests.support.serving import serving
from tests.support.world import World
from tests.web.conftest import PARTIAL, SignIn
from tests.web.pages import LIST, make, text_of
from tests.web.walk import begin, errors_in

ACCOUNT = "/settings/account"
DE, EN = {"Accept-Language": "de"}, {"Accept-Language": "en"}
GERMAN, ENGLISH = Language.GERMAN, Language.ENGLISH
# fmt: off
MONTHS = ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni",
          "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.")
# fmt: on


def language_of(answer: httpx.Response) -> str:
    """The language that a page is in, as its head, its element and its text agree."""
    match = re.search(r'<html lang="(\w+)">', answer.text)
    assert match is not None
    assert answer.headers["content-language"] == match[1]
    assert "Accept-Language" in answer.headers["vary"].split(", ")
    return match[1]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr,de;q=0.2", "de"),
        ("fr", "en"),
        ("%s;q=oops", "en"),
    ],
)
async def test_a_page_is_in_the_language_that_the_browser_asks_for(
    nobody: httpx.AsyncClient, accepted: str | None, language: str
) -> None:
    headers = {} if accepted is None else {"Accept-Language": accepted}
    page = await nobody.get("/sign-in", headers=headers)
    assert language_of(page) == language
    title = {"en": "Sign in - Tokendesk", "de": "Anmelden - Tokendesk"}[language]
    assert f"<title>{title}</title>" in page.text


async def test_the_account_decides_before_the_browser(
    sign_in: SignIn, desk: Desk, world: World
) -> None:
    ours, theirs = await sign_in(world.admin_email), await sign_in(world.other_admin_email)
    await desk.accounts.set_language(world.admin, world.client.id, GERMAN)
    assert language_of(await ours.get(LIST, headers=EN)) == "de"
    assert language_of(await theirs.get(LIST, headers=EN)) == "en"
    assert language_of(await theirs.get(LIST, headers=DE)) == "de"
    await desk.accounts.set_language(world.admin, world.client.id, ENGLISH)
    assert language_of(await ours.get(LIST, headers=DE)) == "en"
    await desk.accounts.set_language(world.admin, world.client.id, Language.AUTOMATIC)
    assert language_of(await ours.get(LIST, headers=DE)) == "de"


async def test_an_administrator_chooses_it_and_is_told_so_in_it(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    assert (
        '<option value="automatic" selected>Automatic</option>' in (await admin.get(ACCOUNT)).text
    )
    answer = await admin.post(f"{ACCOUNT}/language", data={"language": "de"})
    assert (answer.status_code, answer.headers["location"]) == (303, ACCOUNT)
    page = (await admin.get(ACCOUNT)).text
    assert "Die Sprache wurde geändert." in text_of(page)
    assert '<option value="de" selected>Deutsch</option>' in page
    record = await last_record(desk, world.client.id)
    assert (record.event, record.actor_id) == ("account.language_changed", world.admin.id)
    assert (record.before, record.after) == ({"language": "automatic"}, {"language": "de"})
    trail = text_of((await admin.get("/settings/audit-trail")).text)
    assert (
        "Die Sprache von Blue Client wurde geändert: Sprache von Automatisch auf Deutsch" in trail
    )
    back = await admin.post(f"{ACCOUNT}/language", data={"language": "automatic"}, headers=EN)
    assert back.status_code == 303
    assert "The language was changed." in (await admin.get(ACCOUNT, headers=EN)).text


async def test_a_language_that_is_none_of_them_changes_nothing(
    admin: httpx.AsyncClient, viewer: httpx.AsyncClient, desk: Desk
) -> None:
    before = await dump(desk)
    for named in ("fr", "", "DE"):
        wrong = await admin.post(f"{ACCOUNT}/language", data={"language": named}, headers=DE)
        assert wrong.status_code == 422
        assert errors_in(wrong.text) == ["Wählen Sie eine Sprache."]
    refused = await viewer.post(f"{ACCOUNT}/language", data={"language": "de"}, headers=DE)
    assert refused.status_code == 403
    assert "Das dürfen nur Administratoren des Kontos. Sie sind Betrachter." in refused.text
    assert "f-language" not in (await viewer.get(ACCOUNT)).text
    assert await dump(desk) == before


async def test_what_is_wrong_in_a_form_is_said_in_it(
    admin: httpx.AsyncClient, nobody: httpx.AsyncClient, world: World
) -> None:
    draft = await begin(admin)
    form = {"version": "0", "name": "", "expires_at": "2001-02-03T04:05"}
    answer = await admin.post(f"{draft}/general", data=form, headers=DE)
    assert answer.status_code == 422
    name, expiry = errors_in(answer.text)
    assert name == "Geben Sie einen Namen für das API-Token ein."
    now = r"\d{1,2}\. \w+\.? \d{4}, \d\d:\d\d UTC"
    said = rf"Der Ablauf muss in der Zukunft liegen; jetzt ist es {now}\."
    assert re.fullmatch(said, expiry)
    long = await admin.post(ACCOUNT, data={"name": "x" * 1256}, headers=DE)
    assert errors_in(long.text) == [
        "Ein Kontoname kann höchstens 255 Zeichen haben; hier sind es 1.256."
    ]
    wrong = {"email": world.admin_email, "password": "wrong"}
    refused = await nobody.post("/sign-in", data=wrong, headers=DE)
    assert errors_in(refused.text) == ["Die E-Mail-Adresse oder das Passwort ist falsch."]


async def test_dialogs_and_what_follows_them_are_in_it(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world)
    url = f"{LIST}/{token.id}"
    asked = await admin.get(f"{url}/delete", headers=PARTIAL | DE)
    assert asked.headers["content-language"] == "de"
    assert "Robot löschen?" in asked.text
    assert "Geben Sie zum Löschen den Namen ein" in asked.text
    wrong = await admin.post(f"{url}/delete", data={"typed": "x"}, headers=PARTIAL | DE)
    assert "Geben Sie zum Löschen den Namen des API-Tokens ein: Robot" in wrong.text
    done = await admin.post(f"{url}/disable", headers=PARTIAL | DE)
    assert (
        "Robot ist deaktiviert. Ab jetzt wird es abgewiesen."
        in json.loads(done.headers["hx-trigger"])["done"]["text"]
    )
    again = await admin.post(f"{url}/disable", headers=PARTIAL | DE)
    assert again.status_code == 409
    said = f"Das API-Token {token.id} ist deaktiviert; es kann nicht deaktiviert werden."
    assert said in again.text


async def test_error_pages_are_in_it(admin: httpx.AsyncClient, nobody: httpx.AsyncClient) -> None:
    missing = await admin.get(f"{LIST}/TKN-0000-0001", headers=DE)
    assert (missing.status_code, language_of(missing)) == (404, "de")
    assert "Es gibt kein API-Token TKN-0000-0001." in missing.text
    foreign = await nobody.post("/sign-in", headers=DE | {"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, language_of(foreign)) == (403, "de")
    assert "<title>Nicht erlaubt - Tokendesk</title>" in foreign.text


async def test_the_explorer_is_in_it(nobody: httpx.AsyncClient) -> None:
    page = await nobody.get("/graphql", headers=DE | {"Accept": "text/html"})
    assert (page.status_code, language_of(page)) == (200, "de")
    assert "<title>API-Explorer - Tokendesk</title>" in page.text


async def test_moments_are_written_in_it(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world)
    page = text_of((await admin.get(LIST, headers=DE)).text)
    at = token.created_at
    assert f"{at.day}. {MONTHS[at.month - 1]} {at.year} {at:%H:%M} UTC" in page
    english = text_of((await admin.get(LIST, headers=EN)).text)
    assert f"{at.day} {at:%b} {at.year} {at:%H:%M} UTC" in english


async def test_what_programs_are_told_stays_english(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    await desk.accounts.set_language(OPERATOR, world.client.id, GERMAN)
    minted = await desk.tokens.create(world.admin, name="R", module_ids=["MOD-1756"])
    assert minted.secret is not None
    bearer = DE | {"Authorization": f"Bearer {minted.secret.reveal()}"}
    document = (
        'mutation { createApiToken(input: {name: "", moduleIds: []}) {'
        " ... on ValidationError { message } } }"
    )
    for headers in (DE, bearer):  # a person's session, and a program's token
        answer = await admin.post("/graphql", json={"query": document}, headers=headers)
        [refused] = answer.json()["data"].values()
        assert refused == {"message": "Enter an API token name. Select at least one module."}
    missing = "/public/v1/accounts/api-tokens/TKN-0000-0001"
    problem = (await admin.get(missing, headers=bearer)).json()
    assert "There is no " in str(problem)
    unknown = await admin.get("/verify", headers=DE | {"Authorization": "Bearer idt:TKN-1"})
    assert "invalid_token" in unknown.headers["www-authenticate"]


async def test_requests_at_the_same_time_keep_their_languages(
    desk: Desk, world: World, sign_in: SignIn
) -> None:
    person = await sign_in(world.admin_email)
    await make(desk, world)
    cookies = dict(person.cookies)
    async with serving(desk) as url, httpx.AsyncClient(base_url=url, cookies=cookies) as web:

        async def ask(language: str) -> str:
            answer = await web.get(LIST, headers={"Accept-Language": language})
            assert ("Erstellt am" in answer.text) is (language == "de")
            return language_of(answer)

        asked = ["de", "en", "de", "de", "en", "en"] * 5
        assert await asyncio.gather(*map(ask, asked)) == asked
        assert [await ask(each) for each in asked[:6]] == asked[:6]  # on connections that are kept


async def test_a_request_without_a_wish_does_not_get_the_last_one(
    browser: Callable[[], httpx.AsyncClient],
) -> None:
    client = browser()
    assert language_of(await client.get("/sign-in", headers=DE)) == "de"
    assert language_of(await client.get("/sign-in")) == "en"
