"""The steps of the wizard, their order, and the frame around each of them."""

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData

from server.domain.errors import DomainError, Invalid, NotFound, Stale, by_field
from server.domain.i18n.messages import Message
from server.domain.tokens.fields import SPECS, TEXTS
from server.http.pages.i18n import gettext as _
from server.services.tokens.drafts import UNSAVED
from server.services.tokens.views import DraftView
from server.web.html.request import Visit
from server.web.html.view_models import LIST, Shape


@dataclass(frozen=True)
class Step:
    """A step: its number, its name in the URL, and its label."""

    number: int
    name: str
    label: Message

    def url(self, draft_id: str) -> str:
        """Return the URL of this step of a draft."""
        return f"{LIST}/new/{draft_id}/{self.name}"

    def is_before(self, other: "Step") -> bool:
        """Return whether this step comes before the other."""
        return self.number < other.number

    @staticmethod
    def named(name: str) -> "Step":
        """Return the step with this name; raise `NotFound` if there is none."""
        for step in STEPS:
            if step.name == name:
                return step
        raise NotFound("The wizard has no such step.")


GENERAL: Final = Step(1, "general", Message("General"))
MODULES: Final = Step(2, "modules", Message("Modules"))
OVERVIEW: Final = Step(3, "overview", Message("Overview"))
SUMMARY: Final = Step(4, "summary", Message("Summary"))
STEPS: Final = (GENERAL, MODULES, OVERVIEW, SUMMARY)


@dataclass(frozen=True)
class Way:
    """Where to go after a step's form was saved; `leaves` if the step may be incomplete."""

    step: Step
    closes: bool
    leaves: bool

    @staticmethod
    def of(form: FormData, current: Step) -> "Way":
        """Return the next step, or what the form's `go` names: a step, or `close`."""
        go = str(form.get("go", ""))
        closes = go == "close"
        step = Step.named(go) if go and not closes else STEPS[current.number]
        return Way(step, closes, closes or step.is_before(current))


def draft_id_of(visit: Visit) -> str:
    """Return the draft's id from the URL."""
    return str(visit.request.path_params["draft"])


def first_gap(draft: DraftView | None) -> Step:
    """Return the first incomplete step; Summary once the draft is committed."""
    if draft is None:
        return GENERAL
    if draft.token_id is not None:
        return SUMMARY
    if not draft.general_done:
        return GENERAL
    return OVERVIEW if draft.modules_done else MODULES


def frame(
    step: Step,
    draft_id: str,
    draft: DraftView | None,
    refusal: DomainError | None,
    *,
    closing: bool = False,
) -> Shape:
    """Build what surrounds a step's content: stepper, URLs and errors.

    `closing` means that the person was closing the wizard when the error occurred.
    """
    before = [each for each in STEPS if each.is_before(step)]
    return {
        "wizard": {
            "step": step.name,
            "step_label": step.label,
            "number": step.number,
            "count": len(STEPS),
            "post_url": step.url(draft_id),
            "back": before[-1].name if before and step is not SUMMARY else None,
            "back_url": before[-1].url(draft_id) if before and step is not SUMMARY else None,
            "keep_url": f"{LIST}/new/{draft_id}/keep",
            "closing": closing and isinstance(refusal, Invalid),
            "close_url": LIST,
            "version": draft.version if draft else UNSAVED,
            "steps": [_mark(each, step, draft_id, first_gap(draft)) for each in STEPS],
        },
        "errors": _errors(refusal),
        "stale": _saved_now(draft) if isinstance(refusal, Stale) and draft else None,
    }


def _mark(each: Step, current: Step, draft_id: str, gap: Step) -> Shape:
    done = each is not current and (each.is_before(gap) or gap is SUMMARY)
    linked = done and current is not SUMMARY
    return {
        "number": each.number,
        "label": each.label,
        "current": each is current,
        "done": done,
        "url": each.url(draft_id) if linked else None,
    }


def _errors(refusal: DomainError | None) -> dict[str, str]:
    if isinstance(refusal, Invalid):
        return dict(by_field(refusal))
    if refusal is None or isinstance(refusal, Stale):
        return {}
    return {"": refusal.message}


def _saved_now(draft: DraftView) -> list[Shape]:
    modules = ", ".join(module.name for module in draft.modules)
    saved = [(SPECS[name].label, getattr(draft, name)) for name in TEXTS]
    return [
        {"label": label, "value": value or "—"}
        for label, value in [*saved, (_("Modules"), modules)]
    ]
