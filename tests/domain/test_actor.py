"""Who may do what: the permission table of every kind of actor."""

import pytest

from server.domain.actor import NOBODY, OPERATOR, AccountType, Actor, ActorKind, Role
from server.domain.errors import NotAllowed, SignInNeeded


def user(account_type: AccountType, role: Role) -> Actor:
    return Actor(
        ActorKind.USER, "USR-1", "Ada", account_id="ACC-1", account_type=account_type, role=role
    )


def program(account_type: AccountType, *module_ids: str) -> Actor:
    return Actor(
        ActorKind.TOKEN,
        "TKN-1",
        "Export",
        account_id="ACC-1",
        account_type=account_type,
        module_ids=frozenset(module_ids),
    )


@pytest.mark.parametrize(
    ("actor", "may_read_account", "sees_every_account", "may_manage_tokens", "may_operate"),
    [
        (NOBODY, False, False, False, False),
        (OPERATOR, True, True, True, True),
        (user(AccountType.CLIENT, Role.ADMINISTRATOR), True, False, True, False),
        (user(AccountType.CLIENT, Role.VIEWER), True, False, False, False),
        (user(AccountType.VENDOR, Role.ADMINISTRATOR), True, False, True, False),
        (user(AccountType.OPERATIONS, Role.ADMINISTRATOR), True, True, True, True),
        (user(AccountType.OPERATIONS, Role.VIEWER), True, True, False, False),
        (program(AccountType.CLIENT), False, False, False, False),
        (program(AccountType.CLIENT, "MOD-2001"), False, False, False, False),
        (program(AccountType.CLIENT, "MOD-1756"), True, False, True, False),
        (program(AccountType.OPERATIONS, "MOD-2001"), False, False, False, False),
        (program(AccountType.OPERATIONS, "MOD-1756"), True, True, True, True),
    ],
)
def test_permissions(
    actor: Actor,
    may_read_account: bool,
    sees_every_account: bool,
    may_manage_tokens: bool,
    may_operate: bool,
) -> None:
    assert actor.may_read_account is may_read_account
    assert actor.sees_every_account is sees_every_account
    assert actor.may_manage_tokens is may_manage_tokens
    assert actor.may_operate is may_operate
    refusal = SignInNeeded if actor is NOBODY else NotAllowed
    if may_read_account:
        actor.must_read_account()
    else:
        with pytest.raises(refusal):
            actor.must_read_account()
    if may_manage_tokens:
        actor.require_token_management()
    else:
        with pytest.raises(refusal):
            actor.require_token_management()
    if may_manage_tokens and actor.kind is not ActorKind.TOKEN:
        actor.require_administrator()
    else:
        with pytest.raises(refusal):
            actor.require_administrator()
    if may_operate:
        actor.require_operations()
    else:
        with pytest.raises(refusal):
            actor.require_operations()


def test_refusals_say_why() -> None:
    with pytest.raises(SignInNeeded, match="Sign in, or send a token"):
        NOBODY.require_authenticated()
    with pytest.raises(NotAllowed, match="You are a viewer"):
        user(AccountType.CLIENT, Role.VIEWER).require_token_management()
    with pytest.raises(NotAllowed, match="lacks the module MOD-1756"):
        program(AccountType.CLIENT, "MOD-2001").require_token_management()
    with pytest.raises(NotAllowed, match="Operations account"):
        user(AccountType.CLIENT, Role.ADMINISTRATOR).require_operations()
