"""States of signing in, the audit trail, the account, its users, administration and GraphiQL."""

import secrets
from typing import Final

from tests.ui_review.scene import LATE, NOBODY, NORA, OLIVER, SARAH, VIOLET, WANDA
from tests.ui_review.states import DIALOG, Scripts, Stage, State, Step, click, fill, go, menu, see

TRAIL: Final = "/settings/audit-trail"
OBJECT: Final = TRAIL + "?object={price}"
ACCOUNT: Final = "/settings/account"
USERS: Final = "/settings/users"
PROFILE: Final = "/settings/profile"
INVITATIONS: Final = "/settings/invitations"
ACCOUNTS: Final = "/administration/accounts"
ONE_ACCOUNT: Final = ACCOUNTS + "/{empty_account}"


def _pages(*named: tuple[str, str, str]) -> tuple[State, ...]:
    return tuple(State(name, who, (go(path),)) for name, who, path in named)


def _dialog(name: str, who: str, page: str, presses: tuple[Step, ...], path: str) -> list[State]:
    """Over its page; and as a page of its own, which is what it is without scripts."""
    over = State(name, who, (go(page), *presses, see(f"{DIALOG}:modal")), Scripts.NEEDED)
    return [over, State(f"{name}-page", who, (go(path), see(DIALOG)), Scripts.OFF)]


async def _address_of_its_own(stage: Stage) -> None:
    """Nobody is invited twice, so each visit invites somebody else."""
    await stage.page.fill("#f-email", f"new-{secrets.token_hex(4)}@people.example")


SIGNING_IN: Final = (
    *_pages(
        ("sign-in", NOBODY, "/sign-in"),
        ("sign-in-link", NOBODY, "/sign-in/link/{link}"),
        ("sign-in-link-invited", NOBODY, "/sign-in/link/{invitation}"),
        ("sign-in-link-of-another", VIOLET, "/sign-in/link/{invitation}"),
        ("sign-in-link-to-accept", SARAH, "/sign-in/link/{offer}"),
        ("sign-in-link-dead", NOBODY, "/sign-in/link/used-or-unknown"),
    ),
    State(
        "sign-in-wrong",
        NOBODY,
        (
            go("/sign-in"),
            fill("#f-email", "nobody@stark.example"),
            fill("#f-password", "wrong"),
            click("main button"),
            see("[role=alert]"),
        ),
    ),
    State(
        "sign-in-link-short-password",
        NOBODY,
        (
            go("/sign-in/link/{link}"),
            fill("#f-password", "short"),
            click("main button"),
            see("[role=alert]"),
        ),
    ),
)

RECORDS: Final = (
    *_pages(
        ("trail", SARAH, TRAIL),
        ("trail-filtered", SARAH, f"{TRAIL}?event=token.disabled"),
        ("trail-no-match", SARAH, f"{TRAIL}?object=TKN-0000-0000"),
        ("trail-ignored", SARAH, f"{TRAIL}?from=yesterday&page=x"),
        ("trail-operations", OLIVER, TRAIL),
        ("trail-viewer", VIOLET, TRAIL),
    ),
    State("trail-export", SARAH, (go(TRAIL), click("#open-export"), see(":popover-open"))),
    *_dialog("trail-filter", SARAH, TRAIL, (click("#open-record-filter"),), f"{TRAIL}/filter"),
    *_dialog("record", SARAH, OBJECT, (click("#view-{record}"),), TRAIL + "/{record}"),
)

PEOPLE: Final = (
    *_pages(
        ("account", SARAH, ACCOUNT),
        ("account-viewer", VIOLET, ACCOUNT),
        ("account-without-modules", NORA, ACCOUNT),
        ("users", SARAH, USERS),
        ("users-viewer", VIOLET, USERS),
        ("profile", SARAH, PROFILE),
        ("profile-viewer", VIOLET, PROFILE),
        ("invitations", SARAH, INVITATIONS),
        ("invitations-none", VIOLET, INVITATIONS),
    ),
    State(
        "profile-error",
        SARAH,
        (go(PROFILE), fill("#f-new_password", "x"), click("#save-password"), see("[role=alert]")),
    ),
    *_dialog(
        "sign-out-everywhere",
        SARAH,
        PROFILE,
        (click("#sign-out-everywhere"),),
        f"{PROFILE}/sign-out-everywhere",
    ),
    State(
        "account-error",
        SARAH,
        (go(ACCOUNT), fill("#f-name", ""), click("main form button"), see("[role=alert]")),
    ),
    State("users-menu", SARAH, (go(USERS), click("#menu-{ines}"), see(":popover-open"))),
    *_dialog(
        "account-reveal", SARAH, ACCOUNT, (click("#change-reveal"),), f"{ACCOUNT}/reveal/once"
    ),
    *_dialog("invite", SARAH, USERS, (click("#invite"),), f"{USERS}/invite"),
    *_dialog(
        "user-deactivate",
        SARAH,
        USERS,
        menu("#menu-{ines}", "Deactivate"),
        USERS + "/{ines}/deactivate",
    ),
    *_dialog(
        "user-role",
        SARAH,
        USERS,
        menu("#menu-{ines}", "administrator"),
        USERS + "/{ines}/role/administrator",
    ),
    *_dialog("user-link", SARAH, USERS, menu("#menu-{ines}", "link"), USERS + "/{ines}/link"),
    State("invite-error", SARAH, (go(f"{USERS}/invite"), click("#dialog-do"), see("[role=alert]"))),
    State(
        "invited",
        WANDA,
        (
            go(f"{USERS}/invite"),
            fill("#f-name", "New Person"),
            _address_of_its_own,
            click("#dialog-do"),
            see("#sign-in-link"),
        ),
    ),
)

OPERATING: Final = (
    *_pages(("accounts", OLIVER, ACCOUNTS), ("one-account", OLIVER, ONE_ACCOUNT)),
    State(
        "accounts-menu",
        OLIVER,
        (go(ACCOUNTS), click("#menu-{empty_account}"), see(":popover-open")),
    ),
    *_dialog("account-create", OLIVER, ACCOUNTS, (click("#create-account"),), f"{ACCOUNTS}/new"),
    *_dialog(
        "account-disable", OLIVER, ONE_ACCOUNT, (click("#move-account"),), f"{ONE_ACCOUNT}/disable"
    ),
    State(
        "account-create-error",
        OLIVER,
        (go(f"{ACCOUNTS}/new"), click("#dialog-do"), see("[role=alert]")),
    ),
)

DESIGN: Final = (
    *_pages(("design", SARAH, "/design"), ("design-viewer", VIOLET, "/design?size=12")),
    State("design-error", SARAH, (go("/design"), click("#send"), see("[role=alert]"))),
    State(
        "design-menu", SARAH, (go("/design"), click("#menu-TKN-0000-0001"), see(":popover-open"))
    ),
    State("design-popover", SARAH, (go("/design"), click("#open-dark"), see(":popover-open"))),
    State("design-page", SARAH, (go("/design"), click("#pager-next"), see("#pager-previous"))),
    *_dialog("design-ask", SARAH, "/design", (click("#ask-typed"),), "/design/ask/typed"),
    *_dialog("design-choice", SARAH, "/design", (click("#ask-choice"),), "/design/ask/choice"),
)

EXPLORER: Final = (
    State("explorer", SARAH, (go("/graphql"), see(".graphiql-container")), Scripts.NEEDED),
    State("explorer-nobody", NOBODY, (go("/graphql"), see(".graphiql-container")), Scripts.NEEDED),
    State("explorer-plain", LATE, (go("/graphql"), see("main")), Scripts.OFF),
)
