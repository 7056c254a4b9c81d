"""States of the wizards that add and edit a token."""

from typing import Final

from tests.support.pictures import picture
from tests.ui_review.scene import ERIN, NORA, SARAH, WANDA
from tests.ui_review.states import (
    LIST,
    WIZARD,
    Scripts,
    Stage,
    State,
    Step,
    click,
    fill,
    go,
    see,
    upload,
)

NEXT: Final = click("#wizard-next")
TOKEN: Final = LIST + "/{crm}"


def _step(number: int) -> Step:
    return see(f"{WIZARD} .steps li:nth-child({number}).current")


GENERAL: Final = (go(f"{LIST}/new"), _step(1))
OPENED: Final = (go(f"{LIST}?rows=10"), click("#add"), see(f"{WIZARD}:modal"))
MODULES: Final = (*GENERAL, fill("#f-name", "Robot of the review"), NEXT, _step(2))
TICKED: Final = (*MODULES, click(".module-rows input"), NEXT, _step(3))
SUMMARY: Final = (*TICKED, NEXT, see("#secret-value"))


async def _change_in_another_tab(stage: Stage) -> None:
    answer = await stage.page.request.post(
        stage.page.url, form={"version": "0", "name": "Robot of another tab"}
    )
    assert answer.ok, answer.status


async def _save_in_another_tab(stage: Stage) -> None:
    token = stage.scene.made.spare.pop()
    await stage.page.goto(stage.scene.address(f"{LIST}/{token}/edit"))
    form = await stage.page.evaluate(
        "() => Object.fromEntries([...new FormData(document.querySelector('#edit-form'))]"
        ".filter(([name]) => name !== 'logo'))"
    )
    answer = await stage.page.request.post(
        stage.page.url, form=form | {"description": "Saved by somebody else."}
    )
    assert answer.ok, answer.status


async def _forget_the_draft(stage: Stage) -> None:
    address = stage.page.url.removesuffix("/general") + "/discard"
    assert (await stage.page.request.post(address)).ok


async def _end_the_session(stage: Stage) -> None:
    await stage.page.context.clear_cookies()


def _scripted(name: str, who: str, *steps: Step) -> State:
    return State(name, who, steps, Scripts.NEEDED)


ADDING: Final = (
    _scripted("wizard-opened", WANDA, *OPENED),
    State("wizard-general", WANDA, GENERAL),
    State("wizard-general-error", WANDA, (*GENERAL, NEXT, see("[role=alert]"))),
    State(
        "wizard-general-all-filled",
        WANDA,
        (
            *GENERAL,
            fill("#f-name", "Robot of the review"),
            fill("#f-description", "Keeps both sides in step. " * 12),
            click("#expiry summary"),
            fill("#f-expires_at", "2099-12-31T23:59"),
            upload("#f-logo", "robot.png", picture(size=(300, 200), colour="crimson")),
        ),
    ),
    State(
        "wizard-general-wrong-expiry",
        WANDA,
        (
            *GENERAL,
            fill("#f-name", "Robot"),
            click("#expiry summary"),
            fill("#f-expires_at", "2001-01-01T00:00"),
            NEXT,
            see("#e-expires_at"),
        ),
    ),
    State(
        "wizard-general-wrong-logo",
        WANDA,
        (
            *GENERAL,
            fill("#f-name", "Robot"),
            upload("#f-logo", "not-a-picture.png", b"no picture"),
            NEXT,
            see("#e-logo"),
        ),
    ),
    State("wizard-modules", WANDA, MODULES),
    State("wizard-modules-error", WANDA, (*MODULES, NEXT, see("[role=alert]"))),
    _scripted(
        "wizard-modules-no-match", WANDA, *MODULES, fill("#f-search", "zzz"), see("#no-match")
    ),
    State(
        "wizard-modules-none-enabled",
        NORA,
        (*GENERAL, fill("#f-name", "Robot"), NEXT, _step(2)),
    ),
    State("wizard-overview", WANDA, TICKED),
    State("wizard-overview-once", ERIN, TICKED),
    State("wizard-summary", WANDA, SUMMARY),
    _scripted("wizard-summary-shown", WANDA, *SUMMARY, click("[data-unmask]")),
    State("wizard-summary-once", ERIN, SUMMARY),
    State(
        "wizard-cannot-be-kept",
        WANDA,
        (*GENERAL, fill("#f-name", "x" * 256), click("[data-closes]"), see("[role=alert]")),
    ),
    State("wizard-tried", WANDA, (*SUMMARY, click("#try"), see(".tried"))),
    _scripted("wizard-example", WANDA, *SUMMARY, click("[value=python]"), see("#example-python")),
    State("wizard-once-not-copied", ERIN, (*SUMMARY, click("[data-closes]"), see("[role=alert]"))),
    State(
        "wizard-session-ended",
        WANDA,
        (*OPENED, fill("#f-name", "Robot"), _end_the_session, NEXT, see("#again")),
        Scripts.NEEDED,
        alone=True,
    ),
    State(
        "wizard-changed-elsewhere",
        WANDA,
        (
            *GENERAL,
            _change_in_another_tab,
            fill("#f-name", "Robot of this tab"),
            NEXT,
            see(".summary-box.warn"),
        ),
    ),
    State(
        "wizard-draft-gone",
        WANDA,
        (
            *MODULES,
            click(".steps a"),
            _step(1),
            _forget_the_draft,
            NEXT,
            see(".summary-box, .error-page"),
        ),
    ),
    State("grid-drafts", WANDA, (*MODULES, go(f"{LIST}?rows=10"), see(".drafts"))),
)

EDITING: Final = (
    State("edit-general", SARAH, (go(f"{TOKEN}/edit"), see(WIZARD))),
    _scripted(
        "edit-modules", SARAH, go(TOKEN), click("#edit"), click("[data-step=modules]"), see(WIZARD)
    ),
    State(
        "edit-error",
        SARAH,
        (go(f"{TOKEN}/edit"), fill("#f-name", ""), NEXT, see("[role=alert]")),
    ),
    _scripted(
        "edit-leave",
        SARAH,
        go(TOKEN),
        click("#edit"),
        fill("#f-name", "Another name"),
        click("[data-closes]"),
        see("#wizard-leave"),
    ),
    State(
        "edit-changed-elsewhere",
        SARAH,
        (
            _save_in_another_tab,
            fill("#f-description", "Entered here."),
            NEXT,
            see(".summary-box.warn"),
        ),
    ),
)
