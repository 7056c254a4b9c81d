"""The dialog that asks before something is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.responses import Response

from server.domain.errors import DomainError, IllegalTransition
from server.web.html.error_pages import STATUS
from server.web.html.request import Visit


@dataclass(frozen=True)
class Choice:
    """One of several to pick: pairs of value and label; the value `chosen` is picked already."""

    name: str
    legend: str
    options: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class Question:
    """What is asked: names the object and the effect; the button says what it does."""

    title: str
    lines: Sequence[str]
    button: str
    post_url: str
    cancel_url: str
    tone: Literal["primary", "bad"] = "primary"
    items: Sequence[str] = ()
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    must_type: str | None = None
    type_label: str = ""
    choice: Choice | None = None

    def typed_right(self, text: str) -> bool:
        """Whether what must be typed was typed; outer spaces do not count."""
        return self.must_type is None or " ".join(text.split()) == " ".join(self.must_type.split())


def ask(
    visit: Visit, question: Question, *, refusal: DomainError | None = None, form: Any = None
) -> Response:
    """The dialog; after a refusal with its message, and with what was typed and picked."""
    typed = str(form.get("typed", "")) if form is not None else ""
    choice = question.choice
    picked = str(form.get(choice.name, "")) if choice and form is not None else ""
    shape = {
        "title": question.title,
        "lines": question.lines,
        "items": question.items,
        "button": question.button,
        "tone": question.tone,
        "post_url": question.post_url,
        "cancel_url": question.cancel_url,
        "fields": [
            {"name": name, "value": value}
            for name, values in question.fields.items()
            for value in values
        ],
        "typed": {"label": question.type_label, "hint": question.must_type, "value": typed}
        if question.must_type is not None
        else None,
        "choice": _choice(choice, picked) if choice else None,
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
