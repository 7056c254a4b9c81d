"""Texts for people that know how they were made, so that a face can say them in its language."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Self


class Translator:
    """How a language words things: English here; a face derives others from it."""

    def text(self, text: str) -> str:
        """A marked text."""
        return text

    def counted(self, one: str, many: str, count: int) -> str:
        """The one of two marked texts that belongs to a count."""
        return one if count == 1 else many

    def number(self, number: int) -> str:
        """A whole number, its digits in groups."""
        return f"{number:,}"

    def moment(self, moment: datetime) -> str:
        """A moment in UTC, to the minute."""
        return f"{moment.astimezone(UTC):%d %b %Y %H:%M UTC}"

    def say(self, value: object) -> str:
        """Anything that stands in a text."""
        if isinstance(value, Message):
            return value.said(self)
        if isinstance(value, datetime):
            return self.moment(value)
        return self.number(value) if type(value) is int else str(value)

    def fill(self, text: str, values: Mapping[str, object]) -> str:
        """The text with its `%(name)s` filled in; as it is where there is nothing to fill in."""
        return text % {name: self.say(value) for name, value in values.items()} if values else text


ENGLISH = Translator()


class Message(str):
    """A marked text with `%(name)s` for each value. As a string it is English.

    What is made of it by string methods or f-strings is English for good.
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """The template filled in."""
        phrase = super().__new__(cls, ENGLISH.fill(template, values))
        phrase.template, phrase.values = template, values
        return phrase

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def said(self, wording: Translator) -> str:
        """The text in a language."""
        return wording.fill(wording.text(self.template), self.values)


class PluralMessage(Message):
    """A phrase that differs for one and for many; the number is `%(num)s`."""

    many: str
    number: int

    def __new__(cls, one: str, many: str, number: int, /, **values: object) -> Self:
        """The form that belongs to the number, filled in."""
        values["num"] = number
        phrase = str.__new__(cls, ENGLISH.fill(ENGLISH.counted(one, many, number), values))
        phrase.template, phrase.many, phrase.number, phrase.values = one, many, number, values
        return phrase

    def said(self, wording: Translator) -> str:
        """The form that belongs to the number, in a language."""
        return wording.fill(wording.counted(self.template, self.many, self.number), self.values)


class DateMessage(Message):
    """A moment in UTC, to the minute."""

    at: datetime

    def __new__(cls, at: datetime, /) -> Self:
        """As English writes it."""
        phrase = str.__new__(cls, ENGLISH.moment(at))
        phrase.template, phrase.values, phrase.at = str(phrase), {}, at
        return phrase

    def said(self, wording: Translator) -> str:
        """As a language writes it."""
        return wording.moment(self.at)


class JoinedMessage(Message):
    """Several texts in a row, each said in the language where it is a phrase."""

    parts: Sequence[str]
    between: str

    def __new__(cls, between: str, parts: Sequence[str], /) -> Self:
        """All parts, with `between` between them."""
        phrase = str.__new__(cls, between.join(parts))
        phrase.template, phrase.values = str(phrase), {}
        phrase.parts, phrase.between = parts, between
        return phrase

    def said(self, wording: Translator) -> str:
        """The texts one after the other, in a language."""
        return self.between.join(map(wording.say, self.parts))
