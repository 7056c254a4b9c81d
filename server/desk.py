"""The desk: one frozen object with all services, built from settings by plain constructors."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from server.database import Database
from server.services.accounts import Accounts
from server.services.announcements import Announcements
from server.services.audit import Audit
from server.services.audit_trail import AuditTrail
from server.services.clock import Clock, utc_now
from server.services.drafts import Drafts
from server.services.introspection import Introspection
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
from server.services.usage import Usage
from server.services.users import Users
from server.services.verification import Verifier
from server.settings import Settings


@dataclass(frozen=True)
class Desk:
    """What every face calls. A face turns one request into one call here."""

    settings: Settings
    clock: Clock
    database: Database
    announcements: Announcements
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
    usage: Usage
    verifier: Verifier
    introspection: Introspection

    @classmethod
    def build(
        cls, settings: Settings, clock: Clock = utc_now, passwords: Passwords | None = None
    ) -> Self:
        """A desk that is not open yet: no file is touched but the key ring's."""
        key_ring = KeyRing(settings.key_ring_text())
        announcements = Announcements()
        audit = Audit(announcements, clock)
        passwords = passwords or Passwords()
        modules = Modules(audit, clock)
        minting = Minting(key_ring)
        logos = Logos(settings.logo_dir)
        users = Users(audit, passwords, clock)
        tokens = Tokens(audit, minting, logos, clock)
        secrets = TokenSecrets(audit, minting, key_ring, clock)
        usage = Usage(secrets, clock)
        verifier = Verifier(
            key_ring,
            announcements,
            usage,
            clock,
            remembered_tokens=settings.remembered_tokens,
            outage_grace=timedelta(seconds=settings.outage_grace),
        )
        return cls(
            settings=settings,
            clock=clock,
            database=Database(settings.database_location),
            announcements=announcements,
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
            usage=usage,
            verifier=verifier,
            introspection=Introspection(verifier),
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
        await self.usage.roll_up()
