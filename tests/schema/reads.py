"""Who may read what: how each type is reached, and the fields for which it ends otherwise."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.schema.peoples_things import inviting, owner
from tests.services.permission_things import (
    ACCOUNT,
    ACCOUNTS,
    ALL,
    DRAFTS,
    ITSELF,
    LIST,
    MANAGE,
    OPERATE,
    READ,
)
from tests.support.cast import Cell, Outcomes

LETTERS: Final = {
    "SIGN_IN_NEEDED": "S",
    "NOT_ALLOWED": "N",
    "NOT_FOUND": "U",
    "INVALID": "I",
    "ILLEGAL_STATE": "M",
}
# The letters are those of the services; U is also where the object is null, M an illegal move.
VIEWER: Final = Outcomes("U AAAA AAAA", "U AAAA AAAA")
OF_ITSELF: Final = Outcomes("U AAEE AAEE", "U EEEE EEEE")
"""What people have and programs have not, told to nobody else."""
NODE: Final = Outcomes("S AAAU AAAU", "S UUUU AAAU")
NODES: Final = Outcomes("S AAAE AAAE", "S EEEE AAAE")
NODE_OF_ACCOUNT: Final = Outcomes("S AAAU AAAU", "S UUUU UUUU")
"""Of the account that one acts for, also for Operations."""
DRAFT_NODE: Final = Outcomes("S AUAU AUAU", "S UUUU UUUU")
MODULE_NODE: Final = Outcomes("S AAAA AAAA", "S UUUU AUAU")
SETTING: Final = Outcomes("S AAAN AAAN", "S UUUU AAAU")
MORE_OF_ITSELF: Final = Outcomes("S AAAN AAAN", "S UUAN AAAN")
LISTED: Final = Outcomes(LIST.own, LIST.own)
"""A list answers, whoever's objects are in it."""
EVERYBODY: Final = ALL

Ask = Callable[[Cell, str], str]
"""The document for a cell and the field that is asked, with what follows it."""


@dataclass(frozen=True)
class Question:
    """A field of the root: how it ends, the document, and what shows that the object is there."""

    outcomes: Outcomes
    document: Callable[[Cell], str]
    sought: Callable[[Cell], str] | None = None


@dataclass(frozen=True)
class Path:
    """How to come to an object of a type, how each of its fields ends, and which do otherwise."""

    outcomes: Outcomes
    ask: Ask
    otherwise: dict[str, Outcomes] = field(default_factory=dict)


def own_id(cell: Cell) -> str:
    """The token that a program sends; the usual one for people."""
    return cell.actor.id if cell.who in {"manager", "reader"} else cell.tenant.token_id


def node(object_id: str, kind: str, asked: str) -> str:
    return f'{{ found: node(id: "{object_id}") {{ ... on {kind} {{ {asked} }} }} }}'


def of_token(cell: Cell, asked: str) -> str:
    return f'{{ found: apiToken(id: "{cell.tenant.token_id}") {{ {asked} }} }}'


def usage(cell: Cell, asked: str) -> str:
    return f'{{ found: tokenUsage(id: "{cell.tenant.token_id}") {{ {asked} }} }}'


def record(cell: Cell, asked: str) -> str:
    return node(cell.tenant.record_id, "AuditRecord", asked)


def viewer(cell: Cell, asked: str) -> str:
    return f"{{ found: viewer {{ {asked} }} }}"


def tokens(cell: Cell, asked: str) -> str:
    return f"{{ found: apiTokens(first: 100) {{ {asked} }} }}"


def records(cell: Cell, asked: str) -> str:
    wanted = f'filter: {{ objectId: "{cell.tenant.token_id}" }}'
    return f"{{ found: auditTrail({wanted}) {{ {asked} }} }}"


def member(cell: Cell, asked: str) -> str:
    named = f'userId: "{cell.tenant.viewer.id}", accountId: "{cell.tenant.id}"'
    return f"{{ found: member({named}) {{ {asked} }} }}"


def draft(cell: Cell, asked: str) -> str:
    """`draft` is the variable of a draft of the tenant."""
    return f"query ($draft: ID!) {{ found: tokenDraft(id: $draft) {{ {asked} }} }}"


def draft_node(cell: Cell, asked: str) -> str:
    found = f"found: node(id: $draft) {{ ... on TokenDraft {{ {asked} }} }}"
    return f"query ($draft: ID!) {{ {found} }}"


def within(ask: Ask, name: str) -> Ask:
    """The fields of an object inside another."""
    return lambda cell, asked: ask(cell, f"{name} {{ {asked} }}{' }' * name.count('{')}")


ROOTS: Final[dict[str, Question]] = {
    "viewer": Question(VIEWER, lambda c: "{ found: viewer { id name kind role } }"),
    "viewer: sessions": Question(
        Outcomes(OF_ITSELF.own, OF_ITSELF.own),
        lambda c: viewer(c, "sessions { id current }"),
        sought=lambda c: '"current":true',
    ),
    "viewer: invitations": Question(
        OF_ITSELF,
        lambda c: viewer(c, "invitations { id accountId accountName }"),
        sought=lambda c: inviting(owner(c)),
    ),
    "account": Question(EVERYBODY, lambda c: "{ found: account { id name type status } }"),
    "accounts": Question(
        ACCOUNTS, lambda c: "{ found: accounts { id } }", sought=lambda c: c.tenant.id
    ),
    "members": Question(
        READ, lambda c: f'{{ found: members(accountId: "{c.tenant.id}") {{ user {{ id }} }} }}'
    ),
    "member": Question(READ, lambda c: member(c, "active")),
    "modules": Question(OPERATE, lambda c: "{ found: modules { id } }"),
    "node": Question(NODE, lambda c: node(c.tenant.token_id, "ApiToken", "id")),
    "nodes": Question(
        NODES,
        lambda c: f'{{ found: nodes(ids: ["{c.tenant.token_id}"]) {{ id }} }}',
        sought=lambda c: c.tenant.token_id,
    ),
    "enabledModules": Question(EVERYBODY, lambda c: "{ found: enabledModules { id } }"),
    "apiToken": Question(READ, lambda c: of_token(c, "id")),
    "apiTokens": Question(
        LIST, lambda c: tokens(c, "nodes { id }"), sought=lambda c: c.tenant.token_id
    ),
    "apiTokenCreators": Question(
        LIST,
        lambda c: "{ found: apiTokenCreators { id } }",
        sought=lambda c: c.tenant.administrator.id,
    ),
    "tokenUsage": Question(READ, lambda c: usage(c, "accepted")),
    "tokenDraft": Question(DRAFTS, lambda c: draft(c, "id")),
    "tokenDrafts": Question(MANAGE, lambda c: "{ found: tokenDrafts { id } }"),
    "auditTrail": Question(
        LIST, lambda c: records(c, "nodes { object { id } }"), sought=lambda c: c.tenant.token_id
    ),
}

_ITSELF: Final = dict.fromkeys(("milestones", "oldSecrets", "usage", "auditTrail"), MORE_OF_ITSELF)

PATHS: Final[dict[str, Path]] = {
    "Viewer": Path(VIEWER, viewer),
    "Session": Path(VIEWER, within(viewer, "sessions")),
    "Invitation": Path(VIEWER, within(viewer, "invitations")),
    "Account": Path(
        ACCOUNT,
        lambda c, asked: node(c.tenant.id, "Account", asked),
        otherwise={"reveal": SETTING, "language": SETTING},
    ),
    "Module": Path(MODULE_NODE, lambda c, asked: node(c.tenant.module.id, "Module", asked)),
    "User": Path(NODE_OF_ACCOUNT, lambda c, asked: node(c.tenant.viewer.id, "User", asked)),
    "Member": Path(READ, member),
    "ApiToken": Path(READ, of_token),
    "ApiToken: itself": Path(
        ITSELF,
        lambda c, asked: f'{{ found: apiToken(id: "{own_id(c)}") {{ {asked} }} }}',
        otherwise=_ITSELF,
    ),
    "ApiToken: a node": Path(NODE, lambda c, asked: node(c.tenant.token_id, "ApiToken", asked)),
    "Actor": Path(READ, within(of_token, "createdBy")),
    "ApiTokenMilestones": Path(READ, within(of_token, "milestones")),
    "ApiTokenMilestone": Path(READ, within(of_token, "milestones { updated")),
    "OldSecret": Path(READ, within(of_token, "oldSecrets")),
    "TokenUsage": Path(READ, usage),
    "UsagePoint": Path(READ, within(usage, "points")),
    "UsageRefusal": Path(READ, within(usage, "points { refusals")),
    "LastCall": Path(READ, within(usage, "lastCalls")),
    "ModuleRequest": Path(READ, within(usage, "moduleRequests")),
    "TokenDraft": Path(DRAFTS, draft),
    "TokenDraft: a node": Path(
        DRAFT_NODE,
        draft_node,
    ),
    "AuditRecord": Path(NODE, record),
    "AuditObject": Path(NODE, within(record, "object")),
    "AuditDetails": Path(NODE, within(record, "details")),
    "ApiTokenConnection": Path(LISTED, tokens),
    "ApiTokenEdge": Path(LISTED, within(tokens, "edges")),
    "PageInfo": Path(LISTED, within(tokens, "pageInfo")),
    "AuditRecordConnection": Path(LISTED, records),
    "AuditRecordEdge": Path(LISTED, within(records, "edges")),
}
