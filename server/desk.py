"""The desk: one frozen object with all services, built from the settings by plain constructors."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from server.database import Database
from server.database.erasure import Erasure
from server.database.queries.lookup import PreparedLookup
from server.services.accounts.accounts import Accounts
from server.services.accounts.modules import Modules
from server.services.audit.seals import AuditSeals
from server.services.audit.trail import AuditTrail
from server.services.audit.writer import AuditLog
from server.services.clock import Clock, utc_now
from server.services.crypto.key_ring import KeyRing
from server.services.crypto.passwords import Passwords
from server.services.events.bus import EventBus
from server.services.media.logos import Logos
from server.services.people.invitations import Invitations
from server.services.people.members import Members
from server.services.people.users import Users
from server.services.platform_events.event_types import EventTypes
from server.services.platform_events.extension_records import ExtensionRecords
from server.services.rate_limits.limiter import RateLimiter
from server.services.rate_limits.quotas import Quotas
from server.services.search.batch import TokenBatchReader
from server.services.search.resource_lists import ResourceLists
from server.services.search.saved_views import SavedViews
from server.services.search.token_list import TokenList
from server.services.sign_in.attempts import SignInLimits
from server.services.sign_in.known_devices import KnownDevices
from server.services.sign_in.profile import Profile
from server.services.sign_in.sessions import Sessions
from server.services.subscriptions.stream import ChangeStream
from server.services.tokens.creation import TokenMinter
from server.services.tokens.drafts import Drafts
from server.services.tokens.lifecycle import Tokens
from server.services.tokens.secrets import TokenSecrets
from server.services.usage.recorder import UsageRecorder
from server.services.verification.facts import POSTGRES_QUERY, SQLITE_QUERY
from server.services.verification.introspection import Introspection
from server.services.verification.metrics import VerificationMetrics
from server.services.verification.verifier import Verifier
from server.settings import Settings


@dataclass(frozen=True)
class Desk:
    """What every face calls. A face turns one request into one call here."""

    settings: Settings
    clock: Clock
    database: Database
    token_lookup: PreparedLookup
    events: EventBus
    audit: AuditLog
    audit_seals: AuditSeals
    erasure: Erasure
    audit_trail: AuditTrail
    changes: ChangeStream
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
    token_list: TokenList
    token_batches: TokenBatchReader
    resource_lists: ResourceLists
    event_types: EventTypes
    extension_records: ExtensionRecords
    secrets: TokenSecrets
    views: SavedViews
    drafts: Drafts
    usage: UsageRecorder
    verifier: Verifier
    introspection: Introspection
    verification_metrics: VerificationMetrics
    rate_limiter: RateLimiter
    quotas: Quotas

    @classmethod
    def build(
        cls, settings: Settings, clock: Clock = utc_now, passwords: Passwords | None = None
    ) -> Self:
        """Build a desk that is not open yet. Only the key ring's file may be created."""
        key_ring = KeyRing(settings.key_ring_text())
        events = EventBus()
        database = Database(settings.database_location)
        erasure = Erasure(database.truncate_log)
        audit_seals = AuditSeals(key_ring)
        audit = AuditLog(events, audit_seals, erasure, clock)
        passwords = passwords or Passwords()
        redis_url = settings.redis_url
        rate_limiter = RateLimiter(clock, redis_url.get_secret_value() if redis_url else None)
        known_devices = KnownDevices(key_ring, clock)
        limits = SignInLimits(rate_limiter, known_devices)
        modules = Modules(audit, clock)
        minting = TokenMinter(key_ring)
        logos = Logos(settings.logo_dir)
        users = Users(audit, passwords, clock)
        tokens = Tokens(audit, minting, logos, clock)
        secrets = TokenSecrets(audit, minting, key_ring, clock)
        usage = UsageRecorder(secrets, clock)
        token_rows = PreparedLookup(
            database, sqlite=SQLITE_QUERY, postgres=POSTGRES_QUERY, key="id"
        )
        verification_metrics = VerificationMetrics()
        verifier = Verifier(
            key_ring,
            events,
            usage,
            clock,
            token_rows.rows,
            verification_metrics,
            remembered_tokens=settings.remembered_tokens,
            outage_grace=timedelta(seconds=settings.outage_grace),
        )
        return cls(
            settings=settings,
            clock=clock,
            database=database,
            token_lookup=token_rows,
            events=events,
            audit=audit,
            audit_seals=audit_seals,
            erasure=erasure,
            audit_trail=AuditTrail(key_ring),
            changes=ChangeStream(events, clock),
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
            token_list=TokenList(key_ring, clock),
            token_batches=TokenBatchReader(clock),
            resource_lists=ResourceLists(clock),
            event_types=EventTypes(audit),
            extension_records=ExtensionRecords(audit),
            secrets=secrets,
            views=SavedViews(),
            drafts=Drafts(audit, minting, logos, key_ring, clock),
            usage=usage,
            verifier=verifier,
            introspection=Introspection(verifier),
            verification_metrics=verification_metrics,
            rate_limiter=rate_limiter,
            quotas=Quotas(rate_limiter, settings.rate_limit),
        )

    async def open(self) -> list[str]:
        """Connect, migrate the database, and return the names of the migrations applied."""
        self.settings.make_data_dir()
        await self.database.open()
        return await self.database.migrate(seal=self.audit_seals.seal_all)

    async def close(self) -> None:
        """Close all connections."""
        await self.rate_limiter.close()
        await self.token_lookup.close()
        await self.erasure.finish()
        await self.database.close()
