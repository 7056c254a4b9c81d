"""What a browser calls itself, in the words that its user knows it by."""

from typing import Final

from server.web.language import gettext as _

_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The more particular first: most of them name those after them, too."""
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_LONGEST: Final = 60


def browser_name(user_agent: str | None) -> str:
    """`Firefox on Linux`; the beginning of what it says of itself when that is not known."""
    if not user_agent:
        return _("Unknown browser")
    browser = _first(_BROWSERS, user_agent)
    if browser is None:
        return user_agent[:_LONGEST]
    system = _first(_SYSTEMS, user_agent)
    if system is None:
        return browser
    return _("%(browser)s on %(system)s", browser=browser, system=system)


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for mark, name in names if mark in user_agent), None)
