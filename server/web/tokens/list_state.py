"""The state of the tokens page, as its URL encodes it: search, filters, order, columns, page."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams

from server.domain.i18n.messages import Message
from server.domain.ids import IdKind
from server.domain.tokens.lifecycle import TokenStatus
from server.services.search.token_list import TokenFilter, TokenOrder, search_words
from server.web.html.query_params import QueryReader, end_of, start_of

PAGE_SIZES: Final = (10, 25, 50, 100)


EXPIRING_DAYS: Final = (7, 30, 90)


ORDERS: Final = {
    "name": TokenOrder.NAME,
    "created_by": TokenOrder.CREATED_BY,
    "created_at": TokenOrder.CREATED_AT,
    "last_access": TokenOrder.LAST_ACCESS_AT,
    "updated_at": TokenOrder.UPDATED_AT,
    "expires_at": TokenOrder.EXPIRES_AT,
    "status": TokenOrder.STATUS,
}


COLUMNS: Final = {
    "account": Message("Account"),
    "modules": Message("Modules"),
    "created_by": Message("Created by"),
    "created_at": Message("Date created"),
    "last_access": Message("Last access"),
    "updated_at": Message("Last change"),
    "expires_at": Message("Expiry"),
    "status": Message("Status"),
}
"""Columns that can be hidden, in their order; the token's own column is always shown."""


USUAL_COLUMNS: Final = ("account", "modules", "created_by", "created_at", "last_access", "status")


STANDARD_VIEW: Final = "standard"
"""Value of `view` that requests the default list instead of the person's default view."""


@dataclass(frozen=True)
class TokenListState:
    """Filters, order and position in the list; invalid parameters are reported in `ignored`."""

    search: str = ""
    statuses: tuple[TokenStatus, ...] = ()
    module_ids: tuple[str, ...] = ()
    all_modules: bool = False
    created_by: str = ""
    created_from: date | None = None
    created_to: date | None = None
    last_access: str = ""
    unused_since: date | None = None
    expiring: int = 0
    account: str = ""
    sort: str = "created_at"
    descending: bool = True
    columns: tuple[str, ...] = USUAL_COLUMNS
    rows: int = PAGE_SIZES[0]
    page: int = 1
    ignored: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def of_query(cls, query: str) -> "TokenListState":
        """Parse a query string."""
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=None)
        return cls.read(QueryParams(pairs))

    @classmethod
    def read(cls, params: QueryParams) -> "TokenListState":
        """Parse a URL's parameters; invalid values become defaults."""
        reading = QueryReader(params)
        sort = params.get("sort", "-created_at")
        known_sort = sort.removeprefix("-") in ORDERS
        if not known_sort:
            reading.ignored.append(Message("an unknown order"))
        modules = tuple(dict.fromkeys(params.getlist("module")))
        module_ids = tuple(each for each in modules if IdKind.MODULE.matches(each))
        if modules != module_ids:
            reading.ignored.append(Message("an unknown module"))
        columns = params.getlist("column")
        return cls(
            search=" ".join(search_words(params.get("search", ""))),
            statuses=_statuses(reading, params.getlist("status")),
            module_ids=module_ids[:100],
            all_modules=params.get("module_match") == "all",
            created_by=reading.text("created_by", Message("an unknown creator")),
            created_from=reading.day("created_from", Message("a first day")),
            created_to=reading.day("created_to", Message("a last day")),
            last_access=reading.one_of(
                "last_access", Message("an unknown last access"), ("", "never", "unused")
            ),
            unused_since=reading.day("unused_since", Message("a day of last access")),
            expiring=int(
                reading.one_of(
                    "expiring",
                    Message("an unknown time until expiry"),
                    ("0", *map(str, EXPIRING_DAYS)),
                )
            ),
            account=reading.text("account", Message("an unknown account")),
            sort=sort.removeprefix("-") if known_sort else "created_at",
            descending=sort.startswith("-") if known_sort else True,
            columns=tuple(key for key in COLUMNS if key in columns) if columns else USUAL_COLUMNS,
            rows=reading.number_of_rows(PAGE_SIZES),
            page=reading.number("page"),
            ignored=tuple(reading.ignored),
        )

    def wanted(self) -> TokenFilter:
        """Return the filter for the service; days start and end in UTC."""
        return TokenFilter(
            search=self.search,
            statuses=self.statuses,
            module_ids=self.module_ids,
            all_modules=self.all_modules,
            created_by_id=self.created_by or None,
            created_since=start_of(self.created_from),
            created_until=end_of(self.created_to),
            never_used=self.last_access == "never",
            unused_since=start_of(self.unused_since) if self.last_access == "unused" else None,
            expiring_within=timedelta(days=self.expiring) if self.expiring else None,
            account_id=self.account or None,
        )

    @property
    def order(self) -> TokenOrder:
        """The order for the service."""
        return ORDERS[self.sort]

    def query(self, **changes: Any) -> str:
        """Encode the state, with some changes, as a query string; default values are left out.

        Changing anything except the page resets the page to 1.
        """
        state = replace(self, **({"page": 1} | changes))
        usual = TokenListState()
        pairs: list[tuple[str, str]] = [
            ("search", state.search),
            *(("status", status.value) for status in state.statuses),
            *(("module", module_id) for module_id in state.module_ids),
            ("module_match", "all" if state.all_modules and state.module_ids else ""),
            ("created_by", state.created_by),
            ("created_from", state.created_from.isoformat() if state.created_from else ""),
            ("created_to", state.created_to.isoformat() if state.created_to else ""),
            ("last_access", state.last_access),
            ("unused_since", state.unused_since.isoformat() if state.unused_since else ""),
            ("expiring", str(state.expiring) if state.expiring else ""),
            ("account", state.account),
            ("sort", "" if _same_order(state, usual) else state.sort_text),
            *(("column", key) for key in state.columns if state.columns != usual.columns),
            ("rows", str(state.rows) if state.rows != usual.rows else ""),
            ("page", str(state.page) if state.page != 1 else ""),
        ]
        return urlencode([(name, value) for name, value in pairs if value])

    @property
    def here(self) -> str:
        """The whole state as a query string, including the page."""
        return self.query(page=self.page)

    @property
    def sort_text(self) -> str:
        """The order as a URL parameter, such as `-created_at`."""
        return ("-" if self.descending else "") + self.sort

    @property
    def is_filtered(self) -> bool:
        """Whether search or filters may hide rows."""
        return self.wanted() != TokenFilter()

    def unfiltered(self) -> str:
        """Return the query string without search and filters; order, columns and rows stay."""
        kept = TokenListState(
            sort=self.sort, descending=self.descending, columns=self.columns, rows=self.rows
        )
        return kept.query()


def _statuses(reading: QueryReader, named: Sequence[str]) -> tuple[TokenStatus, ...]:
    known = {status.value: status for status in TokenStatus}
    chosen = dict.fromkeys(each.lower() for each in named if each)
    if any(each not in known for each in chosen):
        reading.ignored.append(Message("an unknown status"))
    return tuple(known[each] for each in chosen if each in known)


def _same_order(state: TokenListState, other: TokenListState) -> bool:
    return (state.sort, state.descending) == (other.sort, other.descending)
