"""Who may open which page and send which form."""

from dataclasses import dataclass, field
from typing import Final

from tests.support.cast import Outcomes
from tests.support.world import PASSWORD

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
"""P a page, D done and led on, S sign in first, N not allowed, U not seen; C, G, I and W: allowed,
but not as things are or as they were typed."""


@dataclass(frozen=True)
class Form:
    """How it is answered to each, and what is sent; what stands in braces is of the cell."""

    outcomes: Outcomes
    sent: dict[str, str] = field(default_factory=dict)


# Pages know people alone: a program is nobody to them.
PAGE_OF_OPERATIONS: Final = Outcomes("S NNSS PNSS", "S NNSS PNSS")
FORM_OF_OPERATIONS: Final = Outcomes("S NNSS DNSS", "S NNSS DNSS")
NOWHERE: Final = Outcomes("U UUUU UUUU", "U UUUU UUUU")
PAGE: Final = Outcomes("S PPSS PPSS", "S PPSS PPSS")
FORM_OF_ACCOUNT: Final = Outcomes("S DNSS DNSS", "S DNSS DNSS")
FORM_OF_DRAFT: Final = Outcomes("S DNSS DNSS", "S UNSS UNSS")
FORM_OF_OPEN_DRAFT: Final = Outcomes("S CNSS CNSS", "S UNSS UNSS")
FORM_OF_PERSON: Final = Outcomes("S DDSS DDSS", "S DDSS DDSS")
PAGE_OF_TOKEN: Final = Outcomes("S PPSS PPSS", "S UUSS PPSS")
FORM_OF_TOKEN: Final = Outcomes("S DNSS DNSS", "S UUSS DNSS")
FORM_OF_VALUE: Final = Outcomes("S PNSS PNSS", "S UUSS NNSS")
PAGE_OF_MEMBER: Final = Outcomes("S PPSS PPSS", "S UUSS UUSS")
FORM_OF_MEMBER: Final = Outcomes("S DNSS DNSS", "S UUSS UUSS")
FORM_OF_ONE_PERSON: Final = Outcomes("S DDSS DDSS", "S UUSS UUSS")
"""About what is one person's alone: nobody else sees it, Operations neither."""

ROWS: Final[dict[str, Form]] = {
    "GET /administration/accounts": Form(PAGE_OF_OPERATIONS),
    "GET /administration/accounts/new": Form(PAGE_OF_OPERATIONS),
    "POST /administration/accounts/new": Form(FORM_OF_OPERATIONS, {"name": "N", "type": "client"}),
    "GET /administration/accounts/{account}": Form(PAGE_OF_OPERATIONS),
    "GET /administration/accounts/{account}/disable": Form(PAGE_OF_OPERATIONS),
    "POST /administration/accounts/{account}/disable": Form(FORM_OF_OPERATIONS),
    "GET /administration/accounts/{account}/enable": Form(PAGE_OF_OPERATIONS),
    "POST /administration/accounts/{account}/enable": Form(Outcomes("S NNSS CNSS", "S NNSS CNSS")),
    "POST /administration/accounts/{account}/modules": Form(
        FORM_OF_OPERATIONS, {"module": "MOD-2001"}
    ),
    "GET /design": Form(NOWHERE),
    "POST /design": Form(NOWHERE),
    "GET /design/ask/{kind}": Form(NOWHERE),
    "POST /design/ask/{kind}": Form(NOWHERE),
    "GET /settings/account": Form(PAGE),
    "POST /settings/account": Form(FORM_OF_ACCOUNT, {"name": "New name"}),
    "POST /settings/account/language": Form(FORM_OF_ACCOUNT, {"language": "de"}),
    "GET /settings/account/reveal/{policy}": Form(PAGE),
    "POST /settings/account/reveal/{policy}": Form(
        Outcomes("S DNSS DNSS", "S WWSS WWSS"), {"typed": "typed"}
    ),
    "GET /settings/api-tokens": Form(PAGE),
    "POST /settings/api-tokens/bulk": Form(
        Outcomes("S DNSS DNSS", "S PNSS DNSS"),
        {"action": "disable", "ids": "{token}", "confirmed": "1"},
    ),
    "GET /settings/api-tokens/filter": Form(PAGE),
    "GET /settings/api-tokens/new": Form(FORM_OF_ACCOUNT),
    "POST /settings/api-tokens/new/{draft}/discard": Form(FORM_OF_DRAFT),
    "POST /settings/api-tokens/new/{draft}/general": Form(
        FORM_OF_DRAFT, {"version": "2", "name": "Other"}
    ),
    "POST /settings/api-tokens/new/{draft}/keep": Form(FORM_OF_DRAFT),
    "POST /settings/api-tokens/new/{draft}/modules": Form(
        FORM_OF_DRAFT, {"version": "2", "modules": "MOD-2001"}
    ),
    "POST /settings/api-tokens/new/{draft}/overview": Form(FORM_OF_DRAFT, {"version": "2"}),
    "POST /settings/api-tokens/new/{draft}/summary": Form(FORM_OF_OPEN_DRAFT),
    "POST /settings/api-tokens/new/{draft}/try": Form(FORM_OF_OPEN_DRAFT),
    "GET /settings/api-tokens/new/{draft}/{step}": Form(Outcomes("S PNSS PNSS", "S PNSS PNSS")),
    "POST /settings/api-tokens/search": Form(FORM_OF_PERSON, {"search": "x", "state": ""}),
    "GET /settings/api-tokens/views": Form(PAGE),
    "POST /settings/api-tokens/views": Form(FORM_OF_PERSON, {"name": "Mine", "state": ""}),
    "POST /settings/api-tokens/views/{view:int}": Form(PAGE, {"action": "standard"}),
    "GET /settings/api-tokens/{token}": Form(PAGE_OF_TOKEN),
    "GET /settings/api-tokens/{token}/audit-trail": Form(PAGE_OF_TOKEN),
    "GET /settings/api-tokens/{token}/delete": Form(PAGE_OF_TOKEN),
    "POST /settings/api-tokens/{token}/delete": Form(FORM_OF_TOKEN, {"typed": "Fresh"}),
    "GET /settings/api-tokens/{token}/details": Form(PAGE_OF_TOKEN),
    "GET /settings/api-tokens/{token}/disable": Form(PAGE_OF_TOKEN),
    "POST /settings/api-tokens/{token}/disable": Form(FORM_OF_TOKEN),
    "GET /settings/api-tokens/{token}/edit": Form(Outcomes("S PNSS PNSS", "S UNSS PNSS")),
    "POST /settings/api-tokens/{token}/edit": Form(
        Outcomes("S DNSS DNSS", "S UNSS DNSS"),
        {"version": "2", "name": "New", "modules": "MOD-2001"},
    ),
    "GET /settings/api-tokens/{token}/enable": Form(PAGE_OF_TOKEN),
    "POST /settings/api-tokens/{token}/enable": Form(Outcomes("S CNSS CNSS", "S UUSS CNSS")),
    "GET /settings/api-tokens/{token}/end-grace": Form(PAGE_OF_TOKEN),
    "POST /settings/api-tokens/{token}/end-grace": Form(FORM_OF_TOKEN),
    "GET /settings/api-tokens/{token}/modules": Form(PAGE_OF_TOKEN),
    "GET /settings/api-tokens/{token}/rotate": Form(PAGE_OF_TOKEN),
    "POST /settings/api-tokens/{token}/rotate": Form(FORM_OF_VALUE, {"grace": "1h"}),
    "POST /settings/api-tokens/{token}/secret": Form(FORM_OF_VALUE),
    "GET /settings/api-tokens/{token}/usage": Form(PAGE_OF_TOKEN),
    "GET /settings/audit-trail": Form(PAGE),
    "GET /settings/audit-trail/export": Form(PAGE, {"format": "csv"}),
    "GET /settings/audit-trail/filter": Form(PAGE),
    "GET /settings/audit-trail/{record}": Form(PAGE_OF_TOKEN),
    "GET /settings/invitations": Form(PAGE),
    "POST /settings/invitations/{invitation}/accept": Form(FORM_OF_ONE_PERSON),
    "POST /settings/invitations/{invitation}/decline": Form(FORM_OF_ONE_PERSON),
    "GET /settings/profile": Form(PAGE),
    "GET /settings/profile/end-others": Form(PAGE),
    "POST /settings/profile/end-others": Form(FORM_OF_PERSON),
    "POST /settings/profile/password": Form(
        FORM_OF_PERSON, {"current_password": PASSWORD, "new_password": PASSWORD}
    ),
    "GET /settings/profile/sessions/{session}/end": Form(Outcomes("S PPSS PPSS", "S UUSS UUSS")),
    "POST /settings/profile/sessions/{session}/end": Form(FORM_OF_ONE_PERSON),
    "GET /settings/profile/sign-out-everywhere": Form(PAGE),
    "POST /settings/profile/sign-out-everywhere": Form(FORM_OF_PERSON),
    "GET /settings/users": Form(PAGE),
    "GET /settings/users/invite": Form(PAGE),
    "POST /settings/users/invite": Form(
        Outcomes("S PNSS PNSS", "S PNSS PNSS"), {"email": "{email}", "name": "N", "role": "viewer"}
    ),
    "GET /settings/users/{user}/activate": Form(PAGE_OF_MEMBER),
    "POST /settings/users/{user}/activate": Form(Outcomes("S CNSS CNSS", "S UUSS UUSS")),
    "GET /settings/users/{user}/deactivate": Form(PAGE_OF_MEMBER),
    "POST /settings/users/{user}/deactivate": Form(FORM_OF_MEMBER),
    "GET /settings/users/{user}/link": Form(PAGE_OF_MEMBER),
    # Operations vouched for the person, so that the account's administrators hand out no way in.
    "POST /settings/users/{user}/link": Form(Outcomes("S CNSS PNSS", "S UUSS UUSS")),
    "GET /settings/users/{user}/role/{role}": Form(PAGE_OF_MEMBER),
    "POST /settings/users/{user}/role/{role}": Form(FORM_OF_MEMBER),
    # An invitation is for one address: whoever has the link of another's accepts nothing by it.
    "POST /sign-in/link/{link}/accept": Form(Outcomes("S DDSS DDSS", "S NNSS NNSS")),
}
