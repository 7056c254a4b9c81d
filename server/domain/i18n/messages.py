"""Messages that keep their template and values, so that a face can translate them later."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Self


class Translator:
    """Formats texts in a language. This one is English; faces derive the others from it."""

    def text(self, text: str) -> str:
        """Translate a text."""
        return text

    def counted(self, one: str, many: str, count: int) -> str:
        """Translate the singular or plural form, whichever fits the count."""
        return one if count == 1 else many

    def number(self, number: int) -> str:
        """Format an integer with grouped digits."""
        return f"{number:,}"

    def moment(self, moment: datetime) -> str:
        """Format a time in UTC, to the minute."""
        return f"{moment.astimezone(UTC):%d %b %Y %H:%M UTC}"

    def say(self, value: object) -> str:
        """Format a value for use in a text."""
        if isinstance(value, Message):
            return value.said(self)
        if isinstance(value, datetime):
            return self.moment(value)
        return self.number(value) if type(value) is int else str(value)

    def fill(self, text: str, values: Mapping[str, object]) -> str:
        """Fill in the text's `%(name)s` placeholders; without values, return it unchanged."""
        return text % {name: self.say(value) for name, value in values.items()} if values else text


ENGLISH = Translator()


class Message(str):
    """A translatable text with a `%(name)s` placeholder for each value; as a `str` it is English.

    String methods and f-strings lose the template, so that their result stays English.
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Create the message with its placeholders filled in, in English."""
        phrase = super().__new__(cls, ENGLISH.fill(template, values))
        phrase.template, phrase.values = template, values
        return phrase

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def said(self, wording: Translator) -> str:
        """Return the text in another language."""
        return wording.fill(wording.text(self.template), self.values)


class PluralMessage(Message):
    """A message with a singular and a plural form; `%(num)s` is the number."""

    many: str
    number: int

    def __new__(cls, one: str, many: str, number: int, /, **values: object) -> Self:
        """Create the message in the form that fits the number."""
        values["num"] = number
        phrase = str.__new__(cls, ENGLISH.fill(ENGLISH.counted(one, many, number), values))
        phrase.template, phrase.many, phrase.number, phrase.values = one, many, number, values
        return phrase

    def said(self, wording: Translator) -> str:
        """Return the form that fits the number, in another language."""
        return wording.fill(wording.counted(self.template, self.many, self.number), self.values)


class DateMessage(Message):
    """A time in UTC, to the minute."""

    at: datetime

    def __new__(cls, at: datetime, /) -> Self:
        """Create the message with the time as English writes it."""
        phrase = str.__new__(cls, ENGLISH.moment(at))
        phrase.template, phrase.values, phrase.at = str(phrase), {}, at
        return phrase

    def said(self, wording: Translator) -> str:
        """Return the time as another language writes it."""
        return wording.moment(self.at)


class JoinedMessage(Message):
    """Several texts joined together; those that are messages are translated."""

    parts: Sequence[str]
    between: str

    def __new__(cls, between: str, parts: Sequence[str], /) -> Self:
        """Join the parts with `between`."""
        phrase = str.__new__(cls, between.join(parts))
        phrase.template, phrase.values = str(phrase), {}
        phrase.parts, phrase.between = parts, between
        return phrase

    def said(self, wording: Translator) -> str:
        """Return the joined texts in another language."""
        return self.between.join(map(wording.say, self.parts))
