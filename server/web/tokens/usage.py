"""A token's tab Usage: accepted and refused calls as a chart, in numbers and by module."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response

from server.domain.i18n.messages import Message
from server.domain.verification.verdict import Outcome
from server.http.pages.i18n import current_language, ngettext
from server.http.pages.i18n import gettext as _
from server.services.tokens.views import TokenView
from server.services.usage.views import CallerView, ModuleUse, UsagePoint, UsageStep, in_all
from server.web.audit.list_view import say_agent
from server.web.html import view_models
from server.web.html.request import Visit, signed_in
from server.web.html.view_models import LIST, Shape
from server.web.tokens.details import page, token_of

CHART_HEIGHT: Final = 160
BAR: Final = 8
GAP: Final = 2
LEAST: Final = 3
"""Height of the smallest nonzero bar, so that it stays visible beside large ones."""

OUTCOMES: Final = {
    Outcome.VALID: Message("Accepted"),
    Outcome.DISABLED: Message("Refused: disabled"),
    Outcome.EXPIRED: Message("Refused: expired"),
    Outcome.ROTATED: Message("Refused: old secret"),
    Outcome.INSUFFICIENT_SCOPE: Message("Refused: module not granted"),
}


@dataclass(frozen=True)
class Range:
    """A selectable time range; every `marks`-th point has a label on the axis."""

    key: str
    label: str
    words: str
    step: UsageStep
    points: int
    marks: int

    def begin(self, now: datetime) -> datetime:
        """Return a time within the first point of the range."""
        return now - timedelta(hours=self.step.hours * (self.points - 1))


RANGES: Final = (
    Range("24h", Message("24 hours"), Message("the last 24 hours"), UsageStep.HOUR, 24, 6),
    Range("7d", Message("7 days"), Message("the last 7 days"), UsageStep.DAY, 7, 1),
    Range("30d", Message("30 days"), Message("the last 30 days"), UsageStep.DAY, 30, 6),
    Range("90d", Message("90 days"), Message("the last 90 days"), UsageStep.DAY, 90, 18),
)


@signed_in
async def show(visit: Visit) -> Response:
    """Show the tab; `?range=` selects the time range."""
    token = await token_of(visit)
    wanted = visit.request.query_params.get("range", "")
    shown = next((each for each in RANGES if each.key == wanted), RANGES[0])
    now = visit.desk.clock()
    usage = await visit.desk.usage.for_token(visit.actor, token, shown.begin(now), step=shown.step)
    total = in_all(usage.points)
    return await page(
        visit,
        token,
        "/usage",
        ranges=_ranges(token, shown),
        words=shown.words,
        totals=_totals(total),
        chart=_chart(usage.points, shown),
        points=_table(usage.points, shown),
        outcomes=_outcomes(total, usage.callers),
        ever_used=bool(usage.callers),
        requests=_requests(usage.modules),
        trim_url=_trim_url(token, visit),
    )


def _ranges(token: TokenView, shown: Range) -> list[Shape]:
    return [
        {
            "label": each.label,
            "url": f"{LIST}/{token.id}/usage?range={each.key}",
            "current": each is shown,
        }
        for each in RANGES
    ]


def _totals(total: UsagePoint) -> Shape:
    accepted, refused = total.accepted, total.all_refused
    return {
        "any": bool(accepted or refused),
        "accepted": current_language().number(accepted),
        "refused": current_language().number(refused),
        "calls": ngettext("call", "calls", accepted + refused),
    }


def _chart(points: Sequence[UsagePoint], shown: Range) -> Shape:
    """Build the bar chart, which is stretched to the page's width at constant height."""
    highest = max((point.accepted + point.all_refused for point in points), default=0)
    top = _round_up(highest)
    return {
        "width": len(points) * BAR,
        "height": CHART_HEIGHT,
        "bar": BAR,
        "lines": [CHART_HEIGHT // 4 * quarter for quarter in range(4)],
        "scale": [_short(top), _short(top // 2), "0"],
        "bars": [_bar(number, point, top, shown) for number, point in enumerate(points)],
        "marks": [_said(point, shown, short=True) for point in points[:: shown.marks]],
    }


def _bar(number: int, point: UsagePoint, top: int, shown: Range) -> Shape:
    accepted, refused = _height(point.accepted, top), _height(point.all_refused, top)
    accepted = min(accepted, CHART_HEIGHT - refused)
    return {
        "x": number * BAR,
        "inner_x": number * BAR + GAP // 2,
        "width": BAR - GAP,
        "accepted": {"y": CHART_HEIGHT - accepted, "height": accepted},
        "refused": {"y": CHART_HEIGHT - accepted - refused, "height": refused},
        "title": _(
            "%(time)s: %(accepted)s accepted, %(refused)s refused",
            time=_said(point, shown),
            accepted=point.accepted,
            refused=point.all_refused,
        ),
    }


def _height(calls: int, top: int) -> int:
    return max(LEAST, round(CHART_HEIGHT * calls / top)) if calls else 0


def _round_up(highest: int) -> int:
    """Return the top of the scale: 2, 4, 6 or 10 times a power of ten, at least 4."""
    power = 1
    while True:
        for factor in (4, 6, 10, 20):
            if highest <= factor * power:
                return factor * power
        power *= 10


def _short(number: int) -> str:
    """Abbreviate a number for the scale: 400, 2k, 60M."""
    for size, sign in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:g}{sign}"
    return str(number)


def _said(point: UsagePoint, shown: Range, *, short: bool = False) -> str:
    day = current_language().short_day(point.start)
    if shown.step is UsageStep.DAY:
        return day if short else current_language().day(point.start)
    return f"{point.start:%H:%M}" if short else f"{day}, {point.start:%H:%M} UTC"


def _table(points: Sequence[UsagePoint], shown: Range) -> list[Shape]:
    """List the points with calls, newest first."""
    return [
        {
            "start": point.start,
            "label": _said(point, shown),
            "accepted": current_language().number(point.accepted),
            "refused": current_language().number(point.all_refused),
        }
        for point in reversed(points)
        if point.accepted or point.all_refused
    ]


def _outcomes(total: UsagePoint, callers: Sequence[CallerView]) -> list[Shape]:
    """List each outcome that ever occurred: its calls in the range, and the most recent one."""
    last = {caller.outcome: caller for caller in callers}
    calls = {Outcome.VALID: total.accepted, **total.refused}
    return [
        {
            "label": label,
            "calls": current_language().number(calls[outcome]),
            "at": caller.at,
            "address": caller.address,
            "agent": say_agent(caller.user_agent),
        }
        for outcome, label in OUTCOMES.items()
        if (caller := last.get(outcome)) is not None
    ]


def _requests(modules: Sequence[ModuleUse]) -> list[Shape]:
    return [
        {
            "id": use.module.id,
            "name": use.module.name,
            "withdrawn": use.withdrawn,
            "asked_at": use.asked_at,
        }
        for use in modules
    ]


def _trim_url(token: TokenView, visit: Visit) -> str | None:
    """Return the URL for removing modules; None if this person may not edit the token."""
    moves = view_models.moves(token, visit.actor)
    edit = next((move["url"] for move in moves if move["key"] == "edit"), None)
    return f"{edit}?step=modules" if edit else None
