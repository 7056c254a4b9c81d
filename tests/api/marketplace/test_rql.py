"""Every form that the Marketplace's clients and documents write is understood."""

import pytest

from server.api.marketplace.query_string import parse_list_query
from server.domain.filters import (
    All,
    And,
    Any,
    Compare,
    Condition,
    Not,
    OneOf,
    Operator,
    Or,
    Special,
    Text,
)


def eq(path: str, text: str) -> Compare:
    return Compare(Operator.EQ, path, Text(text))


def bare(path: str, text: str) -> Compare:
    return Compare(Operator.EQ, path, Text(text, quoted=False))


def compared(operator: Operator, path: str, text: str) -> Compare:
    return Compare(operator, path, Text(text))


STATUSES = (Text("Active"), Text("Disabled"))

RECORDED: list[tuple[str, Condition]] = [
    ("eq(name,'E2E%20Seeded%20Token')", eq("name", "E2E Seeded Token")),
    ("eq(account.id,'A')", eq("account.id", "A")),
    ("eq(revision,3)", bare("revision", "3")),
    ("eq(price,10.50)", bare("price", "10.50")),
    ("eq(paid,true)", bare("paid", "true")),
    ("eq(paid,false)", bare("paid", "false")),
    ("eq(day,'2026-01-31')", eq("day", "2026-01-31")),
    (
        "eq(audit.created.at,'2026-01-31T23:00:00+00:00')",
        eq("audit.created.at", "2026-01-31T23:00:00+00:00"),
    ),
    ("ne(status,'Deleted')", compared(Operator.NE, "status", "Deleted")),
    ("lt(n,5)", Compare(Operator.LT, "n", Text("5", quoted=False))),
    ("le(n,5)", Compare(Operator.LE, "n", Text("5", quoted=False))),
    ("gt(n,5)", Compare(Operator.GT, "n", Text("5", quoted=False))),
    (
        "ge(audit.created.at,'2026-01-31T23:00:00.000Z')",
        compared(Operator.GE, "audit.created.at", "2026-01-31T23:00:00.000Z"),
    ),
    ("like(name,'mobile-e2e-setup-*')", compared(Operator.LIKE, "name", "mobile-e2e-setup-*")),
    ("ilike(name,'*token*')", compared(Operator.ILIKE, "name", "*token*")),
    ("like(name,'The\\**')", compared(Operator.LIKE, "name", "The\\**")),
    ("in(status,('Active','Disabled'))", OneOf("status", STATUSES)),
    ("in(id,('TKN-1111-1111'))", OneOf("id", (Text("TKN-1111-1111"),))),
    ("out(status,('Deleted'))", OneOf("status", (Text("Deleted"),), excluded=True)),
    ("eq(description,null())", Compare(Operator.EQ, "description", Special.NULL)),
    ("ne(description,null())", Compare(Operator.NE, "description", Special.NULL)),
    ("eq(icon,empty())", Compare(Operator.EQ, "icon", Special.EMPTY)),
    ("ne(icon,empty())", Compare(Operator.NE, "icon", Special.EMPTY)),
    (
        "and(eq(id,'A'),in(status,('a','b')),eq(ok,true))",
        And((eq("id", "A"), OneOf("status", (Text("a"), Text("b"))), bare("ok", "true"))),
    ),
    (
        "or(eq(status,'Active'),eq(status,'Disabled'))",
        Or((eq("status", "Active"), eq("status", "Disabled"))),
    ),
    (
        "and(eq(account.id,'A'),or(eq(status,'Active'),eq(status,'Disabled')))",
        And((eq("account.id", "A"), Or((eq("status", "Active"), eq("status", "Disabled"))))),
    ),
    ("not(eq(status,'Deleted'))", Not(eq("status", "Deleted"))),
    ("not(and(eq(id,'A'),eq(name,'B')))", Not(And((eq("id", "A"), eq("name", "B"))))),
    ("any(modules,eq(id,'MOD-1756'))", Any("modules", eq("id", "MOD-1756"))),
    (
        "any(modules,and(eq(id,'MOD-1756'),eq(name,'x')))",
        Any("modules", And((eq("id", "MOD-1756"), eq("name", "x")))),
    ),
    ("all(modules,eq(id,'MOD-1756'))", All("modules", eq("id", "MOD-1756"))),
    (
        "eq(agreement.product.id,order.product.id)",
        bare("agreement.product.id", "order.product.id"),
    ),
    ("eq(account.id,%22ACC-1111-1111%22)", eq("account.id", "ACC-1111-1111")),
]

WRITTEN: list[tuple[str, Condition]] = [
    ('eq(account.id,"ACC-1111-1111")', eq("account.id", "ACC-1111-1111")),
    ("eq(account.id, ACC-1111-1111)", bare("account.id", "ACC-1111-1111")),
    ("EQ( name , 'A' )", eq("name", "A")),
    ("id=ACC-1111-1111", bare("id", "ACC-1111-1111")),
    ("name='a=b'", eq("name", "a=b")),
    ("icon=empty()", Compare(Operator.EQ, "icon", Special.EMPTY)),
    ("icon=NULL()", Compare(Operator.EQ, "icon", Special.NULL)),
    ("eq(name,'R&D')", eq("name", "R&D")),
    ("eq(name,'a+b')", eq("name", "a+b")),
    ("eq(name,'a%2Bb')", eq("name", "a+b")),
    ("eq(name,'50%')", eq("name", "50%")),
    ("eq(name,'')", eq("name", "")),
    ('eq(name,"O\'Brien")', eq("name", "O'Brien")),
    ("eq(name,'a)(b')", eq("name", "a)(b")),
    ("eq(name,'%E4%BD%A0')", eq("name", "你")),
    ("in(id,(A, null(),'B'))", OneOf("id", (Text("A", quoted=False), Special.NULL, Text("B")))),
    ("any(modules)", Any("modules")),
    ("all(modules)", All("modules")),
    ("eq(self(),'x')", eq("self()", "x")),
    ("and(eq(id,'A'))", And((eq("id", "A"),))),
    ("(eq(id,'A'))", eq("id", "A")),
    ("a=1|b=2", Or((bare("a", "1"), bare("b", "2")))),
    ("a=1;b=2", Or((bare("a", "1"), bare("b", "2")))),
    ("a=1,b=2", And((bare("a", "1"), bare("b", "2")))),
    ("a=1&b=2", And((bare("a", "1"), bare("b", "2")))),
    ("a=1|b=2&c=3", Or((bare("a", "1"), And((bare("b", "2"), bare("c", "3")))))),
    ("(a=1|b=2)&c=3", And((Or((bare("a", "1"), bare("b", "2"))), bare("c", "3")))),
    ("a=1&limit=3&b=2", And((bare("a", "1"), bare("b", "2")))),
    ("&&a=1&", bare("a", "1")),
]


@pytest.mark.parametrize(("sent", "meant"), RECORDED)
def test_what_the_client_sends(sent: str, meant: Condition) -> None:
    assert parse_list_query(b"limit=10&offset=0&" + sent.encode()).condition == meant


@pytest.mark.parametrize(("sent", "meant"), WRITTEN)
def test_what_documents_and_other_programs_write(sent: str, meant: Condition) -> None:
    assert parse_list_query(sent.encode()).condition == meant


@pytest.mark.parametrize(("_", "meant"), RECORDED + WRITTEN)
def test_what_is_printed_is_read_again(_: str, meant: Condition) -> None:
    sent = str(meant).replace("%", "%25").encode()
    assert parse_list_query(sent).condition == meant


@pytest.mark.parametrize("sent", ["", "&", "%20&%20", "limit=1", "render()"])
def test_no_filter(sent: str) -> None:
    assert parse_list_query(sent.encode()).condition is None


def test_as_deep_as_it_may_be() -> None:
    condition = parse_list_query(b"not(" * 32 + b"id=A" + b")" * 32).condition
    for _ in range(32):
        assert isinstance(condition, Not)
        condition = condition.part
    assert condition == bare("id", "A")


def test_as_much_as_it_may_be() -> None:
    listed = parse_list_query(f"in(id,({','.join(['A'] * 100)}))".encode()).condition
    assert listed == OneOf("id", (Text("A", quoted=False),) * 100)
    many = parse_list_query("|".join(["a=1"] * 200).encode()).condition
    assert many == Or((bare("a", "1"),) * 200)
    long = parse_list_query(b"name='" + b"x" * (8_192 - 7) + b"'").condition
    assert long == eq("name", "x" * (8_192 - 7))
