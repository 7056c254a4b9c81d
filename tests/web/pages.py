"""What tests look for in pages, and what they send to them."""

import html
import re
from collections.abc import Sequence
from typing import Final

from server.desk import Desk
from server.services.tokens.views import TokenView
from tests.support.world import World

LIST: Final = "/settings/api-tokens"
PARTIAL: Final = {
    "HX-Request": "true",
    "HX-Request-Type": "partial",
    "HX-Current-URL": f"http://desk.test{LIST}",
}
"""What htmx sends from the tokens page."""


async def make(
    desk: Desk, world: World, name: str = "Robot", modules: Sequence[str] = ("MOD-2001",)
) -> TokenView:
    """A token of the client account."""
    return (await desk.tokens.create(world.admin, name=name, module_ids=modules)).token


def names_in(page: str) -> list[str]:
    """The names of the tokens in the grid, in their order."""
    link = r'<a class="clamp" href="/settings/api-tokens/TKN-[0-9-]+"[^>]*>(.*?)</a>'
    found = re.findall(link, page)
    return [html.unescape(name) for name in found]


def text_of(page: str) -> str:
    """The page's text, its white space folded."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
