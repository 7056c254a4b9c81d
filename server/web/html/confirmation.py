"""Actions that ask first: the dialog, and what follows the answer."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.domain.errors import DomainError, IllegalTransition, Invalid
from server.http.addresses import path_of
from server.web.html.error_pages import STATUS
from server.web.html.request import Visit, signed_in

Subject = TypeVar("Subject")
View = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Choice:
    """A choice of pairs of value and label; the value `chosen` is preselected."""

    name: str
    legend: str
    options: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class Typed:
    """Words that a person must type, their field's label, and the error if they are missing."""

    words: str
    label: str
    missing: str

    def check(self, form: FormData) -> None:
        """Raise `Invalid` if the words were not typed. Extra spaces do not matter."""
        if str(form.get("typed", "")).split() != self.words.split():
            raise Invalid.one("typed", self.missing)


@dataclass(frozen=True)
class Question:
    """The dialog's content. It names the object and the effect; the button says what it does.

    It is answered at the URL that asks, of whose query string only `query` is kept.
    """

    title: str
    lines: Sequence[str]
    button: str
    cancel_url: str
    tone: Literal["primary", "bad"] = "primary"
    items: Sequence[str] = ()
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    typed: Typed | None = None
    choice: Choice | None = None


@dataclass(frozen=True)
class ConfirmedAction(Generic[Subject]):
    """An action at one path: GET asks, POST acts, or asks again with the error.

    `load` returns the subject, or raises an error for the error page. `guard` checks permission
    before that.
    """

    path: str
    load: Callable[[Visit], Awaitable[Subject]]
    question: Callable[[Visit, Subject], Question]
    act: Callable[[Visit, Subject], Awaitable[Response]]
    guard: Callable[[View], Endpoint] = signed_in

    def routes(self) -> list[Route]:
        """Return the routes of GET and POST."""
        return [
            Route(self.path, self.guard(self._ask), methods=["GET"]),
            Route(self.path, self.guard(self._answer), methods=["POST"]),
        ]

    async def _ask(self, visit: Visit) -> Response:
        return ask(visit, self.question(visit, await self.load(visit)))

    async def _answer(self, visit: Visit) -> Response:
        subject = await self.load(visit)
        return await confirmed(
            visit, self.question(visit, subject), lambda: self.act(visit, subject)
        )


def routes_of(actions: Iterable[ConfirmedAction[Any]]) -> list[Route]:
    """Return the routes of several actions, in order."""
    return [route for action in actions for route in action.routes()]


async def nothing(_visit: Visit) -> None:
    """Load nothing, for actions whose subject is the signed-in person."""


async def confirmed(
    visit: Visit, question: Question, act: Callable[[], Awaitable[Response]]
) -> Response:
    """Act and return the response; after a refusal, ask again with the error."""
    form = await visit.form()
    try:
        if question.typed is not None:
            question.typed.check(form)
        return await act()
    except DomainError as refusal:
        return ask(visit, question, refusal=refusal, form=form)


def ask(
    visit: Visit, question: Question, *, refusal: DomainError | None = None, form: Any = None
) -> Response:
    """Render the dialog, which posts to its own URL; after a refusal, with input and error."""
    sent = FormData() if form is None else form
    query, typed, choice = urlencode(question.query), question.typed, question.choice
    shape = {
        "title": question.title,
        "lines": question.lines,
        "items": question.items,
        "button": question.button,
        "tone": question.tone,
        "post_url": path_of(visit.request) + (f"?{query}" if query else ""),
        "cancel_url": question.cancel_url,
        "fields": [
            {"name": name, "value": value}
            for name, values in question.fields.items()
            for value in values
        ],
        "typed": typed
        and {"label": typed.label, "hint": typed.words, "value": str(sent.get("typed", ""))},
        "choice": choice and _choice(choice, str(sent.get(choice.name, ""))),
        "error": refusal.message if refusal else None,
        "over": isinstance(refusal, IllegalTransition),
    }
    status = STATUS[type(refusal)] if refusal else 200
    return visit.dialog("parts/confirm.html", status=status, confirm=shape)


def _choice(choice: Choice, picked: str) -> dict[str, Any]:
    values = [value for value, _ in choice.options]
    checked = picked if picked in values else choice.chosen
    return {
        "name": choice.name,
        "legend": choice.legend,
        "options": [
            {"value": value, "label": label, "checked": value == checked}
            for value, label in choice.options
        ],
    }
