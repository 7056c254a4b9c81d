"""Who may open which page and send which form."""

from dataclasses import dataclass, field
from typing import Final

from tests.cast import Outcomes

STATUSES: Final = {
    200: "P",
    303: "D",
    400: "I",
    401: "S",
    403: "N",
    404: "U",
    409: "C",
    410: "G",
    422: "W",
}
"""P a page, D done and led on, S sign in, N not allowed, U not seen; C, G and W: allowed, but not as
things are or as they were typed."""


@dataclass(frozen=True)
class Form:
    """How it is answered to each, and what is sent; what stands in braces is of the cell."""

    outcomes: Outcomes
    sent: dict[str, str] = field(default_factory=dict)


X: Final = Outcomes("P PPPP PPPP", "P PPPP PPPP")
ROWS: Final[dict[str, Form]] = {}
SENT = {
    "/settings/api-tokens/search": {"search": "x", "state": ""},
    "/settings/api-tokens/views": {"name": "Mine", "state": ""},
    "/settings/api-tokens/views/{view:int}": {"action": "standard"},
    "/settings/api-tokens/bulk": {"action": "disable", "ids": "{token}", "confirmed": "1"},
    "/settings/api-tokens/new/{draft}/general": {"version": "2", "name": "Other"},
    "/settings/api-tokens/new/{draft}/modules": {"version": "2", "modules": "MOD-2001"},
    "/settings/api-tokens/new/{draft}/overview": {"version": "2"},
    "/settings/api-tokens/{token}/edit": {"version": "2", "name": "New", "modules": "MOD-2001"},
    "/settings/api-tokens/{token}/delete": {"typed": "Fresh"},
    "/settings/api-tokens/{token}/rotate": {"grace": "1h"},
    "/settings/account": {"name": "New name"},
    "/settings/account/language": {"language": "de"},
    "/settings/account/reveal/{policy}": {"typed": "typed"},
    "/settings/users/invite": {"email": "n@x.example", "name": "N", "role": "viewer"},
    "/administration/accounts/new": {"name": "N", "type": "client"},
    "/administration/accounts/{account}/modules": {"module": "MOD-2001"},
}
import subprocess, sys, os

for line in open("/tmp/routes.txt"):
    _, path, rest = line.split(" ", 2)
    for m in ("GET", "POST"):
        if (
            f"'{m}'" in rest
            and (path.startswith(("/settings", "/administration", "/design")))
            and not path.endswith("/changes")
        ):
            ROWS[f"{m} {path}"] = Form(X, SENT.get(path, {}) if m == "POST" else {})
