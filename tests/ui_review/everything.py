"""All states of the product, in one list."""

from typing import Final

from tests.ui_review.states import State
from tests.ui_review.states_of_errors import ERRORS
from tests.ui_review.states_of_settings import (
    DESIGN,
    EXPLORER,
    OPERATING,
    PEOPLE,
    RECORDS,
    SIGNING_IN,
)
from tests.ui_review.states_of_tokens import DETAILS, GRID
from tests.ui_review.states_of_wizards import ADDING, EDITING

STATES: Final[tuple[State, ...]] = (
    *SIGNING_IN,
    *GRID,
    *ADDING,
    *DETAILS,
    *EDITING,
    *RECORDS,
    *PEOPLE,
    *OPERATING,
    *DESIGN,
    *ERRORS,
    *EXPLORER,
)
