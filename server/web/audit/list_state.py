"""The state of an audit list, as its URL encodes it: filters, rows per page, page."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams

from server.domain.audit.events import EVENTS
from server.domain.i18n.messages import Message
from server.domain.ids import kind_of
from server.services.audit.trail import AuditFilter
from server.web.html.query_params import QueryReader, end_of, start_of

PAGE_SIZES: Final = (10, 25, 50, 100)


@dataclass(frozen=True)
class AuditListState:
    """Filters and position in a list of records; invalid parameters are reported in `ignored`."""

    object: str = ""
    actor: str = ""
    event: str = ""
    first_day: date | None = None
    last_day: date | None = None
    account: str = ""
    rows: int = PAGE_SIZES[0]
    page: int = 1
    ignored: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def of_query(cls, query: str) -> "AuditListState":
        """Parse a query string."""
        return cls.read(QueryParams(parse_qsl(query, keep_blank_values=True)))

    @classmethod
    def read(cls, params: QueryParams) -> "AuditListState":
        """Parse a URL's parameters; invalid values become defaults."""
        reading = QueryReader(params)
        return cls(
            object=_as_id(reading.text("object", Message("an unknown object"))),
            actor=_as_id(reading.text("actor", Message("an unknown actor"))),
            event=reading.one_of("event", Message("an unknown event"), ("", *EVENTS)),
            first_day=reading.day("from", Message("the first day")),
            last_day=reading.day("to", Message("the last day")),
            account=_as_id(reading.text("account", Message("an unknown account"))),
            rows=reading.number_of_rows(PAGE_SIZES),
            page=reading.number("page"),
            ignored=tuple(reading.ignored),
        )

    def wanted(self) -> AuditFilter:
        """Return the filter for the service; both days are inclusive, in UTC."""
        return AuditFilter(
            object_id=self.object or None,
            actor_id=self.actor or None,
            event=self.event or None,
            since=start_of(self.first_day),
            until=end_of(self.last_day),
            account_id=self.account or None,
        )

    def query(self, **changes: Any) -> str:
        """Encode the state, with some changes, as a query string; default values are left out.

        Changing anything except the page resets the page to 1.
        """
        state = replace(self, **({"page": 1} | changes))
        pairs = [
            ("object", state.object),
            ("actor", state.actor),
            ("event", state.event),
            ("from", state.first_day.isoformat() if state.first_day else ""),
            ("to", state.last_day.isoformat() if state.last_day else ""),
            ("account", state.account),
            ("rows", str(state.rows) if state.rows != PAGE_SIZES[0] else ""),
            ("page", str(state.page) if state.page != 1 else ""),
        ]
        return urlencode([(name, value) for name, value in pairs if value])

    @property
    def is_filtered(self) -> bool:
        """Whether filters may hide records."""
        return self.wanted() != AuditFilter()

    def unfiltered(self) -> str:
        """Return the query string without filters; the number of rows per page stays."""
        return AuditListState(rows=self.rows).query()


def _as_id(text: str) -> str:
    """Return an id in canonical upper case; return any other text unchanged."""
    return text.upper() if kind_of(text.upper()) else text
