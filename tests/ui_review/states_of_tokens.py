"""States of the tokens page, of a token's own page, and of the dialogs over both."""

from typing import Final

from tests.ui_review.scene import ERIN, LATE, NORA, OLIVER, SARAH, VIOLET
from tests.ui_review.states import (
    DIALOG,
    LIST,
    Scripts,
    Stage,
    State,
    Step,
    click,
    fill,
    go,
    menu,
    see,
)

ONE: Final = f"{LIST}?search=CRM"
TOKEN: Final = LIST + "/{crm}"
POPOVER: Final = ":popover-open"


async def _fill_password(stage: Stage) -> None:
    await stage.page.fill("#f-password", "not the password")


async def _spare_token(stage: Stage) -> None:
    await stage.page.goto(stage.scene.address(f"{LIST}/{stage.scene.made.spare.pop()}/rotate"))


async def _two_spare_rows(stage: Stage) -> None:
    for box in await stage.page.locator("[name=ids]").all():
        if await stage.page.locator("[name=ids]:checked").count() < 2:
            await box.check()


def _pages(*named: tuple[str, str, str]) -> tuple[State, ...]:
    return tuple(State(name, who, (go(path),)) for name, who, path in named)


def _popovers(*named: tuple[str, str, str]) -> tuple[State, ...]:
    """They open without scripts, too."""
    return tuple(
        State(name, SARAH, (go(path), click(button), see(POPOVER))) for name, path, button in named
    )


def _dialogs(name: str, who: str, page: str, button: str, path: str) -> tuple[State, State]:
    """Over its page; and as a page of its own, which is what it is without scripts."""
    *opened, words = button.split(" > ")
    presses = menu(opened[0], words) if opened else (click(words),)
    over = State(name, who, (go(page), *presses, see(f"{DIALOG}:modal")), Scripts.NEEDED)
    return over, State(f"{name}-page", who, (go(path), see(DIALOG)), Scripts.OFF)


def _over(name: str, *steps: Step) -> State:
    return State(name, SARAH, steps, Scripts.NEEDED)


GRID: Final = (
    *_pages(
        ("grid", SARAH, LIST),
        ("grid-sorted-page-2", SARAH, f"{LIST}?sort=name&page=2"),
        ("grid-filtered", SARAH, f"{LIST}?search=r&status=active&status=expired&module=MOD-1425"),
        ("grid-few-rows", SARAH, f"{LIST}?search=price list"),
        ("grid-no-match", SARAH, f"{LIST}?search=zzzz"),
        ("grid-ignored", SARAH, f"{LIST}?sort=nothing&page=x&rows=7"),
        (
            "grid-all-columns",
            SARAH,
            f"{LIST}?rows=10"
            + "".join(
                f"&column={each}"
                for each in (
                    "modules",
                    "created_by",
                    "created_at",
                    "last_access",
                    "updated_at",
                    "expires_at",
                    "status",
                )
            ),
        ),
        ("grid-long-name", SARAH, f"{LIST}?search=berlange"),
        ("grid-viewer", VIOLET, LIST),
        ("grid-operations", OLIVER, LIST),
        ("grid-empty", ERIN, LIST),
        ("grid-empty-without-modules", NORA, LIST),
    ),
    *_popovers(
        ("grid-row-menu", ONE, "#menu-{crm}"),
        ("grid-row-modules", f"{LIST}?search=warehouse", "[popovertarget='modules-{data}']"),
        ("grid-sort-menu", ONE, "#open-sort"),
        ("grid-columns", ONE, "#open-columns"),
        ("grid-rows-menu", LIST, "#open-sizes"),
        ("account-menu", ONE, ".who"),
    ),
    *_dialogs("grid-filter", SARAH, ONE, "#open-filter", f"{LIST}/filter?search=CRM"),
    *_dialogs("grid-views", SARAH, ONE, "#open-views", f"{LIST}/views?search=CRM"),
    _over(
        "grid-views-error",
        go(ONE),
        click("#open-views"),
        click("text=Save view"),
        see("[role=alert]"),
    ),
    _over(
        "grid-views-saved",
        go(ONE),
        click("#open-views"),
        fill("#f-name", "Only the CRM"),
        click("text=Save view"),
        see("#status:not(:empty)"),
        click("#open-views"),
        see(".views a >> text=Only the CRM"),
    ),
    _over("grid-selected", go(f"{LIST}?rows=10"), _two_spare_rows, see("#bulk-disable")),
    _over(
        "bulk-disable",
        go(f"{LIST}?rows=10"),
        _two_spare_rows,
        click("#bulk-disable"),
        see(f"{DIALOG}:modal"),
    ),
    _over(
        "bulk-delete",
        go(f"{LIST}?rows=10"),
        _two_spare_rows,
        click("#bulk-delete"),
        see(f"{DIALOG}:modal"),
    ),
    _over(
        "bulk-all-found",
        go(f"{LIST}?search=r&rows=10"),
        click("#pick-page"),
        click("#pick-all-found"),
        click("#bulk-enable"),
        see(f"{DIALOG}:modal"),
    ),
    _over(
        "bulk-everything",
        go(f"{LIST}?rows=10"),
        click("#pick-page"),
        click("#pick-all-found"),
        click("#bulk-enable"),
        see(f"{DIALOG}:modal"),
    ),
)

DETAILS: Final = (
    *_pages(
        ("token", SARAH, TOKEN),
        ("token-modules", SARAH, f"{TOKEN}/modules"),
        ("token-details", SARAH, f"{TOKEN}/details"),
        ("token-usage", SARAH, f"{TOKEN}/usage"),
        ("token-usage-30-days", SARAH, f"{TOKEN}/usage?range=30d"),
        ("token-usage-never", SARAH, LIST + "/{partner}/usage"),
        ("token-audit-trail", SARAH, f"{TOKEN}/audit-trail"),
        ("token-expired", SARAH, LIST + "/{load}"),
        ("token-expiring", SARAH, LIST + "/{audit}"),
        ("token-disabled", SARAH, LIST + "/{chat}"),
        ("token-rotated", SARAH, LIST + "/{rotated}"),
        ("token-longest", SARAH, LIST + "/{longest}"),
        ("token-viewer", VIOLET, TOKEN),
    ),
    *_popovers(("token-menu", TOKEN, "#token-menu")),
    State("token-value-shown", SARAH, (go(TOKEN), click("#secret-toggle"), see("#secret"))),
    State(
        "token-value-asks-password", LATE, (go(TOKEN), click("#secret-toggle"), see("#f-password"))
    ),
    State(
        "token-value-wrong-password",
        LATE,
        (
            go(TOKEN),
            click("#secret-toggle"),
            _fill_password,
            click("#secret button[type=submit]"),
            see("#e-password"),
        ),
    ),
    *_dialogs("token-disable", SARAH, TOKEN, "#token-menu > Disable", f"{TOKEN}/disable"),
    *_dialogs(
        "token-enable", SARAH, LIST + "/{chat}", "#token-menu > Enable", LIST + "/{chat}/enable"
    ),
    *_dialogs("token-delete", SARAH, TOKEN, "#token-menu > Delete", f"{TOKEN}/delete"),
    *_dialogs("token-rotate", SARAH, TOKEN, "#token-menu > Rotate", f"{TOKEN}/rotate"),
    *_dialogs(
        "token-end-grace", SARAH, LIST + "/{rotated}", "#end-grace", LIST + "/{rotated}/end-grace"
    ),
    State(
        "token-delete-wrong",
        SARAH,
        (go(f"{TOKEN}/delete"), click("#dialog-do"), see("[role=alert]")),
    ),
    State("token-rotated-value", SARAH, (_spare_token, click("#dialog-do"), see("#secret-value"))),
    *_dialogs("grid-row-delete", SARAH, ONE, "#menu-{crm} > Delete", f"{TOKEN}/delete"),
)
