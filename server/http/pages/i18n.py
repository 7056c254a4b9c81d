"""The language of a page: chosen for each request, kept in a context variable."""

from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from server.domain.i18n.language import Language
from server.domain.i18n.messages import Message, Translator
from server.http.pages.accepted_language import quality

ENGLISH: Final = Language.ENGLISH.value
CATALOGUES: Final = Path(__file__).parent / "catalogues"


class PageLanguage(Translator):
    """A language of the pages: English from the source, or a translation from a catalogue."""

    language = Language.ENGLISH
    day_form = "{day} {month} {year}"
    short_day_form = "{day} {month}"
    moment_form = "{day} {time}"

    def __init__(self) -> None:
        locale = Locale.parse(self.language.value)
        self._months = locale.months["format"]["abbreviated"]
        self._group = locale.number_symbols["latn"]["group"]

    def number(self, number: int) -> str:
        """Format a whole number with its digits grouped."""
        return f"{number:,}".replace(",", self._group)

    def day(self, moment: datetime) -> str:
        """Format the date in UTC."""
        return self._written(self.day_form, moment)

    def short_day(self, moment: datetime) -> str:
        """Format the date in UTC, without the year."""
        return self._written(self.short_day_form, moment)

    def moment(self, moment: datetime) -> str:
        """Format date and time in UTC, to the minute."""
        time = f"{moment.astimezone(UTC):%H:%M} UTC"
        return self.moment_form.format(day=self.day(moment), time=time)

    def _written(self, form: str, moment: datetime) -> str:
        utc = moment.astimezone(UTC)
        return form.format(day=utc.day, month=self._months[utc.month], year=utc.year)


class German(PageLanguage):
    """German, translated by `de.po`."""

    language = Language.GERMAN
    day_form = "{day}. {month} {year}"
    short_day_form = "{day}. {month}"
    moment_form = "{day}, {time}"

    def __init__(self) -> None:
        super().__init__()
        compiled = BytesIO()
        with (CATALOGUES / f"{self.language.value}.po").open("rb") as file:
            write_mo(compiled, read_po(file, self.language.value))
        compiled.seek(0)
        self._translations = GNUTranslations(compiled)

    def text(self, text: str) -> str:
        """Translate a marked text; return the English one if the catalogue lacks it."""
        return self._translations.gettext(text)

    def counted(self, one: str, many: str, count: int) -> str:
        """Translate the singular or the plural, whichever the count needs."""
        return self._translations.ngettext(one, many, count)


_ENGLISH: Final = PageLanguage()
_chosen: Final[ContextVar[PageLanguage]] = ContextVar("language", default=_ENGLISH)


@cache
def _spoken(language: Language) -> PageLanguage:
    return German() if language is Language.GERMAN else _ENGLISH


class AcceptLanguage:
    """ASGI middleware: each request starts in the language that its browser prefers.

    The choice is a context variable of the request's task and ends with it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose the language, and pass the request on."""
        if scope["type"] == "http":
            ask_browser(Headers(scope=scope))
        await self._app(scope, receive, send)


def ask_browser(headers: Headers) -> None:
    """Switch to the language that `Accept-Language` prefers; English if the header is missing."""
    accepted = headers.get("accept-language", "")
    choices = (Language.ENGLISH, Language.GERMAN)
    _chosen.set(_spoken(max(choices, key=lambda each: quality(accepted, each.value))))


def use_language(language: Language) -> None:
    """Switch to an account's language; `AUTOMATIC` keeps the browser's."""
    if language is not Language.AUTOMATIC:
        _chosen.set(_spoken(language))


def current_language() -> PageLanguage:
    """Return the language of this request."""
    return _chosen.get()


def language() -> str:
    """Return the language of this request as a tag for pages and headers: `en`, `de`."""
    return _chosen.get().language.value


def mark(text: str) -> str:
    """Mark a text for translation and return it unchanged; `gettext` translates it later."""
    return text


def gettext(text: str, /, **values: object) -> str:
    """Translate a marked text into the language of this request, and fill in its `%(name)s`.

    Values that are messages, whole numbers or moments are written in that language as well.
    """
    wording = _chosen.get()
    return wording.fill(wording.text(text), values)


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Translate the singular or the plural, as `gettext` does; the count is `%(num)s`."""
    wording = _chosen.get()
    return wording.fill(wording.counted(one, many, count), {"num": count, **values})


def translate(value: Any) -> Any:
    """Translate a `Message` into the language of this request; return any other value unchanged."""
    return value.said(_chosen.get()) if isinstance(value, Message) else value


def template_gettext(text: str, /, **values: object) -> Markup:
    """`gettext` for templates: the text is markup, values are escaped, `%%` is a percent sign."""
    wording = _chosen.get()
    return Markup(wording.text(text)) % _sayable(values, wording)  # noqa: S704 - our own text


def template_ngettext(one: str, many: str, count: int, /, **values: object) -> Markup:
    """`ngettext` for templates; escapes like `template_gettext`."""
    wording = _chosen.get()
    text = Markup(wording.counted(one, many, count))  # noqa: S704 - our own text
    return text % _sayable({"num": count, **values}, wording)


def _sayable(values: dict[str, object], wording: Translator) -> dict[str, object]:
    return {
        name: value if hasattr(value, "__html__") else wording.say(value)
        for name, value in values.items()
    }
