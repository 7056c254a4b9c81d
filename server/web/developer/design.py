"""The design system, shown in its own components. Only in the demo."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from server.domain.errors import FieldErrors, Invalid, by_field
from server.domain.i18n.messages import Message
from server.domain.text.validation import NAME, validate_description, validate_name
from server.http.pages.assets import STATIC
from server.http.pages.i18n import gettext as _
from server.web.html import view_models
from server.web.html.confirmation import (
    Choice,
    ConfirmedAction,
    Endpoint,
    Question,
    Typed,
    View,
)
from server.web.html.query_params import QueryReader
from server.web.html.request import Visit, desk_from, signed_in

DESIGN: Final = "/design"
SAMPLE: Final = "sample"
"""The id of the list whose pages are loaded in place."""

_COLOUR: Final = re.compile(r"(?<![a-z-])--([a-z-]++): light-dark\(")
_SIZE: Final = re.compile(r"--(small|body|large|title): ([\d.]+rem);")
_SPACE: Final = re.compile(r"--(s\d): ([\d.]+rem);")
_SYMBOL: Final = re.compile(r'<symbol id="([a-z-]+)"')
_ROWS: Final = 12
_SIZES: Final = (4, 6, 12)
_STATUSES: Final = (
    {"label": Message("Active"), "tone": "ok"},
    {"label": Message("Disabled"), "tone": "off"},
    {"label": Message("Expires soon"), "tone": "warn"},
    {"label": Message("Expired"), "tone": "bad"},
)


def in_demo(view: View) -> Endpoint:
    """Make an endpoint for people who are signed in to the demo; elsewhere it answers 404."""
    shown = signed_in(view)

    async def endpoint(request: Request) -> Response:
        if not desk_from(request).settings.demo:
            raise HTTPException(404)
        return await shown(request)

    return endpoint


@in_demo
async def show(visit: Visit) -> Response:
    """Show the page; for htmx, only the requested page of the sample list."""
    rows = _rows(visit.request.query_params)
    if visit.htmx.partial and visit.htmx.target == SAMPLE:
        return visit.html("design/rows.html", partial=True, rows=rows)
    return _page(visit, rows)


@in_demo
async def send(visit: Visit) -> Response:
    """Validate the sample form, and show its errors."""
    form = await visit.form()
    sent = {name: str(form.get(name, "")) for name in ("name", "description", "module")}
    field_errors = FieldErrors()
    validate_name(sent["name"], field_errors, field="name", noun=NAME)
    validate_description(sent["description"], field_errors)
    if not sent["module"]:
        field_errors.add("module", Message("Choose a module."))
    if field_errors.found:
        refusal = Invalid(*field_errors.found)
        return _page(visit, _rows(QueryParams()), form=sent, errors=by_field(refusal), status=422)
    return visit.done(_("Sent. Nothing was kept."), DESIGN)


def _page(
    visit: Visit,
    rows: Mapping[str, Any],
    *,
    form: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    return visit.html(
        "design.html",
        status=status,
        partial=False,
        **_parts(),
        statuses=_STATUSES,
        hues=[
            {"logo_url": None, "initials": "AZ", "hue": hue + 1} for hue in range(view_models.HUES)
        ],
        rows=rows,
        form=form or {"name": "", "description": "", "module": ""},
        errors=errors or {},
    )


@cache
def _parts() -> dict[str, Any]:
    """Return the names of the style sheet's variables and of the icons."""
    sheet = (STATIC / "css" / "base.css").read_text()
    return {
        "colours": _COLOUR.findall(sheet),
        "sizes": [{"name": name, "value": value} for name, value in _SIZE.findall(sheet)],
        "spaces": [{"name": name, "value": value} for name, value in _SPACE.findall(sheet)],
        "icons": _SYMBOL.findall((STATIC / "icons.svg").read_text()),
    }


def _rows(query: QueryParams) -> view_models.Shape:
    """Return one page of the sample list, with links to the others."""
    size = next((each for each in _SIZES if str(each) == query.get("size")), _SIZES[0])
    pages = -(-_ROWS // size)
    number = min(QueryReader(query).number("page"), pages)
    first = (number - 1) * size

    def url(page: int, rows: int = size) -> str:
        return f"{DESIGN}?size={rows}&page={page}"

    return {
        "items": [_robot(each) for each in range(first, min(first + size, _ROWS))],
        "page": {
            "number": number,
            "pages": pages,
            "previous_url": url(number - 1) if number > 1 else None,
            "next_url": url(number + 1) if number < pages else None,
            "rows_label": _(
                "Rows %(first)s to %(last)s of %(total)s",
                first=first + 1,
                last=min(first + size, _ROWS),
                total=_ROWS,
            ),
            "sizes": [
                {"size": each, "url": url(1, each), "current": each == size} for each in _SIZES
            ],
            "jump": {"url": DESIGN, "kept": [{"name": "size", "value": str(size)}]},
        },
    }


def _robot(number: int) -> view_models.Shape:
    token_id = f"TKN-0000-{number + 1:04}"
    robot = view_models.thing(token_id, f"Robot {number + 1}")
    return robot | {
        "hue": number % view_models.HUES + 1,
        "status": _STATUSES[number % len(_STATUSES)],
    }


def _choice_question() -> Question:
    return Question(
        title=_("Rotate the API token?"),
        lines=(_("It gets a new value. How long shall the old one work?"),),
        button=_("Rotate"),
        cancel_url=DESIGN,
        choice=Choice(
            "grace",
            _("The old value works"),
            (("none", _("Not at all: it ends now")), ("1h", _("For 1 hour"))),
            "1h",
        ),
    )


def _typed_question() -> Question:
    return Question(
        title=_("Delete the API token?"),
        lines=(_("It stops working at once and cannot be brought back."),),
        items=("Robot 1",),
        button=_("Delete"),
        cancel_url=DESIGN,
        tone="bad",
        typed=Typed(
            "Robot 1",
            label=_("Type its name to go on"),
            missing=_("Type the name to go on: %(name)s", name="Robot 1"),
        ),
    )


_QUESTIONS: Final[Mapping[str, Callable[[], Question]]] = {
    "choice": _choice_question,
    "typed": _typed_question,
}


async def _sample(visit: Visit) -> Question:
    """Return the question that the path names. Raise `HTTPException` 404 if there is none."""
    question = _QUESTIONS.get(visit.request.path_params["kind"])
    if question is None:
        raise HTTPException(404)
    return question()


def _ask(_visit: Visit, sample: Question) -> Question:
    return sample


async def _do_nothing(visit: Visit, _sample: Question) -> Response:
    return visit.done(_("Done. Nothing was changed."), DESIGN)


ACTIONS: Final = (ConfirmedAction(DESIGN + "/ask/{kind}", _sample, _ask, _do_nothing, in_demo),)
"""The samples of a dialog that asks."""
