"""The desk: one frozen object with all services, built from settings by plain constructors."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from server.database import Database
from server.database.erasure import Erasure
from server.database.queries.lookup import LookUp
from server.services.accounts.accounts import Accounts
from server.services.accounts.modules import Modules
from server.services.audit.log import Audit
from server.services.audit.seals import AuditSeals
from server.services.audit.trail import AuditTrail
from server.services.clock import Clock, utc_now
from server.services.crypto.key_ring import KeyRing
from server.services.crypto.passwords import Passwords
from server.services.events.bus import Announcements
from server.services.media.logos import Logos
from server.services.people.invitations import Invitations
from server.services.people.members import Members
from server.services.people.users import Users
from server.services.platform_events.event_types import EventTypes
from server.services.platform_events.extension_records import ExtensionRecords
from server.services.rate_limits.limiter import Throttle
from server.services.rate_limits.quotas import RateLimits
from server.services.search.batch import TokenDetails
from server.services.search.resource_lists import Listings
from server.services.search.saved_views import SavedViews
from server.services.search.token_list import TokenGrid
from server.services.sign_in.known_devices import KnownDevices
from server.services.sign_in.limits import SignInLimits
from server.services.sign_in.profile import Profile
from server.services.sign_in.sessions import Sessions
from server.services.subscriptions.stream import Changes
from server.services.tokens.creation import Minting
from server.services.tokens.drafts import Drafts
from server.services.tokens.lifecycle import Tokens
from server.services.tokens.secrets import TokenSecrets
from server.services.usage.recorder import Usage
from server.services.verification.facts import POSTGRES_QUERY, SQLITE_QUERY
from server.services.verification.introspection import Introspection
from server.services.verification.metrics import Tally
from server.services.verification.verifier import Verifier
from server.settings import Settings


@dataclass(frozen=True)
class Desk:
    """What every face calls. A face turns one request into one call here."""

    settings: Settings
    clock: Clock
    database: Database
    token_rows: LookUp
    announcements: Announcements
    audit: Audit
    audit_seals: AuditSeals
    erasure: Erasure
    audit_trail: AuditTrail
    changes: Changes
    accounts: Accounts
    users: Users
    members: Members
    invitations: Invitations
    sessions: Sessions
    known_devices: KnownDevices
    profile: Profile
    modules: Modules
    logos: Logos
    tokens: Tokens
    token_grid: TokenGrid
    token_details: TokenDetails
    listings: Listings
    event_types: EventTypes
    extension_records: ExtensionRecords
    secrets: TokenSecrets
    views: SavedViews
    drafts: Drafts
    usage: Usage
    verifier: Verifier
    introspection: Introspection
    tally: Tally
    throttle: Throttle
    rate_limits: RateLimits

    @classmethod
    def build(
        cls, settings: Settings, clock: Clock = utc_now, passwords: Passwords | None = None
    ) -> Self:
        """A desk that is not open yet: no file is touched but the key ring's."""
        key_ring = KeyRing(settings.key_ring_text())
        announcements = Announcements()
        database = Database(settings.database_location)
        erasure = Erasure(database.truncate_log)
        audit_seals = AuditSeals(key_ring)
        audit = Audit(announcements, audit_seals, erasure, clock)
        passwords = passwords or Passwords()
        redis_url = settings.redis_url
        throttle = Throttle(clock, redis_url.get_secret_value() if redis_url else None)
        known_devices = KnownDevices(key_ring, clock)
        limits = SignInLimits(throttle, known_devices)
        modules = Modules(audit, clock)
        minting = Minting(key_ring)
        logos = Logos(settings.logo_dir)
        users = Users(audit, passwords, clock)
        tokens = Tokens(audit, minting, logos, clock)
        secrets = TokenSecrets(audit, minting, key_ring, clock)
        usage = Usage(secrets, clock)
        token_rows = LookUp(database, sqlite=SQLITE_QUERY, postgres=POSTGRES_QUERY, key="id")
        tally = Tally()
        verifier = Verifier(
            key_ring,
            announcements,
            usage,
            clock,
            token_rows.rows,
            tally,
            remembered_tokens=settings.remembered_tokens,
            outage_grace=timedelta(seconds=settings.outage_grace),
        )
        return cls(
            settings=settings,
            clock=clock,
            database=database,
            token_rows=token_rows,
            announcements=announcements,
            audit=audit,
            audit_seals=audit_seals,
            erasure=erasure,
            audit_trail=AuditTrail(key_ring),
            changes=Changes(announcements, clock),
            accounts=Accounts(audit, logos, clock),
            users=users,
            members=Members(audit, users, clock),
            invitations=Invitations(audit, clock),
            sessions=Sessions(audit, passwords, limits, clock),
            known_devices=known_devices,
            profile=Profile(audit, passwords, limits, clock),
            modules=modules,
            logos=logos,
            tokens=tokens,
            token_grid=TokenGrid(key_ring, clock),
            token_details=TokenDetails(clock),
            listings=Listings(clock),
            event_types=EventTypes(audit),
            extension_records=ExtensionRecords(audit),
            secrets=secrets,
            views=SavedViews(),
            drafts=Drafts(audit, minting, logos, key_ring, clock),
            usage=usage,
            verifier=verifier,
            introspection=Introspection(verifier),
            tally=tally,
            throttle=throttle,
            rate_limits=RateLimits(throttle, settings.rate_limit),
        )

    async def open(self) -> list[str]:
        """Connect, and bring the database to the newest form; the migrations it took."""
        self.settings.make_data_dir()
        await self.database.open()
        return await self.database.migrate(seal=self.audit_seals.seal_all)

    async def close(self) -> None:
        """Close all connections."""
        await self.throttle.close()
        await self.token_rows.close()
        await self.erasure.finish()
        await self.database.close()
