"""What templates are given: answers of services with labels, tones and addresses made ready."""

import hashlib
from typing import Any, Final

from server.domain.token_rules import TokenStatus
from server.services.answers import AccountInfo, DraftInfo, ModuleInfo, Page, TokenInfo

LIST: Final = "/settings/api-tokens"
HUES: Final = 12
TONES: Final = {TokenStatus.ACTIVE: "ok", TokenStatus.DISABLED: "off", TokenStatus.EXPIRED: "warn"}

Shape = dict[str, Any]


def thing(object_id: str, name: str, logo: str | None = None) -> Shape:
    """Anything with an avatar: its logo, else its initials on a colour derived from its id."""
    return {
        "id": object_id,
        "name": name,
        "logo_url": f"/logos/{logo}" if logo else None,
        "initials": initials(name),
        "hue": hashlib.sha256(object_id.encode()).digest()[0] % HUES + 1,
    }


def initials(name: str) -> str:
    """One or two characters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()] or [name.strip() or "?"]
    return "".join(word[0] for word in words[:2]).upper()


def account(info: AccountInfo) -> Shape:
    """An account with its status."""
    status = (
        {"label": "Active", "tone": "ok"} if info.active else {"label": "Disabled", "tone": "off"}
    )
    return thing(info.id, info.name) | {"type": info.type.label, "status": status}


def modules(infos: tuple[ModuleInfo, ...]) -> list[Shape]:
    """Modules by id and name."""
    return [{"id": module.id, "name": module.name} for module in infos]


def token(info: TokenInfo) -> Shape:
    """A token as the grid, the details page and the Summary show it."""
    return thing(info.id, info.name, info.logo) | {
        "url": f"{LIST}/{info.id}",
        "description": info.description,
        "module": modules(info.modules)[0] if len(info.modules) == 1 else None,
        "modules": modules(info.modules),
        "modules_label": f"{len(info.modules)} modules",
        "created_by": thing(info.created_by.id, info.created_by.name),
        "created_at": info.created_at,
        "last_access_at": info.last_access_at,
        "expires_at": info.expires_at,
        "status": {"label": info.status.label, "tone": TONES[info.status]},
        "account": account(info.account),
    }


def grid(page: Page[TokenInfo], *, show_account: bool) -> Shape:
    """A page of tokens with the ways to its neighbours."""
    url = f"{LIST}?rows={page.size}&page="
    rows = f"{page.total} {'row' if page.total == 1 else 'rows'}"
    return {
        "rows": [token(info) for info in page.items],
        "total_label": rows,
        "rows_label": f"{page.first_row}-{page.last_row} of {rows}",
        "number": page.number,
        "pages": page.pages,
        "previous_url": f"{url}{page.number - 1}" if page.number > 1 else None,
        "next_url": f"{url}{page.number + 1}" if page.number < page.pages else None,
        "show_account": show_account,
    }


def open_draft(info: DraftInfo) -> Shape:
    """A draft to go on with."""
    url = f"{LIST}/new/{info.id}"
    return {
        "name": info.name,
        "url": f"{url}/general",
        "discard_url": f"{url}/discard",
        "updated_at": info.updated_at,
    }
