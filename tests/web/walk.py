"""The wizard's requests, as a browser without scripts sends them."""

import re
from collections.abc import Mapping
from typing import Final

import httpx

NEW: Final = "/settings/api-tokens/new"


async def begin(client: httpx.AsyncClient) -> str:
    """Press Add; the address of the new draft."""
    answer = await client.get(NEW)
    assert answer.status_code == 303
    general: str = answer.headers["location"]
    assert re.fullmatch(NEW + r"/DRF(-[0-9]{4}){4}/general", general)
    return general.removesuffix("/general")


async def walk_to_overview(
    client: httpx.AsyncClient, module_ids: list[str], name: str = "Robot"
) -> str:
    """A draft whose steps 1 and 2 are done; its address."""
    draft = await begin(client)
    await send(client, f"{draft}/general", {"version": "0", "name": name}, to=f"{draft}/modules")
    form = {"version": "1", "modules": module_ids}
    await send(client, f"{draft}/modules", form, to=f"{draft}/overview")
    return draft


async def send(client: httpx.AsyncClient, url: str, form: Mapping[str, object], *, to: str) -> None:
    """Send a step that must lead on."""
    answer = await client.post(url, data=form)
    assert (answer.status_code, answer.headers.get("location")) == (303, to), answer.text


def version_in(page: str) -> str:
    """The version that a step's form carries."""
    match = re.search(r'name="version" value="(\d+)"', page)
    assert match is not None
    return match[1]


def errors_in(page: str) -> list[str]:
    """The messages of the error summary, in order, as written in HTML."""
    box = re.search(r'class="summary-box bad".*?</div>', page, re.DOTALL)
    return re.findall(r"<li>(?:<a [^>]*>)?(.*?)(?:</a>)?</li>", box[0]) if box else []
