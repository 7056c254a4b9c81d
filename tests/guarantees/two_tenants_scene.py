"""What two accounts, Operations and an address's owner can do, on the desk and in its model."""

import secrets
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from server.domain.actor import OPERATOR, Role
from server.domain.errors import (
    DomainError,
    Expired,
    IllegalTransition,
    NotAllowed,
    NotFound,
    SignInNeeded,
    Taken,
)
from server.models.audit import AuditRecord
from tests.guarantees.two_tenants_model import ACCOUNTS, OPERATIONS, WayIn
from tests.guarantees.two_tenants_stage import ADDRESS, Stage
from tests.support.world import ORIGIN


class Scene(Stage):
    """Each move is made on the desk and told to the model."""

    # What accounts do.

    def invite(self, account: str, role: Role) -> None:
        place = self.model.places.get(account)
        asked = self.desk.members.invite(self.admins[account], ADDRESS, f"by {account}", role)
        invited = self.agree(Taken if place else None, asked)
        if invited is not None:
            assert invited.link is not None
            self.model.add(account, f"by {account}", invited.member.user.id, own=True)
            self.model.links.append(WayIn(invited.link, account))

    def renew_link(self, account: str) -> None:
        place = self.model.places.get(account)
        refused: type[DomainError] | None = None if place else NotFound
        if place is not None and not (place.own and place.active):
            refused = IllegalTransition
        user_id = place.user_id if place else "USR-0000-0001"
        renewed = self.agree(refused, self.desk.members.renew_link(self.admins[account], user_id))
        if renewed is not None:
            assert renewed.link is not None
            self.model.end_links(account)
            self.model.links.append(WayIn(renewed.link, account))

    def deactivate_or_reactivate(self, account: str, shut_out: bool) -> None:
        place = self.model.places.get(account)
        if place is None:
            return
        members = self.desk.members
        move = members.deactivate if shut_out else members.reactivate
        refused = IllegalTransition if place.active is not shut_out else None
        self.agree(refused, move(self.admins[account], place.user_id))
        if refused is None:
            place.active = not shut_out
            if shut_out and place.own:
                for way in self.model.ways_of(account):
                    way.ended = way.ended or way not in self.model.passwords
            elif shut_out:
                self._leave(account)

    def _leave(self, account: str) -> None:
        """The person's sessions that stand in the account end; those elsewhere go on."""
        for session in self.model.sessions:
            if session.source == OPERATIONS and self.standing.get(session.text) == account:
                session.ended = True

    # What Operations does.

    def vouch(self, account: str, role: Role, by_link: bool) -> None:
        place = self.model.places.get(account)
        refused = Taken if place is not None and not place.own else None
        wish: Awaitable[Any] = (
            self.desk.members.invite(OPERATOR, ADDRESS, "by operations", role, self.ids[account])
            if by_link
            else self.desk.users.create(OPERATOR, ADDRESS, "by operations", self.ids[account], role)
        )
        made = self.agree(refused, wish)
        if made is None:
            return
        user = made.member.user if by_link else made
        if self.model.proved_id is None:
            if place is None:
                self.model.add(account, "by operations", user.id, own=False)
                self.model.proved_name, self.model.proved_id = "by operations", user.id
                self._end_proofs()
            else:
                self.model.prove(account)
                place.active = True
        elif place is None:
            self.model.add(account, str(self.model.proved_name), user.id, own=False)
        else:
            self.model.replace(account)
        if by_link and made.link is not None:
            self.model.end_links(OPERATIONS)
            self.model.links.append(WayIn(made.link, OPERATIONS))

    def _end_proofs(self) -> None:
        for link in self.model.links:
            link.ended = link.ended or link.proves is not None

    def _end_links_for(self, proves: str | None) -> None:
        """Operations' newer link for somebody ends those before."""
        for link in self.model.links:
            replaced = link.source == OPERATIONS and (proves is None or link.proves == proves)
            link.ended = link.ended or replaced

    def _end_passwords(self, source: str) -> None:
        for password in self.model.passwords:
            password.ended = password.ended or password.source == source

    def make_link(self) -> None:
        oldest = self.model.oldest()
        known = self.model.proved_id is not None
        wish = self.desk.users.create_sign_in_link(OPERATOR, ADDRESS)
        made = self.agree(None if known or oldest else NotFound, wish)
        if made is not None:
            self._end_links_for(None if known else oldest)
            proves = None if known else oldest
            self.model.links.append(WayIn(made[0], OPERATIONS, proves=proves, until=made[1]))

    def reset_password(self, by_link: bool) -> None:
        known, oldest = self.model.proved_id is not None, self.model.oldest()
        password = None if by_link else secrets.token_hex(8)
        wish = self.desk.profile.reset_password(OPERATOR, ADDRESS, password)
        made = self.agree(None if known or oldest else NotFound, wish)
        if made is None:
            return
        if made.link is not None:
            self._end_links_for(None if known else oldest)
            proves = None if known else oldest
            link = WayIn(made.link, OPERATIONS, proves=proves, resets=True, until=made.expires_at)
            self.model.links.append(link)
            return
        if known:
            self.model.end_sessions(OPERATIONS)
            self.model.end_links(OPERATIONS)
            self._end_passwords(OPERATIONS)
        elif oldest is not None:
            self.model.prove(oldest)
        self.model.passwords.append(WayIn(str(password), OPERATIONS))

    def end_all_sessions(self) -> None:
        someone = self.model.proved_id or self.model.oldest()
        wish = self.desk.profile.end_sessions_of(OPERATOR, ADDRESS)
        if self.agree(None if someone else NotFound, wish) is not None:
            for way in (*self.model.sessions, *self.model.links):
                way.ended = True

    # What whoever holds a way in does with it.

    def use_link(self, link: WayIn, choose: bool) -> None:
        choose = choose or link.resets
        password = secrets.token_hex(8) if choose else None
        own = link.source != OPERATIONS or link.proves or link.resets
        chosen = choose and (own or not self._has_password())
        dead, source = link.ended, link.source
        if not dead and source == OPERATIONS and link.proves is None:
            enters = self.model.opens(WayIn("", OPERATIONS))
            if not enters:
                refused = self.desk.sessions.sign_in_by_link(link.text, ORIGIN, password)
                self.agree(SignInNeeded, refused)
                return
        wish = self.desk.sessions.sign_in_by_link(link.text, ORIGIN, password)
        cookie = self.agree(Expired if dead else None, wish)
        if cookie is None:
            return
        link.ended = True
        if link.proves is not None:
            self.model.prove(link.proves)
        elif source != OPERATIONS:
            self.model.end_sessions(source)
            self.model.places[source].accepted = True
        if chosen:
            self._end_passwords(source)
            self.model.end_sessions(source)
            self.model.end_links(source)
            self.model.passwords.append(WayIn(str(password), source))
        self._begun(cookie, source)

    def _has_password(self) -> bool:
        return any(p.source == OPERATIONS and not p.ended for p in self.model.passwords)

    def sign_in(self, password: WayIn) -> None:
        self.clock.advance(timedelta(minutes=16))  # the throttle has forgotten by then
        self.model.grow_old(self.clock())
        opens = self.model.opens(password)
        wish = self.desk.sessions.sign_in(ADDRESS, password.text, ORIGIN)
        cookie = self.agree(None if opens else SignInNeeded, wish)
        if cookie is not None:
            self._begun(cookie, password.source)

    def _begun(self, cookie: str, source: str) -> None:
        session = WayIn(cookie, source)
        self.model.sessions.append(session)
        signed_in = self.resumed(session)
        assert signed_in is not None
        account = self.name_of(signed_in.actor.account_id)
        self.model.places[account].last_sign_in_at = self.clock()
        self.standing[cookie] = account

    def switch(self, session: WayIn, account: str) -> None:
        signed_in = self.resumed(session)
        if signed_in is None:
            return
        refused = None if account in self.model.opens(session) else NotFound
        wish = self.desk.sessions.switch(session.text, signed_in, self.ids[account])
        cookie = self.agree(refused, wish)
        if cookie is not None:
            session.text = cookie
            self.model.places[account].last_sign_in_at = self.clock()
            self.standing[cookie] = account

    def answer(self, session: WayIn, account: str, accept: bool) -> None:
        signed_in = self.resumed(session)
        place = self.model.places.get(account)
        if signed_in is None or place is None:
            return
        refused: type[DomainError] | None = NotFound
        if session.source != OPERATIONS:
            refused = NotAllowed
        elif account in self.model.offered():
            refused = None
        service = self.desk.invitations
        wish = service.accept if accept else service.decline
        self.agree(refused, wish(signed_in.actor, place.user_id))
        if refused is None and accept:
            self.model.replace(account)
        elif refused is None:
            place.declined = True

    def answer_by_link(self, session: WayIn, link: WayIn) -> None:
        signed_in = self.resumed(session)
        if signed_in is None:
            return
        refused: type[DomainError] | None = None
        if session.source != OPERATIONS:
            refused = NotAllowed
        elif link.ended or link.source == OPERATIONS:
            refused = Expired
        wish = self.desk.invitations.accept_by_link(signed_in.actor, link.text)
        self.agree(refused, wish)
        if refused is None:
            self.model.replace(link.source)

    # What must hold after every step.

    def sessions_act_where_they_were_let_in(self) -> None:
        for session in self.model.sessions:
            signed_in = self.resumed(session)
            opens = self.model.opens(session)
            standing = self.standing.get(session.text)
            if signed_in is None:
                assert session.ended or standing not in opens, session
                continue
            acts = {self.name_of(each.account.id) for each in signed_in.user.memberships}
            assert acts == opens, session
            assert self.name_of(signed_in.actor.account_id) == standing
            assert standing in acts

    def accounts_see_what_they_did_themselves(self) -> None:
        for account, admin in self.admins.items():
            place = self.model.places.get(account)
            listed = self.runner.run(self.desk.members.all(admin))
            seen = [
                (each.user.id, each.user.name, each.status.value, each.last_sign_in_at)
                for each in listed
                if each.user.id != admin.id
            ]
            assert seen == ([place.seen] if place else [])
            told = repr(self.runner.run(self._trail(account)))
            [other] = [each for each in ACCOUNTS if each != account]
            foreign = self.model.places.get(other)
            assert self.ids[other] not in told
            assert f"by {other}" not in told or (place is not None and not place.own)
            if foreign is not None and (place is None or place.own):
                assert foreign.user_id not in told

    async def _trail(self, account: str) -> list[dict[str, Any]]:
        return await AuditRecord.filter(chain=self.ids[account]).values(
            "object_id", "object_name", "actor_id", "actor_name", "before", "after"
        )
