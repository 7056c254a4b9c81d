"""The steps of the wizard, their order, and the frame around each."""

from dataclasses import dataclass
from typing import Any, Final

from server.domain.errors import Invalid, NotFound, Refusal, Stale, by_field
from server.services.answers import DraftInfo
from server.web.tokens import LIST

ANCHORS: Final = {
    "logo": "logo",
    "name": "name",
    "description": "description",
    "expires_at": "expires_at",
    "modules": "modules",
}


@dataclass(frozen=True)
class Step:
    """A step: its place in the order, its name in the URL, its word for people."""

    number: int
    name: str
    label: str

    def url(self, draft_id: str) -> str:
        """Where this step of a draft is."""
        return f"{LIST}/new/{draft_id}/{self.name}"

    def is_before(self, other: "Step") -> bool:
        """Whether a person comes to this one first."""
        return self.number < other.number

    @staticmethod
    def named(name: str) -> "Step":
        """The step that a URL names."""
        for step in STEPS:
            if step.name == name:
                return step
        raise NotFound("The wizard has no such step.")


GENERAL: Final = Step(1, "general", "General")
MODULES: Final = Step(2, "modules", "Modules")
OVERVIEW: Final = Step(3, "overview", "Overview")
SUMMARY: Final = Step(4, "summary", "Summary")
STEPS: Final = (GENERAL, MODULES, OVERVIEW, SUMMARY)


def first_gap(draft: DraftInfo | None) -> Step:
    """The first step that still needs something; Summary when all is done."""
    if draft is None:
        return GENERAL
    if draft.token_id is not None:
        return SUMMARY
    if not draft.general_done:
        return GENERAL
    return OVERVIEW if draft.modules_done else MODULES


def frame(
    step: Step, draft_id: str, draft: DraftInfo | None, refusal: Refusal | None
) -> dict[str, Any]:
    """Stepper, addresses and problems: what surrounds the content of a step."""
    problems = _problems(refusal)
    before = [each for each in STEPS if each.is_before(step)]
    return {
        "step": step,
        "stepper": [_mark(each, step, draft_id, first_gap(draft)) for each in STEPS],
        "action": step.url(draft_id),
        "back": before[-1].url(draft_id) if before and step is not SUMMARY else None,
        "step_urls": {each.name: each.url(draft_id) for each in STEPS},
        "title": f"{'Error: ' if problems else ''}{step.label} - Add API token - Tokendesk",
        "problems": problems,
        "field_errors": by_field(refusal) if isinstance(refusal, Invalid) else {},
        "stale": refusal.message if isinstance(refusal, Stale) else "",
    }


def _mark(each: Step, current: Step, draft_id: str, gap: Step) -> dict[str, Any]:
    if each is current:
        state = "current"
    elif each.is_before(gap) or gap is SUMMARY:
        state = "done"
    else:
        state = "todo"
    linked = state == "done" and current is not SUMMARY
    return {"step": each, "state": state, "url": each.url(draft_id) if linked else None}


def _problems(refusal: Refusal | None) -> list[tuple[str, str | None]]:
    """Each message with the field that its link leads to."""
    if refusal is None or isinstance(refusal, Stale):
        return []
    if isinstance(refusal, Invalid):
        return [(each.message, ANCHORS.get(each.field)) for each in refusal.complaints]
    return [(refusal.message, None)]
