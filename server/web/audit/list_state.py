"""What the address of an audit trail says: filters, rows per page, page."""

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
    """One way of looking at records. What an address says wrongly is left out and told of."""

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
        """The state that a query string describes."""
        return cls.read(QueryParams(parse_qsl(query, keep_blank_values=True)))

    @classmethod
    def read(cls, params: QueryParams) -> "AuditListState":
        """The state in an address's parameters; unknown values fall back."""
        reading = QueryReader(params)
        return cls(
            object=_as_id(reading.text("object", Message("an unknown object"))),
            actor=_as_id(reading.text("actor", Message("an unknown actor"))),
            event=reading.one_of("event", Message("an unknown event"), ("", *EVENTS)),
            first_day=reading.day("from", Message("the first day")),
            last_day=reading.day("to", Message("the last day")),
            account=_as_id(reading.text("account", Message("an unknown account"))),
            rows=int(
                reading.one_of(
                    "rows", Message("an unknown number of rows"), tuple(map(str, PAGE_SIZES))
                )
            ),
            page=reading.number("page"),
            ignored=tuple(reading.ignored),
        )

    def wanted(self) -> AuditFilter:
        """The filter as services take it; both days are included, in UTC."""
        return AuditFilter(
            object_id=self.object or None,
            actor_id=self.actor or None,
            event=self.event or None,
            since=start_of(self.first_day),
            until=end_of(self.last_day),
            account_id=self.account or None,
        )

    def query(self, **changes: Any) -> str:
        """The state as a query string, with some of it changed; what is usual is left out.

        A change of anything but the page leads to the first page.
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
        """Whether records may be missing because of filters."""
        return self.wanted() != AuditFilter()

    def unfiltered(self) -> str:
        """The query without filters; the rows per page stay."""
        return AuditListState(rows=self.rows).query()


def _as_id(text: str) -> str:
    """An id in its own letters, however it was typed; any other text as it is."""
    return text.upper() if kind_of(text.upper()) else text
