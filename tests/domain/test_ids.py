"""Product ids: their forms and how new ones are drawn."""

import pytest

from server.domain.ids import IdKind, kind_of

EXAMPLES = {
    IdKind.ACCOUNT: "ACC-1234-5678",
    IdKind.USER: "USR-1234-5678",
    IdKind.MODULE: "MOD-1234",
    IdKind.TOKEN: "TKN-1234-5678",
    IdKind.DRAFT: "DRF-1234-5678-9012-3456",
    IdKind.AUDIT_RECORD: "AUD-1234-5678-9012-3456",
}


@pytest.mark.parametrize("kind", IdKind, ids=lambda kind: kind.name)
def test_each_kind_has_its_form(kind: IdKind) -> None:
    assert kind.example == EXAMPLES[kind]
    for id_ in (kind.example, *(kind.new() for _ in range(200))):
        assert kind.matches(id_)
        assert [other for other in IdKind if other.matches(id_)] == [kind]
        assert kind_of(id_) is kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TKN",
        "TKN-1234",
        "TKN-1234-567",
        "TKN-1234-56789",
        "TKN-1234-5678-9012",
        "tkn-1234-5678",
        "TKN-1234-5678\n",
        " TKN-1234-5678",
        "TKN-1234-567\u0668",
        "TKN-1234-５６７８",
        "TKN_1234_5678",
        "ABC-1234-5678",
        "TKN-1234-5678\x00",
    ],
)
def test_what_is_not_exactly_an_id_is_none(text: str) -> None:
    assert kind_of(text) is None


def test_new_ids_differ() -> None:
    assert len({IdKind.DRAFT.new() for _ in range(1_000)}) == 1_000
