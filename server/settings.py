"""Settings from the environment, validated once at the start."""

import secrets
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from server.private_files import create_private, make_private_folder

PREFIX: Final = "TOKENDESK_"
KEY_FILE: Final = "secret-keys"


class Settings(BaseSettings):
    """All settings of an operator. Each field's description is its documentation."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data_dir: Path = Field(
        Path("data"),
        description="folder of the embedded database, logos and generated keys; mode 0700",
    )
    database_url: SecretStr | None = Field(
        None, description="`sqlite://FILE` or `postgres://user:password@host/name`"
    )
    secret_keys: SecretStr | None = Field(
        None,
        description="comma-separated key ring: the first signs and seals, all verify and open",
    )
    base_url: str | None = Field(
        None, description="public origin, for links and the API endpoint shown"
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
    workers: int = Field(1, ge=1, le=256, description="processes; more than one needs PostgreSQL")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="comma-separated addresses whose X-Forwarded-* headers are believed"
    )
    remembered_tokens: int = Field(
        100_000,
        ge=0,
        le=10_000_000,
        description="tokens that each worker keeps in memory for verification",
    )
    outage_grace: float = Field(
        0,
        ge=0,
        le=86_400,
        description="seconds for which remembered tokens are answered while the database is away",
    )
    demo: bool = Field(False, description="create the demo world on the first start")
    rate_limit: int = Field(
        5_000,
        ge=0,
        le=10_000_000,
        description="points a minute for each token and person at GraphQL and REST; a tenth of it"
        " for each address without a sign-in; 0 for no limit",
    )
    redis_url: SecretStr | None = Field(
        None, description="`redis://[:password@]host[:port][/db]`, so that workers share limits"
    )
    graphiql: bool = Field(True, description="serve the GraphiQL explorer at /graphql")
    introspection: bool = Field(True, description="let GraphQL clients ask for the schema")
    trusted_documents: Literal["off", "only"] = Field(
        "off",
        description="`only` runs no GraphQL but documents given to `tokendesk schema register`",
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return value
        url = value.get_secret_value()
        scheme = url.partition("://")[0]
        if scheme in {"postgres", "postgresql"}:
            # The drivers import slowly, and most commands on the embedded database need none.
            from server.database.postgres_url import PostgresUrl

            PostgresUrl.parse(url)
        elif scheme != "sqlite":
            raise ValueError("write sqlite://FILE or postgres://user:password@host/name")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_redis_url(value.get_secret_value()):
            raise ValueError("write redis://[:password@]host[:port][/db], or rediss:// for TLS")
        return value

    @field_validator("base_url")
    @classmethod
    def _bare_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
            raise ValueError("write an origin such as https://desk.example.com, without a path")
        return f"{parts.scheme}://{parts.netloc}"

    @model_validator(mode="after")
    def _workers_need_a_server(self) -> "Settings":
        if self.workers > 1 and self.uses_sqlite:
            raise ValueError(
                "more than one worker needs PostgreSQL: set TOKENDESK_DATABASE_URL, "
                "or TOKENDESK_WORKERS=1"
            )
        return self

    @property
    def uses_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_location.startswith("sqlite:")

    @property
    def database_location(self) -> str:
        """The database's URL. It may contain a password: never log it."""
        if self.database_url is None:
            return f"sqlite://{(self.data_dir / 'tokendesk.sqlite3').absolute()}"
        location = self.database_url.get_secret_value()
        return location.replace("postgresql://", "postgres://", 1)

    @property
    def origin(self) -> str:
        """The public origin, `https://desk.example.com`."""
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def uses_https(self) -> bool:
        """Whether people reach the desk over HTTPS, so that cookies can be `Secure`."""
        return self.origin.startswith("https://")

    @property
    def logo_dir(self) -> Path:
        """The folder of logos, which are named by the hash of their content."""
        return self.data_dir / "logos"

    @property
    def document_dir(self) -> Path:
        """The folder of registered GraphQL documents, one file per id."""
        return self.data_dir / "trusted-documents"

    def make_data_dir(self) -> None:
        """Create the data folder for the owner only, if it is missing."""
        make_private_folder(self.data_dir)

    def key_ring_text(self) -> str:
        """Return the comma-separated key ring: from the settings, or else from the data folder.

        A missing key file is created complete under another name and then linked, so that two
        processes that start together agree on one key.
        """
        if self.secret_keys is not None:
            return self.secret_keys.get_secret_value()
        self.make_data_dir()
        key_file = self.data_dir / KEY_FILE
        if not key_file.exists():
            fresh = self.data_dir / f"{KEY_FILE}.{secrets.token_hex(8)}"
            create_private(fresh)
            fresh.write_text(secrets.token_urlsafe(48) + "\n", encoding="ascii")
            try:
                key_file.hardlink_to(fresh)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return key_file.read_text(encoding="ascii").strip()


def _is_redis_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        well_formed = parts.port is None or parts.port > 0
    except ValueError:
        return False
    number = parts.path.strip("/")
    return (
        well_formed
        and parts.scheme in {"redis", "rediss"}
        and bool(parts.hostname)
        and (not number or number.isdecimal())
    )
