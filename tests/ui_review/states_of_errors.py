"""States in which the product says no, each provoked as a person would meet it."""

from typing import Final

from tests.ui_review.scene import LOCKED, NOBODY, SARAH, VIOLET, WANDA
from tests.ui_review.states import LIST, Scripts, Stage, State, click, fill, go, see

PAGE: Final = see(".error-page")


async def _session_ends(stage: Stage) -> None:
    await stage.page.context.clear_cookies()


async def _enable_what_is_enabled(stage: Stage) -> None:
    """The dialog stands open while somebody else does the same."""
    token = stage.scene.made.spare.pop()
    address = stage.scene.address(f"{LIST}/{token}")
    await stage.page.goto(f"{address}/disable")
    assert (await stage.page.request.post(f"{address}/disable")).ok


async def _break_down(stage: Stage) -> None:
    """From now on a proxy answers in the server's place."""
    await stage.page.route("**/settings/**", lambda route: route.fulfill(status=502))


async def _send_too_much(stage: Stage) -> None:
    await stage.page.evaluate(
        """(text) => {
            const field = document.querySelector("#f-name");
            field.after(Object.assign(document.createElement("input"),
                { type: "hidden", name: "more", value: text }));
            field.form.submit();
        }""",
        "x" * 1_100_000,
    )


async def _ask_for_help(stage: Stage) -> None:
    await stage.page.keyboard.press("?")


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
        (go("/settings/account"), _session_ends, click("main form button"), see("#again")),
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
            see(".failure"),
        ),
        Scripts.NEEDED,
        failing=True,
    ),
    State(
        "error-413",
        SARAH,
        (go("/settings/account"), _send_too_much, PAGE),
    ),
    State(
        "error-502-in-the-wizard",
        SARAH,
        (go(LIST), click("#add"), _break_down, click("#wizard-next"), see(".failure")),
        Scripts.NEEDED,
    ),
    State(
        "error-502-in-the-page",
        SARAH,
        (go(LIST), _break_down, click("#open-filter"), see("#status .button")),
        Scripts.NEEDED,
    ),
    State("shortcuts", SARAH, (go(LIST), _ask_for_help, see("#help")), Scripts.NEEDED),
)
