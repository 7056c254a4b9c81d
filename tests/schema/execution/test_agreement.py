"""What counts as the same answer of two executors, and what does not."""

import pytest

from tests.schema.execution.agreement import agree

DATA = {"a": None, "b": {"c": 1}}
EMPTIED = {"message": "no", "path": ["a", "x"]}
BESIDE = {"message": "no", "path": ["a", "y"]}
ELSEWHERE = {"message": "no", "path": ["b", "c"]}


def test_which_errors_that_emptied_a_place_are_told_is_open() -> None:
    assert agree((DATA, [EMPTIED]), (DATA, [EMPTIED, BESIDE]))
    assert agree((DATA, [EMPTIED]), (DATA, [BESIDE]))
    assert agree(
        (None, [{"message": "no", "path": ["a"]}]), (None, [{"message": "no", "path": ["a"]}])
    )


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        (DATA, []),
        (DATA, [EMPTIED, ELSEWHERE]),
        ({"a": None, "b": {"c": 2}}, [EMPTIED]),
        ({"b": {"c": 1}, "a": None}, [EMPTIED]),
    ],
)
def test_all_else_is_not(data: object, errors: list[object]) -> None:
    assert not agree((DATA, [EMPTIED]), (data, errors))
