"""A `postgres://` URL, read as libpq reads it. What cannot be honoured is refused."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode

SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
SYSTEM: Final = "system"
"""As `sslrootcert`: the certificate authorities that the machine trusts."""

_TLS: Final = frozenset(
    {
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "sslpassword",
        "sslcrl",
        "sslnegotiation",
        "ssl_min_protocol_version",
        "ssl_max_protocol_version",
        "target_session_attrs",
        "passfile",
    }
)
"""Parameters that asyncpg reads from a URL with libpq's meaning."""

_CHOICES: Final = {
    "sslmode": SSL_MODES,
    "sslnegotiation": ("postgres", "direct"),
    "ssl_min_protocol_version": ("TLSv1.2", "TLSv1.3"),
    "ssl_max_protocol_version": ("TLSv1.2", "TLSv1.3"),
    "target_session_attrs": (
        "any",
        "primary",
        "standby",
        "prefer-standby",
        "read-write",
        "read-only",
    ),
    "channel_binding": ("disable", "prefer"),
    "gssencmode": ("disable", "prefer"),
}
_IGNORED: Final = frozenset({"channel_binding", "gssencmode"})
"""Parameters whose allowed values change nothing, so that they are dropped."""

_ADDRESS: Final = frozenset({"host", "port", "user", "password", "dbname", "database"})
_SERVER: Final = frozenset({"options", "application_name"})
_NUMBERS: Final[dict[str, Callable[[str], float]]] = {
    "connect_timeout": int,
    "timeout": float,
    "command_timeout": float,
    "statement_cache_size": int,
    "max_cached_statement_lifetime": int,
    "max_cacheable_statement_size": int,
}
_POOL_NUMBERS: Final[dict[str, tuple[str, Callable[[str], float]]]] = {
    "minsize": ("min_size", int),
    "maxsize": ("max_size", int),
    "min_size": ("min_size", int),
    "max_size": ("max_size", int),
    "max_queries": ("max_queries", int),
    "max_inactive_connection_lifetime": ("max_inactive_connection_lifetime", float),
}
_KNOWN: Final = (
    _TLS
    | _ADDRESS
    | _SERVER
    | _IGNORED
    | _NUMBERS.keys()
    | _POOL_NUMBERS.keys()
    | {"schema", "ssl"}
)
_POOL: Final = {"min_size": 1, "max_size": 5}
_PORT: Final = "5432"
_YES: Final = frozenset({"true", "1", "yes", "on"})
_NO: Final = frozenset({"false", "0", "no", "off"})


@dataclass(frozen=True)
class PostgresUrl:
    """The parts of a URL: the server, and the settings of every connection to it."""

    hosts: tuple[str, ...]
    ports: tuple[int, ...]
    database: str
    user: str | None
    password: str | None = field(repr=False)
    tls: dict[str, str] = field(repr=False)
    server_settings: dict[str, str]
    numbers: dict[str, float]
    pool: dict[str, float]

    @classmethod
    def parse(cls, url: str) -> "PostgresUrl":
        """Parse a URL and load its certificates. Raise `ValueError` saying what is wrong."""
        netloc, path, query = _split(url)
        given = _parameters(query)
        login, _, place = netloc.rpartition("@")
        user, _, password = login.partition(":")
        hosts, ports = _hosts(given.get("host") or place, given.get("port"))
        database = unquote(path) or given.get("dbname") or given.get("database") or ""
        found = cls(
            hosts=hosts,
            ports=ports,
            database=database,
            user=unquote(user) or given.get("user") or None,
            password=unquote(password) or given.get("password") or None,
            tls=_tls(given),
            server_settings=_server_settings(given),
            numbers=_numbers(given),
            pool=_pool(given),
        )
        found.tls_context()
        return found

    @property
    def connect_arguments(self) -> dict[str, Any]:
        """The arguments of asyncpg for one connection, the same for all of the desk's."""
        arguments: dict[str, Any] = {
            "dsn": f"postgres://?{urlencode(self.tls)}",
            "host": list(self.hosts) or None,
            "port": list(self.ports) or None,
            "user": self.user,
            "password": self.password,
            "database": self.database or None,
            "server_settings": dict(self.server_settings),
            **self.numbers,
        }
        if self.tls.get("sslrootcert") == SYSTEM:
            # asyncpg only accepts a file name.
            arguments |= {"dsn": "postgres://", "ssl": self.tls_context()}
        return arguments

    def tls_context(self) -> ssl.SSLContext:
        """Load the URL's certificates. Raise `ValueError` if one is unreadable."""
        root, certificate = self.tls.get("sslrootcert"), self.tls.get("sslcert")
        context = ssl.create_default_context()
        if root and root != SYSTEM:
            _load("sslrootcert", root, lambda: context.load_verify_locations(cafile=root))
        if certificate:
            key, password = self.tls.get("sslkey"), self.tls.get("sslpassword", "")
            _load(
                "sslcert",
                certificate,
                lambda: context.load_cert_chain(certificate, key, lambda: password),
            )
        return context


def _split(url: str) -> tuple[str, str, str]:
    """Return login and hosts, the database's name, and the parameters."""
    rest, _, query = url.partition("://")[2].partition("?")
    netloc, _, path = rest.partition("/")
    if "#" in url or ("@" in path + query and "@" not in netloc):
        raise ValueError("percent-encode the password")
    return netloc, path, query


def _parameters(query: str) -> dict[str, str]:
    """Parse the parameters. A plus is a plus, as in libpq; the last of repeated ones counts."""
    try:
        pairs = parse_qsl(query.replace("+", "%2B"), keep_blank_values=True, strict_parsing=True)
    except ValueError:
        if query:
            raise ValueError("write its parameters as name=value, joined by &") from None
        pairs = []
    given = dict(pairs)
    if unknown := sorted(given.keys() - _KNOWN):
        raise ValueError(f"its parameter {unknown[0][:40]!r} is unknown, or cannot be honoured")
    for name, choices in _CHOICES.items():
        if name in given and given[name] not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}")
    return given


def _hosts(text: str, ports_text: str | None) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Parse hosts and ports: `a:1,b:2`, `[::1]:5432`, or the folder of a Unix socket."""
    hosts, ports = [], []
    for each in text.split(",") if text else []:
        host, colon, port = each.rpartition(":")
        if not colon or each.endswith("]") or each.startswith("/"):
            host, port = each, ""
        hosts.append(unquote(host.removeprefix("[").removesuffix("]")))
        ports.append(port)
    named = ports_text.split(",") if ports_text else [""]
    if len(named) == 1:
        named *= len(hosts)
    if len(named) != len(hosts):
        raise ValueError("give one port, or one for each host")
    chosen = [own or other or _PORT for own, other in zip(ports, named, strict=True)]
    if not all(each.isascii() and each.isdigit() and 0 < int(each) < 65536 for each in chosen):
        raise ValueError("a port is a number from 1 to 65535; percent-encode the password")
    return tuple(hosts), tuple(map(int, chosen))


def _tls(given: dict[str, str]) -> dict[str, str]:
    """Return the TLS parameters; `ssl=` is for older URLs."""
    tls = {name: given[name] for name in given.keys() & _TLS}
    if "ssl" in given:
        if "sslmode" in tls:
            raise ValueError("give sslmode, without ssl")
        tls |= _legacy(given["ssl"].lower(), tls.get("sslrootcert"))
    if tls.get("sslrootcert") == SYSTEM and tls.setdefault("sslmode", "verify-full") != (
        "verify-full"
    ):
        raise ValueError("sslrootcert=system needs sslmode=verify-full")
    return tls


def _legacy(word: str, root: str | None) -> dict[str, str]:
    if word in _YES:
        # `ssl=true` has always verified the server, and must not come to mean less.
        return {"sslmode": "verify-full", "sslrootcert": root or SYSTEM}
    if word in _NO:
        return {"sslmode": "disable"}
    if word in SSL_MODES:
        return {"sslmode": word}
    raise ValueError(f"write sslmode={'|'.join(SSL_MODES)} in the place of ssl")


def _server_settings(given: dict[str, str]) -> dict[str, str]:
    settings = {name: given[name] for name in given.keys() & _SERVER if given[name]}
    if schema := given.get("schema"):
        settings["search_path"] = '"' + schema.replace('"', '""') + '"'
    return settings


def _numbers(given: dict[str, str]) -> dict[str, float]:
    found = {name: _number(name, given, _NUMBERS[name]) for name in given.keys() & _NUMBERS.keys()}
    if "connect_timeout" in found:
        # For libpq 0 waits forever. A desk that hangs reports nothing: wait `timeout` or 60 s.
        found["timeout"] = found.pop("connect_timeout") or found.get("timeout", 60.0)
    return found


def _pool(given: dict[str, str]) -> dict[str, float]:
    sizes: dict[str, float] = dict(_POOL)
    for name in given.keys() & _POOL_NUMBERS.keys():
        argument, kind = _POOL_NUMBERS[name]
        sizes[argument] = _number(name, given, kind)
    if not 0 <= sizes["min_size"] <= sizes["max_size"] or sizes["max_size"] < 1:
        raise ValueError("minsize must not be greater than maxsize")
    return sizes


def _number(name: str, given: dict[str, str], kind: Callable[[str], float]) -> float:
    try:
        number = kind(given[name])
    except ValueError:
        number = -1
    if not 0 <= number < 1e9:
        raise ValueError(f"{name} must be a number, zero or more")
    return number


def _load(name: str, file: str, load: Callable[[], None]) -> None:
    try:
        load()
    except ssl.SSLError:
        raise ValueError(f"{name}: {file} is no certificate in PEM form, or not its key") from None
    except OSError as error:
        raise ValueError(f"{name}: {file} cannot be read: {error.strerror}") from None
