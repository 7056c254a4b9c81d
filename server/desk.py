"""The desk: one frozen object with all services, built from settings by plain constructors."""

from dataclasses import dataclass
from typing import Self

from server.database import Database
from server.services.accesses import Accesses
from server.services.accounts import Accounts
from server.services.audit import Audit
from server.services.audit_trail import AuditTrail
from server.services.clock import Clock, utc_now
from server.services.drafts import Drafts
from server.services.key_ring import KeyRing
from server.services.logos import Logos
from server.services.members import Members
from server.services.minting import Minting
from server.services.modules import Modules
from server.services.passwords import Passwords
from server.services.saved_views import SavedViews
from server.services.sessions import Sessions
from server.services.token_grid import TokenGrid
from server.services.token_secrets import TokenSecrets
from server.services.tokens import Tokens
from server.services.users import Users
from server.services.verification import Verifier
from server.settings import Settings


@dataclass(frozen=True)
class Desk:
    """What every face calls. A face turns one request into one call here."""

    settings: Settings
    clock: Clock
    database: Database
    audit: Audit
    audit_trail: AuditTrail
    accounts: Accounts
    users: Users
    members: Members
    sessions: Sessions
    modules: Modules
    logos: Logos
    tokens: Tokens
    token_grid: TokenGrid
    secrets: TokenSecrets
    views: SavedViews
    drafts: Drafts
    accesses: Accesses
    verifier: Verifier

    @classmethod
    def build(
        cls, settings: Settings, clock: Clock = utc_now, passwords: Passwords | None = None
    ) -> Self:
        """A desk that is not open yet: no file is touched but the key ring's."""
        key_ring = KeyRing(settings.key_ring_text())
        audit = Audit(clock)
        passwords = passwords or Passwords()
        modules = Modules(audit, clock)
        minting = Minting(key_ring)
        logos = Logos(settings.logo_dir)
        users = Users(audit, passwords, clock)
        tokens = Tokens(audit, minting, logos, clock)
        secrets = TokenSecrets(audit, minting, key_ring, clock)
        accesses = Accesses(secrets, clock)
        return cls(
            settings=settings,
            clock=clock,
            database=Database(settings.database_location),
            audit=audit,
            audit_trail=AuditTrail(),
            accounts=Accounts(audit, clock),
            users=users,
            members=Members(audit, users, clock),
            sessions=Sessions(audit, passwords, clock),
            modules=modules,
            logos=logos,
            tokens=tokens,
            token_grid=TokenGrid(clock),
            secrets=secrets,
            views=SavedViews(),
            drafts=Drafts(audit, minting, modules, tokens, logos, key_ring, clock),
            accesses=accesses,
            verifier=Verifier(key_ring, accesses, clock),
        )

    async def open(self) -> list[str]:
        """Connect, and bring the database to the newest form; the migrations it took."""
        self.settings.make_data_dir()
        await self.database.open()
        return await self.database.migrate()

    async def close(self) -> None:
        """Close all connections."""
        await self.database.close()

    async def sweep(self) -> None:
        """Destroy what has outlived its time; to be called every half minute."""
        await self.drafts.sweep()
        await self.sessions.sweep()
