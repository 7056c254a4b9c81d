"""Validates and normalizes what people write: names, descriptions and searches."""

import unicodedata
from typing import Final, NamedTuple

from server.domain.errors import FieldErrors
from server.domain.i18n.messages import Message

NAME_CHARACTERS: Final = 255
DESCRIPTION_CHARACTERS: Final = 2_000
SEARCH_CHARACTERS: Final = 255
MOST_MARKS: Final = 30
"""Combining marks in a row; no language needs as many (UAX #15, stream-safe text format)."""

_FAR_BEYOND: Final = 4
"""A text longer than its limit by this factor is refused unread: few shrink that much."""
LONGEST_SEARCH_READ: Final = _FAR_BEYOND * SEARCH_CHARACTERS
"""Characters of a search that are read."""


class Noun(NamedTuple):
    """A field's name in messages: inside a sentence, and at the start of one."""

    asked: Message
    first: Message


TOKEN_NAME: Final = Noun(Message("an API token name"), Message("An API token name"))
ACCOUNT_NAME: Final = Noun(Message("an account name"), Message("An account name"))
MODULE_NAME: Final = Noun(Message("a module name"), Message("A module name"))
VIEW_NAME: Final = Noun(Message("a name for the view"), Message("A name for the view"))
NAME: Final = Noun(Message("a name"), Message("A name"))

_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def validate_name(raw: str, field_errors: FieldErrors, *, field: str, noun: Noun) -> str:
    """Return a one-line name of 1 to 255 characters, composed (NFC) and trimmed.

    Add an error to `field_errors` if it is invalid.
    """
    if len(raw) > _FAR_BEYOND * NAME_CHARACTERS:
        field_errors.add(field, _too_long(noun, raw))
        return ""
    if not is_stream_safe(raw):
        message = Message(
            "%(noun)s can have at most %(most)s accents on one character.",
            noun=noun.first,
            most=MOST_MARKS,
        )
        field_errors.add(field, message)
        return ""
    name = unicodedata.normalize("NFC", raw).strip()
    if not _visible(name):
        field_errors.add(field, Message("Enter %(noun)s.", noun=noun.asked))
    elif len(name) > NAME_CHARACTERS:
        field_errors.add(field, _too_long(noun, name))
    elif any(map(is_control, name)):
        field_errors.add(
            field,
            Message("%(noun)s cannot contain line breaks or control characters.", noun=noun.first),
        )
    return name


def validate_description(raw: str, field_errors: FieldErrors, *, field: str = "description") -> str:
    """Return a text of at most 2,000 characters, composed (NFC) and trimmed, with LF line breaks.

    Add an error to `field_errors` if it is invalid.
    """
    if len(raw) > _FAR_BEYOND * DESCRIPTION_CHARACTERS:
        field_errors.add(field, _too_long_description(raw))
        return ""
    if not is_stream_safe(raw):
        message = Message(
            "The description can have at most %(most)s accents on one character.", most=MOST_MARKS
        )
        field_errors.add(field, message)
        return ""
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > DESCRIPTION_CHARACTERS:
        field_errors.add(field, _too_long_description(text))
    elif any(is_control(character) for character in text if character not in "\n\t"):
        field_errors.add(field, Message("The description cannot contain control characters."))
    return text


def normalize_search(raw: str) -> str:
    """Return a search of bounded length without control characters, composed (NFC).

    Only the beginning of a longer text is read. Normalizing twice gives the same result.
    """
    raw = raw[:LONGEST_SEARCH_READ]
    if raw.isascii() and raw.isprintable():
        return raw.strip()[:SEARCH_CHARACTERS].rstrip()
    printable = "".join(" " if is_control(character) else character for character in raw)
    composed = unicodedata.normalize("NFC", _stream_safe(printable))
    # Some characters decompose into several marks that are not composed again.
    return _stream_safe(composed).strip()[:SEARCH_CHARACTERS].rstrip()


def compose(text: str) -> str:
    """Return the text composed (NFC), as stored texts are, for comparison with them.

    A text that is not stream-safe is returned unchanged: no stored text equals it.
    """
    if text.isascii() or not is_stream_safe(text):
        return text
    return unicodedata.normalize("NFC", text)


def is_stream_safe(text: str) -> bool:
    """Return whether at most 30 combining marks stand in a row (UAX #15, stream-safe format).

    Sorting marks takes time that grows with the square of their number.
    """
    if text.isascii():
        return True
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MOST_MARKS:
            return False
    return True


def name_key(name: str) -> str:
    """Return the key that names are sorted by: case-insensitive, at most 255 characters."""
    return normalize_search(normalize_search(name).casefold())


def search_key(*texts: str) -> str:
    """Return the text that searches look in: all texts, one per line, with case folded."""
    return "\n".join(texts).casefold()


def is_control(character: str) -> bool:
    """Return whether a character breaks lines, controls terminals or reverses text direction."""
    return character in _BIDI_CONTROLS or unicodedata.category(character) in {
        "Cc",
        "Cs",
        "Zl",
        "Zp",
    }


def _visible(text: str) -> bool:
    """Return whether the text has a visible character: not only spaces, joiners and fillers."""
    return any(
        unicodedata.category(character) not in {"Zs", "Cf", "Mn"}
        and character not in "\u115f\u1160\u3164\uffa0"
        for character in text
    )


def _stream_safe(text: str) -> str:
    """Remove the combining marks beyond the limit."""
    if is_stream_safe(text):
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _too_long(noun: Noun, name: str) -> Message:
    return Message(
        "%(noun)s can have at most %(most)s characters; this one has %(length)s.",
        noun=noun.first,
        most=NAME_CHARACTERS,
        length=len(name),
    )


def _too_long_description(text: str) -> Message:
    return Message(
        "The description can have at most %(most)s characters; this one has %(length)s.",
        most=DESCRIPTION_CHARACTERS,
        length=len(text),
    )
