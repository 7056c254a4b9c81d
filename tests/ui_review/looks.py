"""The conditions in which people meet a page: screens, colours, zoom, spacing, no scripts."""

from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from playwright.async_api import Page

DESK: Final = {"width": 1280, "height": 820}


@dataclass(frozen=True)
class Look:
    """What a page that is already there is changed to before it is judged."""

    name: str
    width: int = 1280
    height: int = 820
    colours: Literal["light", "dark"] = "light"
    forced: Literal["active", "none"] = "none"
    spaced: bool = False
    """WCAG 1.4.12: the text spacing that a reader may set."""
    rules: tuple[str, ...] = ()
    """The rules of axe that can have another answer than in the first look; empty for all."""

    async def put_on(self, page: Page) -> None:
        """Change the page's condition; its state stays."""
        await page.set_viewport_size({"width": self.width, "height": self.height})
        await page.emulate_media(color_scheme=self.colours, forced_colors=self.forced)
        await page.evaluate(_SPACE_TEXT, self.spaced)


@dataclass(frozen=True)
class Visit:
    """A browser's own settings, and the looks that are judged in one visit of each state."""

    looks: tuple[Look, ...]
    options: dict[str, Any] = field(default_factory=dict)
    scripts: bool = True

    @property
    def settings(self) -> dict[str, Any]:
        """For a new context: as the first look has it."""
        first = self.looks[0]
        size = {"width": first.width, "height": first.height}
        return {"viewport": size, "java_script_enabled": self.scripts, **self.options}


COLOUR_RULES: Final = ("color-contrast", "link-in-text-block", "target-size")
SIZE_RULES: Final = ("target-size", "scrollable-region-focusable")

LIGHT: Final = Look("light")
NARROW: Final = Look("320 px", width=320, height=640)
PHONE: Final = Look("phone", width=390, height=844)
_TOUCH: Final = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}

ALL_VISITS: Final = (
    Visit(
        (
            LIGHT,
            Look("dark", colours="dark", rules=COLOUR_RULES),
            Look("forced colors", forced="active", rules=COLOUR_RULES),
            Look("zoom 200 %", width=640, height=410, rules=SIZE_RULES),
            Look("text spacing", spaced=True, rules=SIZE_RULES),
        )
    ),
    Visit(
        (PHONE, Look("phone, dark", width=390, height=844, colours="dark", rules=COLOUR_RULES)),
        _TOUCH,
    ),
    Visit((NARROW,)),
    Visit((Look("no scripts"),), scripts=False),
)
FAST_VISITS: Final = (Visit((LIGHT, replace(NARROW, rules=SIZE_RULES))),)

_SPACE_TEXT: Final = """(spaced) => {
    const sheet = window.auditSpacing ??= new CSSStyleSheet();
    sheet.replaceSync(spaced ? `*, *::before, *::after {
        line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important; }
        p { margin-block-end: 2em !important; }` : "");
    const others = document.adoptedStyleSheets.filter((each) => each !== sheet);
    document.adoptedStyleSheets = spaced ? [...others, sheet] : others;
    // What is open stays where its reader looks, although all above it has grown.
    const open = document.querySelector(":popover-open");
    const opener = open && document.querySelector(`[popovertarget="${open.id}"]`);
    opener?.scrollIntoView({ block: "center" });
}"""
