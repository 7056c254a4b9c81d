"""What people may write: names, descriptions and search words, cleaned and checked."""

import unicodedata
from typing import Final

from server.domain.errors import Complaints

NAME_CHARACTERS: Final = 255
DESCRIPTION_CHARACTERS: Final = 2_000
SEARCH_CHARACTERS: Final = 255

_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_name(raw: str, complaints: Complaints, *, field: str, noun: str) -> str:
    """A one-line name of 1 to 255 characters, in Unicode's composed form (NFC), trimmed."""
    name = unicodedata.normalize("NFC", raw).strip()
    if not _visible(name):
        complaints.add(field, f"Enter {noun}.")
    elif len(name) > NAME_CHARACTERS:
        complaints.add(
            field,
            f"{noun[0].upper()}{noun[1:]} can have at most {NAME_CHARACTERS} characters; "
            f"this one has {len(name)}.",
        )
    elif any(map(is_control, name)):
        complaints.add(
            field,
            f"{noun[0].upper()}{noun[1:]} cannot contain line breaks or control characters.",
        )
    return name


def clean_description(raw: str, complaints: Complaints, *, field: str = "description") -> str:
    """Free text of at most 2,000 characters; line breaks become `\\n`, ends are trimmed."""
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > DESCRIPTION_CHARACTERS:
        complaints.add(
            field,
            f"The description can have at most {DESCRIPTION_CHARACTERS:,} characters; "
            f"this one has {len(text):,}.",
        )
    elif any(is_control(character) for character in text if character not in "\n\t"):
        complaints.add(field, "The description cannot contain control characters.")
    return text


def clean_search(raw: str) -> str:
    """Search words as they can be looked up: no control characters, of bounded length.

    What was cleaned is left as it is when it is cleaned again.
    """
    printable = "".join(" " if is_control(character) else character for character in raw)
    return unicodedata.normalize("NFC", printable).strip()[:SEARCH_CHARACTERS].rstrip()


def name_key(name: str) -> str:
    """What names are ordered by: the same for upper and lower case, at most 255 characters."""
    return clean_search(clean_search(name).casefold())


def search_key(*texts: str) -> str:
    """What searches look in: all the texts, a line each, alike for upper and lower case."""
    return "\n".join(texts).casefold()


def is_control(character: str) -> bool:
    """Whether a character ends a line, commands a terminal or turns text round."""
    return character in _BIDI_CONTROLS or unicodedata.category(character) in {
        "Cc",
        "Cs",
        "Zl",
        "Zp",
    }


def _visible(text: str) -> bool:
    """Whether anything in the text can be seen: not spaces, joiners and fillers alone."""
    return any(
        unicodedata.category(character) not in {"Zs", "Cf", "Mn"}
        and character not in "\u115f\u1160\u3164\uffa0"
        for character in text
    )
