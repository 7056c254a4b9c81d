"""What a query string asks for beside its filter."""

import pytest

from server.api.marketplace.query_string import parse_list_query
from server.domain.filters import Compare, Operator, Text
from server.services.search.list_query import ListQuery, OrderBy, Selection


def test_all_pieces_in_the_order_of_the_client() -> None:
    list_query = parse_list_query(
        b"limit=5&offset=10&order=-audit.created.at,name"
        b"&select=+id,name,-description,audit&eq(id,'A')&render()"
    )
    assert list_query == ListQuery(
        condition=Compare(Operator.EQ, "id", Text("A")),
        order=(OrderBy("audit.created.at", descending=True), OrderBy("name")),
        selection=Selection(added=("id", "name", "audit"), removed=("description",)),
        limit=5,
        offset=10,
        render=True,
    )


def test_the_filter_may_come_first() -> None:
    list_query = parse_list_query(b'eq(account.id,"ACC-1111-1111")&eq(status,"Active")&limit=10')
    assert str(list_query.condition) == "and(eq(account.id,'ACC-1111-1111'),eq(status,'Active'))"
    assert list_query.limit == 10


@pytest.mark.parametrize(
    ("query", "selection"),
    [
        (b"select=object%2Cactor&render%28%29=", Selection(added=("object", "actor"))),
        (b"select=%2Baudit%2C-name", Selection(added=("audit",), removed=("name",))),
        (b"select=%20audit, modules.id,,", Selection(added=("audit", "modules.id"))),
        (b"select=-*,id,name", Selection(added=("id", "name"), no_defaults=True)),
        (b"select=id,name,-*", Selection(added=("id", "name"), no_defaults=True)),
        (b"select=*", Selection(everything=True)),
        (b"select=+*,-audit", Selection(removed=("audit",), everything=True)),
        (b"select=", Selection()),
        (b"SELECT=id", Selection(added=("id",))),
        (b"", Selection()),
    ],
)
def test_select(query: bytes, selection: Selection) -> None:
    assert parse_list_query(query).selection == selection


def test_order() -> None:
    order = parse_list_query(b"order=+a,-b, c.d,%2Be,,").order
    assert order == (OrderBy("a"), OrderBy("b", True), OrderBy("c.d"), OrderBy("e"))
    assert parse_list_query(b"order=").order == ()


@pytest.mark.parametrize(
    ("query", "limit", "offset"),
    [
        (b"", 10, 0),
        (b"limit=0", 0, 0),
        (b"limit=1&offset=7", 1, 7),
        (b"limit=100", 100, 0),
        (b"limit=101", 100, 0),
        (b"limit=999999999999999&offset=999999999999999", 100, 999_999_999_999_999),
    ],
)
def test_limits_are_capped_not_refused(query: bytes, limit: int, offset: int) -> None:
    list_query = parse_list_query(query)
    assert (list_query.limit, list_query.offset) == (limit, offset)


@pytest.mark.parametrize(
    "query", [b"render()", b"render%28%29=", b"Render( )", b"limit=1&render()"]
)
def test_render(query: bytes) -> None:
    assert parse_list_query(query).render is True
    assert parse_list_query(query).condition is None


def test_buyers_narrow_nothing_as_there_are_none() -> None:
    assert parse_list_query(b"filter(group.buyers)&limit=3") == ListQuery(limit=3)
