"""States in which the product says no, each provoked as a person would meet it."""

from typing import Final

from tests.audit.scene import LOCKED, NOBODY, SARAH, VIOLET, WANDA
from tests.audit.states import LIST, Scripts, Stage, State, click, fill, go, see

PAGE: Final = see(".error-page")
TOO_LONG: Final = "x" * 1_100_000
"""More than a form may have in all."""


async def _session_ends(stage: Stage) -> None:
    await stage.page.context.clear_cookies()


async def _enable_what_is_enabled(stage: Stage) -> None:
    """The dialog stands open while somebody else does the same."""
    token = stage.scene.made.spare.pop()
    address = stage.scene.address(f"{LIST}/{token}")
    await stage.page.goto(f"{address}/disable")
    assert (await stage.page.request.post(f"{address}/disable")).ok


def _page(status: str, who: str, path: str) -> State:
    return State(f"error-{status}", who, (go(path), PAGE))


def _failing(status: str, path: str) -> State:
    return State(f"error-{status}", SARAH, (go(path), PAGE), failing=True)


ERRORS: Final = (
    _page("403", VIOLET, LIST + "/{crm}/edit"),
    _page("404", SARAH, "/nowhere"),
    _page("404-nobody", NOBODY, "/nowhere"),
    _page("404-token", SARAH, f"{LIST}/TKN-0000-0000"),
    _page("404-operations-only", SARAH, "/administration/accounts"),
    _page("405", SARAH, "/sign-out"),
    State(
        "error-401",
        WANDA,
        (go("/settings/account"), _session_ends, click("main form button"), PAGE),
        alone=True,
    ),
    State("error-409", SARAH, (_enable_what_is_enabled, click("#dialog-do"))),
    State(
        "error-429",
        NOBODY,
        (
            go("/sign-in"),
            fill("#f-email", LOCKED),
            fill("#f-password", "guess"),
            click("main button"),
            see("[role=alert]"),
        ),
    ),
    _failing("500", "/settings/audit-trail"),
    _failing("503", LIST),
    State(
        "error-503-in-the-page",
        SARAH,
        (
            go("/settings/account"),
            click("#change-reveal"),
            fill("#f-typed", "Stark Industries"),
            click("#dialog-do"),
            see(".status:not(:empty)"),
        ),
        Scripts.NEEDED,
        failing=True,
    ),
)
