"""Whatever two accounts and Operations do about an address: nobody acts where they were not let in.

After every step each session is asked where it may act, and each account what it sees.
"""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final

from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.domain.actor import Role
from tests.guarantees.two_tenants_model import ACCOUNTS, OPERATIONS, WayIn
from tests.guarantees.two_tenants_scene import Scene
from tests.support import databases

ACCOUNT: Final = strategies.sampled_from(ACCOUNTS)
ROLE: Final = strategies.sampled_from(list(Role))
YES: Final = strategies.booleans()
ANY: Final = strategies.integers(0, 1_000)


def live(ways: list[WayIn]) -> list[WayIn]:
    """Those that are not over."""
    return [way for way in ways if not way.ended]


class TwoTenants(RuleBasedStateMachine):
    """Two administrators, the owner of an address, Operations, and every order of their moves."""

    new_url: ClassVar[Callable[[], str]]
    scene: Scene

    def teardown(self) -> None:
        self.scene.close()

    @initialize(invited=YES, used=YES, choose=YES, vouched=YES)
    def begin(self, invited: bool, used: bool, choose: bool, vouched: bool) -> None:
        databases.forget_statements()
        self.scene = Scene(type(self).new_url())
        for account in ACCOUNTS if invited else ():
            self.scene.invite(account, Role.ADMINISTRATOR)
        for link in [*self.scene.model.links] if used else ():
            self.scene.use_link(link, choose)
        if vouched:
            self.scene.make_link() if invited else self.scene.vouch(ACCOUNTS[0], Role.VIEWER, True)
            self.scene.use_link(self.scene.model.links[-1], choose)

    def drawn(self, ways: list[WayIn], number: int) -> WayIn:
        """One of them; the newest is the likeliest."""
        return ways[-1 - number % len(ways)]

    @rule(account=ACCOUNT, role=ROLE)
    def invite(self, account: str, role: Role) -> None:
        self.scene.invite(account, role)

    @precondition(lambda self: self.scene.model.places)
    @rule(account=ACCOUNT)
    def renew_link(self, account: str) -> None:
        self.scene.renew_link(account)

    @precondition(lambda self: self.scene.model.places)
    @rule(account=ACCOUNT, shut_out=YES)
    def deactivate_or_reactivate(self, account: str, shut_out: bool) -> None:
        self.scene.deactivate_or_reactivate(account, shut_out)

    @rule(account=ACCOUNT, role=ROLE, by_link=YES)
    def vouch(self, account: str, role: Role, by_link: bool) -> None:
        self.scene.vouch(account, role, by_link)

    @rule()
    def make_link(self) -> None:
        self.scene.make_link()

    @rule(by_link=YES)
    def reset_password(self, by_link: bool) -> None:
        self.scene.reset_password(by_link)

    @rule()
    def end_all_sessions(self) -> None:
        self.scene.end_all_sessions()

    @precondition(lambda self: bool(live(self.scene.model.links)))
    @rule(number=ANY, choose=YES)
    def use_link(self, number: int, choose: bool) -> None:
        self.scene.use_link(self.drawn(live(self.scene.model.links), number), choose)

    @precondition(lambda self: self.scene.model.links)
    @rule(number=ANY, choose=YES)
    def use_any_link(self, number: int, choose: bool) -> None:
        self.scene.use_link(self.drawn(self.scene.model.links, number), choose)

    @precondition(lambda self: self.scene.model.passwords)
    @rule(number=ANY)
    def sign_in(self, number: int) -> None:
        self.scene.sign_in(self.drawn(self.scene.model.passwords, number))

    @precondition(lambda self: bool(live(self.scene.model.sessions)))
    @rule(number=ANY, account=ACCOUNT)
    def switch(self, number: int, account: str) -> None:
        self.scene.switch(self.drawn(live(self.scene.model.sessions), number), account)

    @precondition(lambda self: bool(live(self.scene.model.sessions)))
    @rule(number=ANY, account=ACCOUNT, accept=YES)
    def answer(self, number: int, account: str, accept: bool) -> None:
        self.scene.answer(self.drawn(live(self.scene.model.sessions), number), account, accept)

    @precondition(lambda self: self.owners() and self.scene.model.offered())
    @rule(number=ANY, accept=YES)
    def answer_an_offer(self, number: int, accept: bool) -> None:
        account = sorted(self.scene.model.offered())[0]
        self.scene.answer(self.drawn(self.owners(), number), account, accept)

    @precondition(lambda self: self.owners() and self.scene.model.links)
    @rule(number=ANY, which=ANY)
    def answer_by_link(self, number: int, which: int) -> None:
        links = live(self.scene.model.links) or self.scene.model.links
        self.scene.answer_by_link(self.drawn(self.owners(), number), self.drawn(links, which))

    @precondition(lambda self: bool(live(self.scene.model.sessions) and self.scene.model.links))
    @rule(number=ANY, which=ANY)
    def answer_by_any_link(self, number: int, which: int) -> None:
        session = self.drawn(live(self.scene.model.sessions), number)
        self.scene.answer_by_link(session, self.drawn(self.scene.model.links, which))

    def owners(self) -> list[WayIn]:
        """Sessions of the address's owner."""
        sessions = live(self.scene.model.sessions)
        return [each for each in sessions if each.source == OPERATIONS]

    @invariant()
    def sessions_act_where_they_were_let_in(self) -> None:
        self.scene.sessions_act_where_they_were_let_in()

    @invariant()
    def accounts_see_what_they_did_themselves(self) -> None:
        self.scene.accounts_see_what_they_did_themselves()


def _run(new_url: Callable[[], str], examples: int) -> None:
    machine = type("Machine", (TwoTenants,), {"new_url": staticmethod(new_url)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_in_every_order_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    _run(lambda: databases.copy_template(sqlite_template, tmp_path), 40)


def test_in_every_order_on_postgres(postgres_database: databases.PostgresDatabase) -> None:
    _run(postgres_database.empty, 10)
